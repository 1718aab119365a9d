/*
 * verb_show.c - `rehearse show RUN|FILE`: the summary of a stored run again, or a scenario on one screen.
 */
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cmd/host.h"
#include "cmd/plan_table.h"
#include "cmd/stored.h"
#include "core/version.h"

/* What the records do not know (wall time, the line to repeat) stands in run.json. */
static void facts_from_json(struct rh_report_facts *facts, const json_t *run)
{
	const char *reproduce = json_string_value(json_object_get(run, "reproduce"));
	const char *status = json_string_value(json_object_get(run, "status"));
	const char *mode = json_string_value(json_object_get(run, "mode"));

	facts->wall_ns = (uint64_t)json_integer_value(json_object_get(run, "wallNs"));
	facts->cpu_ns = (uint64_t)json_integer_value(json_object_get(run, "cpuNs"));
	facts->events = (uint64_t)json_integer_value(json_object_get(run, "events"));
	facts->simulated_ns = (uint64_t)json_integer_value(json_object_get(run, "simulatedNs"));
	facts->reproduce = reproduce == NULL ? "" : reproduce;
	facts->mode = mode == NULL ? "sim" : mode;
	for (int i = RH_STATUS_COMPLETED; status != NULL && i <= RH_STATUS_CANCELLED; i++) {
		if (strcmp(status, rh_run_status_name((enum rh_run_status)i)) == 0)
			facts->status = (enum rh_run_status)i;
	}
}

static int show_run(const struct cmd_args *args, const struct rh_registry *registry,
		    const char *dir)
{
	struct cmd_terminal terminal = cmd_terminal(STDOUT_FILENO, NULL);
	struct rh_summary_style style = {terminal.has_colour, terminal.is_ascii, terminal.columns};
	struct rh_report_facts facts = {.version = RH_VERSION, .mode = "sim", .reproduce = ""};
	struct rh_arena arena = {0};
	struct cmd_stored stored;
	struct rh_buf text = {0};
	char path[4200];
	json_t *run;
	int code;

	code = cmd_stored_open(&stored, registry, dir);
	if (code != 0)
		return code;
	snprintf(path, sizeof(path), "%.4090s/run.json", stored.dir);
	run = json_load_file(path, 0, NULL);
	if (run != NULL)
		facts_from_json(&facts, run);
	else
		fprintf(stderr, "rehearse: %s is missing: the run was cut short\n", path);
	facts.plan = stored.plan;
	facts.judge = stored.judge;
	facts.verdict = rh_judge_verdict(stored.judge);
	facts.trace_hash = stored.trace_hash;
	facts.look = cmd_records_line(&arena, args, stored.judge, stored.dir);
	facts.run_directory = stored.dir;
	if (facts.simulated_ns == 0)
		facts.simulated_ns = stored.end_ns;
	rh_report_summary(stored.report, &facts, style, &text);
	fputs(rh_buf_str(&text), stdout);
	rh_buf_release(&text);
	rh_arena_release(&arena);
	json_decref(run);
	cmd_stored_close(&stored);
	return 0;
}

static int show(const struct cmd_args *args)
{
	const char *operand = args->operands[0];
	struct rh_registry registry;
	struct rh_buf text = {0};
	struct rh_plan *plan;
	int code = cmd_registry(&registry, args);

	if (code != 0)
		return code;
	if (cmd_is_run(operand))
		return show_run(args, &registry, operand);
	plan = cmd_load(args, &registry, operand, &code);
	if (plan == NULL)
		return code;
	cmd_plan_table(&text, plan, cmd_terminal(STDOUT_FILENO, NULL).columns);
	fputs(rh_buf_str(&text), stdout);
	rh_buf_release(&text);
	rh_plan_free(plan);
	return 0;
}

static const struct cmd_option options[] = {
	CMD_LOAD_OPTIONS,
	{NULL, 0, NULL, NULL},
};

static const char *const examples[] = {"show runs/quickstart-1", "show scenarios/quickstart.yaml",
				       NULL};

const struct cmd_verb cmd_verb_show = {
	.name = "show",
	.summary = "the summary of a stored run again, or a scenario on one screen",
	.operands = "RUN|FILE",
	.operands_min = 1,
	.operands_max = 1,
	.options = options,
	.examples = examples,
	.run = show,
};
