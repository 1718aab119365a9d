/*
 * tree.c - adding blocks, and moving the head.
 *
 * Nothing here recurses: chains are tens of thousands of blocks long.
 */
#include "models/chain/tree.h"

static const struct rh_chain_entry *entry_at(const struct rh_env *env, const struct rh_chain *chain,
					     uint32_t position)
{
	return rh_vec_at(env->space, &chain->entries, sizeof(struct rh_chain_entry), position);
}

static uint32_t main_at(const struct rh_env *env, const struct rh_chain *chain, uint32_t height)
{
	return *(const uint32_t *)rh_vec_at(env->space, &chain->main, sizeof(uint32_t), height);
}

static void main_push(const struct rh_env *env, struct rh_chain *chain, uint32_t position)
{
	*(uint32_t *)rh_vec_push(env->space, &chain->main, sizeof(uint32_t)) = position;
}

static uint32_t append(const struct rh_env *env, struct rh_chain *chain,
		       const struct rh_chain_block *block, struct rh_u256 work, uint32_t height)
{
	uint32_t position = chain->entries.count;
	struct rh_chain_entry *entry =
		rh_vec_push(env->space, &chain->entries, sizeof(struct rh_chain_entry));
	bool is_new;

	entry->id = block->id;
	entry->work = work;
	entry->ref = block->ref;
	entry->tie = block->tie;
	entry->time_s = block->time_s;
	entry->bits = block->bits;
	entry->parent = block->parent;
	entry->height = height;
	if (block->ref.index != 0)
		rh_env_object_keep(env, block->ref);
	is_new = rh_idmap_put(env->space, &chain->by_id, block->id, position);
	RH_ASSERT(is_new);
	return position;
}

void rh_chain_init(const struct rh_env *env, struct rh_chain *chain, enum rh_chain_rule rule,
		   uint32_t blocks_max, const struct rh_chain_block *root)
{
	struct rh_u256 work = rule == RH_CHAIN_LONGEST ? rh_u256_from(1) : root->work;

	RH_ASSERT(chain->entries.count == 0 && blocks_max > 0);
	RH_ASSERT(root->parent == RH_CHAIN_NONE && root->ref.index == 0);
	chain->rule = (uint32_t)rule;
	chain->blocks_max = blocks_max;
	main_push(env, chain, append(env, chain, root, work, 0));
}

void rh_chain_release(const struct rh_env *env, struct rh_chain *chain)
{
	for (uint32_t i = 0; i < chain->entries.count; i++) {
		struct rh_handle ref = entry_at(env, chain, i)->ref;

		if (ref.index != 0)
			rh_env_object_drop(env, ref);
	}
	rh_vec_release(env->space, &chain->entries, sizeof(struct rh_chain_entry));
	rh_vec_release(env->space, &chain->main, sizeof(uint32_t));
	rh_idmap_release(env->space, &chain->by_id);
}

static bool is_better(const struct rh_chain_entry *candidate, const struct rh_chain_entry *head)
{
	int order = rh_u256_cmp(candidate->work, head->work);

	return order > 0 || (order == 0 && candidate->tie < head->tie);
}

/* Makes `position` the head: cuts the main chain at the ancestor and lays the branch on it. */
static void move_head(const struct rh_env *env, struct rh_chain *chain, uint32_t position,
		      struct rh_chain_move *move)
{
	uint32_t height = entry_at(env, chain, position)->height;
	uint32_t walk = position;
	uint32_t ancestor_height;

	move->is_moved = true;
	move->new_head = position;
	while (!rh_chain_is_main(env, chain, walk))
		walk = entry_at(env, chain, walk)->parent;
	ancestor_height = entry_at(env, chain, walk)->height;
	move->ancestor = walk;
	RH_ASSERT(chain->main.count - 1 >= ancestor_height);
	move->depth = chain->main.count - 1 - ancestor_height;
	chain->main.count = ancestor_height + 1;
	for (uint32_t i = ancestor_height; i < height; i++)
		main_push(env, chain, 0);
	walk = position;
	for (uint32_t i = height; i > ancestor_height; i--) {
		*(uint32_t *)rh_vec_at(env->space, &chain->main, sizeof(uint32_t), i) = walk;
		walk = entry_at(env, chain, walk)->parent;
	}
	RH_ASSERT(walk == move->ancestor);
	if (move->depth > 0) {
		chain->reorg_count++;
		if (move->depth > chain->reorg_depth_max)
			chain->reorg_depth_max = move->depth;
	}
}

uint32_t rh_chain_add(const struct rh_env *env, struct rh_chain *chain,
		      const struct rh_chain_block *block, struct rh_chain_move *move)
{
	const struct rh_chain_entry *parent = entry_at(env, chain, block->parent);
	struct rh_u256 own = chain->rule == RH_CHAIN_LONGEST ? rh_u256_from(1) : block->work;
	uint32_t head = rh_chain_head(env, chain);
	uint32_t position;

	*move = (struct rh_chain_move){.old_head = head, .new_head = head, .ancestor = head};
	if (chain->entries.count >= chain->blocks_max)
		return RH_CHAIN_NONE;
	position = append(env, chain, block, rh_u256_add(parent->work, own), parent->height + 1);
	if (is_better(entry_at(env, chain, position), entry_at(env, chain, head)))
		move_head(env, chain, position, move);
	return position;
}

