/* Every named type: a record of a run in which it passes and one in which it fails, with what is then
 * said; types without a model say what is missing; and the table has no type without a pair. */
#include <stdio.h>
#include <stdlib.h>

#include "tests/unit/judge/judged.h"

#define PASSED RH_RESULT_PASSED
#define FAILED RH_RESULT_FAILED

/* Parameters are set by the name of their key. */
struct story {
	const char *type;
	const char *keys; /* "min=3 max=5s"; numbers, durations in seconds, texts */
	enum rh_assert_mode mode;
	const char *good;
	const char *bad;
	const char *reason; /* of the bad one; "": not compared */
};

#define ALWAYS	   RH_MODE_ALWAYS
#define EVENTUALLY RH_MODE_EVENTUALLY
#define AT_END	   RH_MODE_AT_END

/* Gauges: #0 head_height, #1 finalized_height, #2 finalized_epoch, #4 reorg_depth, #6 stale_blocks, #7
 * peers, #8 mempool_size, #9 tps, #10 block_interval, #15 inclusion_delay, #17 total_supply. */
static const struct story stories[] = {
	{"liveness", "increasedBy=2 lagAllowance=1", AT_END,
	 "1s n-0 gauge value #0 1\n1s n-1 gauge value #0 1\n5s n-0 gauge value #0 4\n"
	 "6s n-1 gauge value #0 3\n",
	 "1s n-0 gauge value #0 1\n1s n-1 gauge value #0 1\n5s n-0 gauge value #0 9\n"
	 "6s n-1 gauge value #0 3\n",
	 ""},
	/* Always: in rounds of 4 s, each counted from the one before; who stood still is named. */
	{"liveness", "within=4", ALWAYS,
	 "1s n-0 gauge value #0 1\n1s n-1 gauge value #0 1\n3s n-0 gauge value #0 2\n"
	 "3s n-1 gauge value #0 2\n7s n-0 gauge value #0 3\n7s n-1 gauge value #0 3\n",
	 "1s n-0 gauge value #0 1\n1s n-1 gauge value #0 1\n3s n-0 gauge value #0 2\n"
	 "3s n-1 gauge value #0 2\n5s n-0 gauge value #0 3\n8s n-1 gauge value #0 3\n",
	 "expected liveness (head_height - base(head_height) >= 1 in every 4s), saw 0 at n-1"},
	/* Without rounds: once, at the end. */
	{"liveness", "", ALWAYS,
	 "1s n-0 gauge value #0 1\n1s n-1 gauge value #0 1\n8s n-0 gauge value #0 2\n"
	 "8s n-1 gauge value #0 2\n",
	 "1s n-0 gauge value #0 1\n1s n-1 gauge value #0 1\n8s n-0 gauge value #0 2\n", ""},
	{"block_production", "within=4", ALWAYS,
	 "1s n-0 gauge value #0 1\n3s n-0 gauge value #0 3\n6s n-0 gauge value #0 4\n",
	 "1s n-0 gauge value #0 1\n3s n-0 gauge value #0 3\n6s n-0 gauge value #0 3\n", ""},
	{"block_production", "blocks=2", EVENTUALLY,
	 "1s n-0 gauge value #0 1\n5s n-0 gauge value #0 3\n",
	 "1s n-0 gauge value #0 1\n5s n-0 gauge value #0 2\n", ""},
	{"finality", "increasedBy=2", EVENTUALLY,
	 "1s n-0 gauge value #1 1\n2s n-1 gauge value #1 1\n3s n-0 gauge value #1 3\n"
	 "4s n-1 gauge value #1 4\n",
	 "1s n-0 gauge value #1 1\n2s n-1 gauge value #1 1\n3s n-0 gauge value #1 3\n"
	 "4s n-1 gauge value #1 2\n",
	 ""},
	{"finality", "maxLag=3", ALWAYS, "1s n-0 gauge value #1 1\n1s n-0 gauge value #0 4\n",
	 "1s n-0 gauge value #1 1\n1s n-0 gauge value #0 5\n", ""},
	{"finality", "minFinalizedEpoch=2", EVENTUALLY, "1s n-0 gauge value #2 2\n",
	 "1s n-0 gauge value #2 1\n", "expected finalized_epoch >= 2 within 9s, still 1 at n-0"},
	{"finality_stalled", "tolerance=1", ALWAYS,
	 "1s n-0 gauge value #1 1\n3s n-0 gauge value #1 2\n",
	 "1s n-0 gauge value #1 1\n3s n-0 gauge value #1 3\n", ""},
	{"convergence", "", EVENTUALLY, "1s n-0 head moved 1\n3s n-1 head moved 1\n",
	 "1s n-0 head moved 1\n3s n-1 head moved 2\n", "expected heads == 1 within 9s, still 2"},
	{"safety", "", ALWAYS, "1s n-0 finalized moved 1 0 1\n2s n-1 finalized moved 1 0 1\n",
	 "1s n-0 finalized moved 1 0 1\n2s n-1 finalized moved 2 0 1\n",
	 "expected finality_conflicts == 0, saw 1"},
	{"head", "min=3", EVENTUALLY, "1s n-0 gauge value #0 3\n", "1s n-0 gauge value #0 2\n",
	 "expected head_height >= 3 within 9s, still 2 at n-0"},
	{"block_interval", "min=1s max=5s", ALWAYS, "1s n-0 gauge value #10 3000000000\n",
	 "1s n-0 gauge value #10 500000000\n", ""},
	{"reorg", "maxDepth=3", ALWAYS, "1s n-0 gauge value #4 3\n", "1s n-0 gauge value #4 4\n",
	 "expected max(reorg_depth) <= 3, saw 4 at n-0"},
	{"fork_rate", "", ALWAYS, "1s n-0 gauge value #6 1\n1s n-0 gauge value #0 10\n",
	 "1s n-0 gauge value #6 2\n1s n-0 gauge value #0 10\n", ""},
	{"mempool", "min=1 max=5", ALWAYS, "1s n-0 gauge value #8 5\n", "1s n-0 gauge value #8 6\n",
	 ""},
	{"throughput", "min=10", EVENTUALLY, "1s n-0 gauge value #9 12\n2s n-1 gauge value #9 11\n",
	 "1s n-0 gauge value #9 10\n2s n-1 gauge value #9 10\n", ""},
	{"propagation", "max=2s", ALWAYS, "1s n-0 block produced 7\n2s n-1 block accepted 7\n",
	 "1s n-0 block produced 7\n4s n-1 block accepted 7\n",
	 "expected propagation_p90 <= 2s, saw 3 s"},
	{"inclusion_delay", "max=2s", ALWAYS, "1s n-0 gauge value #15 2000000000\n",
	 "1s n-0 gauge value #15 3000000000\n",
	 "expected max(inclusion_delay) <= 2s, saw 3 s at n-0"},
	{"peers", "min=2", EVENTUALLY, "1s n-0 gauge value #7 2\n", "1s n-0 gauge value #7 1\n",
	 "expected peers >= 2 within 9s, still 1 at n-0"},
	{"samples", "gauge=tps min=2", AT_END,
	 "0s world phase begin #0\n1s n-0 gauge value #9 1\n2s n-0 gauge value #9 2\n",
	 "0s world phase begin #0\n1s n-0 gauge value #9 1\n", ""},
	{"clients_healthy", "", AT_END, "1s n-0 node down\n2s n-0 node up\n", "1s n-0 node down\n",
	 "expected up == 1 at the end, saw 0 at n-0"},
	{"node", "", AT_END, "1s n-0 node down\n2s n-0 node up\n", "1s n-0 node down\n",
	 "expected up == 1 at the end, saw 0 at n-0"},
	{"reachability", "from=n-0 to=n-1", ALWAYS, "1s n-0 head moved 1\n",
	 "2s world fault requested #0\n", ""},
	{"recovery", "limit=2s", AT_END,
	 "2s world fault requested #0\n3s n-1 node down\n4s world fault cleared #0\n5s n-1 node "
	 "up\n",
	 "2s world fault requested #0\n3s n-1 node down\n4s world fault cleared #0\n8s n-1 node "
	 "up\n",
	 ""},
	{"breaches_identified", "", AT_END,
	 "2s world fault requested #0\n3s n-0 gauge value #4 5\n", "2s world fault requested #0\n",
	 ""},
	{"supply_conserved", "tolerance=2", ALWAYS,
	 "1s n-0 gauge value #17 100\n2s n-0 gauge value #17 98\n",
	 "1s n-0 gauge value #17 100\n2s n-0 gauge value #17 97\n", ""},
	{"inclusion", "invalidNeverIncluded=1", AT_END,
	 "1s n-0 tx submitted #0 7\n3s n-0 tx included #0 7\n",
	 "1s n-0 tx submitted #0 7\n1s n-0 tx submitted #1 8\n3s n-0 tx included #0 7\n", ""},
	{"alert", "expect=Deep", EVENTUALLY, "3s n-0 gauge value #4 5\n",
	 "3s n-0 gauge value #4 4\n", ""},
	{"alert_cleared", "expect=Deep", EVENTUALLY,
	 "3s n-0 gauge value #4 5\n4s n-0 gauge value #4 1\n", "3s n-0 gauge value #4 5\n", ""},
	{"all_phases_completed", "", AT_END, "", NULL, ""},
	{"no_critical_system_failures", "", ALWAYS, "1s n-0 node down\n", "1s n-0 node vanished\n",
	 ""},
};

