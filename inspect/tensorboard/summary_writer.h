#pragma once

#include <filesystem>
#include <fstream>
#include <string>

#include "tensor/tensor.h"

namespace helder {

/// Writes an event file for TensorBoard, with the names of torch.utils.tensorboard:
///
///   SummaryWriter writer("runs/first");
///   writer.add_scalar("Loss/train", loss.item(), step);
///   writer.add_histogram("weights/fc.weight", fc.weight, step);
///
/// A file is only ever appended to, so that `tensorboard --logdir runs` shows a run while it goes on. What is
/// in front of the first slash of a tag names the group in which it is shown.
class SummaryWriter {
 public:
  /// Makes the folder where it is missing, and in it a new file, `events.out.tfevents.SECONDS.HOST.PID.N`.
  explicit SummaryWriter(const std::filesystem::path& log_dir);

  void add_scalar(const std::string& tag, double value, int64_t global_step);
  /// Of the tensor's finite elements, wherever it lies.
  void add_histogram(const std::string& tag, const Tensor& values, int64_t global_step);
  /// [C,H,W] uint8, C = 1 grey or 3 colours.
  void add_image(const std::string& tag, const Tensor& image, int64_t global_step);

  /// Brings what was added into the file. Throws `Error` where that fails, as on a full disk.
  void flush();

  const std::filesystem::path& path() const { return path_; }

 private:
  void write(const std::string& event);

  std::filesystem::path path_;
  std::ofstream file_;
};

}  // namespace helder
