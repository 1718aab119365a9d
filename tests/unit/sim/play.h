/*
 * play.h - what the programs of this folder share: a plan played with its script in one of many
 * ways, to an outcome that must not depend on the way.
 */
#ifndef TESTS_UNIT_SIM_PLAY_H
#define TESTS_UNIT_SIM_PLAY_H

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/units.h"
#include "sim/kernel/engine.h"
#include "sim/world.h"
#include "tests/lib/frame.h"
#include "tests/lib/random_model.h"

/* ---- playing --------------------------------------------------------------------------------- */

struct way {
	enum rh_engine engine;
	const struct sim_engine_ops *ops; /* instead of `engine` */
	uint64_t record_mask;
	uint64_t base_hint;
	uint32_t cuts;	      /* further stops of run_until */
	uint64_t image_at_ns; /* from there on in a copy of the memory; 0: never */
	uint64_t image_base;
	bool is_printed;
};

struct outcome {
	struct rh_hash128 trace_hash;
	struct rh_hash128 checkpoints; /* all of them */
	struct rh_hash128 records;
	uint64_t record_count;
	uint64_t kinds[RH_RECORD_KIND_COUNT];
	struct rh_world_stats stats;
};

struct taken {
	struct rh_digest *digest;
	struct outcome *outcome;
	uint64_t last_ns;
	uint64_t advanced_ns;
	bool is_printed;
};

static inline void take_records(void *ctx, const struct rh_record *records, size_t count)
{
	struct taken *taken = ctx;
	size_t i;

	for (i = 0; i < count; i++) {
		const struct rh_record *r = &records[i];

		ck_assert(r->time_ns >= taken->last_ns && r->time_ns >= taken->advanced_ns);
		taken->last_ns = r->time_ns;
		taken->outcome->record_count++;
		taken->outcome->kinds[r->kind]++;
		rh_digest_u64(taken->digest, r->time_ns);
		rh_digest_u64(taken->digest, r->node);
		rh_digest_u64(taken->digest, (uint64_t)r->kind << 16 | r->stage);
		rh_digest_u64(taken->digest, r->index);
		rh_digest_u64(taken->digest, r->a);
		rh_digest_u64(taken->digest, r->b);
		rh_digest_u64(taken->digest, r->c);
		rh_digest_u64(taken->digest, r->d);
		rh_digest_bytes(taken->digest, r->text, r->text_len);
		if (taken->is_printed)
			printf("%" PRIu64 " node %" PRIu32 " kind %u.%u index %" PRIu32 " %" PRIx64
			       " %" PRIx64 " %" PRIx64 "\n",
			       r->time_ns, r->node, r->kind, r->stage, r->index, r->a, r->b, r->c);
	}
}

static inline void take_advance(void *ctx, uint64_t time_ns)
{
	struct taken *taken = ctx;

	ck_assert(time_ns >= taken->advanced_ns);
	taken->advanced_ns = time_ns;
}

struct player {
	const struct rh_plan *plan;
	const struct way *way;
	struct rh_world *world;
	struct rh_sink sink;
	bool is_copied;
};

static inline void player_go(struct player *player, uint64_t to_ns)
{
	struct rh_err err = {0};
	uint64_t now_ns;

	ck_assert_msg(sim_world_ops.run_until(player->world, to_ns, &player->sink, &now_ns, &err) ==
			      0,
		      "%s", err.text);
	ck_assert_uint_eq(now_ns, to_ns);
}

/* Goes on in a copy of the memory, at another place. */
static inline void player_move(struct player *player)
{
	struct rh_world_options options = {.record_mask = player->way->record_mask,
					   .base_hint = player->way->image_base};
	struct rh_err err = {0};
	struct rh_buf image;

	rh_buf_init(&image);
	ck_assert_int_eq(sim_world_image(player->world, &image, &err), 0);
	sim_world_ops.close(player->world);
	ck_assert_msg(sim_world_adopt(&player->world, player->plan, &options, image.data, image.len,
				      &err) == 0,
		      "%s", err.text);
	rh_buf_release(&image);
	player->is_copied = true;
}

