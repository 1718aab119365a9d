/*
 * asks.c - questions that wait for nodes.
 *
 * The run layer starts an action and goes on; here stands who has yet to answer.  When the last one
 * has, or its process is gone, or patience is over, the ACTION record is told.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/bits.h"
#include "live/state.h"

static struct live_ask *ask_at(const struct live_world *world, uint32_t ask)
{
	RH_ASSERT(ask >= 1 && ask <= world->ask_count);
	return &world->asks[ask - 1];
}

uint32_t live_ask_new(struct live_world *world, enum live_ask_kind kind, uint32_t ticket,
		      uint32_t step)
{
	if (world->ask_count == world->ask_cap) {
		world->ask_cap = world->ask_cap == 0 ? 64 : 2 * world->ask_cap;
		world->asks = rh_realloc(world->asks, world->ask_cap * sizeof(*world->asks));
	}
	world->asks[world->ask_count++] = (struct live_ask){
		.kind = kind,
		.ticket = ticket,
		.step = step,
		.deadline_ns = live_now(world) + LIVE_PATIENCE_NS,
		.nodes = rh_alloc(RH_BITS_WORDS(world->plan->node_count) + 1, sizeof(uint64_t)),
		.waiting = 1, /* until it is sealed */
	};
	return world->ask_count;
}

static void end(struct live_world *world, struct live_ask *ask)
{
	free(ask->nodes);
	ask->nodes = NULL;
	while (world->ask_first < world->ask_count && world->asks[world->ask_first].nodes == NULL)
		world->ask_first++;
	if (ask->kind == LIVE_ASK_COUNTS)
		return;
	if (ask->reason[0] != 0)
		live_tell(world, RH_NODE_WORLD, RH_RECORD_ACTION, RH_ACTION_FAILED, ask->ticket,
			  ask->step, ask->touched, ask->reason);
	else
		live_tell(world, RH_NODE_WORLD, RH_RECORD_ACTION, RH_ACTION_DONE, ask->ticket,
			  ask->step, ask->touched, NULL);
}

static void take_off(struct live_world *world, struct live_ask *ask)
{
	RH_ASSERT(ask->waiting > 0);
	if (--ask->waiting == 0)
		end(world, ask);
}

void live_ask_add(struct live_world *world, uint32_t ask, uint32_t node)
{
	struct live_ask *at = ask_at(world, ask);

	RH_ASSERT(!rh_bit_get(at->nodes, node));
	rh_bit_set(at->nodes, node);
	at->waiting++;
}

void live_ask_seal(struct live_world *world, uint32_t ask)
{
	take_off(world, ask_at(world, ask));
}

void live_ask_fail(struct live_world *world, uint32_t ask, const char *fmt, ...)
{
	struct live_ask *at = ask_at(world, ask);
	va_list args;

	if (at->reason[0] != 0)
		return;
	va_start(args, fmt);
	vsnprintf(at->reason, sizeof(at->reason), fmt, args);
	va_end(args);
}

/* True when the node was waited for. */
static bool strike(struct live_ask *ask, uint32_t node)
{
	if (ask->nodes == NULL || !rh_bit_get(ask->nodes, node))
		return false;
	rh_bit_clear(ask->nodes, node);
	return true;
}

void live_ask_answer(struct live_world *world, uint32_t ask, uint32_t node)
{
	struct live_ask *at;

	if (ask < 1 || ask > world->ask_count)
		return;
	at = ask_at(world, ask);
	if (!strike(at, node))
		return;
	at->touched += at->kind == LIVE_ASK_EVENT;
	take_off(world, at);
}

void live_asks_gone(struct live_world *world, uint32_t node, bool was_killed)
{
	const char *name = world->plan->nodes[node].name;

	for (uint32_t i = world->ask_first; i < world->ask_count; i++) {
		struct live_ask *ask = &world->asks[i];

		/* A start that is to come behind this end. */
		if (world->seats[node].start_ask == i + 1 || !strike(ask, node))
			continue;
		switch (ask->kind) {
		case LIVE_ASK_START:
		case LIVE_ASK_PING:
			live_ask_fail(world, i + 1, "node %s %s", name,
				      was_killed ? "was crashed meanwhile" : "has vanished");
			break;
		case LIVE_ASK_EVENT:
		case LIVE_ASK_CLOCK:
		case LIVE_ASK_CRASH:
		case LIVE_ASK_GONE:
		case LIVE_ASK_COUNTS:
			break;
		}
		take_off(world, ask);
	}
}

void live_asks_expire(struct live_world *world, uint64_t real_ns)
{
	for (uint32_t i = world->ask_first; i < world->ask_count; i++) {
		struct live_ask *ask = &world->asks[i];
		uint64_t first;

		if (ask->nodes == NULL || ask->deadline_ns > real_ns)
			continue;
		first = rh_bits_next(ask->nodes, world->plan->node_count, 0);
		RH_ASSERT(first < world->plan->node_count);
		live_ask_fail(world, i + 1, "node %s did not answer within %u s",
			      world->plan->nodes[first].name,
			      (unsigned)(LIVE_PATIENCE_NS / RH_NS_PER_SEC));
		ask->waiting = 0;
		end(world, ask);
	}
}

uint64_t live_asks_deadline(const struct live_world *world)
{
	uint64_t first_ns = RH_TIME_NEVER;

	for (uint32_t i = world->ask_first; i < world->ask_count; i++) {
		if (world->asks[i].nodes != NULL && world->asks[i].deadline_ns < first_ns)
			first_ns = world->asks[i].deadline_ns;
	}
	return first_ns;
}

bool live_asks_are_over(const struct live_world *world)
{
	return world->ask_first == world->ask_count;
}

void live_asks_close(struct live_world *world)
{
	for (uint32_t i = 0; i < world->ask_count; i++)
		free(world->asks[i].nodes);
	free(world->asks);
	world->asks = NULL;
	world->ask_count = 0;
}
