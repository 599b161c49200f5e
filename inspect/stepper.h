#pragma once

#include <cstdio>
#include <functional>

#include "layers/module.h"
#include "tensor/tensor.h"

namespace helder {

struct StepOptions {
  std::FILE* in = stdin;    ///< commands, one a line; its end is a `q`
  std::FILE* out = stdout;  ///< where ops are shown; colours and width are those of this terminal
  bool backward = true;     ///< then from `loss` back to the parameters
  /// What backward starts from, of the model's output. Without it: the cross entropy of the likeliest class
  /// where the output is [N,C] with C > 1, else the sum of all elements.
  std::function<Tensor(const Tensor& output)> loss = {};
};

/// Calls `model` with `input`, in the mode it is in, and stops after each op, forward and then backward, to
/// show what it computed: formula, inputs and outputs with their range, where it stands in the sources. Then
/// asks what to do; `h` lists the answers. docs/step.md shows a session.
///
///   step_through(net, x);
///
/// The parameters' gradients are afterwards what they were. False where the person left before the end.
bool step_through(Module& model, const Tensor& input, const StepOptions& options = {});

/// The same for anything that this thread computes; `model` is where modules and parameters have their names
/// from. `backward` and `loss` of the options do not count. Leaving is an exception in `computation`, which
/// nobody should catch: one that is no std::exception.
///
///   step_through(net, [&] { cross_entropy(net(x), labels).backward(); });
bool step_through(Module& model, const std::function<void()>& computation, const StepOptions& options = {});

}  // namespace helder
