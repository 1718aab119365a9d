/*
 * types.c - the assertion types that stand for an expression, and what each has for keys.
 *
 * A named type is a sentence with blanks: `type: finality, with: {increasedBy: 2}` is
 * "finalized_height - base(finalized_height) >= 2".  The expression is made when it is needed, so a
 * plan keeps the type and its parameters.  Types whose subject this version does not model are here
 * too: they load, and a run refuses them by name.
 */
#include <inttypes.h>

#include "core/base/buf.h"
#include "core/judge/types.h"

/* The blanks of all of them; each type has keys for those that it uses. */
struct blanks {
	uint64_t expect; /* ENUM: position among the type's words */
	const char *name;
	const char *other;
	const char *third;
	int64_t least; /* -1: not given */
	int64_t least_height;
	int64_t most;
	int64_t by;
	uint64_t least_ns;
	uint64_t most_ns;
	struct rh_ratio share;
	uint64_t is_strict;
};

#define BLANK(m) .offset = (uint32_t)offsetof(struct blanks, m)
#define SINCE	 .since = "0.2"
#define NUMBER	 .type = RH_KEY_INT, .min = -1, .max = INT64_MAX
#define SPAN	 .type = RH_KEY_DURATION, .max = INT64_C(3650) * 24 * 3600 * 1000000000
#define WORDS(w) .type = RH_KEY_ENUM, .values = (w)
#define EXPECT(w, first) \
	{ \
		"expect", WORDS(w), BLANK(expect), first, \
			.doc = "What is expected (also as `expect:` beside `type`).", SINCE \
	}

#define ROW(row_name, row_doc, row_keys, row_formula, ...) \
	{ \
		.name = (row_name), .doc = (row_doc), .params_size = sizeof(struct blanks), \
		.keys = (row_keys), .record_mask = RH_FORMULA_RECORDS, .formula = (row_formula), \
		__VA_ARGS__ \
	}
#define FORMULA(formula_name) \
	static void formula_name(const void *params, const struct rh_plan *plan, \
				 const struct rh_plan_assertion *assertion, struct rh_buf *out)

static const struct rh_key no_keys[] = {RH_KEY_END};

/* A name as the expression language writes it. */
static void put_quoted(struct rh_buf *out, const char *name)
{
	char quote = strchr(name, '\'') == NULL ? '\'' : '"';

	rh_buf_u8(out, (uint8_t)quote);
	rh_buf_text(out, name);
	rh_buf_u8(out, (uint8_t)quote);
}

/* ---- the chain goes on ----------------------------------------------------------------------- */

static const struct rh_key liveness_keys[] = {
	{"increasedBy", NUMBER, BLANK(by), "1",
	 .doc = "Blocks that each node's chain must have grown since `since` or the start.", SINCE},
	{"lagAllowance", NUMBER, BLANK(most), "-1",
	 .doc = "How many blocks a node may be behind the highest; -1: any.", SINCE},
	{"within", SPAN, BLANK(most_ns), "0",
	 .doc = "Mode always: asked at the end of every stretch of this length, from the one "
		"before; 0: "
		"at the end of the window.",
	 SINCE},
	RH_KEY_END};

static uint64_t round_ns(const void *params)
{
	return ((const struct blanks *)params)->most_ns;
}

FORMULA(liveness)
{
	const struct blanks *blanks = params;

	(void)plan;
	(void)assertion;
	rh_buf_printf(out, "head_height - base(head_height) >= %" PRId64, blanks->by);
	if (blanks->most >= 0)
		rh_buf_printf(out, " && head_height >= max(head_height) - %" PRId64, blanks->most);
}

static const struct rh_key production_keys[] = {
	{"blocks", NUMBER, BLANK(by), "1",
	 .doc = "Blocks by which the highest chain must have grown.", SINCE},
	{"within", SPAN, BLANK(most_ns), "0",
	 .doc = "Mode always: asked at the end of every stretch of this length, from the one "
		"before; 0: "
		"at the end of the window.",
	 SINCE},
	RH_KEY_END};

FORMULA(block_production)
{
	(void)plan;
	(void)assertion;
	rh_buf_printf(out, "max(head_height) - max(base(head_height)) >= %" PRId64,
		      ((const struct blanks *)params)->by);
}

