/*
 * reason.c - why an assertion was decided as it was, in one sentence.
 *
 * The sentence is made from the seat when somebody asks, so it takes no room in the judge's memory
 * and is the same whenever it is made.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/judge/state.h"

const char *judge_node_name(const struct rh_judge *judge, uint32_t node)
{
	return node < judge->plan->node_count ? judge->plan->nodes[node].name : "world";
}

static enum rh_unit unit_of_that(const struct rh_judge *judge, const struct rh_that *that)
{
	if (that->aggregate == RH_AGG_DISTINCT &&
	    judge_derived((uint32_t)that->gauge) == DERIVED_NONE)
		return RH_UNIT_COUNT;
	return rh_plan_gauge_unit(judge->plan, (uint32_t)that->gauge);
}

/* Millionths as a number with as many digits as say something. */
static char *fraction_text(char text[40], int64_t value)
{
	uint64_t size = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
	const char *sign = value < 0 ? "-" : "";

	if (size % 1000000 / 1000 == 0)
		snprintf(text, 40, "%s%" PRIu64, sign, size / 1000000);
	else
		snprintf(text, 40, "%s%" PRIu64 ".%03" PRIu64, sign, size / 1000000,
			 size % 1000000 / 1000);
	return text;
}

static char *left_text(char text[40], const struct rh_formula *bound, int64_t value)
{
	switch (bound->left_type.type) {
	case RH_EXPR_DURATION:
		return rh_gauge_text(text, RH_UNIT_NS, value);
	case RH_EXPR_SIZE:
		return rh_gauge_text(text, RH_UNIT_BYTES, value);
	case RH_EXPR_ID:
		return rh_gauge_text(text, RH_UNIT_ID, value);
	case RH_EXPR_NUMBER:
		if (bound->left_type.is_whole)
			return rh_gauge_text(text, RH_UNIT_COUNT, value);
		if (bound->is_share)
			return rh_gauge_text(text, RH_UNIT_PPM, value);
		return fraction_text(text, value);
	case RH_EXPR_BOOL:
		text[0] = 0; /* the sentence says it all */
		return text;
	case RH_EXPR_RATE:
	case RH_EXPR_PACE:
	case RH_EXPR_TEXT:
	case RH_EXPR_LIST:
		break;
	}
	return rh_gauge_text(text, RH_UNIT_COUNT, value);
}

char *judge_value_text(const struct rh_judge *judge, uint32_t assertion, char text[40],
		       int64_t value)
{
	const struct rh_plan_assertion *plan = &judge->plan->assertions[assertion];
	const struct formula *formula = judge->formulas[assertion];

	if (judge_that(judge, assertion) != NULL)
		return rh_gauge_text(text, unit_of_that(judge, judge_that(judge, assertion)),
				     value);
	if (formula == NULL)
		return rh_gauge_text(text, RH_UNIT_COUNT, value);
	/* How many nodes agree, unless it is about one of them. */
	if (formula->truth != RH_NONE && judge->seats[assertion].node == RH_NODE_WORLD) {
		snprintf(text, 40, "%" PRId64 " of %" PRIu32 " nodes", value, plan->node_count);
		return text;
	}
	text[0] = 0;
	return formula->bound.left != NULL ? left_text(text, &formula->bound, value) : text;
}

static const char *operator_text(enum rh_operator op)
{
	switch (op) {
	case RH_OP_EQ:
		return "==";
	case RH_OP_NE:
		return "!=";
	case RH_OP_LT:
		return "<";
	case RH_OP_LE:
		return "<=";
	case RH_OP_GT:
		return ">";
	case RH_OP_GE:
		return ">=";
	}
	return "?";
}

