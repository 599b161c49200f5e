#pragma once

#include <cstdint>

namespace helder::kernels {

/// Which tensor the derivative of an elementwise function is computed from: the one that makes it cheapest.
enum class Keeps { Input, Output };

// An elementwise function of one number is a functor with
//
//   static constexpr const char* name;           what graphs and errors call it
//   static constexpr Keeps keeps;                whether derivative() takes x or y
//   constexpr T forward(T x) const;              y = f(x)
//   constexpr T derivative(T kept) const;        f'(x), from x or from y
//
// and one of two numbers has  constexpr R forward(T a, T b) const,  where R is T, or bool for a comparison.
// Each is written once and compiled for every device: nvcc takes constexpr functions for both. The loops
// around them are unary_cpu.h, unary_cuda.h, binary_cpu.h and binary_cuda.h.

}  // namespace helder::kernels