static const struct rh_key finality_keys[] = {
	EXPECT("advancing", "advancing"),
	{"increasedBy", NUMBER, BLANK(by), "-1",
	 .doc = "Blocks by which finality must have moved; 1 when no other key is given.", SINCE},
	{"minFinalizedEpoch", NUMBER, BLANK(least), "-1", .doc = "Final epoch at least.", SINCE},
	{"minFinalizedHeight", NUMBER, BLANK(least_height), "-1", .doc = "Final height at least.",
	 SINCE},
	{"maxLag", NUMBER, BLANK(most), "-1",
	 .doc = "How far finality may be behind the head: in epochs where the clock has them, else "
		"in "
		"blocks.",
	 SINCE},
	RH_KEY_END};

FORMULA(finality)
{
	const struct blanks *blanks = params;
	int64_t unit = plan->slots_per_epoch > 0 ? (int64_t)plan->slots_per_epoch : 1;
	const char *and = "";

	(void)assertion;
	if (blanks->least >= 0) {
		rh_buf_printf(out, "finalized_epoch >= %" PRId64, blanks->least);
		and = " && ";
	}
	if (blanks->least_height >= 0) {
		rh_buf_printf(out, "%sfinalized_height >= %" PRId64, and, blanks->least_height);
		and = " && ";
	}
	if (blanks->most >= 0) {
		rh_buf_printf(out, "%shead_height - finalized_height <= %" PRId64, and,
			      blanks->most > INT64_MAX / unit ? INT64_MAX : blanks->most * unit);
		and = " && ";
	}
	if (blanks->by >= 0 || and[0] == 0)
		rh_buf_printf(out, "%sfinalized_height - base(finalized_height) >= %" PRId64, and,
			      blanks->by < 0 ? 1 : blanks->by);
}

static const struct rh_key stalled_keys[] = {
	EXPECT("stalled", "stalled"),
	{"tolerance", NUMBER, BLANK(most), "0",
	 .doc = "Blocks that were on their way and may still become final.", SINCE},
	RH_KEY_END};

FORMULA(finality_stalled)
{
	(void)plan;
	(void)assertion;
	rh_buf_printf(out, "finalized_height - base(finalized_height) <= %" PRId64,
		      ((const struct blanks *)params)->most);
}

/* ---- everybody agrees ------------------------------------------------------------------------ */

enum { SAME_HEAD, SAME_FINALIZED, SAME_STATE };

static const struct rh_key convergence_keys[] = {
	EXPECT("same_head|same_finalized|same_state", "same_head"), RH_KEY_END};

FORMULA(convergence)
{
	const struct blanks *blanks = params;

	if (blanks->expect == SAME_FINALIZED)
		rh_buf_text(out, "distinct(finalized_height) == 1 && finality_conflicts == 0");
	else if (assertion->node_count == plan->node_count)
		rh_buf_text(out, "heads == 1"); /* nodes that are down do not count */
	else
		rh_buf_text(out, "distinct(head) == 1");
}

static const struct rh_key safety_keys[] = {
	EXPECT("no_conflicting_finality", "no_conflicting_finality"), RH_KEY_END};

FORMULA(safety)
{
	(void)params;
	(void)plan;
	(void)assertion;
	rh_buf_text(out, "finality_conflicts == 0");
}

enum { HEAD_DIVERGED, HEAD_HEIGHT };

static const struct rh_key head_keys[] = {
	EXPECT("diverged|height", "height"),
	{"min", NUMBER, BLANK(least), "1", .doc = "Height that each node must have.", SINCE},
	RH_KEY_END};

FORMULA(head)
{
	const struct blanks *blanks = params;

	if (blanks->expect == HEAD_HEIGHT)
		rh_buf_printf(out, "head_height >= %" PRId64, blanks->least);
	else if (assertion->node_count == plan->node_count)
		rh_buf_text(out, "heads >= 2");
	else
		rh_buf_text(out, "distinct(head) >= 2");
}

/* ---- bounds ---------------------------------------------------------------------------------- */

static const struct rh_key interval_keys[] = {
	EXPECT("within", "within"),
	{"min", SPAN, BLANK(least_ns), "0", .doc = "No two blocks closer than this.", SINCE},
	{"max", SPAN, BLANK(most_ns), NULL, .doc = "No two blocks further apart.", SINCE},
	RH_KEY_END};

