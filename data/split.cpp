#include "data/split.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "tensor/error.h"
#include "tensor/factories.h"
#include "tensor/random.h"

namespace helder {

Split stratified_split(const std::vector<int64_t>& labels, double share, uint64_t seed) {
  check(share > 0 && share < 1, "split: the share that is held out must lie between 0 and 1, got {}", share);
  std::map<int64_t, std::vector<int64_t>> members;
  for (size_t i = 0; i < labels.size(); ++i) {
    members[labels[i]].push_back(static_cast<int64_t>(i));
  }
  Split split;
  for (const auto& [label, indices] : members) {
    const auto count = static_cast<int64_t>(indices.size());
    check(count >= 2, "split: class {} has one member; it takes one to learn from and one to ask about",
          label);
    const auto wanted = static_cast<int64_t>(std::llround(share * static_cast<double>(count)));
    const int64_t held_out = std::clamp<int64_t>(wanted, 1, count - 1);
    const auto words = philox4x32(seed, static_cast<uint64_t>(label));
    Generator generator((uint64_t{words[0]} << 32) | words[1]);
    const std::vector<int64_t> order = randperm(count, generator).to_vector<int64_t>();
    for (int64_t i = 0; i < count; ++i) {
      std::vector<int64_t>& side = i < held_out ? split.held_out : split.train;
      side.push_back(indices[static_cast<size_t>(order[static_cast<size_t>(i)])]);
    }
  }
  std::sort(split.train.begin(), split.train.end());
  std::sort(split.held_out.begin(), split.held_out.end());
  return split;
}

}  // namespace helder
