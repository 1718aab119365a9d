/*
 * trace_write.c - writes trace files: records become varints in a block, blocks become checked
 * zstd frames.
 *
 * The sink is on the path of every record, so it does one bounds check a record and then writes
 * bytes; packing and writing happen once a block, and for a small run only on close.
 */
#include <stdlib.h>
#include <zstd.h>

#include "core/base/arena.h"
#include "core/store/outfile.h"
#include "core/store/trace.h"
#include "core/store/trace_format.h"

#define PACK_LEVEL 1

struct rh_trace_writer {
	struct rh_sink sink;
	struct rh_outfile file;
	uint64_t mask; /* kinds that are stored */
	enum rh_trace_coding coding[RH_RECORD_KIND_COUNT][4];
	uint32_t field_counts[RH_RECORD_KIND_COUNT]; /* of `coding` up to the last one in use */
	ZSTD_CCtx *packer;
	struct rh_buf raw; /* of the block being filled */
	uint32_t block_records;
	uint64_t first_ns; /* least and greatest time in it */
	uint64_t last_ns;
	uint64_t time_ns; /* of the record before */
	uint64_t record_count;
	struct rh_buf index; /* of the blocks so far, as it stands in the footer */
	uint64_t block_count;
	uint64_t indexed_offset;
	bool is_broken; /* the packer failed */
};

static uint8_t *put_long_varint(uint8_t *at, uint64_t value)
{
	while (value >= 0x80) {
		*at++ = (uint8_t)(value | 0x80);
		value >>= 7;
	}
	*at++ = (uint8_t)value;
	return at;
}

/* Most fields of most records are below 128. */
static inline uint8_t *put_varint(uint8_t *at, uint64_t value)
{
	if (value >= 0x80)
		return put_long_varint(at, value);
	*at = (uint8_t)value;
	return at + 1;
}

static inline uint8_t *put_signed(uint8_t *at, int64_t value)
{
	return put_varint(at, ((uint64_t)value << 1) ^ (value < 0 ? UINT64_MAX : 0));
}

static inline uint8_t *put_field(uint8_t *at, enum rh_trace_coding coding, uint64_t value)
{
	switch (coding) {
	case CODING_NONE:
		return at;
	case CODING_VARINT:
		return put_varint(at, value);
	case CODING_SIGNED:
		return put_signed(at, (int64_t)value);
	case CODING_FIXED:
		/* Written out, so that a compiler sees the one store that it is. */
		at[0] = (uint8_t)value;
		at[1] = (uint8_t)(value >> 8);
		at[2] = (uint8_t)(value >> 16);
		at[3] = (uint8_t)(value >> 24);
		at[4] = (uint8_t)(value >> 32);
		at[5] = (uint8_t)(value >> 40);
		at[6] = (uint8_t)(value >> 48);
		at[7] = (uint8_t)(value >> 56);
		return at + 8;
	}
	return at;
}

/* One section of the file: `raw` packed, behind its head. */
static void write_section(struct rh_trace_writer *writer, struct rh_trace_section *section,
			  const struct rh_buf *raw)
{
	struct rh_buf *out = &writer->file.pending;
	size_t bound = ZSTD_compressBound(raw->len);
	size_t head_at = out->len;
	size_t packed;
	uint8_t *at;

	RH_ASSERT(raw->len <= TABLE_RAW_MAX);
	at = rh_buf_extend(out, SECTION_HEAD_BYTES + bound) + SECTION_HEAD_BYTES;
	packed = ZSTD_compressCCtx(writer->packer, at, bound, raw->data, raw->len, PACK_LEVEL);
	if (ZSTD_isError(packed)) {
		writer->is_broken = true;
		out->len = head_at;
		return;
	}
	section->raw_size = (uint32_t)raw->len;
	section->packed_size = (uint32_t)packed;
	section->check = rh_trace_section_check(section, raw->data);
	rh_trace_section_put(out->data + head_at, section);
	out->len = head_at + SECTION_HEAD_BYTES + packed;
	rh_outfile_drain(&writer->file);
}

