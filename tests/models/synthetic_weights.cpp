#include "tests/models/synthetic_weights.h"

#include <cmath>
#include <fstream>

#include "autograd/grad_mode.h"
#include "layers/module_guards.h"
#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/paths.h"
#include "weights/load_weights.h"

namespace helder::testing {
namespace {

uint64_t name_hash(std::string_view name) {  // FNV-1a
  uint64_t value = 0xCBF29CE484222325;
  for (const char letter : name) {
    value = (value ^ static_cast<unsigned char>(letter)) * 0x100000001B3;
  }
  return value;
}

// Element `index` of the integers from -2^23 to 2^23 - 1 that go with a name's hash (splitmix64).
int64_t integer(uint64_t hash, int64_t index) {
  uint64_t z = hash + static_cast<uint64_t>(index + 1) * 0x9E3779B97F4A7C15;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
  z ^= z >> 31;
  return static_cast<int64_t>(z >> 40) - (int64_t{1} << 23);
}

struct Range {
  double middle, reach;
};

Range range_of(const std::string& name, const Shape& shape) {
  const std::string last = name.substr(name.find_last_of("./") + 1);
  if (name == "input") {
    return {0, 2};
  }
  if (last == "running_var") {
    return {1, 0.25};
  }
  if (shape.rank() < 2) {
    const bool is_factor = last == "weight" || last == "scale" || last == "gamma" || last == "lambda1";
    return is_factor ? Range{0.75, 0.25} : Range{0, 0.0625};
  }
  if (shape[0] == 1) {  // a token, positions
    return {0, 0.5};
  }
  const int64_t outputs = last == "kernel" ? shape.back() : shape.front();
  return {0, std::sqrt(6.0 / static_cast<double>(shape.numel() / outputs))};
}

class SyntheticFile : public WeightFile {
 public:
  SyntheticFile(const std::string& description, const nlohmann::json& shapes) : WeightFile(description) {
    for (const auto& [name, shape] : shapes.items()) {
      const bool is_count = name.ends_with("num_batches_tracked");
      add({name, is_count ? StoredType::I64 : StoredType::F32, Shape(shape.get<std::vector<int64_t>>())});
    }
  }

 private:
  Tensor read(size_t index) const override {
    return synthetic_tensor(tensors()[index].name, tensors()[index].shape);
  }
};

void check_summary(const nlohmann::json& expected, const Tensor& output, double tolerance) {
  CHECK(output.shape() == Shape(expected.at("shape").get<std::vector<int64_t>>()));
  const auto values = output.to_vector<double>();
  const double mean = expected.at("mean"), std = expected.at("std");
  const double limit = tolerance * std::hypot(mean, std);
  double sum = 0, squares = 0;
  for (const double value : values) {
    sum += value;
    squares += (value - mean) * (value - mean);
  }
  const auto count = static_cast<double>(values.size());
  CHECK(std::abs(sum / count - mean) <= limit);
  CHECK(std::abs(std::sqrt(squares / count) - std) <= limit);

  const auto samples = expected.at("samples").get<std::vector<double>>();
  double worst = samples.empty() || values.size() < samples.size() ? INFINITY : 0;
  for (size_t i = 0; i < samples.size() && worst < INFINITY; ++i) {
    const size_t place = samples.size() < 2 ? 0 : i * (values.size() - 1) / (samples.size() - 1);
    const double error = std::abs(values[place] - samples[i]);
    worst = std::isfinite(error) ? std::max(worst, error) : INFINITY;
  }
  CHECK(worst <= limit);
}

}  // namespace

Tensor synthetic_tensor(const std::string& name, const Shape& shape) {
  if (name.ends_with("num_batches_tracked")) {
    return ones(shape, DType::Int64);
  }
  // In double, where middle + value is exact or the middle is 0, and then rounded once: a compiler may
  // contract as it likes.
  const Range range = range_of(name, shape);
  const double step = range.reach / static_cast<double>(int64_t{1} << 23);
  const uint64_t hash = name_hash(name);
  const Tensor result = empty(shape);
  float* values = result.data<float>();
  for (int64_t i = 0; i < shape.numel(); ++i) {
    values[i] = static_cast<float>(range.middle + static_cast<double>(integer(hash, i)) * step);
  }
  return result;
}

ReferenceModel::ReferenceModel(const std::string& name, const std::string& folder) {
  const std::string path = source_path("tests/fixtures/" + folder + "/" + name + ".json");
  std::ifstream file(path);
  check(file.good(), "{}: cannot be read", path);
  fixture_ = nlohmann::json::parse(file);
}

std::unique_ptr<WeightFile> ReferenceModel::checkpoint() const {
  return std::make_unique<SyntheticFile>(name() + " as " + naming() + " has it", fixture_.at("tensors"));
}

Tensor ReferenceModel::input() const {
  return synthetic_tensor("input", Shape(fixture_.at("input").get<std::vector<int64_t>>()));
}

void ReferenceModel::check_outputs(Module& model, double tolerance) const {
  const auto modules = model.named_modules();
  const auto& expected = fixture_.at("outputs");
  ForwardHooks hooks;
  size_t seen = 0;
  for (const auto& [path, module] : modules) {
    if (expected.contains(path)) {
      const auto& summary = expected.at(path);
      const std::string name = path.empty() ? "output" : path;
      hooks.add(*module, [&seen, &summary, name, tolerance](const Module&, std::span<const Tensor>,
                                                            const Tensor& output) {
        INFO(name);
        check_summary(summary, output, tolerance);
        ++seen;
      });
    }
  }
  NoGrad guard;
  model.eval();
  model(input().to(model.parameters().front().dtype()));
  CHECK(expected.contains(""));
  CHECK(seen == expected.size());
}

void check_model(Module& model, const ReferenceModel& reference, std::span<const NameMap> maps) {
  INFO(reference.name() << " of " << reference.naming());
  const std::string_view naming = load_weights(model, *reference.checkpoint(), maps);
  CHECK((naming.empty() || naming == reference.naming()));
  {
    INFO("float32");
    reference.check_outputs(model, 1e-4);
  }
  INFO("float64");
  model.to(DType::Float64);
  reference.check_outputs(model, 1e-10);
}

}  // namespace helder::testing
