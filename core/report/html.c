/*
 * html.c - report.html: one file that tells the whole run, without script and without anything to
 * fetch.
 *
 * From the verdict to the details: what was expected, what came out, the picture, each check with
 * its evidence, what was done to the network, and how to run it again.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/report/html_style.h"
#include "core/report/markup.h"
#include "core/report/sentence.h"
#include "core/report/svg.h"
#include "core/report/words.h"
#include "core/store/trace.h"

#define REORGS_SHOWN 40

struct page {
	struct rh_buf *out;
	const struct rh_report *report;
	const struct rh_report_facts *facts;
	struct rh_arena arena;
	struct rh_names names;
};

static void put(struct page *page, const char *markup)
{
	rh_buf_text(page->out, markup);
}

static void put_text(struct page *page, const char *text)
{
	rh_markup_text(page->out, text);
}

static void put_cell(struct page *page, const char *class, const char *text)
{
	rh_buf_printf(page->out, class[0] == 0 ? "<td>" : "<td class=\"%s\">", class);
	put_text(page, text);
	put(page, "</td>");
}

/* ---- verdict --------------------------------------------------------------------------------- */

static const char *verdict_of(const struct page *page)
{
	return page->facts->judge == NULL ? "not judged" : rh_verdict_name(page->facts->verdict);
}

static void put_head(struct page *page)
{
	const struct rh_plan *plan = page->facts->plan;

	put(page, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		  "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
		  "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none';"
		  "style-src 'unsafe-inline'\">\n<title>");
	put_text(page, plan->name);
	rh_buf_printf(page->out, ": %s, seed %" PRIu64 "</title>\n<style>\n%s</style>\n",
		      verdict_of(page), plan->seed, RH_HTML_STYLE);
	put(page, "</head>\n<body>\n<main>\n<header>\n<p class=\"dim small\">rehearse ");
	put_text(page, page->facts->version);
	put(page, strcmp(page->facts->mode, "sim") == 0 ? " · simulated" : " · live");
	rh_buf_printf(page->out, " · seed %" PRIu64 "</p>\n<h1>", plan->seed);
	put_text(page, plan->name);
	put(page, "</h1>\n");
	if (plan->description != NULL && plan->description[0] != 0) {
		put(page, "<p>");
		put_text(page, plan->description);
		put(page, "</p>\n");
	}
	put(page, "</header>\n");
}

static void put_numbers(struct page *page)
{
	const struct rh_report_facts *facts = page->facts;
	char text[RH_TIME_TEXT];
	char amount[32];
	char wall[40];

	rh_words_network(page->out, facts->plan);
	if (facts->plan->model != NULL) {
		put(page, ", ");
		put_text(page, facts->plan->model->name);
	}
	rh_buf_printf(page->out, "; %s", rh_span_text(text, facts->simulated_ns));
	if (facts->wall_ns > 0)
		rh_buf_printf(page->out, " in %s", rh_words_wall(wall, facts->wall_ns));
	rh_buf_printf(page->out, ", %s events", rh_words_amount(amount, facts->events));
}

static void put_verdict(struct page *page)
{
	const struct rh_report_facts *facts = page->facts;
	bool is_passed = facts->judge != NULL && facts->verdict == RH_VERDICT_PASSED;
	uint32_t count = facts->judge == NULL ? 0 : facts->plan->assertion_count;
	char text[RH_TIME_TEXT];
	uint32_t passed = 0;

	for (uint32_t i = 0; i < count; i++)
		passed += rh_judge_result(facts->judge, i)->state == RH_RESULT_PASSED;
	if (count > 0)
		count = rh_plan_judged_count(facts->plan);
	rh_buf_printf(page->out, "<section class=\"verdict %s\">\n<p><strong>%s%s</strong> &ensp;",
		      is_passed ? "passed" : "failed", is_passed ? "✓ " : "✗ ", verdict_of(page));
	rh_buf_printf(page->out, "%" PRIu32 " of %" PRIu32 " checks passed</p>\n", passed, count);
	if (facts->judge != NULL && rh_judge_error_text(facts->judge)[0] != 0) {
		put(page, "<p>");
		put_text(page, rh_judge_error_text(facts->judge));
		put(page, "</p>\n");
	}
	if (facts->status != RH_STATUS_COMPLETED)
		rh_buf_printf(
			page->out, "<p>The run ended early: %s at %s.</p>\n",
			rh_run_status_name(facts->status),
			rh_clock_text(text, facts->simulated_ns / RH_NS_PER_MS * RH_NS_PER_MS));
	if (facts->plan->hypothesis != NULL && facts->plan->hypothesis[0] != 0) {
		put(page, "<p><span class=\"dim\">Hypothesis:</span> ");
		put_text(page, facts->plan->hypothesis);
		put(page, "</p>\n");
	}
	put(page, "<p class=\"dim small\">");
	put_numbers(page);
	put(page, "</p>\n</section>\n");
}

