/*
 * load_step.c - one step: its name, parameters, target and times, and its copies.
 *
 * A step with `every`, one whose parameters follow a signal, and a fault that comes and goes are
 * each a series of steps in the plan: the first has the name that was written, the others ".2",
 * ".3" behind it, and `series` names the first.
 */
#include <string.h>

#include "core/scenario/clock_faults.h"
#include "core/scenario/faults.h"
#include "core/scenario/steps.h"

/* How many there will be, and when. */
struct copies {
	uint64_t count;
	uint64_t every_ns;
	uint64_t lasts_ns; /* each; 0: it does not end by itself */
	uint64_t whole_ns; /* all of them; 0: no matter */
	bool has_own_targets;
	struct rh_followed *followed;
};

/* ---- drafts ---------------------------------------------------------------------------------- */

/* How many steps of a type there are, copies left out. */
static uint32_t *count_of(struct rh_steps *steps, const struct rh_action_type *type)
{
	const struct rh_registry *registry = steps->loader->registry;
	uint32_t i = 0;

	while (i < registry->action_count && registry->actions[i] != type)
		i++;
	return &steps->type_counts[i < RH_REGISTRY_MAX ? i : RH_REGISTRY_MAX - 1];
}

struct rh_draft *rh_new_draft(struct rh_steps *steps, const struct rh_action_type *type,
			      const char *name, struct rh_place place, const char *path)
{
	struct rh_loader *loader = steps->loader;
	struct rh_draft *draft;
	bool is_new;

	if (steps->count == steps->cap) {
		steps->cap = steps->cap == 0 ? 64 : 2 * steps->cap;
		steps->drafts = rh_realloc(steps->drafts, steps->cap * sizeof(*steps->drafts));
	}
	if (steps->count == RH_STEPS_MAX) {
		rh_load_complain(loader, "E082", place, path, NULL,
				 "the file comes to more than 100,000 steps");
		return NULL;
	}
	if (strlen(name) > 200)
		rh_load_complain(loader, "E024", place, path, NULL,
				 "a name may have 200 characters");
	draft = &steps->drafts[steps->count];
	*draft = (struct rh_draft){.step = {RH_PLAN_STEP_INIT}, .path = path};
	draft->step.name = rh_load_keep(loader, name);
	draft->step.name64 = rh_name64(name);
	rh_map_add(&steps->names, draft->step.name, strlen(name), &is_new)->number = steps->count;
	if (!is_new)
		rh_load_complain(loader, "E041", place, path, "choose another name",
				 "two steps are called \"%.80s\"", name);
	draft->step.type = type;
	draft->step.phase = steps->stretch.phase;
	draft->step.part = steps->stretch.part;
	draft->step.unless = steps->stretch.unless;
	draft->step.line = place.line;
	draft->step.column = place.column;
	draft->step.until_ns = RH_TIME_NEVER;
	steps->count++;
	++*count_of(steps, type);
	return draft;
}

/* The fault and how many of its kind came before: "partition-2". */
static const char *default_name(struct rh_steps *steps, const struct rh_action_type *type)
{
	return rh_arena_printf(&steps->loader->scratch, "%s-%u", type->name,
			       *count_of(steps, type) + 1);
}

static const char *name_of(struct rh_steps *steps, const struct rh_written *written)
{
	const char *name = written->in.id[0] != 0 ? written->in.id : written->in.name;

	if (name[0] == 0)
		return default_name(steps, written->type);
	if (steps->stretch.suffix[0] == 0)
		return name;
	return rh_arena_printf(&steps->loader->scratch, "%.220s%s", name, steps->stretch.suffix);
}

