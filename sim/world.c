/*
 * world.c - opens a simulated world, plays it to a time, and closes it.
 *
 * The loop hands out events below the nearest of four limits: where the caller wants to stop, where
 * a wake stops it, the next checkpoint, and the reaction point behind the first record that may
 * not wait.  The last one is what makes reactions exact: a sink sees each record that it may wake the
 * world for before the world has passed the point at which it may stop because of it.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/bits.h"
#include "sim/state.h"
#include "sim/world.h"

#define MAGIC	       UINT64_C(0x31305753524D4953)
#define DEFAULT_MEMORY (UINT64_C(1) << 36)
#define BATCH_MAX      256 /* records that wait: few enough to stay in the cache */

static struct sim_world *world_of(struct rh_world *base)
{
	return (struct sim_world *)(void *)base;
}

static const struct sim_world *const_world_of(const struct rh_world *base)
{
	return (const struct sim_world *)(const void *)base;
}

void sim_fail(struct sim_world *world, int code, const char *fmt, ...)
{
	va_list args;

	if (world->failure.code != 0)
		return;
	va_start(args, fmt);
	vsnprintf(world->failure.text, sizeof(world->failure.text), fmt, args);
	va_end(args);
	world->failure.code = code;
}

/* ---- open and close -------------------------------------------------------------------------- */

static const struct sim_engine_ops *engine_of(enum rh_engine kind)
{
	return kind == RH_ENGINE_HEAP ? &sim_heap_engine : &sim_general_engine;
}

/* The limit is told in an error of the run, so the space itself has room beyond it. */
static uint64_t reserve_bytes(const struct rh_plan *plan)
{
	return plan->limit_memory != 0 ? 2 * plan->limit_memory + (UINT64_C(64) << 20)
				       : DEFAULT_MEMORY;
}

static struct sim_world *new_world(const struct rh_plan *plan,
				   const struct rh_world_options *options)
{
	struct sim_world *world = rh_alloc(1, sizeof(*world));
	uint64_t lookahead = plan->lookahead_ns > 1 ? plan->lookahead_ns : 1;
	uint32_t i;

	world->base.ops = &sim_world_ops;
	world->plan = plan;
	world->options = *options;
	world->names64 = rh_alloc(plan->node_count + 1, sizeof(uint64_t));
	for (i = 0; i < plan->node_count; i++)
		world->names64[i] = plan->nodes[i].name64;
	world->order = (struct sim_order){
		.is_random = plan->ties == RH_TIES_RANDOM,
		.rng = {.kind = plan->rng, .seed = plan->seed},
		.names64 = world->names64,
		.node_count = plan->node_count,
	};
	sim_stream_init(&world->stream);
	world->fx.record_mask = options->record_mask;
	world->wake_at_ns = RH_TIME_NEVER;
	/* Events of a node to itself are counted in windows of about the least delay. */
	world->window_log2 = rh_high_bit(lookahead);
	if (world->window_log2 < 16)
		world->window_log2 = 16;
	if (world->window_log2 > SIM_CHECKPOINT_LOG2)
		world->window_log2 = SIM_CHECKPOINT_LOG2;
#ifdef RH_EXPENSIVE
	world->checks_each_step = true;
#else
	world->checks_each_step = plan->node_count <= 256;
#endif
	return world;
}

/* What points into the space, once the space is there. */
static void attach(struct sim_world *world, const struct sim_engine_ops *ops)
{
	const struct rh_plan *plan = world->plan;
	struct sim_state *state = world->state;
	uint32_t most = 0;
	uint32_t i;

	world->nodes = rh_at(&world->space, state->nodes);
	world->engine = (struct sim_engine){
		.ops = ops,
		.space = &world->space,
		.order = &world->order,
		.state = state->engine,
	};
	world->peers = rh_alloc(plan->node_count, sizeof(*world->peers));
	for (i = 0; i < plan->node_count; i++) {
		world->peers[i].count = sim_net_peer_count(&world->net, i);
		world->peers[i].nodes = sim_net_peers(&world->net, i);
		most = world->peers[i].count > most ? world->peers[i].count : most;
	}
	world->positions = rh_alloc(most + 1, sizeof(uint32_t));
	world->env = (struct rh_env){
		.host = &sim_host,
		.world = world,
		.space = &world->space,
		.params = plan->params,
		.genesis_unix_s = plan->genesis_unix_s,
		.names64 = world->names64,
		.weight_total = plan->weight_total,
		.record_mask = world->options.record_mask,
		.rng = world->order.rng,
	};
}

