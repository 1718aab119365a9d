/*
 * general_engine.c - the engine for any network: buckets now, order when they are due.
 *
 *   push ──► tick < cursor ──────────────► due list, or side heap when that is long ─┐
 *        ├─► tick in the fine wheel ─────► bucket ── when due: sorted ──► due list ──┴─► pop
 *        ├─► tick in the coarse wheel ───► bucket ── when entered: into the fine wheel
 *        └─► beyond ─────────────────────► far heap ─ when entered: into both wheels
 *
 * A tick is time >> width.  The fine wheel covers the ticks of one epoch (tick >> fine bits), the
 * coarse wheel the epochs of one era (epoch >> coarse bits); both are aligned, so an event's place
 * follows from its time and the cursor alone.  `cursor` is the first tick whose bucket has not been
 * taken out: whatever comes late for an earlier tick goes to the due list or the side heap, and the
 * smaller of the two is the first event of all, because all else lies at the cursor or behind it.
 *
 * A bucket is a chain of links, so an append costs a few stores and an empty bucket 4 bytes; bit
 * maps find the next bucket in use, so an idle network costs nothing.  A bucket is only taken out
 * when it begins before the limit of the pop: a run that stops in a pause leaves the cursor there.
 *
 * Events lie still in their cells from push to pop.  What is chained, sorted and sifted are 16 bytes
 * with time and node in them; a cell is looked at again only where both are equal.  In a large network
 * cells have left the cache by then, so they are asked for some events ahead, and so is what the
 * owner of the nodes wants to have at hand (`soon` in engine.h).
 *
 * The width follows the density: buckets of some 8 events are sorted by insertion, and late
 * events find a short list.  It is decided from the events and the virtual time that went by, so a
 * crowd at one instant, which no width would spread, does not narrow it; and it is decided no more
 * often than all that waits could be placed anew.  The order of events does not depend on it.
 */
#include "sim/kernel/engine.h"

#include "core/base/bits.h"

#define BUCKET_LOG2 3	 /* events that a bucket should hold */
#define FIT_FROM    1024 /* events from one look at the width to the next, at least */
#define LATE_MAX    64	 /* a longer due list is not inserted into */
#define AHEAD	    12	 /* events: long enough to come from memory, few enough to stay */
#define LINE	    64

/* What is known of a cell without looking at it. */
struct link {
	uint64_t time_ns;
	uint32_t node;
	uint32_t next; /* of the bucket's chain or of the free list; 0 ends it */
};

/* An event in a list or heap. */
struct item {
	uint64_t time_ns;
	uint32_t node;
	uint32_t cell;
};

struct wheel {
	struct rh_vec cells; /* struct sim_event */
	struct rh_vec links; /* one for each cell */
	uint32_t free_head;
	uint32_t width_log2;
	uint32_t width_max;
	uint32_t fine_log2;
	uint32_t coarse_log2;
	uint32_t due_at;
	uint64_t live_count;
	uint64_t cursor; /* tick */
	uint64_t epoch;	 /* of the fine wheel */
	uint64_t era;	 /* of the coarse wheel */
	rh_off fine_heads;
	rh_off fine_bits;
	rh_off coarse_heads;
	rh_off coarse_bits;
	struct rh_vec due; /* struct item, sorted from due_at on */
	struct rh_vec scratch;
	struct rh_vec side;  /* struct item, heap */
	struct rh_vec far;   /* struct item, heap */
	uint64_t quiet_ns;   /* nothing comes before */
	uint64_t fitted_ns;  /* when the width was looked at */
	uint64_t due_count;  /* events that came due since */
	uint32_t fine_count; /* cells in the fine wheel */
	uint32_t unused;
};

#define CELL ((uint32_t)sizeof(struct sim_event))
#define LINK ((uint32_t)sizeof(struct link))
#define ITEM ((uint32_t)sizeof(struct item))

static struct wheel *wheel_of(const struct sim_engine *engine)
{
	return rh_at(engine->space, engine->state);
}

