/*
 * played.h - what the tests of the runner share: a plan played on the scripted world, with the
 * record of what the world was asked and what the stream said.
 */
#ifndef TESTS_UNIT_RUN_PLAYED_H
#define TESTS_UNIT_RUN_PLAYED_H

#include "core/run/run.h"
#include "tests/lib/fake_world.h"
#include "tests/lib/frame.h"

struct played {
	struct rh_plan *plan;
	struct rh_run_options options;
	struct rh_run_result result;
	struct rh_err err;
	struct transcript said; /* the stream */
	struct rh_buf asked;	/* the world's log */
	int rc;
};

static inline void play(struct played *played)
{
	const struct rh_sink *sink = transcript_open(&played->said, played->plan);

	played->said.hidden = UINT64_C(1) << RH_RECORD_PHASE;
	plan_fake(played->plan)->log = &played->asked;
	played->options.sinks[0] = sink;
	played->options.sink_count = 1;
	played->rc = rh_run(&played->result, played->plan, &fake_world_ops, &played->options,
			    &played->err);
}

static inline void played_release(struct played *played)
{
	rh_judge_close(played->result.judge);
	free((void *)(uintptr_t)played->result.stats.checkpoints);
	rh_buf_release(&played->said.text);
	rh_buf_release(&played->asked);
	rh_plan_free(played->plan);
	memset(played, 0, sizeof(*played));
}

#define played_asked(played, wanted) ck_assert_str_eq(rh_buf_str(&(played)->asked), wanted)
#define played_said(played, wanted)  ck_assert_str_eq(rh_buf_str(&(played)->said.text), wanted)

#endif