uint32_t rh_chain_find(const struct rh_env *env, const struct rh_chain *chain, uint64_t id)
{
	uint64_t position;

	if (!rh_idmap_get(env->space, &chain->by_id, id, &position))
		return RH_CHAIN_NONE;
	RH_ASSERT(position < chain->entries.count);
	return (uint32_t)position;
}

struct rh_chain_entry *rh_chain_at(const struct rh_env *env, const struct rh_chain *chain,
				   uint32_t position)
{
	return rh_vec_at(env->space, &chain->entries, sizeof(struct rh_chain_entry), position);
}

uint32_t rh_chain_head(const struct rh_env *env, const struct rh_chain *chain)
{
	RH_ASSERT(chain->main.count > 0);
	return main_at(env, chain, chain->main.count - 1);
}

uint32_t rh_chain_main(const struct rh_env *env, const struct rh_chain *chain, uint64_t height)
{
	if (height >= chain->main.count)
		return RH_CHAIN_NONE;
	return main_at(env, chain, (uint32_t)height);
}

bool rh_chain_is_main(const struct rh_env *env, const struct rh_chain *chain, uint32_t position)
{
	return rh_chain_main(env, chain, entry_at(env, chain, position)->height) == position;
}

uint32_t rh_chain_ancestor(const struct rh_env *env, const struct rh_chain *chain,
			   uint32_t position, uint32_t height)
{
	const struct rh_chain_entry *entry = entry_at(env, chain, position);

	RH_ASSERT(height <= entry->height);
	while (entry->height > height) {
		if (rh_chain_is_main(env, chain, position))
			return main_at(env, chain, height);
		position = entry->parent;
		entry = entry_at(env, chain, position);
	}
	return position;
}

uint32_t rh_chain_common(const struct rh_env *env, const struct rh_chain *chain, uint32_t a,
			 uint32_t b)
{
	uint32_t a_height = entry_at(env, chain, a)->height;
	uint32_t b_height = entry_at(env, chain, b)->height;

	a = rh_chain_ancestor(env, chain, a, a_height < b_height ? a_height : b_height);
	b = rh_chain_ancestor(env, chain, b, a_height < b_height ? a_height : b_height);
	while (a != b) {
		a = entry_at(env, chain, a)->parent;
		b = entry_at(env, chain, b)->parent;
	}
	return a;
}

uint32_t rh_chain_stale_count(const struct rh_chain *chain)
{
	RH_ASSERT(chain->entries.count >= chain->main.count);
	return chain->entries.count - chain->main.count;
}

uint32_t rh_chain_locator(const struct rh_env *env, const struct rh_chain *chain,
			  uint64_t ids[RH_CHAIN_LOCATOR_MAX])
{
	uint32_t height = chain->main.count - 1;
	uint32_t step = 1;
	uint32_t count = 0;

	/* Ten by one and at most 32 doublings: never more than the array holds. */
	for (;;) {
		RH_ASSERT(count < RH_CHAIN_LOCATOR_MAX);
		ids[count++] = entry_at(env, chain, main_at(env, chain, height))->id;
		if (height == 0)
			return count;
		if (count >= 10)
			step = step < UINT32_MAX / 2 ? step * 2 : step;
		height = height > step ? height - step : 0;
	}
}

uint32_t rh_chain_locate(const struct rh_env *env, const struct rh_chain *chain,
			 const uint64_t *ids, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		uint32_t position = rh_chain_find(env, chain, ids[i]);

		if (position != RH_CHAIN_NONE && rh_chain_is_main(env, chain, position))
			return position;
	}
	return main_at(env, chain, 0);
}

bool rh_chain_is_consistent(const struct rh_env *env, const struct rh_chain *chain)
{
	const struct rh_chain_entry *head = entry_at(env, chain, rh_chain_head(env, chain));
	uint32_t on_main = 0;

	for (uint32_t i = 0; i < chain->entries.count; i++) {
		const struct rh_chain_entry *entry = entry_at(env, chain, i);

		if (rh_chain_find(env, chain, entry->id) != i || is_better(entry, head))
			return false;
		if (rh_chain_is_main(env, chain, i))
			on_main++;
		if (entry->parent == RH_CHAIN_NONE)
			continue;
		if (entry->parent >= i ||
		    entry->height != entry_at(env, chain, entry->parent)->height + 1 ||
		    rh_u256_cmp(entry->work, entry_at(env, chain, entry->parent)->work) <= 0)
			return false;
	}
	for (uint32_t height = 1; height < chain->main.count; height++) {
		if (entry_at(env, chain, main_at(env, chain, height))->parent !=
		    main_at(env, chain, height - 1))
			return false;
	}
	return on_main == chain->main.count && chain->by_id.count == chain->entries.count &&
	       head->height + 1 == chain->main.count;
}
