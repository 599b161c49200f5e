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
constexpr size_t kMostTensors = size_t{1} << 20;
constexpr size_t kMostNameBytes = size_t{1} << 26;
constexpr size_t kMostNameLength = 4096;
constexpr int kMostDepth = 200;
constexpr int kMostWrappers = 4;

struct StorageClass {
  std::string_view name;
  std::string_view dtype;  // of its elements
  uint64_t bytes;          // of one of them
  std::optional<StoredType> type;
};
constexpr std::array kStorageClasses = {
    StorageClass{"DoubleStorage", "float64", 8, StoredType::F64},
    StorageClass{"FloatStorage", "float32", 4, StoredType::F32},
    StorageClass{"HalfStorage", "float16", 2, StoredType::F16},
    StorageClass{"BFloat16Storage", "bfloat16", 2, StoredType::BF16},
    StorageClass{"LongStorage", "int64", 8, StoredType::I64},
    StorageClass{"IntStorage", "int32", 4, StoredType::I32},
    StorageClass{"ShortStorage", "int16", 2, StoredType::I16},
    StorageClass{"CharStorage", "int8", 1, StoredType::I8},
    StorageClass{"ByteStorage", "uint8", 1, StoredType::U8},
    StorageClass{"BoolStorage", "bool", 1, StoredType::Bool},
    StorageClass{"UntypedStorage", "untyped", 1, {}},
    StorageClass{"_UntypedStorage", "untyped", 1, {}},
    StorageClass{"ComplexDoubleStorage", "complex128", 16, {}},
    StorageClass{"ComplexFloatStorage", "complex64", 8, {}},
    StorageClass{"QInt8Storage", "qint8", 1, {}},
    StorageClass{"QInt32Storage", "qint32", 4, {}},
    StorageClass{"QUInt8Storage", "quint8", 1, {}},
    StorageClass{"QUInt4x2Storage", "quint4x2", 1, {}},
    StorageClass{"QUInt2x4Storage", "quint2x4", 1, {}},
};

// The keys under which programs save a model's weights beside other things.
constexpr std::array<std::string_view, 9> kWrappers = {
    "state_dict", "model_state_dict", "model", "net", "network", "module", "weights", "params", "params_ema"};

// What is called with a tensor, and gives one with the same numbers.
constexpr std::array<std::string_view, 6> kAroundATensor = {"_rebuild_parameter",
                                                            "_rebuild_parameter_with_state",
                                                            "_rebuild_device_tensor_from_cpu_tensor",
                                                            "Parameter",
                                                            "Buffer",
                                                            "Variable"};

bool starts_with_torch(std::string_view module) { return module == "torch" || module.starts_with("torch."); }

bool is_text(const PickleNode& node) { return node.is(Kind::Text) || node.is(Kind::Bytes); }

std::optional<uint64_t> size_of_node(const PickleNode& node) {
  return node.is(Kind::Int) && node.integer >= 0 ? std::optional(static_cast<uint64_t>(node.integer))
                                                 : std::nullopt;
}

