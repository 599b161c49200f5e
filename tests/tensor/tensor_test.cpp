#include "tensor/tensor.h"

#include <cmath>

#include "tensor/copy.h"
#include "tensor/factories.h"
#include "tensor/views.h"
#include "tests/catch.h"

using namespace helder;

namespace {

using Doubles = std::vector<double>;

Tensor counted(const Shape& shape) { return views::reshape(arange(shape.numel()), shape); }

}  // namespace

TEST_CASE("a default tensor is undefined") {
  CHECK_FALSE(Tensor().defined());
  CHECK(zeros({}).defined());
}

TEST_CASE("an undefined tensor is an error where numbers are needed") {
  const char* message = "tensor: it is undefined (Tensor()), where one with numbers is needed";
  const Tensor none;
  CHECK_THROWS_WITH(none.shape(), message);
  CHECK_THROWS_WITH(none.dtype(), message);
  CHECK_THROWS_WITH(none.numel(), message);
  CHECK_THROWS_WITH(none.raw_data(), message);
  CHECK_THROWS_WITH(none.requires_grad(), message);
  CHECK_THROWS_WITH(none.backward(), message);
  CHECK_THROWS_WITH(none.clone(), message);
  CHECK_THROWS_WITH(zeros({2}).copy_(none), message);
}

TEST_CASE("size counts dimensions from either end") {
  const Tensor x = zeros({2, 3, 4});
  CHECK(x.size(0) == 2);
  CHECK(x.size(-1) == 4);
  CHECK(x.rank() == 3);
  CHECK(x.numel() == 24);
  CHECK_THROWS_WITH(x.size(3),
                    "size: dimension 3 is out of range for a tensor of 3 dimensions (expected -3 to 2)");
}

TEST_CASE("is_contiguous looks at strides, but for sizes of 1 and 0") {
  const Tensor x = counted({2, 3, 4});
  CHECK(x.is_contiguous());
  CHECK(views::select(x, 0, 1).is_contiguous());
  CHECK(views::slice(x, 0, 1, 2).is_contiguous());
  CHECK(views::transpose(counted({1, 5}), 0, 1).is_contiguous());
  CHECK(views::slice(x, 2, 2, 2).is_contiguous());
  CHECK_FALSE(views::transpose(x, 0, 1).is_contiguous());
  CHECK_FALSE(views::slice(x, 2, 0, 3).is_contiguous());
  CHECK_FALSE(views::expand(counted({1}), {3}).is_contiguous());
}

TEST_CASE("at reads and writes one element") {
  const Tensor x = counted({2, 3});
  CHECK(x.at<int64_t>({1, 0}) == 3);
  CHECK(x.at<int64_t>({-1, -1}) == 5);
  x.at<int64_t>({0, 1}) = 9;
  CHECK(views::transpose(x, 0, 1).at<int64_t>({1, 0}) == 9);
  CHECK(scalar(2.5).at<float>({}) == 2.5f);
  CHECK_THROWS_WITH(x.at<int64_t>({0}), "at: 1 indices for a tensor of 2 dimensions");
  CHECK_THROWS_WITH(x.at<int64_t>({0, 3}), "at: index 3 is out of range for dimension 1 of size 3");
  CHECK_THROWS_WITH(x.at<int64_t>({-3, 0}), "at: index -3 is out of range for dimension 0 of size 2");
  CHECK_THROWS_WITH(x.at<float>({0, 0}), "data: the tensor is int64, not float32");
}

TEST_CASE("data starts at the view's first element") {
  const Tensor x = counted({2, 3});
  CHECK(*views::select(x, 0, 1).data<int64_t>() == 3);
  CHECK(views::select(x, 0, 1).data<int64_t>() == x.data<int64_t>() + 3);
  CHECK_THROWS_WITH(x.data<bool>(), "data: the tensor is int64, not bool");
}

TEST_CASE("item is the only element") {
  CHECK(tensor<float>({1.5f}).item() == 1.5);
  CHECK(full({1, 1}, 1, DType::Bool).item() == 1);
  CHECK(views::select(arange(5), 0, 3).item() == 3);
  CHECK_THROWS_WITH(zeros({2}).item(), "item: expected a tensor of one element, got shape [2]");
  CHECK_THROWS_WITH(zeros({0}).item(), "item: expected a tensor of one element, got shape [0]");
}

TEST_CASE("to_vector lists the elements in row-major order, converted") {
  const Tensor x = tensor<double>({0, 1.75, -2});
  CHECK(x.to_vector<float>() == std::vector<float>{0, 1.75f, -2});
  CHECK(x.to_vector<int64_t>() == std::vector<int64_t>{0, 1, -2});
  CHECK(x.to_vector<bool>() == std::vector<bool>{false, true, true});
  CHECK(views::transpose(counted({2, 2}), 0, 1).to_vector<double>() == Doubles{0, 2, 1, 3});
  CHECK(zeros({0, 2}).to_vector<double>().empty());
}

