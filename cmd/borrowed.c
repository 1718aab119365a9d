/*
 * borrowed.c - the table of verbs of other systems, and what is made of them.
 */
#include "cmd/borrowed.h"

#include <stdio.h>
#include <string.h>

#include "cmd/verb.h"

#define RUNS_HERE  "runs go on in the foreground and leave a directory: rehearse show RUN"
#define NO_NETWORK "there is no network without a run: write a scenario and use rehearse run"
#define BY_HAND	   "faults are steps of a scenario (rehearse explain fault); by hand is not yet there"
#define A_TEMPLATE "a scenario or a template does this: rehearse list, then rehearse run NAME"

const struct cmd_borrowed cmd_borrowed_table[] = {
	{"execute", "run", NULL, "scenario> file> parameters>params output>out", NULL},
	{"run", "run", NULL, "scenario> file> parameters>params", NULL},
	{"lint", "validate", NULL, "file>", NULL},
	{"check", "validate", NULL, "file>", NULL},
	{"validate", "validate", NULL, "file>", NULL},
	{"render", "render", NULL, "file> parameters>params", NULL},
	{"render-template", "render", NULL, "file> parameters>params", NULL},
	{"verify-determinism", "verify", NULL, "file>", NULL},
	{"suite", "run", "basic", "file>", NULL},
	{"logs", "trace cat", NULL, "execution-id>", RUNS_HERE},
	{"timeline", "show", NULL, "execution-id>", RUNS_HERE},
	{"metrics", "trace stats", NULL, "execution-id>", RUNS_HERE},
	{"status", "show", NULL, "execution-id>", RUNS_HERE},
	{"ps", NULL, NULL, NULL, RUNS_HERE},
	{"events", "trace cat", NULL, "execution-id>", RUNS_HERE},
	{"report", NULL, NULL, NULL,
	 "every run leaves report.html and run.json; --junit writes JUnit, rehearse show RUN tells "
	 "it"},
	{"stop", NULL, NULL, NULL, "Ctrl-C (SIGINT) ends a run in order, a second one at once"},
	{"services", NULL, NULL, NULL,
	 "the nodes of a run stand in its scenario: rehearse plan FILE shows them"},
	{"health-check", NULL, NULL, NULL,
	 "live nodes are waited for by the run itself; a check of the machine is not yet there"},
	{"doctor", NULL, NULL, NULL, "a check of the machine is not yet there"},
	{"clear-chaos", NULL, NULL, NULL,
	 "a step `clear: all` clears faults, and the end of a run clears what is left"},
	{"clear", NULL, NULL, NULL, BY_HAND},
	{"inject", NULL, NULL, NULL, BY_HAND},
	{"partition", NULL, NULL, NULL, BY_HAND},
	{"latency", NULL, NULL, NULL, BY_HAND},
	{"loss", NULL, NULL, NULL, BY_HAND},
	{"simulate_latency", NULL, NULL, NULL, BY_HAND},
	{"simulate_packet_loss", NULL, NULL, NULL, BY_HAND},
	{"simulate_partition", NULL, NULL, NULL, BY_HAND},
	{"reset_network", NULL, NULL, NULL, BY_HAND},
	{"start", NULL, NULL, NULL, NO_NETWORK},
	{"up", NULL, NULL, NULL, NO_NETWORK},
	{"down", NULL, NULL, NULL, NO_NETWORK},
	{"restart", NULL, NULL, NULL, NO_NETWORK},
	{"clean", NULL, NULL, NULL,
	 "a run leaves nothing but its directory: remove it, or set keepRuns"},
	{"test", NULL, NULL, NULL, A_TEMPLATE},
	{"analyze_metrics", NULL, NULL, NULL,
	 "report.html of a run draws its gauges; rehearse trace stats RUN counts its records"},
	{"serve", NULL, NULL, NULL, "an HTTP interface is not yet there"},
	{"snapshot", NULL, NULL, NULL, "a step `snapshot` can be written, and not yet be played"},
	{"restore", NULL, NULL, NULL, "a step `restore` can be written, and not yet be played"},
	{"time", NULL, NULL, NULL, "a step `time` can be written, and not yet be played"},
	{"sweep", NULL, NULL, NULL,
	 "many seeds at once: rehearse run FILE with `matrix` or a Suite; a search is not yet "
	 "there"},
	{"bench", NULL, NULL, NULL, "make bench measures this program; of networks: not yet there"},
	{"compare", NULL, NULL, NULL, "two runs are not yet compared by the program"},
	{"diff", NULL, NULL, NULL, "two runs are not yet compared by the program"},
	{"replay", NULL, NULL, NULL, "the line `again` of a run repeats it: rehearse show RUN"},
	{"shrink", NULL, NULL, NULL, "failing scenarios are not yet made smaller by the program"},
	{"bisect", NULL, NULL, NULL, "the moment of a failure is not yet searched by the program"},
	{NULL, NULL, NULL, NULL, NULL},
};

