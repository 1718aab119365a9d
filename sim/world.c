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

#define MAGIC		 UINT64_C(0x31305753524D4953)
#define DEFAULT_MEMORY	 (UINT64_C(1) << 36)
#define WINDOW_LOG2_MIN	 10
#define LINE_BYTES	 64
#define LOOKAHEAD_MIN_NS 65000 /* below, windows hold too little */
#define NODES_MAX	 (UINT32_C(1) << 24)
#define NODES_MANY	 256

static struct sim_world *world_of(struct rh_world *base)
{
	return (struct sim_world *)(void *)base;
}

static const struct sim_world *const_world_of(const struct rh_world *base)
{
	return (const struct sim_world *)(const void *)base;
}

void sim_fail(struct sim_worker *worker, int code, const char *fmt, ...)
{
	va_list args;

	if (worker->failure.code != 0)
		return;
	va_start(args, fmt);
	vsnprintf(worker->failure.text, sizeof(worker->failure.text), fmt, args);
	va_end(args);
	worker->failure.code = code;
}

/* ---- which engine ---------------------------------------------------------------------------- */

static uint32_t floor_log2(uint64_t value)
{
	return value == 0 ? 0 : rh_high_bit(value);
}

/* Windows are as long as the least delay allows, end with the checkpoints, and do not reach over the
 * points at which a run may stop. */
static uint32_t window_log2_of(const struct rh_plan *plan, const struct sim_tuning *tuning)
{
	uint32_t log2 = floor_log2(plan->lookahead_ns);

	if (log2 > SIM_CHECKPOINT_LOG2)
		log2 = SIM_CHECKPOINT_LOG2;
	if (log2 > floor_log2(plan->reaction_ns) &&
	    floor_log2(plan->reaction_ns) >= WINDOW_LOG2_MIN)
		log2 = floor_log2(plan->reaction_ns);
	if (tuning->window_log2 != 0 && tuning->window_log2 < log2)
		log2 = tuning->window_log2;
	return log2;
}

static uint32_t most_peers(const struct rh_plan *plan)
{
	uint32_t *counts = rh_alloc((size_t)plan->node_count + 1, sizeof(*counts));
	uint32_t most = 0;

	for (uint32_t i = 0; i < plan->link_count; i++) {
		counts[plan->links[i].a]++;
		counts[plan->links[i].b]++;
	}
	for (uint32_t i = 0; i < plan->node_count; i++)
		most = counts[i] > most ? counts[i] : most;
	free(counts);
	return most;
}

/* Ranges of nodes, one a thread; where regions are known and stand together, their borders are taken:
 * then fewer copies go from one thread to another. */
static uint32_t border_near(const struct rh_plan *plan, uint32_t node, uint32_t shares)
{
	uint32_t slack = plan->node_count / (4 * shares);

	for (uint32_t i = 0; i < slack; i++) {
		if (plan->nodes[node - i].region != plan->nodes[node - i - 1].region)
			return node - i;
		if (plan->nodes[node + i].region != plan->nodes[node + i - 1].region)
			return node + i;
	}
	return node;
}

static struct sim_windows_plan windows_plan(const struct sim_world *world, uint32_t *share_first)
{
	const struct rh_plan *plan = world->plan;
	uint32_t shares = world->worker_count;

	share_first[0] = 0;
	share_first[shares] = plan->node_count;
	for (uint32_t i = 1; i < shares; i++)
		share_first[i] = border_near(
			plan, (uint32_t)((uint64_t)plan->node_count * i / shares), shares);
	return (struct sim_windows_plan){
		.node_count = plan->node_count,
		.position_max = most_peers(plan),
		.window_log2 = window_log2_of(plan, &world->tuning),
		.share_count = shares,
		.share_first = share_first,
	};
}

static bool has_floods(const struct rh_model *model)
{
	for (uint32_t i = 0; i < model->topic_count; i++) {
		if (model->topics[i].relay == RH_TOPIC_FLOOD)
			return true;
	}
	return false;
}

/* Windows gain by flooded copies, and by nodes too many for the cache.  In a small network without
 * either they hold an event or two, and a queue is quicker: by 8 % with four nodes that relay blocks
 * by inventory, by 5 % with a hundred. */
enum rh_engine sim_world_engine(const struct rh_plan *plan, const struct rh_world_options *options)
{
	if (options->engine != RH_ENGINE_AUTO)
		return options->engine;
	if (plan->lookahead_ns < LOOKAHEAD_MIN_NS || plan->node_count > NODES_MAX)
		return RH_ENGINE_GENERAL;
	/* Only windows can be shared by threads. */
	return plan->node_count >= NODES_MANY || options->threads > 1 || has_floods(plan->model)
		       ? RH_ENGINE_WINDOWED
		       : RH_ENGINE_GENERAL;
}