static void close_block(struct rh_trace_writer *writer)
{
	struct rh_trace_section section = {
		.mark = MARK_BLOCK,
		.count = writer->block_records,
		.first_ns = writer->first_ns,
		.last_ns = writer->last_ns,
	};
	uint64_t offset = rh_outfile_offset(&writer->file);

	if (writer->block_records == 0)
		return;
	write_section(writer, &section, &writer->raw);
	rh_buf_varint(&writer->index, offset - writer->indexed_offset);
	rh_buf_varint(&writer->index, writer->first_ns);
	rh_buf_varint(&writer->index, writer->last_ns);
	rh_buf_varint(&writer->index, writer->block_records);
	writer->indexed_offset = offset;
	writer->block_count++;
	writer->block_records = 0;
	writer->time_ns = 0;
	rh_buf_reset(&writer->raw);
}

/* Where the next record goes: room for the largest.  A block gets all of its memory at once, so that
 * nothing is moved later; what is not written to costs nothing. */
static uint8_t *record_room(struct rh_trace_writer *writer, size_t text_len)
{
	struct rh_buf *raw = &writer->raw;
	size_t room = RECORD_BYTES_MAX + text_len;
	size_t len = raw->len;

	if (raw->cap - len <= room) {
		rh_buf_extend(raw, BLOCK_RAW_BYTES + room);
		raw->len = len;
	}
	return raw->data + len;
}

static void store(struct rh_trace_writer *writer, const struct rh_record *record)
{
	const enum rh_trace_coding *coding = writer->coding[record->kind];
	size_t text_len = record->text_len < TEXT_BYTES_MAX ? record->text_len : TEXT_BYTES_MAX;
	uint8_t *start = record_room(writer, text_len);
	uint8_t *at = start;

	at = put_signed(at, (int64_t)(record->time_ns - writer->time_ns));
	at = put_varint(at, record->kind);
	at = put_varint(at, record->stage);
	at = put_varint(at, (uint64_t)(uint32_t)(record->node + 1));
	at = put_varint(at, record->index);
	at = put_field(at, coding[0], record->a);
	/* The commonest kind by far, a gauge, has one. */
	if (writer->field_counts[record->kind] > 1) {
		at = put_field(at, coding[1], record->b);
		at = put_field(at, coding[2], record->c);
		at = put_field(at, coding[3], record->d);
	}
	at = put_varint(at, text_len);
	if (text_len > 0) {
		RH_ASSERT(record->text != NULL);
		memcpy(at, record->text, text_len);
		at += text_len;
	}
	RH_ASSERT((size_t)(at - start) <= RECORD_BYTES_MAX + text_len);
	writer->raw.len += (size_t)(at - start);
	if (writer->block_records == 0) {
		writer->first_ns = record->time_ns;
		writer->last_ns = record->time_ns;
	}
	if (record->time_ns < writer->first_ns)
		writer->first_ns = record->time_ns;
	if (record->time_ns > writer->last_ns)
		writer->last_ns = record->time_ns;
	writer->time_ns = record->time_ns;
	writer->block_records++;
	writer->record_count++;
	if (writer->block_records >= BLOCK_RECORDS || writer->raw.len >= BLOCK_RAW_BYTES)
		close_block(writer);
}

static void take(void *ctx, const struct rh_record *records, size_t count)
{
	struct rh_trace_writer *writer = ctx;

	for (size_t i = 0; i < count; i++) {
		RH_ASSERT(records[i].kind < RH_RECORD_KIND_COUNT);
		if (writer->mask >> records[i].kind & 1)
			store(writer, &records[i]);
	}
}

static void put_name(struct rh_buf *out, const char *name)
{
	rh_buf_bytes(out, name, strlen(name));
}

