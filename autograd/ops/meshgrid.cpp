#include "autograd/ops/meshgrid.h"

#include "autograd/ops/expand.h"
#include "autograd/ops/reshape.h"
#include "autograd/ops/transpose.h"

namespace helder {

std::vector<Tensor> meshgrid(const std::vector<Tensor>& tensors, std::string_view indexing) {
  check(!tensors.empty(), "meshgrid: expected at least one tensor");
  check(indexing == "ij" || indexing == "xy", "meshgrid: indexing must be \"ij\" or \"xy\", got \"{}\"",
        indexing);
  Shape shape;
  for (size_t i = 0; i < tensors.size(); ++i) {
    const Tensor& x = tensors[i];
    check(x.rank() <= 1, "meshgrid: tensor {} must have one dimension, got {}", i, x.shape());
    check(x.dtype() == tensors[0].dtype(), "meshgrid: tensor {} is {} but the first is {}", i,
          name_of(x.dtype()), name_of(tensors[0].dtype()));
    shape.push_back(x.numel());
  }
  std::vector<Tensor> grids;
  for (int i = 0; i < shape.rank(); ++i) {
    Shape alone;
    for (int d = 0; d < shape.rank(); ++d) {
      alone.push_back(d == i ? shape[d] : 1);
    }
    const Tensor grid = expand(reshape(tensors[static_cast<size_t>(i)], alone), shape);
    grids.push_back(indexing == "xy" && shape.rank() > 1 ? transpose(grid, 0, 1) : grid);
  }
  return grids;
}

}  // namespace helder
