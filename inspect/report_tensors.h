#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <unordered_map>
#include <vector>

#include "tensor/tensor.h"

namespace helder {

/// The tensors of a report, each once, as text in its page: exactly (float32) as long as there is room, the
/// others as pictures of 256 levels, which is what a feature map is looked at with.
///
/// A tensor's text is base64 of a zlib stream. Exact: the first bytes of all elements, then the second ones,
/// and so on, which packs better. Picture: a byte an element, from `low` to `high` of its plane (the last two
/// dimensions). Of an activation [1,C,H,W] that is too large the first channels may be there exactly, beside
/// the picture of all. What a simple op made is left out where what it was made from is there: the page
/// computes it again.
class ReportTensors {
 public:
  /// Its number. What is exact can be calculated with; `wanted` first, then small ones. Converted to float32.
  int add(const Tensor& tensor, bool exact = true, bool wanted = false);

  /// `tensor` is what the op of this name made of `inputs`. Does nothing unless the page can do the same bit
  /// for bit (relu, leaky_relu, relu6, add, cat of channels), and all
  /// of them were added.
  void made_by(const Tensor& tensor, const std::string& op, const std::vector<Tensor>& inputs);

  /// The <script> elements, whose ids are t0, t1, ..., with the JSON that says how to read each. `room` is
  /// for exact tensors, in bytes of text; pictures become coarser until they fit in `picture_room` elements.
  std::string html(int64_t room, int64_t picture_room) const;

 private:
  /// How an entry is made of others.
  struct Recipe {
    std::string op = {};  // empty: it is not
    double number = 0;    // the slope of a leaky_relu
    std::vector<size_t> from = {};
  };
  struct Entry {
    Tensor tensor;
    bool exact = true, wanted = false;
    Recipe recipe = {};
  };
  /// An entry in the page.
  struct Text {
    nlohmann::json note = {};
    std::string exact = {}, picture = {};
    int64_t channels = 0;  // how many are known exactly; 1 of a tensor without any
  };
  static std::string key_of(const Tensor& tensor);
  static int64_t channels_of(const Tensor& tensor);
  void pack_exact(std::vector<Text>& texts, int64_t room) const;
  void follow_recipe(size_t i, std::vector<Text>& texts) const;
  void pack_pictures(std::vector<Text>& texts, int64_t picture_room) const;

  std::vector<Entry> entries_;
  std::unordered_map<std::string, int> numbers_;  // by memory, shape and strides
};

std::string base64(const std::vector<unsigned char>& bytes);

}  // namespace helder
