/*
 * verb_judge.c - `rehearse judge RUN`: judges a stored run again, from its records alone.
 *
 * The same records give the same verdict.json, byte for byte; with --check the two are compared.
 */
#include <stdio.h>
#include <string.h>

#include "cmd/play.h"
#include "cmd/stored.h"
#include "core/report/sentence.h"
#include "core/store/rundir.h"

static void print_sentences(const struct cmd_stored *stored)
{
	for (uint32_t i = 0; i < rh_judge_result_count(stored->judge); i++) {
		const struct rh_result *result = rh_judge_result(stored->judge, i);
		const struct rh_plan_assertion *assertion = &stored->plan->assertions[i];
		bool has_name = rh_sentence_has_name(assertion, result);

		if (!rh_assertion_is_judged(assertion))
			continue;
		printf("  %-6s %s%s%s\n", result->state == RH_RESULT_PASSED ? "passed" : "FAILED",
		       has_name ? assertion->name : "", has_name ? ": " : "", result->reason);
	}
	printf("%s\n", rh_verdict_name(rh_judge_verdict(stored->judge)));
}

/* 0 equal, 6 different, 3 when the stored verdict cannot be read. */
static int compare_with_stored(const struct cmd_stored *stored, const struct rh_buf *verdict)
{
	struct rh_buf before = {0};
	struct rh_err err = {0};
	char path[4200];
	int code = 0;

	snprintf(path, sizeof(path), "%.4090s/verdict.json", stored->dir);
	if (rh_file_read(&before, path, 64u << 20, &err) != 0) {
		code = cmd_fail(&err);
	} else if (before.len != verdict->len ||
		   memcmp(before.data, verdict->data, before.len) != 0) {
		fprintf(stderr,
			"rehearse: %s differs from the verdict of its own records: was it edited, "
			"or judged by another version?\n",
			path);
		code = 6;
	}
	rh_buf_release(&before);
	return code;
}

static int judge(const struct cmd_args *args)
{
	struct rh_registry registry;
	struct cmd_stored stored;
	struct rh_buf verdict = {0};
	int code = cmd_registry(&registry, args);

	if (code == 0)
		code = cmd_stored_open(&stored, &registry, args->operands[0]);
	if (code != 0)
		return code;
	rh_verdict_print(stored.judge, stored.plan, &verdict);
	if (cmd_option_given(args, "json"))
		fputs(rh_buf_str(&verdict), stdout);
	else
		print_sentences(&stored);
	code = cmd_verdict_code(rh_judge_verdict(stored.judge));
	if (cmd_option_given(args, "check")) {
		int differs = compare_with_stored(&stored, &verdict);

		code = differs == 0 ? code : differs;
	}
	rh_buf_release(&verdict);
	cmd_stored_close(&stored);
	return code;
}

static const struct cmd_option options[] = {
	{"json", 0, NULL, "print verdict.json"},
	{"check", 0, NULL, "exit 6 unless the stored verdict.json has the same bytes"},
	{"plugin", 0, "FILE", "load a shared object first"},
	{NULL, 0, NULL, NULL},
};

static const char *const examples[] = {"judge runs/quickstart-1",
				       "judge runs/quickstart-1 --json --check", NULL};

const struct cmd_verb cmd_verb_judge = {
	.name = "judge",
	.summary = "judge a stored run again, from its records alone",
	.operands = "RUN",
	.operands_min = 1,
	.operands_max = 1,
	.options = options,
	.examples = examples,
	.run = judge,
};
