// A network learns from nothing to find things, with any of YOLO's heads: grid, anchors, anchor-free

#include <fmt/ranges.h>

#include <chrono>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "data/detection_folder.h"
#include "data/synthetic_shapes.h"
#include "examples/common/command_line.h"
#include "examples/common/detector_evaluation.h"
#include "examples/common/detector_report.h"
#include "examples/common/device_flag.h"
#include "examples/common/output_files.h"
#include "models/yolo/anchor_head.h"
#include "tensor/parallel.h"
#include "training/adam.h"
#include "training/averaging.h"
#include "training/checkpoint.h"
#include "training/interrupt.h"
#include "training/nonfinite.h"
#include "training/progress.h"
#include "training/schedule.h"

using namespace helder;

namespace {

struct Options {
  std::string head = "anchor_free";
  std::filesystem::path data, save, resume, out, plot, json;
  int64_t images = 0, test_images = 0, side = 96, width = 16;
  int64_t epochs = 15, batch_size = 16, drawn = 12;
  double lr = 4e-3;
  uint64_t seed = 1;
  int threads = 0;
  Device device = Device::Cpu;
};

const std::map<std::string, YoloHeadKind> kHeads = {{"grid", YoloHeadKind::Grid},
                                                    {"anchor", YoloHeadKind::Anchor},
                                                    {"anchor_free", YoloHeadKind::AnchorFree}};

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// ---- the pictures ----

struct Data {
  DetectionDataset train, test;  // nothing is learned from the second
};

/// Of a folder the first so many pictures, all of them where no number is given.
DetectionDataset load_part(const Options& options, const std::string& part, int64_t count) {
  DetectionDataset data = load_detection_folder(options.data, part);
  if (count > 0 && count < data.size()) {
    data.pictures.resize(static_cast<size_t>(count));
  }
  return data;
}

Data load_data(const Options& options) {
  if (!options.data.empty()) {
    Data data = {load_part(options, "train", options.images), load_part(options, "val", options.test_images)};
    check(data.train.classes == data.test.classes, "{}: its train and val have other classes: {} and {}",
          options.data.string(), fmt::join(data.train.classes, ", "), fmt::join(data.test.classes, ", "));
    return data;
  }
  const auto or_else = [](int64_t count, int64_t usual) { return count > 0 ? count : usual; };
  // Another seed, other pictures.
  return {synthetic_shapes(or_else(options.images, 2000), options.seed, options.side),
          synthetic_shapes(or_else(options.test_images, 300), ~options.seed, options.side)};
}

/// The shapes of the training set's boxes, as the network will see them.
std::vector<DarknetYolo::Anchor> find_anchors(const DetectionLoader& loader, size_t count) {
  std::vector<DarknetYolo::Anchor> sizes;
  for (int64_t b = 0; b < loader.batches_per_epoch() && sizes.size() < 5000; ++b) {
    for (const YoloTargets& targets : targets_of(loader.batch(0, b))) {
      for (const YoloTarget& target : targets) {
        sizes.push_back({target.box.width(), target.box.height()});
      }
    }
  }
  return cluster_anchors(std::move(sizes), count);
}

// ---- training ----

/// The run: everything that a step changes, and what was measured so far.
struct Run {
  const Options& options;
  const DetectionLoader &train, &test;
  const YoloNetOptions& net_options;
  YoloNet& net;
  AdamW optimizer;
  OneCycleLR schedule;
  ExponentialMovingAverage average;
  int64_t epoch = 0, batch = 0;                     // finished
  nlohmann::json epochs = nlohmann::json::array();  // what was measured after each
  std::map<std::string, double> loss_sums;          // of the epoch's steps
  double seconds = 0;                               // that these took

  Run(const Options& run_options, const DetectionLoader& train_loader, const DetectionLoader& test_loader,
      const YoloNetOptions& network_options, YoloNet& network)
      : options(run_options),
        train(train_loader),
        test(test_loader),
        net_options(network_options),
        net(network),
        optimizer(net.parameters(), {.lr = options.lr, .weight_decay = 0.02}),
        schedule(optimizer, options.lr, std::max<int64_t>(options.epochs * train.batches_per_epoch(), 1),
                 {.pct_start = 0.2, .cycle_momentum = false}),
        average(net, {.decay = 0.995, .warm_up = true}) {}

  /// What the numbers depend on: a run goes on only with the same.
  std::string recipe() const {
    nlohmann::json anchors = nlohmann::json::array();
    for (const auto& [width, height] : net_options.anchors) {
      anchors.push_back({width, height});
    }
    return nlohmann::json{{"data", train.dataset().name},
                          {"classes", train.dataset().classes},
                          {"anchors", anchors},
                          {"images", train.dataset().size()},
                          {"side", options.side},
                          {"width", options.width},
                          {"epochs", options.epochs},
                          {"batch_size", options.batch_size},
                          {"lr", options.lr},
                          {"seed", options.seed}}
        .dump();
  }

