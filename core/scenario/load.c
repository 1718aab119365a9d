/*
 * load.c - the door of the loader: reads the file, walks through the parts, and gives a plan or
 * complaints, never both a plan and an error.
 */
#include "core/scenario/services.h"
#include "core/scenario/load.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/dist.h"
#include "core/scenario/files.h"
#include "core/scenario/loader.h"
#include "core/scenario/lookahead.h"
#include "core/scenario/render.h"

/* Days from 1970-01-01 to a day of the Gregorian calendar, by counting years from March. */
static uint64_t days_from_epoch(uint32_t year, uint32_t month, uint32_t day)
{
	uint32_t y = month <= 2 ? year - 1 : year;
	uint32_t m = month <= 2 ? month + 9 : month - 3;
	uint64_t days = 365 * (uint64_t)y + y / 4 - y / 100 + y / 400;

	return days + (153 * m + 2) / 5 + day - 1 - 719468;
}

static bool read_digits(uint32_t *number, const char **at, uint32_t count, char after)
{
	*number = 0;
	for (uint32_t i = 0; i < count; i++, (*at)++) {
		if (**at < '0' || **at > '9')
			return false;
		*number = *number * 10 + (uint32_t)(**at - '0');
	}
	if (**at != after)
		return false;
	(*at)++;
	return true;
}

static bool read_date(uint64_t *unix_s, const char *text)
{
	static const uint8_t month_days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	const char *at = text;
	uint32_t year;
	uint32_t month;
	uint32_t day;
	uint32_t hour;
	uint32_t minute;
	uint32_t second;
	bool is_leap;

	if (!read_digits(&year, &at, 4, '-') || !read_digits(&month, &at, 2, '-') ||
	    !read_digits(&day, &at, 2, 'T') || !read_digits(&hour, &at, 2, ':') ||
	    !read_digits(&minute, &at, 2, ':') || !read_digits(&second, &at, 2, 'Z') || *at != 0)
		return false;
	is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
	if (year < 1970 || year > 2999 || month < 1 || month > 12 || day < 1 ||
	    day > (uint32_t)month_days[month - 1] + (month == 2 && is_leap) || hour > 23 ||
	    minute > 59 || second > 59)
		return false;
	*unix_s = days_from_epoch(year, month, day) * 86400 + hour * 3600 + minute * 60 + second;
	return true;
}

/* `is_broken`: there is something that is no clock, and that is told elsewhere. */
static void load_clock(struct rh_loader *loader, bool is_broken)
{
	struct rh_in_clock in = {0};
	const struct rh_tree *tree = loader->spec.clock;
	struct rh_tree none = {.kind = RH_TREE_MAP};
	bool is_good;

	/* Slots first: the section itself may not be measured in them. */
	if (tree == NULL)
		tree = &none;
	is_good = rh_load_section(loader, &in, tree, "spec.clock", "clock");
	if (!is_good || is_broken || loader->has_any_units) {
		/* One mistake here is told once: what could be read counts, and a unit in place of the
		 * rest keeps every duration of the file from being told as well. */
		struct rh_slots any = RH_LOAD_ANY_UNITS;

		in.slot_ns = in.slot_ns != 0 ? in.slot_ns : any.slot_ns;
		in.slots_per_epoch =
			in.slots_per_epoch != 0 ? in.slots_per_epoch : (int64_t)any.slots_per_epoch;
		in.block_ns = in.block_ns != 0 ? in.block_ns : any.block_ns;
	}
	loader->slots.slot_ns = in.slot_ns;
	loader->slots.slots_per_epoch = (uint64_t)in.slots_per_epoch;
	loader->plan->slot_ns = in.slot_ns;
	loader->plan->slots_per_epoch = (uint64_t)in.slots_per_epoch;
	loader->slots.block_ns = in.block_ns;
	loader->plan->block_ns = in.block_ns;
	loader->plan->genesis_delay_ns = in.genesis_delay_ns;
	if (!is_good)
		return;
	if (in.genesis == NULL || !read_date(&loader->plan->genesis_unix_s, in.genesis))
		rh_load_complain(loader, "E036",
				 rh_load_place(loader, tree, "spec.clock", "genesis"),
				 "clock.genesis", "write for example 2026-01-01T00:00:00Z",
				 "this is not a date and time in UTC");
}

