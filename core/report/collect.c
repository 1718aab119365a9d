/*
 * collect.c - takes the stream of records and keeps what reports draw.
 *
 * State between two records holds from the one to the other, so it is folded into the bins when
 * time moves on, never at each record: two records of one instant are one state.
 */
#include "core/report/collect.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/sort.h"

/* ---- bins ------------------------------------------------------------------------------------ */

static void clear_bin(struct rh_report *report, uint32_t bin)
{
	report->bins[bin] = (struct rh_report_bin){UINT32_MAX, 0};
	for (uint32_t line = 0; line < report->line_count; line++)
		report->heights[line * REPORT_BINS + bin] = REPORT_NO_HEIGHT;
}

/* Two neighbours become one; the later one says the heights. */
static void double_width(struct rh_report *report)
{
	for (uint32_t bin = 0; bin < REPORT_BINS / 2; bin++) {
		const struct rh_report_bin a = report->bins[2 * bin];
		const struct rh_report_bin b = report->bins[2 * bin + 1];

		report->bins[bin].heads_min = a.heads_min < b.heads_min ? a.heads_min : b.heads_min;
		report->bins[bin].heads_max = a.heads_max > b.heads_max ? a.heads_max : b.heads_max;
		for (uint32_t line = 0; line < report->line_count; line++) {
			uint32_t *heights = report->heights + line * REPORT_BINS;

			heights[bin] = heights[2 * bin + 1];
		}
	}
	for (uint32_t bin = REPORT_BINS / 2; bin < REPORT_BINS; bin++)
		clear_bin(report, bin);
	report->bin_ns *= 2;
	report->bin /= 2;
}

static void fold(struct rh_report *report)
{
	struct rh_report_bin *bin = &report->bins[report->bin];

	if (report->heads < bin->heads_min)
		bin->heads_min = report->heads;
	if (report->heads > bin->heads_max)
		bin->heads_max = report->heads;
}

static void sample(struct rh_report *report)
{
	for (uint32_t line = 0; line < report->line_count; line++) {
		const struct rh_report_node *node = &report->nodes[report->line_nodes[line]];

		report->heights[line * REPORT_BINS + report->bin] =
			node->is_up ? node->height : REPORT_NO_HEIGHT;
	}
}

/* The state that holds now has held until `time_ns`. */
static void settle(struct rh_report *report, uint64_t time_ns)
{
	if (time_ns <= report->now_ns)
		return;
	while (time_ns / report->bin_ns >= REPORT_BINS) {
		sample(report);
		double_width(report);
	}
	fold(report);
	while (report->bin < time_ns / report->bin_ns) {
		sample(report);
		report->bin++;
		fold(report);
	}
	report->now_ns = time_ns;
}

/* ---- heads ----------------------------------------------------------------------------------- */

static void count_head(struct rh_report *report, uint64_t head, bool is_more)
{
	const char *key = (const char *)&head;
	struct rh_map_entry *entry = rh_map_find(&report->head_nodes, key, sizeof(head));
	bool is_new;

	if (entry == NULL) {
		uint64_t *kept;

		RH_ASSERT(is_more && report->free_head_count > 0);
		kept = report->free_heads[--report->free_head_count];
		*kept = head;
		entry = rh_map_add(&report->head_nodes, (const char *)kept, sizeof(*kept), &is_new);
	}
	if (is_more) {
		report->heads += entry->number++ == 0;
		return;
	}
	RH_ASSERT(entry->number > 0);
	if (--entry->number > 0)
		return;
	report->heads--;
	report->free_heads[report->free_head_count++] = (uint64_t *)(uintptr_t)entry->key;
	rh_map_remove(&report->head_nodes, key, sizeof(head));
}

static void set_up(struct rh_report *report, uint32_t index, bool is_up)
{
	struct rh_report_node *node = &report->nodes[index];

	if (node->is_up == is_up)
		return;
	node->is_up = is_up;
	count_head(report, node->head, is_up);
	report->up_count += is_up ? 1U : UINT32_MAX;
}