/* The tables that make the file readable without this program: kinds, gauges, names. */
static void put_record_table(struct rh_buf *out)
{
	rh_buf_varint(out, RH_RECORD_KIND_COUNT);
	for (uint32_t kind = 0; kind < RH_RECORD_KIND_COUNT; kind++) {
		const struct rh_record_info *info = rh_record_info(kind);

		put_name(out, info->text);
		put_name(out, info->stages);
		for (size_t i = 0; i < RH_ARRAY_LEN(info->fields); i++)
			put_name(out, info->fields[i]);
	}
}

static void put_gauge_table(struct rh_buf *out, const struct rh_plan *plan)
{
	uint32_t own_count = plan->model == NULL ? 0 : plan->model->gauge_count;

	rh_buf_varint(out, RH_GAUGE_SHARED_COUNT + own_count);
	for (uint32_t i = 0; i < RH_GAUGE_SHARED_COUNT + own_count; i++) {
		uint32_t gauge = i < RH_GAUGE_SHARED_COUNT
					 ? i
					 : RH_GAUGE_MODEL + (i - RH_GAUGE_SHARED_COUNT);
		char name[64];

		rh_buf_varint(out, gauge);
		put_name(out, rh_plan_gauge_name(name, plan, gauge));
		rh_buf_u8(out, (uint8_t)rh_plan_gauge_unit(plan, gauge));
	}
}

static int write_header(struct rh_trace_writer *writer, const struct rh_plan *plan,
			enum rh_trace_level level, struct rh_err *err)
{
	uint32_t invariant_count = plan->model == NULL ? 0 : plan->model->invariant_count;
	struct rh_trace_section section = {.mark = MARK_HEADER};
	struct rh_hash128 hash = rh_plan_hash(plan);
	struct rh_buf *out = &writer->raw;
	struct rh_buf plan_bytes = {0};

	rh_buf_u32(out, TRACE_VERSION);
	rh_buf_u64(out, hash.low);
	rh_buf_u64(out, hash.high);
	rh_buf_u64(out, plan->seed);
	rh_buf_u64(out, plan->genesis_unix_s);
	rh_buf_u8(out, (uint8_t)level);
	put_name(out, plan->name);
	put_record_table(out);
	put_gauge_table(out, plan);
	rh_buf_varint(out, plan->node_count);
	for (uint32_t i = 0; i < plan->node_count; i++)
		put_name(out, plan->nodes[i].name);
	rh_buf_varint(out, plan->step_count);
	for (uint32_t i = 0; i < plan->step_count; i++)
		put_name(out, plan->steps[i].name);
	rh_buf_varint(out, plan->phase_count);
	for (uint32_t i = 0; i < plan->phase_count; i++)
		put_name(out, plan->phases[i].name);
	rh_buf_varint(out, plan->assertion_count);
	for (uint32_t i = 0; i < plan->assertion_count; i++)
		put_name(out, plan->assertions[i].name);
	rh_buf_varint(out, invariant_count);
	for (uint32_t i = 0; i < invariant_count; i++)
		put_name(out, plan->model->invariants[i].name);
	rh_plan_encode(plan, &plan_bytes);
	rh_buf_bytes(out, plan_bytes.data, plan_bytes.len);
	rh_buf_release(&plan_bytes);
	if (out->len > TABLE_RAW_MAX)
		return rh_err_set(err, RH_E_LIMIT,
				  "the plan takes %zu bytes, a trace file has room for %u: use "
				  "fewer links or smaller targets",
				  out->len, TABLE_RAW_MAX);
	rh_buf_put(&writer->file.pending, TRACE_MAGIC, TRACE_MAGIC_BYTES);
	write_section(writer, &section, out);
	/* Blocks are smaller: a large plan's room is given back. */
	rh_buf_release(out);
	return 0;
}

/* A small run fits in this, and finds its pages there when the loop begins. */
#define READY_BYTES (256u << 10)

static void make_ready(struct rh_buf *raw)
{
	_Static_assert(READY_BYTES <= BLOCK_RAW_BYTES, "the buffer of a block is larger");
	rh_buf_reset(raw);
	memset(rh_buf_extend(raw, BLOCK_RAW_BYTES), 0, READY_BYTES);
	rh_buf_reset(raw);
}

