/*
 * template.c - `use`: another file's phases in the place of one entry.
 *
 * The template is read anew for each use, gets its parameters, is rendered in a scope of its own and has
 * its own uses replaced first.  Then its phases and steps get the name of the use in front, with every
 * reference between them, and go where the entry stood.
 */
#include "core/scenario/template.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/scenario/files.h"
#include "core/scenario/render_names.h"

/* A template ready to be put somewhere. */
struct use {
	const struct rh_tree *entry; /* the map with `use` */
	const char *prefix;
	struct rh_tree *spec;
};

static struct rh_tree *new_tree(struct rh_loader *loader, enum rh_tree_kind kind,
				struct rh_place place, const char *text)
{
	struct rh_tree *tree = RH_ARENA_NEW(&loader->scratch, struct rh_tree);

	*tree = (struct rh_tree){
		.kind = kind, .place = place, .state = RH_TREE_DONE, .height = 1, .weight = 1};
	if (kind == RH_TREE_SCALAR) {
		tree->text = text;
		tree->is_plain = true;
	}
	return tree;
}

static struct rh_tree *span_tree(struct rh_loader *loader, struct rh_place place, uint64_t ns)
{
	char text[RH_TIME_TEXT];

	rh_span_exact(text, ns);
	return new_tree(loader, RH_TREE_SCALAR, place,
			rh_arena_text(&loader->scratch, text, strlen(text)));
}

/* Puts a pair into a map, with room made for it. */
static void add_pair(struct rh_loader *loader, struct rh_tree *map, const char *key,
		     struct rh_tree *value)
{
	struct rh_tree_pair *pairs =
		RH_ARENA_ARRAY(&loader->scratch, map->count + 2, struct rh_tree_pair);

	if (map->count != 0)
		memcpy(pairs, map->pairs, map->count * sizeof(*pairs));
	pairs[map->count] =
		(struct rh_tree_pair){.key = key, .place = value->place, .value = value};
	map->pairs = pairs;
	map->count++;
}

/* A list in which `count` items take the place of the one at `at`. */
static void splice(struct rh_loader *loader, struct rh_tree *list, uint32_t at,
		   struct rh_tree **items, uint32_t count)
{
	struct rh_tree **all =
		RH_ARENA_ARRAY(&loader->scratch, (size_t)list->count + count + 1, struct rh_tree *);
	uint32_t behind = list->count - at - 1;

	for (uint32_t i = 0; i < at; i++)
		all[i] = list->items[i];
	for (uint32_t i = 0; i < count; i++)
		all[at + i] = items[i];
	for (uint32_t i = 0; i < behind; i++)
		all[at + count + i] = list->items[at + 1 + i];
	list->items = all;
	list->count = at + count + behind;
}

/* ---- names ----------------------------------------------------------------------------------- */

/* Keys whose values are names of steps. */
static bool is_reference(const char *key)
{
	static const char *const keys[] = {"clear", "after", "since", "during"};

	for (size_t i = 0; i < RH_ARRAY_LEN(keys); i++) {
		if (strcmp(keys[i], key) == 0)
			return true;
	}
	return false;
}

static bool is_step_list(const char *key)
{
	static const char *const keys[] = {"actions", "parallelActions", "parallel", "sequence",
					   "repeat",  "steps",		 "phases"};

	for (size_t i = 0; i < RH_ARRAY_LEN(keys); i++) {
		if (rh_key_is(keys[i], key))
			return true;
	}
	return false;
}

struct naming {
	struct rh_render *render;
	struct rh_map names; /* to the new ones */
	const char *prefix;
};

