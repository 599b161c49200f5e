#pragma once

#include "kernels/conv2d/conv2d.h"

/// Convolutions of 1 x 1: matrix products of the weights [O, C] and each picture [C, pixels] as it is. With a
/// stride, the pixels that are seen are gathered first. The arguments are those of kernels/conv2d/conv2d.h.
namespace helder::kernels::pointwise {

/// Whether g is such a convolution: 1 x 1, no padding, one group.
bool applies(const Conv2dGeometry& g);

template <class T>
void forward(const Conv2dGeometry& g, const T* x, const T* w, const Epilogue<T>& end, T* y);

/// dx [C, pixels] = w^T [C, O] dy [O, pixels] (+ b), spread over the pixels that were seen.
template <class T>
void backward_input(const Conv2dGeometry& g, const T* w, const T* dy, T* dx, const T* b);

}  // namespace helder::kernels::pointwise
