// A network in slow motion: one op at a time, forward and then backward, with its formula and its numbers

#include <CLI/CLI.hpp>
#include <optional>

#include "autograd/ops/cross_entropy.h"
#include "autograd/ops/div.h"
#include "autograd/ops/sub.h"
#include "data/synthetic_digits.h"
#include "examples/common/command_line.h"
#include "examples/common/device_flag.h"
#include "examples/common/named_model.h"
#include "inspect/stepper.h"
#include "tensor/factories.h"
#include "tensor/parallel.h"
#include "tensor/random.h"

using namespace helder;

namespace {

struct Options {
  std::string model, weights;
  std::filesystem::path image;
  std::optional<int64_t> label = {};
  bool no_backward = false;
  uint64_t seed = 1;
  int threads = 0;
  Device device = Device::Cpu;
};

/// A 4 that the program draws itself, as the model wants it.
Tensor drawn_digit(const NamedModel& model) {
  const Tensor pixels = empty({1, 1, kDigitSide, kDigitSide}, DType::UInt8);
  draw_synthetic_digit(4, 1, 0, std::span<uint8_t, kDigitPixels>(pixels.data<uint8_t>(), kDigitPixels));
  return (pixels.to(DType::Float32) / 255.0 - model.preprocessing.mean[0]) / model.preprocessing.std[0];
}

void run(const Options& options) {
  if (options.threads > 0) {
    set_num_threads(options.threads);
  }
  manual_seed(options.seed);
  const NamedModel model = named_model(options.model, options.weights);
  check(!options.image.empty() || model.channels == 1, "--image: {} needs a picture", model.name);
  const Tensor x = options.image.empty() ? drawn_digit(model) : load_input(model, options.image);
  model.module->to(options.device);

  StepOptions step = {.backward = !options.no_backward};
  if (options.label) {
    step.loss = [&](const Tensor& y) {
      check(y.rank() == 2 && *options.label < y.size(1), "--label {}: the output is {}", *options.label,
            y.shape());
      return cross_entropy(y,
                           full({y.size(0)}, static_cast<double>(*options.label), DType::Int64, y.device()));
    };
  }
  fmt::print("{}{} with {}; h lists the commands\n", model.name,
             options.weights.empty() ? ", random parameters," : "",
             options.image.empty() ? "a 4 that the program has drawn" : options.image.filename().string());
  step_through(*model.module, x.to(options.device), step);
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app(
      "A network in slow motion: one op at a time, forward and then backward, with its formula and its "
      "numbers.\n"
      "Commands are read from standard input; h lists them.",
      "step");
  app.add_option("--model", options.model, "one of " + model_names())->required();
  app.add_option("--weights", options.weights,
                 "its weights: a file, or hf:owner/name[/file][@revision]; random without");
  app.add_option("--image", options.image, "a picture: JPEG, PNG or BMP; models of digits can do without");
  app.add_option("--label", options.label,
                 "the class whose cross entropy goes backward; by default the likeliest")
      ->check(CLI::NonNegativeNumber);
  app.add_flag("--no-backward", options.no_backward, "stops at the output");
  app.add_option("--seed", options.seed, "of random parameters")->capture_default_str();
  app.add_option("--threads", options.threads, "by default one for each core")->check(CLI::Range(1, 1024));
  add_device_flag(app, options.device);
  return parse_and_run(app, argc, argv, [&] {
    run(options);
    return 0;
  });
}
