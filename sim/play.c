/*
 * play.c - the loops over events: one by one from a queue, or window by window.
 *
 * Both hand each node its events in key order.  The queue engines go through time; the windowed
 * engine goes through the nodes, within a stretch of time in which they cannot meet, and what they
 * recorded there is put in order of time afterwards.
 */
#include <inttypes.h>
#include <string.h>

#include "core/base/sort.h"
#include "core/base/units.h"
#include "sim/state.h"

#define BATCH_MAX     256  /* records that wait: few enough to stay in the cache */
#define WORTH_SHARING 2000 /* events of a window */
#define LOOK_EVERY    64   /* events of a queue */
#define FEW_RECORDS   512  /* to be sorted by comparing */
#define DIGIT_LOG2    11

/* ---- the engine, whichever it is ------------------------------------------------------------- */

void sim_push(struct sim_worker *worker, const struct sim_event *event)
{
	struct sim_world *world = worker->world;

	worker->tally.others += event->class != RH_CLASS_MESSAGE;
	if (world->is_windowed)
		sim_windows_push(&world->windows, worker->number, event);
	else
		world->engine.ops->push(&world->engine, event);
}

uint64_t sim_sweep(struct sim_world *world, sim_engine_doom *is_doomed, void *ctx)
{
	if (world->is_windowed)
		return sim_windows_sweep(&world->windows, is_doomed, ctx);
	return world->engine.ops->sweep(&world->engine, is_doomed, ctx);
}

uint64_t sim_pending(const struct sim_world *world)
{
	if (world->is_windowed)
		return sim_windows_count(&world->windows);
	return world->engine.ops->count(&world->engine);
}

/* ---- after some events ----------------------------------------------------------------------- */

uint64_t sim_take_tallies(struct sim_world *world)
{
	struct sim_state *state = world->state;
	uint64_t in_flight;

	for (uint32_t i = 0; i < world->worker_count; i++) {
		struct sim_worker *worker = &world->workers[i];

		state->deliveries += worker->tally.deliveries;
		state->handled += worker->tally.handled;
		state->others += worker->tally.others;
		state->stale_timers += worker->tally.stale_timers;
		worker->tally = (struct sim_tally){0};
	}
	in_flight = sim_pending(world) - state->others;
	if (in_flight > state->in_flight_max)
		state->in_flight_max = in_flight;
	return in_flight;
}

static void check_limits(struct sim_world *world, uint64_t in_flight)
{
	const struct rh_plan *plan = world->plan;
	uint64_t used = rh_space_used(&world->space);

	if (plan->limit_messages != 0 && in_flight > plan->limit_messages)
		sim_fail(&world->workers[0], RH_E_LIMIT,
			 "%" PRIu64 " copies are in flight; raise limits.messagesInFlight",
			 in_flight);
	if (plan->limit_memory != 0 && used > plan->limit_memory)
		sim_fail(&world->workers[0], RH_E_LIMIT,
			 "the simulation uses %" PRIu64 " bytes of memory; raise limits.memory",
			 used);
}

/* True when the caller must look at something first. */
static bool is_broken_off(const struct sim_world *world, bool was_calm)
{
	return (was_calm && world->stream.urgent_ns != RH_TIME_NEVER) || world->is_interrupted ||
	       world->failure.code != 0 || world->stream.count > BATCH_MAX;
}

static void settle_up(struct sim_world *world)
{
	check_limits(world, sim_take_tallies(world));
	for (uint32_t i = 0; i < world->worker_count && world->failure.code == 0; i++) {
		if (world->workers[i].failure.code != 0)
			world->failure = world->workers[i].failure;
	}
	sim_limit_stale_timers(world);
}

static inline uint64_t count_queue(const struct sim_engine *engine)
{
	return engine->live != NULL ? *engine->live : engine->ops->count(engine);
}

/*
 * After one event of a queue: is there anything to settle?  The most copies in flight are kept
 * exactly; memory and stale timers are looked at now and then.
 */
