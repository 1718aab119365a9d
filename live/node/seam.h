/*
 * seam.h - the bytes of what crosses the seam between a host and a model: an event going in, effects
 * and records coming out.
 *
 * Two hosts that give a node the same events must get the same bytes back; a test plays what a
 * simulated node was given to a hosted one and compares (tests/live/test_seam.c).
 *
 *   given     clock_ns, class, kind, topic, from, id, key, arg; a MESSAGE with its content as the
 *             model's `encode` writes it
 *   answer    the effects in order: kind, number, to, key, amount, id, the set `skip`, the content of
 *             what is sent (`encode`); then the records in order, with their texts; then the
 *             model's digest of the state behind the step
 *
 * Left out: handles (names of one process), the content of objects in WORK and STORE effects (they
 * stay in the node and no kind of message describes them: only whether there is one), and time and
 * node of a record (the host's to fill in).  The object of a WORK event is the one that its effect
 * named: a host finds it again by kind and key.
 */
#ifndef LIVE_NODE_SEAM_H
#define LIVE_NODE_SEAM_H

#include "core/base/buf.h"
#include "core/model.h"

struct live_given {
	uint64_t now_ns; /* of the world: what the host's records would carry */
	uint64_t clock_ns;
	struct rh_event event; /* without ref and object */
	const uint8_t *bytes;  /* MESSAGE: content, borrowed */
	size_t len;
};

/* `event->object` is what is encoded. */
void live_given_put(struct rh_buf *out, const struct rh_model *model, const void *params,
		    uint64_t now_ns, uint64_t clock_ns, const struct rh_event *event);
RH_MUST_USE bool live_given_get(struct live_given *given, const uint8_t *bytes, size_t len);

/* To be called behind the step and before anything acts on the effects; `digest` is scratch. */
void live_answer_put(struct rh_buf *out, const struct rh_model *model, const struct rh_env *env,
		     const struct rh_effects *fx, struct rh_digest *digest);

#endif