/* Collects the names of steps and phases, and gives them their new ones. */
static void rename_steps(struct naming *naming, struct rh_tree *list)
{
	struct rh_arena *arena = &naming->render->loader->scratch;

	for (uint32_t i = 0; list->kind == RH_TREE_LIST && i < list->count; i++) {
		struct rh_tree *item = list->items[i];
		struct rh_tree *name = rh_tree_child(item, "id");
		bool is_new;

		if (name == NULL)
			name = rh_tree_child(item, "name");
		if (name != NULL && name->kind == RH_TREE_SCALAR && !name->is_used) {
			const char *now =
				rh_arena_printf(arena, "%s-%s", naming->prefix, name->text);

			rh_map_add(&naming->names, name->text, strlen(name->text), &is_new)->ptr =
				(void *)(uintptr_t)now;
			name->text = now;
			name->is_used = true; /* an alias may lead here twice */
		}
		for (uint32_t k = 0; item->kind == RH_TREE_MAP && k < item->count; k++) {
			struct rh_tree *below = item->pairs[k].value;

			if (!is_step_list(item->pairs[k].key))
				continue;
			if (below->kind == RH_TREE_LIST)
				rename_steps(naming, below);
			else
				for (uint32_t j = 0; below->kind == RH_TREE_MAP && j < below->count;
				     j++)
					rename_steps(naming, below->pairs[j].value);
		}
	}
}

static void rename_expression(struct naming *naming, struct rh_tree *tree)
{
	struct rh_loader *loader = naming->render->loader;
	struct rh_render scope = {.loader = loader,
				  .slots = naming->render->slots,
				  .renames = &naming->names,
				  .is_deferred = true};
	struct rh_expr_fault fault;
	const struct rh_expr *expr = rh_expr_parse(&loader->scratch, &fault, tree->text,
						   strlen(tree->text), scope.slots);
	bool is_changed = false;
	struct rh_buf out = {0};

	if (expr != NULL)
		expr = rh_render_fold(&scope, &fault, &is_changed, expr);
	if (expr != NULL && is_changed) {
		rh_expr_print(expr, &out);
		tree->text = rh_arena_text(&loader->scratch, rh_buf_str(&out), out.len);
	}
	rh_buf_release(&out);
}

/* Gives the names that refer to steps their new form, in everything below. */
static void rename_references(struct naming *naming, struct rh_tree *tree, const char *key)
{
	struct rh_map_entry *entry;

	for (uint32_t i = 0; tree->kind == RH_TREE_LIST && i < tree->count; i++)
		rename_references(naming, tree->items[i], key);
	for (uint32_t i = 0; tree->kind == RH_TREE_MAP && i < tree->count; i++)
		rename_references(naming, tree->pairs[i].value, tree->pairs[i].key);
	if (tree->kind != RH_TREE_SCALAR || key == NULL || tree->is_used)
		return;
	if (is_reference(key)) {
		entry = rh_map_find(&naming->names, tree->text, strlen(tree->text));
		if (entry != NULL) {
			tree->text = entry->ptr;
			tree->is_used = true;
		}
	} else if (strcmp(key, "that") == 0 || strcmp(key, "if") == 0 ||
		   strcmp(key, "until") == 0 || strcmp(key, "unless") == 0) {
		rename_expression(naming, tree);
		tree->is_used = true;
	}
}

static void rename_all(struct rh_render *render, struct rh_tree *spec, const char *prefix)
{
	struct naming naming = {.render = render, .prefix = prefix};

	for (uint32_t i = 0; i < spec->count; i++) {
		if (is_step_list(spec->pairs[i].key))
			rename_steps(&naming, spec->pairs[i].value);
	}
	rename_references(&naming, spec, NULL);
	rh_map_release(&naming.names);
}

/* ---- reading a template ---------------------------------------------------------------------- */

static bool check_entry(struct rh_loader *loader, const struct rh_tree *entry)
{
	static const char *const known[] = {"use",	   "with", "name", "id",
					    "description", "at",   "delay"};
	bool is_good = true;

	for (uint32_t i = 0; i < entry->count; i++) {
		const char *key = entry->pairs[i].key;
		size_t k = 0;

		while (k < RH_ARRAY_LEN(known) && strcmp(known[k], key) != 0)
			k++;
		if (k < RH_ARRAY_LEN(known))
			continue;
		rh_load_complain(loader, "E012", entry->pairs[i].place, key,
				 rh_load_hint(loader, key, known, RH_ARRAY_LEN(known), NULL),
				 "unknown key \"%.60s\" beside use", key);
		is_good = false;
	}
	return is_good;
}

