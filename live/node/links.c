/*
 * links.c - connecting, waiting queues, reading.
 */
#define _GNU_SOURCE /* accept4 */
#include "live/node/links.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "core/base/units.h"
#include "live/node/node.h"

/* ---- open and close -------------------------------------------------------------------------- */

static void add_peer(struct live_links *links, uint32_t peer, uint64_t delay_ns)
{
	links->peers[links->count] = peer;
	links->links[links->count] = (struct live_link){.delay_ns = delay_ns, .stream.fd = -1};
	links->count++;
}

void live_links_open(struct live_links *links, const struct rh_plan *plan, uint32_t node,
		     uint32_t life, int listen_fd)
{
	uint32_t most = 0;

	for (uint32_t i = 0; i < plan->link_count; i++)
		most += plan->links[i].a == node || plan->links[i].b == node;
	*links = (struct live_links){.node = node, .life = life, .listen_fd = listen_fd};
	links->peers = rh_alloc(most + 1U, sizeof(*links->peers));
	links->links = rh_alloc(most + 1U, sizeof(*links->links));
	/* Links are sorted by (a, b): the smaller neighbours first, each list ascending. */
	for (uint32_t i = 0; i < plan->link_count; i++) {
		if (plan->links[i].b == node)
			add_peer(links, plan->links[i].a, plan->links[i].delay_ns[1]);
	}
	for (uint32_t i = 0; i < plan->link_count; i++) {
		if (plan->links[i].a == node)
			add_peer(links, plan->links[i].b, plan->links[i].delay_ns[0]);
	}
	RH_ASSERT(links->count == most);
	for (uint32_t i = 0; i < most; i++)
		links->links[i].sends = (uint64_t)life << 32;
}

static void shift(struct live_link *link)
{
	struct live_parcel *parcel = link->waiting[link->head].parcel;

	RH_ASSERT(link->count > 0 && link->bytes >= parcel->len);
	link->bytes -= parcel->len;
	live_parcel_drop(parcel);
	link->head = (link->head + 1) % link->cap;
	link->count--;
	link->head_sent = 0;
}

/* What waits for a neighbour that has gone is lost. */
static void close_link(struct live_links *links, struct live_link *link)
{
	if (link->stream.fd < 0)
		return;
	live_stream_close(&link->stream);
	while (link->count > 0)
		shift(link);
	RH_ASSERT(links->open_count > 0);
	links->open_count--;
}

static void open_link(struct live_links *links, uint32_t position, const struct live_stream *stream)
{
	struct live_link *link = &links->links[position];

	close_link(links, link);
	link->stream = *stream;
	links->open_count++;
}

void live_links_close(struct live_links *links)
{
	for (uint32_t i = 0; i < links->count; i++) {
		close_link(links, &links->links[i]);
		free(links->links[i].waiting);
	}
	for (uint32_t i = 0; i < links->guest_count; i++)
		live_stream_close(&links->guests[i]);
	if (links->listen_fd >= 0)
		close(links->listen_fd);
	free(links->guests);
	free(links->links);
	free(links->peers);
	memset(links, 0, sizeof(*links));
	links->listen_fd = -1;
}

uint32_t live_links_position(const struct live_links *links, uint32_t peer)
{
	uint32_t low = 0;
	uint32_t high = links->count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (links->peers[middle] < peer)
			low = middle + 1;
		else
			high = middle;
	}
	return low < links->count && links->peers[low] == peer ? low : RH_NONE;
}

void live_links_connect(struct live_links *links, uint32_t position)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	struct live_stream stream;
	size_t begin;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	live_node_socket_name(address.sun_path, sizeof(address.sun_path), links->peers[position]);
	if (fd < 0)
		rh_fatal("no socket for a neighbour: %s", strerror(errno));
	if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) != 0) {
		close(fd);
		return;
	}
	live_stream_open(&stream, fd);
	begin = live_frame_begin(&stream.out, LIVE_HELLO);
	rh_buf_u32(&stream.out, links->node);
	rh_buf_u32(&stream.out, links->life);
	live_frame_end(&stream.out, begin);
	live_stream_write(&stream);
	open_link(links, position, &stream);
}

/* ---- sending --------------------------------------------------------------------------------- */

struct live_parcel *live_parcel_new(const struct rh_buf *frame)
{
	struct live_parcel *parcel = rh_alloc(1, sizeof(*parcel) + frame->len);

	parcel->refs = 1;
	parcel->len = frame->len;
	memcpy(parcel->bytes, frame->data, frame->len);
	return parcel;
}

void live_parcel_drop(struct live_parcel *parcel)
{
	RH_ASSERT(parcel->refs > 0);
	if (--parcel->refs == 0)
		free(parcel);
}

static void grow_ring(struct live_link *link)
{
	uint32_t cap = link->cap == 0 ? 64 : 2 * link->cap;
	struct live_waiting *ring = rh_alloc(cap, sizeof(*ring));

	for (uint32_t i = 0; i < link->count; i++)
		ring[i] = link->waiting[(link->head + i) % link->cap];
	free(link->waiting);
	link->waiting = ring;
	link->head = 0;
	link->cap = cap;
}

bool live_links_send(struct live_links *links, uint32_t position, uint64_t now_ns,
		     struct live_parcel *parcel)
{
	struct live_link *link = &links->links[position];

	RH_ASSERT(position < links->count);
	if (!live_stream_is_open(&link->stream) || link->bytes + parcel->len > LIVE_QUEUE_MAX)
		return false;
	if (link->count == link->cap)
		grow_ring(link);
	parcel->refs++;
	link->bytes += parcel->len;
	link->waiting[(link->head + link->count) % link->cap] =
		(struct live_waiting){rh_time_add(now_ns, link->delay_ns), parcel};
	link->count++;
	return true;
}

