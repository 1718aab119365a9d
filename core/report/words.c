/*
 * words.c - how reports say things to people.
 */
#include "core/report/words.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/scenario/node_steps.h"

char *rh_words_number(char text[32], uint64_t value)
{
	char digits[24];
	size_t len = (size_t)snprintf(digits, sizeof(digits), "%" PRIu64, value);
	size_t at = 0;

	for (size_t i = 0; i < len; i++) {
		if (i > 0 && (len - i) % 3 == 0)
			text[at++] = ',';
		text[at++] = digits[i];
	}
	text[at] = 0;
	return text;
}

char *rh_words_rounded(char text[32], double value)
{
	uint64_t scale = 1;

	RH_ASSERT(value >= 0);
	if (value > 1e18)
		value = 1e18;
	if (value < 9.95) {
		snprintf(text, 32, value < 0.995 ? "%.2f" : "%.1f", value);
		return text;
	}
	while (value / (double)scale >= 99.5)
		scale *= 10;
	return rh_words_number(text, (uint64_t)(value / (double)scale + 0.5) * scale);
}

char *rh_words_wall(char text[40], uint64_t wall_ns)
{
	char digits[32];

	if (wall_ns < 10 * RH_NS_PER_MS)
		snprintf(text, 40, "%" PRIu64 " ms", (wall_ns + RH_NS_PER_MS - 1) / RH_NS_PER_MS);
	else
		snprintf(text, 40, "%s s", rh_words_rounded(digits, (double)wall_ns / 1e9));
	return text;
}

char *rh_words_amount(char text[32], uint64_t value)
{
	static const struct {
		uint64_t scale;
		const char *unit;
	} scales[] = {
		{UINT64_C(1000000000), "G"},
		{UINT64_C(1000000), "M"},
	};

	for (size_t i = 0; i < RH_ARRAY_LEN(scales); i++) {
		char digits[32];

		if (value < scales[i].scale)
			continue;
		rh_words_rounded(digits, (double)value / (double)scales[i].scale);
		snprintf(text, 32, "%.20s %s", digits, scales[i].unit);
		return text;
	}
	return rh_words_number(text, value);
}

char *rh_words_count(char text[32], uint64_t value)
{
	static const char *const words[] = {"no",  "one",   "two",   "three", "four", "five",
					    "six", "seven", "eight", "nine",  "ten"};

	if (value < RH_ARRAY_LEN(words))
		snprintf(text, 32, "%s", words[value]);
	else
		rh_words_number(text, value);
	return text;
}

char *rh_words_clock(char text[32], uint64_t time_ns, uint64_t run_ns)
{
	uint64_t secs = time_ns / RH_NS_PER_SEC;

	if (run_ns >= RH_NS_PER_HOUR)
		snprintf(text, 32, "%02" PRIu64 ":%02u", secs / 3600, (unsigned)(secs / 60 % 60));
	else if (run_ns >= RH_NS_PER_MIN)
		snprintf(text, 32, "%02u:%02u", (unsigned)(secs / 60), (unsigned)(secs % 60));
	else
		snprintf(text, 32, "%u.%us", (unsigned)secs,
			 (unsigned)(time_ns / (100 * RH_NS_PER_MS) % 10));
	return text;
}

#define PARTS_NAMED 4 /* of a cut */

/* ---- faults ---------------------------------------------------------------------------------- */

static bool is_cut(const struct rh_plan_step *step)
{
	struct rh_link_state state;

	memset(&state, 0, sizeof(state));
	if (step->type->effect != RH_EFFECT_ON_LINKS || step->type->link == NULL)
		return false;
	step->type->link(step->params, &state);
	return state.is_cut;
}

static uint32_t root_of(uint32_t *parents, uint32_t node)
{
	while (parents[node] != node) {
		parents[node] = parents[parents[node]];
		node = parents[node];
	}
	return node;
}

/* The two sides of a cut, when every cut link leads from the one to the other: a part that lost all
 * its links stands on the side that it was meant for.  false when there are no two such sides. */
static bool side_sizes(uint64_t sizes[2], const struct rh_plan *plan,
		       const struct rh_plan_step *step, uint32_t *parents)
{
	enum { SIDE_NONE, SIDE_A, SIDE_B };
	uint8_t *sides = rh_alloc(plan->node_count + 1, sizeof(*sides)); /* of the roots */
	bool is_growing = step->edge_count > 0;
	bool is_sound = is_growing;

	if (is_growing)
		sides[root_of(parents, plan->links[step->edges[0] / 2].a)] = SIDE_A;
	while (is_growing && is_sound) {
		is_growing = false;
		for (uint32_t i = 0; i < step->edge_count; i++) {
			const struct rh_plan_link *link = &plan->links[step->edges[i] / 2];
			uint8_t *a = &sides[root_of(parents, link->a)];
			uint8_t *b = &sides[root_of(parents, link->b)];

			is_sound &= *a == SIDE_NONE || *a != *b;
			if (*a != SIDE_NONE && *b == SIDE_NONE)
				*b = *a == SIDE_A ? SIDE_B : SIDE_A;
			else if (*b != SIDE_NONE && *a == SIDE_NONE)
				*a = *b == SIDE_A ? SIDE_B : SIDE_A;
			else
				continue;
			is_growing = true;
		}
	}
	sizes[0] = 0;
	sizes[1] = 0;
	for (uint32_t i = 0; i < plan->node_count; i++) {
		uint8_t side = sides[root_of(parents, i)];

		is_sound &= side != SIDE_NONE;
		sizes[side == SIDE_B ? 1 : 0]++;
	}
	free(sides);
	return is_sound;
}

