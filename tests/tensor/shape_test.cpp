#include "tensor/shape.h"

#include <limits>
#include <vector>

#include "tests/catch.h"

using namespace helder;

TEST_CASE("a shape lists its sizes") {
  const Shape shape = {8, 3, 32};
  CHECK(shape.rank() == 3);
  CHECK(shape.front() == 8);
  CHECK(shape[1] == 3);
  CHECK(shape.back() == 32);
  CHECK(shape.numel() == 768);
  CHECK(shape.str() == "[8,3,32]");
  CHECK(std::vector<int64_t>(shape.begin(), shape.end()) == std::vector<int64_t>{8, 3, 32});

  const Shape scalar;
  CHECK(scalar.empty());
  CHECK(scalar.numel() == 1);
  CHECK(scalar.str() == "[]");
  CHECK(Shape({4, 0, 5}).numel() == 0);
}

TEST_CASE("shapes are equal when all sizes are") {
  CHECK(Shape({2, 3}) == Shape({2, 3}));
  CHECK_FALSE(Shape({2, 3}) == Shape({3, 2}));
  CHECK_FALSE(Shape({2, 3}) == Shape({2, 3, 1}));
  CHECK_FALSE(Shape({1}) == Shape());
}

TEST_CASE("sizes are inserted and erased") {
  Shape shape = {2, 3};
  shape.insert(0, 7);
  CHECK(shape == Shape({7, 2, 3}));
  shape.insert(3, 9);
  CHECK(shape == Shape({7, 2, 3, 9}));
  shape.insert(1, 5);
  CHECK(shape == Shape({7, 5, 2, 3, 9}));
  shape.erase(0);
  CHECK(shape == Shape({5, 2, 3, 9}));
  shape.erase(3);
  CHECK(shape == Shape({5, 2, 3}));
  shape.erase(1);
  CHECK(shape == Shape({5, 3}));
}

TEST_CASE("a shape has at most 8 dimensions") {
  Shape shape = {1, 2, 3, 4, 5, 6, 7, 8};
  CHECK(shape.numel() == 40320);
  CHECK_THROWS_WITH(shape.push_back(9), "shape: more than 8 dimensions are not supported");
  CHECK_THROWS_WITH(shape.insert(0, 9), "shape: more than 8 dimensions are not supported");
  CHECK(shape == Shape({1, 2, 3, 4, 5, 6, 7, 8}));
}

TEST_CASE("contiguous strides are row-major") {
  CHECK(contiguous_strides({}) == Shape());
  CHECK(contiguous_strides({5}) == Shape({1}));
  CHECK(contiguous_strides({2, 3, 4}) == Shape({12, 4, 1}));
  CHECK(contiguous_strides({2, 1, 4}) == Shape({4, 4, 1}));
  CHECK(contiguous_strides({2, 0, 4}) == Shape({4, 4, 1}));
}

TEST_CASE("shapes broadcast by NumPy's rule") {
  CHECK(broadcast_shapes("add", {2, 3}, {2, 3}) == Shape({2, 3}));
  CHECK(broadcast_shapes("add", {2, 3}, {3}) == Shape({2, 3}));
  CHECK(broadcast_shapes("add", {3}, {2, 3}) == Shape({2, 3}));
  CHECK(broadcast_shapes("add", {2, 1}, {1, 3}) == Shape({2, 3}));
  CHECK(broadcast_shapes("add", {}, {4, 5}) == Shape({4, 5}));
  CHECK(broadcast_shapes("add", {}, {}) == Shape());
  CHECK(broadcast_shapes("add", {1}, {0}) == Shape({0}));
  CHECK(broadcast_shapes("add", {5, 1, 0}, {3, 1}) == Shape({5, 3, 0}));
  CHECK_THROWS_WITH(broadcast_shapes("add", {2, 3}, {2, 4}),
                    "add: shapes [2,3] and [2,4] do not broadcast (3 against 4)");
  CHECK_THROWS_WITH(broadcast_shapes("mul", {7}, {2, 3, 4}),
                    "mul: shapes [7] and [2,3,4] do not broadcast (7 against 4)");
  CHECK_THROWS_WITH(broadcast_shapes("mul", {0}, {2}),
                    "mul: shapes [0] and [2] do not broadcast (0 against 2)");
}

TEST_CASE("dimensions count from either end") {
  CHECK(normalize_dim("sum", 0, 3) == 0);
  CHECK(normalize_dim("sum", 2, 3) == 2);
  CHECK(normalize_dim("sum", -1, 3) == 2);
  CHECK(normalize_dim("sum", -3, 3) == 0);
  CHECK(normalize_dim("sum", 0, 0) == 0);
  CHECK(normalize_dim("sum", -1, 0) == 0);
  CHECK_THROWS_WITH(normalize_dim("sum", 3, 3),
                    "sum: dimension 3 is out of range for a tensor of 3 dimensions (expected -3 to 2)");
  CHECK_THROWS_WITH(normalize_dim("sum", -4, 3),
                    "sum: dimension -4 is out of range for a tensor of 3 dimensions (expected -3 to 2)");
  CHECK_THROWS_WITH(normalize_dim("sum", 1, 0),
                    "sum: dimension 1 is out of range for a tensor of 0 dimensions (expected -1 to 0)");
}

TEST_CASE("sizes that no memory can hold are refused") {
  CHECK_NOTHROW(check_sizes("empty", {}));
  CHECK_NOTHROW(check_sizes("empty", {0}));
  CHECK_NOTHROW(check_sizes("empty", {int64_t{1} << 58}));
  CHECK_THROWS_WITH(check_sizes("empty", {2, -1}), "empty: sizes must not be negative, got [2,-1]");
  CHECK_THROWS_WITH(check_sizes("empty", {int64_t{1} << 59}),
                    "empty: a tensor of shape [576460752303423488] is too large to address");
  CHECK_THROWS_WITH(check_sizes("empty", {int64_t{1} << 40, 0, int64_t{1} << 40}),
                    "empty: a tensor of shape [1099511627776,0,1099511627776] is too large to address");
  CHECK_THROWS_WITH(check_sizes("empty", {std::numeric_limits<int64_t>::max(), 2}),
                    "empty: a tensor of shape [9223372036854775807,2] is too large to address");
}