// (1, 2) or torch.Size((1, 2)).
std::optional<Shape> shape_of_node(const PickleNode& node) {
  if (node.is(Kind::Call) && node.callee().is_global("torch", "Size") && node.arguments().parts.size() == 1) {
    return shape_of_node(*node.arguments().parts[0]);
  }
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

const StorageClass* storage_class_of(const PickleNode& node) {
  if (!node.is(Kind::Global) || !starts_with_torch(node.module())) {
    return nullptr;
  }
  const auto found = std::find_if(kStorageClasses.begin(), kStorageClasses.end(),
                                  [&](const StorageClass& c) { return c.name == node.name(); });
  return found == kStorageClasses.end() ? nullptr : &*found;
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
    if (is_text(*dict.parts[i - 2]) && dict.parts[i - 2]->text == key) {
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
      const PickleNode* inner = nullptr;
      if (const PickleNode* dict = as_dict(node)) {
        for (std::string_view key : kWrappers) {
          const PickleNode* value = find(*dict, key);
          if (value != nullptr && !is_tensor(*value) && has_tensors(*value)) {
            inner = value;
            break;
          }
        }
      }
      if (inner == nullptr) {
        break;
      }
      node = inner;
    }
    return node;
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
    check(++visits_ <= kMostVisits, "{}: the pickle describes more than {} values", file_, kMostVisits);
    check(depth_ < kMostDepth, "{}: the pickle's values are nested more than {} deep", file_, kMostDepth);
    ++depth_;
    if (is_tensor(node)) {
      name_bytes_ += path.size();
      check(tensors_.size() < kMostTensors && name_bytes_ <= kMostNameBytes,
            "{}: the pickle describes too many tensors", file_);
      tensors_.push_back(tensor(node, path));
    } else if (node.is(Kind::Dict)) {
      visit_dict(node, path);
    } else if (node.is(Kind::List) || node.is(Kind::Tuple)) {
      visit_list(node, path);
    } else if (node.is(Kind::Call)) {
      visit_object(node, path);
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
      const std::string name = is_text(key)        ? std::string(key.text)
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
      if (state->is(Kind::Dict)) {
        visit_dict(*state, path);
      } else {
        visit_list(*state, path);
      }
    }
  }

  // A pickled torch.nn.Module, in the order of its state_dict().
  void visit_module(const PickleNode& state, const std::string& path) {
    const PickleNode* transient = find(state, "_non_persistent_buffers_set");
    const auto is_transient = [&](std::string_view name) {
      return transient != nullptr && std::any_of(transient->parts.begin(), transient->parts.end(),
                                                 [&](const PickleNode* n) { return n->text == name; });
    };
    for (const std::string_view members : {"_parameters", "_buffers", "_modules"}) {
      const PickleNode* dict = as_dict(find(state, members));
      for (size_t i = 0; dict != nullptr && i + 1 < dict->parts.size(); i += 2) {
        const std::string_view name = dict->parts[i]->text;
        if (members != "_buffers" || !is_transient(name)) {
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
    const std::optional<uint64_t> first = size_of_node(*arguments[1]);
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
      const auto known = std::find_if(kStorageClasses.begin(), kStorageClasses.end(),
                                      [&](const StorageClass& c) { return c.dtype == dtype; });
      type = known == kStorageClasses.end() ? std::nullopt : known->type;
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
  std::unordered_set<const PickleNode*> barren_;
  size_t visits_ = 0, name_bytes_ = 0;
  int depth_ = 0;
};

}  // namespace

std::optional<PickledStorage> pickled_storage(const PickleNode& persistent, const std::string& name) {
  const PickleNode& id = *persistent.parts[0];
  if (!id.is(Kind::Tuple) || id.parts.empty() || !is_text(*id.parts[0]) || id.parts[0]->text != "storage") {
    return {};
  }
  check(id.parts.size() >= 5 && is_text(*id.parts[2]),
        "{}: the pickle has a storage without class, key or size", name);
  PickledStorage storage;
  storage.key = id.parts[2]->text;
  const StorageClass* type = storage_class_of(*id.parts[1]);
  check(type != nullptr, "{}: storage '{}' in the pickle is of no class of PyTorch's", name, storage.key);
  storage.type = type->type;
  storage.dtype = type->dtype;
  storage.element_bytes = type->bytes;
  const std::optional<uint64_t> elements = size_of_node(*id.parts[4]);
  check(elements.has_value() && *elements <= std::numeric_limits<int64_t>::max() / type->bytes,
        "{}: storage '{}' in the pickle has a size that cannot be", name, storage.key);
  storage.elements = *elements;
  // A view of a storage: (key of the view, first element, elements).
  if (id.parts.size() >= 6 && id.parts[5]->is(Kind::Tuple)) {
    const auto& view = id.parts[5]->parts;
    const std::optional<uint64_t> first = view.size() == 3 ? size_of_node(*view[1]) : std::nullopt;
    check(first.has_value() && *first <= storage.elements,
          "{}: storage '{}' in the pickle has a view outside it", name, storage.key);
    storage.first = *first;
  }
  return storage;
}

std::vector<PickledTensor> pickled_tensors(const PickleNode& root, const std::string& name) {
  return Finder(name).find_all(root);
}

}  // namespace helder
