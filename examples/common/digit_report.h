#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "data/dataset.h"
#include "training/trainer.h"

// What a program shows of a trained digit classifier.

namespace helder {

void print_confusion(const Evaluation& evaluation);

/// Draws a few of the wrong answers, the most confident ones first, with what the network thought.
void print_mistakes(const Evaluation& evaluation, const ImageDataset& test);

/// Loss, accuracy and learning rate as one HTML page.
void write_curves(const std::filesystem::path& path, const std::string& title, const nlohmann::json& results,
                  const Trainer& trainer);

}  // namespace helder