/* Copies of a step in a repeat have the number of the round, also of the first: "x.2" is a round. */
static const char *copy_name(struct rh_steps *steps, const struct rh_written *written,
			     const char *name, uint64_t number)
{
	const char *own = written->in.id[0] != 0 ? written->in.id : written->in.name;
	const char *rounds = steps->stretch.rounds;

	if (own[0] == 0 || rounds[0] == 0)
		return rh_arena_printf(&steps->loader->scratch, "%s.%llu", name,
				       (unsigned long long)number);
	return rh_arena_printf(&steps->loader->scratch, "%.220s%s.%llu", own, rounds,
			       (unsigned long long)number);
}

/* ---- `if` ------------------------------------------------------------------------------------ */

/* "${run.failed}" and "run.failed" are the same: there is no other meaning at that place. */
static bool is_word(const char *text, const char *word)
{
	size_t len = strlen(word);

	if (strncmp(text, "${", 2) == 0)
		return strncmp(text + 2, word, len) == 0 && strcmp(text + 2 + len, "}") == 0;
	return strcmp(text, word) == 0;
}

/* `disabled: true` and `if: false`: the step stands in the plan and moves nothing else. */
static bool is_left_out(const struct rh_written *written)
{
	const struct rh_tree *tree = written->in.condition;

	return written->in.is_disabled ||
	       (tree != NULL && tree->kind == RH_TREE_SCALAR && is_word(tree->text, "false"));
}

/* Fills condition and only_if; false after complaining. */
static bool read_if(struct rh_steps *steps, struct rh_plan_step *out,
		    const struct rh_written *written, const char *name)
{
	const struct rh_tree *tree = written->in.condition;
	const char *text = tree != NULL && tree->kind == RH_TREE_SCALAR ? tree->text : "";

	if (tree == NULL || is_word(text, "true") || is_word(text, "false"))
		return true;
	if (is_word(text, "run.failed") || is_word(text, "!run.passed")) {
		out->only_if = RH_ONLY_FAILED;
	} else if (is_word(text, "run.passed") || is_word(text, "!run.failed")) {
		out->only_if = RH_ONLY_PASSED;
	} else if (written->form == RH_FORM_WAIT) {
		rh_load_complain(steps->loader, "E052", tree->place, written->path,
				 "use wait: {until: ...}",
				 "whether a wait is left out must be known: `if` takes true or "
				 "false here");
		return false;
	} else {
		out->condition = rh_new_condition(
			steps, tree, rh_arena_printf(&steps->loader->scratch, "%.200s.if", name),
			written->path);
	}
	return true;
}

/* ---- times ----------------------------------------------------------------------------------- */

/* What the rows of its parameters cannot say of themselves. */
static bool check_params(struct rh_steps *steps, const struct rh_written *written,
			 const void *params)
{
	const struct rh_clock_drift *drift = params;
	int64_t drift_ppb;

	if (written->type != &rh_fault_clock_drift ||
	    rh_drift_read(&drift_ppb, drift->text, RH_FAULT_DRIFT_MAX_PPM))
		return true;
	rh_load_complain(steps->loader, "E037", rh_tree_get(written->with, "drift")->place,
			 rh_load_path(steps->loader, written->path, "with.drift"),
			 "write for example 20ppm; at most 100000ppm", "this is not a drift");
	return false;
}

/* A fault whose parameters say how long it is down lasts so long. */
static bool find_downtime(uint64_t *downtime_ns, const struct rh_action_type *type,
			  const void *params)
{
	const struct rh_key *key = type->keys;

	for (; type->is_fault && key != NULL && key->name != NULL; key++) {
		if (key->type == RH_KEY_DURATION && strcmp(key->name, "downtime") == 0) {
			*downtime_ns = rh_value_load(key, params).number;
			return true;
		}
	}
	return false;
}

static bool lasts(const struct rh_action_type *type)
{
	return type->is_fault ||
	       (type->effect == RH_EFFECT_ON_RUN && type->run_op == RH_RUN_OP_WORKLOAD) ||
	       type->effect == RH_EFFECT_LATER;
}

