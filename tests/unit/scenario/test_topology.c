/*
 * Shapes: exact where a formula says so; for the random ones the properties that every seed must
 * have: wanted degrees, no loops or doubles, connected when degrees allow it, and the same links
 * whatever silent nodes stand between the others.
 */
#include <stdio.h>
#include <time.h>

#include "core/base/hash.h"
#include "core/scenario/lookahead.h"
#include "core/scenario/topology.h"
#include "tests/lib/frame.h"

#define NODES 10000

/* For hot loops: Check's own macros write to a pipe each time. */
#define must(condition) ((condition) ? (void)0 : ck_abort_msg("%s", #condition))

struct net {
	struct rh_arena arena;
	struct rh_shape_node nodes[NODES + 100];
	uint32_t count;
	struct rh_pair *links;
	uint32_t link_count;
	uint32_t degrees[NODES + 100];
	uint32_t parents[NODES + 100];
};

static struct net net;

static void net_open(uint32_t count, uint32_t degree)
{
	uint32_t i;

	rh_arena_release(&net.arena);
	memset(&net, 0, sizeof(net));
	rh_arena_init(&net.arena);
	net.count = count;
	for (i = 0; i < count; i++) {
		char name[20];

		snprintf(name, sizeof(name), "n-%u", i);
		net.nodes[i] = (struct rh_shape_node){.name64 = rh_name64(name), .degree = degree};
	}
}

static int build(enum rh_shape shape, uint64_t seed)
{
	struct rh_err err = {0};
	struct rh_rng rng = {RH_RNG_SPLITMIX, seed};
	int status = rh_topology_links(&net.links, &net.link_count, &net.arena, shape, rng,
				       net.nodes, net.count, &err);

	ck_assert((status == 0) == (err.text[0] == 0));
	return status;
}

static uint32_t root(uint32_t node)
{
	while (net.parents[node] != node)
		node = net.parents[node] = net.parents[net.parents[node]];
	return node;
}

/* Simple and sorted; counts degrees; how many parts the linked nodes make. */
static uint32_t parts_of(void)
{
	uint32_t parts = 0;
	uint32_t i;

	for (i = 0; i < net.count; i++) {
		net.parents[i] = i;
		net.degrees[i] = 0;
	}
	for (i = 0; i < net.link_count; i++) {
		struct rh_pair *pair = &net.links[i];

		must(pair->a < pair->b && pair->b < net.count);
		must(i == 0 || pair[-1].a < pair->a ||
		     (pair[-1].a == pair->a && pair[-1].b < pair->b));
		net.degrees[pair->a]++;
		net.degrees[pair->b]++;
		net.parents[root(pair->a)] = root(pair->b);
	}
	for (i = 0; i < net.count; i++)
		parts += net.nodes[i].degree != 0 && root(i) == i;
	return parts;
}

/* Each node its degree; at most one node one less, when the sum is odd. */
static void check_degrees(void)
{
	uint64_t sum = 0;
	uint32_t lacking = 0;
	uint32_t i;

	for (i = 0; i < net.count; i++) {
		must(net.degrees[i] <= net.nodes[i].degree);
		lacking += net.nodes[i].degree - net.degrees[i];
		sum += net.nodes[i].degree;
	}
	ck_assert_uint_eq(lacking, sum % 2);
}

START_TEST(random_regular)
{
	uint32_t count;
	uint32_t degree;
	uint64_t seed;

	for (count = 3; count < 40; count++)
		for (degree = 1; degree < count; degree++)
			for (seed = 0; seed < 3; seed++) {
				uint32_t parts;

				net_open(count, degree);
				must(build(RH_SHAPE_RANDOM_REGULAR, seed) == 0);
				parts = parts_of();
				check_degrees();
				must(degree < 2 || parts == 1);
			}
}
END_TEST

