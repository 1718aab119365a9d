/*
 * keys_steps.c - the rows of phases, steps and targets.
 */
#include "core/scenario/key_rows.h"

const struct rh_field rh_phase_fields[] = {
	{{"name", TEXTS, AT(phase, name), NULL, .doc = "Name of the phase.", SINCE}, VALUE},
	{{"description", TEXTS, AT(phase, description), "", .doc = "What it is for.", SINCE},
	 VALUE},
	{{"duration", LENGTH, AT(phase, duration_ns), NULL, 1, .doc = "How long it lasts.", SINCE},
	 VALUE},
	{{"heal", WORD("none|all"), AT(phase, heal), "none",
	  .doc = "all: every fault that is still in effect ends when the phase begins.", SINCE},
	 VALUE},
	{{"actions", TEXTS, AT(phase, actions), "", .doc = "What is done in it.", SINCE},
	 .shape = RH_FIELD_LIST,
	 .section = "step"},
	{{"assert", TEXTS, AT(phase, assertions), "", .doc = "What is checked; all side by side.",
	  SINCE},
	 .shape = RH_FIELD_CHECKS,
	 .section = "assert",
	 .alias = "assertions"},
	END};

const struct rh_field rh_step_fields[] = {
	{{"name", TEXTS, AT(step, name), "",
	  .doc = "Name of the step, unique; its random choices follow from it. Default: the fault "
		 "and "
		 "a number.",
	  SINCE},
	 VALUE,
	 .alias = "id"},
	{{"fault", TEXTS, AT(step, fault), "",
	  .doc = "What goes wrong (`rehearse list faults`, `rehearse explain fault.NAME`). A step "
		 "has "
		 "this or `action`.",
	  SINCE},
	 VALUE},
	{{"action", TEXTS, AT(step, action), "",
	  .doc = "What is done, once: an action of the model or of a plugin (`rehearse list "
		 "actions`).",
	  SINCE},
	 VALUE},
	{{"target", TEXTS, AT(step, target), "", .doc = "To whom.", SINCE},
	 .shape = RH_FIELD_TARGET,
	 .section = "target"},
	{{"direction", WORD("both|in|out"), AT(step, direction), "both",
	  .doc = "For faults on links: which way, seen from the target.", SINCE},
	 VALUE},
	{{"with", TEXTS, AT(step, with), "", .doc = "Parameters of the fault or action.", SINCE},
	 .shape = RH_FIELD_WITH,
	 .section = "fault"},
	{{"for", LENGTH, AT(step, for_ns), "", 1,
	  .doc = "How long it lasts; default: to the end of the run or a phase with `heal: all`.",
	  SINCE},
	 VALUE},
	{{"at", LENGTH, AT(step, at_ns), "0", .doc = "When it begins, from the start of the phase.",
	  SINCE},
	 VALUE,
	 .alias = "delay"},
	{{"verify", WORD("required|none"), AT(step, verify), "required",
	  .doc = "none: the verdict stands even if the fault could not be verified in effect.",
	  SINCE},
	 VALUE},
	{{"disabled", RH_KEY_BOOL, AT(step, is_disabled), "false",
	  .doc = "true: kept in the plan and never begun.", SINCE},
	 VALUE},
	END};

const struct rh_field rh_target_fields[] = {
	{{"select", TEXTS, AT(target, select), "", .doc = "Among whom; default: all nodes.", SINCE},
	 .shape = RH_FIELD_SECTION,
	 .section = "select"},
	{{"mode", WORD("all|one|fixed|percent"), AT(target, mode), "all",
	  .doc = "How many of them; which ones is drawn.", SINCE},
	 VALUE},
	{{"value", TEXTS, AT(target, value), "",
	  .doc = "fixed: how many nodes; percent: which share of them, rounded to the nearest.",
	  SINCE},
	 VALUE},
	{{"not", TEXTS, AT(target, not_these), "", .doc = "Names of nodes or groups to leave out.",
	  SINCE},
	 .shape = RH_FIELD_TARGET},
	END};

const struct rh_field rh_select_fields[] = {
	{{"group", TEXTS, AT(select, group), "", .doc = "A group, or a list of them.", SINCE},
	 .shape = RH_FIELD_TARGET},
	{{"region", TEXTS, AT(select, region), "", .doc = "A region, or a list of them.", SINCE},
	 .shape = RH_FIELD_TARGET},
	END};
