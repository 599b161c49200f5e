#include "tensor/views.h"

#include "tensor/factories.h"
#include "tests/catch.h"

using namespace helder;

namespace {

// 0, 1, 2, ... in the given shape, so that a value tells where in memory it lies.
Tensor counted(const Shape& shape) { return views::reshape(arange(shape.numel()), shape); }

// What a view must be: its shape and strides, its elements in order, and no memory of its own.
void expect_view(const Tensor& view, const Tensor& of, const Shape& shape, const Shape& strides,
                 const std::vector<int64_t>& values) {
  CHECK(view.shape().str() == shape.str());
  CHECK(view.strides().str() == strides.str());
  CHECK(view.to_vector<int64_t>() == values);
  CHECK(view.shares_storage(of));
  CHECK(view.dtype() == of.dtype());
}

}  // namespace

TEST_CASE("as_strided reads memory in any order") {
  const Tensor x = counted({2, 3, 4});
  expect_view(views::as_strided(x, {2, 2}, {1, 3}, 5), x, {2, 2}, {1, 3}, {5, 8, 6, 9});
  expect_view(views::as_strided(x, {}, {}, 23), x, {}, {}, {23});
  expect_view(views::as_strided(x, {3}, {0}, 7), x, {3}, {0}, {7, 7, 7});
}

TEST_CASE("a view sees what is written through another one") {
  const Tensor x = counted({2, 3});
  const Tensor column = views::select(x, 1, 2);
  column.at<int64_t>({1}) = 50;
  CHECK(x.to_vector<int64_t>() == std::vector<int64_t>{0, 1, 2, 3, 4, 50});
  CHECK(views::transpose(x, 0, 1).at<int64_t>({2, 1}) == 50);
}

TEST_CASE("view shows the same memory in another shape") {
  const Tensor x = counted({2, 3, 4});
  expect_view(views::view(x, {6, 4}), x, {6, 4}, {4, 1}, x.to_vector<int64_t>());
  expect_view(views::view(x, {-1}), x, {24}, {1}, x.to_vector<int64_t>());
  expect_view(views::view(x, {4, -1, 2}), x, {4, 3, 2}, {6, 2, 1}, x.to_vector<int64_t>());
  expect_view(views::view(x, {1, 24, 1}), x, {1, 24, 1}, {1, 1, 1}, x.to_vector<int64_t>());

  // Dimensions that lie apart stay apart, those that lie together merge.
  const Tensor halves = views::slice(x, 2, 0, 2);  // [2,3,2], strides [12,4,1]
  expect_view(views::view(halves, {6, 2}), x, {6, 2}, {4, 1}, {0, 1, 4, 5, 8, 9, 12, 13, 16, 17, 20, 21});
  expect_view(views::view(halves, {3, 2, 2}), x, {3, 2, 2}, {8, 4, 1},
              {0, 1, 4, 5, 8, 9, 12, 13, 16, 17, 20, 21});
  const Tensor turned = views::transpose(counted({2, 4}), 0, 1);
  expect_view(views::view(turned, {2, 2, 2}), turned, {2, 2, 2}, {2, 1, 4}, {0, 4, 1, 5, 2, 6, 3, 7});
}

TEST_CASE("view refuses what would need a copy") {
  const Tensor x = counted({2, 3, 4});
  CHECK_THROWS_WITH(
      views::view(views::transpose(x, 0, 1), {6, 4}),
      "view: shape [6,4] of a tensor of shape [3,2,4] and strides [4,12,1] needs a copy; use reshape");
  CHECK_THROWS_WITH(
      views::view(views::slice(x, 2, 0, 2), {12}),
      "view: shape [12] of a tensor of shape [2,3,2] and strides [12,4,1] needs a copy; use reshape");
  CHECK_THROWS_WITH(views::view(x, {5, 5}), "view: 24 elements do not fit in shape [5,5]");
  CHECK_THROWS_WITH(views::view(x, {5, -1}), "view: 24 elements do not fit in shape [5,-1]");
  CHECK_THROWS_WITH(views::view(x, {-1, -1}), "view: only one size may be -1, got [-1,-1]");
  CHECK_THROWS_WITH(views::view(x, {-2, -12}), "view: sizes must be -1 or more, got [-2,-12]");
}