static const char *aggregate_text(enum rh_aggregate aggregate)
{
	switch (aggregate) {
	case RH_AGG_EACH:
		return ""; /* as nobody writes it */
	case RH_AGG_ANY:
		return "any";
	case RH_AGG_MIN:
		return "min";
	case RH_AGG_MAX:
		return "max";
	case RH_AGG_SUM:
		return "sum";
	case RH_AGG_SPREAD:
		return "spread";
	case RH_AGG_DISTINCT:
		return "distinct";
	}
	return "?";
}

/* What was written is told as it was written; only what was seen is cut to what people can use. */
static void limit_text(char text[40], enum rh_unit unit, int64_t value)
{
	if (unit == RH_UNIT_NS && value >= 0)
		rh_span_exact(text, (uint64_t)value);
	else
		rh_gauge_text(text, unit, value);
}

void judge_sentence(const struct rh_judge *judge, uint32_t assertion, char *out, size_t size)
{
	const struct rh_plan_assertion *plan = &judge->plan->assertions[assertion];
	const struct rh_that *that = judge_that(judge, assertion);
	const char *aggregate;
	char gauge[64], limit[40], every[RH_TIME_TEXT + 16] = "";

	if (judge_has_rounds(judge, assertion) && plan->type->round_ns(plan->params) > 0)
		snprintf(every, sizeof(every), " in every %s",
			 rh_span_exact(limit, plan->type->round_ns(plan->params)));
	if (that == NULL && plan->type->formula != NULL && plan->text != NULL &&
	    strcmp(plan->text, plan->type->name) == 0) {
		struct rh_buf formula = {0};

		/* The name of a type says little; what it stands for says all. */
		plan->type->formula(plan->params, judge->plan, plan, &formula);
		snprintf(out, size, "%.60s (%.100s%s)", plan->type->name, rh_buf_str(&formula),
			 every);
		rh_buf_release(&formula);
		return;
	}
	if (that == NULL) {
		snprintf(out, size, "%.180s",
			 plan->text != NULL && plan->text[0] != 0 ? plan->text : plan->type->name);
		return;
	}
	aggregate = aggregate_text((enum rh_aggregate)that->aggregate);
	/* One value of the whole network stays as it is under every aggregate. */
	if (judge_derived((uint32_t)that->gauge) != DERIVED_NONE)
		aggregate = "";
	rh_plan_gauge_name(gauge, judge->plan, (uint32_t)that->gauge);
	limit_text(limit, unit_of_that(judge, that), that->value);
	snprintf(out, size, "%s%s%s%s %s %s", aggregate, aggregate[0] == 0 ? "" : "(", gauge,
		 aggregate[0] == 0 ? "" : ")", operator_text((enum rh_operator)that->op), limit);
}

struct words {
	char sentence[200];
	char value[40]; /* "" where there is nothing to add to the sentence */
	char at[100];	/* " at n-17" or "" */
	char window[RH_TIME_TEXT];
	char hold[RH_TIME_TEXT + 16]; /* " for 10s" or "" */
	char when[RH_TIME_TEXT];
};

/* What nobody said, as far as it can be named. */
static void reason_unknown(const struct rh_judge *judge, uint32_t assertion,
			   const struct words *words, char *out, size_t size)
{
	const struct rh_that *that = judge_that(judge, assertion);
	const struct seat *seat = &judge->seats[assertion];
	char gauge[64];

	if (seat->from_ns >= seat->until_ns)
		snprintf(out, size, "expected %s, but its window is empty", words->sentence);
	else if (that == NULL)
		snprintf(out, size, "expected %s, but %s", words->sentence,
			 judge_what_is_missing(judge, assertion));
	else if (judge_derived((uint32_t)that->gauge) == DERIVED_HEADS)
		snprintf(out, size, "expected %s, but no node said its head", words->sentence);
	else if (judge_derived((uint32_t)that->gauge) <= DERIVED_P95)
		snprintf(out, size, "expected %s, but no block spread that far in the window",
			 words->sentence);
	else
		snprintf(out, size, "expected %s, but no node said %s", words->sentence,
			 rh_plan_gauge_name(gauge, judge->plan, (uint32_t)that->gauge));
}

