#include "training/trainer.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <nlohmann/json.hpp>

#include "autograd/grad_mode.h"
#include "autograd/ops/argmax.h"
#include "autograd/ops/cross_entropy.h"
#include "autograd/ops/mul.h"
#include "autograd/ops/softmax.h"
#include "layers/module_guards.h"
#include "tensor/copy.h"
#include "tensor/factories.h"
#include "tensor/views.h"
#include "training/interrupt.h"
#include "training/nonfinite.h"
#include "training/progress.h"

namespace helder {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

nlohmann::json to_json(const EpochReport& r) {
  return {{"epoch", r.epoch},
          {"train_loss", r.train_loss},
          {"train_accuracy", r.train_accuracy},
          {"train_seconds", r.train_seconds},
          {"images_per_second", r.images_per_second},
          {"test_loss", r.test_loss},
          {"test_accuracy", r.test_accuracy},
          {"system_allocations", r.system_allocations}};
}

EpochReport report_from_json(const nlohmann::json& j) {
  return {.epoch = j.at("epoch"),
          .train_loss = j.at("train_loss"),
          .train_accuracy = j.at("train_accuracy"),
          .train_seconds = j.at("train_seconds"),
          .images_per_second = j.at("images_per_second"),
          .test_loss = j.at("test_loss"),
          .test_accuracy = j.at("test_accuracy"),
          .system_allocations = j.at("system_allocations")};
}

// The batch on the device where the model is.
Batch moved(const Batch& batch, Device device) {
  return {.images = copied_to(batch.images, device),
          .labels = copied_to(batch.labels, device),
          .index = batch.index};
}

}  // namespace

Evaluation evaluate(Module& model, const DataLoader& loader) {
  NoGrad guard;
  const EvalGuard mode(model);
  const int64_t images = loader.dataset().size();
  const int64_t classes = loader.dataset().classes;
  Evaluation result{.confusion = ConfusionMatrix(classes),
                    .predictions = empty({images}, DType::Int64),
                    .probabilities = empty({images, classes})};
  int64_t done = 0;
  const Device device = device_of(model);
  for (const Batch& prepared : loader.epoch(0)) {
    const Batch batch = moved(prepared, device);
    const Tensor logits = model(batch.images);
    const int64_t count = batch.labels.numel();
    result.loss += cross_entropy(logits, batch.labels, {.reduction = Reduction::Sum}).item();
    const Tensor predictions = argmax(logits, 1);
    result.confusion.add(batch.labels, predictions);
    copy_elements(views::slice(result.predictions, 0, done, done + count), predictions);
    copy_elements(views::slice(result.probabilities, 0, done, done + count), softmax(logits, 1));
    done += count;
  }
  result.loss /= static_cast<double>(images);
  result.accuracy = static_cast<double>(result.confusion.correct()) / static_cast<double>(images);
  return result;
}

Trainer::Trainer(Module& model, Optimizer& optimizer, Schedule& schedule, const DataLoader& train,
                 const DataLoader& test, TrainerOptions options)
    : model_(model),
      optimizer_(optimizer),
      schedule_(schedule),
      train_(train),
      test_(test),
      options_(std::move(options)) {
  check(options_.accumulate >= 1, "trainer: accumulate must be at least 1, got {}", options_.accumulate);
  if (options_.graph) {
    check(device_of(model) == Device::Cuda, "trainer: a graph is for a model on the GPU; this one is on {}",
          name_of(device_of(model)));
    check(options_.accumulate == 1, "trainer: a graph has one batch a step, not {}", options_.accumulate);
    graphed_step_ = std::make_unique<GraphedStep>(model, optimizer);
  }
}

Trainer::Step Trainer::current_step() const {
  const int64_t first = batch_ / options_.accumulate * options_.accumulate;
  const int64_t last = std::min(first + options_.accumulate, train_.batches_per_epoch());
  const int64_t end = std::min(last * train_.batch_size(), train_.dataset().size());
  return {first, last, end - first * train_.batch_size()};
}

bool Trainer::between_steps() const {
  return batch_ % options_.accumulate == 0 || batch_ == train_.batches_per_epoch();
}

int64_t Trainer::steps_taken() const {
  return static_cast<int64_t>(reports_.size()) * steps_per_epoch() + batch_ / options_.accumulate;
}

double Trainer::train_batch_by_graph(const Batch& batch) {
  const int64_t number = steps_taken() + 1;
  for (TrainingWatcher* watcher : options_.watchers) {
    watcher->step_begins(number);
  }
  const auto [loss, correct] = (*graphed_step_)(batch.images, batch.labels);
  check(std::isfinite(loss),
        "training stopped: the loss became {} in epoch {}, step {}; without a graph it is "
        "said where",
        std::isnan(loss) ? "nan" : "infinite", reports_.size() + 1, batch_ + 1);
  correct_ += correct;
  finish_step(number, loss);
  return loss;
}

