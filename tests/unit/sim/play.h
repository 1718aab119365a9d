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
#include "sim/state.h"
#include "sim/world.h"
#include "tests/lib/frame.h"
#include "tests/lib/random_model.h"
#include "tests/lib/wild_model.h"

/* ---- ways ------------------------------------------------------------------------------------ */

/* How a game is played: nothing in here may show in its outcome. */
struct way {
	enum rh_engine engine;
	const struct sim_engine_ops *ops; /* a queue engine in place of that of `engine` */
	uint32_t threads;		  /* 0: as the world likes */
	uint32_t window_log2;		  /* windowed engine: no longer windows than that; 0: any */
	bool no_early_filter;
	bool no_plain_fan;
	uint32_t share_from; /* events of a window that threads share */
	bool holds_back;     /* the sink lets calm records wait */
	uint64_t record_mask;
	uint64_t base_hint;
	uint32_t cuts;	      /* further stops of run_until */
	uint64_t image_at_ns; /* from there on in a copy of the memory; 0: never */
	uint64_t image_base;
	bool is_printed;
	struct telling *telling; /* keeps all records; NULL: not wanted */
};

static inline int way_open(struct rh_world **world, const struct rh_plan *plan,
			   const struct way *way, struct rh_err *err)
{
	struct rh_world_options options = {.engine = way->engine,
					   .threads = way->threads,
					   .record_mask = way->record_mask,
					   .base_hint = way->base_hint};
	struct sim_tuning tuning = {.queue = way->ops,
				    .window_log2 = way->window_log2,
				    .no_early_filter = way->no_early_filter,
				    .no_plain_fan = way->no_plain_fan,
				    .share_from = way->share_from};

	return sim_world_open_tuned(world, plan, &options, &tuning, err);
}

/* ---- games and outcomes ---------------------------------------------------------------------- */

struct game {
	const struct rh_plan *plan;
	const struct random_act *acts;
	uint32_t act_count;
	uint64_t end_ns;
	/* The reader of the records: NULL, or one that wakes the world as `wild` says. */
	const struct wild *wild;
};

struct outcome {
	struct rh_hash128 trace_hash;
	struct rh_hash128 checkpoints; /* all of them */
	struct rh_hash128 records;
	uint64_t record_count;
	uint64_t kinds[RH_RECORD_KIND_COUNT];
	uint64_t stop_count; /* of wakes */
	uint64_t stops;	     /* a chain over their times */
	struct rh_world_stats stats;
	/* How it was really played, which is compared with nothing. */
	bool is_windowed;
	uint32_t threads;
	uint32_t window_log2;
};

/* What a person wants to see when two ways differ. */
struct telling {
	struct rh_record *records; /* with texts of their own */
	size_t count;
	size_t cap;
	struct rh_checkpoint *checkpoints;
	size_t checkpoint_count;
	struct sim_trace_node *nodes; /* at the end */
};

static inline void telling_add(struct telling *telling, const struct rh_record *record)
{
	struct rh_record *own;

	if (telling->count == telling->cap) {
		telling->cap = telling->cap == 0 ? 1024 : 2 * telling->cap;
		telling->records =
			rh_realloc(telling->records, telling->cap * sizeof(*telling->records));
	}
	own = &telling->records[telling->count++];
	*own = *record;
	if (record->text != NULL) {
		char *text = rh_alloc(record->text_len + 1, 1);

		memcpy(text, record->text, record->text_len);
		own->text = text;
	}
}

static inline void telling_end(struct telling *telling, const struct rh_world *base,
			       const struct rh_plan *plan, const struct rh_world_stats *stats)
{
	const struct sim_world *world = (const struct sim_world *)(const void *)base;
	uint32_t i;

	telling->checkpoint_count = stats->checkpoint_count;
	telling->checkpoints = rh_alloc(stats->checkpoint_count + 1, sizeof(struct rh_checkpoint));
	memcpy(telling->checkpoints, stats->checkpoints,
	       stats->checkpoint_count * sizeof(struct rh_checkpoint));
	telling->nodes = rh_alloc(plan->node_count, sizeof(*telling->nodes));
	for (i = 0; i < plan->node_count; i++)
		telling->nodes[i] = *sim_trace_node(&world->space, &world->state->trace, i);
}

