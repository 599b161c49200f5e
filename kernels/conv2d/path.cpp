#include "kernels/conv2d/path.h"

#include "kernels/conv2d/depthwise/depthwise.h"
#include "kernels/conv2d/winograd/winograd.h"

namespace helder::kernels {

Conv2dPath conv2d_path(const Conv2dGeometry& g, Conv2dPass pass, size_t bytes) {
  if (pass == Conv2dPass::BackwardInput ? depthwise::input_gradient_applies(g) : depthwise::applies(g)) {
    return Conv2dPath::Depthwise;
  }
  if (bytes == 4 && winograd::applies(g) && g.C >= 16 && g.O >= 16) {
    return Conv2dPath::Winograd;
  }
  return Conv2dPath::Implicit;
}

}  // namespace helder::kernels
