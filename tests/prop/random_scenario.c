/*
 * random_scenario.c - prints a random valid scenario that follows from a seed.
 *
 * Every part of the language that the simulator knows is drawn: shapes, regions, laws of delays,
 * access rates, clocks, late groups, all parameters of the proof-of-work model, phases with faults
 * that overlap, and checks.  Times fall on a coarse grid half of the time, on edges of the kernel's
 * windows and of the reaction grid now and then, so that equal instants are common.  The number of
 * nodes times the number of blocks is bounded, so that a run takes milliseconds.
 *
 * Three of four have the rest of the language too (random_language.h): waits, blocks, series, signals, shapes,
 * captures, alerts, checks with windows of their own, loads, rollback and cleanup.
 *
 * A disabled step stands on one line of its own, so that a test can take it out with sed.
 *
 * usage: random_scenario SEED
 */
#include "tests/prop/random_language.h"
#include "tests/prop/random_maker.h"

static const char *const world_regions[] = {"na", "eu", "sa", "ap", "jp", "au"};
static const char *const own_regions[] = {"north", "south", "east"};

/* ---- topology and network -------------------------------------------------------------------- */

static void print_rate(struct maker *m)
{
	static const char *const rates[] = {"unlimited", "20kbit", "100kbit", "1mbit",
					    "5mbit",	 "50mbit", "1gbit",   "300KB/s"};

	printf("%s", PICK(m, rates));
}

static void print_access(struct maker *m)
{
	if (chance(m, 50)) {
		print_rate(m);
		return;
	}
	printf("{up: ");
	print_rate(m);
	printf(", down: ");
	print_rate(m);
	printf("}");
}

static void print_matrix(struct maker *m)
{
	printf("{law: matrix, regions: [north, south, east], ms: [");
	for (uint32_t row = 0; row < 3; row++) {
		printf("%s[", row == 0 ? "" : ", ");
		for (uint32_t i = 0; i < 3; i++)
			printf("%s%" PRIu64 "%s", i == 0 ? "" : ", ", logarithmic(m, 0, 300),
			       chance(m, 30) ? ".5" : "");
		printf("]");
	}
	printf("]}\n");
}

static void print_latency(struct maker *m, uint32_t law)
{
	static const char *const least[] = {"", ", min: 1ms", ", min: 10us", ", min: 0s"};
	uint64_t ms = logarithmic(m, 1, 400);

	printf("    latency: ");
	switch (law) {
	case 0:
		printf("%" PRIu64 "ms\n", ms);
		return;
	case 1:
		printf("%s\n", chance(m, 60) ? "internet2019" : "internet2015");
		return;
	case 2:
		print_matrix(m);
		return;
	case 3:
		printf("{law: uniform, min: %" PRIu64 "ms, max: %" PRIu64 "ms}\n",
		       between(m, 0, ms), ms);
		return;
	case 4:
		printf("{law: normal, mean: %" PRIu64 "ms, deviation: %" PRIu64 "ms%s}\n", ms,
		       between(m, 0, ms), PICK(m, least));
		return;
	case 5:
		printf("{law: lognormal, median: %" PRIu64 "ms, sigma: %" PRIu64 "%%%s}\n", ms,
		       between(m, 0, 150), PICK(m, least));
		return;
	case 6:
		printf("{law: exponential, mean: %" PRIu64 "ms%s}\n", ms, PICK(m, least));
		return;
	default:
		printf("{law: constant, delay: %" PRIu64 "%s}\n", ms, chance(m, 80) ? "us" : "ns");
		return;
	}
}

