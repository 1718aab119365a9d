/*
 * suite.c - a Suite file to a list of runs, in an order that respects what they need.
 */
#include "core/scenario/suite.h"

#include <stdlib.h>
#include <string.h>

#include "core/scenario/files.h"
#include "core/scenario/loader.h"
#include "core/scenario/matrix.h"
#include "core/scenario/render.h"

/* One entry of the file, before its matrix. */
struct source {
	struct rh_in_suite_entry in;
	const struct rh_tree *tree;
	const char *name;
	const char *path;
	uint32_t first; /* of its runs */
	uint32_t count;
	const struct source **needs;
	uint32_t need_count;
	uint8_t state; /* of the walk: 0 new, 1 open, 2 done */
};

struct maker {
	struct rh_loader loader;
	struct rh_suite *suite;
	struct rh_in_suite in;
	struct rh_in_suite_defaults defaults;
	struct source *sources;
	uint32_t source_count;
	const struct source **order;
	uint32_t order_count;
	struct rh_map names;
	uint32_t cap;
};

static void refuse(struct maker *maker, struct rh_place place, const char *hint, const char *text,
		   const char *name)
{
	rh_load_complain(&maker->loader, "E076", place, "scenarios", hint, "%s%s%.80s%s", text,
			 name != NULL ? " \"" : "", name != NULL ? name : "",
			 name != NULL ? "\"" : "");
}

/* ---- options of a run ------------------------------------------------------------------------ */

/* A list of texts in the suite's arena. */
struct texts {
	const char **items;
	uint32_t count;
	uint32_t cap;
};

static void put_text(struct rh_arena *arena, struct texts *texts, const char *text)
{
	if (texts->count == texts->cap) {
		const char **more;

		texts->cap = texts->cap == 0 ? 8 : 2 * texts->cap;
		more = RH_ARENA_ARRAY(arena, texts->cap, const char *);
		if (texts->count != 0)
			memcpy(more, texts->items, texts->count * sizeof(*more));
		texts->items = more;
	}
	texts->items[texts->count++] = text;
}

/* {network.jitter: 20%} as "network.jitter=20%". */
static void put_pairs(struct maker *maker, struct texts *texts, const struct rh_tree *map)
{
	struct rh_arena *arena = &maker->suite->arena;

	for (uint32_t i = 0; map != NULL && map->kind == RH_TREE_MAP && i < map->count; i++)
		put_text(arena, texts,
			 rh_arena_printf(arena, "%s=%s", map->pairs[i].key,
					 rh_tree_flow(arena, map->pairs[i].value)));
}

static void put_timeout(struct maker *maker, struct texts *sets, const char *timeout)
{
	if (timeout != NULL && timeout[0] != 0)
		put_text(&maker->suite->arena, sets,
			 rh_arena_printf(&maker->suite->arena, "timeout=%s", timeout));
}

/* A key of a matrix to the option that it is. */
static bool put_variant(struct maker *maker, struct rh_suite_entry *entry, struct texts *sets,
			struct texts *params, const struct rh_variant *variant,
			struct rh_place place)
{
	struct rh_arena *arena = &maker->suite->arena;

	for (uint32_t i = 0; i < variant->count; i++) {
		const char *key = variant->keys[i];
		const char *value = variant->values[i];

		if (strcmp(key, "seed") == 0) {
			char *end;

			entry->has_seed = true;
			entry->seed = strtoull(value, &end, 10);
			if (*end != 0 || value[0] == '-' || entry->seed >= (UINT64_C(1) << 53)) {
				refuse(maker, place, "0 to 9007199254740991",
				       "the matrix has a seed that is none:", value);
				return false;
			}
		} else if (strncmp(key, "params.", 7) == 0) {
			put_text(arena, params, rh_arena_printf(arena, "%s=%s", key + 7, value));
		} else {
			put_text(arena, sets,
				 rh_arena_printf(arena, "%s%s=%s",
						 strchr(key, '.') != NULL ? "" : "matrix.", key,
						 value));
		}
	}
	return true;
}

