/*
 * settings.c - reads settings from files and the environment, and hands them to options.
 *
 * The nearest source is read first and a row that has its value keeps it, so precedence is the order of the calls in
 * cmd_settings_load and stands nowhere else.  Values stay texts: each is checked against its row here, where its place
 * is known, and read again by the option it becomes.
 */
#include "cmd/settings.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/scenario/compose.h"
#include "core/scenario/keys.h"
#include "core/store/rundir.h"

#define FILE_BYTES_MAX ((size_t)1 << 20)

extern char **environ;

/* Keys of other systems' files that mean nothing here; `always`: the one value that is true anyway. */
struct foreign {
	const char *path;
	const char *always;
	const char *why;
};

static const struct foreign foreign_keys[] = {
	{"services", NULL, "a service is a node of a scenario, which says how it is started"},
	{"execution.enableParallelActions", "true", "actions of a phase go on side by side"},
	{"validation.validateServiceAvailability", "true", "a live run begins when it can"},
	{"validation.checkParameterTypes", "true", "every value is checked against its key"},
	{"validation.verifyAssertionLogic", "true", "every check is read before a run begins"},
	{"reporting.formats", NULL, "a run leaves run.json, events.jsonl and report.html"},
	{"reporting.includeTimeline", "true", "the timeline is part of report.html"},
	{"reporting.includeMetrics", "true", "gauges are part of report.html"},
	{"rollback", NULL, "a scenario says what is rolled back: rehearse explain spec.rollback"},
};

static const char *const sections[] = {"execution", "scenarios", "validation", "reporting"};

char *cmd_setting_variable(char variable[CMD_VARIABLE_LENGTH], const struct cmd_setting *setting)
{
	size_t len = (size_t)snprintf(variable, CMD_VARIABLE_LENGTH, "REHEARSE_");

	for (const char *at = setting->key.name; *at != 0; at++) {
		bool is_upper = *at >= 'A' && *at <= 'Z';

		RH_ASSERT(len + 3 < CMD_VARIABLE_LENGTH);
		if (is_upper)
			variable[len++] = '_';
		variable[len++] = (char)(is_upper ? *at : *at - 'a' + 'A');
	}
	variable[len] = 0;
	return variable;
}

/* "reporting.output_dir" and "reporting.outputDir" are one path. */
static bool path_is(const char *canonical, size_t len, const char *written)
{
	char ours[120];
	char theirs[120];

	for (;;) {
		size_t own = strcspn(canonical, ".|");
		size_t other = strcspn(written, ".");

		own = own < len ? own : len;
		if (own >= sizeof(ours) || other >= sizeof(theirs))
			return false;
		snprintf(ours, sizeof(ours), "%.*s", (int)own, canonical);
		snprintf(theirs, sizeof(theirs), "%.*s", (int)other, written);
		if (!rh_key_is(ours, theirs))
			return false;
		if (own == len || written[other] == 0)
			return own == len && written[other] == 0;
		canonical += own + 1;
		len -= own + 1;
		written += other + 1;
	}
}

static const struct cmd_setting *find_setting(const char *path)
{
	for (const struct cmd_setting *row = cmd_settings_table; row->key.name != NULL; row++) {
		const char *alias = row->aliases;

		if (path_is(row->key.name, strlen(row->key.name), path))
			return row;
		while (alias != NULL && *alias != 0) {
			size_t len = strcspn(alias, "|");

			if (path_is(alias, len, path))
				return row;
			alias += len + (alias[len] == '|');
		}
	}
	return NULL;
}

static struct cmd_setting_value *value_of(struct cmd_settings *settings,
					  const struct cmd_setting *row)
{
	size_t index = (size_t)(row - cmd_settings_table);

	RH_ASSERT(index < CMD_SETTINGS_MAX);
	return &settings->values[index];
}

static bool is_value(const struct cmd_setting *row, const char *text, bool is_plain,
		     struct rh_value_fault *fault)
{
	struct rh_value value;

