#include "models/yolo/anchor_head.h"
#include "models/yolo/decoupled_head.h"
#include "models/yolo/grid_head.h"
#include "tensor/cuda_memory.h"
#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"
#include "tests/paths.h"
#include "weights/safetensors.h"

using namespace helder;
using namespace helder::testing;

// tests/fixtures/generate_yolo.py computes the same by matrices, in PyTorch.

namespace {

struct Fixture {
  SafetensorsFile file{source_path("tests/fixtures/yolo.safetensors")};

  std::vector<Tensor> each(const std::string& name, DType dtype = DType::Float64) const {
    std::vector<Tensor> result;
    const int scales = name.starts_with("grid") ? 1 : 2;
    for (int scale = 0; scale < scales; ++scale) {
      result.push_back(file.tensor(name + std::to_string(scale)).clone().to(dtype));
    }
    return result;
  }
  std::vector<std::vector<double>> table(const std::string& name) const {
    const Tensor t = file.tensor(name);
    std::vector<std::vector<double>> rows;
    for (int64_t i = 0; i < t.size(0); ++i) {
      rows.push_back(t[i].to_vector<double>());
    }
    return rows;
  }
  std::vector<YoloTargets> targets() const {
    std::vector<YoloTargets> pictures(2);
    for (const auto& row : table("targets")) {
      pictures[static_cast<size_t>(row[0])].push_back(
          {{row[2], row[3], row[4], row[5]}, static_cast<int64_t>(row[1])});
    }
    return pictures;
  }
  // Which of the fixture's things this one is.
  double number(const YoloTarget& target) const {
    const auto rows = table("targets");
    for (size_t i = 0; i < rows.size(); ++i) {
      if (rows[i][2] == target.box.left && rows[i][3] == target.box.top) {
        return static_cast<double>(i);
      }
    }
    return -1;
  }
};

AnchorHeadOptions anchor_options() {
  return {.scales = {{.channels = 4, .stride = 8, .anchors = {{6, 7}, {9, 14}}},
                     {.channels = 4, .stride = 16, .anchors = {{16, 11}, {24, 22}}}},
          .classes = 3,
          .scale_x_y = 1.2,
          .match_threshold = 0.3};
}

DecoupledHeadOptions free_options() {
  return {.scales = {{.channels = 4, .stride = 8}, {.channels = 4, .stride = 16}},
          .classes = 3,
          .bins = 4,
          .assignment = {.top_k = 5}};
}

// Loss and gradients, and what is found in the first picture.
void compare(const YoloHead& head, const std::string& name, DType dtype, double tolerance,
             Device device = Device::Cpu) {
  const Fixture fixture;
  std::vector<Tensor> numbers = fixture.each(name + "/numbers", dtype);
  for (Tensor& x : numbers) {
    x = x.to(device);
    x.requires_grad_();
  }
  const YoloLoss loss = head.loss(numbers, fixture.targets());
  const std::vector<double> parts = fixture.file.tensor(name + "/parts").to_vector<double>();
  REQUIRE(loss.parts.size() == parts.size());
  for (size_t i = 0; i < parts.size(); ++i) {
    INFO(name << " " << loss.parts[i].name);
    CHECK(loss.parts[i].value.item() == Approx(parts[i]).epsilon(tolerance));
  }
  loss.total().backward();
  const std::vector<Tensor> gradients = fixture.each(name + "/grad", dtype);
  REQUIRE(gradients.size() == numbers.size());
  for (size_t i = 0; i < numbers.size(); ++i) {
    INFO(name << " scale " << i);
    CHECK(first_difference(numbers[i].grad().to(Device::Cpu), gradients[i], 10 * tolerance) == "");
  }
  const BoxPredictions found = head.predictions(numbers, 0, 0);
  const DType got = found.boxes.dtype();  // the grid's are float32
  CHECK(first_difference(found.boxes, fixture.file.tensor(name + "/boxes").to(got), 1e-5) == "");
  CHECK(first_difference(found.scores, fixture.file.tensor(name + "/scores").to(got), 1e-5) == "");
}

}  // namespace

TEST_CASE("yolo: losses, gradients and boxes of the heads are those of PyTorch", "[models][yolo]") {
  const GridHead grid({.channels = 4, .stride = 8, .classes = 3});
  const AnchorHead anchor(anchor_options());
  const DecoupledHead free(free_options());
  for (const auto& [head, name] : std::initializer_list<std::pair<const YoloHead*, const char*>>{
           {&grid, "grid"}, {&anchor, "anchor"}, {&free, "free"}}) {
    compare(*head, name, DType::Float64, 1e-10);
    compare(*head, name, DType::Float32, 1e-4);
    if (cuda::is_available()) {
      compare(*head, name, DType::Float64, 1e-10, Device::Cuda);
    }
  }
}

