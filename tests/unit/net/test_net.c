/*
 * The wire: queues that are first in, first out, delays that keep the plan's promise and have the
 * laws' means, losses that only shrink when a fault is taken away, draws that no stranger moves, and
 * a state that lives on in a copied space.
 */
#include <math.h>
#include <stdio.h>

#include "core/base/dist.h"
#include "core/base/units.h"
#include "core/jitter.h"
#include "sim/net/delay.h"
#include "sim/net/net.h"
#include "tests/lib/frame.h"

#define MS RH_NS_PER_MS

/* For hot loops: Check's own macros write to a pipe each time. */
#define must(condition) ((condition) ? (void)0 : ck_abort_msg("%s", #condition))

struct world {
	struct rh_plan plan;
	struct rh_plan_node nodes[16];
	struct rh_plan_link links[16];
	struct rh_space space;
	struct sim_net net;
};

/* A star: node 0 in the middle of `leaves` others; link i goes to node i + 1. */
static void star_open(struct world *world, uint32_t leaves, uint64_t base_ns)
{
	uint32_t i;

	memset(world, 0, sizeof(*world));
	world->plan.seed = 7;
	world->plan.nodes = world->nodes;
	world->plan.links = world->links;
	world->plan.node_count = leaves + 1;
	world->plan.link_count = leaves;
	world->plan.lookahead_ns = base_ns;
	for (i = 0; i <= leaves; i++)
		world->nodes[i].name64 = rh_absorb(i, 77);
	for (i = 0; i < leaves; i++)
		world->links[i] = (struct rh_plan_link){0, i + 1, {base_ns, base_ns}};
	rh_space_open(&world->space, 1 << 20, 0);
}

/* One copy of `size` bytes over a directed edge of the plan. */
static struct sim_copy send(struct sim_net *net, uint64_t now_ns, uint32_t edge, uint64_t mid,
			    uint64_t size_bytes)
{
	const struct rh_plan_link *link = &net->plan->links[edge / 2];
	uint32_t from = edge % 2 == 0 ? link->a : link->b;
	struct sim_sending sending = {
		.now_ns = now_ns,
		.mid = mid,
		.size_bytes = size_bytes,
		.from64 = net->plan->nodes[from].name64,
		.from = from,
		.is_queued = net->plan->nodes[from].up_bps != 0,
	};

	return sim_net_send(net, &sending, sim_net_arc_of_edge(net, edge));
}

static void net_open(struct world *world)
{
	sim_net_init(&world->net, &world->space, &world->plan);
}

START_TEST(neighbours)
{
	static const uint32_t expected[5][4] = {{1, 3}, {0, 2, 4}, {1, 3}, {0, 2, 4}, {1, 3}};
	static const uint32_t counts[5] = {2, 3, 2, 3, 2};
	struct world world;
	uint32_t i;
	uint32_t k;

	star_open(&world, 5, MS);
	world.plan.node_count = 6;
	world.plan.link_count = 6;
	world.links[0] = (struct rh_plan_link){0, 1, {MS, MS}};
	world.links[1] = (struct rh_plan_link){0, 3, {MS, MS}};
	world.links[2] = (struct rh_plan_link){1, 2, {MS, MS}};
	world.links[3] = (struct rh_plan_link){1, 4, {MS, MS}};
	world.links[4] = (struct rh_plan_link){2, 3, {MS, MS}};
	world.links[5] = (struct rh_plan_link){3, 4, {MS, MS}};
	net_open(&world);
	for (i = 0; i < 5; i++) {
		must(sim_net_peer_count(&world.net, i) == counts[i]);
		for (k = 0; k < counts[i]; k++) {
			uint32_t peer = sim_net_peers(&world.net, i)[k];
			uint32_t arc = world.net.first[i] + k;

			must(peer == expected[i][k]);
			must(world.net.to[arc] == peer);
			must(sim_net_peers(&world.net, peer)[world.net.back[arc]] == i);
			must(world.net.to_name64[arc] == world.nodes[peer].name64);
			must(sim_net_position(&world.net, i, peer) == k);
		}
		must(sim_net_position(&world.net, i, i) == RH_NONE);
		must(sim_net_position(&world.net, i, 5) == RH_NONE);
		/* What is said of the position helps where it is right, and nowhere else. */
		for (k = 0; k < counts[i] * 4; k++)
			must(sim_net_find(&world.net, i, expected[i][k % counts[i]], k / 4) ==
			     k % counts[i]);
	}
	ck_assert_uint_eq(sim_net_peer_count(&world.net, 5), 0);
	rh_space_close(&world.space);
}
END_TEST

