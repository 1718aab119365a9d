/*
 * svg.h - the picture of a run: head heights over time, how many different heads there were, faults
 * as bands and phases as lines; one inline SVG without script.
 */
#ifndef CORE_REPORT_SVG_H
#define CORE_REPORT_SVG_H

#include "core/report/collect.h"

/* Colours come from the page's style sheet by class. */
void rh_svg_heads(struct rh_buf *out, const struct rh_report *report,
		  const struct rh_report_facts *facts);

#endif
