#include "inspect/terminal.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string_view>

namespace helder {
namespace {

// ---- colours
// -----------------------------------------------------------------------------------------------------

using Rgb = std::array<float, 3>;  // 0 to 1

constexpr const char* kPlain = "\033[0m";

/// The number of the nearest of the palette's colours: 24 greys, or a cube of 6 x 6 x 6.
int palette_index(const Rgb& colour) {
  const auto step = [](float x, int steps) {
    return static_cast<int>(std::lround(x * static_cast<float>(steps)));
  };
  if (colour[0] == colour[1] && colour[1] == colour[2]) {
    return 232 + step(colour[0], 23);
  }
  return 16 + 36 * step(colour[0], 5) + 6 * step(colour[1], 5) + step(colour[2], 5);
}

/// Part of an escape sequence: 38 sets the colour of the text, 48 that of the ground.
std::string colour_code(int where, const Rgb& colour, Colours colours) {
  if (colours == Colours::Palette256) {
    return fmt::format("{};5;{}", where, palette_index(colour));
  }
  const auto byte = [](float x) { return std::lround(255 * x); };
  return fmt::format("{};2;{};{};{}", where, byte(colour[0]), byte(colour[1]), byte(colour[2]));
}

// ---- images
// ------------------------------------------------------------------------------------------------------

struct Pixels {
  int64_t height = 0;
  int64_t width = 0;
  std::vector<Rgb> values;

  const Rgb& at(int64_t y, int64_t x) const { return values[static_cast<size_t>(y * width + x)]; }
};

Pixels pixels_of(const Tensor& image) {
  const bool planar = image.rank() == 3 && (image.size(0) == 1 || image.size(0) == 3);
  check(image.rank() == 2 || planar, "draw_image: expected an image [H,W], [1,H,W] or [3,H,W], got shape {}",
        image.shape().str());
  const std::vector<float> values = image.to_vector<float>();
  float low = 0, high = 255;
  if (image.dtype() != DType::UInt8) {
    low = std::numeric_limits<float>::infinity(), high = -low;
    for (float value : values) {
      if (std::isfinite(value)) {
        low = std::min(low, value);
        high = std::max(high, value);
      }
    }
  }
  Pixels pixels{.height = image.size(-2), .width = image.size(-1), .values = {}};
  const int64_t plane = pixels.height * pixels.width;
  const int64_t planes = planar ? image.size(0) : 1;
  for (int64_t i = 0; i < plane; ++i) {
    Rgb rgb{};
    for (int64_t c = 0; c < 3; ++c) {
      const float value = values[static_cast<size_t>(std::min(c, planes - 1) * plane + i)];
      rgb[static_cast<size_t>(c)] = std::isfinite(value) && high > low ? (value - low) / (high - low) : 0;
    }
    pixels.values.push_back(rgb);
  }
  return pixels;
}

/// Averages squares of step x step pixels.
Pixels shrink(const Pixels& pixels, int64_t step) {
  Pixels result{
      .height = (pixels.height + step - 1) / step, .width = (pixels.width + step - 1) / step, .values = {}};
  for (int64_t top = 0; top < pixels.height; top += step) {
    for (int64_t left = 0; left < pixels.width; left += step) {
      Rgb sum{};
      float count = 0;
      for (int64_t y = top; y < std::min(top + step, pixels.height); ++y) {
        for (int64_t x = left; x < std::min(left + step, pixels.width); ++x) {
          for (size_t c = 0; c < 3; ++c) {
            sum[c] += pixels.at(y, x)[c];
          }
          ++count;
        }
      }
      result.values.push_back({sum[0] / count, sum[1] / count, sum[2] / count});
    }
  }
  return result;
}

/// A character for a brightness of 0 to 1.
char letter(float brightness) {
  constexpr std::string_view ramp = " .:-=+*#%@";
  return ramp[static_cast<size_t>(std::lround(brightness * static_cast<float>(ramp.size() - 1)))];
}

float brightness(const Rgb& rgb) { return 0.299f * rgb[0] + 0.587f * rgb[1] + 0.114f * rgb[2]; }

std::vector<std::string> image_lines(const Tensor& image, const Terminal& terminal) {
  Pixels pixels = pixels_of(image);
  if (pixels.width > terminal.width) {
    pixels = shrink(pixels, (pixels.width + terminal.width - 1) / terminal.width);
  }
  const bool blocks = terminal.unicode && terminal.colours != Colours::None;
  std::vector<std::string> lines;
  for (int64_t y = 0; y < pixels.height; y += 2) {
    std::string line;
    for (int64_t x = 0; x < pixels.width; ++x) {
      const Rgb& upper = pixels.at(y, x);
      const Rgb lower = y + 1 < pixels.height ? pixels.at(y + 1, x) : Rgb{};
      if (blocks) {
        line += "\033[" + colour_code(38, upper, terminal.colours) + ';' +
                colour_code(48, lower, terminal.colours) + "m▀";
      } else {
        line += letter((brightness(upper) + brightness(lower)) / 2);
      }
    }
    lines.push_back(line + (blocks ? kPlain : ""));
  }
  return lines;
}

int64_t columns_of(const Tensor& image, const Terminal& terminal) {
  const int64_t step = (image.size(-1) + terminal.width - 1) / terminal.width;
  return step > 1 ? (image.size(-1) + step - 1) / step : image.size(-1);
}

/// How many columns a text takes: its characters, not its bytes.
int64_t columns_of(const std::string& text) {
  return std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; });
}

