#include "weights/pickled_storage.h"

#include <algorithm>
#include <array>
#include <limits>

#include "tensor/error.h"

namespace helder {
namespace {

using Kind = PickleNode::Kind;

constexpr size_t kMostKey = 1000;

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

const StorageClass* storage_class_of(const PickleNode& node) {
  if (!node.is(Kind::Global) || (node.module() != "torch" && !node.module().starts_with("torch."))) {
    return nullptr;
  }
  const auto found = std::find_if(kStorageClasses.begin(), kStorageClasses.end(),
                                  [&](const StorageClass& c) { return c.name == node.name(); });
  return found == kStorageClasses.end() ? nullptr : &*found;
}

}  // namespace

std::optional<StoredType> torch_type(std::string_view dtype) {
  const auto found = std::find_if(kStorageClasses.begin(), kStorageClasses.end(),
                                  [&](const StorageClass& c) { return c.dtype == dtype; });
  return found == kStorageClasses.end() ? std::nullopt : found->type;
}

std::optional<uint64_t> pickled_size(const PickleNode& node) {
  return node.is(Kind::Int) && node.integer >= 0 ? std::optional(static_cast<uint64_t>(node.integer))
                                                 : std::nullopt;
}

std::optional<PickledStorage> pickled_storage(const PickleNode& persistent, const std::string& name) {
  const PickleNode& id = *persistent.parts[0];
  if (!id.is(Kind::Tuple) || id.parts.empty() || !id.parts[0]->is_text() || id.parts[0]->text != "storage") {
    return {};
  }
  check(id.parts.size() >= 5 && id.parts[2]->is_text(),
        "{}: the pickle has a storage without class, key or size", name);
  PickledStorage storage;
  storage.key = id.parts[2]->text;
  check(storage.key.size() <= kMostKey, "{}: the pickle has a storage with a key of {} bytes", name,
        storage.key.size());
  const StorageClass* type = storage_class_of(*id.parts[1]);
  check(type != nullptr, "{}: storage '{}' in the pickle is of no class of PyTorch's", name, storage.key);
  storage.type = type->type;
  storage.dtype = type->dtype;
  storage.element_bytes = type->bytes;
  const std::optional<uint64_t> elements = pickled_size(*id.parts[4]);
  check(elements.has_value() && *elements <= std::numeric_limits<int64_t>::max() / type->bytes,
        "{}: storage '{}' in the pickle has a size that cannot be", name, storage.key);
  storage.elements = *elements;
  // A view of a storage: (key of the view, first element, elements).
  if (id.parts.size() >= 6 && id.parts[5]->is(Kind::Tuple)) {
    const auto& view = id.parts[5]->parts;
    const std::optional<uint64_t> first = view.size() == 3 ? pickled_size(*view[1]) : std::nullopt;
    check(first.has_value() && *first <= storage.elements,
          "{}: storage '{}' in the pickle has a view outside it", name, storage.key);
    storage.first = *first;
  }
  return storage;
}

}  // namespace helder
