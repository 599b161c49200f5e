#pragma once

// How einsum reads its equation. Private to autograd/ops/.

#include <string>
#include <string_view>
#include <vector>

#include "tensor/shape.h"

namespace helder {

/// The name of a dimension: a letter, or a number above all letters for one that `...` stands for.
using Label = int;
using Labels = std::vector<Label>;

/// Whether the label is among them.
bool contains(const Labels& labels, Label label);

/// An equation beside the operands' shapes: which label each dimension has.
struct EinsumEquation {
  std::vector<Labels> operands;  // a label for each dimension of each operand
  Labels output;

  /// Throws, naming the operand and the subscript, when the equation is none or does not fit the shapes.
  EinsumEquation(std::string_view equation, const std::vector<Shape>& shapes);

  /// The size of a label in all operands together: where some have 1, that of the others.
  int64_t size_of(Label label) const { return sizes_[static_cast<size_t>(label)]; }

 private:
  void note_sizes(std::string_view equation, size_t operand, const Shape& shape);

  std::vector<int64_t> sizes_;
};

}  // namespace helder