TEST_CASE("copying a tensor copies the handle") {
  const Tensor x = zeros({2});
  const Tensor y = x;
  y.at<float>({0}) = 3;
  CHECK(x.to_vector<double>() == Doubles{3, 0});
}

TEST_CASE("fill_ writes through a view and counts as a change") {
  Tensor x = zeros({2, 3});
  Tensor column = views::select(x, 1, 1);
  const uint64_t version = x.version();
  column.fill_(4);
  CHECK(x.to_vector<double>() == Doubles{0, 4, 0, 0, 4, 0});
  CHECK(x.version() == version + 1);
  x.zero_();
  CHECK(x.to_vector<double>() == Doubles(6, 0.0));
}

TEST_CASE("copy_ broadcasts, converts and counts as a change") {
  Tensor x = zeros({2, 3});
  const uint64_t version = x.version();
  x.copy_(tensor<int64_t>({1, 2, 3}));
  CHECK(x.to_vector<double>() == Doubles{1, 2, 3, 1, 2, 3});
  CHECK(x.version() == version + 1);
  views::transpose(x, 0, 1).copy_(from_data(std::vector<double>{1, 2, 3, 4, 5, 6}, {3, 2}));
  CHECK(x.to_vector<double>() == Doubles{1, 3, 5, 2, 4, 6});
  CHECK_THROWS_WITH(x.copy_(zeros({2})), "copy: shapes [2,3] and [2] do not broadcast (3 against 2)");
  CHECK_THROWS_WITH(x.copy_(zeros({4, 2, 3})), "copy: cannot write a tensor of shape [4,2,3] into [2,3]");
}

TEST_CASE("copy_ between overlapping views reads before it writes") {
  Tensor x = arange(6);
  views::slice(x, 0, 1, 6).copy_(views::slice(x, 0, 0, 5));
  CHECK(x.to_vector<double>() == Doubles{0, 0, 1, 2, 3, 4});
  Tensor square = counted({2, 2});
  square.copy_(views::transpose(square, 0, 1));
  CHECK(square.to_vector<double>() == Doubles{0, 2, 1, 3});
}

TEST_CASE("set_data changes what every handle shows") {
  const Tensor x = zeros({2, 3});
  const Tensor handle = x;
  x.set_data(views::transpose(counted({2, 2}), 0, 1));
  CHECK(handle.shape() == Shape({2, 2}));
  CHECK(handle.dtype() == DType::Int64);
  CHECK(handle.to_vector<double>() == Doubles{0, 2, 1, 3});
}

TEST_CASE("contiguous_copy copies only what is not contiguous") {
  const Tensor x = counted({2, 3});
  CHECK(contiguous_copy(x).shares_storage(x));
  const Tensor copy = contiguous_copy(views::transpose(x, 0, 1));
  CHECK_FALSE(copy.shares_storage(x));
  CHECK(copy.strides() == Shape({2, 1}));
  CHECK(copy.to_vector<double>() == Doubles{0, 3, 1, 4, 2, 5});
}

TEST_CASE("converted_copy copies between all types") {
  constexpr DType types[] = {DType::Bool,     DType::UInt8,   DType::Int64,  DType::Float16,
                             DType::BFloat16, DType::Float32, DType::Float64};
  for (const DType from : types) {
    const Tensor x = converted_copy(tensor<double>({0, 1, 2.5}), from);
    const Doubles held = x.to_vector<double>();
    CHECK(converted_copy(x, from).shares_storage(x));
    for (const DType to : types) {
      INFO(name_of(from) << " to " << name_of(to));
      const double third = to == DType::Bool       ? held[2] != 0
                           : is_floating_point(to) ? held[2]
                                                   : std::floor(held[2]);
      const Tensor y = converted_copy(x, to);
      CHECK(y.dtype() == to);
      CHECK(y.to_vector<double>() == Doubles{0, 1, third});
    }
  }
}

TEST_CASE("large copies between layouts keep every element") {
  const Tensor x = counted({300, 200});
  const Tensor turned = contiguous_copy(views::transpose(x, 0, 1));
  for (int64_t i : {0, 1, 150, 299}) {
    for (int64_t j : {0, 1, 100, 199}) {
      CHECK(turned.at<int64_t>({j, i}) == i * 200 + j);
    }
  }
  CHECK(contiguous_copy(views::transpose(turned, 0, 1)).to_vector<int64_t>() == x.to_vector<int64_t>());
}