/* Who knows everybody finds a peer without looking; the others look through odd and even numbers of
 * them. */
START_TEST(positions)
{
	struct world world;

	for (uint32_t leaves = 1; leaves < 16; leaves++) {
		star_open(&world, leaves, MS);
		net_open(&world);
		for (uint32_t i = 0; i < leaves; i++) {
			must(sim_net_position(&world.net, 0, i + 1) == i);
			must(sim_net_search(&world.net, 0, i + 1) == i);
			must(sim_net_position(&world.net, i + 1, 0) == 0);
		}
		must(sim_net_position(&world.net, 0, 0) == RH_NONE);
		must(sim_net_position(&world.net, 0, leaves + 1) == RH_NONE);
		must(sim_net_search(&world.net, 0, 0) == RH_NONE);
		must(sim_net_search(&world.net, 0, leaves + 1) == RH_NONE);
		rh_space_close(&world.space);
	}
}
END_TEST

/* The count of an arc goes on behind its first byte, its neighbours' too, and in a copied space. */
START_TEST(send_counts)
{
	struct world world;
	struct rh_space other;
	struct sim_net net;

	star_open(&world, 3, MS);
	net_open(&world);
	for (uint32_t i = 0; i < 70000; i++) {
		must(sim_net_count_send(&world.net, 1) == i);
		if (i % 100 == 0)
			must(sim_net_count_send(&world.net, 2) == i / 100);
	}
	must(rh_space_adopt(&other, world.space.base, rh_space_used(&world.space), 1 << 20, 0));
	sim_net_attach(&net, &other, &world.plan, world.net.state);
	ck_assert_uint_eq(sim_net_count_send(&net, 0), 0);
	ck_assert_uint_eq(sim_net_count_send(&net, 1), 70000);
	ck_assert_uint_eq(sim_net_count_send(&net, 2), 700);
	rh_space_close(&other);
	rh_space_close(&world.space);
}
END_TEST

/* One megabyte to eight peers at 100 Mbit/s: the last copy leaves after 0.64 s. */
START_TEST(uplink_queue)
{
	struct world world;
	struct sim_copy copy;
	uint32_t i;

	star_open(&world, 8, 50 * MS);
	world.nodes[0].up_bps = 100000000;
	net_open(&world);
	for (i = 0; i < 8; i++) {
		copy = send(&world.net, 1000, 2 * i, 5, 1000000);
		must(copy.fate == SIM_ARRIVES);
		must(copy.sent_in_ns == 80 * MS);
		must(copy.arrival_ns == 1000 + (i + 1) * 80 * MS + 50 * MS);
	}
	ck_assert_uint_eq(copy.arrival_ns - 50 * MS - 1000, 640 * MS);
	/* The queue is empty later; others have queues of their own. */
	copy = send(&world.net, 10000 * MS, 0, 6, 1000000);
	ck_assert_uint_eq(copy.arrival_ns, 10130 * MS);
	copy = send(&world.net, 10000 * MS, 3, 6, 1000000);
	ck_assert_uint_eq(copy.arrival_ns, 10050 * MS);
	/* A crash empties it. */
	sim_net_node_reset(&world.net, 0, 10001 * MS);
	copy = send(&world.net, 10001 * MS, 0, 7, 1000000);
	ck_assert_uint_eq(copy.arrival_ns, 10131 * MS);
	rh_space_close(&world.space);
}
END_TEST

