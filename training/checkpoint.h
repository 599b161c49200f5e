#pragma once

#include <filesystem>
#include <string>

#include "layers/module.h"

namespace helder {

/// Everything that training needs to go on as if it had never stopped. Stored as safetensors, which any tool
/// can open: the tensors `model.*`, `optimizer.*`, `schedule.*` and `average.*`, and the
/// rest as metadata.
struct Checkpoint {
  std::string architecture;  ///< what the program calls the model, such as `lenet`
  std::string recipe;        ///< JSON of the options that the numbers depend on
  std::string progress;      ///< JSON of what was measured so far
  StateDict model;
  std::string optimizer_name;
  StateDict optimizer;
  StateDict schedule;
  StateDict average;  ///< of the weights, where the run keeps one
  int64_t epoch = 0;  ///< finished epochs
  int64_t batch = 0;  ///< finished batches of the next epoch
  uint64_t generator_seed = 0;
  uint64_t generator_offset = 0;
};

/// Replaces `path` atomically: after an error, a full disk or a power cut there is the old file or the new
/// one.
void save_checkpoint(const std::filesystem::path& path, const Checkpoint& checkpoint);

/// Throws `Error`, naming the file, when it is cut short, is not a checkpoint, or lacks a part of one.
Checkpoint load_checkpoint(const std::filesystem::path& path);

}  // namespace helder