/* ---- open and close -------------------------------------------------------------------------- */

/* The limit is told in an error of the run, so the space itself has room beyond it. */
static uint64_t reserve_bytes(const struct rh_plan *plan)
{
	return plan->limit_memory != 0 ? 2 * plan->limit_memory + (UINT64_C(64) << 20)
				       : DEFAULT_MEMORY;
}

/* Only windows can be shared, and nobody plays less than two nodes. */
static uint32_t workers_of(const struct rh_plan *plan, const struct rh_world_options *options,
			   const struct sim_tuning *tuning)
{
	uint32_t count = options->threads != 0 ? options->threads : 1;

	if (tuning->queue != NULL || sim_world_engine(plan, options) != RH_ENGINE_WINDOWED)
		return 1;
	count = count < SIM_THREADS_MAX ? count : SIM_THREADS_MAX;
	return count <= plan->node_count / 2 ? count
					     : plan->node_count / 2 + (plan->node_count < 2);
}

static struct sim_world *new_world(const struct rh_plan *plan,
				   const struct rh_world_options *options,
				   const struct sim_tuning *tuning)
{
	struct sim_world *world = rh_alloc(1, sizeof(*world));
	uint32_t i;

	world->base.ops = &sim_world_ops;
	world->plan = plan;
	world->model = plan->model;
	world->options = *options;
	world->tuning = *tuning;
	world->worker_count = workers_of(plan, options, tuning);
	world->names64 = rh_alloc(plan->node_count + 1, sizeof(uint64_t));
	for (i = 0; i < plan->node_count; i++)
		world->names64[i] = plan->nodes[i].name64;
	world->order = (struct sim_order){
		.is_random = plan->ties == RH_TIES_RANDOM,
		.rng = {.kind = plan->rng, .seed = plan->seed},
		.names64 = world->names64,
		.node_count = plan->node_count,
	};
	for (i = 0; i < plan->node_count; i++) {
		world->has_uplinks |= plan->nodes[i].up_bps != 0;
		world->has_downlinks |= plan->nodes[i].down_bps != 0;
	}
	world->has_floods = has_floods(plan->model);
	sim_stream_init(&world->stream);
	world->wake_at_ns = RH_TIME_NEVER;
	/* Events of a node to itself are counted in windows of about the least delay. */
	world->window_log2 = floor_log2(plan->lookahead_ns);
	if (world->window_log2 < 16)
		world->window_log2 = 16;
	if (world->window_log2 > SIM_CHECKPOINT_LOG2)
		world->window_log2 = SIM_CHECKPOINT_LOG2;
#ifdef RH_EXPENSIVE
	world->checks_each_step = true;
#else
	world->checks_each_step = plan->node_count <= 256;
#endif
	if (!world->checks_each_step && plan->model->invariant_count > 0) {
		world->to_ask = rh_alloc(plan->node_count, 1);
		memset(world->to_ask, 1, plan->node_count);
	}
	return world;
}

static void worker_init(struct sim_world *world, uint32_t number, uint32_t peers_max)
{
	struct sim_worker *worker = &world->workers[number];

	worker->world = world;
	worker->number = number;
	worker->event = &worker->events[0];
	worker->spare = &worker->events[1];
	worker->fx.record_mask = world->options.record_mask;
	worker->env = (struct rh_env){
		.host = &sim_host,
		.world = worker,
		.space = &world->space,
		.params = world->plan->params,
		.genesis_unix_s = world->plan->genesis_unix_s,
		.names64 = world->names64,
		.weight_total = world->plan->weight_total,
		.record_mask = world->options.record_mask,
		.rng = world->order.rng,
	};
	worker->fan = (struct sim_fan){
		.space = &world->space,
		.net = &world->net,
		.windows = &world->windows,
		.flood = &world->state->flood,
		.trace = &world->state->trace,
		.thread = number,
		.positions = rh_alloc((size_t)peers_max + 1, sizeof(uint32_t)),
		.delays_ns = rh_alloc((size_t)peers_max + 1, sizeof(uint64_t)),
		.arrivals_ns = rh_alloc((size_t)peers_max + 1, sizeof(uint64_t)),
	};
}

