/*
 * record_text.c - a record as one line for people, and as one JSON object.
 *
 * Both are driven by the table in record.h: a new kind needs nothing here.  The words that make a
 * line read well ("on", "by") stand in one small table.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/base/jsontext.h"
#include "core/store/trace.h"

enum field_type {
	FIELD_NONE,
	FIELD_NUMBER,
	FIELD_SIGNED,
	FIELD_NS,
	FIELD_BYTES,
	FIELD_PPM,
	FIELD_ID,
	FIELD_NODE,
	FIELD_PHASE,
	FIELD_STEP,
	FIELD_GAUGE,
	FIELD_ASSERTION,
	FIELD_INVARIANT
};

struct field {
	const char *name;
	size_t name_len;
	enum field_type type;
	uint64_t value;
};

/* By the letters that tell the types of record.h apart: this is asked for every field of every
 * line.  What is not listed is a plain number (count, number, height, ticket). */
static enum field_type type_by_name(const char *type)
{
	switch (type[0]) {
	case 'i':
		return type[1] == 'd' ? FIELD_ID : FIELD_SIGNED;
	case 'n':
		return type[1] == 's' ? FIELD_NS : type[1] == 'o' ? FIELD_NODE : FIELD_NUMBER;
	case 'p':
		return type[1] == 'h' ? FIELD_PHASE : FIELD_PPM;
	case 's':
		return FIELD_STEP;
	case 'g':
		return FIELD_GAUGE;
	case 'a':
		return FIELD_ASSERTION;
	case 'b':
		return FIELD_BYTES;
	}
	return FIELD_NUMBER;
}

/* Field `i` (index, a, b, c, d) of a record; type FIELD_NONE when the kind does not use it. */
static struct field field_of(const struct rh_record *record, const struct rh_record_info *info,
			     size_t i)
{
	const uint64_t values[5] = {record->index, record->a, record->b, record->c, record->d};
	const char *text = info->fields[i];
	const char *colon = strchr(text, ':');
	struct field field = {.name = text, .type = FIELD_NONE, .value = values[i]};

	if (colon == NULL)
		return field;
	field.name_len = (size_t)(colon - text);
	field.type = type_by_name(colon + 1);
	if (record->kind == RH_RECORD_INVARIANT && i == 0)
		field.type = FIELD_INVARIANT;
	return field;
}

/* The name of what a field points at, or NULL: then it is told by number. */
static const char *name_of(const struct rh_names *names, enum field_type type, uint64_t value)
{
	const char *(*ask)(const void *ctx, uint32_t number) = NULL;

	if (value > UINT32_MAX)
		return NULL;
	switch (type) {
	case FIELD_NODE:
		if (value == RH_NODE_WORLD)
			return "world";
		ask = names->node;
		break;
	case FIELD_PHASE:
		ask = names->phase;
		break;
	case FIELD_STEP:
		ask = names->step;
		break;
	case FIELD_GAUGE:
		ask = names->gauge;
		break;
	case FIELD_ASSERTION:
		ask = names->assertion;
		break;
	case FIELD_INVARIANT:
		ask = names->invariant;
		break;
	case FIELD_NONE:
	case FIELD_NUMBER:
	case FIELD_SIGNED:
	case FIELD_NS:
	case FIELD_BYTES:
	case FIELD_PPM:
	case FIELD_ID:
		return NULL;
	}
	return ask == NULL ? NULL : ask(names->ctx, (uint32_t)value);
}

static enum rh_unit unit_of(const struct rh_names *names, uint32_t gauge)
{
	const struct rh_gauge_info *info = rh_gauge_info(gauge);

	if (names->gauge_unit != NULL)
		return names->gauge_unit(names->ctx, gauge);
	return info == NULL ? RH_UNIT_COUNT : info->unit;
}

/* ---- a line for people ----------------------------------------------------------------------- */

/* Appends `text` and blanks up to `width` columns; at least one blank. */
static void put_column(struct rh_buf *out, const char *text, size_t width)
{
	static const char blanks[] = "                                ";
	size_t len = strlen(text);

	rh_buf_put(out, text, len);
	rh_buf_put(out, blanks, len < width ? width - len : 1);
}

