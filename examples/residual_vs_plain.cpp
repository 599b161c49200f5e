// Two networks of 44 layers, one with shortcuts and one without: where gradients vanish, and what cures it

#include <CLI/CLI.hpp>
#include <chrono>
#include <iostream>

#include "autograd/ops.h"
#include "data/digits.h"
#include "data/loader.h"
#include "examples/common/command_line.h"
#include "examples/common/device_flag.h"
#include "examples/common/output_files.h"
#include "examples/common/precision_flag.h"
#include "inspect/curves.h"
#include "inspect/terminal.h"
#include "layers/activations.h"
#include "layers/batch_norm.h"
#include "layers/conv2d.h"
#include "layers/flatten.h"
#include "layers/linear.h"
#include "layers/pooling.h"
#include "layers/residual.h"
#include "layers/sequential.h"
#include "tensor/parallel.h"
#include "training/adam.h"
#include "training/interrupt.h"
#include "training/metrics.h"
#include "training/progress.h"
#include "training/trainer.h"

using namespace helder;

namespace {

struct Options {
  std::filesystem::path data, json, plot;
  int64_t depth = 44, width = 8, steps = 200, batch_size = 64;
  double lr = 2e-3;
  std::string norm = "none";
  uint64_t seed = 1;
  DigitCounts counts;
  int threads = 0;
  Device device = Device::Cpu;
  MatmulPrecision precision = MatmulPrecision::Highest;
};

// ---- the two networks, which differ in one line ----

std::shared_ptr<Module> norm(const Options& options, int64_t channels) {
  if (options.norm == "batch") {
    return make<BatchNorm2d>(channels);
  }
  return nullptr;
}

void add_convolution(Sequential& net, const Options& options, int64_t in, int64_t out, int64_t stride) {
  net.push_back(make<Conv2d>(in, out, 3, Conv2dLayerOptions{.stride = stride, .padding = 1, .bias = false}));
  if (auto layer = norm(options, out)) {
    net.push_back(layer);
  }
}

/// One convolution, three stages of blocks of two, one linear layer: `depth` layers with weights. The
/// residual network has a way past each block.
std::shared_ptr<Sequential> make_network(const Options& options, bool residual) {
  manual_seed(options.seed);
  auto net = make<Sequential>();
  add_convolution(*net, options, 1, options.width, 1);
  net->push_back(make<ReLU>());
  int64_t channels = options.width;
  for (int stage = 0; stage < 3; ++stage) {
    for (int64_t block = 0; block < (options.depth - 2) / 6; ++block) {
      const bool narrows = stage > 0 && block == 0;
      const int64_t wide = narrows ? 2 * channels : channels;
      auto body = make<Sequential>();
      add_convolution(*body, options, channels, wide, narrows ? 2 : 1);
      body->push_back(make<ReLU>());
      add_convolution(*body, options, wide, wide, 1);
      // Where the body halves the image, the shortcut does so too: every second pixel, through a 1x1
      // convolution.
      auto shortcut =
          narrows ? make<Conv2d>(channels, wide, 1, Conv2dLayerOptions{.stride = 2, .bias = false}) : nullptr;
      net->push_back(residual ? std::static_pointer_cast<Module>(make<Residual>(body, shortcut)) : body);
      net->push_back(make<ReLU>());
      channels = wide;
    }
  }
  net->push_back(make<AvgPool2d>(7)).push_back(make<Flatten>()).push_back(make<Linear>(channels, 10));
  net->to(options.device);
  return net;
}

// ---- what is looked at ----

/// The size of the gradient in each layer, from the first to the last: the root mean square of its elements.
struct Gradients {
  std::vector<double> outputs = {};  ///< dL / dy, y what the layer gives: what backward brings to it
  std::vector<double> weights = {};  ///< dL / dw: what the optimiser gets
};

/// Everything that was seen of one network.
struct Story {
  std::string name;
  int number;  // from 1
  std::shared_ptr<Sequential> net;
  Gradients first = {}, last = {};  // of the first and the last step
  std::vector<double> losses = {};  // of each step
  double test_accuracy = 0;
};

double root_mean_square(const Tensor& x) { return std::sqrt(mean(x * x).item()); }

/// Watches the layers of a network. Hooks do it: the network knows nothing of this.
class Layers {
 public:
  explicit Layers(Module& net) {
    for (const auto& [path, module] : net.named_modules()) {
      const bool has_weight = dynamic_cast<Conv2d*>(module) || dynamic_cast<Linear*>(module);
      if (!has_weight ||
          path.find("shortcut") != path.npos) {  // a shortcut's convolution is no layer of its own
        continue;
      }
      weights_.push_back(module->named_parameters()[0].second);
      const size_t layer = outputs_.size();
      outputs_.emplace_back();
      module->register_forward_hook(
          [this, layer](const Module&, std::span<const Tensor>, const Tensor& output) {
            if (output.requires_grad()) {
              output.retain_grad();
              outputs_[layer] = output;
            }
          });
    }
  }

