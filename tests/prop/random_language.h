/*
 * random_language.h - random steps and checks of the whole language, for random_scenario.c.
 *
 * Steps have ids (s0, s1, ...) in the order of the file.  Others refer only to steps that stand before
 * them, outside of repeats, and are not disabled; so a disabled step can be taken out by its line.
 */
#ifndef TESTS_PROP_RANDOM_LANGUAGE_H
#define TESTS_PROP_RANDOM_LANGUAGE_H

#include "tests/prop/random_maker.h"

/* ---- sentences ------------------------------------------------------------------------------- */

static inline void random_sentence(struct maker *m)
{
	uint64_t height = logarithmic(m, 0, 60);

	switch (between(m, 0, m->alert_count > 0 ? 9 : 8)) {
	case 0:
		printf("max(head_height) >= %" PRIu64, height);
		break;
	case 1:
		printf("heads == 1");
		break;
	case 2:
		printf("heads >= 2 || max(reorg_depth) > 1");
		break;
	case 3:
		printf("count(up == 1) >= %" PRIu64, between(m, 0, m->node_count));
		break;
	case 4:
		printf("max(head_height) - min(head_height) <= %" PRIu64, logarithmic(m, 0, 9));
		break;
	case 5:
		printf("avg(head_height) * 2 >= %" PRIu64 " && !any(reorg_depth > 3)", height);
		break;
	case 6:
		printf("p90(head_height) >= %" PRIu64 " ? heads <= 3 : sum(reorg_count) < 9",
		       height);
		break;
	case 7:
		printf("each(bytes_in <= %" PRIu64 "KB)", logarithmic(m, 1, 9000));
		break;
	case 8:
		printf("abs(clock_offset) <= %" PRIu64 "ms", logarithmic(m, 1, 60000));
		break;
	default:
		printf("%s(A%" PRIu64 ")", chance(m, 50) ? "alert" : "was_raised",
		       between(m, 0, m->alert_count - 1));
		break;
	}
}

/* ---- steps ----------------------------------------------------------------------------------- */

static inline void random_wait(struct maker *m)
{
	switch (between(m, 0, 3)) {
	case 0:
	case 1:
		printf("wait: ");
		print_length(m, m->phase_ms / 4);
		return;
	case 2:
		printf("wait: {until: \"");
		random_sentence(m);
		printf("\"}");
		break;
	default:
		printf("wait: {block: %" PRIu64 "}", logarithmic(m, 0, 80));
		break;
	}
	if (chance(m, 60)) {
		printf(", timeout: ");
		print_length(m, m->phase_ms);
	}
	printf(", onFailure: %s", chance(m, 60) ? "warn" : chance(m, 70) ? "ignore" : "fail");
}

static inline void random_if(struct maker *m)
{
	if (!chance(m, 15))
		return;
	printf(", if: \"");
	random_sentence(m);
	printf("\"");
}

static inline void random_parameters(struct maker *m)
{
	static const char *const severities[] = {"low", "medium", "high", "extreme"};
	static const char *const profiles[] = {"2g", "3g", "wifi", "satellite", "offline"};

	switch (between(m, 0, 6)) {
	case 0:
		printf("fault: slow, target: ");
		break;
	case 1:
		printf("fault: flaky, with: {up: %" PRIu64 "s, down: %" PRIu64 "ms}, target: ",
		       between(m, 5, 30), logarithmic(m, 1, 9000));
		break;
	case 2:
		printf("fault: profile, with: {name: %s}, target: ", PICK(m, profiles));
		break;
	case 3:
		printf("fault: latency, with: {delay: {signal: tide}}, target: ");
		break;
	case 4:
		printf("fault: loss, with: {loss: {signal: rain}}, target: ");
		break;
	default:
		printf("fault: %s, severity: %s, target: ",
		       chance(m, 50)   ? "congestion"
		       : chance(m, 50) ? "jitter"
				       : "loss",
		       PICK(m, severities));
		break;
	}
	print_target(m);
	printf(", for: ");
	print_length(m, m->phase_ms);
}

static inline void random_shape(struct maker *m)
{
	static const char *const shapes[] = {"halves", "minority", "isolate",
					     "ring",   "bridge",   "random"};

	if (m->node_count < 6 || chance(m, 30))
		printf("fault: %s, target: ", chance(m, 50) ? "isolate" : "disconnect");
	else
		printf("fault: partition, with: {shape: %s, oneWay: %s}, target: ", PICK(m, shapes),
		       chance(m, 30) ? "true" : "false");
	printf("all");
	if (chance(m, 80)) {
		printf(", for: ");
		print_length(m, m->phase_ms);
	}
}

