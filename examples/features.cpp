// What a pretrained network makes of pictures that come as tensors: its result, and what any of its layers
// gives

#include <CLI/CLI.hpp>
#include <chrono>
#include <iostream>
#include <nlohmann/json.hpp>
#include <regex>

#include "autograd/grad_mode.h"
#include "examples/common/command_line.h"
#include "examples/common/device_flag.h"
#include "examples/common/output_files.h"
#include "examples/common/weights_flag.h"
#include "layers/init.h"
#include "layers/module_guards.h"
#include "tensor/cuda_memory.h"
#include "tensor/parallel.h"
#include "weights/load_weights.h"
#include "weights/safetensors.h"
#include "weights/zoo.h"

using namespace helder;

namespace {

struct Options {
  std::string model = "vit_base_patch16_224", layers = "blocks\\.[0-9]+";
  std::filesystem::path weights, pictures, out, json;
  int64_t classes = -1;
  int threads = 0;
  Device device = Device::Cpu;
  bool float64 = false;
};

/// Outputs of layers by their paths, in the order in which they are computed. Hooks collect them: the network
/// knows nothing of this.
StateDict watch(Module& net, const std::regex& layers, const std::function<void()>& run) {
  StateDict seen;
  ForwardHooks hooks;
  for (const auto& [name, module] : net.named_modules()) {
    if (!name.empty() && std::regex_match(name, layers)) {
      hooks.add(*module, [&seen, path = name](const Module&, std::span<const Tensor>, const Tensor& y) {
        seen.emplace_back(path, y);
      });
    }
  }
  run();
  return seen;
}

std::regex parsed(const std::string& layers) {
  try {
    return std::regex(layers);
  } catch (const std::regex_error&) {
    fail("--layers '{}' is no regular expression", layers);
  }
}

void run(const Options& options) {
  if (options.threads > 0) {
    set_num_threads(options.threads);
  }
  check_output_path(options.out);
  check_output_path(options.json);
  const std::regex layers = parsed(options.layers);
  const ZooModel& entry = zoo_model(options.model);
  const auto classes = options.classes >= 0 ? options.classes : static_cast<int64_t>(entry.classes.size());
  const DType dtype = options.float64 ? DType::Float64 : DType::Float32;

  const init::SkipRandom skip;  // the weights come from the file
  const auto net = entry.make(classes);
  net->to(dtype);
  net->eval();
  const std::string_view naming =
      load_weights(*net, *open_weights(find_weights(options.weights)), entry.maps);
  std::cout << fmt::format("{}: {} parameters, by {}\n", entry.name, net->parameter_count(),
                           naming.empty() ? "its own names" : fmt::format("the names of {}", naming));

  net->to(options.device);

  const Tensor pictures =
      open_weights(options.pictures)->tensor("pictures", dtype).to(options.device);  // [N, 3, H, W]
  const NoGrad guard;
  Tensor result;
  double milliseconds = 0;
  StateDict outputs = watch(*net, layers, [&] {
    const auto start = std::chrono::steady_clock::now();
    result = (*net)(pictures);
    if (result.is_cuda()) {
      cuda::synchronize();  // or only the launches would be timed
    }
    milliseconds =
        std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
  });
  outputs.emplace_back("result", result);

  nlohmann::json list = nlohmann::json::array();
  for (const auto& [name, tensor] : outputs) {
    std::cout << fmt::format("{:<24} {}\n", name, tensor.shape().str());
    list.push_back(
        {{"name", name}, {"shape", std::vector<int64_t>(tensor.shape().begin(), tensor.shape().end())}});
  }
  std::cout << fmt::format("{:.0f} ms\n", milliseconds);
  if (!options.out.empty()) {
    save_safetensors(options.out, outputs);
  }
  if (!options.json.empty()) {
    write_json(
        options.json,
        {{"model", entry.name}, {"naming", naming}, {"milliseconds", milliseconds}, {"outputs", list}});
  }
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app("What a pretrained network makes of pictures that come as tensors", "features");
  app.add_option("--model", options.model, "its name in the zoo")->capture_default_str();
  app.add_option("--weights", options.weights,
                 "a checkpoint of it: a file, or hf:owner/name[/file][@revision]")
      ->required();
  app.add_option("--pictures", options.pictures,
                 "a file with a tensor 'pictures' [N, 3, H, W], prepared as the model wants them")
      ->required();
  app.add_option("--layers", options.layers, "layers whose outputs are kept, as a regular expression")
      ->capture_default_str();
  app.add_option("--classes", options.classes, "outputs of the head; 0 for none. By default the model's own")
      ->check(CLI::NonNegativeNumber);
  app.add_option("--out", options.out,
                 "write outputs here, by the layers' paths, and 'result' (.safetensors)");
  app.add_flag("--float64", options.float64, "compute in float64");
  app.add_option("--threads", options.threads, "by default one for each core")->check(CLI::Range(1, 1024));
  add_device_flag(app, options.device);
  app.add_option("--json", options.json, "write the list of outputs here, for machines");
  return parse_and_run(app, argc, argv, [&] {
    run(options);
    return 0;
  });
}
