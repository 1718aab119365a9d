/*
 * load_forms.c - what kind of step it is: from the key and the word of a step to a type of the
 * registry, and its parameters into the shape that the type wants.
 *
 * `fault: loss` and `action: mine` name their type; `node: restart` is the type "node.restart";
 * `wait`, `clear`, `capture` and their like are types of one word whose value is a parameter.  Words of
 * the source systems are translated before that (foreign.c), so that nothing behind knows them.
 */
#include <stdio.h>
#include <string.h>

#include "core/scenario/services.h"
#include "core/scenario/steps.h"

/* ---- trees ----------------------------------------------------------------------------------- */

const struct rh_tree *rh_tree_scalar(struct rh_loader *loader, const char *text,
				     struct rh_place place)
{
	struct rh_tree *tree = RH_ARENA_NEW(&loader->scratch, struct rh_tree);

	*tree = (struct rh_tree){.kind = RH_TREE_SCALAR,
				 .place = place,
				 .text = text,
				 .is_plain = true,
				 .height = 1,
				 .weight = 1};
	return tree;
}

const struct rh_tree *rh_tree_get(const struct rh_tree *map, const char *key)
{
	for (uint32_t i = 0; map != NULL && map->kind == RH_TREE_MAP && i < map->count; i++) {
		if (rh_key_is(key, map->pairs[i].key))
			return map->pairs[i].value;
	}
	return NULL;
}

struct rh_tree *rh_tree_copy(struct rh_loader *loader, const struct rh_tree *map,
			     struct rh_place place, uint32_t more)
{
	struct rh_tree *copy = RH_ARENA_NEW(&loader->scratch, struct rh_tree);
	uint32_t count = map != NULL ? map->count : 0;

	*copy = (struct rh_tree){.kind = RH_TREE_MAP, .place = place, .height = 2, .weight = 1};
	if (map != NULL)
		*copy = *map;
	copy->pairs =
		RH_ARENA_ARRAY(&loader->scratch, (size_t)count + more + 1, struct rh_tree_pair);
	if (count > 0)
		memcpy(copy->pairs, map->pairs, count * sizeof(*copy->pairs));
	return copy;
}

const struct rh_tree *rh_tree_with(struct rh_loader *loader, const struct rh_tree *map,
				   const char *key, const char *text, struct rh_place place)
{
	struct rh_tree *copy;

	if (rh_tree_get(map, key) != NULL)
		return map;
	copy = rh_tree_copy(loader, map, place, 1);
	copy->pairs[copy->count++] = (struct rh_tree_pair){
		.key = key,
		.place = place,
		.value = (struct rh_tree *)(uintptr_t)rh_tree_scalar(loader, text, place)};
	return copy;
}

/* The tree on one line; depth is bounded by the composer. */
static void put_flow(struct rh_buf *out, const struct rh_tree *root)
{
	struct {
		const struct rh_tree *tree;
		uint32_t next;
	} stack[RH_COMPOSE_DEPTH_MAX + 1];
	uint32_t depth = 0;

	stack[0].tree = root;
	stack[0].next = 0;
	for (;;) {
		const struct rh_tree *tree = stack[depth].tree;
		uint32_t next = stack[depth].next++;

		if (tree->kind == RH_TREE_SCALAR || next == tree->count) {
			rh_buf_text(out, tree->kind == RH_TREE_SCALAR		   ? tree->text
					 : next == 0 && tree->kind == RH_TREE_LIST ? "[]"
					 : next == 0				   ? "{}"
					 : tree->kind == RH_TREE_LIST		   ? "]"
										   : "}");
			if (depth-- == 0)
				return;
			continue;
		}
		rh_buf_text(out, next > 0 ? ", " : tree->kind == RH_TREE_LIST ? "[" : "{");
		if (tree->kind == RH_TREE_MAP)
			rh_buf_printf(out, "%s: ", tree->pairs[next].key);
		RH_ASSERT(depth < RH_COMPOSE_DEPTH_MAX);
		stack[++depth].tree =
			tree->kind == RH_TREE_MAP ? tree->pairs[next].value : tree->items[next];
		stack[depth].next = 0;
	}
}

/* Parameters that are text may be written as lists and maps: they are kept as one line. */
static const struct rh_tree *flatten_texts(struct rh_loader *loader, const struct rh_tree *with,
					   const struct rh_key *keys)
{
	struct rh_tree *copy = NULL;

	for (uint32_t i = 0; with != NULL && i < with->count; i++) {
		const struct rh_tree *value = with->pairs[i].value;
		const struct rh_key *key = keys;
		struct rh_buf line = {0};

		while (key != NULL && key->name != NULL &&
		       !rh_key_is(key->name, with->pairs[i].key))
			key++;
		if (value->kind == RH_TREE_SCALAR || value->weight > 10000 || key == NULL ||
		    key->name == NULL || key->type != RH_KEY_TEXT)
			continue;
		if (copy == NULL)
			copy = rh_tree_copy(loader, with, with->place, 0);
		put_flow(&line, value);
		copy->pairs[i].value = (struct rh_tree *)(uintptr_t)rh_tree_scalar(
			loader, rh_arena_text(&loader->scratch, rh_buf_str(&line), line.len),
			value->place);
		rh_buf_release(&line);
	}
	return copy != NULL ? copy : with;
}