  void save(const std::filesystem::path& path) const {
    const nlohmann::json progress = {{"epochs", epochs}, {"loss_sums", loss_sums}, {"seconds", seconds}};
    save_checkpoint(path, {.architecture = "yolo " + options.head,
                           .recipe = recipe(),
                           .progress = progress.dump(),
                           .model = net.state_dict(),
                           .optimizer_name = optimizer.name(),
                           .optimizer = optimizer.state_dict(),
                           .schedule = schedule.state_dict(),
                           .average = average.state_dict(),
                           .epoch = epoch,
                           .batch = batch});
    fmt::print("saved    {}\n", path.string());
  }

  void resume(const std::filesystem::path& path) {
    const Checkpoint checkpoint = load_checkpoint(path);
    check(checkpoint.architecture == "yolo " + options.head && checkpoint.recipe == recipe(),
          "{}: it is of {} with {}, and this run of yolo {} with {}; the same options give the same result",
          path.string(), checkpoint.architecture, checkpoint.recipe, options.head, recipe());
    net.load_state_dict(checkpoint.model);
    optimizer.load_state_dict(checkpoint.optimizer);
    schedule.load_state_dict(checkpoint.schedule);
    average.load_state_dict(checkpoint.average);
    epoch = checkpoint.epoch, batch = checkpoint.batch;
    try {
      const auto progress = nlohmann::json::parse(checkpoint.progress);
      epochs = progress.at("epochs");
      loss_sums = progress.at("loss_sums").get<std::map<std::string, double>>();
      seconds = progress.at("seconds");
    } catch (const nlohmann::json::exception& error) {
      fail("{}: its progress cannot be read: {}", path.string(), error.what());
    }
  }

  /// One step: what the heads say, how wrong that is, and a little better.
  double step() {
    const DetectionBatch pictures = train.batch(epoch, batch);
    const Tensor x = pictures.images.to(options.device);
    optimizer.zero_grad();
    const YoloLoss loss = net.head->loss(net.numbers(x), targets_of(pictures));
    const Tensor total = loss.total();
    total.backward();
    check(std::isfinite(total.item()), "the loss is {} after {} steps: {}; try a smaller --lr", total.item(),
          schedule.steps_taken(), explain_nonfinite(net, x));
    optimizer.step();
    schedule.step();
    average.update();
    for (const auto& [name, value] : loss.parts) {
      loss_sums[name] += value.item();
    }
    ++batch;
    return total.item();
  }

  /// False where Ctrl-C ended it.
  bool train_epoch() {
    ProgressBar progress({.epoch = epoch + 1, .epochs = options.epochs, .steps = train.batches_per_epoch()});
    net.train();
    const auto start = std::chrono::steady_clock::now();
    const int64_t first = batch;
    const double before = seconds;
    while (batch < train.batches_per_epoch()) {
      const double loss = step();
      seconds = before + seconds_since(start);
      const auto seen = static_cast<double>((batch - first) * options.batch_size);
      progress.update({.step = batch, .loss = loss, .images_per_second = seen / (seconds - before)});
      if (InterruptGuard::interrupted()) {
        return false;
      }
    }
    return true;
  }