static void take_head(struct rh_report *report, const struct rh_record *record)
{
	struct rh_report_node *node = &report->nodes[record->node];

	/* A node that has a head is up, whatever was said of it before. */
	set_up(report, record->node, true);
	count_head(report, record->a, true);
	count_head(report, node->head, false);
	node->head = record->a;
	node->height = record->c < REPORT_NO_HEIGHT ? (uint32_t)record->c : REPORT_NO_HEIGHT - 1;
	if (record->c > report->height_max)
		report->height_max = record->c;
}

static void take_reorg(struct rh_report *report, const struct rh_record *record)
{
	struct rh_report_node *node = &report->nodes[record->node];

	if (report->reorg_count < REPORT_REORGS)
		report->reorgs[report->reorg_count] = (struct rh_report_reorg){
			.time_ns = record->time_ns,
			.node = record->node,
			.depth = record->c,
			.to = record->a,
			.from = record->d,
		};
	report->reorg_count++;
	node->reorgs++;
	if (record->c > node->deepest)
		node->deepest = record->c;
	if (record->c > report->deepest)
		report->deepest = record->c;
}

/* ---- blocks ---------------------------------------------------------------------------------- */

static struct rh_report_block *block_of(struct rh_report *report, uint64_t id)
{
	const struct rh_map_entry *entry =
		rh_map_find(&report->block_index, (const char *)&id, sizeof(id));

	return entry == NULL ? NULL : &report->blocks[entry->number];
}

static void add_block(struct rh_report *report, const struct rh_record *record)
{
	uint64_t *id;
	bool is_new;

	report->blocks_produced++;
	if (report->block_count == REPORT_BLOCKS || block_of(report, record->a) != NULL)
		return;
	if (report->block_count == report->block_cap) {
		report->block_cap = report->block_cap == 0 ? 64 : 2 * report->block_cap;
		report->blocks =
			rh_realloc(report->blocks, report->block_cap * sizeof(*report->blocks));
	}
	id = RH_ARENA_NEW(&report->arena, uint64_t);
	*id = record->a;
	rh_map_add(&report->block_index, (const char *)id, sizeof(*id), &is_new)->number =
		report->block_count;
	report->blocks[report->block_count++] = (struct rh_report_block){
		.produced_ns = record->time_ns,
		.half_ns = REPORT_NEVER,
		.most_ns = REPORT_NEVER,
	};
}

static void see_block(struct rh_report *report, const struct rh_record *record)
{
	struct rh_report_block *block = block_of(report, record->a);
	uint64_t age_ns;

	if (block == NULL || record->time_ns < block->produced_ns)
		return;
	age_ns = record->time_ns - block->produced_ns;
	block->seen++;
	if (block->half_ns == REPORT_NEVER && block->seen * UINT64_C(2) >= report->up_count)
		block->half_ns = age_ns;
	if (block->most_ns == REPORT_NEVER &&
	    block->seen * UINT64_C(10) >= report->up_count * UINT64_C(9))
		block->most_ns = age_ns;
}

static void take_block(struct rh_report *report, const struct rh_record *record)
{
	if (record->stage == RH_BLOCK_PRODUCED) {
		add_block(report, record);
		see_block(report, record);
	} else if (record->stage == RH_BLOCK_ACCEPTED && record->d != record->node) {
		see_block(report, record);
	}
}

/* ---- steps ----------------------------------------------------------------------------------- */

static void take_fault(struct rh_report *report, const struct rh_record *record)
{
	struct rh_report_step *step;

	if (record->index >= report->plan->step_count)
		return;
	step = &report->steps[record->index];
	if (record->stage == RH_FAULT_REQUESTED)
		step->requested_ns = record->time_ns;
	else if (record->stage == RH_FAULT_VERIFIED)
		step->verified_ns = record->time_ns;
	else if (record->stage == RH_FAULT_CLEARED)
		step->cleared_ns = record->time_ns;
	else if (record->stage == RH_FAULT_UNVERIFIED)
		step->is_unverified = true;
	if (record->b > step->touched)
		step->touched = record->b;
}

static void take_action(struct rh_report *report, const struct rh_record *record)
{
	struct rh_report_step *step;

	if (record->a >= report->plan->step_count)
		return;
	step = &report->steps[record->a];
	if (step->requested_ns == REPORT_NEVER)
		step->requested_ns = record->time_ns;
	step->is_failed |= record->stage == RH_ACTION_REFUSED || record->stage == RH_ACTION_FAILED;
	if (record->b > step->touched)
		step->touched = record->b;
}

