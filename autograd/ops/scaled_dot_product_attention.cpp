#include "autograd/ops/scaled_dot_product_attention.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "autograd/attributes.h"
#include "autograd/node.h"
#include "autograd/ops/elementwise.h"
#include "autograd/ops/expand.h"
#include "autograd/ops/product_operand.h"
#include "kernels/attention/attention.h"
#include "kernels/attention/attention_cuda.h"
#include "tensor/cuda_built.h"
#include "tensor/on_cpu.h"
#include "tensor/views.h"

namespace helder {
namespace {

constexpr const char* kName = "scaled_dot_product_attention";

Shape leading(const Shape& shape) { return Shape(std::span(shape.begin(), shape.end() - 2)); }

Shape with_matrix(Shape batch, int64_t rows, int64_t columns) {
  batch.push_back(rows);
  batch.push_back(columns);
  return batch;
}

// Where the matrices of x [..., rows, columns] begin, in elements from the first one.
std::vector<int64_t> matrix_offsets(const Tensor& x) {
  std::vector<int64_t> offsets(static_cast<size_t>(leading(x.shape()).numel()));
  for (size_t i = 0; i < offsets.size(); ++i) {
    int64_t rest = static_cast<int64_t>(i);
    for (int d = x.rank() - 3; d >= 0; --d) {
      offsets[i] += rest % x.shape()[d] * x.strides()[d];
      rest /= x.shape()[d];
    }
  }
  return offsets;
}

// The dimensions along which the matrices of x lie, for a kernel on the GPU.
[[maybe_unused]] kernels::StridedIndex<1> leading_dimensions(const Tensor& x) {
  kernels::StridedIndex<1> index;
  index.rank = x.rank() - 2;
  for (int d = 0; d < index.rank; ++d) {
    index.sizes[d] = x.shape()[d];
    index.strides[0][d] = x.strides()[d];
  }
  index.numel = leading(x.shape()).numel();
  return index;
}

// A tensor as the kernel sees it, any leading strides and contiguous rows, and what keeps it alive.
class Operand {
 public:
  Operand() = default;
  explicit Operand(const Tensor& x)
      : x_(x.size(-1) <= 1 || x.strides().back() == 1 ? x : contiguous_copy(x)) {
    offsets_ = matrix_offsets(x_);
  }

  const Tensor& tensor() const { return x_; }
  template <class T>
  kernels::Matrices<T> matrices() const {
    if (!x_.defined()) {
      return {nullptr, {}, 0};
    }
    return {x_.data<std::remove_const_t<T>>(), offsets_, x_.strides()[x_.rank() - 2]};
  }
  template <class T>
  kernels::CudaMatrices<T> cuda_matrices() const {
    if (!x_.defined()) {
      return {};
    }
    return {x_.cuda_data<std::remove_const_t<T>>(), leading_dimensions(x_), x_.strides()[x_.rank() - 2]};
  }

 private:
  Tensor x_;
  std::vector<int64_t> offsets_;
};

// The mask, expanded to [..., L, S] without a copy.
class MaskOperand {
 public:
  MaskOperand(const Tensor& mask, const Shape& shape) {
    if (mask.defined()) {
      x_ = views::expand(mask, shape);
      offsets_ = matrix_offsets(x_);
    }
  }

  template <class T>
  kernels::AttentionMask<T> mask() const {
    if (!x_.defined()) {
      return {};
    }
    const bool is_bool = x_.dtype() == DType::Bool;
    return {is_bool ? nullptr : x_.data<T>(), is_bool ? x_.data<bool>() : nullptr, offsets_,
            x_.strides()[x_.rank() - 2], x_.strides().back()};
  }
  template <class T>
  kernels::CudaAttentionMask<T> cuda_mask() const {
    if (!x_.defined()) {
      return {};
    }
    const bool is_bool = x_.dtype() == DType::Bool;
    return {is_bool ? nullptr : x_.cuda_data<T>(), is_bool ? x_.cuda_data<bool>() : nullptr,
            leading_dimensions(x_), x_.strides()[x_.rank() - 2], x_.strides().back()};
  }