static struct sim_event *cell_at(const struct rh_space *space, const struct wheel *wheel,
				 uint32_t index)
{
	return rh_vec_at(space, &wheel->cells, CELL, index - 1);
}

static struct link *link_at(const struct rh_space *space, const struct wheel *wheel, uint32_t index)
{
	return rh_vec_at(space, &wheel->links, LINK, index - 1);
}

rh_off sim_general_engine_init(struct rh_space *space, uint32_t width_log2, uint32_t fine_log2,
			       uint32_t coarse_log2)
{
	rh_off state = rh_space_alloc(space, sizeof(struct wheel));
	struct wheel *wheel = rh_at(space, state);
	uint64_t fine = UINT64_C(1) << fine_log2;
	uint64_t coarse = UINT64_C(1) << coarse_log2;

	RH_ASSERT(fine_log2 >= 6 && coarse_log2 >= 6 && width_log2 + fine_log2 + coarse_log2 < 64);
	wheel->width_log2 = width_log2;
	wheel->width_max = width_log2;
	wheel->fine_log2 = fine_log2;
	wheel->coarse_log2 = coarse_log2;
	wheel->fine_heads = rh_space_alloc(space, fine * sizeof(uint32_t));
	wheel->fine_bits = rh_space_alloc(space, fine / 8);
	wheel->coarse_heads = rh_space_alloc(space, coarse * sizeof(uint32_t));
	wheel->coarse_bits = rh_space_alloc(space, coarse / 8);
	return state;
}

/*
 * At the widest 0.26 ms a bucket, 1.07 s a fine wheel, 18 minutes a coarse one: a message between
 * continents lands in the fine wheel, a block interval in the coarse one, and an empty world costs
 * 21 KB, of which only what is used is ever touched.
 */
static rh_off general_init(struct rh_space *space)
{
	return sim_general_engine_init(space, 18, 12, 10);
}

/* ---- cells ----------------------------------------------------------------------------------- */

static uint32_t take_cell(struct rh_space *space, struct wheel *wheel,
			  const struct sim_event *event)
{
	uint32_t index = wheel->free_head;
	struct link *link;

	if (index != 0) {
		link = link_at(space, wheel, index);
		wheel->free_head = link->next;
	} else {
		rh_vec_push(space, &wheel->cells, CELL);
		link = rh_vec_push(space, &wheel->links, LINK);
		index = wheel->cells.count;
	}
	link->time_ns = event->time_ns;
	link->node = event->node;
	*cell_at(space, wheel, index) = *event;
	wheel->live_count++;
	return index;
}

static void give_cell(const struct rh_space *space, struct wheel *wheel, uint32_t index)
{
	link_at(space, wheel, index)->next = wheel->free_head;
	wheel->free_head = index;
	wheel->live_count--;
}

/* ---- order of items -------------------------------------------------------------------------- */

static bool is_before(const struct sim_engine *engine, const struct wheel *wheel,
		      const struct item *a, const struct item *b)
{
	if (a->time_ns != b->time_ns)
		return a->time_ns < b->time_ns;
	if (a->node != b->node)
		return a->node < b->node;
	return sim_order_tie(engine->order, cell_at(engine->space, wheel, a->cell),
			     cell_at(engine->space, wheel, b->cell)) < 0;
}

static void push_item(const struct sim_engine *engine, const struct wheel *wheel,
		      struct rh_vec *heap, struct item item)
{
	struct item *items;
	uint32_t at = heap->count;

	rh_vec_push(engine->space, heap, ITEM);
	items = rh_at(engine->space, heap->items);
	while (at > 0 && is_before(engine, wheel, &item, &items[(at - 1) / 2])) {
		items[at] = items[(at - 1) / 2];
		at = (at - 1) / 2;
	}
	items[at] = item;
}

static void sink_item(const struct sim_engine *engine, const struct wheel *wheel,
		      struct item *items, uint32_t count, uint32_t at)
{
	struct item moving = items[at];
	uint32_t child;

