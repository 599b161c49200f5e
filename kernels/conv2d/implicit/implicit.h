#pragma once

#include "kernels/conv2d/conv2d.h"

/// Convolutions of any geometry as matrix products whose column matrix (im2col) nobody writes down. The
/// arguments are those of kernels/conv2d/conv2d.h.
namespace helder::kernels::implicit {

template <class T>
void forward(const Conv2dGeometry& g, const T* x, const T* w, const Epilogue<T>& end, T* y);

template <class T>
void backward_input(const Conv2dGeometry& g, const T* w, const T* dy, T* dx, const T* b);

template <class T>
void backward_weight(const Conv2dGeometry& g, const T* x, const T* dy, T* dw);

}  // namespace helder::kernels::implicit
