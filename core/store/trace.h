/*
 * trace.h - the native trace file (trace.rht): records in order, compressed, checked, readable when
 * cut short.
 *
 *	magic "RHTRACE1"
 *	header    one zstd frame: version, plan hash, seed, the table of record kinds (the file
 *	          describes itself), names of nodes and gauges, the canonical bytes of the plan
 *	block ... u32 mark, u32 raw size, u32 packed size, u32 record count, u64 first time,
 *	          u64 last time, u64 XXH3 of the raw bytes, one zstd frame
 *	footer    index of blocks (offset, first time, count), checkpoints of the trace hash,
 *	          u64 XXH3, u64 offset, magic
 *
 * Within a block records are varints: time as a difference, then kind, stage, node, index, a..d as
 * told by the table, then the text.  A file without a footer is read block by block up to the
 * damage, and says so.
 */
#ifndef CORE_STORE_TRACE_H
#define CORE_STORE_TRACE_H

#include "core/plan.h"
#include "core/world.h"

struct rh_trace_writer;
struct rh_trace_reader;

/* Writes to PATH.part and renames on close.  The sink stores the kinds of `level`. */
int rh_trace_create(struct rh_trace_writer **writer, const char *path, const struct rh_plan *plan,
		    enum rh_trace_level level, struct rh_err *err) RH_MUST_USE;
/* A sink for the run; write errors are kept and told by close. */
const struct rh_sink *rh_trace_sink(struct rh_trace_writer *writer);
int rh_trace_close(struct rh_trace_writer *writer, const struct rh_checkpoint *checkpoints,
		   size_t checkpoint_count, struct rh_err *err) RH_MUST_USE;
void rh_trace_abandon(struct rh_trace_writer *writer); /* removes the unfinished file */

struct rh_trace_info {
	uint32_t version;
	struct rh_hash128 plan_hash;
	uint64_t seed;
	const char *scenario;
	enum rh_trace_level level;
	uint32_t node_count;
	bool is_complete;      /* the footer was there and agreed */
	uint64_t record_count; /* by the footer, or found so far */
	const struct rh_checkpoint *checkpoints;
	size_t checkpoint_count;
	/* the canonical bytes of the plan, carried in the header so that a trace can be judged alone; borrowed */
	const uint8_t *plan_bytes;
	size_t plan_len;
};

int rh_trace_open(struct rh_trace_reader **reader, const char *path,
		  struct rh_err *err) RH_MUST_USE;
/* The same over bytes in memory (fuzzing). */
int rh_trace_open_bytes(struct rh_trace_reader **reader, const uint8_t *bytes, size_t len,
			struct rh_err *err) RH_MUST_USE;
const struct rh_trace_info *rh_trace_info(const struct rh_trace_reader *reader);
const char *rh_trace_node_name(const struct rh_trace_reader *reader,
			       uint32_t node); /* "world" for RH_NODE_WORLD */
const char *rh_trace_gauge_name(const struct rh_trace_reader *reader, uint32_t gauge);
/* 1 and a record (borrowed until the next call), 0 at the end, RH_E_CORRUPT at damage (place in
 * err) */
int rh_trace_next(struct rh_trace_reader *reader, struct rh_record *record,
		  struct rh_err *err) RH_MUST_USE;
int rh_trace_seek(struct rh_trace_reader *reader, uint64_t time_ns, struct rh_err *err) RH_MUST_USE;
void rh_trace_reader_close(struct rh_trace_reader *reader);

/* One line of text, and one JSON object (fixed key order, no newline), for a record. */
struct rh_names { /* how to call what a record names; any may be NULL */
	const char *(*node)(const void *ctx, uint32_t node);
	const char *(*gauge)(const void *ctx, uint32_t gauge);
	const char *(*step)(const void *ctx, uint32_t step);
	const void *ctx;
	uint64_t genesis_unix_s;
};
void rh_record_print(struct rh_buf *out, const struct rh_record *record,
		     const struct rh_names *names);
void rh_record_json(struct rh_buf *out, const struct rh_record *record,
		    const struct rh_names *names);

#endif
