#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "layers/module.h"

namespace helder {

struct ReportOptions {
  std::string title = "model";
  std::span<const std::string_view> classes = {};  ///< names of the outputs
  Tensor picture = {};                 ///< what the input shows, [3,H,W] uint8; absent: from the input
  std::string watch = "*";             ///< the modules whose tensors are in it, by dotted name or pattern
  bool backward = false;               ///< with a backward pass of the cross entropy, and its gradients
  std::optional<int64_t> target = {};  ///< the label of that; by default the likeliest class
  int64_t attributed_classes = 3;      ///< of the likeliest, those that heat maps are made for
  int64_t exact_bytes = 10200000;      ///< of text for tensors that can be calculated with
  int64_t picture_elements = 3000000;  ///< of those that can only be looked at
};

/// One self-contained HTML page about what a classifier does with one picture x [1,C,H,W]: the modules and
/// ops and how they are connected; each one's cost, statistics, feature maps, weights and gradients;
/// attention; where in the picture classes are seen; and for an element that is pointed at, the products that
/// it is the sum of. Of a Darknet, the boxes that it finds: a class's score is that of its surest box
/// (inspect/box_scores.h). The model is called in eval mode; its mode and gradients are as before.
/// docs/inspect.md says what to look for.
std::string report_html(Module& model, const Tensor& x, const ReportOptions& options = {});
void write_report_html(const std::filesystem::path& path, Module& model, const Tensor& x,
                       const ReportOptions& options = {});

}  // namespace helder