static void print_network(struct maker *m, uint32_t latency_law)
{
	static const char *const laws[] = {"uniform", "normal", "lognormal", "exponential"};

	printf("  network:\n");
	print_latency(m, latency_law);
	if (latency_law == 1 && chance(m, 30))
		printf("    latencyIsRoundTrip: true\n");
	switch (between(m, 0, 5)) {
	case 0:
		break;
	case 1:
		printf("    jitter: {law: pareto}\n");
		break;
	case 2:
		printf("    jitter: %" PRIu64 "%%\n", between(m, 0, 100));
		break;
	case 3:
		printf("    jitter: {law: none}\n");
		break;
	default:
		printf("    jitter: {law: %s, amount: %" PRIu64 "%%}\n", PICK(m, laws),
		       logarithmic(m, 0, 300));
		break;
	}
	if (chance(m, 45)) {
		printf("    bandwidth: ");
		if (latency_law == 1 && chance(m, 50))
			printf("internet2019");
		else
			print_access(m);
		printf("\n");
	}
	if (chance(m, 30))
		printf("    loss: %" PRIu64 "%%\n", logarithmic(m, 0, 60));
}

static void print_region(struct maker *m)
{
	if (m->regions == NULL)
		return;
	if (m->regions == world_regions && chance(m, 40)) {
		printf(", regions: %s", chance(m, 50) ? "bitcoin2019" : "even");
	} else if (chance(m, 50)) {
		uint32_t first = (uint32_t)between(m, 0, m->region_count - 1);

		printf(", regions: {%s: %" PRIu64 "%%, %s: 0.25}", m->regions[first],
		       between(m, 1, 75), m->regions[(first + 1) % m->region_count]);
	} else if (m->wants_region || chance(m, 70)) {
		printf(", region: %s", m->regions[between(m, 0, m->region_count - 1)]);
	}
}

static void print_group(struct maker *m, uint32_t index, bool has_peers, bool is_mining)
{
	static const char *const offsets[] = {"1s", "-1s", "30s", "-45s", "10m", "-3h", "70ns"};
	static const char *const drifts[] = {"20ppm", "-150ppb", "1000ppm", "-1000ppm", "0ppm"};

	printf("      - {name: %c, count: %" PRIu32, group_names[index], m->counts[index]);
	print_region(m);
	if (has_peers && !m->has_silent && chance(m, 60))
		printf(", peers: %" PRIu64, m->node_count < 9 ? 2 : between(m, 1, 2) * 2);
	else if (m->has_silent && chance(m, 60))
		printf(", peers: 0");
	if (index > 0 && chance(m, 30)) {
		printf(", join: ");
		print_moment(m, m->duration_ms);
	}
	if (chance(m, 25))
		printf(", clockOffset: %s", PICK(m, offsets));
	if (chance(m, 25))
		printf(", clockDrift: %s", PICK(m, drifts));
	if (chance(m, 15)) {
		printf(", bandwidth: ");
		print_access(m);
	}
	if (!is_mining || chance(m, 40))
		printf(", with: {hashrate: %" PRIu64 "}", is_mining ? logarithmic(m, 1, 1000) : 0);
	printf("}\n");
}

/* The name of a node by its number over all groups. */
static void print_numbered(const struct maker *m, uint32_t number)
{
	uint32_t group = 0;

	while (number >= m->counts[group])
		number -= m->counts[group++];
	printf("%c-%" PRIu32, group_names[group], number);
}

/* Along the order of the nodes, and some that leave one or two out: no link comes twice. */
static void print_links(struct maker *m, bool is_explicit)
{
	uint32_t percent[3] = {is_explicit ? 90 : 5, is_explicit ? 40 : 2, is_explicit ? 10 : 0};

	if (!is_explicit && chance(m, 80))
		return;
	printf("    links:\n");
	for (uint32_t a = 0; a < m->node_count; a++) {
		for (uint32_t step = 0; step < 3 && a + step + 1 < m->node_count; step++) {
			if (!(is_explicit && a + step == 0) && !chance(m, percent[step]))
				continue;
			printf("      - {between: [");
			print_numbered(m, a);
			printf(", ");
			print_numbered(m, a + step + 1);
			printf("]");
			if (chance(m, 40))
				printf(", latency: %" PRIu64 "%s", logarithmic(m, 1, 500),
				       chance(m, 70) ? "ms" : "us");
			printf("}\n");
		}
	}
}

