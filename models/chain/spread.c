/*
 * spread.c - lists of news, and askings that are repeated.
 *
 * All askings have the same time to be answered, so they stand in the order of their deadlines, and
 * one that is repeated goes to the end.
 */
#include "models/chain/spread.h"

#include <string.h>

#include "core/base/units.h"

#define OTHERS_MAX 3

struct ask {
	uint64_t id; /* 0: it came */
	uint64_t deadline_ns;
	uint32_t others[OTHERS_MAX]; /* who announced it too, and was not asked yet */
	uint32_t other_count;
};

static const struct rh_handle no_object;

void rh_spread_init(struct rh_spread *spread, uint64_t starts)
{
	*spread = (struct rh_spread){.told = starts << 40};
}

void rh_spread_release(const struct rh_env *env, struct rh_spread *spread)
{
	rh_vec_release(env->space, &spread->fresh, sizeof(uint64_t));
	rh_vec_release(env->space, &spread->asked, sizeof(struct ask));
	rh_idmap_release(env->space, &spread->asked_at);
}

static void set_timer(struct rh_spread *spread, const struct rh_spread_cfg *cfg,
		      struct rh_effects *fx, uint64_t at_ns)
{
	if (spread->timer_ns != 0 && spread->timer_ns <= at_ns)
		return;
	spread->timer_ns = at_ns;
	rh_fx_timer(fx, cfg->timer, at_ns);
}

void rh_spread_tell(struct rh_spread *spread, const struct rh_spread_cfg *cfg,
		    const struct rh_env *env, struct rh_effects *fx, uint64_t id)
{
	*(uint64_t *)rh_vec_push(env->space, &spread->fresh, sizeof(id)) = id;
	if (spread->flush_ns != 0)
		return;
	spread->flush_ns = rh_time_add(env->clock_ns, cfg->interval_ns);
	set_timer(spread, cfg, fx, spread->flush_ns);
}

/* ---- asking ---------------------------------------------------------------------------------- */

static struct ask *ask_at(const struct rh_spread *spread, const struct rh_env *env, uint64_t number)
{
	return rh_vec_at(env->space, &spread->asked, sizeof(struct ask),
			 (uint32_t)(number - spread->first));
}

static struct ask *ask_new(struct rh_spread *spread, const struct rh_spread_cfg *cfg,
			   const struct rh_env *env, uint64_t id)
{
	struct ask *ask = rh_vec_push(env->space, &spread->asked, sizeof(*ask));

	ask->id = id;
	ask->deadline_ns = rh_time_add(env->clock_ns, cfg->timeout_ns);
	rh_idmap_put(env->space, &spread->asked_at, id, spread->first + spread->asked.count - 1);
	return ask;
}

/* Those at the front that came, or were given up, are taken away, many at a time. */
static void trim(struct rh_spread *spread, const struct rh_env *env, uint32_t count)
{
	struct ask *asks;

	if (count == 0 || (count < 64 && count < spread->asked.count))
		return;
	if (count < spread->asked.count) {
		asks = rh_vec_at(env->space, &spread->asked, sizeof(*asks), 0);
		memmove(asks, asks + count, (spread->asked.count - count) * sizeof(*asks));
	}
	spread->asked.count -= count;
	spread->first += count;
}

static uint32_t done_count(const struct rh_spread *spread, const struct rh_env *env)
{
	uint32_t count = 0;

	while (count < spread->asked.count && ask_at(spread, env, spread->first + count)->id == 0)
		count++;
	return count;
}

static bool asks_already(const struct rh_spread *spread, const struct rh_env *env, uint64_t id,
			 uint32_t from)
{
	struct ask *ask;
	uint64_t number;

	if (!rh_idmap_get(env->space, &spread->asked_at, id, &number))
		return false;
	ask = ask_at(spread, env, number);
	if (ask->other_count < OTHERS_MAX)
		ask->others[ask->other_count++] = from;
	return true;
}