 private:
  Tensor x_;
  std::vector<int64_t> offsets_;
};

// Uninitialised, its dimensions in the order in memory in which x has them, the last one innermost.
Tensor empty_in_order_of(const Tensor& x, const Shape& shape) {
  std::vector<int> order(static_cast<size_t>(x.rank()) - 1);
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](int a, int b) { return x.strides()[a] > x.strides()[b]; });
  order.push_back(x.rank() - 1);
  Shape in_memory, back = shape;
  for (size_t d = 0; d < order.size(); ++d) {
    in_memory.push_back(shape[order[d]]);
    back[order[d]] = static_cast<int64_t>(d);
  }
  return views::permute(empty(in_memory, x.dtype(), x.device()), back);
}

// s = scale q k^T + mask, p = softmax(s), y = p v.
//   dv = p^T dy,  ds = p (dy v^T - dy . y),  dq = scale ds k,  dk = scale ds^T q,  dmask = ds,
// with p computed again from s and the logarithm of each row's sum.
struct AttentionNode final : Node, HasAttributes {
  AttentionNode() : Node(kName) {}
  kernels::AttentionGeometry geometry;
  Saved query{*this, "query"}, key{*this, "key"}, value{*this, "value"}, mask{*this, "attn_mask"},
      y{*this, "output"}, log_sums{*this, "log_sums"};

  Attributes attributes() const override {
    return {
        {"dropout_p", geometry.dropout}, {"is_causal", int64_t{geometry.causal}}, {"scale", geometry.scale}};
  }

  std::vector<Tensor> backward(const Tensor& dy0) override {
    const Operand q(product_operand(query)), k(product_operand(key)), v(product_operand(value)), out(y),
        dy(product_operand(dy0));
    const Shape scores = with_matrix(leading(dy0.shape()), geometry.queries, geometry.keys);
    const MaskOperand added(mask.defined() ? mask.get() : Tensor(), scores);
    const auto like = [&](int i, const Tensor& x) {
      return needs_grad(i) ? Operand(empty_in_order_of(x, x.shape())) : Operand();
    };
    const Operand dq = like(0, query), dk = like(1, key), dv = like(2, value);
    const Tensor dscores = needs_grad(3) ? zeros(scores, dtype(), device()) : Tensor();
    visit_floating(dtype(), name(), [&]<class T>() {
      if (on_cpu(name(), q.tensor(), dy0)) {
        kernels::attention_backward_cpu<T>(
            geometry, q.matrices<const T>(), k.matrices<const T>(), v.matrices<const T>(), added.mask<T>(),
            out.matrices<const T>(), log_sums.get().data<T>(), dy.matrices<const T>(), dq.matrices<T>(),
            dk.matrices<T>(), dv.matrices<T>(), dscores.defined() ? dscores.data<T>() : nullptr);
      } else if constexpr (kCudaBuilt) {
        kernels::attention_backward_cuda<T>(
            geometry, q.cuda_matrices<const T>(), k.cuda_matrices<const T>(), v.cuda_matrices<const T>(),
            added.cuda_mask<T>(), out.cuda_matrices<const T>(), log_sums.get().cuda_data<T>(),
            dy.cuda_matrices<const T>(), dq.cuda_matrices<T>(), dk.cuda_matrices<T>(), dv.cuda_matrices<T>(),
            dscores.defined() ? dscores.cuda_data<T>() : nullptr);
      }
    });
    return {dq.tensor(), dk.tensor(), dv.tensor(),
            dscores.defined() ? sum_to(dscores, input_shape(3)) : Tensor()};
  }
};

void check_arguments(const Tensor& q, const Tensor& k, const Tensor& v, const AttentionOptions& options) {
  const auto shapes = [&] {
    return fmt::format("query {}, key {}, value {}", q.shape().str(), k.shape().str(), v.shape().str());
  };
  check(q.rank() >= 2 && k.rank() >= 2 && v.rank() >= 2,
        "{}: expected [..., L, E], [..., S, E] and [..., S, Ev], got {}", kName, shapes());
  check(q.size(-1) == k.size(-1), "{}: query has {} features but key has {} ({})", kName, q.size(-1),
        k.size(-1), shapes());
  check(k.size(-2) == v.size(-2), "{}: there are {} keys but {} values ({})", kName, k.size(-2), v.size(-2),
        shapes());
  check(q.dtype() == k.dtype() && q.dtype() == v.dtype(), "{}: query is {}, key {}, value {}", kName,
        name_of(q.dtype()), name_of(k.dtype()), name_of(v.dtype()));
  check(options.dropout_p >= 0 && options.dropout_p <= 1,
        "{}: dropout_p must be a probability in [0, 1], got {}", kName, options.dropout_p);
  const Tensor& mask = options.attn_mask;
  check(!mask.defined() || !options.is_causal, "{}: attn_mask and is_causal exclude each other", kName);
  check(!mask.defined() || mask.dtype() == DType::Bool || mask.dtype() == q.dtype(),
        "{}: attn_mask must be bool or {} like the query, got {}", kName, name_of(q.dtype()),
        mask.defined() ? name_of(mask.dtype()) : "");
}