	for (child = 2 * at + 1; child < count; child = 2 * at + 1) {
		if (child + 1 < count && is_before(engine, wheel, &items[child + 1], &items[child]))
			child++;
		if (!is_before(engine, wheel, &items[child], &moving))
			break;
		items[at] = items[child];
		at = child;
	}
	items[at] = moving;
}

static struct item pop_item(const struct sim_engine *engine, const struct wheel *wheel,
			    struct rh_vec *heap)
{
	struct item *items = rh_at(engine->space, heap->items);
	struct item top = items[0];

	RH_ASSERT(heap->count > 0);
	heap->count--;
	if (heap->count > 0) {
		items[0] = items[heap->count];
		sink_item(engine, wheel, items, heap->count, 0);
	}
	return top;
}

static void insert_sorted(const struct sim_engine *engine, const struct wheel *wheel,
			  struct item *items, uint32_t count)
{
	uint32_t i;

	for (i = 1; i < count; i++) {
		struct item moving = items[i];
		uint32_t at = i;

		while (at > 0 && is_before(engine, wheel, &moving, &items[at - 1])) {
			items[at] = items[at - 1];
			at--;
		}
		items[at] = moving;
	}
}

static void merge_runs(const struct sim_engine *engine, const struct wheel *wheel, struct item *out,
		       const struct item *in, uint32_t middle, uint32_t end, uint32_t from)
{
	uint32_t left = from;
	uint32_t right = middle;
	uint32_t at;

	for (at = from; at < end; at++) {
		bool takes_left =
			left < middle &&
			(right >= end || !is_before(engine, wheel, &in[right], &in[left]));

		out[at] = takes_left ? in[left++] : in[right++];
	}
}

/* Keys are total, so any correct sort gives the same list: runs of 16 by insertion, then merges. */
static void sort_due(const struct sim_engine *engine, struct wheel *wheel)
{
	struct item *items = rh_at(engine->space, wheel->due.items);
	struct item *other;
	uint32_t count = wheel->due.count;
	uint32_t run = 16;
	uint32_t at;

	for (at = 0; at < count; at += run)
		insert_sorted(engine, wheel, items + at, count - at < run ? count - at : run);
	if (count <= run)
		return;
	rh_vec_reserve(engine->space, &wheel->scratch, ITEM, count);
	other = rh_at(engine->space, wheel->scratch.items);
	for (; run < count; run *= 2) {
		struct item *swap = items;

		for (at = 0; at < count; at += 2 * run) {
			uint32_t middle = count - at < run ? count : at + run;
			uint32_t end = count - at < 2 * run ? count : at + 2 * run;

			merge_runs(engine, wheel, other, items, middle, end, at);
		}
		items = other;
		other = swap;
	}
	if (items != rh_at(engine->space, wheel->due.items)) {
		struct rh_vec swap = wheel->due;

		wheel->due = wheel->scratch;
		wheel->scratch = swap;
		wheel->due.count = count;
	}
	wheel->scratch.count = 0;
}

/* ---- the wheels ------------------------------------------------------------------------------ */

static void chain_cell(const struct rh_space *space, const struct wheel *wheel, rh_off heads,
		       rh_off bits, uint64_t slot, uint32_t index)
{
	uint32_t *head = (uint32_t *)rh_at(space, heads) + slot;

	link_at(space, wheel, index)->next = *head;
	*head = index;
	rh_bit_set(rh_at(space, bits), slot);
}

/* An event for a tick that is out already. */
static void put_late(const struct sim_engine *engine, struct wheel *wheel, struct item item)
{
	struct rh_vec *due = &wheel->due;
	struct item *items;
	uint32_t at;

	wheel->due_count++;
	if (due->count - wheel->due_at > LATE_MAX) {
		push_item(engine, wheel, &wheel->side, item);
		return;
	}
	if (wheel->due_at == due->count) {
		wheel->due_at = 0;
		due->count = 0;
	}
	rh_vec_push(engine->space, due, ITEM);
	items = rh_at(engine->space, due->items);
	for (at = due->count - 1; at > wheel->due_at; at--) {
		if (!is_before(engine, wheel, &item, &items[at - 1]))
			break;
		items[at] = items[at - 1];
	}
	items[at] = item;
}

