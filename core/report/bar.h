/*
 * bar.h - the bar of phases and faults under a summary: time from left to right, what was done to
 * the network above, what it led to below.
 */
#ifndef CORE_REPORT_BAR_H
#define CORE_REPORT_BAR_H

#include "core/report/collect.h"

void rh_bar_print(struct rh_buf *out, const struct rh_report *report,
		  const struct rh_report_facts *facts, struct rh_summary_style style);

#endif
