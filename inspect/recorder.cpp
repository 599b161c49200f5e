#include "inspect/recorder.h"

#include <algorithm>

#include "autograd/node.h"
#include "inspect/name_pattern.h"
#include "tensor/cuda_memory.h"

namespace helder {
namespace {

constexpr int kNone = -1, kUnknownNode = -2;

int64_t bytes_of(const Tensor& x) { return x.numel() * static_cast<int64_t>(size_of(x.dtype())); }

}  // namespace

Recorder::Recorder(Module& model, const Options& options)
    : options_(options), waits_(device_of(model) == Device::Cuda) {
  for (const auto& [path, module] : model.named_modules()) {
    paths_.emplace(module, path);
  }
}

double Recorder::now() const {
  if (waits_) {
    cuda::synchronize();  // kernels only queue: an op's time would be that of launching them
  }
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count();
}

bool Recorder::watches(const std::string& path) const {
  return !options_.watch.empty() && matches_pattern(options_.watch, path);
}

const std::vector<OpRecord>& Recorder::ops() const {
  note_saved();
  return ops_;
}

const CallRecord* Recorder::find_call(const std::string& path) const {
  const auto found =
      std::find_if(calls_.begin(), calls_.end(), [&](const CallRecord& call) { return call.path == path; });
  return found == calls_.end() ? nullptr : &*found;
}

Tensor Recorder::gradient(const CallRecord& call) const {
  return call.output_op < 0 ? Tensor() : ops_[static_cast<size_t>(call.output_op)].gradient;
}

// A backward that frees what was saved may run before the next event is seen: it begins with one.
void Recorder::note_saved() const {
  if (!newest_) {
    return;
  }
  for (const Saved* saved : newest_->saved()) {
    if (saved->defined()) {
      const Tensor& tensor = saved->peek();
      ops_.back().saved.push_back(
          {saved->name(), tensor.shape(), bytes_of(tensor), tensor.impl()->storage.get()});
    }
  }
  newest_ = nullptr;
}

int Recorder::maker_of(const Tensor& x) const {
  const auto found = seen_.find(x.impl().get());
  return found == seen_.end() || found->second.tensor.expired() ? kConstant : found->second.op;
}

void Recorder::op_done(const Node& node, const Tensor& output, std::span<const Tensor* const> inputs) {
  if (in_backward_ != kNone) {
    return;  // a part of some op's backward
  }
  note_saved();
  const double time = now();
  const int index = static_cast<int>(ops_.size());
  OpRecord op;
  op.name = node.name();
  op.call = open_.empty() ? kNone : open_.back();
  op.output = output.shape();
  op.dtype = output.dtype();
  op.start = last_event_;
  op.seconds = time - last_event_;
  op.bytes = bytes_of(output);
  for (const Tensor* x : inputs) {
    op.inputs.push_back(x->defined() ? x->shape() : Shape());
    op.made_by.push_back(x->defined() ? maker_of(*x) : kConstant);
    if (x->defined() && x->shares_storage(output)) {
      op.bytes = 0;
    }
  }
  if (in_watched_call()) {
    op.value = output.detach();
  }
  ops_.push_back(std::move(op));
  seen_[output.impl().get()] = {output.impl(), index};
  if (output.grad_fn().get() == &node) {
    newest_ = output.grad_fn();
    by_sequence_[node.sequence()] = index;
  }
  last_event_ = now();
}

void Recorder::backward_begins(const Node& node, const Tensor& dy) {
  note_saved();
  const auto found = by_sequence_.find(node.sequence());
  in_backward_ = found == by_sequence_.end() ? kUnknownNode : found->second;
  last_event_ = now();
  if (in_backward_ >= 0) {
    OpRecord& op = ops_[static_cast<size_t>(in_backward_)];
    op.backward_start = last_event_;
    op.gradient_bytes = bytes_of(dy);
    if (op.value.defined()) {
      op.gradient = dy.detach();
    }
  }
}

void Recorder::backward_done(const Node&, std::span<const Tensor>) {
  last_event_ = now();
  if (in_backward_ >= 0) {
    OpRecord& op = ops_[static_cast<size_t>(in_backward_)];
    op.backward_seconds += last_event_ - op.backward_start;
  }
  in_backward_ = kNone;
}

void Recorder::module_begins(const Module& module, std::span<const Tensor> inputs) {
  if (in_backward_ != kNone) {
    return;
  }
  note_saved();
  const auto path = paths_.find(&module);
  CallRecord call;
  call.path = path == paths_.end() ? module.describe() : path->second;
  call.module = &module;
  call.parent = open_.empty() ? kNone : open_.back();
  call.depth = static_cast<int>(open_.size());
  call.first_op = call.last_op = static_cast<int>(ops_.size());
  const bool watched = watches(call.path);
  for (const Tensor& x : inputs) {
    call.inputs.push_back(x.defined() ? x.shape() : Shape());
    if (open_.empty() && x.defined()) {
      seen_[x.impl().get()] = {x.impl(), kInput};
    }
    if (watched) {
      call.input_values.push_back(x.defined() ? x.detach() : Tensor());
    }
  }
  open_.push_back(static_cast<int>(calls_.size()));
  watched_.push_back(watched);
  last_event_ = call.start = now();
  calls_.push_back(std::move(call));
}

void Recorder::module_done(const Module& module, std::span<const Tensor>, const Tensor* output) {
  if (in_backward_ != kNone) {
    return;
  }
  note_saved();
  const double time = now();
  // An exception that is no Error leaves calls open; they end with the one around them.
  while (!open_.empty()) {
    CallRecord& call = calls_[static_cast<size_t>(open_.back())];
    const bool watched = watched_[static_cast<size_t>(open_.back())];
    open_.pop_back();
    call.seconds = time - call.start;
    call.last_op = static_cast<int>(ops_.size());
    call.failed = call.module != &module || output == nullptr;
    if (call.module != &module) {
      continue;
    }
    if (output != nullptr && output->defined()) {
      call.output = output->shape();
      call.output_op = maker_of(*output);
      if (watched) {
        call.value = output->detach();
        if (call.output_op >= 0) {  // made by a module that is not watched itself
          ops_[static_cast<size_t>(call.output_op)].value = call.value;
        }
      }
    }
    break;
  }
  last_event_ = now();
}

}  // namespace helder
