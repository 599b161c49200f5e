#include "autograd/ops/roi_align.h"

#include <cmath>
#include <vector>

#include "autograd/ops/add.h"
#include "autograd/ops/cat.h"
#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"
#include "tests/ops/threads.h"

using namespace helder;
using namespace helder::testing;

namespace {

// 40 boxes of two images of 30 x 31 pixels.
Tensor some_boxes(DType dtype) {
  Generator generator(3);
  const Tensor image = randint(0, 2, {40, 1}, DType::Int64, generator).to(dtype);
  const Tensor corner = randint(0, 20, {40, 2}, DType::Int64, generator).to(dtype);
  const Tensor size = randint(1, 15, {40, 2}, DType::Int64, generator).to(dtype);
  return cat({image, corner, corner + size}, 1);
}

Tensor boxes_of(const Tensor& rows, int64_t first, int64_t last) {
  return rows.slice(0, first, last).slice(1, 1, 5);
}

}  // namespace

TEST_CASE("roi_align: values and derivatives", "[ops][roi_align]") {
  check_op("roi_align",
           {
               {"2x2", [](In x) { return roi_align(x[0], x[1], 2); }},
               {"3x2 ratio 2",
                [](In x) {
                  return roi_align(x[0], x[1], {3, 2}, {.sampling_ratio = 2});
                }},
               {"1x1", [](In x) { return roi_align(x[0], x[1], 1); }},
               {"7x7 of small boxes", [](In x) { return roi_align(x[0], x[1], 7, {.sampling_ratio = 2}); }},
               {"aligned",
                [](In x) {
                  return roi_align(x[0], x[1], {2, 3}, {.aligned = true});
                }},
               {"aligned ratio 3",
                [](In x) {
                  return roi_align(x[0], x[1], {2, 3}, {.sampling_ratio = 3, .aligned = true});
                }},
               {"scale",
                [](In x) { return roi_align(x[0], x[1], 2, {.spatial_scale = 1. / 16, .aligned = true}); }},
               {"odd boxes",
                [](In x) {
                  return roi_align(x[0], x[1], {2, 3});
                }},
               {"odd boxes aligned",
                [](In x) {
                  return roi_align(x[0], x[1], {2, 3}, {.aligned = true});
                }},
               {"odd boxes ratio 2",
                [](In x) {
                  return roi_align(x[0], x[1], {2, 3}, {.sampling_ratio = 2});
                }},
               {"odd boxes aligned ratio 2",
                [](In x) {
                  return roi_align(x[0], x[1], {2, 3},
                                   {.spatial_scale = 0.75, .sampling_ratio = 2, .aligned = true});
                }},
               {"one pixel", [](In x) { return roi_align(x[0], x[1], 2); }},
               {"channels past a task", [](In x) { return roi_align(x[0], x[1], 2, {.aligned = true}); }},
               {"list of boxes",
                [](In x) {
                  return roi_align(x[0], std::vector{boxes_of(x[1], 0, 2), boxes_of(x[1], 2, 3)}, 2);
                }},
               {"no boxes", [](In x) { return roi_align(x[0], x[1], 2); }},
           });
}

TEST_CASE("roi_align: the number of threads changes no bit", "[ops][roi_align][threads]") {
  check_threads({
      {"aligned",
       {{2, 20, 30, 31}},
       [](In x) { return roi_align(x[0], some_boxes(x[0].dtype()), 7, {.aligned = true}); }},
  });
}

TEST_CASE("roi_align: errors", "[ops][roi_align]") {
  check_errors({
      {"roi_align: expected input [N,C,H,W] and boxes [K,5], got [1,1,4,4] and [2,4]",
       [] {
         roi_align(zeros({1, 1, 4, 4}), zeros({2, 4}), 2);
       }},
      {"roi_align: the image must have pixels, got an input of shape [1,1,0,4]",
       [] {
         roi_align(zeros({1, 1, 0, 4}), zeros({2, 5}), 2);
       }},
      {"roi_align: input is float32, boxes int64",
       [] {
         roi_align(zeros({1, 1, 4, 4}), zeros({2, 5}, DType::Int64), 2);
       }},
      {"roi_align: the output size must be at least 1x1, got 2x0",
       [] {
         roi_align(zeros({1, 1, 4, 4}), zeros({2, 5}), {2, 0});
       }},
      {"roi_align: spatial_scale must be positive, got 0",
       [] {
         roi_align(zeros({1, 1, 4, 4}), zeros({2, 5}), 2, {.spatial_scale = 0});
       }},
      {"roi_align: box 0 is of image 2, but there are 2",
       [] {
         roi_align(zeros({2, 1, 4, 4}), full({1, 5}, 2), 2);
       }},
      {"roi_align: box 0 is of image 0.5, but there are 2",
       [] {
         roi_align(zeros({2, 1, 4, 4}), full({1, 5}, 0.5), 2);
       }},
      {"roi_align: box 1 is (1, 2, inf, 4): not within 1e7 of the image",
       [] {
         roi_align(zeros({1, 1, 4, 4}),
                   from_data(std::vector<float>{0, 1, 2, 3, 4, 0, 1, 2, INFINITY, 4}, {2, 5}), 2);
       }},
      {"roi_align: expected a tensor of boxes for each image of the input [2,1,4,4], got 1",
       [] {
         roi_align(zeros({2, 1, 4, 4}), std::vector{zeros({3, 4})}, 2);
       }},
      {"roi_align: expected boxes [L,4] for image 1, got [3,5]",
       [] {
         roi_align(zeros({2, 1, 4, 4}), std::vector{zeros({3, 4}), zeros({3, 5})}, 2);
       }},
      {"roi_align: int64 is not supported; expected float32 or float64 (convert with .to(DType))",
       [] {
         roi_align(zeros({1, 1, 4, 4}, DType::Int64), zeros({1, 5}, DType::Int64), 2);
       }},
      {"roi_align: box 0 is (1, 1, 3, 3): not within 1e7 of the image",
       [] {
         roi_align(zeros({1, 1, 4, 4}), from_data(std::vector<float>{0, 1, 1, 3, 3}, {1, 5}), 2,
                   {.spatial_scale = 1e9});
       }},
      {"roi_align: sampling_ratio must be at most 1e7, got 9223372036854775807",
       [] {
         roi_align(zeros({1, 1, 4, 4}), zeros({1, 5}), 2, {.sampling_ratio = INT64_MAX});
       }},
  });
}