void check_mask_fits(const Tensor& mask, const Shape& scores) {
  bool fits = mask.rank() <= scores.rank();
  for (int d = 1; fits && d <= mask.rank(); ++d) {
    fits = mask.size(-d) == 1 || mask.size(-d) == scores[scores.rank() - d];
  }
  check(fits, "{}: attn_mask {} does not broadcast to the scores {}", kName, mask.shape().str(),
        scores.str());
}

Tensor expanded(const Tensor& x, const Shape& batch) {
  return leading(x.shape()) == batch ? x : expand(x, with_matrix(batch, x.size(-2), x.size(-1)));
}

}  // namespace

Tensor scaled_dot_product_attention(const Tensor& query, const Tensor& key, const Tensor& value,
                                    const AttentionOptions& options, Generator& generator) {
  check_arguments(query, key, value, options);
  const Shape batch = broadcast_shapes(kName, leading(query.shape()),
                                       broadcast_shapes(kName, leading(key.shape()), leading(value.shape())));
  const Tensor qx = expanded(query, batch), kx = expanded(key, batch), vx = expanded(value, batch);
  const Shape scores = with_matrix(batch, query.size(-2), key.size(-2));
  const Tensor& mask = options.attn_mask;
  if (mask.defined()) {
    check_mask_fits(mask, scores);
  }

  kernels::AttentionGeometry geometry{batch.numel(),  query.size(-2), key.size(-2),
                                      query.size(-1), value.size(-1), 0};
  const auto features = static_cast<double>(geometry.features);
  geometry.scale = options.scale ? *options.scale : features > 0 ? 1 / std::sqrt(features) : 1;
  geometry.causal = options.is_causal;
  if (options.dropout_p > 0) {
    geometry.dropout = options.dropout_p;
    geometry.seed = generator.seed();
    geometry.offset = generator.reserve(static_cast<uint64_t>(geometry.batch * geometry.queries) *
                                        geometry.counters_per_row());
  }

  const Operand q(product_operand(qx)), k(product_operand(kx)), v(product_operand(vx));
  const Operand out(empty_in_order_of(qx, with_matrix(batch, query.size(-2), value.size(-1))));
  const Tensor& y = out.tensor();
  auto* node = record<AttentionNode>(y, qx, kx, vx, mask);
  const Tensor log_sums = node ? empty({geometry.batch, geometry.queries}, y.dtype(), y.device()) : Tensor();
  visit_floating(y.dtype(), kName, [&]<class T>() {
    const MaskOperand added(mask, scores);
    if (on_cpu(kName, query, key, value, mask)) {
      kernels::attention_forward_cpu<T>(geometry, q.matrices<const T>(), k.matrices<const T>(),
                                        v.matrices<const T>(), added.mask<T>(), out.matrices<T>(),
                                        node ? log_sums.data<T>() : nullptr);
    } else if constexpr (kCudaBuilt) {
      kernels::attention_forward_cuda<T>(geometry, q.cuda_matrices<const T>(), k.cuda_matrices<const T>(),
                                         v.cuda_matrices<const T>(), added.cuda_mask<T>(),
                                         out.cuda_matrices<T>(), node ? log_sums.cuda_data<T>() : nullptr);
    }
  });
  if (node) {
    node->geometry = geometry;
    node->query = q.tensor();
    node->key = k.tensor();
    node->value = v.tensor();
    node->mask = mask;
    node->y = y;
    node->log_sums = log_sums;
  }
  return y;
}

}  // namespace helder
