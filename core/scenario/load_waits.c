/*
 * load_waits.c - when a step begins, and the step `wait`.
 *
 * What can be known is computed here: a wait of 10 s only moves the cursor.  What only the run can
 * tell (a height, a sentence) becomes a wait step, and the cursor then stands at its end.  `at: block
 * 100` of any step is such a wait in front of it, called after the step ("cut.at").
 */
#include <string.h>

#include "core/scenario/steps.h"

uint32_t rh_new_condition(struct rh_steps *steps, const struct rh_tree *tree, const char *name,
			  const char *path)
{
	struct rh_loader *loader = steps->loader;

	if (loader->condition_count == loader->condition_cap) {
		uint32_t cap = loader->condition_cap == 0 ? 16 : loader->condition_cap * 2;
		struct rh_load_condition *grown =
			RH_ARENA_ARRAY(&loader->scratch, cap, struct rh_load_condition);

		if (loader->condition_count > 0)
			memcpy(grown, loader->conditions, loader->condition_count * sizeof(*grown));
		loader->conditions = grown;
		loader->condition_cap = cap;
	}
	loader->conditions[loader->condition_count] = (struct rh_load_condition){
		.tree = tree, .name = name, .path = path, .phase = steps->stretch.phase};
	return loader->condition_count++;
}

static const struct rh_action_type *wait_type(struct rh_steps *steps, struct rh_place place,
					      const char *path)
{
	const struct rh_action_type *type = rh_registry_action(steps->loader->registry, "wait");

	if (type == NULL)
		rh_load_complain(steps->loader, "E040", place, path, NULL,
				 "this build has no step \"wait\"");
	return type;
}

/* A wait from `begin` for so long, at least; NULL after complaining. */
static struct rh_draft *new_wait(struct rh_steps *steps, const struct rh_cursor *begin,
				 uint64_t lasts_ns, const char *name, struct rh_place place,
				 const char *path)
{
	const struct rh_action_type *type = wait_type(steps, place, path);
	struct rh_draft *draft;

	if (type == NULL)
		return NULL;
	draft = rh_new_draft(steps, type, name, place, path);
	if (draft == NULL)
		return NULL;
	draft->step.params = rh_arena_alloc(&steps->loader->plan->arena, 1, 1);
	draft->step.after = begin->after;
	draft->step.at_ns = begin->at_ns;
	draft->step.until_ns = begin->at_ns + lasts_ns;
	return draft;
}

void rh_join(struct rh_steps *steps, struct rh_cursor *cursor, const struct rh_cursor *ends,
	     uint32_t count, const char *name, struct rh_place place, const char *path)
{
	struct rh_cursor begin = {RH_NONE, steps->stretch.start_ns};
	uint32_t *waits = RH_ARENA_ARRAY(&steps->loader->scratch, (size_t)count + 1, uint32_t);
	uint32_t wait_count = 0;
	uint64_t latest_ns = begin.at_ns;
	struct rh_draft *draft;

	for (uint32_t i = 0; i < count; i++) {
		uint32_t last = ends[i].after;

		if (last == RH_NONE) {
			if (ends[i].at_ns > latest_ns)
				latest_ns = ends[i].at_ns;
			continue;
		}
		/* So long behind a step is a wait of its own. */
		if (ends[i].at_ns != 0) {
			struct rh_cursor from = {last, 0};

			last = steps->count;
			draft = new_wait(
				steps, &from, ends[i].at_ns,
				rh_arena_printf(&steps->loader->scratch, "%s.%u", name, i + 1),
				place, path);
			if (draft == NULL)
				return;
		}
		waits[wait_count++] = last;
	}
	if (wait_count == 0) {
		*cursor = (struct rh_cursor){RH_NONE, latest_ns};
		return;
	}
	draft = new_wait(steps, &begin, latest_ns - begin.at_ns, name, place, path);
	if (draft == NULL)
		return;
	draft->step.steps = waits;
	draft->step.step_count = wait_count;
	*cursor = (struct rh_cursor){steps->count - 1, 0};
}

/* ---- begin ----------------------------------------------------------------------------------- */