static inline void telling_release(struct telling *telling)
{
	size_t i;

	for (i = 0; i < telling->count; i++)
		free((void *)(uintptr_t)telling->records[i].text);
	free(telling->records);
	free(telling->checkpoints);
	free(telling->nodes);
	memset(telling, 0, sizeof(*telling));
}

static inline void record_print(const struct rh_record *r)
{
	const struct rh_record_info *info = rh_record_info(r->kind);
	char word[24];

	printf("%" PRIu64 " ns, node %" PRId32 ", %s %s, index %" PRIu32 ", a %" PRIx64
	       ", b %" PRIx64 ", c %" PRIx64 ", d %" PRIx64 "%s%.*s\n",
	       r->time_ns, (int32_t)r->node, info != NULL ? info->text : "?",
	       rh_record_stage_text(word, r->kind, r->stage), r->index, r->a, r->b, r->c, r->d,
	       r->text != NULL ? ", " : "", (int)r->text_len, r->text != NULL ? r->text : "");
}

/* ---- playing --------------------------------------------------------------------------------- */

struct player {
	const struct game *game;
	const struct way *way;
	struct rh_world *world;
	struct rh_sink sink;
	struct rh_digest *digest;
	struct outcome *outcome;
	uint64_t last_ns;
	uint64_t advanced_ns;
	uint64_t now_ns;
	uint64_t wake_cause_ns; /* RH_TIME_NEVER: nobody has woken the world */
	bool is_copied;
	bool is_over;
};

/* The reader wakes at some of the head records, at the first one since the last stop. */
static inline void player_read(struct player *player, const struct rh_record *r)
{
	const struct wild *wild = player->game->wild;

	if (wild == NULL || wild->wake_one_of == 0 || r->kind != RH_RECORD_HEAD ||
	    player->wake_cause_ns != RH_TIME_NEVER || player->is_over ||
	    rh_absorb(rh_absorb(r->a, r->time_ns), r->node) % wild->wake_one_of != 0)
		return;
	player->wake_cause_ns = r->time_ns;
	/* Cause 0 means something else; the world says so. */
	if (r->time_ns == 0)
		player->wake_cause_ns = RH_TIME_NEVER;
	else
		sim_world_ops.wake(player->world, r->time_ns);
}

static inline void take_records(void *ctx, const struct rh_record *records, size_t count)
{
	struct player *player = ctx;
	size_t i;

	for (i = 0; i < count; i++) {
		const struct rh_record *r = &records[i];

		/* A check writes down where it stands each time: too slow for every record. */
		if (r->time_ns < player->last_ns || r->time_ns < player->advanced_ns)
			ck_abort_msg("a record of %" PRIu64 " ns comes too late", r->time_ns);
		player->last_ns = r->time_ns;
		player->outcome->record_count++;
		player->outcome->kinds[r->kind]++;
		rh_digest_u64(player->digest, r->time_ns);
		rh_digest_u64(player->digest, r->node);
		rh_digest_u64(player->digest, (uint64_t)r->kind << 16 | r->stage);
		rh_digest_u64(player->digest, r->index);
		rh_digest_u64(player->digest, r->a);
		rh_digest_u64(player->digest, r->b);
		rh_digest_u64(player->digest, r->c);
		rh_digest_u64(player->digest, r->d);
		rh_digest_bytes(player->digest, r->text, r->text_len);
		if (player->way->is_printed)
			record_print(r);
		if (player->way->telling != NULL)
			telling_add(player->way->telling, r);
		player_read(player, r);
	}
}

