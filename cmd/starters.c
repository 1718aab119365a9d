/*
 * starters.c - scenarios to begin with.  tests/cmd/test_init.sh runs each of them as it is.
 */
#include "cmd/starters.h"

#include <stddef.h>
#include <string.h>

static const char quickstart[] =
	"# @NAME@ - what it rehearses, and why.\n"
	"#\n"
	"# `rehearse plan` shows what a run will do, `rehearse explain spec.network.jitter` what a "
	"key\n"
	"# means, `rehearse list faults` what else can go wrong.\n"
	"apiVersion: rehearse/v1\n"
	"kind: Scenario\n"
	"metadata:\n"
	"  name: @NAME@\n"
	"  description: a third of the network is cut off for ten minutes and comes back\n"
	"  tags: [partition]\n"
	"spec:\n"
	"  # What you expect, in words: the report begins with it.\n"
	"  hypothesis: The two sides find one chain again within half an hour.\n"
	"  # Same file, same seed, same bytes. `--seed 2` is another day in the same life.\n"
	"  seed: 1\n"
	"\n"
	"  # Which nodes there are. Links: shape is full, ring, random-regular, ...\n"
	"  topology:\n"
	"    groups:\n"
	"      - {name: core, count: 20, peers: 6}\n"
	"      - {name: edge, count: 10, peers: 6}\n"
	"    shape: random-regular\n"
	"\n"
	"  # What every link is like; a latency may also be a table of regions (internet2019).\n"
	"  network:\n"
	"    latency: 80ms\n"
	"    jitter: {law: uniform, amount: 20%}\n"
	"    bandwidth: 50mbit\n"
	"\n"
	"  # Which protocol the nodes speak: `rehearse list models`.\n"
	"  model:\n"
	"    name: pow\n"
	"    with: {blockInterval: 1m, blockSize: 200KB}\n"
	"\n"
	"  # What happens, one stretch after the other. `at` counts from the start of its phase.\n"
	"  phases:\n"
	"    - name: calm\n"
	"      duration: 20m\n"
	"    - name: outage\n"
	"      duration: 10m\n"
	"      actions:\n"
	"        - {name: cut-1, fault: partition, target: edge, for: 10m}\n"
	"        # Something else at the same time:\n"
	"        # - {name: crash-1, fault: crash, target: core-0, at: 2m, for: 5m}\n"
	"    - name: recovery\n"
	"      duration: 40m\n"
	"      # What must hold. Without `mode`, a check has to become true within its time.\n"
	"      assert:\n"
	"        - {name: one chain again, that: \"heads == 1\", within: 30m}\n"
	"\n"
	"  # What must hold during the whole run.\n"
	"  successCriteria:\n"
	"    - {name: no deep reorg, that: \"max(reorg_depth) <= 20\", mode: always}\n"
	"    - {name: the chain grows, that: \"min(head_height) >= 30\", mode: atEnd}\n";

static const char template[] =
	"# @NAME@ - a template: what differs from run to run is a parameter.\n"
	"#\n"
	"# `rehearse render` shows the scenario that comes of it:\n"
	"#   rehearse render @NAME@.template.yaml -p length=5m -p share=25%\n"
	"# In another scenario `use: @NAME@` puts the phases there.\n"
	"apiVersion: rehearse/v1\n"
	"kind: Template\n"
	"metadata:\n"
	"  name: @NAME@\n"
	"  description: a share of the nodes is cut off for a while\n"
	"# type is string, int, float, bool, duration, percent, size, rate, enum or list<...>; "
	"one\n"
	"# without a default has to be given.\n"
	"parameters:\n"
	"  - {name: length, type: duration, default: 10m, max: 2h, description: how long the cut "
	"lasts}\n"
	"  - {name: share, type: percent, default: 30%, description: how many nodes it takes}\n"
	"  - {name: nodes, type: int, default: 24, min: 6, max: 10000}\n"
	"spec:\n"
	"  topology:\n"
	"    groups:\n"
	"      - {name: n, count: \"${params.nodes}\", peers: 5}\n"
	"    shape: random-regular\n"
	"  network:\n"
	"    latency: 80ms\n"
	"    jitter: {law: uniform, amount: 20%}\n"
	"  model:\n"
	"    name: pow\n"
	"    with: {blockInterval: 1m, blockSize: 200KB}\n"
	"  phases:\n"
	"    - {name: calm, duration: 20m}\n"
	"    - name: outage\n"
	"      duration: ${params.length}\n"
	"      actions:\n"
	"        - name: cut-1\n"
	"          fault: partition\n"
	"          target: {select: {group: n}, mode: percent, value: \"${params.share}\"}\n"
	"          for: ${params.length}\n"
	"    - name: recovery\n"
	"      duration: ${params.length + 30m}\n"
	"      assert:\n"
	"        - {name: one chain again, that: \"heads == 1\", within: \"${params.length + "
	"20m}\"}\n";

static const char suite[] =
	"# @NAME@ - many runs as one: `rehearse run @NAME@.yaml -j 4`.\n"
	"#\n"
	"# Each run is a process of its own; the worst result is the exit code.  Paths are "
	"relative to\n"
	"# this file.  `rehearse run @NAME@.yaml --dry-run` lists the runs.\n"
	"apiVersion: rehearse/v1\n"
	"kind: Suite\n"
	"metadata:\n"
	"  name: @NAME@\n"
	"  description: what every change has to pass\n"
	"spec:\n"
	"  scenarios:\n"
	"    # Begin with what is quick: what needs it is skipped when it fails.\n"
	"    - {name: smoke, file: my-scenario.yaml}\n"
	"    - {name: longer, file: my-scenario.yaml, seed: 7, set: {network.latency: 200ms}, "
	"needs: [smoke]}\n"
	"    # One run for each value; several keys multiply.\n"
	"    - name: seeds\n"
	"      file: my-scenario.yaml\n"
	"      needs: [smoke]\n"
	"      matrix: {seed: {from: 1, count: 4}}\n";

static const struct cmd_starter starters[] = {
	{"quickstart", "30 nodes, one cut, three checks", quickstart, ".yaml", ""},
	{"template", "one cut, three parameters", template, ".template.yaml", " -p length=5m"},
	{"suite", "six runs of my-scenario.yaml (rehearse init my-scenario)", suite, ".yaml", NULL},
};

const struct cmd_starter *cmd_starter_find(const char *name)
{
	for (size_t i = 0; i < sizeof(starters) / sizeof(starters[0]); i++) {
		if (strcmp(starters[i].name, name) == 0)
			return &starters[i];
	}
	return NULL;
}