static const struct rh_assertion_type *find_type(const char *name)
{
	for (uint32_t i = 0; rh_builtin_assertions.assertions[i] != NULL; i++) {
		if (strcmp(rh_builtin_assertions.assertions[i]->name, name) == 0)
			return rh_builtin_assertions.assertions[i];
	}
	ck_abort_msg("no type %s", name);
	return NULL;
}

static uint64_t position_among(const char *words, const char *word)
{
	uint64_t position = 0;

	for (const char *at = words; *at != 0; at++) {
		if (strncmp(at, word, strlen(word)) == 0 && (at == words || at[-1] == '|') &&
		    (at[strlen(word)] == '|' || at[strlen(word)] == 0))
			return position;
		position += *at == '|';
	}
	ck_abort_msg("%s is not one of %s", word, words);
	return 0;
}

static void set_value(struct rh_plan *plan, void *params, const struct rh_key *key,
		      const char *text)
{
	void *place = (char *)params + key->offset;

	if (key->type == RH_KEY_TEXT)
		*(const char **)place = rh_arena_text(&plan->arena, text, strlen(text));
	else if (key->type == RH_KEY_DURATION)
		*(uint64_t *)place = SECONDS(strtoull(text, NULL, 10));
	else if (key->type == RH_KEY_RATIO)
		*(struct rh_ratio *)place = (struct rh_ratio){strtoull(text, NULL, 10), 100};
	else if (key->type == RH_KEY_ENUM)
		*(uint64_t *)place = position_among(key->values, text);
	else
		*(int64_t *)place = strtoll(text, NULL, 10);
}

