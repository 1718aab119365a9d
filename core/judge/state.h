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

#include "core/base/arena.h"
#include "core/base/bits.h"
#include "core/base/units.h"
#include "core/judge/judge.h"
#include "core/judge/view.h"
#include "core/scenario/formula.h"
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
	ASPECT_ORDER = 32,
	ASPECT_ALL = 63
};

enum gang_value { GANG_LOW, GANG_HIGH, GANG_SUM, GANG_SPREAD, GANG_DISTINCT, GANG_COUNT };

/* Assertions with limits on one statistic of an aggregate (gang.c). */
struct gang {
	int64_t ceiling; /* between these nothing is decided */
	int64_t floor;
	int64_t highest; /* seen since the last one joined, at the end of instants */
	int64_t lowest;
	int64_t value;
	uint32_t count;
	uint32_t unused;
};

/* One column over some nodes, for all assertions that look at just these (aggregate.c). */
struct aggregate {
	__int128 sum;
	int64_t low;
	int64_t high;
	rh_off tally;  /* how many hold which value; 0: nobody needs extremes (extremes.c) */
	rh_off blocks; /* the extremes of every 64 nodes, when values lie too far apart */
	rh_off order;  /* the values, sorted; 0: nobody needs it */
	uint32_t is_far_apart;
	uint32_t moves; /* since then */
	uint32_t told;	/* enum aspect, changed in this instant: who needs them is marked */
	uint32_t column;
	uint32_t known;		/* nodes that have a value */
	uint32_t equal;		/* those whose value is `equal_to` */
	uint32_t assertion;	/* the first of its readers: names the nodes */
	uint32_t needs;		/* enum aspect, of all readers */
	uint32_t changed;	/* enum aspect, by the record that is taken */
	uint32_t open_count;	/* readers that are undecided */
	int64_t equal_to;	/* the value in the sentence, for readers that need EQUAL */
	struct rh_idmap values; /* DISTINCT: value to number of nodes */
	uint64_t touched_look;	/* core->looks when a value changed last */
	uint64_t touched_turn;	/* core->turns at the first change since that look */
	uint64_t cause_turn;	/* core->turns at the last */
	struct kept cause;	/* the last record that changed a value */
	struct gang gangs[GANG_COUNT];
	uint32_t lone_count; /* open readers that are in no gang */
	uint32_t gang_bits;  /* 1 << enum gang_value, of those that somebody is in */
};

/* What an assertion reads of one column. */
struct reader {
	uint32_t assertion;
	uint32_t needs;	    /* enum aspect; 0: a gauge that is derived */
	uint32_t is_open;   /* undecided */
	uint32_t aggregate; /* position in the core's */
	uint32_t next;	    /* the assertion's next reader + 1; 0 ends */
	uint32_t unused;
	int64_t equal_to; /* for EQUAL */
};

/* A seat to look at when the instant ends. */
struct dirty {
	uint64_t turn; /* looks are taken in this order, and in that of the assertions */
	uint32_t assertion;
	uint32_t unused;
};

enum window {
	WINDOW_AHEAD,
	WINDOW_OPEN,
	WINDOW_HOLDING, /* over, but what became true in time still has to last */
	WINDOW_CLOSED
};

enum timer_kind { TIMER_HELD, TIMER_ROUND, TIMER_CLOSE, TIMER_OPEN };

struct timer {
	uint64_t time_ns;
	uint32_t kind; /* enum timer_kind */
	uint32_t assertion;
};

/* Why a seat was decided, where mode and outcome do not say it. */
enum ground {
	GROUND_TRUTH,	  /* by what was seen */
	GROUND_UNKNOWN,	  /* nothing was ever seen */
	GROUND_OVERDUE,	  /* a block that had not spread when the window closed */
	GROUND_UNREACHED, /* the run ended before the window did */
	GROUND_UNOPENED	  /* what its window counts from never came */
};