void rh_spread_heard(struct rh_spread *spread, const struct rh_spread_cfg *cfg,
		     const struct rh_env *env, struct rh_effects *fx, uint32_t from,
		     const struct rh_tx_ids *ids, bool (*wants)(void *ctx, uint64_t id), void *ctx)
{
	struct rh_tx_ids *list = NULL;
	struct rh_handle ref = no_object;

	for (uint32_t i = 0; i < ids->count && i < RH_TX_LIST_MAX; i++) {
		uint64_t id = ids->ids[i];

		if (id == 0 || asks_already(spread, env, id, from) || !wants(ctx, id) ||
		    spread->asked_at.count >= cfg->asked_max)
			continue;
		if (list == NULL)
			list = rh_env_object_new(
				env,
				(uint32_t)(sizeof(*list) + (ids->count - i) * sizeof(uint64_t)),
				&ref);
		list->ids[list->count++] = id;
		ask_new(spread, cfg, env, id);
	}
	if (list == NULL)
		return;
	rh_fx_send(fx, from, cfg->ask_kind, list->ids[0], ref);
	set_timer(spread, cfg, fx, rh_time_add(env->clock_ns, cfg->timeout_ns));
}

void rh_spread_came(struct rh_spread *spread, const struct rh_env *env, uint64_t id)
{
	uint64_t number;

	if (!rh_idmap_get(env->space, &spread->asked_at, id, &number))
		return;
	ask_at(spread, env, number)->id = 0;
	rh_idmap_remove(env->space, &spread->asked_at, id);
	trim(spread, env, done_count(spread, env));
}

/* Asks the next one that announced it; when there is none it is forgotten. */
static void ask_again(struct rh_spread *spread, const struct rh_spread_cfg *cfg,
		      const struct rh_env *env, struct rh_effects *fx, const struct ask *late)
{
	struct rh_handle ref;
	struct rh_tx_ids *list;
	struct ask *ask;

	spread->timeouts++;
	rh_idmap_remove(env->space, &spread->asked_at, late->id);
	if (late->other_count == 0)
		return;
	ask = ask_new(spread, cfg, env, late->id);
	ask->other_count = late->other_count - 1;
	for (uint32_t i = 0; i < ask->other_count; i++)
		ask->others[i] = late->others[i + 1];
	list = rh_env_object_new(env, sizeof(*list) + sizeof(uint64_t), &ref);
	list->count = 1;
	list->ids[0] = late->id;
	rh_fx_send(fx, late->others[0], cfg->ask_kind, late->id, ref);
}

/* ---- time ------------------------------------------------------------------------------------ */

static void flush(struct rh_spread *spread, const struct rh_spread_cfg *cfg,
		  const struct rh_env *env, struct rh_effects *fx)
{
	uint32_t done = 0;

	while (done < spread->fresh.count) {
		uint32_t count = spread->fresh.count - done;
		struct rh_tx_ids *list;
		struct rh_handle ref;

		if (count > RH_TX_LIST_MAX)
			count = RH_TX_LIST_MAX;
		list = rh_env_object_new(env, (uint32_t)(sizeof(*list) + count * sizeof(uint64_t)),
					 &ref);
		list->count = count;
		memcpy(list->ids, rh_vec_at(env->space, &spread->fresh, sizeof(uint64_t), done),
		       count * sizeof(uint64_t));
		rh_fx_publish(fx, cfg->topic, ++spread->told, ref, NULL);
		done += count;
	}
	rh_vec_release(env->space, &spread->fresh, sizeof(uint64_t));
	spread->flush_ns = 0;
}

void rh_spread_on_timer(struct rh_spread *spread, const struct rh_spread_cfg *cfg,
			const struct rh_env *env, struct rh_effects *fx)
{
	uint32_t count = spread->asked.count;
	uint32_t done = 0;

	spread->timer_ns = 0;
	if (spread->flush_ns != 0 && spread->flush_ns <= env->clock_ns)
		flush(spread, cfg, env, fx);
	for (; done < count; done++) {
		struct ask late = *ask_at(spread, env, spread->first + done);

		if (late.id != 0 && late.deadline_ns > env->clock_ns)
			break;
		if (late.id == 0)
			continue;
		ask_at(spread, env, spread->first + done)->id = 0;
		ask_again(spread, cfg, env, fx, &late);
	}
	trim(spread, env, done);
	done = done_count(spread, env);
	if (done < spread->asked.count)
		set_timer(spread, cfg, fx, ask_at(spread, env, spread->first + done)->deadline_ns);
	if (spread->flush_ns != 0)
		set_timer(spread, cfg, fx, spread->flush_ns);
}