static inline void random_on_nodes(struct maker *m)
{
	static const char *const verbs[] = {"start", "stop", "kill", "restart"};
	static const char *const faults[] = {"crash", "kill"};
	bool comes_again = !m->is_in_block && chance(m, 30);

	if (chance(m, 50) && !comes_again) {
		printf("node: %s, target: ", PICK(m, verbs));
		print_target(m);
		return;
	}
	printf("fault: %s, target: ", PICK(m, faults));
	print_target(m);
	printf(", for: ");
	print_length(m, m->phase_ms);
	if (!comes_again)
		return;
	printf(", every: %" PRIu64 "ms, times: %" PRIu64, between(m, 1, m->phase_ms / 3),
	       between(m, 1, 5));
	if (chance(m, 30)) {
		printf(", until: \"");
		random_sentence(m);
		printf("\"");
	}
}

static inline void random_clear(struct maker *m)
{
	if (m->fault_count > 0 && chance(m, 70)) {
		printf("clear: s%" PRIu32, m->faults[between(m, 0, m->fault_count - 1)]);
		return;
	}
	printf("clear: all");
	if (chance(m, 50)) {
		printf(", target: ");
		print_target(m);
	}
}

static inline void random_one(struct maker *m, uint32_t depth);

static inline void random_block(struct maker *m, uint32_t depth)
{
	bool was_in_block = m->is_in_block;
	uint64_t kind = between(m, 0, 2);

	m->is_in_block = true;
	if (kind < 2) {
		printf("%s: [", kind == 0 ? "parallel" : "sequence");
	} else {
		printf("repeat: {count: %" PRIu64, between(m, 1, 4));
		if (chance(m, 40)) {
			printf(", every: ");
			print_length(m, m->phase_ms / 4);
		}
		if (chance(m, 30)) {
			printf(", until: \"");
			random_sentence(m);
			printf("\"");
		}
		printf(", actions: [");
	}
	for (uint64_t i = 0, count = between(m, 1, 3); i < count; i++) {
		printf("%s{", i > 0 ? ", " : "");
		random_one(m, depth + 1);
		if (chance(m, 25)) {
			printf(", delay: ");
			print_length(m, m->phase_ms / 8);
		}
		printf("}");
	}
	printf("%s", kind < 2 ? "]" : "]}");
	m->is_in_block = was_in_block;
}

/* A step without its braces and its time. */
static inline void random_one(struct maker *m, uint32_t depth)
{
	printf("id: s%" PRIu32 ", ", m->step_count++);
	switch (between(m, 0, depth < 3 ? 11 : 9)) {
	case 0:
	case 1:
		random_wait(m);
		break;
	case 2:
		printf("capture: [head_height, reorg_count]");
		break;
	case 3:
		printf("annotate: so far");
		random_if(m);
		break;
	case 4:
		random_clear(m);
		break;
	case 5:
		if (!m->has_work) {
			printf("annotate: no load");
		} else if (chance(m, 50)) {
			printf("workload: pay, with: {rate: %" PRIu64 "/10s}", between(m, 1, 20));
		} else {
			printf("workload: pay, with: {state: stopped}, for: ");
			print_length(m, m->phase_ms);
		}
		break;
	case 6:
		random_on_nodes(m);
		random_if(m);
		break;
	case 7:
		random_shape(m);
		random_if(m);
		break;
	case 8:
	case 9:
		random_parameters(m);
		break;
	default:
		random_block(m, depth);
		break;
	}
}

static inline void random_time(struct maker *m)
{
	switch (between(m, 0, 7)) {
	case 0:
	case 1:
	case 2:
		printf(", at: ");
		print_moment(m, m->phase_ms);
		break;
	case 3:
		printf(", delay: ");
		print_length(m, m->phase_ms / 4);
		break;
	case 4:
		if (chance(m, 40))
			printf(", at: end");
		break;
	default:
		break;
	}
}

/* A line of `actions`. */
static inline void random_step(struct maker *m)
{
	bool is_disabled = m->is_named && chance(m, 10);
	uint32_t own = m->step_count;

	printf("        - {");
	if (chance(m, 8)) {
		printf("id: s%" PRIu32 ", capture: head_height", m->step_count++);
		if (!is_disabled && m->capture_count < ARRAY_LEN(m->captures))
			m->captures[m->capture_count++] = own;
	} else if (chance(m, 12)) {
		printf("id: s%" PRIu32 ", ", m->step_count++);
		random_shape(m);
		if (!is_disabled && m->fault_count < ARRAY_LEN(m->faults))
			m->faults[m->fault_count++] = own;
	} else {
		random_one(m, 0);
	}
	random_time(m);
	if (is_disabled)
		printf(", disabled: true");
	printf("}\n");
}

