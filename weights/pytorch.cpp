#include "weights/pytorch.h"

#include <algorithm>
#include <cstring>

#include "tensor/error.h"
#include "tensor/mapped_file.h"

namespace helder {
namespace {

using Kind = PickleNode::Kind;

constexpr std::string_view kMagic("\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19", 10);  // 0x1950a86a20f9469cfc6c
constexpr int64_t kLegacyVersion = 1001;
constexpr size_t kAlignment = 16;  // of no type that Helder has is more

std::string_view text_of(const Storage& storage) {
  return {static_cast<const char*>(storage.data()), storage.bytes()};
}

std::shared_ptr<Storage> copy_of(const Storage& storage) {
  auto copy = std::make_shared<Storage>(storage.bytes());
  if (storage.bytes() > 0) {
    std::memcpy(copy->data(), storage.data(), storage.bytes());
  }
  return copy;
}

void reverse_elements(const Storage& storage, size_t element_bytes) {
  auto* next = static_cast<std::byte*>(storage.data());
  for (size_t left = storage.bytes(); left >= element_bytes; left -= element_bytes) {
    std::reverse(next, next + element_bytes);
    next += element_bytes;
  }
}

// A class or function that is neither PyTorch's nor one of Python's containers.
bool is_foreign(const PickleNode& global) {
  const std::string_view module = global.module();
  return module != "torch" && !module.starts_with("torch.") && module != "collections";
}

}  // namespace

// ---- both forms ----

void PyTorchFile::add_tensors(const Pickle& pickle) {
  const std::vector<PickledTensor> tensors = pickled_tensors(pickle.value(), description());
  if (tensors.empty()) {
    const auto foreign = std::find_if(pickle.globals().begin(), pickle.globals().end(),
                                      [](const PickleNode* global) { return is_foreign(*global); });
    check(foreign == pickle.globals().end(),
          "{}: there are no tensors in the pickle, but it names {}, which is not called", description(),
          foreign == pickle.globals().end() ? "" : (*foreign)->path());
  }
  for (const PickledTensor& tensor : tensors) {
    const std::string name = fmt::format("{}: tensor '{}'", description(), tensor.name);
    const std::string key(tensor.storage.key);
    const uint64_t bytes = storage_bytes(key);
    check(bytes == tensor.storage.bytes(), "{} lies in storage '{}' of {} bytes, but there are {}", name, key,
          tensor.storage.bytes(), bytes);
    check_stored_tensor(name, bytes, tensor.offset, tensor.type, tensor.shape, tensor.strides);
    add({tensor.name, tensor.type, tensor.shape});
    places_.push_back({key, tensor.offset, tensor.strides});
  }
}

Tensor PyTorchFile::read(size_t index) const {
  const StoredTensor& tensor = tensors()[index];
  const Place& place = places_[index];
  return stored_tensor(fmt::format("{}: tensor '{}'", description(), tensor.name),
                       storage(place.key, size_of(tensor.type)), place.offset, tensor.type, tensor.shape,
                       place.strides);
}

std::shared_ptr<Storage> PyTorchFile::storage(const std::string& key, size_t element_bytes) const {
  const std::lock_guard lock(mutex_);
  std::weak_ptr<Storage>& known = open_[key];
  latest_ = known.lock();
  if (latest_ == nullptr) {
    latest_ = open_storage(key);
    // A storage off its alignment is copied as a whole, so that what shares it still does.
    if (is_big_endian_ || reinterpret_cast<uintptr_t>(latest_->data()) % kAlignment != 0) {
      latest_ = copy_of(*latest_);
    }
    if (is_big_endian_) {
      reverse_elements(*latest_, element_bytes);
    }
    known = latest_;
  }
  return latest_;
}

// ---- the zip form ----

PyTorchZipFile::PyTorchZipFile(const std::filesystem::path& path)
    : PyTorchFile("pytorch: " + path.string()), archive_(path, description()) {
  constexpr std::string_view kPickle = "data.pkl";
  const ZipArchive::Entry* pickled = nullptr;
  for (const ZipArchive::Entry& entry : archive_.entries()) {
    if (entry.name.ends_with(kPickle) && entry.name.find('/') + 1 == entry.name.size() - kPickle.size()) {
      pickled = &entry;
      break;
    }
  }
  check(pickled != nullptr, "{}: a zip archive without data.pkl is not a PyTorch file", description());
  folder_ = pickled->name.substr(0, pickled->name.size() - kPickle.size());
  if (const ZipArchive::Entry* order = archive_.find(folder_ + "byteorder")) {
    const auto contents = archive_.contents(*order);
    check(text_of(*contents) == "little" || text_of(*contents) == "big",
          "{}: the byte order is neither little nor big", description());
    is_big_endian_ = text_of(*contents) == "big";
  }
  const auto contents = archive_.contents(*pickled);
  add_tensors(Pickle(text_of(*contents), description()));
}

const ZipArchive::Entry& PyTorchZipFile::entry_of(const std::string& key) const {
  const ZipArchive::Entry* entry = archive_.find(folder_ + "data/" + key);
  check(entry != nullptr, "{}: there is no storage '{}'", description(), key);
  return *entry;
}

uint64_t PyTorchZipFile::storage_bytes(const std::string& key) const { return entry_of(key).size; }

std::shared_ptr<Storage> PyTorchZipFile::open_storage(const std::string& key) const {
  return archive_.contents(entry_of(key));
}

// ---- the legacy form ----

PyTorchLegacyFile::PyTorchLegacyFile(const std::filesystem::path& path)
    : PyTorchFile("pytorch: " + path.string()), file_(map_storage(path, description())) {
  const std::string_view bytes = text_of(*file_);
  uint64_t offset = 0;
  const Pickle magic(bytes, description());
  check(magic.value().is(Kind::BigInt) && magic.value().text == kMagic,
        "{}: a pickle, but not one of PyTorch's: it does not begin with their magic number", description());
  offset += magic.size();
  const Pickle version(bytes.substr(offset), description());
  check(version.value().is(Kind::Int) && version.value().integer == kLegacyVersion,
        "{}: not version {} of PyTorch's legacy format, the only one", description(), kLegacyVersion);
  offset += version.size();
  const Pickle system(bytes.substr(offset), description());  // of who wrote it; the bytes are little-endian
  offset += system.size();
  const Pickle object(bytes.substr(offset), description());
  offset += object.size();
  const Pickle keys(bytes.substr(offset), description());
  find_storages(object, keys, offset + keys.size());
  add_tensors(object);
}

void PyTorchLegacyFile::find_storages(const Pickle& pickle, const Pickle& keys, uint64_t offset) {
  std::map<std::string_view, PickledStorage> known;
  for (const PickleNode* persistent : pickle.persistent()) {
    if (const auto storage = pickled_storage(*persistent, description())) {
      known.emplace(storage->key, *storage);
    }
  }
  check(keys.value().is(Kind::List), "{}: the list of storages is none", description());
  for (const PickleNode* node : keys.value().parts) {
    const auto found = known.find(node->text);
    check(found != known.end(), "{}: the pickle does not use storage '{}', which follows it", description(),
          node->text);
    const PickledStorage& storage = found->second;
    uint64_t elements = 0;
    const uint64_t left = file_->bytes() - offset;
    check(left >= sizeof elements && storage.bytes() <= left - sizeof elements,
          "{}: the file is cut short: storage '{}' takes {} bytes, and there are {}", description(),
          node->text, sizeof elements + storage.bytes(), left);
    std::memcpy(&elements, static_cast<const std::byte*>(file_->data()) + offset, sizeof elements);
    check(elements == storage.elements, "{}: storage '{}' has {} elements, but the pickle says {}",
          description(), node->text, elements, storage.elements);
    offset += sizeof elements;
    check(stretches_.emplace(node->text, Stretch{offset, storage.bytes()}).second,
          "{}: there are two storages '{}'", description(), node->text);
    offset += storage.bytes();
  }
}

uint64_t PyTorchLegacyFile::storage_bytes(const std::string& key) const {
  const auto found = stretches_.find(key);
  check(found != stretches_.end(), "{}: there is no storage '{}'", description(), key);
  return found->second.bytes;
}

std::shared_ptr<Storage> PyTorchLegacyFile::open_storage(const std::string& key) const {
  const Stretch& stretch = stretches_.at(key);
  return part_of(file_, stretch.offset, stretch.bytes);
}

}  // namespace helder