struct seat {
	uint32_t window; /* enum window */
	uint32_t state;	 /* enum rh_result_state */
	uint32_t ground; /* enum ground */
	uint32_t end;	 /* enum rh_run_end, for UNREACHED */
	uint64_t decided_ns;
	uint64_t from_ns; /* as the plan says, or as the run made it */
	uint64_t until_ns;
	uint64_t true_since_ns; /* while it is holding */
	uint32_t is_holding;	/* true at the last look, and for how long counts */
	uint32_t is_raised;	/* an alert */
	uint32_t is_begun;	/* the step that its window counts from came */
	uint32_t is_waited_for; /* counted in core->waiting */
	uint32_t is_closing;	/* the last look */
	uint32_t unused;
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
	uint32_t readers; /* list over reader->next: position + 1 */
	uint32_t was_raised;
	uint32_t is_ganged;
	uint32_t unused2;
};

/* Derived gauges in the order of `enum derived`. */
enum derived {
	DERIVED_P50,
	DERIVED_P90,
	DERIVED_P95,
	DERIVED_HEADS,
	DERIVED_NODES_UP,
	DERIVED_CONFLICTS,
	DERIVED_TX_SUBMITTED,
	DERIVED_TX_INCLUDED,
	DERIVED_TX_DROPPED,
	DERIVED_TX_REFUSED_INCLUDED,
	DERIVED_INCLUSION_RATIO,
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
	uint64_t clock_ns; /* the instant that is being filled */
	uint32_t waiting;  /* undecided assertions that a run waits for */
	uint32_t unused;
	uint64_t condition_changes;    /* how often a condition's truth was seen to change */
	uint64_t condition_changed_ns; /* the instant of the last time */
	struct rh_vec timers;	       /* struct timer, soonest last */
	struct rh_vec touched;	       /* rh_off of aggregates, by this instant */
	struct rh_vec dirty;	       /* struct dirty */
	uint64_t looks;		       /* how often the dirty ones were looked at */
	uint64_t turns;		       /* changes of gauges and marks so far */
	struct rh_vec decisions;       /* uint32_t: seats in the order of decision */
	struct rh_vec alerts;	       /* struct rh_alert: raised and cleared, in order */
	uint32_t raised_count;	       /* alerts that are raised now */
	uint32_t recovering;	       /* faults that are over and not got over */
	struct rh_vec faults;	       /* uint32_t: steps in effect, oldest first */
	rh_off step_bits[3];	       /* bits by step: unverified, untouched, failed action */
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
	rh_off captured;
	rh_off stretched;
	rh_off recoveries;
	struct rh_idmap transactions; /* id to bits: submitted, included, dropped, refused */
	int64_t transaction_counts[4];
	struct rh_idmap finals; /* height to the first final block there */
	struct rh_idmap conflicts;
	struct rh_vec aggregates; /* rh_off, by column */
};

enum step_set { STEPS_UNVERIFIED, STEPS_UNTOUCHED, STEPS_FAILED };

/* An expression that has a value for each node, kept as if it were a gauge. */
struct own_column {
	const struct rh_expr *expr;
	uint32_t assertion;
	bool is_truth;
	bool is_scaled; /* in millionths */
	bool is_mixed;	/* something of the whole network is in it */
};

/* What a gauge was at one moment; where it stands is its number. */
struct capture {
	uint32_t gauge;
	uint32_t step;	    /* RH_NONE: at the opening of the assertion's window */
	uint32_t assertion; /* or RH_NONE */
};

struct captured {
	rh_off values; /* of the nodes; 0: not yet */
	rh_off known;
	int64_t network; /* of a derived gauge */
	uint32_t is_network_known;
	uint32_t is_taken;
};

/* A statistic over the values of a phase. */
struct stretch {
	uint32_t gauge;
	uint32_t phase;
	uint32_t assertion;
	enum rh_statistic statistic;
};

struct stretched {
	__int128 sum;
	int64_t low;
	int64_t high;
	uint64_t count;
	struct rh_vec values; /* int64_t, for percentiles and distinct */
	rh_off said;	      /* bits: nodes that said something in the phase */
	uint32_t is_open;
	uint32_t is_over;
};

