/*
 * record.h - the one ordered stream in which a world says what happened.
 *
 * Everything that is known about a run is in this stream, and judge, trace, metrics and reports
 * read it and nothing else, so a verdict can be computed again from a stored trace.  The simulator
 * and the live world emit the same kinds.  A record is a fixed head and, for a few kinds, a text.
 *
 * Order: by time.  At one time
 *
 *	what the run does there   phases, steps and their requests, before anything else happens
 *	the world's own records   node RH_NODE_WORLD
 *	the nodes' records        by index, and of one node in the order in which it made them
 *	decisions of the judge    assertion records, behind the last record of the instant that decided
 *
 * and what the run says in answer to a record (a fault verified or cleared, a note) stands right
 * behind that record.  A world hands records over in that order, and time never runs backwards.  A
 * live world learns some things late, when the run has already passed their time: such a record
 * carries the time at which the stream stood when it was seen, and of one time the nodes' records
 * then come in the order of arrival.
 *
 * Ids of blocks, transactions and peers are 64 bits; what the real world calls them is told once in
 * a `name` record.
 */
#ifndef CORE_RECORD_H
#define CORE_RECORD_H

#include <stddef.h>

#include "core/base/assert.h"

#define RH_NODE_WORLD UINT32_MAX /* the record is about the run, not about one node */

/*
 * RECORD(name, text, level, stages, index, a, b, c, d)
 *
 * level: the trace level from which the kind is stored: V verdict, N node, F full.
 * stages: the words for `stage` 0, 1, 2, ... separated by '|'.
 * index, a..d: what the field means, "name:type", or "" when it is unused.
 * types: count, ns, id, node, height, int (signed), phase, step, ticket, gauge, assertion, number,
 * ppm, bytes
 */
#define RH_RECORDS(RECORD) \
	RECORD(RUN, "run", V, "begin|end|closing", "", "seed:number", "duration:ns", "", "") \
	RECORD(PHASE, "phase", V, "begin|end", "phase:phase", "", "", "", "") \
	RECORD(ACTION, "action", V, "requested|done|refused|failed", "ticket:ticket", "step:step", \
	       "touched:count", "", "") \
	RECORD(FAULT, "fault", V, "requested|verified|cleared|unverified|over", "step:step", \
	       "delay:ns", "touched:count", "", "") \
	RECORD(NODE, "node", V, "up|down|paused|ready|vanished", "", "", "", "", "") \
	RECORD(PEER, "peer", N, "connected|lost", "", "peer:node", "", "", "") \
	RECORD(BLOCK, "block", V, "produced|accepted|refused", "", "block:id", "parent:id", \
	       "height:height", "producer:node") \
	RECORD(HEAD, "head", V, "moved", "", "block:id", "previous:id", "height:height", "") \
	RECORD(REORG, "reorg", V, "done", "", "block:id", "ancestor:id", "depth:count", \
	       "previous:id") \
	RECORD(FINALIZED, "finalized", V, "moved", "", "block:id", "", "height:height", "") \
	RECORD(TX, "tx", V, "submitted|seen|included|dropped", "ticket:ticket", "tx:id", \
	       "block:id", "height:height", "fee:count") \
	RECORD(WORKLOAD, "workload", V, "begin|end", "workload:count", "sent:count", "", "", "") \
	RECORD(INVARIANT, "invariant", V, "violated", "invariant:count", "a:number", "b:number", \
	       "", "") \
	RECORD(ALERT, "alert", V, "raised|cleared", "alert:assertion", "value:int", "", "", "") \
	RECORD(ASSERTION, "assertion", V, "passed|failed|error", "assertion:assertion", \
	       "value:int", "", "", "") \
	RECORD(SNAPSHOT, "snapshot", V, "saved|restored|failed", "", "id:id", "", "", "") \
	RECORD(CLOCK, "clock", V, "stepped", "", "offset:int", "", "", "") \
	RECORD(LOG, "log", N, "line", "", "", "", "", "") \
	RECORD(NOTE, "note", V, "text", "", "", "", "", "") \
	RECORD(NAME, "name", V, "block|tx|peer", "", "id:id", "", "", "") \
	RECORD(GAUGE, "gauge", V, "value", "gauge:gauge", "value:int", "", "", "") \
	RECORD(MESSAGE, "message", F, "sent|arrived|duplicate|lost", "kind:count", "message:id", \
	       "peer:node", "size:bytes", "")

