/*
 * judge.c - opening a judge, and what each kind of record means to it.
 *
 * A record is handled in constant time: it changes the latest value of a gauge, and the sums of the
 * assertions that read it.  Those are looked at when the instant is over (window.c).
 *
 * A record that comes late (a live world) counts at the instant at which it arrives: decided windows
 * are never opened again.
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/arena.h"
#include "core/judge/state.h"

/* Address space only; a judge of ten thousand nodes uses some megabytes of it. */
#define SPACE_BYTES (UINT64_C(1) << 32)

static rh_off bits_new(struct rh_judge *judge, uint32_t count)
{
	return rh_space_alloc(&judge->space, (RH_BITS_WORDS(count) + 1) * sizeof(uint64_t));
}

static void open_space(struct rh_judge *judge)
{
	const struct rh_plan *plan = judge->plan;
	struct rh_space *space = &judge->space;
	struct core *core;
	rh_off root;

	rh_space_open(space, SPACE_BYTES, 0);
	root = rh_space_alloc(space, sizeof(struct core));
	rh_space_root_set(space, root);
	core = rh_at(space, root);
	core->seats =
		rh_space_alloc(space, ((uint64_t)plan->assertion_count + 1) * sizeof(struct seat));
	core->columns =
		rh_space_alloc(space, (uint64_t)judge->column_count * sizeof(struct column));
	core->places =
		rh_space_alloc(space, ((uint64_t)plan->node_count + 1) * sizeof(struct place));
	core->readers = rh_space_alloc(space, ((uint64_t)judge->readers_at[judge->column_count] +
					       1) * sizeof(struct reader));
	core->captured = rh_space_alloc(space, ((uint64_t)judge->capture_count + 1) *
						       sizeof(struct captured));
	core->stretched = rh_space_alloc(space, ((uint64_t)judge->stretch_count + 1) *
							sizeof(struct stretched));
	core->recoveries =
		rh_space_alloc(space, ((uint64_t)plan->step_count + 1) * sizeof(struct recovery));
	for (size_t i = 0; i < RH_ARRAY_LEN(core->step_bits); i++)
		core->step_bits[i] = bits_new(judge, plan->step_count);
	judge->core = core;
	judge->seats = rh_at(space, core->seats);
	judge->columns = rh_at(space, core->columns);
	judge->places = rh_at(space, core->places);
	judge->readers = rh_at(space, core->readers);
	judge->captured = rh_at(space, core->captured);
	judge->stretched = rh_at(space, core->stretched);
	judge->recoveries = rh_at(space, core->recoveries);
	for (uint32_t i = 0; i < judge->stretch_count; i++)
		judge->stretched[i].said = bits_new(judge, plan->node_count);
}

static void open_seat(struct rh_judge *judge, uint32_t assertion)
{
	const struct rh_plan_assertion *plan = &judge->plan->assertions[assertion];
	struct seat *seat = &judge->seats[assertion];
	const struct rh_that *that = judge_that(judge, assertion);

	seat->node = RH_NODE_WORLD;
	seat->fault_step = RH_NONE;
	seat->last_truth = RH_TRUTH_UNKNOWN;
	if (that == NULL && judge->formulas[assertion] == NULL && plan->type->state_size > 0)
		seat->type_state = rh_space_alloc(&judge->space, plan->type->state_size);
}

struct rh_judge *rh_judge_open(const struct rh_plan *plan)
{
	struct rh_judge *judge = rh_alloc(1, sizeof(*judge));

	judge->plan = plan;
	judge_formulas_bind(judge);
	judge_needs_find(judge);
	judge_readers_count(judge);
	judge_formulas_open(judge);
	open_space(judge);
	judge->scratch = rh_alloc(1, sizeof(struct scratch) + ((size_t)plan->assertion_count + 1) *
								      sizeof(struct rh_result));
	judge_derived_open(judge);
	for (uint32_t i = 0; i < plan->assertion_count; i++)
		open_seat(judge, i);
	judge_readers_fill(judge);
	judge_aggregates_open(judge);
	for (uint32_t i = 0; i < plan->node_count; i++)
		judge_gauge_set(judge, i, RH_GAUGE_UP, judge->places[i].is_up, NULL);
	judge_windows_open(judge);
	judge_open_first(judge);
	return judge;
}