static inline bool is_all_well(const struct sim_world *world, uint32_t played)
{
	const struct sim_worker *worker = &world->workers[0];
	const struct sim_state *state = world->state;
	uint64_t in_flight = count_queue(&world->engine) - state->others - worker->tally.others;

	return in_flight <= state->in_flight_max &&
	       (worker->failure.code | world->failure.code) == 0 && played % LOOK_EVERY != 0;
}

/* The event in the spare place; keys of one node must grow. */
static inline void handle_next(struct sim_worker *worker)
{
	struct sim_event *last = worker->event;
	struct sim_event *event = worker->spare;

	if (event->time_ns <= last->time_ns &&
	    (event->node == last->node || !worker->world->is_windowed))
		sim_order_check(&worker->world->order, last, event);
	worker->event = event;
	worker->spare = last;
	sim_handle(worker, event);
}

/* ---- one by one ------------------------------------------------------------------------------ */

static bool play_queue(struct sim_world *world, uint64_t limit_ns)
{
	struct sim_worker *worker = &world->workers[0];
	const struct sim_stream *stream = &world->stream;

	for (uint32_t played = 1;; played++) {
		struct sim_event *event = worker->spare;
		bool was_calm = stream->urgent_ns == RH_TIME_NEVER;

		if (!world->engine.ops->pop(&world->engine, event, limit_ns)) {
			settle_up(world);
			return world->failure.code == 0;
		}
		world->state->now_ns = event->time_ns;
		if (stream->pending_count > 0)
			sim_stream_settle(&world->stream, event->time_ns, event->node);
		handle_next(worker);
		if (!is_all_well(world, played))
			settle_up(world);
		else if (stream->count == 0 && stream->pending_count == 0)
			continue; /* nothing has changed by which it could be broken off */
		if (is_broken_off(world, was_calm)) {
			settle_up(world);
			return false;
		}
	}
}

/* ---- records --------------------------------------------------------------------------------- */

void sim_tell(struct sim_worker *worker, const struct rh_record *record)
{
	struct rh_record *kept;

	if (!worker->world->is_windowed) {
		sim_stream_add(&worker->world->stream, record);
		return;
	}
	if (worker->record_count == worker->record_cap) {
		worker->record_cap = worker->record_cap == 0 ? 64 : 2 * worker->record_cap;
		worker->records =
			rh_realloc(worker->records, worker->record_cap * sizeof(*worker->records));
	}
	kept = &worker->records[worker->record_count++];
	*kept = *record;
	if (record->text != NULL)
		kept->text = rh_arena_text(&worker->texts, record->text, record->text_len);
}

/* Where a window holds an event or two, it is so already. */
static bool are_in_order(const struct rh_record *records, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		if (records[i].time_ns < records[i - 1].time_ns)
			return false;
	}
	return true;
}

static int compare_words(const void *a, const void *b, const void *ctx)
{
	const uint64_t *x = a;
	const uint64_t *y = b;

	(void)ctx;
	return (*x > *y) - (*x < *y);
}

/* One pass over a digit of the time; what has the same digit stays as it stands. */
static void sort_by_digit(uint64_t *to, const uint64_t *turns, size_t count, uint32_t shift)
{
	uint32_t places[1 << DIGIT_LOG2] = {0};
	uint32_t sum = 0;

	for (size_t i = 0; i < count; i++)
		places[turns[i] >> shift & (RH_ARRAY_LEN(places) - 1)]++;
	for (size_t i = 0; i < RH_ARRAY_LEN(places); i++) {
		uint32_t here = places[i];

		places[i] = sum;
		sum += here;
	}
	for (size_t i = 0; i < count; i++)
		to[places[turns[i] >> shift & (RH_ARRAY_LEN(places) - 1)]++] = turns[i];
}

/*
 * The order in which records come, in the lower halves: words of time within the window and position are
 * sorted, and the records stay where they are.
 */