/* From the step's beginning to the end of its phase; 0 when that is not known. */
static uint64_t rest_of_phase(const struct rh_steps *steps, const struct rh_cursor *begin)
{
	if (begin->after != RH_NONE || steps->stretch.part != RH_PART_ACTIONS ||
	    begin->at_ns >= steps->stretch.end_ns)
		return 0;
	return steps->stretch.end_ns - begin->at_ns;
}

static bool set_length(struct rh_steps *steps, struct copies *copies,
		       const struct rh_written *written, const void *params)
{
	const struct rh_tree *length = rh_load_key(steps->loader, written->tree, "step", "for");

	copies->lasts_ns = written->in.for_ns;
	if (find_downtime(&copies->lasts_ns, written->type, params)) {
		if (length == NULL)
			return true;
		rh_load_complain(steps->loader, "E052", length->place, written->path,
				 "remove `for`", "%s says in `downtime` how long it lasts",
				 written->type->name);
		return false;
	}
	if (length == NULL || lasts(written->type))
		return true;
	rh_load_complain(steps->loader, "E052", length->place, written->path, "remove `for`",
			 "%s happens once and does not last", written->type->name);
	return false;
}

/* What comes and goes by itself: as long as `for` says, or the phase. */
static bool set_pattern(struct rh_steps *steps, struct copies *copies,
			const struct rh_written *written, const struct rh_cursor *begin,
			uint64_t every_ns, uint64_t lasts_ns)
{
	copies->whole_ns =
		written->in.for_ns != 0 ? written->in.for_ns : rest_of_phase(steps, begin);
	copies->every_ns = every_ns;
	copies->lasts_ns = lasts_ns;
	if (copies->whole_ns == 0) {
		rh_load_complain(steps->loader, "E082", written->tree->place, written->path,
				 "write for: 1m", "how long \"%.80s\" lasts is not known",
				 written->type->name);
		return false;
	}
	copies->count = (copies->whole_ns - 1) / every_ns + 1;
	return true;
}

static bool set_copies(struct rh_steps *steps, struct copies *copies,
		       const struct rh_written *written, const struct rh_cursor *begin,
		       const void *params)
{
	const struct rh_flaky *flaky =
		written->type == &rh_fault_flaky ? (const struct rh_flaky *)params : NULL;
	const struct rh_tree *every = rh_load_key(steps->loader, written->tree, "step", "every");

	copies->count = 1;
	if (!set_length(steps, copies, written, params))
		return false;
	if (every != NULL && (flaky != NULL || copies->followed != NULL)) {
		rh_load_complain(steps->loader, "E052", every->place, written->path,
				 "remove `every`", "%s comes again by itself",
				 flaky != NULL ? "flaky" : "a step that follows a signal");
		return false;
	}
	if (flaky != NULL && !set_pattern(steps, copies, written, begin,
					  flaky->down_ns + flaky->up_ns, flaky->down_ns))
		return false;
	if (copies->followed != NULL &&
	    !set_pattern(steps, copies, written, begin, rh_signal_every(copies->followed),
			 rh_signal_every(copies->followed)))
		return false;
	if (every != NULL) {
		uint64_t rest_ns = rest_of_phase(steps, begin);

		copies->has_own_targets = true;
		copies->every_ns = written->in.every_ns;
		copies->count = (uint64_t)written->in.times;
		if (copies->count == 0 && rest_ns != 0)
			copies->count = (rest_ns - 1) / copies->every_ns + 1;
	}
	if (copies->count >= 1 && copies->count <= RH_COPIES_MAX)
		return rh_step_is_near(steps, begin->at_ns, copies->count, copies->every_ns,
				       written->tree, written->path);
	rh_load_complain(steps->loader, "E082", written->tree->place, written->path,
			 copies->count == 0 ? "write times: 3" : NULL,
			 copies->count == 0 ? "how often \"%.80s\" is taken is not known"
					    : "\"%.80s\" would be more than 10,000 steps",
			 written->type->name);
	return false;
}

/* ---- targets --------------------------------------------------------------------------------- */