static void init_nodes(struct sim_world *world)
{
	const struct rh_plan *plan = world->plan;
	uint32_t i;

	for (i = 0; i < plan->node_count; i++) {
		struct sim_node *node = &world->nodes[i];
		const struct rh_plan_node *from = &plan->nodes[i];

		if (plan->model->state_size != 0)
			node->state = rh_space_alloc(&world->space, plan->model->state_size);
		node->timers = rh_space_alloc(&world->space, (plan->model->timer_count + 1U) *
								     sizeof(struct sim_timer));
		node->clock = (struct sim_clock){.offset_ns = from->clock_offset_ns,
						 .drift_ppb = from->clock_drift_ppb};
		node->instant_ns = RH_TIME_NEVER;
		node->up_from_ns = RH_TIME_NEVER;
		if (from->start_ns != RH_TIME_NEVER)
			sim_push_start(world, i, from->start_ns, RH_NONE, 0);
	}
}

int sim_world_open_with(struct rh_world **out, const struct rh_plan *plan,
			const struct rh_world_options *options, const struct sim_engine_ops *engine,
			struct rh_err *err)
{
	struct sim_world *world;
	struct sim_state *state;
	rh_off root;

	RH_ASSERT(plan->model != NULL && plan->model->step != NULL && plan->reaction_ns > 0);
	*out = NULL;
	if (options->engine == RH_ENGINE_WINDOWED)
		return rh_err_set(err, RH_E_UNSUPPORTED,
				  "there is no windowed engine yet; use general or heap");
	if (plan->node_count == 0)
		return rh_err_set(err, RH_E_INPUT, "the plan has no nodes");
	world = new_world(plan, options);
	rh_space_open(&world->space, reserve_bytes(plan), options->base_hint);
	root = rh_space_alloc(&world->space, sizeof(*state));
	rh_space_root_set(&world->space, root);
	state = rh_at(&world->space, root);
	world->state = state;
	state->magic = MAGIC;
	state->seed = plan->seed;
	state->node_count = plan->node_count;
	state->engine_kind = options->engine;
	sim_trace_init(&state->trace, &world->space, world->names64, plan->node_count);
	sim_objects_init(&state->objects);
	state->nodes = rh_space_alloc(&world->space, plan->node_count * sizeof(struct sim_node));
	state->edge_sends = rh_space_alloc(&world->space,
					   (2 * (uint64_t)plan->link_count + 1) * sizeof(uint32_t));
	sim_net_init(&world->net, &world->space, plan);
	state->net = world->net.state;
	state->engine = engine->init(&world->space);
	attach(world, engine);
	init_nodes(world);
	*out = &world->base;
	return 0;
}

static int sim_open(struct rh_world **out, const struct rh_plan *plan,
		    const struct rh_world_options *options, struct rh_err *err)
{
	return sim_world_open_with(out, plan, options, engine_of(options->engine), err);
}

static void sim_close(struct rh_world *base)
{
	struct sim_world *world = world_of(base);

	if (world == NULL)
		return;
	rh_effects_release(&world->fx);
	sim_stream_release(&world->stream);
	rh_space_close(&world->space);
	free(world->positions);
	free(world->peers);
	free(world->names64);
	free(world->fresh);
	free(world);
}

/* ---- the loop -------------------------------------------------------------------------------- */

static uint64_t reaction_after(const struct sim_world *world, uint64_t cause_ns)
{
	uint64_t grid = world->plan->reaction_ns;
	uint64_t next = cause_ns / grid + 1;

	return next > RH_TIME_NEVER / grid ? RH_TIME_NEVER : next * grid;
}