/* Without jitter what is sent first arrives first, whatever sizes and times. */
START_TEST(uplink_is_fifo)
{
	struct world world;
	uint64_t state = 1;
	uint64_t now = 0;
	uint64_t last = 0;
	uint32_t i;

	star_open(&world, 8, 10 * MS);
	world.nodes[0].up_bps = 10000000;
	net_open(&world);
	for (i = 0; i < 20000; i++) {
		struct sim_copy copy =
			send(&world.net, now, 2 * (uint32_t)any(&state, 8), i, any(&state, 100000));

		must(copy.arrival_ns >= last);
		last = copy.arrival_ns;
		now += any(&state, 60 * MS);
	}
	rh_space_close(&world.space);
}
END_TEST

/* Bits pass through: a slow sender's copy is no later for a fast receiver, a slow receiver's queue
 * takes one copy after the other. */
START_TEST(downlink_queue)
{
	struct world world;

	star_open(&world, 8, 10 * MS);
	world.nodes[1].down_bps = 100000000; /* 1 MB in 80 ms */
	net_open(&world);
	ck_assert(sim_net_has_downlink(&world.net, 1));
	ck_assert(!sim_net_has_downlink(&world.net, 2));
	ck_assert_uint_eq(sim_net_receive(&world.net, 500 * MS, 2, 1000000, 0), 500 * MS);
	/* took 200 ms to send: it came in slower than the line could take it */
	ck_assert_uint_eq(sim_net_receive(&world.net, 500 * MS, 1, 1000000, 200 * MS), 500 * MS);
	/* sent at once: 80 ms of its own, behind the first */
	ck_assert_uint_eq(sim_net_receive(&world.net, 500 * MS, 1, 1000000, 0), 580 * MS);
	ck_assert_uint_eq(sim_net_receive(&world.net, 510 * MS, 1, 1000000, 0), 660 * MS);
	ck_assert_uint_eq(sim_net_receive(&world.net, 2000 * MS, 1, 1000000, 20 * MS), 2060 * MS);
	sim_net_node_reset(&world.net, 1, 2001 * MS);
	ck_assert_uint_eq(sim_net_receive(&world.net, 2001 * MS, 1, 1000000, 0), 2081 * MS);
	rh_space_close(&world.space);
}
END_TEST

/* A cap slows its own edge, not the others; each direction is an edge of its own. */
START_TEST(rate_cap)
{
	struct rh_link_state capped = {.rate_bps = 1000000};
	struct rh_link_state clear = {0};
	struct world world;
	struct sim_copy copy;

	star_open(&world, 8, 10 * MS);
	world.nodes[0].up_bps = 10000000;
	net_open(&world);
	sim_net_set(&world.net, 2, &capped);
	copy = send(&world.net, 0, 2, 1, 125000); /* 1 Mbit */
	ck_assert_uint_eq(copy.arrival_ns, 1010 * MS);
	ck_assert_uint_eq(copy.sent_in_ns, 1000 * MS);
	copy = send(&world.net, 0, 4, 2, 125000);
	ck_assert_uint_eq(copy.arrival_ns, 210 * MS);
	copy = send(&world.net, 0, 2, 3, 125000);
	ck_assert_uint_eq(copy.arrival_ns, 2010 * MS);
	copy = send(&world.net, 0, 3, 4, 125000);
	ck_assert_uint_eq(copy.arrival_ns, 10 * MS);
	ck_assert_uint_eq(sim_net_get(&world.net, 2).rate_bps, 1000000);
	ck_assert_uint_eq(sim_net_touched(&world.net, 2), 2);
	ck_assert_uint_eq(sim_net_touched(&world.net, 2), 0);
	sim_net_set(&world.net, 2, &clear);
	copy = send(&world.net, 400 * MS, 2, 5, 125000);
	ck_assert_uint_eq(copy.arrival_ns, 510 * MS);
	ck_assert_uint_eq(sim_net_touched(&world.net, 2), 0);
	rh_space_close(&world.space);
}
END_TEST