static void place_cell(const struct sim_engine *engine, struct wheel *wheel, uint32_t index)
{
	const struct link *link = link_at(engine->space, wheel, index);
	uint64_t tick = link->time_ns >> wheel->width_log2;
	uint64_t epoch = tick >> wheel->fine_log2;
	uint64_t fine_mask = (UINT64_C(1) << wheel->fine_log2) - 1;
	uint64_t coarse_mask = (UINT64_C(1) << wheel->coarse_log2) - 1;
	struct item item = {link->time_ns, link->node, index};

	if (tick < wheel->cursor) {
		put_late(engine, wheel, item);
	} else if (epoch == wheel->epoch) {
		chain_cell(engine->space, wheel, wheel->fine_heads, wheel->fine_bits,
			   tick & fine_mask, index);
		wheel->fine_count++;
	} else if (epoch >> wheel->coarse_log2 == wheel->era) {
		chain_cell(engine->space, wheel, wheel->coarse_heads, wheel->coarse_bits,
			   epoch & coarse_mask, index);
	} else {
		push_item(engine, wheel, &wheel->far, item);
	}
}

static void general_push(struct sim_engine *engine, const struct sim_event *event)
{
	struct wheel *wheel = wheel_of(engine);

	if (event->time_ns < wheel->quiet_ns)
		wheel->quiet_ns = event->time_ns;
	place_cell(engine, wheel, take_cell(engine->space, wheel, event));
}

/* Takes a whole chain off a wheel; returns its first cell. */
static uint32_t cut_chain(const struct rh_space *space, rh_off heads, rh_off bits, uint64_t slot)
{
	uint32_t *head = (uint32_t *)rh_at(space, heads) + slot;
	uint32_t first = *head;

	RH_ASSERT(first != 0);
	*head = 0;
	rh_bit_clear(rh_at(space, bits), slot);
	return first;
}

/* Its turn comes soon. */
static void fetch(const struct sim_engine *engine, const struct wheel *wheel,
		  const struct item *item)
{
	const char *cell = (const char *)cell_at(engine->space, wheel, item->cell);

	__builtin_prefetch(cell);
	__builtin_prefetch(cell + LINE);
	if (engine->soon != NULL)
		engine->soon(engine->soon_ctx, item->node);
}

static void load_bucket(const struct sim_engine *engine, struct wheel *wheel, uint64_t tick)
{
	uint64_t slot = tick & ((UINT64_C(1) << wheel->fine_log2) - 1);
	uint32_t index = cut_chain(engine->space, wheel->fine_heads, wheel->fine_bits, slot);
	struct rh_vec *due = &wheel->due;
	const struct item *items;

	due->count = 0;
	wheel->due_at = 0;
	wheel->cursor = tick + 1;
	while (index != 0) {
		const struct link *link = link_at(engine->space, wheel, index);

		if (due->count == due->cap)
			rh_vec_reserve(engine->space, due, ITEM, 2 * due->cap + 32);
		((struct item *)rh_at(engine->space, due->items))[due->count++] =
			(struct item){link->time_ns, link->node, index};
		index = link->next;
	}
	RH_ASSERT(due->count <= wheel->fine_count);
	wheel->fine_count -= due->count;
	wheel->due_count += due->count;
	/* In a small network most buckets hold one event. */
	if (due->count > 1)
		sort_due(engine, wheel);
	items = rh_at(engine->space, due->items);
	for (uint32_t i = 0; i < due->count && i < AHEAD; i++)
		fetch(engine, wheel, &items[i]);
}