/* ---- the sink -------------------------------------------------------------------------------- */

static void take_node_record(struct rh_report *report, const struct rh_record *record)
{
	switch (record->kind) {
	case RH_RECORD_NODE:
		set_up(report, record->node,
		       record->stage == RH_NODE_UP || record->stage == RH_NODE_READY);
		break;
	case RH_RECORD_BLOCK:
		take_block(report, record);
		break;
	case RH_RECORD_HEAD:
		take_head(report, record);
		break;
	case RH_RECORD_REORG:
		take_reorg(report, record);
		break;
	}
}

static void take(void *ctx, const struct rh_record *records, size_t count)
{
	struct rh_report *report = ctx;

	for (size_t i = 0; i < count; i++) {
		const struct rh_record *record = &records[i];

		settle(report, record->time_ns);
		report->record_count++;
		if (record->time_ns > report->end_ns)
			report->end_ns = record->time_ns;
		if (record->kind == RH_RECORD_FAULT)
			take_fault(report, record);
		else if (record->kind == RH_RECORD_ACTION)
			take_action(report, record);
		else if (record->node < report->plan->node_count)
			take_node_record(report, record);
	}
}

static void advance(void *ctx, uint64_t time_ns)
{
	settle(ctx, time_ns);
}

/* A node moves to its new head before it leaves the old one: one more than there are nodes. */
static void open_heads(struct rh_report *report)
{
	uint32_t count = report->plan->node_count + 1;
	uint64_t *heads = RH_ARENA_ARRAY(&report->arena, count, uint64_t);

	report->free_heads = RH_ARENA_ARRAY(&report->arena, count, uint64_t *);
	for (uint32_t i = 0; i < count; i++)
		report->free_heads[report->free_head_count++] = &heads[i];
}

struct rh_report *rh_report_open(const struct rh_plan *plan)
{
	struct rh_report *report = rh_alloc(1, sizeof(*report));
	uint32_t lines = plan->node_count < REPORT_LINES ? plan->node_count : REPORT_LINES;

	report->sink = (struct rh_sink){.take = take, .advance = advance, .ctx = report};
	report->plan = plan;
	report->bin_ns = plan->duration_ns / REPORT_BINS + 1;
	report->nodes = RH_ARENA_ARRAY(&report->arena, plan->node_count, struct rh_report_node);
	report->steps = RH_ARENA_ARRAY(&report->arena, plan->step_count, struct rh_report_step);
	report->line_count = lines;
	report->line_nodes = RH_ARENA_ARRAY(&report->arena, lines, uint32_t);
	report->heights = RH_ARENA_ARRAY(&report->arena, (size_t)lines * REPORT_BINS, uint32_t);
	open_heads(report);
	for (uint32_t line = 0; line < lines; line++)
		report->line_nodes[line] = (uint32_t)((uint64_t)line * plan->node_count / lines);
	for (uint32_t bin = 0; bin < REPORT_BINS; bin++)
		clear_bin(report, bin);
	for (uint32_t step = 0; step < plan->step_count; step++)
		report->steps[step] = (struct rh_report_step){
			.requested_ns = REPORT_NEVER,
			.verified_ns = REPORT_NEVER,
			.cleared_ns = REPORT_NEVER,
		};
	/* Those that join later are told by a record. */
	for (uint32_t node = 0; node < plan->node_count; node++) {
		if (plan->nodes[node].start_ns == 0)
			set_up(report, node, true);
	}
	return report;
}

const struct rh_sink *rh_report_sink(struct rh_report *report)
{
	return &report->sink;
}

void rh_report_close(struct rh_report *report)
{
	rh_map_release(&report->head_nodes);
	rh_map_release(&report->block_index);
	free(report->blocks);
	rh_arena_release(&report->arena);
	free(report);
}

/* ---- answers --------------------------------------------------------------------------------- */

static void add_copy(struct rh_report_series *series, const struct rh_report_step *copy)
{
	struct rh_report_step *all = &series->step;

	series->count++;
	if (copy->requested_ns == REPORT_NEVER)
		return;
	if (series->begun++ == 0)
		*all = *copy;
	/* It is cleared when the last copy is. */
	else
		all->cleared_ns = copy->cleared_ns;
	if (series->begun > 1)
		all->touched += copy->touched;
	all->is_unverified |= copy->is_unverified;
	all->is_failed |= copy->is_failed;
}