/* ---- the picture ----------------------------------------------------------------------------- */

static void put_legend(struct page *page)
{
	const struct rh_report *report = page->report;
	uint32_t node_count = page->facts->plan->node_count;
	uint64_t deep = rh_report_deep(report);
	uint32_t undid = 0;
	char text[32];

	for (uint32_t i = 0; i < node_count; i++)
		undid += rh_report_is_deep(report, &report->nodes[i]);
	if (undid < node_count)
		rh_buf_printf(page->out, "<i class=\"key kept\"></i><span>%s nodes</span>",
			      rh_words_number(text, node_count - undid));
	if (undid > 0)
		rh_buf_printf(page->out,
			      "<i class=\"key undid\"></i><span>%s nodes that had to undo %" PRIu64
			      "%s</span>",
			      rh_words_number(text, undid), deep,
			      report->deepest > deep ? " blocks or more at once"
			      : deep == 1	     ? " block"
						     : " blocks at once");
	if (report->line_count < node_count)
		rh_buf_printf(page->out, "<span>%" PRIu32 " of %s nodes drawn</span>",
			      report->line_count, rh_words_number(text, node_count));
}

static void put_picture(struct page *page)
{
	if (page->report->height_max == 0)
		return;
	put(page, "<h2>Head heights over time</h2>\n<figure>\n<figcaption>");
	put_legend(page);
	put(page, "</figcaption>\n<div class=\"scroll\">\n");
	rh_svg_heads(page->out, page->report, page->facts);
	put(page, "</div>\n</figure>\n");
}

/* ---- checks ---------------------------------------------------------------------------------- */

static const char *mark_of(enum rh_result_state state)
{
	switch (state) {
	case RH_RESULT_PASSED:
		return "✓";
	case RH_RESULT_FAILED:
		return "✗";
	case RH_RESULT_ERROR:
		return "!";
	case RH_RESULT_OPEN:
		return "–";
	}
	return "–";
}

static const char *mode_words(enum rh_assert_mode mode)
{
	switch (mode) {
	case RH_MODE_EVENTUALLY:
		return "eventually";
	case RH_MODE_ALWAYS:
		return "always";
	case RH_MODE_NEVER:
		return "never";
	case RH_MODE_AT_END:
		return "at the end";
	case RH_MODE_AT_START:
		return "at the start";
	case RH_MODE_EDGE:
		return "at the start and at the end";
	case RH_MODE_SOMETIMES:
		return "sometimes";
	case RH_MODE_FINAL:
		return "in the end";
	}
	return "";
}