/* NAME, NAME@FILE or a file. */
static struct rh_tree *open_template(struct rh_loader *loader, const struct rh_tree *use)
{
	const char *at = strchr(use->text, '@');
	const char *dot = strrchr(use->text, '.');
	bool is_file = strchr(use->text, '/') != NULL ||
		       (dot != NULL && (strcmp(dot, ".yaml") == 0 || strcmp(dot, ".yml") == 0));
	const char *path;

	if (at != NULL)
		return rh_part_open(loader, &path, at + 1, use->place);
	if (is_file)
		return rh_part_open(loader, &path, use->text, use->place);
	return rh_part_open_template(loader, &path, use->text, use->place);
}

/* The header of a template: its kind, and the name that was asked for. */
static bool check_template(struct rh_loader *loader, const struct rh_tree *root,
			   const struct rh_tree *use)
{
	const struct rh_tree *kind = rh_tree_child(root, "kind");
	const struct rh_tree *name = rh_tree_child(rh_tree_child(root, "metadata"), "name");
	const char *at = strchr(use->text, '@');

	if (kind == NULL || kind->kind != RH_TREE_SCALAR || strcmp(kind->text, "Template") != 0) {
		rh_load_complain(loader, "E075", use->place, "use", NULL,
				 "%s is no template (kind: Template)",
				 loader->file_chain[loader->file_chain_len - 1]);
		return false;
	}
	if (at == NULL || at == use->text ||
	    (name != NULL && name->kind == RH_TREE_SCALAR &&
	     strlen(name->text) == (size_t)(at - use->text) &&
	     memcmp(name->text, use->text, strlen(name->text)) == 0))
		return true;
	rh_load_complain(loader, "E072", use->place, "use", NULL,
			 "the template in %s is called \"%.60s\"", at + 1,
			 name != NULL && name->kind == RH_TREE_SCALAR ? name->text : "");
	return false;
}

/* What it is called where it is used: `name`, or the template's own, each once. */
static const char *prefix_of(struct rh_loader *loader, const struct rh_tree *entry,
			     const struct rh_tree *root)
{
	struct rh_arena *arena = &loader->scratch;
	const struct rh_tree *name = rh_tree_child(entry, "name");
	const char *word;
	const char *prefix;
	bool is_new = false;

	if (name == NULL)
		name = rh_tree_child(entry, "id");
	if (name == NULL)
		name = rh_tree_child(rh_tree_child(root, "metadata"), "name");
	word = name != NULL && name->kind == RH_TREE_SCALAR ? name->text : "template";
	prefix = word;
	for (uint32_t number = 1; !is_new; number++) {
		if (number > 1)
			prefix = rh_arena_printf(arena, "%s-%u", word, number);
		rh_map_add(&loader->use_names, prefix, strlen(prefix), &is_new);
	}
	return prefix;
}

static void warn_left_out(struct rh_loader *loader, const struct rh_tree *spec,
			  const struct rh_tree *use)
{
	static const char *const parts[] = {"workloads", "expectations", "successCriteria",
					    "monitors",	 "rollback",	 "cleanup",
					    "signals"};

	for (size_t i = 0; i < RH_ARRAY_LEN(parts); i++) {
		if (rh_tree_child(spec, parts[i]) != NULL)
			rh_load_complain(loader, "W008", use->place, "use", NULL,
					 "\"%.60s\" also has %s; only its phases are taken",
					 use->text, parts[i]);
	}
}

/* Fills `use` from the entry; false after complaining. */
static bool read_use(struct rh_render *render, struct use *out, const struct rh_tree *entry)
{
	struct rh_loader *loader = render->loader;
	struct rh_tree *use = rh_tree_child(entry, "use");
	struct rh_tree *with = rh_tree_child(entry, "with");
	struct rh_tree *root;
	struct rh_render scope = {.loader = loader,
				  .slots = render->slots,
				  .rng = render->rng,
				  .has_seed = render->has_seed};
	bool is_good = false;

	if (!check_entry(loader, entry) || rh_load_word(loader, use, "use") == NULL)
		return false;
	if (with != NULL && with->kind != RH_TREE_MAP) {
		rh_load_complain(loader, "E014", with->place, "with", NULL,
				 "with takes a map of parameters, not %s", rh_tree_kind_text(with));
		return false;
	}
	root = open_template(loader, use);
	if (root == NULL)
		return false;
	root = rh_load_includes(loader, root);
	if (check_template(loader, root, use)) {
		out->entry = entry;
		out->prefix = prefix_of(loader, entry, root);
		out->spec = rh_tree_child(root, "spec");
		scope.root = root;
		scope.spec = out->spec;
		scope.vars = rh_tree_child(out->spec, "vars");
		if (scope.vars == NULL)
			scope.vars = rh_tree_child(out->spec, "variables");
		scope.prefix =
			rh_arena_printf(&loader->scratch, "%s%s/",
					render->prefix != NULL ? render->prefix : "", out->prefix);
		is_good = rh_params_bind(&scope, rh_params_declared(root), with, use->place,
					 true) != NULL &&
			  out->spec != NULL && rh_render_tree(&scope, root, NULL);
	}
	if (is_good) {
		rh_use_expand(&scope, out->spec);
		rename_all(&scope, out->spec, out->prefix);
		warn_left_out(loader, out->spec, use);
	}
	rh_part_close(loader);
	return is_good;
}

