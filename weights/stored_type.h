#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "tensor/tensor.h"

namespace helder {

/// The types in which weight files keep elements: more than Helder computes in.
enum class StoredType : uint8_t { F64, F32, F16, BF16, I64, I32, I16, I8, U8, Bool };

/// safetensors' name of it: `F32`, `BOOL`.
std::string_view name_of(StoredType type);
/// The type of that name; none where there is no such type.
std::optional<StoredType> stored_type_of(std::string_view name);
/// What a tensor of this type is written as.
StoredType stored_type_of(DType dtype);
size_t size_of(StoredType type);
/// The type of a tensor that is read from it: I32, I16 and I8 become int64, the others stay what they are.
DType dtype_of(StoredType type);
/// PyTorch's and NumPy's name of what is stored, also where it is read as something else: `float32`, `int16`.
std::string_view dtype_name(StoredType type);

/// The tensor of `shape` and `strides` (in elements, none negative) that starts at byte `offset` of
/// `storage`. It shares that memory where its type and place allow; otherwise the memory that it reaches is
/// copied, which the strides stay right for: elements of I32, I16 and I8, booleans (a byte that is neither 0
/// nor 1 must not end up in a bool), and numbers off their alignment.
///
/// Throws `Error`, starting with `name`, where an element would lie outside the storage. Every size may come
/// straight from a file.
Tensor stored_tensor(const std::string& name, const std::shared_ptr<Storage>& storage, uint64_t offset,
                     StoredType type, const Shape& shape, const Shape& strides);

/// Throws where `stored_tensor` would, for a storage of so many bytes that is not there yet.
void check_stored_tensor(const std::string& name, uint64_t storage_bytes, uint64_t offset, StoredType type,
                         const Shape& shape, const Shape& strides);

}  // namespace helder