	memset(fault, 0, sizeof(*fault));
	if (row->key.type == RH_KEY_TEXT && text[0] == 0) {
		fault->code = "E014";
		snprintf(fault->text, sizeof(fault->text), "an empty text");
		return false;
	}
	return rh_value_read(&value, fault, &row->key, text, is_plain, (struct rh_slots){0});
}

/* ---- the environment ------------------------------------------------------------------------- */

static int take_variable(struct cmd_settings *settings, const struct cmd_setting *row,
			 const char *name)
{
	struct cmd_setting_value *value = value_of(settings, row);
	const char *text = getenv(name);
	struct rh_value_fault fault;

	if (text == NULL || text[0] == 0 || value->from != NULL)
		return 0;
	value->from = rh_arena_text(&settings->arena, name, strlen(name));
	while (*text != 0 && value->count < CMD_SETTING_ITEMS) {
		size_t len = row->is_list ? strcspn(text, ":") : strlen(text);
		const char *item = rh_arena_text(&settings->arena, text, len);

		if (len > 0 && !is_value(row, item, true, &fault))
			return cmd_usage("%s=%s: %s%s%s", name, item, fault.text,
					 fault.hint[0] == 0 ? "" : ": ", fault.hint);
		if (len > 0)
			value->items[value->count++] = item;
		text += len + (text[len] == ':');
	}
	return 0;
}

/* A name that is nearly one of ours was meant to be one; others are not our business. */
static int check_names(void)
{
	char variables[CMD_SETTINGS_MAX + 1][CMD_VARIABLE_LENGTH];
	const char *names[CMD_SETTINGS_MAX + 1];
	const char *bare[CMD_SETTINGS_MAX + 1];
	size_t count = 0;

	for (; cmd_settings_table[count].key.name != NULL; count++)
		names[count] = cmd_setting_variable(variables[count], &cmd_settings_table[count]);
	names[count++] = "REHEARSE_CONFIG";
	for (size_t i = 0; i < count; i++)
		bare[i] = names[i] + 9; /* what all share says nothing */
	for (char **at = environ; *at != NULL; at++) {
		char name[CMD_VARIABLE_LENGTH];
		bool is_known = false;
		const char *near;

		if (strncmp(*at, "REHEARSE_", 9) != 0)
			continue;
		snprintf(name, sizeof(name), "%.*s", (int)strcspn(*at, "="), *at);
		for (size_t i = 0; i < count; i++)
			is_known = is_known || strcmp(name, names[i]) == 0;
		near = is_known ? NULL : rh_suggest(name + 9, bare, count);
		if (near != NULL)
			return cmd_usage("the environment has %s: did you mean REHEARSE_%s?", name,
					 near);
	}
	return 0;
}

static int load_environment(struct cmd_settings *settings)
{
	int code = check_names();

	for (const struct cmd_setting *row = cmd_settings_table; code == 0 && row->key.name != NULL;
	     row++) {
		char name[CMD_VARIABLE_LENGTH];
		const char *other = row->variables;

		code = take_variable(settings, row, cmd_setting_variable(name, row));
		while (code == 0 && other != NULL && *other != 0) {
			size_t len = strcspn(other, "|");

			snprintf(name, sizeof(name), "%.*s", (int)len, other);
			code = take_variable(settings, row, name);
			other += len + (other[len] == '|');
		}
	}
	return code;
}

/* ---- files ----------------------------------------------------------------------------------- */

/* What this file has said of a setting. */
enum said { SAID_NOTHING, SAID_FIRST, SAID_TOO_LATE };

struct reading {
	struct cmd_settings *settings;
	struct rh_diagnostics *diagnostics;
	const char *file;
	enum said said[CMD_SETTINGS_MAX];
};

