/*
 * times.h - options that are a length of virtual or real time, in the words of the scenario language.
 */
#ifndef CMD_TIMES_H
#define CMD_TIMES_H

#include "cmd/verb.h"

/* false after a message when the value is wrong; *is_given (may be NULL) says whether the option was there */
bool cmd_time_option(const struct cmd_args *args, const char *name, bool *is_given,
		     uint64_t *value_ns);

#endif
