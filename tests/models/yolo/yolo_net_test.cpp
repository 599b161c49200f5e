#include "models/yolo/yolo_net.h"

#include "autograd/grad_mode.h"
#include "data/synthetic_shapes.h"
#include "tensor/cuda_memory.h"
#include "tensor/factories.h"
#include "tests/catch.h"
#include "training/adam.h"
#include "vision/detection_loader.h"
#include "vision/found_boxes.h"

using namespace helder;

namespace {

constexpr int64_t kSide = 64;

YoloNetOptions options_of(YoloHeadKind head, int64_t width) {
  return {.head = head,
          .classes = 5,
          .width = width,
          .anchors = {{10, 10}, {20, 8}, {12, 20}, {20, 20}, {30, 18}, {30, 30}}};
}

struct Pictures {
  DetectionBatch batch;
  std::vector<YoloTargets> targets;

  explicit Pictures(int64_t count, int64_t side = kSide) {
    const DetectionDataset shapes = synthetic_shapes(count, 5, side);
    batch = DetectionLoader(shapes, {.side = side, .batch_size = count}).batch(0, 0);
    for (const auto& boxes : batch.boxes) {
      targets.emplace_back();
      for (const LabelledBox& box : boxes) {
        const auto [left, top, right, bottom] = box.box_xyxy;
        targets.back().push_back({{left, top, right, bottom}, box.label});
      }
    }
  }
};

// Learns a few pictures by heart; returns the first and the last loss.
std::pair<double, double> learn(YoloNet& net, const Pictures& pictures, int steps, double lr) {
  AdamW optimizer(net.parameters(), {.lr = lr});
  const Tensor x = pictures.batch.images.to(device_of(net));
  double first = 0, last = 0;
  for (int step = 0; step < steps; ++step) {
    optimizer.zero_grad();
    const Tensor loss = net.head->loss(net.numbers(x), pictures.targets).total();
    loss.backward();
    optimizer.step();
    last = loss.item();
    first = step == 0 ? last : first;
  }
  return {first, last};
}

// How many of the things are found, by their class and with an IoU of more than 1/2; and how many boxes there
// are.
std::pair<int64_t, int64_t> count_found(YoloNet& net, const Pictures& pictures) {
  const NoGrad guard;
  net.eval();
  const std::vector<Tensor> numbers = net.numbers(pictures.batch.images);
  int64_t right = 0, boxes = 0;
  for (int64_t i = 0; i < pictures.batch.size(); ++i) {
    const auto found =
        found_boxes(net.head->predictions(numbers, i, 0.2), kSide, kSide, {}, {.threshold = 0.2});
    boxes += static_cast<int64_t>(found.size());
    for (const YoloTarget& target : pictures.targets[static_cast<size_t>(i)]) {
      right += std::any_of(found.begin(), found.end(), [&](const FoundBox& box) {
        const auto [left, top, r, bottom] = box.box_xyxy;
        return box.class_id == target.label && iou({left, top, r, bottom}, target.box) > 0.5;
      });
    }
  }
  return {right, boxes};
}

}  // namespace

TEST_CASE("yolo: each head learns a few pictures by heart", "[models][yolo]") {
  const Pictures pictures(4);
  int64_t things = 0;
  for (const YoloTargets& of_picture : pictures.targets) {
    things += static_cast<int64_t>(of_picture.size());
  }
  REQUIRE(things >= 8);
  for (const YoloHeadKind head : {YoloHeadKind::AnchorFree, YoloHeadKind::Anchor, YoloHeadKind::Grid}) {
    INFO((head == YoloHeadKind::Grid ? "grid" : head == YoloHeadKind::Anchor ? "anchor" : "anchor-free"));
    manual_seed(1);
    YoloNet net(options_of(head, 8));
    const auto [first, last] = learn(net, pictures, 60, 0.01);
    CHECK(last < 0.3 * first);
    const auto [right, boxes] = count_found(net, pictures);
    CHECK(right >=
          3 * things / 4);  // not all: two of one cell, or one so small that no cell's centre is in it
    CHECK(boxes <= right + 3);
  }
}

TEST_CASE("yolo: a step on the GPU gives the losses of one on the processor", "[models][yolo][cuda]") {
  if (!cuda::is_available()) {
    WARN("no GPU, and none that the processor plays: skipped");
    return;
  }
  const Pictures pictures(2, 32);
  for (const YoloHeadKind head : {YoloHeadKind::AnchorFree, YoloHeadKind::Anchor, YoloHeadKind::Grid}) {
    manual_seed(1);
    YoloNet here(options_of(head, 2));
    manual_seed(1);
    YoloNet there(options_of(head, 2));
    there.to(Device::Cuda);
    const auto [first, second] = learn(here, pictures, 2, 1e-3);
    const auto [first_there, second_there] = learn(there, pictures, 2, 1e-3);
    CHECK(first_there == Approx(first).epsilon(1e-4));
    CHECK(second_there == Approx(second).epsilon(1e-3));
  }
}

TEST_CASE("yolo: names of parameters, and pictures that do not fit", "[models][yolo]") {
  YoloNet net(options_of(YoloHeadKind::AnchorFree, 2));
  const StateDict state = net.state_dict();
  CHECK(state.front().first == "body.stem.conv.weight");
  CHECK(std::any_of(state.begin(), state.end(),
                    [](const auto& entry) { return entry.first == "head.boxes.1.2.bias"; }));
  CHECK(net(zeros({1, 3, 32, 48})).shape() == Shape{1, (4 * 8 + 5) * (4 * 6 + 2 * 3)});
  CHECK_THROWS_WITH(
      net(zeros({1, 3, 32, 40})),
      ContainsSubstring("expected pictures [N,3,H,W], H and W multiples of 16, got [1,3,32,40]"));
  CHECK_THROWS_WITH(YoloNet({.head = YoloHeadKind::Anchor}), "YoloNet: expected 6 anchors, 3 a scale, got 0");
}
