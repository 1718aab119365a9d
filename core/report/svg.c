/*
 * svg.c - the picture of a run.
 *
 * Two plots over one time axis.  Above, the head height of each node: lines lie on each other while
 * the network agrees and part where it does not; nodes that had to undo many blocks have a colour
 * of their own.  Below, how many different heads there were at least (dark) and at most (light) in
 * each bin.  Coordinates are whole numbers, which keeps a hundred lines small.
 */
#include "core/report/svg.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/report/markup.h"
#include "core/report/words.h"

#define WIDTH	     960
#define LEFT	     46
#define RIGHT	     22
#define PLOT_WIDTH   (WIDTH - LEFT - RIGHT)
#define PHASES_Y     14
#define FAULTS_Y     34
#define HEIGHTS_TOP  44
#define HEIGHTS_SIZE 250
#define HEADS_TOP    330
#define HEADS_SIZE   56
#define AXIS_Y	     (HEADS_TOP + HEADS_SIZE)
#define HEIGHT	     (AXIS_Y + 26)
#define LABEL_WIDTH  7 /* of a letter, about */

struct picture {
	struct rh_buf *out;
	const struct rh_report *report;
	const struct rh_report_facts *facts;
	uint64_t end_ns;
	uint32_t height_min;
	uint32_t height_max;
	uint32_t heads_max;
};

static uint64_t x_of(const struct picture *picture, uint64_t time_ns)
{
	if (time_ns >= picture->end_ns)
		return LEFT + PLOT_WIDTH;
	return LEFT + rh_mul_div(time_ns, PLOT_WIDTH, picture->end_ns);
}

static uint64_t x_of_bin(const struct picture *picture, uint32_t bin)
{
	return x_of(picture, bin * picture->report->bin_ns);
}

static uint64_t y_of_height(const struct picture *picture, uint32_t height)
{
	uint64_t span = picture->height_max - picture->height_min;

	return HEIGHTS_TOP + HEIGHTS_SIZE -
	       (height - picture->height_min) * (uint64_t)HEIGHTS_SIZE / (span == 0 ? 1 : span);
}

static uint64_t y_of_heads(const struct picture *picture, uint32_t heads)
{
	uint32_t shown = heads < picture->heads_max ? heads : picture->heads_max;

	return HEADS_TOP + HEADS_SIZE - shown * (uint64_t)HEADS_SIZE / picture->heads_max;
}

static void put_label(struct picture *picture, uint64_t x, uint64_t y, const char *class,
		      const char *text)
{
	rh_buf_printf(picture->out, "<text x=\"%" PRIu64 "\" y=\"%" PRIu64 "\" class=\"%s\">", x, y,
		      class);
	rh_markup_text(picture->out, text);
	rh_buf_text(picture->out, "</text>\n");
}

static void put_line(struct picture *picture, uint64_t x1, uint64_t y1, uint64_t x2, uint64_t y2,
		     const char *class)
{
	rh_buf_printf(picture->out,
		      "<line x1=\"%" PRIu64 "\" y1=\"%" PRIu64 "\" x2=\"%" PRIu64 "\" y2=\"%" PRIu64
		      "\" class=\"%s\"/>\n",
		      x1, y1, x2, y2, class);
}

/* ---- axes ------------------------------------------------------------------------------------ */

/* The smallest round step that divides `span` into at most `parts`. */
static uint64_t round_step(uint64_t span, uint64_t parts)
{
	static const uint64_t firsts[] = {1, 2, 5};

	for (uint64_t scale = 1; scale < UINT64_MAX / 100; scale *= 10) {
		for (size_t i = 0; i < RH_ARRAY_LEN(firsts); i++) {
			if (span / (firsts[i] * scale) <= parts)
				return firsts[i] * scale;
		}
	}
	return span;
}

static uint64_t round_time_step(uint64_t span_ns, uint64_t parts)
{
	static const uint64_t seconds[] = {1,	  2,	 5,	10,    15,     30,    60,
					   120,	  300,	 600,	900,   1800,   3600,  7200,
					   10800, 21600, 43200, 86400, 172800, 604800};

	for (size_t i = 0; i < RH_ARRAY_LEN(seconds); i++) {
		if (span_ns / (seconds[i] * RH_NS_PER_SEC) <= parts)
			return span_ns < 2 * RH_NS_PER_SEC ? span_ns / 2 + 1
							   : seconds[i] * RH_NS_PER_SEC;
	}
	return round_step(span_ns / (86400 * RH_NS_PER_SEC), parts) * 86400 * RH_NS_PER_SEC;
}

