/*
 * variants.h - hot loops compiled twice: for any x86-64, and for those of the last ten years.
 *
 * (x86-64-v3: AVX2 and BMI2, whoever made the processor.)  The program chooses when it starts, so one build is right everywhere and quick where it can be.  Both
 * variants compute the same integers.  Other machines, other compilers and the sanitizers (which are not
 * up yet when the choice is made) get the plain one.
 */
#ifndef CORE_BASE_VARIANTS_H
#define CORE_BASE_VARIANTS_H

#if defined(__x86_64__) && defined(__GLIBC__) && defined(__GNUC__) && !defined(__clang__) && \
	!defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) && \
	!defined(RH_NO_VARIANTS)
#define RH_VARIANTS __attribute__((target_clones("arch=x86-64-v3", "default")))
#else
#define RH_VARIANTS
#endif

#endif
