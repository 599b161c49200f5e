#include "weights/load_weights.h"

#include <algorithm>
#include <map>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "autograd/grad_mode.h"
#include "tensor/views.h"
#include "weights/misfit.h"

namespace helder {
namespace {

// A tensor of the file, and where it goes.
struct Source {
  const StoredTensor* stored;
  std::string name;  // without the prefix
  std::string to;    // the model's name; "" drops it
  NameRule rule;     // without `from` and `to`, unless a rule matched
};

// A tensor of the model, and the file's tensors that it is made of, by part.
struct Target {
  Tensor tensor;
  std::vector<const Source*> parts;
};

// What stands in front of every name, and is not the model's own: `module.` of DataParallel, `_orig_mod.` of
// torch.compile, or both.
size_t prefix_length(const std::vector<StoredTensor>& tensors, const StateDict& own) {
  size_t length = 0;
  const auto all_have = [&](std::string_view prefix) {
    return !tensors.empty() && std::all_of(tensors.begin(), tensors.end(), [&](const StoredTensor& tensor) {
      return std::string_view(tensor.name).substr(length).starts_with(prefix);
    }) && !std::all_of(own.begin(), own.end(), [&](const auto& tensor) {
      return tensor.first.starts_with(prefix);
    });
  };
  for (bool found = true; found;) {
    found = false;
    for (const std::string_view prefix : {"module.", "_orig_mod."}) {
      if (all_have(prefix)) {
        length += prefix.size();
        found = true;
      }
    }
  }
  return length;
}

std::vector<Source> sources_under(const WeightFile& file, const StateDict& own,
                                  std::span<const NameRule> rules) {
  const size_t prefix = prefix_length(file.tensors(), own);
  std::vector<Source> sources;
  for (const StoredTensor& stored : file.tensors()) {
    const std::string name = stored.name.substr(prefix);
    auto [to, rule] = renamed(rules, name);
    sources.push_back({&stored, name, std::move(to), rule ? *rule : NameRule{}});
  }
  return sources;
}

bool is_one_of(const std::string& name, const std::vector<std::string_view>& patterns) {
  return std::any_of(patterns.begin(), patterns.end(),
                     [&](std::string_view pattern) { return matches(pattern, name); });
}

// The shape of one of the equal parts, if it divides into them.
Shape part_of(Shape shape, size_t parts) {
  if (parts > 1 && shape.rank() > 0 && shape[0] % static_cast<int64_t>(parts) == 0) {
    shape[0] /= static_cast<int64_t>(parts);
  }
  return shape;
}

bool fits(const Source& source, const Shape& wanted) {
  return source.rule.from.empty() ? source.stored->shape == wanted
                                  : fits(source.stored->shape, source.rule.change, wanted);
}

// Says what of a file goes where in a model; `misfit` gets what does not.
class Plan {
 public:
  Plan(const StateDict& own, const std::vector<Source>& sources,
       const std::vector<std::string_view>& leave_out)
      : own_(own) {
    for (const auto& [name, tensor] : own) {
      if (!is_one_of(name, leave_out)) {
        targets_[name].tensor = tensor;
      }
    }
    for (const Source& source : sources) {
      if (!source.to.empty() && !is_one_of(source.to, leave_out) && !take(source)) {
        misfit.unexpected.push_back({source.stored->name, source.stored->shape});
      }
    }
    check_targets();
  }

  // How many of the model's tensors the file has, in whole or in part.
  size_t found() const {
    return static_cast<size_t>(std::count_if(
        targets_.begin(), targets_.end(), [](const auto& target) { return !target.second.parts.empty(); }));
  }

  int64_t left_over() const { return static_cast<int64_t>(misfit.unexpected.size()); }

