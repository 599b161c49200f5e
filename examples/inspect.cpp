// What a network does with a picture, layer by layer, as one HTML page that works offline

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cmath>
#include <iostream>

#include "examples/common/command_line.h"
#include "examples/common/named_model.h"
#include "examples/common/output_files.h"
#include "inspect/report.h"
#include "tensor/factories.h"
#include "tensor/parallel.h"
#include "tensor/random.h"

using namespace helder;

namespace {

struct Options {
  std::string model, weights;
  std::filesystem::path image, out = "report.html";
  ReportOptions report = {};
  int64_t target = -1;
  uint64_t seed = 1;
  int threads = 0;
};

// What is left of a picture after preprocessing: pixels of a whole image's colours again.
Tensor pixels_of(const Tensor& x, const Preprocessing& preprocessing) {
  Tensor picture = empty({3, x.size(2), x.size(3)}, DType::UInt8);
  const int64_t plane = x.size(2) * x.size(3);
  for (int64_t c = 0; c < 3; ++c) {
    const auto k = static_cast<size_t>(c);
    const float* from = x.data<float>() + (x.size(1) == 3 ? c : 0) * plane;
    for (int64_t p = 0; p < plane; ++p) {
      const float value = 255 * (from[p] * preprocessing.std[k] + preprocessing.mean[k]);
      picture.data<uint8_t>()[c * plane + p] =
          static_cast<uint8_t>(std::lround(std::clamp(value, 0.0F, 255.0F)));
    }
  }
  return picture;
}

void run(Options options) {
  check_output_path(options.out);
  if (options.threads > 0) {
    set_num_threads(options.threads);
  }
  manual_seed(options.seed);
  const NamedModel model = named_model(options.model, options.weights);
  if (options.weights.empty()) {
    std::cout << "no --weights: the parameters are random\n";
  }
  const Tensor x = load_input(model, options.image);
  options.report.title = model.name + ", " + options.image.filename().string();
  options.report.classes = model.classes;
  options.report.picture = pixels_of(x, model.preprocessing);
  if (options.target >= 0) {
    options.report.target = options.target;
  }
  const auto start = std::chrono::steady_clock::now();
  write_report_html(options.out, *model.module, x, options.report);
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  std::cout << fmt::format("report   {} ({:.1f} MB, {:.1f} s)\n", options.out.string(),
                           static_cast<double>(std::filesystem::file_size(options.out)) / 1e6,
                           seconds.count());
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app("What a network does with a picture, layer by layer, as one HTML page.", "inspect");
  app.add_option("--model", options.model, "one of " + model_names())->required();
  app.add_option("--weights", options.weights,
                 "its weights: a file, or hf:owner/name[/file][@revision]; random without");
  app.add_option("--image", options.image, "a picture: JPEG, PNG or BMP")->required();
  app.add_option("--out", options.out, "write the page here")->capture_default_str();
  app.add_flag("--backward", options.report.backward, "with the gradients of the cross entropy");
  app.add_option("--class", options.target,
                 "the label for that, and a class to look for; by default the likeliest")
      ->check(CLI::NonNegativeNumber);
  app.add_option("--watch", options.report.watch,
                 "the modules whose tensors are in it, by dotted name or pattern: 'layer3.*,fc'")
      ->capture_default_str();
  app.add_option("--seed", options.seed, "of random parameters")->capture_default_str();
  app.add_option("--threads", options.threads, "by default one for each core")->check(CLI::Range(1, 1024));
  return parse_and_run(app, argc, argv, [&] {
    run(options);
    return 0;
  });
}
