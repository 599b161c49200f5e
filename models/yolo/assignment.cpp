#include "models/yolo/assignment.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <tuple>

namespace helder {
namespace {

// The cell of a grid that a coordinate lies in, or -1.
int64_t cell_of(double coordinate, double stride, int64_t cells) {
  const double cell = std::floor(coordinate / stride);
  return cell >= 0 && cell < static_cast<double>(cells) ? static_cast<int64_t>(cell) : -1;
}

// The IoU of two boxes about one centre.
double shape_iou(const YoloBox& box, const DarknetYolo::Anchor& anchor) {
  const double both = std::min(box.width(), anchor.width) * std::min(box.height(), anchor.height);
  return both / (box.width() * box.height() + anchor.width * anchor.height - both);
}

}  // namespace

double iou(const YoloBox& a, const YoloBox& b) {
  const double width = std::min(a.right, b.right) - std::max(a.left, b.left);
  const double height = std::min(a.bottom, b.bottom) - std::max(a.top, b.top);
  if (width <= 0 || height <= 0) {
    return 0;
  }
  const double both = width * height;
  return both / (a.width() * a.height() + b.width() * b.height() - both);
}

std::vector<CellMatch> responsible_cells(std::span<const YoloTargets> pictures, int64_t rows, int64_t columns,
                                         double stride) {
  std::vector<CellMatch> matches;
  for (size_t picture = 0; picture < pictures.size(); ++picture) {
    std::set<std::pair<int64_t, int64_t>> taken;
    for (const YoloTarget& target : pictures[picture]) {
      const int64_t row = cell_of(target.box.centre_y(), stride, rows);
      const int64_t column = cell_of(target.box.centre_x(), stride, columns);
      if (row >= 0 && column >= 0 && taken.insert({row, column}).second) {
        matches.push_back({static_cast<int64_t>(picture), row, column, target});
      }
    }
  }
  return matches;
}

std::vector<AnchorMatch> best_anchors(std::span<const YoloTargets> pictures,
                                      std::span<const AnchorGrid> grids, double threshold) {
  std::vector<AnchorMatch> matches;
  for (size_t picture = 0; picture < pictures.size(); ++picture) {
    std::vector<AnchorMatch> best, others;
    for (const YoloTarget& target : pictures[picture]) {
      double best_iou = -1;
      AnchorMatch of_target;
      for (size_t g = 0; g < grids.size(); ++g) {
        const AnchorGrid& grid = grids[g];
        const int64_t row = cell_of(target.box.centre_y(), grid.stride, grid.rows);
        const int64_t column = cell_of(target.box.centre_x(), grid.stride, grid.columns);
        if (row < 0 || column < 0) {
          continue;
        }
        for (size_t a = 0; a < grid.anchors.size(); ++a) {
          const AnchorMatch match = {static_cast<int64_t>(picture), g, a, row, column, target};
          const double overlap = shape_iou(target.box, grid.anchors[a]);
          if (overlap > best_iou) {
            best_iou = overlap;
            of_target = match;
          }
          if (overlap > threshold) {
            others.push_back(match);
          }
        }
      }
      if (best_iou >= 0) {
        best.push_back(of_target);
      }
    }
    std::set<std::tuple<size_t, size_t, int64_t, int64_t>> taken;
    for (const std::vector<AnchorMatch>* some : {&best, &others}) {
      for (const AnchorMatch& match : *some) {
        if (taken.insert({match.grid, match.anchor, match.row, match.column}).second) {
          matches.push_back(match);
        }
      }
    }
  }
  return matches;
}

std::vector<AlignedMatch> task_aligned(const YoloTargets& targets, const YoloAnswers& answers,
                                       std::span<const YoloPoint> centres,
                                       const TaskAlignedOptions& options) {
  // The best cells of each thing. A cell keeps the thing that its box overlaps most.
  struct Claim {
    size_t thing = 0;
    double overlap = -1, alignment = 0;
  };
  std::vector<Claim> claims(centres.size());
  for (size_t thing = 0; thing < targets.size(); ++thing) {
    const auto& [box, label] = targets[thing];
    struct Candidate {
      size_t cell;
      double overlap, alignment;
    };
    std::vector<Candidate> candidates;
    for (size_t cell = 0; cell < centres.size(); ++cell) {
      const auto [x, y] = centres[cell];
      if (x > box.left && x < box.right && y > box.top && y < box.bottom) {
        const double u = iou(answers.boxes[cell], box);
        const double s =
            answers.scores[cell * static_cast<size_t>(answers.classes) + static_cast<size_t>(label)];
        candidates.push_back({cell, u, std::pow(s, options.alpha) * std::pow(u, options.beta)});
      }
    }
    std::stable_sort(candidates.begin(), candidates.end(),
                     [](const Candidate& a, const Candidate& b) { return a.alignment > b.alignment; });
    candidates.resize(std::min(candidates.size(), options.top_k));
    for (const auto& [cell, overlap, alignment] : candidates) {
      if (overlap > claims[cell].overlap) {
        claims[cell] = {thing, overlap, alignment};
      }
    }
  }
  // The highest overlap and alignment of each thing's cells, and with them the scores.
  std::vector<double> overlap(targets.size()), alignment(targets.size());
  for (const Claim& claim : claims) {
    if (claim.overlap >= 0) {
      overlap[claim.thing] = std::max(overlap[claim.thing], claim.overlap);
      alignment[claim.thing] = std::max(alignment[claim.thing], claim.alignment);
    }
  }
  constexpr double kTiny = 1e-9;
  std::vector<AlignedMatch> matches;
  for (size_t cell = 0; cell < claims.size(); ++cell) {
    const Claim& claim = claims[cell];
    if (claim.overlap >= 0) {
      matches.push_back({cell, targets[claim.thing],
                         claim.alignment * overlap[claim.thing] / (alignment[claim.thing] + kTiny)});
    }
  }
  return matches;
}

}  // namespace helder
