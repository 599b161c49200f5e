// A pretrained network learns to tell other classes apart: a new head, and the body trained along or frozen

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <iostream>
#include <nlohmann/json.hpp>
#include <numeric>

#include "data/image_transforms.h"
#include "data/resize.h"
#include "data/split.h"
#include "examples/common/class_pictures.h"
#include "examples/common/command_line.h"
#include "examples/common/device_flag.h"
#include "examples/common/output_files.h"
#include "examples/common/precision_flag.h"
#include "examples/common/weights_flag.h"
#include "inspect/tensorboard/training_log.h"
#include "inspect/terminal.h"
#include "inspect/training_trace.h"
#include "tensor/parallel.h"
#include "training/freeze.h"
#include "training/sgd.h"
#include "training/trainer.h"
#include "weights/load_weights.h"
#include "weights/safetensors.h"
#include "weights/zoo.h"

using namespace helder;

namespace {

struct Options {
  std::string model = "resnet20", weights;
  std::filesystem::path data, test, save, json, tensorboard, trace;
  std::vector<std::string> classes;
  int64_t per_class = 0;
  double held_out = 0.2;
  int64_t epochs = 3, batch_size = 64;
  double lr = 0.02, body_lr = 0.1;
  bool freeze = false;
  uint64_t seed = 1;
  int threads = 0;
  Device device = Device::Cpu;
  MatmulPrecision precision = MatmulPrecision::Highest;
};

// ---- the model: somebody's weights, and a head for these classes ----

struct Model {
  std::shared_ptr<Module> module;
  std::vector<Module*> frozen;
  std::vector<Tensor> head, body;  // the parameters that learn
};

/// The head is the file's where that was saved by this program for the same classes, and random otherwise.
Model make_model(const ZooModel& zoo, const Options& options, const std::vector<std::string>& classes) {
  const auto file = open_weights(find_weights(options.weights));
  const auto saved = file->metadata().find("classes");
  const bool goes_on = saved != file->metadata().end() && saved->second == nlohmann::json(classes).dump();
  Model model{zoo.make(static_cast<int64_t>(classes.size())), {}, {}, {}};
  const std::vector<std::string_view> head = {zoo.head};
  load_weights(*model.module, *file, zoo.maps, goes_on ? std::vector<std::string_view>() : head);
  model.module->to(options.device);
  if (options.freeze) {
    model.frozen = freeze(*model.module, head);
  }
  int64_t learning = 0;
  for (const auto& [name, parameter] : model.module->named_parameters()) {
    if (parameter.requires_grad()) {
      (matches(zoo.head, name) ? model.head : model.body).push_back(parameter);
      learning += parameter.numel();
    }
  }
  fmt::print("model    {}: {} parameters, of which {} learn; {} from {}\n", zoo.name,
             model.module->parameter_count(), learning, goes_on ? "all" : "all but the head",
             options.weights);
  return model;
}

/// The head starts from nothing and takes large steps, the body knows a lot already and takes small ones.
SGD make_optimizer(const Model& model, const Options& options) {
  std::vector<ParameterGroup<SGDOptions>> groups = {
      {model.head, {.lr = options.lr, .momentum = 0.9, .weight_decay = 1e-4, .nesterov = true}}};
  if (!model.body.empty()) {
    groups.push_back(
        {model.body,
         {.lr = options.lr * options.body_lr, .momentum = 0.9, .weight_decay = 1e-4, .nesterov = true}});
  }
  return SGD(groups);
}

// ---- the pictures ----

/// Pictures that nothing is learned from: the middle of each.
DataLoader for_questions(const ImageDataset& pictures, int64_t crop) {
  return DataLoader(pictures,
                    {.batch_size = 128, .shuffle = false, .augment = [crop](const Tensor& image, Generator&) {
                       return center_crop(image, crop, crop);
                     }});
}

/// Pictures to learn from: anywhere in them, and mirrored half of the time.
DataLoader for_learning(const ImageDataset& pictures, int64_t crop, const Options& options) {
  const int64_t padding = pictures.images.size(3) == crop ? crop / 8 : 0;
  return DataLoader(pictures, {.batch_size = options.batch_size,
                               .seed = options.seed,
                               .augment = [crop, padding](const Tensor& image, Generator& generator) {
                                 return random_horizontal_flip(random_crop(image, crop, padding, generator),
                                                               generator);
                               }});
}

// ---- the report ----

struct Answered {
  const ClassPictures& pictures;
  const std::vector<int64_t>& indices;  // of those that were asked about
  const ImageDataset& data;
  const Evaluation& evaluation;

