#!/usr/bin/env python3
"""dist_tables.py - writes dist_tables.h, the constants of dist.c.

Run by hand (`python3 core/base/dist_tables.py > core/base/dist_tables.h`) and committed, so that no build depends on
Python and no table on a libm: every value is computed in decimals of 70 digits and rounded once.
"""
from decimal import Decimal, getcontext, ROUND_CEILING, ROUND_HALF_EVEN
from statistics import NormalDist

getcontext().prec = 70
ONE = Decimal(1)
LN2 = Decimal(2).ln()
PI = Decimal("3.14159265358979323846264338327950288419716939937510582097494459230781641")


def fixed(value, bits, rounding=ROUND_HALF_EVEN):
    return int((value * (1 << bits)).to_integral_value(rounding))


def table(name, comment, values):
    print(f"\n/* {comment} */")
    print(f"static const uint64_t {name}[{len(values)}] = {{")
    words = [f"0x{v:X}," for v in values]
    line = "\t"
    for word in words:
        if len(line) + len(word) + 1 > 92:
            print(line.rstrip())
            line = "\t"
        line += word + " "
    print(line.rstrip())
    print("};")


def constant(name, value, comment):
    print(f"#define {name} UINT64_C(0x{value:X}) /* {comment} */")


def tail(z):
    """Probability above z: 1/2 - phi(z) * (z + z^3/3 + z^5/(3*5) + ...), and phi(z)."""
    phi = (-z * z / 2).exp() / (2 * PI).sqrt()
    term, total, n = z, z, 1
    while term > Decimal(10) ** -68:
        n += 2
        term = term * z * z / n
        total += term
    return ONE / 2 - phi * total, phi


def upper_quantile(p):
    """z with tail(z) = p: two Newton steps from double precision."""
    if p == ONE / 2:
        return Decimal(0)
    z = Decimal(-NormalDist().inv_cdf(float(p)))
    for _ in range(2):
        q, phi = tail(z)
        z += (q - p) / phi
    return z


print("/*")
print(" * dist_tables.h - constants of dist.c, written by dist_tables.py.")
print(" */")
print("#ifndef CORE_BASE_DIST_TABLES_H")
print("#define CORE_BASE_DIST_TABLES_H")
print()
print("#include <stdint.h>")
print()
print("/* The layout is the script's. */")
print("/* clang-format off */")
constant("LN2_Q64", fixed(LN2, 64), "ln 2")
constant("LOG2E_Q62", fixed(ONE / LN2, 62), "1 / ln 2")
for n in range(2, 8):
    constant(f"INV{n}_Q62", fixed(ONE / n, 62), f"1 / {n}")

inverse = [fixed(ONE / (1 + Decimal(i) / 128), 63, ROUND_CEILING) for i in range(128)]
table("log_inverse_q63", "1 / (1 + i / 128), rounded up", inverse)
table("log_rest_q62", "ln 2 + ln of the entry above as it is rounded",
      [fixed(LN2 + (Decimal(v) / (1 << 63)).ln(), 62) for v in inverse])
table("exp2_q62", "2 ^ (i / 128)", [fixed((LN2 * i / 128).exp(), 62) for i in range(128)])
points = []
for octave in range(64):
    for segment in range(64):
        points.append(ONE / (Decimal(2) ** (65 - octave)) * (1 + Decimal(segment) / 64))
points.append(ONE / 2)
table("normal_q32", "upper quantile of the normal distribution at 2^(octave - 65) * (1 + segment / 64)",
      [fixed(upper_quantile(p), 32) for p in points])
print()
print("#endif")