/* An event comes for this node: what each handling reads. */
static void fetch_node(void *ctx, uint32_t node)
{
	const struct sim_world *world = ctx;

	__builtin_prefetch(&world->nodes[node]);
	__builtin_prefetch(&world->traces[node].chain, 1);
	__builtin_prefetch(&world->traces[node].events, 1);
	if (world->states != NULL)
		__builtin_prefetch(world->states + node * world->state_stride, 1);
	sim_net_fetch_peers(&world->net, node);
}

/* What points into the space, once the space is there. */
static void attach(struct sim_world *world)
{
	struct sim_state *state = world->state;
	uint32_t share_first[SIM_SHARES_MAX + 1];
	struct sim_windows_plan plan = windows_plan(world, share_first);
	struct sim_copies copies = {&world->fan_in, sim_fan_filter, sim_fan_expand,
				    sim_fan_announce};

	world->is_windowed = state->engine_kind == RH_ENGINE_WINDOWED;
	world->nodes = rh_at(&world->space, state->nodes);
	world->more = rh_at(&world->space, state->more);
	world->timers = rh_at(&world->space, state->timers);
	world->timer_count = world->plan->model->timer_count;
	world->state_stride = rh_round_up(world->plan->model->state_size, 16);
	world->states =
		world->state_stride != 0 ? rh_at(&world->space, world->nodes[0].state) : NULL;
	world->traces = sim_trace_node(&world->space, &state->trace, 0);
	world->engine = (struct sim_engine){
		.ops = world->tuning.queue != NULL	      ? world->tuning.queue
		       : state->engine_kind == RH_ENGINE_HEAP ? &sim_heap_engine
							      : &sim_general_engine,
		.space = &world->space,
		.order = &world->order,
		.state = state->engine,
		.soon = fetch_node,
		.soon_ctx = world,
	};
	if (world->is_windowed)
		sim_windows_attach(&world->windows, &world->space, state->engine, &plan,
				   &world->order, &copies);
	world->fan_in = (struct sim_fan_in){
		.space = &world->space,
		.flood = &state->flood,
		.net = &world->net,
		.layout = &world->windows.layout,
		.keeps_all = world->tuning.no_early_filter || !world->has_floods,
		.lines = {{(const uint8_t *)world->nodes, sizeof(struct sim_node)},
			  {(const uint8_t *)world->traces, sizeof(struct sim_trace_node)},
			  {world->states, world->state_stride}},
	};
	world->peers_max = plan.position_max;
	world->workers = rh_alloc(world->worker_count, sizeof(*world->workers));
	for (uint32_t i = 0; i < world->worker_count; i++)
		worker_init(world, i, plan.position_max);
	sim_find_late(world);
	if (world->worker_count > 1) {
		world->space.is_shared = true;
		world->team = sim_team_open(world->worker_count, sim_play_share, world);
	}
}

/* The engine's own part of the space. */
static void init_engine(struct sim_world *world)
{
	struct sim_state *state = world->state;
	uint32_t share_first[SIM_SHARES_MAX + 1];
	struct sim_windows_plan plan = windows_plan(world, share_first);

	if (state->engine_kind == RH_ENGINE_WINDOWED) {
		state->engine = sim_windows_init(&world->space, &plan);
		/* Only flooded copies are counted ahead. */
		if (world->has_floods)
			sim_trace_ahead_init(&state->trace, &world->space, world->worker_count);
	} else if (world->tuning.queue != NULL) {
		state->engine = world->tuning.queue->init(&world->space);
	} else {
		state->engine = state->engine_kind == RH_ENGINE_HEAP
					? sim_heap_engine.init(&world->space)
					: sim_general_engine.init(&world->space);
	}
}

/* Lines of the cache begin where the nodes do. */
static rh_off alloc_lines(struct rh_space *space, uint64_t bytes)
{
	return rh_round_up(rh_space_alloc(space, bytes + LINE_BYTES), LINE_BYTES);
}

/* What is alike for all nodes stands side by side: a window goes through them in order. */
static void alloc_nodes(struct sim_world *world)
{
	const struct rh_model *model = world->plan->model;
	struct sim_state *state = world->state;
	uint64_t count = world->plan->node_count;
	uint64_t stride = rh_round_up(model->state_size, 16);
	rh_off states = model->state_size == 0 ? 0 : alloc_lines(&world->space, count * stride);
	struct sim_node *nodes;

	_Static_assert(sizeof(struct sim_node) == LINE_BYTES, "one line a node");
	_Static_assert(SIM_THREADS_MAX <= SIM_SHARES_MAX, "a share for each");
	state->nodes = alloc_lines(&world->space, count * sizeof(struct sim_node));
	state->more = rh_space_alloc(&world->space, count * sizeof(struct sim_node_more));
	state->timers = rh_space_alloc(&world->space,
				       (count * model->timer_count + 1) * sizeof(struct sim_timer));
	nodes = rh_at(&world->space, state->nodes);
	for (uint32_t i = 0; i < count; i++)
		nodes[i].state = states == 0 ? 0 : states + i * stride;
}