/* Degree 2 falls apart into rings almost surely before they are joined; 3 rarely does. */
START_TEST(connected)
{
	uint64_t seed;

	for (seed = 0; seed < 200; seed++) {
		net_open(300, seed % 2 == 0 ? 2 : 3);
		must(build(RH_SHAPE_RANDOM_REGULAR, seed) == 0);
		must(parts_of() == 1);
		check_degrees();
	}
}
END_TEST

START_TEST(random_degree)
{
	uint64_t seed;
	uint32_t i;

	for (seed = 0; seed < 200; seed++) {
		uint64_t state = seed * 1000;
		uint32_t least = 20;

		net_open(25 + (uint32_t)seed, 0);
		for (i = 0; i < net.count; i++) {
			net.nodes[i].degree =
				rh_topology_degree(rh_absorb(seed, state++)) + (seed % 2);
			if (net.nodes[i].degree < least)
				least = net.nodes[i].degree;
		}
		must(build(RH_SHAPE_RANDOM_DEGREE, seed) == 0);
		if (least >= 2)
			must(parts_of() == 1);
		else
			parts_of();
		check_degrees();
	}
}
END_TEST

/* Few nodes with one link among many with more: they hang on, the whole is one. */
START_TEST(trees_are_taken_in)
{
	uint64_t seed;
	uint32_t i;

	for (seed = 0; seed < 100; seed++) {
		net_open(200, 4);
		for (i = 0; i < 60; i++)
			net.nodes[i * 3].degree = 1;
		must(build(RH_SHAPE_RANDOM_DEGREE, seed) == 0);
		must(parts_of() == 1);
		check_degrees();
	}
}
END_TEST

/* The same links by name with silent nodes at the front, in the middle and at the end. */
START_TEST(silent_nodes_change_nothing)
{
	static const uint32_t counts[] = {10, 11, 100, 400};
	uint32_t degree;
	uint32_t k;

	for (degree = 2; degree < 10; degree++)
		for (k = 0; k < RH_ARRAY_LEN(counts); k++) {
			uint32_t shape;

			for (shape = RH_SHAPE_RANDOM_REGULAR; shape < RH_SHAPE_EXPLICIT; shape++) {
				uint32_t moved[500];
				struct rh_pair *before;
				uint32_t link_count;
				uint32_t i;
				uint32_t at = 0;

				net_open(counts[k], degree);
				must(build((enum rh_shape)shape, 9) == 0);
				before = rh_alloc(net.link_count + 1, sizeof(*before));
				memcpy(before, net.links, net.link_count * sizeof(*before));
				link_count = net.link_count;
				/* A silent node before every seventh. */
				net_open(0, 0);
				for (i = 0; i < counts[k]; i++) {
					char name[20];

					if (i % 7 == 0)
						net.nodes[at++] =
							(struct rh_shape_node){.name64 = 1000 + i};
					snprintf(name, sizeof(name), "n-%u", i);
					moved[i] = at;
					net.nodes[at++] = (struct rh_shape_node){
						.name64 = rh_name64(name), .degree = degree};
				}
				net.nodes[at++] = (struct rh_shape_node){.name64 = 7};
				net.count = at;
				must(build((enum rh_shape)shape, 9) == 0);
				must(net.link_count == link_count);
				for (i = 0; i < link_count; i++) {
					must(net.links[i].a == moved[before[i].a]);
					must(net.links[i].b == moved[before[i].b]);
				}
				free(before);
			}
		}
}
END_TEST

/* The list of nodes turned round: the same links by name, so nothing hangs on an index. */
START_TEST(order_changes_nothing)
{
	static const uint32_t counts[] = {10, 11, 100, 400};
	uint32_t degree;
	uint32_t k;

	for (degree = 1; degree < 10; degree++)
		for (k = 0; k < RH_ARRAY_LEN(counts); k++) {
			static bool is_linked[400][400];
			uint32_t last = counts[k] - 1;
			uint32_t link_count;
			uint32_t i;

			memset(is_linked, 0, sizeof(is_linked));
			net_open(counts[k], degree);
			ck_assert_int_eq(build(RH_SHAPE_RANDOM_REGULAR, 9), 0);
			link_count = net.link_count;
			for (i = 0; i < link_count; i++)
				is_linked[last - net.links[i].b][last - net.links[i].a] = true;
			for (i = 0; i < counts[k] / 2; i++) {
				struct rh_shape_node node = net.nodes[i];

				net.nodes[i] = net.nodes[last - i];
				net.nodes[last - i] = node;
			}
			ck_assert_int_eq(build(RH_SHAPE_RANDOM_REGULAR, 9), 0);
			ck_assert_uint_eq(net.link_count, link_count);
			for (i = 0; i < link_count; i++)
				must(is_linked[net.links[i].a][net.links[i].b]);
		}
}
END_TEST

