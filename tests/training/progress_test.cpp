#include "training/progress.h"

#include <chrono>
#include <cstdio>
#include <limits>
#include <string>
#include <thread>

#include "tests/catch.h"

using namespace helder;

namespace {

const Terminal kAscii{.interactive = true, .unicode = false, .colours = Colours::None, .width = 100};
const ProgressOptions kEpoch{.epoch = 1, .epochs = 3, .steps = 400};
const ProgressState kState{.step = 100, .loss = 0.23456, .accuracy = 0.9321, .images_per_second = 5120.4};

/// Everything that was written to a temporary file.
std::string contents(std::FILE* file) {
  std::string text(static_cast<size_t>(std::ftell(file)), '\0');
  std::rewind(file);
  REQUIRE(std::fread(text.data(), 1, text.size(), file) == text.size());
  return text;
}

size_t count(const std::string& text, const std::string& part) {
  size_t n = 0;
  for (size_t at = text.find(part); at != text.npos; at = text.find(part, at + 1)) {
    ++n;
  }
  return n;
}

}  // namespace

TEST_CASE("the progress line holds all there is to know", "[training][progress]") {
  CHECK(
      progress_line(kEpoch, kState, 65.2, kAscii) ==
      "epoch 1/3 ======>................. 100/400  loss 0.2346  accuracy 93.21 %  5120 images/s  1:06 left");
  Terminal unicode = kAscii;
  unicode.unicode = true;
  CHECK(
      progress_line(kEpoch, kState, 7300, unicode) ==
      "epoch 1/3 ━━━━━╺─────────────── 100/400  loss 0.2346  accuracy 93.21 %  5120 images/s  2:01:40 left");
}

TEST_CASE("the progress line never wraps: a narrow terminal shows less", "[training][progress]") {
  for (int width = 30; width <= 200; ++width) {
    Terminal terminal = kAscii;
    terminal.width = width;
    CHECK(static_cast<int>(progress_line(kEpoch, kState, 65.2, terminal).size()) < width);
  }
  Terminal terminal = kAscii;
  terminal.width = 50;
  CHECK(progress_line(kEpoch, kState, 65.2, terminal) == "epoch 1/3 ====>............. 100/400  loss 0.2346");
}

TEST_CASE("the progress line is right at both ends, and survives what is not a number",
          "[training][progress]") {
  Terminal terminal = kAscii;
  terminal.width = 30;
  CHECK(progress_line(kEpoch, {.step = 0}, 1, terminal) == "epoch 1/3 >............ 0/400");
  CHECK(progress_line(kEpoch, {.step = 400}, 0, terminal) == "epoch 1/3 =========== 400/400");
  const double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK_THAT(progress_line(kEpoch, {.step = 1, .loss = nan}, nan, kAscii), EndsWith("  ? left"));
}

TEST_CASE("the bar is drawn at most ten times a second, and taken away at the end", "[training][progress]") {
  std::FILE* file = std::tmpfile();
  REQUIRE(file);
  {
    ProgressBar bar(kEpoch, kAscii, file);
    for (int64_t step = 1; step <= 50; ++step) {
      bar.update({.step = step});
      if (step == 25) {
        std::this_thread::sleep_for(std::chrono::milliseconds(110));
      }
    }
  }
  const std::string text = contents(file);
  std::fclose(file);
  INFO(text);
  CHECK(count(text, "epoch 1/3") >= 2);
  CHECK(count(text, "epoch 1/3") < 50);
  CHECK_THAT(text, StartsWith("\repoch 1/3 "));
  CHECK_THAT(text, EndsWith("\033[K\r\033[K"));
  CHECK(count(text, "\n") == 0);
}

TEST_CASE("a file or a pipe gets no bar", "[training][progress]") {
  std::FILE* file = std::tmpfile();
  REQUIRE(file);
  {
    ProgressBar bar(kEpoch, terminal_of(file), file);
    bar.update(kState);
    ProgressBar hidden({.steps = 1, .show = false}, kAscii, file);
    hidden.update(kState);
  }
  CHECK(contents(file).empty());
  std::fclose(file);
}

TEST_CASE("each epoch leaves one line", "[training][progress]") {
  CHECK(epoch_line(2, 3, 0.08123, 0.05, 0.9832, 12.34, 4862.2) ==
        "epoch 2/3  train loss 0.0812  test loss 0.0500  test accuracy 98.32 %  12.3 s  4862 images/s");
}
