/*
 * keys_suite.c - the rows of a suite: its spec, its entries and what they share.
 */
#include "core/scenario/key_rows.h"

#define SEED_MAX ((INT64_C(1) << 53) - 1)

const struct rh_field rh_suite_fields[] = {
	{{"defaults", TEXTS, AT(suite, defaults), "", .doc = "What all runs share.", SINCE},
	 .shape = RH_FIELD_SECTION,
	 .section = "suite-defaults"},
	{{"scenarios", TEXTS, AT(suite, scenarios), NULL,
	  .doc = "The scenarios: files, or maps that say more.", SINCE},
	 .shape = RH_FIELD_LIST,
	 .section = "suite-entry"},
	{{"matrix", TEXTS, AT(suite, matrix), "",
	  .doc = "Variants of every scenario: seed, vars.NAME, params.NAME or a key, each with a "
		 "list.",
	  SINCE},
	 .shape = RH_FIELD_MAP},
	END};

const struct rh_field rh_suite_defaults_fields[] = {
	{{"seed", RH_KEY_INT, AT(suite_defaults, seed), "", 0, SEED_MAX,
	  .doc = "Seed of the runs that name none.", SINCE},
	 VALUE},
	{{"mode", WORD("sim|live"), AT(suite_defaults, mode), "", .doc = "Which world.", SINCE},
	 VALUE},
	{{"timeout", TEXTS, AT(suite_defaults, timeout), "",
	  .doc = "spec.timeout of the scenarios.", SINCE},
	 VALUE},
	{{"set", TEXTS, AT(suite_defaults, set), "",
	  .doc = "Keys of the scenarios that are changed, as by --set.", SINCE},
	 .shape = RH_FIELD_MAP},
	{{"params", TEXTS, AT(suite_defaults, params), "", .doc = "Parameters, as by -p.", SINCE},
	 .shape = RH_FIELD_MAP},
	{{"tags", TEXTS, AT(suite_defaults, tags), "", .doc = "Words to choose runs by.", SINCE},
	 .shape = RH_FIELD_WORDS},
	END};

const struct rh_field rh_suite_entry_fields[] = {
	{{"name", TEXTS, AT(suite_entry, name), "",
	  .doc = "What it is called; default: the file's name.", SINCE},
	 VALUE},
	{{"file", TEXTS, AT(suite_entry, file), "", .doc = "The scenario, from this file's folder.",
	  SINCE},
	 VALUE,
	 .alias = "scenario"},
	{{"template", TEXTS, AT(suite_entry, template_name), "",
	  .doc = "Instead of a file: a template of the library.", SINCE},
	 VALUE},
	{{"params", TEXTS, AT(suite_entry, params), "", .doc = "Parameters, as by -p.", SINCE},
	 .shape = RH_FIELD_MAP},
	{{"set", TEXTS, AT(suite_entry, set), "", .doc = "Keys that are changed, as by --set.",
	  SINCE},
	 .shape = RH_FIELD_MAP},
	{{"seed", RH_KEY_INT, AT(suite_entry, seed), "", 0, SEED_MAX, .doc = "Its seed.", SINCE},
	 VALUE},
	{{"mode", WORD("sim|live"), AT(suite_entry, mode), "", .doc = "Which world.", SINCE},
	 VALUE},
	{{"timeout", TEXTS, AT(suite_entry, timeout), "", .doc = "Its spec.timeout.", SINCE},
	 VALUE},
	{{"tags", TEXTS, AT(suite_entry, tags), "", .doc = "Words to choose it by.", SINCE},
	 .shape = RH_FIELD_WORDS},
	{{"needs", TEXTS, AT(suite_entry, needs), "",
	  .doc = "Entries that must have passed before it is begun.", SINCE},
	 .shape = RH_FIELD_WORDS},
	{{"matrix", TEXTS, AT(suite_entry, matrix), "", .doc = "Variants of this one.", SINCE},
	 .shape = RH_FIELD_MAP},
	END};
