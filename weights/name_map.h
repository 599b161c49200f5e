#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace helder {

/// What happens to a tensor's numbers on their way from a file into a model.
enum class Change : uint8_t {
  None,        ///< they are reshaped if the model has another shape of as many elements
  Transpose,   ///< [in, out] -> [out, in]: a dense layer's kernel, as JAX and TensorFlow keep it
  HwioToOihw,  ///< [h, w, in, out] -> [out, in, h, w]: a convolution's
};

/// One line of a name map: a tensor that the file calls `from` is the model's `to`.
///
/// A `*` in `from` stands for any text without a dot (or, in names with slashes, a slash); `**` for any text
/// at all. Each in `to` is replaced by what the one at the same place in `from` stood for. An empty `to`
/// drops the tensor: the model has no use for it.
///
/// Where a file keeps apart what the model keeps in one tensor (query, key and value), each of its tensors is
/// one `part` of `parts` equal ones along the first dimension.
struct NameRule {
  std::string_view from;
  std::string_view to;
  Change change = Change::None;
  int part = 0;
  int parts = 1;
};

/// How one framework names the tensors of a model; the first rule that matches a name decides, and a name
/// that no rule matches stays what it is.
struct NameMap {
  std::string_view naming;  ///< whose names these are: `timm`, `Hugging Face`
  std::span<const NameRule> rules;
};

}  // namespace helder
