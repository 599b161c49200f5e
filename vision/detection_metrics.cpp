#include "vision/detection_metrics.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <tuple>

namespace helder {
namespace {

constexpr size_t kThresholds = 10, kRecalls = 101, kMostDetections = 100;

struct AreaRange {
  double low, high;
};
constexpr std::array<AreaRange, 4> kAreas = {AreaRange{0, 1e10}, AreaRange{0, 32 * 32},
                                             AreaRange{32 * 32, 96 * 96}, AreaRange{96 * 96, 1e10}};

double area_of(const std::array<double, 4>& box) { return box[2] * box[3]; }

// Intersection over union; over the detection's area for a crowd.
double overlap(const std::array<double, 4>& found, const std::array<double, 4>& truth, bool crowd) {
  const double w = std::min(found[0] + found[2], truth[0] + truth[2]) - std::max(found[0], truth[0]);
  const double h = std::min(found[1] + found[3], truth[1] + truth[3]) - std::max(found[1], truth[1]);
  if (w <= 0 || h <= 0) {
    return 0;
  }
  const double both = w * h;
  return both / (crowd ? area_of(found) : area_of(found) + area_of(truth) - both);
}

// The boxes of one class in one picture.
struct Picture {
  std::vector<const TruthBox*> truth;
  std::vector<const DetectedBox*> found;  // the surest first
};
using Pictures = std::map<int64_t, Picture>;

std::map<int64_t, Pictures> by_class(std::span<const TruthBox> truth, std::span<const DetectedBox> found) {
  std::map<int64_t, Pictures> classes;
  for (const TruthBox& box : truth) {
    classes[box.category][box.image].truth.push_back(&box);
  }
  for (const DetectedBox& box : found) {
    classes[box.category][box.image].found.push_back(&box);
  }
  for (auto& [category, pictures] : classes) {
    for (auto& [image, picture] : pictures) {
      std::stable_sort(picture.found.begin(), picture.found.end(),
                       [](const DetectedBox* a, const DetectedBox* b) { return a->score > b->score; });
      picture.found.resize(std::min(picture.found.size(), kMostDetections));
    }
  }
  return classes;
}

// What became of a detection.
struct Outcome {
  double score;
  size_t rank;  // within its picture
  bool right, ignored;
};

// Matches a picture's detections, the surest first, each with the truth that it overlaps most. Gives how many
// boxes of the truth count.
int64_t match(const Picture& picture, double threshold, const AreaRange& area,
              std::vector<Outcome>& outcomes) {
  const auto outside = [&](double size) { return size < area.low || size > area.high; };
  std::vector<const TruthBox*> truth = picture.truth;
  const auto ignored = [&](const TruthBox* box) { return box->crowd || outside(box->area); };
  std::stable_partition(truth.begin(), truth.end(), [&](const TruthBox* box) { return !ignored(box); });
  std::vector<bool> taken(truth.size());
  for (size_t rank = 0; rank < picture.found.size(); ++rank) {
    const DetectedBox& found = *picture.found[rank];
    double best = std::min(threshold, 1 - 1e-10);
    size_t matched = truth.size();
    for (size_t i = 0; i < truth.size(); ++i) {
      if (taken[i] && !truth[i]->crowd) {
        continue;
      }
      if (matched < truth.size() && !ignored(truth[matched]) && ignored(truth[i])) {
        break;  // one that counts is better than any that does not
      }
      const double iou = overlap(found.box_xywh, truth[i]->box_xywh, truth[i]->crowd);
      if (iou >= best) {  // of equal ones the last
        best = iou;
        matched = i;
      }
    }
    const bool has_match = matched < truth.size();
    if (has_match) {
      taken[matched] = true;
    }
    outcomes.push_back({found.score, rank, has_match,
                        has_match ? ignored(truth[matched]) : outside(area_of(found.box_xywh))});
  }
  return std::count_if(truth.begin(), truth.end(), [&](const TruthBox* box) { return !ignored(box); });
}

// Precision and recall of outcomes in the order of the pictures, each of which counts its first `most`.
PrecisionRecall curve_of(std::vector<Outcome> outcomes, int64_t truth, size_t most) {
  PrecisionRecall curve;
  curve.truth = truth;
  if (truth == 0) {
    return curve;
  }
  std::erase_if(outcomes, [&](const Outcome& o) { return o.rank >= most; });
  std::stable_sort(outcomes.begin(), outcomes.end(),
                   [](const Outcome& a, const Outcome& b) { return a.score > b.score; });
  double right = 0, wrong = 0;
  for (const Outcome& o : outcomes) {
    right += o.right && !o.ignored ? 1 : 0;
    wrong += !o.right && !o.ignored ? 1 : 0;
    curve.score.push_back(o.score);
    curve.recall.push_back(right / static_cast<double>(truth));
    curve.precision.push_back(right / (right + wrong + std::numeric_limits<double>::epsilon()));
  }
  // The mean over 101 recalls of the best precision at that recall or a higher one.
  std::vector<double> best = curve.precision;
  for (size_t i = best.size(); i-- > 1;) {
    best[i - 1] = std::max(best[i - 1], best[i]);
  }
  double sum = 0;
  for (size_t i = 0; i < kRecalls; ++i) {
    const double recall = i + 1 == kRecalls ? 1 : static_cast<double>(i) * 0.01;
    const auto at = std::lower_bound(curve.recall.begin(), curve.recall.end(), recall);
    sum += at == curve.recall.end() ? 0 : best[static_cast<size_t>(at - curve.recall.begin())];
  }
  curve.average_precision = sum / static_cast<double>(kRecalls);
  return curve;
}

/// A mean that is -1 of nothing.
struct Mean {
  double sum = 0;
  int64_t count = 0;
  void add(double value) {
    sum += value;
    ++count;
  }
  double value() const { return count == 0 ? -1 : sum / static_cast<double>(count); }
};

}  // namespace

double PrecisionRecall::f1(size_t step) const {
  const double both = precision[step] + recall[step];
  return both > 0 ? 2 * precision[step] * recall[step] / both : 0;
}

size_t PrecisionRecall::best_step() const {
  size_t best = score.size();
  for (size_t i = 0; i < score.size(); ++i) {
    best = best == score.size() || f1(i) > f1(best) ? i : best;
  }
  return best;
}

PrecisionRecall precision_recall(std::span<const TruthBox> truth, std::span<const DetectedBox> found,
                                 int64_t category, double iou_threshold) {
  const auto classes = by_class(truth, found);
  std::vector<Outcome> outcomes;
  int64_t count = 0;
  if (const auto pictures = classes.find(category); pictures != classes.end()) {
    for (const auto& [image, picture] : pictures->second) {
      count += match(picture, iou_threshold, kAreas[0], outcomes);
    }
  }
  return curve_of(std::move(outcomes), count, kMostDetections);
}

CocoMetrics coco_metrics(std::span<const TruthBox> truth, std::span<const DetectedBox> found) {
  constexpr std::array<size_t, 3> kMost = {1, 10, kMostDetections};
  std::array<Mean, 4> precision, recall;  // of each area
  std::array<Mean, 3> recall_of_most;
  Mean at50, at75;
  CocoMetrics result;
  for (const auto& [category, pictures] : by_class(truth, found)) {
    Mean precision_of_class;
    for (size_t a = 0; a < kAreas.size(); ++a) {
      for (size_t t = 0; t < kThresholds; ++t) {
        const double threshold =
            t + 1 == kThresholds ? 0.95 : 0.5 + static_cast<double>(t) * ((0.95 - 0.5) / 9);
        std::vector<Outcome> outcomes;
        int64_t count = 0;
        for (const auto& [image, picture] : pictures) {
          count += match(picture, threshold, kAreas[a], outcomes);
        }
        if (count == 0) {
          continue;
        }
        for (size_t m = 0; m < kMost.size(); ++m) {
          if (kMost[m] != kMostDetections && a != 0) {
            continue;
          }
          const PrecisionRecall curve = curve_of(outcomes, count, kMost[m]);
          const double reached = curve.recall.empty() ? 0 : curve.recall.back();
          if (a == 0) {
            recall_of_most[m].add(reached);
          }
          if (kMost[m] != kMostDetections) {
            continue;
          }
          recall[a].add(reached);
          precision[a].add(curve.average_precision);
          if (a == 0) {
            precision_of_class.add(curve.average_precision);
            if (t == 0) {
              at50.add(curve.average_precision);
              result.ap50_of[category] = curve.average_precision;
            } else if (t == 5) {
              at75.add(curve.average_precision);
            }
          }
        }
      }
    }
    if (precision_of_class.count > 0) {
      result.ap_of[category] = precision_of_class.value();
    }
  }
  result.ap = precision[0].value();
  result.ap50 = at50.value();
  result.ap75 = at75.value();
  result.ap_small = precision[1].value();
  result.ap_medium = precision[2].value();
  result.ap_large = precision[3].value();
  result.ar1 = recall_of_most[0].value();
  result.ar10 = recall_of_most[1].value();
  result.ar100 = recall_of_most[2].value();
  result.ar_small = recall[1].value();
  result.ar_medium = recall[2].value();
  result.ar_large = recall[3].value();
  return result;
}

DetectionConfusion detection_confusion(std::span<const TruthBox> truth, std::span<const DetectedBox> found,
                                       double confidence, double iou_threshold) {
  struct Boxes {
    std::vector<const TruthBox*> truth;
    std::vector<const DetectedBox*> found;
  };
  std::map<int64_t, Boxes> pictures;
  std::map<int64_t, size_t> rows;
  for (const TruthBox& box : truth) {
    rows[box.category];
    if (!box.crowd) {
      pictures[box.image].truth.push_back(&box);
    }
  }
  for (const DetectedBox& box : found) {
    rows[box.category];
    if (box.score >= confidence) {
      pictures[box.image].found.push_back(&box);
    }
  }
  DetectionConfusion result;
  for (auto& [category, row] : rows) {
    row = result.categories.size();
    result.categories.push_back(category);
  }
  const size_t none = rows.size();
  result.counts.assign(none + 1, std::vector<int64_t>(none + 1, 0));
  for (const auto& [image, boxes] : pictures) {
    std::vector<std::tuple<double, size_t, size_t>> pairs;  // -overlap, truth, found
    for (size_t t = 0; t < boxes.truth.size(); ++t) {
      for (size_t f = 0; f < boxes.found.size(); ++f) {
        const double iou = overlap(boxes.found[f]->box_xywh, boxes.truth[t]->box_xywh, false);
        if (iou > iou_threshold) {
          pairs.emplace_back(-iou, t, f);
        }
      }
    }
    std::sort(pairs.begin(), pairs.end());
    std::set<size_t> truth_left, found_left;
    for (size_t t = 0; t < boxes.truth.size(); ++t) {
      truth_left.insert(t);
    }
    for (size_t f = 0; f < boxes.found.size(); ++f) {
      found_left.insert(f);
    }
    for (const auto& [distance, t, f] : pairs) {
      if (truth_left.count(t) > 0 && found_left.count(f) > 0) {
        ++result.counts[rows.at(boxes.truth[t]->category)][rows.at(boxes.found[f]->category)];
        truth_left.erase(t);
        found_left.erase(f);
      }
    }
    for (const size_t t : truth_left) {
      ++result.counts[rows.at(boxes.truth[t]->category)][none];
    }
    for (const size_t f : found_left) {
      ++result.counts[none][rows.at(boxes.found[f]->category)];
    }
  }
  return result;
}

}  // namespace helder