static void load_limits(struct rh_loader *loader)
{
	struct rh_in_limits in = {0};
	struct rh_tree none = {.kind = RH_TREE_MAP};

	if (!rh_load_section(loader, &in, loader->spec.limits != NULL ? loader->spec.limits : &none,
			     "spec.limits", "limits"))
		return;
	loader->plan->limit_memory = in.memory_bytes;
	loader->plan->limit_self_events = (uint64_t)in.self_events;
	loader->plan->limit_messages = (uint64_t)in.messages;
}

/* apiVersion and kind: what is read must be what was meant. */
static bool check_header(struct rh_loader *loader, const struct rh_tree *root)
{
	static const struct {
		const char *kind;
		const char *hint;
	} others[] = {
		{"Suite", "run it with `rehearse suite`"},
		{"Topology", "name it in a scenario: topology: {use: FILE}"},
		{"NetworkModel", "name it in a scenario: network: {use: FILE}"},
		{"Config", "the program reads it by itself: see docs/SCENARIO.md"},
	};
	static const char *const kinds[] = {"Scenario", "Template",	"Suite",
					    "Topology", "NetworkModel", "Config"};
	const struct rh_tree *version = rh_load_key(loader, root, "file", "apiVersion");
	const struct rh_tree *kind = rh_load_key(loader, root, "file", "kind");

	if (version != NULL && version->kind == RH_TREE_SCALAR &&
	    strcmp(version->text, "rehearse/v1") != 0 &&
	    strcmp(version->text, "chaos.trading/v1") != 0)
		rh_load_complain(loader, "E010", version->place, "apiVersion", "write rehearse/v1",
				 "apiVersion \"%.60s\" cannot be read", version->text);
	if (loader->options->is_strict && version != NULL && version->kind == RH_TREE_SCALAR &&
	    strcmp(version->text, "chaos.trading/v1") == 0)
		rh_load_complain(loader, "W006", version->place, "apiVersion", "write rehearse/v1",
				 "\"%s\" is a spelling of a source system", version->text);
	if (kind == NULL || kind->kind != RH_TREE_SCALAR || strcmp(kind->text, "Scenario") == 0 ||
	    strcmp(kind->text, "Template") == 0)
		return true;
	for (size_t i = 0; i < RH_ARRAY_LEN(others); i++) {
		if (strcmp(kind->text, others[i].kind) != 0)
			continue;
		rh_load_complain(loader, "E010", kind->place, "kind", others[i].hint,
				 "kind %s is no scenario", kind->text);
		return false;
	}
	rh_load_complain(
		loader, "E010", kind->place, "kind",
		rh_load_hint(loader, kind->text, kinds, RH_ARRAY_LEN(kinds), "write Scenario"),
		"kind \"%.60s\" is not known", kind->text);
	return true;
}

static void load_metadata(struct rh_loader *loader, const struct rh_tree *tree)
{
	struct rh_in_metadata in = {0};
	struct rh_plan *plan = loader->plan;

	rh_load_section(loader, &in, tree, "metadata", "metadata");
	plan->name = rh_load_keep(loader, in.name != NULL ? in.name : "");
	plan->description = rh_load_keep(loader, in.description != NULL ? in.description : "");
	if (in.name != NULL)
		rh_load_check_name(loader, in.name, rh_load_place(loader, tree, "metadata", "name"),
				   "metadata.name");
	for (uint32_t i = 0; in.tags != NULL && i < in.tags->count; i++)
		rh_load_word(loader, in.tags->items[i], "metadata.tags");
}

/* --trace and the file both name a level; the option wins. */
static void load_trace(struct rh_loader *loader)
{
	static const struct rh_key key = {
		.name = "trace", .type = RH_KEY_ENUM, .values = "verdict|node|full"};
	struct rh_value_fault fault;
	struct rh_value value;

	loader->plan->trace_level = (enum rh_trace_level)loader->spec.trace;
	if (loader->options->trace == NULL)
		return;
	if (rh_value_read(&value, &fault, &key, loader->options->trace, true, loader->slots))
		loader->plan->trace_level = (enum rh_trace_level)value.number;
	else
		rh_load_complain(loader, fault.code, (struct rh_place){0}, "trace", fault.hint,
				 "--trace: %s", fault.text);
}

