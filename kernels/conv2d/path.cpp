#include "kernels/conv2d/path.h"

#include <algorithm>

#include "kernels/conv2d/depthwise/depthwise.h"
#include "kernels/conv2d/pointwise/pointwise.h"
#include "kernels/conv2d/winograd/winograd.h"

namespace helder::kernels {

// Medians on 2 cores with AVX-512, milliseconds, 3 x 3 with padding 1, C -> O channels at W x W pixels:
//
//                          forward                weight's gradient
//                     Winograd  implicit         Winograd  implicit
//   N=16   8->16@56      0.44      0.41             0.65      0.54
//   N=16  16->16@56      0.59      0.78             0.65      1.02
//   N=16  64->8@56       2.13      1.71             1.36      4.11
//   N=16  16->64@28      0.36      0.74             0.47      0.72
//   N=16  32->32@7       0.05      0.09             0.07      0.09
//   N=1   32->32@56      0.12      0.20             0.14      0.37
//   N=1   32->32@14      0.02      0.03             0.037     0.028
//   N=32  64->64@56      8.4      25                10        31
//   N=32 512->512@7      8.8      28                12        29
//
// So a transform pays when it is shared by some 12 channels on the other side; and the sum over tiles of the
// weight's gradient, when there are some tiles to sum. Depthwise, N=1 of 144@56: 0.09 against 0.19 by 144
// matrix products. 1 x 1 by its own way, on one core, N=1 of 512 -> 2048 @ 7: 0.78 against 2.54; of 1024 ->
// 256 @ 14: 0.63 against 1.15.
Conv2dPath conv2d_path(const Conv2dGeometry& g, Conv2dPass pass, size_t bytes) {
  if (pass == Conv2dPass::BackwardInput ? depthwise::input_gradient_applies(g) : depthwise::applies(g)) {
    return Conv2dPath::Depthwise;
  }
  if (bytes == 4 && winograd::applies(g) && std::min(g.C, g.O) >= 12) {  // float64 is for accuracy
    const int64_t tiles = g.N * ((g.OH() + 3) / 4) * ((g.OW() + 3) / 4);
    if (pass != Conv2dPass::BackwardWeight || tiles >= 32) {
      return Conv2dPath::Winograd;
    }
  }
  if (pass != Conv2dPass::BackwardWeight && pointwise::applies(g)) {
    return Conv2dPath::Pointwise;
  }
  return Conv2dPath::Implicit;
}

}  // namespace helder::kernels
