/*
 * rational.c - exact fractions of 64-bit numbers, in lowest terms, for expressions.
 *
 * Everything in between is 128 bits wide: a product of two 64-bit numbers fits, and so does a sum of
 * two such products.  What does not come out in 64 bits after reducing is told, never wrapped.
 */
#include "core/scenario/expr.h"

__extension__ typedef __int128 i128;
__extension__ typedef unsigned __int128 u128;

bool rh_rational_make(struct rh_rational *out, i128 num, i128 den)
{
	u128 a = num < 0 ? (u128)0 - (u128)num : (u128)num;
	u128 b = den < 0 ? (u128)0 - (u128)den : (u128)den;
	bool is_negative = (num < 0) != (den < 0);
	u128 x = a;
	u128 y = b;

	*out = (struct rh_rational){0, 1};
	if (den == 0)
		return false;
	while (y != 0) {
		u128 rest = x % y;

		x = y;
		y = rest;
	}
	a /= x;
	b /= x;
	if (b > INT64_MAX || a > (u128)INT64_MAX)
		return false;
	out->num = is_negative ? -(int64_t)a : (int64_t)a;
	out->den = (int64_t)b;
	return true;
}

bool rh_rational_add(struct rh_rational *out, struct rh_rational a, struct rh_rational b)
{
	return rh_rational_make(out, (i128)a.num * b.den + (i128)b.num * a.den,
				(i128)a.den * b.den);
}

bool rh_rational_sub(struct rh_rational *out, struct rh_rational a, struct rh_rational b)
{
	return rh_rational_make(out, (i128)a.num * b.den - (i128)b.num * a.den,
				(i128)a.den * b.den);
}

bool rh_rational_mul(struct rh_rational *out, struct rh_rational a, struct rh_rational b)
{
	return rh_rational_make(out, (i128)a.num * b.num, (i128)a.den * b.den);
}

bool rh_rational_div(struct rh_rational *out, struct rh_rational a, struct rh_rational b)
{
	return rh_rational_make(out, (i128)a.num * b.den, (i128)a.den * b.num);
}

int rh_rational_compare(struct rh_rational a, struct rh_rational b)
{
	i128 left = (i128)a.num * b.den;
	i128 right = (i128)b.num * a.den;

	RH_ASSERT(a.den > 0 && b.den > 0);
	return left < right ? -1 : left > right;
}
