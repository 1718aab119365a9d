/*
 * rules.h - the consensus arithmetic of a Bitcoin-like chain, exact and free of state.
 *
 * A hash of 256 bits must not be above the *target*.  A target stands in 32 bits, the *compact*
 * form, like a number in scientific notation with base 256:
 *
 *	0x1b0404cb     exponent 0x1b, mantissa 0x0404cb:     target = 0x0404cb * 256^(0x1b - 3)
 *	  │ └──┬─┘
 *	  │    mantissa: 23 bits and a sign bit, which must be 0
 *	  exponent: length of the number in bytes
 *
 * The *work* of a block is the number of hashes it takes on average: floor(2^256 / (target + 1)).
 * The *difficulty* compares a target with the easiest one of the main network, 0x1d00ffff.
 *
 * Every `window` blocks the target is scaled by the time they took, so that blocks keep their
 * spacing.  The time is measured from the first to the last block of the window, which spans
 * window - 1 intervals: an off-by-one as old as the protocol, and a part of it.  One step changes
 * the target by a factor of 4 at most, and never beyond the limit.
 */
#ifndef MODELS_POW_RULES_H
#define MODELS_POW_RULES_H

#include "models/chain/uint256.h"

#define RH_POW_BITS_MAIN    UINT32_C(0x1d00ffff) /* the easiest target of the main network */
#define RH_POW_BITS_REGTEST UINT32_C(0x207fffff) /* ... of networks for regression tests */
#define RH_POW_MTP_BLOCKS   11			 /* median time past looks at so many blocks */
#define RH_POW_COIN	    UINT64_C(100000000)	 /* satoshi */
#define RH_POW_HALVINGS_MAX 64

struct rh_pow_rules {
	uint32_t limit_bits;   /* easiest target */
	uint32_t window;       /* blocks between changes of the target; 0: it never changes */
	uint64_t timespan_s;   /* how long a window should take; at least 4 */
	uint64_t halving;      /* blocks between halvings of the subsidy */
	uint64_t spacing_ns;   /* of blocks */
	uint64_t hashes_per_s; /* of one unit of hash rate */
};

/* False for a negative one, zero, and what does not fit 256 bits; *target is 0 then. */
bool rh_pow_target_decode(uint32_t bits, struct rh_u256 *target);
/* The nearest compact form that is not above the target. */
uint32_t rh_pow_target_encode(struct rh_u256 target);
/* Zero for bits that are no target. */
struct rh_u256 rh_pow_work(uint32_t bits);
/* The easiest target whose work is at least `work`, in compact form, not above the limit. */
uint32_t rh_pow_bits_for_work(struct rh_u256 work, uint32_t limit_bits);
/* Target of the window after the one whose first and last blocks had these times. */
uint32_t rh_pow_retarget(const struct rh_pow_rules *rules, uint32_t bits, uint64_t first_s,
			 uint64_t last_s);
/* Bits with which `weight_total` units of hash rate meet the spacing. */
uint32_t rh_pow_initial_bits(const struct rh_pow_rules *rules, uint64_t weight_total);
/* Mean time in which `weight` units find a block of such bits; at most RH_POW_MEAN_MAX_NS. */
#define RH_POW_MEAN_MAX_NS (UINT64_C(1) << 57) /* 4.5 years */
uint64_t rh_pow_mean_ns(const struct rh_pow_rules *rules, uint32_t bits, uint64_t weight);

/* Median of 1 to 11 times, in any order (of an even number the upper one); `times` is sorted. */
uint64_t rh_pow_median_time(uint64_t *times, uint32_t count);

uint64_t rh_pow_subsidy(uint64_t height, uint64_t halving); /* satoshi */
/* Sum of the subsidies of the blocks 0 .. height. */
uint64_t rh_pow_supply(uint64_t height, uint64_t halving);

/* Difficulty as a decimal number with 12 places, rounded: "16307.420938523983". */
#define RH_POW_DIFFICULTY_TEXT 96
char *rh_pow_difficulty_text(char text[RH_POW_DIFFICULTY_TEXT], uint32_t bits);
/* Its whole part, at most INT64_MAX. */
int64_t rh_pow_difficulty(uint32_t bits);

#endif