static void put_time_axis(struct picture *picture)
{
	uint64_t step_ns = round_time_step(picture->end_ns, 10);
	char text[32];

	for (uint64_t time_ns = 0; time_ns <= picture->end_ns; time_ns += step_ns) {
		uint64_t x = x_of(picture, time_ns);

		put_line(picture, x, AXIS_Y, x, AXIS_Y + 5, "axis");
		put_label(picture, x, AXIS_Y + 19, "tick mid",
			  rh_words_clock(text, time_ns, picture->end_ns));
	}
	put_line(picture, LEFT, AXIS_Y, LEFT + PLOT_WIDTH, AXIS_Y, "axis");
}

static void put_height_axis(struct picture *picture)
{
	uint64_t step = round_step(picture->height_max - picture->height_min, 6);
	uint64_t first = (picture->height_min + step - 1) / step * step;
	char text[32];

	for (uint64_t height = first; height <= picture->height_max; height += step) {
		uint64_t y = y_of_height(picture, (uint32_t)height);

		put_line(picture, LEFT, y, LEFT + PLOT_WIDTH, y, "grid");
		put_label(picture, LEFT - 7, y + 4, "tick end", rh_words_number(text, height));
	}
}

/* ---- faults and phases ----------------------------------------------------------------------- */

static void put_fault_bands(struct picture *picture)
{
	const struct rh_plan *plan = picture->facts->plan;
	uint64_t free_x = LEFT;
	uint64_t from_ns;
	uint64_t to_ns;
	char text[80];

	for (uint32_t i = 0; i < plan->step_count; i++) {
		uint64_t x;
		uint64_t width;

		if (!plan->steps[i].type->is_fault ||
		    !rh_report_step_span(picture->report, i, picture->end_ns, &from_ns, &to_ns))
			continue;
		x = x_of(picture, from_ns);
		width = x_of(picture, to_ns) - x;
		rh_words_fault(text, plan, i);
		rh_buf_text(picture->out, "<g><title>");
		rh_markup_text(picture->out, plan->steps[i].name);
		rh_buf_text(picture->out, ": ");
		rh_markup_text(picture->out, text);
		rh_buf_printf(picture->out,
			      "</title><rect x=\"%" PRIu64 "\" y=\"%d\" width=\"%" PRIu64
			      "\" height=\"%d\" class=\"band\"/>"
			      "<rect x=\"%" PRIu64 "\" y=\"%d\" width=\"%" PRIu64
			      "\" height=\"%d\" fill=\"url(#hatch)\"/></g>\n",
			      x, HEIGHTS_TOP - 4, width < 1 ? 1 : width, AXIS_Y - HEIGHTS_TOP + 4,
			      x, HEIGHTS_TOP - 4, width < 1 ? 1 : width, AXIS_Y - HEIGHTS_TOP + 4);
		/* Labels that would lie on each other are left to the table. */
		if (x < free_x && free_x > LEFT)
			continue;
		put_label(picture, x, FAULTS_Y, "fault", text);
		free_x = x + rh_words_columns(text) * LABEL_WIDTH + LABEL_WIDTH;
	}
}

static void put_phases(struct picture *picture)
{
	const struct rh_plan *plan = picture->facts->plan;
	uint64_t free_x = 0;

	for (uint32_t i = 0; i < plan->phase_count; i++) {
		const struct rh_plan_phase *phase = &plan->phases[i];
		uint64_t x = x_of(picture, phase->start_ns);

		if (phase->start_ns >= picture->end_ns)
			continue;
		if (i > 0)
			put_line(picture, x, PHASES_Y + 4, x, AXIS_Y, "phaseline");
		if (x < free_x)
			continue;
		put_label(picture, x, PHASES_Y, "phase", phase->name);
		free_x = x + rh_words_columns(phase->name) * LABEL_WIDTH + LABEL_WIDTH;
	}
}

