/*
 * effects.c - what a step asked for, made true in the order in which it asked.  Messages are in
 * sending.c, timers in timers.c.
 *
 * Nothing here acts at the present instant: a copy takes at least 1 ns on its way, a timer or a
 * piece of work ends at least 1 ns later.
 */
#include <inttypes.h>
#include <string.h>

#include "core/base/units.h"
#include "sim/state.h"

/* ---- work -------------------------------------------------------------------------------------- */

static void drain_work(struct sim_worker *worker, uint32_t node, const struct rh_effect *effect)
{
	struct sim_world *world = worker->world;
	struct sim_node_more *self = &world->more[node];
	uint64_t begin_ns =
		self->worker_free_ns > worker->now_ns ? self->worker_free_ns : worker->now_ns;
	uint64_t end_ns = rh_time_add(begin_ns, effect->amount_ns);
	struct sim_event event;

	if (end_ns <= worker->now_ns)
		end_ns = worker->now_ns + 1;
	self->worker_free_ns = end_ns;
	event = (struct sim_event){
		.time_ns = end_ns,
		.id = effect->key,
		.node = node,
		.source = node,
		.kind = effect->number,
		.class = RH_CLASS_WORK,
		.key = effect->key,
		.ref = effect->ref,
	};
	sim_object_keep(&world->space, &world->state->objects, effect->ref);
	sim_push(worker, &event);
}

/* ---- journal and records --------------------------------------------------------------------- */

static void drain_store(struct sim_world *world, uint32_t node, const struct rh_effect *effect)
{
	struct sim_journal_entry *entry =
		rh_vec_push(&world->space, &world->more[node].journal, sizeof(*entry));

	entry->key = effect->key;
	entry->ref = effect->ref;
	sim_object_keep(&world->space, &world->state->objects, effect->ref);
}

/* Several threads may say it for the first time at once. */
static void make_gauge_room(struct sim_world *world, struct sim_gauge *gauge)
{
	uint32_t nodes = world->plan->node_count;

	rh_space_lock(&world->space, &world->are_gauges_locked);
	if (gauge->values == 0) {
		gauge->known = rh_space_alloc(&world->space, nodes);
		__atomic_store_n(&gauge->values,
				 rh_space_alloc(&world->space, nodes * sizeof(int64_t)),
				 __ATOMIC_RELEASE);
	}
	rh_space_unlock(&world->space, &world->are_gauges_locked);
}

bool sim_gauge_changed(struct sim_world *world, uint32_t node, uint32_t number, int64_t value)
{
	struct sim_gauge *gauge = &world->gauges[number];
	uint8_t *known;
	int64_t *last;
	bool is_changed;

	RH_ASSERT(number < world->gauge_count);
	if (__atomic_load_n(&gauge->values, __ATOMIC_ACQUIRE) == 0)
		make_gauge_room(world, gauge);
	last = (int64_t *)rh_at(&world->space, gauge->values) + node;
	known = (uint8_t *)rh_at(&world->space, gauge->known) + node;
	is_changed = !*known || *last != value;
	*known = true;
	*last = value;
	return is_changed;
}

void sim_gauges_forget(struct sim_world *world, uint32_t node)
{
	for (uint32_t i = 0; i < world->gauge_count; i++) {
		if (world->gauges[i].values != 0)
			((uint8_t *)rh_at(&world->space, world->gauges[i].known))[node] = false;
	}
}

static void drain_records(struct sim_worker *worker, uint32_t node)
{
	for (uint32_t i = 0; i < worker->fx.record_count; i++) {
		struct rh_record *record = &worker->fx.records[i];

		if (record->kind == RH_RECORD_GAUGE &&
		    !sim_gauge_changed(worker->world, node, record->index, (int64_t)record->a))
			continue;
		record->time_ns = worker->now_ns;
		record->node = node;
		sim_tell(worker, record);
	}
}

static __attribute__((noinline)) void drain_one(struct sim_worker *worker, uint32_t node,
						const struct rh_effect *effect)
{
	struct sim_world *world = worker->world;

	switch (effect->kind) {
	case RH_EFFECT_SEND:
		sim_drain_send(worker, node, effect);
		break;
	case RH_EFFECT_PUBLISH:
	case RH_EFFECT_FORWARD:
		sim_drain_fan_out(worker, node, effect);
		break;
	case RH_EFFECT_TIMER:
		sim_set_timer(worker, node, effect->number, effect->amount_ns);
		break;
	case RH_EFFECT_TIMER_STOP:
		sim_stop_timer(worker, node, effect->number);
		break;
	case RH_EFFECT_WORK:
		drain_work(worker, node, effect);
		break;
	case RH_EFFECT_STORE:
		drain_store(world, node, effect);
		break;
	case RH_EFFECT_SYNC:
		world->more[node].journal_synced = world->more[node].journal.count;
		break;
	}
}

void sim_drain_effects(struct sim_worker *worker, uint32_t node)
{
	struct rh_effects *fx = &worker->fx;

	/* Often that is all. */
	if (fx->record_count == 0 && fx->count == 1 && fx->items[0].kind == RH_EFFECT_SEND) {
		fx->count = 0;
		sim_drain_send(worker, node, &fx->items[0]);
		return;
	}
	if (fx->record_count > 0)
		drain_records(worker, node);
	for (uint32_t i = 0; i < fx->count; i++) {
		/* What there is most of goes the short way. */
		if (fx->items[i].kind == RH_EFFECT_FORWARD &&
		    sim_forward_heard(worker, node, &fx->items[i]))
			continue;
		if (fx->items[i].kind == RH_EFFECT_SEND)
			sim_drain_send(worker, node, &fx->items[i]);
		else
			drain_one(worker, node, &fx->items[i]);
	}
	fx->count = 0;
	fx->record_count = 0;
}
