/*
 * node_steps.c - steps on nodes, and those that the run takes itself.
 *
 * `node: stop` happens once; with `for` the loader takes the fault of that kind (load_forms.c),
 * which is verified and ends by itself.
 */
#include "core/scenario/node_steps.h"

#define HOUR_NS INT64_C(3600000000000)

struct node_step {
	uint64_t is_amnesiac;
	uint64_t downtime_ns;
};

static const struct rh_key stop_keys[] = {
	{.name = "amnesia",
	 .type = RH_KEY_BOOL,
	 .offset = offsetof(struct node_step, is_amnesiac),
	 .default_text = "false",
	 .doc = "What the node had written to its disk is lost too.",
	 .since = "0.1"},
	RH_KEY_END,
};

static const struct rh_key restart_keys[] = {
	{.name = "amnesia",
	 .type = RH_KEY_BOOL,
	 .offset = offsetof(struct node_step, is_amnesiac),
	 .default_text = "false",
	 .doc = "What the node had written to its disk is lost too.",
	 .since = "0.1"},
	{.name = "downtime",
	 .type = RH_KEY_DURATION,
	 .offset = offsetof(struct node_step, downtime_ns),
	 .default_text = "1s",
	 .min = 1,
	 .max = INT64_C(24) * 3650 * HOUR_NS,
	 .doc = "How long the node is down.",
	 .since = "0.1"},
	RH_KEY_END,
};

static enum rh_node_op stop_begin(const void *params)
{
	const struct node_step *step = params;

	return step->is_amnesiac ? RH_NODE_OP_CRASH_AMNESIA : RH_NODE_OP_CRASH;
}

static enum rh_node_op start_op(const void *params)
{
	(void)params;
	return RH_NODE_OP_RESTART;
}

static enum rh_node_op pause_op(const void *params)
{
	(void)params;
	return RH_NODE_OP_PAUSE;
}

static enum rh_node_op resume_op(const void *params)
{
	(void)params;
	return RH_NODE_OP_RESUME;
}

#define NODE_STEP(id, text, sentence, fault, table, begin, end) \
	const struct rh_action_type id = { \
		.name = text, \
		.doc = sentence, \
		.is_fault = fault, \
		.effect = RH_EFFECT_ON_NODES, \
		.params_size = sizeof(struct node_step), \
		.keys = table, \
		.begin_op = begin, \
		.end_op = end, \
	}

NODE_STEP(rh_fault_kill, "kill",
	  "Kills the target as `kill -9` would; with `for` it starts again afterwards.", true,
	  stop_keys, stop_begin, start_op);
NODE_STEP(rh_fault_pause, "pause",
	  "Stops the target where it is, without its noticing; with `for` it goes on afterwards.",
	  true, NULL, pause_op, resume_op);
NODE_STEP(rh_node_start, "node.start", "Starts the target, which was stopped.", false, NULL,
	  start_op, NULL);
NODE_STEP(rh_node_stop, "node.stop", "Stops the target; with `for` it is the fault crash.", false,
	  stop_keys, stop_begin, NULL);
NODE_STEP(rh_node_kill, "node.kill", "Kills the target; with `for` it is the fault kill.", false,
	  stop_keys, stop_begin, NULL);
NODE_STEP(rh_node_restart, "node.restart", "Stops the target and starts it again after `downtime`.",
	  true, restart_keys, stop_begin, start_op);
NODE_STEP(rh_node_pause, "node.pause", "Pauses the target; with `for` it is the fault pause.",
	  false, NULL, pause_op, NULL);
NODE_STEP(rh_node_resume, "node.resume", "Lets the target go on, which was paused.", false, NULL,
	  resume_op, NULL);

/* ---- steps of the run ------------------------------------------------------------------------ */

static const struct rh_key annotate_keys[] = {
	{.name = "text",
	 .type = RH_KEY_TEXT,
	 .offset = offsetof(struct rh_annotate, text),
	 .doc = "What is noted.",
	 .since = "0.1"},
	RH_KEY_END,
};

static const struct rh_key workload_keys[] = {
	{.name = "state",
	 .type = RH_KEY_ENUM,
	 .offset = offsetof(struct rh_workload_step, state),
	 .default_text = "as-is",
	 .values = "as-is|running|stopped",
	 .doc = "stopped: nothing comes any more; running: it goes on as before.",
	 .since = "0.1"},
	{.name = "rate",
	 .type = RH_KEY_PACE,
	 .offset = offsetof(struct rh_workload_step, rate),
	 .default_text = "none",
	 .doc = "Its pace from now on; with `for`, until it has the one before again.",
	 .since = "0.1"},
	RH_KEY_END,
};

#define RUN_STEP(id, text, sentence, size, table, op) \
	const struct rh_action_type id = { \
		.name = text, \
		.doc = sentence, \
		.effect = RH_EFFECT_ON_RUN, \
		.params_size = size, \
		.keys = table, \
		.run_op = op, \
	}

RUN_STEP(rh_step_wait, "wait", "Waits; the next step begins behind it.", 1, NULL, RH_RUN_OP_WAIT);
RUN_STEP(rh_step_clear, "clear", "Ends faults that are in effect.", 1, NULL, RH_RUN_OP_CLEAR);
RUN_STEP(rh_step_capture, "capture", "Keeps the values of gauges, for checks with `since`.", 1,
	 NULL, RH_RUN_OP_CAPTURE);
RUN_STEP(rh_step_annotate, "annotate", "Writes a note into the stream of the run.",
	 sizeof(struct rh_annotate), annotate_keys, RH_RUN_OP_ANNOTATE);
RUN_STEP(rh_step_workload, "workload", "Changes a workload.", sizeof(struct rh_workload_step),
	 workload_keys, RH_RUN_OP_WORKLOAD);
