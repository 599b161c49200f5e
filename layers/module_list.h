#pragma once

#include "layers/module.h"

namespace helder {

/// Modules by number, 0, 1, 2, ...: they are registered, and called by whoever owns the list. Of one class
/// when that is given, so that they can be called with what that class takes:
///
///   ModuleList<TransformerDecoderLayer> layers;
///   for (auto& layer : layers) x = layer(x, memory);
template <class M = Module>
class ModuleList : public Module {
 public:
  ModuleList() = default;
  ModuleList(std::initializer_list<std::shared_ptr<M>> modules) {
    for (const auto& module : modules) {
      push_back(module);
    }
  }

  ModuleList& push_back(std::shared_ptr<M> module) {
    check(module != nullptr, "ModuleList: module {} is null", modules_.size());
    register_module(std::to_string(modules_.size()), *module);
    modules_.push_back(std::move(module));
    return *this;
  }

  /// All modules of another list behind those of this one, which both then use.
  ModuleList& extend(const ModuleList& other) {
    for (const auto& module : std::vector(other.modules_)) {  // a copy: `other` may be this one
      push_back(module);
    }
    return *this;
  }

  size_t size() const { return modules_.size(); }
  bool empty() const { return modules_.empty(); }
  /// Counts from the end when negative.
  M& operator[](int64_t i) const {
    const int64_t n = static_cast<int64_t>(size());
    check(-n <= i && i < n, "ModuleList: there is no module {} among {}", i, n);
    return *modules_[static_cast<size_t>(i < 0 ? i + n : i)];
  }

  class Iterator {
   public:
    explicit Iterator(const std::shared_ptr<M>* at) : at_(at) {}
    M& operator*() const { return **at_; }
    Iterator& operator++() {
      ++at_;
      return *this;
    }
    bool operator==(const Iterator&) const = default;

   private:
    const std::shared_ptr<M>* at_;
  };
  Iterator begin() const { return Iterator(modules_.data()); }
  Iterator end() const { return Iterator(modules_.data() + modules_.size()); }

  std::string describe() const override { return "ModuleList"; }

 private:
  std::vector<std::shared_ptr<M>> modules_;
};

}  // namespace helder