TEST_CASE("reshape copies only where it must") {
  const Tensor x = counted({2, 3});
  expect_view(views::reshape(x, {3, 2}), x, {3, 2}, {2, 1}, {0, 1, 2, 3, 4, 5});
  const Tensor copied = views::reshape(views::transpose(x, 0, 1), {6});
  CHECK_FALSE(copied.shares_storage(x));
  CHECK(copied.to_vector<int64_t>() == std::vector<int64_t>{0, 3, 1, 4, 2, 5});
  CHECK(copied.strides() == Shape({1}));
  CHECK_THROWS_WITH(views::reshape(x, {4}), "reshape: 6 elements do not fit in shape [4]");
}

TEST_CASE("scalars, single elements and empty tensors reshape") {
  const Tensor scalar = views::reshape(tensor<int64_t>({7}), {});
  CHECK(scalar.rank() == 0);
  CHECK(scalar.item() == 7);
  CHECK(views::view(scalar, {1, 1}).shape() == Shape({1, 1}));
  const Tensor none = empty({0, 3}, DType::Int64);
  CHECK(views::view(none, {3, 0, 5}).shape() == Shape({3, 0, 5}));
  CHECK(views::view(none, {-1, 3}).shape() == Shape({0, 3}));
  CHECK_THROWS_WITH(views::view(none, {-1, 0}), "view: 0 elements do not fit in shape [-1,0]");
  CHECK_THROWS_WITH(views::view(none, {1}), "view: 0 elements do not fit in shape [1]");
}

TEST_CASE("every view is the reshape that it says, over many shapes and strides") {
  // Wherever view finds strides, they must show what a copy would show.
  const Shape targets[] = {{24},      {2, 12},      {12, 2}, {4, 6},      {2, 3, 4},
                           {4, 3, 2}, {3, 2, 2, 2}, {1, 24}, {2, 2, 1, 6}};
  int found = 0;
  for (const Shape& from : {Shape{2, 3, 4}, Shape{4, 1, 6}, Shape{2, 2, 6}, Shape{1, 24, 1}}) {
    const Tensor x = counted(from);
    for (const Shape& order :
         {Shape{0, 1, 2}, Shape{0, 2, 1}, Shape{1, 0, 2}, Shape{2, 1, 0}, Shape{1, 2, 0}}) {
      const Tensor permuted = views::permute(x, order);
      const auto expected = permuted.to_vector<int64_t>();
      for (const Shape& target : targets) {
        INFO(permuted.shape().str() << " " << permuted.strides().str() << " as " << target.str());
        CHECK(views::reshape(permuted, target).to_vector<int64_t>() == expected);
        found += views::strides_for_view(permuted, target).has_value();
      }
    }
  }
  CHECK(found > 50);
  CHECK(found < 180);
}

TEST_CASE("transpose and permute reorder dimensions") {
  const Tensor x = counted({2, 3, 2});
  expect_view(views::transpose(x, 0, 1), x, {3, 2, 2}, {2, 6, 1}, {0, 1, 6, 7, 2, 3, 8, 9, 4, 5, 10, 11});
  expect_view(views::transpose(x, -1, 0), x, {2, 3, 2}, {1, 2, 6}, {0, 6, 2, 8, 4, 10, 1, 7, 3, 9, 5, 11});
  expect_view(views::transpose(x, 1, 1), x, {2, 3, 2}, {6, 2, 1}, x.to_vector<int64_t>());
  expect_view(views::permute(x, {1, 2, 0}), x, {3, 2, 2}, {2, 1, 6}, {0, 6, 1, 7, 2, 8, 3, 9, 4, 10, 5, 11});
  expect_view(views::permute(x, {-1, 0, 1}), x, {2, 2, 3}, {1, 6, 2}, {0, 2, 4, 6, 8, 10, 1, 3, 5, 7, 9, 11});
  const Tensor single = scalar(3, DType::Int64);
  expect_view(views::permute(single, {}), single, {}, {}, {3});
}

TEST_CASE("transpose and permute name a wrong dimension") {
  const Tensor x = counted({2, 3});
  CHECK_THROWS_WITH(views::transpose(x, 0, 2),
                    "transpose: dimension 2 is out of range for a tensor of 2 dimensions (expected -2 to 1)");
  CHECK_THROWS_WITH(views::permute(x, {0}), "permute: [0] names 1 dimensions of a tensor of 2");
  CHECK_THROWS_WITH(views::permute(x, {1, -1}), "permute: dimension -1 is named twice in [1,-1]");
  CHECK_THROWS_WITH(views::permute(x, {0, 5}),
                    "permute: dimension 5 is out of range for a tensor of 2 dimensions (expected -2 to 1)");
}