int rh_trace_create(struct rh_trace_writer **writer, const char *path, const struct rh_plan *plan,
		    enum rh_trace_level level, struct rh_err *err)
{
	struct rh_trace_writer *made = rh_alloc(1, sizeof(*made));
	int rc = rh_outfile_open(&made->file, path, err);

	*writer = NULL;
	if (rc != 0) {
		free(made);
		return rc;
	}
	made->packer = ZSTD_createCCtx();
	if (made->packer == NULL)
		rh_fatal("out of memory for a compressor");
	made->sink = (struct rh_sink){.take = take, .ctx = made};
	made->mask = rh_record_mask(level);
	for (uint32_t kind = 0; kind < RH_RECORD_KIND_COUNT; kind++) {
		for (uint32_t i = 0; i < 4; i++) {
			made->coding[kind][i] =
				rh_trace_coding(rh_record_info(kind)->fields[1 + i]);
			if (made->coding[kind][i] != CODING_NONE)
				made->field_counts[kind] = i + 1;
		}
	}
	rc = write_header(made, plan, level, err);
	make_ready(&made->raw);
	if (rc != 0)
		rh_trace_abandon(made);
	else
		*writer = made;
	return rc;
}

const struct rh_sink *rh_trace_sink(struct rh_trace_writer *writer)
{
	return &writer->sink;
}

static void release(struct rh_trace_writer *writer)
{
	ZSTD_freeCCtx(writer->packer);
	rh_buf_release(&writer->raw);
	rh_buf_release(&writer->index);
	free(writer);
}

/* Of very long runs every n-th checkpoint is kept, always with the last one. */
static void write_footer(struct rh_trace_writer *writer, const struct rh_checkpoint *checkpoints,
			 size_t checkpoint_count)
{
	struct rh_trace_section section = {.mark = MARK_FOOTER};
	uint64_t offset = rh_outfile_offset(&writer->file);
	struct rh_buf *out = &writer->raw;
	uint64_t time_ns = 0;
	size_t stride;

	rh_buf_varint(out, writer->record_count);
	rh_buf_varint(out, writer->block_count);
	rh_buf_put(out, writer->index.data, writer->index.len);
	stride = checkpoint_count / CHECKPOINTS_MAX + 1;
	rh_buf_varint(out, (checkpoint_count + stride - 1) / stride);
	for (size_t i = checkpoint_count == 0 ? 0 : (checkpoint_count - 1) % stride;
	     i < checkpoint_count; i += stride) {
		RH_ASSERT(checkpoints[i].time_ns >= time_ns);
		rh_buf_varint(out, checkpoints[i].time_ns - time_ns);
		rh_buf_u64(out, checkpoints[i].hash.low);
		rh_buf_u64(out, checkpoints[i].hash.high);
		time_ns = checkpoints[i].time_ns;
	}
	write_section(writer, &section, out);
	out = &writer->file.pending;
	rh_buf_u64(out, offset);
	rh_buf_u64(out, rh_trace_trailer_check(offset));
	rh_buf_put(out, TRACE_END_MAGIC, TRACE_MAGIC_BYTES);
}

int rh_trace_close(struct rh_trace_writer *writer, const struct rh_checkpoint *checkpoints,
		   size_t checkpoint_count, struct rh_err *err)
{
	int rc;

	close_block(writer);
	write_footer(writer, checkpoints, checkpoint_count);
	if (writer->is_broken) {
		rc = rh_err_set(err, RH_E_IO, "%.900s: a block could not be packed",
				writer->file.path);
		rh_outfile_abandon(&writer->file);
	} else {
		rc = rh_outfile_close(&writer->file, err);
	}
	release(writer);
	return rc;
}

void rh_trace_abandon(struct rh_trace_writer *writer)
{
	rh_outfile_abandon(&writer->file);
	release(writer);
}