static void reason_unreached(const struct rh_judge *judge, uint32_t assertion,
			     const struct words *words, char *out, size_t size)
{
	const struct seat *seat = &judge->seats[assertion];
	char until[RH_TIME_TEXT];

	if (seat->end == RH_END_TIMEOUT)
		snprintf(out, size, "expected %s, but time ran out at %s", words->sentence,
			 words->when);
	else if (seat->until_ns == RH_TIME_NEVER)
		snprintf(out, size, "expected %s, but the run was cut short at %s", words->sentence,
			 words->when);
	else
		snprintf(out, size, "expected %s, but the run ended at %s and its window at %s",
			 words->sentence, words->when, rh_clock_text(until, seat->until_ns));
}

static void reason_unopened(const struct rh_judge *judge, uint32_t assertion,
			    const struct words *words, char *out, size_t size)
{
	const struct rh_plan_assertion *plan = &judge->plan->assertions[assertion];

	if (plan->during < judge->plan->step_count)
		snprintf(out, size, "expected %s, but fault %.80s was never in effect",
			 words->sentence, judge->plan->steps[plan->during].name);
	else
		snprintf(out, size, "expected %s, but step %.80s was never begun", words->sentence,
			 plan->after < judge->plan->step_count
				 ? judge->plan->steps[plan->after].name
				 : "?");
}

static void reason_true(const struct rh_judge *judge, uint32_t assertion, const struct words *words,
			char *out, size_t size)
{
	const struct seat *seat = &judge->seats[assertion];
	bool has_held = words->hold[0] != 0;
	bool has_value = words->value[0] != 0;
	uint64_t true_ns = has_held ? seat->true_since_ns : seat->decided_ns;
	uint64_t after_ns = true_ns > seat->from_ns ? true_ns - seat->from_ns : 0;
	char after[RH_TIME_TEXT];

	switch (judge->plan->assertions[assertion].mode) {
	case RH_MODE_EVENTUALLY:
	case RH_MODE_SOMETIMES:
		snprintf(out, size, "%s%s %s%s (limit %s)", words->sentence, words->hold,
			 after_ns == 0 ? "at once" : "after ",
			 after_ns == 0 ? "" : rh_span_text(after, after_ns), words->window);
		break;
	case RH_MODE_ALWAYS:
		snprintf(out, size, "%s throughout%s%s", words->sentence,
			 has_value ? ", at worst " : "", words->value);
		break;
	case RH_MODE_NEVER:
		snprintf(out, size, "%s at no time%s%s", words->sentence,
			 has_value ? ", nearest " : "", words->value);
		break;
	case RH_MODE_AT_END:
	case RH_MODE_FINAL:
		snprintf(out, size, "%s at the end%s%s", words->sentence, has_value ? ": " : "",
			 words->value);
		break;
	case RH_MODE_AT_START:
		snprintf(out, size, "%s at the start%s%s", words->sentence, has_value ? ": " : "",
			 words->value);
		break;
	case RH_MODE_EDGE:
		snprintf(out, size, "%s at both ends%s%s", words->sentence,
			 has_value ? ", in the end " : "", words->value);
		break;
	}
}

