/*
 * trace_read.c - reads trace files, and says exactly where a damaged one stops being true.
 *
 * Nothing of a section is used before its checksum agreed, so a record is either the one that was
 * written or is not given.  Sizes are checked against limits and against the file before memory is
 * taken.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <zstd.h>

#include "core/store/trace_source.h"

/* What a kind of the file is here. */
struct kind_map {
	const char *stages;
	enum rh_trace_coding coding[4]; /* as the file writes a..d */
	uint8_t slot[5];		/* where index, a..d of the file go: 0..4, or SLOT_NONE */
	uint16_t kind;			/* here, or KIND_UNKNOWN */
	uint16_t stage_count;
	uint16_t stage[STAGES_MAX]; /* here, by the file's number */
};

enum { SLOT_NONE = 5, KIND_UNKNOWN = UINT16_MAX, STAGE_UNKNOWN = UINT16_MAX };

struct name_list {
	const char **names;
	uint32_t count;
};

struct gauge_name {
	uint32_t gauge;
	enum rh_unit unit;
	const char *name;
};

struct block_entry {
	uint64_t offset;
	uint64_t last_ns;
};

struct rh_trace_reader {
	struct rh_arena arena;
	struct rh_trace_source source;
	struct rh_trace_info info;
	struct kind_map *kinds;
	uint32_t kind_count;
	struct name_list nodes;
	struct name_list steps;
	struct name_list phases;
	struct name_list assertions;
	struct name_list invariants;
	struct gauge_name *gauges;
	uint32_t gauge_count;
	uint64_t first_block;	   /* offset */
	struct block_entry *index; /* of a complete file */
	size_t index_count;
	uint64_t total; /* records by the footer */
	uint64_t footer_offset;

	struct rh_buf raw; /* of the block being read */
	struct rh_reader block;
	uint32_t block_count; /* records in it, and those not yet read */
	uint32_t block_left;
	uint64_t block_offset;
	uint64_t next_offset; /* of the section after it */
	uint64_t time_ns;
	uint64_t read_count; /* records since the start; meaningless after a seek */
	bool was_moved;
	bool is_at_end;
	struct rh_err damage; /* code 0: none yet */
};

/* ---- the header ------------------------------------------------------------------------------ */

static const char *read_name(struct rh_trace_reader *reader, struct rh_reader *in)
{
	size_t len;
	const uint8_t *bytes = rh_read_bytes(in, &len);

	/* A name is used as text: one with a zero byte in it is no name. */
	if (bytes == NULL || memchr(bytes, 0, len) != NULL) {
		in->is_bad = true;
		return "";
	}
	return rh_arena_text(&reader->arena, (const char *)bytes, len);
}

#define LIST_MAX  (UINT32_C(1) << 22) /* names in a list, blocks, checkpoints */
#define KINDS_MAX 1024

/* A count of things of at least `size` bytes each: more than what is left is a lie. */
static uint32_t read_count(struct rh_reader *in, size_t size)
{
	uint64_t count = rh_read_varint(in);

	if (in->is_bad || count > LIST_MAX || count > (in->len - in->pos) / size) {
		in->is_bad = true;
		return 0;
	}
	return (uint32_t)count;
}

static void read_names(struct rh_trace_reader *reader, struct rh_reader *in, struct name_list *list)
{
	list->count = read_count(in, 1);
	list->names = RH_ARENA_ARRAY(&reader->arena, list->count, const char *);
	for (uint32_t i = 0; i < list->count; i++)
		list->names[i] = read_name(reader, in);
}

static void map_stages(struct kind_map *map, const char *stages)
{
	const char *at = stages;

	while (map->stage_count < STAGES_MAX) {
		size_t len = strcspn(at, "|");
		uint16_t *stage = &map->stage[map->stage_count++];

		*stage = STAGE_UNKNOWN;
		for (uint16_t i = 0; map->kind != KIND_UNKNOWN && i < STAGES_MAX; i++) {
			char word[24];

			rh_record_stage_text(word, map->kind, i);
			if (strlen(word) == len && memcmp(word, at, len) == 0)
				*stage = i;
		}
		if (at[len] == 0)
			return;
		at += len + 1;
	}
}

