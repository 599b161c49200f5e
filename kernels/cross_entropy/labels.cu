#include "kernels/cross_entropy/labels.h"

#include "kernels/cuda/deferred_check.h"
#include "kernels/cuda/find_first.cuh"

namespace helder::kernels {
namespace {

struct IsBad {
  const int64_t* label;
  int64_t classes, ignored;
  __device__ bool operator()(int64_t i) const {
    return label[i] != ignored && (label[i] < 0 || label[i] >= classes);
  }
};

// counted[block] = how many of the labels that the block met with are not ignored, or the sum of their
// weights.
__global__ void __launch_bounds__(kBlockThreads)
    count_labels(int64_t n, const int64_t* label, int64_t ignored, const double* weight, double* counted) {
  double count = 0;
  for (int64_t i = grid_thread(); i < n; i += grid_threads()) {
    if (label[i] != ignored) {
      count += weight ? weight[label[i]] : 1.0;
    }
  }
  count = block_sum(count);
  if (threadIdx.x == 0) {
    counted[blockIdx.x] = count;
  }
}

// safe = label, or 0 where that is not in [0, classes). The first of those goes to *finding, unless one is
// there already. Of one block.
__global__ void __launch_bounds__(kBlockThreads)
    check_labels(int64_t n, const int64_t* label, int64_t classes, int64_t* safe, Finding* finding) {
  int64_t first = n;
  for (int64_t i = threadIdx.x; i < n; i += blockDim.x) {
    const bool good = label[i] >= 0 && label[i] < classes;
    safe[i] = good ? label[i] : 0;
    first = good ? first : min(first, i);
  }
  first = block_reduce(Smaller{}, first, n);
  if (threadIdx.x == 0 && first < n && finding->position < 0) {
    finding->value = label[first];
    finding->position = first;
  }
}

}  // namespace

LabelScan scan_labels_cuda(int64_t n, const int64_t* label, int64_t classes, int64_t ignore_index,
                           const double* weight) {
  LabelScan scan;
  scan.first_bad = find_first_cuda(n, IsBad{label, classes, ignore_index});
  if (scan.first_bad >= 0) {
    return scan;
  }
  Launch grid = grid_for(n);
  grid.grid.x = std::min(256u, grid.grid.x);
  const CudaWorkspace<double> counted(grid.grid.x);
  launch<count_labels>(grid, n, label, ignore_index, weight, counted.data());
  std::vector<double> of_block(grid.grid.x);
  cuda::copy_to_cpu(of_block.data(), counted.data(), of_block.size() * sizeof(double));
  for (const double count : of_block) {
    scan.counted += count;
  }
  return scan;
}

void defer_label_check_cuda(int64_t n, const int64_t* label, int64_t classes, int64_t* safe,
                            std::function<std::string(int64_t position, int64_t label)> message) {
  Finding* finding = defer_check(
      [message = std::move(message)](const Finding& found) { return message(found.position, found.value); });
  launch<check_labels>({.grid = 1, .block = kBlockThreads}, n, label, classes, safe, finding);
}

}  // namespace helder::kernels