TEST_CASE("slice takes a range with Python's bounds") {
  const Tensor x = counted({10});
  expect_view(views::slice(x, 0, 2, 5), x, {3}, {1}, {2, 3, 4});
  expect_view(views::slice(x, 0, std::nullopt, std::nullopt, 4), x, {3}, {4}, {0, 4, 8});
  expect_view(views::slice(x, 0, 1, 9, 4), x, {2}, {4}, {1, 5});
  expect_view(views::slice(x, 0, 1, 10, 4), x, {3}, {4}, {1, 5, 9});
  expect_view(views::slice(x, 0, -3, std::nullopt), x, {3}, {1}, {7, 8, 9});
  expect_view(views::slice(x, 0, std::nullopt, -7), x, {3}, {1}, {0, 1, 2});
  expect_view(views::slice(x, 0, -100, 2), x, {2}, {1}, {0, 1});
  expect_view(views::slice(x, 0, 8, 100), x, {2}, {1}, {8, 9});
  expect_view(views::slice(x, 0, 5, 5), x, {0}, {1}, {});
  expect_view(views::slice(x, 0, 7, 3), x, {0}, {1}, {});
  expect_view(views::slice(x, 0, 100, 200), x, {0}, {1}, {});
  const Tensor matrix = counted({3, 4});
  expect_view(views::slice(matrix, -1, 1, 4, 2), matrix, {3, 2}, {4, 2}, {1, 3, 5, 7, 9, 11});
  expect_view(views::slice(views::slice(matrix, 0, 1, 3), 1, 2, 4), matrix, {2, 2}, {4, 1}, {6, 7, 10, 11});
}

TEST_CASE("slice refuses a step that leads nowhere") {
  const Tensor x = counted({10});
  CHECK_THROWS_WITH(views::slice(x, 0, 0, 5, 0), "slice: step must be positive, got 0");
  CHECK_THROWS_WITH(views::slice(x, 0, 5, 0, -1), "slice: step must be positive, got -1");
  CHECK_THROWS_WITH(views::slice(x, 1, 0, 1),
                    "slice: dimension 1 is out of range for a tensor of 1 dimensions (expected -1 to 0)");
  CHECK_THROWS_WITH(views::slice(scalar(1), 0, 0, 1), "slice: a scalar has no dimension to slice");
}

TEST_CASE("select drops a dimension") {
  const Tensor x = counted({2, 3, 2});
  expect_view(views::select(x, 0, 1), x, {3, 2}, {2, 1}, {6, 7, 8, 9, 10, 11});
  expect_view(views::select(x, 1, 2), x, {2, 2}, {6, 1}, {4, 5, 10, 11});
  expect_view(views::select(x, -1, -2), x, {2, 3}, {6, 2}, {0, 2, 4, 6, 8, 10});
  expect_view(views::select(views::select(views::select(x, 0, 1), 0, 2), 0, 1), x, {}, {}, {11});
  CHECK_THROWS_WITH(views::select(x, 1, 3), "select: index 3 is out of range for dimension 1 of size 3");
  CHECK_THROWS_WITH(views::select(x, -1, -3), "select: index -3 is out of range for dimension 2 of size 2");
  CHECK_THROWS_WITH(views::select(scalar(1), 0, 0), "select: a scalar has no dimension to select from");
}

TEST_CASE("expand stretches sizes of 1 without memory") {
  const Tensor x = counted({2, 1});
  expect_view(views::expand(x, {2, 3}), x, {2, 3}, {1, 0}, {0, 0, 0, 1, 1, 1});
  expect_view(views::expand(x, {2, 2, 2}), x, {2, 2, 2}, {0, 1, 0}, {0, 0, 1, 1, 0, 0, 1, 1});
  expect_view(views::expand(x, {-1, 2}), x, {2, 2}, {1, 0}, {0, 0, 1, 1});
  expect_view(views::expand(x, {2, 1}), x, {2, 1}, {1, 1}, {0, 1});
  expect_view(views::expand(x, {2, 0}), x, {2, 0}, {1, 0}, {});
  const Tensor one = scalar(4, DType::Int64);
  expect_view(views::expand(one, {3}), one, {3}, {0}, {4, 4, 4});
}