/* Something is to be written as soon as the socket takes it. */
static bool is_blocked(const struct live_link *link)
{
	return live_stream_wants_write(&link->stream) || link->head_sent > 0;
}

uint64_t live_links_due(const struct live_links *links)
{
	uint64_t due_ns = RH_TIME_NEVER;

	for (uint32_t i = 0; i < links->count; i++) {
		const struct live_link *link = &links->links[i];

		if (link->count > 0 && !is_blocked(link) &&
		    link->waiting[link->head].due_ns < due_ns)
			due_ns = link->waiting[link->head].due_ns;
	}
	return due_ns;
}

/* False when the socket takes no more now. */
static bool write_head(struct live_link *link)
{
	const struct live_parcel *parcel = link->waiting[link->head].parcel;
	ssize_t put = send(link->stream.fd, parcel->bytes + link->head_sent,
			   parcel->len - link->head_sent, MSG_NOSIGNAL);

	if (put < 0 && errno == EINTR)
		return true;
	if (put < 0) {
		/* The neighbour has gone: what it said before can still be read. */
		if (errno != EAGAIN && errno != EWOULDBLOCK)
			shift(link);
		return false;
	}
	link->head_sent += (size_t)put;
	if (link->head_sent == parcel->len)
		shift(link);
	return true;
}

void live_links_write(struct live_links *links, uint64_t now_ns)
{
	for (uint32_t i = 0; i < links->count; i++) {
		struct live_link *link = &links->links[i];
		bool takes = true;

		if (!live_stream_is_open(&link->stream))
			continue;
		live_stream_write(&link->stream);
		while (takes && link->count > 0 && !live_stream_wants_write(&link->stream) &&
		       link->waiting[link->head].due_ns <= now_ns)
			takes = write_head(link);
	}
}

/* ---- receiving ------------------------------------------------------------------------------- */

uint32_t live_links_poll_max(const struct live_links *links)
{
	return links->count + links->guest_count + 1;
}

uint32_t live_links_poll(const struct live_links *links, struct pollfd *entries)
{
	uint32_t count = 0;

	if (links->listen_fd >= 0)
		entries[count++] = (struct pollfd){.fd = links->listen_fd, .events = POLLIN};
	for (uint32_t i = 0; i < links->count; i++) {
		const struct live_link *link = &links->links[i];

		if (live_stream_is_open(&link->stream))
			entries[count++] = (struct pollfd){
				.fd = link->stream.fd,
				.events = (short)(is_blocked(link) ? POLLIN | POLLOUT : POLLIN)};
	}
	for (uint32_t i = 0; i < links->guest_count; i++)
		entries[count++] = (struct pollfd){.fd = links->guests[i].fd, .events = POLLIN};
	return count;
}

static void accept_guests(struct live_links *links)
{
	for (;;) {
		int fd = accept4(links->listen_fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

		if (fd < 0)
			return;
		links->guests = rh_realloc(links->guests,
					   (links->guest_count + 1U) * sizeof(*links->guests));
		live_stream_open(&links->guests[links->guest_count++], fd);
	}
}

/* The position of the neighbour that the guest says it is, or RH_NONE. */
static uint32_t introduce(struct live_links *links, struct live_stream *guest, bool *is_wrong)
{
	struct live_frame frame;
	struct rh_reader reader;
	uint32_t position = RH_NONE;
	int got = live_stream_next(guest, &frame, NULL);

	if (got == 0)
		return RH_NONE;
	if (got == 1 && frame.type == LIVE_HELLO) {
		rh_reader_init(&reader, frame.bytes, frame.len);
		position = live_links_position(links, rh_read_u32(&reader));
	}
	*is_wrong = position == RH_NONE;
	return position;
}

static void read_guests(struct live_links *links)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < links->guest_count; i++) {
		struct live_stream *guest = &links->guests[i];
		bool is_wrong = false;
		uint32_t position;

		live_stream_read(guest);
		position = introduce(links, guest, &is_wrong);
		if (position != RH_NONE)
			open_link(links, position, guest);
		else if (is_wrong || guest->is_ended)
			live_stream_close(guest);
		else
			links->guests[kept++] = *guest;
	}
	links->guest_count = kept;
}

void live_links_read(struct live_links *links)
{
	if (links->listen_fd >= 0)
		accept_guests(links);
	read_guests(links);
	for (uint32_t i = 0; i < links->count; i++) {
		if (live_stream_is_open(&links->links[i].stream))
			live_stream_read(&links->links[i].stream);
	}
}

/* The next whole message of one neighbour; a link over which something else comes is closed. */
static bool next_of(struct live_links *links, uint32_t position, struct live_message *message)
{
	struct live_link *link = &links->links[position];
	struct live_frame frame;
	int got;

	if (link->stream.fd < 0)
		return false;
	got = live_stream_next(&link->stream, &frame, NULL);
	if (got == 1 && frame.type == LIVE_MESSAGE &&
	    live_message_get(message, frame.bytes, frame.len) &&
	    message->from == links->peers[position])
		return true;
	if (got != 0 || link->stream.is_ended)
		close_link(links, link);
	return false;
}

bool live_links_next(struct live_links *links, struct live_message *message)
{
	for (uint32_t i = 0; i < links->count; i++) {
		if (next_of(links, i, message))
			return true;
	}
	return false;
}
