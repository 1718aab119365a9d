/*
 * bench.c - the figures that every change is measured by: options, contests, rows.
 *
 * usage: bench [--program FILE] [--peers DIR] [--results FILE] [--commit TEXT] [--only TEXT]
 *              [--rounds N] [--strict yes] [--scratch DIR]   (make bench; from the root of the tree)
 *
 * Prints NAME MEDIAN UNIT MIN MAX ROUNDS for each row whose name contains TEXT; what no wanted row
 * needs is not run.  Ends with 1 when something played wrongly.  A missed goal is marked, and fails
 * only when --strict is `yes`: a shared machine may be to blame.
 */
#include "bench/bench.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A contender that has played so long is left out of the further rounds. */
#define CONTENDER_PATIENCE_S 25.0
#define OTHERS_MAX	     0.3

struct contest_state {
	const struct bench_contest *contest;
	struct bench_turn *turns[BENCH_CONTENDERS]; /* by round */
	uint32_t played[BENCH_CONTENDERS];	    /* rounds */
	double spent_s[BENCH_CONTENDERS];
	bool is_needed[BENCH_CONTENDERS];
	bool is_out[BENCH_CONTENDERS]; /* skipped or wrong: the first turn says why */
	double others;		       /* processors, on average over the contest */
};

void bench_die(const char *fmt, ...)
{
	va_list args;

	fputs("error: bench: ", stderr);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
	exit(1);
}

static void end_turn(struct bench_turn *turn, enum bench_outcome outcome, const char *fmt,
		     va_list args)
{
	turn->outcome = outcome;
	vsnprintf(turn->why, sizeof(turn->why), fmt, args);
}

void bench_skip(struct bench_turn *turn, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	end_turn(turn, BENCH_SKIPPED, fmt, args);
	va_end(args);
}

void bench_wrong(struct bench_turn *turn, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	end_turn(turn, BENCH_WRONG, fmt, args);
	va_end(args);
}

bool bench_wants(const struct bench *bench, const char *name)
{
	return strstr(name, bench->wanted) != NULL;
}

/* ---- rows ------------------------------------------------------------------------------------ */

static void insert_sorted(double *values, uint32_t count, double value)
{
	for (; count > 0 && values[count - 1] > value; count--)
		values[count] = values[count - 1];
	values[count] = value;
}

/* The figures of a row, ascending; returns how many. */
static uint32_t gather(const struct contest_state *state, const struct bench_row *row,
		       double *values)
{
	uint32_t rounds = state->played[row->of];
	uint32_t count = 0;

	if (row->against != BENCH_ALONE && state->played[row->against] < rounds)
		rounds = state->played[row->against];
	for (uint32_t i = 0; i < rounds; i++) {
		double value = state->turns[row->of][i].figures[row->figure];

		if (row->against != BENCH_ALONE)
			value /= state->turns[row->against][i].figures[row->figure];
		insert_sorted(values, count++, value);
	}
	return count;
}

static bool misses(const struct bench_row *row, double median)
{
	switch (row->goal_is) {
	case BENCH_NO_GOAL:
		return false;
	case BENCH_AT_LEAST:
		return median < row->goal;
	case BENCH_AT_MOST:
		return median > row->goal;
	}
	return false;
}

static void print_row(struct bench *bench, const struct contest_state *state,
		      const struct bench_row *row)
{
	double values[BENCH_ROUNDS_MAX];
	uint32_t count = gather(state, row, values);
	double median;

	if (count == 0)
		return;
	median = (values[(count - 1) / 2] + values[count / 2]) / 2;
	printf("%-34s %12.3f %-8s %12.3f %12.3f %4" PRIu32, row->name, median, row->unit, values[0],
	       values[count - 1], count);
	if (row->is_wall)
		printf("  others %.2f%s", state->others, state->others > OTHERS_MAX ? " busy" : "");
	if (misses(row, median)) {
		bench->missed++;
		printf("  goal: %s %g", row->goal_is == BENCH_AT_LEAST ? "at least" : "at most",
		       row->goal);
	}
	putchar('\n');
	fflush(stdout);
	bench_results_add(bench->results, row->name, row->unit, median, values[0],
			  values[count - 1], count);
}

