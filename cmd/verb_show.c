/*
 * verb_show.c - `rehearse show RUN|FILE`: the summary of a stored run again, or a scenario on one screen.
 */
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cmd/host.h"
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

static void show_steps(const struct rh_plan *plan, uint32_t phase)
{
	char at[RH_TIME_TEXT];
	char length[RH_TIME_TEXT];

	for (uint32_t i = 0; i < plan->step_count; i++) {
		const struct rh_plan_step *step = &plan->steps[i];

		if (step->phase != phase)
			continue;
		printf("    %s  %-12s %s", rh_clock_text(at, step->at_ns), step->type->name,
		       step->name);
		if (step->until_ns != RH_TIME_NEVER)
			printf(" for %s", rh_span_text(length, step->until_ns - step->at_ns));
		printf(step->node_count > 0 ? "  (%" PRIu32 " nodes)" : "  (%" PRIu32 " edges)",
		       step->node_count > 0 ? step->node_count : step->edge_count);
		printf("%s\n", step->is_disabled ? "  disabled" : "");
	}
}

static void show_checks(const struct rh_plan *plan, uint32_t phase)
{
	for (uint32_t i = 0; i < plan->assertion_count; i++) {
		if (plan->assertions[i].phase == phase)
			printf("    check %s: %s\n", plan->assertions[i].name,
			       plan->assertions[i].text);
	}
}

static void show_plan(const struct rh_plan *plan)
{
	char at[RH_TIME_TEXT];
	char length[RH_TIME_TEXT];

	printf("%s: %s\n", plan->name, plan->description);
	if (plan->hypothesis[0] != 0)
		printf("\n%s\n", plan->hypothesis);
	printf("\n  %" PRIu32 " nodes, %" PRIu32 " links, model %s, %s, seed %" PRIu64 "\n\n",
	       plan->node_count, plan->link_count, plan->model->name,
	       rh_span_text(length, plan->duration_ns), plan->seed);
	for (uint32_t i = 0; i < plan->phase_count; i++) {
		printf("  %s  %s (%s)\n", rh_clock_text(at, plan->phases[i].start_ns),
		       plan->phases[i].name, rh_span_text(length, plan->phases[i].duration_ns));
		show_steps(plan, i);
		show_checks(plan, i);
	}
	printf("  whole run\n");
	show_checks(plan, RH_NONE);
}

static int show(const struct cmd_args *args)
{
	const char *operand = args->operands[0];
	struct rh_registry registry;
	struct rh_plan *plan;
	int code = cmd_registry(&registry, args);

	if (code != 0)
		return code;
	if (cmd_is_run(operand))
		return show_run(args, &registry, operand);
	plan = cmd_load(args, &registry, operand, &code);
	if (plan == NULL)
		return code;
	show_plan(plan);
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
