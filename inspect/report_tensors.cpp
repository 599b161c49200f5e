#include "inspect/report_tensors.h"

#include <zlib.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>
#include <limits>
#include <numeric>

namespace helder {
namespace {

using Bytes = std::vector<unsigned char>;

std::string packed(const Bytes& bytes) {
  uLongf size = compressBound(static_cast<uLong>(bytes.size()));
  Bytes result(size);
  check(compress2(result.data(), &size, bytes.data(), static_cast<uLong>(bytes.size()), 6) == Z_OK,
        "report: {} bytes could not be compressed", bytes.size());
  result.resize(size);
  return base64(result);
}

/// What the page makes of the values of `inputs`; empty where it cannot.
std::vector<float> remade(const std::string& op, double number, const std::vector<Tensor>& inputs) {
  std::vector<float> y = inputs[0].to_vector<float>();
  if (op == "relu") {
    std::transform(y.begin(), y.end(), y.begin(), [](float x) { return std::max(x, 0.0F); });
  } else if (op == "relu6") {
    std::transform(y.begin(), y.end(), y.begin(), [](float x) { return std::clamp(x, 0.0F, 6.0F); });
  } else if (op == "leaky_relu") {
    const auto slope = static_cast<float>(number);
    std::transform(y.begin(), y.end(), y.begin(), [&](float x) { return x > 0 ? x : x * slope; });
  } else if (op == "add" && inputs.size() == 2 && inputs[0].shape() == inputs[1].shape()) {
    const std::vector<float> other = inputs[1].to_vector<float>();
    std::transform(y.begin(), y.end(), other.begin(), y.begin(), std::plus<>());
  } else if (op == "cat" && inputs[0].rank() == 4 && inputs[0].size(0) == 1) {
    for (size_t i = 1; i < inputs.size(); ++i) {
      const std::vector<float> other = inputs[i].to_vector<float>();
      y.insert(y.end(), other.begin(), other.end());
    }
  } else {
    return {};
  }
  return y;
}

std::vector<int64_t> list(const Shape& shape) { return {shape.begin(), shape.end()}; }

Bytes planes_of_bytes(const std::vector<float>& values) {
  const size_t n = values.size();
  Bytes bytes(4 * n);
  for (size_t i = 0; i < n; ++i) {
    unsigned char four[4];
    std::memcpy(four, &values[i], 4);
    for (size_t k = 0; k < 4; ++k) {
      bytes[k * n + i] = four[k];
    }
  }
  return bytes;
}

/// A tensor as pictures: its last two dimensions are rows and columns, of which each `step`th is kept.
struct Levels {
  Bytes bytes;
  std::vector<int64_t> shape;
  std::vector<float> low, high;  // of each plane

