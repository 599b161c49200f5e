#include "layers/position_encoding.h"

#include "autograd/ops/add.h"
#include "autograd/ops/sine_positions.h"
#include "autograd/ops/slice.h"
#include "layers/init.h"
#include "tensor/factories.h"

namespace helder {
namespace {

// The first rows of `table` [max_length, features], as many as x [..., length, features] has tokens.
Tensor rows_for(const char* layer, const Tensor& x, const Tensor& table) {
  check(x.rank() >= 2 && x.size(-1) == table.size(1) && x.size(-2) <= table.size(0),
        "{}: expected [...,length,{}] with a length of at most {}, got {}", layer, table.size(1),
        table.size(0), x.shape());
  return slice(table, 0, 0, x.size(-2));
}

}  // namespace

SineEncoding1d::SineEncoding1d(int64_t features, int64_t max_length) {
  check(features >= 0 && features % 2 == 0 && max_length >= 0,
        "SineEncoding1d: expected an even number of features and a length, got {} and {}", features,
        max_length);
  pe = register_buffer(
      "pe", sine_positions(arange(0, static_cast<double>(max_length), 1, DType::Float32), features));
}

Tensor SineEncoding1d::forward(const Tensor& x) { return add(x, rows_for("SineEncoding1d", x, pe)); }

std::string SineEncoding1d::describe() const {
  return fmt::format("SineEncoding1d({}, max_length={})", pe.size(1), pe.size(0));
}

LearnedEncoding1d::LearnedEncoding1d(int64_t max_length, int64_t features) {
  check(max_length >= 0 && features >= 0, "LearnedEncoding1d: sizes must not be negative, got {} and {}",
        max_length, features);
  weight = register_parameter("weight", empty({max_length, features}));
  init::normal_(weight, 0, 0.02);
}

Tensor LearnedEncoding1d::forward(const Tensor& x) {
  return add(x, rows_for("LearnedEncoding1d", x, weight));
}

std::string LearnedEncoding1d::describe() const {
  return fmt::format("LearnedEncoding1d({}, {})", weight.size(0), weight.size(1));
}

}  // namespace helder
