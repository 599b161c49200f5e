#pragma once

#include <nlohmann/json.hpp>
#include <span>
#include <string>

#include "inspect/box_scores.h"

namespace helder {

/// What a detector finds in x [1,C,H,W], the surest first: {class, name, confidence, box: its corners as
/// shares of the picture}.
nlohmann::json found_boxes_json(BoxScores& detector, const Tensor& x,
                                std::span<const std::string_view> classes);

/// How the score of each class came about, for explainers.box_score of inspect/report/explain.js.
nlohmann::json explain_box_scores(BoxScores& detector, const Tensor& x);

}  // namespace helder
