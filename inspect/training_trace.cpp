#include "inspect/training_trace.h"

namespace helder {

TrainingTrace::TrainingTrace(std::filesystem::path path, Module& model, const Options& options)
    : path_(std::move(path)), options_(options), recorder_(model) {}

TrainingTrace::~TrainingTrace() = default;

void TrainingTrace::step_begins(int64_t) {
  ++seen_;
  if (!written_ && seen_ > options_.skip) {
    step_start_ = recorder_.now();
    guard_.emplace(recorder_);
  }
}

void TrainingTrace::gradients_ready(int64_t) {
  guard_.reset();  // the optimiser's arithmetic is not the model's
  gradients_ = recorder_.now();
}

void TrainingTrace::step_done(const StepReport& report) {
  if (written_ || seen_ <= options_.skip) {
    return;
  }
  const double end = recorder_.now();
  spans_.push_back({fmt::format("step {}", report.step), step_start_, end});
  spans_.push_back({"optimizer", gradients_, end});
  if (seen_ >= options_.skip + options_.steps) {
    write();
  }
}

void TrainingTrace::epoch_done(const EpochReport&, int64_t) {
  if (!written_ && !spans_.empty()) {
    write();
  }
}

void TrainingTrace::write() {
  written_ = true;
  write_trace(path_, recorder_, spans_);
}

}  // namespace helder
