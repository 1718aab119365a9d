/*
 * topology.c - shapes: from wanted degrees to an explicit list of links.
 *
 * The shapes with a formula (ring, grid, ...) link the nodes that want links in their order.  The
 * random ones work in four steps, all of them on nodes that want links, and all ordered by keyed
 * draws with the node's name behind them, never by index: a silent node added anywhere moves
 * indices, but no draw.
 *
 *   1. pairing     each node has `degree` stubs; sorted by their draws, neighbours in that order
 *                  pair up
 *   2. repair      a pair that is a loop or a double is swapped with another one:
 *                  (a,b) (c,d) -> (a,c) (b,d); all degrees stay
 *   3. dense case  where no swap helps (full graphs, and degrees that leave little choice) the
 *                  graph is built by Havel and Hakimi's rule, which finds one when there is one
 *   4. connecting  a spanning forest tells tree links from the rest.  Swapping a link that is in
 *                  no tree with any link of another component joins the two:
 *
 *                      a---b   c---d         a   b
 *                       \ /     \ /    ->    |\ /|       no loop or double can arise, and the
 *                        x       y           c-x y-d     joined component keeps its forest
 *
 *                  A component in which every degree is at least 2 has a link outside its tree,
 *                  so the result is connected whenever all degrees are.
 */
#include <inttypes.h>
#include <string.h>

#include "core/base/dist.h"
#include "core/base/sort.h"
#include "core/scenario/topology.h"

/* A link in the making: ends in no order.  */
struct edge {
	uint32_t a;
	uint32_t b;
};

struct stub {
	uint64_t draw;
	uint64_t name64;
	uint32_t node;
};

/* What the steps share; everything in the scratch arena. */
struct builder {
	struct rh_arena scratch;
	struct rh_rng rng;
	const struct rh_shape_node *nodes;
	uint32_t *active; /* indices of nodes that want links, ascending */
	uint32_t active_count;
	uint32_t node_count;
	struct edge *edges;
	uint32_t edge_count;
	uint32_t edge_cap;
	uint64_t *table; /* set of links: 0 empty, 1 deleted */
	uint64_t table_mask;
};

/* ---- the set of links ------------------------------------------------------------------------ */

static uint64_t edge_key(uint32_t a, uint32_t b)
{
	uint64_t low = a < b ? a : b;
	uint64_t high = a < b ? b : a;

	return (low << 32 | high) + 2;
}

static void table_reset(struct builder *b)
{
	uint64_t cap = 64;

	while (cap < (uint64_t)b->edge_cap * 4)
		cap *= 2;
	if (b->table == NULL || b->table_mask != cap - 1)
		b->table = RH_ARENA_ARRAY(&b->scratch, cap, uint64_t);
	else
		memset(b->table, 0, cap * sizeof(*b->table));
	b->table_mask = cap - 1;
}

static uint64_t *table_find(const struct builder *b, uint64_t key)
{
	uint64_t at = rh_mix64(key) & b->table_mask;

	while (b->table[at] != 0 && b->table[at] != key)
		at = (at + 1) & b->table_mask;
	return &b->table[at];
}

static bool is_linked(const struct builder *b, uint32_t x, uint32_t y)
{
	return *table_find(b, edge_key(x, y)) != 0;
}

/* A link that may be added: neither a loop nor there already. */
static bool is_fresh(const struct builder *b, uint32_t x, uint32_t y)
{
	return x != y && !is_linked(b, x, y);
}

static void table_add(struct builder *b, uint32_t x, uint32_t y)
{
	RH_ASSERT(is_fresh(b, x, y));
	*table_find(b, edge_key(x, y)) = edge_key(x, y);
}

static void table_remove(struct builder *b, uint32_t x, uint32_t y)
{
	RH_ASSERT(is_linked(b, x, y));
	*table_find(b, edge_key(x, y)) = 1;
}

static void edge_add(struct builder *b, uint32_t x, uint32_t y)
{
	RH_ASSERT(b->edge_count < b->edge_cap);
	table_add(b, x, y);
	b->edges[b->edge_count++] = (struct edge){x, y};
}

/* ---- pairing and repair ---------------------------------------------------------------------- */

static int compare_stubs(const void *a, const void *b, const void *ctx)
{
	const struct stub *x = a;
	const struct stub *y = b;

	(void)ctx;
	if (x->draw != y->draw)
		return x->draw < y->draw ? -1 : 1;
	return (x->name64 > y->name64) - (x->name64 < y->name64);
}

/* All stubs in the order of their draws; an odd one at the end is left out of the count. */
static struct stub *stubs_make(struct builder *b, uint32_t *count)
{
	struct stub *stubs;
	uint32_t used = 0;
	uint64_t sum = 0;
	uint32_t i;
	uint32_t k;

