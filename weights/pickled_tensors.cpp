#include "weights/pickled_tensors.h"

#include <algorithm>
#include <array>
#include <limits>
#include <unordered_set>

#include "tensor/error.h"

// A tensor is the call of a function with a storage, which is a persistent id:
//
//   torch._utils._rebuild_tensor_v2(("storage", torch.FloatStorage, key, device, elements), offset, shape,
//                                   strides, requires_grad, hooks)

namespace helder {
namespace {

using Kind = PickleNode::Kind;

// Bounds on what a small pickle, whose values may be shared, can ask for.
constexpr size_t kMostVisits = size_t{1} << 23;
constexpr size_t kMostTensors = size_t{1} << 17;
constexpr size_t kMostNameBytes = size_t{1} << 26;
constexpr size_t kMostNameLength = 4096;
constexpr int kMostDepth = 200;
constexpr int kMostWrappers = 4;

// The keys under which programs save a model's weights beside other things, and those that may as well be the
// name of one network of several.
constexpr std::array<std::string_view, 3> kWrappers = {"state_dict", "model_state_dict", "model"};
constexpr std::array<std::string_view, 6> kLikelyWrappers = {"net",     "network", "module",
                                                             "weights", "params",  "params_ema"};

// What is called with a tensor, and gives one with the same numbers.
constexpr std::array<std::string_view, 6> kAroundATensor = {"_rebuild_parameter",
                                                            "_rebuild_parameter_with_state",
                                                            "_rebuild_device_tensor_from_cpu_tensor",
                                                            "Parameter",
                                                            "Buffer",
                                                            "Variable"};

bool starts_with_torch(std::string_view module) { return module == "torch" || module.starts_with("torch."); }

// (1, 2) or torch.Size((1, 2)).
std::optional<Shape> shape_of_node(const PickleNode& value) {
  const bool is_size = value.is(Kind::Call) && value.callee().is_global("torch", "Size") &&
                       value.arguments().parts.size() == 1;
  const PickleNode& node = is_size ? *value.arguments().parts[0] : value;
  if (!node.is(Kind::Tuple) && !node.is(Kind::List)) {
    return {};
  }
  Shape shape;
  for (const PickleNode* size : node.parts) {
    if (!size->is(Kind::Int) || shape.rank() == kMaxRank) {
      return {};
    }
    shape.push_back(size->integer);
  }
  return shape;
}

// What would have been called, whether the pickle names a class or points at its source as well, which old
// files keep outside: ("module", class, file, source).
const PickleNode* callee_of(const PickleNode& call) {
  const PickleNode* callee = &call.callee();
  if (callee->is(Kind::Persistent) && callee->parts[0]->is(Kind::Tuple) &&
      callee->parts[0]->parts.size() >= 2) {
    callee = callee->parts[0]->parts[1];
  }
  return callee->is(Kind::Global) ? callee : nullptr;
}

// The last value of a key: what a dictionary would hold.
const PickleNode* find(const PickleNode& dict, std::string_view key) {
  for (size_t i = dict.parts.size(); i >= 2; i -= 2) {
    if (dict.parts[i - 2]->is_text() && dict.parts[i - 2]->text == key) {
      return dict.parts[i - 1];
    }
  }
  return nullptr;
}

// A Dict, or what was put into a call of OrderedDict and the like; else null.
const PickleNode* as_dict(const PickleNode* node) {
  return node == nullptr        ? nullptr
         : node->is(Kind::Dict) ? node
         : node->is(Kind::Call) ? node->items()
                                : nullptr;
}

class Finder {
 public:
  explicit Finder(const std::string& name) : file_(name) {}

  std::vector<PickledTensor> find_all(const PickleNode& root) {
    const PickleNode* start = unwrapped(root);
    visit(*start, is_tensor(*start) ? "tensor" : "");
    return std::move(tensors_);
  }

 private:
  // ---- where the weights are ----

  const PickleNode* unwrapped(const PickleNode& root) {
    const PickleNode* node = &root;
    for (int depth = 0; depth < kMostWrappers; ++depth) {
      const PickleNode* dict = as_dict(node);
      const PickleNode* inner = dict == nullptr ? nullptr : wrapped(*dict);
      if (inner == nullptr) {
        break;
      }
      node = inner;
    }
    return node;
  }

