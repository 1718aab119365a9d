/*
 * keys_checks.c - the rows of checks and workloads.
 */
#include "core/scenario/key_rows.h"

const struct rh_field rh_assert_fields[] = {
	{{"name", TEXTS, AT(assertion, name), "",
	  .doc = "What it is called; default: its sentence.", SINCE},
	 .shape = RH_FIELD_VALUE,
	 .alias = "id"},
	{{"that", TEXTS, AT(assertion, that), "",
	  .doc = "A sentence over gauges: \"max(reorg_depth) <= 6\" (`rehearse list gauges`), or "
		 "an "
		 "expression of them.",
	  SINCE},
	 VALUE},
	{{"type", TEXTS, AT(assertion, type), "",
	  .doc = "Instead of `that`: a registered type (`rehearse list checks`).", SINCE},
	 VALUE},
	{{"with", TEXTS, AT(assertion, with), "", .doc = "Parameters of the type.", SINCE},
	 .shape = RH_FIELD_WITH,
	 .section = "assertion",
	 .alias = "parameters|config"},
	{{"expect", TEXTS, AT(assertion, expect), "",
	  .doc = "What the type expects (`rehearse explain assertion.TYPE`); or fail: the check "
		 "must "
		 "not hold.",
	  SINCE},
	 VALUE},
	{{"mode", WORD("eventually|always|never|atEnd|atStart|edge|sometimes|final"),
	  AT(assertion, mode), "",
	  .doc = "When it must be true. Default: eventually; `always` in successCriteria, `atEnd` "
		 "in "
		 "expectations, or what the type says.",
	  SINCE},
	 VALUE},
	{{"within", LENGTH, AT(assertion, within_ns), "", 1,
	  .doc = "Its own deadline from the start of the phase or from `after` (5m when neither it "
		 "nor "
		 "mode is given); it may outlive the phase.",
	  SINCE},
	 VALUE},
	{{"for", LENGTH, AT(assertion, for_ns), "0",
	  .doc = "eventually: from then on it must stay true for so long, beyond the deadline too.",
	  SINCE},
	 VALUE},
	{{"until", TEXTS, AT(assertion, until), "",
	  .doc = "How long it looks: a time from the start of the phase, or `end` (of the run).",
	  SINCE},
	 VALUE},
	{{"after", TEXTS, AT(assertion, after), "",
	  .doc = "From when it looks: a time after the start of the phase, or a step.", SINCE},
	 VALUE},
	{{"during", TEXTS, AT(assertion, during), "",
	  .doc = "A fault: it looks while that is in effect (mode `always` unless it says "
		 "otherwise).",
	  SINCE},
	 VALUE},
	{{"since", TEXTS, AT(assertion, since), "",
	  .doc = "A capture step: what base(...) and `increasedBy` refer to. Default: the start of "
		 "the "
		 "window.",
	  SINCE},
	 VALUE},
	{{"increasedBy", TEXTS, AT(assertion, increased_by), "",
	  .doc = "`that` is a value, and must have grown by so much.", SINCE},
	 VALUE},
	{{"tolerance", TEXTS, AT(assertion, tolerance), "",
	  .doc = "How far off an equality may be; of a value: how far it may move.", SINCE},
	 VALUE},
	{{"quorum", TEXTS, AT(assertion, quorum), "all",
	  .doc = "How many nodes must agree: all, any, majority, a number or a share.", SINCE},
	 VALUE},
	{{"weight", RH_KEY_INT, AT(assertion, weight), "1", 0, 1000000,
	  .doc = "How much it counts in the pass score.", SINCE},
	 VALUE},
	{{"severity", WORD("critical|warn|low|medium|high|extreme|chaos"), AT(assertion, severity),
	  "critical", .doc = "warn: it is told and does not fail the run.", SINCE},
	 VALUE},
	{{"target", TEXTS, AT(assertion, target), "", .doc = "Nodes it looks at; default: all.",
	  SINCE},
	 .shape = RH_FIELD_TARGET,
	 .section = "target",
	 .alias = "service"},
	END};

const struct rh_field rh_monitors_fields[] = {
	{{"sampleEvery", LENGTH, AT(monitors, sample_every_ns), "0",
	  .doc = "How often a live run looks; a simulated one sees every change.", SINCE},
	 VALUE},
	{{"alerts", TEXTS, AT(monitors, alerts), "", .doc = "Rules that raise an alert.", SINCE},
	 .shape = RH_FIELD_LIST,
	 .section = "alert"},
	END};

const struct rh_field rh_alert_fields[] = {
	{{"name", TEXTS, AT(alert, name), NULL, .doc = "Name of the alert.", SINCE}, VALUE},
	{{"that", TEXTS, AT(alert, that), NULL,
	  .doc = "It is raised while this is true (as in a check).", SINCE},
	 .shape = RH_FIELD_VALUE,
	 .alias = "expr"},
	{{"for", LENGTH, AT(alert, for_ns), "0",
	  .doc = "It must have been true for so long before it is raised.", SINCE},
	 VALUE},
	{{"severity", WORD("low|medium|high|extreme|chaos"), AT(alert, severity), "medium",
	  .doc = "How bad it is.", SINCE},
	 VALUE},
	{{"quorum", TEXTS, AT(alert, quorum), "all",
	  .doc = "How many nodes must agree: all, any, majority, a number or a share.", SINCE},
	 VALUE},
	{{"target", TEXTS, AT(alert, target), "", .doc = "Nodes it looks at; default: all.", SINCE},
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

const struct rh_field rh_mix_fields[] = {
	{{"transfer", RH_KEY_RATIO, AT(mix, transfer), "",
	  .doc = "Plain ones; default: what the others leave.", SINCE},
	 VALUE},
	{{"blob", RH_KEY_RATIO, AT(mix, blob), "0%", .doc = "With a blob; `blobs` of the workload.",
	  SINCE},
	 VALUE},
	{{"invalid", RH_KEY_RATIO, AT(mix, invalid), "0%",
	  .doc = "With a forged signature; `badSignature` of the workload.", SINCE},
	 VALUE},
	END};