  Levels(const Tensor& tensor, int64_t step) : shape(list(tensor.shape())) {
    const std::vector<float> values = tensor.to_vector<float>();
    const int64_t columns = shape.empty() ? 1 : shape.back();
    const int64_t rows = shape.size() < 2 ? 1 : shape[shape.size() - 2];
    const int64_t plane = std::max<int64_t>(rows * columns, 1);
    for (int64_t start = 0; start < static_cast<int64_t>(values.size()); start += plane) {
      float least = std::numeric_limits<float>::infinity(), greatest = -least;
      for (int64_t i = start; i < start + plane; ++i) {
        const float value = values[static_cast<size_t>(i)];
        if (std::isfinite(value)) {
          least = std::min(least, value);
          greatest = std::max(greatest, value);
        }
      }
      least = std::isfinite(least) ? least : 0;
      greatest = std::isfinite(greatest) ? greatest : 0;
      low.push_back(least);
      high.push_back(greatest);
      const float range = greatest > least ? greatest - least : 1;
      for (int64_t r = 0; r < rows; r += step) {
        for (int64_t c = 0; c < columns; c += step) {
          const float value = values[static_cast<size_t>(start + r * columns + c)];
          bytes.push_back(static_cast<unsigned char>(
              std::isfinite(value) ? std::lround(255 * (value - least) / range) : 0));
        }
      }
    }
    if (!shape.empty()) {
      shape.back() = (columns + step - 1) / step;
    }
    if (shape.size() >= 2) {
      shape[shape.size() - 2] = (rows + step - 1) / step;
    }
  }
};

}  // namespace

std::string base64(const Bytes& bytes) {
  constexpr const char* kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (size_t i = 0; i < bytes.size(); i += 3) {
    const auto byte = [&](size_t k) { return k < bytes.size() ? static_cast<unsigned>(bytes[k]) : 0U; };
    const unsigned three = byte(i) << 16 | byte(i + 1) << 8 | byte(i + 2);
    text += kLetters[three >> 18];
    text += kLetters[three >> 12 & 63];
    text += i + 1 < bytes.size() ? kLetters[three >> 6 & 63] : '=';
    text += i + 2 < bytes.size() ? kLetters[three & 63] : '=';
  }
  return text;
}

std::string ReportTensors::key_of(const Tensor& tensor) {
  const TensorImpl& impl = *tensor.impl();
  return fmt::format("{} {} {} {}", static_cast<const void*>(impl.storage.get()), impl.offset,
                     impl.shape.str(), impl.strides.str());
}

int64_t ReportTensors::channels_of(const Tensor& tensor) {
  return tensor.rank() == 4 && tensor.size(0) == 1 ? tensor.size(1) : 1;
}

int ReportTensors::add(const Tensor& tensor, bool exact, bool wanted) {
  const auto [place, is_new] = numbers_.try_emplace(key_of(tensor), static_cast<int>(entries_.size()));
  if (is_new) {
    entries_.push_back({tensor, exact, wanted});
  } else {
    Entry& entry = entries_[static_cast<size_t>(place->second)];
    entry.exact = entry.exact || exact;
    entry.wanted = entry.wanted || wanted;
  }
  return place->second;
}

void ReportTensors::made_by(const Tensor& tensor, const std::string& op, const std::vector<Tensor>& inputs) {
  const auto found = numbers_.find(key_of(tensor));
  if (found == numbers_.end() || inputs.empty() || tensor.dtype() != DType::Float32) {
    return;
  }
  Recipe recipe{.op = op};
  for (const Tensor& input : inputs) {
    const auto source = input.defined() ? numbers_.find(key_of(input)) : numbers_.end();
    if (source == numbers_.end() || source == found) {
      return;
    }
    recipe.from.push_back(static_cast<size_t>(source->second));
  }
  const std::vector<float> values = tensor.to_vector<float>();
  for (const double number : op == "leaky_relu" ? std::vector<double>{0.1, 0.01} : std::vector<double>{0}) {
    if (remade(op, number, inputs) == values) {
      recipe.number = number;
      entries_[static_cast<size_t>(found->second)].recipe = recipe;
      return;
    }
  }
}

// Whole tensors as long as there is room; of those that are too large then, the first channels.
void ReportTensors::pack_exact(std::vector<Text>& texts, int64_t room) const {
  std::vector<size_t> order(entries_.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    const Entry &x = entries_[a], &y = entries_[b];
    return x.wanted != y.wanted ? x.wanted : x.tensor.numel() < y.tensor.numel();
  });
  std::vector<bool> needed(entries_.size());  // also what others are made of
  const std::function<void(size_t)> need = [&](size_t i) {
    if (!needed[i]) {
      needed[i] = true;
      std::for_each(entries_[i].recipe.from.begin(), entries_[i].recipe.from.end(), need);
    }
  };
  for (size_t i = 0; i < entries_.size(); ++i) {
    if (entries_[i].exact) {
      need(i);
    }
  }
  const int64_t kept_for_parts = room / 8;
  std::vector<size_t> large;
  for (const size_t i : order) {
    const Tensor& tensor = entries_[i].tensor;
    if (!needed[i] || !entries_[i].recipe.op.empty()) {
      continue;
    }
    std::string text = packed(planes_of_bytes(tensor.to_vector<float>()));
    if (static_cast<int64_t>(text.size()) > room - kept_for_parts) {
      large.push_back(i);
      continue;
    }
    room -= static_cast<int64_t>(text.size());
    texts[i].exact = std::move(text);
    texts[i].channels = channels_of(tensor);
  }
  for (size_t k = 0; k < large.size(); ++k) {
    const Tensor& tensor = entries_[large[k]].tensor;
    constexpr int64_t kTextOfANumber = 6;  // at most: four bytes, of which base64 makes 5 1/3
    const int64_t share = room / static_cast<int64_t>(large.size() - k);
    const int64_t channels =
        std::min(channels_of(tensor),
                 share / (kTextOfANumber * (tensor.numel() / std::max<int64_t>(channels_of(tensor), 1)) + 1));
    if (channels > 0 && tensor.rank() == 4) {
      Text& text = texts[large[k]];
      text.exact = packed(planes_of_bytes(tensor.slice(1, 0, channels).to_vector<float>()));
      text.channels = channels;
      room -= static_cast<int64_t>(text.exact.size());
    }
  }
}