FORMULA(block_interval)
{
	const struct blanks *blanks = params;
	char text[RH_TIME_TEXT];

	(void)plan;
	(void)assertion;
	if (blanks->least_ns > 0)
		rh_buf_printf(out, "block_interval >= %s && ",
			      rh_span_exact(text, blanks->least_ns));
	rh_buf_printf(out, "block_interval <= %s", rh_span_exact(text, blanks->most_ns));
}

static const struct rh_key reorg_keys[] = {
	{"maxDepth", NUMBER, BLANK(most), NULL, .doc = "Blocks that a reorg may undo.", SINCE},
	RH_KEY_END};

FORMULA(reorg)
{
	(void)plan;
	(void)assertion;
	rh_buf_printf(out, "max(reorg_depth) <= %" PRId64, ((const struct blanks *)params)->most);
}

static const struct rh_key fork_rate_keys[] = {
	{"max", .type = RH_KEY_RATIO, BLANK(share), NULL,
	 .doc = "Stale blocks as a share of the chain's height.", SINCE},
	RH_KEY_END};

FORMULA(fork_rate)
{
	const struct blanks *blanks = params;

	(void)plan;
	(void)assertion;
	rh_buf_printf(out, "max(stale_blocks) * %" PRIu64 " <= max(head_height) * %" PRIu64,
		      blanks->share.den, blanks->share.num);
}

static const struct rh_key mempool_keys[] = {
	{"min", NUMBER, BLANK(least), "-1", .doc = "Transactions waiting at least.", SINCE},
	{"max", NUMBER, BLANK(most), "-1", .doc = "Transactions waiting at most.", SINCE},
	RH_KEY_END};

FORMULA(mempool)
{
	const struct blanks *blanks = params;

	(void)plan;
	(void)assertion;
	if (blanks->least >= 0)
		rh_buf_printf(out, "mempool_size >= %" PRId64 "%s", blanks->least,
			      blanks->most >= 0 ? " && " : "");
	if (blanks->most >= 0 || blanks->least < 0)
		rh_buf_printf(out, "mempool_size <= %" PRId64,
			      blanks->most >= 0 ? blanks->most : INT64_MAX);
}

static const struct rh_key throughput_keys[] = {
	{"min", NUMBER, BLANK(least), "10",
	 .doc = "Transactions a second, on average over the nodes.", SINCE},
	RH_KEY_END};

FORMULA(throughput)
{
	(void)plan;
	(void)assertion;
	rh_buf_printf(out, "avg(tps) > %" PRId64, ((const struct blanks *)params)->least);
}

static const struct rh_key propagation_keys[] = {
	{"share", WORDS("p50|p90|p95"), BLANK(expect), "p90",
	 .doc = "Share of the nodes that are up.", SINCE},
	{"max", SPAN, BLANK(most_ns), NULL, .doc = "A block reaches so many nodes in this time.",
	 SINCE},
	RH_KEY_END};

FORMULA(propagation)
{
	static const char *const shares[] = {"p50", "p90", "p95"};
	const struct blanks *blanks = params;
	char text[RH_TIME_TEXT];

	(void)plan;
	(void)assertion;
	rh_buf_printf(out, "propagation_%s <= %s", shares[blanks->expect % 3],
		      rh_span_exact(text, blanks->most_ns));
}

static const struct rh_key delay_keys[] = {
	{"max", SPAN, BLANK(most_ns), NULL, .doc = "From submission to a block at most.", SINCE},
	RH_KEY_END};

FORMULA(inclusion_delay)
{
	char text[RH_TIME_TEXT];

	(void)plan;
	(void)assertion;
	rh_buf_printf(out, "max(inclusion_delay) <= %s",
		      rh_span_exact(text, ((const struct blanks *)params)->most_ns));
}

static const struct rh_key peers_keys[] = {
	{"min", NUMBER, BLANK(least), "1", .doc = "Peers that each node has at least.", SINCE},
	RH_KEY_END};

FORMULA(peers)
{
	(void)plan;
	(void)assertion;
	rh_buf_printf(out, "peers >= %" PRId64, ((const struct blanks *)params)->least);
}

static const struct rh_key samples_keys[] = {
	{"gauge", .type = RH_KEY_TEXT, BLANK(name), NULL, .doc = "Of which gauge.", SINCE},
	{"min", NUMBER, BLANK(least), "1", .doc = "Values in the phase of the check.", SINCE},
	RH_KEY_END};