  // Everything is read before anything is changed.
  void carry_out(const WeightFile& file) const {
    std::vector<std::pair<Tensor, Tensor>> copies;
    for (const auto& [name, target] : targets_) {
      const auto parts = static_cast<int64_t>(target.parts.size());
      for (int64_t i = 0; i < parts; ++i) {
        const Source& source = *target.parts[static_cast<size_t>(i)];
        const int64_t rows = parts > 1 ? target.tensor.size(0) / parts : 0;
        const Tensor to =
            parts > 1 ? views::slice(target.tensor, 0, i * rows, (i + 1) * rows) : target.tensor;
        copies.emplace_back(to, changed(file.tensor(source.stored->name), source.rule.change, to.shape()));
      }
    }
    NoGrad guard;
    for (auto& [to, from] : copies) {
      to.copy_(from);
    }
  }

  Misfit misfit;

 private:
  // Gives the tensor to the target that it is for; false where there is none, or it has one already.
  bool take(const Source& source) {
    const auto found = targets_.find(source.to);
    if (found == targets_.end()) {
      return false;
    }
    std::vector<const Source*>& parts = found->second.parts;
    if (parts.empty()) {
      parts.resize(static_cast<size_t>(source.rule.parts));
    }
    const auto part = static_cast<size_t>(source.rule.part);
    if (parts.size() != static_cast<size_t>(source.rule.parts) || parts[part] != nullptr) {
      return false;
    }
    parts[part] = &source;
    return true;
  }

  void check_targets() {
    std::unordered_set<const Storage*> loaded;
    for (const auto& [name, target] : targets_) {
      if (!target.parts.empty()) {
        loaded.insert(target.tensor.impl()->storage.get());
      }
    }
    for (const auto& [name, tensor] : own_) {  // in the model's order
      const auto target = targets_.find(name);
      if (target == targets_.end()) {
        continue;
      }
      const auto& parts = target->second.parts;
      if (parts.empty() && !name.ends_with("num_batches_tracked") &&
          loaded.count(tensor.impl()->storage.get()) == 0) {
        misfit.missing.push_back({name, tensor.shape()});
      }
      for (size_t i = 0; i < parts.size(); ++i) {
        check_part(name, tensor.shape(), parts, i);
      }
    }
  }

  void check_part(std::string name, const Shape& whole, const std::vector<const Source*>& parts, size_t i) {
    const Shape wanted = part_of(whole, parts.size());
    if (parts.size() > 1) {
      name += fmt::format(" ({} of {})", i + 1, parts.size());
    }
    if (!parts[i]) {
      misfit.missing.push_back({name, wanted});
    } else if (!fits(*parts[i], wanted) || (parts.size() > 1 && wanted == whole)) {
      if (parts[i]->name != name) {
        name += " <- " + parts[i]->stored->name;
      }
      misfit.mis_shaped.push_back({name, wanted, parts[i]->stored->shape});
    }
  }

  const StateDict& own_;
  std::map<std::string, Target> targets_;
};

}  // namespace

std::string_view load_weights(Module& model, const WeightFile& file, std::span<const NameMap> maps,
                              const std::vector<std::string_view>& leave_out) {
  std::vector<NameMap> namings = {{"", {}}};  // the model's own names first
  namings.insert(namings.end(), maps.begin(), maps.end());

  const StateDict own = model.state_dict();
  std::vector<std::vector<Source>> sources;
  std::vector<Plan> plans;
  for (const NameMap& map : namings) {
    sources.push_back(sources_under(file, own, map.rules));
    plans.emplace_back(own, sources.back(), leave_out);
  }
  const auto best = std::max_element(plans.begin(), plans.end(), [](const Plan& a, const Plan& b) {
    // What the model's own names leave over, another naming may know and drop. The first of equal ones.
    return std::pair(a.found(), -a.left_over()) < std::pair(b.found(), -b.left_over());
  });
  const std::string_view naming = namings[static_cast<size_t>(best - plans.begin())].naming;
  check(best->misfit.empty(), "load_weights: {} does not fit this {}{}:{}", file.description(),
        model.describe(), naming.empty() ? "" : fmt::format(", by the names of {}", naming),
        best->misfit.table());
  best->carry_out(file);
  return naming;
}

}  // namespace helder