void rh_judge_close(struct rh_judge *judge)
{
	if (judge == NULL)
		return;
	rh_space_close(&judge->space);
	rh_arena_release(&judge->arena);
	rh_arena_release(&judge->asking);
	free(judge->own_columns);
	free(judge->captures);
	free(judge->stretches);
	free(judge->is_wanted);
	free(judge->readers_at);
	free(judge->aggregates_at);
	free(judge->scratch);
	free(judge);
}

void judge_mark(struct rh_judge *judge, uint32_t assertion, const struct kept *cause)
{
	struct seat *seat = &judge->seats[assertion];

	if (seat->state != RH_RESULT_OPEN)
		return;
	if (cause != NULL)
		seat->cause = *cause;
	judge_mark_in_turn(judge, assertion, ++judge->core->turns);
}

void judge_mark_in_turn(struct rh_judge *judge, uint32_t assertion, uint64_t turn)
{
	struct seat *seat = &judge->seats[assertion];

	if (judge_has_rounds(judge, assertion) || seat->is_dirty ||
	    (seat->window != WINDOW_OPEN && seat->window != WINDOW_HOLDING))
		return;
	RH_ASSERT(seat->state == RH_RESULT_OPEN);
	seat->is_dirty = true;
	*(struct dirty *)rh_vec_push(&judge->space, &judge->core->dirty, sizeof(struct dirty)) =
		(struct dirty){.turn = turn, .assertion = assertion};
}

void judge_column_set(struct rh_judge *judge, uint32_t node, uint32_t number, const int64_t *value,
		      const struct kept *cause)
{
	struct column *column = &judge->columns[number];
	uint64_t *known;
	int64_t *slot;
	int64_t before;
	bool was_known;

	if (column->values == 0) {
		column->values = rh_space_alloc(&judge->space, (uint64_t)judge->plan->node_count *
								       sizeof(int64_t));
		column->known = bits_new(judge, judge->plan->node_count);
	}
	slot = (int64_t *)rh_at(&judge->space, column->values) + node;
	known = rh_at(&judge->space, column->known);
	was_known = rh_bit_get(known, node);
	before = *slot;
	if (value == NULL ? !was_known : was_known && before == *value)
		return;
	if (value != NULL) {
		*slot = *value;
		rh_bit_set(known, node);
	} else {
		rh_bit_clear(known, node);
	}
	judge_aggregates_change(judge, node, number, was_known ? &before : NULL, value, cause);
}

bool judge_column_get(const struct rh_judge *judge, uint32_t node, uint32_t number, int64_t *value)
{
	const struct column *column = &judge->columns[number];

	if (column->values == 0 || !rh_bit_get(rh_at(&judge->space, column->known), node))
		return false;
	*value = ((const int64_t *)rh_at(&judge->space, column->values))[node];
	return true;
}

void judge_gauge_set(struct rh_judge *judge, uint32_t node, uint32_t gauge, int64_t value,
		     const struct kept *cause)
{
	int64_t before;

	if (gauge >= judge->gauge_count || !judge->is_wanted[gauge] || judge->is_derived[gauge])
		return;
	if (judge->stretch_count > 0)
		judge_stretch_sample(judge, node, gauge, value);
	if (judge->capture_count > 0 && !judge_column_get(judge, node, gauge, &before))
		judge_capture_late(judge, node, gauge, value);
	judge_column_set(judge, node, gauge, &value, cause);
	if (judge->own_at[gauge] != judge->own_at[gauge + 1])
		judge_own_columns_follow(judge, node, gauge, cause);
}

/* ---- steps and faults ------------------------------------------------------------------------ */

static uint64_t *steps(const struct rh_judge *judge, enum step_set set)
{
	return rh_at(&judge->space, judge->core->step_bits[set]);
}

static void fault_ends(struct rh_judge *judge, uint32_t step)
{
	struct rh_vec *faults = &judge->core->faults;

	for (uint32_t i = 0; i < faults->count; i++) {
		if (*(uint32_t *)rh_vec_at(&judge->space, faults, sizeof(uint32_t), i) == step) {
			rh_vec_remove(&judge->space, faults, sizeof(uint32_t), i);
			return;
		}
	}
}

