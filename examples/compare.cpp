// Where two runs of a network part: on another device, of other weights, or of another framework

#include "inspect/compare.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <nlohmann/json.hpp>

#include "examples/common/command_line.h"
#include "examples/common/device_flag.h"
#include "examples/common/named_model.h"
#include "examples/common/output_files.h"
#include "tensor/parallel.h"
#include "tensor/random.h"
#include "weights/weight_file.h"

using namespace helder;

namespace {

struct Options {
  std::string model, weights, other_weights;
  std::filesystem::path image, dump, json;
  Device device = Device::Cpu;
  double tolerance = 1e-3;
  int threads = 0;
};

StateDict tensors_of(const WeightFile& file) {
  StateDict result;
  for (const std::string& name : file.names()) {
    result.emplace_back(name, file.tensor(name));
  }
  return result;
}

nlohmann::json json_of(const ActivationDifference& layer) {
  return {{"name", layer.name},
          {"largest", layer.largest},
          {"relative", layer.relative},
          {"where", layer.where},
          {"a", layer.a},
          {"b", layer.b}};
}

/// 0 where the runs agree, 3 where they part.
int run(const Options& options) {
  check_output_path(options.json);
  if (options.threads > 0) {
    set_num_threads(options.threads);
  }
  manual_seed(1);
  const NamedModel model = named_model(options.model, options.weights);
  StateDict others;
  Tensor x;
  if (!options.dump.empty()) {
    others = tensors_of(*open_weights(options.dump));
    const auto input =
        std::find_if(others.begin(), others.end(), [](const auto& entry) { return entry.first == "input"; });
    x = input != others.end() ? input->second : Tensor();
  }
  check(x.defined() || !options.image.empty(), "give --image, or a dump with a tensor 'input'");
  x = x.defined() ? x : load_input(model, options.image);
  const StateDict own = named_activations(*model.module, x);
  if (options.dump.empty()) {
    const NamedModel other =
        named_model(options.model, options.other_weights.empty() ? options.weights : options.other_weights);
    other.module->to(options.device);
    others = named_activations(*other.module, x.to(options.device));
    for (auto& [name, tensor] : others) {
      tensor = tensor.to(Device::Cpu);
    }
  }

  const ActivationComparison comparison = compare_activations(own, others);
  const ActivationDifference* first = comparison.first_above(options.tolerance);
  fmt::print("{:<40} {:>12} {:>12}\n", "layer", "largest", "relative");
  for (const ActivationDifference& layer : comparison.layers) {
    fmt::print("{:<40} {:>12.3g} {:>12.3g}{}\n", layer.name, layer.largest, layer.relative,
               &layer == first ? "  <- here" : "");
  }
  if (!comparison.missing.empty()) {
    fmt::print("{} of {} layers are not in the other run\n", comparison.missing.size(), own.size());
  }
  if (first) {
    fmt::print("the runs part at {}: element {} is {:.6g} and {:.6g}\n", first->name, first->where, first->a,
               first->b);
  } else {
    fmt::print("the runs agree to {:g} in {} layers\n", options.tolerance, comparison.layers.size());
  }
  if (!options.json.empty()) {
    nlohmann::json layers = nlohmann::json::array();
    for (const ActivationDifference& layer : comparison.layers) {
      layers.push_back(json_of(layer));
    }
    write_json(options.json, {{"layers", layers},
                              {"missing", comparison.missing},
                              {"first", first ? nlohmann::json(first->name) : nlohmann::json()}});
  }
  return first ? 3 : 0;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app(
      "Where two runs of a network part: on another device, of other weights, or of another framework.",
      "compare");
  app.add_option("--model", options.model, "one of " + model_names())->required();
  app.add_option("--weights", options.weights, "its weights: a file, or hf:owner/name[/file][@revision]")
      ->required();
  CLI::Option* other = app.add_option("--other-weights", options.other_weights, "those of the second run");
  CLI::Option* dump = app.add_option(
      "--dump", options.dump,
      "or the outputs of its layers by their names, in safetensors or npz (docs/inspect.md says how "
      "PyTorch writes them); its tensor 'input' is what the network is given");
  other->excludes(dump);
  add_device_flag(app, options.device);
  CLI::Option* device = app.get_option("--device");
  device->description("or where the second run is: the CPU's numbers are compared with those of `cuda`")
      ->excludes(dump);
  app.add_option("--image", options.image, "a picture: JPEG, PNG or BMP");
  app.add_option("--tolerance", options.tolerance,
                 "of the largest difference, over the layer's largest value")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  app.add_option("--threads", options.threads, "by default one for each core")->check(CLI::Range(1, 1024));
  app.add_option("--json", options.json, "write the differences here, for machines");
  app.callback([&] {
    if (other->count() + dump->count() + device->count() == 0) {
      throw CLI::RequiredError("--device, --other-weights or --dump");
    }
  });
  return parse_and_run(app, argc, argv, [&] { return run(options); });
}