static void init_nodes(struct sim_world *world)
{
	const struct rh_plan *plan = world->plan;

	for (uint32_t i = 0; i < plan->node_count; i++) {
		const struct rh_plan_node *from = &plan->nodes[i];
		struct sim_node *node = &world->nodes[i];

		node->name64 = from->name64;
		node->weight = from->weight;
		node->clock = (struct rh_clock){.offset_ns = from->clock_offset_ns,
						.drift_ppb = from->clock_drift_ppb};
		node->up_from_ns = RH_TIME_NEVER;
		world->more[i].instant_ns = RH_TIME_NEVER;
		if (from->start_ns != RH_TIME_NEVER)
			sim_push_start(world, i, from->start_ns, RH_NONE, 0);
	}
}

static int check_options(const struct rh_plan *plan, const struct rh_world_options *options,
			 struct rh_err *err)
{
	if (plan->node_count == 0)
		return rh_err_set(err, RH_E_INPUT, "the plan has no nodes");
	if (options->engine == RH_ENGINE_WINDOWED && plan->node_count > NODES_MAX)
		return rh_err_set(err, RH_E_UNSUPPORTED,
				  "the windowed engine holds %" PRIu32
				  " nodes at most; use --engine general",
				  NODES_MAX);
	return 0;
}

int sim_world_open_tuned(struct rh_world **out, const struct rh_plan *plan,
			 const struct rh_world_options *options, const struct sim_tuning *tuning,
			 struct rh_err *err)
{
	struct sim_world *world;
	struct sim_state *state;
	rh_off root;
	int rc = check_options(plan, options, err);

	RH_ASSERT(plan->model != NULL && plan->model->step != NULL && plan->reaction_ns > 0);
	*out = NULL;
	if (rc != 0)
		return rc;
	world = new_world(plan, options, tuning);
	rh_space_open(&world->space, reserve_bytes(plan), options->base_hint);
	root = rh_space_alloc(&world->space, sizeof(*state));
	rh_space_root_set(&world->space, root);
	state = rh_at(&world->space, root);
	world->state = state;
	state->magic = MAGIC;
	state->seed = plan->seed;
	state->node_count = plan->node_count;
	state->engine_kind =
		tuning->queue != NULL ? RH_ENGINE_GENERAL : sim_world_engine(plan, options);
	sim_trace_init(&state->trace, &world->space, world->names64, plan->node_count);
	sim_flood_init(&state->flood, plan->node_count);
	alloc_nodes(world);
	sim_net_init(&world->net, &world->space, plan);
	state->net = world->net.state;
	init_engine(world);
	attach(world);
	init_nodes(world);
	sim_find_late(world);
	*out = &world->base;
	return 0;
}

static int sim_open(struct rh_world **out, const struct rh_plan *plan,
		    const struct rh_world_options *options, struct rh_err *err)
{
	static const struct sim_tuning usual;

	return sim_world_open_tuned(out, plan, options, &usual, err);
}

static void worker_release(struct sim_worker *worker)
{
	rh_effects_release(&worker->fx);
	rh_arena_release(&worker->texts);
	free(worker->records);
	free(worker->fresh);
	free(worker->fan.positions);
	free(worker->fan.delays_ns);
	free(worker->fan.arrivals_ns);
}

static void sim_close(struct rh_world *base)
{
	struct sim_world *world = world_of(base);

	if (world == NULL)
		return;
	sim_team_close(world->team);
	for (uint32_t i = 0; world->workers != NULL && i < world->worker_count; i++)
		worker_release(&world->workers[i]);
	if (world->is_windowed)
		sim_windows_release(&world->windows);
	sim_stream_release(&world->stream);
	free(world->turns);
	rh_space_close(&world->space);
	free(world->workers);
	free(world->to_ask);
	free(world->names64);
	free(world);
}

/* ---- the loop -------------------------------------------------------------------------------- */