static void take_fault(struct rh_judge *judge, const struct rh_record *record)
{
	uint32_t step = record->index;
	bool is_link;

	if (step >= judge->plan->step_count)
		return;
	is_link = judge->plan->steps[step].type->effect == RH_EFFECT_ON_LINKS;
	judge_recovery_fault(judge, step, record->stage);
	switch (record->stage) {
	case RH_FAULT_REQUESTED:
		fault_ends(judge, step);
		*(uint32_t *)rh_vec_push(&judge->space, &judge->core->faults, sizeof(uint32_t)) =
			step;
		judge_step_begins(judge, step);
		if (judge->plan->steps[step].verify == RH_VERIFY_NONE)
			judge_fault_holds(judge, step);
		break;
	case RH_FAULT_VERIFIED:
		judge_fault_holds(judge, step);
		break;
	case RH_FAULT_CLEARED:
		fault_ends(judge, step);
		judge_fault_is_over(judge, step);
		if (is_link && record->b == 0)
			rh_bit_set(steps(judge, STEPS_UNTOUCHED), step);
		break;
	case RH_FAULT_UNVERIFIED:
		rh_bit_set(steps(judge, STEPS_UNVERIFIED), step);
		if (judge->plan->steps[step].verify == RH_VERIFY_REQUIRED)
			judge->core->has_error = true;
		break;
	default:
		break;
	}
}

/* A step's action; one that the world could not do, or a verification that failed, is an error. */
static void take_action(struct rh_judge *judge, const struct rh_record *record)
{
	uint32_t step = (uint32_t)record->a;

	if (record->a >= judge->plan->step_count)
		return;
	switch (record->stage) {
	case RH_ACTION_REQUESTED:
		judge_step_begins(judge, step);
		break;
	case RH_ACTION_DONE:
		judge_capture_at_step(judge, step);
		break;
	case RH_ACTION_REFUSED:
	case RH_ACTION_FAILED:
		if (judge->plan->steps[step].on_failure == RH_ON_FAILURE_IGNORE)
			break;
		rh_bit_set(steps(judge, STEPS_FAILED), step);
		if (judge->plan->steps[step].on_failure == RH_ON_FAILURE_FAIL)
			judge->core->has_error = true;
		break;
	default:
		break;
	}
}

/* ---- one record ------------------------------------------------------------------------------ */

static void take_node(struct rh_judge *judge, const struct rh_record *record,
		      const struct kept *kept)
{
	switch (record->stage) {
	case RH_NODE_UP:
	case RH_NODE_READY:
		judge_node_is(judge, record->node, true, kept);
		break;
	case RH_NODE_DOWN:
	case RH_NODE_PAUSED:
	case RH_NODE_VANISHED:
		judge_node_is(judge, record->node, false, kept);
		break;
	default:
		break;
	}
}

static void take_of_node(struct rh_judge *judge, const struct rh_record *record,
			 const struct kept *kept)
{
	uint32_t node = record->node;

	switch ((enum rh_record_kind)record->kind) {
	case RH_RECORD_GAUGE:
		judge_gauge_set(judge, node, record->index, (int64_t)record->a, kept);
		break;
	case RH_RECORD_HEAD:
		judge_head_is(judge, node, record->a, kept);
		judge_gauge_set(judge, node, RH_GAUGE_HEAD, (int64_t)record->a, kept);
		judge_gauge_set(judge, node, RH_GAUGE_HEAD_HEIGHT, (int64_t)record->c, kept);
		break;
	case RH_RECORD_REORG:
		judge_gauge_set(judge, node, RH_GAUGE_REORG_DEPTH, (int64_t)record->c, kept);
		break;
	case RH_RECORD_FINALIZED:
		judge_gauge_set(judge, node, RH_GAUGE_FINALIZED_HEIGHT, (int64_t)record->c, kept);
		judge_block_final(judge, record->c, record->a, kept);
		break;
	case RH_RECORD_BLOCK:
		if (record->stage == RH_BLOCK_PRODUCED)
			judge_block_produced(judge, node, kept);
		else if (record->stage == RH_BLOCK_ACCEPTED)
			judge_block_accepted(judge, node, kept);
		break;
	case RH_RECORD_NODE:
		take_node(judge, record, kept);
		break;
	case RH_RECORD_TX:
		judge_transaction(judge, record, kept);
		break;
	case RH_RECORD_RUN:
	case RH_RECORD_PHASE:
	case RH_RECORD_ACTION:
	case RH_RECORD_FAULT:
	case RH_RECORD_PEER:
	case RH_RECORD_WORKLOAD:
	case RH_RECORD_INVARIANT:
	case RH_RECORD_ALERT:
	case RH_RECORD_ASSERTION:
	case RH_RECORD_SNAPSHOT:
	case RH_RECORD_CLOCK:
	case RH_RECORD_LOG:
	case RH_RECORD_NOTE:
	case RH_RECORD_NAME:
	case RH_RECORD_MESSAGE:
	case RH_RECORD_KIND_COUNT:
		break;
	}
}

