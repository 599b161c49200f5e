#include "inspect/report_tensors.h"

#include <zlib.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>
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

int ReportTensors::add(const Tensor& tensor, bool exact, bool wanted) {
  const TensorImpl& impl = *tensor.impl();
  const std::string key = fmt::format("{} {} {} {}", static_cast<const void*>(impl.storage.get()),
                                      impl.offset, impl.shape.str(), impl.strides.str());
  const auto [place, is_new] = numbers_.try_emplace(key, static_cast<int>(entries_.size()));
  if (is_new) {
    entries_.push_back({tensor, exact, wanted});
  } else {
    Entry& entry = entries_[static_cast<size_t>(place->second)];
    entry.exact = entry.exact || exact;
    entry.wanted = entry.wanted || wanted;
  }
  return place->second;
}

std::string ReportTensors::html(int64_t room, int64_t picture_room) const {
  std::vector<size_t> order(entries_.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    const Entry &x = entries_[a], &y = entries_[b];
    return x.wanted != y.wanted ? x.wanted : x.tensor.numel() < y.tensor.numel();
  });
  std::vector<std::string> texts(entries_.size());
  std::vector<nlohmann::json> notes(entries_.size());
  std::vector<size_t> pictures;
  for (const size_t i : order) {
    const Entry& entry = entries_[i];
    if (entry.exact && room > 0) {
      std::string text = packed(planes_of_bytes(entry.tensor.to_vector<float>()));
      if (static_cast<int64_t>(text.size()) <= room) {
        room -= static_cast<int64_t>(text.size());
        texts[i] = std::move(text);
        notes[i] = {{"shape", list(entry.tensor.shape())}, {"exact", true}};
        continue;
      }
    }
    pictures.push_back(i);
  }
  int64_t step = 1;
  const auto elements = [&] {
    int64_t sum = 0;
    for (const size_t i : pictures) {
      sum += entries_[i].tensor.numel() / (step * step);
    }
    return sum;
  };
  while (elements() > picture_room) {
    ++step;
  }
  for (const size_t i : pictures) {
    // A small picture stays as it is.
    const Shape& shape = entries_[i].tensor.shape();
    const int64_t side = shape.rank() < 2 ? 1 : std::min(shape[shape.rank() - 1], shape[shape.rank() - 2]);
    const int64_t own_step = std::clamp<int64_t>(side / 8, 1, step);
    const Levels levels(entries_[i].tensor, own_step);
    texts[i] = packed(levels.bytes);
    notes[i] = {{"shape", list(shape)}, {"stored", levels.shape}, {"step", own_step},
                {"low", levels.low},    {"high", levels.high},    {"exact", false}};
  }
  std::string html;
  for (size_t i = 0; i < entries_.size(); ++i) {
    html += fmt::format("<script type=\"text/plain\" id=\"t{}\" data-note='{}'>{}</script>\n", i,
                        notes[i].dump(), texts[i]);
  }
  return html;
}

}  // namespace helder
