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
 * A bucket is a list of 16-byte items (buckets.h), so an append costs a few stores; bit maps find the
 * next bucket in use, so an idle network costs nothing.  A bucket is only taken out when it begins
 * before the limit of the pop: a run that stops in a pause leaves the cursor there.
 *
 * Events lie still in their cells from push to pop.  What is listed, sorted and sifted are items with
 * time and node in them; a cell is looked at again only where both are equal.  In a large network
 * cells have left the cache by then, so while one bucket is played those of the next are asked for,
 * and so is what the owner of the nodes wants to have at hand (`soon` in engine.h).
 *
 * The width follows the density: buckets of some few events are sorted by counting who comes before
 * whom, without a branch that could be foreseen wrongly, and late events find a short list.  It is
 * decided from the events and the virtual time that went by, so a crowd at one instant, which no width
 * would spread, does not narrow it; and it is decided no more often than all that waits could be placed
 * anew.  The order of events does not depend on it.
 */
#include "sim/kernel/engine.h"

#include "core/base/bits.h"
#include "sim/kernel/buckets.h"

#define BUCKET_LOG2 3	 /* events that a bucket should hold, at least */
#define FIT_FROM    1024 /* events from one look at the width to the next, at least */
#define LATE_MAX    64	 /* a longer due list is not inserted into */
#define MANY	    4096 /* events that wait: fewer are in the cache anyway */
#define LINE	    64

struct wheel {
	struct rh_vec cells; /* struct sim_event; a free one's id is the next free one */
	uint32_t free_head;
	uint32_t room; /* the cell of the next event to come */
	uint32_t width_log2;
	uint32_t width_max;
	uint32_t fine_log2;
	uint32_t coarse_log2;
	uint64_t fine_slots; /* 1 << fine_log2 */
	uint64_t coarse_mask;
	uint64_t live_count;
	uint64_t cursor;      /* tick */
	uint64_t epoch;	      /* of the fine wheel */
	uint64_t era;	      /* of the coarse wheel */
	struct sim_ring ring; /* the fine wheel's buckets, then the coarse one's */
	struct rh_vec due;    /* struct sim_item, sorted from due_at on */
	struct rh_vec scratch;
	struct rh_vec side; /* struct sim_item, heap */
	struct rh_vec far;  /* struct sim_item, heap */
	uint32_t due_at;
	uint32_t fine_count;   /* items in the fine wheel */
	struct sim_list ahead; /* the next bucket's, as far as not yet asked for */
	uint32_t ahead_count;  /* of them not yet asked for */
	uint32_t unused;
	uint64_t quiet_ns;  /* nothing comes before */
	uint64_t fitted_ns; /* when the width was looked at */
	uint64_t due_count; /* events that came due since */
};

#define CELL ((uint32_t)sizeof(struct sim_event))
#define ITEM ((uint32_t)sizeof(struct sim_item))

static struct wheel *wheel_of(const struct sim_engine *engine)
{
	return rh_at(engine->space, engine->state);
}

static struct sim_event *cell_at(const struct rh_space *space, const struct wheel *wheel,
				 uint32_t index)
{
	return rh_vec_at(space, &wheel->cells, CELL, index - 1);
}

static uint64_t fine_slot(const struct wheel *wheel, uint64_t tick)
{
	return tick & (wheel->fine_slots - 1);
}

static uint64_t coarse_slot(const struct wheel *wheel, uint64_t epoch)
{
	return wheel->fine_slots + (epoch & wheel->coarse_mask);
}

/* ---- cells ----------------------------------------------------------------------------------- */

/* A cell for the next event: it may be written there. */
static struct sim_event *reserve_room(struct rh_space *space, struct wheel *wheel)
{
	struct sim_event *cell;

	if (wheel->free_head == 0) {
		cell = rh_vec_push(space, &wheel->cells, CELL);
		wheel->room = wheel->cells.count;
	} else {
		cell = cell_at(space, wheel, wheel->free_head);
		wheel->room = wheel->free_head;
		wheel->free_head = (uint32_t)cell->id;
	}
	return cell;
}

static void give_cell(struct wheel *wheel, struct sim_event *cell, uint32_t index)
{
	cell->id = wheel->free_head;
	wheel->free_head = index;
	wheel->live_count--;
}