static void put_evidence(struct page *page, uint32_t assertion, const struct rh_result *result)
{
	const struct rh_plan *plan = page->facts->plan;
	struct rh_buf line = {0};
	char text[RH_TIME_TEXT];

	put(page, "<div class=\"evidence\">\n<p class=\"small\">");
	if (result->node < plan->node_count) {
		put_text(page, plan->nodes[result->node].name);
		put(page, " ");
	}
	rh_buf_printf(page->out, "at %s", rh_sentence_moment(text, result->decided_ns));
	rh_sentence_judged(&line, plan, assertion, result);
	put(page, line.len > 0 ? ": " : "");
	put_text(page, rh_buf_str(&line));
	put(page, "</p>\n");
	if (result->evidence_count > 0)
		put(page, "<table>\n<tr><th>time</th><th>node</th><th>what</th></tr>\n");
	for (uint32_t i = 0; i < result->evidence_count; i++) {
		const struct rh_record *record = &result->evidence[i];

		if (!rh_sentence_is_news(result, i))
			continue;
		rh_buf_reset(&line);
		rh_sentence_record(&line, record, &page->names);
		put(page, "<tr>");
		put_cell(page, "id", rh_sentence_moment(text, record->time_ns));
		put_cell(page, "", rh_sentence_who(plan, record->node));
		put_cell(page, "", rh_buf_str(&line));
		put(page, "</tr>\n");
	}
	if (result->evidence_count > 0)
		put(page, "</table>\n");
	put(page, "</div>\n");
	rh_buf_release(&line);
}

static void put_check(struct page *page, uint32_t index)
{
	const struct rh_plan *plan = page->facts->plan;
	const struct rh_plan_assertion *assertion = &plan->assertions[index];
	const struct rh_result *result = rh_judge_result(page->facts->judge, index);

	rh_buf_printf(page->out,
		      "<li><span class=\"mark %s\" role=\"img\" aria-label=\"%s\">%s</span>"
		      "<span class=\"name\">",
		      rh_result_state_name(result->state), rh_result_state_name(result->state),
		      mark_of(result->state));
	if (rh_sentence_has_name(assertion, result))
		put_text(page, assertion->name);
	put(page, "</span><div class=\"what\">");
	put_text(page, result->state == RH_RESULT_OPEN ? "not decided" : result->reason);
	put(page, "<div class=\"dim small\">");
	put_text(page, mode_words(assertion->mode));
	/* Once is enough. */
	if (strcmp(assertion->name, assertion->text == NULL ? "" : assertion->text) != 0) {
		put(page, " <code>");
		put_text(page, assertion->text == NULL ? "" : assertion->text);
		put(page, "</code>");
	}
	if (assertion->phase < plan->phase_count) {
		put(page, " in phase ");
		put_text(page, plan->phases[assertion->phase].name);
	} else {
		put(page, " in the whole run");
	}
	put(page, "</div></div>\n");
	/* What ended too early has nobody to blame. */
	if (result->state == RH_RESULT_FAILED)
		put_evidence(page, index, result);
	put(page, "</li>\n");
}

static void put_checks(struct page *page)
{
	if (page->facts->judge == NULL || rh_plan_judged_count(page->facts->plan) == 0)
		return;
	put(page, "<h2>Checks</h2>\n<ul class=\"checks\">\n");
	for (uint32_t i = 0; i < page->facts->plan->assertion_count; i++) {
		if (rh_assertion_is_judged(&page->facts->plan->assertions[i]))
			put_check(page, i);
	}
	put(page, "</ul>\n");
}

/* ---- faults and phases ----------------------------------------------------------------------- */

static void put_time_cell(struct page *page, uint64_t time_ns)
{
	char text[RH_TIME_TEXT] = "–";

	if (time_ns != REPORT_NEVER)
		rh_clock_text(text, time_ns / RH_NS_PER_MS * RH_NS_PER_MS);
	put_cell(page, "id", text);
}

static void put_verified_cell(struct page *page, uint32_t index)
{
	const struct rh_report_step *step = &page->report->steps[index];
	const struct rh_plan_step *plan = &page->facts->plan->steps[index];
	char text[RH_TIME_TEXT + 16];
	char span[RH_TIME_TEXT];

	if (!plan->type->is_fault)
		snprintf(text, sizeof(text), "%s", step->is_failed ? "failed" : "–");
	else if (step->is_unverified)
		snprintf(text, sizeof(text), "could not be verified");
	else if (step->verified_ns == REPORT_NEVER)
		snprintf(text, sizeof(text), "%s",
			 plan->verify == RH_VERIFY_NONE ? "not asked for" : "–");
	else if (step->verified_ns - step->requested_ns < RH_NS_PER_US)
		snprintf(text, sizeof(text), "at once");
	else
		snprintf(text, sizeof(text), "after %s",
			 rh_span_text(span, step->verified_ns - step->requested_ns));
	put_cell(page, "", text);
}

