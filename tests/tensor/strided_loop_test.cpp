#include "tensor/strided_loop.h"

#include <map>
#include <mutex>
#include <vector>

#include "tensor/random.h"
#include "tests/catch.h"
#include "tests/thread_count.h"

using namespace helder;

namespace {

template <int N>
using Offsets = std::array<int64_t, N>;

// What a loop visits: the offsets of the operands for each element, in row-major order.
template <int N>
std::vector<Offsets<N>> by_hand(const Shape& shape, const std::array<Shape, N>& strides) {
  std::vector<Offsets<N>> visited;
  for (int64_t i = 0; i < shape.numel(); ++i) {
    int64_t rest = i;
    Offsets<N> offsets{};
    for (int d = shape.rank() - 1; d >= 0; --d) {
      for (size_t operand = 0; operand < N; ++operand) {
        offsets[operand] += rest % shape[d] * strides[operand][d];
      }
      rest /= shape[d];
    }
    visited.push_back(offsets);
  }
  return visited;
}

// The same by StridedLoop, on one thread: several take their chunks in any order. `runs` counts the calls.
template <int N>
std::vector<Offsets<N>> by_loop(const Shape& shape, const std::array<Shape, N>& strides,
                                int* runs = nullptr) {
  const ThreadCount one(1);
  const StridedLoop<N> loop(shape, strides);
  std::vector<Offsets<N>> visited;
  loop.run([&](const Offsets<N>& offsets, int64_t count) {
    if (runs) {
      ++*runs;
    }
    for (int64_t j = 0; j < count; ++j) {
      Offsets<N> element = offsets;
      for (size_t operand = 0; operand < N; ++operand) {
        element[operand] += j * loop.inner_stride(static_cast<int>(operand));
      }
      visited.push_back(element);
    }
  });
  return visited;
}

template <int N>
int count_runs(const Shape& shape, const std::array<Shape, N>& strides) {
  int runs = 0;
  by_loop<N>(shape, strides, &runs);
  return runs;
}

}  // namespace

TEST_CASE("contiguous operands are one run") {
  const Shape shape = {3, 4, 5};
  const Shape dense = contiguous_strides(shape);
  const StridedLoop<2> loop(shape, {dense, dense});
  CHECK(loop.is_flat());
  CHECK(loop.inner_stride(0) == 1);
  CHECK(loop.inner_stride(1) == 1);
  CHECK(count_runs<2>(shape, {dense, dense}) == 1);
  CHECK(by_loop<2>(shape, {dense, dense}) == by_hand<2>(shape, {dense, dense}));
}

TEST_CASE("a vector added to a matrix takes a run a row") {
  const Shape shape = {4, 3, 5};
  const std::array<Shape, 2> strides = {Shape{15, 5, 1}, broadcast_strides({5}, {1}, shape)};
  CHECK_FALSE(StridedLoop<2>(shape, strides).is_flat());
  CHECK(count_runs<2>(shape, strides) == 12);
  CHECK(by_loop<2>(shape, strides) == by_hand<2>(shape, strides));
}

TEST_CASE("dimensions merge where all operands allow it") {
  // The channels of [N,C,H,W] stay apart from the batch for the bias, height and width merge.
  const Shape shape = {2, 3, 4, 5};
  const std::array<Shape, 2> strides = {contiguous_strides(shape), Shape{0, 1, 0, 0}};
  CHECK(count_runs<2>(shape, strides) == 6);
  CHECK(by_loop<2>(shape, strides) == by_hand<2>(shape, strides));
  // A size of 1 is no obstacle, whatever its stride.
  CHECK(count_runs<1>({4, 1, 5}, {Shape{5, 77, 1}}) == 1);
  CHECK(by_loop<1>({4, 1, 5}, {Shape{5, 77, 1}}) == by_hand<1>({4, 1, 5}, {Shape{5, 77, 1}}));
  // One constant is a single run with stride 0.
  CHECK(count_runs<1>({4, 5}, {Shape{0, 0}}) == 1);
  CHECK(StridedLoop<1>({4, 5}, {Shape{0, 0}}).inner_stride(0) == 0);
}

