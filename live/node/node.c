/*
 * node.c - the process of one node: its control socket and its loop.
 */
#define _GNU_SOURCE /* ppoll */
#include "live/node/node.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/base/units.h"
#include "live/node/state.h"

#define OWN_EVENTS_MAX 64 /* between two looks at the sockets */
#define MESSAGES_MAX   64

char *live_node_socket_name(char *name, size_t size, uint32_t node)
{
	snprintf(name, size, "node-%u.socket", (unsigned)node);
	return name;
}

char *live_node_journal_name(char *name, size_t size, uint32_t node)
{
	snprintf(name, size, "node-%u.journal", (unsigned)node);
	return name;
}

int live_node_check_model(const struct rh_model *model, struct rh_err *err)
{
	for (uint32_t i = 0; i < model->message_count; i++) {
		if (model->messages[i].encode == NULL || model->messages[i].decode == NULL)
			return rh_err_set(err, RH_E_UNSUPPORTED,
					  "model %s cannot run live: messages of kind %s have no "
					  "%s; give the kind both, or run with --mode sim",
					  model->name, model->messages[i].name,
					  model->messages[i].encode == NULL ? "encode" : "decode");
	}
	return 0;
}

/* ---- time ------------------------------------------------------------------------------------ */

static uint64_t world_now(const struct live_node *node)
{
	struct timespec now;
	uint64_t real_ns;

	if (clock_gettime(CLOCK_MONOTONIC, &now) != 0)
		rh_fatal("this machine has no CLOCK_MONOTONIC");
	real_ns = (uint64_t)now.tv_sec * RH_NS_PER_SEC + (uint64_t)now.tv_nsec;
	return real_ns > node->origin_ns ? real_ns - node->origin_ns : 0;
}

/* ---- to the parent --------------------------------------------------------------------------- */

static void tell_records(struct live_node *node)
{
	struct rh_buf *out = &node->control.out;
	size_t begin;

	if (node->record_count == 0)
		return;
	begin = live_frame_begin(out, LIVE_RECORDS);
	live_counters_put(out, &node->counters);
	rh_buf_varint(out, node->record_count);
	rh_buf_put(out, node->records.data, node->records.len);
	live_frame_end(out, begin);
	rh_buf_reset(&node->records);
	node->record_count = 0;
}

/* Behind the records of what was asked for. */
static void tell_done(struct live_node *node, uint32_t ask)
{
	size_t begin;

	tell_records(node);
	node->counters.memory_bytes = rh_space_used(&node->space);
	begin = live_frame_begin(&node->control.out, LIVE_DONE);
	rh_buf_u32(&node->control.out, ask);
	live_counters_put(&node->control.out, &node->counters);
	live_frame_end(&node->control.out, begin);
}

static void tell_ready(struct live_node *node)
{
	if (node->is_ready || node->links.open_count < node->expected_count)
		return;
	node->is_ready = true;
	live_frame_end(&node->control.out, live_frame_begin(&node->control.out, LIVE_READY));
}

static void tell_failure(struct live_node *node)
{
	struct rh_buf *out = &node->control.out;
	size_t begin;

	tell_records(node);
	begin = live_frame_begin(out, LIVE_FAILED);
	rh_buf_svarint(out, node->failure.code);
	rh_buf_bytes(out, node->failure.text, strlen(node->failure.text));
	live_frame_end(out, begin);
}

/* ---- from the parent ------------------------------------------------------------------------- */

static void start(struct live_node *node, struct rh_reader *reader)
{
	struct rh_event event = {
		.class = RH_CLASS_ACTION, .kind = RH_EVENT_START, .from = node->index};
	uint32_t ask = rh_read_u32(reader);

	node->origin_ns = rh_read_u64(reader);
	event.key = rh_read_u64(reader);
	event.id = event.key;
	node->clock.offset_ns = (int64_t)rh_read_u64(reader);
	if (reader->is_bad || node->is_started)
		return;
	node->is_started = true;
	live_handle(node, &event, 0);
	tell_done(node, ask);
}

static void give_event(struct live_node *node, struct rh_reader *reader)
{
	struct rh_event event = {.from = node->index};
	uint32_t ask = rh_read_u32(reader);
	uint64_t ticket;

	event.class = (enum rh_class)rh_read_u8(reader);
	event.kind = rh_read_u16(reader);
	event.key = rh_read_u64(reader);
	event.id = event.key;
	event.arg = rh_read_u64(reader);
	ticket = rh_read_u32(reader);
	if (reader->is_bad || event.class > RH_CLASS_INPUT)
		return;
	live_handle(node, &event, ticket);
	tell_done(node, ask);
}

static void step_clock(struct live_node *node, struct rh_reader *reader)
{
	struct rh_event event = {
		.class = RH_CLASS_ACTION, .kind = RH_EVENT_CLOCK, .from = node->index};
	uint32_t ask = rh_read_u32(reader);

	node->clock.offset_ns = (int64_t)rh_read_u64(reader);
	event.key = rh_read_u64(reader);
	event.id = event.key;
	if (reader->is_bad)
		return;
	for (uint32_t i = 0; i < node->model->timer_count; i++) {
		if (node->timers[i].is_armed)
			live_set_timer(node, i, node->timers[i].at_clock_ns);
	}
	live_handle(node, &event, 0);
	tell_done(node, ask);
}

