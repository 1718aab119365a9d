/*
 * junit.c - JUnit XML: one suite for the scenario, one case for each check.
 *
 * The subset that build servers agree on.  A check that failed is a <failure>, trouble of the
 * harness an <error>, a check that was never decided <skipped/>.  What the run was and how to
 * repeat it stands in <properties> and <system-out>.
 *
 * The clock time of the suite is that of the run.  A case has none: checks are judged side by side
 * while the run goes on, so its time is 0, which every reader accepts.  There is no `timestamp`
 * either: the core knows no time of day, and the calendar of a run (genesis) is the scenario's,
 * which a build server would take for the day on which the tests ran.
 */
#include <inttypes.h>
#include <stdio.h>

#include "core/report/markup.h"
#include "core/report/report.h"
#include "core/store/trace.h"

struct counts {
	uint32_t tests;
	uint32_t failures;
	uint32_t errors;
	uint32_t skipped;
};

/* Trouble that belongs to no check (a fault that could not be verified) is a case of its own. */
static const char *run_error(const struct rh_report_facts *facts)
{
	const char *text = facts->judge == NULL ? "" : rh_judge_error_text(facts->judge);

	if (text[0] == 0 && facts->status == RH_STATUS_FAILED)
		return "the world failed";
	return text;
}

static struct counts count_cases(const struct rh_report_facts *facts)
{
	uint32_t count = facts->judge == NULL ? 0 : facts->plan->assertion_count;
	struct counts counts = {.tests = count == 0 ? 0 : rh_plan_judged_count(facts->plan)};

	for (uint32_t i = 0; i < count; i++) {
		enum rh_result_state state = rh_judge_result(facts->judge, i)->state;

		counts.failures += state == RH_RESULT_FAILED;
		counts.errors += state == RH_RESULT_ERROR;
		counts.skipped += state == RH_RESULT_OPEN &&
				  rh_assertion_is_judged(&facts->plan->assertions[i]);
	}
	if (run_error(facts)[0] != 0) {
		counts.tests++;
		counts.errors++;
	}
	return counts;
}

static void put_attribute(struct rh_buf *out, const char *name, const char *text)
{
	rh_buf_printf(out, " %s=\"", name);
	rh_markup_text(out, text);
	rh_buf_text(out, "\"");
}

static void put_counts(struct rh_buf *out, const struct rh_report_facts *facts,
		       struct counts counts)
{
	put_attribute(out, "name", facts->plan->name);
	rh_buf_printf(out,
		      " tests=\"%" PRIu32 "\" failures=\"%" PRIu32 "\" errors=\"%" PRIu32
		      "\" skipped=\"%" PRIu32 "\" time=\"%" PRIu64 ".%03" PRIu64 "\">\n",
		      counts.tests, counts.failures, counts.errors, counts.skipped,
		      facts->wall_ns / RH_NS_PER_SEC, facts->wall_ns / RH_NS_PER_MS % 1000);
}

static void put_property(struct rh_buf *out, const char *name, const char *value)
{
	rh_buf_text(out, "\t\t\t<property");
	put_attribute(out, "name", name);
	put_attribute(out, "value", value);
	rh_buf_text(out, "/>\n");
}

static void put_properties(struct rh_buf *out, const struct rh_report_facts *facts)
{
	char text[32];

	rh_buf_text(out, "\t\t<properties>\n");
	snprintf(text, sizeof(text), "%" PRIu64, facts->plan->seed);
	put_property(out, "seed", text);
	put_property(out, "mode", facts->mode);
	put_property(out, "traceHash", facts->trace_hash);
	put_property(out, "status", rh_run_status_name(facts->status));
	put_property(out, "version", facts->version);
	snprintf(text, sizeof(text), "%" PRIu64, facts->simulated_ns);
	put_property(out, "simulatedNs", text);
	rh_buf_text(out, "\t\t</properties>\n");
}

static void put_evidence(struct rh_buf *out, const struct rh_report_facts *facts,
			 const struct rh_result *result)
{
	struct rh_arena arena = {0};
	struct rh_buf line = {0};
	struct rh_names names;

	rh_plan_names(&names, &arena, facts->plan);
	rh_markup_text(out, result->reason);
	rh_buf_text(out, "\n");
	for (uint32_t i = 0; i < result->evidence_count; i++) {
		rh_buf_reset(&line);
		rh_record_print(&line, &result->evidence[i], &names);
		rh_markup_text(out, rh_buf_str(&line));
		rh_buf_text(out, "\n");
	}
	rh_buf_release(&line);
	rh_arena_release(&arena);
}

static void put_outcome(struct rh_buf *out, const struct rh_report_facts *facts,
			const struct rh_result *result)
{
	const char *element = result->state == RH_RESULT_FAILED ? "failure" : "error";

	if (result->state == RH_RESULT_OPEN) {
		rh_buf_text(out, "\t\t\t<skipped message=\"not decided\"/>\n");
		return;
	}
	rh_buf_printf(out, "\t\t\t<%s", element);
	put_attribute(out, "type", result->state == RH_RESULT_FAILED ? "assertion" : "harness");
	put_attribute(out, "message", result->reason);
	rh_buf_text(out, ">");
	put_evidence(out, facts, result);
	rh_buf_printf(out, "</%s>\n", element);
}

static void put_case(struct rh_buf *out, const struct rh_report_facts *facts, uint32_t index)
{
	const struct rh_plan *plan = facts->plan;
	const struct rh_plan_assertion *assertion = &plan->assertions[index];
	const struct rh_result *result = rh_judge_result(facts->judge, index);
	const char *phase =
		assertion->phase < plan->phase_count ? plan->phases[assertion->phase].name : "run";

	rh_buf_text(out, "\t\t<testcase classname=\"");
	rh_markup_text(out, plan->name);
	rh_buf_text(out, ".");
	rh_markup_text(out, phase);
	rh_buf_text(out, "\"");
	put_attribute(out, "name", assertion->name);
	if (result->state == RH_RESULT_PASSED) {
		rh_buf_text(out, " time=\"0\"/>\n");
		return;
	}
	rh_buf_text(out, " time=\"0\">\n");
	put_outcome(out, facts, result);
	rh_buf_text(out, "\t\t</testcase>\n");
}

void rh_report_junit(const struct rh_report *report, const struct rh_report_facts *facts,
		     struct rh_buf *out)
{
	uint32_t count = facts->judge == NULL ? 0 : facts->plan->assertion_count;
	struct counts counts = count_cases(facts);

	(void)report;
	rh_buf_text(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites");
	put_counts(out, facts, counts);
	rh_buf_text(out, "\t<testsuite");
	put_counts(out, facts, counts);
	put_properties(out, facts);
	for (uint32_t i = 0; i < count; i++) {
		if (rh_assertion_is_judged(&facts->plan->assertions[i]))
			put_case(out, facts, i);
	}
	if (run_error(facts)[0] != 0) {
		rh_buf_text(out, "\t\t<testcase classname=\"");
		rh_markup_text(out, facts->plan->name);
		rh_buf_text(out, ".run\" name=\"the run itself\" time=\"0\">\n\t\t\t<error");
		put_attribute(out, "type", "harness");
		put_attribute(out, "message", run_error(facts));
		rh_buf_text(out, "/>\n\t\t</testcase>\n");
	}
	rh_buf_text(out, "\t\t<system-out>");
	rh_markup_text(out, facts->reproduce == NULL ? "" : facts->reproduce);
	rh_buf_text(out, "\n</system-out>\n\t</testsuite>\n</testsuites>\n");
}