START_TEST(seeds_differ)
{
	struct rh_pair first[400];
	uint32_t same = 0;
	uint32_t i;

	net_open(100, 8);
	ck_assert_int_eq(build(RH_SHAPE_RANDOM_REGULAR, 1), 0);
	ck_assert_uint_eq(net.link_count, 400);
	memcpy(first, net.links, sizeof(first));
	ck_assert_int_eq(build(RH_SHAPE_RANDOM_REGULAR, 1), 0);
	ck_assert_int_eq(memcmp(first, net.links, sizeof(first)), 0);
	ck_assert_int_eq(build(RH_SHAPE_RANDOM_REGULAR, 2), 0);
	for (i = 0; i < 400; i++) {
		uint32_t k;

		for (k = 0; k < 400; k++)
			same += first[i].a == net.links[k].a && first[i].b == net.links[k].b;
	}
	/* 400 * 400 / 4950 = 32 by chance */
	ck_assert_uint_lt(same, 60);
}
END_TEST

/* Each possible link is about equally likely: chi-square over the 45 links of 10 nodes. */
START_TEST(links_are_even)
{
	static const uint32_t degrees[] = {2, 3, 4, 8};
	uint32_t d;

	for (d = 0; d < RH_ARRAY_LEN(degrees); d++) {
		uint32_t seen[10][10] = {{0}};
		uint32_t runs = 4000;
		double expected = runs * 10.0 * degrees[d] / 2 / 45;
		double chi2 = 0;
		uint64_t seed;
		uint32_t a;
		uint32_t b;
		uint32_t i;

		for (seed = 0; seed < runs; seed++) {
			net_open(10, degrees[d]);
			must(build(RH_SHAPE_RANDOM_REGULAR, seed) == 0);
			for (i = 0; i < net.link_count; i++)
				seen[net.links[i].a][net.links[i].b]++;
		}
		for (a = 0; a < 10; a++)
			for (b = a + 1; b < 10; b++)
				chi2 += (seen[a][b] - expected) * (seen[a][b] - expected) /
					expected;
		/* 44 degrees of freedom: 99.99 % lie below 91. */
		ck_assert_msg(chi2 < 91, "degree %u: chi2 %f", degrees[d], chi2);
	}
}
END_TEST

static void check_links(const char *expected)
{
	char text[400] = "";
	size_t len = 0;
	uint32_t i;

	for (i = 0; i < net.link_count; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%u-%u",
					i != 0 ? " " : "", net.links[i].a, net.links[i].b);
	ck_assert_str_eq(text, expected);
}

START_TEST(formulas)
{
	net_open(5, 1);
	ck_assert_int_eq(build(RH_SHAPE_STAR, 1), 0);
	check_links("0-1 0-2 0-3 0-4");
	ck_assert_int_eq(build(RH_SHAPE_RING, 1), 0);
	check_links("0-1 0-4 1-2 2-3 3-4");
	ck_assert_int_eq(build(RH_SHAPE_LINE, 1), 0);
	check_links("0-1 1-2 2-3 3-4");
	ck_assert_int_eq(build(RH_SHAPE_GRID, 1), 0); /* 0 1 2 / 3 4 */
	check_links("0-1 0-3 1-2 1-4 3-4");
	ck_assert_int_eq(build(RH_SHAPE_FULL, 1), 0);
	check_links("0-1 0-2 0-3 0-4 1-2 1-3 1-4 2-3 2-4 3-4");
	ck_assert_int_eq(build(RH_SHAPE_EXPLICIT, 1), 0);
	check_links("");
	net_open(9, 1);
	ck_assert_int_eq(build(RH_SHAPE_GRID, 1), 0);
	check_links("0-1 0-3 1-2 1-4 2-5 3-4 3-6 4-5 4-7 5-8 6-7 7-8");
	net.nodes[0].degree = 0;
	ck_assert_int_eq(build(RH_SHAPE_STAR, 1), 0);
	check_links("1-2 1-3 1-4 1-5 1-6 1-7 1-8");
}
END_TEST

