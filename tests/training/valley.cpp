#include "tests/training/valley.h"

#include <algorithm>

#include "autograd/ops/add.h"
#include "autograd/ops/mul.h"
#include "autograd/ops/pow.h"
#include "autograd/ops/sub.h"
#include "autograd/ops/sum.h"
#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/paths.h"
#include "weights/safetensors.h"

namespace helder::testing {
namespace {

const SafetensorsFile& fixture() {
  static const SafetensorsFile file(source_path("tests/fixtures/optimizers.safetensors"));
  return file;
}

// c of the loss for elements first, first + 1, ...: 0.1, 1, 3 in turn.
Tensor steepness(int64_t first, const Tensor& like) {
  std::vector<double> c;
  for (int64_t i = 0; i < like.numel(); ++i) {
    c.push_back(std::vector<double>{0.1, 1, 3}[static_cast<size_t>((first + i) % 3)]);
  }
  return from_data(c, like.shape()).to(like.dtype()).to(like.device());
}

}  // namespace

Tensor valley_fixture(const std::string& name) { return fixture().tensor(name); }

std::vector<std::string> valley_paths() {
  std::vector<std::string> names;
  const std::string end = "/points";
  for (const std::string& name : fixture().names()) {
    if (name.ends_with(end)) {
      names.push_back(name.substr(0, name.size() - end.size()));
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

Parameters valley_start(bool matrices, DType dtype, Device device) {
  const auto shapes =
      matrices ? std::vector<Shape>{{2, 3}, {4, 2}} : std::vector<Shape>{{3}, {2, 3}, {}, {4, 2}};
  const Tensor start = valley_fixture("start");
  Parameters parameters;
  int64_t first = 0;
  for (const Shape& shape : shapes) {
    const int64_t last = first + shape.numel();
    Tensor p = start.slice(0, first, last).reshape(shape).to(dtype).to(device).clone().detach();
    parameters.push_back(p.requires_grad_());
    first = last;
  }
  return parameters;
}

void step_down(Optimizer& optimizer, const Parameters& parameters) {
  optimizer.zero_grad();
  int64_t first = 0;
  for (const Tensor& p : parameters) {
    sum(add(mul(steepness(first, p), pow(p, 4)), pow(sub(p, 1), 2))).backward();
    first += p.numel();
  }
  optimizer.step();
}

std::vector<double> elements(const Parameters& parameters) {
  std::vector<double> result;
  for (const Tensor& p : parameters) {
    const auto values = p.to_vector<double>();
    result.insert(result.end(), values.begin(), values.end());
  }
  return result;
}

double plateau_metric(int64_t step) { return 1.0 / static_cast<double>(1 + std::min<int64_t>(step, 12)); }

void check_path(const std::string& name, const Path& path, Device device) {
  INFO(name);
  const Tensor rates = valley_fixture(name + "/rates");
  for (const DType dtype : {DType::Float64, DType::Float32}) {
    INFO(name_of(dtype));
    const bool wide = dtype == DType::Float64;
    const Tensor points = valley_fixture(name + (wide ? "/points" : "/points32"));
    const Parameters parameters = valley_start(name.starts_with("muon"), dtype, device);
    const auto optimizer = path.optimizer(parameters);
    const auto schedule = path.schedule ? path.schedule(*optimizer) : nullptr;
    REQUIRE(points.size(0) == 50);
    REQUIRE(rates.size(1) == static_cast<int64_t>(optimizer->group_count()));
    for (int64_t step = 0; step < points.size(0); ++step) {
      INFO("step " << step);
      for (int64_t group = 0; group < rates.size(1); ++group) {
        CHECK(optimizer->lr(static_cast<size_t>(group)) ==
              Approx(rates.at<double>({step, group})).epsilon(1e-12));
      }
      step_down(*optimizer, parameters);
      if (schedule) {
        schedule->step();
        schedule->observe(plateau_metric(step));
      }
      const auto expected = points.select(0, step).to_vector<double>();
      const auto got = elements(parameters);
      REQUIRE(got.size() == expected.size());
      for (size_t i = 0; i < got.size(); ++i) {
        INFO("element " << i);
        REQUIRE(got[i] == Approx(expected[i]).epsilon(wide ? 1e-10 : 1e-4).margin(wide ? 1e-12 : 2e-4));
      }
    }
  }
}

}  // namespace helder::testing