/* "slot 40" -> 40; false when the text does not begin with that word. */
static bool read_numbered(uint64_t *number, const char *text, const char *word)
{
	size_t len = strlen(word);
	const char *digits = text + len;

	if (strncmp(text, word, len) != 0 || *digits != ' ')
		return false;
	digits += strspn(digits, " ");
	*number = 0;
	if (*digits == 0)
		return false;
	for (; *digits != 0; digits++) {
		if (*digits < '0' || *digits > '9' || *number > UINT64_C(1) << 40)
			return false;
		*number = *number * 10 + (uint64_t)(*digits - '0');
	}
	return *number <= UINT64_C(1) << 40;
}

/* Time at which a slot or an epoch begins; false after complaining. */
static bool chain_time(struct rh_steps *steps, uint64_t *time_ns, uint64_t number, bool is_epoch,
		       struct rh_place place, const char *path)
{
	struct rh_slots slots = steps->loader->slots;
	uint64_t unit_ns = slots.slot_ns;

	if (unit_ns == 0 || (is_epoch && slots.slots_per_epoch == 0)) {
		rh_load_complain(steps->loader, "E035", place, path,
				 is_epoch ? "write clock: {slot: 12s, slotsPerEpoch: 32}"
					  : "write clock: {slot: 12s}",
				 "%s %llu is no time: spec.clock does not say how long %s",
				 is_epoch ? "epoch" : "slot", (unsigned long long)number,
				 is_epoch ? "epochs are" : "slots are");
		return false;
	}
	if (is_epoch)
		unit_ns *= slots.slots_per_epoch;
	if (number > RH_LOAD_TIME_MAX / unit_ns) {
		rh_load_complain(steps->loader, "E022", place, path, NULL,
				 "%s %llu is more than a century away", is_epoch ? "epoch" : "slot",
				 (unsigned long long)number);
		return false;
	}
	*time_ns = steps->loader->plan->genesis_delay_ns + number * unit_ns;
	return true;
}

static bool is_too_early(struct rh_steps *steps, uint64_t time_ns, uint64_t than_ns,
			 const char *what, const char *before, const struct rh_tree *tree,
			 const char *path)
{
	char text[2][RH_TIME_TEXT];

	if (steps->stretch.part != RH_PART_ACTIONS) {
		rh_load_complain(steps->loader, "E081", tree->place, path,
				 "count from the beginning: at: 10s",
				 "when rollback and cleanup begin is not known, so \"%.40s\" is no "
				 "time in them",
				 what);
		return true;
	}
	if (time_ns >= than_ns)
		return false;
	rh_load_complain(steps->loader, "E081", tree->place, path, NULL,
			 "%.40s is at %s, before the %s at %s", what,
			 rh_span_exact(text[0], time_ns), before, rh_span_exact(text[1], than_ns));
	return true;
}

static const char *height_sentence(struct rh_steps *steps, uint64_t height)
{
	return rh_arena_printf(&steps->loader->scratch, "max(head_height) >= %llu",
			       (unsigned long long)height);
}

/* Rollback and cleanup are not judged, so nobody could tell. */
static bool can_tell(struct rh_steps *steps, const struct rh_tree *tree, const char *path)
{
	if (steps->stretch.part == RH_PART_ACTIONS)
		return true;
	rh_load_complain(steps->loader, "E081", tree->place, path, "write wait: 30s",
			 "rollback and cleanup can wait for a time only");
	return false;
}

/* A wait that ends when the first node has this height; the cursor moves to its end. */
static bool wait_for_block(struct rh_steps *steps, struct rh_cursor *cursor,
			   const struct rh_cursor *begin, uint64_t height, const char *name,
			   uint64_t timeout_ns, const struct rh_tree *tree, const char *path)
{
	const struct rh_tree *sentence =
		rh_tree_scalar(steps->loader, height_sentence(steps, height), tree->place);
	struct rh_draft *draft;

	if (!can_tell(steps, tree, path))
		return false;
	draft = new_wait(steps, begin, 0, name, tree->place, path);
	if (draft == NULL)
		return false;
	draft->step.condition = rh_new_condition(steps, sentence, draft->step.name, path);
	if (timeout_ns != 0)
		draft->step.timeout_ns = timeout_ns;
	*cursor = (struct rh_cursor){steps->count - 1, 0};
	return true;
}

