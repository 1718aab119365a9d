/*
 * keys.c - the sections of the scenario language; their rows stand in keys_file.c, keys_network.c,
 * keys_steps.c and keys_checks.c.
 */
#include "core/scenario/keys.h"

#include <string.h>

static const struct rh_section sections[] = {
	{"file", "The file itself.", rh_file_fields},
	{"parameter", "A parameter of the file (parameters).", rh_parameter_fields},
	{"suite", "What a suite runs (spec of kind: Suite).", rh_suite_fields},
	{"suite-defaults", "What all runs of a suite share.", rh_suite_defaults_fields},
	{"suite-entry", "A scenario of a suite.", rh_suite_entry_fields},
	{"metadata", "Who the scenario is.", rh_metadata_fields},
	{"spec", "What is rehearsed.", rh_spec_fields},
	{"spec.clock", "Calendar and slots.", rh_clock_fields},
	{"spec.topology", "Nodes and links.", rh_topology_fields},
	{"topology-defaults", "What all groups share (spec.topology.defaults).",
	 rh_topology_defaults_fields},
	{"client", "Which program a node is (group.client).", rh_client_fields},
	{"client-sim", "In a simulated world.", rh_client_sim_fields},
	{"client-live", "In a live world.", rh_client_live_fields},
	{"peering", "Who is linked to whom, in other words (spec.topology.peering).",
	 rh_peering_fields},
	{"wallets", "Accounts of the first block (spec.topology.wallets).", rh_wallets_fields},
	{"group", "A group of nodes (spec.topology.groups).", rh_group_fields},
	{"bandwidth", "Access of a node, each way.", rh_bandwidth_fields},
	{"link", "A link by name (spec.topology.links).", rh_link_fields},
	{"spec.network", "What the links are like.", rh_network_fields},
	{"gossip", "The mesh of the model's topics (spec.network.gossip).", rh_gossip_fields},
	{"network-links", "Links by the regions of their ends (spec.network.links).",
	 rh_links_fields},
	{"link-kind", "What links are like (spec.network.links.default).", rh_link_kind_fields},
	{"link-region", "Links between two regions (spec.network.links.regions).",
	 rh_link_region_fields},
	{"latency", "A law of base delays (spec.network.latency).", rh_latency_fields},
	{"jitter", "How delays vary (spec.network.jitter).", rh_jitter_fields},
	{"spec.model", "The protocol.", rh_model_fields},
	{"phase", "A stretch of the run (spec.phases).", rh_phase_fields},
	{"step", "Something that is done (phase.actions).", rh_step_fields},
	{"wait", "What a step waits for (step.wait).", rh_wait_fields},
	{"repeat", "Steps that are taken several times (step.repeat).", rh_repeat_fields},
	{"rollback", "What is done when the run goes wrong (spec.rollback).", rh_rollback_fields},
	{"signal", "A number that changes with time (spec.signals).", rh_signal_fields},
	{"target", "A choice of nodes.", rh_target_fields},
	{"select", "Among whom a target chooses.", rh_select_fields},
	{"assert", "A check (phase.assert, spec.successCriteria).", rh_assert_fields},
	{"spec.monitors", "What is watched all along.", rh_monitors_fields},
	{"spec.reporting", "What is reported.", rh_reporting_fields},
	{"alert", "A rule that raises an alert (spec.monitors.alerts).", rh_alert_fields},
	{"workload", "Load on the nodes (spec.workloads).", rh_workload_fields},
	{"mix", "Kinds of transactions (workload.with.mix).", rh_mix_fields},
	{"spec.limits", "Where a run stops with an orderly error.", rh_limits_fields},
};

const struct rh_keyset rh_keyset_default = {sections, RH_ARRAY_LEN(sections)};

const struct rh_section *rh_keyset_section(const struct rh_keyset *keys, const char *name)
{
	for (uint32_t i = 0; i < keys->section_count; i++) {
		if (strcmp(keys->sections[i].name, name) == 0)
			return &keys->sections[i];
	}
	return NULL;
}

static bool is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

/* Walks both: an upper-case letter of the canonical name may be written as '_' and lower case. */
bool rh_key_is(const char *canonical, const char *written)
{
	if (strcmp(canonical, written) == 0)
		return true;
	for (; *canonical != 0; canonical++, written++) {
		if (is_upper(*canonical)) {
			if (*written != '_' || *++written != *canonical - 'A' + 'a')
				return false;
		} else if (*canonical != *written) {
			return false;
		}
	}
	return *written == 0;
}

const char *rh_field_alias(char name[RH_ALIAS_MAX], const struct rh_field *field, uint32_t index)
{
	const char *at = field->alias;
	size_t len;

	for (; at != NULL && index > 0; index--) {
		at = strchr(at, '|');
		at = at != NULL ? at + 1 : NULL;
	}
	if (at == NULL)
		return NULL;
	len = strcspn(at, "|");
	RH_ASSERT(len > 0 && len < RH_ALIAS_MAX);
	memcpy(name, at, len);
	name[len] = 0;
	return name;
}

bool rh_field_is(const struct rh_field *field, const char *written)
{
	char alias[RH_ALIAS_MAX];

	if (rh_key_is(field->key.name, written))
		return true;
	for (uint32_t i = 0; rh_field_alias(alias, field, i) != NULL; i++) {
		if (rh_key_is(alias, written))
			return true;
	}
	return false;
}