static void place_chain(const struct sim_engine *engine, struct wheel *wheel, uint32_t index)
{
	while (index != 0) {
		uint32_t next = link_at(engine->space, wheel, index)->next;

		place_cell(engine, wheel, index);
		index = next;
	}
}

static void enter_epoch(const struct sim_engine *engine, struct wheel *wheel, uint64_t epoch)
{
	uint64_t slot = epoch & ((UINT64_C(1) << wheel->coarse_log2) - 1);
	uint32_t index = cut_chain(engine->space, wheel->coarse_heads, wheel->coarse_bits, slot);

	RH_ASSERT(epoch > wheel->epoch);
	wheel->epoch = epoch;
	wheel->cursor = epoch << wheel->fine_log2;
	place_chain(engine, wheel, index);
}

static void enter_era(const struct sim_engine *engine, struct wheel *wheel)
{
	uint32_t shift = wheel->width_log2 + wheel->fine_log2 + wheel->coarse_log2;
	const struct item *top = rh_at(engine->space, wheel->far.items);

	RH_ASSERT(top->time_ns >> shift > wheel->era);
	wheel->era = top->time_ns >> shift;
	wheel->epoch = wheel->era << wheel->coarse_log2;
	wheel->cursor = wheel->epoch << wheel->fine_log2;
	while (wheel->far.count > 0) {
		struct item item = *(const struct item *)rh_at(engine->space, wheel->far.items);

		if (item.time_ns >> shift != wheel->era)
			break;
		pop_item(engine, wheel, &wheel->far);
		place_cell(engine, wheel, item.cell);
	}
}

/* ---- the width ------------------------------------------------------------------------------- */

/* Takes all chains off a wheel; returns them as one, before `chain`. */
static uint32_t join_chains(const struct sim_engine *engine, const struct wheel *wheel,
			    rh_off heads_at, rh_off bits_at, uint64_t slots, uint32_t chain)
{
	uint64_t *bits = rh_at(engine->space, bits_at);
	uint64_t slot;

	rh_bits_each (slot, bits, slots) {
		uint32_t index = cut_chain(engine->space, heads_at, bits_at, slot);

		while (index != 0) {
			struct link *link = link_at(engine->space, wheel, index);
			uint32_t next = link->next;

			link->next = chain;
			chain = index;
			index = next;
		}
	}
	return chain;
}

/* Nothing is due: the cursor may go back to where a bucket of the new width begins. */
static void set_width(const struct sim_engine *engine, struct wheel *wheel, uint32_t width_log2)
{
	uint64_t from_ns = wheel->cursor << wheel->width_log2;
	uint32_t chain = 0;

	RH_ASSERT(wheel->due_at == wheel->due.count && wheel->side.count == 0);
	chain = join_chains(engine, wheel, wheel->fine_heads, wheel->fine_bits,
			    UINT64_C(1) << wheel->fine_log2, chain);
	chain = join_chains(engine, wheel, wheel->coarse_heads, wheel->coarse_bits,
			    UINT64_C(1) << wheel->coarse_log2, chain);
	for (uint32_t i = 0; i < wheel->far.count; i++) {
		const struct item *item = rh_vec_at(engine->space, &wheel->far, ITEM, i);

		link_at(engine->space, wheel, item->cell)->next = chain;
		chain = item->cell;
	}
	wheel->far.count = 0;
	wheel->fine_count = 0;
	wheel->width_log2 = width_log2;
	wheel->cursor = from_ns >> width_log2;
	wheel->epoch = wheel->cursor >> wheel->fine_log2;
	wheel->era = wheel->epoch >> wheel->coarse_log2;
	place_chain(engine, wheel, chain);
}

