/*
 * prop_engines.c - one game, many ways: whatever engine plays it, with however many threads, screws
 * and stops, the outcome is the same.
 *
 * For each seed a wild game (tests/lib/wild_model.h) is played once on the plain heap, and then in
 * WAYS ways.  What makes up a way is dealt for each seed: each value of each factor comes up
 * several times, never all values with all others.  Equal must be the trace hash, every checkpoint,
 * the numbers of events, copies and raised delays, where the world stopped when it was woken, and
 * all records, byte for byte and in order (where both ways ask for the same kinds).
 *
 * usage: prop_engines                  seeds 1 to 30, or those of ENGINES_SEEDS="FROM TO"
 *        prop_engines SEED             one seed
 *        prop_engines SEED WAY         one way of it: engine=windowed,threads=3,filter=off,...
 *
 * A WAY may end in `,until=NS` for a shorter run and `,print=yes` for all records.  Factors that it
 * does not name have their first value.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "core/base/bits.h"
#include "tests/unit/sim/play.h"

#define WAYS	   12
#define WAY_TEXT   256
#define SHOWN_MAX  5
#define OTHER_BASE UINT64_C(0x567000000000)
#define IMAGE_BASE UINT64_C(0x567800000000)

/* ---- what makes up a way --------------------------------------------------------------------- */

enum factor {
	FACTOR_ENGINE,
	FACTOR_THREADS,
	FACTOR_WINDOW,
	FACTOR_FILTER,
	FACTOR_FAN,
	FACTOR_SHARED,
	FACTOR_BASE,
	FACTOR_MASK,
	FACTOR_CUTS,
	FACTOR_CALM,
	FACTOR_IMAGE,
	FACTORS
};

/* A value that stands there twice comes up twice as often. */
static const struct {
	const char *name;
	uint32_t count;
	const char *values[6];
} factors[FACTORS] = {
	[FACTOR_ENGINE] = {"engine",
			   6,
			   {"heap", "windowed", "general", "windowed", "auto", "windowed"}},
	[FACTOR_THREADS] = {"threads", 4, {"1", "2", "3", "8"}}, /* where there are windows */
	[FACTOR_WINDOW] = {"window", 3, {"whole", "half", "sixteenth"}},
	[FACTOR_FILTER] = {"filter", 2, {"on", "off"}},
	[FACTOR_FAN] = {"fan", 2, {"on", "off"}},
	[FACTOR_SHARED] = {"shared", 2, {"every", "large"}}, /* windows that threads take part in */
	[FACTOR_BASE] = {"base", 2, {"usual", "other"}},
	[FACTOR_MASK] = {"mask", 3, {"all", "none", "some"}},
	[FACTOR_CUTS] = {"cuts", 4, {"0", "3", "0", "29"}},
	[FACTOR_CALM] = {"calm", 2, {"no", "yes"}},
	[FACTOR_IMAGE] = {"image", 4, {"no", "no", "no", "yes"}},
};

struct choice {
	uint8_t at[FACTORS];
	uint64_t until_ns; /* 0: to the end */
	bool is_printed;
};

static const char *value_of(const struct choice *choice, enum factor factor)
{
	return factors[factor].values[choice->at[factor]];
}

static bool is_value(const struct choice *choice, enum factor factor, const char *value)
{
	return strcmp(value_of(choice, factor), value) == 0;
}

/* Threads are a matter of windows. */
static void settle(struct choice *choice)
{
	if (is_value(choice, FACTOR_ENGINE, "heap") || is_value(choice, FACTOR_ENGINE, "general"))
		choice->at[FACTOR_THREADS] = 0;
}