std::string spaces(int64_t count) {
  return std::string(static_cast<size_t>(std::max<int64_t>(count, 0)), ' ');
}

}  // namespace

std::string draw_image(const Tensor& image, const Terminal& terminal) {
  std::string text;
  for (const std::string& line : image_lines(image, terminal)) {
    text += line + '\n';
  }
  return text;
}

// ---- pictures
// ----------------------------------------------------------------------------------------------------

std::string draw_pictures(const std::vector<Picture>& pictures, const Terminal& terminal) {
  constexpr int64_t kGap = 3;
  struct Column {
    std::vector<std::string> image, caption;
    int64_t image_width, width;
  };

  std::string text;
  std::vector<Column> row;
  int64_t row_width = 0;
  const auto flush_row = [&] {
    size_t image_height = 0, caption_height = 0;
    for (const Column& column : row) {
      image_height = std::max(image_height, column.image.size());
      caption_height = std::max(caption_height, column.caption.size());
    }
    for (size_t i = 0; i < image_height + caption_height; ++i) {
      std::string line;
      int64_t to_fill = 0;  // spaces are only written where something follows
      for (const Column& column : row) {
        const bool above = i < image_height;
        const auto& lines = above ? column.image : column.caption;
        const size_t index = above ? i : i - image_height;
        if (index < lines.size()) {
          line += spaces(to_fill) + lines[index];
          to_fill = column.width + kGap - (above ? column.image_width : columns_of(lines[index]));
        } else {
          to_fill += column.width + kGap;
        }
      }
      text += line + '\n';
    }
    row.clear();
    row_width = 0;
  };

  for (const Picture& picture : pictures) {
    Column column{.image = image_lines(picture.image, terminal),
                  .caption = picture.caption,
                  .image_width = columns_of(picture.image, terminal),
                  .width = columns_of(picture.image, terminal)};
    for (const std::string& line : picture.caption) {
      column.width = std::max(column.width, columns_of(line));
    }
    if (!row.empty() && row_width + kGap + column.width > terminal.width) {
      flush_row();
      text += '\n';
    }
    row_width += column.width + (row.empty() ? 0 : kGap);
    row.push_back(std::move(column));
  }
  flush_row();
  return text;
}

std::string draw_bar(double share, int width, const Terminal& terminal) {
  const auto eighths = static_cast<int>(std::lround(std::clamp(share, 0.0, 1.0) * width * 8));
  if (!terminal.unicode) {
    const int full = (eighths + 4) / 8;
    return std::string(static_cast<size_t>(full), '#') + spaces(width - full);
  }
  static constexpr std::array<const char*, 8> kPart = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  std::string bar;
  for (int i = 0; i < eighths / 8; ++i) {
    bar += "█";
  }
  bar += kPart[static_cast<size_t>(eighths % 8)];
  return bar + spaces(width - columns_of(bar));
}