/* How a fault was got over (recovery.c). */
struct recovery {
	uint64_t requested_ns;
	uint64_t cleared_ns;
	uint64_t recovered_ns;
	uint32_t up_before;
	uint32_t state;	     /* enum recovery_state */
	uint32_t is_noticed; /* an alert was raised while it lasted or was got over */
	uint32_t unused;
};

enum recovery_state { RECOVERY_NONE, RECOVERY_ENDURED, RECOVERY_AHEAD, RECOVERY_DONE };

/* An assertion's expression, bound to what is kept for it.  Numbers by leaf. */
struct formula {
	struct rh_formula bound;
	uint32_t first_column; /* own columns of this assertion */
	uint32_t column_count;
	uint32_t truth; /* its own column, when it is asked of each node; or RH_NONE */
	uint32_t truth_reader;
	uint32_t *leaf_readers; /* AGGREGATE */
	uint32_t *leaf_things;	/* CAPTURED: a capture; PHASE: a stretch; AGGREGATE: own column */
	bool is_mixed;
	bool is_timed; /* some leaf says more when it is asked at the end */
};

struct rh_judge {
	const struct rh_plan *plan;
	struct rh_space space;
	/* into the space, which does not move */
	struct core *core;
	struct seat *seats;
	struct column *columns;
	struct place *places;
	struct reader *readers; /* by column, then by assertion */
	struct captured *captured;
	struct stretched *stretched;
	struct recovery *recoveries; /* by step */
	/* made from the plan */
	struct rh_arena arena;
	struct rh_arena asking; /* of one evaluation */
	uint32_t gauge_count;
	uint32_t column_count; /* gauges, then own columns */
	bool *is_wanted;       /* by gauge */
	bool *is_derived;
	uint32_t *readers_at;	       /* column to its range in `readers` */
	uint32_t *aggregates_at;       /* column to its range in the core's aggregates */
	struct aggregate **aggregates; /* where those stand */
	struct formula **formulas;     /* by assertion; NULL: it has none */
	const struct rh_that *
		*thats; /* by assertion; NULL: it is more than one gauge and a number */
	struct own_column *own_columns;
	uint32_t own_column_count;
	uint32_t *own_at; /* gauge to its range in `own_of`: the own columns that read it */
	uint32_t *own_of;
	struct capture *captures;
	uint32_t capture_count;
	struct stretch *stretches;
	uint32_t stretch_count;
	uint64_t own_kinds;	    /* record kinds that types other than "gauge" want */
	bool has_own_gauges;	    /* one of them looks at all gauges */
	bool has_step_windows;	    /* some open with a step or a fault */
	bool has_leaves_of_network; /* reachable, alert, recovery */
	bool needs_heads;
	bool needs_blocks;
	bool needs_transactions;
	bool needs_finals;
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
/* A column's value at a node; NULL: it has none any more. */
void judge_column_set(struct rh_judge *judge, uint32_t node, uint32_t column, const int64_t *value,
		      const struct kept *cause);
bool judge_column_get(const struct rh_judge *judge, uint32_t node, uint32_t column, int64_t *value);

/* readers.c: who reads what */
void judge_needs_find(struct rh_judge *judge);
void judge_readers_count(struct rh_judge *judge);
void judge_readers_fill(struct rh_judge *judge);

/* window.c: when windows open and close */
void judge_windows_open(struct rh_judge *judge);
void judge_open_first(struct rh_judge *judge); /* the windows that begin with the run */
void judge_move_to(struct rh_judge *judge, uint64_t time_ns);
/* It asks for progress, in rounds (struct rh_assertion_type), and is not looked at in between. */
bool judge_has_rounds(const struct rh_judge *judge, uint32_t assertion);
void judge_timer_add(struct rh_judge *judge, uint64_t time_ns, enum timer_kind kind,
		     uint32_t assertion);
void judge_wait_for(struct rh_judge *judge, uint32_t assertion);
void judge_step_begins(struct rh_judge *judge, uint32_t step);
void judge_fault_holds(struct rh_judge *judge, uint32_t step);
void judge_fault_is_over(struct rh_judge *judge, uint32_t step);
void judge_close_all(struct rh_judge *judge, uint64_t time_ns, enum rh_run_end end);

/* look.c: what a look at an assertion decides */
enum rh_truth judge_truth_of(const struct rh_judge *judge, uint32_t assertion, int64_t *value,
			     uint32_t *blamed);
void judge_look(struct rh_judge *judge, uint32_t assertion);
void judge_look_at_dirty(struct rh_judge *judge);
void judge_keep_worst(const struct rh_judge *judge, uint32_t assertion, int64_t value);
/* What was seen; `expect: fail` turns it round. */
void judge_decide(struct rh_judge *judge, uint32_t assertion, enum rh_result_state seen,
		  enum ground ground);

/* gang.c: who is not looked at while no limit is near */
void judge_gang_join(struct rh_judge *judge, uint32_t assertion);  /* if it may */
void judge_gang_leave(struct rh_judge *judge, uint32_t assertion); /* if it is in one */
/* At the end of an instant: marks whose limit was passed. */
void judge_gangs_look(struct rh_judge *judge);

/* aggregate.c */
/* The aggregates of all readers, shared where two look at the same. */
void judge_aggregates_open(struct rh_judge *judge);
/* A node's column has another value (NULL: none): whoever must look again is marked. */
void judge_aggregates_change(struct rh_judge *judge, uint32_t node, uint32_t column,
			     const int64_t *before, const int64_t *value, const struct kept *cause);
/* The assertion is decided: what it keeps of the aggregates, which it reads no more. */
void judge_aggregate_leave(struct rh_judge *judge, uint32_t assertion);
uint32_t judge_that_needs(const struct rh_that *that);
uint32_t judge_statistic_needs(enum rh_statistic statistic, bool is_truth);
struct aggregate *judge_aggregate_of_reader(const struct rh_judge *judge, uint32_t reader);
/* False when no node has a value, or the number does not fit. */
bool judge_aggregate_number(struct rh_rational *number, const struct rh_judge *judge,
			    const struct aggregate *aggregate, enum rh_statistic statistic,
			    bool is_truth);
/* Position of a node among an assertion's, or RH_NONE. */
uint32_t judge_position(const struct rh_judge *judge, uint32_t assertion, uint32_t node);
enum rh_truth judge_that_truth(const struct rh_judge *judge, uint32_t assertion,
			       const struct rh_that *that, int64_t *value);
uint32_t judge_that_blame(const struct rh_judge *judge, uint32_t assertion,
			  const struct rh_that *that);

/* extremes.c: an aggregate's least and greatest value */
void judge_extremes_open(struct rh_judge *judge, struct aggregate *aggregate);
/* A value became another, and the column has it already; says which of the two is new by it. */
uint32_t judge_extremes_move(struct rh_judge *judge, struct aggregate *aggregate, uint32_t position,
			     const int64_t *before, const int64_t *value);

/* formula.c: expressions */
void judge_formulas_bind(struct rh_judge *judge); /* from the plan, before the space is open */
void judge_formulas_open(struct rh_judge *judge);
/* A gauge of a node is another: the own columns that read it follow. */
void judge_own_columns_follow(struct rh_judge *judge, uint32_t node, uint32_t gauge,
			      const struct kept *cause);
/* What in the expression is of the whole network may be another: its columns are made again. */
void judge_formula_refresh(struct rh_judge *judge, uint32_t assertion, bool is_for_all);
enum rh_truth judge_formula_truth(const struct rh_judge *judge, uint32_t assertion, int64_t *value);
/* Whom a false truth is about, and what was seen there. */
uint32_t judge_formula_blame(const struct rh_judge *judge, uint32_t assertion, int64_t *value);
/* Whether it may say something else at the end of its window than at its last record. */
bool judge_is_timed(const struct rh_judge *judge, uint32_t assertion);
/* "no node said tps" */
const char *judge_what_is_missing(const struct rh_judge *judge, uint32_t assertion);
void judge_mark_leaves(struct rh_judge *judge, enum rh_leaf_kind kind, const struct kept *cause);

/* capture.c: what gauges were at a moment, and in a phase */
void judge_capture_at_opening(struct rh_judge *judge, uint32_t assertion);
void judge_capture_at_step(struct rh_judge *judge, uint32_t step);
/* A gauge is said for the first time: it counts for moments before. */
void judge_capture_late(struct rh_judge *judge, uint32_t node, uint32_t gauge, int64_t value);
bool judge_captured(const struct rh_judge *judge, uint32_t capture, uint32_t node, int64_t *value);
void judge_stretch_sample(struct rh_judge *judge, uint32_t node, uint32_t gauge, int64_t value);
void judge_stretch_phase(struct rh_judge *judge, uint32_t phase, bool is_begin);
void judge_stretches_end(struct rh_judge *judge, uint32_t assertion);
bool judge_stretch_number(struct rh_rational *number, const struct rh_judge *judge,
			  uint32_t stretch);

/* recovery.c: alerts, what faults left behind, who can reach whom */
void judge_alert_said(struct rh_judge *judge, uint32_t assertion, bool is_raised);
void judge_recovery_fault(struct rh_judge *judge, uint32_t step, uint16_t stage);
void judge_recovery_look(struct rh_judge *judge); /* when an instant is over */
bool judge_recovery_time(const struct rh_judge *judge, uint32_t step, bool is_end,
			 int64_t *span_ns);
bool judge_is_reachable(const struct rh_judge *judge, uint32_t a, uint32_t b);
int64_t judge_unnoticed(const struct rh_judge *judge);
/* In millionths; false when no fault was cleared. */
bool judge_recovery_score(const struct rh_judge *judge, uint64_t *ppm);

/* derived.c */
enum derived judge_derived(uint32_t gauge);
void judge_derived_open(struct rh_judge *judge);
void judge_node_is(struct rh_judge *judge, uint32_t node, bool is_up, const struct kept *cause);
void judge_head_is(struct rh_judge *judge, uint32_t node, uint64_t head, const struct kept *cause);
void judge_block_produced(struct rh_judge *judge, uint32_t node, const struct kept *cause);
void judge_block_accepted(struct rh_judge *judge, uint32_t node, const struct kept *cause);
void judge_block_final(struct rh_judge *judge, uint64_t height, uint64_t block,
		       const struct kept *cause);
void judge_transaction(struct rh_judge *judge, const struct rh_record *record,
		       const struct kept *cause);
/* A block of the window that is older than the sentence allows and has not spread: its age. */
bool judge_overdue(const struct rh_judge *judge, uint32_t assertion, int64_t *age_ns,
		   uint32_t *producer);

/* reason.c */
void judge_reason(const struct rh_judge *judge, uint32_t assertion, char *out, size_t size);
/* "max(reorg_depth) <= 6" */
void judge_sentence(const struct rh_judge *judge, uint32_t assertion, char *out, size_t size);
char *judge_value_text(const struct rh_judge *judge, uint32_t assertion, char text[40],
		       int64_t value);
const char *judge_node_name(const struct rh_judge *judge, uint32_t node);

/* The assertion as one gauge and one number, or NULL. */
static inline const struct rh_that *judge_that(const struct rh_judge *judge, uint32_t assertion)
{
	return judge->thats[assertion];
}

/* The gauge is one that comes and goes with a block, not a state that lasts. */
static inline bool judge_is_momentary(const struct rh_judge *judge, uint32_t assertion)
{
	const struct rh_that *that = judge_that(judge, assertion);

	return that != NULL && judge_derived((uint32_t)that->gauge) <= DERIVED_P95;
}

#endif