static void read_kind(struct rh_trace_reader *reader, struct rh_reader *in, struct kind_map *map)
{
	int kind = rh_record_kind_by_name(read_name(reader, in));
	const char *stages = read_name(reader, in);

	map->kind = kind < 0 ? KIND_UNKNOWN : (uint16_t)kind;
	map_stages(map, stages);
	for (size_t i = 0; i < 5; i++) {
		const char *field = read_name(reader, in);

		map->slot[i] = SLOT_NONE;
		if (i > 0)
			map->coding[i - 1] = rh_trace_coding(field);
		for (uint8_t j = 0; kind >= 0 && field[0] != 0 && j < 5; j++) {
			if (strcmp(rh_record_info(map->kind)->fields[j], field) == 0)
				map->slot[i] = j;
		}
	}
}

static void read_gauges(struct rh_trace_reader *reader, struct rh_reader *in)
{
	reader->gauge_count = read_count(in, 3);
	reader->gauges = RH_ARENA_ARRAY(&reader->arena, reader->gauge_count, struct gauge_name);
	for (uint32_t i = 0; i < reader->gauge_count; i++) {
		struct gauge_name *gauge = &reader->gauges[i];
		uint8_t unit;

		gauge->gauge = (uint32_t)rh_read_varint(in);
		gauge->name = read_name(reader, in);
		unit = rh_read_u8(in);
		if (unit > RH_UNIT_ID)
			in->is_bad = true;
		gauge->unit = unit > RH_UNIT_ID ? RH_UNIT_COUNT : (enum rh_unit)unit;
	}
}

/* Whether they make a plan is for rh_plan_decode() to say. */
static void read_plan(struct rh_trace_reader *reader, struct rh_reader *in)
{
	size_t len;
	const uint8_t *bytes = rh_read_bytes(in, &len);

	if (bytes == NULL || len == 0)
		return;
	reader->info.plan_bytes = memcpy(RH_ARENA_ARRAY(&reader->arena, len, uint8_t), bytes, len);
	reader->info.plan_len = len;
}

static int parse_header(struct rh_trace_reader *reader, struct rh_err *err)
{
	struct rh_reader in;
	uint8_t level;

	rh_reader_init(&in, reader->raw.data, reader->raw.len);
	reader->info.version = rh_read_u32(&in);
	if (!in.is_bad && reader->info.version != TRACE_VERSION)
		return rh_err_set(err, RH_E_UNSUPPORTED,
				  "%.800s: trace version %" PRIu32 ", this program reads %d",
				  reader->source.path, reader->info.version, TRACE_VERSION);
	reader->info.plan_hash.low = rh_read_u64(&in);
	reader->info.plan_hash.high = rh_read_u64(&in);
	reader->info.seed = rh_read_u64(&in);
	reader->info.genesis_unix_s = rh_read_u64(&in);
	level = rh_read_u8(&in);
	in.is_bad |= level > RH_TRACE_FULL;
	reader->info.level = level > RH_TRACE_FULL ? RH_TRACE_FULL : (enum rh_trace_level)level;
	reader->info.scenario = read_name(reader, &in);
	reader->kind_count = read_count(&in, 7);
	if (reader->kind_count > KINDS_MAX) {
		reader->kind_count = 0;
		in.is_bad = true;
	}
	reader->kinds = RH_ARENA_ARRAY(&reader->arena, reader->kind_count, struct kind_map);
	for (uint32_t i = 0; i < reader->kind_count; i++)
		read_kind(reader, &in, &reader->kinds[i]);
	read_gauges(reader, &in);
	read_names(reader, &in, &reader->nodes);
	read_names(reader, &in, &reader->steps);
	read_names(reader, &in, &reader->phases);
	read_names(reader, &in, &reader->assertions);
	read_names(reader, &in, &reader->invariants);
	reader->info.node_count = reader->nodes.count;
	read_plan(reader, &in);
	if (in.is_bad || in.pos != in.len)
		return rh_trace_source_damage(&reader->source, err, TRACE_MAGIC_BYTES,
					      "the header makes no sense");
	return 0;
}

/* ---- the footer ------------------------------------------------------------------------------ */

