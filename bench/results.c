/*
 * results.c - the file of results: the last ten runs, and what moved since.
 *
 *	run 2026-03-01T12:00:00Z 1a2b3c4 load 0.42
 *	gossip/ours 51.2 M/s 50.1 52.0 5
 *	...
 *
 * A row is compared with the newest older run that has it, so runs of a few rows may stand between.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench/bench.h"

#define RUNS_KEPT 10
/* Rows of one round have no spread: smaller changes are not told. */
#define LEAST_CHANGE 0.02

struct bench_results {
	const char *path;
	struct rh_buf older; /* the file as it was */
	struct rh_buf now;   /* this run's lines */
	struct rh_buf moved; /* what is told at the end */
	uint32_t count;
};

static void head_line(struct rh_buf *out, const char *commit)
{
	time_t now = time(NULL);
	char when[32] = "";
	double load = 0;
	struct tm utc;

	if (gmtime_r(&now, &utc) != NULL)
		strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%SZ", &utc);
	if (getloadavg(&load, 1) != 1)
		load = -1;
	rh_buf_printf(out, "run %s %s load %.2f\n", when, commit, load);
}

struct bench_results *bench_results_open(const char *path, const char *commit)
{
	struct bench_results *results = rh_alloc(1, sizeof(*results));
	FILE *file = fopen(path, "r");
	char bytes[4096];
	size_t got;

	results->path = path;
	head_line(&results->now, commit);
	fputs(rh_buf_str(&results->now), stdout);
	while (file != NULL && (got = fread(bytes, 1, sizeof(bytes), file)) > 0)
		rh_buf_put(&results->older, bytes, got);
	if (file != NULL)
		fclose(file);
	return results;
}

/* The newest older line of the row: it stands last. */
static bool find_older(const struct bench_results *results, const char *name, double found[3])
{
	const char *text = results->older.len > 0 ? (const char *)results->older.data : "";
	size_t len = strlen(name);
	bool is_found = false;

	for (const char *line = text; line != NULL && *line != 0;) {
		const char *end = strchr(line, '\n');

		if (strncmp(line, name, len) == 0 && line[len] == ' ' &&
		    sscanf(line + len, "%lf %*s %lf %lf", &found[0], &found[1], &found[2]) == 3)
			is_found = true;
		line = end != NULL ? end + 1 : NULL;
	}
	return is_found;
}

static double larger(double a, double b)
{
	return a > b ? a : b;
}

void bench_results_add(struct bench_results *results, const char *name, const char *unit,
		       double median, double low, double high, uint32_t rounds)
{
	double older[3];
	double change;

	rh_buf_printf(&results->now, "%s %.6g %s %.6g %.6g %" PRIu32 "\n", name, median, unit, low,
		      high, rounds);
	results->count++;
	if (!find_older(results, name, older))
		return;
	change = larger(median - older[0], older[0] - median);
	if (change > larger(high - low, older[2] - older[1]) && change > LEAST_CHANGE * older[0])
		rh_buf_printf(&results->moved, "  %-34s %12.3f -> %12.3f %-8s %+.1f %%\n", name,
			      older[0], median, unit, 100 * (median / older[0] - 1));
}

/* Where the last `count` runs of the text begin. */
static const char *last_runs(const char *text, uint32_t count)
{
	const char *starts[RUNS_KEPT];
	uint32_t found = 0;

	for (const char *line = text; line != NULL && *line != 0;) {
		const char *end = strchr(line, '\n');

		if (strncmp(line, "run ", 4) == 0)
			starts[found++ % count] = line;
		line = end != NULL ? end + 1 : NULL;
	}
	if (found == 0)
		return "";
	return found <= count ? starts[0] : starts[found % count];
}

void bench_results_close(struct bench_results *results)
{
	if (results->count > 0) {
		FILE *file = fopen(results->path, "w");

		if (file == NULL)
			bench_die("cannot write %s", results->path);
		fputs(last_runs(rh_buf_str(&results->older), RUNS_KEPT - 1), file);
		fputs(rh_buf_str(&results->now), file);
		if (fclose(file) != 0)
			bench_die("cannot write %s", results->path);
	}
	if (results->moved.len > 0)
		printf("moved by more than their spread since they were last measured:\n%s",
		       rh_buf_str(&results->moved));
	rh_buf_release(&results->older);
	rh_buf_release(&results->now);
	rh_buf_release(&results->moved);
	free(results);
}
