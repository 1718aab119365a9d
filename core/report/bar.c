/*
 * bar.c - the bar of phases and faults.
 *
 *   00:00 ────────────────────┬── cut 60|40 ──┬──────────────────────── 04:00
 *         one chain           │ two chains    │ healed: 40 nodes reorg 2 blocks deep
 *                             01:40           02:00
 *
 * The run is divided at the beginnings and ends of its faults (of its phases when there are none).
 * Each stretch is as wide as its share of time, but never narrower than its words.  When there are
 * more words than columns the words below become fewer; when the faults alone have too many, the bar
 * only marks them, and a list says what they were.
 */
#include "core/report/bar.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/sort.h"
#include "core/report/words.h"

#define STRETCHES_MAX 12
#define LISTED_MAX    12
#define INDENT	      8 /* columns before the bar: "  00:00 " */

struct stretch {
	uint64_t from_ns;
	uint64_t to_ns;
	char label[100]; /* in the bar */
	char below[120]; /* under it */
	size_t need;	 /* columns */
	size_t width;
};

/* How much is said below the bar. */
enum detail { DETAIL_NONE, DETAIL_SHORT, DETAIL_FULL };

struct bar {
	enum detail detail;
	const struct rh_report *report;
	const struct rh_report_facts *facts;
	uint64_t end_ns;
	struct stretch stretches[STRETCHES_MAX];
	size_t count;
	const char *line;
	const char *tee;
	const char *post;
	const char *thick;
};

static bool fault_span(const struct bar *bar, uint32_t step, uint64_t *from_ns, uint64_t *to_ns)
{
	return bar->facts->plan->steps[step].type->is_fault &&
	       rh_report_step_span(bar->report, step, bar->end_ns, from_ns, to_ns);
}

/* ---- dividing the run ------------------------------------------------------------------------ */

static size_t add_boundary(uint64_t *times, size_t count, size_t max, uint64_t time_ns,
			   uint64_t end_ns)
{
	if (time_ns == 0 || time_ns >= end_ns || count == max)
		return count;
	times[count] = time_ns;
	return count + 1;
}

/* The times that divide the run, ascending, without the two ends; more than fit gives `max`. */
static size_t boundaries(const struct bar *bar, uint64_t *times, size_t max)
{
	const struct rh_plan *plan = bar->facts->plan;
	bool has_fault = false;
	size_t unique = 0;
	size_t count = 0;
	uint64_t from_ns;
	uint64_t to_ns;

	for (uint32_t i = 0; i < plan->step_count; i++) {
		if (!fault_span(bar, i, &from_ns, &to_ns))
			continue;
		has_fault = true;
		count = add_boundary(times, count, max, from_ns, bar->end_ns);
		count = add_boundary(times, count, max, to_ns, bar->end_ns);
	}
	for (uint32_t i = 0; i < plan->phase_count && !has_fault; i++)
		count = add_boundary(times, count, max, plan->phases[i].start_ns, bar->end_ns);
	rh_sort_u64(times, count);
	for (size_t i = 0; i < count; i++) {
		if (unique == 0 || times[i] != times[unique - 1])
			times[unique++] = times[i];
	}
	return unique;
}

/* The phase that begins at this time, or NULL. */
static const char *phase_at(const struct rh_plan *plan, uint64_t time_ns)
{
	for (uint32_t i = 0; i < plan->phase_count; i++) {
		if (plan->phases[i].start_ns == time_ns)
			return plan->phases[i].name;
	}
	return NULL;
}

static void name_below(const struct bar *bar, struct stretch *stretch, bool is_fault,
		       const char *phase)
{
	uint64_t deepest;
	char text[80];

	stretch->below[0] = 0;
	if (bar->detail == DETAIL_NONE)
		return;
	rh_words_chains(text, bar->report, stretch->from_ns, stretch->to_ns, is_fault);
	if (!is_fault && stretch->from_ns > 0 &&
	    rh_report_reorged_nodes(bar->report, stretch->from_ns, stretch->to_ns, &deepest) > 0) {
		if (bar->detail == DETAIL_FULL)
			rh_words_reorgs(text, bar->report, stretch->from_ns, stretch->to_ns);
		else
			snprintf(text, sizeof(text), "reorg %" PRIu64 " deep", deepest);
	}
	if (!is_fault && stretch->from_ns > 0 && phase != NULL && bar->detail == DETAIL_FULL)
		snprintf(stretch->below, sizeof(stretch->below), "%.34s%s%s", phase,
			 text[0] == 0 ? "" : ": ", text);
	else
		snprintf(stretch->below, sizeof(stretch->below), "%s", text);
}

