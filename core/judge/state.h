/*
 * state.h - what the judge keeps, for the files of this folder only.
 *
 *   struct rh_judge          on the heap: the plan and tables made from it, nothing that changes
 *     └── space              everything that changes while records come in
 *           struct core      clock, counts, faults, heads; the root of the space
 *           struct seat[]    one for each assertion: window, last value, decision, evidence
 *           struct column[]  latest value of a wanted gauge on each node
 *           struct place[]   one for each node: is it up, its head, its last records
 *           aggregates, blocks on their way, states of the assertion types
 *
 * Only gauges that an assertion reads are kept, and every sum over nodes is kept up to date record
 * by record, so that a record costs the same however many nodes there are.
 */
#ifndef CORE_JUDGE_STATE_H
#define CORE_JUDGE_STATE_H

#include "core/base/bits.h"
#include "core/base/units.h"
#include "core/judge/judge.h"
#include "core/judge/view.h"
#include "core/scenario/that.h"

#define RING_RECORDS 8 /* last records of a node: five before the deciding one, and those after */

/* A record without its text; text is never evidence. */
struct kept {
	uint64_t time_ns;
	uint32_t node;
	uint16_t kind;
	uint16_t stage;
	uint32_t index;
	uint32_t is_set;
	uint64_t a;
	uint64_t b;
	uint64_t c;
	uint64_t d;
};

struct place {
	uint64_t head;
	uint32_t is_up;
	uint32_t ring_count; /* ever; the slot is ring_count % RING_RECORDS */
	struct kept ring[RING_RECORDS];
};

struct column {
	rh_off values; /* int64_t for each node; 0: nobody said it yet */
	rh_off known;  /* bits */
};

/* What about an aggregate has changed, and what a reader of it needs to be told. */
enum aspect {
	ASPECT_LOW = 1,
	ASPECT_HIGH = 2,
	ASPECT_SUM = 4,
	ASPECT_DISTINCT = 8,
	ASPECT_EQUAL = 16,
	ASPECT_ALL = 31
};

/* One gauge over some nodes, for all assertions that look at just these (aggregate.c). */
struct aggregate {
	__int128 sum;
	rh_off lows;  /* a tree of minima over the nodes, root at 1; 0: nobody needs it */
	rh_off highs; /* the same of maxima */
	uint32_t width;
	uint32_t known;	     /* nodes that have a value */
	uint32_t equal;	     /* those whose value is `equal_to` */
	uint32_t assertion;  /* the first of its readers: names the nodes */
	uint32_t needs;	     /* enum aspect, of all readers */
	uint32_t changed;    /* enum aspect, by the record that is taken */
	uint32_t open_count; /* readers that are undecided */
	uint32_t unused;
	int64_t equal_to;	/* the value in the sentence, for readers that need EQUAL */
	struct rh_idmap values; /* DISTINCT: value to number of nodes */
	uint64_t touched_look;	/* core->looks when a value changed last */
	uint64_t touched_turn;	/* core->turns at the first change since that look */
	struct kept cause;	/* the last record that changed a value */
};

/* One assertion that reads a gauge. */
struct reader {
	uint32_t assertion;
	uint32_t needs;	    /* enum aspect; 0: the gauge is derived */
	uint32_t is_open;   /* undecided */
	uint32_t aggregate; /* position in the core's */
};

/* A seat to look at when the instant ends. */
struct dirty {
	uint64_t turn; /* looks are taken in this order, and in that of the assertions */
	uint32_t assertion;
	uint32_t unused;
};

enum window { WINDOW_AHEAD, WINDOW_OPEN, WINDOW_CLOSED };

/* Why a seat was decided, where mode and outcome do not say it. */
enum ground {
	GROUND_TRUTH,	 /* by what was seen */
	GROUND_UNKNOWN,	 /* nothing was ever seen */
	GROUND_OVERDUE,	 /* a block that had not spread when the window closed */
	GROUND_UNREACHED /* the run ended before the window did */
};