static bool set_targets(struct rh_steps *steps, struct rh_plan_step *step,
			const struct rh_written *written)
{
	struct rh_loader *loader = steps->loader;
	const struct rh_action_type *type = step->type;
	bool is_on_links = type->effect == RH_EFFECT_ON_LINKS;
	const struct rh_tree *direction = rh_load_key(loader, written->tree, "step", "direction");
	bool needs_target = type->effect == RH_EFFECT_ON_NODES ||
			    type->effect == RH_EFFECT_ON_MODEL ||
			    type->effect == RH_EFFECT_ON_CLOCKS ||
			    (is_on_links && type->edges == RH_EDGES_BETWEEN &&
			     !rh_partition_has_shape(type, step->params));

	if (written->target == NULL && needs_target) {
		rh_load_complain(loader, "E013", written->tree->place, written->path,
				 "write for example target: n-0, or target: {mode: percent, value: "
				 "40%}",
				 "%s needs a target", type->name);
		return false;
	}
	if (!is_on_links && direction != NULL && type->effect != RH_EFFECT_LATER) {
		rh_load_complain(loader, "E052", direction->place, written->path, "remove it",
				 "`direction` is for faults on links; %s acts on nodes",
				 type->name);
		return false;
	}
	if (written->target == NULL && type->effect == RH_EFFECT_ON_RUN)
		return true;
	if (!rh_load_target(loader, &step->nodes, &step->node_count, written->target,
			    rh_load_path(loader, written->path, "target"), step->name64,
			    is_on_links))
		return false;
	if (!is_on_links)
		return true;
	if (!rh_choose_edges(steps, step, written))
		return false;
	if (step->edge_count == 0)
		rh_load_complain(loader, "W004",
				 written->target != NULL ? written->target->place
							 : written->tree->place,
				 written->path, NULL, "step \"%.80s\" touches no link", step->name);
	return true;
}

/* ---- one step -------------------------------------------------------------------------------- */

/* Keys that say nothing about this kind of step. */
static bool has_foreign_key(struct rh_steps *steps, const struct rh_written *written)
{
	struct rh_loader *loader = steps->loader;
	bool is_wait = written->form == RH_FORM_WAIT;
	bool is_on_run = written->type->effect == RH_EFFECT_ON_RUN;
	const struct {
		const char *key;
		bool is_foreign;
		const char *hint;
	} keys[] = {
		{"target", is_on_run && written->form != RH_FORM_CLEAR, "remove it"},
		{"severity", !written->type->is_fault, "severity is for faults"},
		{"every", is_wait, "write repeat: {every: ...}"},
		{"times", written->in.every_ns == 0, "write `every` too"},
		{"until", !is_wait && written->in.every_ns == 0, "write `every` too"},
		{"timeout", !is_wait && strncmp(written->in.at, "block ", 6) != 0,
		 "only waits have a timeout"},
		{"for", is_wait, "write wait: 30s"},
	};

	for (size_t i = 0; i < RH_ARRAY_LEN(keys); i++) {
		const struct rh_tree *key = rh_load_key(loader, written->tree, "step", keys[i].key);

		if (key == NULL || !keys[i].is_foreign)
			continue;
		rh_load_complain(loader, "E052", key->place, written->path, keys[i].hint,
				 "`%s` does not belong to this step (%s)", keys[i].key,
				 written->type->name);
		return true;
	}
	return false;
}

static void set_common(struct rh_steps *steps, struct rh_plan_step *step,
		       const struct rh_written *written, const struct rh_plan_step *terms)
{
	if (written->in.id[0] != 0 && written->in.name[0] != 0)
		step->label = rh_load_keep(steps->loader, written->in.name);
	step->on_failure = (enum rh_on_failure)written->in.on_failure;
	step->verify = written->in.verify == 1 ? RH_VERIFY_NONE : RH_VERIFY_REQUIRED;
	step->is_disabled = is_left_out(written);
	step->only_if = terms->only_if;
	if (terms->condition != RH_NONE)
		step->condition = terms->condition;
	if (terms->unless != RH_NONE)
		step->unless = terms->unless;
}