TEST_CASE("transposed operands keep the row-major order of the shape") {
  const Shape shape = {3, 4};
  const std::array<Shape, 2> strides = {Shape{1, 3}, Shape{4, 1}};
  CHECK(by_loop<2>(shape, strides) == by_hand<2>(shape, strides));
  CHECK(by_loop<2>(shape, strides)[1] == Offsets<2>{3, 1});
}

TEST_CASE("single elements and empty shapes") {
  CHECK(by_loop<1>({}, {Shape{}}) == std::vector<Offsets<1>>{{0}});
  CHECK(by_loop<1>({1, 1}, {Shape{5, 9}}) == std::vector<Offsets<1>>{{0}});
  CHECK(StridedLoop<1>({1, 1}, {Shape{5, 9}}).is_flat());
  CHECK(by_loop<1>({0}, {Shape{1}}).empty());
  CHECK(by_loop<1>({3, 0, 2}, {Shape{2, 2, 1}}).empty());
}

TEST_CASE("loops longer than a chunk continue where the last chunk ended") {
  for (const Shape& shape : {Shape{3, kElementGrain / 2 + 5}, Shape{kElementGrain + 1, 2}, Shape{2, 3, 20011},
                             Shape{kElementGrain * 2}}) {
    INFO(shape.str());
    Shape padded = contiguous_strides(shape);
    for (int d = 0; d + 1 < shape.rank(); ++d) {
      padded[d] += 3;  // nothing merges
    }
    const Shape zero(std::vector<int64_t>(static_cast<size_t>(shape.rank()), 0));
    const std::array<Shape, 3> strides = {contiguous_strides(shape), padded, zero};
    CHECK(by_loop<3>(shape, strides) == by_hand<3>(shape, strides));
  }
}

TEST_CASE("all threads together visit what one visits") {
  const Shape shape = {5, 7, 3001};
  const std::array<Shape, 1> strides = {Shape{7 * 3002, 3002, 1}};
  std::mutex mutex;
  const auto runs_with = [&](int threads) {
    const ThreadCount count_of_threads(threads);
    std::map<int64_t, int64_t> runs;
    StridedLoop<1>(shape, strides).run([&](const Offsets<1>& offsets, int64_t count) {
      const std::lock_guard lock(mutex);
      runs.emplace(offsets[0], count);
    });
    return runs;
  };
  const auto one = runs_with(1);
  CHECK(runs_with(2) == one);
  CHECK(runs_with(5) == one);
  int64_t visited = 0;
  for (const auto& [offset, count] : one) {
    visited += count;
  }
  CHECK(visited == shape.numel());
}

TEST_CASE("loops over random shapes of up to 8 dimensions visit every element in order") {
  Generator generator(1);
  for (int trial = 0; trial < 300; ++trial) {
    Shape shape;
    for (int64_t rank = generator.randint(0, 9); rank > 0; --rank) {
      shape.push_back(generator.randint(1, 4));
    }
    std::array<Shape, 3> strides;
    for (Shape& s : strides) {
      s = contiguous_strides(shape);
      for (int d = 0; d < shape.rank(); ++d) {
        const int64_t kind = generator.randint(0, 6);
        s[d] = kind == 0 ? 0 : kind == 1 ? generator.randint(-9, 10) : s[d];
      }
    }
    INFO(shape.str() << " " << strides[0].str() << " " << strides[1].str() << " " << strides[2].str());
    CHECK(by_loop<3>(shape, strides) == by_hand<3>(shape, strides));
  }
}

TEST_CASE("broadcast_strides are 0 where a tensor stretches") {
  CHECK(broadcast_strides({3, 1}, {1, 1}, {2, 3, 4}) == Shape({0, 1, 0}));
  CHECK(broadcast_strides({2, 3}, {3, 1}, {2, 3}) == Shape({3, 1}));
  CHECK(broadcast_strides({}, {}, {5, 6}) == Shape({0, 0}));
  CHECK(broadcast_strides({1, 4}, {4, 1}, {1, 4}) == Shape({4, 1}));
}