static void sim_wake(struct rh_world *base, uint64_t cause_ns)
{
	struct sim_world *world = world_of(base);
	uint64_t at_ns;

	if (cause_ns == 0) {
		world->is_interrupted = true;
		return;
	}
	at_ns = reaction_after(world, cause_ns);
	if (at_ns < world->wake_at_ns)
		world->wake_at_ns = at_ns;
}

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* Handles events below the limit, until one of them changes what the limit is. */
static bool play(struct sim_world *world, uint64_t limit_ns)
{
	struct sim_event event;

	while (world->engine.ops->pop(&world->engine, &event, limit_ns)) {
		bool was_calm = world->stream.urgent_ns == RH_TIME_NEVER;

		if (event.time_ns <= world->last.time_ns)
			sim_order_check(&world->order, &world->last, &event);
		world->last = event;
		sim_handle(world, &event);
		if ((was_calm && world->stream.urgent_ns != RH_TIME_NEVER) ||
		    world->is_interrupted || world->failure.code != 0 ||
		    world->stream.count > BATCH_MAX)
			return false;
	}
	return true;
}

static void checkpoint(struct sim_world *world, uint64_t c_ns)
{
	uint32_t i;

	world->state->now_ns = c_ns;
	sim_trace_checkpoint(&world->space, &world->state->trace, c_ns);
	if (world->checks_each_step || world->plan->model->invariant_count == 0)
		return;
	for (i = 0; i < world->plan->node_count; i++) {
		/* One that starts at this very time has not begun. */
		if (world->nodes[i].up_from_ns >= c_ns)
			continue;
		sim_env_set(world, i);
		sim_check_invariants(world, i, false);
	}
}

static void flush(struct sim_world *world, const struct rh_sink *sink, uint64_t until_ns)
{
	sim_stream_flush(&world->stream, sink);
	if (sink != NULL && sink->advance != NULL)
		sink->advance(sink->ctx, until_ns);
}

/* The point behind the first record that may not wait: until there, nothing may pass unseen. */
static uint64_t flush_point(const struct sim_world *world)
{
	uint64_t first = world->stream.urgent_ns;

	return first == RH_TIME_NEVER ? RH_TIME_NEVER : reaction_after(world, first);
}

/* A limit below the caller's was reached. */
static void pass(struct sim_world *world, const struct rh_sink *sink, uint64_t limit_ns,
		 uint64_t flush_ns)
{
	if (flush_ns == limit_ns) {
		sim_stream_settle(&world->stream, limit_ns - 1, RH_NODE_WORLD - 1);
		flush(world, sink, limit_ns);
	}
	if (world->state->trace.next_ns == limit_ns)
		checkpoint(world, limit_ns);
}

static int sim_run_until(struct rh_world *base, uint64_t time_ns, const struct rh_sink *sink,
			 uint64_t *now_ns, struct rh_err *err)
{
	struct sim_world *world = world_of(base);
	struct sim_state *state = world->state;
	uint64_t stop_ns = state->now_ns;

	RH_ASSERT(time_ns >= state->now_ns);
	sim_stream_calm(&world->stream, sink != NULL ? sink->calm_mask : UINT64_MAX);
	while (world->failure.code == 0) {
		uint64_t flush_ns = flush_point(world);
		uint64_t limit_ns;

		if (world->is_interrupted) {
			world->wake_at_ns =
				least(world->wake_at_ns, reaction_after(world, state->now_ns));
			world->is_interrupted = false;
		}
		/* A cause from before the last stop cannot move the world back. */
		stop_ns = least(time_ns, world->wake_at_ns);
		stop_ns = stop_ns < state->now_ns ? state->now_ns : stop_ns;
		limit_ns = least(stop_ns, least(flush_ns, state->trace.next_ns));
		if (!play(world, limit_ns)) {
			if (world->stream.count > BATCH_MAX)
				sim_stream_flush(&world->stream, sink);
			continue;
		}
		pass(world, sink, limit_ns, flush_ns);
		if (limit_ns >= stop_ns)
			break;
	}
	if (world->failure.code != 0) {
		flush(world, sink, state->now_ns);
		*now_ns = state->now_ns;
		return rh_err_set(err, world->failure.code, "%s", world->failure.text);
	}
	state->now_ns = stop_ns;
	if (world->wake_at_ns <= stop_ns)
		world->wake_at_ns = RH_TIME_NEVER;
	if (stop_ns > 0)
		sim_stream_settle(&world->stream, stop_ns - 1, RH_NODE_WORLD - 1);
	flush(world, sink, stop_ns);
	*now_ns = stop_ns;
	return 0;
}

