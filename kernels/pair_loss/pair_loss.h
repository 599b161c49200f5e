#pragma once

namespace helder::kernels {

// A loss of pairs compares x[i] with target[i], each pair by itself. It is a functor with
//
//   static constexpr const char* name;         what graphs and errors call it
//   constexpr T forward(T x, T t) const;       the loss
//   constexpr T dx(T x, T t) const;            its derivative with respect to x
//   constexpr T dt(T x, T t) const;            and to the target
//
// written once and compiled for every device. The loops are in pair_loss_cpu.h and pair_loss.cu.

/// Which of the two the gradient is for.
enum class PairSide { X, Target };

}  // namespace helder::kernels