static void name_stretch(const struct bar *bar, struct stretch *stretch, bool has_faults)
{
	const struct rh_plan *plan = bar->facts->plan;
	const char *phase = phase_at(plan, stretch->from_ns);
	bool is_fault = false;
	char text[80];
	size_t len = 0;

	for (uint32_t i = 0; i < plan->step_count; i++) {
		uint64_t from_ns;
		uint64_t to_ns;

		if (!fault_span(bar, i, &from_ns, &to_ns) || from_ns >= stretch->to_ns ||
		    to_ns <= stretch->from_ns || len + 84 > sizeof(stretch->label))
			continue;
		len += (size_t)snprintf(stretch->label + len, sizeof(stretch->label) - len, "%s%s",
					is_fault ? " + " : "", rh_words_fault(text, plan, i));
		is_fault = true;
	}
	if (!has_faults && phase != NULL)
		snprintf(stretch->label, sizeof(stretch->label), "%.90s", phase);
	name_below(bar, stretch, is_fault, has_faults ? phase : NULL);
}

static bool divide(struct bar *bar)
{
	uint64_t times[STRETCHES_MAX];
	size_t count = boundaries(bar, times, STRETCHES_MAX);
	bool has_faults = false;

	if (count >= STRETCHES_MAX)
		return false;
	bar->count = 0;
	for (uint32_t i = 0; i < bar->facts->plan->step_count; i++) {
		uint64_t from_ns;
		uint64_t to_ns;

		has_faults |= fault_span(bar, i, &from_ns, &to_ns);
	}
	for (size_t i = 0; i <= count; i++) {
		struct stretch *stretch = &bar->stretches[bar->count++];

		memset(stretch, 0, sizeof(*stretch));
		stretch->from_ns = i == 0 ? 0 : times[i - 1];
		stretch->to_ns = i == count ? bar->end_ns : times[i];
		name_stretch(bar, stretch, has_faults);
	}
	return true;
}

/* ---- widths ---------------------------------------------------------------------------------- */

static size_t larger(size_t a, size_t b)
{
	return a > b ? a : b;
}

static void find_needs(struct bar *bar)
{
	for (size_t i = 0; i < bar->count; i++) {
		struct stretch *stretch = &bar->stretches[i];
		size_t label = rh_words_columns(stretch->label);
		size_t below = rh_words_columns(stretch->below);
		bool is_last = i + 1 == bar->count;

		stretch->need = label == 0 ? 1 : label + 4;
		/* What stands under the last stretch may run on to where the end time stands. */
		if (is_last)
			below = below > 6 ? below - 6 : 0;
		stretch->need = larger(stretch->need, below + (i == 0 || is_last ? 1 : 2));
		stretch->need = larger(stretch->need, i == 0 ? 1 : 5);
	}
}

/* Gives each stretch its share of `columns`, and at least what it needs; false when they need more
 * than there is. */
static bool share_columns(struct bar *bar, size_t columns)
{
	bool is_fixed[STRETCHES_MAX] = {false};
	size_t left = columns;
	uint64_t span_ns = bar->end_ns;
	bool is_settled = false;
	size_t last_free = 0;
	size_t given = 0;

	while (!is_settled) {
		is_settled = true;
		for (size_t i = 0; i < bar->count; i++) {
			struct stretch *stretch = &bar->stretches[i];
			uint64_t own_ns = stretch->to_ns - stretch->from_ns;

			if (is_fixed[i] ||
			    (span_ns > 0 && rh_mul_div(left, own_ns, span_ns) >= stretch->need))
				continue;
			if (stretch->need > left)
				return false;
			is_fixed[i] = true;
			is_settled = false;
			stretch->width = stretch->need;
			left -= stretch->need;
			span_ns -= own_ns;
			break;
		}
	}
	for (size_t i = 0; i < bar->count; i++) {
		struct stretch *stretch = &bar->stretches[i];

		if (is_fixed[i])
			continue;
		stretch->width =
			(size_t)rh_mul_div(left, stretch->to_ns - stretch->from_ns, span_ns);
		given += stretch->width;
		last_free = i;
	}
	/* What rounding left over goes to the last that is free, or the last of all. */
	bar->stretches[is_fixed[last_free] ? bar->count - 1 : last_free].width += left - given;
	return true;
}

/* ---- drawing --------------------------------------------------------------------------------- */

static void repeat(struct rh_buf *out, const char *text, size_t count)
{
	for (size_t i = 0; i < count; i++)
		rh_buf_text(out, text);
}

static void put_bar_line(struct rh_buf *out, const struct bar *bar)
{
	char text[32];

	rh_buf_printf(out, "  %5s ", rh_words_clock(text, 0, bar->end_ns));
	for (size_t i = 0; i < bar->count; i++) {
		const struct stretch *stretch = &bar->stretches[i];
		size_t label = rh_words_columns(stretch->label);
		size_t before = 0;

		if (i > 0)
			rh_buf_text(out, bar->tee);
		if (label > 0) {
			before = stretch->width - label >= 6 ? 2 : 1;
			repeat(out, bar->line, before);
			rh_buf_printf(out, " %s ", stretch->label);
			before += label + 2;
		}
		repeat(out, bar->line, stretch->width - before);
	}
	rh_buf_printf(out, " %s\n", rh_words_clock(text, bar->end_ns, bar->end_ns));
}