static inline void take_advance(void *ctx, uint64_t time_ns)
{
	struct player *player = ctx;

	if (time_ns < player->advanced_ns)
		ck_abort_msg("the world goes back to %" PRIu64 " ns", time_ns);
	player->advanced_ns = time_ns;
}

/* Goes on in a copy of the memory, at another place.  Which engine and how many threads stands there. */
static inline void player_move(struct player *player, uint64_t stop_ns)
{
	struct rh_world_options options = {.record_mask = player->way->record_mask,
					   .base_hint = player->way->image_base};
	struct rh_err err = {0};
	struct rh_buf image;

	rh_buf_init(&image);
	ck_assert_msg(sim_world_image(player->world, &image, &err) == 0, "%s", err.text);
	sim_world_ops.close(player->world);
	ck_assert_msg(sim_world_adopt(&player->world, player->game->plan, &options, image.data,
				      image.len, &err) == 0,
		      "%s", err.text);
	rh_buf_release(&image);
	player->is_copied = true;
	/* A wake is not part of the memory: whoever waits for the stop says it again. */
	if (stop_ns != RH_TIME_NEVER && stop_ns > player->now_ns)
		sim_world_ops.wake(player->world, player->wake_cause_ns);
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

/* The world stands where the wake said. */
static inline void player_stop(struct player *player)
{
	struct outcome *outcome = player->outcome;
	const struct wild *wild = player->game->wild;
	struct random_act act;

	player->wake_cause_ns = RH_TIME_NEVER;
	outcome->stop_count++;
	outcome->stops = rh_absorb(outcome->stops, player->now_ns);
	if (!wild->reacts)
		return;
	wild_react(wild, player->now_ns, &act);
	player_act(player, &act, 1000 + (uint32_t)outcome->stop_count);
}

static inline void player_go(struct player *player, uint64_t to_ns)
{
	uint64_t grid_ns = player->game->plan->reaction_ns;
	struct rh_err err = {0};

	do {
		uint64_t stop_ns = RH_TIME_NEVER;

		ck_assert_msg(sim_world_ops.run_until(player->world, to_ns, &player->sink,
						      &player->now_ns, &err) == 0,
			      "%s", err.text);
		if (player->wake_cause_ns != RH_TIME_NEVER)
			stop_ns = (player->wake_cause_ns / grid_ns + 1) * grid_ns;
		/* The first point of the grid behind the cause, and nowhere else. */
		ck_assert_uint_eq(player->now_ns, stop_ns < to_ns ? stop_ns : to_ns);
		if (player->way->image_at_ns != 0 && !player->is_copied &&
		    player->now_ns >= player->way->image_at_ns)
			player_move(player, stop_ns);
		if (player->now_ns == stop_ns)
			player_stop(player);
	} while (player->now_ns < to_ns);
}

static inline void player_until(struct player *player, uint64_t to_ns)
{
	uint64_t from_ns = player->now_ns;
	uint64_t cuts = player->way->cuts;
	uint64_t i;

	for (i = 1; i <= cuts; i++)
		player_go(player, from_ns + (to_ns - from_ns) * i / (cuts + 1));
	if (cuts == 0 && !player->is_copied && player->way->image_at_ns > from_ns &&
	    player->way->image_at_ns < to_ns)
		player_go(player, player->way->image_at_ns);
	player_go(player, to_ns);
}

/* A screw that turns nothing would make every comparison a good one. */
static inline void player_look(const struct player *player)
{
	const struct sim_world *world = (const struct sim_world *)(const void *)player->world;
	struct outcome *outcome = player->outcome;

	outcome->is_windowed = world->is_windowed;
	outcome->threads = world->worker_count;
	if (world->is_windowed)
		outcome->window_log2 = world->windows.layout.window_log2;
}

static inline void player_end(struct player *player)
{
	struct outcome *outcome = player->outcome;
	struct rh_world_stats *stats = &outcome->stats;
	struct rh_err err = {0};
	size_t i;

	player->is_over = true;
	ck_assert_int_eq(sim_world_ops.finish(player->world, &player->sink, &err), 0);
	sim_world_ops.stats(player->world, stats);
	if (player->way->telling != NULL)
		telling_end(player->way->telling, player->world, player->game->plan, stats);
	outcome->records = rh_digest_value(player->digest);
	rh_digest_reset(player->digest);
	for (i = 0; i < stats->checkpoint_count; i++) {
		rh_digest_u64(player->digest, stats->checkpoints[i].time_ns);
		rh_digest_u64(player->digest, stats->checkpoints[i].hash.low);
	}
	outcome->checkpoints = rh_digest_value(player->digest);
	outcome->trace_hash = stats->trace_hash;
	stats->checkpoints = NULL;
}

static inline struct outcome play_game(const struct game *game, const struct way *way)
{
	struct outcome outcome = {0};
	struct player player = {
		.game = game,
		.way = way,
		.sink = {.take = take_records, .advance = take_advance},
		.outcome = &outcome,
		.wake_cause_ns = RH_TIME_NEVER,
	};
	struct rh_err err = {0};
	uint32_t i;
	int result;

	player.sink.ctx = &player;
	if (way->holds_back)
		player.sink.calm_mask = ~(UINT64_C(1) << RH_RECORD_HEAD);
	result = way_open(&player.world, game->plan, way, &err);
	ck_assert_msg(result == 0, "%s", err.text);
	player_look(&player);
	player.digest = rh_digest_new();
	for (i = 0; i < game->act_count && game->acts[i].at_ns < game->end_ns; i++) {
		if (game->acts[i].at_ns > player.now_ns)
			player_until(&player, game->acts[i].at_ns);
		player_act(&player, &game->acts[i], i);
	}
	player_until(&player, game->end_ns);
	player_end(&player);
	sim_world_ops.close(player.world);
	rh_digest_free(player.digest);
	return outcome;
}

static inline struct outcome play_script(const struct rh_plan *plan, const struct random_act *acts,
					 uint32_t count, uint64_t end_ns, const struct way *way)
{
	struct game game = {plan, acts, count, end_ns, NULL};

	return play_game(&game, way);
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

static inline struct game game_of(const struct wild *wild)
{
	struct game game = {wild->plan, wild->acts, wild->act_count, wild->end_ns, wild};

	return game;
}

/* ---- comparing ------------------------------------------------------------------------------- */

static inline bool is_same_run(const struct outcome *a, const struct outcome *b)
{
	return rh_hash128_eq(a->trace_hash, b->trace_hash) &&
	       rh_hash128_eq(a->checkpoints, b->checkpoints) &&
	       a->stats.checkpoint_count == b->stats.checkpoint_count &&
	       a->stats.events == b->stats.events && a->stats.deliveries == b->stats.deliveries &&
	       a->stats.lookahead_clamps == b->stats.lookahead_clamps;
}

static inline bool is_same_telling(const struct outcome *a, const struct outcome *b)
{
	return is_same_run(a, b) && a->record_count == b->record_count &&
	       rh_hash128_eq(a->records, b->records) && a->stop_count == b->stop_count &&
	       a->stops == b->stops;
}

/* Two plays of one game with these record masks: the same as far as can be seen? */
static inline bool is_same_outcome(const struct outcome *a, uint64_t a_mask,
				   const struct outcome *b, uint64_t b_mask)
{
	uint64_t heads = UINT64_C(1) << RH_RECORD_HEAD;
	uint32_t kind;

	if (a_mask == b_mask)
		return is_same_telling(a, b);
	for (kind = 0; kind < RH_RECORD_KIND_COUNT; kind++) {
		if (((a_mask & b_mask) >> kind & 1) && a->kinds[kind] != b->kinds[kind])
			return false;
	}
	if ((a_mask & b_mask & heads) != 0 && a->stops != b->stops)
		return false;
	return is_same_run(a, b);
}

#endif