static void load_spec(struct rh_loader *loader, const struct rh_tree *tree)
{
	struct rh_plan *plan = loader->plan;
	const struct rh_tree *clock = rh_load_key(loader, tree, "spec", "clock");

	loader->spec_tree = tree;
	/* The clock first: durations anywhere else may be in slots. */
	loader->spec.clock = clock != NULL && clock->kind == RH_TREE_MAP ? clock : NULL;
	load_clock(loader, clock != NULL && clock->kind != RH_TREE_MAP);
	rh_load_section(loader, &loader->spec, tree, "spec", "spec");
	if (loader->options->has_seed)
		loader->spec.seed = (int64_t)loader->options->seed;
	plan->hypothesis = rh_load_keep(
		loader, loader->spec.hypothesis != NULL ? loader->spec.hypothesis : "");
	plan->seed = (uint64_t)loader->spec.seed;
	plan->rng = (enum rh_rng_kind)loader->spec.rng;
	plan->ties = (enum rh_ties)loader->spec.ties;
	plan->reaction_ns = loader->spec.reaction_ns;
	loader->rng = (struct rh_rng){.kind = plan->rng, .seed = plan->seed};
	load_trace(loader);
	load_limits(loader);
	rh_load_modes(loader);
}

void rh_load_input(struct rh_loader *loader, const char *kind, const char *name, const char *value)
{
	struct rh_plan *plan = loader->plan;
	const char *text = rh_arena_printf(&plan->arena, "%s %.200s=%.1000s", kind, name, value);
	const char **inputs;
	bool is_new;

	rh_map_add(&loader->input_names, text, strlen(text), &is_new);
	if (!is_new)
		return;
	inputs = RH_ARENA_ARRAY(&plan->arena, plan->input_count + 1, const char *);
	for (uint32_t i = 0; i < plan->input_count; i++)
		inputs[i] = plan->inputs[i];
	inputs[plan->input_count++] = text;
	plan->inputs = inputs;
}

static bool has_errors(const struct rh_loader *loader)
{
	return loader->diagnostics->error_count != 0;
}

bool rh_loader_ready(struct rh_loader *loader, struct rh_tree **root)
{
	uint32_t errors = loader->diagnostics->error_count;

	if (!check_header(loader, *root))
		return false;
	loader->file_weight = (*root)->weight;
	loader->file_chain[loader->file_chain_len++] =
		rh_path_join(&loader->scratch, "", loader->plan->path);
	*root = rh_load_includes(loader, *root);
	rh_load_overrides(loader, root);
	/* A tree with holes would only be complained of twice. */
	return rh_render_root(loader, *root) && loader->diagnostics->error_count == errors;
}

static void load_tree(struct rh_loader *loader, struct rh_tree *root)
{
	struct rh_in_file in = {0};

	loader->has_any_units = rh_load_is_fragment(root);
	if (!rh_loader_ready(loader, &root))
		return;
	rh_load_section(loader, &in, root, "file", "");
	if (in.metadata != NULL)
		load_metadata(loader, in.metadata);
	if (in.spec == NULL)
		return;
	load_spec(loader, in.spec);
	rh_load_topology(loader);
	rh_load_services(loader);
	rh_load_network(loader);
	rh_load_model(loader);
	rh_load_clients(loader);
	rh_load_reporting(loader);
	rh_load_phases(loader);
	rh_load_steps(loader);
	rh_load_checks(loader);
	if (!has_errors(loader))
		loader->plan->lookahead_ns = rh_lookahead_ns(loader->plan);
}

static struct rh_plan *new_plan(const char *path)
{
	struct rh_plan *plan = rh_alloc(1, sizeof(*plan));

	rh_arena_init(&plan->arena);
	plan->path = rh_arena_text(&plan->arena, path, strlen(path));
	plan->name = "";
	plan->description = "";
	plan->hypothesis = "";
	return plan;
}