  /// After backward.
  Gradients gradients() const {
    Gradients result;
    for (size_t i = 0; i < weights_.size(); ++i) {
      result.outputs.push_back(root_mean_square(outputs_[i].grad()));
      result.weights.push_back(root_mean_square(weights_[i].grad()));
    }
    return result;
  }

 private:
  std::vector<Tensor> weights_, outputs_;
};

/// False when Ctrl-C ended it.
bool train(Story& story, const Options& options, const DigitData& data) {
  Module& net = *story.net;
  Layers layers(net);
  Adam optimizer(net.parameters(), {.lr = options.lr});
  const DataLoader loader(data.train,
                          {.batch_size = options.batch_size, .seed = options.seed, .drop_last = true});
  ProgressBar progress({.epoch = story.number, .epochs = 2, .steps = options.steps, .unit = "network"});
  const auto start = std::chrono::steady_clock::now();
  int64_t images = 0, correct = 0;
  while (static_cast<int64_t>(story.losses.size()) < options.steps) {
    const int64_t epoch = static_cast<int64_t>(story.losses.size()) / loader.batches_per_epoch();
    for (const Batch& batch : loader.epoch(epoch)) {
      optimizer.zero_grad();
      const Tensor logits = net(batch.images.to(options.device));
      const Tensor labels = batch.labels.to(options.device);
      const Tensor loss = cross_entropy(logits, labels);
      loss.backward();
      story.losses.push_back(loss.item());
      check(std::isfinite(loss.item()), "the loss of the {} network is {} after {} steps; try a smaller --lr",
            story.name, loss.item(), story.losses.size());
      optimizer.step();
      const auto step = static_cast<int64_t>(story.losses.size());
      images += batch.size();
      correct += count_correct(logits, labels);
      const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
      progress.update({.step = step,
                       .loss = loss.item(),
                       .accuracy = static_cast<double>(correct) / static_cast<double>(images),
                       .images_per_second = static_cast<double>(images) / seconds.count()});
      if (InterruptGuard::interrupted()) {
        return false;
      }
      if (step == 1) {
        story.first = layers.gradients();
      }
      if (step == options.steps) {
        story.last = layers.gradients();
        break;
      }
    }
  }
  story.test_accuracy = evaluate(net, DataLoader(data.test, {.batch_size = 250, .shuffle = false})).accuracy;
  return true;
}

// ---- what is shown ----

void print_stories(const std::vector<Story>& stories) {
  fmt::print("the gradient that arrives at each layer's output, before training\n\nlayer");
  // Bars of logarithms, from the smallest gradient to the largest.
  double low = std::numeric_limits<double>::infinity(), high = 0;
  for (const Story& story : stories) {
    fmt::print("  {:<32}", story.name);
    for (double size : story.first.outputs) {
      low = size > 0 ? std::min(low, size) : low;
      high = std::max(high, size);
    }
  }
  const size_t layers = stories[0].first.outputs.size();
  const size_t rows = std::min<size_t>(layers, 9);
  for (size_t i = 0; i < rows; ++i) {
    const size_t layer = i * (layers - 1) / (rows - 1);
    fmt::print("\n{:5}", layer + 1);
    for (const Story& story : stories) {
      const double size = story.first.outputs[layer];
      fmt::print("  {:8.1e} {}", size,
                 draw_bar(size > 0 ? std::log(size / low) / std::log(high / low) : 0, 23));
    }
  }
  fmt::print("\n\n{:22}{:>12}{:>12}{:>16}\n", "", "first loss", "last loss", "test accuracy");
  for (const Story& story : stories) {
    fmt::print("{:22}{:12.3f}{:12.3f}{:14.2f} %\n", story.name, story.losses.front(),
               smooth(story.losses, 5).back(), 100 * story.test_accuracy);
  }
}

CurvePanel gradients_panel(const std::string& title, const std::vector<Story>& stories,
                           Gradients Story::*step, std::vector<double> Gradients::*which) {
  CurvePanel panel{
      .title = title, .x_label = "layer, from the input", .unit = "", .curves = {}, .log_y = true};
  for (const Story& story : stories) {
    Curve curve{.name = story.name, .x = {}, .y = story.*step.*which};
    for (size_t i = 1; i <= curve.y.size(); ++i) {
      curve.x.push_back(static_cast<double>(i));
    }
    panel.curves.push_back(curve);
  }
  return panel;
}

void write_page(const Options& options, const DigitData& data, const std::vector<Story>& stories) {
  CurvePanel losses{.title = "Training loss", .x_label = "step", .unit = "", .curves = {}};
  for (const Story& story : stories) {
    Curve curve{.name = story.name, .x = {}, .y = smooth(story.losses, 5)};
    for (size_t i = 1; i <= curve.y.size(); ++i) {
      curve.x.push_back(static_cast<double>(i));
    }
    losses.curves.push_back(curve);
  }
  write_curves_html(
      options.plot,
      {.title = fmt::format("Plain and residual, {} layers", options.depth),
       .facts = {{"data", data.name},
                 {"normalisation", options.norm},
                 {"plain, test accuracy", fmt::format("{:.2f} %", 100 * stories[0].test_accuracy)},
                 {"residual, test accuracy", fmt::format("{:.2f} %", 100 * stories[1].test_accuracy)}},
       .panels = {gradients_panel("Gradient at each layer's output, first step", stories, &Story::first,
                                  &Gradients::outputs),
                  gradients_panel("Gradient of each layer's weights, first step", stories, &Story::first,
                                  &Gradients::weights),
                  gradients_panel("Gradient at each layer's output, last step", stories, &Story::last,
                                  &Gradients::outputs),
                  losses}});
  fmt::print("\nplot     {}\n", options.plot.string());
}

void write_results(const Options& options, const DigitData& data, const std::vector<Story>& stories) {
  nlohmann::json results = {{"dataset", data.name},   {"depth", options.depth},
                            {"width", options.width}, {"steps", options.steps},
                            {"norm", options.norm},   {"batch_size", options.batch_size},
                            {"lr", options.lr},       {"seed", options.seed}};
  for (const Story& story : stories) {
    results[story.name] = {
        {"first_step", {{"outputs", story.first.outputs}, {"weights", story.first.weights}}},
        {"last_step", {{"outputs", story.last.outputs}, {"weights", story.last.weights}}},
        {"losses", story.losses},
        {"test_accuracy", story.test_accuracy}};
  }
  write_json(options.json, results);
  fmt::print("results  {}\n", options.json.string());
}

/// False when Ctrl-C ended it.
bool run(const Options& options) {
  check(options.depth >= 8 && options.depth % 6 == 2, "--depth must be 6 n + 2 (8, 14, 20, ...), got {}",
        options.depth);
  check_output_path(options.plot);
  check_output_path(options.json);
  if (options.threads > 0) {
    set_num_threads(options.threads);
  }
  const DigitData data =
      load_digits(options.data.empty() ? std::nullopt : std::optional(options.data), {}, options.counts);
  fmt::print("data     {}: {}\n", data.name, data.reason);
  check(data.train.size() >= options.batch_size, "{} training images are less than one step of {}",
        data.train.size(), options.batch_size);
  std::vector<Story> stories = {{.name = "plain", .number = 1, .net = make_network(options, false)},
                                {.name = "residual", .number = 2, .net = make_network(options, true)}};
  set_float32_matmul_precision(options.precision);
  const InterruptGuard guard;
  for (Story& story : stories) {
    fmt::print("training the {} network: {} parameters, {} steps of {} images\n", story.name,
               story.net->parameter_count(), options.steps, options.batch_size);
    std::cout.flush();
    if (!train(story, options, data)) {
      fmt::print("interrupted; nothing was written\n");
      return false;
    }
  }
  fmt::print("\n");
  print_stories(stories);
  if (!options.plot.empty()) {
    write_page(options, data, stories);
  }
  if (!options.json.empty()) {
    write_results(options, data, stories);
  }
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  options.plot = "residual_vs_plain.html";
  CLI::App app(
      "Trains a plain and a residual network of the same depth on digits, and shows how large the gradient "
      "is in each of their layers.",
      "residual_vs_plain");
  app.add_option("--depth", options.depth, "layers with weights, 6 n + 2")->capture_default_str();
  app.add_option("--width", options.width, "channels of the first stage")
      ->check(CLI::Range(1, 512))
      ->capture_default_str();
  app.add_option("--norm", options.norm, "none, or batch: does it cure the gradients too?")
      ->check(CLI::IsMember({"none", "batch"}))
      ->capture_default_str();
  app.add_option("--steps", options.steps, "of training, each network")
      ->check(CLI::Range(1, 100000))
      ->capture_default_str();
  app.add_option("--batch-size", options.batch_size, "images a step")
      ->check(CLI::Range(2, 10000))
      ->capture_default_str();
  app.add_option("--lr", options.lr, "learning rate of Adam")->capture_default_str();
  app.add_option("--train-images", options.counts.train, "use only the first so many")
      ->check(CLI::PositiveNumber);
  app.add_option("--test-images", options.counts.test, "use only the first so many")
      ->check(CLI::PositiveNumber);
  app.add_option("--data", options.data,
                 "folder with MNIST's four files; found or drawn where none is given");
  app.add_option("--seed", options.seed, "of weights and order")->capture_default_str();
  app.add_option("--threads", options.threads, "by default one for each core")->check(CLI::Range(1, 1024));
  add_device_flag(app, options.device);
  add_precision_flag(app, options.precision);
  app.add_option("--plot", options.plot, "write the plot here, as one HTML page")->capture_default_str();
  app.add_option("--json", options.json, "write the results here, for machines");
  return parse_and_run(app, argc, argv, [&] { return run(options) ? 0 : 130; });
}
