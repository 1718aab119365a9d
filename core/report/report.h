/*
 * report.h - what people read after a run: the summary on the terminal, report.html, JUnit XML.
 *
 * A report collects what it draws while the run goes on (a sink) or from a stored trace, so that it
 * can be made again without running.
 */
#ifndef CORE_REPORT_REPORT_H
#define CORE_REPORT_REPORT_H

#include "core/run/run.h"

struct rh_report;

/* What all reports say of the run; texts are borrowed until the report is written. */
struct rh_report_facts {
	const struct rh_plan *plan;
	const struct rh_judge *judge; /* NULL: not judged */
	enum rh_run_status status;
	enum rh_verdict verdict;
	uint64_t simulated_ns;
	uint64_t wall_ns;
	uint64_t cpu_ns;
	uint64_t events;
	const char *trace_hash; /* 32 hex digits, or "" */
	const char *reproduce;	/* the line that repeats the run */
	const char *look; /* the line that prints the records around the first failure, or NULL */
	const char *run_directory;
	const char *identical_to; /* directory of an earlier equal run, or NULL */
	const char *version;
	const char *mode; /* "sim" */
};

struct rh_report *rh_report_open(const struct rh_plan *plan);
const struct rh_sink *rh_report_sink(struct rh_report *report);
void rh_report_close(struct rh_report *report);

void rh_report_html(const struct rh_report *report, const struct rh_report_facts *facts,
		    struct rh_buf *out);
void rh_report_junit(const struct rh_report *report, const struct rh_report_facts *facts,
		     struct rh_buf *out);
/* The summary that `run` prints: network, bar of phases and faults, checks as sentences, verdict.
 * 80 columns, or `columns`. */
struct rh_summary_style {
	bool has_colour;
	bool is_ascii; /* no box characters and check marks */
	uint32_t columns;
};
void rh_report_summary(const struct rh_report *report, const struct rh_report_facts *facts,
		       struct rh_summary_style style, struct rh_buf *out);
/* run.json and what `--json` prints: exactly one object, one line, final newline. */
void rh_report_json(const struct rh_report *report, const struct rh_report_facts *facts,
		    uint64_t loop_cpu_ns, struct rh_buf *out);

#endif