/* Defaults, and "key=value key=value". */
static void set_params(struct rh_plan *plan, struct rh_plan_assertion *check, const char *given)
{
	for (const struct rh_key *key = check->type->keys; key != NULL && key->name != NULL;
	     key++) {
		size_t len = strlen(key->name);
		const char *at = strstr(given, key->name);
		char value[40] = "";

		while (at != NULL && (at[len] != '=' || (at > given && at[-1] != ' ')))
			at = strstr(at + 1, key->name);
		if (at != NULL)
			snprintf(value, sizeof(value), "%.*s", (int)strcspn(at + len + 1, " "),
				 at + len + 1);
		else if (key->type == RH_KEY_RATIO)
			snprintf(value, sizeof(value), "%s",
				 key->default_text == NULL ? "10" : "100");
		else if (key->default_text != NULL)
			snprintf(value, sizeof(value), "%s", key->default_text);
		set_value(plan, check->params, key, value);
	}
}

static struct rh_plan *plan_of_types(const struct story *story)
{
	struct rh_plan *plan = plan_make(2, SECONDS(10));
	static const uint32_t edges[] = {0, 1, UINT32_MAX};
	struct rh_plan_assertion *check;

	plan_add_link(plan, 0, 1);
	plan_link_of(plan_add_step(plan, "cut-1", &made_link_fault, SECONDS(2), SECONDS(6), edges))
		->is_cut = true;
	plan_add_phase(plan, "one", 0, SECONDS(9));
	plan_add_check(plan, "Deep", RH_MODE_ALWAYS, 0, RH_TIME_NEVER,
		       THAT(MAX, REORG_DEPTH, GE, 5))
		->role = RH_ROLE_ALERT;
	check = plan_add_own_check(plan, story->type, story->mode, 0, SECONDS(9),
				   find_type(story->type));
	check->phase = 0;
	if (strcmp(story->type, "all_phases_completed") == 0)
		check->until_ns = RH_TIME_NEVER;
	set_params(plan, check, story->keys);
	return plan;
}