static inline void player_until(struct player *player, uint64_t from_ns, uint64_t to_ns)
{
	uint64_t i;

	for (i = 1; i <= player->way->cuts; i++)
		player_go(player, from_ns + (to_ns - from_ns) * i / (player->way->cuts + 1));
	if (player->way->image_at_ns != 0 && !player->is_copied &&
	    to_ns > player->way->image_at_ns) {
		if (player->way->image_at_ns > from_ns && player->way->cuts == 0)
			player_go(player, player->way->image_at_ns);
		else
			player_go(player, to_ns);
		player_move(player);
	}
	player_go(player, to_ns);
}

static inline void player_act(struct player *player, const struct random_act *act, uint32_t ticket)
{
	struct rh_err err = {0};
	int result;

	if (act->is_submission)
		result = sim_world_ops.submit(player->world, act->node, &act->submission, ticket,
					      &err);
	else
		result = sim_world_ops.start(player->world, &act->action, ticket, &err);
	ck_assert_msg(result == 0, "%s", err.text);
}

static inline void outcome_end(struct outcome *outcome, struct rh_digest *digest)
{
	size_t i;

	outcome->records = rh_digest_value(digest);
	rh_digest_reset(digest);
	for (i = 0; i < outcome->stats.checkpoint_count; i++) {
		rh_digest_u64(digest, outcome->stats.checkpoints[i].time_ns);
		rh_digest_u64(digest, outcome->stats.checkpoints[i].hash.low);
	}
	outcome->checkpoints = rh_digest_value(digest);
	outcome->trace_hash = outcome->stats.trace_hash;
	outcome->stats.checkpoints = NULL;
	rh_digest_free(digest);
}

static inline struct outcome play_script(const struct rh_plan *plan, const struct random_act *acts,
					 uint32_t count, uint64_t end_ns, const struct way *way)
{
	struct rh_world_options options = {.engine = way->engine,
					   .record_mask = way->record_mask,
					   .base_hint = way->base_hint};
	struct outcome outcome = {0};
	struct taken taken = {.outcome = &outcome, .is_printed = way->is_printed};
	struct player player = {
		.plan = plan,
		.way = way,
		.sink = {.take = take_records, .advance = take_advance, .ctx = &taken},
	};
	struct rh_err err = {0};
	uint64_t now_ns = 0;
	uint32_t i;
	int result;

	taken.digest = rh_digest_new();
	if (way->ops != NULL)
		result = sim_world_open_with(&player.world, plan, &options, way->ops, &err);
	else
		result = sim_world_ops.open(&player.world, plan, &options, &err);
	ck_assert_msg(result == 0, "%s", err.text);
	for (i = 0; i < count && acts[i].at_ns < end_ns; i++) {
		if (acts[i].at_ns > now_ns)
			player_until(&player, now_ns, acts[i].at_ns);
		now_ns = acts[i].at_ns;
		player_act(&player, &acts[i], i);
	}
	player_until(&player, now_ns, end_ns);
	ck_assert_int_eq(sim_world_ops.finish(player.world, &player.sink, &err), 0);
	sim_world_ops.stats(player.world, &outcome.stats);
	outcome_end(&outcome, taken.digest);
	sim_world_ops.close(player.world);
	return outcome;
}

static inline struct outcome play(const struct rh_plan *plan, uint64_t end_ns,
				  const struct way *way)
{
	return play_script(plan, NULL, 0, end_ns, way);
}

/* A random plan of this seed, with its script. */
static inline struct outcome play_random(uint64_t seed, const struct way *way)
{
	struct rh_plan *plan = random_plan(seed);
	uint32_t count;
	struct random_act *acts = random_script(plan, &count);
	struct outcome outcome = play_script(plan, acts, count, RANDOM_END_NS, way);

	hand_plan_free(plan);
	return outcome;
}

static inline bool is_same_run(const struct outcome *a, const struct outcome *b)
{
	return rh_hash128_eq(a->trace_hash, b->trace_hash) &&
	       rh_hash128_eq(a->checkpoints, b->checkpoints) &&
	       a->stats.events == b->stats.events && a->stats.deliveries == b->stats.deliveries &&
	       a->stats.messages_in_flight_max == b->stats.messages_in_flight_max;
}

static inline bool is_same_telling(const struct outcome *a, const struct outcome *b)
{
	return is_same_run(a, b) && a->record_count == b->record_count &&
	       rh_hash128_eq(a->records, b->records);
}

#endif