/* "split.seed-3.splitLength-4epochs": what tells a variant from its neighbours, fit for a file name. */
static const char *variant_name(struct maker *maker, const char *name,
				const struct rh_variant *variant)
{
	struct rh_arena *arena = &maker->suite->arena;
	struct rh_buf out = {0};
	const char *kept;
	bool is_new = false;

	rh_buf_text(&out, name);
	for (uint32_t i = 0; i < variant->count; i++) {
		const char *dot = strrchr(variant->keys[i], '.');
		const char *texts[2] = {dot != NULL ? dot + 1 : variant->keys[i],
					variant->values[i]};

		for (uint32_t k = 0; k < 2; k++) {
			rh_buf_u8(&out, k == 0 ? '.' : '-');
			for (const char *at = texts[k]; *at != 0 && out.len < 100; at++) {
				bool is_good =
					(*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z') ||
					(*at >= '0' && *at <= '9') || *at == '_' || *at == '.';

				if (is_good)
					rh_buf_u8(&out, (uint8_t)*at);
			}
		}
	}
	kept = rh_arena_text(arena, rh_buf_str(&out), out.len);
	rh_buf_release(&out);
	for (uint32_t number = 1; !is_new; number++) {
		const char *whole =
			number == 1 ? kept : rh_arena_printf(arena, "%s-%u", kept, number);

		rh_map_add(&maker->names, whole, strlen(whole), &is_new);
		if (is_new)
			return whole;
	}
	return kept;
}

/* ---- entries --------------------------------------------------------------------------------- */

/* The name of a file without folder and ending. */
static const char *base_name(struct rh_arena *arena, const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *base = slash != NULL ? slash + 1 : path;
	size_t len = strcspn(base, ".");

	return rh_arena_text(arena, base, len != 0 ? len : strlen(base));
}

/* A plain text in the list is a file. */
static const struct rh_tree *as_map(struct maker *maker, struct rh_tree *item)
{
	struct rh_arena *arena = &maker->loader.scratch;
	struct rh_tree *map = RH_ARENA_NEW(arena, struct rh_tree);

	if (item->kind != RH_TREE_SCALAR || rh_tree_is_null(item))
		return item;
	*map = (struct rh_tree){
		.kind = RH_TREE_MAP, .place = item->place, .count = 1, .height = 2, .weight = 2};
	map->pairs = RH_ARENA_ARRAY(arena, 1, struct rh_tree_pair);
	map->pairs[0] = (struct rh_tree_pair){.key = "file", .place = item->place, .value = item};
	return map;
}

static bool read_entry(struct maker *maker, struct source *source, struct rh_tree *item,
		       const char *path)
{
	struct rh_loader *loader = &maker->loader;
	struct rh_arena *arena = &maker->suite->arena;
	bool has_file;
	bool has_template;

	source->tree = as_map(maker, item);
	if (!rh_load_section(loader, &source->in, source->tree, "suite-entry", path))
		return false;
	has_file = source->in.file != NULL && source->in.file[0] != 0;
	has_template = source->in.template_name != NULL && source->in.template_name[0] != 0;
	if (has_file == has_template) {
		refuse(maker, item->place, "write file: a.yaml or template: name",
		       "an entry names a file or a template, one of the two", NULL);
		return false;
	}
	source->name =
		source->in.name != NULL && source->in.name[0] != 0
			? rh_arena_text(arena, source->in.name, strlen(source->in.name))
			: base_name(arena, has_file ? source->in.file : source->in.template_name);
	if (!rh_load_check_name(loader, source->name,
				rh_load_place(loader, source->tree, "suite-entry", "name"), path))
		return false;
	if (has_file)
		source->path = rh_path_join(arena, rh_path_folder(arena, loader->plan->path),
					    source->in.file);
	for (uint32_t i = 0; i < maker->source_count; i++) {
		if (strcmp(maker->sources[i].name, source->name) != 0)
			continue;
		refuse(maker, rh_load_place(loader, source->tree, "suite-entry", "name"),
		       "give one of them a `name`", "two entries are called", source->name);
		return false;
	}
	return true;
}

/* The runs of one entry: its own matrix inside that of the suite. */
static bool add_runs(struct maker *maker, struct source *source)
{
	const struct rh_tree *matrices[2] = {maker->in.matrix, source->in.matrix};
	struct rh_suite *suite = maker->suite;
	uint32_t count;
	struct rh_variant *variants = rh_matrix_variants(&maker->loader, &count, matrices, 2);

	if (variants == NULL)
		return false;
	if (suite->entry_count + count > RH_SUITE_ENTRIES_MAX) {
		refuse(maker, source->tree->place, NULL, "a suite of more than 10000 runs", NULL);
		return false;
	}
	source->first = suite->entry_count;
	source->count = count;
	for (uint32_t i = 0; i < count; i++) {
		struct rh_suite_entry *entry = &suite->entries[suite->entry_count++];
		struct texts sets = {0};
		struct texts params = {0};
		const char *mode = source->in.mode != 0 ? "live" : "sim";

		*entry = (struct rh_suite_entry){.path = source->path, .mode = ""};
		if (source->path == NULL)
			entry->template_name =
				rh_arena_text(&suite->arena, source->in.template_name,
					      strlen(source->in.template_name));
		if (rh_tree_child(source->tree, "mode") != NULL)
			entry->mode = mode;
		else if (rh_tree_child(maker->in.defaults, "mode") != NULL)
			entry->mode = maker->defaults.mode != 0 ? "live" : "sim";
		entry->has_seed = rh_tree_child(source->tree, "seed") != NULL ||
				  rh_tree_child(maker->in.defaults, "seed") != NULL;
		entry->seed = (uint64_t)(rh_tree_child(source->tree, "seed") != NULL
						 ? source->in.seed
						 : maker->defaults.seed);
		put_timeout(maker, &sets,
			    source->in.timeout != NULL && source->in.timeout[0] != 0
				    ? source->in.timeout
				    : maker->defaults.timeout);
		put_pairs(maker, &sets, maker->defaults.set);
		put_pairs(maker, &sets, source->in.set);
		put_pairs(maker, &params, maker->defaults.params);
		put_pairs(maker, &params, source->in.params);
		if (!put_variant(maker, entry, &sets, &params, &variants[i], source->tree->place))
			return false;
		entry->sets = sets.items;
		entry->set_count = sets.count;
		entry->params = params.items;
		entry->param_count = params.count;
		entry->name = variant_name(maker, source->name, &variants[i]);
	}
	return true;
}

static void add_tags(struct maker *maker, const struct source *source)
{
	const struct rh_tree *lists[2] = {maker->defaults.tags, source->in.tags};
	struct texts tags = {0};

	for (uint32_t i = 0; i < 2; i++) {
		for (uint32_t k = 0; lists[i] != NULL && k < lists[i]->count; k++) {
			const char *word = rh_load_word(&maker->loader, lists[i]->items[k], "tags");

			if (word != NULL)
				put_text(&maker->suite->arena, &tags,
					 rh_arena_text(&maker->suite->arena, word, strlen(word)));
		}
	}
	for (uint32_t i = 0; i < source->count; i++) {
		maker->suite->entries[source->first + i].tags = tags.items;
		maker->suite->entries[source->first + i].tag_count = tags.count;
	}
}

/* ---- order ----------------------------------------------------------------------------------- */

static void read_needs(struct maker *maker, struct source *source)
{
	const struct rh_tree *list = source->in.needs;
	struct rh_arena *arena = &maker->loader.scratch;
	const char **names = RH_ARENA_ARRAY(arena, maker->source_count + 1, const char *);

	for (uint32_t i = 0; i < maker->source_count; i++)
		names[i] = maker->sources[i].name;
	if (list == NULL)
		return;
	source->needs = RH_ARENA_ARRAY(arena, list->count + 1, const struct source *);
	for (uint32_t i = 0; i < list->count; i++) {
		const char *word = rh_load_word(&maker->loader, list->items[i], "needs");
		uint32_t k = 0;

		while (word != NULL && k < maker->source_count && strcmp(names[k], word) != 0)
			k++;
		if (word != NULL && k == maker->source_count)
			refuse(maker, list->items[i]->place,
			       rh_load_hint(&maker->loader, word, names, maker->source_count, NULL),
			       "no entry is called", word);
		else if (word != NULL)
			source->needs[source->need_count++] = &maker->sources[k];
	}
}

static void refuse_circle(struct maker *maker, struct source *const *stack, uint32_t depth,
			  const struct source *again)
{
	struct rh_buf text = {0};
	uint32_t from = 0;

	while (stack[from] != again)
		from++;
	for (; from < depth; from++)
		rh_buf_printf(&text, "%.40s needs ", stack[from]->name);
	rh_buf_printf(&text, "%.40s", again->name);
	refuse(maker, rh_load_place(&maker->loader, stack[depth - 1]->tree, "suite-entry", "needs"),
	       "take one of the needs away", rh_buf_str(&text), NULL);
	rh_buf_release(&text);
}

/* Depth first, with a stack of our own: needs before what needs them, else the order of the file. */
static bool put_in_order(struct maker *maker)
{
	struct rh_arena *arena = &maker->loader.scratch;
	struct source **stack = RH_ARENA_ARRAY(arena, maker->source_count + 1, struct source *);
	uint32_t *next = RH_ARENA_ARRAY(arena, maker->source_count + 1, uint32_t);

	maker->order = RH_ARENA_ARRAY(arena, maker->source_count + 1, const struct source *);
	for (uint32_t i = 0; i < maker->source_count; i++) {
		uint32_t depth = 0;

		if (maker->sources[i].state != 0)
			continue;
		stack[depth++] = &maker->sources[i];
		maker->sources[i].state = 1;
		next[0] = 0;
		while (depth > 0) {
			struct source *top = stack[depth - 1];
			struct source *need;

			if (next[depth - 1] == top->need_count) {
				top->state = 2;
				maker->order[maker->order_count++] = top;
				depth--;
				continue;
			}
			need = &maker->sources[top->needs[next[depth - 1]++] - maker->sources];
			if (need->state == 1) {
				refuse_circle(maker, stack, depth, need);
				return false;
			}
			if (need->state == 0) {
				need->state = 1;
				next[depth] = 0;
				stack[depth++] = need;
			}
		}
	}
	return true;
}

/* Every run needs every run of the entries that its own entry needs. */
static void link_needs(struct maker *maker, const struct source *source)
{
	struct rh_arena *arena = &maker->suite->arena;
	uint32_t *needs;
	uint32_t count = 0;

	for (uint32_t i = 0; i < source->need_count; i++)
		count += source->needs[i]->count;
	needs = RH_ARENA_ARRAY(arena, count + 1, uint32_t);
	count = 0;
	for (uint32_t i = 0; i < source->need_count; i++) {
		for (uint32_t k = 0; k < source->needs[i]->count; k++)
			needs[count++] = source->needs[i]->first + k;
	}
	for (uint32_t i = 0; i < source->count; i++) {
		maker->suite->entries[source->first + i].needs = needs;
		maker->suite->entries[source->first + i].need_count = count;
	}
}

/* ---- the file -------------------------------------------------------------------------------- */

static bool is_suite(struct maker *maker, const struct rh_tree *root)
{
	const struct rh_tree *kind = rh_tree_child(root, "kind");

	if (kind != NULL && kind->kind == RH_TREE_SCALAR && strcmp(kind->text, "Suite") == 0)
		return true;
	rh_load_complain(&maker->loader, "E010", kind != NULL ? kind->place : root->place, "kind",
			 "write kind: Suite", "this is no suite");
	return false;
}

static void read_metadata(struct maker *maker, const struct rh_tree *tree)
{
	struct rh_in_metadata in = {0};
	struct rh_arena *arena = &maker->suite->arena;

	if (tree == NULL || !rh_load_section(&maker->loader, &in, tree, "metadata", "metadata"))
		return;
	maker->suite->name = rh_arena_text(arena, in.name, strlen(in.name));
	if (in.description != NULL)
		maker->suite->description =
			rh_arena_text(arena, in.description, strlen(in.description));
	rh_load_check_name(&maker->loader, in.name,
			   rh_load_place(&maker->loader, tree, "metadata", "name"),
			   "metadata.name");
}

static void read_spec(struct maker *maker, const struct rh_tree *spec)
{
	struct rh_loader *loader = &maker->loader;
	static const struct rh_tree none = {.kind = RH_TREE_MAP};
	uint32_t count;
	bool is_good = true;

	if (!rh_load_section(loader, &maker->in, spec, "suite", "spec") ||
	    !rh_load_section(loader, &maker->defaults,
			     maker->in.defaults != NULL ? maker->in.defaults : &none,
			     "suite-defaults", "defaults"))
		return;
	count = maker->in.scenarios->count;
	if (count == 0 || count > RH_SUITE_ENTRIES_MAX) {
		refuse(maker, maker->in.scenarios->place, NULL,
		       count == 0 ? "a suite without scenarios" : "a suite of more than 10000 runs",
		       NULL);
		return;
	}
	maker->sources = RH_ARENA_ARRAY(&loader->scratch, count, struct source);
	for (uint32_t i = 0; i < count; i++) {
		is_good &= read_entry(maker, &maker->sources[i], maker->in.scenarios->items[i],
				      rh_load_path_at(loader, "scenarios", i));
		maker->source_count += is_good;
	}
	if (!is_good)
		return;
	for (uint32_t i = 0; i < count; i++)
		read_needs(maker, &maker->sources[i]);
	if (loader->diagnostics->error_count != 0 || !put_in_order(maker))
		return;
	maker->suite->entries =
		RH_ARENA_ARRAY(&maker->suite->arena, RH_SUITE_ENTRIES_MAX, struct rh_suite_entry);
	for (uint32_t i = 0; i < count && is_good; i++) {
		struct source *source = &maker->sources[maker->order[i] - maker->sources];

		is_good = add_runs(maker, source);
		add_tags(maker, source);
		link_needs(maker, source);
	}
}

static void begin(struct maker *maker, const struct rh_load_options *options,
		  struct rh_diagnostics *diagnostics)
{
	struct rh_suite *suite = rh_alloc(1, sizeof(*suite));

	*maker = (struct maker){.suite = suite};
	maker->loader = rh_loader_new(options, diagnostics);
	rh_arena_init(&suite->arena);
	suite->name = "";
	suite->description = "";
}

/* The suite, or NULL when there were errors. */
static struct rh_suite *end(struct maker *maker)
{
	struct rh_suite *suite = maker->suite;

	rh_map_release(&maker->names);
	rh_plan_free(maker->loader.plan);
	rh_loader_end(&maker->loader);
	if (maker->loader.diagnostics->error_count == 0)
		return suite;
	rh_suite_free(suite);
	return NULL;
}

struct rh_suite *rh_load_suite_text(const char *name, const char *text, size_t len,
				    const struct rh_load_options *options,
				    struct rh_diagnostics *diagnostics)
{
	struct maker maker;
	struct rh_in_file in = {0};
	struct rh_tree *root;

	begin(&maker, options, diagnostics);
	root = rh_loader_begin(&maker.loader, name, text, len);
	if (root != NULL && is_suite(&maker, root) &&
	    rh_load_section(&maker.loader, &in, root, "file", "")) {
		read_metadata(&maker, in.metadata);
		read_spec(&maker, in.spec);
	}
	return end(&maker);
}

struct rh_suite *rh_load_matrix_text(const char *name, const char *text, size_t len,
				     const struct rh_load_options *options,
				     struct rh_diagnostics *diagnostics)
{
	struct maker maker;
	struct source source = {.name = NULL};
	const struct rh_tree *title;
	struct rh_tree *root;

	begin(&maker, options, diagnostics);
	root = rh_loader_begin(&maker.loader, name, text, len);
	if (root != NULL) {
		rh_load_overrides(&maker.loader, &root);
		title = rh_tree_child(rh_tree_child(root, "metadata"), "name");
		source.tree = root;
		source.path = rh_arena_text(&maker.suite->arena, name, strlen(name));
		source.name = title != NULL && title->kind == RH_TREE_SCALAR
				      ? rh_arena_text(&maker.suite->arena, title->text,
						      strlen(title->text))
				      : base_name(&maker.suite->arena, name);
		source.in.matrix = rh_tree_child(rh_tree_child(root, "spec"), "matrix");
		maker.suite->name = source.name;
		maker.suite->entries = RH_ARENA_ARRAY(&maker.suite->arena, RH_SUITE_ENTRIES_MAX,
						      struct rh_suite_entry);
		/* The file's own seed, mode and limits are read with it. */
		source.tree = &(const struct rh_tree){.kind = RH_TREE_MAP, .place = root->place};
		add_runs(&maker, &source);
	}
	return end(&maker);
}

/* ---- files ----------------------------------------------------------------------------------- */

static bool read_path(struct rh_buf *content, const char *path, struct rh_diagnostics *diagnostics)
{
	struct rh_complaint complaint = {.code = "E001"};
	struct rh_err err = {0};

	if (rh_part_read_disk(NULL, content, path, &err) == 0)
		return true;
	rh_diagnostics_source(diagnostics, path, "", 0);
	rh_complain(diagnostics, &complaint, "cannot be read: %s", err.text);
	return false;
}

struct rh_suite *rh_load_suite(const char *path, const struct rh_load_options *options,
			       struct rh_diagnostics *diagnostics)
{
	struct rh_buf content = {0};
	struct rh_suite *suite = NULL;

	if (read_path(&content, path, diagnostics))
		suite = rh_load_suite_text(path, rh_buf_str(&content), content.len, options,
					   diagnostics);
	rh_buf_release(&content);
	return suite;
}

struct rh_suite *rh_load_matrix(const char *path, const struct rh_load_options *options,
				struct rh_diagnostics *diagnostics)
{
	struct rh_buf content = {0};
	struct rh_suite *suite = NULL;

	if (read_path(&content, path, diagnostics))
		suite = rh_load_matrix_text(path, rh_buf_str(&content), content.len, options,
					    diagnostics);
	rh_buf_release(&content);
	return suite;
}

enum rh_kind rh_kind_of_text(const char *text, size_t len)
{
	static const char *const words[] = {"Scenario", "Template",	"Suite",
					    "Topology", "NetworkModel", "Config"};
	struct rh_diagnostics diagnostics;
	enum rh_kind kind = RH_KIND_NONE;
	struct rh_arena arena;
	const struct rh_tree *tree = NULL;

	rh_arena_init(&arena);
	rh_diagnostics_init(&diagnostics);
	if (len <= RH_COMPOSE_BYTES_MAX) {
		rh_diagnostics_source(&diagnostics, "", text, len);
		tree = rh_compose(&arena, text, len, NULL, 1, &diagnostics);
		tree = tree != NULL ? rh_tree_child(tree, "kind") : NULL;
	}
	for (size_t i = 0; tree != NULL && tree->kind == RH_TREE_SCALAR && i < RH_ARRAY_LEN(words);
	     i++) {
		if (strcmp(words[i], tree->text) == 0)
			kind = (enum rh_kind)(RH_KIND_SCENARIO + i);
	}
	rh_diagnostics_release(&diagnostics);
	rh_arena_release(&arena);
	return kind;
}

enum rh_kind rh_kind_of_file(const char *path)
{
	struct rh_buf content = {0};
	enum rh_kind kind = RH_KIND_NONE;

	if (rh_part_read_disk(NULL, &content, path, NULL) == 0)
		kind = rh_kind_of_text(rh_buf_str(&content), content.len);
	rh_buf_release(&content);
	return kind;
}

void rh_suite_free(struct rh_suite *suite)
{
	if (suite == NULL)
		return;
	rh_arena_release(&suite->arena);
	free(suite);
}
