/*
 * collect.h - what a report remembers of the stream of records; everything in it is bounded,
 * however long the run.
 *
 * Time is divided into bins of equal width; when a run outlives them, neighbours are merged and the
 * width doubles.  Of a bin the report keeps how many different heads there were, and the height of
 * each drawn node at its end.  With more nodes than lines an even choice of nodes is drawn.
 */
#ifndef CORE_REPORT_COLLECT_H
#define CORE_REPORT_COLLECT_H

#include "core/base/map.h"
#include "core/report/report.h"

#define REPORT_BINS	 720
#define REPORT_LINES	 100	/* nodes whose head height is drawn */
#define REPORT_REORGS	 4096	/* that are kept, the first ones; all are counted */
#define REPORT_BLOCKS	 100000 /* whose spreading is measured */
#define REPORT_NO_HEIGHT UINT32_MAX
#define REPORT_NEVER	 UINT64_MAX

struct rh_report_bin {
	uint32_t heads_min; /* different heads among the nodes that are up */
	uint32_t heads_max;
};

struct rh_report_node {
	uint64_t head; /* 0: genesis */
	uint32_t height;
	uint32_t reorgs;
	uint64_t deepest; /* blocks undone at once */
	bool is_up;
};

struct rh_report_reorg {
	uint64_t time_ns;
	uint64_t depth;
	uint64_t to;
	uint64_t from;
	uint32_t node;
};

/* What became of a step; REPORT_NEVER where it did not happen. */
struct rh_report_step {
	uint64_t requested_ns;
	uint64_t verified_ns;
	uint64_t cleared_ns;
	uint64_t touched;
	bool is_unverified;
	bool is_failed; /* the world refused or failed the action */
};

/* A step with all the copies of its series. */
struct rh_report_series {
	struct rh_report_step
		step;	/* from the first that was requested to the last that was cleared */
	uint32_t count; /* copies, itself too; 0: it is a copy of another */
	uint32_t begun; /* how many of them were requested */
};

struct rh_report_block {
	uint64_t produced_ns;
	uint64_t half_ns; /* until half of the nodes that are up had it, or REPORT_NEVER */
	uint64_t most_ns; /* 90 % */
	uint32_t seen;
};

struct rh_report {
	struct rh_sink sink;
	struct rh_arena arena;
	const struct rh_plan *plan;
	uint64_t now_ns;
	uint64_t bin_ns;
	struct rh_report_bin bins[REPORT_BINS];
	uint32_t bin; /* the one in which now_ns lies; those before it are complete */
	uint32_t line_count;
	uint32_t *line_nodes; /* plan index of each line */
	uint32_t *heights;    /* [line * REPORT_BINS + bin] */
	struct rh_report_node *nodes;
	uint32_t up_count;
	uint32_t heads;		  /* different ones now */
	struct rh_map head_nodes; /* head id (8 bytes) to the number of nodes on it */
	uint64_t **free_heads;	  /* places for head ids: one more than there are nodes */
	uint32_t free_head_count;
	struct rh_report_step *steps;
	struct rh_report_reorg reorgs[REPORT_REORGS];
	uint64_t reorg_count;
	uint64_t deepest;
	struct rh_map block_index;
	struct rh_report_block *blocks;
	uint32_t block_count;
	uint32_t block_cap;
	uint64_t blocks_produced;
	uint64_t height_max;
	uint64_t record_count;
	uint64_t end_ns; /* of the run's last record */
};

/* One for each step of the plan: the caller's, free(). */
struct rh_report_series *rh_report_series(const struct rh_report *report);

/* When a step began and ended for the pictures: as recorded; what has no end in the records has the
 * planned one.  False for what never began. */
bool rh_report_step_span(const struct rh_report *report, uint32_t step, uint64_t run_end_ns,
			 uint64_t *from_ns, uint64_t *to_ns);
/* How many chains there were for at least `share_ppm` of the span. */
uint32_t rh_report_chains(const struct rh_report *report, uint64_t from_ns, uint64_t to_ns,
			  uint64_t share_ppm);
/* Nodes that undid blocks within the span, and the deepest of these reorgs. */
uint32_t rh_report_reorged_nodes(const struct rh_report *report, uint64_t from_ns, uint64_t to_ns,
				 uint64_t *deepest);
/* How many blocks at once a node must have undone to stand out in this run: more than half of the
 * deepest reorg, so that the losers of a split differ from those that met a natural fork. */
uint64_t rh_report_deep(const struct rh_report *report);
bool rh_report_is_deep(const struct rh_report *report, const struct rh_report_node *node);
/* Median and maximum over the blocks of the time to 90 % (or to half) of the nodes; false when no
 * block got there. */
bool rh_report_spread(const struct rh_report *report, bool is_half, uint64_t *median_ns,
		      uint64_t *max_ns, uint32_t *count);

#endif
