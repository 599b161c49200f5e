#include "inspect/stopping_recorder.h"

#include <algorithm>
#include <sstream>

#include "autograd/node.h"
#include "inspect/name_pattern.h"
#include "inspect/op_formulas.h"
#include "inspect/op_sources.h"
#include "weights/edit_distance.h"

namespace helder {

StoppingRecorder::StoppingRecorder(Module& model) : Recorder(model), model_(model) {
  for (const StateDict& tensors : {model.named_parameters(), model.named_buffers()}) {
    for (const auto& [name, tensor] : tensors) {
      names_.emplace(tensor.impl().get(), name);
    }
  }
}

// ---- events ----

void StoppingRecorder::op_done(const Node& node, const Tensor& output,
                               std::span<const Tensor* const> inputs) {
  Recorder::op_done(node, output, inputs);
  if (outputs_.size() == ops_so_far().size()) {
    return;  // a part of some op's backward
  }
  const Unobserved guard;
  op_ = static_cast<int>(outputs_.size());
  backward_ = false;
  outputs_.push_back(output.detach());
  listed_.clear();
  std::vector<std::string> names;
  for (size_t i = 0; i < inputs.size(); ++i) {
    const Tensor& x = *inputs[i];
    const int maker = ops_so_far().back().made_by[i];
    names.push_back(!x.defined() ? "" : maker >= 0 ? numbered(maker) : constant_name(x, maker));
    if (x.defined()) {
      listed_.push_back({letter(op_, i), x.detach(), names.back()});
    }
  }
  input_names_.push_back(std::move(names));
  listed_.push_back({"y", outputs_.back(), ""});
  stopped();
}

void StoppingRecorder::backward_begins(const Node& node, const Tensor& dy) {
  Recorder::backward_begins(node, dy);
  dy_ = dy.detach();
}

void StoppingRecorder::backward_done(const Node& node, std::span<const Tensor> input_gradients) {
  const int op = in_backward();
  Recorder::backward_done(node, input_gradients);
  if (op < 0) {
    return;  // a leaf: the op that its gradient came from has shown it
  }
  const Unobserved guard;
  op_ = op;
  backward_ = true;
  listed_.clear();
  listed_.push_back({"dy", std::move(dy_), ""});
  for (size_t i = 0; i < input_gradients.size(); ++i) {
    if (input_gradients[i].defined() && node.needs_grad(static_cast<int>(i))) {
      const std::string& name = input_names_[static_cast<size_t>(op)][i];
      const bool is_leaf = node.input(static_cast<int>(i))->input_count() == 0;
      listed_.push_back(
          {"d" + letter(op, i), input_gradients[i].detach(), "to " + name + (is_leaf ? ".grad" : "")});
    }
  }
  stopped();
}

void StoppingRecorder::module_done(const Module& module, std::span<const Tensor> inputs,
                                   const Tensor* output) {
  const auto call = std::find_if(calls().rbegin(), calls().rend(),
                                 [&](const CallRecord& record) { return record.module == &module; });
  if (output != nullptr && call != calls().rend()) {
    module_outputs_[call->path] = output->detach();
  }
  Recorder::module_done(module, inputs, output);
}

// ---- names ----

std::string StoppingRecorder::numbered(int op) const { return fmt::format("#{} {}", op, name_of_op(op)); }

std::string StoppingRecorder::constant_name(const Tensor& x, int maker) const {
  const auto name = names_.find(x.impl().get());
  return name != names_.end() ? name->second : maker == kInput ? "the input" : "a constant";
}

std::string StoppingRecorder::letter(int op, size_t input) const {
  if (const OpFormula* formula = formula_of(name_of_op(op))) {
    std::istringstream letters{std::string(formula->inputs)};
    std::string word;
    for (size_t i = 0; letters >> word; ++i) {
      if (i == input) {
        return word;
      }
    }
  }
  return fmt::format("x{}", input);
}

std::string StoppingRecorder::module_name(int op) const {
  const int call = ops_so_far()[static_cast<size_t>(op)].call;
  if (call < 0) {
    return "outside the model";
  }
  const std::string& path = calls()[static_cast<size_t>(call)].path;
  const std::string description = model_.describe();  // "Module" where the class has no words of its own
  return !path.empty()             ? path
         : description == "Module" ? "the model"
                                   : description.substr(0, description.find('('));
}

int StoppingRecorder::named_call(const std::string& name, int op) const {
  int found = -1;
  for (int call = ops_so_far()[static_cast<size_t>(op)].call; call >= 0;
       call = calls()[static_cast<size_t>(call)].parent) {
    const std::string& path = calls()[static_cast<size_t>(call)].path;
    if (!path.empty() && (matches_pattern(name, path) || path.starts_with(name + "."))) {
      found = call;
    }
  }
  return found;
}

void StoppingRecorder::check_known(const std::string& name) const {
  std::string nearest;
  const auto fits = [&](const std::string& other) {
    if (nearest.empty() || edit_distance(other, name) < edit_distance(nearest, name)) {
      nearest = other;
    }
    return matches_pattern(name, other);
  };
  bool known = false;
  for (const auto& [path, module] : model_.named_modules()) {
    known = (!path.empty() && fits(path)) || known;
  }
  for (const OpSource& source : op_sources()) {
    known = fits(std::string(source.op)) || known;
  }
  for (const OpRecord& op : ops_so_far()) {
    known = fits(op.name) || known;
  }
  check(known, "there is no module and no op '{}'; the nearest is '{}'", name, nearest);
}

Tensor StoppingRecorder::tensor_of(const std::string& name) const {
  if (name.empty()) {
    return (backward_ ? listed_.front() : listed_.back()).tensor;
  }
  for (const Listed& x : listed_) {
    if (x.letter == name) {
      return x.tensor;
    }
  }
  if (name[0] == '#') {
    const bool number =
        name.size() > 1 && name.size() < 10 && name.find_first_not_of("0123456789", 1) == std::string::npos;
    check(number && std::stoull(name.substr(1)) < outputs_.size(), "there is no op {} yet; the last is #{}",
          name, outputs_.size() - 1);
    return outputs_[std::stoull(name.substr(1))];
  }
  for (const StateDict& tensors : {model_.named_parameters(), model_.named_buffers()}) {
    for (const auto& [key, tensor] : tensors) {
      if (key == name) {
        return tensor.detach();
      }
      if (key + ".grad" == name) {
        check(tensor.grad().defined(), "{} has no gradient yet", key);
        return tensor.grad();
      }
    }
  }
  if (const auto output = module_outputs_.find(name); output != module_outputs_.end()) {
    return output->second;
  }
  for (const auto& [path, module] : model_.named_modules()) {
    check(path != name, "the module {} has no output yet", name);
  }
  std::string letters;
  for (const Listed& x : listed_) {
    letters += (letters.empty() ? "" : ", ") + x.letter;
  }
  fail("there is no tensor '{}' here; there are {}, #0 to #{}, and parameters and modules by name", name,
       letters, outputs_.size() - 1);
}

}  // namespace helder
