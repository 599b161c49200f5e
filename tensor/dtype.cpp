#include "tensor/dtype.h"

#include <algorithm>

namespace helder {

std::string_view name_of(DType dtype) {
  switch (dtype) {
    case DType::Bool:
      return "bool";
    case DType::UInt8:
      return "uint8";
    case DType::Int64:
      return "int64";
    case DType::Float16:
      return "float16";
    case DType::BFloat16:
      return "bfloat16";
    case DType::Float32:
      return "float32";
    case DType::Float64:
      return "float64";
  }
  return "unknown";
}

size_t size_of(DType dtype) {
  return visit_any(dtype, []<class T>() { return sizeof(T); });
}

DType promote_types(DType a, DType b) {
  const DType wider = std::max(a, b);
  const bool two_halves = std::min(a, b) == DType::Float16 && wider == DType::BFloat16;
  return two_halves ? DType::Float32 : wider;
}

void fail_dtype(const char* operation, DType got, const char* expected) {
  fail("{}: {} is not supported; expected {} (convert with .to(DType))", operation, name_of(got), expected);
}

}  // namespace helder
