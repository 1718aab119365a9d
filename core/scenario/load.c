/*
 * load.c - the door of the loader: reads the file, walks through the parts, and gives a plan or
 * complaints, never both a plan and an error.
 */
#include "core/scenario/load.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/dist.h"
#include "core/scenario/loader.h"
#include "core/scenario/lookahead.h"

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

static void load_clock(struct rh_loader *loader)
{
	struct rh_in_clock in = {0};
	const struct rh_tree *tree = loader->spec.clock;
	struct rh_tree none = {.kind = RH_TREE_MAP};

	/* Slots first: the section itself may not be measured in them. */
	if (tree == NULL)
		tree = &none;
	if (!rh_load_section(loader, &in, tree, "spec.clock", "clock"))
		return;
	loader->slots.slot_ns = in.slot_ns;
	loader->slots.slots_per_epoch = (uint64_t)in.slots_per_epoch;
	loader->plan->slot_ns = in.slot_ns;
	loader->plan->slots_per_epoch = (uint64_t)in.slots_per_epoch;
	loader->slots.block_ns = in.block_ns;
	loader->plan->block_ns = in.block_ns;
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
static void check_header(struct rh_loader *loader, const struct rh_tree *root,
			 const struct rh_in_file *in)
{
	static const char *const later[] = {"Template", "Suite", "Topology", "NetworkModel",
					    "Config"};

	if (in->api_version != NULL && strcmp(in->api_version, "rehearse/v1") != 0 &&
	    strcmp(in->api_version, "chaos.trading/v1") != 0)
		rh_load_complain(loader, "E010", rh_load_place(loader, root, "file", "apiVersion"),
				 "apiVersion", "write rehearse/v1",
				 "apiVersion \"%.60s\" cannot be read", in->api_version);
	if (in->kind == NULL || strcmp(in->kind, "Scenario") == 0)
		return;
	for (size_t i = 0; i < RH_ARRAY_LEN(later); i++) {
		if (strcmp(in->kind, later[i]) == 0) {
			rh_load_complain(loader, "E010",
					 rh_load_place(loader, root, "file", "kind"), "kind",
					 "this version reads kind: Scenario",
					 "kind %s is not yet in this version", later[i]);
			return;
		}
	}
	rh_load_complain(loader, "E010", rh_load_place(loader, root, "file", "kind"), "kind",
			 "write Scenario", "kind \"%.60s\" is not known", in->kind);
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
	load_clock(loader);
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
}

static bool has_errors(const struct rh_loader *loader)
{
	return loader->diagnostics->error_count != 0;
}

static void load_tree(struct rh_loader *loader, struct rh_tree *root)
{
	struct rh_in_file in = {0};

	rh_load_overrides(loader, &root);
	rh_load_section(loader, &in, root, "file", "");
	check_header(loader, root, &in);
	if (in.metadata != NULL)
		load_metadata(loader, in.metadata);
	if (in.spec == NULL)
		return;
	load_spec(loader, in.spec);
	rh_load_topology(loader);
	rh_load_network(loader);
	rh_load_model(loader);
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

struct rh_plan *rh_load_text(const char *name, const char *text, size_t len,
			     const struct rh_load_options *options,
			     struct rh_diagnostics *diagnostics)
{
	struct rh_loader loader = {.options = options,
				   .registry = options->registry,
				   .keys = options->keys != NULL ? options->keys
								 : &rh_keyset_default,
				   .diagnostics = diagnostics};
	struct rh_plan *plan = NULL;
	struct rh_tree *root;

	rh_diagnostics_source(diagnostics, name, len <= RH_COMPOSE_BYTES_MAX ? text : "",
			      len <= RH_COMPOSE_BYTES_MAX ? len : 0);
	if (len > RH_COMPOSE_BYTES_MAX) {
		rh_load_complain(&loader, "E002", (struct rh_place){0}, NULL,
				 "a million nodes need one line: {name: n, count: 1000000}",
				 "the file has %zu bytes; a scenario may have 16 MB", len);
		return NULL;
	}
	rh_arena_init(&loader.scratch);
	loader.plan = new_plan(name);
	root = rh_compose(&loader.scratch, text, len, NULL, 1, diagnostics);
	if (root != NULL)
		load_tree(&loader, root);
	if (has_errors(&loader))
		rh_plan_free(loader.plan);
	else
		plan = loader.plan;
	rh_map_release(&loader.node_names);
	rh_map_release(&loader.group_names);
	rh_arena_release(&loader.scratch);
	RH_ASSERT((plan != NULL) == (diagnostics->error_count == 0));
	return plan;
}

/* ---- files ----------------------------------------------------------------------------------- */

static void refuse_file(struct rh_diagnostics *diagnostics, const char *path, const char *code,
			const char *hint, const char *text)
{
	struct rh_complaint complaint = {.code = code, .hint = hint};

	rh_diagnostics_source(diagnostics, path, "", 0);
	rh_complain(diagnostics, &complaint, "%s", text);
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

struct rh_plan *rh_load_file(const char *path, const struct rh_load_options *options,
			     struct rh_diagnostics *diagnostics)
{
	struct rh_buf content = {0};
	struct rh_plan *plan = NULL;
	struct stat info;
	char text[300];
	FILE *file;

	if (stat(path, &info) != 0) {
		snprintf(text, sizeof(text), "cannot be read: %s", strerror(errno));
		refuse_file(diagnostics, path, "E001", NULL, text);
		return NULL;
	}
	if (S_ISDIR(info.st_mode)) {
		refuse_file(diagnostics, path, "E001", "name a .yaml file in it",
			    "this is a directory, not a scenario file");
		return NULL;
	}
	if (info.st_size > RH_COMPOSE_BYTES_MAX) {
		snprintf(text, sizeof(text), "the file has %lld bytes; a scenario may have 16 MB",
			 (long long)info.st_size);
		refuse_file(diagnostics, path, "E002",
			    "a million nodes need one line: {name: n, count: 1000000}", text);
		return NULL;
	}
	file = fopen(path, "rb");
	if (file == NULL) {
		snprintf(text, sizeof(text), "cannot be read: %s", strerror(errno));
		refuse_file(diagnostics, path, "E001", NULL, text);
		return NULL;
	}
	if (read_all(file, &content)) {
		plan = rh_load_text(path, rh_buf_str(&content), content.len, options, diagnostics);
	} else {
		snprintf(text, sizeof(text), "cannot be read: %s", strerror(errno));
		refuse_file(diagnostics, path, "E001", NULL, text);
	}
	fclose(file);
	rh_buf_release(&content);
	return plan;
}