/* ---- forms ----------------------------------------------------------------------------------- */

static const char *const form_keys[RH_FORM_COUNT] = {
	[RH_FORM_FAULT] = "fault",
	[RH_FORM_ACTION] = "action",
	[RH_FORM_SERVICE] = "service",
	[RH_FORM_NODE] = "node",
	[RH_FORM_VALIDATOR] = "validator",
	[RH_FORM_FORK] = "fork",
	[RH_FORM_TIME] = "time",
	[RH_FORM_SNAPSHOT] = "snapshot",
	[RH_FORM_RESTORE] = "restore",
	[RH_FORM_PEER] = "peer",
	[RH_FORM_TOPOLOGY] = "topology",
	[RH_FORM_CHAOS] = "chaos",
	[RH_FORM_WORKLOAD] = "workload",
	[RH_FORM_SET] = "set",
	[RH_FORM_RUN] = "run",
	[RH_FORM_WAIT] = "wait",
	[RH_FORM_CLEAR] = "clear",
	[RH_FORM_CAPTURE] = "capture",
	[RH_FORM_ANNOTATE] = "annotate",
	[RH_FORM_PARALLEL] = "parallel",
	[RH_FORM_SEQUENCE] = "sequence",
	[RH_FORM_REPEAT] = "repeat",
};

const char *rh_step_form_key(enum rh_step_form form)
{
	return form_keys[form];
}

bool rh_step_form(struct rh_steps *steps, struct rh_written *written)
{
	const struct rh_tree *const *forms = written->in.form;
	uint32_t found[RH_FORM_COUNT];
	uint32_t count = 0;

	for (uint32_t i = 0; i < RH_FORM_COUNT; i++) {
		if (forms[i] != NULL)
			found[count++] = i;
	}
	/* A service is acted on: the two keys are one kind. */
	if (count == 2 && found[0] == RH_FORM_ACTION && found[1] == RH_FORM_SERVICE)
		found[0] = RH_FORM_SERVICE, count = 1;
	else if (count == 1 && found[0] == RH_FORM_SERVICE)
		count = 0;
	if (count == 1) {
		written->form = (enum rh_step_form)found[0];
		return true;
	}
	if (count == 0)
		rh_load_complain(
			steps->loader, "E080", written->tree->place, written->path,
			"write for example fault: partition, wait: 30s or clear: all",
			"a step needs a kind: `fault`, `action`, `node`, `wait`, `clear` ...");
	else
		rh_load_complain(steps->loader, "E080", forms[found[1]]->place, written->path,
				 "make two steps of it",
				 "a step is one thing: this one has `%s` and `%s`",
				 form_keys[found[0]], form_keys[found[1]]);
	return false;
}

static bool is_of_key(const struct rh_action_type *type, const char *key, const char **word)
{
	char own[32];

	return strcmp(rh_action_key(own, word, type), key) == 0 && *word != NULL;
}

static const struct rh_action_type *complain_type(struct rh_steps *steps, const char *key,
						  const char *name, struct rh_place place,
						  const char *path)
{
	struct rh_loader *loader = steps->loader;
	const struct rh_registry *registry = loader->registry;
	const char *names[RH_REGISTRY_MAX];
	uint32_t count = 0;
	const char *otherwise;

	for (uint32_t i = 0; i < registry->action_count; i++) {
		if (is_of_key(registry->actions[i], key, &names[count]))
			count++;
	}
	otherwise = rh_arena_printf(&loader->scratch, "`rehearse list %s` shows them",
				    strcmp(key, "fault") == 0 ? "faults" : "actions");
	rh_load_complain(loader, "E040", place, path,
			 rh_load_hint(loader, name, names, count, otherwise),
			 strcmp(key, "fault") == 0 || strcmp(key, "action") == 0
				 ? "no %s is called \"%.60s\""
				 : "`%s` does not know \"%.60s\"",
			 key, name);
	return NULL;
}

static const struct rh_action_type *find_word(struct rh_steps *steps, const char *key,
					      const char *word, struct rh_place place,
					      const char *path)
{
	struct rh_loader *loader = steps->loader;
	const struct rh_registry *registry = loader->registry;
	const struct rh_action_type *type;
	const char *own;

	for (uint32_t i = 0; i < registry->action_count; i++) {
		if (is_of_key(registry->actions[i], key, &own) && strcmp(own, word) == 0)
			return registry->actions[i];
	}
	type = rh_registry_action(registry, word);
	if (type != NULL) {
		char buffer[32];
		const char *right = rh_action_key(buffer, &own, type);

		rh_load_complain(loader, "E040", place, path,
				 rh_arena_printf(&loader->scratch, "write %s: %s", right, word),
				 "\"%.60s\" is %s", word,
				 type->is_fault		     ? "a fault"
				 : strcmp(key, "fault") == 0 ? "an action"
							     : "a step of another kind");
		return NULL;
	}
	return complain_type(steps, key, word, place, path);
}

