/*
 * verb_explain.c - `rehearse explain KEY|FAULT|CODE` and `rehearse schema`: the key tables, printed.
 */
#include <stdio.h>
#include <string.h>

#include "cmd/load.h"
#include "core/scenario/load.h"

/* A bare name is looked for under each kind of thing that has names; where it means several, the
 * others are named below the first. */
static int explain_word(const struct rh_registry *registry, const char *word, struct rh_buf *text,
			struct rh_err *err)
{
	static const char *const kinds[] = {"fault",	"action", "assertion",
					    "workload", "model",  "gauge"};
	int rc = rh_explain(registry, word, text, err);
	bool has_others = false;

	for (size_t i = 0; strchr(word, '.') == NULL && i < RH_ARRAY_LEN(kinds); i++) {
		struct rh_err ignored = {0};
		struct rh_buf other = {0};
		char name[200];

		snprintf(name, sizeof(name), "%s.%.180s", kinds[i], word);
		if (rh_explain(registry, name, &other, &ignored) == 0) {
			bool is_same = text->len == other.len &&
				       memcmp(text->data, other.data, other.len) == 0;

			if (rc != 0) {
				rh_buf_reset(text);
				rh_buf_put(text, other.data, other.len);
			} else if (!is_same && strcmp(kinds[i], "action") != 0) {
				rh_buf_printf(text, "%s%s",
					      has_others ? ", " : "\nSee also: ", name);
				has_others = true;
			}
			rc = 0;
		}
		rh_buf_release(&other);
	}
	rh_buf_text(text, has_others ? "\n" : "");
	return rc;
}

static int explain(const struct cmd_args *args)
{
	struct rh_registry registry;
	struct rh_buf text = {0};
	struct rh_err err = {0};
	int code = cmd_registry(&registry, args);

	if (code != 0)
		return code;
	if (explain_word(&registry, args->operands[0], &text, &err) != 0)
		code = cmd_fail(&err);
	else
		fputs(rh_buf_str(&text), stdout);
	rh_buf_release(&text);
	return code;
}

static int schema(const struct cmd_args *args)
{
	struct rh_registry registry;
	struct rh_buf text = {0};
	int code = cmd_registry(&registry, args);

	if (code != 0)
		return code;
	rh_schema_print(&registry, &text);
	fputs(rh_buf_str(&text), stdout);
	rh_buf_release(&text);
	return 0;
}

static const struct cmd_option options[] = {
	{"plugin", 0, "FILE", "load a shared object first"},
	{NULL, 0, NULL, NULL},
};

static const char *const explain_examples[] = {"explain spec.network.jitter",
					       "explain fault.partition", "explain E012", NULL};
static const char *const schema_examples[] = {"schema > rehearse.schema.json", NULL};

const struct cmd_verb cmd_verb_explain = {
	.name = "explain",
	.summary = "what a key, a fault, a model's parameter or an error code means",
	.operands = "KEY|fault.NAME|CODE",
	.operands_min = 1,
	.operands_max = 1,
	.options = options,
	.examples = explain_examples,
	.run = explain,
};

const struct cmd_verb cmd_verb_schema = {
	.name = "schema",
	.summary = "JSON Schema of the scenario language, for editors",
	.operands = "",
	.options = options,
	.examples = schema_examples,
	.run = schema,
};