/* "on " before a block's parent: what a field is, in a word; its own name where that is best. */
static void put_lead(struct rh_buf *out, const struct field *field)
{
	static const struct {
		const char *name;
		const char *lead;
	} leads[] = {
		{"block:", ""},
		{"parent:", "on "},
		{"producer:", "by "},
		{"previous:", "was "},
		{"ancestor:", "back to "},
		{"phase:", ""},
		{"step:", ""},
		{"gauge:", ""},
		{"value:", ""},
		{"assertion:", ""},
		{"invariant:", ""},
		{"id:", ""},
		{"tx:", ""},
		{"peer:", ""},
		{"message:", ""},
		{"delay:", "after "},
	};

	for (size_t i = 0; i < RH_ARRAY_LEN(leads); i++) {
		if (strncmp(leads[i].name, field->name, strlen(leads[i].name)) == 0) {
			rh_buf_text(out, leads[i].lead);
			return;
		}
	}
	rh_buf_put(out, field->name, field->name_len);
	rh_buf_text(out, " ");
}

/* Blocks and transactions as b12ab and t12ab. */
static void put_id(struct rh_buf *out, const struct rh_record *record, const struct field *field)
{
	bool is_tx = strncmp(field->name, "tx:", 3) == 0 ||
		     (record->kind == RH_RECORD_NAME && record->stage == 1);
	bool is_block = strncmp(field->name, "block:", 6) == 0 ||
			strncmp(field->name, "parent:", 7) == 0 ||
			strncmp(field->name, "previous:", 9) == 0 ||
			strncmp(field->name, "ancestor:", 9) == 0 ||
			(record->kind == RH_RECORD_NAME && record->stage == 0);

	rh_buf_printf(out, "%s%" PRIx64, is_block ? "b" : is_tx ? "t" : "", field->value);
}

static void put_value(struct rh_buf *out, const struct rh_record *record, const struct field *field,
		      const struct rh_names *names)
{
	const char *name = name_of(names, field->type, field->value);
	char text[40];

	if (name != NULL) {
		rh_buf_text(out, name);
		return;
	}
	switch (field->type) {
	case FIELD_SIGNED:
		if (record->kind == RH_RECORD_GAUGE)
			rh_buf_text(out, rh_gauge_text(text, unit_of(names, record->index),
						       (int64_t)field->value));
		else
			rh_buf_printf(out, "%" PRId64, (int64_t)field->value);
		return;
	case FIELD_NS:
		rh_buf_text(out, rh_span_text(text, field->value));
		return;
	case FIELD_BYTES:
		rh_buf_text(out, rh_gauge_text(text, RH_UNIT_BYTES, (int64_t)field->value));
		return;
	case FIELD_PPM:
		rh_buf_text(out, rh_gauge_text(text, RH_UNIT_PPM, (int64_t)field->value));
		return;
	case FIELD_ID:
		put_id(out, record, field);
		return;
	case FIELD_NONE:
	case FIELD_NUMBER:
	case FIELD_NODE:
	case FIELD_PHASE:
	case FIELD_STEP:
	case FIELD_GAUGE:
	case FIELD_ASSERTION:
	case FIELD_INVARIANT:
		rh_decimal(out, field->value);
		return;
	}
}

/* Text that a world or a client wrote: one line, whatever is in it. */
static void put_line(struct rh_buf *out, const char *text, size_t len)
{
	for (size_t i = 0; i < len;) {
		size_t size = rh_utf8_len(text + i, len - i);

		if (size == 0 || (uint8_t)text[i] < 0x20 || text[i] == 0x7F)
			rh_buf_text(out, size == 0 ? "?" : " ");
		else
			rh_buf_put(out, text + i, size);
		i += size == 0 ? 1 : size;
	}
}

/* What a fault or an action has not got yet is not told: how long it took before it is in effect,
 * what it touched before it is over. */
static bool is_silent(const struct rh_record *record, const struct field *field)
{
	if (field->value != 0)
		return false;
	if (record->kind == RH_RECORD_FAULT)
		return field->type == FIELD_NS ||
		       (field->type == FIELD_NUMBER && record->stage != RH_FAULT_CLEARED);
	return record->kind == RH_RECORD_ACTION && strncmp(field->name, "touched:", 8) == 0;
}

void rh_record_print_rest(struct rh_buf *out, const struct rh_record *record,
			  const struct rh_names *names)
{
	/* What a reader looks for first stands first: of a head its height, of a reorg its depth. */
	static const uint8_t usual_order[5] = {0, 1, 2, 3, 4};
	static const uint8_t head_order[5] = {0, 1, 3, 2, 4};
	static const uint8_t reorg_order[5] = {0, 3, 1, 2, 4};
	const struct rh_record_info *info = rh_record_info(record->kind);
	const uint8_t *order = record->kind == RH_RECORD_HEAD	 ? head_order
			       : record->kind == RH_RECORD_REORG ? reorg_order
								 : usual_order;
	const char *separator = "";
	char word[24];

	RH_ASSERT(info != NULL);
	if (strchr(info->stages, '|') != NULL) {
		rh_buf_text(out, rh_record_stage_text(word, record->kind, record->stage));
		separator = " ";
	}
	for (size_t i = 0; i < 5; i++) {
		struct field field = field_of(record, info, order[i]);

		if (field.type == FIELD_NONE || is_silent(record, &field))
			continue;
		rh_buf_text(out, separator);
		separator = " ";
		put_lead(out, &field);
		put_value(out, record, &field, names);
	}
	if (record->text_len > 0) {
		rh_buf_text(out, *separator == 0 ? "" : ": ");
		put_line(out, record->text, record->text_len);
	}
}