struct rh_report_series *rh_report_series(const struct rh_report *report)
{
	const struct rh_plan *plan = report->plan;
	struct rh_report_series *all = rh_alloc((size_t)plan->step_count + 1, sizeof(*all));

	for (uint32_t i = 0; i < plan->step_count; i++) {
		uint32_t first = plan->steps[i].series == RH_NONE ? i : plan->steps[i].series;

		/* Copies stand behind their first. */
		if (first == i)
			all[i].step = report->steps[i];
		add_copy(&all[first], &report->steps[i]);
	}
	return all;
}

bool rh_report_step_span(const struct rh_report *report, uint32_t step, uint64_t run_end_ns,
			 uint64_t *from_ns, uint64_t *to_ns)
{
	const struct rh_plan_step *plan = &report->plan->steps[step];
	const struct rh_report_step *seen = &report->steps[step];

	/* Left out, called off, or the run ended first. */
	if (plan->is_disabled || seen->requested_ns == REPORT_NEVER)
		return false;
	*from_ns = seen->requested_ns;
	*to_ns = seen->cleared_ns != REPORT_NEVER ? seen->cleared_ns : plan->until_ns;
	if (*from_ns >= run_end_ns)
		return false;
	if (*to_ns > run_end_ns)
		*to_ns = run_end_ns;
	return *to_ns >= *from_ns;
}

uint32_t rh_report_chains(const struct rh_report *report, uint64_t from_ns, uint64_t to_ns,
			  uint64_t share_ppm)
{
	uint64_t first = from_ns / report->bin_ns;
	uint64_t last = to_ns <= from_ns ? first : (to_ns - 1) / report->bin_ns;
	uint64_t counts[REPORT_BINS];
	size_t count = 0;

	for (uint64_t bin = first; bin <= last && bin <= report->bin; bin++) {
		if (report->bins[bin].heads_min != UINT32_MAX)
			counts[count++] = report->bins[bin].heads_min;
	}
	if (count == 0)
		return 0;
	rh_sort_u64(counts, count);
	return (uint32_t)counts[count - 1 - (count - 1) * share_ppm / 1000000];
}

uint32_t rh_report_reorged_nodes(const struct rh_report *report, uint64_t from_ns, uint64_t to_ns,
				 uint64_t *deepest)
{
	bool *is_counted = rh_alloc(report->plan->node_count + 1, sizeof(*is_counted));
	uint32_t count = 0;

	*deepest = 0;
	for (uint32_t i = 0; i < report->reorg_count && i < REPORT_REORGS; i++) {
		const struct rh_report_reorg *reorg = &report->reorgs[i];

		if (reorg->time_ns < from_ns || reorg->time_ns >= to_ns)
			continue;
		if (reorg->depth > *deepest)
			*deepest = reorg->depth;
		count += !is_counted[reorg->node];
		is_counted[reorg->node] = true;
	}
	free(is_counted);
	return count;
}

uint64_t rh_report_deep(const struct rh_report *report)
{
	return report->deepest / 2 + 1;
}

bool rh_report_is_deep(const struct rh_report *report, const struct rh_report_node *node)
{
	return node->deepest >= rh_report_deep(report);
}

bool rh_report_spread(const struct rh_report *report, bool is_half, uint64_t *median_ns,
		      uint64_t *max_ns, uint32_t *count)
{
	uint64_t *ages = rh_alloc(report->block_count + 1, sizeof(*ages));

	*count = 0;
	for (uint32_t i = 0; i < report->block_count; i++) {
		uint64_t age_ns = is_half ? report->blocks[i].half_ns : report->blocks[i].most_ns;

		if (age_ns != REPORT_NEVER)
			ages[(*count)++] = age_ns;
	}
	rh_sort_u64(ages, *count);
	*median_ns = *count == 0 ? 0 : ages[(*count - 1) / 2];
	*max_ns = *count == 0 ? 0 : ages[*count - 1];
	free(ages);
	return *count > 0;
}
