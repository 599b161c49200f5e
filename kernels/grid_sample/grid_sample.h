#pragma once

#include <cstdint>

namespace helder::kernels {

enum class GridMode { Bilinear, Nearest, Bicubic };
enum class GridPadding { Zeros, Border, Reflection };

/// x [N, C, H, W]   grid [N, OH, OW, 2]   y [N, C, OH, OW]      all contiguous
struct GridSampleGeometry {
  int64_t N, C, H, W;
  int64_t OH, OW;
  GridMode mode = GridMode::Bilinear;
  GridPadding padding = GridPadding::Zeros;
  bool align_corners = false;

  constexpr int64_t in_size() const { return H * W; }
  constexpr int64_t out_size() const { return OH * OW; }
};

// A grid's entry (gx, gy) names a place in the image: (-1, -1) is its upper left corner, (1, 1) the lower
// right one; the corner pixel's centre with align_corners, else its outer corner. In pixels:
//
//   u = (gx + 1) / 2 (W - 1)      or  ((gx + 1) W - 1) / 2,      v likewise with H
//
// With a few pixels (j, i) around the place, and a weight for each axis (kernels/grid_sample/taps.h):
//
//   y[n,c,p] = sum over i, j of  b_i(v) a_j(u) x[n,c,i,j]

template <class T>
void grid_sample_forward_cpu(const GridSampleGeometry& g, const T* x, const T* grid, T* y);
template <class T>
void grid_sample_forward_cuda(const GridSampleGeometry& g, const T* x, const T* grid, T* y);

/// dx[n,c,i,j] = sum over the places p that see the pixel of  b_i(v) a_j(u) dy[n,c,p].
template <class T>
void grid_sample_backward_input_cpu(const GridSampleGeometry& g, const T* grid, const T* dy, T* dx);
/// Its sums are in no particular order.
template <class T>
void grid_sample_backward_input_cuda(const GridSampleGeometry& g, const T* grid, const T* dy, T* dx);

/// dgx[n,p] = du/dgx  sum over c, i, j of  b_i(v) a_j'(u) x[n,c,i,j] dy[n,c,p],  and likewise dgy.
template <class T>
void grid_sample_backward_grid_cpu(const GridSampleGeometry& g, const T* x, const T* grid, const T* dy,
                                   T* dgrid);
template <class T>
void grid_sample_backward_grid_cuda(const GridSampleGeometry& g, const T* x, const T* grid, const T* dy,
                                    T* dgrid);

}  // namespace helder::kernels
