/*
 * that.c - reads the sentence of a check: "max(reorg_depth) <= 6".
 *
 * The value is read in the unit of its gauge, so "propagation_p90 <= 30s" compares nanoseconds and
 * "participation_ratio >= 95%" parts per million.  Everything else is a whole number.
 */
#include "core/scenario/that.h"

#include <stdio.h>
#include <string.h>

#include "core/scenario/diag.h"
#include "core/scenario/value.h"

const struct rh_key rh_that_keys[] = {
	{.name = "aggregate",
	 .type = RH_KEY_ENUM,
	 .offset = offsetof(struct rh_that, aggregate),
	 .default_text = "each",
	 .values = "each|any|min|max|sum|spread|distinct",
	 .doc = "How the values of the nodes become one.",
	 .since = "0.1"},
	{.name = "gauge",
	 .type = RH_KEY_INT,
	 .offset = offsetof(struct rh_that, gauge),
	 .min = 0,
	 .max = UINT32_MAX,
	 .doc = "Number of the gauge.",
	 .since = "0.1"},
	{.name = "op",
	 .type = RH_KEY_ENUM,
	 .offset = offsetof(struct rh_that, op),
	 .values = "==|!=|<|<=|>|>=",
	 .doc = "How it is compared.",
	 .since = "0.1"},
	{.name = "value",
	 .type = RH_KEY_INT,
	 .offset = offsetof(struct rh_that, value),
	 .doc = "With what, in the unit of the gauge.",
	 .since = "0.1"},
	RH_KEY_END,
};

static const char *const aggregates[] = {"each", "any", "min", "max", "sum", "spread", "distinct"};
static const char *const operators[] = {"==", "!=", "<", "<=", ">", ">="};

bool rh_that_compare(int64_t left, enum rh_operator op, int64_t right)
{
	switch (op) {
	case RH_OP_EQ:
		return left == right;
	case RH_OP_NE:
		return left != right;
	case RH_OP_LT:
		return left < right;
	case RH_OP_LE:
		return left <= right;
	case RH_OP_GT:
		return left > right;
	case RH_OP_GE:
		return left >= right;
	}
	return false;
}

/* A sentence being read; the error points at the last word taken. */
struct sentence {
	const char *text;
	const char *at;
	const char *word;
	size_t word_len;
};

static void skip_space(struct sentence *sentence)
{
	while (*sentence->at == ' ' || *sentence->at == '\t' || *sentence->at == '\n')
		sentence->at++;
}

static void take_chars(struct sentence *sentence, const char *set)
{
	skip_space(sentence);
	sentence->word = sentence->at;
	sentence->word_len = strspn(sentence->at, set);
	sentence->at += sentence->word_len;
}

static void take_name(struct sentence *sentence)
{
	take_chars(sentence, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.");
}

static int refuse(const struct sentence *sentence, struct rh_err *err, const char *hint,
		  const char *what)
{
	return rh_err_set(err, RH_E_INPUT, "%s \"%.*s\"%s%s", what,
			  sentence->word_len > 60 ? 60 : (int)sentence->word_len, sentence->word,
			  hint[0] != 0 ? "; " : "", hint);
}

/* An index into the words, or -1. */
static int find_word(const struct sentence *sentence, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (strlen(words[i]) == sentence->word_len &&
		    memcmp(words[i], sentence->word, sentence->word_len) == 0)
			return (int)i;
	}
	return -1;
}

static int refuse_gauge(const struct sentence *sentence, const struct rh_plan *plan,
			struct rh_err *err)
{
	const char *names[RH_GAUGE_SHARED_COUNT + 256];
	char word[64] = "";
	char hint[100] = "`rehearse list gauges` shows them";
	size_t count = 0;
	const char *near;

	for (uint32_t i = 0; i < RH_GAUGE_SHARED_COUNT; i++)
		names[count++] = rh_gauge_info(i)->name;
	for (uint32_t i = 0; plan->model != NULL && i < plan->model->gauge_count && i < 256; i++)
		names[count++] = plan->model->gauges[i].name;
	snprintf(word, sizeof(word), "%.*s",
		 (int)(sentence->word_len > 63 ? 63 : sentence->word_len), sentence->word);
	near = rh_suggest(word, names, count);
	if (near != NULL)
		snprintf(hint, sizeof(hint), "did you mean \"%.60s\"?", near);
	return refuse(sentence, err, hint, "no gauge is called");
}

static int read_value(int64_t *result, const struct sentence *sentence, enum rh_unit unit,
		      struct rh_slots slots, struct rh_err *err)
{
	struct rh_key key = {.name = "value", .min = INT64_MIN, .max = INT64_MAX};
	struct rh_value_fault fault;
	struct rh_value value;
	char text[80];