static bool read_at(struct rh_steps *steps, struct rh_cursor *begin,
		    const struct rh_written *written, const char *name)
{
	static const struct rh_key length = {
		.name = "at", .type = RH_KEY_DURATION, .max = (int64_t)(RH_LOAD_TIME_MAX / 10)};
	struct rh_loader *loader = steps->loader;
	const struct rh_stretch *stretch = &steps->stretch;
	const struct rh_tree *at = rh_load_key(loader, written->tree, "step", "at");
	const char *path = written->path;
	struct rh_value value;
	uint64_t number;

	*begin = (struct rh_cursor){RH_NONE, stretch->start_ns};
	if (strcmp(written->in.at, "end") == 0) {
		if (is_too_early(steps, stretch->end_ns, 0, "end", "", at, path))
			return false;
		begin->at_ns = stretch->end_ns - 1;
		return true;
	}
	if (read_numbered(&number, written->in.at, "slot") ||
	    read_numbered(&number, written->in.at, "epoch"))
		return chain_time(steps, &begin->at_ns, number, written->in.at[0] == 'e', at->place,
				  path) &&
		       !is_too_early(steps, begin->at_ns, stretch->start_ns, written->in.at,
				     "phase", at, path);
	if (read_numbered(&number, written->in.at, "block"))
		return wait_for_block(steps, begin, begin, number,
				      rh_arena_printf(&loader->scratch, "%s.at", name),
				      written->in.timeout_ns, at, path);
	if (!rh_load_scalar(loader, &value, &length, at, rh_load_path(loader, path, "at")))
		return false;
	begin->at_ns += value.number;
	return true;
}

bool rh_step_is_near(struct rh_steps *steps, uint64_t at_ns, uint64_t count, uint64_t every_ns,
		     const struct rh_tree *tree, const char *path)
{
	if (at_ns <= RH_LOAD_TIME_MAX &&
	    (every_ns == 0 || count <= (RH_LOAD_TIME_MAX - at_ns) / every_ns))
		return true;
	rh_load_complain(steps->loader, "E022", tree->place, path, NULL,
			 "the step would be taken more than a century after the beginning");
	return false;
}

bool rh_step_begin(struct rh_steps *steps, struct rh_cursor *begin, const struct rh_cursor *cursor,
		   const struct rh_written *written, const char *name)
{
	struct rh_loader *loader = steps->loader;
	const struct rh_stretch *stretch = &steps->stretch;
	const struct rh_tree *at = rh_load_key(loader, written->tree, "step", "at");
	const struct rh_tree *delay = rh_load_key(loader, written->tree, "step", "delay");

	*begin = *cursor;
	if (at != NULL && delay != NULL) {
		rh_load_complain(loader, "E051", delay->place, written->path,
				 "`at` counts from the phase, `delay` from the step before",
				 "`at` and `delay` exclude each other");
		return false;
	}
	begin->at_ns += written->in.delay_ns;
	if (at != NULL && !read_at(steps, begin, written, name))
		return false;
	if (!rh_step_is_near(steps, begin->at_ns, 1, 0, written->tree, written->path))
		return false;
	if (stretch->part == RH_PART_ACTIONS && begin->after == RH_NONE &&
	    begin->at_ns >= stretch->end_ns && (at != NULL || delay != NULL))
		rh_load_complain(loader, "W005", at != NULL ? at->place : delay->place,
				 written->path, NULL,
				 "step \"%.80s\" begins after its phase has ended", name);
	return true;
}

/* ---- wait ------------------------------------------------------------------------------------ */

/* `wait: epoch` with `with: {epoch: 3}` is wait: {epoch: 3}. */
static const struct rh_tree *wait_map(struct rh_steps *steps, const struct rh_written *written)
{
	static const char *const words[] = {"slot", "epoch", "block", "until", "duration"};
	const struct rh_tree *wait = written->in.form[RH_FORM_WAIT];

	for (size_t i = 0; wait->kind == RH_TREE_SCALAR && i < RH_ARRAY_LEN(words); i++) {
		if (strcmp(wait->text, words[i]) != 0)
			continue;
		if (written->in.with != NULL)
			return written->in.with;
		if (i != 3 || written->in.until == NULL)
			break;
	}
	if (wait->kind == RH_TREE_SCALAR && written->in.with != NULL) {
		rh_load_complain(steps->loader, "E052", written->in.with->place, written->path,
				 "write wait: {epoch: 3}",
				 "`with` belongs to wait: slot, epoch, block and until");
		return NULL;
	}
	return wait;
}

