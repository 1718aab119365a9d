/*
 * world.c - opens a live world, lets real time pass, and closes it.
 *
 * World time begins with the first run_until(): every process is up and connected then, and is told
 * to start.  From there on the world does not act but wait: until real time has come to where the
 * run wants to stop, it takes in what the processes say and hands it on.
 */
#include "live/world.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/base/units.h"
#include "live/node/node.h"
#include "live/state.h"

#define NAP_NS		 (250 * RH_NS_PER_MS) /* the run layer looks around at least so often */
#define COME_UP_NS	 (30 * RH_NS_PER_SEC)
#define LAST_ANSWERS_NS	 (2 * RH_NS_PER_SEC)
#define SLEEP_AT_MOST_NS (50 * RH_NS_PER_MS)

static struct live_world *world_of(struct rh_world *base)
{
	return (struct live_world *)(void *)base;
}

/* ---- time and records ------------------------------------------------------------------------ */

uint64_t live_machine_ns(void)
{
	struct timespec now;

	if (clock_gettime(CLOCK_MONOTONIC, &now) != 0)
		rh_fatal("this machine has no CLOCK_MONOTONIC");
	return (uint64_t)now.tv_sec * RH_NS_PER_SEC + (uint64_t)now.tv_nsec;
}

uint64_t live_now(const struct live_world *world)
{
	return world->has_begun ? live_machine_ns() - world->origin_ns : 0;
}

void live_world_fail(struct live_world *world, int code, const char *fmt, ...)
{
	va_list args;

	if (world->failure.code != 0)
		return;
	va_start(args, fmt);
	vsnprintf(world->failure.text, sizeof(world->failure.text), fmt, args);
	va_end(args);
	world->failure.code = code;
}

void live_tell(struct live_world *world, uint32_t node, enum rh_record_kind kind, uint16_t stage,
	       uint32_t index, uint64_t a, uint64_t b, const char *text)
{
	struct rh_record record = {
		.time_ns = live_now(world),
		.node = node,
		.kind = (uint16_t)kind,
		.stage = stage,
		.index = index,
		.a = a,
		.b = b,
		.text = text,
		.text_len = text != NULL ? (uint32_t)strlen(text) : 0,
	};

	if ((world->options.record_mask >> kind) & 1)
		live_inbox_add(&world->inbox, &record);
}

/* ---- open and close -------------------------------------------------------------------------- */

static int run_node(void *ctx, const struct live_birth *birth)
{
	const struct live_world *world = ctx;
	struct live_node_setup setup = {
		.plan = world->plan,
		.node = birth->index,
		.life = birth->life,
		.control_fd = birth->control_fd,
		.listen_fd = birth->listen_fd,
		.runs = birth->runs,
		.expected_count = birth->argument,
		.record_mask = world->options.record_mask,
	};

	rh_reproduce_line_set(NULL); /* the parent tells it */
	return live_node_run(&setup);
}

static const char *title_of(void *ctx, uint32_t index)
{
	const struct live_world *world = ctx;

	return world->plan->nodes[index].name;
}

/* How many neighbours of each node are there from the start. */
static uint32_t *count_first_neighbours(const struct rh_plan *plan)
{
	uint32_t *counts = rh_alloc(plan->node_count + 1U, sizeof(*counts));

	for (uint32_t i = 0; i < plan->link_count; i++) {
		uint32_t a = plan->links[i].a;
		uint32_t b = plan->links[i].b;

		counts[a] += plan->nodes[b].start_ns == 0;
		counts[b] += plan->nodes[a].start_ns == 0;
	}
	return counts;
}

/* All processes that begin with the run, until each is connected to its neighbours. */
static void come_up(struct live_world *world)
{
	uint64_t begin_ns = live_machine_ns();
	uint32_t *counts = count_first_neighbours(world->plan);

	for (uint32_t i = 0; i < world->plan->node_count; i++) {
		if (world->seats[i].up_from_ns == 0)
			live_seat_fill(world, i, counts[i]);
	}
	free(counts);
	while (world->failure.code == 0) {
		live_seats_turn(world);
		if (live_seats_are_ready(world))
			return;
		if (live_machine_ns() - begin_ns > COME_UP_NS)
			live_world_fail(world, RH_E_WORLD,
					"the processes of the nodes did not come up within %u s",
					(unsigned)(COME_UP_NS / RH_NS_PER_SEC));
		if (!live_seats_sleep(world, SLEEP_AT_MOST_NS) && world->is_interrupted)
			live_world_fail(world, RH_E_CANCELLED, "interrupted");
	}
}

