/*
 * verbs.c - the list of verbs.  A new verb is a new file and one row here.
 */
#include <stddef.h>
#include <string.h>

#include "cmd/verb.h"
#include "core/scenario/diag.h"

const struct cmd_verb *const cmd_verbs[] = {
	&cmd_verb_run,
	&cmd_verb_plan,
	&cmd_verb_render,
	&cmd_verb_validate,
	&cmd_verb_verify,
	&cmd_verb_judge,
	&cmd_verb_trace,
	&cmd_verb_list,
	&cmd_verb_show,
	&cmd_verb_explain,
	&cmd_verb_init,
	&cmd_verb_schema,
	&cmd_verb_config,
	&cmd_verb_completion,
	&cmd_verb_man,
	&cmd_verb_version,
	NULL,
};

const struct cmd_verb *cmd_verb_find(const char *name)
{
	for (size_t i = 0; cmd_verbs[i] != NULL; i++) {
		if (strcmp(cmd_verbs[i]->name, name) == 0)
			return cmd_verbs[i];
	}
	return NULL;
}

int cmd_unknown_verb(const char *name)
{
	const char *names[RH_ARRAY_LEN(cmd_verbs)];
	const char *near;
	size_t count = 0;

	for (; cmd_verbs[count] != NULL; count++)
		names[count] = cmd_verbs[count]->name;
	names[count++] = "help";
	near = rh_suggest(name, names, count);
	if (near != NULL)
		return cmd_usage("no verb \"%s\": did you mean \"%s\"?", name, near);
	return cmd_usage("no verb \"%s\": see rehearse help", name);
}