  // The value that holds the weights; null where the dictionary itself does.
  const PickleNode* wrapped(const PickleNode& dict) {
    const auto holds_weights = [&](const PickleNode* value) {
      return value != nullptr && !is_tensor(*value) && has_tensors(*value);
    };
    for (std::string_view key : kWrappers) {
      const PickleNode* value = find(dict, key);
      if (holds_weights(value)) {
        return value;
      }
    }
    const PickleNode* only = nullptr;
    for (size_t i = 0; i + 1 < dict.parts.size(); i += 2) {
      const PickleNode &key = *dict.parts[i], *value = dict.parts[i + 1];
      if (!has_tensors(*value) || key.text.starts_with("optim")) {
        continue;
      }
      const bool is_likely =
          std::find(kLikelyWrappers.begin(), kLikelyWrappers.end(), key.text) != kLikelyWrappers.end();
      if (only != nullptr || !is_likely || is_tensor(*value)) {
        return nullptr;
      }
      only = value;
    }
    return only;
  }

  // Looks at each value once, without recursion.
  bool has_tensors(const PickleNode& root) {
    std::unordered_set<const PickleNode*> seen;
    std::vector<const PickleNode*> to_see = {&root};
    while (!to_see.empty()) {
      const PickleNode* node = to_see.back();
      to_see.pop_back();
      if (node == nullptr || barren_.count(node) > 0 || !seen.insert(node).second) {
        continue;
      }
      if (is_tensor(*node)) {
        return true;
      }
      to_see.insert(to_see.end(), node->parts.begin(), node->parts.end());
    }
    barren_.merge(seen);
    return false;
  }

  // ---- the walk ----

  void visit(const PickleNode& node, const std::string& path) {
    if (empty_.count(&node) > 0) {
      return;
    }
    visits_ += 1 + node.parts.size();
    check(visits_ <= kMostVisits, "{}: the pickle describes more than {} values", file_, kMostVisits);
    check(depth_ < kMostDepth, "{}: the pickle's values are nested more than {} deep", file_, kMostDepth);
    ++depth_;
    const size_t found = tensors_.size();
    if (is_tensor(node)) {
      name_bytes_ += path.size();
      check(tensors_.size() < kMostTensors && name_bytes_ <= kMostNameBytes,
            "{}: the pickle describes more than {} tensors, or names of more than {} bytes", file_,
            kMostTensors, kMostNameBytes);
      tensors_.push_back(tensor(node, path));
    } else if (node.is(Kind::Dict)) {
      visit_dict(node, path);
    } else if (node.is(Kind::List) || node.is(Kind::Tuple)) {
      visit_list(node, path);
    } else if (node.is(Kind::Call)) {
      visit_object(node, path);
    }
    if (tensors_.size() == found) {
      empty_.insert(&node);
    }
    --depth_;
  }

  void visit_below(const PickleNode& node, const std::string& path, std::string_view key) {
    // What holds no others is most of what there is.
    if (!node.parts.empty()) {
      check(path.size() + key.size() < kMostNameLength, "{}: the pickle has a name of more than {} bytes",
            file_, kMostNameLength);
      visit(node, path.empty() ? std::string(key) : fmt::format("{}.{}", path, key));
    }
  }

  void visit_dict(const PickleNode& dict, const std::string& path) {
    for (size_t i = 0; i + 1 < dict.parts.size(); i += 2) {
      const PickleNode& key = *dict.parts[i];
      const std::string name = key.is_text()       ? std::string(key.text)
                               : key.is(Kind::Int) ? std::to_string(key.integer)
                                                   : std::to_string(i / 2);
      visit_below(*dict.parts[i + 1], path, name);
    }
  }

  void visit_list(const PickleNode& list, const std::string& path) {
    for (size_t i = 0; i < list.parts.size(); ++i) {
      visit_below(*list.parts[i], path, std::to_string(i));
    }
  }

  void visit_object(const PickleNode& object, const std::string& path) {
    const PickleNode* callee = callee_of(object);
    check(
        callee == nullptr || !starts_with_torch(callee->module()) || !callee->name().starts_with("_rebuild_"),
        "{}: tensor '{}' is made by {}, which is not supported", file_, path,
        callee == nullptr ? "" : callee->path());
    const PickleNode* state = object.state();
    if (state != nullptr && state->is(Kind::Dict) && find(*state, "_modules") != nullptr) {
      visit_module(*state, path);
      return;
    }
    visit_list(object.arguments(), path);
    if (object.items() != nullptr) {
      visit_dict(*object.items(), path);
    }
    if (object.elements() != nullptr) {
      visit_list(*object.elements(), path);
    }
    // An OrderedDict's attributes are about its keys.
    if (state != nullptr && object.items() == nullptr) {
      visit(*state, path);
    }
  }

