/*
 * made_plan.h - a small plan made by hand, records of every kind, and a folder for a test's files.
 */
#ifndef TESTS_UNIT_STORE_MADE_PLAN_H
#define TESTS_UNIT_STORE_MADE_PLAN_H

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/rng.h"
#include "core/store/events.h"
#include "core/store/rundir.h"
#include "core/store/trace.h"

#define MADE_NODES 20

struct made_plan {
	struct rh_plan plan;
	struct rh_plan_node nodes[MADE_NODES];
	struct rh_plan_phase phases[2];
	struct rh_plan_step steps[2];
	struct rh_plan_assertion assertions[2];
	char names[MADE_NODES][16];
};

static const struct rh_model_gauge made_gauges[] = {{"orphans", RH_UNIT_COUNT, "a gauge"},
						    {"delay", RH_UNIT_NS, "another"}};
static const struct rh_key made_keys[] = {RH_KEY_END};
static const struct rh_invariant made_invariants[] = {{"no money from nothing", NULL}};
static const struct rh_model made_model = {
	.name = "made",
	.keys = made_keys,
	.node_keys = made_keys,
	.gauges = made_gauges,
	.gauge_count = 2,
	.invariants = made_invariants,
	.invariant_count = 1,
};
static const struct rh_action_type made_fault = {
	.name = "partition", .is_fault = true, .keys = made_keys};
static const struct rh_assertion_type made_assertion = {.name = "gauge", .keys = made_keys};

static inline struct rh_plan *made_plan(struct made_plan *made)
{
	struct rh_plan *plan = &made->plan;

	memset(made, 0, sizeof(*made));
	plan->name = "made";
	plan->description = "";
	plan->hypothesis = "";
	plan->path = "";
	plan->seed = 7;
	plan->duration_ns = 3600 * RH_NS_PER_SEC;
	plan->genesis_unix_s = 1767225600; /* 2026-01-01 */
	plan->model = &made_model;
	plan->node_count = MADE_NODES;
	plan->nodes = made->nodes;
	for (uint32_t i = 0; i < MADE_NODES; i++) {
		snprintf(made->names[i], sizeof(made->names[i]), "n-%u", (unsigned)i);
		made->nodes[i].name = made->names[i];
		made->nodes[i].region = RH_NONE;
	}
	made->phases[0].name = "before";
	made->phases[1].name = "after";
	plan->phases = made->phases;
	plan->phase_count = 2;
	made->steps[0] =
		(struct rh_plan_step){RH_PLAN_STEP_INIT, .name = "cut-1", .type = &made_fault};
	made->steps[1] =
		(struct rh_plan_step){RH_PLAN_STEP_INIT, .name = "cut-2", .type = &made_fault};
	plan->steps = made->steps;
	plan->step_count = 2;
	for (uint32_t i = 0; i < 2; i++)
		made->assertions[i] = (struct rh_plan_assertion){
			RH_PLAN_ASSERTION_INIT,
			.name = i == 0 ? "converges" : "nothing deep",
			.type = &made_assertion,
			.text = "",
		};
	plan->assertions = made->assertions;
	plan->assertion_count = 2;
	return plan;
}

/* The n-th number of a test's own sequence. */
static inline uint64_t made_draw(uint64_t *state)
{
	return rh_absorb(99, (*state)++);
}

/* Mostly small, sometimes any 64 bits. */
static inline uint64_t made_value(uint64_t *state)
{
	return made_draw(state) >> (made_draw(state) & 63);
}

/* A record of any kind: fields that the kind does not have are 0, as the table says. */
static inline struct rh_record made_record(uint64_t *state, uint64_t *time_ns, char text[300])
{
	uint16_t kind = (uint16_t)(made_draw(state) % RH_RECORD_KIND_COUNT);
	const struct rh_record_info *info = rh_record_info(kind);
	struct rh_record record = {.time_ns = *time_ns, .kind = kind, .text = text};
	uint64_t *fields[4] = {&record.a, &record.b, &record.c, &record.d};
	uint16_t stage_count = 1;

	*time_ns += made_value(state) % (1000 * RH_NS_PER_SEC);
	for (const char *at = info->stages; *at != 0; at++)
		stage_count = (uint16_t)(stage_count + (*at == '|'));
	record.stage = (uint16_t)(made_draw(state) % stage_count);
	record.node = (uint32_t)(made_draw(state) % (MADE_NODES + 1));
	if (record.node == MADE_NODES)
		record.node = RH_NODE_WORLD;
	if (info->fields[0][0] != 0)
		record.index = (uint32_t)made_value(state);
	for (size_t i = 0; i < 4; i++) {
		if (info->fields[1 + i][0] != 0)
			*fields[i] = made_value(state);
	}
	if (made_draw(state) % 4 == 0) {
		record.text_len = (uint32_t)(made_draw(state) % 300);
		for (uint32_t i = 0; i < record.text_len; i++)
			text[i] = (char)made_draw(state);
	}
	if (record.text_len == 0)
		record.text = NULL;
	return record;
}

static inline bool same_record(const struct rh_record *a, const struct rh_record *b)
{
	return a->time_ns == b->time_ns && a->node == b->node && a->kind == b->kind &&
	       a->stage == b->stage && a->index == b->index && a->a == b->a && a->b == b->b &&
	       a->c == b->c && a->d == b->d && a->text_len == b->text_len &&
	       (a->text_len == 0 || memcmp(a->text, b->text, a->text_len) == 0);
}

/* A new empty folder, which becomes the working directory, and its end. */
static inline void enter_folder(char path[64])
{
	snprintf(path, 64, "/tmp/rehearse-test-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(path));
	ck_assert_int_eq(chdir(path), 0);
}

static inline void leave_folder(const char *path)
{
	char command[100];

	ck_assert_int_eq(chdir("/"), 0);
	snprintf(command, sizeof(command), "rm -rf '%.64s'", path);
	ck_assert_int_eq(system(command), 0);
}

static inline int run_suite(const char *name, void (*add)(TCase *tests))
{
	Suite *suite = suite_create(name);
	TCase *tests = tcase_create(name);
	SRunner *runner;
	int failed;

	add(tests);
	tcase_set_timeout(tests, 120);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}

#endif
