#pragma once

#include "layers/module.h"

namespace helder {

/// Modules by name, in the order in which they came; called by whoever owns the dictionary.
///
///   ModuleDict heads{{"boxes", make<Linear>(256, 4)}, {"classes", make<Linear>(256, 91)}};
///   heads["boxes"](x);
template <class M = Module>
class ModuleDict : public Module {
 public:
  ModuleDict() = default;
  ModuleDict(std::initializer_list<std::pair<std::string, std::shared_ptr<M>>> modules) {
    for (const auto& [name, module] : modules) {
      insert(name, module);
    }
  }

  ModuleDict& insert(const std::string& name, std::shared_ptr<M> module) {
    check(module != nullptr, "ModuleDict: module '{}' is null", name);
    register_module(name, *module);
    modules_.emplace_back(name, std::move(module));
    return *this;
  }

  size_t size() const { return modules_.size(); }
  bool empty() const { return modules_.empty(); }
  bool contains(const std::string& name) const { return look_up(name) != nullptr; }
  M& operator[](const std::string& name) const {
    M* module = look_up(name);
    check(module != nullptr, "ModuleDict: there is no module '{}' among {}", name, names());
    return *module;
  }
  std::vector<std::string> keys() const {
    std::vector<std::string> result;
    for (const auto& [name, module] : modules_) {
      result.push_back(name);
    }
    return result;
  }

  /// Names and modules in their order: `for (const auto& [name, head] : heads.items())`.
  const std::vector<std::pair<std::string, std::shared_ptr<M>>>& items() const { return modules_; }

  std::string describe() const override { return "ModuleDict"; }

 private:
  M* look_up(const std::string& name) const {
    for (const auto& [key, module] : modules_) {
      if (key == name) {
        return module.get();
      }
    }
    return nullptr;
  }
  std::string names() const {
    std::string list;
    for (const auto& [name, module] : modules_) {
      list += (list.empty() ? "" : ", ") + name;
    }
    return "[" + list + "]";
  }

  std::vector<std::pair<std::string, std::shared_ptr<M>>> modules_;
};

}  // namespace helder
