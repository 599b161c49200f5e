#pragma once

#include <span>
#include <string_view>

namespace helder {

/// What an op computes, on one line each way, in the notation of the comments in autograd/ops/: y is the
/// output, dy the gradient of the loss with respect to y. Options that most calls leave alone are left out.
struct OpFormula {
  std::string_view op;        ///< as Node::name()
  std::string_view inputs;    ///< the letters of its inputs, in order, with spaces between them
  std::string_view forward;   ///< `y = a b`
  std::string_view backward;  ///< `da = dy b,  db = dy a`; empty where no gradient flows
};

/// Null for an op that has no line here, such as one of a program's own.
const OpFormula* formula_of(std::string_view op);
std::span<const OpFormula> op_formulas();

}  // namespace helder