static const struct cmd_borrowed *find(const char *verb)
{
	for (const struct cmd_borrowed *row = cmd_borrowed_table; row->verb != NULL; row++) {
		if (strcmp(row->verb, verb) == 0)
			return row;
	}
	return NULL;
}

struct words {
	struct rh_arena *arena;
	char **items;
	int count;
	bool has_operand;
};

static void add(struct words *words, const char *word, size_t len)
{
	RH_ASSERT(words->count < CMD_WORDS_MAX);
	words->items[words->count++] = rh_arena_text(words->arena, word, len);
}

/* What a row makes of "--NAME": the rest behind "NAME>" ("" for an operand), or NULL. */
static const char *option_of(const struct cmd_borrowed *row, const char *word, size_t len)
{
	const char *at = row->options;

	while (at != NULL && *at != 0) {
		size_t own = strcspn(at, ">");

		if (own == len && strncmp(at, word, len) == 0)
			return at + own + 1;
		at += strcspn(at, " ");
		at += *at == ' ';
	}
	return NULL;
}

/* One word of the call, with its value if that is a word of its own; how many were used. */
static int put_word(struct words *words, const struct cmd_borrowed *row, char **argv, int left)
{
	const char *word = argv[0];
	size_t len = strncmp(word, "--", 2) == 0 ? strcspn(word + 2, "=") : 0;
	const char *to = len == 0 ? NULL : option_of(row, word + 2, len);
	const char *value;
	int used = 1;

	if (to == NULL) {
		words->has_operand = words->has_operand || word[0] != '-';
		add(words, word, strlen(word));
		return 1;
	}
	value = word[2 + len] == '=' ? word + 3 + len : NULL;
	if (value == NULL && left > 1) {
		value = argv[1];
		used = 2;
	}
	if (*to != 0 && *to != ' ') {
		char option[64];

		snprintf(option, sizeof(option), "--%.*s", (int)strcspn(to, " "), to);
		add(words, option, strlen(option));
	} else {
		words->has_operand = true;
	}
	if (value != NULL)
		add(words, value, strlen(value));
	return used;
}

static int answer(const struct cmd_borrowed *row)
{
	return cmd_usage("%s: %s", row->verb, row->answer);
}

int cmd_borrow(int *argc, char ***argv, struct rh_arena *arena)
{
	const struct cmd_borrowed *row = *argc < 2 ? NULL : find((*argv)[1]);
	struct words words = {.arena = arena};
	const char *ours;

	if (row == NULL || *argc >= CMD_WORDS_MAX - 4)
		return 0;
	if (row->ours == NULL)
		return answer(row);
	words.items = RH_ARENA_ARRAY(arena, CMD_WORDS_MAX + 1, char *);
	add(&words, (*argv)[0], strlen((*argv)[0]));
	for (ours = row->ours; *ours != 0; ours += strcspn(ours, " "), ours += *ours == ' ')
		add(&words, ours, strcspn(ours, " "));
	for (int i = 2; i < *argc;)
		i += put_word(&words, row, *argv + i, *argc - i);
	if (!words.has_operand && row->answer != NULL)
		return answer(row);
	if (!words.has_operand && row->operand != NULL)
		add(&words, row->operand, strlen(row->operand));
	*argc = words.count;
	*argv = words.items;
	return 0;
}