static void sort_down(uint64_t *sizes, uint32_t count)
{
	for (uint32_t i = 1; i < count; i++) {
		for (uint32_t j = i; j > 0 && sizes[j] > sizes[j - 1]; j--) {
			uint64_t size = sizes[j];

			sizes[j] = sizes[j - 1];
			sizes[j - 1] = size;
		}
	}
}

/* The sizes of the parts into which the cut divides the network, largest first; how many parts. */
static uint32_t part_sizes(uint64_t *sizes, const struct rh_plan *plan,
			   const struct rh_plan_step *step)
{
	uint32_t *parents = rh_alloc(plan->node_count + 1, sizeof(*parents));
	bool *is_link_cut = rh_alloc(plan->link_count + 1, sizeof(*is_link_cut));
	uint32_t count = 0;

	for (uint32_t i = 0; i < plan->node_count; i++)
		parents[i] = i;
	for (uint32_t i = 0; i < step->edge_count; i++)
		is_link_cut[step->edges[i] / 2] = true;
	for (uint32_t i = 0; i < plan->link_count; i++) {
		if (!is_link_cut[i])
			parents[root_of(parents, plan->links[i].a)] =
				root_of(parents, plan->links[i].b);
	}
	if (side_sizes(sizes, plan, step, parents)) {
		count = 2;
	} else {
		memset(sizes, 0, plan->node_count * sizeof(*sizes));
		for (uint32_t i = 0; i < plan->node_count; i++)
			sizes[root_of(parents, i)]++;
		for (uint32_t i = 0; i < plan->node_count; i++) {
			if (sizes[i] > 0)
				sizes[count++] = sizes[i];
		}
	}
	if (count <= PARTS_NAMED)
		sort_down(sizes, count);
	free(is_link_cut);
	free(parents);
	return count;
}

static void cut_words(char text[80], const struct rh_plan *plan, const struct rh_plan_step *step)
{
	uint64_t *sizes = rh_alloc(plan->node_count + 2, sizeof(*sizes));
	uint32_t count = part_sizes(sizes, plan, step);
	size_t len = (size_t)snprintf(text, 80, "cut ");

	if (count <= 1 || count > PARTS_NAMED)
		snprintf(text, 80, count <= 1 ? "cut %u links" : "cut into %u parts",
			 count <= 1 ? step->edge_count / 2 : count);
	else
		for (uint32_t i = 0; i < count; i++)
			len += (size_t)snprintf(text + len, 80 - len, "%s%" PRIu64,
						i == 0 ? "" : "|", sizes[i]);
	free(sizes);
}

char *rh_words_fault(char text[80], const struct rh_plan *plan, uint32_t step_index)
{
	const struct rh_plan_step *step = &plan->steps[step_index];
	const char *kind = step->type->name;

	if (is_cut(step))
		cut_words(text, plan, step);
	else if (step->node_count == 1)
		snprintf(text, 80, "%.30s %.40s", kind, plan->nodes[step->nodes[0]].name);
	else if (step->node_count > 1)
		snprintf(text, 80, "%.40s %" PRIu32 " nodes", kind, step->node_count);
	else if (step->edge_count == 2 * plan->link_count && plan->link_count > 0)
		snprintf(text, 80, "%.40s everywhere", kind);
	else if (step->edge_count > 0)
		snprintf(text, 80, "%.40s on %" PRIu32 " links", kind, (step->edge_count + 1) / 2);
	else
		snprintf(text, 80, "%.40s", kind);
	return text;
}

/* ---- steps of the run ------------------------------------------------------------------------ */

static void put_step_names(struct rh_buf *out, const struct rh_plan *plan,
			   const struct rh_plan_step *step)
{
	for (uint32_t i = 0; i < step->step_count && i < PARTS_NAMED; i++)
		rh_buf_printf(out, "%s%s", i == 0 ? "" : ", ", plan->steps[step->steps[i]].name);
	if (step->step_count > PARTS_NAMED)
		rh_buf_printf(out, " and %" PRIu32 " more", step->step_count - PARTS_NAMED);
}

static void put_wait(struct rh_buf *out, const struct rh_plan *plan,
		     const struct rh_plan_step *step)
{
	const char *and = "";
	char text[RH_TIME_TEXT];

	if (step->until_ns != RH_TIME_NEVER && step->until_ns > step->at_ns) {
		rh_buf_printf(out, "for %s", rh_span_exact(text, step->until_ns - step->at_ns));
		and = ", and ";
	}
	if (step->condition != RH_NONE) {
		rh_buf_printf(out, "%suntil %s", and, plan->assertions[step->condition].text);
		and = ", and ";
	}
	if (step->step_count > 0) {
		rh_buf_printf(out, "%suntil done: ", and);
		put_step_names(out, plan, step);
	}
}

