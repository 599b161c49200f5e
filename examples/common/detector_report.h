#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>

#include "data/detection_dataset.h"
#include "vision/detection_metrics.h"
#include "vision/found_boxes.h"

// What is shown of a detector that was trained.

namespace helder {

/// The means, and a line a class.
void print_metrics(const CocoMetrics& metrics, const std::vector<std::string>& classes);

/// The first `count` pictures of a dataset with what was found in them, 000.png and so on; small ones larger,
/// so that labels can be read. Makes the folder.
void draw_found(const std::filesystem::path& folder, const DetectionDataset& dataset,
                const std::vector<std::vector<FoundBox>>& found, int64_t count);

/// A page with curves over the epochs: objects with `epoch`, `losses` (by name), `map50` and `map`.
void write_detector_curves(const std::filesystem::path& path, const std::string& title,
                           const std::string& data, const nlohmann::json& epochs);

}  // namespace helder