	for (i = 0; i < b->active_count; i++)
		sum += b->nodes[b->active[i]].degree;
	RH_ASSERT(sum < UINT32_MAX);
	stubs = RH_ARENA_ARRAY(&b->scratch, sum, struct stub);
	for (i = 0; i < b->active_count; i++) {
		const struct rh_shape_node *node = &b->nodes[b->active[i]];

		for (k = 0; k < node->degree; k++) {
			stubs[used].draw =
				rh_draw2(b->rng, RH_PURPOSE_TOPOLOGY_STUB, node->name64, k);
			stubs[used].name64 = node->name64;
			stubs[used++].node = b->active[i];
		}
	}
	RH_ASSERT(used == sum);
	rh_sort(stubs, used, sizeof(*stubs), compare_stubs, NULL);
	*count = used & ~UINT32_C(1);
	return stubs;
}

/* Makes (x, y) part of the graph at the cost of edge `at`; false when neither way round is
 * possible.
 */
static bool swap_in(struct builder *b, uint32_t x, uint32_t y, uint32_t at)
{
	struct edge old = b->edges[at];
	bool is_turned;

	for (is_turned = false;; is_turned = true) {
		uint32_t c = is_turned ? old.b : old.a;
		uint32_t d = is_turned ? old.a : old.b;

		if (is_fresh(b, x, c) && is_fresh(b, y, d) && edge_key(x, c) != edge_key(y, d)) {
			table_remove(b, c, d);
			table_add(b, x, c);
			b->edges[at] = (struct edge){x, c};
			edge_add(b, y, d);
			return true;
		}
		if (is_turned)
			return false;
	}
}

/* Steps 1 and 2; false when a bad pair finds no partner. */
static bool pair_stubs(struct builder *b, const struct stub *stubs, uint32_t count)
{
	struct edge *bad = RH_ARENA_ARRAY(&b->scratch, count / 2 + 1, struct edge);
	uint32_t bad_count = 0;
	uint32_t i;
	uint32_t k;

	for (i = 0; i < count; i += 2) {
		if (is_fresh(b, stubs[i].node, stubs[i + 1].node))
			edge_add(b, stubs[i].node, stubs[i + 1].node);
		else
			bad[bad_count++] = (struct edge){stubs[i].node, stubs[i + 1].node};
	}
	for (k = 0; k < bad_count; k++) {
		uint32_t tried;
		uint64_t from;

		if (b->edge_count == 0)
			return false;
		/* Above the numbers of stubs: a draw of its own. */
		from = rh_uniform(rh_draw2(b->rng, RH_PURPOSE_TOPOLOGY_STUB,
					   b->nodes[bad[k].a].name64, (UINT64_C(1) << 32) + k),
				  b->edge_count);
		for (tried = 0; tried < b->edge_count; tried++)
			if (swap_in(b, bad[k].a, bad[k].b,
				    (uint32_t)((from + tried) % b->edge_count)))
				break;
		if (tried == b->edge_count)
			return false;
	}
	return true;
}

/* ---- the dense case -------------------------------------------------------------------------- */

/* Most wanted links first, then in keyed order. */
static int compare_wanting(const void *a, const void *b, const void *ctx)
{
	const uint32_t *wanted = ctx;
	const struct stub *x = a;
	const struct stub *y = b;

	if (wanted[x->node] != wanted[y->node])
		return wanted[x->node] > wanted[y->node] ? -1 : 1;
	return compare_stubs(a, b, NULL);
}

/* How many nodes of a list that is sorted by it want a link. */
static uint32_t count_wanting(const struct stub *order, uint32_t count, const uint32_t *wanted)
{
	uint32_t i = 0;

	while (i < count && wanted[order[i].node] != 0)
		i++;
	return i;
}

/* Havel and Hakimi: the node that wants most is linked to those that want most.  False when the
 * degrees are those of no simple graph, and the node that finds too few does not give way. */
static bool build_dense(struct builder *b, const struct stub *stubs, uint32_t stub_count)
{
	struct stub *order = RH_ARENA_ARRAY(&b->scratch, b->active_count, struct stub);
	uint32_t *wanted = RH_ARENA_ARRAY(&b->scratch, b->node_count, uint32_t);
	uint32_t i;
	uint32_t k;

	for (i = 0; i < stub_count; i++)
		wanted[stubs[i].node]++;
	for (i = 0; i < b->active_count; i++) {
		uint64_t name64 = b->nodes[b->active[i]].name64;

		order[i] = (struct stub){
			rh_draw2(b->rng, RH_PURPOSE_TOPOLOGY_STUB, name64, UINT64_C(1) << 33),
			name64, b->active[i]};
	}
	b->edge_count = 0;
	table_reset(b);
	for (i = 0; i < b->active_count; i++) {
		uint32_t left = b->active_count - i;
		uint32_t degree;
		uint32_t others;

		rh_sort(order + i, left, sizeof(*order), compare_wanting, wanted);
		degree = wanted[order[i].node];
		others = count_wanting(order + i + 1, left - 1, wanted);
		if (degree > others && !b->nodes[order[i].node].gives_way)
			return false;
		if (degree > others)
			degree = others;
		for (k = 1; k <= degree; k++) {
			wanted[order[i + k].node]--;
			edge_add(b, order[i].node, order[i + k].node);
		}
		wanted[order[i].node] = 0;
	}
	return true;
}