static uint32_t count_ways(const struct rh_in_wait *in)
{
	return (uint32_t)(in->duration_ns != 0) + (in->slot >= 0) + (in->epoch >= 0) +
	       (in->block >= 0) + (in->until != NULL);
}

static bool read_wait(struct rh_steps *steps, struct rh_in_wait *in,
		      const struct rh_written *written, const struct rh_tree *tree)
{
	static const struct rh_key length = {.name = "wait",
					     .type = RH_KEY_DURATION,
					     .min = 1,
					     .max = (int64_t)(RH_LOAD_TIME_MAX / 10)};
	const char *path = rh_load_path(steps->loader, written->path, "wait");
	struct rh_value value;

	*in = (struct rh_in_wait){.slot = -1, .epoch = -1, .block = -1};
	if (tree->kind == RH_TREE_MAP) {
		if (!rh_load_section(steps->loader, in, tree, "wait", path))
			return false;
	} else if (strcmp(tree->kind == RH_TREE_SCALAR ? tree->text : "", "until") != 0) {
		if (!rh_load_scalar(steps->loader, &value, &length, tree, path))
			return false;
		in->duration_ns = value.number;
	}
	if (written->in.until != NULL && in->until == NULL)
		in->until = written->in.until;
	if (count_ways(in) == 1)
		return true;
	rh_load_complain(steps->loader, "E080", tree->place, path,
			 "two waits are two steps, one behind the other",
			 count_ways(in) == 0 ? "a wait needs something to wait for"
					     : "a wait waits for one thing");
	return false;
}

/* Until a time of the run: from a cursor that is not known, both have to come. */
static void wait_for_time(struct rh_steps *steps, struct rh_cursor *cursor,
			  const struct rh_cursor *begin, uint64_t time_ns, const char *name,
			  const struct rh_tree *tree, const struct rh_written *written)
{
	struct rh_cursor ends[2] = {*begin, {RH_NONE, time_ns}};

	if (begin->after != RH_NONE) {
		rh_join(steps, cursor, ends, 2, name, tree->place, written->path);
	} else if (!is_too_early(steps, time_ns, begin->at_ns, "what it waits for", "step itself",
				 tree, written->path) &&
		   new_wait(steps, begin, time_ns - begin->at_ns, name, tree->place,
			    written->path) != NULL) {
		*cursor = ends[1];
	}
}

void rh_load_wait(struct rh_steps *steps, struct rh_cursor *cursor, const struct rh_cursor *begin,
		  const struct rh_written *written, const char *name)
{
	const struct rh_tree *tree = wait_map(steps, written);
	struct rh_in_wait in;
	struct rh_draft *draft;
	uint64_t time_ns;

	if (tree == NULL || !read_wait(steps, &in, written, tree))
		return;
	if (written->in.timeout_ns != 0 && in.until == NULL && in.block < 0) {
		rh_load_complain(steps->loader, "E052", tree->place, written->path,
				 "remove `timeout`", "a wait for a time takes as long as it says");
		return;
	}
	if (in.slot >= 0 || in.epoch >= 0) {
		uint64_t number = (uint64_t)(in.slot >= 0 ? in.slot : in.epoch);

		if (chain_time(steps, &time_ns, number, in.slot < 0, tree->place, written->path))
			wait_for_time(steps, cursor, begin, time_ns, name, tree, written);
		return;
	}
	if (in.block >= 0) {
		wait_for_block(steps, cursor, begin, (uint64_t)in.block, name,
			       written->in.timeout_ns, tree, written->path);
		return;
	}
	if (in.until != NULL && !can_tell(steps, in.until, written->path))
		return;
	draft = new_wait(steps, begin, in.duration_ns, name, written->tree->place, written->path);
	if (draft == NULL)
		return;
	if (in.until == NULL) {
		*cursor = (struct rh_cursor){begin->after, begin->at_ns + in.duration_ns};
		return;
	}
	draft->step.condition = rh_new_condition(steps, in.until, draft->step.name, written->path);
	if (written->in.timeout_ns != 0)
		draft->step.timeout_ns = written->in.timeout_ns;
	*cursor = (struct rh_cursor){steps->count - 1, 0};
}