struct seat {
	uint32_t window; /* enum window */
	uint32_t state;	 /* enum rh_result_state */
	uint32_t ground; /* enum ground */
	uint32_t end;	 /* enum rh_run_end, for UNREACHED */
	uint64_t decided_ns;
	int64_t value;	     /* at the decision, or the last one */
	int64_t worst;	     /* nearest to a violation */
	uint32_t last_truth; /* enum rh_truth, of the last look in the window */
	uint32_t has_value;
	uint32_t is_dirty;
	uint32_t node;
	uint32_t fault_step;
	uint32_t evidence_count;
	struct kept cause; /* the last record that changed what it looks at; of an aggregate's
			      reader only when it is decided */
	struct kept evidence[RH_EVIDENCE_RECORDS + 1];
	rh_off type_state;
	rh_off aggregate; /* 0: a derived gauge or another type */
	uint32_t reader;  /* position in the readers, when it has an aggregate */
	uint32_t unused;
};

/* Derived gauges in the order of `enum derived`. */
enum derived {
	DERIVED_P50,
	DERIVED_P90,
	DERIVED_P95,
	DERIVED_HEADS,
	DERIVED_COUNT,
	DERIVED_NONE = DERIVED_COUNT
};

struct block {
	uint64_t id;
	uint64_t produced_ns;
	uint32_t producer;
	uint32_t count;	   /* nodes that are up and have it */
	uint32_t reported; /* bit (1 << enum derived) */
	uint32_t older;	   /* list by age; 0 ends it, slot + 1 otherwise */
	uint32_t newer;
	uint32_t unused;
	rh_off nodes; /* bits: who has it */
};

struct core {
	uint64_t clock_ns;	 /* the instant that is being filled */
	uint32_t boundary;	 /* next of judge->boundaries */
	uint32_t waiting;	 /* undecided assertions that a run waits for */
	struct rh_vec dirty;	 /* struct dirty */
	uint64_t looks;		 /* how often the dirty ones were looked at */
	uint64_t turns;		 /* changes of gauges and marks so far */
	struct rh_vec decisions; /* uint32_t: seats in the order of decision */
	struct rh_vec faults;	 /* uint32_t: steps in effect, oldest first */
	rh_off step_bits[3];	 /* bits by step: unverified, untouched, failed action */
	uint32_t up_count;
	uint32_t has_head; /* somebody said one */
	struct rh_idmap heads;
	int64_t derived[DERIVED_COUNT];
	uint32_t derived_known; /* bits */
	uint32_t derived_fresh; /* bits: changed in this instant */
	struct rh_idmap blocks; /* id to slot */
	struct rh_vec slots;	/* struct block */
	uint32_t free_slot;	/* list over `older`, slot + 1 */
	uint32_t oldest;	/* slot + 1 */
	uint32_t newest;
	uint32_t live_blocks;
	uint32_t invariant_count;
	struct kept invariant;	/* the first violation */
	uint32_t has_failed;	/* an assertion */
	uint32_t has_error;	/* the harness: a fault or an action */
	uint32_t has_unreached; /* a window that the run did not reach */
	uint32_t is_finished;
	uint32_t end; /* enum rh_run_end */
	uint64_t end_ns;
	rh_off seats;
	rh_off columns;
	rh_off places;
	rh_off readers;
	struct rh_vec aggregates; /* rh_off, by gauge */
};

enum step_set { STEPS_UNVERIFIED, STEPS_UNTOUCHED, STEPS_FAILED };

struct boundary {
	uint64_t time_ns;
	uint32_t is_opening;
	uint32_t assertion;
};