static void take_for_own_types(struct rh_judge *judge, const struct rh_record *record,
			       const struct kept *kept)
{
	for (uint32_t i = 0; i < judge->plan->assertion_count; i++) {
		const struct rh_plan_assertion *assertion = &judge->plan->assertions[i];
		struct seat *seat = &judge->seats[i];

		if (judge_that(judge, i) != NULL || judge->formulas[i] != NULL ||
		    seat->state != RH_RESULT_OPEN ||
		    !((assertion->type->record_mask >> record->kind) & 1))
			continue;
		if (assertion->type->take != NULL)
			assertion->type->take(seat->type_state == 0
						      ? NULL
						      : rh_at(&judge->space, seat->type_state),
					      assertion->params, record);
		judge_mark(judge, i, kept);
	}
}

/*
 * Evidence must not depend on how much of a run was stored, so only what every trace has counts.
 * Gauges that nobody asked for would only push out the others.
 */
static bool is_evidence(const struct rh_judge *judge, const struct rh_record *record)
{
	if (record->kind == RH_RECORD_GAUGE)
		return record->index < judge->gauge_count && judge->is_wanted[record->index];
	return record->kind != RH_RECORD_PEER && record->kind != RH_RECORD_LOG &&
	       record->kind != RH_RECORD_MESSAGE;
}

/* Most records of a large run are gauges that no assertion reads. */
static bool is_idle(const struct rh_judge *judge, const struct rh_record *record)
{
	return record->kind == RH_RECORD_GAUGE && !judge->has_own_gauges &&
	       (record->index >= judge->gauge_count || !judge->is_wanted[record->index]);
}

/* Where a record is kept: in its node's ring when it is evidence, else only while it is handled. */
static struct kept *keep(struct rh_judge *judge, const struct rh_record *record, struct kept *spare)
{
	struct kept *kept = spare;

	if (record->node < judge->plan->node_count && is_evidence(judge, record)) {
		struct place *place = &judge->places[record->node];

		kept = &place->ring[place->ring_count++ % RING_RECORDS];
	}
	*kept = (struct kept){.time_ns = record->time_ns,
			      .node = record->node,
			      .kind = record->kind,
			      .stage = record->stage,
			      .index = record->index,
			      .is_set = 1,
			      .a = record->a,
			      .b = record->b,
			      .c = record->c,
			      .d = record->d};
	return kept;
}

static void take_one(struct rh_judge *judge, const struct rh_record *record)
{
	struct core *core = judge->core;
	const struct kept *kept;
	struct kept spare;

	if (record->time_ns > core->clock_ns)
		judge_move_to(judge, record->time_ns);
	if (record->kind >= RH_RECORD_KIND_COUNT || is_idle(judge, record))
		return;
	kept = keep(judge, record, &spare);
	if (record->kind == RH_RECORD_INVARIANT && core->invariant_count++ == 0)
		core->invariant = *kept;
	if (record->node < judge->plan->node_count)
		take_of_node(judge, record, kept);
	if (record->kind == RH_RECORD_FAULT)
		take_fault(judge, record);
	else if (record->kind == RH_RECORD_ACTION)
		take_action(judge, record);
	else if (record->kind == RH_RECORD_PHASE && judge->stretch_count > 0)
		judge_stretch_phase(judge, record->index, record->stage == RH_PHASE_BEGIN);
	if ((judge->own_kinds >> record->kind) & 1)
		take_for_own_types(judge, record, kept);
}