static void warn_of_length(struct rh_steps *steps, const struct rh_draft *draft,
			   const struct rh_written *written)
{
	const struct rh_tree *length = rh_load_key(steps->loader, written->tree, "step", "for");
	const struct rh_plan_step *step = &draft->step;
	uint64_t end_ns = steps->stretch.end_ns;
	char over[RH_TIME_TEXT];

	if (length == NULL || step->part != RH_PART_ACTIONS || step->after != RH_NONE ||
	    step->until_ns == RH_TIME_NEVER || step->until_ns <= end_ns || step->at_ns >= end_ns)
		return;
	rh_load_complain(steps->loader, "W001", length->place, written->path, NULL,
			 "fault \"%.80s\" outlasts its phase by %s", step->name,
			 rh_span_exact(over, step->until_ns - end_ns));
}

static struct rh_place name_place(struct rh_steps *steps, const struct rh_written *written)
{
	return rh_load_place(steps->loader, written->tree, "step",
			     written->in.id[0] != 0 ? "id" : "name");
}

/* One of the series, `since_ns` behind its beginning; NULL after complaining. */
static struct rh_draft *make_copy(struct rh_steps *steps, const struct rh_written *written,
				  const char *name, const struct rh_cursor *begin,
				  uint64_t since_ns, const struct copies *copies, void *params)
{
	struct rh_draft *draft =
		rh_new_draft(steps, written->type, name, name_place(steps, written), written->path);
	uint64_t lasts_ns = copies->lasts_ns;

	if (draft == NULL)
		return NULL;
	if (copies->whole_ns != 0 && lasts_ns > copies->whole_ns - since_ns)
		lasts_ns = copies->whole_ns - since_ns;
	draft->step.line = written->tree->place.line;
	draft->step.column = written->tree->place.column;
	draft->step.params = params;
	draft->step.after = begin->after;
	draft->step.at_ns = begin->at_ns + since_ns;
	if (lasts_ns != 0)
		draft->step.until_ns = draft->step.at_ns + lasts_ns;
	return draft;
}

/* The parameters at that moment; the same pointer when nothing changed. */
static void *params_at(struct rh_steps *steps, const struct rh_written *written, void *params,
		       const struct copies *copies, uint64_t since_ns)
{
	uint32_t size = written->type->params_size;
	void *now;

	if (copies->followed == NULL)
		return params;
	now = rh_arena_alloc(&steps->loader->plan->arena, 1, size);
	memcpy(now, params, size);
	rh_signal_sample(copies->followed, steps->loader->rng, now, since_ns);
	return since_ns > 0 && memcmp(now, params, size) == 0 ? params : now;
}

static void load_copies(struct rh_steps *steps, const struct rh_written *written, const char *name,
			const struct rh_cursor *begin, const struct copies *copies, void *params,
			const struct rh_plan_step *terms)
{
	uint32_t first = RH_NONE;
	uint32_t last = RH_NONE;

	for (uint64_t i = 0; i < copies->count; i++) {
		uint64_t since_ns = i * copies->every_ns;
		void *now = params_at(steps, written, params, copies, since_ns);
		const char *own = name;
		struct rh_draft *draft;

		/* A signal that stands still is one long step. */
		if (i > 0 && copies->followed != NULL && now == params) {
			uint64_t left_ns = copies->whole_ns - since_ns;

			steps->drafts[last].step.until_ns +=
				left_ns < copies->every_ns ? left_ns : copies->every_ns;
			continue;
		}
		params = now;
		if (i > 0)
			own = copy_name(steps, written, name, i + 1);
		draft = make_copy(steps, written, own, begin, since_ns, copies, params);
		if (draft == NULL)
			return;
		set_common(steps, &draft->step, written, terms);
		if (i == 0 || copies->has_own_targets) {
			if (!set_targets(steps, &draft->step, written) ||
			    !rh_set_own(steps, draft, written))
				return;
		} else {
			const struct rh_plan_step *head = &steps->drafts[first].step;

			draft->step.nodes = head->nodes;
			draft->step.node_count = head->node_count;
			draft->step.edges = head->edges;
			draft->step.edge_count = head->edge_count;
			draft->step.workload = head->workload;
		}
		last = steps->count - 1;
		if (i == 0)
			first = last;
		draft->step.series = i > 0 ? first : RH_NONE;
		*count_of(steps, draft->step.type) -= i > 0;
	}
	warn_of_length(steps, &steps->drafts[last], written);
}

