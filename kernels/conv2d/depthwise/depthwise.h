#pragma once

#include "kernels/conv2d/conv2d.h"

/// Depthwise convolutions, in which each output channel sees one input channel: nothing to sum over channels,
/// so nothing that a matrix product could reuse. Each plane is convolved by itself; what is reused is the row
/// of the picture that was just loaded, by all the output rows that see it, whose sums stay in registers.
namespace helder::kernels::depthwise {

/// Whether g is depthwise, with a square kernel of 3, 5 or 7, stride 1 or 2 (the same both ways) and
/// dilation 1.
bool applies(const Conv2dGeometry& g);

/// Whether the input's gradient is such a convolution of dy again: with one output channel a group, and
/// stride 1.
bool input_gradient_applies(const Conv2dGeometry& g);

template <class T>
void forward(const Conv2dGeometry& g, const T* x, const T* w, const Epilogue<T>& end, T* y);

template <class T>
void backward_input(const Conv2dGeometry& g, const T* w, const T* dy, T* dx, const T* b);

template <class T>
void backward_weight(const Conv2dGeometry& g, const T* x, const T* dy, T* dw);

/// The same on the GPU, for all in which an output channel sees one input channel, groups or not.
bool applies_cuda(const Conv2dGeometry& g);

template <class T>
void forward_cuda(const Conv2dGeometry& g, const T* x, const T* w, const Epilogue<T>& end, T* y);

template <class T>
void backward_input_cuda(const Conv2dGeometry& g, const T* w, const T* dy, T* dx, const T* b);

template <class T>
void backward_weight_cuda(const Conv2dGeometry& g, const T* x, const T* dy, T* dw);

}  // namespace helder::kernels::depthwise