rh_off sim_general_engine_init(struct rh_space *space, uint32_t width_log2, uint32_t fine_log2,
			       uint32_t coarse_log2)
{
	rh_off state = rh_space_alloc(space, sizeof(struct wheel));
	struct wheel *wheel = rh_at(space, state);

	RH_ASSERT(fine_log2 >= 6 && coarse_log2 >= 6 && width_log2 + fine_log2 + coarse_log2 < 64);
	wheel->width_log2 = width_log2;
	wheel->width_max = width_log2;
	wheel->fine_log2 = fine_log2;
	wheel->coarse_log2 = coarse_log2;
	wheel->fine_slots = UINT64_C(1) << fine_log2;
	wheel->coarse_mask = (UINT64_C(1) << coarse_log2) - 1;
	sim_ring_init(space, &wheel->ring, wheel->fine_slots + wheel->coarse_mask + 1);
	reserve_room(space, wheel);
	return state;
}

/*
 * At the widest 0.26 ms a bucket, 1.07 s a fine wheel, 18 minutes a coarse one: a message between
 * continents lands in the fine wheel, a block interval in the coarse one, and an empty world costs
 * 41 KB, of which only what is used is ever touched.
 */
static rh_off general_init(struct rh_space *space)
{
	return sim_general_engine_init(space, 18, 12, 10);
}

/* ---- order of items -------------------------------------------------------------------------- */

static bool is_before(const struct sim_engine *engine, const struct wheel *wheel,
		      const struct sim_item *a, const struct sim_item *b)
{
	if (a->time_ns != b->time_ns)
		return a->time_ns < b->time_ns;
	if (a->node != b->node)
		return a->node < b->node;
	return sim_order_tie(engine->order, cell_at(engine->space, wheel, a->cell),
			     cell_at(engine->space, wheel, b->cell)) < 0;
}

static __attribute__((noinline)) void push_item(const struct sim_engine *engine,
						const struct wheel *wheel, struct rh_vec *heap,
						struct sim_item item)
{
	struct sim_item *items;
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
		      struct sim_item *items, uint32_t count, uint32_t at)
{
	struct sim_item moving = items[at];
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

static struct sim_item pop_item(const struct sim_engine *engine, const struct wheel *wheel,
				struct rh_vec *heap)
{
	struct sim_item *items = rh_at(engine->space, heap->items);
	struct sim_item top = items[0];

	RH_ASSERT(heap->count > 0);
	heap->count--;
	if (heap->count > 0) {
		items[0] = items[heap->count];
		sink_item(engine, wheel, items, heap->count, 0);
	}
	return top;
}

static void insert_sorted(const struct sim_engine *engine, const struct wheel *wheel,
			  struct sim_item *items, uint32_t count)
{
	uint32_t i;

