/*
 * sentence.c - records and decisions as sentences.
 *
 * A reader of evidence wants to know who did what; the numbers of a record that only tools compare
 * are left out, and ids are cut to the digits that tell them apart (a search for them in `trace
 * cat` finds the whole id).  What has no sentence of its own is told as `trace cat` tells it.
 */
#include "core/report/sentence.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/report/words.h"
#include "core/scenario/that.h"

/* Digits of a block's id: with 32 bits, two of a thousand blocks look alike once in 10,000 runs. */
#define ID_DIGITS 8

struct sentence {
	struct rh_buf *out;
	const struct rh_record *record;
	const struct rh_names *names;
};

static void put_block(const struct sentence *sentence, uint64_t height, uint64_t id)
{
	char digits[24];

	snprintf(digits, sizeof(digits), "%" PRIx64, id);
	rh_buf_printf(sentence->out, "block %" PRIu64 " (b%.*s)", height, ID_DIGITS, digits);
}

static void put_name(const struct sentence *sentence,
		     const char *(*ask)(const void *ctx, uint32_t number), uint64_t number)
{
	const char *name = NULL;

	if (ask != NULL && number <= UINT32_MAX)
		name = ask(sentence->names->ctx, (uint32_t)number);
	if (name != NULL)
		rh_buf_text(sentence->out, name);
	else
		rh_buf_printf(sentence->out, "#%" PRIu64, number);
}

static void put_plain(const struct sentence *sentence)
{
	rh_buf_printf(sentence->out, "%s ", rh_record_info(sentence->record->kind)->text);
	rh_record_print_rest(sentence->out, sentence->record, sentence->names);
}

static void tell_block(const struct sentence *sentence)
{
	static const char *const verbs[] = {"produces ", "accepts ", "refuses "};
	const struct rh_record *record = sentence->record;

	if (record->stage >= RH_ARRAY_LEN(verbs)) {
		put_plain(sentence);
		return;
	}
	rh_buf_text(sentence->out, verbs[record->stage]);
	put_block(sentence, record->c, record->a);
	if (record->stage == RH_BLOCK_PRODUCED)
		return;
	rh_buf_text(sentence->out, " of ");
	put_name(sentence, sentence->names->node, record->d);
}

static void tell_gauge(const struct sentence *sentence)
{
	const struct rh_names *names = sentence->names;
	enum rh_unit unit = RH_UNIT_COUNT;
	char text[40];

	if (names->gauge_unit != NULL)
		unit = names->gauge_unit(names->ctx, sentence->record->index);
	put_name(sentence, names->gauge, sentence->record->index);
	rh_buf_printf(sentence->out, " is now %s",
		      rh_gauge_text(text, unit, (int64_t)sentence->record->a));
}

static void tell_reorg(const struct sentence *sentence)
{
	const struct rh_record *record = sentence->record;
	char digits[24];

	snprintf(digits, sizeof(digits), "%" PRIx64, record->a);
	rh_buf_printf(sentence->out, "undoes %" PRIu64 " block%s to follow b%.*s", record->c,
		      record->c == 1 ? "" : "s", ID_DIGITS, digits);
}

/* The name of a fault, an action or a phase and the word for what became of it. */
static void tell_stage(const struct sentence *sentence,
		       const char *(*ask)(const void *ctx, uint32_t number), uint64_t number,
		       const char *const *words, size_t word_count)
{
	if (sentence->record->stage >= word_count) {
		put_plain(sentence);
		return;
	}
	put_name(sentence, ask, number);
	rh_buf_printf(sentence->out, " %s", words[sentence->record->stage]);
}

static void tell_transaction(const struct sentence *sentence)
{
	static const char *const verbs[] = {"is sent ", "has seen ", "includes ", "drops "};
	const struct rh_record *record = sentence->record;
	char digits[24];

	if (record->stage >= RH_ARRAY_LEN(verbs)) {
		put_plain(sentence);
		return;
	}
	snprintf(digits, sizeof(digits), "%" PRIx64, record->a);
	rh_buf_printf(sentence->out, "%stransaction t%.*s", verbs[record->stage], ID_DIGITS,
		      digits);
	if (record->stage == RH_TX_INCLUDED)
		rh_buf_printf(sentence->out, " in block %" PRIu64, record->c);
}

static void tell_node(const struct sentence *sentence)
{
	static const char *const words[] = {"comes up", "goes down", "is paused", "is ready",
					    "has vanished"};

	if (sentence->record->stage >= RH_ARRAY_LEN(words))
		put_plain(sentence);
	else
		rh_buf_text(sentence->out, words[sentence->record->stage]);
}