TEST_CASE("expand names the shapes that do not fit") {
  const Tensor x = counted({2, 3});
  CHECK_THROWS_WITH(views::expand(x, {3}), "expand: shape [3] has fewer dimensions than the tensor's [2,3]");
  CHECK_THROWS_WITH(views::expand(x, {4, 3}), "expand: a tensor of shape [2,3] does not expand to [4,3]");
  CHECK_THROWS_WITH(views::expand(x, {3, 2, 1}),
                    "expand: a tensor of shape [2,3] does not expand to [3,2,1]");
  CHECK_THROWS_WITH(views::expand(x, {-1, 2, 3}),
                    "expand: -1 keeps a size, but dimension 0 of [-1,2,3] is new");
  CHECK_THROWS_WITH(views::expand(x, {-2, 2, 3}),
                    "expand: a tensor of shape [2,3] does not expand to [-2,2,3]");
}

TEST_CASE("squeeze and unsqueeze remove and add sizes of 1") {
  const Tensor x = counted({1, 3, 1, 2});
  expect_view(views::squeeze(x), x, {3, 2}, {2, 1}, x.to_vector<int64_t>());
  expect_view(views::squeeze(x, 0), x, {3, 1, 2}, {2, 2, 1}, x.to_vector<int64_t>());
  expect_view(views::squeeze(x, -2), x, {1, 3, 2}, {1, 2, 1}, x.to_vector<int64_t>());
  expect_view(views::squeeze(x, 1), x, {1, 3, 1, 2}, {1, 2, 2, 1}, x.to_vector<int64_t>());
  const Tensor y = counted({3, 2});
  expect_view(views::unsqueeze(y, 0), y, {1, 3, 2}, {1, 2, 1}, y.to_vector<int64_t>());
  expect_view(views::unsqueeze(y, 1), y, {3, 1, 2}, {2, 1, 1}, y.to_vector<int64_t>());
  expect_view(views::unsqueeze(y, -1), y, {3, 2, 1}, {2, 1, 1}, y.to_vector<int64_t>());
  CHECK(views::unsqueeze(scalar(1), 0).shape() == Shape({1}));
  CHECK(views::squeeze(counted({1, 1})).rank() == 0);
  CHECK_THROWS_WITH(views::squeeze(x, 4),
                    "squeeze: dimension 4 is out of range for a tensor of 4 dimensions (expected -4 to 3)");
  CHECK_THROWS_WITH(views::unsqueeze(y, 3),
                    "unsqueeze: dimension 3 is out of range for a tensor of 3 dimensions (expected -3 to 2)");
  CHECK_THROWS_WITH(views::unsqueeze(counted({1, 1, 1, 1, 1, 1, 1, 1}), 0),
                    "shape: more than 8 dimensions are not supported");
}

TEST_CASE("diagonal takes any two dimensions") {
  const Tensor x = counted({3, 4});
  expect_view(views::diagonal(x), x, {3}, {5}, {0, 5, 10});
  expect_view(views::diagonal(x, 1), x, {3}, {5}, {1, 6, 11});
  expect_view(views::diagonal(x, 3), x, {1}, {5}, {3});
  expect_view(views::diagonal(x, -1), x, {2}, {5}, {4, 9});
  expect_view(views::diagonal(x, 1, 1, 0), x, {2}, {5}, {4, 9});  // of the transposed matrix
  expect_view(views::diagonal(x, 4), x, {0}, {5}, {});
  expect_view(views::diagonal(x, -7), x, {0}, {5}, {});
  const Tensor cube = counted({2, 2, 3});
  expect_view(views::diagonal(cube), cube, {3, 2}, {1, 9}, {0, 9, 1, 10, 2, 11});
  expect_view(views::diagonal(cube, 0, 1, 2), cube, {2, 2}, {6, 4}, {0, 4, 6, 10});
  expect_view(views::diagonal(cube, 1, -2, -1), cube, {2, 2}, {6, 4}, {1, 5, 7, 11});
  CHECK_THROWS_WITH(views::diagonal(counted({3})), "diagonal: expected at least 2 dimensions, got shape [3]");
  CHECK_THROWS_WITH(views::diagonal(x, 0, 1, -1), "diagonal: dim1 and dim2 are the same dimension 1");
}
