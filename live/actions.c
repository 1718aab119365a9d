/*
 * actions.c - what the run layer starts: crashes and restarts, clock steps, the model's own actions,
 * transactions; and asking whether nodes run.
 *
 * A crash is SIGKILL to the process.  What a simulated crash loses is lost here by the nature of the
 * thing: the memory, what it had not synced, and what waited in it to be sent.
 */
#include <inttypes.h>
#include <string.h>

#include "live/state.h"

static struct live_world *world_of(struct rh_world *base)
{
	return (struct live_world *)(void *)base;
}

/* ---- nodes ----------------------------------------------------------------------------------- */

static void crash(struct live_world *world, const struct rh_action *action, uint32_t ticket)
{
	uint32_t ask = live_ask_new(world, LIVE_ASK_CRASH, ticket, action->step);
	bool is_wipe = action->node_op == RH_NODE_OP_CRASH_AMNESIA;

	for (size_t i = 0; i < action->node_count; i++) {
		struct live_seat *seat = &world->seats[action->nodes[i]];

		seat->up_from_ns = RH_TIME_NEVER;
		seat->start_ask = 0;
		if (live_is_up(seat))
			live_ask_add(world, ask, action->nodes[i]);
		if (live_is_up(seat) || is_wipe)
			live_seat_kill(world, action->nodes[i], is_wipe);
	}
	live_ask_seal(world, ask);
}

/* Those that are to begin later begin now.  One whose start a crash took back has it again: no
 * fault makes a node join early. */
static void restart(struct live_world *world, const struct rh_action *action, uint32_t ticket)
{
	uint32_t ask = live_ask_new(world, LIVE_ASK_START, ticket, action->step);

	for (size_t i = 0; i < action->node_count; i++) {
		uint32_t node = action->nodes[i];
		struct live_seat *seat = &world->seats[node];
		uint64_t join_ns = world->plan->nodes[node].start_ns;

		if (live_is_up(seat))
			continue;
		if (seat->up_from_ns == RH_TIME_NEVER && join_ns > world->now_ns &&
		    join_ns != RH_TIME_NEVER) {
			seat->up_from_ns = join_ns;
			seat->starts++;
			continue;
		}
		seat->starts += seat->up_from_ns == RH_TIME_NEVER;
		seat->up_from_ns = world->now_ns;
		seat->start_ask = ask;
		live_ask_add(world, ask, node);
		/* One that is not reaped yet is filled when it is. */
		if (seat->state == LIVE_SEAT_EMPTY)
			live_seat_fill(world, node, 0);
	}
	live_ask_seal(world, ask);
}

static void act_on_nodes(struct live_world *world, const struct rh_action *action, uint32_t ticket)
{
	switch (action->node_op) {
	case RH_NODE_OP_CRASH:
	case RH_NODE_OP_CRASH_AMNESIA:
		crash(world, action, ticket);
		break;
	case RH_NODE_OP_RESTART:
		restart(world, action, ticket);
		break;
	case RH_NODE_OP_NONE:
	case RH_NODE_OP_PAUSE:
	case RH_NODE_OP_RESUME:
		RH_ASSERT(false); /* refused before */
		break;
	}
}

/* ---- events ---------------------------------------------------------------------------------- */

static void put_event(struct live_world *world, uint32_t node, uint32_t ask,
		      const struct rh_event *event, uint32_t ticket)
{
	struct rh_buf *out = live_seat_out(world, node);
	size_t begin = live_frame_begin(out, LIVE_EVENT);

	rh_buf_u32(out, ask);
	rh_buf_u8(out, (uint8_t)event->class);
	rh_buf_u16(out, event->kind);
	rh_buf_u64(out, event->key);
	rh_buf_u64(out, event->arg);
	rh_buf_u32(out, ticket);
	live_frame_end(out, begin);
}

static void act_on_model(struct live_world *world, const struct rh_action *action, uint32_t ticket)
{
	uint32_t ask = live_ask_new(world, LIVE_ASK_EVENT, ticket, action->step);
	struct rh_event event = {
		.class = RH_CLASS_ACTION,
		.kind = (uint16_t)(RH_EVENT_MODEL + action->model_action),
		.key = action->key,
		.arg = action->arg,
	};

	for (size_t i = 0; i < action->node_count; i++) {
		if (!live_is_up(&world->seats[action->nodes[i]]))
			continue;
		live_ask_add(world, ask, action->nodes[i]);
		put_event(world, action->nodes[i], ask, &event, 0);
	}
	live_ask_seal(world, ask);
}