static const uint64_t *sort_turns(struct sim_world *world, const struct rh_record *records,
				  size_t count)
{
	uint64_t *turns, *spare;

	RH_ASSERT(count < UINT32_MAX && world->windows.layout.window_log2 <= 32);
	if (world->turn_cap < 2 * count) {
		world->turn_cap = 4 * count;
		world->turns = rh_realloc(world->turns, world->turn_cap * sizeof(*world->turns));
	}
	turns = world->turns;
	spare = turns + count;
	for (size_t i = 0; i < count; i++)
		turns[i] = (records[i].time_ns - world->windows.window_ns) << 32 | i;
	if (count < FEW_RECORDS) {
		rh_sort(turns, count, sizeof(*turns), compare_words, NULL);
		return turns;
	}
	for (uint32_t bit = 0; bit < world->windows.layout.window_log2; bit += DIGIT_LOG2) {
		uint64_t *sorted = spare;

		sort_by_digit(sorted, turns, count, 32 + bit);
		spare = turns;
		turns = sorted;
	}
	return turns;
}

/* A window's records come node by node; a stable sort by time leaves the nodes in order. */
static void merge_records(struct sim_world *world)
{
	struct sim_worker *first = &world->workers[0];
	const uint64_t *turns = NULL;

	for (uint32_t i = 1; i < world->worker_count; i++) {
		struct sim_worker *worker = &world->workers[i];

		for (size_t k = 0; k < worker->record_count; k++)
			sim_tell(first, &worker->records[k]);
		worker->record_count = 0;
		rh_arena_reset(&worker->texts);
	}
	if (first->record_count == 0)
		return;
	if (!are_in_order(first->records, first->record_count))
		turns = sort_turns(world, first->records, first->record_count);
	for (size_t i = 0; i < first->record_count; i++)
		sim_stream_add(&world->stream,
			       &first->records[turns != NULL ? (uint32_t)turns[i] : i]);
	first->record_count = 0;
	rh_arena_reset(&first->texts);
}

/* ---- window by window ------------------------------------------------------------------------ */

uint64_t sim_reaction_after(const struct sim_world *world, uint64_t cause_ns)
{
	uint64_t grid = world->plan->reaction_ns;
	uint64_t next = cause_ns / grid + 1;

	return next > RH_TIME_NEVER / grid ? RH_TIME_NEVER : next * grid;
}

void sim_play_share(void *ctx, uint32_t number)
{
	struct sim_world *world = ctx;
	struct sim_worker *worker = &world->workers[number];

	sim_windows_gather(&world->windows, number);
	if (world->has_floods)
		sim_fan_begin(&worker->fan);
	worker->is_plain = sim_is_plain(world, world->windows.start_ns);
	for (;;) {
		if (worker->is_plain)
			sim_hear(worker);
		if (!sim_windows_take(&world->windows, number, worker->spare))
			break;
		handle_next(worker);
	}
}

/* Where little is to do, one thread does it for all. */
static void play_part(struct sim_world *world, uint64_t about)
{
	uint64_t from = world->tuning.share_from != 0 ? world->tuning.share_from : WORTH_SHARING;

	if (world->team != NULL && about >= from) {
		sim_team_run(world->team);
		return;
	}
	for (uint32_t i = 0; i < world->worker_count; i++)
		sim_play_share(world, i);
}

static bool play_windows(struct sim_world *world, uint64_t limit_ns)
{
	struct sim_windows *windows = &world->windows;
	uint64_t start_ns;

	while (sim_windows_seek(windows, limit_ns, &start_ns)) {
		bool was_calm = world->stream.urgent_ns == RH_TIME_NEVER;
		uint64_t part_ns = limit_ns;

		if (world->cuts_at_reactions && sim_reaction_after(world, start_ns) < part_ns)
			part_ns = sim_reaction_after(world, start_ns);
		play_part(world, sim_windows_begin(windows, start_ns, part_ns));
		sim_windows_end(windows);
		world->state->now_ns = windows->end_ns;
		merge_records(world);
		settle_up(world);
		if (is_broken_off(world, was_calm))
			return false;
	}
	return true;
}

bool sim_play(struct sim_world *world, uint64_t limit_ns)
{
	return world->is_windowed ? play_windows(world, limit_ns) : play_queue(world, limit_ns);
}
