/*
 * links.h - the sockets of one node to its neighbours, with the delay of the plan in front of each.
 *
 * Whoever starts connects to the neighbours that run; those that start later connect to it.  A link
 * carries both ways.  A copy waits in the sender until the link's base delay is over and is then
 * written: what a crash finds there goes with the process, as copies on a simulated wire do.  The
 * delay of one direction is constant, so the queue of a link is in order by itself.
 *
 * The frames of one sending are made once and counted: a block to eight neighbours is one block.
 */
#ifndef LIVE_NODE_LINKS_H
#define LIVE_NODE_LINKS_H

#include <poll.h>

#include "core/plan.h"
#include "live/wire/message.h"
#include "live/wire/stream.h"

#define LIVE_QUEUE_MAX (UINT64_C(256) << 20) /* bytes that wait for one neighbour */

struct live_parcel { /* a frame on its way to some neighbours */
	uint32_t refs;
	size_t len;
	uint8_t bytes[];
};

struct live_waiting {
	uint64_t due_ns;
	struct live_parcel *parcel;
};

struct live_link {
	uint64_t delay_ns;
	struct live_stream stream;    /* closed: the neighbour does not run */
	struct live_waiting *waiting; /* a ring */
	uint32_t head;
	uint32_t count;
	uint32_t cap;
	size_t head_sent; /* bytes of the first one that the socket has taken */
	uint64_t bytes;	  /* that wait */
	uint64_t sends;	  /* point-to-point messages so far */
};

struct live_links {
	uint32_t node;
	uint32_t life;
	uint32_t count;
	uint32_t *peers; /* neighbours, ascending */
	struct live_link *links;
	int listen_fd;		    /* -1: nobody can connect */
	struct live_stream *guests; /* connected, but have not said who they are */
	uint32_t guest_count;
	uint32_t open_count; /* links that stand */
};

void live_links_open(struct live_links *links, const struct rh_plan *plan, uint32_t node,
		     uint32_t life, int listen_fd);
void live_links_close(struct live_links *links);
/* Connects to the neighbour at `position` through its socket in the working folder; one that has
 * just gone is no error. */
void live_links_connect(struct live_links *links, uint32_t position);
uint32_t live_links_position(const struct live_links *links, uint32_t peer); /* or RH_NONE */

/* A frame with one reference, to be dropped by the caller. */
struct live_parcel *live_parcel_new(const struct rh_buf *frame);
void live_parcel_drop(struct live_parcel *parcel);
/* Keeps the parcel until it is written.  False when there is nobody to take it. */
bool live_links_send(struct live_links *links, uint32_t position, uint64_t now_ns,
		     struct live_parcel *parcel);
/* When the next copy has to be written; RH_TIME_NEVER: none waits, or only for its socket. */
uint64_t live_links_due(const struct live_links *links);
void live_links_write(struct live_links *links, uint64_t now_ns);

/* Room for the poll entries of all sockets; returns how many were filled. */
uint32_t live_links_poll_max(const struct live_links *links);
uint32_t live_links_poll(const struct live_links *links, struct pollfd *entries);
/* Takes in what came; who connected and said so becomes a link. */
void live_links_read(struct live_links *links);
/* The next message of any neighbour; false when there is none.  Borrowed until the next read. */
bool live_links_next(struct live_links *links, struct live_message *message);

#endif