// After the optimiser's step.
void Trainer::finish_step(int64_t number, double loss) {
  step_losses_.push_back(loss);
  step_learning_rates_.push_back(optimizer_.lr());
  schedule_.step();
  if (options_.ema != nullptr) {
    options_.ema->update();
  }
  for (TrainingWatcher* watcher : options_.watchers) {
    watcher->step_done(
        {.step = number, .loss = step_losses_.back(), .learning_rate = step_learning_rates_.back()});
  }
}

double Trainer::train_batch(const Batch& batch) {
  if (graphed_step_) {
    return train_batch_by_graph(batch);
  }
  const Step step = current_step();
  const int64_t number = steps_taken() + 1;
  if (batch_ == step.first) {
    for (TrainingWatcher* watcher : options_.watchers) {
      watcher->step_begins(number);
    }
    optimizer_.zero_grad();
    step_loss_ = 0;
  }
  const uint64_t generator_offset = default_generator().offset();
  const Tensor logits = model_(batch.images);
  const Tensor loss = cross_entropy(logits, batch.labels);
  const double value = loss.item();
  if (!std::isfinite(value)) {
    stop_at_nonfinite_loss(value, batch, generator_offset);
  }
  // Gradients add up: each batch counts by its share of the step's images.
  const double share = static_cast<double>(batch.size()) / static_cast<double>(step.images);
  (share == 1 ? loss : mul(loss, share)).backward();
  step_loss_ += value * share;
  correct_ += count_correct(logits, batch.labels);
  if (batch_ + 1 == step.last) {
    for (TrainingWatcher* watcher : options_.watchers) {
      watcher->gradients_ready(number);
    }
    optimizer_.step();
    finish_step(number, step_loss_);
  }
  return value;
}

bool Trainer::train_epoch() {
  model_.train();
  for (Module* module : options_.frozen) {
    module->eval();
  }
  const int64_t epoch = static_cast<int64_t>(reports_.size());
  const int64_t first_batch = batch_;
  ProgressBar progress({.epoch = epoch + 1,
                        .epochs = options_.epochs,
                        .steps = train_.batches_per_epoch(),
                        .show = options_.show_progress});
  const uint64_t allocations_before = memory_stats().system_allocations;
  const Clock::time_point start = Clock::now();
  const double seconds_before = seconds_;
  int64_t images = first_batch * train_.batch_size();
  int64_t images_now = 0;
  const Device device = device_of(model_);
  for (const Batch& prepared : train_.epoch(epoch, first_batch)) {
    const Batch batch = moved(prepared, device);
    const double loss = train_batch(batch);
    ++batch_;
    images += batch.labels.numel();
    images_now += batch.labels.numel();
    loss_sum_ += loss * static_cast<double>(batch.labels.numel());
    const double seconds = seconds_since(start);
    seconds_ = seconds_before + seconds;
    progress.update({.step = batch_,
                     .loss = loss_sum_ / static_cast<double>(images),
                     .accuracy = static_cast<double>(correct_) / static_cast<double>(images),
                     .images_per_second = static_cast<double>(images_now) / seconds});
    if (InterruptGuard::interrupted() && between_steps() && batch_ < train_.batches_per_epoch()) {
      return false;
    }
  }
  reports_.push_back({.epoch = epoch + 1,
                      .train_loss = loss_sum_ / static_cast<double>(images),
                      .train_accuracy = static_cast<double>(correct_) / static_cast<double>(images),
                      .train_seconds = seconds_,
                      .images_per_second = static_cast<double>(images) / seconds_,
                      .system_allocations = memory_stats().system_allocations - allocations_before});
  batch_ = 0;
  loss_sum_ = 0;
  correct_ = 0;
  seconds_ = 0;
  return true;
}

Evaluation Trainer::evaluate_model() const {
  if (options_.ema == nullptr) {
    return evaluate(model_, test_);
  }
  const AppliedAverage averaged(*options_.ema);
  return evaluate(model_, test_);
}

bool Trainer::fit() {
  InterruptGuard guard;
  while (static_cast<int64_t>(reports_.size()) < options_.epochs) {
    if (!train_epoch()) {
      save();
      return false;
    }
    EpochReport& report = reports_.back();
    const Evaluation evaluation = evaluate_model();
    report.test_loss = evaluation.loss;
    report.test_accuracy = evaluation.accuracy;
    schedule_.observe(evaluation.loss);
    if (options_.show_progress) {
      print_epoch_line(report.epoch, options_.epochs, report.train_loss, report.test_loss,
                       report.test_accuracy, report.train_seconds, report.images_per_second);
    }
    save();  // first: a watcher whose disk is full ends the training
    for (TrainingWatcher* watcher : options_.watchers) {
      watcher->epoch_done(report, steps_taken());
    }
    if (InterruptGuard::interrupted() && report.epoch < options_.epochs) {
      return false;
    }
  }
  return true;
}

