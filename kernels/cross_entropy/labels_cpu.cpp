#include "kernels/cross_entropy/labels.h"

namespace helder::kernels {

LabelScan scan_labels_cpu(int64_t n, const int64_t* label, int64_t classes, int64_t ignore_index,
                          const double* weight) {
  LabelScan scan;
  for (int64_t i = 0; i < n; ++i) {
    const bool ignored = label[i] == ignore_index;
    if (!ignored && (label[i] < 0 || label[i] >= classes)) {
      scan.first_bad = i;
      return scan;
    }
    if (!ignored) {
      scan.counted += weight == nullptr ? 1 : weight[label[i]];
    }
  }
  return scan;
}

}  // namespace helder::kernels
