#include "layers/module.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "autograd/grad_mode.h"
#include "tensor/copy.h"

namespace helder {
namespace {

std::string join(const std::string& prefix, const std::string& name) {
  return prefix.empty() ? name : name.empty() ? prefix : prefix + "." + name;
}

bool contains(const StateDict& list, const std::string& name) {
  return std::any_of(list.begin(), list.end(), [&](const auto& entry) { return entry.first == name; });
}

}  // namespace

ModuleError::ModuleError(const Module& module, const std::string& path, const std::string& message)
    : Error(path.empty() ? message : path + ": " + message),
      module_(&module),
      path_(path),
      message_(message) {}

Tensor Module::forward(const Tensor&) { fail("{}: is not computed from one tensor", describe()); }

bool Module::find(const Module& module, std::string& path) const {
  for (const auto& [name, child] : children_) {
    const size_t length = path.size();
    path = join(path, name);
    if (child == &module || child->find(module, path)) {
      return true;
    }
    path.resize(length);
  }
  return false;
}

// Each module on the way out puts the way to the one below it in front. Containers such as ModuleList, which
// are never called, are found on that way.
void Module::rethrow(const Error& error) const {
  const auto* inner = dynamic_cast<const ModuleError*>(&error);
  if (!inner) {
    throw ModuleError(*this, "", error.what());
  }
  std::string path;
  find(inner->module(), path);
  throw ModuleError(*this, join(path, inner->path()), inner->message());
}

void Module::visit(const std::string& path,
                   const std::function<void(const std::string&, const Module&)>& visitor) const {
  visitor(path, *this);
  for (const auto& [name, child] : children_) {
    child->visit(join(path, name), visitor);
  }
}

std::vector<std::pair<std::string, Module*>> Module::named_modules() {
  std::vector<std::pair<std::string, Module*>> result;
  std::unordered_set<Module*> seen;  // a module that is used in two places counts once
  const std::function<void(const std::string&, Module*)> walk = [&](const std::string& path, Module* module) {
    if (seen.insert(module).second) {
      result.emplace_back(path, module);
      for (const auto& [name, child] : module->children_) {
        walk(join(path, name), child);
      }
    }
  };
  walk("", this);
  return result;
}

StateDict Module::named_parameters() const {
  StateDict result;
  std::unordered_set<TensorImpl*> seen;  // a tied parameter counts once
  visit("", [&](const std::string& path, const Module& module) {
    for (const auto& [name, tensor] : module.parameters_) {
      if (seen.insert(tensor.impl().get()).second) {
        result.emplace_back(join(path, name), tensor);
      }
    }
  });
  return result;
}

StateDict Module::named_buffers() const {
  StateDict result;
  std::unordered_set<TensorImpl*> seen;
  visit("", [&](const std::string& path, const Module& module) {
    for (const auto& [name, tensor] : module.buffers_) {
      if (seen.insert(tensor.impl().get()).second) {
        result.emplace_back(join(path, name), tensor);
      }
    }
  });
  return result;
}

std::vector<Tensor> Module::parameters() const {
  std::vector<Tensor> result;
  for (auto& [name, tensor] : named_parameters()) {
    result.push_back(std::move(tensor));
  }
  return result;
}

int64_t Module::parameter_count() const {
  int64_t count = 0;
  for (const Tensor& parameter : parameters()) {
    count += parameter.numel();
  }
  return count;
}

Module& Module::train(bool training) {
  training_ = training;
  for (const auto& [name, child] : children_) {
    child->train(training);
  }
  return *this;
}

StateDict Module::state_dict() const {
  StateDict result;
  visit("", [&](const std::string& path, const Module& module) {
    for (const StateDict* list : {&module.parameters_, &module.buffers_}) {
      for (const auto& [name, tensor] : *list) {
        result.emplace_back(join(path, name), tensor.detach());
      }
    }
  });
  return result;
}

LoadReport Module::load_state_dict(const StateDict& state, bool strict) {
  std::unordered_map<std::string, Tensor> given(state.begin(), state.end());
  const StateDict own = state_dict();
  std::unordered_set<std::string> wanted;
  LoadReport report;
  std::string complaints;
  for (const auto& [name, tensor] : own) {
    wanted.insert(name);
    const auto found = given.find(name);
    if (found == given.end()) {
      report.missing.push_back(name);
      if (strict) {
        complaints += fmt::format("\n  missing     {} {}", name, tensor.shape().str());
      }
    } else if (found->second.shape() != tensor.shape()) {
      complaints += fmt::format("\n  mis-shaped  {}: expected {}, got {}", name, tensor.shape().str(),
                                found->second.shape().str());
    }
  }
  for (const auto& [name, tensor] : state) {
    if (!wanted.contains(name)) {
      report.unexpected.push_back(name);
      if (strict) {
        complaints += fmt::format("\n  unexpected  {} {}", name, tensor.shape().str());
      }
    }
  }
  check(complaints.empty(), "load_state_dict: the tensors do not fit this {}:{}", describe(), complaints);

  NoGrad guard;
  for (auto [name, tensor] : own) {
    if (const auto found = given.find(name); found != given.end()) {
      tensor.copy_(found->second);
    }
  }
  return report;
}

template <class Convert>
void Module::convert_tensors(const Convert& convert) {
  visit("", [&](const std::string&, const Module& module) {
    for (const StateDict* list : {&module.parameters_, &module.buffers_}) {
      for (const auto& [name, tensor] : *list) {
        const Tensor grad = tensor.grad();
        tensor.set_data(convert(tensor.detach()));
        if (grad.defined()) {
          Tensor(tensor).set_grad(convert(grad));
        }
      }
    }
  });
}

Module& Module::to(DType dtype) {
  check(is_floating_point(dtype), "to: parameters must stay of floating point, got {}", name_of(dtype));
  convert_tensors(
      [&](const Tensor& x) { return is_floating_point(x.dtype()) ? converted_copy(x, dtype) : x; });
  return *this;
}

Module& Module::to(Device device) {
  convert_tensors([&](const Tensor& x) { return copied_to(x, device); });
  return *this;
}

Device device_of(const Module& module) {
  const std::vector<Tensor> parameters = module.parameters();
  return parameters.empty() ? Device::Cpu : parameters.front().device();
}

void Module::zero_grad() {
  for (Tensor& parameter : parameters()) {
    parameter.set_grad({});
  }
}

int Module::register_forward_hook(ForwardHook hook) {
  hooks_.emplace_back(next_hook_, std::move(hook));
  return next_hook_++;
}

void Module::remove_forward_hook(int id) {
  const auto removed = std::erase_if(hooks_, [&](const auto& hook) { return hook.first == id; });
  check(removed == 1, "remove_forward_hook: there is no hook {}", id);
}

void Module::check_new_name(const std::string& name) const {
  const bool is_child =
      std::any_of(children_.begin(), children_.end(), [&](const auto& child) { return child.first == name; });
  check(!name.empty() && name.find('.') == std::string::npos && !is_child && !contains(parameters_, name) &&
            !contains(buffers_, name),
        "register: '{}' is not a new name without a dot", name);
}

Tensor Module::register_parameter(const std::string& name, Tensor tensor) {
  check_new_name(name);
  tensor.requires_grad_();
  parameters_.emplace_back(name, tensor);
  return tensor;
}

Tensor Module::register_buffer(const std::string& name, Tensor tensor) {
  check_new_name(name);
  buffers_.emplace_back(name, tensor);
  return tensor;
}

void Module::register_module(const std::string& name, Module& module) {
  check_new_name(name);
  children_.emplace_back(name, &module);
}

void Module::register_modules(
    std::initializer_list<std::pair<const char*, std::reference_wrapper<Module>>> modules) {
  for (const auto& [name, module] : modules) {
    register_module(name, module);
  }
}

namespace {

void print(const Module& module, int depth, std::string& text) {
  text += module.describe();
  if (module.children().empty()) {
    return;
  }
  text += "(\n";
  for (const auto& [name, child] : module.children()) {
    text += std::string(static_cast<size_t>(2 * depth + 2), ' ') + "(" + name + "): ";
    print(*child, depth + 1, text);
    text += "\n";
  }
  text += std::string(static_cast<size_t>(2 * depth), ' ') + ")";
}

}  // namespace

std::string to_string(const Module& module) {
  std::string text;
  print(module, 0, text);
  return text;
}

}  // namespace helder