static void sim_wake(struct rh_world *base, uint64_t cause_ns)
{
	struct sim_world *world = world_of(base);
	uint64_t at_ns;

	if (cause_ns == 0) {
		world->is_interrupted = true;
		return;
	}
	at_ns = sim_reaction_after(world, cause_ns);
	if (at_ns < world->wake_at_ns)
		world->wake_at_ns = at_ns;
}

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* The nodes whose state is another one than when they were asked last.  Invariants look at the state
 * alone, so the others would say what they said. */
static void ask_changed(struct sim_world *world, uint64_t c_ns)
{
	uint8_t *marks = world->to_ask;
	uint8_t *end = marks + world->plan->node_count;

	for (uint8_t *mark = marks; mark < end; mark++) {
		uint32_t node;

		mark = memchr(mark, 1, (size_t)(end - mark));
		if (mark == NULL)
			return;
		node = (uint32_t)(mark - marks);
		/* One that starts at this very time has not begun. */
		if (world->nodes[node].up_from_ns >= c_ns)
			continue;
		*mark = 0;
		sim_env_set(&world->workers[0], node);
		sim_check_invariants(&world->workers[0], node, false);
	}
}

static void checkpoint(struct sim_world *world, uint64_t c_ns)
{
	world->state->now_ns = c_ns;
	world->workers[0].now_ns = c_ns;
	if (world->state->trace.ahead != 0)
		sim_trace_take_in(&world->space, &world->state->trace);
	sim_trace_checkpoint(&world->space, &world->state->trace, c_ns);
	if (world->to_ask != NULL)
		ask_changed(world, c_ns);
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

	return first == RH_TIME_NEVER ? RH_TIME_NEVER : sim_reaction_after(world, first);
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

/* Somebody may react, and a window may reach over a point at which that happens. */
static bool needs_cuts(const struct sim_world *world)
{
	return world->is_windowed && (world->options.record_mask & ~world->stream.calm_mask) != 0 &&
	       world->plan->reaction_ns % (UINT64_C(1) << world->windows.layout.window_log2) != 0;
}

static int sim_run_until(struct rh_world *base, uint64_t time_ns, const struct rh_sink *sink,
			 uint64_t *now_ns, struct rh_err *err)
{
	struct sim_world *world = world_of(base);
	struct sim_state *state = world->state;
	uint64_t stop_ns = state->now_ns;

	RH_ASSERT(time_ns >= state->now_ns);
	sim_stream_calm(&world->stream, sink != NULL ? sink->calm_mask : UINT64_MAX);
	world->cuts_at_reactions = needs_cuts(world);
	while (world->failure.code == 0) {
		uint64_t flush_ns = flush_point(world);
		uint64_t limit_ns;

		if (world->is_interrupted) {
			world->wake_at_ns =
				least(world->wake_at_ns, sim_reaction_after(world, state->now_ns));
			world->is_interrupted = false;
		}
		/* A cause from before the last stop cannot move the world back. */
		stop_ns = least(time_ns, world->wake_at_ns);
		stop_ns = stop_ns < state->now_ns ? state->now_ns : stop_ns;
		limit_ns = least(stop_ns, least(flush_ns, state->trace.next_ns));
		if (!sim_play(world, limit_ns)) {
			if (world->stream.urgent_ns == RH_TIME_NEVER)
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

/* Counted ahead, but what is still on its way has not arrived. */
static bool take_off(void *ctx, const struct sim_event *event)
{
	struct sim_world *world = ctx;

	if (event->is_counted && event->time_ns < world->state->trace.next_ns) {
		world->traces[event->node].sum -=
			sim_trace_arrival_word(event->time_ns, world->names64[event->source]);
		world->traces[event->node].duplicates--;
	}
	return false;
}

static int sim_finish(struct rh_world *base, const struct rh_sink *sink, struct rh_err *err)
{
	struct sim_world *world = world_of(base);

	(void)err;
	sim_stream_settle(&world->stream, world->state->now_ns, RH_NODE_WORLD - 1);
	sim_stream_flush(&world->stream, sink);
	if (world->state->trace.ahead != 0) {
		sim_trace_take_in(&world->space, &world->state->trace);
		sim_sweep(world, take_off, world);
	}
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
			RH_CAN_STEP_CLOCK | RH_CAN_FAULT_CLOCK | RH_CAN_REPEAT;

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
	static const struct sim_tuning usual;
	struct sim_world *world = new_world(plan, options, &usual);
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
	/* Engine and shares are those of the image, whatever the options say. */
	world->worker_count = state->engine_kind == RH_ENGINE_WINDOWED
				      ? sim_windows_share_count(&world->space, state->engine)
				      : 1;
	sim_net_attach(&world->net, &world->space, plan, state->net);
	attach(world);
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