void ReportTensors::follow_recipe(size_t i, std::vector<Text>& texts) const {
  const Recipe& recipe = entries_[i].recipe;
  if (recipe.op.empty() || texts[i].channels > 0) {
    return;
  }
  int64_t channels = channels_of(entries_[i].tensor);
  for (const size_t source : recipe.from) {
    follow_recipe(source, texts);
    const bool is_whole = texts[source].channels == channels_of(entries_[source].tensor);
    if (recipe.op != "cat" && entries_[source].tensor.rank() == 4) {
      channels = std::min(channels, texts[source].channels);
    } else if (!is_whole) {
      channels = 0;
    }
  }
  texts[i].channels = channels;
  if (channels > 0) {
    texts[i].note["made"] = {{"op", recipe.op}, {"number", recipe.number}, {"from", recipe.from}};
  }
}

void ReportTensors::pack_pictures(std::vector<Text>& texts, int64_t picture_room) const {
  std::vector<size_t> pictures;
  for (size_t i = 0; i < entries_.size(); ++i) {
    if (texts[i].channels < channels_of(entries_[i].tensor)) {
      pictures.push_back(i);
    }
  }
  // A small picture stays as it is, and a feature map is shown no larger than 80 pixels.
  int64_t step = 1;
  const auto step_of = [&](size_t i) {
    const Shape& shape = entries_[i].tensor.shape();
    const int64_t side = shape.rank() < 2 ? 1 : std::min(shape[shape.rank() - 1], shape[shape.rank() - 2]);
    return std::max(shape.rank() == 4 ? (side + 79) / 80 : 1, std::clamp<int64_t>(side / 8, 1, step));
  };
  const auto elements = [&] {
    int64_t sum = 0;
    for (const size_t i : pictures) {
      sum += entries_[i].tensor.numel() / (step_of(i) * step_of(i));
    }
    return sum;
  };
  constexpr int64_t kCoarsest = 64;
  while (elements() > picture_room && step < kCoarsest) {
    ++step;
  }
  for (const size_t i : pictures) {
    const int64_t own_step = step_of(i);
    const Levels levels(entries_[i].tensor, own_step);
    texts[i].picture = packed(levels.bytes);
    texts[i].note.update(
        {{"stored", levels.shape}, {"step", own_step}, {"low", levels.low}, {"high", levels.high}});
  }
}

std::string ReportTensors::html(int64_t room, int64_t picture_room) const {
  std::vector<Text> texts(entries_.size());
  pack_exact(texts, room);
  for (size_t i = 0; i < texts.size(); ++i) {
    follow_recipe(i, texts);
  }
  pack_pictures(texts, picture_room);
  std::string html;
  for (size_t i = 0; i < entries_.size(); ++i) {
    Text& text = texts[i];
    text.note["shape"] = list(entries_[i].tensor.shape());
    text.note["exact"] = text.channels == channels_of(entries_[i].tensor);
    text.note["channels"] = text.channels;
    html += fmt::format("<script type=\"text/plain\" id=\"t{}\" data-note='{}'>{} {}</script>\n", i,
                        text.note.dump(), text.exact, text.picture);
  }
  return html;
}

}  // namespace helder
