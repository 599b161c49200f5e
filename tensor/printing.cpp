#include "tensor/printing.h"

#include <algorithm>
#include <span>
#include <vector>

#include "tensor/float_words.h"

namespace helder {
namespace {

// ---- words: one padded text an element
// --------------------------------------------------------------------------

std::vector<std::string> integer_words(std::span<const int64_t> values) {
  std::vector<std::string> words;
  size_t width = 0;
  for (int64_t value : values) {
    words.push_back(std::to_string(value));
    width = std::max(width, words.back().size());
  }
  for (std::string& word : words) {
    word.insert(0, width - word.size(), ' ');
  }
  return words;
}

std::vector<std::string> words_of(const Tensor& tensor, const std::vector<int64_t>& offsets, int precision) {
  return visit_any(tensor.dtype(), [&]<class T>() {
    const T* data = tensor.data<T>();
    if constexpr (std::is_same_v<T, bool>) {
      std::vector<std::string> words;
      for (int64_t offset : offsets) {
        words.emplace_back(data[offset] ? " True" : "False");
      }
      return words;
    } else {
      // bfloat16, which NumPy does not have, is printed as the float of the same value.
      using Printed = std::conditional_t<std::is_integral_v<T>, int64_t,
                                         std::conditional_t<std::is_same_v<T, BFloat16>, float, T>>;
      std::vector<Printed> values;
      for (int64_t offset : offsets) {
        values.push_back(convert<Printed>(data[offset]));
      }
      if constexpr (std::is_integral_v<T>) {
        return integer_words(values);
      } else {
        return float_words<Printed>(values, precision);
      }
    }
  });
}

std::string scalar_word(const Tensor& tensor) {
  return visit_any(tensor.dtype(), [&]<class T>() -> std::string {
    const T value = *tensor.data<T>();
    if constexpr (std::is_same_v<T, bool>) {
      return value ? "True" : "False";
    } else if constexpr (std::is_integral_v<T>) {
      return std::to_string(value);
    } else if constexpr (std::is_same_v<T, BFloat16>) {
      return float_word(static_cast<float>(value));
    } else {
      return float_word(value);
    }
  });
}

// ---- layout: brackets and lines
// ---------------------------------------------------------------------------------

class Layout {
 public:
  Layout(const Tensor& tensor, const PrintOptions& options)
      : tensor_(tensor), options_(options), shortened_(tensor.numel() > options.threshold) {}

  std::string text() {
    std::vector<int64_t> offsets;
    collect_offsets(0, 0, offsets);
    words_ = words_of(tensor_, offsets, options_.precision);
    print(0);
    return std::move(text_);
  }

 private:
  bool hides_middle(int dim) const { return shortened_ && tensor_.shape()[dim] > 2 * options_.edge_items; }

  // How many items of a dimension are shown; those from `edge_items` on are the last ones where the middle is
  // hidden.
  int64_t shown(int dim) const { return hides_middle(dim) ? 2 * options_.edge_items : tensor_.shape()[dim]; }

  // The elements that are shown, in the order in which they are. They alone decide on widths and notation.
  void collect_offsets(int dim, int64_t offset, std::vector<int64_t>& offsets) const {
    if (dim == tensor_.rank()) {
      offsets.push_back(offset);
      return;
    }
    for (int64_t i = 0; i < shown(dim); ++i) {
      const bool from_the_end = hides_middle(dim) && i >= options_.edge_items;
      const int64_t index = from_the_end ? tensor_.shape()[dim] - shown(dim) + i : i;
      collect_offsets(dim + 1, offset + index * tensor_.strides()[dim], offsets);
    }
  }

  void print(int dim) {
    text_ += '[';
    if (dim == tensor_.rank() - 1) {
      print_row(dim);
    } else {
      // Matrices are set apart by an empty line, what is made of matrices by two, and so on.
      const std::string separator(static_cast<size_t>(tensor_.rank() - 1 - dim), '\n');
      const std::string indent(static_cast<size_t>(dim) + 1, ' ');
      for (int64_t i = 0; i < shown(dim); ++i) {
        if (i > 0) {
          text_ += separator + indent;
        }
        if (hides_middle(dim) && i == options_.edge_items) {
          text_ += "..." + separator + indent;
        }
        print(dim + 1);
      }
    }
    text_ += ']';
  }

  // A row goes on in the next line where the next word and the closing brackets would not fit.
  void print_row(int dim) {
    const size_t indent = static_cast<size_t>(dim) + 1;
    const int width = options_.line_width - dim - 1;
    std::string line(indent, ' ');
    std::string row;
    const auto append = [&](const std::string& word) {
      if (line.size() > indent) {
        line += ' ';
        if (static_cast<int>(line.size() + word.size()) > width) {
          row += line.substr(0, line.find_last_not_of(' ') + 1) + '\n';
          line.assign(indent, ' ');
        }
      }
      line += word;
    };
    for (int64_t i = 0; i < shown(dim); ++i) {
      if (hides_middle(dim) && i == options_.edge_items) {
        append("...");
      }
      append(words_[next_word_++]);
    }
    text_ += (row + line).substr(indent);
  }

  const Tensor& tensor_;
  const PrintOptions& options_;
  const bool shortened_;
  std::vector<std::string> words_;  // of the elements that are shown
  size_t next_word_ = 0;
  std::string text_;
};

}  // namespace

std::string format_tensor(const Tensor& tensor, const PrintOptions& options) {
  check(options.precision >= 0 && options.edge_items >= 1,
        "format_tensor: expected precision >= 0 and edge_items >= 1, got {} and {}", options.precision,
        options.edge_items);
  if (tensor.numel() == 0) {
    return "[]";
  }
  return tensor.rank() == 0 ? scalar_word(tensor) : Layout(tensor, options).text();
}

}  // namespace helder