#define EXPECT_FAR  12 /* records ahead: the node's place */
#define EXPECT_NEAR 6  /* and, by it, the slot of its ring */

void rh_judge_expect(const struct rh_judge *judge, const struct rh_record *records, size_t count,
		     size_t next)
{
	uint32_t nodes = judge->plan->node_count;

	if (next + EXPECT_FAR < count && records[next + EXPECT_FAR].node < nodes)
		__builtin_prefetch(&judge->places[records[next + EXPECT_FAR].node], 1);
	if (next + EXPECT_NEAR < count && records[next + EXPECT_NEAR].node < nodes) {
		const struct place *place = &judge->places[records[next + EXPECT_NEAR].node];
		const struct kept *slot = &place->ring[place->ring_count % RING_RECORDS];

		__builtin_prefetch(slot, 1);
		__builtin_prefetch((const char *)(slot + 1) - 1, 1);
	}
}

void rh_judge_take(struct rh_judge *judge, const struct rh_record *records, size_t count)
{
	RH_ASSERT(!judge->core->is_finished);
	for (size_t i = 0; i < count; i++)
		take_one(judge, &records[i]);
}

void rh_judge_advance(struct rh_judge *judge, uint64_t time_ns)
{
	RH_ASSERT(!judge->core->is_finished);
	if (time_ns > judge->core->clock_ns)
		judge_move_to(judge, time_ns);
}

void rh_judge_finish(struct rh_judge *judge, uint64_t time_ns, enum rh_run_end end)
{
	RH_ASSERT(!judge->core->is_finished);
	rh_judge_advance(judge, time_ns);
	judge_look_at_dirty(judge);
	judge->core->is_finished = true;
	judge->core->end = end;
	judge->core->end_ns = time_ns;
	judge_close_all(judge, time_ns, end);
}

bool rh_judge_is_done(const struct rh_judge *judge)
{
	return judge->core->waiting == 0;
}

uint64_t rh_judge_mask(const struct rh_plan *plan)
{
	uint64_t mask = rh_record_mask(RH_TRACE_VERDICT);

	for (uint32_t i = 0; i < plan->assertion_count; i++)
		mask |= plan->assertions[i].type->record_mask;
	return mask;
}

uint32_t rh_judge_result_count(const struct rh_judge *judge)
{
	return judge->plan->assertion_count;
}

uint32_t rh_judge_decision_count(const struct rh_judge *judge)
{
	return judge->core->decisions.count;
}

uint32_t rh_judge_decision(const struct rh_judge *judge, uint32_t number)
{
	return *(uint32_t *)rh_vec_at(&judge->space, &judge->core->decisions, sizeof(uint32_t),
				      number);
}

uint32_t rh_judge_alert_count(const struct rh_judge *judge)
{
	return judge->core->alerts.count;
}

struct rh_alert rh_judge_alert(const struct rh_judge *judge, uint32_t number)
{
	return *(struct rh_alert *)rh_vec_at(&judge->space, &judge->core->alerts,
					     sizeof(struct rh_alert), number);
}

enum rh_truth rh_judge_truth(const struct rh_judge *judge, uint32_t assertion)
{
	uint32_t blamed = RH_NODE_WORLD;
	int64_t value;

	RH_ASSERT(assertion < judge->plan->assertion_count);
	judge_formula_refresh((struct rh_judge *)(uintptr_t)judge, assertion, false);
	return judge_truth_of(judge, assertion, &value, &blamed);
}

uint64_t rh_judge_condition_changes(const struct rh_judge *judge)
{
	return judge->core->condition_changes;
}

uint64_t rh_judge_condition_changed_ns(const struct rh_judge *judge)
{
	return judge->core->condition_changed_ns;
}
