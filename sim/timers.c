/*
 * timers.c - when a node's timers fire, and what becomes of the events that they leave behind.
 *
 *   set for 10   set for 30         10 comes            30 comes
 *       |            |                 |                   |
 *   queue: 10    queue: 10    looks: armed for 30,    the timer fires,
 *                             so queue: 30            as its second setting
 *
 * Most timers that are set again are put off (a node that waits for quiet, or for the next block), and
 * then nothing is queued.  One that is set for earlier, or for the same time, gets a new event; the one
 * before is left behind and dropped when it comes.  Dropped events are neither hashed nor counted, so it
 * shows nowhere how many there were.
 */
#include "sim/state.h"

#define GENERATION_MASK ((UINT32_C(1) << 30) - 1)

/* Most clocks are right. */
static uint64_t true_of(const struct rh_clock *clock, uint64_t at_clock_ns)
{
	return ((uint64_t)clock->offset_ns | (uint64_t)clock->drift_ppb) == 0
		       ? at_clock_ns
		       : rh_clock_true(clock, at_clock_ns);
}

static struct sim_timer *timer_of(const struct sim_world *world, const struct sim_event *event)
{
	RH_ASSERT(event->class == RH_CLASS_TIMER && event->kind < world->timer_count);
	return &sim_timers(world, event->node)[event->kind];
}

static bool is_its_own(const struct sim_timer *timer, const struct sim_event *event)
{
	return timer->is_queued &&
	       timer->queued_generation == ((uint32_t)event->id & GENERATION_MASK);
}

bool sim_timer_counts(const struct sim_world *world, const struct sim_event *event)
{
	const struct sim_timer *timer = timer_of(world, event);

	return timer->is_armed && is_its_own(timer, event);
}

void sim_timer_lose(struct sim_world *world, const struct sim_event *event)
{
	struct sim_timer *timer = timer_of(world, event);
	struct sim_state *state = world->state;

	if (!sim_timer_counts(world, event))
		state->stale_timers -= state->stale_timers > 0;
	if (is_its_own(timer, event))
		timer->is_queued = 0;
}

static bool doom_stale(void *ctx, const struct sim_event *event)
{
	struct sim_world *world = ctx;

	if (event->class != RH_CLASS_TIMER || sim_timer_counts(world, event))
		return false;
	sim_timer_lose(world, event);
	world->state->others--;
	return true;
}

/* A model that re-arms far timers all the time would fill the queue with stale ones. */
void sim_limit_stale_timers(struct sim_world *world)
{
	struct sim_state *state = world->state;

	if (state->stale_timers < 1024 || state->stale_timers < sim_pending(world) / 2)
		return;
	sim_sweep(world, doom_stale, world);
	state->stale_timers = 0;
}

static void queue(struct sim_worker *worker, struct sim_timer *timer, uint32_t node,
		  uint32_t number, uint64_t time_ns)
{
	struct sim_event event = {
		.time_ns = time_ns,
		.id = rh_timer_id(number, timer->generation),
		.node = node,
		.source = node,
		.kind = number,
		.class = RH_CLASS_TIMER,
	};

	RH_ASSERT(time_ns > worker->now_ns);
	timer->queued_ns = time_ns;
	timer->queued_generation = timer->generation & GENERATION_MASK;
	timer->is_queued = 1;
	sim_push(worker, &event);
}

void sim_stop_timer(struct sim_worker *worker, uint32_t node, uint32_t number)
{
	struct sim_timer *timer = &sim_timers(worker->world, node)[number];

	RH_ASSERT(number < worker->world->timer_count);
	worker->tally.stale_timers += timer->is_armed;
	timer->is_armed = 0;
	timer->generation++;
}

void sim_set_timer(struct sim_worker *worker, uint32_t node, uint32_t number, uint64_t at_clock_ns)
{
	struct sim_world *world = worker->world;
	struct sim_timer *timer = &sim_timers(world, node)[number];
	uint64_t true_ns = true_of(&world->nodes[node].clock, at_clock_ns);
	uint64_t time_ns = true_ns > worker->now_ns ? true_ns : worker->now_ns + 1;

	/* An armed timer has its event; with a stopped one it was stale, until now. */
	sim_stop_timer(worker, node, number);
	timer->at_clock_ns = at_clock_ns;
	timer->is_armed = 1;
	if (timer->is_queued && true_ns > timer->queued_ns)
		worker->tally.stale_timers--;
	else
		queue(worker, timer, node, number, time_ns);
}

bool sim_timer_fires(struct sim_worker *worker, const struct sim_event *event)
{
	const struct sim_world *world = worker->world;
	struct sim_timer *timer = timer_of(world, event);

	if (!sim_timer_counts(world, event)) {
		worker->tally.stale_timers--;
		timer->is_queued = timer->is_queued && !is_its_own(timer, event);
		return false;
	}
	timer->is_queued = 0;
	if (timer->generation != (uint32_t)event->id) {
		queue(worker, timer, event->node, event->kind,
		      true_of(&world->nodes[event->node].clock, timer->at_clock_ns));
		return false;
	}
	timer->is_armed = 0;
	return true;
}
