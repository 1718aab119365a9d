/*
 * severity.c - `severity: high`: what it means for each fault.
 *
 * A preset only fills parameters that were not written, and what came of it is printed by `plan` as
 * if it had been.
 */
#include <string.h>

#include "core/scenario/steps.h"

struct preset {
	const char *fault;
	const char *key;
	const char *values[4]; /* low, medium, high, extreme */
};

static const struct preset presets[] = {
	{"latency", "delay", {"50ms", "200ms", "1s", "5s"}},
	{"latency", "jitter", {"5ms", "50ms", "250ms", "1s"}},
	{"jitter", "jitter", {"20ms", "100ms", "500ms", "2s"}},
	{"loss", "loss", {"1%", "5%", "20%", "50%"}},
	{"bandwidth", "rate", {"10mbit", "2mbit", "500kbit", "56kbit"}},
	{"congestion", "delay", {"20ms", "100ms", "400ms", "2s"}},
	{"congestion", "jitter", {"10ms", "50ms", "200ms", "1s"}},
	{"congestion", "rate", {"10mbit", "2mbit", "500kbit", "100kbit"}},
	{"congestion", "loss", {"0.1%", "1%", "5%", "20%"}},
	{"slow", "delay", {"100ms", "500ms", "2s", "10s"}},
	{"slow", "jitter", {"20ms", "100ms", "400ms", "2s"}},
	{"flaky", "down", {"1s", "2s", "5s", "15s"}},
	{"flaky", "up", {"29s", "8s", "5s", "5s"}},
	{"restart", "downtime", {"1s", "10s", "1m", "5m"}},
	{"node.restart", "downtime", {"1s", "10s", "1m", "5m"}},
	{"corrupt", "share", {"0.1%", "1%", "5%", "20%"}},
	{"duplicate", "share", {"1%", "5%", "20%", "50%"}},
	{"reorder", "share", {"1%", "5%", "20%", "50%"}},
	{"burst-loss", "loss", {"1%", "5%", "20%", "50%"}},
	{"clock-skew", "offset", {"100ms", "500ms", "2s", "15s"}},
	{"cpu", "load", {"25%", "50%", "80%", "95%"}},
	{"memory", "share", {"25%", "50%", "80%", "95%"}},
	{"disk-latency", "delay", {"5ms", "20ms", "100ms", "1s"}},
	{"disk-error", "share", {"0.1%", "1%", "5%", "20%"}},
	{"rpc-latency", "delay", {"50ms", "200ms", "1s", "5s"}},
	{"cascade", "spread", {"10%", "30%", "60%", "90%"}},
};

const struct rh_tree *rh_apply_severity(struct rh_steps *steps, const struct rh_written *written)
{
	const struct rh_tree *severity =
		rh_load_key(steps->loader, written->tree, "step", "severity");
	const struct rh_tree *with = written->with;
	uint32_t level = (uint32_t)written->in.severity; /* none low medium high extreme chaos */
	uint32_t filled = 0;

	if (severity == NULL || level == 0)
		return with;
	level = level > 4 ? 3 : level - 1;
	for (size_t i = 0; i < RH_ARRAY_LEN(presets); i++) {
		if (strcmp(presets[i].fault, written->type->name) != 0)
			continue;
		filled++;
		with = rh_tree_with(steps->loader, with, presets[i].key, presets[i].values[level],
				    severity->place);
	}
	if (filled == 0)
		rh_load_complain(steps->loader, "W010", severity->place, written->path, NULL,
				 "%s has nothing that a severity could fill", written->type->name);
	return with;
}