  size_t size() const { return indices.size(); }
  int64_t label(size_t i) const { return data.labels.at<int64_t>({static_cast<int64_t>(i)}); }
  int64_t answer(size_t i) const { return evaluation.predictions.at<int64_t>({static_cast<int64_t>(i)}); }
  const std::string& file(size_t i) const { return pictures.pictures[static_cast<size_t>(indices[i])].file; }
  float probability(size_t i, int64_t c) const {
    return evaluation.probabilities.at<float>({static_cast<int64_t>(i), c});
  }
};

/// Those whose own class was found least likely, the worst first.
std::vector<size_t> worst(const Answered& answered, size_t most) {
  std::vector<size_t> order(answered.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return answered.probability(a, answered.label(a)) < answered.probability(b, answered.label(b));
  });
  order.resize(std::min(order.size(), most));
  return order;
}

/// Prints it, and returns the same for machines.
nlohmann::json report(const char* name, const Answered& answered) {
  const Evaluation& evaluation = answered.evaluation;
  const std::vector<std::string>& classes = answered.pictures.classes;
  fmt::print("\n{} accuracy {:.2f} % ({} of {} pictures)\nrows: the class; columns: the answer\n{}\n", name,
             100 * evaluation.accuracy, evaluation.confusion.correct(), evaluation.confusion.total(),
             draw_confusion_matrix(evaluation.confusion.counts(), classes));
  const std::vector<size_t> order = worst(answered, 8);
  std::vector<Picture> drawn;
  nlohmann::json list = nlohmann::json::array();
  fmt::print("its worst answers\n");
  for (const size_t i : order) {
    const std::string& label = classes[static_cast<size_t>(answered.label(i))];
    const std::string& answer = classes[static_cast<size_t>(answered.answer(i))];
    fmt::print("  {}: {}, {:.1f} %\n", answered.file(i), answer,
               100 * answered.probability(i, answered.answer(i)));
    list.push_back({{"file", answered.file(i)},
                    {"label", label},
                    {"answer", answer},
                    {"probability", answered.probability(i, answered.answer(i))}});
    if (drawn.size() < 4) {
      const auto row = static_cast<int64_t>(i);
      drawn.push_back(explained_picture(resize(answered.data.images[row], 32, 32), answered.label(i),
                                        evaluation.probabilities[row], classes));
    }
  }
  if (terminal_of(stdout).colours != Colours::None) {
    fmt::print("{}\n", draw_pictures(drawn));
  }
  nlohmann::json confusion = nlohmann::json::array();
  for (size_t row = 0; row < classes.size(); ++row) {
    confusion.push_back(evaluation.confusion.counts()[static_cast<int64_t>(row)].to_vector<int64_t>());
  }
  return {{"accuracy", evaluation.accuracy},
          {"correct", evaluation.confusion.correct()},
          {"images", evaluation.confusion.total()},
          {"loss", evaluation.loss},
          {"confusion", confusion},
          {"worst", list}};
}

/// The weights under the model's own names, and which classes they are for.
void save_weights(const std::filesystem::path& path, const Options& options, const Module& model,
                  const std::vector<std::string>& classes) {
  save_safetensors(path, model.state_dict(),
                   {{"model", options.model}, {"classes", nlohmann::json(classes).dump()}});
  fmt::print("weights  {}\n", path.string());
}

std::vector<int64_t> all_of(const ClassPictures& pictures) {
  std::vector<int64_t> indices(pictures.pictures.size());
  std::iota(indices.begin(), indices.end(), int64_t{0});
  return indices;
}

