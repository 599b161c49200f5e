#pragma once

#include "kernels/pool2d/pool2d.h"

namespace helder::kernels {

/// columns[p, t, l] = the element of plane p of x [planes, in_h, in_w] that tap t = a kernel_w + b of the
/// window l = r out_w + c sees (`Pool2dGeometry` says where that is), or 0 for padding: im2col. columns is
/// [planes, taps, out_h out_w].
template <class T>
void unfold_cpu(const Pool2dGeometry& g, const T* x, T* columns);
template <class T>
void unfold_cuda(const Pool2dGeometry& g, const T* x, T* columns);

/// x = the sum of all columns[p, t, l] at the places that unfold read them from: col2im, the transpose.
template <class T>
void fold_cpu(const Pool2dGeometry& g, const T* columns, T* x);
template <class T>
void fold_cuda(const Pool2dGeometry& g, const T* columns, T* x);

}  // namespace helder::kernels