void rh_sentence_record(struct rh_buf *out, const struct rh_record *record,
			const struct rh_names *names)
{
	static const char *const fault_words[] = {"is requested", "is in effect", "is cleared",
						  "could not be verified"};
	static const char *const action_words[] = {"is requested", "is done", "is refused",
						   "has failed"};
	static const char *const phase_words[] = {"begins", "ends"};
	const struct sentence sentence = {out, record, names};

	RH_ASSERT(rh_record_info(record->kind) != NULL);
	if (record->kind == RH_RECORD_BLOCK) {
		tell_block(&sentence);
	} else if (record->kind == RH_RECORD_HEAD) {
		rh_buf_text(out, "its head is now ");
		put_block(&sentence, record->c, record->a);
	} else if (record->kind == RH_RECORD_FINALIZED) {
		rh_buf_text(out, "its last final block is now ");
		put_block(&sentence, record->c, record->a);
	} else if (record->kind == RH_RECORD_GAUGE) {
		tell_gauge(&sentence);
	} else if (record->kind == RH_RECORD_REORG) {
		tell_reorg(&sentence);
	} else if (record->kind == RH_RECORD_TX) {
		tell_transaction(&sentence);
	} else if (record->kind == RH_RECORD_NODE) {
		tell_node(&sentence);
	} else if (record->kind == RH_RECORD_FAULT) {
		tell_stage(&sentence, names->step, record->index, fault_words,
			   RH_ARRAY_LEN(fault_words));
	} else if (record->kind == RH_RECORD_ACTION) {
		tell_stage(&sentence, names->step, record->a, action_words,
			   RH_ARRAY_LEN(action_words));
	} else if (record->kind == RH_RECORD_PHASE) {
		tell_stage(&sentence, names->phase, record->index, phase_words,
			   RH_ARRAY_LEN(phase_words));
	} else {
		put_plain(&sentence);
	}
}

/* ---- decisions ------------------------------------------------------------------------------- */

/* Of a sentence of `that:` what was seen and what was allowed; other types say it in their reason. */
static void put_seen(struct rh_buf *out, const struct rh_plan *plan,
		     const struct rh_plan_assertion *assertion, const struct rh_result *result)
{
	const struct rh_that *that = assertion->params;
	enum rh_unit unit;
	char seen[40];
	char limit[RH_TIME_TEXT];

	if (!result->has_value || that == NULL || strcmp(assertion->type->name, "gauge") != 0)
		return;
	unit = that->aggregate == RH_AGG_DISTINCT ? RH_UNIT_COUNT
						  : rh_plan_gauge_unit(plan, (uint32_t)that->gauge);
	rh_buf_printf(out, "seen %s, %s ", rh_gauge_text(seen, unit, result->value),
		      that->op == RH_OP_EQ   ? "wanted"
		      : that->op == RH_OP_NE ? "wanted any but"
					     : "limit");
	/* What was written is told as it was written. */
	if (unit == RH_UNIT_NS && that->value >= 0)
		rh_buf_text(out, rh_span_exact(limit, (uint64_t)that->value));
	else
		rh_buf_text(out, rh_gauge_text(seen, unit, that->value));
}

/* What other types saw stands behind the last comma of their reason: "expected ..., saw 0 at eu-0". */
static void put_seen_by_reason(struct rh_buf *out, const struct rh_result *result)
{
	static const char *const words[] = {", saw ", ", still ", ", but "};
	const char *seen = NULL;

	for (size_t i = 0; i < RH_ARRAY_LEN(words); i++) {
		const char *at = result->reason;

		while ((at = strstr(at, words[i])) != NULL) {
			at += 2;
			seen = seen == NULL || at > seen ? at : seen;
		}
	}
	if (seen != NULL)
		rh_buf_text(out, strncmp(seen, "but ", 4) == 0 ? seen + 4 : seen);
}

void rh_sentence_judged(struct rh_buf *out, const struct rh_plan *plan, uint32_t assertion,
			const struct rh_result *result)
{
	size_t before = out->len;
	char fault[80];

	RH_ASSERT(assertion < plan->assertion_count);
	put_seen(out, plan, &plan->assertions[assertion], result);
	if (out->len == before)
		put_seen_by_reason(out, result);
	if (result->fault_step < plan->step_count)
		rh_buf_printf(out, "%swith %s in effect (%s)", out->len > before ? ", " : "",
			      plan->steps[result->fault_step].name,
			      rh_words_fault(fault, plan, result->fault_step));
}

/* A producer accepts its own block, and a node that moves its head says its new height as a gauge. */
static bool repeats(const struct rh_record *record, const struct rh_record *before)
{
	if (before->node != record->node || before->time_ns != record->time_ns)
		return false;
	if (record->kind == RH_RECORD_GAUGE && record->index == RH_GAUGE_HEAD_HEIGHT)
		return before->kind == RH_RECORD_HEAD && before->c == record->a;
	return record->kind == RH_RECORD_BLOCK && record->stage == RH_BLOCK_ACCEPTED &&
	       before->kind == RH_RECORD_BLOCK && before->stage == RH_BLOCK_PRODUCED &&
	       before->a == record->a;
}

bool rh_sentence_is_news(const struct rh_result *result, uint32_t index)
{
	RH_ASSERT(index < result->evidence_count);
	for (uint32_t i = 0; i < index; i++) {
		if (repeats(&result->evidence[index], &result->evidence[i]))
			return false;
	}
	return true;
}

bool rh_sentence_has_name(const struct rh_plan_assertion *assertion, const struct rh_result *result)
{
	const char *reason = result->reason;

	if (assertion->text == NULL || strcmp(assertion->name, assertion->text) != 0 ||
	    result->state == RH_RESULT_OPEN)
		return true;
	if (strncmp(reason, "expected ", 9) == 0)
		reason += 9;
	return strncmp(reason, assertion->name, strlen(assertion->name)) != 0;
}

char *rh_sentence_moment(char text[RH_TIME_TEXT], uint64_t time_ns)
{
	size_t len;

	rh_clock_text(text, time_ns / RH_NS_PER_MS * RH_NS_PER_MS);
	len = strlen(text);
	if (strchr(text, '.') == NULL)
		snprintf(text + len, RH_TIME_TEXT - len, ".000");
	return text;
}

const char *rh_sentence_who(const struct rh_plan *plan, uint32_t node)
{
	return node < plan->node_count ? plan->nodes[node].name : "network";
}
