#!/usr/bin/env python3
"""Prints the coefficients of kernels/normal.h (needs mpmath).

With t = a / (a + x), the standard normal's tail P(-x), x >= 0, is e^(-x^2/2) t S(t), and S is smooth: the best
a depends on the degree. S is interpolated at Chebyshev nodes for x in [0, largest], in 60 digits, and written in powers of t - center.
"""

from mpmath import binomial, cos, erfc, exp, fsum, mp, mpf, pi, sqrt

mp.dps = 60


def scaled_tail(t, a):
    x = a / t - a
    return exp(x * x / 2) * erfc(x / sqrt(2)) / 2 / t


def fit(largest, degree, center, a):
    """S's coefficients, and the largest relative error of their polynomial."""
    low = a / (a + mpf(largest))
    count = 3 * degree
    angles = [pi * (k + mpf(1) / 2) / count for k in range(count)]
    values = [scaled_tail(low + (cos(angle) + 1) / 2 * (1 - low), a) for angle in angles]
    series = [2 / mpf(count) * fsum(v * cos(j * angle) for v, angle in zip(values, angles)) for j in range(degree + 1)]
    series[0] /= 2

    chebyshev = [[mpf(1)], [mpf(0), mpf(1)]]  # as powers of u in [-1, 1]
    while len(chebyshev) <= degree:
        last, before = chebyshev[-1], chebyshev[-2] + [mpf(0), mpf(0)]
        chebyshev.append([(2 * last[i - 1] if i else 0) - before[i] for i in range(len(last) + 1)])
    powers = [fsum(s * row[i] for s, row in zip(series, chebyshev) if i < len(row)) for i in range(degree + 1)]

    slope = 2 / (1 - low)  # u = slope (t - center) + shift
    shift = slope * (mpf(center) - low) - 1
    result = [
        fsum(powers[k] * binomial(k, i) * slope**i * shift ** (k - i) for k in range(i, degree + 1))
        for i in range(degree + 1)
    ]
    points = [low + mpf(k) / 500 * (1 - low) for k in range(501)]
    error = max(abs(fsum(c * (t - center) ** i for i, c in enumerate(result)) / scaled_tail(t, a) - 1) for t in points)
    return result, error


for name, largest, degree, center, a in [("float", 14.5, 8, 0, "2.9"), ("double", 38.6, 23, 0.5, "4")]:
    coefficients, error = fit(largest, degree, center, mpf(a))
    print(f"{name}, a {a}, center {center}, relative error {float(error):.1e}:")
    print("  " + ", ".join(float(c).hex() for c in coefficients))