/* ---- putting it in its place ----------------------------------------------------------------- */

static bool read_span(struct rh_render *render, uint64_t *ns, const struct rh_tree *tree)
{
	static const struct rh_key key = {.name = "at", .type = RH_KEY_DURATION};
	struct rh_value_fault fault;
	struct rh_value value;

	if (tree == NULL || tree->kind != RH_TREE_SCALAR ||
	    !rh_value_read(&value, &fault, &key, tree->text, true, render->slots))
		return false;
	*ns = value.number;
	return true;
}

static struct rh_tree *copy_map(struct rh_loader *loader, const struct rh_tree *map,
				const char *without)
{
	struct rh_tree *copy = RH_ARENA_NEW(&loader->scratch, struct rh_tree);

	*copy = *map;
	if (map->kind != RH_TREE_MAP)
		return copy;
	copy->pairs = RH_ARENA_ARRAY(&loader->scratch, map->count + 1, struct rh_tree_pair);
	copy->count = 0;
	for (uint32_t i = 0; i < map->count; i++) {
		if (without == NULL || strcmp(map->pairs[i].key, without) != 0)
			copy->pairs[copy->count++] = map->pairs[i];
	}
	return copy;
}

/* A list that grows. */
struct items {
	struct rh_tree **items;
	uint32_t count;
	uint32_t cap;
};

static void put_item(struct rh_loader *loader, struct items *items, struct rh_tree *item)
{
	if (items->count == items->cap) {
		struct rh_tree **more;

		items->cap = items->cap == 0 ? 8 : 2 * items->cap;
		more = RH_ARENA_ARRAY(&loader->scratch, items->cap, struct rh_tree *);
		if (items->count != 0)
			memcpy(more, items->items, items->count * sizeof(*more));
		items->items = more;
	}
	items->items[items->count++] = item;
}

/*
 * A template as one step: `parallel`, with a branch for all that begins at one time.  A branch is a
 * sequence that waits for its time first, so nothing depends on when the step itself begins.
 */
struct weaving {
	struct rh_render *render;
	const struct use *use;
	struct rh_place place;
	struct items branches;
	struct items *checks; /* of the phase around */
	bool is_timed; /* the step begins at `start_ns` of that phase, whatever comes before */
	uint64_t start_ns;
	uint64_t phase_ns; /* where the phase of the template at hand begins and how long it is */
	uint64_t lasts_ns;
	uint32_t wait_count;
};

static struct rh_tree *word_tree(const struct weaving *weaving, const char *text)
{
	return new_tree(weaving->render->loader, RH_TREE_SCALAR, weaving->place, text);
}

/* A new branch that begins `at_ns` after the step; its list of steps. */
static struct items *open_branch(struct weaving *weaving, struct items *steps, uint64_t at_ns)
{
	struct rh_loader *loader = weaving->render->loader;
	struct rh_tree *wait;

	*steps = (struct items){0};
	if (at_ns == 0)
		return steps;
	wait = new_tree(loader, RH_TREE_MAP, weaving->place, NULL);
	add_pair(loader, wait, "id",
		 word_tree(weaving, rh_arena_printf(&loader->scratch, "%s-wait-%u",
						    weaving->use->prefix, ++weaving->wait_count)));
	add_pair(loader, wait, "wait", span_tree(loader, weaving->place, at_ns));
	put_item(loader, steps, wait);
	return steps;
}