/* Each factor deals its values to all ways in turn, in an order of its own. */
static void deal(struct choice choices[WAYS], uint64_t seed)
{
	uint32_t order[WAYS];
	uint32_t f;
	uint32_t i;

	memset(choices, 0, WAYS * sizeof(*choices));
	for (f = 0; f < FACTORS; f++) {
		for (i = 0; i < WAYS; i++) {
			uint32_t at = (uint32_t)(rh_absorb(rh_absorb(seed, f), i) % (i + 1));

			order[i] = order[at];
			order[at] = i;
		}
		for (i = 0; i < WAYS; i++)
			choices[i].at[f] = (uint8_t)(order[i] % factors[f].count);
	}
	for (i = 0; i < WAYS; i++)
		settle(&choices[i]);
}

static void choice_text(char text[WAY_TEXT], const struct choice *choice)
{
	size_t len = 0;
	uint32_t f;

	for (f = 0; f < FACTORS; f++)
		len += (size_t)snprintf(text + len, WAY_TEXT - len, "%s%s=%s", f > 0 ? "," : "",
					factors[f].name, value_of(choice, (enum factor)f));
}

static bool choice_set(struct choice *choice, const char *name, const char *value)
{
	uint32_t f;
	uint32_t i;

	if (strcmp(name, "until") == 0) {
		choice->until_ns = strtoull(value, NULL, 10);
		return true;
	}
	if (strcmp(name, "print") == 0) {
		choice->is_printed = strcmp(value, "yes") == 0;
		return true;
	}
	for (f = 0; f < FACTORS; f++) {
		for (i = 0; strcmp(factors[f].name, name) == 0 && i < factors[f].count; i++) {
			if (strcmp(factors[f].values[i], value) != 0)
				continue;
			choice->at[f] = (uint8_t)i;
			return true;
		}
	}
	return false;
}

/* False when the text names what there is not. */
static bool choice_read(struct choice *choice, const char *text)
{
	char copy[WAY_TEXT];
	char *rest = copy;
	char *pair;

	memset(choice, 0, sizeof(*choice));
	snprintf(copy, sizeof(copy), "%s", text);
	while ((pair = strsep(&rest, ",")) != NULL) {
		char *value = strchr(pair, '=');

		if (value == NULL)
			return false;
		*value++ = '\0';
		if (!choice_set(choice, pair, value))
			return false;
	}
	settle(choice);
	return true;
}

static enum rh_engine engine_of(const struct choice *choice)
{
	if (is_value(choice, FACTOR_ENGINE, "heap"))
		return RH_ENGINE_HEAP;
	if (is_value(choice, FACTOR_ENGINE, "general"))
		return RH_ENGINE_GENERAL;
	return is_value(choice, FACTOR_ENGINE, "auto") ? RH_ENGINE_AUTO : RH_ENGINE_WINDOWED;
}

/* A reader that acts where the world stops must be told of the heads in any way. */
static uint64_t mask_of(const struct choice *choice, const struct wild *wild)
{
	uint64_t needed = wild->reacts ? UINT64_C(1) << RH_RECORD_HEAD : 0;

	if (is_value(choice, FACTOR_MASK, "all"))
		return UINT64_MAX;
	if (is_value(choice, FACTOR_MASK, "none"))
		return needed;
	/* Without the messages, whose records bar the plain way of a fan-out. */
	return needed | (rh_absorb(wild->plan->seed, 5) & ~(UINT64_C(1) << RH_RECORD_MESSAGE));
}

/* Windows of half the length, or a sixteenth; a window of 1 ns stays what it is. */
static uint32_t window_of(const struct choice *choice, const struct wild *wild)
{
	uint32_t log2 = rh_high_bit(wild->plan->lookahead_ns);
	uint32_t less = is_value(choice, FACTOR_WINDOW, "half") ? 1 : 4;

	if (is_value(choice, FACTOR_WINDOW, "whole"))
		return 0;
	log2 = log2 < SIM_CHECKPOINT_LOG2 ? log2 : SIM_CHECKPOINT_LOG2;
	return log2 > less ? log2 - less : 0;
}