START_TEST(few_nodes)
{
	uint32_t shape;
	uint32_t count;

	for (shape = RH_SHAPE_RANDOM_REGULAR; shape <= RH_SHAPE_EXPLICIT; shape++)
		for (count = 0; count < 3; count++) {
			bool is_linked = count == 2 && shape != RH_SHAPE_EXPLICIT;

			net_open(count, count == 2);
			if (count == 1 && shape > RH_SHAPE_RANDOM_DEGREE)
				net.nodes[0].degree = 1;
			must(build((enum rh_shape)shape, 1) == 0);
			must(net.link_count == is_linked);
		}
}
END_TEST

START_TEST(impossible_degrees)
{
	net_open(8, 8);
	ck_assert_int_eq(build(RH_SHAPE_RANDOM_REGULAR, 1), RH_E_INPUT);
	net_open(8, 7);
	ck_assert_int_eq(build(RH_SHAPE_RANDOM_REGULAR, 1), 0);
	ck_assert_uint_eq(net.link_count, 28);
	/* Two nodes linked to all four leave no node with one link only. */
	net_open(4, 1);
	net.nodes[0].degree = 3;
	net.nodes[1].degree = 3;
	ck_assert_int_eq(build(RH_SHAPE_RANDOM_DEGREE, 1), RH_E_INPUT);
}
END_TEST

/* 9 9 9 1 1 1 1 1 1 1 fit no network; drawn degrees give way, and nobody is left out. */
START_TEST(drawn_degrees_give_way)
{
	net_open(10, 1);
	for (uint32_t i = 0; i < 3; i++)
		net.nodes[i].degree = 9;
	ck_assert_int_eq(build(RH_SHAPE_RANDOM_DEGREE, 1), RH_E_INPUT);
	for (uint32_t i = 0; i < 10; i++)
		net.nodes[i].gives_way = true;
	ck_assert_int_eq(build(RH_SHAPE_RANDOM_DEGREE, 1), 0);
	ck_assert_uint_eq(parts_of(), 1);
	for (uint32_t i = 0; i < 10; i++)
		ck_assert(net.degrees[i] >= 1 && net.degrees[i] <= net.nodes[i].degree);
}
END_TEST

/* Ten thousand nodes with eight links each, in well under 0.3 s. */
START_TEST(large)
{
	clock_t start = clock();
	double seconds;

	net_open(NODES, 8);
	ck_assert_int_eq(build(RH_SHAPE_RANDOM_REGULAR, 7), 0);
	seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
	printf("10000 nodes, degree 8: %.3f s\n", seconds);
	ck_assert_uint_eq(net.link_count, NODES * 4);
	ck_assert_uint_eq(parts_of(), 1);
	check_degrees();
	/* Ten times the usual, for sanitizers. */
	ck_assert(seconds < 3);
}
END_TEST

START_TEST(degree_distribution)
{
	static const uint32_t cdf[] = {25,  50,	 75,  100, 200, 300, 400, 500, 600, 700,
				       800, 850, 900, 950, 970, 970, 980, 990, 995, 1000};
	uint32_t seen[21] = {0};
	uint32_t runs = 200000;
	uint32_t sum = 0;
	uint32_t i;

	for (i = 0; i < runs; i++) {
		uint32_t degree = rh_topology_degree(rh_absorb(3, i));

		must(degree >= 1 && degree <= 20);
		seen[degree]++;
	}
	ck_assert_uint_eq(seen[16], 0);
	for (i = 1; i <= 20; i++) {
		double share = cdf[i - 1] / 1000.0;
		double away;

		sum += seen[i];
		away = sum - runs * share;
		must(away * away <= 16 * runs * share * (1 - share));
	}
}
END_TEST

