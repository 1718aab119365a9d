/*
 * types.h - the tables of assertion types, for the files of this folder: those that stand for an
 * expression (types.c), and the rest (registry.c).
 */
#ifndef CORE_JUDGE_TYPES_H
#define CORE_JUDGE_TYPES_H

#include <string.h>

#include "core/plan.h"

/* All that an expression may look at. */
#define RH_FORMULA_RECORDS \
	(UINT64_C(1) << RH_RECORD_GAUGE | UINT64_C(1) << RH_RECORD_HEAD | \
	 UINT64_C(1) << RH_RECORD_REORG | UINT64_C(1) << RH_RECORD_FINALIZED | \
	 UINT64_C(1) << RH_RECORD_BLOCK | UINT64_C(1) << RH_RECORD_NODE | \
	 UINT64_C(1) << RH_RECORD_TX | UINT64_C(1) << RH_RECORD_PHASE | \
	 UINT64_C(1) << RH_RECORD_FAULT | UINT64_C(1) << RH_RECORD_ACTION)

#define JUDGE_NAMED_TYPES 25
extern const struct rh_assertion_type judge_named_types[JUDGE_NAMED_TYPES];

#endif