/* ---- connecting ------------------------------------------------------------------------------ */

static uint32_t root_of(uint32_t *parents, uint32_t node)
{
	while (parents[node] != node) {
		parents[node] = parents[parents[node]];
		node = parents[node];
	}
	return node;
}

/* (a,b) (c,d) -> (a,c) (b,d), where the two links stand in different components. */
static void join(struct builder *b, uint32_t x, uint32_t y)
{
	struct edge p = b->edges[x];
	struct edge q = b->edges[y];

	b->edges[x] = (struct edge){p.a, q.a};
	b->edges[y] = (struct edge){p.b, q.b};
}

/*
 * Joins components as long as there is a link outside the forest.  `extra` is a stack of such links
 * in the component that grows; those of the next one come on top of it.  When both links of a swap
 * were extra, one of the two new ones still is.
 */
static void connect(struct builder *b)
{
	uint32_t *parents = RH_ARENA_ARRAY(&b->scratch, b->node_count, uint32_t);
	bool *is_extra = RH_ARENA_ARRAY(&b->scratch, b->edge_count, bool);
	uint32_t *loose = RH_ARENA_ARRAY(&b->scratch, b->edge_count, uint32_t);
	uint32_t loose_count = 0;
	uint32_t main_root = UINT32_MAX;
	uint32_t pass;
	uint32_t i;

	for (i = 0; i < b->node_count; i++)
		parents[i] = i;
	for (i = 0; i < b->edge_count; i++) {
		uint32_t x = root_of(parents, b->edges[i].a);
		uint32_t y = root_of(parents, b->edges[i].b);

		is_extra[i] = x == y;
		parents[x] = y;
	}
	/* Components with cycles bring the means to take in the trees, so they come first. */
	for (pass = 0; pass < 2; pass++) {
		for (i = 0; i < b->edge_count; i++) {
			uint32_t root = root_of(parents, b->edges[i].a);

			if (is_extra[i] != (pass == 0))
				continue;
			if (main_root == UINT32_MAX)
				main_root = root;
			if (root == root_of(parents, main_root)) {
				if (is_extra[i])
					loose[loose_count++] = i;
				continue;
			}
			if (loose_count == 0)
				return;
			join(b, loose[loose_count - 1], i);
			/* The first of the two is a tree link now; so is the second of a tree. */
			if (is_extra[i])
				loose[loose_count - 1] = i;
			else
				loose_count--;
			parents[root] = root_of(parents, main_root);
		}
	}
}

static int random_links(struct builder *b, struct rh_err *err)
{
	const struct stub *stubs;
	uint32_t stub_count;
	uint32_t i;

	for (i = 0; i < b->active_count; i++)
		if (b->nodes[b->active[i]].degree >= b->active_count)
			return rh_err_set(err, RH_E_INPUT,
					  "a node cannot have %" PRIu32 " links: only %" PRIu32
					  " nodes take part",
					  b->nodes[b->active[i]].degree, b->active_count);
	stubs = stubs_make(b, &stub_count);
	b->edge_cap = stub_count / 2;
	b->edges = RH_ARENA_ARRAY(&b->scratch, b->edge_cap + 1, struct edge);
	table_reset(b);
	if (!pair_stubs(b, stubs, stub_count) && !build_dense(b, stubs, stub_count))
		return rh_err_set(err, RH_E_INPUT,
				  "no network without double links has these numbers of links a "
				  "node");
	RH_ASSERT(b->edge_count <= b->edge_cap);
	connect(b);
	return 0;
}

/* ---- shapes with a formula ------------------------------------------------------------------- */

static uint32_t columns_of(uint32_t count)
{
	uint32_t columns = 0;

	while ((uint64_t)columns * columns < count)
		columns++;
	return columns;
}

static uint64_t formula_cap(enum rh_shape shape, uint64_t count)
{
	switch (shape) {
	case RH_SHAPE_STAR:
	case RH_SHAPE_RING:
	case RH_SHAPE_LINE:
		return count;
	case RH_SHAPE_GRID:
		return 2 * count;
	case RH_SHAPE_FULL:
		return count == 0 ? 0 : count * (count - 1) / 2;
	case RH_SHAPE_RANDOM_REGULAR:
	case RH_SHAPE_RANDOM_DEGREE:
	case RH_SHAPE_EXPLICIT:
		break;
	}
	return 0;
}