/* The contender because of which a row cannot be, or NULL. */
static const struct bench_turn *culprit(const struct contest_state *state,
					const struct bench_row *row)
{
	if (state->is_out[row->of])
		return &state->turns[row->of][0];
	if (row->against != BENCH_ALONE && state->is_out[row->against])
		return &state->turns[row->against][0];
	return NULL;
}

static void print_rows(struct bench *bench, const struct contest_state *state)
{
	const struct bench_contest *contest = state->contest;

	for (uint32_t i = 0; i < contest->row_count; i++) {
		const struct bench_row *row = &contest->rows[i];
		const struct bench_turn *turn = culprit(state, row);

		if (!bench_wants(bench, row->name))
			continue;
		if (turn == NULL)
			print_row(bench, state, row);
		else
			printf("%-34s %s: %s\n", row->name,
			       turn->outcome == BENCH_WRONG ? "FAILED" : "skipped", turn->why);
	}
	fflush(stdout);
}

/* ---- contests -------------------------------------------------------------------------------- */

/* Which contenders the wanted rows need; false when there is none. */
static bool find_needed(const struct bench *bench, struct contest_state *state)
{
	const struct bench_contest *contest = state->contest;
	bool is_any = false;

	for (uint32_t i = 0; i < contest->row_count; i++) {
		const struct bench_row *row = &contest->rows[i];

		if (!bench_wants(bench, row->name))
			continue;
		state->is_needed[row->of] = true;
		if (row->against != BENCH_ALONE)
			state->is_needed[row->against] = true;
		is_any = true;
	}
	return is_any;
}

static void take_turn(struct bench *bench, struct contest_state *state, uint32_t at)
{
	const struct bench_contender *contender = &state->contest->contenders[at];
	struct bench_turn *turn = &state->turns[at][state->played[at]];
	uint64_t begin_ns = bench_wall_ns(NULL);

	*turn = (struct bench_turn){.outcome = BENCH_PLAYED};
	if (contender->is_here)
		contender->play(bench, contender->ctx, turn);
	else
		bench_play_apart(bench, contender, turn);
	state->spent_s[at] += (double)(bench_wall_ns(NULL) - begin_ns) * 1e-9;
	if (turn->outcome == BENCH_PLAYED) {
		state->played[at]++;
		return;
	}
	if (turn->outcome == BENCH_WRONG)
		bench->failed++;
	state->turns[at][0] = *turn;
	state->played[at] = 0;
	state->is_out[at] = true;
}

/* Each contender that was told to agree has the hash of the first one that played. */
static void compare_hashes(struct bench *bench, struct contest_state *state)
{
	const struct bench_turn *first = NULL;

	for (uint32_t at = 0; at < state->contest->contender_count; at++) {
		for (uint32_t round = 0; round < state->played[at]; round++) {
			struct bench_turn *turn = &state->turns[at][round];
			char texts[2][RH_HASH_TEXT];

			if (first == NULL)
				first = turn;
			if (rh_hash128_eq(first->trace_hash, turn->trace_hash))
				continue;
			bench_wrong(turn, "%s has trace hash %s, not %s",
				    state->contest->contenders[at].name,
				    rh_hash128_text(texts[0], turn->trace_hash),
				    rh_hash128_text(texts[1], first->trace_hash));
			state->turns[at][0] = *turn;
			state->is_out[at] = true;
			bench->failed++;
			break;
		}
	}
}

static bool is_playing(const struct contest_state *state, uint32_t at)
{
	return state->is_needed[at] && !state->is_out[at] &&
	       state->spent_s[at] < CONTENDER_PATIENCE_S;
}