static void print_topology(struct maker *m)
{
	static const char *const shapes[] = {"random-regular", "random-regular", "random-degree",
					     "star",	       "ring",		 "line",
					     "grid",	       "full",		 "explicit"};
	uint32_t shape = (uint32_t)between(m, 0, ARRAY_LEN(shapes) - 1);
	uint32_t miner = (uint32_t)between(m, 0, m->group_count - 1);

	if (m->has_silent) /* a tiny network: no shape asks for more links than there are */
		shape = (uint32_t)between(m, 3, ARRAY_LEN(shapes) - 1);
	m->has_silent = m->has_silent || shape == ARRAY_LEN(shapes) - 1 ||
			(m->group_count > 1 && shape != 2 && chance(m, 10));
	printf("  topology:\n    groups:\n");
	for (uint32_t i = 0; i < m->group_count; i++)
		print_group(m, i, shape == 2, i == miner || chance(m, 80));
	printf("    shape: %s\n", shapes[shape]);
	if (shape < 2 && m->node_count > 8 && !m->has_silent && chance(m, 50))
		printf("    degree: %" PRIu64 "\n", between(m, 1, 3) * 2);
	print_links(m, shape == ARRAY_LEN(shapes) - 1);
}

/* ---- the model ------------------------------------------------------------------------------- */