static void load_single_wait(struct rh_steps *steps, struct rh_cursor *cursor,
			     const struct rh_cursor *begin, const struct rh_written *written,
			     const char *name, const struct rh_plan_step *terms)
{
	uint32_t before = steps->count;

	*cursor = *begin;
	rh_load_wait(steps, cursor, begin, written, name);
	for (uint32_t i = before; i < steps->count; i++)
		set_common(steps, &steps->drafts[i].step, written, terms);
}

/* The step from `begin` on, and where it leaves the cursor. */
static void load_at(struct rh_steps *steps, struct rh_cursor *cursor, const struct rh_cursor *begin,
		    struct rh_written *written, const char *name)
{
	struct rh_loader *loader = steps->loader;
	struct rh_plan_step terms = {RH_PLAN_STEP_INIT};
	struct copies copies = {0};
	struct rh_followed *followed;
	void *params;

	if (!read_if(steps, &terms, written, name))
		return;
	if (written->form == RH_FORM_WAIT) {
		load_single_wait(steps, cursor, begin, written, name, &terms);
		return;
	}
	written->with = rh_apply_severity(steps, written);
	if (!rh_find_signals(steps, &followed, &written->with, written))
		return;
	copies.followed = followed;
	params = rh_load_params(loader, written->with,
				written->with != NULL ? written->with->place : written->tree->place,
				rh_load_path(loader, written->path, "with"), written->type->keys,
				written->type->params_size);
	if (params == NULL || !check_params(steps, written, params) ||
	    !set_copies(steps, &copies, written, begin, params))
		return;
	if (written->in.until != NULL)
		terms.unless = rh_new_condition(
			steps, written->in.until,
			rh_arena_printf(&loader->scratch, "%.200s.until", name), written->path);
	*cursor = *begin;
	load_copies(steps, written, name, begin, &copies, params, &terms);
}

static void load_single(struct rh_steps *steps, struct rh_cursor *cursor,
			struct rh_written *written)
{
	const struct rh_cursor before = *cursor;
	uint32_t first = steps->count;
	struct rh_cursor begin;
	const char *name;

	if (!rh_step_type(steps, written) || has_foreign_key(steps, written))
		return;
	name = name_of(steps, written);
	if (rh_step_begin(steps, &begin, cursor, written, name))
		load_at(steps, cursor, &begin, written, name);
	if (!is_left_out(written))
		return;
	*cursor = before;
	/* The wait of `at: block` is left out with its step. */
	for (uint32_t i = first; i < steps->count; i++)
		steps->drafts[i].step.is_disabled = true;
}

void rh_load_step(struct rh_steps *steps, struct rh_cursor *cursor, const struct rh_tree *tree,
		  const char *path)
{
	struct rh_written written = {.tree = tree, .path = path};

	if (!rh_load_section(steps->loader, &written.in, tree, "step", path))
		return;
	written.with = written.in.with;
	written.target = written.in.target;
	if (!rh_step_form(steps, &written))
		return;
	if (written.form == RH_FORM_PARALLEL || written.form == RH_FORM_SEQUENCE ||
	    written.form == RH_FORM_REPEAT)
		rh_load_block(steps, cursor, &written);
	else
		load_single(steps, cursor, &written);
}
