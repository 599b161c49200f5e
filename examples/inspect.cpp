// What a network does with a picture, layer by layer, as one HTML page that works offline

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cmath>
#include <iostream>

#include "autograd/grad_mode.h"
#include "autograd/ops/argmax.h"
#include "autograd/ops/cross_entropy.h"
#include "data/digits.h"
#include "data/image.h"
#include "data/resize.h"
#include "examples/common/command_line.h"
#include "examples/common/darknet_files.h"
#include "examples/common/device_flag.h"
#include "examples/common/named_model.h"
#include "examples/common/output_files.h"
#include "examples/common/weights_flag.h"
#include "inspect/report.h"
#include "inspect/trace.h"
#include "tensor/factories.h"
#include "tensor/parallel.h"
#include "tensor/random.h"
#include "vision/letterbox.h"

using namespace helder;

namespace {

struct Options {
  std::string model, weights;
  std::filesystem::path cfg, names, image, data, out = "report.html", trace;
  int64_t digit = -1;
  ReportOptions report = {};
  int64_t target = -1;
  uint64_t seed = 1;
  int threads = 0;
  Device device = Device::Cpu;
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

// What is looked into, and the picture that it is given.
struct Subject {
  std::shared_ptr<Module> module = {};
  std::string name = {};
  std::vector<std::string> classes = {};
  Tensor x = {}, picture = {};
};

// A test image of MNIST, as training sees it.
Tensor load_digit(const Options& options) {
  const DigitData data =
      load_digits(options.data.empty() ? std::nullopt : std::optional(options.data), show_download);
  check(options.digit < data.test.size(), "--digit {}: there are {} test images", options.digit,
        data.test.size());
  const Tensor pixels = data.test.images[options.digit].contiguous();
  Tensor x = empty({1, 1, pixels.size(1), pixels.size(2)});
  std::transform(
      pixels.data<uint8_t>(), pixels.data<uint8_t>() + pixels.numel(), x.data<float>(),
      [&](uint8_t v) { return (static_cast<float>(v) / 255 - data.test.mean[0]) / data.test.deviation[0]; });
  return x;
}

Subject load_classifier(const Options& options) {
  const NamedModel model = named_model(options.model, options.weights);
  if (options.weights.empty()) {
    std::cout << "no --weights: the parameters are random\n";
  }
  check(options.digit < 0 || model.channels == 1, "--digit is for the models of digits; {} wants --image",
        model.name);
  Subject subject = {.module = model.module, .name = model.name};
  subject.classes.assign(model.classes.begin(), model.classes.end());
  subject.x = options.digit >= 0 ? load_digit(options) : load_input(model, options.image);
  subject.picture = pixels_of(subject.x, model.preprocessing);
  return subject;
}

Subject load_detector(const Options& options) {
  const std::shared_ptr<Darknet> net = load_darknet(options.cfg, options.weights);
  const int64_t height = net->options().height, width = net->options().width;
  const Tensor picture = load_image(options.image);
  Subject subject = {.module = net, .name = options.cfg.stem().string()};
  subject.classes = load_class_names(options.names, class_count(*net));
  const bool keeps = net->options().letter_box;
  subject.x =
      (keeps ? letterbox(picture, height, width) : stretch(picture, height, width)).input.unsqueeze(0);
  subject.picture = pixels_of(subject.x, {.mean = {0, 0, 0}, .std = {1, 1, 1}});
  if (!keeps) {  // shown in its own proportions
    subject.picture =
        resize(picture, height, std::max<int64_t>(height * picture.size(2) / picture.size(1), 1));
  }
  return subject;
}

// Forward, and backward where it is asked for.
void pass(const Options& options, Module& model, const Tensor& x) {
  if (!options.report.backward || !options.cfg.empty()) {  // a detector's scores are no logits
    const NoGrad no_grad;
    model(x);
    return;
  }
  const Tensor logits = model(x);
  const Tensor label = options.report.target ? tensor<int64_t>({*options.report.target}).to(x.device())
                                             : argmax(logits.detach(), 1);
  cross_entropy(logits, label).backward();
  model.zero_grad();
}

void write_trace_of_pass(const Options& options, Module& model, const Tensor& x) {
  pass(options, model, x);  // takes the memory that the next one lives on
  Recorder recorder(model);
  {
    const ObserverGuard guard(recorder);
    pass(options, model, x);
  }
  write_trace(options.trace, recorder);
  std::cout << fmt::format("trace    {}\n", options.trace.string());
}

void run(Options options) {
  check_output_path(options.out);
  check_output_path(options.trace);
  if (options.threads > 0) {
    set_num_threads(options.threads);
  }
  manual_seed(options.seed);
  const Subject subject = options.cfg.empty() ? load_classifier(options) : load_detector(options);
  const std::vector<std::string_view> classes(subject.classes.begin(), subject.classes.end());
  options.report.title = fmt::format(
      "{}, {}", subject.name,
      options.digit >= 0 ? fmt::format("test digit {}", options.digit) : options.image.filename().string());
  options.report.classes = classes;
  options.report.picture = subject.picture;
  if (options.target >= 0) {
    options.report.target = options.target;
  }
  const auto start = std::chrono::steady_clock::now();
  subject.module->to(options.device);
  const Tensor x = subject.x.to(options.device);
  write_report_html(options.out, *subject.module, x, options.report);
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  std::cout << fmt::format("report   {} ({:.1f} MB, {:.1f} s)\n", options.out.string(),
                           static_cast<double>(std::filesystem::file_size(options.out)) / 1e6,
                           seconds.count());
  if (!options.trace.empty()) {
    write_trace_of_pass(options, *subject.module, x);
  }
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app("What a network does with a picture, layer by layer, as one HTML page.", "inspect");
  CLI::Option* model = app.add_option("--model", options.model, "one of " + model_names());
  CLI::Option* cfg = app.add_option("--cfg", options.cfg, "or a network of darknet: its .cfg file");
  CLI::Option* weights = app.add_option(
      "--weights", options.weights,
      "its weights: a file, a checkpoint of a training, or hf:owner/name[/file][@revision]; random without");
  app.add_option("--names", options.names, "the names of a darknet network's classes, one a line")
      ->needs(cfg);
  CLI::Option* image = app.add_option("--image", options.image, "a picture: JPEG, PNG or BMP");
  CLI::Option* digit = app.add_option("--digit", options.digit,
                                      "or a test image of MNIST, by its number, for models of digits")
                           ->check(CLI::NonNegativeNumber);
  app.add_option("--data", options.data,
                 "folder with MNIST's files; else it is looked for, as mnist_cnn does")
      ->needs(digit);
  model->excludes(cfg);
  cfg->needs(weights, image);
  image->excludes(digit);
  app.add_option("--out", options.out, "write the page here")->capture_default_str();
  app.add_option("--trace", options.trace, "write a time line of one pass here, for ui.perfetto.dev");
  app.add_flag("--backward", options.report.backward, "with the gradients of the cross entropy");
  app.add_option("--class", options.target,
                 "the label for that, and a class to look for; by default the likeliest")
      ->check(CLI::NonNegativeNumber);
  app.add_option("--watch", options.report.watch,
                 "the modules whose tensors are in it, by dotted name or pattern: 'layer3.*,fc'")
      ->capture_default_str();
  app.add_option("--seed", options.seed, "of random parameters")->capture_default_str();
  app.add_option("--threads", options.threads, "by default one for each core")->check(CLI::Range(1, 1024));
  add_device_flag(app, options.device);
  app.callback([&] {
    if (model->count() + cfg->count() == 0) {
      throw CLI::RequiredError("--model or --cfg");
    }
    if (image->count() + digit->count() == 0) {
      throw CLI::RequiredError("--image or --digit");
    }
  });
  return parse_and_run(app, argc, argv, [&] {
    run(options);
    return 0;
  });
}
