/*
 * trace_source.h - the bytes of a trace file, in memory or on disk, taken one checked section at a
 * time.
 */
#ifndef CORE_STORE_TRACE_SOURCE_H
#define CORE_STORE_TRACE_SOURCE_H

#include "core/store/trace.h"
#include "core/store/trace_format.h"

#define STAGES_MAX 16 /* of one kind of record */

struct rh_trace_source {
	char path[800];	      /* for messages */
	const uint8_t *bytes; /* in memory, or NULL */
	int fd;
	uint64_t size;
	struct rh_buf packed;
	void *unpacker; /* ZSTD_DCtx, made at the first section */
};

int rh_trace_source_open(struct rh_trace_source *source, const char *path,
			 struct rh_err *err) RH_MUST_USE;
void rh_trace_source_bytes(struct rh_trace_source *source, const uint8_t *bytes, size_t len);
void rh_trace_source_close(struct rh_trace_source *source);

/* Fills `err` with "PATH: damaged at byte N: WHAT" and returns RH_E_CORRUPT. */
int rh_trace_source_damage(const struct rh_trace_source *source, struct rh_err *err,
			   uint64_t offset, const char *what);
/* The first bytes are those of a trace file. */
int rh_trace_source_magic(const struct rh_trace_source *source, struct rh_err *err) RH_MUST_USE;
/* The section at `offset`, unpacked into `raw` and checked.  The text in `err` says only what is
 * wrong, for damage() to complete; RH_E_CORRUPT. */
int rh_trace_source_section(struct rh_trace_source *source, uint64_t offset,
			    struct rh_trace_section *section, struct rh_buf *raw,
			    struct rh_err *err) RH_MUST_USE;
/* The offset of the footer, when the trailer is there and agrees. */
bool rh_trace_source_trailer(const struct rh_trace_source *source, uint64_t *footer_offset);

#endif
