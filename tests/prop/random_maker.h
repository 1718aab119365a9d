/*
 * random_maker.h - what the parts of random_scenario.c share: the state of the maker, drawing from the seed,
 * and moments, lengths, nodes and targets as text.
 */
#ifndef TESTS_PROP_RANDOM_MAKER_H
#define TESTS_PROP_RANDOM_MAKER_H

#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define ARRAY_LEN(a)  (sizeof(a) / sizeof((a)[0]))
#define NODES_MAX     25
#define WORK_MAX      3000 /* nodes times expected blocks */
#define SECOND_MS     UINT64_C(1000)
#define REACTION_NS   UINT64_C(4194304)
#define CHECKPOINT_NS (UINT64_C(1) << 30)

struct maker {
	uint64_t state;
	uint32_t group_count;
	uint32_t counts[4];
	uint32_t node_count;
	const char *const *regions; /* names that groups may use, or NULL */
	uint32_t region_count;
	bool wants_region; /* each group must have one */
	bool has_silent;   /* nodes without links: a target on links may come out empty */
	bool has_slots;	   /* moments may be written in slots of two seconds */
	bool is_named;	   /* every step has a name, and some are disabled */
	uint32_t step_count;
	uint64_t interval_ms;
	uint64_t duration_ms;
	uint32_t phase_count;
	uint64_t phase_ms;
	/* The language of steps and checks (random_language.h): what may be referred to by number. */
	bool is_rich;
	bool has_work; /* a workload "pay" */
	bool is_in_block;
	uint32_t faults[16];
	uint32_t fault_count;
	uint32_t captures[8];
	uint32_t capture_count;
	uint32_t alert_count;
};

static const char group_names[] = "abcd";

/* ---- drawing --------------------------------------------------------------------------------- */

static inline uint64_t draw(struct maker *m)
{
	uint64_t x = m->state += UINT64_C(0x9E3779B97F4A7C15);

	x = (x ^ (x >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94D049BB133111EB);
	return x ^ (x >> 31);
}

/* From `low` to `high`, both possible. */
static inline uint64_t between(struct maker *m, uint64_t low, uint64_t high)
{
	return low + draw(m) % (high - low + 1);
}

static inline bool chance(struct maker *m, uint32_t percent)
{
	return draw(m) % 100 < percent;
}

#define PICK(m, array) ((array)[draw(m) % ARRAY_LEN(array)])

/* Small numbers as often as large ones. */
static inline uint64_t logarithmic(struct maker *m, uint64_t low, uint64_t high)
{
	uint64_t top = low;

	while (top < high && chance(m, 75))
		top = top * 2 < high ? top * 2 + 1 : high;
	return between(m, low, top);
}

/* A moment from 0 to `limit_ms`; with its unit. */
static inline void print_moment(struct maker *m, uint64_t limit_ms)
{
	uint64_t limit_ns = limit_ms * 1000000;

	switch (between(m, 0, 9)) {
	case 0:
		printf("0");
		break;
	case 1:
		printf("%" PRIu64 "ns", between(m, 0, limit_ns / REACTION_NS) * REACTION_NS);
		break;
	case 2:
		printf("%" PRIu64 "ns", between(m, 0, limit_ns / CHECKPOINT_NS) * CHECKPOINT_NS);
		break;
	case 3:
		printf("%" PRIu64 "ns", between(m, 0, limit_ns));
		break;
	case 4:
		printf("%" PRIu64 "ms", limit_ms);
		break;
	case 5:
		if (m->has_slots) {
			printf("%" PRIu64 " slots", between(m, 0, limit_ms / 2000));
			break;
		}
		printf("%" PRIu64 "ms", between(m, 0, limit_ms + limit_ms / 4));
		break;
	case 6:
		printf("%" PRIu64 "ms", between(m, 0, limit_ms));
		break;
	default:
		printf("%" PRIu64 "s", between(m, 0, limit_ms / 10000) * 10);
		break;
	}
}

static inline void print_length(struct maker *m, uint64_t limit_ms)
{
	if (m->is_rich && chance(m, 10))
		printf("\"${min(vars.len * %" PRIu64 ", rand('r%" PRIu64 "', 1s, 40s))}\"",
		       between(m, 1, 3), between(m, 0, 3));
	else if (chance(m, 5))
		printf("%" PRIu64 "ns", between(m, 1, 10));
	else if (chance(m, 50))
		printf("%" PRIu64 "s", between(m, 1, limit_ms / 10000 + 1) * 10);
	else
		printf("%" PRIu64 "ms", logarithmic(m, 1, limit_ms));
}

static inline void print_node(struct maker *m)
{
	uint32_t group = (uint32_t)between(m, 0, m->group_count - 1);

	printf("%c-%" PRIu64, group_names[group], between(m, 0, m->counts[group] - 1));
}

static inline void print_target(struct maker *m)
{
	switch (between(m, 0, m->has_silent ? 3 : 7)) {
	case 0:
		printf("%c", group_names[between(m, 0, m->group_count - 1)]);
		break;
	case 1:
	case 2:
		print_node(m);
		break;
	case 3:
		printf("[");
		print_node(m);
		printf(", ");
		print_node(m);
		printf("]");
		break;
	case 4:
		printf("{mode: percent, value: %" PRIu64 "%%}", between(m, 20, 80));
		break;
	case 5:
		printf("{mode: fixed, value: 1, not: [");
		print_node(m);
		printf("]}");
		break;
	case 6:
		if (m->regions != NULL && m->wants_region) {
			printf("{select: {region: [");
			for (uint32_t i = 0; i < m->region_count; i++)
				printf("%s%s", i == 0 ? "" : ", ", m->regions[i]);
			printf("]}, mode: percent, value: 50%%}");
			break;
		}
		printf("{mode: percent, value: 100%%}");
		break;
	default:
		printf("{select: {group: %c}, mode: one}",
		       group_names[between(m, 0, m->group_count - 1)]);
		break;
	}
}

#endif