/* What of the plan's network real sockets are not made to do. */
static void tell_limits(struct live_world *world)
{
	const struct rh_plan *plan = world->plan;
	bool has_bandwidth = false;
	char text[200] = "";
	size_t used = 0;

	for (uint32_t i = 0; i < plan->node_count; i++)
		has_bandwidth |= plan->nodes[i].up_bps != 0 || plan->nodes[i].down_bps != 0;
	const struct {
		bool is_there;
		const char *name;
	} left_out[] = {{plan->jitter != RH_JITTER_NONE, "jitter"},
			{has_bandwidth, "bandwidth"},
			{plan->loss_threshold != 0, "loss"},
			{plan->model->wire != NULL, "the model's own wire"}};

	for (size_t i = 0; i < RH_ARRAY_LEN(left_out); i++) {
		if (left_out[i].is_there)
			used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s",
						 used == 0
							 ? "live links have the base delays of the "
							   "plan; left out: "
							 : ", ",
						 left_out[i].name);
	}
	if (used > 0)
		live_tell(world, RH_NODE_WORLD, RH_RECORD_NOTE, 0, 0, 0, 0, text);
}

static void live_close(struct rh_world *base)
{
	struct live_world *world = world_of(base);

	if (world == NULL)
		return;
	live_guardian_close(&world->guardian);
	live_seats_close(world);
	live_asks_close(world);
	live_inbox_release(&world->inbox);
	free(world);
}

static int live_check(const struct rh_plan *plan, struct rh_err *err)
{
	if (plan->node_count == 0)
		return rh_err_set(err, RH_E_INPUT, "the plan has no nodes");
	if (plan->node_count > LIVE_NODES_MAX)
		return rh_err_set(err, RH_E_UNSUPPORTED,
				  "%u nodes are too many for one machine: the live world takes %u; "
				  "run it with --mode sim",
				  (unsigned)plan->node_count, LIVE_NODES_MAX);
	return live_node_check_model(plan->model, err);
}

static int live_open(struct rh_world **out, const struct rh_plan *plan,
		     const struct rh_world_options *options, struct rh_err *err)
{
	struct live_world *world;
	int rc = live_check(plan, err);

	*out = NULL;
	if (rc != 0)
		return rc;
	world = rh_alloc(1, sizeof(*world));
	world->base.ops = &live_world_ops;
	world->plan = plan;
	world->options = *options;
	world->wake_at_ns = RH_TIME_NEVER;
	world->trade = (struct live_trade){
		.count = plan->node_count,
		.run = run_node,
		.socket_name = live_node_socket_name,
		.durable_name = live_node_journal_name,
		.title = title_of,
		.ctx = world,
	};
	live_inbox_init(&world->inbox);
	live_seats_open(world);
	rc = live_guardian_open(&world->guardian, &world->trade, err);
	if (rc == 0) {
		come_up(world);
		if (world->failure.code != 0)
			rc = rh_err_set(err, world->failure.code, "%s", world->failure.text);
	}
	if (rc != 0) {
		live_close(&world->base);
		return rc;
	}
	tell_limits(world);
	*out = &world->base;
	return 0;
}

/* ---- the loop -------------------------------------------------------------------------------- */

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t reaction_after(const struct live_world *world, uint64_t cause_ns)
{
	uint64_t grid = world->plan->reaction_ns;
	uint64_t next = cause_ns / grid + 1;

	return next > RH_TIME_NEVER / grid ? RH_TIME_NEVER : next * grid;
}

static void wake_at(struct live_world *world, uint64_t cause_ns)
{
	world->wake_at_ns = least(world->wake_at_ns, reaction_after(world, cause_ns));
}

static void live_wake(struct rh_world *base, uint64_t cause_ns)
{
	struct live_world *world = world_of(base);

	if (cause_ns == 0)
		world->is_interrupted = true;
	else
		wake_at(world, cause_ns);
}

/* World time begins. */
static void begin(struct live_world *world)
{
	if (world->has_begun)
		return;
	world->origin_ns = live_machine_ns();
	world->has_begun = true;
}

/* How long nothing has to be done but listen. */
static uint64_t idle_until(const struct live_world *world, uint64_t limit_ns)
{
	uint64_t until_ns = least(limit_ns, live_asks_deadline(world));
	uint64_t first_ns = live_inbox_first(&world->inbox);

	if (first_ns != RH_TIME_NEVER)
		until_ns = least(until_ns, first_ns + LIVE_HOLD_NS);
	for (uint32_t i = 0; i < world->plan->node_count; i++) {
		if (world->seats[i].state == LIVE_SEAT_EMPTY)
			until_ns = least(until_ns, world->seats[i].up_from_ns);
	}
	return until_ns;
}

static void stand_at(struct live_world *world, uint64_t time_ns, const struct rh_sink *sink)
{
	live_inbox_give(&world->inbox, time_ns, sink);
	live_inbox_pass(&world->inbox, time_ns);
	world->now_ns = time_ns;
	if (world->wake_at_ns <= time_ns)
		world->wake_at_ns = RH_TIME_NEVER;
	if (sink != NULL && sink->advance != NULL)
		sink->advance(sink->ctx, time_ns);
}