START_TEST(cuts)
{
	struct rh_link_state cut = {.is_cut = true, .drops_in_flight = true};
	struct rh_link_state clear = {0};
	struct rh_link_state seen;
	struct world world;

	star_open(&world, 8, 10 * MS);
	world.nodes[0].up_bps = 10000000;
	net_open(&world);
	sim_net_set(&world.net, 6, &cut);
	ck_assert_int_eq(send(&world.net, 0, 6, 1, 125000).fate, SIM_CUT);
	ck_assert_int_eq(send(&world.net, 0, 7, 1, 125000).fate, SIM_ARRIVES);
	/* the uplink was not used */
	ck_assert_uint_eq(send(&world.net, 0, 8, 1, 125000).arrival_ns, 110 * MS);
	seen = sim_net_get(&world.net, 6);
	ck_assert(seen.is_cut && seen.drops_in_flight);
	ck_assert_uint_eq(sim_net_touched(&world.net, 6), 1);
	sim_net_set(&world.net, 6, &clear);
	ck_assert_int_eq(send(&world.net, 0, 6, 1, 125000).fate, SIM_ARRIVES);
	ck_assert_uint_eq(sim_net_touched(&world.net, 6), 0);
	ck_assert_uint_eq(sim_net_touched(&world.net, 7), 0);
	rh_space_close(&world.space);
}
END_TEST

static double mean_of(enum rh_jitter_law law, uint64_t amount_ppm)
{
	double m = 1;
	double a = (double)amount_ppm / 1e6;

	switch (law) {
	case RH_JITTER_NONE:
	case RH_JITTER_NORMAL:
	case RH_JITTER_PARETO:
		return m;
	case RH_JITTER_UNIFORM:
		return m + a / 2;
	case RH_JITTER_LOGNORMAL:
		return exp(a * a / 2);
	case RH_JITTER_EXPONENTIAL:
		return m + a;
	}
	return 0;
}

/* Mean of each law within 4 sigma of the sample's own error, and never below the bound. */
START_TEST(laws)
{
	static const uint64_t bases[] = {1, 2, 999, 3 * MS, 10 * MS, 11 * MS, 100 * MS, 325 * MS};
	enum rh_jitter_law law;
	uint32_t b;
	uint64_t i;

	for (law = RH_JITTER_NONE; law <= RH_JITTER_PARETO; law++)
		for (b = 0; b < RH_ARRAY_LEN(bases); b++) {
			uint64_t ppm = law == RH_JITTER_LOGNORMAL ? 200000 : 100000;
			uint64_t least = rh_jitter_min_ns(law, bases[b], ppm);
			double sum = 0;
			double squares = 0;
			double runs = 200000;
			double mean;
			double sigma;

			for (i = 0; i < (uint64_t)runs; i++) {
				uint64_t delay =
					sim_delay_ns(law, bases[b], ppm, rh_absorb(law * 97, i));
				double x = (double)delay / (double)bases[b];

				must(delay >= least);
				sum += x;
				squares += x * x;
			}
			/* Whole nanoseconds are too coarse for tiny bases, and the tail of the
			 * Pareto law near 10 ms too heavy for a mean. */
			if (bases[b] < MS || (law == RH_JITTER_PARETO && bases[b] < 50 * MS))
				continue;
			mean = sum / runs;
			sigma = sqrt((squares / runs - mean * mean) / runs) + 1e-9;
			ck_assert_msg(fabs(mean - mean_of(law, ppm)) < 4 * sigma,
				      "law %d base %llu: mean %f, expected %f, sigma %f", law,
				      (unsigned long long)bases[b], mean, mean_of(law, ppm), sigma);
		}
}
END_TEST