FORMULA(samples)
{
	const struct blanks *blanks = params;

	rh_buf_printf(out, "count(%s", blanks->name);
	if (assertion->phase < plan->phase_count) {
		rh_buf_text(out, ", phase=");
		put_quoted(out, plan->phases[assertion->phase].name);
	}
	rh_buf_printf(out, ") >= %" PRId64, blanks->least);
}

/* ---- nodes and links ------------------------------------------------------------------------- */

static const struct rh_key healthy_keys[] = {
	EXPECT("all|all_services_healthy|normal_operations|healthy", "all"), RH_KEY_END};

FORMULA(healthy)
{
	(void)params;
	(void)plan;
	(void)assertion;
	rh_buf_text(out, "up == 1");
}

static const struct rh_key node_keys[] = {EXPECT("up|down", "up"), RH_KEY_END};

FORMULA(node)
{
	(void)plan;
	(void)assertion;
	rh_buf_printf(out, "up == %d", ((const struct blanks *)params)->expect == 0);
}

static const struct rh_key reachable_keys[] = {
	EXPECT("reachable|unreachable", "reachable"),
	{"from", .type = RH_KEY_TEXT, BLANK(name), NULL, .doc = "A node.", SINCE},
	{"to", .type = RH_KEY_TEXT, BLANK(other), NULL, .doc = "Another.", SINCE},
	RH_KEY_END};

FORMULA(reachability)
{
	const struct blanks *blanks = params;

	(void)plan;
	(void)assertion;
	rh_buf_text(out, blanks->expect == 0 ? "reachable(" : "!reachable(");
	put_quoted(out, blanks->name);
	rh_buf_text(out, ", ");
	put_quoted(out, blanks->other);
	rh_buf_text(out, ")");
}

static const struct rh_key recovery_keys[] = {
	{"limit", SPAN, BLANK(most_ns), "5m",
	 .doc = "Time from the end of a fault until the network is well.", SINCE},
	{"fault", .type = RH_KEY_TEXT, BLANK(name), "", .doc = "Which one; default: each.", SINCE},
	RH_KEY_END};

FORMULA(recovery)
{
	const struct blanks *blanks = params;
	char text[RH_TIME_TEXT];

	(void)plan;
	(void)assertion;
	rh_buf_text(out, "recovery_time(");
	if (blanks->name != NULL && blanks->name[0] != 0)
		put_quoted(out, blanks->name);
	rh_buf_printf(out, ") <= %s", rh_span_exact(text, blanks->most_ns));
}

FORMULA(breaches_identified)
{
	(void)params;
	(void)plan;
	(void)assertion;
	rh_buf_text(out, "unnoticed_faults() == 0");
}

/* ---- transactions and money ------------------------------------------------------------------ */

static const struct rh_key supply_keys[] = {
	{"tolerance", NUMBER, BLANK(most), "0", .doc = "By how much it may differ.", SINCE},
	RH_KEY_END};

FORMULA(supply_conserved)
{
	(void)plan;
	(void)assertion;
	rh_buf_printf(out, "abs(total_supply - base(total_supply)) <= %" PRId64,
		      ((const struct blanks *)params)->most);
}

static const struct rh_key inclusion_keys[] = {
	{"minRatio", .type = RH_KEY_RATIO, BLANK(share), "100%",
	 .doc = "Share of the transactions handed to nodes that must be in a block.", SINCE},
	{"invalidNeverIncluded", .type = RH_KEY_BOOL, BLANK(is_strict), "false",
	 .doc = "And none that a node refused as invalid may be in one.", SINCE},
	{"workload", .type = RH_KEY_TEXT, BLANK(name), "",
	 .doc = "For the reader: transactions of all workloads are counted.", SINCE},
	RH_KEY_END};

FORMULA(inclusion)
{
	const struct blanks *blanks = params;

	(void)plan;
	(void)assertion;
	rh_buf_printf(out, "tx_included * %" PRIu64 " >= tx_submitted * %" PRIu64,
		      blanks->share.den, blanks->share.num);
	if (blanks->is_strict)
		rh_buf_text(out, " && tx_refused_included == 0");
}

/* ---- alerts ---------------------------------------------------------------------------------- */

