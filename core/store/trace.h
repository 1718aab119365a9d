/*
 * trace.h - the native trace file (trace.rht): records in order, compressed, checked, readable when
 * cut short.
 *
 *   magic | header section | block section*  | footer section | trailer
 *
 * The header describes the records (a table of kinds and fields) and names nodes, gauges, steps,
 * phases and assertions, so that a file can be read without its plan.  A block holds up to 65,536
 * records as varints in one zstd frame under an XXH3 checksum.  The footer holds an index of the
 * blocks by time and the checkpoints of the trace hash.  A file without a footer is read block by
 * block up to the damage, and says so.  docs/TRACE.md has the bytes.
 *
 * Within a block only the fields that the table of record.h names are stored; a text is cut at
 * 1 MiB.
 */
#ifndef CORE_STORE_TRACE_H
#define CORE_STORE_TRACE_H

#include "core/plan.h"
#include "core/world.h"

struct rh_trace_writer;
struct rh_trace_reader;

/* Writes to PATH.part and renames on close.  The sink stores the kinds of `level`.  RH_E_LIMIT when
 * the plan is too large for a header. */
int rh_trace_create(struct rh_trace_writer **writer, const char *path, const struct rh_plan *plan,
		    enum rh_trace_level level, struct rh_err *err) RH_MUST_USE;
/* A sink for the run; write errors are kept and told by close. */
const struct rh_sink *rh_trace_sink(struct rh_trace_writer *writer);
/* Frees the writer in any case; after an error there is no file. */
int rh_trace_close(struct rh_trace_writer *writer, const struct rh_checkpoint *checkpoints,
		   size_t checkpoint_count, struct rh_err *err) RH_MUST_USE;
void rh_trace_abandon(struct rh_trace_writer *writer); /* removes the unfinished file */

struct rh_trace_info {
	uint32_t version;
	struct rh_hash128 plan_hash;
	uint64_t seed;
	uint64_t genesis_unix_s;
	const char *scenario;
	enum rh_trace_level level;
	uint32_t node_count;
	bool is_complete;	/* the footer was there and agreed */
	uint64_t record_count;	/* by the footer, or found so far */
	uint64_t skipped_count; /* records of kinds that this build does not know, so far */
	const struct rh_checkpoint *checkpoints;
	size_t checkpoint_count;
	const uint8_t *plan_bytes; /* canonical, so that a trace can be judged alone; borrowed */
	size_t plan_len;
};

/* RH_E_NOT_FOUND, RH_E_INPUT (a directory, another kind of file), RH_E_CORRUPT (damage in the
 * header), RH_E_UNSUPPORTED (another version). */
int rh_trace_open(struct rh_trace_reader **reader, const char *path,
		  struct rh_err *err) RH_MUST_USE;
/* The same over bytes in memory, which must stay until close. */
int rh_trace_open_bytes(struct rh_trace_reader **reader, const uint8_t *bytes, size_t len,
			struct rh_err *err) RH_MUST_USE;
const struct rh_trace_info *rh_trace_info(const struct rh_trace_reader *reader);
const char *rh_trace_node_name(const struct rh_trace_reader *reader,
			       uint32_t node); /* "world" for RH_NODE_WORLD */
const char *rh_trace_gauge_name(const struct rh_trace_reader *reader, uint32_t gauge);
/* 1 and a record (borrowed until the next call), 0 at the end, RH_E_CORRUPT at damage (place in
 * err).  After the end or damage it goes on saying so. */
int rh_trace_next(struct rh_trace_reader *reader, struct rh_record *record,
		  struct rh_err *err) RH_MUST_USE;
/* The next record is the first one at or after `time_ns`, or the end. */
int rh_trace_seek(struct rh_trace_reader *reader, uint64_t time_ns, struct rh_err *err) RH_MUST_USE;
void rh_trace_reader_close(struct rh_trace_reader *reader);

/* How to call what a record names; any function may be NULL, and may return NULL for what it does
 * not know: then the number is told. */
struct rh_names {
	const char *(*node)(const void *ctx, uint32_t node);
	const char *(*gauge)(const void *ctx, uint32_t gauge);
	const char *(*step)(const void *ctx, uint32_t step);
	const char *(*phase)(const void *ctx, uint32_t phase);
	const char *(*assertion)(const void *ctx, uint32_t assertion);
	const char *(*invariant)(const void *ctx, uint32_t invariant);
	enum rh_unit (*gauge_unit)(const void *ctx, uint32_t gauge);
	const void *ctx;
	uint64_t genesis_unix_s;
	const uint64_t *seq; /* number of the record in its stream, for JSON; NULL: not told */
};
/* The names that a trace file carries, and those of a plan (in the arena); both borrow. */
void rh_trace_names(struct rh_names *names, const struct rh_trace_reader *reader);
void rh_plan_names(struct rh_names *names, struct rh_arena *arena, const struct rh_plan *plan);

/* One line of text, and one JSON object (fixed key order), for a record; no newline. */
void rh_record_print(struct rh_buf *out, const struct rh_record *record,
		     const struct rh_names *names);
/* The line without time, node and kind. */
void rh_record_print_rest(struct rh_buf *out, const struct rh_record *record,
			  const struct rh_names *names);
void rh_record_json(struct rh_buf *out, const struct rh_record *record,
		    const struct rh_names *names);

#endif