static struct way way_of(const struct choice *choice, const struct wild *wild)
{
	struct way way = {
		.engine = engine_of(choice),
		.threads = (uint32_t)strtoul(value_of(choice, FACTOR_THREADS), NULL, 10),
		.window_log2 = window_of(choice, wild),
		.no_early_filter = is_value(choice, FACTOR_FILTER, "off"),
		.no_plain_fan = is_value(choice, FACTOR_FAN, "off"),
		.share_from = is_value(choice, FACTOR_SHARED, "every") ? 1 : 0,
		.holds_back = is_value(choice, FACTOR_CALM, "yes"),
		.record_mask = mask_of(choice, wild),
		.base_hint = is_value(choice, FACTOR_BASE, "other") ? OTHER_BASE : 0,
		.cuts = (uint32_t)strtoul(value_of(choice, FACTOR_CUTS), NULL, 10),
		.is_printed = choice->is_printed,
	};

	if (is_value(choice, FACTOR_IMAGE, "yes")) {
		way.image_at_ns = wild->end_ns / 2 + 12345;
		way.image_base = IMAGE_BASE;
	}
	return way;
}

static const struct way reference = {.engine = RH_ENGINE_HEAP, .record_mask = UINT64_MAX};

/* ---- what has come up ------------------------------------------------------------------------ */

/* Shared with the processes in which the checks run. */
struct tally {
	uint64_t games, ways, windowed, threaded, unthreaded, shorter, longer;
	uint64_t copies, events, ties, lost, duplicates, work, clamps, crashes, joins, clock_steps;
	uint64_t inputs, dropped_inputs, violations, stops, dense;
};

struct session {
	const char *program;
	const char *only; /* the one way asked for, or NULL */
	struct tally *tally;
	char line[WAY_TEXT + 512];
};

/* Check calls its tests without an argument. */
static struct session session;

/* What the reference has seen: a family that lacks something would test nothing of it. */
static void tally_records(struct tally *tally, const struct telling *telling,
			  const struct rh_plan *plan)
{
	uint64_t window_log2 = rh_high_bit(plan->lookahead_ns);
	uint64_t in_window = 0;
	size_t i;

	for (i = 0; i < telling->count; i++) {
		const struct rh_record *r = &telling->records[i];
		const struct rh_record *last = i > 0 ? r - 1 : r;

		tally->joins +=
			r->kind == RH_RECORD_NODE && r->stage == RH_NODE_UP && r->time_ns > 0;
		tally->crashes += r->kind == RH_RECORD_NODE && r->stage == RH_NODE_DOWN;
		if (r->kind != RH_RECORD_MESSAGE)
			continue;
		tally->lost += r->stage == RH_MESSAGE_LOST;
		tally->duplicates += r->stage == RH_MESSAGE_DUPLICATE;
		tally->ties += i > 0 && last->kind == r->kind && last->stage == r->stage &&
			       r->stage != RH_MESSAGE_SENT && last->time_ns == r->time_ns &&
			       last->node == r->node;
		if (r->time_ns >> window_log2 != last->time_ns >> window_log2)
			in_window = 0;
		in_window += r->stage == RH_MESSAGE_ARRIVED || r->stage == RH_MESSAGE_DUPLICATE;
		tally->dense += in_window == 2000;
	}
}

static void tally_outcome(struct tally *tally, const struct outcome *outcome)
{
	tally->games++;
	tally->copies += outcome->stats.deliveries;
	tally->events += outcome->stats.events;
	tally->clamps += outcome->stats.lookahead_clamps;
	tally->work += outcome->kinds[RH_RECORD_NOTE];
	tally->clock_steps += outcome->kinds[RH_RECORD_CLOCK];
	tally->inputs += outcome->kinds[RH_RECORD_TX];
	tally->violations += outcome->kinds[RH_RECORD_INVARIANT];
	tally->stops += outcome->stop_count;
}