void Trainer::stop_at_nonfinite_loss(double loss, const Batch& batch, uint64_t generator_offset) {
  default_generator().set_state(default_generator().seed(),
                                generator_offset);  // the same dropout masks again
  fail("training stopped: the loss became {} in epoch {}, step {}; {}", std::isnan(loss) ? "nan" : "infinite",
       reports_.size() + 1, batch_ / options_.accumulate + 1, explain_nonfinite(model_, batch.images));
}

std::string Trainer::reports_json() const {
  auto list = nlohmann::json::array();
  for (const EpochReport& report : reports_) {
    list.push_back(to_json(report));
  }
  return list.dump();
}

Checkpoint Trainer::checkpoint() const {
  const nlohmann::json progress = {{"epochs", nlohmann::json::parse(reports_json())},
                                   {"loss_sum", loss_sum_},
                                   {"correct", correct_},
                                   {"seconds", seconds_}};
  return {.architecture = options_.architecture,
          .recipe = options_.recipe,
          .progress = progress.dump(),
          .model = model_.state_dict(),
          .optimizer_name = optimizer_.name(),
          .optimizer = optimizer_.state_dict(),
          .schedule = schedule_.state_dict(),
          .average = options_.ema != nullptr ? options_.ema->state_dict() : StateDict(),
          .epoch = static_cast<int64_t>(reports_.size()),
          .batch = batch_,
          .generator_seed = default_generator().seed(),
          .generator_offset = default_generator().offset()};
}

void Trainer::save() const {
  if (!options_.save.empty()) {
    save_checkpoint(options_.save, checkpoint());
  }
}

void Trainer::resume(const Checkpoint& checkpoint) {
  check(checkpoint.architecture == options_.architecture,
        "resume: the checkpoint is of '{}', but this model is '{}'", checkpoint.architecture,
        options_.architecture);
  check(checkpoint.optimizer_name == optimizer_.name(),
        "resume: the checkpoint was made with {}, but this run uses {}", checkpoint.optimizer_name,
        optimizer_.name());
  const auto theirs = nlohmann::json::parse(checkpoint.recipe, nullptr, /*allow_exceptions=*/false);
  const auto ours = nlohmann::json::parse(options_.recipe, nullptr, false);
  check(theirs.is_object(), "resume: the checkpoint's recipe is not JSON");
  for (const auto& [key, value] : ours.items()) {
    check(theirs.contains(key) && theirs.at(key) == value,
          "resume: the checkpoint was made with {} = {}, not {}; the same options give the same result", key,
          theirs.contains(key) ? theirs.at(key).dump() : "none", value.dump());
  }
  check(checkpoint.batch < train_.batches_per_epoch() && checkpoint.epoch <= options_.epochs,
        "resume: the checkpoint stands at epoch {}, batch {}, beyond {} epochs of {} batches",
        checkpoint.epoch, checkpoint.batch, options_.epochs, train_.batches_per_epoch());

  std::vector<EpochReport> reports;
  double loss_sum = 0, seconds = 0;
  int64_t correct = 0;
  try {
    const auto progress = nlohmann::json::parse(checkpoint.progress);
    for (const auto& report : progress.at("epochs")) {
      reports.push_back(report_from_json(report));
    }
    loss_sum = progress.at("loss_sum");
    correct = progress.at("correct");
    seconds = progress.at("seconds");
  } catch (const nlohmann::json::exception& error) {
    fail("resume: the checkpoint's progress cannot be read: {}", error.what());
  }
  check(static_cast<int64_t>(reports.size()) == checkpoint.epoch,
        "resume: the checkpoint reports {} epochs but stands at {}", reports.size(), checkpoint.epoch);

  check(checkpoint.batch % options_.accumulate == 0,
        "resume: the checkpoint stands at batch {}, within a step of {} batches", checkpoint.batch,
        options_.accumulate);
  check(checkpoint.average.empty() == (options_.ema == nullptr),
        "resume: the checkpoint holds {} average of the weights, but this run keeps {}",
        checkpoint.average.empty() ? "no" : "an", options_.ema == nullptr ? "none" : "one");

  // A later part may still be refused: then the earlier ones are put back.
  StateDict weights;
  for (const auto& [name, tensor] : model_.state_dict()) {
    weights.emplace_back(name, tensor.clone());
  }
  const StateDict optimizer_state = optimizer_.state_dict();
  const StateDict schedule_state = schedule_.state_dict();
  model_.load_state_dict(checkpoint.model);
  try {
    optimizer_.load_state_dict(checkpoint.optimizer);
    schedule_.load_state_dict(checkpoint.schedule);
    if (options_.ema != nullptr) {
      options_.ema->load_state_dict(checkpoint.average);
    }
  } catch (const Error&) {
    model_.load_state_dict(weights);
    schedule_.load_state_dict(schedule_state);
    optimizer_.load_state_dict(optimizer_state);
    throw;
  }
  default_generator().set_state(checkpoint.generator_seed, checkpoint.generator_offset);
  reports_ = std::move(reports);
  batch_ = checkpoint.batch;
  loss_sum_ = loss_sum;
  correct_ = correct;
  seconds_ = seconds;
}

}  // namespace helder