static void option(struct maker *m, uint32_t percent, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static void option(struct maker *m, uint32_t percent, const char *format, ...)
{
	va_list args;

	if (!chance(m, percent))
		return;
	va_start(args, format);
	printf("      ");
	vprintf(format, args);
	printf("\n");
	va_end(args);
}

static void print_model(struct maker *m)
{
	static const char *const relays[] = {"flood", "inventory", "headers", "compact"};
	static const char *const laws[] = {"constant", "uniform", "normal", "exponential"};
	static const char *const sizes[] = {"285B", "1KB", "20KB", "200KB", "1MB", "4MB"};
	static const char *const limits[] = {"main", "regtest"};
	static const char *const futures[] = {"0s", "1s", "20s", "2h"};
	/* Two blocks at least, and four seconds of them.  Blocks within a second never change the
	 * difficulty: times of whole seconds that must grow would pull it down without end. */
	uint64_t window = chance(m, 25) ? 0 : logarithmic(m, 2, 40);

	while (window != 0 && window * m->interval_ms < 4 * SECOND_MS)
		window *= 2;
	printf("  model:\n    name: pow\n    with:\n");
	option(m, 100, "blockInterval: %" PRIu64 "ms", m->interval_ms);
	option(m, 60, "blockSize: %s\n      transactionSize: 150B", PICK(m, sizes));
	option(m, 50, "blockSizeLaw: %s", PICK(m, laws));
	option(m, 40, "blockSizeSpread: %" PRIu64 "%%", between(m, 0, 100));
	option(m, 20, "fees: %" PRIu64, logarithmic(m, 0, 10000));
	if (m->interval_ms < SECOND_MS)
		window = 0;
	option(m, m->interval_ms < SECOND_MS ? 100 : 60, "retargetBlocks: %" PRIu64, window);
	option(m, 40, "targetLimit: %s", PICK(m, limits));
	option(m, 20, "hashUnit: %" PRIu64,
	       logarithmic(m, UINT64_C(1000000000), UINT64_C(1) << 50));
	option(m, 85, "relay: %s", m->has_work ? relays[between(m, 1, 2)] : PICK(m, relays));
	option(m, 30, "compactFailure: %" PRIu64 "%%", between(m, 0, 100));
	option(m, 50, "requestTimeout: %" PRIu64 "ms", logarithmic(m, 50, 90000));
	option(m, 40, "headRefresh: %" PRIu64 "s", logarithmic(m, 0, 120));
	option(m, 60, "validationTime: %" PRIu64 "ms", logarithmic(m, 0, 3000));
	option(m, 40, "validationSigma: %" PRIu64 "%%", between(m, 0, 100));
	option(m, 50, "maxOrphans: %" PRIu64, logarithmic(m, 20, 60));
	option(m, 8, "maxBlocks: %" PRIu64, logarithmic(m, 2, 300));
	option(m, 30, "subsidyHalving: %" PRIu64, logarithmic(m, 1, 200));
	option(m, 40, "confirmations: %" PRIu64, logarithmic(m, 0, 40));
	option(m, 40, "futureLimit: %s", PICK(m, futures));
	option(m, 50, "tieRule: %s", chance(m, 50) ? "first" : "random");
	option(m, m->has_work ? 100 : 0, "wallets: 12\n      balance: 1000000000");
}

/* ---- phases ---------------------------------------------------------------------------------- */

static void print_on_links(struct maker *m, uint32_t kind)
{
	static const char *const kinds[] = {"partition", "partition", "latency", "loss",
					    "bandwidth"};
	static const char *const ways[] = {"in", "out", "both"};

	printf("fault: %s", kinds[kind]);
	if (kind < 2 || chance(m, 80)) {
		printf(", target: ");
		print_target(m);
	}
	if (chance(m, 40))
		printf(", direction: %s", PICK(m, ways));
	if (kind < 2 && chance(m, 40))
		printf(", with: {dropInFlight: %s}", chance(m, 80) ? "true" : "false");
	if (kind == 2)
		printf(", with: {delay: %" PRIu64 "ms, jitter: %" PRIu64 "ms}",
		       logarithmic(m, 0, 5000), logarithmic(m, 0, 2000));
	if (kind == 3)
		printf(", with: {loss: %" PRIu64 "%%}", between(m, 0, 100));
	if (kind == 4) {
		static const char *const rates[] = {"1kbit", "20kbit", "500kbit", "10mbit"};

		printf(", with: {rate: %s}", PICK(m, rates));
	}
	if (chance(m, 75)) {
		printf(", for: ");
		print_length(m, m->phase_ms * 2);
	}
}

static void print_on_nodes(struct maker *m, bool is_restart)
{
	printf("fault: %s, target: ", is_restart ? "restart" : "crash");
	print_target(m);
	printf(", with: {amnesia: %s", chance(m, 40) ? "true" : "false");
	if (is_restart && chance(m, 80)) {
		printf(", downtime: ");
		print_length(m, m->phase_ms);
	}
	printf("}");
	if (!is_restart && chance(m, 75)) {
		printf(", for: ");
		print_length(m, m->phase_ms * 2);
	}
}

static void print_step(struct maker *m)
{
	uint32_t kind = (uint32_t)between(m, 0, 9);

	printf("        - {");
	if (m->is_named)
		printf("name: step %" PRIu32 ", ", m->step_count++);
	if (kind < 5) {
		print_on_links(m, kind);
	} else if (kind < 8) {
		print_on_nodes(m, kind == 7);
	} else {
		printf("action: mine, target: ");
		print_target(m);
		if (chance(m, 40))
			printf(", with: {count: %" PRIu64 "}",
			       chance(m, 90) ? logarithmic(m, 1, 8) : logarithmic(m, 8, 200));
	}
	if (chance(m, 85)) {
		printf(", at: ");
		print_moment(m, m->phase_ms);
	}
	if (chance(m, 20))
		printf(", verify: none");
	if (m->is_named && chance(m, 20))
		printf(", disabled: true");
	printf("}\n");
}

/* ---- checks ---------------------------------------------------------------------------------- */

struct gauge {
	const char *name;
	const char *unit;
	uint64_t max;
};

static const struct gauge gauge_list[] = {
	{"head_height", "", 200},
	{"finalized_height", "", 200},
	{"reorg_depth", "", 20},
	{"reorg_count", "", 30},
	{"stale_blocks", "", 50},
	{"peers", "", 10},
	{"block_interval", "s", 60},
	{"propagation_p50", "ms", 5000},
	{"propagation_p90", "ms", 20000},
	{"propagation_p95", "ms", 20000},
	{"clock_offset", "s", 60},
	{"bytes_in", "KB", 5000},
	{"bytes_out", "KB", 5000},
	{"heads", "", 6},
	{"total_supply", "", 1000000000},
	{"pow.orphans", "", 20},
	{"pow.early", "", 5},
	{"pow.revenue", "", 1000000000},
	{"pow.own_blocks", "", 30},
	{"pow.own_stale", "", 10},
	{"pow.difficulty", "", 100000},
	{"pow.refused", "", 10},
	{"mempool_size", "", 5},
	{"tps", "", 5},
	{"participation_ratio", "%", 100},
	{"inclusion_delay", "s", 5},
};

static void print_check(struct maker *m, const char *indent)
{
	static const char *const aggregates[] = {"min",	     "max", "sum", "spread",
						 "distinct", "any", "each"};
	static const char *const operators[] = {"==", "!=", "<", "<=", ">", ">="};
	static const char *const modes[] = {"eventually", "always", "never", "atEnd"};
	const struct gauge *gauge = &PICK(m, gauge_list);
	uint64_t mode = between(m, 0, 5); /* beyond the modes: none is written */
	bool has_aggregate = chance(m, 70);

	printf("%s- {", indent);
	if (chance(m, 20))
		printf("name: check %" PRIu64 ", ", draw(m) % 1000000);
	printf("that: \"");
	if (has_aggregate)
		printf("%s(%s)", PICK(m, aggregates), gauge->name);
	else
		printf("%s", gauge->name);
	/* Two of three are likely to hold, so that the runs do not all fail. */
	if (chance(m, 67))
		printf(" >= 0%s\"", gauge->unit);
	else
		printf(" %s %" PRIu64 "%s\"", PICK(m, operators), logarithmic(m, 0, gauge->max),
		       gauge->unit);
	if (mode < 4)
		printf(", mode: %s", modes[mode]);
	if (mode != 3 && chance(m, 50)) {
		printf(", within: ");
		print_length(m, m->phase_ms * 2);
	}
	if (chance(m, 25)) {
		printf(", target: ");
		print_target(m);
	}
	printf("}\n");
}

static void print_phases(struct maker *m)
{
	printf("  phases:\n");
	for (uint32_t i = 0; i < m->phase_count; i++) {
		uint64_t steps = between(m, 0, 5);
		uint64_t checks = chance(m, 50) ? 0 : between(m, 1, 3);

		printf("    - name: phase %" PRIu32 "\n      duration: %" PRIu64 "ms\n", i,
		       m->phase_ms);
		if (i > 0 && chance(m, 30))
			printf("      heal: all\n");
		if (steps > 0)
			printf("      actions:\n");
		for (uint64_t k = 0; k < steps; k++) {
			if (m->is_rich && chance(m, 75))
				random_step(m);
			else
				print_step(m);
		}
		if (m->is_rich && chance(m, 30)) {
			printf("      parallelActions:\n");
			for (uint64_t k = between(m, 1, 3); k > 0; k--)
				random_step(m);
		}
		if (checks > 0)
			printf("      assert:\n");
		for (uint64_t k = 0; k < checks; k++) {
			if (m->is_rich && chance(m, 70))
				random_check(m, "        ", true);
			else
				print_check(m, "        ");
		}
	}
}

/* ---- all ------------------------------------------------------------------------------------- */

/* How many nodes, how long, how many blocks: within the bound. */
static void choose_sizes(struct maker *m)
{
	uint64_t left = NODES_MAX;
	bool is_tiny = chance(m, 12);

	m->group_count = (uint32_t)between(m, 1, 4);
	m->has_silent = is_tiny;
	for (uint32_t i = 0; i < m->group_count; i++) {
		uint64_t most = left - (m->group_count - 1 - i) * 3;

		m->counts[i] = (uint32_t)logarithmic(m, is_tiny ? 1 : 3,
						     is_tiny	? 2
						     : most > 3 ? most
								: 3);
		left -= m->counts[i] < left ? m->counts[i] : left;
		m->node_count += m->counts[i];
	}
	m->phase_count = (uint32_t)between(m, 1, 6);
	m->interval_ms = logarithmic(m, 1, 60) * SECOND_MS;
	if (chance(m, 30))
		m->interval_ms += between(m, 1, 999);
	m->duration_ms = between(m, 120, 1200) * SECOND_MS;
	while (m->node_count * (m->duration_ms / m->interval_ms) > WORK_MAX)
		m->interval_ms += SECOND_MS;
	if (chance(m, 10)) { /* a short run of a chain that is mostly forks */
		m->interval_ms = between(m, 100, 900);
		m->duration_ms = 60 * SECOND_MS;
	}
	m->phase_ms = m->duration_ms / m->phase_count;
	if (chance(m, 60))
		m->phase_ms = (m->phase_ms / 10000 + 1) * 10000;
	m->duration_ms = m->phase_ms * m->phase_count;
}

static void print_head(struct maker *m, uint64_t seed)
{
	static const char *const reactions[] = {"1ms",	     "100ms", "1s", "10s",
						"1048576ns", "999us", "1h"};
	static const char *const levels[] = {"verdict", "node", "full"};

	printf("apiVersion: rehearse/v1\nkind: Scenario\nmetadata: {name: random-%" PRIu64 "}\n",
	       seed);
	printf("spec:\n  seed: %" PRIu64 "\n", draw(m) >> 11);
	if (chance(m, 20))
		printf("  rng: philox\n");
	if (chance(m, 40))
		printf("  ties: random\n");
	if (chance(m, 40))
		printf("  reaction: %s\n", PICK(m, reactions));
	if (chance(m, 30))
		printf("  trace: %s\n", PICK(m, levels));
	if (chance(m, 10))
		printf("  duration: %" PRIu64 "ms\n",
		       m->duration_ms - 30000 + between(m, 1, 90000));
	else if (chance(m, 10))
		printf("  timeout: %" PRIu64 "ms\n", m->duration_ms);
	else if (chance(m, 15))
		printf("  timeout: %" PRIu64 "ms\n", m->duration_ms + 60000 + between(m, 0, 60000));
	if (m->has_slots)
		printf("  clock: {genesis: \"2020-02-29T23:59:59Z\", slot: 2s, slotsPerEpoch: "
		       "8, block: 3s}\n");
}

int main(int argc, char **argv)
{
	struct maker m = {0};
	uint64_t seed;
	uint32_t latency_law;
	uint64_t checks;

	if (argc != 2) {
		fprintf(stderr, "usage: random_scenario SEED\n");
		return 2;
	}
	seed = strtoull(argv[1], NULL, 10);
	m.state = seed;
	choose_sizes(&m);
	latency_law = (uint32_t)between(&m, 0, 7);
	m.wants_region = latency_law == 1 || latency_law == 2;
	if (latency_law == 1) {
		m.regions = world_regions;
		m.region_count = ARRAY_LEN(world_regions);
	} else if (latency_law == 2 || chance(&m, 20)) {
		m.regions = own_regions;
		m.region_count = ARRAY_LEN(own_regions);
	}
	m.is_named = chance(&m, 70);
	m.has_slots = chance(&m, 20);
	m.is_rich = !m.has_silent && chance(&m, 75);
	m.has_work = m.is_rich && chance(&m, 40);
	print_head(&m, seed);
	random_spec(&m);
	print_topology(&m);
	print_network(&m, latency_law);
	print_model(&m);
	print_phases(&m);
	checks = chance(&m, 60) ? 0 : between(&m, 1, 3);
	if (checks > 0)
		printf("  successCriteria:\n");
	for (uint64_t i = 0; i < checks; i++) {
		if (m.is_rich && chance(&m, 70))
			random_check(&m, "    ", false);
		else
			print_check(&m, "    ");
	}
	random_end(&m);
	return 0;
}