/* Whether the screws of a way were turned. */
static void tally_way(struct tally *tally, const struct wild *wild, const struct way *way,
		      const struct outcome *outcome)
{
	uint32_t threads =
		way->threads < wild->plan->node_count ? way->threads : wild->plan->node_count;

	tally->ways++;
	if (!outcome->is_windowed)
		return;
	tally->windowed++;
	tally->threaded += threads > 1 && outcome->threads >= threads;
	tally->unthreaded += threads > 1 && outcome->threads < threads;
	tally->shorter += way->window_log2 != 0 && outcome->window_log2 <= way->window_log2;
	tally->longer += way->window_log2 != 0 && outcome->window_log2 > way->window_log2;
}

/* ---- what a person wants to see -------------------------------------------------------------- */

static struct outcome play_told(const struct game *game, const struct way *way,
				struct telling *telling)
{
	struct way told = *way;

	told.telling = telling;
	told.is_printed = false;
	return play_game(game, &told);
}

static void show_nodes(const struct game *game, const struct telling *a, const struct telling *b)
{
	uint32_t shown = 0;
	uint32_t i;

	for (i = 0; i < game->plan->node_count && shown < SHOWN_MAX; i++) {
		const struct sim_trace_node *x = &a->nodes[i];
		const struct sim_trace_node *y = &b->nodes[i];

		if (memcmp(x, y, sizeof(*x)) == 0)
			continue;
		printf("    node %" PRIu32 " (%s):%s%s, events %" PRIu64 " and %" PRIu64
		       ", duplicates %" PRIu64 " and %" PRIu64 "\n",
		       i, game->plan->nodes[i].name,
		       x->chain != y->chain ? " other events or effects" : "",
		       x->sum != y->sum ? " other arrivals" : "", x->events, y->events,
		       x->duplicates, y->duplicates);
		shown++;
	}
	if (shown == 0)
		printf("    no node differs: the actions on the world do\n");
}

/* The first checkpoint that differs, and the nodes that differ there. */
static void show_checkpoint(const struct game *game, const struct way *way, const struct telling *a,
			    const struct telling *b)
{
	size_t count = a->checkpoint_count < b->checkpoint_count ? a->checkpoint_count
								 : b->checkpoint_count;
	struct game part = *game;
	struct telling x = {0};
	struct telling y = {0};
	size_t i = 0;

	while (i < count && a->checkpoints[i].time_ns == b->checkpoints[i].time_ns &&
	       rh_hash128_eq(a->checkpoints[i].hash, b->checkpoints[i].hash))
		i++;
	if (i == count) {
		printf("  no checkpoint differs (%zu and %zu of them)\n", a->checkpoint_count,
		       b->checkpoint_count);
		return;
	}
	part.end_ns = a->checkpoints[i].time_ns;
	printf("  checkpoint %zu differs first, at %" PRIu64 " ns\n", i, part.end_ns);
	play_told(&part, &reference, &x);
	play_told(&part, way, &y);
	show_nodes(game, &x, &y);
	telling_release(&x);
	telling_release(&y);
}

static bool is_same_record(const struct rh_record *x, const struct rh_record *y)
{
	return x->time_ns == y->time_ns && x->node == y->node && x->kind == y->kind &&
	       x->stage == y->stage && x->index == y->index && x->a == y->a && x->b == y->b &&
	       x->c == y->c && x->d == y->d && x->text_len == y->text_len &&
	       (x->text_len == 0 || memcmp(x->text, y->text, x->text_len) == 0);
}

static void show_record(const struct telling *a, const struct telling *b)
{
	size_t i = 0;
	size_t k;

	while (i < a->count && i < b->count && is_same_record(&a->records[i], &b->records[i]))
		i++;
	if (i == a->count && i == b->count) {
		printf("  no record differs of %zu\n", i);
		return;
	}
	printf("  record %zu differs first (of %zu and %zu):\n", i, a->count, b->count);
	for (k = i < 2 ? 0 : i - 2; k < i; k++) {
		printf("    both: ");
		record_print(&a->records[k]);
	}
	for (k = i; k < i + 2; k++) {
		if (k < a->count)
			printf("    heap: ");
		if (k < a->count)
			record_print(&a->records[k]);
	}
	for (k = i; k < i + 2; k++) {
		if (k < b->count)
			printf("    way:  ");
		if (k < b->count)
			record_print(&b->records[k]);
	}
}