static void reason_false(const struct rh_judge *judge, uint32_t assertion,
			 const struct words *words, char *out, size_t size)
{
	const struct seat *seat = &judge->seats[assertion];
	bool has_value = words->value[0] != 0;
	const char *when = "";

	switch (judge->plan->assertions[assertion].mode) {
	case RH_MODE_EVENTUALLY:
	case RH_MODE_SOMETIMES:
		if (seat->last_truth == RH_TRUTH_TRUE || seat->decided_ns > seat->until_ns)
			snprintf(out, size, "expected %s%s within %s, but it did not last",
				 words->sentence, words->hold, words->window);
		else
			snprintf(out, size, "expected %s%s within %s, %s%s%s", words->sentence,
				 words->hold, words->window, has_value ? "still " : "it is not so",
				 words->value, words->at);
		return;
	case RH_MODE_ALWAYS:
		break;
	case RH_MODE_NEVER:
		when = " at no time";
		break;
	case RH_MODE_AT_END:
	case RH_MODE_FINAL:
		when = " at the end";
		break;
	case RH_MODE_AT_START:
		when = " at the start";
		break;
	case RH_MODE_EDGE:
		when = seat->is_closing ? " at the end" : " at the start";
		break;
	}
	snprintf(out, size, "expected %s%s, %s%s%s", words->sentence, when,
		 has_value ? "saw " : "and that was broken", words->value, words->at);
}

/* By what was seen, whatever was hoped for. */
static void reason_seen(const struct rh_judge *judge, uint32_t assertion, const struct words *words,
			char *out, size_t size)
{
	const struct seat *seat = &judge->seats[assertion];
	bool is_hoped = judge->plan->assertions[assertion].expects_failure == 0;

	if (seat->ground == GROUND_OVERDUE)
		snprintf(out, size, "expected %s, but a block of %.80s had not spread after %s",
			 words->sentence, judge_node_name(judge, seat->node), words->value);
	else if ((seat->state == RH_RESULT_PASSED) == is_hoped)
		reason_true(judge, assertion, words, out, size);
	else
		reason_false(judge, assertion, words, out, size);
}

static void find_words(struct words *words, const struct rh_judge *judge, uint32_t assertion)
{
	const struct rh_plan_assertion *plan = &judge->plan->assertions[assertion];
	const struct seat *seat = &judge->seats[assertion];
	char hold[RH_TIME_TEXT];

	judge_sentence(judge, assertion, words->sentence, sizeof(words->sentence));
	judge_value_text(judge, assertion, words->value, seat->value);
	rh_clock_text(words->when, seat->decided_ns / RH_NS_PER_MS * RH_NS_PER_MS);
	if (seat->node != RH_NODE_WORLD)
		snprintf(words->at, sizeof(words->at), " at %.80s",
			 judge_node_name(judge, seat->node));
	if (plan->hold_ns != 0)
		snprintf(words->hold, sizeof(words->hold), " for %s",
			 rh_span_exact(hold, plan->hold_ns));
	if (seat->until_ns == RH_TIME_NEVER || plan->mode == RH_MODE_SOMETIMES)
		snprintf(words->window, sizeof(words->window), "the run");
	else
		rh_span_exact(words->window, seat->until_ns - seat->from_ns);
}

void judge_reason(const struct rh_judge *judge, uint32_t assertion, char *out, size_t size)
{
	const struct rh_plan_assertion *plan = &judge->plan->assertions[assertion];
	const struct seat *seat = &judge->seats[assertion];
	struct words words = {.at = "", .hold = ""};
	char seen[600];

	find_words(&words, judge, assertion);
	if (seat->state == RH_RESULT_OPEN) {
		snprintf(out, size, "%s is not decided yet", words.sentence);
		return;
	}
	switch ((enum ground)seat->ground) {
	case GROUND_UNKNOWN:
		reason_unknown(judge, assertion, &words, out, size);
		return;
	case GROUND_UNREACHED:
		reason_unreached(judge, assertion, &words, out, size);
		return;
	case GROUND_UNOPENED:
		reason_unopened(judge, assertion, &words, out, size);
		return;
	case GROUND_TRUTH:
	case GROUND_OVERDUE:
		break;
	}
	reason_seen(judge, assertion, &words, seen, sizeof(seen));
	if (!plan->expects_failure)
		snprintf(out, size, "%s", seen);
	else
		snprintf(out, size, "%s: %.360s",
			 seat->state == RH_RESULT_PASSED ? "failed as it should"
							 : "should have failed",
			 seen);
}