/* ---- checks ---------------------------------------------------------------------------------- */

/* From when and until when; true when a mode may be written too. */
static inline bool random_window(struct maker *m, bool is_in_phase)
{
	switch (between(m, 0, 7)) {
	case 0:
		if (m->fault_count == 0)
			break;
		printf(", during: s%" PRIu32, m->faults[between(m, 0, m->fault_count - 1)]);
		return true;
	case 1:
		if (m->fault_count == 0)
			break;
		printf(", after: s%" PRIu32, m->faults[between(m, 0, m->fault_count - 1)]);
		return true;
	case 2:
		printf(", within: ");
		print_length(m, m->phase_ms);
		printf(", mode: eventually, for: ");
		print_length(m, m->phase_ms / 8);
		return false;
	case 3:
		if (!is_in_phase)
			break;
		printf(", after: %" PRIu64 "s, within: ", between(m, 0, m->phase_ms / 2000));
		print_length(m, m->phase_ms);
		return false;
	default:
		break;
	}
	return true;
}

static inline void random_check(struct maker *m, const char *indent, bool is_in_phase)
{
	static const char *const modes[] = {"eventually", "always", "never",	 "atEnd",
					    "atStart",	  "edge",   "sometimes", "final"};
	static const char *const quorums[] = {"all", "any", "majority", "67%", "2"};
	uint64_t grown = logarithmic(m, 0, 40);

	printf("%s- {that: \"", indent);
	if (chance(m, 15)) {
		printf("head_height\", increasedBy: %" PRIu64, grown);
		if (m->capture_count > 0 && chance(m, 70))
			printf(", since: s%" PRIu32,
			       m->captures[between(m, 0, m->capture_count - 1)]);
	} else if (m->capture_count > 0 && chance(m, 20)) {
		printf("head_height - captured(s%" PRIu32 ", head_height) <= %" PRIu64 "\"",
		       m->captures[between(m, 0, m->capture_count - 1)], grown);
	} else if (chance(m, 10)) {
		printf("avg(head_height, phase='phase 0') <= %" PRIu64 "\"", grown);
	} else {
		random_sentence(m);
		printf("\"");
	}
	if (random_window(m, is_in_phase) && chance(m, 60))
		printf(", mode: %s", PICK(m, modes));
	if (chance(m, 20))
		printf(", quorum: %s", PICK(m, quorums));
	if (chance(m, 10))
		printf(", expect: fail");
	if (chance(m, 20))
		printf(", weight: %" PRIu64, between(m, 0, 5));
	if (chance(m, 10))
		printf(", severity: warn");
	printf("}\n");
}

/* ---- the rest of the spec -------------------------------------------------------------------- */

static inline void random_spec(struct maker *m)
{
	if (!m->is_rich)
		return;
	printf("  vars: {len: %" PRIu64 "s}\n", between(m, 1, 60));
	printf("  signals:\n"
	       "    - {name: tide, shape: sine, from: 10ms, to: 300ms, period: 40s, every: 5s}\n"
	       "    - {name: rain, shape: random-walk, from: 0%%, to: 20%%, change: 5%%, every: "
	       "10s}\n");
	if (m->has_work)
		printf("  workloads:\n    - {name: pay, type: transactions, with: {rate: %" PRIu64
		       "/10s, count: %" PRIu64 ", users: 8, arrivals: %s}}\n",
		       between(m, 1, 10), between(m, 1, 200), chance(m, 50) ? "even" : "poisson");
	if (!chance(m, 40))
		return;
	printf("  monitors:\n    alerts:\n");
	for (uint64_t i = between(m, 1, 3); i > 0; i--) {
		uint32_t before = m->alert_count;

		m->alert_count = 0; /* an alert names no alert */
		printf("      - {name: A%" PRIu32 ", that: \"", before);
		random_sentence(m);
		printf("\", for: ");
		print_length(m, m->phase_ms / 8);
		printf("}\n");
		m->alert_count = before + 1;
	}
}

static inline void random_end(struct maker *m)
{
	if (m->is_rich && chance(m, 25)) {
		printf("  expectations:\n");
		random_check(m, "    ", false);
	}
	if (m->is_rich && chance(m, 25))
		printf("  rollback: {when: [failure, timeout], actions: [{id: r0, clear: all}, "
		       "{id: r1, wait: 1s}, {id: r2, node: start, target: all}]}\n");
	if (m->is_rich && chance(m, 25))
		printf("  cleanup: [{id: c0, node: start, target: all}, {id: c1, annotate: it "
		       "failed, "
		       "if: run.failed}, {id: c2, wait: 10ms}]\n");
}

#endif
