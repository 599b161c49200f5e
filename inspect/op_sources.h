#pragma once

#include <span>
#include <string_view>

namespace helder {

/// Where an op stands in Helder's sources, as `autograd/ops/conv2d.cpp:105`: places for a breakpoint. The
/// table is made by cmake/op_sources.cmake from the sources that the library is built of, so that it cannot
/// be older.
struct OpSource {
  std::string_view op;       ///< as Node::name()
  std::string_view forward;  ///< of the function that computes it
  std::string_view
      backward;  ///< of its backward, or of a function's derivative; empty where it was not found
};

/// Null for an op that is not Helder's.
const OpSource* source_of(std::string_view op);
std::span<const OpSource> op_sources();

}  // namespace helder
