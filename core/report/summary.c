/*
 * summary.c - what `run` prints when it is done: few lines, words before numbers, and the next
 * step.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/report/bar.h"
#include "core/report/sentence.h"
#include "core/report/words.h"

#define NAME_COLUMNS_MAX 24
#define COLUMNS_LEAST	 60

struct summary {
	struct rh_buf *out;
	const struct rh_report *report;
	const struct rh_report_facts *facts;
	struct rh_summary_style style;
};

enum colour { COLOUR_NONE, COLOUR_GOOD, COLOUR_BAD };

static void put_coloured(struct summary *summary, const char *text, enum colour colour)
{
	bool is_used = summary->style.has_colour && colour != COLOUR_NONE;

	if (is_used)
		rh_buf_text(summary->out, colour == COLOUR_GOOD ? "\033[32m" : "\033[31m");
	rh_buf_text(summary->out, text);
	if (is_used)
		rh_buf_text(summary->out, "\033[0m");
}

static void put_blanks(struct rh_buf *out, size_t count)
{
	for (size_t i = 0; i < count; i++)
		rh_buf_put(out, " ", 1);
}

/* Words from column `indent` on, wrapped before the last column; the first line is begun. */
static void put_wrapped(struct summary *summary, const char *text, size_t indent)
{
	size_t room = summary->style.columns > indent + 20 ? summary->style.columns - indent : 20;
	size_t used = 0;

	while (*text != 0) {
		size_t len = strcspn(text, " ");
		char word[420];
		size_t columns;

		len = len < sizeof(word) ? len : sizeof(word) - 1;
		memcpy(word, text, len);
		word[len] = 0;
		columns = rh_words_columns(word);
		if (used > 0 && used + 1 + columns > room) {
			rh_buf_text(summary->out, "\n");
			put_blanks(summary->out, indent);
			used = 0;
		}
		if (used > 0) {
			rh_buf_text(summary->out, " ");
			used++;
		}
		rh_buf_put(summary->out, word, len);
		used += columns;
		text += len;
		text += strspn(text, " ");
	}
	rh_buf_text(summary->out, "\n");
}

/* ---- head ------------------------------------------------------------------------------------ */

/* The model and the first duration among its parameters, which is the pace of its chain. */
static void put_model(struct rh_buf *out, const struct rh_plan *plan)
{
	if (plan->model == NULL)
		return;
	rh_buf_printf(out, ", %s", plan->model->name);
	for (const struct rh_key *key = plan->model->keys; key != NULL && key->name != NULL;
	     key++) {
		char text[RH_TIME_TEXT];
		uint64_t span_ns;

		if (key->type != RH_KEY_DURATION || plan->params == NULL)
			continue;
		memcpy(&span_ns, (const uint8_t *)plan->params + key->offset, sizeof(span_ns));
		rh_buf_printf(out, " %s %s", key->name, rh_span_exact(text, span_ns));
		return;
	}
}

static void put_network(struct summary *summary)
{
	const struct rh_plan *plan = summary->facts->plan;
	struct rh_buf line = {0};
	size_t without_model;

	rh_words_network(&line, plan);
	without_model = line.len;
	put_model(&line, plan);
	rh_buf_printf(&line, ", seed %" PRIu64, plan->seed);
	/* The pace is left out where there is no room for it. */
	if (rh_words_columns(rh_buf_str(&line)) + 12 > summary->style.columns) {
		line.len = without_model;
		rh_buf_printf(&line, ", %s, seed %" PRIu64,
			      plan->model == NULL ? "no model" : plan->model->name, plan->seed);
	}
	rh_buf_text(summary->out, "  network   ");
	put_wrapped(summary, rh_buf_str(&line), 12);
	rh_buf_release(&line);
}

static void put_simulated(struct summary *summary)
{
	const struct rh_report_facts *facts = summary->facts;
	char span[RH_TIME_TEXT];
	char wall[40];
	char speed[32];
	char amount[32];

	rh_buf_printf(summary->out, "  %s %s",
		      strcmp(facts->mode, "sim") == 0 ? "simulated" : "ran      ",
		      rh_span_text(span, facts->simulated_ns));
	if (facts->wall_ns > 0)
		rh_buf_printf(summary->out, " in %s (%s x real time)",
			      rh_words_wall(wall, facts->wall_ns),
			      rh_words_rounded(speed, (double)facts->simulated_ns /
							      (double)facts->wall_ns));
	rh_buf_printf(summary->out, ", %s events\n", rh_words_amount(amount, facts->events));
}

static void put_head(struct summary *summary)
{
	const struct rh_plan *plan = summary->facts->plan;

	struct rh_buf line = {0};

	rh_buf_printf(&line, "%s", plan->name);
	if (plan->description != NULL && plan->description[0] != 0)
		rh_buf_printf(&line, ": %s", plan->description);
	rh_buf_printf(summary->out, "rehearse %s  ", summary->facts->version);
	put_wrapped(summary, rh_buf_str(&line), 11 + strlen(summary->facts->version));
	rh_buf_release(&line);
	rh_buf_text(summary->out, "\n");
	put_network(summary);
	put_simulated(summary);
	rh_buf_text(summary->out, "\n");
	rh_bar_print(summary->out, summary->report, summary->facts, summary->style);
}