/* ---- types ----------------------------------------------------------------------------------- */

/* Forms whose value is a parameter of a type of that name. */
static const char *value_key(enum rh_step_form form)
{
	if (form == RH_FORM_RESTORE)
		return "name";
	if (form == RH_FORM_SET)
		return "key";
	if (form == RH_FORM_RUN)
		return "command";
	return form == RH_FORM_ANNOTATE ? "text" : NULL;
}

static bool is_plain_form(enum rh_step_form form)
{
	return form == RH_FORM_WAIT || form == RH_FORM_CLEAR || form == RH_FORM_CAPTURE ||
	       form == RH_FORM_WORKLOAD || value_key(form) != NULL;
}

/*
 * `set: workloads.orders.rate` with a value is the step `workload` by another name: loads are what can
 * be changed while a run goes on.  Any other key stays a `set`.
 */
static bool translate_set(struct rh_steps *steps, struct rh_written *written)
{
	static const char *const own[] = {"rate", "state"};
	struct rh_loader *loader = steps->loader;
	const struct rh_tree *key = written->in.form[RH_FORM_SET];
	const struct rh_tree *value = rh_tree_get(written->with, "value");
	const char *name;
	const char *point;

	if (key->kind != RH_TREE_SCALAR || strncmp(key->text, "workloads.", 10) != 0)
		return true;
	name = key->text + 10;
	point = strrchr(name, '.');
	for (size_t i = 0; point != NULL && i < RH_ARRAY_LEN(own); i++) {
		if (strcmp(point + 1, own[i]) != 0)
			continue;
		if (value == NULL || value->kind != RH_TREE_SCALAR || written->with->count != 1) {
			rh_load_complain(loader, "E013", key->place, written->path,
					 "write with: {value: 5/s}",
					 "`set` needs a `value`, and nothing else");
			return false;
		}
		written->form = RH_FORM_WORKLOAD;
		written->in.form[RH_FORM_WORKLOAD] = rh_tree_scalar(
			loader,
			rh_arena_printf(&loader->scratch, "%.*s", (int)(point - name), name),
			key->place);
		written->with = rh_tree_with(loader, NULL, own[i], value->text, value->place);
		return true;
	}
	rh_load_complain(loader, "E040", key->place, written->path,
			 "write workloads.NAME.rate or workloads.NAME.state",
			 "a step can set the rate and the state of a workload");
	return false;
}

/* What stops a node for a while is the fault of that kind. */
static const char *lasting_word(const char *word)
{
	if (strcmp(word, "stop") == 0)
		return "crash";
	return strcmp(word, "kill") == 0 || strcmp(word, "pause") == 0 ? word : NULL;
}

static bool acts_on_nodes(const struct rh_action_type *type)
{
	return type->effect != RH_EFFECT_LATER && type->effect != RH_EFFECT_ON_RUN;
}

bool rh_step_type(struct rh_steps *steps, struct rh_written *written)
{
	struct rh_loader *loader = steps->loader;
	bool is_of_service = written->form == RH_FORM_SERVICE;
	const struct rh_tree *value;
	const char *word;
	const char *key;

	if (!rh_foreign_step(steps, written))
		return false;
	if (written->form == RH_FORM_SET && !translate_set(steps, written))
		return false;
	value = written->in.form[written->form];
	key = form_keys[written->form];
	if (is_plain_form(written->form)) {
		written->type = rh_registry_action(loader->registry, key);
		if (written->type == NULL) {
			complain_type(steps, key, key, value->place, written->path);
			return false;
		}
		if (value_key(written->form) != NULL) {
			word = rh_load_word(loader, value, written->path);
			if (word == NULL)
				return false;
			written->with = rh_tree_with(loader, written->with,
						     value_key(written->form), word, value->place);
		}
	} else {
		word = rh_load_word(loader, value, rh_load_path(loader, written->path, key));
		if (word == NULL)
			return false;
		if (written->form == RH_FORM_NODE && written->in.for_ns != 0 &&
		    lasting_word(word) != NULL) {
			word = lasting_word(word);
			key = "fault";
		}
		written->type = find_word(steps, key, word, value->place, written->path);
		if (written->type == NULL)
			return false;
	}
	if (!is_of_service && acts_on_nodes(written->type) && rh_load_is_without_network(loader)) {
		rh_load_missing_network(loader,
					rh_arena_printf(&loader->scratch, "%.60s acts on nodes",
							written->type->name));
		return false;
	}
	written->with = flatten_texts(loader, written->with, written->type->keys);
	return true;
}
