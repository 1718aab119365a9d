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

enum rh_unit judge_value_unit(const struct rh_judge *judge, uint32_t assertion)
{
	const struct rh_that *that = judge_that(&judge->plan->assertions[assertion]);

	if (that == NULL || (that->aggregate == RH_AGG_DISTINCT &&
			     judge_derived((uint32_t)that->gauge) == DERIVED_NONE))
		return RH_UNIT_COUNT;
	return rh_plan_gauge_unit(judge->plan, (uint32_t)that->gauge);
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
	const struct rh_that *that = judge_that(plan);
	const char *aggregate;
	char gauge[64], limit[40];

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
	limit_text(limit, judge_value_unit(judge, assertion), that->value);
	snprintf(out, size, "%s%s%s%s %s %s", aggregate, aggregate[0] == 0 ? "" : "(", gauge,
		 aggregate[0] == 0 ? "" : ")", operator_text((enum rh_operator)that->op), limit);
}

struct words {
	char sentence[200];
	char value[40];
	char at[100]; /* " at n-17" or "" */
	char window[RH_TIME_TEXT];
	char when[RH_TIME_TEXT];
};

static void reason_unknown(const struct rh_judge *judge, uint32_t assertion,
			   const struct words *words, char *out, size_t size)
{
	const struct rh_that *that = judge_that(&judge->plan->assertions[assertion]);
	char gauge[64];

	if (judge->plan->assertions[assertion].from_ns >=
	    judge->plan->assertions[assertion].until_ns)
		snprintf(out, size, "expected %s, but its window is empty", words->sentence);
	else if (that == NULL)
		snprintf(out, size, "expected %s, but there was nothing to judge by",
			 words->sentence);
	else if (judge_derived((uint32_t)that->gauge) == DERIVED_HEADS)
		snprintf(out, size, "expected %s, but no node said its head", words->sentence);
	else if (judge_derived((uint32_t)that->gauge) != DERIVED_NONE)
		snprintf(out, size, "expected %s, but no block spread that far in the window",
			 words->sentence);
	else
		snprintf(out, size, "expected %s, but no node said %s", words->sentence,
			 rh_plan_gauge_name(gauge, judge->plan, (uint32_t)that->gauge));
}

static void reason_unreached(const struct rh_judge *judge, uint32_t assertion,
			     const struct words *words, char *out, size_t size)
{
	const struct rh_plan_assertion *plan = &judge->plan->assertions[assertion];
	char until[RH_TIME_TEXT];

	if (judge->seats[assertion].end == RH_END_TIMEOUT)
		snprintf(out, size, "expected %s, but time ran out at %s", words->sentence,
			 words->when);
	else if (plan->until_ns == RH_TIME_NEVER)
		snprintf(out, size, "expected %s, but the run was cut short at %s", words->sentence,
			 words->when);
	else
		snprintf(out, size, "expected %s, but the run ended at %s and its window at %s",
			 words->sentence, words->when, rh_clock_text(until, plan->until_ns));
}

static void reason_passed(const struct rh_judge *judge, uint32_t assertion,
			  const struct words *words, char *out, size_t size)
{
	const struct rh_plan_assertion *plan = &judge->plan->assertions[assertion];
	uint64_t after_ns = judge->seats[assertion].decided_ns - plan->from_ns;
	char after[RH_TIME_TEXT];

	switch (plan->mode) {
	case RH_MODE_EVENTUALLY:
		snprintf(out, size, "%s %s%s (limit %s)", words->sentence,
			 after_ns == 0 ? "at once" : "after ",
			 after_ns == 0 ? "" : rh_span_text(after, after_ns), words->window);
		break;
	case RH_MODE_ALWAYS:
		snprintf(out, size, "%s throughout, at worst %s", words->sentence, words->value);
		break;
	case RH_MODE_NEVER:
		snprintf(out, size, "%s at no time, nearest %s", words->sentence, words->value);
		break;
	case RH_MODE_AT_END:
		snprintf(out, size, "%s at the end: %s", words->sentence, words->value);
		break;
	}
}

static void reason_failed(const struct rh_judge *judge, uint32_t assertion,
			  const struct words *words, char *out, size_t size)
{
	switch (judge->plan->assertions[assertion].mode) {
	case RH_MODE_EVENTUALLY:
		snprintf(out, size, "expected %s within %s, still %s%s", words->sentence,
			 words->window, words->value, words->at);
		break;
	case RH_MODE_ALWAYS:
		snprintf(out, size, "expected %s, saw %s%s", words->sentence, words->value,
			 words->at);
		break;
	case RH_MODE_NEVER:
		snprintf(out, size, "expected %s at no time, saw %s%s", words->sentence,
			 words->value, words->at);
		break;
	case RH_MODE_AT_END:
		snprintf(out, size, "expected %s at the end, saw %s%s", words->sentence,
			 words->value, words->at);
		break;
	}
}

void judge_reason(const struct rh_judge *judge, uint32_t assertion, char *out, size_t size)
{
	const struct rh_plan_assertion *plan = &judge->plan->assertions[assertion];
	const struct seat *seat = &judge->seats[assertion];
	struct words words = {.at = ""};

	judge_sentence(judge, assertion, words.sentence, sizeof(words.sentence));
	rh_gauge_text(words.value, judge_value_unit(judge, assertion), seat->value);
	rh_clock_text(words.when, seat->decided_ns / RH_NS_PER_MS * RH_NS_PER_MS);
	if (seat->node != RH_NODE_WORLD)
		snprintf(words.at, sizeof(words.at), " at %.80s",
			 judge_node_name(judge, seat->node));
	if (plan->until_ns == RH_TIME_NEVER)
		snprintf(words.window, sizeof(words.window), "the run");
	else
		rh_span_exact(words.window, plan->until_ns - plan->from_ns);
	if (seat->state == RH_RESULT_OPEN)
		snprintf(out, size, "%s is not decided yet", words.sentence);
	else if (seat->ground == GROUND_UNKNOWN)
		reason_unknown(judge, assertion, &words, out, size);
	else if (seat->ground == GROUND_UNREACHED)
		reason_unreached(judge, assertion, &words, out, size);
	else if (seat->ground == GROUND_OVERDUE)
		snprintf(out, size, "expected %s, but a block of %.80s had not spread after %s",
			 words.sentence, judge_node_name(judge, seat->node), words.value);
	else if (seat->state == RH_RESULT_PASSED)
		reason_passed(judge, assertion, &words, out, size);
	else
		reason_failed(judge, assertion, &words, out, size);
}
