#include "examples/common/digit_program.h"

#include <sys/resource.h>

#include <iostream>

#include "examples/common/command_line.h"
#include "examples/common/device_flag.h"
#include "examples/common/digit_report.h"
#include "examples/common/output_files.h"
#include "examples/common/precision_flag.h"
#include "examples/common/weights_flag.h"
#include "inspect/tensorboard/training_log.h"
#include "inspect/training_trace.h"
#include "tensor/parallel.h"
#include "tensor/random.h"
#include "training/adam.h"
#include "training/sgd.h"

namespace helder {
DigitProgram::DigitProgram(std::string name, const std::string& description, TrainingRecipe recipe)
    : name_(std::move(name)), flags_(description, name_), recipe_(std::move(recipe)) {
  flags_.add_option("--data", data_,
                    "folder with MNIST's four files; by default $HELDER_DATA/mnist, the cache, a "
                    "download, or else digits drawn by the program");
  flags_.add_flag("--synthetic", synthetic_,
                  "train on digits drawn by the program, and test on MNIST where it is found");
  flags_.add_option("--epochs", recipe_.epochs, "passes over the training images")
      ->check(CLI::Range(1, 10000))
      ->capture_default_str();
  flags_.add_option("--batch-size", recipe_.batch_size, "images a step")
      ->check(CLI::Range(1, 60000))
      ->capture_default_str();
  flags_
      .add_option("--accumulate", recipe_.accumulate,
                  "batches whose gradients make one step: a larger batch in the memory of a small one")
      ->check(CLI::Range(1, 60000))
      ->capture_default_str();
  flags_.add_option("--lr", recipe_.lr, "the learning rate's peak")
      ->check(CLI::Range(0.0, 1e6))
      ->capture_default_str();
  flags_.add_option("--optimizer", recipe_.optimizer, "sgd, adam or adamw")
      ->check(CLI::IsMember({"sgd", "adam", "adamw"}))
      ->capture_default_str();
  flags_.add_option("--seed", seed_, "of weights, order and dropout")->capture_default_str();
  flags_.add_option("--threads", threads_, "by default one for each core; the result does not depend on it")
      ->check(CLI::Range(1, 1024));
  add_device_flag(flags_, device_);
  add_precision_flag(flags_, precision_);
  CLI::Option* graph = flags_.add_flag(
      "--graph", graph_,
      "with --device cuda: capture the training step once, and replay it (docs/cuda_graphs.md)");
  flags_.add_option("--train-images", counts_.train, "use only the first so many")
      ->check(CLI::PositiveNumber);
  flags_.add_option("--test-images", counts_.test, "use only the first so many")->check(CLI::PositiveNumber);
  flags_.add_option("--save", save_, "write a checkpoint here after each epoch, and on Ctrl-C");
  flags_.add_option("--resume", resume_, "go on from this checkpoint");
  flags_.add_option("--json", json_, "write the results here, for machines");
  flags_.add_option("--plot", plot_, "write the curves here, as one HTML page");
  flags_.add_option("--tensorboard", tensorboard_, "write an event file into this folder, for TensorBoard");
  flags_.add_option("--trace", trace_, "write a time line of a few steps here, for ui.perfetto.dev")
      ->excludes(graph);  // which has no ops to watch
}

int DigitProgram::run(int argc, char** argv, const std::function<DigitModel()>& make_model) {
  return parse_and_run(flags_, argc, argv, [&] { return train(make_model); });
}

int DigitProgram::train(const std::function<DigitModel()>& make_model) {
  for (const auto& path : {save_, json_, plot_, trace_}) {
    check_output_path(path);
  }
  if (threads_ > 0) {
    set_num_threads(threads_);
  }
  const DigitData data = load_data();
  fmt::print("data     {}: {} training and {} test images\n         {}\n", data.name, data.train.size(),
             data.test.size(), data.reason);

  set_float32_matmul_precision(precision_);
  manual_seed(seed_);
  const DigitModel description = make_model();
  Module& model = *description.module;
  model.to(device_);
  fmt::print("model    {}: {} parameters\n", description.architecture, model.parameter_count());
  fmt::print("training {} epochs of {} images a step, {} with learning rate up to {}, seed {}, {}\n\n",
             recipe_.epochs, recipe_.batch_size * recipe_.accumulate, recipe_.optimizer, recipe_.lr, seed_,
             device_ == Device::Cpu ? fmt::format("{} threads", num_threads()) : "on the GPU");
  std::cout.flush();

  const DataLoader train_loader(data.train, {.batch_size = recipe_.batch_size, .seed = seed_});
  const DataLoader test_loader(data.test, {.batch_size = 250, .shuffle = false});
  const auto optimizer = make_optimizer(model);
  const int64_t steps = (train_loader.batches_per_epoch() + recipe_.accumulate - 1) / recipe_.accumulate;
  OneCycleLR schedule(*optimizer, recipe_.lr, recipe_.epochs * steps);
  std::vector<TrainingWatcher*> watchers;
  std::optional<TrainingLog> log;
  if (!tensorboard_.empty()) {
    watchers.push_back(&log.emplace(tensorboard_, model, train_loader.dataset()));
  }
  std::optional<TrainingTrace> trace;
  if (!trace_.empty()) {
    watchers.push_back(&trace.emplace(trace_, model));
  }
  Trainer trainer(model, *optimizer, schedule, train_loader, test_loader,
                  {.epochs = recipe_.epochs,
                   .save = save_,
                   .architecture = description.architecture,
                   .recipe = recipe_json(data).dump(),
                   .accumulate = recipe_.accumulate,
                   .watchers = watchers,
                   .graph = graph_});
  if (!resume_.empty()) {
    trainer.resume(load_checkpoint(resume_));
    fmt::print("resumed  {} after {} epochs\n", resume_.string(), trainer.reports().size());
  }
  if (!trainer.fit()) {
    return stop_interrupted(trainer);
  }
  report(model, description, data, trainer, test_loader);
  if (log) {
    fmt::print("log      {}\n", log->path().string());
  }
  if (trace) {
    fmt::print("trace    {}\n", trace->written() ? trace_.string() : "none: the training had too few steps");
  }
  return 0;
}

DigitData DigitProgram::load_data() const {
  DigitData data = load_digits(data_.empty() ? std::nullopt : std::optional(data_), show_download, counts_);
  if (synthetic_ && data.name != "synthetic-digits") {
    data.train = synthetic_digits(counts_.train, /*seed=*/1);
    data.name = data.train.name;
    data.reason = fmt::format("training on digits drawn by the program, testing on {}", data.test.name);
  }
  return data;
}

std::unique_ptr<Optimizer> DigitProgram::make_optimizer(const Module& model) const {
  if (recipe_.optimizer == "sgd") {
    return std::make_unique<SGD>(model.parameters(),
                                 SGDOptions{.lr = recipe_.lr, .momentum = 0.9, .nesterov = true});
  }
  if (recipe_.optimizer == "adamw") {
    return std::make_unique<AdamW>(model.parameters(), AdamWOptions{.lr = recipe_.lr});
  }
  return std::make_unique<Adam>(model.parameters(), AdamOptions{.lr = recipe_.lr});
}

// All that the numbers depend on. A checkpoint is only resumed under the same recipe.
nlohmann::json DigitProgram::recipe_json(const DigitData& data) const {
  nlohmann::json recipe = {{"dataset", data.name},
                           {"train_images", data.train.size()},
                           {"epochs", recipe_.epochs},
                           {"batch_size", recipe_.batch_size},
                           {"accumulate", recipe_.accumulate},
                           {"optimizer", recipe_.optimizer},
                           {"lr", recipe_.lr},
                           {"seed", seed_}};
  if (precision_ != MatmulPrecision::Highest) {
    recipe["precision"] = name_of(precision_);
  }
  return recipe;
}

int DigitProgram::stop_interrupted(const Trainer& trainer) const {
  const auto path = save_.empty() ? std::filesystem::path(name_ + ".interrupted.safetensors") : save_;
  if (save_.empty()) {
    save_checkpoint(path, trainer.checkpoint());
  }
  fmt::print("\ninterrupted; saved to {}\ngo on with the same flags and --resume {}\n", path.string(),
             path.string());
  return 130;
}

void DigitProgram::report(Module& model, const DigitModel& description, const DigitData& data,
                          const Trainer& trainer, const DataLoader& test_loader) const {
  const Evaluation evaluation = evaluate(model, test_loader);
  fmt::print("\ntest accuracy {:.2f} % ({} of {})\n\n", 100 * evaluation.accuracy,
             evaluation.confusion.correct(), evaluation.confusion.total());
  print_confusion(evaluation);
  print_mistakes(evaluation, data.test);

  nlohmann::json results = recipe_json(data);
  results["architecture"] = description.architecture;
  results["test_dataset"] = data.test.name;
  results["test_images"] = data.test.size();
  results["parameters"] = model.parameter_count();
  results["threads"] = num_threads();
  results["device"] = name_of(device_);
  results["step_losses"] = trainer.step_losses();
  results["epochs"] = nlohmann::json::parse(trainer.reports_json());
  results["test_accuracy"] = evaluation.accuracy;
  results["test_loss"] = evaluation.loss;
  results["peak_bytes"] = memory_stats().peak_bytes_in_use;
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
#if defined(__APPLE__)
  results["peak_resident_bytes"] = static_cast<int64_t>(usage.ru_maxrss);
#else
  results["peak_resident_bytes"] = static_cast<int64_t>(usage.ru_maxrss) * 1024;
#endif
  if (!json_.empty()) {
    write_json(json_, results);
    fmt::print("results  {}\n", json_.string());
  }
  if (!plot_.empty()) {
    write_curves(plot_, name_, results, trainer);
    fmt::print("curves   {}\n", plot_.string());
  }
}

}  // namespace helder
