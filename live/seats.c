/*
 * seats.c - one seat a node: the process that sits there, the socket to it, and what it says.
 *
 *   empty ── fill ──► coming ── ready, start ──► started ── killed or vanished ──► empty
 */
#define _GNU_SOURCE /* ppoll */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "core/base/units.h"
#include "live/node/node.h"
#include "live/state.h"

void live_seats_open(struct live_world *world)
{
	const struct rh_plan *plan = world->plan;

	world->seats = rh_alloc(plan->node_count + 1U, sizeof(*world->seats));
	world->entries = rh_alloc(plan->node_count + 1U, sizeof(*world->entries));
	for (uint32_t i = 0; i < plan->node_count; i++) {
		world->seats[i] = (struct live_seat){
			.control.fd = -1,
			.up_from_ns = plan->nodes[i].start_ns,
			.starts = plan->nodes[i].start_ns != RH_TIME_NEVER,
			.offset_ns = plan->nodes[i].clock_offset_ns,
		};
	}
}

void live_seats_close(struct live_world *world)
{
	for (uint32_t i = 0; world->seats != NULL && i < world->plan->node_count; i++) {
		live_stream_close(&world->seats[i].control);
		rh_buf_release(&world->seats[i].held);
	}
	free(world->seats);
	free(world->entries);
}

/* ---- coming and going ------------------------------------------------------------------------ */

void live_seat_fill(struct live_world *world, uint32_t node, uint32_t expected_count)
{
	struct live_seat *seat = &world->seats[node];
	struct rh_err err = {0};

	RH_ASSERT(seat->state == LIVE_SEAT_EMPTY && seat->up_from_ns != RH_TIME_NEVER);
	seat->state = LIVE_SEAT_COMING;
	if (live_guardian_spawn(&world->guardian, node, expected_count, &err) != 0)
		live_world_fail(world, err.code, "%s", err.text);
}

void live_seat_kill(struct live_world *world, uint32_t node, bool is_wipe)
{
	struct live_seat *seat = &world->seats[node];
	struct rh_err err = {0};

	seat->is_leaving = seat->state != LIVE_SEAT_EMPTY;
	if (live_guardian_kill(&world->guardian, node, is_wipe, &err) != 0)
		live_world_fail(world, err.code, "%s", err.text);
}

void live_seat_start(struct live_world *world, uint32_t node)
{
	struct live_seat *seat = &world->seats[node];
	struct rh_buf *out = &seat->control.out;
	size_t begin;

	RH_ASSERT(seat->state == LIVE_SEAT_COMING && seat->is_ready && world->has_begun);
	begin = live_frame_begin(out, LIVE_START);
	rh_buf_u32(out, seat->start_ask);
	rh_buf_u64(out, world->origin_ns);
	rh_buf_u64(out, seat->starts - 1);
	rh_buf_u64(out, (uint64_t)seat->offset_ns);
	live_frame_end(out, begin);
	rh_buf_put(out, seat->held.data, seat->held.len);
	rh_buf_reset(&seat->held);
	seat->start_ask = 0;
	seat->state = LIVE_SEAT_STARTED;
}

struct rh_buf *live_seat_out(struct live_world *world, uint32_t node)
{
	struct live_seat *seat = &world->seats[node];

	RH_ASSERT(live_is_up(seat));
	return seat->state == LIVE_SEAT_STARTED ? &seat->control.out : &seat->held;
}

static void add_counters(struct live_seat *seat)
{
	seat->before.steps += seat->counters.steps;
	seat->before.copies += seat->counters.copies;
	seat->before.refused += seat->counters.refused;
	seat->counters = (struct live_counters){0};
}

/* How it ended, and the last that it said. */
static void describe_end(const struct live_world *world, uint32_t node, int status, char *text,
			 size_t size)
{
	char name[64];
	char said[400];
	int used;

	if (WIFSIGNALED(status))
		used = snprintf(text, size, "its process was killed by signal %d (%s)",
				WTERMSIG(status), strsignal(WTERMSIG(status)));
	else
		used = snprintf(text, size, "its process ended with status %d",
				WEXITSTATUS(status));
	live_guardian_stderr_name(name, sizeof(name), node);
	live_folder_last_line(&world->guardian.folder, name, said, sizeof(said));
	if (said[0] != 0 && used > 0 && (size_t)used < size)
		snprintf(text + used, size - (size_t)used, ": %s", said);
}

static void read_seat(struct live_world *world, uint32_t node);

static void leave(struct live_world *world, uint32_t node, int status)
{
	struct live_seat *seat = &world->seats[node];
	bool was_killed = seat->is_leaving;
	char text[512];

	/* What it said before it went still counts. */
	if (seat->control.fd >= 0) {
		live_stream_read(&seat->control);
		read_seat(world, node);
	}
	live_stream_close(&seat->control);
	rh_buf_reset(&seat->held);
	add_counters(seat);
	if (!was_killed) {
		describe_end(world, node, status, text, sizeof(text));
		seat->up_from_ns = RH_TIME_NEVER;
		seat->start_ask = 0;
		live_tell(world, node, RH_RECORD_NODE, RH_NODE_VANISHED, 0, 0, 0, text);
	} else {
		live_tell(world, node, RH_RECORD_NODE, RH_NODE_DOWN, 0, 0, 0, NULL);
	}
	if (!was_killed && !world->has_begun)
		live_world_fail(world, RH_E_WORLD, "node %s did not come up: %s",
				world->plan->nodes[node].name, text);
	seat->state = LIVE_SEAT_EMPTY;
	seat->is_leaving = false;
	seat->is_ready = false;
	seat->pid = 0;
	live_asks_gone(world, node, was_killed);
}

/* ---- what nodes say -------------------------------------------------------------------------- */

