/*
 * plan_bytes.h - what the writer and the reader of a plan's canonical bytes share.
 *
 *	magic "RHPLAN", version, then the plan's fields in the order of plan.h: integers as varints,
 *	texts and lists with their length in front, types and the model by name, parameters by
 *	params.h.  What follows from the rest (name64, weights) is not written.
 */
#ifndef CORE_PLAN_BYTES_H
#define CORE_PLAN_BYTES_H

#define RH_PLAN_MAGIC	  "RHPLAN"
#define RH_PLAN_MAGIC_LEN 6
#define RH_PLAN_VERSION	  1
#define RH_PLAN_TIME_MAX  (UINT64_C(1) << 62) /* every time but RH_TIME_NEVER lies below */

#endif