static void step_clocks(struct live_world *world, const struct rh_action *action, uint32_t ticket)
{
	uint32_t ask = live_ask_new(world, LIVE_ASK_CLOCK, ticket, action->step);

	for (size_t i = 0; i < action->node_count; i++) {
		uint32_t node = action->nodes[i];
		struct live_seat *seat = &world->seats[node];
		struct rh_buf *out;
		size_t begin;

		seat->offset_ns =
			(int64_t)((uint64_t)seat->offset_ns + (uint64_t)action->clock_step_ns);
		if (!live_is_up(seat)) {
			live_tell(world, node, RH_RECORD_CLOCK, 0, 0, (uint64_t)seat->offset_ns, 0,
				  NULL);
			continue;
		}
		live_ask_add(world, ask, node);
		out = live_seat_out(world, node);
		begin = live_frame_begin(out, LIVE_CLOCK);
		rh_buf_u32(out, ask);
		rh_buf_u64(out, (uint64_t)seat->offset_ns);
		rh_buf_u64(out, (uint64_t)action->clock_step_ns);
		live_frame_end(out, begin);
	}
	live_ask_seal(world, ask);
}

/* ---- the calls ------------------------------------------------------------------------------- */

static int check_action(const struct live_world *world, const struct rh_action *action,
			struct rh_err *err)
{
	if (action->kind == RH_ACTION_LINKS)
		return rh_err_set(err, RH_E_UNSUPPORTED,
				  "the live world has no faults of links yet; run it with --mode "
				  "sim");
	for (size_t i = 0; i < action->node_count; i++) {
		if (action->nodes[i] >= world->plan->node_count)
			return rh_err_set(err, RH_E_INPUT, "there is no node %" PRIu32,
					  action->nodes[i]);
	}
	if (action->kind == RH_ACTION_MODEL &&
	    action->model_action >= world->plan->model->action_count)
		return rh_err_set(err, RH_E_INPUT, "model %s has no action %u",
				  world->plan->model->name, (unsigned)action->model_action);
	if (action->kind == RH_ACTION_NODES && action->node_op != RH_NODE_OP_CRASH &&
	    action->node_op != RH_NODE_OP_CRASH_AMNESIA && action->node_op != RH_NODE_OP_RESTART)
		return rh_err_set(err, RH_E_UNSUPPORTED,
				  "the live world can crash and restart nodes, nothing else");
	return 0;
}

int live_world_start(struct rh_world *base, const struct rh_action *action, uint32_t ticket,
		     struct rh_err *err)
{
	struct live_world *world = world_of(base);
	int rc = check_action(world, action, err);

	if (rc != 0)
		return rc;
	switch (action->kind) {
	case RH_ACTION_LINKS:
		break;
	case RH_ACTION_NODES:
		act_on_nodes(world, action, ticket);
		break;
	case RH_ACTION_MODEL:
		act_on_model(world, action, ticket);
		break;
	case RH_ACTION_CLOCK:
		step_clocks(world, action, ticket);
		break;
	}
	live_seats_turn(world);
	return 0;
}

int live_world_submit(struct rh_world *base, uint32_t node, const struct rh_submission *submission,
		      uint32_t ticket, struct rh_err *err)
{
	struct live_world *world = world_of(base);
	struct rh_event event = {
		.class = RH_CLASS_INPUT,
		.kind = submission->kind,
		.key = submission->key,
		.arg = submission->arg,
	};

	if (node >= world->plan->node_count)
		return rh_err_set(err, RH_E_INPUT, "there is no node %" PRIu32, node);
	if (submission->kind >= world->plan->model->input_count)
		return rh_err_set(err, RH_E_INPUT, "model %s takes no input of kind %u",
				  world->plan->model->name, (unsigned)submission->kind);
	if (live_is_up(&world->seats[node]))
		put_event(world, node, 0, &event, ticket);
	else
		live_tell(world, node, RH_RECORD_TX, RH_TX_DROPPED, ticket, submission->key, 0,
			  NULL);
	return 0;
}

/* Those that should run are asked for a sign of life; those that should not are to be reaped. */
int live_world_verify(struct rh_world *base, const struct rh_expectation *expected, uint32_t ticket,
		      struct rh_err *err)
{
	struct live_world *world = world_of(base);
	enum live_ask_kind kind = expected->nodes_are_up ? LIVE_ASK_PING : LIVE_ASK_GONE;
	uint32_t ask;

	if (expected->link_count > 0)
		return rh_err_set(err, RH_E_UNSUPPORTED, "the live world has no faults of links");
	ask = live_ask_new(world, kind, ticket, expected->step);
	for (size_t i = 0; i < expected->node_count; i++) {
		uint32_t node = expected->nodes[i];
		const struct live_seat *seat = &world->seats[node];
		const char *name = world->plan->nodes[node].name;

		RH_ASSERT(node < world->plan->node_count);
		if (live_is_up(seat) != expected->nodes_are_up) {
			live_ask_fail(world, ask, "node %s is %s", name,
				      expected->nodes_are_up ? "down" : "up");
		} else if (expected->nodes_are_up) {
			struct rh_buf *out = live_seat_out(world, node);
			size_t begin = live_frame_begin(out, LIVE_PING);

			rh_buf_u32(out, ask);
			live_frame_end(out, begin);
			live_ask_add(world, ask, node);
		} else if (seat->state != LIVE_SEAT_EMPTY) {
			live_ask_add(world, ask, node);
		}
	}
	live_ask_seal(world, ask);
	live_seats_turn(world);
	return 0;
}