int run(const Options& options) {
  check_output_path(options.save);
  check_output_path(options.json);
  check_output_path(options.trace);
  if (options.threads > 0) {
    set_num_threads(options.threads);
  }
  const auto start = std::chrono::steady_clock::now();
  const ZooModel& zoo = zoo_model(options.model);
  const ClassPictures pictures = find_class_pictures(
      options.data, {.classes = options.classes, .per_class = options.per_class, .seed = options.seed});
  check(pictures.classes.size() >= 2, "{} has pictures of one class; it takes two to tell apart",
        options.data.string());
  const Split split = stratified_split(pictures.labels(), options.held_out, options.seed);
  std::optional<ClassPictures> test;
  if (!options.test.empty()) {  // looked for now, so that a wrong path is not found out after the training
    test = find_class_pictures(options.test, {.classes = pictures.classes});
  }
  fmt::print("data     {}: {}\n         {} pictures to learn from, {} held out (`test` below)\n",
             pictures.name, fmt::join(pictures.classes, ", "), split.train.size(), split.held_out.size());

  set_float32_matmul_precision(options.precision);
  manual_seed(options.seed);
  const Model model = make_model(zoo, options, pictures.classes);
  std::cout.flush();
  const ImageDataset held_out = load_pictures(pictures, split.held_out, zoo.preprocessing);
  const DataLoader train_loader =
      for_learning(load_pictures(pictures, split.train, zoo.preprocessing), zoo.preprocessing.crop, options);
  const DataLoader held_out_loader = for_questions(held_out, zoo.preprocessing.crop);

  SGD optimizer = make_optimizer(model, options);
  const int64_t steps = std::max<int64_t>(options.epochs * train_loader.batches_per_epoch(), 1);
  std::vector<double> peaks = {options.lr};
  if (optimizer.group_count() == 2) {
    peaks.push_back(options.lr * options.body_lr);
  }
  OneCycleLR schedule(optimizer, peaks, steps);
  std::optional<TrainingLog> log;
  std::vector<TrainingWatcher*> watchers;
  if (!options.tensorboard.empty()) {
    watchers.push_back(&log.emplace(options.tensorboard, *model.module, train_loader.dataset()));
  }
  std::optional<TrainingTrace> trace;
  if (!options.trace.empty()) {
    watchers.push_back(&trace.emplace(options.trace, *model.module));
  }
  Trainer trainer(*model.module, optimizer, schedule, train_loader, held_out_loader,
                  {.epochs = options.epochs,
                   .architecture = options.model,
                   .frozen = model.frozen,
                   .watchers = watchers});
  if (!trainer.fit()) {
    fmt::print("\ninterrupted\n");
    save_weights(options.save.empty() ? "finetune.interrupted.safetensors" : options.save, options,
                 *model.module, pictures.classes);
    return 130;
  }
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();

  nlohmann::json results = {
      {"model", options.model},      {"weights", options.weights},
      {"classes", pictures.classes}, {"train_images", split.train.size()},
      {"frozen", options.freeze},    {"seed", options.seed},
      {"seconds", seconds},          {"epochs", nlohmann::json::parse(trainer.reports_json())}};
  const Evaluation evaluation = evaluate(*model.module, held_out_loader);
  results["held_out"] = report("held-out", {pictures, split.held_out, held_out, evaluation});
  if (test) {
    const std::vector<int64_t> indices = all_of(*test);
    const ImageDataset data = load_pictures(*test, indices, zoo.preprocessing);
    const Evaluation tested = evaluate(*model.module, for_questions(data, zoo.preprocessing.crop));
    results["test"] = report("test", {*test, indices, data, tested});
  }
  if (!options.save.empty()) {
    save_weights(options.save, options, *model.module, pictures.classes);
  }
  if (log) {
    fmt::print("log      {}\n", log->path().string());
  }
  if (trace) {
    fmt::print("trace    {}\n",
               trace->written() ? options.trace.string() : "none: the training had too few steps");
  }
  if (!options.json.empty()) {
    write_json(options.json, results);
    fmt::print("results  {}\n", options.json.string());
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app("A pretrained network learns to tell other classes apart.", "finetune");
  app.add_option("--model", options.model, "one of the zoo, as classify lists them")->capture_default_str();
  app.add_option("--weights", options.weights, "its weights: a file, or hf:owner/name[/file][@revision]")
      ->required();
  app.add_option("DATA", options.data,
                 "pictures in a folder a class: a directory or a zip archive; or a .bin file of CIFAR-10")
      ->required();
  app.add_option("--test", options.test, "others, of the same classes, to be asked about in the end");
  app.add_option("--classes", options.classes, "only these, with commas between them")->delimiter(',');
  app.add_option("--per-class", options.per_class, "use only so many pictures of each")
      ->check(CLI::Range(2, 1000000));
  app.add_option("--held-out", options.held_out, "the share of each class that is not learned from")
      ->check(CLI::Range(0.001, 0.999))
      ->capture_default_str();
  app.add_option("--epochs", options.epochs, "passes over the pictures; 0 only asks about them")
      ->check(CLI::Range(0, 10000))
      ->capture_default_str();
  app.add_option("--batch-size", options.batch_size, "pictures a step")
      ->check(CLI::Range(1, 65536))
      ->capture_default_str();
  app.add_option("--lr", options.lr, "the learning rate's peak, for the head")
      ->check(CLI::Range(0.0, 1e6))
      ->capture_default_str();
  app.add_option("--body-lr", options.body_lr, "the body's learning rate as a part of that")
      ->check(CLI::Range(0.0, 1e6))
      ->capture_default_str();
  app.add_flag("--freeze", options.freeze, "only the head learns");
  app.add_option("--seed", options.seed, "of the split, the head, the order and the augmentation")
      ->capture_default_str();
  app.add_option("--threads", options.threads, "by default one for each core")->check(CLI::Range(1, 1024));
  add_device_flag(app, options.device);
  add_precision_flag(app, options.precision);
  app.add_option("--save", options.save, "write the weights here in the end, and on Ctrl-C");
  app.add_option("--json", options.json, "write the results here, for machines");
  app.add_option("--tensorboard", options.tensorboard,
                 "write an event file into this folder, for TensorBoard");
  app.add_option("--trace", options.trace, "write a time line of a few steps here, for ui.perfetto.dev");
  return parse_and_run(app, argc, argv, [&] { return run(options); });
}
