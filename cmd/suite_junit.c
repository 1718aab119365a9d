/*
 * suite_junit.c - JUnit XML of a suite: the suites of its runs in one document.
 *
 * Each run has written its own (core/report/junit.c); its <testsuite> is taken over as it stands.  A run that was never
 * begun or ended badly has none and gets one of a single case.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/suite.h"
#include "core/report/markup.h"
#include "core/store/rundir.h"

#define FILE_BYTES_MAX ((size_t)16 << 20)

struct counts {
	uint64_t tests;
	uint64_t failures;
	uint64_t errors;
	uint64_t skipped;
};

/* The number of an attribute between two places. */
static uint64_t attribute(const char *from, const char *to, const char *name)
{
	const char *at = strstr(from, name);

	return at == NULL || at >= to ? 0 : strtoull(at + strlen(name), NULL, 10);
}

/* The part of a run's own document; false when there is none. */
static bool put_own(struct rh_buf *out, struct counts *counts, const struct cmd_suite *suite,
		    const struct cmd_job *job)
{
	struct rh_buf own = {0};
	char path[4300];
	const char *from = NULL;
	const char *to = NULL;

	snprintf(path, sizeof(path), "%.4000s/%s.xml", suite->dir, job->name);
	if (rh_file_read(&own, path, FILE_BYTES_MAX, NULL) == 0) {
		from = strstr(rh_buf_str(&own), "\t<testsuite ");
		to = from == NULL ? NULL : strstr(from, "</testsuite>\n");
	}
	if (to != NULL) {
		const char *end = strchr(from, '>');

		counts->tests += attribute(from, end, " tests=\"");
		counts->failures += attribute(from, end, " failures=\"");
		counts->errors += attribute(from, end, " errors=\"");
		counts->skipped += attribute(from, end, " skipped=\"");
		rh_buf_put(out, from, (size_t)(to - from) + strlen("</testsuite>\n"));
	}
	rh_buf_release(&own);
	unlink(path); /* its place is in the document of the suite */
	return to != NULL;
}

static void put_made_up(struct rh_buf *out, struct counts *counts, const struct cmd_job *job)
{
	bool is_skipped = job->state == CMD_JOB_SKIPPED || job->state == CMD_JOB_CANCELLED;

	counts->tests++;
	counts->skipped += is_skipped;
	counts->errors += !is_skipped;
	rh_buf_text(out, "\t<testsuite name=\"");
	rh_markup_text(out, job->name);
	rh_buf_printf(out,
		      "\" tests=\"1\" failures=\"0\" errors=\"%d\" skipped=\"%d\" time=\"0\">\n",
		      !is_skipped, is_skipped);
	rh_buf_text(out, "\t\t<testcase classname=\"");
	rh_markup_text(out, job->name);
	rh_buf_printf(out, ".run\" name=\"the run itself\" time=\"0\">\n\t\t\t<%s message=\"",
		      is_skipped ? "skipped" : "error");
	rh_markup_text(out, job->reason[0] == 0 ? cmd_job_word(job->state) : job->reason);
	rh_buf_text(out, "\"/>\n\t\t</testcase>\n\t</testsuite>\n");
}

void cmd_suite_junit(const struct cmd_suite *suite, struct rh_buf *out)
{
	struct counts counts = {.tests = 0};
	struct rh_buf body = {0};

	for (uint32_t i = 0; i < suite->job_count; i++) {
		if (!put_own(&body, &counts, suite, &suite->jobs[i]))
			put_made_up(&body, &counts, &suite->jobs[i]);
	}
	rh_buf_text(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"");
	rh_markup_text(out, suite->name);
	rh_buf_printf(out,
		      "\" tests=\"%" PRIu64 "\" failures=\"%" PRIu64 "\" errors=\"%" PRIu64
		      "\" skipped=\"%" PRIu64 "\" time=\"%" PRIu64 ".%03" PRIu64 "\">\n",
		      counts.tests, counts.failures, counts.errors, counts.skipped,
		      suite->wall_ns / RH_NS_PER_SEC, suite->wall_ns / RH_NS_PER_MS % 1000);
	rh_buf_text(out, rh_buf_str(&body));
	rh_buf_text(out, "</testsuites>\n");
	rh_buf_release(&body);
}