static void complain(struct reading *reading, const char *code, struct rh_place place,
		     const char *path, const char *hint, const char *text)
{
	struct rh_complaint complaint = {.code = code, .place = place, .path = path, .hint = hint};

	rh_complain(reading->diagnostics, &complaint, "%s", text);
}

static void unknown_key(struct reading *reading, const struct rh_tree_pair *pair, const char *path)
{
	const char *names[CMD_SETTINGS_MAX + RH_ARRAY_LEN(sections) + 1];
	const char *last = strrchr(path, '.');
	const char *near;
	size_t count = 0;
	char text[300];
	char hint[200];

	for (; cmd_settings_table[count].key.name != NULL; count++)
		names[count] = cmd_settings_table[count].key.name;
	for (size_t i = 0; i < RH_ARRAY_LEN(sections); i++)
		names[count++] = sections[i];
	near = rh_suggest(last == NULL ? path : last + 1, names, count);
	snprintf(text, sizeof(text), "unknown setting \"%.200s\"", path);
	snprintf(hint, sizeof(hint), near != NULL ? "did you mean \"%s\"?" : "%s",
		 near != NULL ? near : "`rehearse config` lists them");
	complain(reading, "E130", pair->place, path, hint, text);
}

/* True when the key belongs to another system and was answered. */
static bool answer_foreign(struct reading *reading, const struct rh_tree_pair *pair,
			   const char *path)
{
	for (size_t i = 0; i < RH_ARRAY_LEN(foreign_keys); i++) {
		const struct foreign *one = &foreign_keys[i];
		const char *value = pair->value->kind == RH_TREE_SCALAR ? pair->value->text : "";
		char text[300];

		if (!path_is(one->path, strlen(one->path), path))
			continue;
		if (one->always != NULL && strcmp(value, one->always) == 0) {
			snprintf(text, sizeof(text), "\"%.100s\" needs no setting: %s", path,
				 one->why);
			complain(reading, "W018", pair->place, path, "this line may go", text);
		} else {
			snprintf(text, sizeof(text), "\"%.100s\" is no setting: %s", path,
				 one->why);
			complain(reading, "E131", pair->place, path, "take this out", text);
		}
		return true;
	}
	return false;
}

static void take_item(struct reading *reading, const struct cmd_setting *row,
		      struct cmd_setting_value *value, const struct rh_tree *tree, const char *path)
{
	struct rh_value_fault fault;

	if (tree->kind != RH_TREE_SCALAR) {
		complain(reading, "E014", tree->place, path, NULL,
			 row->is_list ? "a setting of texts" : "a setting is one value");
		return;
	}
	if (!is_value(row, tree->text, tree->is_plain, &fault)) {
		complain(reading, fault.code, tree->place, path,
			 fault.hint[0] == 0 ? NULL : fault.hint, fault.text);
		return;
	}
	if (value == NULL)
		return;
	if (value->count == CMD_SETTING_ITEMS)
		complain(reading, "E130", tree->place, path, NULL, "more than 16 items");
	else
		value->items[value->count++] =
			rh_arena_text(&reading->settings->arena, tree->text, strlen(tree->text));
}

static void take_setting(struct reading *reading, const struct cmd_setting *row,
			 const struct rh_tree_pair *pair, const char *path)
{
	struct cmd_setting_value *value = value_of(reading->settings, row);
	enum said *said = &reading->said[row - cmd_settings_table];

	if (*said != SAID_NOTHING && !row->is_list) {
		complain(reading, "E011", pair->place, path, NULL,
			 "this setting is there twice, under two spellings");
		return;
	}
	if (*said == SAID_NOTHING)
		*said = value->from == NULL ? SAID_FIRST : SAID_TOO_LATE;
	if (value->from == NULL)
		value->from = rh_arena_printf(&reading->settings->arena, "%s:%u", reading->file,
					      pair->place.line);
	if (*said == SAID_TOO_LATE) /* checked, although a nearer source has already spoken */
		value = NULL;
	if (pair->value->kind != RH_TREE_LIST || !row->is_list) {
		take_item(reading, row, value, pair->value, path);
		return;
	}
	for (uint32_t i = 0; i < pair->value->count; i++)
		take_item(reading, row, value, pair->value->items[i], path);
}

