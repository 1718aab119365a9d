/*
 * words.h - how reports say things to people: numbers, times of day of a run, faults, and what a
 * stretch of the run looked like.
 */
#ifndef CORE_REPORT_WORDS_H
#define CORE_REPORT_WORDS_H

#include "core/report/collect.h"

/* "68,000" */
char *rh_words_number(char text[32], uint64_t value);
/* Two digits that count: "68,000", "3.1", "0.21". */
char *rh_words_rounded(char text[32], double value);
/* "0.21 s", "4 ms" */
char *rh_words_wall(char text[40], uint64_t wall_ns);
/* "3.1 M", "12,345" */
char *rh_words_amount(char text[32], uint64_t value);
/* "one", "two", ... "ten", "11" */
char *rh_words_count(char text[32], uint64_t value);
/* A time of the run as short as its length allows: 01:40 (hours and minutes, or minutes and
 * seconds in runs below an hour). */
char *rh_words_clock(char text[32], uint64_t time_ns, uint64_t run_ns);
/* "cut 60|40", "crash n-3", "latency on 40 links" */
char *rh_words_fault(char text[80], const struct rh_plan *plan, uint32_t step);
/* "until heads == 1", "keeps head_height", "ends cut-1": what a step of the run does (effect
 * RH_EFFECT_ON_RUN). */
void rh_words_own(struct rh_buf *out, const struct rh_plan *plan, const struct rh_plan_step *step);
/* "100 nodes in 6 regions, 8 peers each" */
void rh_words_network(struct rh_buf *out, const struct rh_plan *plan);
/* "two chains", "40 nodes reorg 2 blocks deep"; "" when nothing is known of chains. */
char *rh_words_chains(char text[80], const struct rh_report *report, uint64_t from_ns,
		      uint64_t to_ns, bool is_fault);
char *rh_words_reorgs(char text[80], const struct rh_report *report, uint64_t from_ns,
		      uint64_t to_ns);
/* Columns that a UTF-8 text takes on a terminal. */
size_t rh_words_columns(const char *text);

#endif