static void fit_width(const struct sim_engine *engine, struct wheel *wheel)
{
	uint64_t now_ns = wheel->cursor << wheel->width_log2;
	uint64_t each_ns = (now_ns - wheel->fitted_ns) / wheel->due_count;
	uint32_t width_log2 = rh_high_bit(each_ns | 1) + BUCKET_LOG2;

	wheel->fitted_ns = now_ns;
	wheel->due_count = 0;
	if (each_ns == 0)
		width_log2 = 0;
	if (width_log2 > wheel->width_max)
		width_log2 = wheel->width_max;
	/* Twice or half as many events are no reason. */
	if (width_log2 + 1 < wheel->width_log2 || width_log2 > wheel->width_log2 + 1)
		set_width(engine, wheel, width_log2);
}

/* The end of time has no cursor behind it. */
static bool is_time_to_fit(const struct wheel *wheel)
{
	return wheel->due_count >= FIT_FROM && wheel->due_count >= wheel->live_count &&
	       wheel->cursor <= UINT64_MAX >> wheel->width_log2;
}

/* ---- the first event ------------------------------------------------------------------------- */

/* Is there something to look at from this time on?  If not, that is remembered. */
static bool is_due(struct wheel *wheel, uint64_t time_ns, uint64_t limit_ns)
{
	if (time_ns < limit_ns)
		return true;
	wheel->quiet_ns = time_ns;
	return false;
}

/* Brings the next events into reach; false when there are none before the limit. */
static bool advance(const struct sim_engine *engine, struct wheel *wheel, uint64_t limit_ns)
{
	uint64_t fine = UINT64_C(1) << wheel->fine_log2;
	uint64_t coarse = UINT64_C(1) << wheel->coarse_log2;
	const struct item *far;
	uint64_t first;
	uint64_t slot;

	if (is_time_to_fit(wheel))
		fit_width(engine, wheel);
	first = wheel->cursor - (wheel->epoch << wheel->fine_log2);
	RH_ASSERT(first <= fine);
	if (wheel->fine_count > 0) {
		uint64_t tick;

		slot = rh_bits_next(rh_at(engine->space, wheel->fine_bits), fine, first);
		RH_ASSERT(slot < fine);
		tick = (wheel->epoch << wheel->fine_log2) + slot;
		if (!is_due(wheel, tick << wheel->width_log2, limit_ns))
			return false;
		load_bucket(engine, wheel, tick);
		return true;
	}
	slot = rh_bits_next(rh_at(engine->space, wheel->coarse_bits), coarse,
			    (wheel->epoch & (coarse - 1)) + 1);
	if (slot < coarse) {
		uint64_t epoch = (wheel->era << wheel->coarse_log2) + slot;

		if (!is_due(wheel, epoch << (wheel->width_log2 + wheel->fine_log2), limit_ns))
			return false;
		enter_epoch(engine, wheel, epoch);
		return true;
	}
	RH_ASSERT(wheel->far.count > 0); /* something lives, and it is nowhere else */
	far = rh_at(engine->space, wheel->far.items);
	if (!is_due(wheel, far->time_ns, limit_ns))
		return false;
	enter_era(engine, wheel);
	return true;
}

static bool general_pop(struct sim_engine *engine, struct sim_event *event, uint64_t limit_ns)
{
	struct wheel *wheel = wheel_of(engine);
	const struct item *due = NULL;
	const struct item *side = NULL;
	uint32_t index;

	/* A run asks again and again where nothing has come: at each point at which it may stop. */
	if (limit_ns <= wheel->quiet_ns)
		return false;
	while (wheel->due_at == wheel->due.count && wheel->side.count == 0) {
		if (wheel->live_count == 0 || !advance(engine, wheel, limit_ns))
			return false;
	}
	if (wheel->due_at < wheel->due.count)
		due = rh_vec_at(engine->space, &wheel->due, ITEM, wheel->due_at);
	if (wheel->side.count > 0)
		side = rh_at(engine->space, wheel->side.items);
	if (side != NULL && (due == NULL || is_before(engine, wheel, side, due)))
		due = NULL;
	if (!is_due(wheel, (due != NULL ? due : side)->time_ns, limit_ns))
		return false;
	if (due != NULL) {
		index = due->cell;
		wheel->due_at++;
		if (wheel->due.count - wheel->due_at >= AHEAD)
			fetch(engine, wheel, due + AHEAD);
	} else {
		index = pop_item(engine, wheel, &wheel->side).cell;
	}
	*event = *cell_at(engine->space, wheel, index);
	give_cell(engine->space, wheel, index);
	return true;
}