static void put_what_cell(struct page *page, uint32_t index)
{
	const struct rh_plan_step *step = &page->facts->plan->steps[index];
	struct rh_buf line = {0};
	char text[80];

	rh_buf_text(&line, rh_words_fault(text, page->facts->plan, index));
	if (step->type->effect == RH_EFFECT_ON_RUN) {
		rh_buf_reset(&line);
		rh_buf_printf(&line, "%s ", step->type->name);
		rh_words_own(&line, page->facts->plan, step);
	}
	put_cell(page, "", rh_buf_str(&line));
	rh_buf_release(&line);
}

static void put_faults(struct page *page)
{
	const struct rh_plan *plan = page->facts->plan;

	if (plan->step_count == 0)
		return;
	put(page, "<h2>Faults and actions</h2>\n<div class=\"scroll\"><table>\n"
		  "<tr><th>name</th><th>what</th><th>requested</th><th>verified</th>"
		  "<th>cleared</th><th class=\"num\">touched</th></tr>\n");
	for (uint32_t i = 0; i < plan->step_count; i++) {
		const struct rh_report_step *step = &page->report->steps[i];
		char text[80];

		put(page, "<tr>");
		put_cell(page, "", plan->steps[i].name);
		put_what_cell(page, i);
		if (plan->steps[i].is_disabled) {
			put(page, "<td colspan=\"4\">disabled</td></tr>\n");
			continue;
		}
		put_time_cell(page, step->requested_ns);
		put_verified_cell(page, i);
		put_time_cell(page, step->cleared_ns);
		/* What a fault touched are messages; an action has none. */
		put_cell(page, "num",
			 plan->steps[i].type->is_fault ? rh_words_number(text, step->touched)
						       : "–");
		put(page, "</tr>\n");
	}
	put(page, "</table></div>\n");
}

static void put_phases(struct page *page)
{
	const struct rh_plan *plan = page->facts->plan;
	uint64_t end_ns = page->facts->simulated_ns;

	if (plan->phase_count == 0)
		return;
	put(page, "<h2>Phases</h2>\n<div class=\"scroll\"><table>\n<tr><th>phase</th><th>from</th>"
		  "<th>to</th><th>the network</th></tr>\n");
	for (uint32_t i = 0; i < plan->phase_count; i++) {
		const struct rh_plan_phase *phase = &plan->phases[i];
		uint64_t to_ns = phase->start_ns + phase->duration_ns;
		char chains[80];
		char text[80];

		/* The last phase lasts as long as the run. */
		if (to_ns > end_ns || i + 1 == plan->phase_count)
			to_ns = end_ns;
		put(page, "<tr>");
		put_cell(page, "", phase->name);
		if (phase->start_ns >= end_ns) {
			put(page, "<td colspan=\"3\">not reached</td></tr>\n");
			continue;
		}
		put_time_cell(page, phase->start_ns);
		put_time_cell(page, to_ns);
		rh_words_chains(chains, page->report, phase->start_ns, to_ns, false);
		rh_words_reorgs(text, page->report, phase->start_ns, to_ns);
		rh_buf_printf(page->out, "<td>%s%s%s</td></tr>\n", chains,
			      chains[0] != 0 && text[0] != 0 ? "; " : "", text);
	}
	put(page, "</table></div>\n");
}

/* ---- blocks and reorgs ----------------------------------------------------------------------- */

static void put_spread(struct page *page, bool is_half, const char *share)
{
	uint64_t median_ns;
	uint64_t max_ns;
	uint32_t count;
	char text[RH_TIME_TEXT];

	if (!rh_report_spread(page->report, is_half, &median_ns, &max_ns, &count))
		return;
	rh_buf_printf(page->out, "<dt>reached %s of the nodes in</dt><dd>%s (median), ", share,
		      rh_span_text(text, median_ns));
	rh_buf_printf(page->out, "%s (slowest of %" PRIu32 ")</dd>\n", rh_span_text(text, max_ns),
		      count);
}