static void close_branch(struct weaving *weaving, const struct items *steps)
{
	struct rh_loader *loader = weaving->render->loader;
	struct rh_tree *branch;
	struct rh_tree *list;

	if (steps->count == 0)
		return;
	branch = new_tree(loader, RH_TREE_MAP, weaving->place, NULL);
	list = new_tree(loader, RH_TREE_LIST, weaving->place, NULL);
	list->items = steps->items;
	list->count = steps->count;
	add_pair(loader, branch, "sequence", list);
	put_item(loader, &weaving->branches, branch);
}

/* A time of its own (`at: 2m`, `at: end`) as a time after the step; false: it has none. */
static bool own_time(const struct weaving *weaving, uint64_t *ns, const struct rh_tree *step)
{
	const struct rh_tree *at = rh_tree_child(step, "at");

	if (at == NULL || at->kind != RH_TREE_SCALAR)
		return false;
	if (strcmp(at->text, "end") == 0)
		*ns = weaving->lasts_ns;
	else if (!read_span(weaving->render, ns, at))
		return false; /* slot 4: a time of the chain, wherever it is written */
	*ns += weaving->phase_ns;
	return true;
}

/* Steps one behind the other; those of parallelActions each in a branch of its own. */
static void weave_steps(struct weaving *weaving, const struct rh_tree *list, bool is_parallel,
			bool heals)
{
	struct rh_loader *loader = weaving->render->loader;
	struct items steps;
	uint64_t at_ns;

	open_branch(weaving, &steps, weaving->phase_ns);
	if (heals) {
		struct rh_tree *clear = new_tree(loader, RH_TREE_MAP, weaving->place, NULL);

		add_pair(loader, clear, "clear", word_tree(weaving, "all"));
		put_item(loader, &steps, clear);
	} else if (list == NULL || list->kind != RH_TREE_LIST || list->count == 0) {
		return;
	}
	for (uint32_t i = 0; list != NULL && list->kind == RH_TREE_LIST && i < list->count; i++) {
		const struct rh_tree *step = list->items[i];
		bool is_timed = own_time(weaving, &at_ns, step);

		if (is_timed || (is_parallel && i != 0)) {
			close_branch(weaving, &steps);
			open_branch(weaving, &steps, is_timed ? at_ns : weaving->phase_ns);
		}
		put_item(loader, &steps, copy_map(loader, step, is_timed ? "at" : NULL));
	}
	close_branch(weaving, &steps);
}

/* A step that does nothing, for a check to count from. */
static const char *put_mark(struct weaving *weaving, uint32_t phase)
{
	struct rh_loader *loader = weaving->render->loader;
	const char *name =
		rh_arena_printf(&loader->scratch, "%s-phase-%u", weaving->use->prefix, phase + 1);
	struct rh_tree *mark = new_tree(loader, RH_TREE_MAP, weaving->place, NULL);
	struct items steps;

	open_branch(weaving, &steps, weaving->phase_ns);
	add_pair(loader, mark, "id", word_tree(weaving, name));
	add_pair(loader, mark, "annotate", word_tree(weaving, name));
	put_item(loader, &steps, mark);
	close_branch(weaving, &steps);
	return name;
}

/* Checks count from the phase they stand in: from its time, or from a mark when that is not known. */
static void weave_checks(struct weaving *weaving, const struct rh_tree *list, uint32_t phase)
{
	struct rh_loader *loader = weaving->render->loader;
	uint64_t from_ns = weaving->start_ns + weaving->phase_ns;
	const char *mark = NULL;

	for (uint32_t i = 0; list != NULL && list->kind == RH_TREE_LIST && i < list->count; i++) {
		struct rh_tree *check = copy_map(loader, list->items[i], NULL);
		struct rh_tree *after = rh_tree_child(check, "after");
		uint64_t ns = 0;

		put_item(loader, weaving->checks, check);
		if (check->kind != RH_TREE_MAP)
			continue;
		if (after != NULL && !read_span(weaving->render, &ns, after))
			continue; /* of a step */
		if (weaving->is_timed && from_ns + ns != 0) {
			check = copy_map(loader, check, "after");
			weaving->checks->items[weaving->checks->count - 1] = check;
			add_pair(loader, check, "after",
				 span_tree(loader, weaving->place, from_ns + ns));
		} else if (!weaving->is_timed && after == NULL) {
			if (mark == NULL)
				mark = put_mark(weaving, phase);
			add_pair(loader, check, "after", word_tree(weaving, mark));
		} else if (!weaving->is_timed) {
			rh_load_complain(
				loader, "E072", after->place, "after",
				"give the use a time: at: 2m",
				"nobody knows how long after the phase around the template "
				"this is");
		}
	}
}