void bench_compete(struct bench *bench, const struct bench_contest *contest)
{
	struct contest_state state = {.contest = contest};
	uint32_t rounds = bench->rounds != 0 ? bench->rounds : contest->rounds;
	struct bench_look before = bench_look();
	struct bench_look after;

	RH_ASSERT(contest->contender_count <= BENCH_CONTENDERS && rounds <= BENCH_ROUNDS_MAX);
	if (!find_needed(bench, &state))
		return;
	for (uint32_t at = 0; at < contest->contender_count; at++)
		state.turns[at] = rh_alloc(rounds, sizeof(struct bench_turn));
	for (uint32_t round = 0; round < rounds; round++) {
		for (uint32_t at = 0; at < contest->contender_count; at++) {
			if (is_playing(&state, at))
				take_turn(bench, &state, at);
		}
		after = bench_look();
		if (bench->rounds == 0 && after.wall_s - before.wall_s > contest->patience_s)
			break;
	}
	after = bench_look();
	state.others = bench_others(&before, &after);
	if (contest->hashes_agree)
		compare_hashes(bench, &state);
	print_rows(bench, &state);
	for (uint32_t at = 0; at < contest->contender_count; at++)
		free(state.turns[at]);
}

/* ---- the program ----------------------------------------------------------------------------- */

struct option_row {
	const char *name;
	const char **value;
};

static void parse(struct bench *bench, const char **results, const char **commit, int argc,
		  char **argv)
{
	const char *rounds = "";
	const char *strict = "";
	const struct option_row options[] = {
		{"--program", &bench->program}, {"--peers", &bench->peers}, {"--results", results},
		{"--commit", commit},		{"--only", &bench->wanted}, {"--rounds", &rounds},
		{"--scratch", &bench->scratch}, {"--strict", &strict},
	};

	for (int i = 1; i < argc; i++) {
		const struct option_row *option = NULL;

		for (size_t k = 0; k < RH_ARRAY_LEN(options); k++) {
			if (strcmp(options[k].name, argv[i]) == 0)
				option = &options[k];
		}
		if (option == NULL || i + 1 == argc)
			bench_die("%s: unknown, or its value is missing; the options are those of "
				  "bench/bench.c",
				  argv[i]);
		*option->value = argv[++i];
	}
	bench->is_strict = strcmp(strict, "yes") == 0;
	if (rounds[0] == 0)
		return;
	bench->rounds = (uint32_t)strtoul(rounds, NULL, 10);
	if (bench->rounds < 1 || bench->rounds > BENCH_ROUNDS_MAX)
		bench_die("--rounds is 1 to %d", BENCH_ROUNDS_MAX);
}

int main(int argc, char **argv)
{
	struct bench bench = {.program = "build/rehearse",
			      .peers = "build/bench/peers",
			      .scratch = "build/bench",
			      .wanted = ""};
	const char *results = "build/bench/results.txt";
	const char *commit = "unknown";

	parse(&bench, &results, &commit, argc, argv);
	if (mkdir(bench.scratch, 0777) != 0 && access(bench.scratch, W_OK) != 0)
		bench_die("%s is not a folder that can be written", bench.scratch);
	bench.results = bench_results_open(results, commit);
	bench_rows_machine(&bench);
	bench_rows_smoke(&bench);
	bench_rows_gossip(&bench);
	bench_rows_phold(&bench);
	bench_rows_sparse(&bench);
	bench_rows_blocks(&bench);
	bench_rows_judge(&bench);
	bench_rows_store(&bench);
	bench_rows_load(&bench);
	bench_results_close(bench.results);
	if (bench.missed > 0)
		printf("%" PRIu32 " rows miss their goal\n", bench.missed);
	if (bench.failed > 0)
		printf("%" PRIu32 " contenders played wrongly\n", bench.failed);
	return bench.failed > 0 || (bench.is_strict && bench.missed > 0);
}