/* Fills index and checkpoints from the footer's raw bytes; false when they make no sense. */
static bool parse_footer(struct rh_trace_reader *reader, const struct rh_buf *raw)
{
	struct rh_checkpoint *checkpoints;
	struct rh_reader in;
	uint64_t offset = 0;
	uint64_t time_ns = 0;

	rh_reader_init(&in, raw->data, raw->len);
	reader->total = rh_read_varint(&in);
	reader->index_count = read_count(&in, 4);
	reader->index = RH_ARENA_ARRAY(&reader->arena, reader->index_count, struct block_entry);
	for (size_t i = 0; i < reader->index_count; i++) {
		offset += rh_read_varint(&in);
		rh_read_varint(&in);
		reader->index[i] = (struct block_entry){offset, rh_read_varint(&in)};
		rh_read_varint(&in);
		in.is_bad |= offset >= reader->source.size;
	}
	reader->info.checkpoint_count = read_count(&in, 17);
	checkpoints =
		RH_ARENA_ARRAY(&reader->arena, reader->info.checkpoint_count, struct rh_checkpoint);
	for (size_t i = 0; i < reader->info.checkpoint_count; i++) {
		time_ns += rh_read_varint(&in);
		checkpoints[i].time_ns = time_ns;
		checkpoints[i].hash.low = rh_read_u64(&in);
		checkpoints[i].hash.high = rh_read_u64(&in);
	}
	reader->info.checkpoints = checkpoints;
	return !in.is_bad && in.pos == in.len;
}

/* A whole file ends in a trailer that leads to the footer.  Without one nothing is lost but the
 * index. */
static void find_footer(struct rh_trace_reader *reader)
{
	struct rh_trace_section section;
	uint64_t offset;

	if (!rh_trace_source_trailer(&reader->source, &offset) ||
	    rh_trace_source_section(&reader->source, offset, &section, &reader->raw, NULL) != 0 ||
	    section.mark != MARK_FOOTER || !parse_footer(reader, &reader->raw)) {
		reader->info.checkpoint_count = 0;
		reader->index_count = 0;
		return;
	}
	reader->info.is_complete = true;
	reader->info.record_count = reader->total;
	reader->footer_offset = offset;
}

/* ---- opening --------------------------------------------------------------------------------- */

static int open_source(struct rh_trace_reader *reader, struct rh_err *err)
{
	struct rh_trace_section section;
	struct rh_err why = {0};
	int rc = rh_trace_source_magic(&reader->source, err);

	if (rc != 0)
		return rc;
	if (rh_trace_source_section(&reader->source, TRACE_MAGIC_BYTES, &section, &reader->raw,
				    &why) != 0)
		return rh_trace_source_damage(&reader->source, err, TRACE_MAGIC_BYTES, why.text);
	if (section.mark != MARK_HEADER)
		return rh_trace_source_damage(&reader->source, err, TRACE_MAGIC_BYTES,
					      "there is no header");
	rc = parse_header(reader, err);
	if (rc != 0)
		return rc;
	reader->first_block = TRACE_MAGIC_BYTES + SECTION_HEAD_BYTES + section.packed_size;
	reader->next_offset = reader->first_block;
	find_footer(reader);
	return 0;
}

static int open_reader(struct rh_trace_reader **reader, struct rh_trace_reader *made, int rc,
		       struct rh_err *err)
{
	if (rc == 0)
		rc = open_source(made, err);
	if (rc != 0) {
		rh_trace_reader_close(made);
		made = NULL;
	}
	*reader = made;
	return rc;
}

int rh_trace_open(struct rh_trace_reader **reader, const char *path, struct rh_err *err)
{
	struct rh_trace_reader *made = rh_alloc(1, sizeof(*made));

	return open_reader(reader, made, rh_trace_source_open(&made->source, path, err), err);
}

int rh_trace_open_bytes(struct rh_trace_reader **reader, const uint8_t *bytes, size_t len,
			struct rh_err *err)
{
	struct rh_trace_reader *made = rh_alloc(1, sizeof(*made));

	rh_trace_source_bytes(&made->source, bytes, len);
	return open_reader(reader, made, 0, err);
}

void rh_trace_reader_close(struct rh_trace_reader *reader)
{
	rh_trace_source_close(&reader->source);
	rh_buf_release(&reader->raw);
	rh_arena_release(&reader->arena);
	free(reader);
}

/* ---- records --------------------------------------------------------------------------------- */

static int damaged(struct rh_trace_reader *reader, uint64_t offset, const char *what)
{
	char text[160];

	snprintf(text, sizeof(text), "%.100s (%" PRIu64 " records before it are good)", what,
		 reader->read_count);
	return rh_trace_source_damage(&reader->source, &reader->damage, offset,
				      reader->was_moved ? what : text);
}

