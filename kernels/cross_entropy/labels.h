#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace helder::kernels {

/// What a glance at the class labels of a loss finds.
struct LabelScan {
  double counted = 0;  ///< labels that are not `ignore_index`, or the sum of their classes' weights
  int64_t first_bad =
      -1;  ///< position of the first that is neither that nor in [0, classes); -1 when all are
};

/// label [n]; weight [classes] or null.
LabelScan scan_labels_cpu(int64_t n, const int64_t* label, int64_t classes, int64_t ignore_index,
                          const double* weight);
LabelScan scan_labels_cuda(int64_t n, const int64_t* label, int64_t classes, int64_t ignore_index,
                           const double* weight);

/// The check of labels in a graph that is being captured, which finds out only when it is replayed: whoever
/// waits for the GPU after that throws `message(position, label)`. An ignored label counts as wrong, since a
/// mean over the others would have to know their number now. safe [n] becomes the labels, with 0 for those
/// that are wrong.
void defer_label_check_cuda(int64_t n, const int64_t* label, int64_t classes, int64_t* safe,
                            std::function<std::string(int64_t position, int64_t label)> message);

}  // namespace helder::kernels