START_TEST(region_tables)
{
	const struct rh_region_set *set;
	const struct rh_distribution *distribution;
	uint32_t index;
	uint32_t i;
	uint32_t k;

	for (index = 0; (set = rh_region_set_at(index)) != NULL; index++) {
		ck_assert_ptr_eq(rh_region_set(set->name), set);
		must(set->count == RH_REGION_SET_MAX);
		for (i = 0; i < set->count; i++) {
			ck_assert_ptr_nonnull(set->regions[i]);
			must(set->up_bps[i] != 0 && set->up_bps[i] < set->down_bps[i]);
			for (k = 0; k < set->count; k++) {
				must(set->latency_ms[i][k] != 0);
				must(set->latency_ms[i][k] == set->latency_ms[k][i]);
			}
		}
	}
	ck_assert_uint_eq(index, 2);
	ck_assert_uint_eq(rh_region_set("internet2019")->latency_ms[1][5], 294);
	ck_assert_uint_eq(rh_region_set("internet2015")->latency_ms[2][3], 347);
	for (index = 0; (distribution = rh_distribution_at(index)) != NULL; index++) {
		uint64_t sum = 0;

		ck_assert_ptr_eq(rh_distribution(distribution->name), distribution);
		for (i = 0; i < RH_REGION_SET_MAX; i++)
			sum += distribution->weights[i];
		must(sum == 10000);
	}
	ck_assert_uint_eq(index, 6);
	ck_assert_ptr_null(rh_region_set("moon"));
	ck_assert_ptr_null(rh_distribution("moon"));
}
END_TEST

START_TEST(lookahead)
{
	struct rh_plan_link links[2] = {{0, 1, {50000000, 40000000}}, {1, 2, {7, 90000000}}};
	struct rh_plan plan = {.links = links, .link_count = 1, .jitter = RH_JITTER_UNIFORM};

	ck_assert_uint_eq(rh_lookahead_ns(&plan), 40000000);
	plan.jitter = RH_JITTER_LOGNORMAL;
	ck_assert_uint_eq(rh_lookahead_ns(&plan), 20000000);
	plan.jitter = RH_JITTER_PARETO;
	ck_assert_uint_eq(rh_lookahead_ns(&plan), 35000000);
	plan.link_count = 2;
	ck_assert_uint_eq(rh_lookahead_ns(&plan), 3);
	plan.link_count = 0;
	ck_assert_uint_eq(rh_lookahead_ns(&plan), RH_LOOKAHEAD_NO_LINKS_NS);
	ck_assert_uint_eq(rh_jitter_min_ns(RH_JITTER_NORMAL, 1, 100000), 1);
}
END_TEST

int main(void)
{
	struct frame frame = frame_open("topology");

	tcase_add_test(frame.tests, random_regular);
	tcase_add_test(frame.tests, connected);
	tcase_add_test(frame.tests, random_degree);
	tcase_add_test(frame.tests, trees_are_taken_in);
	tcase_add_test(frame.tests, silent_nodes_change_nothing);
	tcase_add_test(frame.tests, order_changes_nothing);
	tcase_add_test(frame.tests, seeds_differ);
	tcase_add_test(frame.tests, links_are_even);
	tcase_add_test(frame.tests, formulas);
	tcase_add_test(frame.tests, few_nodes);
	tcase_add_test(frame.tests, impossible_degrees);
	tcase_add_test(frame.tests, drawn_degrees_give_way);
	tcase_add_test(frame.tests, large);
	tcase_add_test(frame.tests, degree_distribution);
	tcase_add_test(frame.tests, region_tables);
	tcase_add_test(frame.tests, lookahead);
	return frame_run(frame);
}