/* ---- checks ---------------------------------------------------------------------------------- */

/* One line of evidence: when, who, what. */
static void put_moment(struct summary *summary, uint64_t time_ns, const char *who, size_t width,
		       const char *text)
{
	char moment[RH_TIME_TEXT];

	rh_buf_printf(summary->out, "    %s  %s", rh_sentence_moment(moment, time_ns), who);
	put_blanks(summary->out, width - rh_words_columns(who) + 2);
	put_wrapped(summary, text, 4 + strlen(moment) + 2 + width + 2);
}

/* What led to a failure, record by record, and the moment at which it was judged: what was seen,
 * and in which fault. */
static void put_blame(struct summary *summary, uint32_t assertion, const struct rh_result *result)
{
	const struct rh_plan *plan = summary->facts->plan;
	struct rh_arena arena = {0};
	struct rh_buf line = {0};
	struct rh_names names;
	size_t width = strlen("judged");

	rh_plan_names(&names, &arena, plan);
	for (uint32_t i = 0; i < result->evidence_count; i++) {
		size_t columns = rh_words_columns(rh_sentence_who(plan, result->evidence[i].node));

		width = columns > width ? columns : width;
	}
	for (uint32_t i = 0; i < result->evidence_count; i++) {
		const struct rh_record *record = &result->evidence[i];

		if (!rh_sentence_is_news(result, i))
			continue;
		rh_buf_reset(&line);
		rh_sentence_record(&line, record, &names);
		put_moment(summary, record->time_ns, rh_sentence_who(plan, record->node), width,
			   rh_buf_str(&line));
	}
	rh_buf_reset(&line);
	rh_sentence_judged(&line, plan, assertion, result);
	if (line.len > 0)
		put_moment(summary, result->decided_ns, "judged", width, rh_buf_str(&line));
	rh_buf_release(&line);
	rh_arena_release(&arena);
}

static void put_mark(struct summary *summary, enum rh_result_state state)
{
	bool is_ascii = summary->style.is_ascii;

	switch (state) {
	case RH_RESULT_PASSED:
		put_coloured(summary, is_ascii ? "ok  " : "✓", COLOUR_GOOD);
		return;
	case RH_RESULT_FAILED:
		put_coloured(summary, is_ascii ? "FAIL" : "✗", COLOUR_BAD);
		return;
	case RH_RESULT_ERROR:
		put_coloured(summary, is_ascii ? "ERR " : "!", COLOUR_BAD);
		return;
	case RH_RESULT_OPEN:
		rh_buf_text(summary->out, is_ascii ? "--  " : "–");
		return;
	}
}

/* One check: its name in a column of `width`, or on a line of its own, and how it went. */
static void put_check(struct summary *summary, uint32_t index, size_t width)
{
	const struct rh_plan_assertion *assertion = &summary->facts->plan->assertions[index];
	const struct rh_result *result = rh_judge_result(summary->facts->judge, index);
	size_t columns = rh_words_columns(assertion->name);
	size_t begin = summary->style.is_ascii ? 7 : 4;
	size_t indent = begin;

	rh_buf_text(summary->out, "  ");
	put_mark(summary, result->state);
	rh_buf_text(summary->out, " ");
	if (rh_sentence_has_name(assertion, result) && columns <= width) {
		rh_buf_text(summary->out, assertion->name);
		put_blanks(summary->out, width - columns + 2);
		indent = begin + width + 2;
	} else if (rh_sentence_has_name(assertion, result)) {
		put_wrapped(summary, assertion->name, begin);
		indent = begin + 2;
		put_blanks(summary->out, indent);
	}
	put_wrapped(summary, result->state == RH_RESULT_OPEN ? "not decided" : result->reason,
		    indent);
	/* What ended too early has nobody to blame. */
	if (result->state == RH_RESULT_FAILED)
		put_blame(summary, index, result);
}

static void put_checks(struct summary *summary)
{
	const struct rh_plan *plan = summary->facts->plan;
	size_t width = 0;

	if (summary->facts->judge == NULL || rh_plan_judged_count(plan) == 0)
		return;
	rh_buf_text(summary->out, "\n");
	for (uint32_t i = 0; i < plan->assertion_count; i++) {
		const struct rh_plan_assertion *assertion = &plan->assertions[i];
		size_t columns = rh_words_columns(assertion->name);

		if (rh_assertion_is_judged(assertion) &&
		    rh_sentence_has_name(assertion, rh_judge_result(summary->facts->judge, i)) &&
		    columns > width && columns <= NAME_COLUMNS_MAX)
			width = columns;
	}
	for (uint32_t i = 0; i < plan->assertion_count; i++) {
		if (rh_assertion_is_judged(&plan->assertions[i]))
			put_check(summary, i, width);
	}
}

/* ---- the end --------------------------------------------------------------------------------- */