/* The template as a step, and its checks; NULL after complaining. */
static struct rh_tree *weave(struct weaving *weaving)
{
	struct rh_loader *loader = weaving->render->loader;
	const struct rh_tree *spec = weaving->use->spec;
	const struct rh_tree *phases = rh_tree_child(spec, "phases");
	struct rh_tree *step = new_tree(loader, RH_TREE_MAP, weaving->place, NULL);
	struct rh_tree *list = new_tree(loader, RH_TREE_LIST, weaving->place, NULL);
	struct rh_tree *at = rh_tree_child(weaving->use->entry, "at");
	struct rh_tree *delay = rh_tree_child(weaving->use->entry, "delay");

	weave_steps(weaving, rh_tree_child(spec, "actions"), false, false);
	for (uint32_t i = 0; phases != NULL && phases->kind == RH_TREE_LIST && i < phases->count;
	     i++) {
		const struct rh_tree *phase = phases->items[i];
		const struct rh_tree *checks = rh_tree_child(phase, "assert");
		const struct rh_tree *heal = rh_tree_child(phase, "heal");

		if (!read_span(weaving->render, &weaving->lasts_ns,
			       rh_tree_child(phase, "duration"))) {
			rh_load_complain(loader, "E072", phase->place, "duration",
					 "use it as an entry of phases",
					 "a phase without a duration cannot be steps of another");
			return NULL;
		}
		weave_steps(weaving, rh_tree_child(phase, "actions"), false,
			    heal != NULL && heal->kind == RH_TREE_SCALAR &&
				    strcmp(heal->text, "all") == 0);
		weave_steps(weaving, rh_tree_child(phase, "parallelActions"), true, false);
		weave_checks(weaving, checks != NULL ? checks : rh_tree_child(phase, "assertions"),
			     i);
		weaving->phase_ns += weaving->lasts_ns;
	}
	if (weaving->branches.count == 0)
		return NULL;
	list->items = weaving->branches.items;
	list->count = weaving->branches.count;
	add_pair(loader, step, "id", word_tree(weaving, weaving->use->prefix));
	add_pair(loader, step, "parallel", list);
	if (at != NULL)
		add_pair(loader, step, "at", at);
	if (delay != NULL)
		add_pair(loader, step, "delay", delay);
	return step;
}

/* Does a step begin at a time of its phase that is known here? */
static bool is_timed(struct rh_render *render, uint64_t *ns, const struct rh_tree *entry,
		     bool begins)
{
	const struct rh_tree *at = rh_tree_child(entry, "at");
	const struct rh_tree *delay = rh_tree_child(entry, "delay");
	uint64_t more = 0;

	*ns = 0;
	if (at != NULL ? !read_span(render, ns, at) : !begins)
		return false;
	if (delay != NULL && !read_span(render, &more, delay))
		return false;
	*ns += more;
	return true;
}

static void expand_steps(struct rh_render *render, struct rh_tree *list, struct items *checks,
			 bool begins, bool all_begin);

/* The lists of steps within a step: branches, rounds. */
static void expand_below(struct rh_render *render, struct rh_tree *item, struct items *checks)
{
	for (uint32_t k = 0; k < item->count; k++) {
		struct rh_tree *below = item->pairs[k].value;

		if (!is_step_list(item->pairs[k].key))
			continue;
		if (below->kind == RH_TREE_LIST)
			expand_steps(render, below, checks, false, false);
		for (uint32_t j = 0; below->kind == RH_TREE_MAP && j < below->count; j++)
			expand_steps(render, below->pairs[j].value, checks, false, false);
	}
}