  // A pickled torch.nn.Module, in the order of its state_dict().
  void visit_module(const PickleNode& state, const std::string& path) {
    std::unordered_set<std::string_view> transient;
    if (const PickleNode* set = find(state, "_non_persistent_buffers_set")) {
      if (set->is(Kind::Call) && set->arguments().parts.size() == 1) {
        set = set->arguments().parts[0];  // set([...]), where there is no instruction for sets
      }
      for (const PickleNode* name : set->parts) {
        transient.insert(name == nullptr ? "" : name->text);
      }
    }
    for (const std::string_view members : {"_parameters", "_buffers", "_modules"}) {
      const PickleNode* dict = as_dict(find(state, members));
      for (size_t i = 0; dict != nullptr && i + 1 < dict->parts.size(); i += 2) {
        const std::string_view name = dict->parts[i]->text;
        if (members != "_buffers" || transient.count(name) == 0) {
          visit_below(*dict->parts[i + 1], path, name);
        }
      }
    }
  }

  // ---- tensors ----

  struct TensorCall {
    std::string_view function;
    const std::vector<PickleNode*>& arguments;
  };

  // The call that would have made a tensor; nothing where the value is none.
  static std::optional<TensorCall> tensor_call(const PickleNode& node) {
    if (!node.is(Kind::Call)) {
      return {};
    }
    const PickleNode *callee = callee_of(node), *arguments = &node.arguments();
    for (int depth = 0; depth < kMostDepth; ++depth) {
      if (callee == nullptr || !starts_with_torch(callee->module())) {
        return {};
      }
      const std::string_view name = callee->name();
      const auto& values = arguments->parts;
      if (name == "_rebuild_tensor" || name == "_rebuild_tensor_v2" || name == "_rebuild_tensor_v3") {
        return TensorCall{name, values};
      }
      if (std::find(kAroundATensor.begin(), kAroundATensor.end(), name) != kAroundATensor.end() &&
          !values.empty() && values[0]->is(Kind::Call)) {
        callee = callee_of(*values[0]);
        arguments = &values[0]->arguments();
      } else if ((name == "_rebuild_from_type" || name == "_rebuild_from_type_v2") && values.size() >= 3 &&
                 values[0]->is(Kind::Global) && values[2]->is(Kind::Tuple)) {
        callee = values[0];  // a tensor with attributes: its function, its class, that one's arguments
        arguments = values[2];
      } else {
        return {};
      }
    }
    return {};
  }

  static bool is_tensor(const PickleNode& node) { return tensor_call(node).has_value(); }

  PickledTensor tensor(const PickleNode& node, const std::string& path) const {
    const auto [function, arguments] = *tensor_call(node);
    const std::string name = fmt::format("{}: tensor '{}'", file_, path);
    const bool is_v3 = function == "_rebuild_tensor_v3";
    check(arguments.size() >= (is_v3 ? 7 : 4) && arguments[0]->is(Kind::Persistent),
          "{} lacks its storage, offset, shape or strides", name);
    const std::optional<PickledStorage> storage = pickled_storage(*arguments[0], file_);
    const std::optional<uint64_t> first = pickled_size(*arguments[1]);
    const std::optional<Shape> shape = shape_of_node(*arguments[2]), strides = shape_of_node(*arguments[3]);
    check(storage.has_value() && first.has_value() && shape.has_value() && strides.has_value(),
          "{} has a storage, offset, shape or strides that are none (up to {} dimensions are supported)",
          name, kMaxRank);
    const size_t metadata = is_v3 ? 7 : 6;
    check(arguments.size() <= metadata || arguments[metadata]->parts.empty(),
          "{} is to be conjugated or negated when it is read, which is not supported", name);

    std::optional<StoredType> type = storage->type;
    std::string_view dtype = storage->dtype;
    if (is_v3) {  // the storage is of bytes, and the type an argument: torch.uint16
      check(arguments[6]->is(Kind::Global), "{} lacks its dtype", name);
      dtype = arguments[6]->name();
      type = torch_type(dtype);
    }
    check(type.has_value(), "{} is of the type {}, which is not supported", name, dtype);

    uint64_t offset = 0;
    check(!__builtin_add_overflow(*first, storage->first, &offset) &&
              !__builtin_mul_overflow(offset, uint64_t{size_of(*type)}, &offset),
          "{} begins at element {} of its storage, which is too far", name, *first);
    return {path, *type, *storage, offset, *shape, *strides};
  }

  const std::string& file_;
  std::vector<PickledTensor> tensors_;
  std::unordered_set<const PickleNode*> barren_;  // where has_tensors() found none
  std::unordered_set<const PickleNode*> empty_;   // where the walk found none
  size_t visits_ = 0, name_bytes_ = 0;
  int depth_ = 0;
};

}  // namespace

std::vector<PickledTensor> pickled_tensors(const PickleNode& root, const std::string& name) {
  return Finder(name).find_all(root);
}

}  // namespace helder