Picture explained_picture(const Tensor& image, int64_t label, const Tensor& probabilities,
                          const std::vector<std::string>& class_names, const Terminal& terminal) {
  const std::vector<double> shares = probabilities.to_vector<double>();
  check(shares.size() == class_names.size() && !shares.empty(),
        "explained_picture: {} probabilities for {} class names", shares.size(), class_names.size());
  check(label >= 0 && label < static_cast<int64_t>(class_names.size()),
        "explained_picture: label {} is not one of {} classes", label, class_names.size());
  std::vector<size_t> order;
  for (size_t i = 0; i < shares.size(); ++i) {
    order.push_back(i);
  }
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return shares[a] > shares[b]; });
  order.resize(std::min<size_t>(order.size(), 3));

  Picture picture{.image = image, .caption = {}};
  picture.caption.push_back(fmt::format("{}, thought {} ({:.0f} %)", class_names[static_cast<size_t>(label)],
                                        class_names[order[0]], 100 * shares[order[0]]));
  int64_t name_width = 0;
  for (size_t i : order) {
    name_width = std::max(name_width, columns_of(class_names[i]));
  }
  const auto bar_width = static_cast<int>(std::max<int64_t>(columns_of(image, terminal) - name_width - 7, 8));
  for (size_t i : order) {
    const std::string& name = class_names[i];
    picture.caption.push_back(name + spaces(name_width - columns_of(name)) + ' ' +
                              draw_bar(shares[i], bar_width, terminal) +
                              fmt::format(" {:3.0f} %", 100 * shares[i]));
  }
  return picture;
}

// ---- the confusion matrix
// ----------------------------------------------------------------------------------------

std::string draw_confusion_matrix(const Tensor& counts, const std::vector<std::string>& class_names,
                                  const Terminal& terminal) {
  const auto classes = static_cast<int64_t>(class_names.size());
  check(counts.shape() == Shape{classes, classes}, "draw_confusion_matrix: expected counts [{},{}], got {}",
        classes, classes, counts.shape().str());
  constexpr int64_t kLongestHeading = 5;
  int64_t name_width = 5, cell_width = 1;
  for (const std::string& name : class_names) {
    name_width = std::max(name_width, columns_of(name));
    cell_width = std::max(cell_width, std::min(columns_of(name), kLongestHeading));
  }
  const std::vector<int64_t> cells = counts.to_vector<int64_t>();
  for (int64_t count : cells) {
    cell_width = std::max(cell_width, static_cast<int64_t>(std::to_string(count).size()));
  }

  std::string text = fmt::format("{:{}}", "label", name_width);
  for (const std::string& name : class_names) {
    text += fmt::format(" {:>{}.{}} ", name, cell_width, kLongestHeading);
  }
  text += "  right\n";
  for (int64_t label = 0; label < classes; ++label) {
    const int64_t* row = cells.data() + label * classes;
    int64_t total = 0;
    for (int64_t answer = 0; answer < classes; ++answer) {
      total += row[answer];
    }
    const std::string& name = class_names[static_cast<size_t>(label)];
    text += spaces(name_width - columns_of(name)) + name;
    for (int64_t answer = 0; answer < classes; ++answer) {
      const std::string cell = row[answer] == 0 ? fmt::format(" {:>{}} ", ".", cell_width)
                                                : fmt::format(" {:>{}} ", row[answer], cell_width);
      if (terminal.colours == Colours::None || row[answer] == 0) {
        text += cell;
        continue;
      }
      const float share = static_cast<float>(row[answer]) / static_cast<float>(total);
      // One mistake in a thousand should be seen, one in ten is as bad as it gets.
      const float badness = std::min(1.0f, std::sqrt(10 * share));
      const Rgb ground =
          label == answer ? Rgb{0, 0.2f + 0.25f * share, 0.08f} : Rgb{0.2f + 0.6f * badness, 0, 0};
      text += "\033[" + colour_code(38, {1, 1, 1}, terminal.colours) + ';' +
              colour_code(48, ground, terminal.colours) + 'm' + cell + kPlain;
    }
    text += total == 0 ? "      -\n"
                       : fmt::format("{:5.1f} %\n",
                                     100 * static_cast<double>(row[label]) / static_cast<double>(total));
  }
  return text;
}

}  // namespace helder