static int compare_u64(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a;
	uint64_t y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* The Pareto law's median is scale * 2^(1/shape), also where its mean is of no use. */
START_TEST(pareto_median)
{
	static const uint64_t bases[] = {3 * MS, 10 * MS, 20 * MS, 100 * MS};
	static uint64_t delays[20001];
	uint32_t b;
	uint32_t i;

	for (b = 0; b < RH_ARRAY_LEN(bases); b++) {
		double mean_ms = (double)bases[b] / 1e6;
		double shape = mean_ms > 10 ? 0.2 * mean_ms : 2;
		double scale = mean_ms > 10 ? mean_ms - 5 : mean_ms / 2;
		double median = scale * pow(2, 1 / shape);

		for (i = 0; i < RH_ARRAY_LEN(delays); i++)
			delays[i] = sim_delay_ns(RH_JITTER_PARETO, bases[b], 0, rh_absorb(b, i));
		qsort(delays, RH_ARRAY_LEN(delays), sizeof(*delays), compare_u64);
		ck_assert(fabs((double)delays[10000] / 1e6 / median - 1) < 0.02);
	}
}
END_TEST

START_TEST(extreme_draws)
{
	static const uint64_t draws[] = {0, 1, UINT64_MAX, UINT64_MAX - 1, UINT64_C(1) << 63};
	enum rh_jitter_law law;
	uint32_t d;
	uint32_t b;

	for (law = RH_JITTER_NONE; law <= RH_JITTER_PARETO; law++)
		for (d = 0; d < RH_ARRAY_LEN(draws); d++)
			for (b = 0; b < 58; b++) {
				uint64_t base = UINT64_C(1) << b;
				uint64_t delay = sim_delay_ns(law, base, 1000000, draws[d]);

				must(delay >= rh_jitter_min_ns(law, base, 1000000));
				must(delay <= SIM_DELAY_MAX_NS);
			}
}
END_TEST

/* Whatever faults stand, no copy beats the lookahead, and none needs to be clamped to it. */
START_TEST(lookahead_holds)
{
	enum rh_jitter_law law;

	for (law = RH_JITTER_NONE; law <= RH_JITTER_PARETO; law++) {
		struct world world;
		uint64_t state = 5;
		uint32_t i;

		star_open(&world, 8, 30 * MS);
		world.plan.jitter = law;
		world.plan.jitter_ppm = 500000;
		world.plan.lookahead_ns = rh_jitter_min_ns(law, 30 * MS, 500000);
		net_open(&world);
		for (i = 0; i < 20000; i++) {
			struct rh_link_state link = {.delay_ns = any(&state, 2) * MS,
						     .jitter_ns = any(&state, 2) * MS};
			uint32_t edge = (uint32_t)any(&state, 16);
			struct sim_copy copy;

			sim_net_set(&world.net, edge, &link);
			copy = send(&world.net, i, edge, i, 100);
			must(copy.arrival_ns >= i + world.plan.lookahead_ns);
		}
		must(sim_net_clamps(&world.net) == 0);
		rh_space_close(&world.space);
	}
}
END_TEST

/* A fault's delay adds to what would have been, copy by copy; taking it away gives that back. */
START_TEST(faults_add)
{
	struct rh_link_state slow = {.delay_ns = 100 * MS, .jitter_ns = 20 * MS};
	struct world plain;
	struct world faulty;
	uint64_t least = UINT64_MAX;
	uint64_t most = 0;
	uint32_t i;

	star_open(&plain, 8, 30 * MS);
	star_open(&faulty, 8, 30 * MS);
	plain.plan.jitter = faulty.plan.jitter = RH_JITTER_UNIFORM;
	plain.plan.jitter_ppm = faulty.plan.jitter_ppm = 300000;
	net_open(&plain);
	net_open(&faulty);
	sim_net_set(&faulty.net, 4, &slow);
	for (i = 0; i < 20000; i++) {
		uint64_t a = send(&plain.net, 0, 4, i, 100).arrival_ns;
		uint64_t b = send(&faulty.net, 0, 4, i, 100).arrival_ns;

		must(b - a >= 100 * MS && b - a <= 120 * MS);
		least = b - a < least ? b - a : least;
		most = b - a > most ? b - a : most;
		must(send(&plain.net, 0, 5, i, 100).arrival_ns ==
		     send(&faulty.net, 0, 5, i, 100).arrival_ns);
	}
	ck_assert(least < 100 * MS + MS / 50 && most > 120 * MS - MS / 50);
	rh_space_close(&plain.space);
	rh_space_close(&faulty.space);
}
END_TEST

/* A scenario may name absurd times and rates: nothing wraps. */
START_TEST(absurd_faults)
{
	struct rh_link_state absurd = {
		.delay_ns = UINT64_MAX, .jitter_ns = UINT64_MAX, .rate_bps = UINT64_MAX};
	struct world world;
	uint32_t i;

	star_open(&world, 8, UINT64_C(1) << 60);
	world.plan.jitter = RH_JITTER_LOGNORMAL;
	world.plan.jitter_ppm = 1000000;
	world.plan.lookahead_ns = MS;
	net_open(&world);
	sim_net_set(&world.net, 4, &absurd);
	for (i = 0; i < 1000; i++) {
		struct sim_copy copy = send(&world.net, i, 4, i, 100);

		must(copy.fate == SIM_ARRIVES && copy.arrival_ns < UINT64_C(1) << 61);
	}
	ck_assert_uint_eq(sim_net_get(&world.net, 4).delay_ns, UINT64_MAX);
	absurd.rate_bps = 1;
	sim_net_set(&world.net, 4, &absurd);
	world.nodes[0].up_bps = 1;
	for (i = 0; i < 10000; i++)
		must(send(&world.net, i, 4, i, 1000000).arrival_ns <= UINT64_C(1) << 62);
	rh_space_close(&world.space);
}
END_TEST

START_TEST(merged_loss)
{
	uint64_t p = rh_threshold(1, 10);
	uint64_t q = rh_threshold(1, 5);
	uint64_t state = 3;
	uint32_t i;
	double merged = (double)sim_loss_merge(p, q) / 18446744073709551616.0;

	ck_assert(fabs(merged - 0.28) < 1e-12);
	ck_assert_uint_eq(sim_loss_merge(p, 0), p);
	ck_assert_uint_eq(sim_loss_merge(0, p), p);
	ck_assert_uint_eq(sim_loss_merge(0, 0), 0);
	ck_assert_uint_eq(sim_loss_merge(p, RH_ALWAYS), RH_ALWAYS);
	ck_assert_uint_eq(sim_loss_merge(RH_ALWAYS, 0), RH_ALWAYS);
	for (i = 0; i < 100000; i++) {
		uint64_t a = rh_absorb(1, state++) >> any(&state, 64);
		uint64_t b = rh_absorb(2, state++) >> any(&state, 64);
		uint64_t both = sim_loss_merge(a, b);

		must(both >= a && both >= b);
		must(both == sim_loss_merge(b, a));
	}
}
END_TEST

/* The losses without a fault are a subset of those with it, and as many as they should be. */
START_TEST(fewer_faults_fewer_losses)
{
	struct rh_link_state lossy = {.loss_threshold = rh_threshold(1, 5)};
	struct world plain;
	struct world faulty;
	double few = 0;
	double many = 0;
	double runs = 100000;
	uint32_t i;

	star_open(&plain, 8, 30 * MS);
	star_open(&faulty, 8, 30 * MS);
	plain.plan.loss_threshold = faulty.plan.loss_threshold = rh_threshold(1, 10);
	net_open(&plain);
	net_open(&faulty);
	sim_net_set(&faulty.net, 4, &lossy);
	for (i = 0; i < (uint32_t)runs; i++) {
		bool a = send(&plain.net, i, 4, i, 100).fate == SIM_LOST;
		bool b = send(&faulty.net, i, 4, i, 100).fate == SIM_LOST;

		must(RH_IMPLIES(a, b));
		few += a;
		many += b;
	}
	ck_assert(fabs(few - runs * 0.1) < 4 * sqrt(runs * 0.1 * 0.9));
	ck_assert(fabs(many - runs * 0.28) < 4 * sqrt(runs * 0.28 * 0.72));
	ck_assert_uint_eq(sim_net_touched(&faulty.net, 4), (uint64_t)runs);
	ck_assert_uint_eq(sim_net_touched(&plain.net, 4), 0);
	rh_space_close(&plain.space);
	rh_space_close(&faulty.space);
}
END_TEST

/* A node without links in front of all: every index moves, no copy's fate does. */
START_TEST(silent_node_changes_nothing)
{
	struct world plain;
	struct world moved;
	uint32_t order[8];
	uint32_t moved_order[8];
	uint32_t i;
	uint32_t k;

	star_open(&plain, 8, 30 * MS);
	star_open(&moved, 8, 30 * MS);
	plain.plan.jitter = moved.plan.jitter = RH_JITTER_NORMAL;
	plain.plan.jitter_ppm = moved.plan.jitter_ppm = 100000;
	plain.plan.lookahead_ns = moved.plan.lookahead_ns = 15 * MS;
	plain.plan.loss_threshold = moved.plan.loss_threshold = rh_threshold(1, 10);
	memmove(moved.nodes + 1, plain.nodes, 9 * sizeof(*plain.nodes));
	moved.nodes[0].name64 = 12345;
	moved.plan.node_count++;
	for (i = 0; i < 8; i++) {
		moved.links[i].a++;
		moved.links[i].b++;
	}
	net_open(&plain);
	net_open(&moved);
	for (i = 0; i < 1000; i++) {
		struct sim_copy a = send(&plain.net, 0, i % 16, i, 100);
		struct sim_copy b = send(&moved.net, 0, i % 16, i, 100);

		must(a.fate == b.fate);
		must(a.fate == SIM_LOST || a.arrival_ns == b.arrival_ns);
		for (k = 0; k < 8; k++)
			order[k] = moved_order[k] = k;
		sim_net_fanout_order(&plain.net, order, 8, 0, i);
		sim_net_fanout_order(&moved.net, moved_order, 8, 1, i);
		must(memcmp(order, moved_order, sizeof(order)) == 0);
	}
	rh_space_close(&plain.space);
	rh_space_close(&moved.space);
}
END_TEST

/* Each peer is first about as often, and leaving one out keeps the order of the rest. */
START_TEST(fanout_order)
{
	struct world world;
	uint32_t firsts[8] = {0};
	uint32_t order[8];
	uint32_t fewer[7];
	uint32_t runs = 80000;
	uint32_t i;
	uint32_t k;

	star_open(&world, 8, 30 * MS);
	net_open(&world);
	for (i = 0; i < runs; i++) {
		uint32_t at = 0;

		for (k = 0; k < 8; k++)
			order[k] = k;
		for (k = 0; k < 7; k++)
			fewer[k] = k + 1;
		sim_net_fanout_order(&world.net, order, 8, 0, i);
		sim_net_fanout_order(&world.net, fewer, 7, 0, i);
		firsts[order[0]]++;
		for (k = 0; k < 8; k++)
			if (order[k] != 0)
				must(order[k] == fewer[at++]);
	}
	for (k = 0; k < 8; k++)
		must(fabs(firsts[k] - runs / 8.0) < 4 * sqrt(runs * 7 / 64.0));
	rh_space_close(&world.space);
}
END_TEST

/* Above the number that is sorted by insertion. */
START_TEST(fanout_to_many)
{
	static struct rh_plan_node nodes[201];
	static struct rh_plan_link links[200];
	struct rh_plan plan = {.nodes = nodes,
			       .links = links,
			       .node_count = 201,
			       .link_count = 200,
			       .lookahead_ns = MS};
	struct rh_rng rng = {RH_RNG_SPLITMIX, 0};
	struct rh_space space;
	struct sim_net net;
	uint32_t order[200];
	uint32_t i;

	for (i = 0; i < 201; i++)
		nodes[i].name64 = rh_absorb(1, i);
	for (i = 0; i < 200; i++) {
		links[i] = (struct rh_plan_link){0, i + 1, {MS, MS}};
		order[i] = i;
	}
	rh_space_open(&space, 1 << 20, 0);
	sim_net_init(&net, &space, &plan);
	sim_net_fanout_order(&net, order, 200, 0, 9);
	for (i = 1; i < 200; i++)
		must(rh_draw2(rng, RH_PURPOSE_UPLINK_ORDER, 9, nodes[order[i - 1] + 1].name64) <
		     rh_draw2(rng, RH_PURPOSE_UPLINK_ORDER, 9, nodes[order[i] + 1].name64));
	rh_space_close(&space);
}
END_TEST

static struct sim_copy busy(struct sim_net *net, uint64_t *state, uint64_t now)
{
	struct rh_link_state link = {.loss_threshold = rh_threshold(any(state, 2), 3),
				     .rate_bps = any(state, 3) * 1000000,
				     .delay_ns = any(state, MS)};
	uint32_t edge = (uint32_t)any(state, 16);
	struct sim_copy copy;

	if (any(state, 10) == 0)
		sim_net_set(net, edge, &link);
	copy = send(net, now, edge, now, any(state, 100000));
	if (copy.fate == SIM_ARRIVES)
		copy.arrival_ns =
			sim_net_receive(net, copy.arrival_ns, edge % 2 != 0 ? 0 : edge / 2 + 1,
					1000, copy.sent_in_ns);
	return copy;
}

/* The used pages at another base go on as if nothing had happened. */
START_TEST(copied_space)
{
	struct world world;
	struct rh_space other;
	struct sim_net net;
	uint64_t state = 11;
	uint64_t other_state;
	uint64_t now;
	uint32_t i;

	star_open(&world, 8, 30 * MS);
	world.plan.jitter = RH_JITTER_EXPONENTIAL;
	world.plan.jitter_ppm = 100000;
	for (i = 0; i < 9; i++) {
		world.nodes[i].up_bps = 20000000;
		world.nodes[i].down_bps = 30000000;
	}
	net_open(&world);
	for (now = 0; now < 1000 * MS; now += MS)
		busy(&world.net, &state, now);
	ck_assert(rh_space_adopt(&other, world.space.base, rh_space_used(&world.space), 1 << 20,
				 UINT64_C(0x567000000000)));
	sim_net_attach(&net, &other, &world.plan, world.net.state);
	other_state = state;
	for (; now < 2000 * MS; now += MS) {
		struct sim_copy a = busy(&world.net, &state, now);
		struct sim_copy b = busy(&net, &other_state, now);

		must(a.fate == b.fate);
		must(a.arrival_ns == b.arrival_ns);
	}
	ck_assert_int_eq(memcmp(world.space.base, other.base, rh_space_used(&other)), 0);
	rh_space_close(&other);
	rh_space_close(&world.space);
}
END_TEST

/* A plan that promises more than its links keep is a programmer's error. */
START_TEST(false_promise)
{
	struct world world;

	star_open(&world, 8, 30 * MS);
	world.plan.jitter = RH_JITTER_NORMAL;
	net_open(&world);
}
END_TEST

int main(void)
{
	struct frame frame = frame_open("net");

	tcase_add_test(frame.tests, neighbours);
	tcase_add_test(frame.tests, positions);
	tcase_add_test(frame.tests, send_counts);
	tcase_add_test(frame.tests, uplink_queue);
	tcase_add_test(frame.tests, uplink_is_fifo);
	tcase_add_test(frame.tests, downlink_queue);
	tcase_add_test(frame.tests, rate_cap);
	tcase_add_test(frame.tests, cuts);
	tcase_add_test(frame.tests, laws);
	tcase_add_test(frame.tests, pareto_median);
	tcase_add_test(frame.tests, extreme_draws);
	tcase_add_test(frame.tests, lookahead_holds);
	tcase_add_test(frame.tests, faults_add);
	tcase_add_test(frame.tests, absurd_faults);
	tcase_add_test(frame.tests, merged_loss);
	tcase_add_test(frame.tests, fewer_faults_fewer_losses);
	tcase_add_test(frame.tests, silent_node_changes_nothing);
	tcase_add_test(frame.tests, fanout_order);
	tcase_add_test(frame.tests, fanout_to_many);
	tcase_add_test(frame.tests, copied_space);
	frame_add_abort(frame, false_promise);
	return frame_run(frame);
}