static void take_records(struct live_world *world, uint32_t node, struct rh_reader *reader)
{
	uint64_t count;

	live_counters_get(reader, &world->seats[node].counters);
	count = rh_read_varint(reader);
	for (uint64_t i = 0; i < count && !reader->is_bad; i++) {
		struct rh_record record;

		live_record_get(reader, &record);
		if (!reader->is_bad && record.node == node && record.kind < RH_RECORD_KIND_COUNT)
			live_inbox_add(&world->inbox, &record);
	}
}

static void take_failure(struct live_world *world, uint32_t node, struct rh_reader *reader)
{
	int code = (int)rh_read_svarint(reader);
	size_t len;
	const uint8_t *text = rh_read_bytes(reader, &len);

	if (reader->is_bad)
		code = RH_E_WORLD;
	live_world_fail(world, code, "node %s: %.*s", world->plan->nodes[node].name,
			reader->is_bad ? 0 : (int)len, (const char *)text);
}

static void take_frame(struct live_world *world, uint32_t node, const struct live_frame *frame)
{
	struct live_seat *seat = &world->seats[node];
	struct rh_reader reader;
	uint32_t ask;

	rh_reader_init(&reader, frame->bytes, frame->len);
	switch (frame->type) {
	case LIVE_READY:
		seat->is_ready = true;
		break;
	case LIVE_RECORDS:
		take_records(world, node, &reader);
		break;
	case LIVE_DONE:
		ask = rh_read_u32(&reader);
		live_counters_get(&reader, &seat->counters);
		live_ask_answer(world, ask, node);
		break;
	case LIVE_FAILED:
		take_failure(world, node, &reader);
		break;
	case LIVE_HELLO:
	case LIVE_MESSAGE:
	case LIVE_START:
	case LIVE_EVENT:
	case LIVE_CLOCK:
	case LIVE_PING:
	case LIVE_REPLAY:
	case LIVE_REPLAYED:
		live_world_fail(world, RH_E_CORRUPT, "node %s said what no node says to us",
				world->plan->nodes[node].name);
		break;
	}
}

static void read_seat(struct live_world *world, uint32_t node)
{
	struct live_seat *seat = &world->seats[node];
	struct live_frame frame;
	struct rh_err err = {0};
	int got;

	while ((got = live_stream_next(&seat->control, &frame, &err)) == 1)
		take_frame(world, node, &frame);
	if (got < 0)
		live_world_fail(world, err.code, "node %s: %s", world->plan->nodes[node].name,
				err.text);
}

static void take_notice(struct live_world *world, const struct live_notice *notice)
{
	struct live_seat *seat = &world->seats[notice->index];

	RH_ASSERT(notice->index < world->plan->node_count);
	switch (notice->kind) {
	case LIVE_NOTICE_SPAWNED:
		seat->pid = notice->pid;
		live_stream_open(&seat->control, notice->control_fd);
		break;
	case LIVE_NOTICE_GONE:
		leave(world, notice->index, notice->status);
		break;
	case LIVE_NOTICE_TROUBLE:
		live_world_fail(world, RH_E_WORLD, "node %s: its process cannot be started: %s",
				world->plan->nodes[notice->index].name, strerror(notice->status));
		break;
	}
}

/* ---- a turn ---------------------------------------------------------------------------------- */

/* Whose time has come gets a process; who is ready starts. */
static void advance_seat(struct live_world *world, uint32_t node, uint64_t real_ns)
{
	struct live_seat *seat = &world->seats[node];

	if (seat->state == LIVE_SEAT_EMPTY && seat->up_from_ns <= real_ns && world->has_begun)
		live_seat_fill(world, node, 0);
	if (seat->state == LIVE_SEAT_COMING && seat->is_ready && !seat->is_leaving &&
	    world->has_begun)
		live_seat_start(world, node);
	live_stream_write(&seat->control);
}

void live_seats_turn(struct live_world *world)
{
	uint64_t real_ns = live_now(world);
	struct live_notice notice;
	struct rh_err err = {0};
	int got = 0;

	while (world->failure.code == 0 &&
	       (got = live_guardian_next(&world->guardian, &notice, &err)) == 1)
		take_notice(world, &notice);
	if (got < 0)
		live_world_fail(world, err.code, "%s", err.text);
	for (uint32_t i = 0; i < world->plan->node_count; i++) {
		struct live_seat *seat = &world->seats[i];

		if (live_stream_is_open(&seat->control)) {
			live_stream_read(&seat->control);
			read_seat(world, i);
		}
		if (world->failure.code == 0)
			advance_seat(world, i, real_ns);
	}
}

bool live_seats_sleep(struct live_world *world, uint64_t wait_ns)
{
	struct timespec wait = {(time_t)(wait_ns / RH_NS_PER_SEC), (long)(wait_ns % RH_NS_PER_SEC)};
	nfds_t count = 1;

	world->entries[0] = (struct pollfd){.fd = world->guardian.fd, .events = POLLIN};
	for (uint32_t i = 0; i < world->plan->node_count; i++) {
		const struct live_stream *control = &world->seats[i].control;

		if (!live_stream_is_open(control))
			continue;
		world->entries[count++] = (struct pollfd){
			.fd = control->fd,
			.events = (short)(live_stream_wants_write(control) ? POLLIN | POLLOUT
									   : POLLIN)};
	}
	return ppoll(world->entries, count, &wait, NULL) >= 0 || errno != EINTR;
}

bool live_seats_are_ready(const struct live_world *world)
{
	for (uint32_t i = 0; i < world->plan->node_count; i++) {
		if (world->seats[i].state == LIVE_SEAT_COMING && !world->seats[i].is_ready)
			return false;
	}
	return true;
}
