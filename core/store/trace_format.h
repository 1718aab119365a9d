/*
 * trace_format.h - what the writer and the reader of trace files agree on; docs/TRACE.md has it in
 * words.
 */
#ifndef CORE_STORE_TRACE_FORMAT_H
#define CORE_STORE_TRACE_FORMAT_H

#include <string.h>

#include "core/base/buf.h"
#include "core/base/hash.h"
#include "core/record.h"

#define TRACE_MAGIC	  "RHTRACE1"
#define TRACE_MAGIC_BYTES 8
#define TRACE_END_MAGIC	  "RHTRACEZ"
#define TRACE_VERSION	  1

/* A section: this head, then `packed` bytes of one zstd frame. */
#define SECTION_HEAD_BYTES 40
#define MARK_HEADER	   0x31484852U /* "RHH1" */
#define MARK_BLOCK	   0x31424852U /* "RHB1" */
#define MARK_FOOTER	   0x31464852U /* "RHF1" */

struct rh_trace_section {
	uint32_t mark;
	uint32_t raw_size;
	uint32_t packed_size;
	uint32_t count;
	uint64_t first_ns;
	uint64_t last_ns;
	uint64_t check; /* of the 32 bytes before it and the raw bytes */
};

/* The last bytes of a whole file: u64 offset of the footer, u64 check of it, magic. */
#define TRAILER_BYTES 24

/* A block is closed when it holds so much. */
#define BLOCK_RAW_BYTES (1024 * 1024)
#define BLOCK_RECORDS	65536
/* A longer text of a record is cut. */
#define TEXT_BYTES_MAX (1024 * 1024)
/* All of a record but its text. */
#define RECORD_BYTES_MAX 96
/* What a reader accepts: a block as above; and a header with its plan (twenty million links are
 * about 320 MB) or a footer with its checkpoints.  A plan that needs more cannot be stored. */
#define BLOCK_RAW_MAX (BLOCK_RAW_BYTES + TEXT_BYTES_MAX + 2 * RECORD_BYTES_MAX)
#define TABLE_RAW_MAX (512U * 1024 * 1024)

/* Checkpoints in a footer. */
#define CHECKPOINTS_MAX 1000000

/* How a field is written. */
enum rh_trace_coding { CODING_NONE, CODING_VARINT, CODING_SIGNED, CODING_FIXED };

/* By the type in "name:type": ids are random (8 bytes), ints are signed, the rest are small. */
static inline enum rh_trace_coding rh_trace_coding(const char *field)
{
	const char *type = strchr(field, ':');

	if (type == NULL)
		return CODING_NONE;
	if (strcmp(type, ":id") == 0)
		return CODING_FIXED;
	return strcmp(type, ":int") == 0 ? CODING_SIGNED : CODING_VARINT;
}

static inline void rh_trace_section_put(uint8_t *bytes, const struct rh_trace_section *section)
{
	const uint64_t words[5] = {
		(uint64_t)section->raw_size << 32 | section->mark,
		(uint64_t)section->count << 32 | section->packed_size,
		section->first_ns,
		section->last_ns,
		section->check,
	};

	for (size_t i = 0; i < SECTION_HEAD_BYTES; i++)
		bytes[i] = (uint8_t)(words[i / 8] >> (8 * (i % 8)));
}

/* The check that a section with this head and these raw bytes must carry. */
static inline uint64_t rh_trace_section_check(const struct rh_trace_section *section,
					      const uint8_t *raw)
{
	uint64_t words[5] = {
		(uint64_t)section->mark << 32 | section->raw_size,
		(uint64_t)section->packed_size << 32 | section->count,
		section->first_ns,
		section->last_ns,
		rh_hash64(raw, section->raw_size),
	};
	uint8_t bytes[sizeof(words)];

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(words[i / 8] >> (8 * (i % 8)));
	return rh_hash64(bytes, sizeof(bytes));
}

static inline uint64_t rh_trace_trailer_check(uint64_t footer_offset)
{
	uint8_t bytes[8];

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(footer_offset >> (8 * i));
	return rh_hash64(bytes, sizeof(bytes));
}

#endif