/* Where they say more than the line above. */
static void put_scores(struct summary *summary, struct rh_scores scores)
{
	bool is_weighted = false;
	char share[40];

	for (uint32_t i = 0; i < summary->facts->plan->assertion_count; i++)
		is_weighted |= summary->facts->plan->assertions[i].weight != 1;
	if (!is_weighted && scores.warnings == 0)
		return;
	rh_buf_printf(summary->out, "  score   %s of the weight passed",
		      rh_gauge_text(share, RH_UNIT_PPM, (int64_t)scores.pass_ppm));
	if (scores.has_recovery)
		rh_buf_printf(summary->out, ", recovery %s",
			      rh_gauge_text(share, RH_UNIT_PPM, (int64_t)scores.recovery_ppm));
	if (scores.warnings > 0)
		rh_buf_printf(summary->out, "; %u only warned", scores.warnings);
	rh_buf_text(summary->out, "\n");
}

/* From then on no step of a phase is begun, which explains checks that waited for one. */
static void put_rollback(struct summary *summary)
{
	const struct rh_plan *plan = summary->facts->plan;
	uint64_t begun_ns = REPORT_NEVER;
	char clock[RH_TIME_TEXT];

	for (uint32_t i = 0; i < plan->step_count; i++) {
		uint64_t requested_ns = summary->report->steps[i].requested_ns;

		if (plan->steps[i].part == RH_PART_ROLLBACK && requested_ns < begun_ns)
			begun_ns = requested_ns;
	}
	if (begun_ns == REPORT_NEVER)
		return;
	rh_buf_printf(summary->out, "  rollback began at %s",
		      rh_clock_text(clock, begun_ns / RH_NS_PER_MS * RH_NS_PER_MS));
	rh_buf_text(summary->out,
		    begun_ns < plan->duration_ns ? "; no other step was begun after it\n" : "\n");
}

static void put_verdict(struct summary *summary)
{
	const struct rh_report_facts *facts = summary->facts;
	uint32_t count = facts->judge == NULL ? 0 : facts->plan->assertion_count;
	uint32_t told = 0; /* that failed, when the run did; else that passed */
	char clock[RH_TIME_TEXT];
	const char *error;

	for (uint32_t i = 0; i < count; i++)
		told += rh_judge_result(facts->judge, i)->state ==
			(facts->verdict == RH_VERDICT_FAILED ? RH_RESULT_FAILED : RH_RESULT_PASSED);
	if (count > 0)
		count = rh_plan_judged_count(facts->plan);
	rh_buf_text(summary->out, "\n  ");
	if (facts->judge == NULL)
		rh_buf_text(summary->out, "not judged");
	else
		put_coloured(summary, rh_verdict_name(facts->verdict),
			     facts->verdict == RH_VERDICT_PASSED ? COLOUR_GOOD : COLOUR_BAD);
	if (facts->judge != NULL)
		rh_buf_printf(summary->out, "%*s%u of %u%s",
			      (int)(8 - strlen(rh_verdict_name(facts->verdict))), "", told, count,
			      facts->verdict == RH_VERDICT_PASSED ||
					      facts->verdict == RH_VERDICT_FAILED
				      ? ""
				      : " passed");
	if (facts->trace_hash[0] != 0)
		rh_buf_printf(summary->out, "      trace %s", facts->trace_hash);
	rh_buf_text(summary->out, "\n");
	if (facts->judge != NULL)
		put_scores(summary, rh_judge_scores(facts->judge));
	put_rollback(summary);
	error = facts->judge == NULL ? "" : rh_judge_error_text(facts->judge);
	if (error[0] != 0) {
		rh_buf_text(summary->out, "  because ");
		put_wrapped(summary, error, 10);
	}
	if (facts->status != RH_STATUS_COMPLETED)
		rh_buf_printf(
			summary->out, "  status  %s at %s\n", rh_run_status_name(facts->status),
			rh_clock_text(clock, facts->simulated_ns / RH_NS_PER_MS * RH_NS_PER_MS));
}

void rh_report_summary(const struct rh_report *report, const struct rh_report_facts *facts,
		       struct rh_summary_style style, struct rh_buf *out)
{
	struct summary summary = {
		.out = out,
		.report = report,
		.facts = facts,
		.style = style,
	};

	if (summary.style.columns == 0)
		summary.style.columns = 80;
	if (summary.style.columns < COLUMNS_LEAST)
		summary.style.columns = COLUMNS_LEAST;
	put_head(&summary);
	put_checks(&summary);
	put_verdict(&summary);
	if (facts->run_directory != NULL && facts->run_directory[0] != 0)
		rh_buf_printf(out, "  report  %s/report.html\n", facts->run_directory);
	if (facts->look != NULL && facts->verdict == RH_VERDICT_FAILED)
		rh_buf_printf(out, "  records %s\n", facts->look);
	if (facts->reproduce != NULL && facts->reproduce[0] != 0)
		rh_buf_printf(out, "  again   %s\n", facts->reproduce);
	if (facts->identical_to != NULL)
		rh_buf_text(out, "  identical to the last run of this file and seed\n");
}