	for (i = 1; i < count; i++) {
		struct sim_item moving = items[i];
		uint32_t at = i;

		while (at > 0 && is_before(engine, wheel, &moving, &items[at - 1])) {
			items[at] = items[at - 1];
			at--;
		}
		items[at] = moving;
	}
}

static void merge_runs(const struct sim_engine *engine, const struct wheel *wheel,
		       struct sim_item *out, const struct sim_item *in, uint32_t middle,
		       uint32_t end, uint32_t from)
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

/*
 * A few items that are all of different times: each goes to the place that says how many come before it.
 * False when two are of one time; then `out` means nothing.
 */
static bool sort_few(struct sim_item *out, const struct sim_item *in, uint32_t count)
{
	uint32_t places[SIM_BLOCK_ITEMS] = {0};
	uint32_t equal = 0;
	uint32_t i;
	uint32_t k;

	for (i = 1; i < count; i++) {
		uint64_t time_ns = in[i].time_ns;
		uint32_t place = 0;

		for (k = 0; k < i; k++) {
			uint32_t is_after = time_ns >= in[k].time_ns;

			equal |= time_ns == in[k].time_ns;
			places[k] += 1 - is_after;
			place += is_after;
		}
		places[i] = place;
	}
	for (i = 0; i < count; i++)
		out[places[i]] = in[i];
	return equal == 0;
}

/* Keys are total, so any correct sort gives the same list: runs of 16 by insertion, then merges. */
static void sort_due(const struct sim_engine *engine, struct wheel *wheel)
{
	struct sim_item *items = rh_at(engine->space, wheel->due.items);
	struct sim_item *other;
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
		struct sim_item *swap = items;

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

/* An event for a tick that is out already. */
static __attribute__((noinline)) void put_late(const struct sim_engine *engine, struct wheel *wheel,
					       struct sim_item item)
{
	struct rh_vec *due = &wheel->due;
	struct sim_item *items;
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

/* In a large network either wheel is about as likely: one way for both. */
static inline __attribute__((always_inline)) void
place_item(const struct sim_engine *engine, struct wheel *wheel, struct sim_item item)
{
	uint64_t tick = item.time_ns >> wheel->width_log2;
	uint64_t epoch = tick >> wheel->fine_log2;
	uint64_t is_fine = epoch == wheel->epoch;
	uint64_t fine = fine_slot(wheel, tick) & (0 - is_fine);
	uint64_t coarse = coarse_slot(wheel, epoch) & (is_fine - 1);

	if (tick < wheel->cursor) {
		put_late(engine, wheel, item);
	} else if (epoch >> wheel->coarse_log2 != wheel->era) {
		push_item(engine, wheel, &wheel->far, item);
	} else {
		wheel->fine_count += (uint32_t)is_fine;
		sim_ring_put(engine->space, &wheel->ring, fine | coarse, item);
	}
}

static void general_push(struct sim_engine *engine, const struct sim_event *event)
{
	struct wheel *wheel = wheel_of(engine);
	struct sim_item item = {event->time_ns, event->node, wheel->room};

	if (event != engine->room)
		*cell_at(engine->space, wheel, wheel->room) = *event;
	if (item.time_ns < wheel->quiet_ns)
		wheel->quiet_ns = item.time_ns;
	wheel->live_count++;
	place_item(engine, wheel, item);
	engine->room = reserve_room(engine->space, wheel);
	engine->live = &wheel->live_count;
}

/* The turn of an event of the next bucket comes soon. */
static void fetch_next(const struct sim_engine *engine, struct wheel *wheel)
{
	uint32_t count;
	const struct sim_item *items = sim_list_items(engine->space, wheel->ahead, &count);
	const struct sim_item *item = &items[--wheel->ahead_count];
	const char *cell = (const char *)cell_at(engine->space, wheel, item->cell);

	__builtin_prefetch(cell);
	__builtin_prefetch(cell + LINE);
	if (engine->soon != NULL)
		engine->soon(engine->soon_ctx, item->node);
	if (wheel->ahead_count > 0)
		return;
	wheel->ahead = sim_list_before(engine->space, wheel->ahead);
	if (wheel->ahead.at != 0)
		sim_list_items(engine->space, wheel->ahead, &wheel->ahead_count);
}

/* The bucket of this slot is played: the next one's events will be asked for one by one, and that one's
 * list, from which they are known, should be there by then. */
static void look_ahead(const struct sim_engine *engine, struct wheel *wheel, uint64_t slot)
{
	uint64_t next = sim_ring_next(engine->space, &wheel->ring, slot + 1, wheel->fine_slots);
	struct sim_list later;
	uint32_t count;

	if (next + 1 >= wheel->fine_slots)
		return;
	wheel->ahead.at = *sim_ring_head(engine->space, &wheel->ring, next);
	sim_list_items(engine->space, wheel->ahead, &wheel->ahead_count);
	later.at = *sim_ring_head(engine->space, &wheel->ring, next + 1);
	if (later.at != 0) {
		const char *items = (const char *)sim_list_items(engine->space, later, &count);

		__builtin_prefetch(items);
		__builtin_prefetch(items + LINE);
	}
}

/* A list becomes the due list, in order. */
static void load_list(const struct sim_engine *engine, struct wheel *wheel, struct sim_list list)
{
	struct rh_vec *due = &wheel->due;
	bool is_sorted = false;

	due->count = 0;
	wheel->due_at = 0;
	for (bool is_first = true; list.at != 0; is_first = false) {
		uint32_t count;
		const struct sim_item *items = sim_list_items(engine->space, list, &count);
		struct sim_item *out;

		if (due->cap < due->count + SIM_BLOCK_ITEMS)
			rh_vec_reserve(engine->space, due, ITEM, 2 * due->cap + 32);
		out = (struct sim_item *)rh_at(engine->space, due->items) + due->count;
		if (is_first)
			is_sorted = sort_few(out, items, count);
		if (!is_sorted)
			memcpy(out, items, count * sizeof(*out));
		due->count += count;
		sim_list_drop(engine->space, &wheel->ring, &list);
		is_sorted = is_sorted && list.at == 0;
	}
	if (!is_sorted)
		sort_due(engine, wheel);
}

static void load_bucket(const struct sim_engine *engine, struct wheel *wheel, uint64_t tick)
{
	uint64_t slot = fine_slot(wheel, tick);

	while (wheel->ahead_count > 0)
		fetch_next(engine, wheel);
	wheel->cursor = tick + 1;
	load_list(engine, wheel, sim_ring_cut(engine->space, &wheel->ring, slot));
	RH_ASSERT(wheel->due.count <= wheel->fine_count);
	wheel->fine_count -= wheel->due.count;
	wheel->due_count += wheel->due.count;
	if (wheel->live_count >= MANY)
		look_ahead(engine, wheel, slot);
}

static void place_list(const struct sim_engine *engine, struct wheel *wheel, struct sim_list list)
{
	while (list.at != 0) {
		uint32_t count;
		const struct sim_item *items = sim_list_items(engine->space, list, &count);

		for (uint32_t i = 0; i < count; i++)
			place_item(engine, wheel, items[i]);
		sim_list_drop(engine->space, &wheel->ring, &list);
	}
}

static void enter_epoch(const struct sim_engine *engine, struct wheel *wheel, uint64_t epoch)
{
	RH_ASSERT(epoch > wheel->epoch);
	wheel->epoch = epoch;
	wheel->cursor = epoch << wheel->fine_log2;
	place_list(engine, wheel,
		   sim_ring_cut(engine->space, &wheel->ring, coarse_slot(wheel, epoch)));
}

static void enter_era(const struct sim_engine *engine, struct wheel *wheel)
{
	uint32_t shift = wheel->width_log2 + wheel->fine_log2 + wheel->coarse_log2;
	const struct sim_item *top = rh_at(engine->space, wheel->far.items);

	RH_ASSERT(top->time_ns >> shift > wheel->era);
	wheel->era = top->time_ns >> shift;
	wheel->epoch = wheel->era << wheel->coarse_log2;
	wheel->cursor = wheel->epoch << wheel->fine_log2;
	while (wheel->far.count > 0) {
		struct sim_item item =
			*(const struct sim_item *)rh_at(engine->space, wheel->far.items);

		if (item.time_ns >> shift != wheel->era)
			break;
		pop_item(engine, wheel, &wheel->far);
		place_item(engine, wheel, item);
	}
}

/* ---- the width ------------------------------------------------------------------------------- */

/* Takes all items off the wheels, to the scratch list. */
static void collect(const struct sim_engine *engine, struct wheel *wheel)
{
	struct sim_ring *ring = &wheel->ring;
	uint64_t slot;

	for (slot = sim_ring_next(engine->space, ring, 0, ring->slots); slot < ring->slots;
	     slot = sim_ring_next(engine->space, ring, slot + 1, ring->slots)) {
		struct sim_list list = sim_ring_cut(engine->space, ring, slot);

		while (list.at != 0) {
			uint32_t count;
			const struct sim_item *items = sim_list_items(engine->space, list, &count);

			for (uint32_t i = 0; i < count; i++)
				*(struct sim_item *)rh_vec_push(engine->space, &wheel->scratch,
								ITEM) = items[i];
			sim_list_drop(engine->space, ring, &list);
		}
	}
}

/* Nothing is due: the cursor may go back to where a bucket of the new width begins. */
static void set_width(const struct sim_engine *engine, struct wheel *wheel, uint32_t width_log2)
{
	uint64_t from_ns = wheel->cursor << wheel->width_log2;
	struct rh_vec far = wheel->far;
	uint32_t i;

	RH_ASSERT(wheel->due_at == wheel->due.count && wheel->side.count == 0);
	RH_ASSERT(wheel->scratch.count == 0);
	collect(engine, wheel);
	wheel->far = (struct rh_vec){0};
	wheel->fine_count = 0;
	wheel->ahead_count = 0;
	wheel->width_log2 = width_log2;
	wheel->cursor = from_ns >> width_log2;
	wheel->epoch = wheel->cursor >> wheel->fine_log2;
	wheel->era = wheel->epoch >> wheel->coarse_log2;
	for (i = 0; i < wheel->scratch.count; i++)
		place_item(engine, wheel,
			   *(const struct sim_item *)rh_vec_at(engine->space, &wheel->scratch, ITEM,
							       i));
	for (i = 0; i < far.count; i++)
		place_item(engine, wheel,
			   *(const struct sim_item *)rh_vec_at(engine->space, &far, ITEM, i));
	wheel->scratch.count = 0;
	rh_vec_release(engine->space, &far, ITEM);
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
	const struct sim_item *far;
	uint64_t first;
	uint64_t slot;

	if (is_time_to_fit(wheel))
		fit_width(engine, wheel);
	first = wheel->cursor - (wheel->epoch << wheel->fine_log2);
	RH_ASSERT(first <= wheel->fine_slots);
	if (wheel->fine_count > 0) {
		uint64_t tick;

		slot = sim_ring_next(engine->space, &wheel->ring, first, wheel->fine_slots);
		RH_ASSERT(slot < wheel->fine_slots);
		tick = (wheel->epoch << wheel->fine_log2) + slot;
		if (!is_due(wheel, tick << wheel->width_log2, limit_ns))
			return false;
		load_bucket(engine, wheel, tick);
		return true;
	}
	slot = sim_ring_next(engine->space, &wheel->ring, coarse_slot(wheel, wheel->epoch) + 1,
			     wheel->ring.slots);
	if (slot < wheel->ring.slots) {
		uint64_t epoch = (wheel->era << wheel->coarse_log2) + slot - wheel->fine_slots;

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

/* Brings the first event of all to the head of the due list; false when none is before the limit.
 * Apart from the pop, which mostly finds it there. */
static __attribute__((noinline)) bool find_first(const struct sim_engine *engine,
						 struct wheel *wheel, uint64_t limit_ns)
{
	struct rh_vec *due = &wheel->due;
	const struct sim_item *items;

	while (wheel->due_at == due->count && wheel->side.count == 0) {
		if (wheel->live_count == 0 || !advance(engine, wheel, limit_ns))
			return false;
	}
	if (wheel->side.count == 0)
		return true;
	items = rh_at(engine->space, wheel->side.items);
	if (wheel->due_at < due->count &&
	    !is_before(engine, wheel, items, rh_vec_at(engine->space, due, ITEM, wheel->due_at)))
		return true;
	if (wheel->due_at > 0)
		wheel->due_at--;
	else
		rh_vec_insert(engine->space, due, ITEM, 0);
	*(struct sim_item *)rh_vec_at(engine->space, due, ITEM, wheel->due_at) =
		pop_item(engine, wheel, &wheel->side);
	return true;
}

static bool general_pop(struct sim_engine *engine, struct sim_event *event, uint64_t limit_ns)
{
	struct wheel *wheel = wheel_of(engine);
	const struct sim_item *first;
	struct sim_event *cell;

	/* A run asks again and again where nothing has come: at each point at which it may stop. */
	if (limit_ns <= wheel->quiet_ns)
		return false;
	if ((wheel->due_at == wheel->due.count || wheel->side.count != 0) &&
	    !find_first(engine, wheel, limit_ns))
		return false;
	first = rh_vec_at(engine->space, &wheel->due, ITEM, wheel->due_at);
	if (!is_due(wheel, first->time_ns, limit_ns))
		return false;
	wheel->due_at++;
	if (wheel->ahead_count > 0)
		fetch_next(engine, wheel);
	cell = cell_at(engine->space, wheel, first->cell);
	*event = *cell;
	give_cell(wheel, cell, first->cell);
	return true;
}

/* ---- sweeps ---------------------------------------------------------------------------------- */

static bool takes(const struct sim_engine *engine, struct wheel *wheel, uint32_t index,
		  sim_engine_doom *is_doomed, void *ctx)
{
	struct sim_event *cell = cell_at(engine->space, wheel, index);

	if (!is_doomed(ctx, cell))
		return false;
	give_cell(wheel, cell, index);
	return true;
}

/* The lists from one bucket to another are taken out, and what stays is put back. */
static void sweep_ring(const struct sim_engine *engine, struct wheel *wheel, uint64_t from,
		       uint64_t end, sim_engine_doom *is_doomed, void *ctx)
{
	struct sim_ring *ring = &wheel->ring;
	uint64_t slot;

	for (slot = sim_ring_next(engine->space, ring, from, end); slot < end;
	     slot = sim_ring_next(engine->space, ring, slot + 1, end)) {
		struct sim_list list = sim_ring_cut(engine->space, ring, slot);

		while (list.at != 0) {
			uint32_t count;
			const struct sim_item *items = sim_list_items(engine->space, list, &count);

			for (uint32_t i = 0; i < count; i++) {
				if (!takes(engine, wheel, items[i].cell, is_doomed, ctx))
					sim_ring_put(engine->space, ring, slot, items[i]);
			}
			sim_list_drop(engine->space, ring, &list);
		}
	}
}

/* Keeps the order of what stays, from position `first` on. */
static void sweep_items(const struct sim_engine *engine, struct wheel *wheel, struct rh_vec *vec,
			uint32_t first, sim_engine_doom *is_doomed, void *ctx)
{
	struct sim_item *items;
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
	sweep_ring(engine, wheel, 0, wheel->fine_slots, is_doomed, ctx);
	wheel->fine_count -= (uint32_t)(live - wheel->live_count);
	sweep_ring(engine, wheel, wheel->fine_slots, wheel->ring.slots, is_doomed, ctx);
	wheel->ahead_count = 0;
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