/* A line under the bar; blanks at its end are left out. */
static void put_under(struct rh_buf *out, const struct bar *bar, bool is_times)
{
	size_t at = INDENT;
	size_t column = 0;
	char clock[32];

	for (size_t i = 0; i < bar->count; i++) {
		const struct stretch *stretch = &bar->stretches[i];
		const char *text = stretch->below;

		if (is_times)
			text = i == 0 ? "" : rh_words_clock(clock, stretch->from_ns, bar->end_ns);
		if (i > 0 && (is_times || bar->count > 1)) {
			repeat(out, " ", at - column);
			rh_buf_text(out, is_times ? text : bar->post);
			column = at + (is_times ? rh_words_columns(text) : 1);
			at += 1;
		}
		if (!is_times && text[0] != 0) {
			size_t start = i == 0 ? at : at + 1;

			repeat(out, " ", start - column);
			rh_buf_text(out, text);
			column = start + rh_words_columns(text);
		}
		at += stretch->width;
	}
	rh_buf_text(out, "\n");
}

static bool has_below(const struct bar *bar)
{
	for (size_t i = 0; i < bar->count; i++) {
		if (bar->stretches[i].below[0] != 0)
			return true;
	}
	return false;
}

/* Too much for words in the bar: it marks when a fault was in effect, and a list names them. */
static void put_marks(struct rh_buf *out, const struct bar *bar, size_t columns)
{
	const struct rh_plan *plan = bar->facts->plan;
	struct rh_report_series *all = rh_report_series(bar->report);
	bool *is_marked = rh_alloc(columns, sizeof(*is_marked));
	uint32_t fault_count = 0;
	uint64_t from_ns;
	uint64_t to_ns;
	char clock[32];
	char text[80];

	for (uint32_t i = 0; i < plan->step_count; i++) {
		if (!fault_span(bar, i, &from_ns, &to_ns))
			continue;
		for (uint64_t c = rh_mul_div(from_ns, columns, bar->end_ns);
		     c < columns && c <= rh_mul_div(to_ns, columns, bar->end_ns); c++)
			is_marked[c] = true;
	}
	rh_buf_printf(out, "  %5s ", rh_words_clock(clock, 0, bar->end_ns));
	for (size_t c = 0; c < columns; c++)
		rh_buf_text(out, is_marked[c] ? bar->thick : bar->line);
	rh_buf_printf(out, " %s\n", rh_words_clock(clock, bar->end_ns, bar->end_ns));
	free(is_marked);
	fault_count = 0;
	for (uint32_t i = 0; i < plan->step_count; i++) {
		if (all[i].begun == 0 || !plan->steps[i].type->is_fault ||
		    all[i].step.requested_ns >= bar->end_ns || fault_count++ >= LISTED_MAX)
			continue;
		from_ns = all[i].step.requested_ns;
		to_ns = all[i].step.cleared_ns;
		if (to_ns > bar->end_ns)
			to_ns = bar->end_ns;
		rh_buf_printf(out, "        %s", rh_words_clock(clock, from_ns, bar->end_ns));
		rh_buf_printf(out, " to %s  %s", rh_words_clock(clock, to_ns, bar->end_ns),
			      rh_words_fault(text, plan, i));
		if (all[i].begun > 1)
			rh_buf_printf(out, ", %" PRIu32 " times", all[i].begun);
		rh_buf_text(out, "\n");
	}
	if (fault_count > LISTED_MAX)
		rh_buf_printf(out, "        and %u more\n", fault_count - LISTED_MAX);
	free(all);
}

/* Tries with all words, then with fewer. */
static bool lay_out(struct bar *bar, size_t columns)
{
	for (int detail = DETAIL_FULL; detail >= DETAIL_NONE; detail--) {
		bar->detail = (enum detail)detail;
		if (!divide(bar))
			return false;
		find_needs(bar);
		if (share_columns(bar, columns - (bar->count - 1)))
			return true;
	}
	return false;
}

void rh_bar_print(struct rh_buf *out, const struct rh_report *report,
		  const struct rh_report_facts *facts, struct rh_summary_style style)
{
	struct bar bar = {
		.report = report,
		.facts = facts,
		.end_ns = facts->simulated_ns,
		.line = style.is_ascii ? "-" : "─",
		.tee = style.is_ascii ? "+" : "┬",
		.post = style.is_ascii ? "|" : "│",
		.thick = style.is_ascii ? "=" : "━",
	};
	size_t columns = (style.columns < 60 ? 60 : style.columns) - INDENT - 6;

	if (bar.end_ns == 0)
		return;
	if (!lay_out(&bar, columns)) {
		put_marks(out, &bar, columns);
		return;
	}
	put_bar_line(out, &bar);
	if (has_below(&bar))
		put_under(out, &bar, false);
	if (bar.count > 1)
		put_under(out, &bar, true);
}