/* Prepares a loader and composes the text; NULL after complaining. */
struct rh_tree *rh_loader_begin(struct rh_loader *loader, const char *name, const char *text,
				size_t len)
{
	bool is_large = len > RH_COMPOSE_BYTES_MAX;

	rh_diagnostics_source(loader->diagnostics, name, is_large ? "" : text, is_large ? 0 : len);
	rh_arena_init(&loader->scratch);
	loader->plan = new_plan(name);
	if (!is_large)
		return rh_compose(&loader->scratch, text, len, NULL, 1, loader->diagnostics);
	rh_load_complain(loader, "E002", (struct rh_place){0}, NULL,
			 "a million nodes need one line: {name: n, count: 1000000}",
			 "the file has %zu bytes; a scenario may have 16 MB", len);
	return NULL;
}

void rh_loader_end(struct rh_loader *loader)
{
	rh_map_release(&loader->use_names);
	rh_map_release(&loader->input_names);
	rh_map_release(&loader->node_names);
	rh_map_release(&loader->group_names);
	rh_arena_release(&loader->scratch);
}

struct rh_loader rh_loader_new(const struct rh_load_options *options,
			       struct rh_diagnostics *diagnostics)
{
	return (struct rh_loader){.options = options,
				  .registry = options->registry,
				  .keys = options->keys != NULL ? options->keys
								: &rh_keyset_default,
				  .diagnostics = diagnostics};
}

struct rh_plan *rh_load_text(const char *name, const char *text, size_t len,
			     const struct rh_load_options *options,
			     struct rh_diagnostics *diagnostics)
{
	struct rh_loader loader = rh_loader_new(options, diagnostics);
	struct rh_tree *root = rh_loader_begin(&loader, name, text, len);
	struct rh_plan *plan = NULL;

	if (root != NULL)
		load_tree(&loader, root);
	if (has_errors(&loader))
		rh_plan_free(loader.plan);
	else
		plan = loader.plan;
	rh_loader_end(&loader);
	RH_ASSERT((plan != NULL) == (diagnostics->error_count == 0));
	return plan;
}

/* The tree without what the renderer used up, as a scenario. */
static void print_rendered(struct rh_loader *loader, struct rh_tree *root, struct rh_buf *out)
{
	struct rh_tree *maps[2] = {root, rh_tree_child(root, "spec")};

	for (uint32_t i = 0; i < loader->plan->input_count; i++)
		rh_buf_printf(out, "# %s\n", loader->plan->inputs[i]);
	for (uint32_t i = 0; i < 2 && maps[i] != NULL && maps[i]->kind == RH_TREE_MAP; i++) {
		uint32_t kept = 0;

		for (uint32_t k = 0; k < maps[i]->count; k++) {
			struct rh_tree_pair *pair = &maps[i]->pairs[k];
			bool is_template = i == 0 && rh_key_is("kind", pair->key) &&
					   pair->value->kind == RH_TREE_SCALAR;

			if (rh_render_is_own_key(pair->key) ||
			    (i == 1 && loader->options->has_seed && rh_key_is("seed", pair->key)))
				continue;
			if (is_template)
				pair->value->text = "Scenario";
			maps[i]->pairs[kept++] = *pair;
		}
		maps[i]->count = kept;
	}
	if (maps[1] != NULL && maps[1]->kind == RH_TREE_MAP && loader->options->has_seed) {
		struct rh_tree *seed = RH_ARENA_NEW(&loader->scratch, struct rh_tree);
		struct rh_tree_pair *pairs =
			RH_ARENA_ARRAY(&loader->scratch, maps[1]->count + 1, struct rh_tree_pair);

		if (maps[1]->count != 0)
			memcpy(pairs, maps[1]->pairs, maps[1]->count * sizeof(*pairs));
		seed->text = rh_arena_printf(&loader->scratch, "%llu",
					     (unsigned long long)loader->options->seed);
		seed->is_plain = true;
		pairs[maps[1]->count++] = (struct rh_tree_pair){.key = "seed", .value = seed};
		maps[1]->pairs = pairs;
	}
	rh_tree_print(root, out);
}

