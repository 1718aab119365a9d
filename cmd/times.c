/*
 * times.c - options that are a length of time, read as the scenario language reads a duration.
 */
#include "cmd/times.h"

#include "core/scenario/value.h"

bool cmd_time_option(const struct cmd_args *args, const char *name, bool *is_given,
		     uint64_t *value_ns)
{
	const struct rh_key key = {.name = name, .type = RH_KEY_DURATION};
	const char *text = cmd_option_value(args, name);
	struct rh_value_fault fault;
	struct rh_value value;

	if (is_given != NULL)
		*is_given = text != NULL;
	*value_ns = 0;
	if (text == NULL)
		return true;
	if (!rh_value_read(&value, &fault, &key, text, true, (struct rh_slots){0})) {
		cmd_usage("--%s %s: %s%s%s", name, text, fault.text, fault.hint[0] == 0 ? "" : ": ",
			  fault.hint);
		return false;
	}
	*value_ns = value.number;
	return true;
}
