#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tensor/tensor.h"

namespace helder {

/// What happens to a tensor's numbers on their way from a file into a model.
enum class Change : uint8_t {
  None,        ///< where the model has another number of dimensions for as many elements: a reshape
  Transpose,   ///< [in, out] -> [out, in]: a dense layer's kernel, as JAX and TensorFlow keep it; `in` and
               ///< `out` may be several dimensions each: [in, heads, width of a head]
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

/// Rules that are put together from smaller lists; they live as long as this object.
///
///   static const NameRules rules = NameRules().within({{"stages.0.*.", "layer1.*."}, ...},
///                                                     {{"norm1.*", "bn1.*"}, ...});
class NameRules {
 public:
  NameRules() = default;
  NameRules(NameRules&&) = default;

  NameRules&& add(std::initializer_list<NameRule> rules) &&;
  /// Each of `rules` behind each pair of beginnings.
  NameRules&& within(std::initializer_list<std::pair<std::string_view, std::string_view>> beginnings,
                     std::initializer_list<NameRule> rules) &&;

  operator std::span<const NameRule>() const { return rules_; }

 private:
  std::deque<std::string> names_;  // what the rules refer to; a deque leaves them where they are
  std::vector<NameRule> rules_;
};

/// Whether `pattern`, with `*` and `**` as in a rule, stands for all of `name`. Of several ways, each star
/// takes as little as it can, the first one first. `found`, where given, gets what they stood for.
bool matches(std::string_view pattern, std::string_view name, std::vector<std::string_view>* found = nullptr);

/// Where a file's tensor goes: the model's name for it ("" where it is dropped), and by which rule (null
/// where none matched).
struct Renamed {
  std::string name;
  const NameRule* rule = nullptr;
};
Renamed renamed(std::span<const NameRule> rules, std::string_view name);

/// Whether a tensor of shape `stored` gives one of shape `wanted` by `change`.
bool fits(const Shape& stored, Change change, const Shape& wanted);
/// That tensor, as a view where there is one.
Tensor changed(const Tensor& stored, Change change, const Shape& wanted);

}  // namespace helder