static void obey(struct live_node *node, const struct live_frame *frame)
{
	struct rh_reader reader;

	rh_reader_init(&reader, frame->bytes, frame->len);
	switch (frame->type) {
	case LIVE_START:
		start(node, &reader);
		break;
	case LIVE_EVENT:
		give_event(node, &reader);
		break;
	case LIVE_CLOCK:
		step_clock(node, &reader);
		break;
	case LIVE_PING:
		tell_done(node, rh_read_u32(&reader));
		break;
	case LIVE_REPLAY:
		live_replay(node, frame->bytes, frame->len);
		break;
	case LIVE_HELLO:
	case LIVE_MESSAGE:
	case LIVE_READY:
	case LIVE_RECORDS:
	case LIVE_DONE:
	case LIVE_REPLAYED:
	case LIVE_FAILED:
		live_fail(node, RH_E_CORRUPT, "the parent sent what only nodes send");
		break;
	}
}

static void read_control(struct live_node *node)
{
	struct live_frame frame;
	struct rh_err err = {0};
	int got;

	live_stream_read(&node->control);
	while ((got = live_stream_next(&node->control, &frame, &err)) == 1 &&
	       node->failure.code == 0)
		obey(node, &frame);
	if (got < 0)
		live_fail(node, err.code, "%s", err.text);
}

/* ---- the loop -------------------------------------------------------------------------------- */

/* True when some may be left. */
static bool take_messages(struct live_node *node)
{
	struct live_message message;

	live_links_read(&node->links);
	for (int i = 0; i < MESSAGES_MAX; i++) {
		if (!live_links_next(&node->links, &message))
			return false;
		/* Who has not started yet hears nothing. */
		if (node->is_started)
			live_handle_message(node, &message);
	}
	return true;
}

static void take_own(struct live_node *node)
{
	struct rh_event event;

	if (!node->is_started)
		return;
	for (int i = 0; i < OWN_EVENTS_MAX && live_own_next(node, world_now(node), &event); i++)
		live_handle(node, &event, 0);
}

static uint64_t due_of(const struct live_node *node)
{
	uint64_t own_ns = node->is_started ? live_own_due(node) : RH_TIME_NEVER;
	uint64_t links_ns = live_links_due(&node->links);

	return own_ns < links_ns ? own_ns : links_ns;
}

/* Until a socket has something or the node's next own thing is due. */
static void sleep_until(struct live_node *node, struct pollfd *entries, bool has_more)
{
	uint32_t count = live_links_poll(&node->links, entries + 1);
	uint64_t due_ns = due_of(node);
	uint64_t now_ns = world_now(node);
	uint64_t wait_ns = has_more || due_ns <= now_ns ? 0 : due_ns - now_ns;
	struct timespec wait = {(time_t)(wait_ns / RH_NS_PER_SEC), (long)(wait_ns % RH_NS_PER_SEC)};

	entries[0] = (struct pollfd){.fd = node->control.fd, .events = POLLIN};
	if (live_stream_wants_write(&node->control))
		entries[0].events |= POLLOUT;
	if (ppoll(entries, count + 1, due_ns == RH_TIME_NEVER && !has_more ? NULL : &wait, NULL) <
		    0 &&
	    errno != EINTR)
		live_fail(node, RH_E_WORLD, "poll: %s", strerror(errno));
}

static void loop(struct live_node *node)
{
	struct pollfd *entries = NULL;
	uint32_t room = 0;
	bool has_more = false;

	while (node->failure.code == 0 && live_stream_is_open(&node->control)) {
		if (live_links_poll_max(&node->links) + 1 > room) {
			room = live_links_poll_max(&node->links) + 8;
			entries = rh_realloc(entries, room * sizeof(*entries));
		}
		take_own(node);
		live_links_write(&node->links, world_now(node));
		tell_ready(node);
		tell_records(node);
		live_stream_write(&node->control);
		sleep_until(node, entries, has_more);
		read_control(node);
		has_more = take_messages(node);
	}
	free(entries);
}

int live_node_run(const struct live_node_setup *setup)
{
	struct live_node *node = rh_alloc(1, sizeof(*node));
	struct rh_err err = {0};
	char name[64];
	int code;

	node->plan = setup->plan;
	node->model = setup->plan->model;
	node->index = setup->node;
	node->record_mask = setup->record_mask;
	node->expected_count = setup->expected_count;
	live_stream_open(&node->control, setup->control_fd);
	live_links_open(&node->links, node->plan, node->index, setup->life, setup->listen_fd);
	live_hosting_open(node);
	live_node_journal_name(name, sizeof(name), node->index);
	if (live_journal_open(&node->journal, &node->objects, name, &err) != 0)
		live_fail(node, err.code, "%s", err.text);
	for (uint32_t i = 0; setup->runs != NULL && i < node->links.count; i++) {
		if (setup->runs[node->links.peers[i]])
			live_links_connect(&node->links, i);
	}
	loop(node);
	code = node->failure.code == 0 ? 0 : 1;
	if (code != 0) {
		tell_failure(node);
		live_stream_write(&node->control);
	}
	live_links_close(&node->links);
	live_stream_close(&node->control);
	live_hosting_close(node);
	free(node);
	return code;
}
