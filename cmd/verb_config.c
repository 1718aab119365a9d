/*
 * verb_config.c - `rehearse config [NAME]`: each setting, its value and where the value comes from.
 */
#include <stdio.h>
#include <string.h>

#include "cmd/settings.h"
#include "core/base/buf.h"
#include "core/base/jsontext.h"
#include "core/scenario/diag.h"

static void put_value(struct rh_buf *out, const struct cmd_setting *row,
		      const struct cmd_setting_value *value)
{
	if (value->from == NULL)
		rh_buf_text(out, row->key.default_text[0] == 0 ? "-" : row->key.default_text);
	for (uint32_t i = 0; i < value->count; i++)
		rh_buf_printf(out, "%s%s", i == 0 ? "" : ", ", value->items[i]);
}

static void print_row(const struct cmd_setting *row, const struct cmd_setting_value *value)
{
	struct rh_buf text = {0};

	put_value(&text, row, value);
	printf("  %-18s %-24s %s\n", row->key.name, rh_buf_str(&text),
	       value->from == NULL ? "default" : value->from);
	rh_buf_release(&text);
}

/* One setting with all its names. */
static void print_one(const struct cmd_setting *row, const struct cmd_setting_value *value)
{
	char variable[CMD_VARIABLE_LENGTH];

	print_row(row, value);
	printf("\n  %s\n\n", row->key.doc);
	printf("  option     --%s\n", row->option);
	printf("  variable   %s%s%s\n", cmd_setting_variable(variable, row),
	       row->variables == NULL ? "" : ", ", row->variables == NULL ? "" : row->variables);
	if (row->aliases != NULL)
		printf("  also read  %s\n", row->aliases);
}

static void print_json(const struct cmd_settings *settings)
{
	struct rh_buf out = {0};

	rh_buf_text(&out, "{\"schemaVersion\":1,\"settings\":{");
	for (size_t i = 0; cmd_settings_table[i].key.name != NULL; i++) {
		const struct cmd_setting *row = &cmd_settings_table[i];
		const struct cmd_setting_value *value = &settings->values[i];
		struct rh_buf text = {0};

		if (value->from != NULL || row->key.default_text[0] != 0)
			put_value(&text, row, value);
		rh_buf_text(&out, i == 0 ? "" : ",");
		rh_json_text(&out, row->key.name);
		rh_buf_text(&out, ":{\"value\":");
		rh_json_text(&out, rh_buf_str(&text));
		rh_buf_text(&out, ",\"from\":");
		rh_json_text(&out, value->from == NULL ? "default" : value->from);
		rh_buf_text(&out, ",\"option\":");
		rh_json_text(&out, row->option);
		rh_buf_text(&out, "}");
		rh_buf_release(&text);
	}
	rh_buf_text(&out, "}}\n");
	fputs(rh_buf_str(&out), stdout);
	rh_buf_release(&out);
}

static int print_named(const struct cmd_settings *settings, const char *name)
{
	const char *names[CMD_SETTINGS_MAX];
	const char *near;
	size_t count = 0;

	for (; cmd_settings_table[count].key.name != NULL; count++) {
		names[count] = cmd_settings_table[count].key.name;
		if (strcmp(names[count], name) != 0)
			continue;
		print_one(&cmd_settings_table[count], &settings->values[count]);
		return 0;
	}
	near = rh_suggest(name, names, count);
	return cmd_usage("there is no setting \"%s\"%s%s%s", name,
			 near == NULL ? ": see rehearse config" : ": did you mean \"",
			 near == NULL ? "" : near, near == NULL ? "" : "\"?");
}

static int config(const struct cmd_args *args)
{
	const struct cmd_settings *settings = args->settings;

	if (args->operand_count > 0)
		return print_named(settings, args->operands[0]);
	if (cmd_option_given(args, "json")) {
		print_json(settings);
		return 0;
	}
	for (uint32_t i = 0; i < settings->file_count; i++)
		printf("%s%s%s\n", settings->files[i], settings->names[i][0] == 0 ? "" : ": ",
		       settings->names[i]);
	if (settings->file_count == 0)
		printf("no file of settings: ./rehearse.yaml and ~/.config/rehearse/config.yaml "
		       "would be read\n");
	printf("\n");
	for (size_t i = 0; cmd_settings_table[i].key.name != NULL; i++)
		print_row(&cmd_settings_table[i], &settings->values[i]);
	return 0;
}

static const struct cmd_option options[] = {
	{"json", 0, NULL, "one JSON object"},
	{NULL, 0, NULL, NULL},
};

static const char *const examples[] = {"config", "config outDir", NULL};

const struct cmd_verb cmd_verb_config = {
	.name = "config",
	.summary = "each setting, its value and where it comes from",
	.operands = "[NAME]",
	.operands_max = 1,
	.options = options,
	.examples = examples,
	.run = config,
};