  void end_epoch() {
    const AppliedAverage averaged(average);
    const CocoMetrics metrics = evaluate_detector(net, test, options.side).metrics;
    nlohmann::json losses;
    std::string text;
    double total = 0;
    for (auto& [name, sum] : loss_sums) {
      const double mean = sum / static_cast<double>(train.batches_per_epoch());
      losses[name] = mean;
      text += fmt::format("{}{} {:.3f}", text.empty() ? "" : ", ", name, mean);
      total += mean;
      sum = 0;
    }
    ++epoch, batch = 0;
    const double took = std::exchange(seconds, 0);
    epochs.push_back({{"epoch", epoch},
                      {"loss", total},
                      {"losses", losses},
                      {"map50", metrics.ap50},
                      {"map", metrics.ap},
                      {"seconds", took}});
    fmt::print("epoch {:>2}/{}  loss {:.3f} ({})  mAP@.5 {:.3f}  mAP@[.5:.95] {:.3f}  {:.1f} s\n", epoch,
               options.epochs, total, text, metrics.ap50, metrics.ap, took);
    std::fflush(stdout);
  }
};

int run(const Options& options) {
  for (const auto& path : {options.save, options.plot, options.json}) {
    check_output_path(path);
  }
  if (options.threads > 0) {
    set_num_threads(options.threads);
  }
  const Data data = load_data(options);
  fmt::print("data     {}: {} pictures to learn from, {} held out; {}\n", data.train.name, data.train.size(),
             data.test.size(), fmt::join(data.train.classes, ", "));
  const DetectionLoader train(data.train, {.side = options.side,
                                           .batch_size = options.batch_size,
                                           .shuffle = true,
                                           .flip = true,
                                           .seed = options.seed});
  const DetectionLoader test(data.test, {.side = options.side, .batch_size = 32});

  manual_seed(options.seed);
  YoloNetOptions net_options = {.head = kHeads.at(options.head),
                                .classes = static_cast<int64_t>(data.train.classes.size()),
                                .width = options.width};
  if (net_options.head == YoloHeadKind::Anchor) {
    net_options.anchors = find_anchors(train, 6);
    fmt::print("anchors ");
    for (const auto& [width, height] : net_options.anchors) {
      fmt::print(" {:.0f}x{:.0f}", width, height);
    }
    fmt::print("\n");
  }
  YoloNet net(net_options);
  net.to(options.device);
  fmt::print("model    yolo, {} head: {} parameters\n\n", options.head, net.parameter_count());
  Run training(options, train, test, net_options, net);
  if (!options.resume.empty()) {
    training.resume(options.resume);
  }

  const InterruptGuard guard;
  while (training.epoch < options.epochs) {
    if (!training.train_epoch()) {
      fmt::print("\ninterrupted\n");
      training.save(options.save.empty() ? "train_yolo.interrupted.safetensors" : options.save);
      return 130;
    }
    training.end_epoch();
    if (!options.save.empty()) {
      training.save(options.save);
    }
  }

  const AppliedAverage averaged(training.average);
  const DetectorEvaluation evaluation = evaluate_detector(net, test, options.side);
  print_metrics(evaluation.metrics, data.test.classes);
  if (!options.out.empty()) {
    draw_found(options.out, data.test, evaluation.found, options.drawn);
    fmt::print("pictures {}\n", options.out.string());
  }
  if (!options.plot.empty()) {
    write_detector_curves(options.plot, "YOLO, " + options.head + " head", data.train.name, training.epochs);
    fmt::print("plot     {}\n", options.plot.string());
  }
  if (!options.json.empty()) {
    nlohmann::json of_classes = nlohmann::json::object();
    for (const auto& [category, ap] : evaluation.metrics.ap_of) {
      of_classes[data.test.classes[static_cast<size_t>(category)]] = {
          {"ap50", evaluation.metrics.ap50_of.at(category)}, {"ap", ap}};
    }
    write_json(options.json, {{"head", options.head},
                              {"data", data.train.name},
                              {"train_images", data.train.size()},
                              {"test_images", data.test.size()},
                              {"parameters", net.parameter_count()},
                              {"seed", options.seed},
                              {"epochs", training.epochs},
                              {"map50", evaluation.metrics.ap50},
                              {"map75", evaluation.metrics.ap75},
                              {"map", evaluation.metrics.ap},
                              {"classes", of_classes}});
    fmt::print("results  {}\n", options.json.string());
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app("A network learns from nothing to find things, with any of YOLO's heads.", "train_yolo");
  app.add_option("--head", options.head,
                 "grid: a class and two boxes a cell (YOLOv1); anchor: changes to given shapes (v2 to v4); "
                 "anchor_free: distances of four sides (v8)")
      ->check(CLI::IsMember({"grid", "anchor", "anchor_free"}))
      ->capture_default_str();
  app.add_option(
      "--data", options.data,
      "a folder as COCO's or as YOLO's trainers have it, with parts train and val; without it, shapes are "
      "drawn");
  app.add_option("--images", options.images,
                 "pictures to learn from; by default 2000 drawn ones, or all that the folder has")
      ->check(CLI::Range(1, 10000000));
  app.add_option("--test-images", options.test_images,
                 "and others, to see what was learned; by default 300 or all")
      ->check(CLI::Range(1, 10000000));
  app.add_option("--side", options.side, "pixels of the network's input, a multiple of 16")
      ->check(CLI::Range(32, 2048))
      ->check([](const std::string& text) {
        return std::stoll(text) % 16 == 0 ? std::string() : "expected a multiple of 16, got " + text;
      })
      ->capture_default_str();
  app.add_option("--width", options.width, "channels of the first layer; others have up to 8 times as many")
      ->check(CLI::Range(2, 256))
      ->capture_default_str();
  app.add_option("--epochs", options.epochs, "passes over the pictures")
      ->check(CLI::Range(1, 100000))
      ->capture_default_str();
  app.add_option("--batch-size", options.batch_size, "pictures a step")
      ->check(CLI::Range(1, 4096))
      ->capture_default_str();
  app.add_option("--lr", options.lr, "the learning rate's peak")
      ->check(CLI::Range(0.0, 10.0))
      ->capture_default_str();
  app.add_option("--seed", options.seed, "of pictures, weights and order")->capture_default_str();
  app.add_option("--threads", options.threads, "by default one for each core")->check(CLI::Range(1, 1024));
  add_device_flag(app, options.device);
  app.add_option("--save", options.save, "a checkpoint, written after each epoch and on Ctrl-C");
  app.add_option("--resume", options.resume, "go on from such a checkpoint");
  app.add_option("--out", options.out, "a folder for some held-out pictures with what was found");
  app.add_option("--pictures", options.drawn, "how many")
      ->check(CLI::Range(0, 100000))
      ->capture_default_str();
  app.add_option("--plot", options.plot, "a page with the curves of loss and average precision");
  app.add_option("--json", options.json, "write the results here, for machines");
  return parse_and_run(app, argc, argv, [&] { return run(options); });
}
