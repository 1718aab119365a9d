/*
 * verb_run.c - `rehearse run FILE`: plays a scenario, prints the summary, leaves a run directory; of several, or of a
 * suite, one after the other or side by side.
 */
#include <stdlib.h>

#include "cmd/single.h"
#include "cmd/suite.h"
#include "cmd/worlds.h"

static int run(const struct cmd_args *args)
{
	struct cmd_play_options options;
	struct cmd_suite *suite;
	enum cmd_meant meant;
	int code = cmd_single_options(args, &options);

	if (code != 0)
		return code;
	suite = rh_alloc(1, sizeof(*suite));
	meant = cmd_suite_open(suite, args);
	if (meant == CMD_MEANT_NOTHING)
		code = 2;
	else if (meant == CMD_MEANT_SUITE)
		code = cmd_suite_run(suite);
	else
		code = cmd_single_run(args, args->operands[0], &options);
	cmd_suite_release(suite);
	free(suite);
	return code;
}

static const struct cmd_option options[] = {
	CMD_LOAD_OPTIONS,
	CMD_MODE_OPTION,
	{"dry-run", 'n', NULL, "print what would happen (as `plan`) and run nothing"},
	{"engine", 0, "auto|windowed|general|heap", "all give the same trace hash (auto)"},
	{"threads", 0, "N", "threads of the windowed engine (1): the trace hash is the same"},
	{"until", 'u', "TIME", "stop when everything up to this time has happened: 90s, 1h30m"},
	{"wall-limit", 0, "TIME", "stop with an error after this much real time"},
	{"trace", 0, "verdict|node|full", "what to store (verdict)"},
	{"out", 'o', "DIR", "the run directory (default: the next NAME-N of --out-dir)"},
	{"out-dir", 0, "DIR", "where run directories are made (runs)"},
	{"keep-runs", 0, "N", "so many runs of this name stay, older ones are removed"},
	{"retention-days", 0, "N", "older runs of this name are removed"},
	{"force", 0, NULL, "use --out even if it already holds a run"},
	{"junit", 0, "FILE", "write JUnit XML too"},
	{"jobs", 'j', "N", "of several runs, so many at one time (one for each processor)"},
	{"no-matrix", 0, NULL, "one run, with the first values of `matrix` or those of --set"},
	{"fail-fast", 0, NULL, "of several runs, begin none after the first that did not pass"},
	{"shard", 0, "I/N", "of several runs, only part I of N equal parts"},
	{"json", 0, NULL, "print one JSON object instead of the summary"},
	{"quiet", 'q', NULL, "print nothing but errors"},
	{"no-progress", 0, NULL, "no progress line (none is drawn in a pipe anyway)"},
	{"no-judge", 0, NULL, "do not judge (to measure what judging costs)"},
	{"color", 0, "auto|always|never", "NO_COLOR counts for auto"},
	{NULL, 0, NULL, NULL},
};

static const char *const examples[] = {
	"run scenarios/quickstart.yaml --seed 7", "run scenarios/live/quickstart.yaml --mode live",
	"run scenarios/quickstart.yaml --set model.with.blockInterval=60s --json", NULL};

const struct cmd_verb cmd_verb_run = {
	.name = "run",
	.summary = "play a scenario, judge it, leave a run directory",
	.operands = "FILE...",
	.operands_min = 1,
	.operands_max = CMD_JOBS_MAX,
	.about = "One FILE is played, judged and left in a run directory. Several files, a folder "
		 "or a "
		 "Suite are played side by side, each in a process of its own; their directories "
		 "stand in "
		 "one for the suite, with suite.json and junit.xml.",
	.options = options,
	.examples = examples,
	.run = run,
};
