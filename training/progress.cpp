#include "training/progress.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace helder {
namespace {

constexpr std::chrono::milliseconds kBetweenDrawings{100};
constexpr int kNarrowestBar = 10;
constexpr int kWidestBar = 40;

std::string repeat(const char* text, int times) {
  std::string result;
  for (int i = 0; i < times; ++i) {
    result += text;
  }
  return result;
}

std::string bar(double done, int width, bool unicode) {
  const int filled = static_cast<int>(std::clamp(done, 0.0, 1.0) * width);
  const int rest = width - filled;
  if (unicode) {
    return repeat("━", filled) + (rest > 0 ? "╺" + repeat("─", rest - 1) : "");
  }
  return repeat("=", filled) + (rest > 0 ? ">" + repeat(".", rest - 1) : "");
}

std::string duration(double seconds) {
  if (!(seconds >= 0 && seconds < 1e6)) {
    return "?";
  }
  const auto total = static_cast<int64_t>(std::ceil(seconds));
  return total < 3600 ? fmt::format("{}:{:02}", total / 60, total % 60)
                      : fmt::format("{}:{:02}:{:02}", total / 3600, total / 60 % 60, total % 60);
}

}  // namespace

std::string progress_line(const ProgressOptions& options, const ProgressState& state, double seconds_left,
                          const Terminal& terminal) {
  const std::string head = fmt::format("{} {}/{} ", options.unit, options.epoch, options.epochs);
  const std::vector<std::string> fields = {
      fmt::format(" {}/{}", state.step, options.steps), fmt::format("  loss {:.4f}", state.loss),
      fmt::format("  accuracy {:.2f} %", 100 * state.accuracy),
      fmt::format("  {:.0f} images/s", state.images_per_second), "  " + duration(seconds_left) + " left"};
  const int available = terminal.width - 1;  // text in the last column makes some terminals wrap
  const int fixed = static_cast<int>(head.size()) + kNarrowestBar;
  std::string tail;
  for (const std::string& field : fields) {
    if (fixed + static_cast<int>(tail.size() + field.size()) > available) {
      break;
    }
    tail += field;
  }
  const int rest = available - static_cast<int>(head.size() + tail.size());
  const double done =
      options.steps > 0 ? static_cast<double>(state.step) / static_cast<double>(options.steps) : 0;
  return head + bar(done, std::clamp(rest, 0, kWidestBar), terminal.unicode) + tail;
}

ProgressBar::ProgressBar(ProgressOptions options, Terminal terminal, std::FILE* out)
    : options_(options), terminal_(terminal), out_(out) {}

ProgressBar::~ProgressBar() {
  if (last_drawn_) {
    std::fputs("\r\033[K", out_);
    std::fflush(out_);
  }
}

void ProgressBar::update(const ProgressState& state) {
  if (!options_.show || !terminal_.interactive) {
    return;
  }
  const Clock::time_point now = Clock::now();
  if (!first_step_) {
    first_step_ = state.step - 1;
  }
  if (last_drawn_ && now - *last_drawn_ < kBetweenDrawings) {
    return;
  }
  last_drawn_ = now;
  const double seconds_a_step =
      std::chrono::duration<double>(now - start_).count() / static_cast<double>(state.step - *first_step_);
  const double seconds_left = seconds_a_step * static_cast<double>(options_.steps - state.step);
  std::fputs(("\r" + progress_line(options_, state, seconds_left, terminal_) + "\033[K").c_str(), out_);
  std::fflush(out_);
}

std::string epoch_line(int64_t epoch, int64_t epochs, double train_loss, double test_loss,
                       double test_accuracy, double seconds, double images_per_second) {
  return fmt::format(
      "epoch {}/{}  train loss {:.4f}  test loss {:.4f}  test accuracy {:.2f} %  {:.1f} s  {:.0f} images/s",
      epoch, epochs, train_loss, test_loss, 100 * test_accuracy, seconds, images_per_second);
}

void print_epoch_line(int64_t epoch, int64_t epochs, double train_loss, double test_loss,
                      double test_accuracy, double seconds, double images_per_second) {
  const std::string line =
      epoch_line(epoch, epochs, train_loss, test_loss, test_accuracy, seconds, images_per_second);
  std::fputs((line + "\n").c_str(), stdout);
  std::fflush(stdout);
}

}  // namespace helder
