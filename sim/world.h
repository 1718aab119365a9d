/*
 * world.h - the deterministic world: fills core/world.h.
 *
 * Equal plans give equal trace hashes, whatever the engine, the stretches in which a run is played,
 * the records that somebody reads, or the place of its memory.
 */
#ifndef SIM_WORLD_H
#define SIM_WORLD_H

#include "core/base/buf.h"
#include "core/world.h"

struct sim_engine_ops;

#define SIM_THREADS_MAX 16

extern const struct rh_world_ops sim_world_ops;

/* How the simulator works, never what comes out: for tests that turn every screw.  Zero: as usual. */
struct sim_tuning {
	const struct sim_engine_ops *queue; /* a queue in place of the engine of the options */
	uint32_t window_log2; /* windowed engine: windows of 2^n ns, never longer than usual */
	uint32_t share_from;  /* threads take part in windows of so many events; 0: usual */
	bool no_early_filter; /* duplicates are dropped in order, not before */
	bool no_plain_fan;    /* every copy takes the long way through the wire */
};

int sim_world_open_tuned(struct rh_world **world, const struct rh_plan *plan,
			 const struct rh_world_options *options, const struct sim_tuning *tuning,
			 struct rh_err *err) RH_MUST_USE;

/* The engine that the options stand for. */
enum rh_engine sim_world_engine(const struct rh_plan *plan, const struct rh_world_options *options);

/*
 * Appends the used bytes of the world's memory: everything from which sim_world_adopt() goes on, at
 * any address, in any process of the same kind of machine.  To be called between run_until() and
 * the next start() or submit(), when no record waits to be given.
 */
int sim_world_image(const struct rh_world *world, struct rh_buf *out,
		    struct rh_err *err) RH_MUST_USE;
/* The plan must be the one of the image; engine and threads are those that the image was made with. */
int sim_world_adopt(struct rh_world **world, const struct rh_plan *plan,
		    const struct rh_world_options *options, const uint8_t *bytes, size_t len,
		    struct rh_err *err) RH_MUST_USE;

#endif
