/*
 * fuzz_trace.c - any bytes as a trace file: the reader gives records or an error, never more.
 *
 * Checksums would stop nearly every mutation at the door, so the first byte of the input chooses
 * what the rest is: a whole file, or the raw content of a header, a block or a footer, which is then
 * put into a file whose checksums agree.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <zstd.h>

#include "core/store/trace.h"
#include "core/store/trace_format.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void put_section(struct rh_buf *file, uint32_t mark, uint32_t count, const uint8_t *raw,
			size_t len)
{
	size_t bound = ZSTD_compressBound(len);
	uint8_t *packed = malloc(bound);
	struct rh_trace_section section = {.mark = mark, .count = count, .raw_size = (uint32_t)len};

	RH_ASSERT(packed != NULL);
	section.packed_size = (uint32_t)ZSTD_compress(packed, bound, raw, len, 1);
	section.check = rh_trace_section_check(&section, raw);
	rh_trace_section_put(rh_buf_extend(file, SECTION_HEAD_BYTES), &section);
	rh_buf_put(file, packed, section.packed_size);
	free(packed);
}

static void put_name(struct rh_buf *out, const char *name)
{
	rh_buf_bytes(out, name, strlen(name));
}

/* A header as the writer makes it, of a plan with two nodes. */
static void put_header(struct rh_buf *file)
{
	struct rh_buf raw = {0};

	rh_buf_u32(&raw, TRACE_VERSION);
	for (int i = 0; i < 4; i++)
		rh_buf_u64(&raw, 1);
	rh_buf_u8(&raw, RH_TRACE_FULL);
	put_name(&raw, "fuzz");
	rh_buf_varint(&raw, RH_RECORD_KIND_COUNT);
	for (uint32_t kind = 0; kind < RH_RECORD_KIND_COUNT; kind++) {
		put_name(&raw, rh_record_info(kind)->text);
		put_name(&raw, rh_record_info(kind)->stages);
		for (size_t i = 0; i < 5; i++)
			put_name(&raw, rh_record_info(kind)->fields[i]);
	}
	rh_buf_varint(&raw, 1);
	rh_buf_varint(&raw, RH_GAUGE_HEAD);
	put_name(&raw, "head");
	rh_buf_u8(&raw, RH_UNIT_ID);
	rh_buf_varint(&raw, 2);
	put_name(&raw, "a");
	put_name(&raw, "b");
	for (int list = 0; list < 4; list++)
		rh_buf_varint(&raw, 0);
	put_section(file, MARK_HEADER, 0, raw.data, raw.len);
	rh_buf_release(&raw);
}

static void put_trailer(struct rh_buf *file, uint64_t footer_offset)
{
	rh_buf_u64(file, footer_offset);
	rh_buf_u64(file, rh_trace_trailer_check(footer_offset));
	rh_buf_put(file, TRACE_END_MAGIC, TRACE_MAGIC_BYTES);
}

/* A file around `data`: what it is of is chosen by `part`. */
static void build(struct rh_buf *file, uint8_t part, const uint8_t *data, size_t len)
{
	static const uint8_t no_records[] = {0, 0, 0};
	uint64_t footer_offset;

	rh_buf_put(file, TRACE_MAGIC, TRACE_MAGIC_BYTES);
	if (part == 1)
		put_section(file, MARK_HEADER, 0, data, len);
	else
		put_header(file);
	if (part == 2 && len > 0)
		put_section(file, MARK_BLOCK, data[0], data + 1, len - 1);
	footer_offset = file->len;
	if (part == 3)
		put_section(file, MARK_FOOTER, 0, data, len);
	else
		put_section(file, MARK_FOOTER, 0, no_records, sizeof(no_records));
	put_trailer(file, footer_offset);
}

/* Every record is printed in both forms: they must take whatever a file can hold. */
static void read_all(struct rh_trace_reader *reader, struct rh_names *names, struct rh_err *err)
{
	struct rh_buf text = {0};
	struct rh_record record;
	uint64_t seq = 0;

	names->seq = &seq;
	for (; seq < 5000 && rh_trace_next(reader, &record, err) == 1; seq++) {
		RH_ASSERT(record.kind < RH_RECORD_KIND_COUNT);
		RH_ASSERT((record.text == NULL) == (record.text_len == 0));
		rh_buf_reset(&text);
		rh_record_print(&text, &record, names);
		rh_record_json(&text, &record, names);
		RH_ASSERT(memchr(text.data, '\n', text.len) == NULL);
	}
	rh_buf_release(&text);
}

static void read_file(const uint8_t *bytes, size_t len)
{
	struct rh_trace_reader *reader;
	struct rh_names names;
	struct rh_err err = {0};
	struct rh_record record;

	if (rh_trace_open_bytes(&reader, bytes, len, &err) != 0) {
		RH_ASSERT(err.code < 0 && err.text[0] != 0);
		return;
	}
	rh_trace_names(&names, reader);
	read_all(reader, &names, &err);
	for (uint64_t time_ns = 1; time_ns < UINT64_MAX / 1000; time_ns *= 1000) {
		if (rh_trace_seek(reader, time_ns, &err) == 0 &&
		    rh_trace_next(reader, &record, &err) == 1)
			RH_ASSERT(record.time_ns >= time_ns);
	}
	rh_trace_reader_close(reader);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct rh_buf file = {0};

	if (len == 0)
		return 0;
	if (data[0] % 4 == 0) {
		read_file(data + 1, len - 1);
		return 0;
	}
	build(&file, data[0] % 4, data + 1, len - 1);
	read_file(file.data, file.len);
	rh_buf_release(&file);
	return 0;
}