static int live_run_until(struct rh_world *base, uint64_t time_ns, const struct rh_sink *sink,
			  uint64_t *now_ns, struct rh_err *err)
{
	struct live_world *world = world_of(base);
	uint64_t nap_end_ns, limit_ns;

	RH_ASSERT(time_ns >= world->now_ns);
	begin(world);
	nap_end_ns = live_now(world) + NAP_NS;
	for (;;) {
		uint64_t real_ns = live_now(world);
		uint64_t idle_ns;

		live_seats_turn(world);
		live_asks_expire(world, real_ns);
		if (world->failure.code != 0) {
			*now_ns = world->now_ns;
			return rh_err_set(err, world->failure.code, "%s", world->failure.text);
		}
		if (world->is_interrupted || real_ns >= nap_end_ns)
			wake_at(world, real_ns);
		world->is_interrupted = false;
		/* A cause from before the last stop cannot move the world back. */
		limit_ns = least(time_ns, world->wake_at_ns);
		limit_ns = limit_ns < world->now_ns ? world->now_ns : limit_ns;
		if (real_ns >= limit_ns)
			break;
		if (real_ns > LIVE_HOLD_NS)
			live_inbox_give(&world->inbox, real_ns - LIVE_HOLD_NS, sink);
		/* A record that was given just now may have called wake. */
		limit_ns = least(limit_ns, world->wake_at_ns);
		idle_ns = idle_until(world, least(limit_ns, nap_end_ns));
		real_ns = live_now(world);
		if (idle_ns > real_ns && !live_seats_sleep(world, idle_ns - real_ns))
			world->is_interrupted = true;
	}
	stand_at(world, limit_ns, sink);
	*now_ns = limit_ns;
	return 0;
}

/* Asks every node for its counters, and waits a little for this and for what else is open. */
static void hear_last_answers(struct live_world *world)
{
	uint64_t end_ns = live_now(world) + LAST_ANSWERS_NS;
	uint32_t ask = live_ask_new(world, LIVE_ASK_COUNTS, RH_NONE, RH_NONE);

	for (uint32_t i = 0; i < world->plan->node_count; i++) {
		struct rh_buf *out = &world->seats[i].control.out;
		size_t begin_at;

		if (world->seats[i].state != LIVE_SEAT_STARTED || world->seats[i].is_leaving)
			continue;
		live_ask_add(world, ask, i);
		begin_at = live_frame_begin(out, LIVE_PING);
		rh_buf_u32(out, ask);
		live_frame_end(out, begin_at);
	}
	live_ask_seal(world, ask);
	while (world->failure.code == 0) {
		live_seats_turn(world);
		if (live_asks_are_over(world) || live_now(world) >= end_ns)
			return;
		live_seats_sleep(world, SLEEP_AT_MOST_NS);
	}
}

static int live_finish(struct rh_world *base, const struct rh_sink *sink, struct rh_err *err)
{
	struct live_world *world = world_of(base);

	if (world->has_begun)
		hear_last_answers(world);
	live_inbox_end(&world->inbox, world->now_ns, sink);
	if (world->failure.code != 0)
		return rh_err_set(err, world->failure.code, "%s", world->failure.text);
	return 0;
}

static void live_stats(const struct rh_world *base, struct rh_world_stats *stats)
{
	const struct live_world *world = (const struct live_world *)(const void *)base;

	*stats = (struct rh_world_stats){0};
	for (uint32_t i = 0; i < world->plan->node_count; i++) {
		const struct live_seat *seat = &world->seats[i];

		stats->events += seat->counters.steps + seat->before.steps;
		stats->deliveries += seat->counters.copies + seat->before.copies;
		stats->memory_bytes += seat->counters.memory_bytes;
	}
}

static uint32_t live_capabilities(const struct rh_world *base, const struct rh_plan *plan)
{
	uint32_t bits = RH_CAN_CRASH | RH_CAN_STEP_CLOCK;

	(void)base;
	if (plan == NULL || plan->model->input_count > 0)
		bits |= RH_CAN_SUBMIT;
	if (plan == NULL || plan->model->action_count > 0)
		bits |= RH_CAN_MODEL_ACTION;
	return bits;
}

static int live_snapshot(struct rh_world *base, struct rh_buf *out, struct rh_err *err)
{
	(void)base;
	(void)out;
	return rh_err_set(err, RH_E_UNSUPPORTED, "running processes cannot be put into a snapshot");
}

static int live_restore(struct rh_world *base, const uint8_t *bytes, size_t len, struct rh_err *err)
{
	(void)base;
	(void)bytes;
	(void)len;
	return rh_err_set(err, RH_E_UNSUPPORTED, "running processes cannot come from a snapshot");
}

const struct rh_world_ops live_world_ops = {
	.name = "live",
	.open = live_open,
	.capabilities = live_capabilities,
	.check = live_check,
	.run_until = live_run_until,
	.wake = live_wake,
	.start = live_world_start,
	.submit = live_world_submit,
	.verify = live_world_verify,
	.snapshot = live_snapshot,
	.restore = live_restore,
	.finish = live_finish,
	.stats = live_stats,
	.close = live_close,
};