static const struct rh_key alert_keys[] = {
	{"expect", .type = RH_KEY_TEXT, BLANK(name), "",
	 .doc = "The alert's name (also as `expect:` beside `type`).", SINCE},
	{"alertType", .type = RH_KEY_TEXT, BLANK(other), "", .doc = "The same.", SINCE},
	{"severity", .type = RH_KEY_TEXT, BLANK(third), "",
	 .doc = "For the reader: the rule has its own.", SINCE},
	RH_KEY_END};

static const char *alert_name(const struct blanks *blanks)
{
	return blanks->other != NULL && blanks->other[0] != 0 ? blanks->other : blanks->name;
}

FORMULA(alert)
{
	(void)plan;
	(void)assertion;
	rh_buf_text(out, "alert(");
	put_quoted(out, alert_name(params));
	rh_buf_text(out, ")");
}

/* Without a name, all that there are. */
FORMULA(alert_cleared)
{
	const char *name = alert_name(params);
	const char *and = "";

	(void)assertion;
	if (name[0] != 0) {
		rh_buf_text(out, "was_raised(");
		put_quoted(out, name);
		rh_buf_text(out, ") && !alert(");
		put_quoted(out, name);
		rh_buf_text(out, ")");
		return;
	}
	for (uint32_t i = 0; i < plan->assertion_count; i++) {
		if (plan->assertions[i].role != RH_ROLE_ALERT)
			continue;
		rh_buf_printf(out, "%s!alert(", and);
		put_quoted(out, plan->assertions[i].name);
		rh_buf_text(out, ")");
		and = " && ";
	}
	if (and[0] == 0)
		rh_buf_text(out, "!alert('')");
}

/* ---- the table ------------------------------------------------------------------------------- */

#define ALWAYS RH_MODE_ALWAYS + 1
#define AT_END RH_MODE_AT_END + 1

const struct rh_assertion_type judge_named_types[JUDGE_NAMED_TYPES] = {
	ROW("liveness", "every node's chain grows, and none stays behind", liveness_keys, liveness,
	    .round_ns = round_ns),
	ROW("block_production", "somebody produces blocks", production_keys, block_production,
	    .round_ns = round_ns),
	ROW("finality", "final blocks: they advance, and how far they are behind", finality_keys,
	    finality),
	ROW("finality_stalled", "nothing becomes final", stalled_keys, finality_stalled,
	    .mode = ALWAYS),
	ROW("convergence", "all nodes agree on a head, or on what is final", convergence_keys,
	    convergence),
	ROW("safety", "no two nodes call different blocks final", safety_keys, safety,
	    .mode = ALWAYS),
	ROW("head", "heads: they differ, or reach a height", head_keys, head),
	ROW("block_interval", "time between a node's last two heads", interval_keys, block_interval,
	    .mode = ALWAYS),
	ROW("reorg", "no reorg is deeper than a limit", reorg_keys, reorg, .mode = ALWAYS),
	ROW("fork_rate", "stale blocks stay few", fork_rate_keys, fork_rate, .mode = ALWAYS),
	ROW("mempool", "waiting transactions stay in bounds", mempool_keys, mempool,
	    .mode = ALWAYS),
	ROW("throughput", "transactions a second", throughput_keys, throughput),
	ROW("propagation", "blocks reach a share of the nodes in time", propagation_keys,
	    propagation, .mode = ALWAYS),
	ROW("inclusion_delay", "transactions reach a block in time", delay_keys, inclusion_delay,
	    .mode = ALWAYS),
	ROW("peers", "every node has enough peers", peers_keys, peers),
	ROW("samples", "a gauge was said often enough", samples_keys, samples),
	ROW("clients_healthy", "the nodes are up", healthy_keys, healthy),
	ROW("node", "the nodes are up, or down", node_keys, node),
	ROW("reachability", "there is a way between two nodes, or none", reachable_keys,
	    reachability),
	ROW("recovery", "the network is well again in time after each fault", recovery_keys,
	    recovery, .mode = AT_END),
	ROW("breaches_identified", "every fault raised an alert", no_keys, breaches_identified,
	    .mode = AT_END),
	ROW("supply_conserved", "the money in existence stays what it was", supply_keys,
	    supply_conserved, .mode = ALWAYS),
	ROW("inclusion", "transactions get into blocks, invalid ones do not", inclusion_keys,
	    inclusion),
	ROW("alert", "an alert is raised", alert_keys, alert),
	ROW("alert_cleared", "an alert was raised and is over; all of them without a name",
	    alert_keys, alert_cleared),
};