TEST_CASE("yolo: who learns what", "[models][yolo]") {
  const Fixture fixture;
  const std::vector<YoloTargets> targets = fixture.targets();

  std::vector<std::vector<double>> grid;
  for (const CellMatch& m : responsible_cells(targets, 4, 6, 8)) {
    grid.push_back({static_cast<double>(m.picture), static_cast<double>(m.row), static_cast<double>(m.column),
                    fixture.number(m.target)});
  }
  CHECK(grid == fixture.table("grid/matches"));

  const AnchorHeadOptions o = anchor_options();
  const std::vector<AnchorGrid> grids = {{4, 6, 8, o.scales[0].anchors}, {2, 3, 16, o.scales[1].anchors}};
  std::vector<std::vector<double>> anchor;
  for (const AnchorMatch& m : best_anchors(targets, grids, o.match_threshold)) {
    anchor.push_back({static_cast<double>(m.picture), static_cast<double>(m.grid),
                      static_cast<double>(m.anchor), static_cast<double>(m.row),
                      static_cast<double>(m.column), fixture.number(m.target)});
  }
  std::vector<std::vector<double>> expected = fixture.table("anchor/matches");
  std::sort(anchor.begin(), anchor.end()), std::sort(expected.begin(), expected.end());
  CHECK(anchor == expected);
  // Where no threshold adds others: one for each thing, but two lie alike in one cell.
  CHECK(best_anchors(targets, grids).size() == 4);

  std::vector<std::vector<double>> free;
  const DecoupledHead head(free_options());
  const std::vector<Tensor> numbers = fixture.each("free/numbers");
  for (int64_t picture = 0; picture < 2; ++picture) {
    const BoxPredictions found = head.predictions(numbers, picture, 0);
    YoloAnswers answers = {.boxes = {}, .scores = found.scores.to_vector<double>(), .classes = 3};
    const std::vector<double> boxes = found.boxes.to_vector<double>();
    std::vector<YoloPoint> centres;
    for (const double stride : {8.0, 16.0}) {
      for (double y = stride / 2; y < 32; y += stride) {
        for (double x = stride / 2; x < 48; x += stride) {
          centres.push_back({x, y});
        }
      }
    }
    for (size_t i = 0; i < centres.size(); ++i) {
      const double x = 48 * boxes[4 * i], y = 32 * boxes[4 * i + 1], w = 48 * boxes[4 * i + 2],
                   h = 32 * boxes[4 * i + 3];
      answers.boxes.push_back({x - w / 2, y - h / 2, x + w / 2, y + h / 2});
    }
    for (const AlignedMatch& m :
         task_aligned(targets[static_cast<size_t>(picture)], answers, centres, free_options().assignment)) {
      free.push_back(
          {static_cast<double>(picture), static_cast<double>(m.cell), fixture.number(m.target), m.score});
    }
  }
  expected = fixture.table("free/matches");
  REQUIRE(free.size() == expected.size());
  for (size_t i = 0; i < free.size(); ++i) {
    INFO("match " << i);
    CHECK(std::vector(free[i].begin(), free[i].begin() + 3) ==
          std::vector(expected[i].begin(), expected[i].begin() + 3));
    CHECK(free[i][3] == Approx(expected[i][3]).margin(1e-9));
  }
}

TEST_CASE("yolo: a picture with nothing on it, and things outside of it", "[models][yolo]") {
  const GridHead grid({.channels = 4, .stride = 8, .classes = 3});
  const AnchorHead anchor(anchor_options());
  const DecoupledHead free(free_options());
  const Fixture fixture;
  const std::vector<YoloTargets> nothing(2), outside = {{{{-20, -20, -10, -10}, 1}}, {}};
  for (const auto& [head, name] : std::initializer_list<std::pair<const YoloHead*, std::string>>{
           {&grid, "grid"}, {&anchor, "anchor"}, {&free, "free"}}) {
    INFO(name);
    std::vector<Tensor> numbers = fixture.each(name + "/numbers");
    for (Tensor& x : numbers) {
      x.requires_grad_();
    }
    const Tensor loss = head->loss(numbers, nothing).total();
    CHECK(loss.item() > 0);  // it says that there is something
    loss.backward();
    CHECK(head->loss(numbers, outside).total().item() == loss.item());
  }
}

TEST_CASE("cluster_anchors: finds the sizes that there are", "[models][yolo]") {
  std::vector<DarknetYolo::Anchor> sizes;
  for (const double wobble : {-0.5, 0.0, 0.5}) {
    sizes.insert(sizes.end(), {{40 + wobble, 20}, {10, 10 + wobble}, {20, 41 - wobble}});
  }
  const auto anchors = cluster_anchors(sizes, 3);
  REQUIRE(anchors.size() == 3);
  const double expected[3][2] = {{10, 10}, {40, 20}, {20, 41}};
  for (size_t i = 0; i < 3; ++i) {
    CHECK(anchors[i].width == Approx(expected[i][0]).margin(1e-9));
    CHECK(anchors[i].height == Approx(expected[i][1]).margin(1e-9));
  }
}

TEST_CASE("yolo: errors", "[models][yolo]") {
  static const AnchorHead anchor(anchor_options());
  static DecoupledHead free(free_options());
  check_errors({
      {"AnchorHead: expected numbers of 2 scales, got 1",
       [] {
         anchor.loss(std::vector<Tensor>{zeros({1, 16, 4, 6})}, std::vector<YoloTargets>(1));
       }},
      {"AnchorHead: 2 pictures, and targets of 1",
       [] {
         anchor.loss(std::vector<Tensor>{zeros({2, 16, 4, 6}), zeros({2, 16, 2, 3})},
                     std::vector<YoloTargets>(1));
       }},
      {"AnchorHead: a thing of class 3, and there are 3 classes",
       [] {
         anchor.loss(std::vector<Tensor>{zeros({1, 16, 4, 6}), zeros({1, 16, 2, 3})},
                     std::vector<YoloTargets>{{{{1, 1, 9, 9}, 3}}});
       }},
      {"DecoupledHead: expected features of 2 scales, got 1",
       [] {
         free.numbers(std::vector<Tensor>{zeros({1, 4, 4, 6})});
       }},
      {"DecoupledHead: 1 scales, 0 classes and 16 bins",
       [] { DecoupledHead({.scales = {{.channels = 4}}, .classes = 0}); }},
      {"cluster_anchors: 1 boxes are too few for 2 anchors",
       [] {
         cluster_anchors({{1, 1}}, 2);
       }},
  });
}
