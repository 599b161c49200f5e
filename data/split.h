#pragma once

#include <cstdint>
#include <vector>

namespace helder {

/// Indices of what is learned from, and of what is put aside to be asked about afterwards. Both ascend.
struct Split {
  std::vector<int64_t> train;
  std::vector<int64_t> held_out;
};

/// Puts `share` (above 0, below 1) of each class aside, rounded, but at least one and not all. Which ones, is
/// drawn by `seed`, a class at a time: the others do not matter. Throws where a class has a single member.
///
/// @param labels of each index; any numbers
Split stratified_split(const std::vector<int64_t>& labels, double share, uint64_t seed);

}  // namespace helder