static void link_at(struct builder *b, uint32_t x, uint32_t y)
{
	RH_ASSERT(b->edge_count < b->edge_cap && x < b->active_count && y < b->active_count);
	b->edges[b->edge_count++] = (struct edge){b->active[x], b->active[y]};
}

static void full_links(struct builder *b)
{
	uint32_t i;
	uint32_t k;

	for (i = 0; i < b->active_count; i++)
		for (k = i + 1; k < b->active_count; k++)
			link_at(b, i, k);
}

static int formula_links(struct builder *b, enum rh_shape shape, struct rh_err *err)
{
	uint32_t columns = columns_of(b->active_count);
	uint64_t cap = formula_cap(shape, b->active_count);
	uint32_t i;

	if (cap >= UINT32_MAX / 2)
		return rh_err_set(err, RH_E_LIMIT,
				  "this shape of %" PRIu32 " nodes has too many links",
				  b->active_count);
	b->edge_cap = (uint32_t)cap;
	b->edges = RH_ARENA_ARRAY(&b->scratch, b->edge_cap + 1, struct edge);
	if (shape == RH_SHAPE_FULL) {
		full_links(b);
		return 0;
	}
	for (i = 1; shape != RH_SHAPE_EXPLICIT && i < b->active_count; i++) {
		if (shape == RH_SHAPE_STAR)
			link_at(b, 0, i);
		else if (shape != RH_SHAPE_GRID || i % columns != 0)
			link_at(b, i - 1, i);
		if (shape == RH_SHAPE_GRID && i >= columns)
			link_at(b, i - columns, i);
	}
	/* Two nodes are a line already. */
	if (shape == RH_SHAPE_RING && b->active_count > 2)
		link_at(b, 0, b->active_count - 1);
	return 0;
}

/* ---- the whole ------------------------------------------------------------------------------- */

static int compare_pairs(const void *a, const void *b, const void *ctx)
{
	const struct rh_pair *x = a;
	const struct rh_pair *y = b;

	(void)ctx;
	if (x->a != y->a)
		return x->a < y->a ? -1 : 1;
	return (x->b > y->b) - (x->b < y->b);
}

static struct rh_pair *sorted_pairs(const struct builder *b, struct rh_arena *arena)
{
	struct rh_pair *pairs = RH_ARENA_ARRAY(arena, (size_t)b->edge_count + 1, struct rh_pair);
	uint32_t i;

	for (i = 0; i < b->edge_count; i++) {
		struct edge edge = b->edges[i];

		pairs[i].a = edge.a < edge.b ? edge.a : edge.b;
		pairs[i].b = edge.a < edge.b ? edge.b : edge.a;
	}
	rh_sort(pairs, b->edge_count, sizeof(*pairs), compare_pairs, NULL);
	for (i = 0; i < b->edge_count; i++) {
		RH_ASSERT(pairs[i].a < pairs[i].b && pairs[i].b < b->node_count);
		RH_ASSERT(i == 0 || compare_pairs(&pairs[i - 1], &pairs[i], NULL) < 0);
	}
	return pairs;
}

int rh_topology_links(struct rh_pair **links, uint32_t *link_count, struct rh_arena *arena,
		      enum rh_shape shape, struct rh_rng rng, const struct rh_shape_node *nodes,
		      uint32_t count, struct rh_err *err)
{
	struct builder b = {.rng = rng, .nodes = nodes, .node_count = count};
	int status;
	uint32_t i;

	rh_arena_init(&b.scratch);
	b.active = RH_ARENA_ARRAY(&b.scratch, (size_t)count + 1, uint32_t);
	for (i = 0; i < count; i++)
		if (nodes[i].degree != 0)
			b.active[b.active_count++] = i;
	if (shape == RH_SHAPE_RANDOM_REGULAR || shape == RH_SHAPE_RANDOM_DEGREE)
		status = random_links(&b, err);
	else
		status = formula_links(&b, shape, err);
	if (status == 0) {
		*links = sorted_pairs(&b, arena);
		*link_count = b.edge_count;
	}
	rh_arena_release(&b.scratch);
	return status;
}

uint32_t rh_topology_degree(uint64_t draw)
{
	/* Share of Bitcoin nodes in 2015 with at most 1, 2, ... 20 outbound links, in 1/1000
	 * (Miller et al., as SimBlock uses it). */
	static const uint16_t cdf[] = {25,  50,	 75,  100, 200, 300, 400, 500, 600, 700,
				       800, 850, 900, 950, 970, 970, 980, 990, 995, 1000};
	uint64_t at = rh_uniform(draw, 1000);
	uint32_t i = 0;

	while (at >= cdf[i])
		i++;
	RH_ASSERT(i < RH_ARRAY_LEN(cdf));
	return i + 1;
}