/* All that helps to begin with; the way is played again, so a race may hide. */
static void explain(const struct game *game, const struct way *way, const struct outcome *a,
		    const struct outcome *b)
{
	struct telling x = {0};
	struct telling y = {0};
	struct way talking = *way;
	struct outcome again;

	printf("  heap: %" PRIu64 " events, %" PRIu64 " copies, %" PRIu64 " raised, %" PRIu64
	       " stops, %" PRIu64 " records\n  way:  %" PRIu64 " events, %" PRIu64
	       " copies, %" PRIu64 " raised, %" PRIu64 " stops, %" PRIu64 " records\n",
	       a->stats.events, a->stats.deliveries, a->stats.lookahead_clamps, a->stop_count,
	       a->record_count, b->stats.events, b->stats.deliveries, b->stats.lookahead_clamps,
	       b->stop_count, b->record_count);
	play_told(game, &reference, &x);
	again = play_told(game, way, &y);
	if (!rh_hash128_eq(again.trace_hash, b->trace_hash))
		printf("  played again it is a third thing: something does not repeat at all\n");
	show_checkpoint(game, way, &x, &y);
	if (way->record_mask != reference.record_mask) {
		telling_release(&y);
		talking.record_mask = reference.record_mask;
		again = play_told(game, &talking, &y);
		printf("  with all records %s\n",
		       is_same_telling(a, &again) ? "there is no difference" : "it differs too:");
	}
	show_record(&x, &y);
	telling_release(&x);
	telling_release(&y);
}

/* ---- the property ---------------------------------------------------------------------------- */

static void say_way(uint64_t seed, const char *way)
{
	snprintf(session.line, sizeof(session.line), "%s %" PRIu64 " %s", session.program, seed,
		 way);
	rh_reproduce_line_set(session.line);
}

/* False when it differs. */
static bool check_way(uint64_t seed, const struct wild *wild, const struct choice *choice,
		      const struct outcome *expected)
{
	struct game game = game_of(wild);
	struct way way = way_of(choice, wild);
	char text[WAY_TEXT];
	struct outcome outcome;

	if (choice->until_ns != 0)
		game.end_ns = choice->until_ns;
	choice_text(text, choice);
	say_way(seed, text);
	outcome = play_game(&game, &way);
	tally_way(session.tally, wild, &way, &outcome);
	if (session.only != NULL)
		printf("played: %s\n", text);
	if (is_same_outcome(expected, reference.record_mask, &outcome, way.record_mask))
		return true;
	printf("DIFFERENT, seed %" PRIu64 ": %s\n  repeat: %s\n", seed, text, session.line);
	explain(&game, &way, expected, &outcome);
	return false;
}

START_TEST(engines_agree)
{
	uint64_t seed = (uint64_t)_i;
	struct wild wild = wild_new(seed);
	struct game game = game_of(&wild);
	struct choice choices[WAYS];
	struct telling telling = {0};
	struct outcome expected;
	uint32_t count = WAYS;
	uint32_t wrong = 0;
	char text[512];
	uint32_t i;

	deal(choices, seed);
	if (session.only != NULL) {
		ck_assert_msg(choice_read(&choices[0], session.only), "no such way: %s",
			      session.only);
		game.end_ns = choices[0].until_ns != 0 ? choices[0].until_ns : game.end_ns;
		count = 1;
	}
	wild_tell(&wild, text, sizeof(text));
	printf("seed %" PRIu64 ": %s\n", seed, text);
	say_way(seed, "engine=heap");
	expected = play_told(&game, &reference, &telling);
	tally_records(session.tally, &telling, wild.plan);
	tally_outcome(session.tally, &expected);
	telling_release(&telling);
	printf("  %" PRIu64 " events, %" PRIu64 " copies, %" PRIu64 " stops, %" PRIu64 " records\n",
	       expected.stats.events, expected.stats.deliveries, expected.stop_count,
	       expected.record_count);
	for (i = 0; i < count; i++)
		wrong += !check_way(seed, &wild, &choices[i], &expected);
	rh_reproduce_line_set(NULL);
	wild_free(&wild);
	fflush(stdout);
	ck_assert_msg(wrong == 0, "seed %" PRIu64 ": %u of %u ways differ, see above", seed, wrong,
		      count);
}
END_TEST

