#include "autograd/ops/einsum.h"

#include "autograd/ops/diagonal.h"
#include "autograd/ops/einsum_equation.h"
#include "autograd/ops/matmul.h"
#include "autograd/ops/mul.h"
#include "autograd/ops/permute.h"
#include "autograd/ops/reshape.h"
#include "autograd/ops/squeeze.h"
#include "autograd/ops/sum.h"

// There is no node here: einsum is a recipe of permute, reshape and matmul, and their gradients are its own.

namespace helder {
namespace {

// A tensor, and the label of each of its dimensions, each label once.
struct Factor {
  Tensor x;
  Labels labels;
};

int position_of(const Labels& labels, Label label) {
  return static_cast<int>(std::find(labels.begin(), labels.end(), label) - labels.begin());
}

Factor factor(const EinsumEquation& equation, const Tensor& x, const Labels& labels) {
  Factor f{x, labels};
  for (size_t d = 0; d < f.labels.size();) {
    const Label label = f.labels[d];
    const auto again = std::find(f.labels.begin() + static_cast<int64_t>(d) + 1, f.labels.end(), label);
    if (again != f.labels.end()) {
      f.x =
          diagonal(f.x, 0, static_cast<int64_t>(d), again - f.labels.begin());  // becomes the last dimension
      f.labels.erase(again);
      f.labels.erase(f.labels.begin() + static_cast<int64_t>(d));
      f.labels.push_back(label);
    } else if (f.x.shape()[static_cast<int>(d)] == 1 && equation.size_of(label) != 1) {
      f.x = squeeze(f.x, static_cast<int64_t>(d));  // stretches: the same for all values of the label
      f.labels.erase(f.labels.begin() + static_cast<int64_t>(d));
    } else {
      ++d;
    }
  }
  return f;
}

// Sums over the labels for which nobody has a use any more.
template <class IsNeeded>
Factor without(const Factor& f, const IsNeeded& is_needed) {
  Shape dims;
  Labels labels;
  for (size_t d = 0; d < f.labels.size(); ++d) {
    if (is_needed(f.labels[d])) {
      labels.push_back(f.labels[d]);
    } else {
      dims.push_back(static_cast<int64_t>(d));
    }
  }
  return dims.empty() ? f : Factor{sum(f.x, dims), labels};
}

Tensor permuted(const Factor& f, const Labels& order) {
  Shape dims;
  for (Label label : order) {
    dims.push_back(position_of(f.labels, label));
  }
  return permute(f.x, dims);
}

// Labels that take a part in a product together, and the product of their sizes.
struct Group {
  Labels labels;
  int64_t size = 1;

  void add(Label label, int64_t label_size) {
    labels.push_back(label);
    size *= label_size;
  }
};

Labels joined(const Group& a, const Group& b, const Group& c) {
  Labels all = a.labels;
  all.insert(all.end(), b.labels.begin(), b.labels.end());
  all.insert(all.end(), c.labels.begin(), c.labels.end());
  return all;
}

// The product of two factors, summed over what both have and nobody needs: [batch, left, inner] times
// [batch, inner, right] is [batch, left, right].
template <class IsNeeded>
Factor product(const Factor& a0, const Factor& b0, const IsNeeded& is_needed) {
  const Factor a = without(a0, [&](Label label) { return is_needed(label) || contains(b0.labels, label); });
  const Factor b = without(b0, [&](Label label) { return is_needed(label) || contains(a0.labels, label); });
  Group batch, left, inner, right;
  for (size_t d = 0; d < a.labels.size(); ++d) {
    const Label label = a.labels[d];
    Group& group = !contains(b.labels, label) ? left : is_needed(label) ? batch : inner;
    group.add(label, a.x.shape()[static_cast<int>(d)]);
  }
  for (size_t d = 0; d < b.labels.size(); ++d) {
    if (!contains(a.labels, b.labels[d])) {
      right.add(b.labels[d], b.x.shape()[static_cast<int>(d)]);
    }
  }

  const Labels labels = joined(batch, left, right);
  check(labels.size() <= kMaxRank, "einsum: a product on the way has {} dimensions; at most {} are supported",
        labels.size(), kMaxRank);
  const int64_t B = batch.size, M = left.size, K = inner.size, N = right.size;
  const Tensor ordered_a = permuted(a, joined(batch, left, inner));
  const Tensor ordered_b = permuted(b, joined(batch, inner, right));
  Tensor y;
  if (inner.labels.empty()) {
    y = mul(reshape(ordered_a, {B, M, 1}), reshape(ordered_b, {B, 1, N}));
  } else if (!is_floating_point(a.x.dtype())) {
    y = sum(mul(reshape(ordered_a, {B, M, K, 1}), reshape(ordered_b, {B, 1, K, N})), {2});
  } else if (batch.labels.empty()) {
    y = matmul(reshape(ordered_a, {M, K}), reshape(ordered_b, {K, N}));
  } else {
    y = matmul(reshape(ordered_a, {B, M, K}), reshape(ordered_b, {B, K, N}));
  }

  Shape shape;
  for (Label label : labels) {
    const bool from_a = contains(a.labels, label);
    const Factor& owner = from_a ? a : b;
    shape.push_back(owner.x.shape()[position_of(owner.labels, label)]);
  }
  return {reshape(y, shape), labels};
}

}  // namespace

Tensor einsum(std::string_view text, const std::vector<Tensor>& operands) {
  check(!operands.empty(), "einsum: expected at least one operand");
  std::vector<Shape> shapes;
  for (size_t i = 0; i < operands.size(); ++i) {
    check(operands[i].dtype() == operands[0].dtype(), "einsum: operand {} is {} but the first is {}", i,
          name_of(operands[i].dtype()), name_of(operands[0].dtype()));
    shapes.push_back(operands[i].shape());
  }
  visit_arithmetic(operands[0].dtype(), "einsum", []<class T>() {});
  const EinsumEquation equation(text, shapes);

  Factor result = factor(equation, operands[0], equation.operands[0]);
  for (size_t i = 1; i < operands.size(); ++i) {
    result = product(result, factor(equation, operands[i], equation.operands[i]), [&](Label label) {
      bool needed = contains(equation.output, label);
      for (size_t later = i + 1; later < operands.size(); ++later) {
        needed = needed || contains(equation.operands[later], label);
      }
      return needed;
    });
  }
  result = without(result, [&](Label label) { return contains(equation.output, label); });
  return permuted(result, equation.output);
}

}  // namespace helder