/* Where a check failed. */
static void put_failures(struct picture *picture)
{
	const struct rh_plan *plan = picture->facts->plan;

	for (uint32_t i = 0; picture->facts->judge != NULL && i < plan->assertion_count; i++) {
		const struct rh_result *result = rh_judge_result(picture->facts->judge, i);
		uint64_t x = x_of(picture, result->decided_ns);

		if (result->state != RH_RESULT_FAILED)
			continue;
		rh_buf_text(picture->out, "<g><title>failed: ");
		rh_markup_text(picture->out, plan->assertions[i].name);
		rh_buf_text(picture->out, "</title>");
		put_line(picture, x, HEIGHTS_TOP, x, AXIS_Y, "failline");
		put_label(picture, x, HEIGHTS_TOP + 2, "failmark mid", "✗");
		rh_buf_text(picture->out, "</g>\n");
	}
}

/* ---- heights --------------------------------------------------------------------------------- */

static const uint32_t *row_of(const struct picture *picture, uint32_t line)
{
	return picture->report->heights + (size_t)line * REPORT_BINS;
}

static uint32_t used_bins(const struct picture *picture)
{
	uint32_t bins = picture->report->bin;

	return bins == 0 ? 1 : bins;
}

static void find_heights(struct picture *picture)
{
	picture->height_min = UINT32_MAX;
	picture->height_max = 0;
	for (uint32_t line = 0; line < picture->report->line_count; line++) {
		for (uint32_t bin = 0; bin < used_bins(picture); bin++) {
			uint32_t height = row_of(picture, line)[bin];

			if (height == REPORT_NO_HEIGHT)
				continue;
			if (height < picture->height_min)
				picture->height_min = height;
			if (height > picture->height_max)
				picture->height_max = height;
		}
	}
	if (picture->height_min > picture->height_max)
		picture->height_min = 0;
	if (picture->height_max == picture->height_min)
		picture->height_max++;
}

/* A path of level pieces and steps; a gap where the node was down. */
static void put_path(struct picture *picture, const uint32_t *row)
{
	uint32_t bins = used_bins(picture);
	bool is_down = true;

	for (uint32_t bin = 0; bin < bins; bin++) {
		uint64_t y;

		if (row[bin] == REPORT_NO_HEIGHT) {
			if (!is_down)
				rh_buf_printf(picture->out, "H%" PRIu64, x_of_bin(picture, bin));
			is_down = true;
			continue;
		}
		y = y_of_height(picture, row[bin]);
		if (is_down)
			rh_buf_printf(picture->out, "M%" PRIu64 " %" PRIu64, x_of_bin(picture, bin),
				      y);
		else if (row[bin] != row[bin - 1])
			rh_buf_printf(picture->out, "H%" PRIu64 "V%" PRIu64, x_of_bin(picture, bin),
				      y);
		is_down = false;
	}
	if (!is_down)
		rh_buf_printf(picture->out, "H%" PRIu64, x_of_bin(picture, bins));
}

/* One path for the nodes that went the same way, and their names. */
static void put_group(struct picture *picture, uint32_t first, bool *is_done)
{
	const struct rh_report *report = picture->report;
	const struct rh_report_node *node = &report->nodes[report->line_nodes[first]];
	bool is_deep = rh_report_is_deep(report, node);
	size_t row_bytes = used_bins(picture) * sizeof(uint32_t);
	uint32_t count = 0;

	rh_buf_text(picture->out, "<path d=\"");
	put_path(picture, row_of(picture, first));
	rh_buf_printf(picture->out, "\" class=\"%s\"><title>", is_deep ? "undid" : "kept");
	for (uint32_t line = first; line < report->line_count; line++) {
		const struct rh_report_node *other = &report->nodes[report->line_nodes[line]];

		if (is_done[line] || rh_report_is_deep(report, other) != is_deep ||
		    memcmp(row_of(picture, line), row_of(picture, first), row_bytes) != 0)
			continue;
		is_done[line] = true;
		if (count++ < 5) {
			rh_buf_text(picture->out, count == 1 ? "" : ", ");
			rh_markup_text(picture->out,
				       picture->facts->plan->nodes[report->line_nodes[line]].name);
		}
	}
	if (count > 5)
		rh_buf_printf(picture->out, " and %" PRIu32 " more", count - 5);
	rh_buf_text(picture->out, "</title></path>\n");
}

