#pragma once

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>

#include "training/terminal.h"

namespace helder {

struct ProgressOptions {
  int64_t epoch = 1;  ///< from 1
  int64_t epochs = 1;
  int64_t steps = 0;  ///< in one epoch
  bool show = true;
  std::string unit = "epoch";  ///< what there are several of
};

struct ProgressState {
  int64_t step = 0;  ///< finished steps of this epoch
  double loss = 0;
  double accuracy = 0;  ///< 0 to 1
  double images_per_second = 0;
};

/// One line that follows a pass over the training images. It is drawn again at most ten times a second, and
/// only where somebody watches: a file or a pipe gets nothing. The line is gone when the bar is.
///
///   epoch 1/3 ━━━━━━━━━━━━╺─────────── 235/469  loss 0.2346  accuracy 93.20 %  5120 images/s  0:06 left
class ProgressBar {
 public:
  explicit ProgressBar(ProgressOptions options) : ProgressBar(options, terminal_of(stdout), stdout) {}
  ProgressBar(ProgressOptions options, Terminal terminal, std::FILE* out);
  ~ProgressBar();
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  void update(const ProgressState& state);

 private:
  using Clock = std::chrono::steady_clock;

  ProgressOptions options_;
  Terminal terminal_;
  std::FILE* out_;
  Clock::time_point start_ = Clock::now();
  std::optional<int64_t> first_step_;  // a resumed epoch does not start at 0
  std::optional<Clock::time_point> last_drawn_;
};

/// The bar's text, at most `terminal.width` - 1 columns; what is least needed goes first where that is
/// narrow.
std::string progress_line(const ProgressOptions& options, const ProgressState& state, double seconds_left,
                          const Terminal& terminal);

/// The line that stays, once an epoch: `epoch 1/3  train loss 0.2346  test loss 0.0812  test accuracy 97.45 %
/// ...`.
std::string epoch_line(int64_t epoch, int64_t epochs, double train_loss, double test_loss,
                       double test_accuracy, double seconds, double images_per_second);
void print_epoch_line(int64_t epoch, int64_t epochs, double train_loss, double test_loss,
                      double test_accuracy, double seconds, double images_per_second);

}  // namespace helder