/*
 * Replaces the uses in a list of steps, at any depth; checks of templates go into `checks`.  `begins`:
 * the first step begins with the phase; `all_begin`: every one does.
 */
static void expand_steps(struct rh_render *render, struct rh_tree *list, struct items *checks,
			 bool begins, bool all_begin)
{
	struct rh_loader *loader = render->loader;

	for (uint32_t i = 0; list->kind == RH_TREE_LIST && i < list->count; i++) {
		struct rh_tree *item = list->items[i];
		struct weaving weaving = {.render = render, .place = item->place, .checks = checks};
		struct rh_tree *step = NULL;
		struct use use;

		if (item->kind == RH_TREE_MAP && rh_tree_child(item, "use") == NULL)
			expand_below(render, item, checks);
		if (item->kind != RH_TREE_MAP || rh_tree_child(item, "use") == NULL)
			continue;
		weaving.use = &use;
		weaving.is_timed =
			is_timed(render, &weaving.start_ns, item, all_begin || (begins && i == 0));
		if (read_use(render, &use, item))
			step = weave(&weaving);
		if (step != NULL)
			list->items[i] = step;
		else
			splice(loader, list, i--, NULL, 0);
	}
}

static void expand_phase(struct rh_render *render, struct rh_tree *phase)
{
	struct rh_loader *loader = render->loader;
	struct items checks = {0};
	struct rh_tree *list = NULL;

	for (uint32_t i = 0; phase->kind == RH_TREE_MAP && i < phase->count; i++) {
		if (is_step_list(phase->pairs[i].key))
			expand_steps(render, phase->pairs[i].value, &checks,
				     rh_key_is("actions", phase->pairs[i].key),
				     rh_key_is("parallelActions", phase->pairs[i].key));
	}
	if (checks.count == 0)
		return;
	for (uint32_t i = 0; i < phase->count; i++) {
		if (strcmp(phase->pairs[i].key, "assert") == 0 ||
		    strcmp(phase->pairs[i].key, "assertions") == 0)
			list = phase->pairs[i].value;
	}
	if (list == NULL || list->kind != RH_TREE_LIST) {
		list = new_tree(loader, RH_TREE_LIST, phase->place, NULL);
		list->items = RH_ARENA_ARRAY(&loader->scratch, 1, struct rh_tree *);
		add_pair(loader, phase, "assert", list);
	}
	for (uint32_t i = 0; i < checks.count; i++) {
		struct items all = {0};

		for (uint32_t k = 0; k < list->count; k++)
			put_item(loader, &all, list->items[k]);
		put_item(loader, &all, checks.items[i]);
		list->items = all.items;
		list->count = all.count;
	}
}

void rh_use_expand(struct rh_render *render, struct rh_tree *spec)
{
	struct rh_loader *loader = render->loader;
	struct rh_tree *phases = rh_tree_child(spec, "phases");
	struct items dropped = {0};

	for (uint32_t i = 0; phases != NULL && phases->kind == RH_TREE_LIST && i < phases->count;
	     i++) {
		struct rh_tree *entry = phases->items[i];
		struct rh_tree *own;
		struct use use;

		if (rh_tree_child(entry, "use") == NULL) {
			expand_phase(render, entry);
			continue;
		}
		own = read_use(render, &use, entry) ? rh_tree_child(use.spec, "phases") : NULL;
		if (own != NULL && own->kind == RH_TREE_LIST) {
			splice(loader, phases, i, own->items, own->count);
			i += own->count;
		} else {
			splice(loader, phases, i, NULL, 0);
		}
		i--;
	}
	for (uint32_t i = 0; spec != NULL && spec->kind == RH_TREE_MAP && i < spec->count; i++) {
		struct rh_tree *part = spec->pairs[i].value;

		if (rh_key_is("actions", spec->pairs[i].key) ||
		    rh_key_is("cleanup", spec->pairs[i].key))
			expand_steps(render, part, &dropped, true, false);
		if (rh_key_is("rollback", spec->pairs[i].key) &&
		    rh_tree_child(part, "actions") != NULL)
			expand_steps(render, rh_tree_child(part, "actions"), &dropped, true, false);
	}
}