/* The footer in its place: the end, when everything agrees. */
static int check_end(struct rh_trace_reader *reader, uint64_t section_end)
{
	if (!reader->info.is_complete || section_end + TRAILER_BYTES != reader->source.size ||
	    reader->block_offset != reader->footer_offset)
		return damaged(reader, section_end, "the last bytes do not agree with the footer");
	if (!reader->was_moved && reader->read_count + reader->info.skipped_count != reader->total)
		return damaged(reader, reader->block_offset,
			       "the footer counts another number of records");
	reader->is_at_end = true;
	return 0;
}

/* The next block becomes current, or the end is reached; negative at damage. */
static int next_block(struct rh_trace_reader *reader)
{
	struct rh_trace_section section;
	struct rh_err why = {0};

	reader->block_offset = reader->next_offset;
	if (reader->next_offset == reader->source.size)
		return damaged(reader, reader->next_offset, "the file was cut short");
	if (rh_trace_source_section(&reader->source, reader->next_offset, &section, &reader->raw,
				    &why) != 0)
		return damaged(reader, reader->next_offset, why.text);
	reader->next_offset += SECTION_HEAD_BYTES + section.packed_size;
	if (section.mark == MARK_FOOTER)
		return check_end(reader, reader->next_offset);
	if (section.mark != MARK_BLOCK || section.count == 0)
		return damaged(reader, reader->block_offset, "this is no block of records");
	rh_reader_init(&reader->block, reader->raw.data, reader->raw.len);
	reader->block_count = section.count;
	reader->block_left = section.count;
	reader->time_ns = 0;
	return 0;
}

static uint64_t read_field(struct rh_reader *in, enum rh_trace_coding coding)
{
	switch (coding) {
	case CODING_NONE:
		return 0;
	case CODING_VARINT:
		return rh_read_varint(in);
	case CODING_SIGNED:
		return (uint64_t)rh_read_svarint(in);
	case CODING_FIXED:
		return rh_read_u64(in);
	}
	return 0;
}

/* One record of the current block; false when the bytes make no sense. */
static bool decode(struct rh_trace_reader *reader, struct rh_record *record,
		   const struct kind_map **map)
{
	struct rh_reader *in = &reader->block;
	uint64_t fields[6] = {0}; /* by slot; the last one takes what has no place */
	uint64_t time_ns = reader->time_ns + (uint64_t)rh_read_svarint(in);
	uint64_t kind = rh_read_varint(in);
	uint64_t stage = rh_read_varint(in);
	uint64_t node = rh_read_varint(in);
	uint64_t index = rh_read_varint(in);
	const uint8_t *text;
	size_t text_len;

	if (in->is_bad || kind >= reader->kind_count || node > UINT32_MAX || index > UINT32_MAX)
		return false;
	*map = &reader->kinds[kind];
	fields[(*map)->slot[0]] = index;
	for (size_t i = 0; i < 4; i++)
		fields[(*map)->slot[1 + i]] = read_field(in, (*map)->coding[i]);
	text = rh_read_bytes(in, &text_len);
	if (in->is_bad || text_len > UINT32_MAX)
		return false;
	*record = (struct rh_record){
		.time_ns = time_ns,
		.node = (uint32_t)node - 1,
		.kind = (*map)->kind,
		.stage = stage < (*map)->stage_count ? (*map)->stage[stage] : STAGE_UNKNOWN,
		.index = (uint32_t)fields[0],
		.a = fields[1],
		.b = fields[2],
		.c = fields[3],
		.d = fields[4],
		.text = text_len == 0 ? NULL : (const char *)text,
		.text_len = (uint32_t)text_len,
	};
	reader->time_ns = time_ns;
	return true;
}

static int tell_damage(const struct rh_trace_reader *reader, struct rh_err *err)
{
	if (err != NULL)
		*err = reader->damage;
	return reader->damage.code;
}

int rh_trace_next(struct rh_trace_reader *reader, struct rh_record *record, struct rh_err *err)
{
	const struct kind_map *map;

	while (reader->damage.code == 0 && !reader->is_at_end) {
		if (reader->block_left == 0) {
			/* What a block holds beyond its records was never written by us. */
			if (reader->block.pos != reader->block.len)
				damaged(reader, reader->block_offset, "a block has bytes left");
			else
				next_block(reader);
			continue;
		}
		if (!decode(reader, record, &map)) {
			damaged(reader, reader->block_offset, "a record makes no sense");
			break;
		}
		reader->block_left--;
		if (map->kind == KIND_UNKNOWN) {
			reader->info.skipped_count++;
			continue;
		}
		reader->read_count++;
		if (!reader->info.is_complete)
			reader->info.record_count = reader->read_count;
		return 1;
	}
	return reader->damage.code != 0 ? tell_damage(reader, err) : 0;
}

