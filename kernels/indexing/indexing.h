#pragma once

#include <cstdint>

namespace helder {
class Shape;
}

namespace helder::kernels {

/// One dimension of a contiguous tensor is indexed: x is [outer, size, inner], y is [outer, count, inner].
struct IndexGeometry {
  int64_t outer = 0;
  int64_t size = 0;
  int64_t count = 0;
  int64_t inner = 0;
};

IndexGeometry index_geometry(const Shape& x, int dim, int64_t count);

/// Throws, naming `operation`, the index and its position, unless all of index[0..n) lie in [0, size).
void check_indices(const char* operation, const int64_t* index, int64_t n, int64_t size);
[[noreturn]] void fail_index(const char* operation, int64_t index, int64_t position, int64_t size);

/// The first position in index[0..n) whose index is outside [low, high), or -1. Waits for the GPU.
int64_t first_outside_cuda(int64_t n, int64_t low, int64_t high, const int64_t* index);

/// For indices with several dimensions: positions[k] = positions[k] size + index[k], where a negative index
/// counts from the end. Returns the first k whose index is outside [-size, size), or -1.
int64_t append_index_cpu(int64_t count, int64_t size, const int64_t* index, int64_t* positions);
int64_t append_index_cuda(int64_t count, int64_t size, const int64_t* index, int64_t* positions);

// What is moved or added below. Reading and writing come in pairs, each the transpose of the other: the
// gradient of index_select is index_add, that of gather is gather_add, and the other way round. Where several
// indices name one element, the writes happen in the order of j, whatever the number of threads, on the GPU
// too: the results have the same bits. Indices are in range; see check_indices.

/// y[o, j, i] = x[o, index[j], i];  index is [count].
template <class T>
void index_select_cpu(const IndexGeometry& g, const int64_t* index, const T* x, T* y);
template <class T>
void index_select_cuda(const IndexGeometry& g, const int64_t* index, const T* x, T* y);

/// dx[o, index[j], i] += dy[o, j, i].
template <class T>
void index_add_cpu(const IndexGeometry& g, const int64_t* index, const T* dy, T* dx);
template <class T>
void index_add_cuda(const IndexGeometry& g, const int64_t* index, const T* dy, T* dx);

/// y[o, index[j], i] = x[o, j, i]: of equal indices the last one wins.
template <class T>
void index_assign_cpu(const IndexGeometry& g, const int64_t* index, const T* x, T* y);
template <class T>
void index_assign_cuda(const IndexGeometry& g, const int64_t* index, const T* x, T* y);

/// y[o, j, i] = x[o, index[o, j, i], i];  index is [outer, count, inner].
template <class T>
void gather_cpu(const IndexGeometry& g, const int64_t* index, const T* x, T* y);
template <class T>
void gather_cuda(const IndexGeometry& g, const int64_t* index, const T* x, T* y);

/// dx[o, index[o, j, i], i] += dy[o, j, i].
template <class T>
void gather_add_cpu(const IndexGeometry& g, const int64_t* index, const T* dy, T* dx);
template <class T>
void gather_add_cuda(const IndexGeometry& g, const int64_t* index, const T* dy, T* dx);

/// y[o, index[o, j, i], i] = x[o, j, i]: of equal indices the last one wins.
template <class T>
void scatter_cpu(const IndexGeometry& g, const int64_t* index, const T* x, T* y);
template <class T>
void scatter_cuda(const IndexGeometry& g, const int64_t* index, const T* x, T* y);

}  // namespace helder::kernels
