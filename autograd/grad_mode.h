#pragma once

namespace helder {

/// Whether ops on this thread are recorded for backward. On by default.
bool grad_enabled();

/// While one of these lives, this thread records nothing: for evaluation, optimiser steps and initialisation.
///
///   { NoGrad guard;  weight.add_(grad, -lr); }
class NoGrad {
 public:
  NoGrad();
  ~NoGrad();
  NoGrad(const NoGrad&) = delete;
  NoGrad& operator=(const NoGrad&) = delete;

 private:
  bool before_;
};

}  // namespace helder
