/*
 * sentence.h - records and decisions as sentences, for the evidence of a failed check: few words, a
 * name for everything that has one.  `trace cat` tells the same records field by field.
 */
#ifndef CORE_REPORT_SENTENCE_H
#define CORE_REPORT_SENTENCE_H

#include "core/report/report.h"
#include "core/store/trace.h"

/* "accepts block 13 (b111833ef) of n-2"; who and when stand before it. */
void rh_sentence_record(struct rh_buf *out, const struct rh_record *record,
			const struct rh_names *names);
/* "seen 2, limit 1, with cut-1 in effect (cut 3|2)"; empty when nothing of it is known. */
void rh_sentence_judged(struct rh_buf *out, const struct rh_plan *plan, uint32_t assertion,
			const struct rh_result *result);
/* Whether evidence `index` says what the record before it has not said already. */
bool rh_sentence_is_news(const struct rh_result *result, uint32_t index);
/* Whether a check's name says what its reason does not: many have no name but their sentence. */
bool rh_sentence_has_name(const struct rh_plan_assertion *assertion,
			  const struct rh_result *result);
/* "01:25:41.092": a moment, to the millisecond. */
char *rh_sentence_moment(char text[RH_TIME_TEXT], uint64_t time_ns);
/* "n-3", or "network" for what no single node did. */
const char *rh_sentence_who(const struct rh_plan *plan, uint32_t node);

#endif
