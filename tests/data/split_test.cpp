#include "data/split.h"

#include <algorithm>
#include <numeric>
#include <set>

#include "tensor/error.h"
#include "tests/catch.h"

using namespace helder;

namespace {

// 40 of class 7, 10 of class 3, 2 of class 5, mixed.
std::vector<int64_t> mixed_labels() {
  std::vector<int64_t> labels;
  for (int64_t i = 0; i < 52; ++i) {
    labels.push_back(i % 5 == 1 && i < 50 ? 3 : i >= 50 ? 5 : 7);
  }
  return labels;
}

int64_t count(const std::vector<int64_t>& indices, int64_t label) {
  const auto labels = mixed_labels();
  return std::count_if(indices.begin(), indices.end(),
                       [&](int64_t i) { return labels[static_cast<size_t>(i)] == label; });
}

}  // namespace

TEST_CASE("split: each class is divided alike, and each index is on one side", "[split]") {
  const Split split = stratified_split(mixed_labels(), 0.3, 1);
  CHECK(count(split.held_out, 7) == 12);
  CHECK(count(split.held_out, 3) == 3);
  CHECK(count(split.held_out, 5) == 1);  // 0.6, rounded
  CHECK(std::is_sorted(split.train.begin(), split.train.end()));
  CHECK(std::is_sorted(split.held_out.begin(), split.held_out.end()));
  std::set<int64_t> all(split.train.begin(), split.train.end());
  all.insert(split.held_out.begin(), split.held_out.end());
  CHECK(all.size() == 52);
  CHECK(split.train.size() + split.held_out.size() == 52);
}

TEST_CASE("split: neither side is left without a member of a class", "[split]") {
  CHECK(count(stratified_split(mixed_labels(), 0.001, 1).held_out, 5) == 1);
  CHECK(count(stratified_split(mixed_labels(), 0.999, 1).train, 5) == 1);
}

TEST_CASE("split: the seed decides, and other classes do not matter", "[split]") {
  const auto labels = mixed_labels();
  const Split split = stratified_split(labels, 0.3, 1);
  CHECK(stratified_split(labels, 0.3, 1).held_out == split.held_out);
  CHECK(stratified_split(labels, 0.3, 2).held_out != split.held_out);
  auto more = labels;
  more.insert(more.end(), {9, 9, 9});
  std::vector<int64_t> of_the_old;
  for (const int64_t i : stratified_split(more, 0.3, 1).held_out) {
    if (i < 52) of_the_old.push_back(i);
  }
  CHECK(of_the_old == split.held_out);
}

TEST_CASE("split: what cannot be divided is refused", "[split]") {
  CHECK_THROWS_WITH(stratified_split({1, 1, 2}, 0.5, 1),
                    "split: class 2 has one member; it takes one to learn from and one to ask about");
  CHECK_THROWS_WITH(stratified_split({1, 1}, 0, 1),
                    "split: the share that is held out must lie between 0 and 1, got 0");
  CHECK_THROWS_WITH(stratified_split({1, 1}, 1, 1),
                    "split: the share that is held out must lie between 0 and 1, got 1");
}
