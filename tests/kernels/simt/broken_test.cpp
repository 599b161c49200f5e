// What simt says of wrong kernels, to the letter.

#include "tensor/cuda_built.h"

#if HELDER_CUDA_SIMT

#include <fstream>
#include <functional>

#include "tensor/error.h"
#include "tests/catch.h"
#include "tests/kernels/simt/broken.h"
#include "tests/kernels/simt/device.h"
#include "tests/paths.h"

using namespace helder;
using namespace helder::testing;

namespace {

/// "broken.cu:17", for the line that is marked.
std::string at(const std::string& mark) {
  std::ifstream file(source_path("tests/kernels/simt/broken.cu"));
  std::string text;
  for (int line = 1; std::getline(file, text); ++line) {
    if (text.ends_with("// mark: " + mark)) {
      return "broken.cu:" + std::to_string(line);
    }
  }
  FAIL("no line is marked '" << mark << "'");
  return "";
}

std::string message_of(const std::function<void()>& body) {
  try {
    body();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

/// Settings for the length of a scope.
class With {
 public:
  With(simt::LaneOrder order, bool races) {
    simt::Settings settings = before_;
    settings.order = order;
    settings.races = races;
    simt::set_settings(settings);
  }
  ~With() { simt::set_settings(before_); }
  With(const With&) = delete;
  With& operator=(const With&) = delete;

 private:
  simt::Settings before_ = simt::settings();
};

const std::vector<float> kNumbers = [] {
  std::vector<float> numbers(64);
  for (size_t i = 0; i < numbers.size(); ++i) {
    numbers[i] = static_cast<float>(i);
  }
  return numbers;
}();

}  // namespace

using simt::LaneOrder;

TEST_CASE("simt: a missing barrier is seen", "[cuda][simt]") {
  const OnDevice<float> x(kNumbers), y(kNumbers);
  SECTION("as NaN, since shared memory is full of it") {
    const With settings(LaneOrder::Forward, false);
    missing_barrier(64, x.data(), y.data());
    const std::vector<float> values = y.values();
    CHECK(std::isnan(values[0]));
    CHECK(values[63] == 0);  // the last thread comes when all is written
  }
  SECTION("by name, by the map of accesses") {
    const With settings(LaneOrder::Forward, true);
    CHECK(message_of([&] { missing_barrier(64, x.data(), y.data()); }) ==
          "kernel reverse, block (0,0,0), thread (32,0,0), " + at("write") +
              ": writes shared memory that thread (31,0,0) read (" + at("read") +
              ") with no barrier in between");
    CHECK(message_of([&] { missing_second_barrier(x.data(), y.data()); }) ==
          "kernel shift, block (0,0,0), thread (0,0,0), " + at("write after") +
              ": writes shared memory that thread (63,0,0) read (" + at("read before") +
              ") with no barrier in between");
    CHECK(message_of([&] { missing_warp_barrier(x.data(), y.data()); }) ==
          "kernel shift_in_warp, block (0,0,0), thread (0,0,0), " + at("not ordered") +
              ": writes shared memory that thread (31,0,0) read (" + at("ordered") +
              ") with no barrier in between");
  }
  SECTION("in another order of the threads") {
    const With settings(LaneOrder::Reversed, true);
    CHECK(message_of([&] { missing_barrier(64, x.data(), y.data()); }) ==
          "kernel reverse, block (0,0,0), thread (31,0,0), " + at("write") +
              ": writes shared memory that thread (32,0,0) read (" + at("read") +
              ") with no barrier in between");
  }
}

TEST_CASE("simt: a barrier that not all threads reach is an error", "[cuda][simt]") {
  const With settings(LaneOrder::Forward, false);
  const OnDevice<float> y(kNumbers);
  const std::string end = ": a barrier that not all threads of the block reach";
  CHECK(message_of([&] { divergent_barrier(y.data()); }) ==
        "kernel diverge, block (0,0,0), thread (0,1,0): left the kernel, but thread (0,0,0) waits in "
        "__syncthreads (" +
            at("divergent") + ")" + end);
  CHECK(message_of([&] { two_barriers(y.data()); }) ==
        "kernel diverge_in_two, block (0,0,0), thread (40,0,0): waits in __syncthreads (" +
            at("other barrier") + "), but thread (0,0,0) waits in __syncthreads (" + at("one barrier") + ")" +
            end);
  CHECK(message_of([&] { return_before_barrier(3, y.data()); }) ==
        "kernel leave_early, block (0,0,0), thread (3,0,0): waits in __syncthreads (" + at("early") +
            "), but thread (0,0,0) has left the kernel" + end);
  CHECK(message_of([&] { barrier_before_return(3, y.data()); }) ==
        "kernel leave_early, block (0,0,0), thread (3,0,0): left the kernel, but thread (0,0,0) waits in "
        "__syncthreads (" +
            at("early") + ")" + end);
  CHECK(message_of([&] { warp_against_block(y.data()); }) ==
        "kernel wait_for_each_other, block (0,0,0): no thread can go on: thread (0,0,0) waits in "
        "__syncthreads (" +
            at("block waits") + "); thread (1,0,0) waits in __shfl_sync (" + at("warp waits") + ")");
}

TEST_CASE("simt: an index past the end of shared memory is an error", "[cuda][simt]") {
  const With settings(LaneOrder::Forward, false);
  const OnDevice<float> y(kNumbers);
  CHECK(message_of([&] { past_shared(31, y.data()); }) == "no error");
  for (const int index : {-1, 32, 1 << 30}) {
    CHECK(message_of([&] { past_shared(index, y.data()); }) ==
          "kernel read_past, block (0,0,0), thread (5,0,0), " + at("past") + ": index " +
              std::to_string(index) + " of an array of 32 in shared memory");
  }
  CHECK(message_of([&] { past_row(8, y.data()); }) ==
        "kernel write_past_row, block (0,0,0), thread (9,0,0), " + at("past row") +
            ": index 8 of an array of 8 in shared memory");
  CHECK(message_of([&] { past_dynamic_shared(31, y.data()); }) == "no error");
  CHECK(message_of([&] { past_dynamic_shared(-32, y.data()); }) == "no error");
  CHECK(message_of([&] { past_dynamic_shared(32, y.data()); }) ==
        "kernel read_past_dynamic, block (0,0,0), thread (0,0,0), " + at("past dynamic") +
            ": index 64 of an array of 64 in shared memory");
  CHECK(message_of([&] { too_much_shared(y.data()); }) ==
        "kernel declare_much, block (0,0,0), thread (0,0,0), " + at("much") +
            ": 64000 bytes of shared memory are declared, more than the 49152 of a block");
  CHECK(message_of([&] { two_in_a_line(y.data()); }) ==
        "kernel declare_two, block (0,0,0), thread (0,0,0), " + at("two") +
            ": two declarations of shared memory in one line; give each a line of its own");
}

TEST_CASE("simt: a wrong mask is an error", "[cuda][simt]") {
  const With settings(LaneOrder::Forward, false);
  const OnDevice<float> y(kNumbers);
  CHECK(message_of([&] { mask_without_caller(y.data()); }) ==
        "kernel shuffle_without_caller, block (0,0,0), thread (16,0,0), " + at("without") +
            ": __shfl_sync: the mask 0x0000ffff has not the calling lane 16");
  CHECK(message_of([&] { mask_with_absent_lane(y.data()); }) ==
        "kernel shuffle_with_absent, block (0,0,0), thread (0,0,0), " + at("absent") +
            ": __shfl_xor_sync: the mask 0xffffffff has lanes that the warp has not, which has 0x00ffffff");
  CHECK(message_of([&] { mask_with_lane_that_left(y.data()); }) ==
        "kernel shuffle_after_leaving, block (0,0,0), thread (3,0,0), " + at("left") +
            ": __shfl_down_sync: the mask 0xffffffff has lane 0, which has left the kernel");
  CHECK(message_of([&] { lane_leaves(y.data()); }) ==
        "kernel leave_before_shuffle, block (0,0,0), thread (20,0,0): left the kernel, but thread (0,0,0) "
        "waits in "
        "__shfl_up_sync (" +
            at("leaves") + ") for it (mask 0xffffffff)");
  CHECK(message_of([&] { two_masks(y.data()); }) ==
        "kernel shuffle_with_two_masks, block (0,0,0), thread (31,0,0): left the kernel, but thread (0,0,0) "
        "waits in "
        "__shfl_sync (" +
            at("masks") + ") for it (mask 0xffffffff)");
  CHECK(message_of([&] { read_from_outside_the_mask(y.data()); }) ==
        "kernel shuffle_from_outside, block (0,0,0), thread (15,0,0), " + at("outside") +
            ": __shfl_sync: reads lane 20, which is not in the mask 0x0000ffff");
}

TEST_CASE("simt: the first block's error is the one that is thrown, and the next launch is as good as new",
          "[cuda][simt]") {
  const With settings(LaneOrder::Forward, false);
  const OnDevice<float> y(kNumbers);
  for (int i = 0; i < 3; ++i) {
    CHECK(message_of([&] { blocks_fail(37, y.data()); }) ==
          "kernel fail_from_block, block (7,3,0), thread (0,0,0), " + at("block") +
              ": index 32 of an array of 32 in shared memory");
    CHECK(message_of([&] { blocks_fail(100, y.data()); }) == "no error");
    CHECK(message_of([&] { past_shared(0, y.data()); }) == "no error");
  }
}

TEST_CASE("launch: extents that no GPU takes are an error of the caller's line", "[cuda][simt]") {
  const OnDevice<float> y(kNumbers);
  CHECK(message_of([&] { too_many_threads(y.data()); }) ==
        at("launch") + ": diverge: no GPU takes a grid of (1,1,1) blocks of (32,33,1) threads");
}

#endif