bool rh_render_text(struct rh_buf *out, const char *name, const char *text, size_t len,
		    const struct rh_load_options *options, struct rh_diagnostics *diagnostics)
{
	struct rh_loader loader = rh_loader_new(options, diagnostics);
	struct rh_tree *root = rh_loader_begin(&loader, name, text, len);
	bool is_good = root != NULL && rh_loader_ready(&loader, &root) && !has_errors(&loader);

	if (is_good)
		print_rendered(&loader, root, out);
	rh_plan_free(loader.plan);
	rh_loader_end(&loader);
	return is_good;
}

/* ---- files ----------------------------------------------------------------------------------- */

static void refuse_file(struct rh_diagnostics *diagnostics, const char *path, const char *code,
			const char *hint, const char *text)
{
	struct rh_complaint complaint = {.code = code, .hint = hint};

	rh_diagnostics_source(diagnostics, path, "", 0);
	rh_complain(diagnostics, &complaint, "%s", text);
}

/* A file on disk may name other files on disk. */
static struct rh_load_options with_disk(const struct rh_load_options *options)
{
	struct rh_load_options all = *options;

	if (all.read == NULL)
		all.read = rh_part_read_disk;
	return all;
}

static bool read_all(FILE *file, struct rh_buf *content)
{
	size_t got;

	do {
		uint8_t *room = rh_buf_extend(content, 65536);

		got = fread(room, 1, 65536, file);
		content->len -= 65536 - got;
	} while (got > 0 && content->len <= RH_COMPOSE_BYTES_MAX);
	return !ferror(file);
}

/* The bytes of a scenario file; false after complaining. */
static bool read_scenario(struct rh_buf *content, const char *path,
			  struct rh_diagnostics *diagnostics)
{
	bool is_read = false;
	struct stat info;
	char text[300];
	FILE *file;

	if (stat(path, &info) != 0) {
		snprintf(text, sizeof(text), "cannot be read: %s", strerror(errno));
		refuse_file(diagnostics, path, "E001", NULL, text);
		return false;
	}
	if (S_ISDIR(info.st_mode)) {
		refuse_file(diagnostics, path, "E001", "name a .yaml file in it",
			    "this is a directory, not a scenario file");
		return false;
	}
	if (info.st_size > RH_COMPOSE_BYTES_MAX) {
		snprintf(text, sizeof(text), "the file has %lld bytes; a scenario may have 16 MB",
			 (long long)info.st_size);
		refuse_file(diagnostics, path, "E002",
			    "a million nodes need one line: {name: n, count: 1000000}", text);
		return false;
	}
	file = fopen(path, "rb");
	if (file == NULL) {
		snprintf(text, sizeof(text), "cannot be read: %s", strerror(errno));
		refuse_file(diagnostics, path, "E001", NULL, text);
		return false;
	}
	is_read = read_all(file, content);
	if (!is_read) {
		snprintf(text, sizeof(text), "cannot be read: %s", strerror(errno));
		refuse_file(diagnostics, path, "E001", NULL, text);
	}
	fclose(file);
	return is_read;
}

struct rh_plan *rh_load_file(const char *path, const struct rh_load_options *options,
			     struct rh_diagnostics *diagnostics)
{
	struct rh_load_options all = with_disk(options);
	struct rh_buf content = {0};
	struct rh_plan *plan = NULL;

	if (read_scenario(&content, path, diagnostics))
		plan = rh_load_text(path, rh_buf_str(&content), content.len, &all, diagnostics);
	rh_buf_release(&content);
	return plan;
}

bool rh_render_file(struct rh_buf *out, const char *path, const struct rh_load_options *options,
		    struct rh_diagnostics *diagnostics)
{
	struct rh_load_options all = with_disk(options);
	struct rh_buf content = {0};
	bool is_good =
		read_scenario(&content, path, diagnostics) &&
		rh_render_text(out, path, rh_buf_str(&content), content.len, &all, diagnostics);

	rh_buf_release(&content);
	return is_good;
}

bool rh_check_fragment_file(const char *path, const struct rh_load_options *options,
			    struct rh_diagnostics *diagnostics, bool *is_fragment)
{
	struct rh_load_options all = with_disk(options);
	struct rh_buf content = {0};
	bool is_good = read_scenario(&content, path, diagnostics) &&
		       rh_check_fragment(path, rh_buf_str(&content), content.len, &all, diagnostics,
					 is_fragment);

	rh_buf_release(&content);
	return is_good;
}