/* ---- seeking --------------------------------------------------------------------------------- */

static void move_to(struct rh_trace_reader *reader, uint64_t offset)
{
	reader->next_offset = offset;
	reader->block_left = 0;
	rh_reader_init(&reader->block, NULL, 0);
	reader->is_at_end = false;
	reader->damage.code = 0;
	reader->read_count = 0;
	reader->info.skipped_count = 0;
	reader->was_moved = true;
}

int rh_trace_seek(struct rh_trace_reader *reader, uint64_t time_ns, struct rh_err *err)
{
	uint64_t offset = reader->first_block;
	struct rh_record record;
	int rc;

	if (reader->info.is_complete) {
		size_t i = 0;

		while (i < reader->index_count && reader->index[i].last_ns < time_ns)
			i++;
		offset = i < reader->index_count ? reader->index[i].offset : reader->footer_offset;
	}
	move_to(reader, offset);
	for (;;) {
		size_t pos = reader->block.pos;
		uint64_t before_ns = reader->time_ns;
		uint32_t left = reader->block_left;
		uint64_t block_offset = reader->block_offset;

		rc = rh_trace_next(reader, &record, err);
		if (rc != 1)
			return rc;
		if (record.time_ns < time_ns)
			continue;
		/* Give it back: it is decoded again by the next call.  A record that opened its
		 * block, if only behind some of unknown kinds, stands at its beginning. */
		if (left == 0 || block_offset != reader->block_offset) {
			pos = 0;
			before_ns = 0;
			left = reader->block_count;
		}
		reader->block.pos = pos;
		reader->time_ns = before_ns;
		reader->block_left = left;
		reader->read_count--;
		return 0;
	}
}

/* ---- names ----------------------------------------------------------------------------------- */

const struct rh_trace_info *rh_trace_info(const struct rh_trace_reader *reader)
{
	return &reader->info;
}

static const char *listed(const struct name_list *list, uint32_t i)
{
	return i < list->count ? list->names[i] : NULL;
}

const char *rh_trace_node_name(const struct rh_trace_reader *reader, uint32_t node)
{
	const char *name = node == RH_NODE_WORLD ? "world" : listed(&reader->nodes, node);

	return name == NULL ? "?" : name;
}

const char *rh_trace_gauge_name(const struct rh_trace_reader *reader, uint32_t gauge)
{
	for (uint32_t i = 0; i < reader->gauge_count; i++) {
		if (reader->gauges[i].gauge == gauge)
			return reader->gauges[i].name;
	}
	return "?";
}

static const char *node_name(const void *ctx, uint32_t node)
{
	const struct rh_trace_reader *reader = ctx;

	return node == RH_NODE_WORLD ? "world" : listed(&reader->nodes, node);
}

static const char *gauge_name(const void *ctx, uint32_t gauge)
{
	return rh_trace_gauge_name(ctx, gauge);
}

static const char *step_name(const void *ctx, uint32_t step)
{
	return listed(&((const struct rh_trace_reader *)ctx)->steps, step);
}

static const char *phase_name(const void *ctx, uint32_t phase)
{
	return listed(&((const struct rh_trace_reader *)ctx)->phases, phase);
}

static const char *assertion_name(const void *ctx, uint32_t assertion)
{
	return listed(&((const struct rh_trace_reader *)ctx)->assertions, assertion);
}

static const char *invariant_name(const void *ctx, uint32_t invariant)
{
	return listed(&((const struct rh_trace_reader *)ctx)->invariants, invariant);
}

static enum rh_unit gauge_unit(const void *ctx, uint32_t gauge)
{
	const struct rh_trace_reader *reader = ctx;

	for (uint32_t i = 0; i < reader->gauge_count; i++) {
		if (reader->gauges[i].gauge == gauge)
			return reader->gauges[i].unit;
	}
	return RH_UNIT_COUNT;
}

void rh_trace_names(struct rh_names *names, const struct rh_trace_reader *reader)
{
	*names = (struct rh_names){
		.node = node_name,
		.gauge = gauge_name,
		.step = step_name,
		.phase = phase_name,
		.assertion = assertion_name,
		.invariant = invariant_name,
		.gauge_unit = gauge_unit,
		.ctx = reader,
		.genesis_unix_s = reader->info.genesis_unix_s,
	};
}