/* ---- sweeps ---------------------------------------------------------------------------------- */

static bool takes(const struct sim_engine *engine, struct wheel *wheel, uint32_t index,
		  sim_engine_doom *is_doomed, void *ctx)
{
	if (!is_doomed(ctx, cell_at(engine->space, wheel, index)))
		return false;
	give_cell(engine->space, wheel, index);
	return true;
}

static void sweep_chains(const struct sim_engine *engine, struct wheel *wheel, rh_off heads_at,
			 rh_off bits_at, uint64_t slots, sim_engine_doom *is_doomed, void *ctx)
{
	uint32_t *heads = rh_at(engine->space, heads_at);
	uint64_t *bits = rh_at(engine->space, bits_at);
	uint64_t slot;

	rh_bits_each (slot, bits, slots) {
		uint32_t *link = &heads[slot];

		while (*link != 0) {
			struct link *at = link_at(engine->space, wheel, *link);
			uint32_t next = at->next;

			if (takes(engine, wheel, *link, is_doomed, ctx))
				*link = next;
			else
				link = &at->next;
		}
		if (heads[slot] == 0)
			rh_bit_clear(bits, slot);
	}
}

/* Keeps the order of what stays, from position `first` on. */
static void sweep_items(const struct sim_engine *engine, struct wheel *wheel, struct rh_vec *vec,
			uint32_t first, sim_engine_doom *is_doomed, void *ctx)
{
	struct item *items;
	uint32_t kept = first;
	uint32_t i;

	if (vec->count == first)
		return;
	items = rh_at(engine->space, vec->items);
	for (i = first; i < vec->count; i++) {
		if (!takes(engine, wheel, items[i].cell, is_doomed, ctx))
			items[kept++] = items[i];
	}
	vec->count = kept;
}

static void sweep_heap(const struct sim_engine *engine, struct wheel *wheel, struct rh_vec *heap,
		       sim_engine_doom *is_doomed, void *ctx)
{
	uint32_t i;

	sweep_items(engine, wheel, heap, 0, is_doomed, ctx);
	for (i = heap->count / 2; i > 0; i--)
		sink_item(engine, wheel, rh_at(engine->space, heap->items), heap->count, i - 1);
}

static uint64_t general_sweep(struct sim_engine *engine, sim_engine_doom *is_doomed, void *ctx)
{
	struct wheel *wheel = wheel_of(engine);
	uint64_t before = wheel->live_count;
	uint64_t live;

	sweep_items(engine, wheel, &wheel->due, wheel->due_at, is_doomed, ctx);
	sweep_heap(engine, wheel, &wheel->side, is_doomed, ctx);
	sweep_heap(engine, wheel, &wheel->far, is_doomed, ctx);
	live = wheel->live_count;
	sweep_chains(engine, wheel, wheel->fine_heads, wheel->fine_bits,
		     UINT64_C(1) << wheel->fine_log2, is_doomed, ctx);
	wheel->fine_count -= (uint32_t)(live - wheel->live_count);
	sweep_chains(engine, wheel, wheel->coarse_heads, wheel->coarse_bits,
		     UINT64_C(1) << wheel->coarse_log2, is_doomed, ctx);
	return before - wheel->live_count;
}

static uint64_t general_count(const struct sim_engine *engine)
{
	return wheel_of(engine)->live_count;
}

const struct sim_engine_ops sim_general_engine = {
	.name = "general",
	.init = general_init,
	.push = general_push,
	.pop = general_pop,
	.sweep = general_sweep,
	.count = general_count,
};