void rh_words_own(struct rh_buf *out, const struct rh_plan *plan, const struct rh_plan_step *step)
{
	char name[64];

	switch (step->type->run_op) {
	case RH_RUN_OP_WAIT:
		put_wait(out, plan, step);
		return;
	case RH_RUN_OP_CLEAR:
		rh_buf_text(out, "ends ");
		put_step_names(out, plan, step);
		return;
	case RH_RUN_OP_CAPTURE:
		rh_buf_text(out, "keeps ");
		for (uint32_t i = 0; i < step->gauge_count; i++)
			rh_buf_printf(out, "%s%s", i == 0 ? "" : ", ",
				      rh_plan_gauge_name(name, plan, step->gauges[i]));
		return;
	case RH_RUN_OP_WORKLOAD:
		rh_buf_text(out, step->workload < plan->workload_count
					 ? plan->workloads[step->workload].name
					 : "?");
		return;
	case RH_RUN_OP_ANNOTATE:
		rh_buf_printf(out, "\"%s\"", ((const struct rh_annotate *)step->params)->text);
		return;
	}
}

/* ---- the network ----------------------------------------------------------------------------- */

static const char *plural(uint64_t count)
{
	return count == 1 ? "" : "s";
}

/* "8 peers each", "2 to 11 peers each" */
static void put_peers(struct rh_buf *out, const struct rh_plan *plan)
{
	uint32_t *degrees = rh_alloc(plan->node_count + 1, sizeof(*degrees));
	uint32_t least = UINT32_MAX;
	uint32_t most = 0;

	for (uint32_t i = 0; i < plan->link_count; i++) {
		degrees[plan->links[i].a]++;
		degrees[plan->links[i].b]++;
	}
	for (uint32_t i = 0; i < plan->node_count; i++) {
		least = degrees[i] < least ? degrees[i] : least;
		most = degrees[i] > most ? degrees[i] : most;
	}
	free(degrees);
	if (most == 0)
		return;
	if (least == most)
		rh_buf_printf(out, ", %" PRIu32 " peer%s each", most, plural(most));
	else
		rh_buf_printf(out, ", %" PRIu32 " to %" PRIu32 " peers each", least, most);
}

void rh_words_network(struct rh_buf *out, const struct rh_plan *plan)
{
	bool *is_used = rh_alloc(plan->region_count + 1, sizeof(*is_used));
	uint32_t regions = 0;
	char text[32];

	for (uint32_t i = 0; i < plan->node_count; i++) {
		uint32_t region = plan->nodes[i].region;

		if (region < plan->region_count) {
			regions += !is_used[region];
			is_used[region] = true;
		}
	}
	free(is_used);
	rh_buf_printf(out, "%s node%s", rh_words_number(text, plan->node_count),
		      plural(plan->node_count));
	if (regions > 0)
		rh_buf_printf(out, " in %" PRIu32 " region%s", regions, plural(regions));
	put_peers(out, plan);
}

/* ---- chains ---------------------------------------------------------------------------------- */

/* A fault is felt when it splits the chain for a tenth of its time; elsewhere the usual state
 * counts, or a short natural fork would be called a split. */
#define SHARE_FAULT_PPM 100000
#define SHARE_USUAL_PPM 500000
#define BINS_LEAST	4

char *rh_words_chains(char text[80], const struct rh_report *report, uint64_t from_ns,
		      uint64_t to_ns, bool is_fault)
{
	uint32_t chains = rh_report_chains(report, from_ns, to_ns,
					   is_fault ? SHARE_FAULT_PPM : SHARE_USUAL_PPM);
	char count[32];

	text[0] = 0;
	/* In a long run the bins are too wide to say anything of a short stretch. */
	if (report->bin_ns > (to_ns - from_ns) / BINS_LEAST)
		return text;
	if (chains > 0 && report->height_max > 0)
		snprintf(text, 80, "%s chain%s", rh_words_count(count, chains), plural(chains));
	return text;
}

char *rh_words_reorgs(char text[80], const struct rh_report *report, uint64_t from_ns,
		      uint64_t to_ns)
{
	uint64_t deepest;
	uint32_t nodes = rh_report_reorged_nodes(report, from_ns, to_ns, &deepest);
	char count[32];

	text[0] = 0;
	if (nodes > 0)
		snprintf(text, 80, "%s node%s %s %" PRIu64 " block%s deep",
			 rh_words_number(count, nodes), plural(nodes),
			 nodes == 1 ? "reorgs" : "reorg", deepest, plural(deepest));
	return text;
}

size_t rh_words_columns(const char *text)
{
	size_t columns = 0;

	for (; *text != 0; text++)
		columns += ((uint8_t)*text & 0xC0) != 0x80;
	return columns;
}
