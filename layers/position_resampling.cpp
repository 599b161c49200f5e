#include "layers/position_resampling.h"

#include "autograd/ops/cat.h"
#include "autograd/ops/interpolate.h"
#include "autograd/ops/permute.h"
#include "autograd/ops/reshape.h"
#include "autograd/ops/slice.h"

namespace helder {

Tensor resample_positions(const Tensor& positions, Pair from, Pair to, int64_t prefix,
                          const PositionResampling& options) {
  check(positions.rank() == 3 && positions.size(0) == 1 && prefix >= 0 &&
            positions.size(1) == prefix + from.h * from.w,
        "resample_positions: expected [1,{},dim] for {} tokens and {}x{} patches, got {}",
        prefix + from.h * from.w, prefix, from.h, from.w, positions.shape());
  if (from == to) {
    return positions;
  }
  const int64_t dim = positions.size(2);
  InterpolateOptions how = {.mode = "bicubic", .antialias = options.antialias};
  if (options.offset == 0) {
    how.size = to;
  } else {
    const auto factor = [&](int64_t before, int64_t after) {
      return (static_cast<double>(after) + options.offset) / static_cast<double>(before);
    };
    how.scale_factor = {factor(from.h, to.h), factor(from.w, to.w)};
  }
  const Tensor grid = slice(positions, 1, prefix, {})         // [1, h w, dim]
                          .reshape({1, from.h, from.w, dim})  // as an image of dim channels
                          .permute({0, 3, 1, 2});
  const Tensor resampled = interpolate(grid, how);  // [1, dim, h', w']
  check(resampled.size(2) == to.h && resampled.size(3) == to.w,
        "resample_positions: an offset of {} makes {}x{} patches of {}x{}, not {}x{}", options.offset,
        resampled.size(2), resampled.size(3), from.h, from.w, to.h, to.w);
  const Tensor patches = resampled.permute({0, 2, 3, 1}).reshape({1, to.h * to.w, dim});
  return prefix > 0 ? cat({slice(positions, 1, 0, prefix), patches}, 1) : patches;
}

}  // namespace helder