enum rh_record_kind {
#define RECORD(name, text, level, stages, index, a, b, c, d) RH_RECORD_##name,
	RH_RECORDS(RECORD)
#undef RECORD
		RH_RECORD_KIND_COUNT
};

/* The stages by name, in the order of the table. */
/* CLOSING: rollback and cleanup follow, which are not judged. */
enum { RH_RUN_BEGIN, RH_RUN_END, RH_RUN_CLOSING };
enum { RH_PHASE_BEGIN, RH_PHASE_END };
enum { RH_ACTION_REQUESTED, RH_ACTION_DONE, RH_ACTION_REFUSED, RH_ACTION_FAILED };
enum {
	RH_FAULT_REQUESTED,
	RH_FAULT_VERIFIED,
	RH_FAULT_CLEARED,
	RH_FAULT_UNVERIFIED,
	RH_FAULT_OVER
};
enum { RH_NODE_UP, RH_NODE_DOWN, RH_NODE_PAUSED, RH_NODE_READY, RH_NODE_VANISHED };
enum { RH_PEER_CONNECTED, RH_PEER_LOST };
enum { RH_BLOCK_PRODUCED, RH_BLOCK_ACCEPTED, RH_BLOCK_REFUSED };
enum { RH_TX_SUBMITTED, RH_TX_SEEN, RH_TX_INCLUDED, RH_TX_DROPPED };
enum { RH_WORKLOAD_BEGIN, RH_WORKLOAD_END };
enum { RH_ALERT_RAISED, RH_ALERT_CLEARED };
enum { RH_ASSERTION_PASSED, RH_ASSERTION_FAILED, RH_ASSERTION_ERROR };
enum { RH_MESSAGE_SENT, RH_MESSAGE_ARRIVED, RH_MESSAGE_DUPLICATE, RH_MESSAGE_LOST };

struct rh_record {
	uint64_t time_ns;
	uint32_t node; /* plan index or RH_NODE_WORLD */
	uint16_t kind; /* enum rh_record_kind */
	uint16_t stage;
	uint32_t index;
	uint32_t text_len;
	uint64_t a;
	uint64_t b;
	uint64_t c;
	uint64_t d;
	const char *text; /* text_len bytes, or NULL; borrowed: valid until the sink returns */
};

/*
 * A taker of records.  `take` borrows the records until it returns.  They come sorted as told
 * above.  `advance` says that every record with time < time_ns has been given.
 */
struct rh_sink {
	void (*take)(void *ctx, const struct rh_record *records, size_t count);
	void (*advance)(void *ctx, uint64_t time_ns); /* may be NULL */
	void *ctx;
	/*
	 * Bits (1 << kind) of records for which the taker never wakes the world.  The world may
	 * keep those back, many at a time, until it stands still; all others are given before it
	 * has passed the next point of the reaction grid.
	 */
	uint64_t calm_mask;
};

enum rh_trace_level { RH_TRACE_VERDICT, RH_TRACE_NODE, RH_TRACE_FULL };

/* What the table above says of one kind, for readers and writers of traces. */
struct rh_record_info {
	const char *text;
	enum rh_trace_level level;
	const char *stages;
	const char *fields[5]; /* index, a, b, c, d: "name:type" or "" */
};

const struct rh_record_info *rh_record_info(uint32_t kind); /* NULL for an unknown kind */
/* The word for a stage; "?" for an unknown one.  `word` is filled and returned. */
char *rh_record_stage_text(char word[24], uint32_t kind, uint32_t stage);
int rh_record_kind_by_name(const char *text);	    /* -1 when unknown */
uint64_t rh_record_mask(enum rh_trace_level level); /* bit per kind of that level and below */

/*
 * Gauges: signed 64-bit integers with a unit.  The shared list; a model's or client's own follow
 * from RH_GAUGE_MODEL, in the order of its table, under its prefix ("pow.orphans").
 *
 * GAUGE(name, text, unit, source, doc)    source: NODE a node says it, JUDGE derived from other
 * records
 */