void rh_record_print(struct rh_buf *out, const struct rh_record *record,
		     const struct rh_names *names)
{
	const char *node = name_of(names, FIELD_NODE, record->node);
	char text[RH_TIME_TEXT];

	put_column(out, rh_clock_text(text, record->time_ns), 20);
	if (node == NULL)
		snprintf(text, sizeof(text), "#%" PRIu32, record->node);
	put_column(out, node == NULL ? text : node, 9);
	put_column(out, rh_record_info(record->kind)->text, 10);
	rh_record_print_rest(out, record, names);
}

/* ---- JSON ------------------------------------------------------------------------------------ */

static void put_digits(uint8_t *at, uint64_t value, int count)
{
	for (int i = count - 1; i >= 0; i--) {
		at[i] = (uint8_t)('0' + value % 10);
		value /= 10;
	}
}

/* "2026-01-01T00:01:41.204000000Z": seconds of the Unix calendar and nanoseconds.  Days to year,
 * month and day by counting in eras of 400 years from a first of March. */
static void put_utc(struct rh_buf *out, uint64_t unix_s, uint64_t ns)
{
	uint64_t days = unix_s / 86400 + 719468;
	uint64_t secs = unix_s % 86400;
	uint64_t era = days / 146097;
	uint64_t day_of_era = days % 146097;
	uint64_t year_of_era =
		(day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	uint64_t day_of_year =
		day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	uint64_t shifted_month = (5 * day_of_year + 2) / 153;
	uint64_t day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
	uint64_t month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
	uint64_t year = era * 400 + year_of_era + (month <= 2 ? 1 : 0);
	uint8_t *at = rh_buf_extend(out, 30);

	memcpy(at, "0000-00-00T00:00:00.000000000Z", 30);
	put_digits(at, year, 4);
	put_digits(at + 5, month, 2);
	put_digits(at + 8, day, 2);
	put_digits(at + 11, secs / 3600, 2);
	put_digits(at + 14, secs / 60 % 60, 2);
	put_digits(at + 17, secs % 60, 2);
	put_digits(at + 20, ns, 9);
}

static bool is_taken(const struct field *field)
{
	static const char taken[][6] = {"ts", "tNs", "seq", "kind", "stage", "node", "text"};

	for (size_t i = 0; i < RH_ARRAY_LEN(taken); i++) {
		if (field->name_len < 6 && taken[i][field->name_len] == 0 &&
		    memcmp(taken[i], field->name, field->name_len) == 0)
			return true;
	}
	return false;
}

/* A field called like one of the keys that every line has stands under its kind's name:
 * "messageKind". */
static void put_key(struct rh_buf *out, const struct rh_record_info *info,
		    const struct field *field)
{
	rh_buf_put(out, ",\"", 2);
	if (is_taken(field)) {
		rh_buf_text(out, info->text);
		rh_buf_u8(out, (uint8_t)(field->name[0] - 'a' + 'A'));
		rh_buf_put(out, field->name + 1, field->name_len - 1);
	} else {
		rh_buf_put(out, field->name, field->name_len);
	}
	rh_buf_put(out, "\":", 2);
}

static void put_json_value(struct rh_buf *out, const struct rh_record *record,
			   const struct field *field, const struct rh_names *names)
{
	const char *name = name_of(names, field->type, field->value);

	if (name != NULL) {
		rh_json_text(out, name);
		return;
	}
	if (field->type == FIELD_ID)
		rh_json_id(out, field->value);
	else if (field->type != FIELD_SIGNED)
		rh_json_u64(out, field->value);
	else if (record->kind == RH_RECORD_GAUGE && unit_of(names, record->index) == RH_UNIT_ID)
		rh_json_id(out, field->value);
	else
		rh_json_i64(out, (int64_t)field->value);
}

#define PUT_LITERAL(out, text) rh_buf_put(out, text, sizeof(text) - 1)

void rh_record_json(struct rh_buf *out, const struct rh_record *record,
		    const struct rh_names *names)
{
	const struct rh_record_info *info = rh_record_info(record->kind);
	const char *node = name_of(names, FIELD_NODE, record->node);
	char word[24];

	RH_ASSERT(info != NULL);
	PUT_LITERAL(out, "{\"ts\":\"");
	put_utc(out, names->genesis_unix_s + record->time_ns / RH_NS_PER_SEC,
		record->time_ns % RH_NS_PER_SEC);
	PUT_LITERAL(out, "\",\"tNs\":");
	rh_json_u64(out, record->time_ns);
	if (names->seq != NULL) {
		PUT_LITERAL(out, ",\"seq\":");
		rh_json_u64(out, *names->seq);
	}
	PUT_LITERAL(out, ",\"kind\":\"");
	rh_buf_text(out, info->text);
	PUT_LITERAL(out, "\",\"stage\":\"");
	rh_buf_text(out, rh_record_stage_text(word, record->kind, record->stage));
	PUT_LITERAL(out, "\",\"node\":");
	if (node != NULL)
		rh_json_text(out, node);
	else
		rh_json_u64(out, record->node);
	for (size_t i = 0; i < 5; i++) {
		struct field field = field_of(record, info, i);

		if (field.type == FIELD_NONE)
			continue;
		put_key(out, info, &field);
		put_json_value(out, record, &field, names);
	}
	if (record->text_len > 0) {
		PUT_LITERAL(out, ",\"text\":");
		rh_json_string(out, record->text, record->text_len);
	}
	PUT_LITERAL(out, "}");
}

/* ---- names of a plan ------------------------------------------------------------------------- */

struct plan_names {
	const struct rh_plan *plan;
	const char **own_gauges;
};

static const struct rh_plan *plan_of(const void *ctx)
{
	return ((const struct plan_names *)ctx)->plan;
}

static const char *plan_node(const void *ctx, uint32_t node)
{
	const struct rh_plan *plan = plan_of(ctx);

	return node < plan->node_count ? plan->nodes[node].name : NULL;
}

static const char *plan_gauge(const void *ctx, uint32_t gauge)
{
	const struct plan_names *names = ctx;
	const struct rh_gauge_info *info = rh_gauge_info(gauge);

	if (info != NULL)
		return info->name;
	if (names->plan->model == NULL || gauge < RH_GAUGE_MODEL ||
	    gauge - RH_GAUGE_MODEL >= names->plan->model->gauge_count)
		return NULL;
	return names->own_gauges[gauge - RH_GAUGE_MODEL];
}

static const char *plan_step(const void *ctx, uint32_t step)
{
	const struct rh_plan *plan = plan_of(ctx);

	return step < plan->step_count ? plan->steps[step].name : NULL;
}

static const char *plan_phase(const void *ctx, uint32_t phase)
{
	const struct rh_plan *plan = plan_of(ctx);

	return phase < plan->phase_count ? plan->phases[phase].name : NULL;
}

static const char *plan_assertion(const void *ctx, uint32_t assertion)
{
	const struct rh_plan *plan = plan_of(ctx);

	return assertion < plan->assertion_count ? plan->assertions[assertion].name : NULL;
}

static const char *plan_invariant(const void *ctx, uint32_t invariant)
{
	const struct rh_plan *plan = plan_of(ctx);

	if (plan->model == NULL || invariant >= plan->model->invariant_count)
		return NULL;
	return plan->model->invariants[invariant].name;
}

static enum rh_unit plan_gauge_unit(const void *ctx, uint32_t gauge)
{
	return rh_plan_gauge_unit(plan_of(ctx), gauge);
}

void rh_plan_names(struct rh_names *names, struct rh_arena *arena, const struct rh_plan *plan)
{
	uint32_t own_count = plan->model == NULL ? 0 : plan->model->gauge_count;
	struct plan_names *ctx = RH_ARENA_NEW(arena, struct plan_names);

	ctx->plan = plan;
	ctx->own_gauges = RH_ARENA_ARRAY(arena, own_count, const char *);
	for (uint32_t i = 0; i < own_count; i++) {
		char name[64];

		rh_plan_gauge_name(name, plan, RH_GAUGE_MODEL + i);
		ctx->own_gauges[i] = rh_arena_text(arena, name, strlen(name));
	}
	*names = (struct rh_names){
		.node = plan_node,
		.gauge = plan_gauge,
		.step = plan_step,
		.phase = plan_phase,
		.assertion = plan_assertion,
		.invariant = plan_invariant,
		.gauge_unit = plan_gauge_unit,
		.ctx = ctx,
		.genesis_unix_s = plan->genesis_unix_s,
	};
}