static void judge_one(const struct story *story, const char *script, enum rh_result_state wanted,
		      const char *reason)
{
	struct rh_plan *plan = plan_of_types(story);
	struct rh_judge *judge = judged(plan, script, SECONDS(10), RH_END_COMPLETED);
	const struct rh_result *result = rh_judge_result(judge, 1);

	ck_assert_msg(result->state == wanted, "%s: %s", story->type, result->reason);
	ck_assert_msg(reason[0] == 0 || strcmp(reason, result->reason) == 0,
		      "%s:\n  said   %s\n  "
		      "wanted %s",
		      story->type, result->reason, reason);
	rh_judge_close(judge);
	rh_plan_free(plan);
}

START_TEST(every_type)
{
	const struct story *story = &stories[_i];

	judge_one(story, story->good, PASSED, "");
	if (story->bad != NULL)
		judge_one(story, story->bad, FAILED, story->reason);
}
END_TEST

/* A run that ended early has not completed its phases. */
START_TEST(phases_that_were_not_completed)
{
	struct story story = {"all_phases_completed", "", AT_END, "", NULL, ""};
	struct rh_plan *plan = plan_of_types(&story);
	struct rh_judge *judge = judged(plan, "", SECONDS(5), RH_END_TIMEOUT);

	ck_assert_int_eq(rh_judge_result(judge, 1)->state, FAILED);
	rh_judge_close(judge);
	rh_plan_free(plan);
}
END_TEST

START_TEST(the_table_is_covered)
{
	uint32_t missing = 0;

	for (uint32_t i = 2; rh_builtin_assertions.assertions[i] != NULL; i++) {
		const struct rh_assertion_type *type = rh_builtin_assertions.assertions[i];
		bool is_told = false;

		missing += type->missing != NULL;
		for (size_t k = 0; k < RH_ARRAY_LEN(stories); k++)
			is_told |= strcmp(stories[k].type, type->name) == 0;
		ck_assert_msg(is_told == (type->missing == NULL), "%s", type->name);
		ck_assert_ptr_nonnull(type->doc);
	}
	ck_assert_uint_gt(missing, 10);
}
END_TEST

int main(void)
{
	struct frame frame = frame_open("judge: types");

	tcase_add_loop_test(frame.tests, every_type, 0, RH_ARRAY_LEN(stories));
	tcase_add_test(frame.tests, phases_that_were_not_completed);
	tcase_add_test(frame.tests, the_table_is_covered);
	return frame_run(frame);
}
