#include "vision/detection_loader.h"

#include "data/synthetic_shapes.h"
#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"

using namespace helder;
using namespace helder::testing;

namespace {

// A picture 8 wide and 4 high, black but for a white box, and a crowd.
DetectionDataset one_picture() {
  return {.name = "one",
          .classes = {"thing"},
          .pictures = {{.name = "a",
                        .load =
                            [] {
                              const Tensor picture = zeros({3, 4, 8}, DType::UInt8);
                              for (int64_t c = 0; c < 3; ++c) {
                                picture.at<uint8_t>({c, 1, 1}) = picture.at<uint8_t>({c, 1, 2}) = 255;
                              }
                              return picture;
                            },
                        .boxes = {{.box_xyxy = {1, 1, 3, 2}, .area = 2},
                                  {.box_xyxy = {0, 0, 8, 4}, .area = 32, .crowd = true}}}}};
}

}  // namespace

TEST_CASE("DetectionLoader: letterboxes pictures with their boxes, and mirrors them", "[vision][loader]") {
  const DetectionDataset data = one_picture();
  const DetectionLoader plain(data, {.side = 16});
  const DetectionBatch batch = plain.batch(0, 0);
  CHECK(batch.images.shape() == Shape{1, 3, 16, 16});
  REQUIRE(batch.boxes[0].size() == 1);  // no crowd
  CHECK(batch.boxes[0][0].box_xyxy == std::array<double, 4>{2, 6, 6, 8});
  CHECK(batch.boxes[0][0].area == 8);
  CHECK(batch.placements[0].scale_x == 2);
  CHECK(batch.images.at<float>({0, 0, 0, 0}) == 0.5F);  // grey around
  CHECK(batch.images.at<float>({0, 1, 6, 4}) > 0.7F);

  const DetectionLoader flipping(data, {.side = 16, .flip = true});
  int mirrored = 0;
  for (int64_t epoch = 0; epoch < 40; ++epoch) {
    const DetectionBatch b = flipping.batch(epoch, 0);
    const auto box = b.boxes[0][0].box_xyxy;
    const bool right = box == std::array<double, 4>{10, 6, 14, 8};
    CHECK((right || box == std::array<double, 4>{2, 6, 6, 8}));
    CHECK(b.images.at<float>({0, 0, 6, right ? 11 : 4}) > 0.7F);
    mirrored += right;
  }
  CHECK(mirrored > 8);
  CHECK(mirrored < 32);
}

TEST_CASE("DetectionLoader: an epoch has every picture once, in an order of its own", "[vision][loader]") {
  const DetectionDataset shapes = synthetic_shapes(7, 1, 32);
  const DetectionLoader loader(shapes,
                               {.side = 32, .batch_size = 3, .shuffle = true, .flip = true, .seed = 2});
  REQUIRE(loader.batches_per_epoch() == 3);
  std::vector<std::vector<int64_t>> orders;
  for (int64_t epoch = 0; epoch < 2; ++epoch) {
    std::vector<int64_t>& order = orders.emplace_back();
    for (int64_t b = 0; b < 3; ++b) {
      const DetectionBatch batch = loader.batch(epoch, b);
      order.insert(order.end(), batch.pictures.begin(), batch.pictures.end());
      CHECK(same_bits(batch.images, loader.batch(epoch, b).images));  // whatever was asked for before
    }
    std::vector<int64_t> sorted = order;
    std::sort(sorted.begin(), sorted.end());
    CHECK(sorted == std::vector<int64_t>{0, 1, 2, 3, 4, 5, 6});
  }
  CHECK(orders[0] != orders[1]);
}

TEST_CASE("DetectionLoader: errors", "[vision][loader]") {
  static const DetectionDataset data = one_picture(), none{.name = "none", .classes = {}, .pictures = {}};
  check_errors({
      {"DetectionLoader: none has no pictures", [] { DetectionLoader loader(none); }},
      {"DetectionLoader: batches of 0 pictures of 96 pixels",
       [] { DetectionLoader loader(data, {.batch_size = 0}); }},
      {"DetectionLoader: there is no batch 1 among 1", [] { DetectionLoader(data).batch(0, 1); }},
  });
  DetectionDataset broken = one_picture();
  broken.pictures[0].load = []() -> Tensor { fail("a.jpg: cut short"); };
  CHECK_THROWS_WITH(DetectionLoader(broken).batch(0, 0), "a.jpg: cut short");
}
