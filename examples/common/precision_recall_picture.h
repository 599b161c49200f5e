#pragma once

#include <string>
#include <utility>
#include <vector>

#include "tensor/tensor.h"
#include "vision/detection_metrics.h"

namespace helder {

/// Precision over recall, both from 0 to 1, a curve for each class with its name: a picture [3,420,560] of
/// uint8. Drawn is the best precision at each recall or a higher one, whose mean is the average precision.
Tensor precision_recall_picture(const std::vector<std::pair<std::string, PrecisionRecall>>& curves);

}  // namespace helder