static int sim_finish(struct rh_world *base, const struct rh_sink *sink, struct rh_err *err)
{
	struct sim_world *world = world_of(base);

	(void)err;
	sim_stream_settle(&world->stream, world->state->now_ns, RH_NODE_WORLD - 1);
	sim_stream_flush(&world->stream, sink);
	sim_trace_checkpoint(&world->space, &world->state->trace, world->state->now_ns);
	return 0;
}

static void sim_stats(const struct rh_world *base, struct rh_world_stats *stats)
{
	const struct sim_world *world = const_world_of(base);
	const struct sim_state *state = world->state;
	const struct rh_vec *checkpoints = &state->trace.checkpoints;

	*stats = (struct rh_world_stats){
		.events = state->deliveries + state->handled,
		.deliveries = state->deliveries,
		.lookahead_clamps = sim_net_clamps(&world->net),
		.messages_in_flight_max = state->in_flight_max,
		.memory_bytes = rh_space_used(&world->space),
		.checkpoint_count = checkpoints->count,
	};
	_Static_assert(sizeof(struct sim_checkpoint) == sizeof(struct rh_checkpoint), "one layout");
	if (checkpoints->count == 0)
		return;
	stats->checkpoints = rh_at(&world->space, checkpoints->items);
	stats->trace_hash = stats->checkpoints[checkpoints->count - 1].hash;
}

static uint32_t sim_capabilities(const struct rh_world *base, const struct rh_plan *plan)
{
	uint32_t bits = RH_CAN_CUT | RH_CAN_DELAY | RH_CAN_LOSE | RH_CAN_LIMIT_RATE | RH_CAN_CRASH |
			RH_CAN_STEP_CLOCK | RH_CAN_REPEAT;

	(void)base;
	if (plan == NULL || plan->model->input_count > 0)
		bits |= RH_CAN_SUBMIT;
	if (plan == NULL || plan->model->action_count > 0)
		bits |= RH_CAN_MODEL_ACTION;
	return bits;
}

/* ---- images ---------------------------------------------------------------------------------- */

int sim_world_image(const struct rh_world *base, struct rh_buf *out, struct rh_err *err)
{
	const struct sim_world *world = const_world_of(base);

	if (!sim_stream_is_empty(&world->stream))
		return rh_err_set(err, RH_E_USAGE, "records wait: run the world on first");
	rh_buf_put(out, world->space.base, rh_space_used(&world->space));
	return 0;
}

int sim_world_adopt(struct rh_world **out, const struct rh_plan *plan,
		    const struct rh_world_options *options, const uint8_t *bytes, size_t len,
		    struct rh_err *err)
{
	struct sim_world *world = new_world(plan, options);
	const struct sim_state *state;

	*out = NULL;
	if (!rh_space_adopt(&world->space, bytes, len, reserve_bytes(plan), options->base_hint)) {
		sim_close(&world->base);
		return rh_err_set(err, RH_E_CORRUPT, "the image is not a simulated world");
	}
	world->state = rh_at(&world->space, rh_space_root(&world->space));
	state = world->state;
	if (state->magic != MAGIC || state->seed != plan->seed ||
	    state->node_count != plan->node_count) {
		sim_close(&world->base);
		return rh_err_set(err, RH_E_CORRUPT, "the image belongs to another plan");
	}
	sim_net_attach(&world->net, &world->space, plan, state->net);
	attach(world, engine_of((enum rh_engine)state->engine_kind));
	*out = &world->base;
	return 0;
}

/* The portable file of a snapshot is another matter: pages of one machine are not that. */
static int sim_snapshot(struct rh_world *base, struct rh_buf *out, struct rh_err *err)
{
	(void)base;
	(void)out;
	return rh_err_set(err, RH_E_UNSUPPORTED, "the simulator writes no snapshots yet");
}

static int sim_restore(struct rh_world *base, const uint8_t *bytes, size_t len, struct rh_err *err)
{
	(void)base;
	(void)bytes;
	(void)len;
	return rh_err_set(err, RH_E_UNSUPPORTED, "the simulator reads no snapshots yet");
}

const struct rh_world_ops sim_world_ops = {
	.name = "sim",
	.open = sim_open,
	.capabilities = sim_capabilities,
	.run_until = sim_run_until,
	.wake = sim_wake,
	.start = sim_start,
	.submit = sim_submit,
	.verify = sim_verify,
	.snapshot = sim_snapshot,
	.restore = sim_restore,
	.finish = sim_finish,
	.stats = sim_stats,
	.close = sim_close,
};