/* Those that stand out are drawn first: where all agree the others lie over them. */
static void put_heights(struct picture *picture)
{
	const struct rh_report *report = picture->report;
	bool is_done[REPORT_LINES] = {false};

	put_height_axis(picture);
	rh_buf_text(picture->out, "<g class=\"lines\">\n");
	for (int round = 0; round < 2; round++) {
		for (uint32_t line = 0; line < report->line_count; line++) {
			const struct rh_report_node *node =
				&report->nodes[report->line_nodes[line]];

			if (!is_done[line] && rh_report_is_deep(report, node) == (round == 0))
				put_group(picture, line, is_done);
		}
	}
	rh_buf_text(picture->out, "</g>\n");
}

/* ---- heads ----------------------------------------------------------------------------------- */

static uint32_t heads_of(const struct rh_report_bin *bin, bool is_max)
{
	return is_max ? bin->heads_max : bin->heads_min == UINT32_MAX ? 0 : bin->heads_min;
}

/* The plot ends at the largest number that held for a whole bin, with one to spare: how high the
 * short steps of a block on its way reach says little. */
static void find_heads(struct picture *picture)
{
	picture->heads_max = 2;
	for (uint32_t bin = 0; bin < used_bins(picture); bin++) {
		uint32_t heads = heads_of(&picture->report->bins[bin], false);

		if (heads + 1 > picture->heads_max)
			picture->heads_max = heads + 1;
	}
}

static void put_heads_area(struct picture *picture, bool is_max)
{
	uint32_t bins = used_bins(picture);
	uint32_t shown = 0;

	rh_buf_printf(picture->out, "<path class=\"%s\" d=\"M%d %d", is_max ? "atmost" : "atleast",
		      LEFT, AXIS_Y);
	for (uint32_t bin = 0; bin < bins; bin++) {
		uint32_t heads = heads_of(&picture->report->bins[bin], is_max);

		if (bin > 0 && heads == shown)
			continue;
		rh_buf_printf(picture->out, "H%" PRIu64 "V%" PRIu64, x_of_bin(picture, bin),
			      y_of_heads(picture, heads));
		shown = heads;
	}
	rh_buf_printf(picture->out, "H%" PRIu64 "V%dZ\"/>\n", x_of_bin(picture, bins), AXIS_Y);
}

static void put_heads(struct picture *picture)
{
	uint32_t step = (uint32_t)round_step(picture->heads_max, 3);
	char text[32];

	put_label(picture, LEFT, HEADS_TOP - 8, "plotname", "different heads");
	put_heads_area(picture, true);
	put_heads_area(picture, false);
	for (uint32_t heads = step; heads <= picture->heads_max; heads += step) {
		uint64_t y = y_of_heads(picture, heads);

		put_line(picture, LEFT, y, LEFT + PLOT_WIDTH, y, "grid");
		put_label(picture, LEFT - 7, y + 4, "tick end", rh_words_number(text, heads));
	}
}

void rh_svg_heads(struct rh_buf *out, const struct rh_report *report,
		  const struct rh_report_facts *facts)
{
	struct picture picture = {
		.out = out,
		.report = report,
		.facts = facts,
		.end_ns = facts->simulated_ns,
	};

	if (picture.end_ns == 0 || report->line_count == 0)
		return;
	find_heights(&picture);
	find_heads(&picture);
	rh_buf_printf(
		out,
		"<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"Head height of %" PRIu32
		" nodes over time, with faults as bands\">\n"
		"<title>Head heights over time</title>\n"
		"<defs><pattern id=\"hatch\" width=\"7\" height=\"7\" "
		"patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">"
		"<line x1=\"0\" y1=\"0\" x2=\"0\" y2=\"7\" class=\"hatch\"/></pattern></defs>\n",
		WIDTH, HEIGHT, report->line_count);
	put_fault_bands(&picture);
	put_phases(&picture);
	put_heads(&picture);
	put_heights(&picture);
	put_failures(&picture);
	put_time_axis(&picture);
	rh_buf_text(out, "</svg>\n");
}