static void put_blocks(struct page *page)
{
	const struct rh_report *report = page->report;
	char text[32];

	if (report->blocks_produced == 0)
		return;
	rh_buf_printf(page->out, "<h2>Blocks</h2>\n<dl>\n<dt>produced</dt><dd>%s</dd>\n",
		      rh_words_number(text, report->blocks_produced));
	rh_buf_printf(page->out, "<dt>highest head</dt><dd>%s</dd>\n",
		      rh_words_number(text, report->height_max));
	put_spread(page, true, "half");
	put_spread(page, false, "90 %");
	rh_buf_printf(page->out, "<dt>reorgs</dt><dd>%s",
		      rh_words_number(text, report->reorg_count));
	if (report->reorg_count > 0)
		rh_buf_printf(page->out, ", the deepest undid %s",
			      rh_words_number(text, report->deepest));
	put(page, "</dd>\n</dl>\n");
}

static void put_reorgs(struct page *page)
{
	const struct rh_report *report = page->report;
	uint64_t shown = report->reorg_count < REORGS_SHOWN ? report->reorg_count : REORGS_SHOWN;
	char total[32];
	char text[32];

	if (report->reorg_count == 0)
		return;
	rh_buf_printf(
		page->out,
		"<h2>Reorgs</h2>\n<details%s><summary>%s%s of %s</summary>\n"
		"<div class=\"scroll\"><table>\n<tr><th>time</th><th>node</th>"
		"<th class=\"num\">blocks undone</th><th>from head</th><th>to head</th></tr>\n",
		shown <= 10 ? " open" : "", shown < report->reorg_count ? "the first " : "",
		rh_words_number(text, shown), rh_words_number(total, report->reorg_count));
	for (uint64_t i = 0; i < shown; i++) {
		const struct rh_report_reorg *reorg = &report->reorgs[i];

		put(page, "<tr>");
		put_time_cell(page, reorg->time_ns);
		put_cell(page, "", page->facts->plan->nodes[reorg->node].name);
		put_cell(page, "num", rh_words_number(text, reorg->depth));
		snprintf(text, sizeof(text), "b%" PRIx64, reorg->from);
		put_cell(page, "id", text);
		snprintf(text, sizeof(text), "b%" PRIx64, reorg->to);
		put_cell(page, "id", text);
		put(page, "</tr>\n");
	}
	put(page, "</table></div>\n</details>\n");
}

/* ---- the end --------------------------------------------------------------------------------- */

static void put_again(struct page *page)
{
	const struct rh_report_facts *facts = page->facts;

	put(page, "<h2>Run it again</h2>\n<pre>");
	put_text(page, facts->reproduce == NULL ? "" : facts->reproduce);
	put(page, "</pre>\n<dl>\n");
	if (facts->trace_hash[0] != 0) {
		put(page, "<dt>trace</dt><dd class=\"id\">");
		put_text(page, facts->trace_hash);
		put(page, "</dd>\n");
	}
	if (facts->run_directory != NULL && facts->run_directory[0] != 0) {
		put(page, "<dt>records</dt><dd class=\"id\">");
		put_text(page, facts->run_directory);
		put(page, "/trace.rht, events.jsonl</dd>\n");
	}
	if (facts->identical_to != NULL) {
		put(page, "<dt>identical to</dt><dd class=\"id\">");
		put_text(page, facts->identical_to);
		put(page, "</dd>\n");
	}
	put(page, "</dl>\n</main>\n</body>\n</html>\n");
}

void rh_report_html(const struct rh_report *report, const struct rh_report_facts *facts,
		    struct rh_buf *out)
{
	struct page page = {
		.out = out,
		.report = report,
		.facts = facts,
	};

	rh_plan_names(&page.names, &page.arena, facts->plan);
	put_head(&page);
	put_verdict(&page);
	put_picture(&page);
	put_checks(&page);
	put_faults(&page);
	put_phases(&page);
	put_blocks(&page);
	put_reorgs(&page);
	put_again(&page);
	rh_arena_release(&page.arena);
}