/* False when thirty games have shown nothing of a kind. */
static bool has_all(const struct tally *t)
{
	const struct {
		const char *name;
		uint64_t count;
	} lines[] = {
		{"copies", t->copies},
		{"copies that arrive at one node at one instant", t->ties},
		{"duplicates", t->duplicates},
		{"copies lost", t->lost},
		{"delays raised to the lookahead", t->clamps},
		{"pieces of work", t->work},
		{"crashes", t->crashes},
		{"late joins and restarts", t->joins},
		{"clock steps", t->clock_steps},
		{"inputs", t->inputs},
		{"invariants violated", t->violations},
		{"stops of a woken world", t->stops},
		{"windows of 2,000 arrivals and more", t->dense},
	};
	bool is_good = true;
	size_t i;

	printf("%" PRIu64 " games, %" PRIu64 " events:\n", t->games, t->events);
	for (i = 0; i < RH_ARRAY_LEN(lines); i++) {
		printf("  %10" PRIu64 " %s\n", lines[i].count, lines[i].name);
		is_good = is_good && lines[i].count > 0;
	}
	if (!is_good)
		printf("FAIL  the family has nothing of one of these\n");
	return is_good;
}

static bool read_seeds(int argc, char **argv, int *from, int *to)
{
	const char *range = getenv("ENGINES_SEEDS");

	*from = 1;
	*to = 30;
	session.program = argv[0];
	session.only = argc == 3 ? argv[2] : NULL;
	if (argc > 3 || (argc == 1 && range != NULL && sscanf(range, "%d %d", from, to) != 2))
		return false;
	if (argc > 1 && sscanf(argv[1], "%d", from) != 1)
		return false;
	if (argc > 1)
		*to = *from;
	return *from >= 0 && *to >= *from;
}

int main(int argc, char **argv)
{
	struct frame frame = frame_open("engines");
	struct tally *tally;
	int status;
	int from;
	int to;

	if (!read_seeds(argc, argv, &from, &to)) {
		fprintf(stderr, "usage: [ENGINES_SEEDS=\"FROM TO\"] %s [SEED [WAY]]\n", argv[0]);
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	tally = mmap(NULL, sizeof(*tally), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		     0);
	if (tally == MAP_FAILED) {
		perror("mmap");
		return 3;
	}
	session.tally = tally;
	tcase_add_loop_test(frame.tests, engines_agree, from, to + 1);
	status = frame_run(frame);
	if (to - from >= 29 && !has_all(tally))
		status = 1;
	printf("%" PRIu64 " ways, %" PRIu64 " with windows, %" PRIu64
	       " of those with threads, %" PRIu64 " with windows cut short\n",
	       tally->ways, tally->windowed, tally->threaded, tally->shorter);
	/* A world may share out less, but never may nothing have been shared out or cut short. */
	printf("%" PRIu64 " ways had fewer threads and %" PRIu64 " longer windows than they asked "
	       "for\n",
	       tally->unthreaded, tally->longer);
	if (to - from >= 29 && (tally->threaded == 0 || tally->shorter == 0))
		status = 1;
	return status;
}