struct rh_judge {
	const struct rh_plan *plan;
	struct rh_space space;
	/* into the space, which does not move */
	struct core *core;
	struct seat *seats;
	struct column *columns;
	struct place *places;
	struct reader *readers; /* by gauge, then by assertion */
	/* made from the plan */
	uint32_t gauge_count;
	bool *is_wanted;	 /* by gauge */
	uint32_t *readers_at;	 /* gauge to its range in `readers` */
	uint32_t *aggregates_at; /* gauge to its range in the core's aggregates */
	struct boundary *boundaries;
	uint32_t boundary_count;
	uint64_t own_kinds; /* record kinds that types other than "gauge" want */
	bool has_own_types;
	bool needs_heads;
	bool needs_blocks;
	uint32_t block_limit;
	struct scratch *scratch; /* texts and results as handed out; made again when asked */
};

struct scratch {
	char text[600];
	struct rh_result results[];
};

struct rh_view {
	const struct rh_judge *judge;
	uint32_t assertion;
	uint32_t *blamed;
};

extern const struct rh_assertion_type judge_gauge_type;

/* judge.c */
void judge_mark(struct rh_judge *judge, uint32_t assertion, const struct kept *cause);
/* The same in a turn that was taken before, and without a cause; the assertion is undecided. */
void judge_mark_in_turn(struct rh_judge *judge, uint32_t assertion, uint64_t turn);
void judge_gauge_set(struct rh_judge *judge, uint32_t node, uint32_t gauge, int64_t value,
		     const struct kept *cause);

/* window.c: when windows open and close, and what a look at an assertion decides */
void judge_open_first(struct rh_judge *judge); /* the windows that begin with the run */
void judge_look_at_dirty(struct rh_judge *judge);
void judge_move_to(struct rh_judge *judge, uint64_t time_ns);
void judge_close_all(struct rh_judge *judge, uint64_t time_ns, enum rh_run_end end);

/* aggregate.c */
/* The aggregates of all readers, shared where two look at the same. */
void judge_aggregates_open(struct rh_judge *judge);
/* A node's gauge has another value: whoever must look again is marked. */
void judge_aggregates_change(struct rh_judge *judge, uint32_t node, uint32_t gauge, bool was_known,
			     int64_t before, int64_t value, const struct kept *cause);
/* The assertion is decided: what it keeps of the aggregate, which it reads no more. */
void judge_aggregate_leave(struct rh_judge *judge, uint32_t assertion);
enum rh_truth judge_that_truth(const struct rh_judge *judge, uint32_t assertion,
			       const struct rh_that *that, int64_t *value);
uint32_t judge_that_blame(const struct rh_judge *judge, uint32_t assertion,
			  const struct rh_that *that);

/* derived.c */
enum derived judge_derived(uint32_t gauge);
void judge_derived_open(struct rh_judge *judge);
void judge_node_is(struct rh_judge *judge, uint32_t node, bool is_up, const struct kept *cause);
void judge_head_is(struct rh_judge *judge, uint32_t node, uint64_t head, const struct kept *cause);
void judge_block_produced(struct rh_judge *judge, uint32_t node, const struct kept *cause);
void judge_block_accepted(struct rh_judge *judge, uint32_t node, const struct kept *cause);
/* A block of the window that is older than the sentence allows and has not spread: its age. */
bool judge_overdue(const struct rh_judge *judge, const struct rh_plan_assertion *assertion,
		   int64_t *age_ns, uint32_t *producer);

/* reason.c */
void judge_reason(const struct rh_judge *judge, uint32_t assertion, char *out, size_t size);
/* "max(reorg_depth) <= 6" */
void judge_sentence(const struct rh_judge *judge, uint32_t assertion, char *out, size_t size);
enum rh_unit judge_value_unit(const struct rh_judge *judge, uint32_t assertion);
const char *judge_node_name(const struct rh_judge *judge, uint32_t node);

static inline const struct rh_that *judge_that(const struct rh_plan_assertion *assertion)
{
	return assertion->type == &judge_gauge_type ? assertion->params : NULL;
}

/* The gauge is one that comes and goes with a block, not a state that lasts. */
static inline bool judge_is_momentary(const struct rh_plan_assertion *assertion)
{
	const struct rh_that *that = judge_that(assertion);

	return that != NULL && judge_derived((uint32_t)that->gauge) <= DERIVED_P95;
}

#endif
