#pragma once

// Changing part of a tensor with a kernel that wants it contiguous. Private to autograd/ops/.

#include "tensor/copy.h"

namespace helder {

/// Has `write` change a contiguous tensor that holds what `view` shows, and then `view` shows the change.
template <class Write>
void write_through(const Tensor& view, Write&& write) {
  const Tensor part = contiguous_copy(view);
  write(part);
  if (!view.is_contiguous()) {
    copy_elements(view, part);
  }
}

}  // namespace helder