static void read_pair(struct reading *reading, const struct rh_tree_pair *pair, const char *path)
{
	const struct cmd_setting *row = find_setting(path);

	if (row != NULL)
		take_setting(reading, row, pair, path);
	else if (!answer_foreign(reading, pair, path))
		unknown_key(reading, pair, path);
}

static bool is_section(const char *key)
{
	for (size_t i = 0; i < RH_ARRAY_LEN(sections); i++) {
		if (rh_key_is(sections[i], key))
			return true;
	}
	return false;
}

/* Settings at the top of a map, and those in the sections of other systems' files. */
static void read_map(struct reading *reading, const struct rh_tree *map, bool is_header_there)
{
	static const char *const header[] = {"apiVersion", "kind", "metadata", "spec",
					     "testCoordinator"};
	struct rh_arena *arena = &reading->settings->arena;

	for (uint32_t i = 0; i < map->count; i++) {
		const struct rh_tree_pair *pair = &map->pairs[i];
		bool is_header = false;

		for (size_t k = 0; is_header_there && k < RH_ARRAY_LEN(header); k++)
			is_header = is_header || rh_key_is(header[k], pair->key);
		if (is_header)
			continue;
		if (!is_section(pair->key) || pair->value->kind != RH_TREE_MAP) {
			read_pair(reading, pair, pair->key);
			continue;
		}
		for (uint32_t k = 0; k < pair->value->count; k++)
			read_pair(reading, &pair->value->pairs[k],
				  rh_arena_printf(arena, "%s.%s", pair->key,
						  pair->value->pairs[k].key));
	}
}

static const struct rh_tree *child_of(const struct rh_tree *map, const char *key)
{
	for (uint32_t i = 0; map != NULL && map->kind == RH_TREE_MAP && i < map->count; i++) {
		if (rh_key_is(key, map->pairs[i].key))
			return map->pairs[i].value;
	}
	return NULL;
}

static const char *text_of(const struct rh_tree *tree)
{
	return tree != NULL && tree->kind == RH_TREE_SCALAR ? tree->text : "";
}

/* False when the file is something else that happens to have its name. */
static bool is_config(const struct rh_tree *root)
{
	const char *kind = text_of(child_of(root, "kind"));

	return root->kind == RH_TREE_MAP && (kind[0] == 0 || strcmp(kind, "Config") == 0);
}

static void read_tree(struct reading *reading, const struct rh_tree *root)
{
	struct cmd_settings *settings = reading->settings;
	const struct rh_tree *spec = child_of(root, "spec");
	const char *name = text_of(child_of(child_of(root, "metadata"), "name"));

	if (name[0] == 0)
		name = text_of(child_of(child_of(root, "testCoordinator"), "name"));
	settings->files[settings->file_count] = reading->file;
	settings->names[settings->file_count++] =
		rh_arena_text(&settings->arena, name, strlen(name));
	read_map(reading, root, true);
	if (spec != NULL && spec->kind == RH_TREE_MAP)
		read_map(reading, spec, false);
}

static int print_diagnostics(const struct rh_diagnostics *diagnostics, bool tells_warnings)
{
	struct rh_buf text = {0};

	if (diagnostics->error_count == 0 && !tells_warnings)
		return 0;
	rh_diagnostics_print(diagnostics, &text);
	fputs(rh_buf_str(&text), stderr);
	rh_buf_release(&text);
	if (diagnostics->error_count == 0)
		return 0;
	fprintf(stderr, "%" PRIu32 " %s in the settings (exit 2)\n", diagnostics->error_count,
		diagnostics->error_count == 1 ? "error" : "errors");
	return 2;
}

