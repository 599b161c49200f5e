#pragma once

#include <cstdint>
#include <vector>

#include "kernels/indexing/indexing.h"

namespace helder::kernels {

/// index[o, :, i] = the g.count positions k at which x[o, k, i] is first in order, for x [outer, size, inner]
/// and index [outer, count, inner]; count <= size, and count = size sorts everything.
///
/// NaN is the largest number, as in PyTorch; of equal elements the one with the lower position comes first,
/// for either order. With `by_position` the chosen positions come in rising order instead.
struct SortOrder {
  bool descending = false;
  bool by_position = false;
};
template <class T>
void first_in_order_cpu(const IndexGeometry& g, const SortOrder& order, const T* x, int64_t* index);
template <class T>
void first_in_order_cuda(const IndexGeometry& g, const SortOrder& order, const T* x, int64_t* index);

/// The j at which x[order[j]] differs from its predecessor, and n at the end. A NaN differs from every
/// number, and from other NaNs. x [n], sorted by `order` [n].
template <class T>
std::vector<int64_t> group_starts_cpu(int64_t n, const T* x, const int64_t* order);

/// starts[j] = whether x[order[j]] differs from its predecessor: the same as flags.
template <class T>
void group_starts_cuda(int64_t n, const T* x, const int64_t* order, bool* starts);

/// inverse[order[j]] = the group in which j is, for j < n = starts[groups].
void number_groups_cpu(int64_t groups, const int64_t* starts, const int64_t* order, int64_t* inverse);
void number_groups_cuda(int64_t n, int64_t groups, const int64_t* starts, const int64_t* order,
                        int64_t* inverse);

}  // namespace helder::kernels