	if (sentence->word_len >= sizeof(text))
		return refuse(sentence, err, "", "this is not a value:");
	memcpy(text, sentence->word, sentence->word_len);
	text[sentence->word_len] = 0;
	switch (unit) {
	case RH_UNIT_COUNT:
	case RH_UNIT_ID:
		key.type = RH_KEY_INT;
		break;
	case RH_UNIT_NS:
		key.type = RH_KEY_DURATION;
		break;
	case RH_UNIT_PPM:
		key.type = RH_KEY_RATIO;
		key.min = 0;
		key.max = INT64_C(1000000000000);
		break;
	case RH_UNIT_BYTES:
		key.type = RH_KEY_SIZE;
		break;
	}
	if (!rh_value_read(&value, &fault, &key, text, true, slots))
		return rh_err_set(err, RH_E_INPUT, "%s%s%s", fault.text,
				  fault.hint[0] != 0 ? "; " : "", fault.hint);
	*result = unit == RH_UNIT_PPM
			  ? (int64_t)rh_mul_div(value.ratio.num, 1000000, value.ratio.den)
			  : (int64_t)value.number;
	return 0;
}

/* Takes [aggregate "("] gauge [")"]. */
static int read_left(struct rh_that *that, struct sentence *sentence, const struct rh_plan *plan,
		     struct rh_err *err)
{
	bool is_open = false;
	int32_t gauge;
	char name[64];

	that->aggregate = RH_AGG_EACH;
	take_name(sentence);
	if (sentence->word_len == 0)
		return rh_err_set(err, RH_E_INPUT,
				  "a check begins with a gauge; for example \"heads == 1\"");
	skip_space(sentence);
	if (*sentence->at == '(') {
		int aggregate = find_word(sentence, aggregates, RH_ARRAY_LEN(aggregates));

		if (aggregate < 0)
			return refuse(sentence, err, "one of min max sum spread distinct any each",
				      "unknown aggregate");
		that->aggregate = (uint64_t)aggregate;
		is_open = true;
		sentence->at++;
		take_name(sentence);
	}
	if (sentence->word_len == 0 || sentence->word_len >= sizeof(name))
		return refuse_gauge(sentence, plan, err);
	memcpy(name, sentence->word, sentence->word_len);
	name[sentence->word_len] = 0;
	gauge = rh_plan_gauge_find(plan, name);
	if (gauge < 0)
		return refuse_gauge(sentence, plan, err);
	that->gauge = gauge;
	if (!is_open)
		return 0;
	skip_space(sentence);
	sentence->word = sentence->at;
	sentence->word_len = *sentence->at != 0;
	if (*sentence->at != ')')
		return rh_err_set(err, RH_E_INPUT, "a closing bracket is missing");
	sentence->at++;
	return 0;
}

static int read_sentence(struct rh_that *that, struct sentence *sentence,
			 const struct rh_plan *plan, struct rh_err *err)
{
	struct rh_slots slots = {plan->slot_ns, plan->slots_per_epoch, plan->block_ns};
	int rc = read_left(that, sentence, plan, err);
	int op;

	if (rc != 0)
		return rc;
	take_chars(sentence, "=!<>");
	op = find_word(sentence, operators, RH_ARRAY_LEN(operators));
	if (op < 0 && sentence->word_len == 0 && *sentence->at == 0)
		return rh_err_set(err, RH_E_INPUT,
				  "the comparison is missing; one of == != < <= > >=");
	if (op < 0)
		return refuse(sentence, err, "one of == != < <= > >=", "unknown operator");
	that->op = (uint64_t)op;
	skip_space(sentence);
	sentence->word = sentence->at;
	sentence->word_len = strlen(sentence->at);
	while (sentence->word_len > 0 && (sentence->word[sentence->word_len - 1] == ' ' ||
					  sentence->word[sentence->word_len - 1] == '\n'))
		sentence->word_len--;
	if (sentence->word_len == 0)
		return rh_err_set(err, RH_E_INPUT, "the value to compare with is missing");
	return read_value(&that->value, sentence, rh_plan_gauge_unit(plan, (uint32_t)that->gauge),
			  slots, err);
}

int rh_that_parse(struct rh_that *that, size_t *error_offset, size_t *error_len,
		  const struct rh_plan *plan, const char *text, struct rh_err *err)
{
	struct sentence sentence = {.text = text, .at = text, .word = text};
	int rc;

	RH_ASSERT(plan->model != NULL);
	memset(that, 0, sizeof(*that));
	rc = read_sentence(that, &sentence, plan, err);
	*error_offset = (size_t)(sentence.word - text);
	*error_len = sentence.word_len;
	return rc;
}