static int load_file(struct cmd_settings *settings, const char *path, bool is_asked_for)
{
	struct reading reading = {.settings = settings};
	struct rh_diagnostics diagnostics;
	struct rh_buf content = {0};
	struct rh_arena scratch;
	const struct rh_tree *root;
	struct rh_err err = {0};
	int code = 0;

	if (!is_asked_for && access(path, R_OK) != 0)
		return 0;
	if (rh_file_read(&content, path, FILE_BYTES_MAX, &err) != 0)
		return is_asked_for ? cmd_fail(&err) : 0;
	rh_arena_init(&scratch);
	rh_diagnostics_init(&diagnostics);
	rh_diagnostics_source(&diagnostics, path, rh_buf_str(&content), content.len);
	reading.diagnostics = &diagnostics;
	reading.file = rh_arena_text(&settings->arena, path, strlen(path));
	root = rh_compose(&scratch, rh_buf_str(&content), content.len, NULL, 1, &diagnostics);
	if (root != NULL && is_config(root))
		read_tree(&reading, root);
	else if (root != NULL && is_asked_for)
		code = cmd_usage("%s is no file of settings: it needs `kind: Config`", path);
	if (code == 0)
		code = print_diagnostics(&diagnostics, settings->tells_warnings);
	rh_diagnostics_release(&diagnostics);
	rh_arena_release(&scratch);
	rh_buf_release(&content);
	return code;
}

static int load_user_file(struct cmd_settings *settings)
{
	const char *base = getenv("XDG_CONFIG_HOME");
	const char *home = getenv("HOME");
	char path[4200];

	if (base != NULL && base[0] == '/')
		snprintf(path, sizeof(path), "%.4000s/rehearse/config.yaml", base);
	else if (home != NULL && home[0] == '/')
		snprintf(path, sizeof(path), "%.4000s/.config/rehearse/config.yaml", home);
	else
		return 0;
	return load_file(settings, path, false);
}

int cmd_settings_load(struct cmd_settings *settings, const char *file, bool tells_warnings)
{
	int code;

	memset(settings, 0, sizeof(*settings));
	settings->tells_warnings = tells_warnings;
	rh_arena_init(&settings->arena);
	code = load_environment(settings);
	if (file == NULL)
		file = getenv("REHEARSE_CONFIG");
	if (code != 0 || (file != NULL && strcmp(file, "none") == 0))
		return code;
	if (file != NULL && file[0] != 0)
		return load_file(settings, file, true);
	code = load_file(settings, "rehearse.yaml", false);
	return code != 0 ? code : load_user_file(settings);
}

void cmd_settings_release(struct cmd_settings *settings)
{
	rh_arena_release(&settings->arena);
}

/* ---- options --------------------------------------------------------------------------------- */

bool cmd_settings_matter(const struct cmd_verb *verb)
{
	if (verb == &cmd_verb_config)
		return true;
	for (const struct cmd_option *option = verb->options; option->name != NULL; option++) {
		for (const struct cmd_setting *row = cmd_settings_table; row->key.name != NULL;
		     row++) {
			if (strcmp(row->option, option->name) == 0)
				return true;
		}
	}
	return false;
}

void cmd_settings_apply(struct cmd_args *args, const struct cmd_settings *settings)
{
	for (size_t i = 0; cmd_settings_table[i].key.name != NULL; i++) {
		const struct cmd_setting *row = &cmd_settings_table[i];
		const struct cmd_setting_value *value = &settings->values[i];
		int position = cmd_option_find(args->verb, row->option);
		bool is_on = value->count > 0 && strcmp(value->items[0], "true") == 0;

		if (position < 0 || value->from == NULL || args->options[position].count > 0)
			continue;
		if (row->key.type == RH_KEY_BOOL && is_on == row->is_inverted)
			continue;
		args->options[position].is_setting = true;
		for (uint32_t k = 0; k < value->count; k++)
			args->options[position].values[k] = value->items[k];
		args->options[position].count = value->count;
	}
}