#define RH_GAUGES(GAUGE) \
	GAUGE(HEAD_HEIGHT, "head_height", COUNT, NODE, "height of the node's head") \
	GAUGE(FINALIZED_HEIGHT, "finalized_height", COUNT, NODE, "height of the last final block") \
	GAUGE(FINALIZED_EPOCH, "finalized_epoch", COUNT, NODE, "last final epoch") \
	GAUGE(JUSTIFIED_EPOCH, "justified_epoch", COUNT, NODE, "last justified epoch") \
	GAUGE(REORG_DEPTH, "reorg_depth", COUNT, NODE, "blocks undone by the node's last reorg") \
	GAUGE(REORG_COUNT, "reorg_count", COUNT, NODE, "reorgs the node has made") \
	GAUGE(STALE_BLOCKS, "stale_blocks", COUNT, NODE, \
	      "blocks the node knows that are not on its chain") \
	GAUGE(PEERS, "peers", COUNT, NODE, "peers the node has a link to") \
	GAUGE(MEMPOOL_SIZE, "mempool_size", COUNT, NODE, "transactions waiting at the node") \
	GAUGE(TPS, "tps", COUNT, NODE, "transactions included a second") \
	GAUGE(BLOCK_INTERVAL, "block_interval", NS, NODE, \
	      "time between the node's last two heads") \
	GAUGE(PARTICIPATION_RATIO, "participation_ratio", PPM, NODE, "share of votes seen") \
	GAUGE(PROPAGATION_P50, "propagation_p50", NS, JUDGE, \
	      "time in which the last block reached half of the nodes that were up") \
	GAUGE(PROPAGATION_P90, "propagation_p90", NS, JUDGE, "the same for 90 %") \
	GAUGE(PROPAGATION_P95, "propagation_p95", NS, JUDGE, "the same for 95 %") \
	GAUGE(INCLUSION_DELAY, "inclusion_delay", NS, NODE, "from submission to a block") \
	GAUGE(CLOCK_OFFSET, "clock_offset", NS, NODE, "the node's clock against true time") \
	GAUGE(TOTAL_SUPPLY, "total_supply", COUNT, NODE, "money in existence on the node's chain") \
	GAUGE(BYTES_IN, "bytes_in", BYTES, NODE, "bytes received") \
	GAUGE(BYTES_OUT, "bytes_out", BYTES, NODE, "bytes sent") \
	GAUGE(HEAD, "head", ID, NODE, "the node's head block") \
	GAUGE(HEADS, "heads", COUNT, JUDGE, "different heads among the nodes that are up") \
	GAUGE(UP, "up", COUNT, NODE, "1 while the node is up, 0 while it is not") \
	GAUGE(NODES_UP, "nodes_up", COUNT, JUDGE, "nodes that are up") \
	GAUGE(FINALITY_CONFLICTS, "finality_conflicts", COUNT, JUDGE, \
	      "heights at which two nodes called different blocks final") \
	GAUGE(TX_SUBMITTED, "tx_submitted", COUNT, JUDGE, \
	      "transactions that were handed to nodes") \
	GAUGE(TX_INCLUDED, "tx_included", COUNT, JUDGE, "of them, those in a block") \
	GAUGE(TX_DROPPED, "tx_dropped", COUNT, JUDGE, \
	      "of them, those that a node dropped and no block holds") \
	GAUGE(TX_REFUSED_INCLUDED, "tx_refused_included", COUNT, JUDGE, \
	      "transactions that a node refused as invalid and a block holds all the same") \
	GAUGE(INCLUSION_RATIO, "inclusion_ratio", PPM, JUDGE, \
	      "share of the transactions handed to nodes that a block holds")

enum rh_gauge {
#define GAUGE(name, text, unit, source, doc) RH_GAUGE_##name,
	RH_GAUGES(GAUGE)
#undef GAUGE
		RH_GAUGE_SHARED_COUNT,
	RH_GAUGE_MODEL = 64 /* a model's own gauges from here */
};

enum rh_unit { RH_UNIT_COUNT, RH_UNIT_NS, RH_UNIT_PPM, RH_UNIT_BYTES, RH_UNIT_ID };

struct rh_gauge_info {
	const char *name;
	enum rh_unit unit;
	bool is_derived; /* the judge computes it; worlds never send it */
	const char *doc;
};

const struct rh_gauge_info *rh_gauge_info(uint32_t gauge); /* shared ones; NULL otherwise */
const char *rh_unit_name(enum rh_unit unit);
/* A value with its unit, for people: "4.1 s", "2", "93.5 %". */
char *rh_gauge_text(char text[40], enum rh_unit unit, int64_t value);

#endif
