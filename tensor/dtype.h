#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>
#include <utility>

#include "tensor/convert.h"
#include "tensor/error.h"

namespace helder {

/// The type of a tensor's elements. Ordered so that `promote_types` is a maximum.
enum class DType : uint8_t { Bool, UInt8, Int64, Float16, BFloat16, Float32, Float64 };

/// `float32`, `int64`, ...: the names that PyTorch and NumPy print.
std::string_view name_of(DType dtype);

/// Bytes of one element.
size_t size_of(DType dtype);

constexpr bool is_floating_point(DType dtype) { return dtype >= DType::Float16; }

/// The type in which an operation on both is computed: the wider of two floats, the float of a float and an
/// integer. The two 16-bit floats meet in float32, since neither holds the other.
DType promote_types(DType a, DType b);

template <class T>
constexpr DType dtype_of() {
  if constexpr (std::is_same_v<T, bool>) {
    return DType::Bool;
  } else if constexpr (std::is_same_v<T, uint8_t>) {
    return DType::UInt8;
  } else if constexpr (std::is_same_v<T, int64_t>) {
    return DType::Int64;
  } else if constexpr (std::is_same_v<T, Float16>) {
    return DType::Float16;
  } else if constexpr (std::is_same_v<T, BFloat16>) {
    return DType::BFloat16;
  } else if constexpr (std::is_same_v<T, float>) {
    return DType::Float32;
  } else {
    static_assert(std::is_same_v<T, double>, "no DType holds this C++ type");
    return DType::Float64;
  }
}

// The visitors below call `body` with a template argument that is the C++ type of `dtype`:
//
//   visit_floating(x.dtype(), "exp", [&]<class T>() { exp_forward_cpu<T>(...); });
//
// A dtype outside the visitor's set is an error that names the operation.

[[noreturn]] void fail_dtype(const char* operation, DType got, const char* expected);

/// float32 and float64: what arithmetic with derivatives is compiled for.
template <class Body>
decltype(auto) visit_floating(DType dtype, const char* operation, Body&& body) {
  switch (dtype) {
    case DType::Float32:
      return body.template operator()<float>();
    case DType::Float64:
      return body.template operator()<double>();
    default:
      fail_dtype(operation, dtype, "float32 or float64");
  }
}

/// float32, float64 and int64: what arithmetic is compiled for.
template <class Body>
decltype(auto) visit_arithmetic(DType dtype, const char* operation, Body&& body) {
  switch (dtype) {
    case DType::Float32:
      return body.template operator()<float>();
    case DType::Float64:
      return body.template operator()<double>();
    case DType::Int64:
      return body.template operator()<int64_t>();
    default:
      fail_dtype(operation, dtype, "float32, float64 or int64");
  }
}

/// Every dtype: moving, comparing by bytes, converting, printing.
template <class Body>
decltype(auto) visit_any(DType dtype, Body&& body) {
  switch (dtype) {
    case DType::Bool:
      return body.template operator()<bool>();
    case DType::UInt8:
      return body.template operator()<uint8_t>();
    case DType::Int64:
      return body.template operator()<int64_t>();
    case DType::Float16:
      return body.template operator()<Float16>();
    case DType::BFloat16:
      return body.template operator()<BFloat16>();
    case DType::Float32:
      return body.template operator()<float>();
    case DType::Float64:
      break;
  }
  return body.template operator()<double>();
}

}  // namespace helder
