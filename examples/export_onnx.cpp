// A network as a .onnx file, which onnxruntime runs and Netron draws

#include "inspect/onnx/export_onnx.h"

#include <CLI/CLI.hpp>
#include <iostream>
#include <map>

#include "autograd/grad_mode.h"
#include "examples/common/command_line.h"
#include "examples/common/named_model.h"
#include "examples/common/output_files.h"
#include "tensor/factories.h"
#include "tensor/parallel.h"
#include "tensor/random.h"
#include "weights/safetensors.h"

using namespace helder;

namespace {

struct Options {
  std::string model, weights;
  std::filesystem::path out = "model.onnx", example;
  int64_t examples = 3;
  uint64_t seed = 1;
  int threads = 0;
};

// `Conv 20, Relu 19, Add 9, ...`, the most frequent first.
std::string operators_of(const OnnxModel& model) {
  std::map<std::string, int> counts;
  for (const OnnxNode& node : model.nodes) {
    ++counts[node.op_type];
  }
  std::vector<std::pair<std::string, int>> sorted(counts.begin(), counts.end());
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  std::string text;
  for (const auto& [name, count] : sorted) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", name, count);
  }
  return text;
}

void run(const Options& options) {
  check_output_path(options.out);
  check_output_path(options.example);
  if (options.threads > 0) {
    set_num_threads(options.threads);
  }
  manual_seed(options.seed);
  const NamedModel model = named_model(options.model, options.weights);
  if (options.weights.empty()) {
    std::cout << "no --weights: the parameters are random\n";
  }
  const int64_t side = model.preprocessing.crop;
  const Shape picture = {model.channels, side, side};
  const OnnxModel onnx = onnx_model(*model.module, picture, model.name);
  write_onnx(options.out, onnx);
  std::cout << fmt::format(
      "model    {}: pictures [batch,{},{},{}]\nnodes    {}: {}\nwritten  {} ({:.1f} MB)\n", model.name,
      picture[0], side, side, onnx.nodes.size(), operators_of(onnx), options.out.string(),
      static_cast<double>(std::filesystem::file_size(options.out)) / 1e6);
  if (!options.example.empty()) {
    const NoGrad no_grad;
    const Tensor x = randn({options.examples, picture[0], side, side});
    save_safetensors(options.example, {{"input", x}, {"output", (*model.module)(x)}});
    std::cout << fmt::format("example  {}\n", options.example.string());
  }
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app("A network as a .onnx file, which onnxruntime runs and Netron draws.", "export_onnx");
  app.add_option("--model", options.model, "one of " + model_names())->required();
  app.add_option("--weights", options.weights,
                 "its weights: a file, or hf:owner/name[/file][@revision]; random without");
  app.add_option("--out", options.out, "write the network here")->capture_default_str();
  app.add_option(
      "--example", options.example,
      "write random pictures, `input`, and what the network answers, `output`, to this safetensors "
      "file, to compare another runtime with");
  app.add_option("--examples", options.examples, "so many of them")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  app.add_option("--seed", options.seed, "of random parameters and pictures")->capture_default_str();
  app.add_option("--threads", options.threads, "by default one for each core")->check(CLI::Range(1, 1024));
  return parse_and_run(app, argc, argv, [&] {
    run(options);
    return 0;
  });
}
