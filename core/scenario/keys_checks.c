/*
 * keys_checks.c - the rows of checks and workloads.
 */
#include "core/scenario/key_rows.h"

const struct rh_field rh_assert_fields[] = {
	{{"name", TEXTS, AT(assertion, name), "",
	  .doc = "What it is called; default: its sentence.", SINCE},
	 VALUE},
	{{"that", TEXTS, AT(assertion, that), "",
	  .doc = "A sentence over gauges: \"max(reorg_depth) <= 6\" (`rehearse list gauges`).",
	  SINCE},
	 VALUE},
	{{"type", TEXTS, AT(assertion, type), "", .doc = "Instead of `that`: a registered type.",
	  SINCE},
	 VALUE},
	{{"with", TEXTS, AT(assertion, with), "", .doc = "Parameters of the type.", SINCE},
	 .shape = RH_FIELD_WITH,
	 .section = "assertion"},
	{{"mode", WORD("eventually|always|never|atEnd"), AT(assertion, mode), "",
	  .doc = "When it must be true. Default: eventually; `always` in successCriteria.", SINCE},
	 VALUE},
	{{"within", LENGTH, AT(assertion, within_ns), "", 1,
	  .doc = "Its own deadline from the start of the phase (5m when neither it nor mode is "
		 "given); it may outlive the phase.",
	  SINCE},
	 VALUE},
	{{"target", TEXTS, AT(assertion, target), "", .doc = "Nodes it looks at; default: all.",
	  SINCE},
	 .shape = RH_FIELD_TARGET,
	 .section = "target"},
	END};

const struct rh_field rh_workload_fields[] = {
	{{"name", TEXTS, AT(workload, name), NULL, .doc = "Name of the workload.", SINCE}, VALUE},
	{{"type", TEXTS, AT(workload, type), NULL, .doc = "A registered kind of load.", SINCE},
	 VALUE},
	{{"with", TEXTS, AT(workload, with), "", .doc = "Its parameters.", SINCE},
	 .shape = RH_FIELD_WITH,
	 .section = "workload"},
	{{"target", TEXTS, AT(workload, target), "", .doc = "Nodes that get it; default: all.",
	  SINCE},
	 .shape = RH_FIELD_TARGET,
	 .section = "target"},
	{{"start", LENGTH, AT(workload, start_ns), "0", .doc = "When it begins.", SINCE}, VALUE},
	{{"for", LENGTH, AT(workload, for_ns), "", 1,
	  .doc = "How long; default: to the end of the run.", SINCE},
	 VALUE},
	END};
