#include "examples/common/detection_page.h"

#include <span>

#include "data/image.h"
#include "tensor/atomic_file.h"
#include "vision/drawing.h"

namespace helder {
namespace {

constexpr const char* kStart = R"(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy"
      content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:">
<link rel="icon" href="data:,">
<title>Boxes and their confidence</title>
<style>
:root { color-scheme: light dark; }
body { max-width: 1100px; margin: 0 auto; padding: 16px; font: 15px/1.45 system-ui, sans-serif; }
header { position: sticky; top: 0; z-index: 1; padding: 8px 0; background: Canvas; }
input { width: 100%; }
figure { margin: 16px 0 32px; }
.picture { position: relative; overflow: hidden; }
img { display: block; width: 100%; }
.box { position: absolute; border: 3px solid; }
.box b { position: absolute; left: -3px; top: -3px; padding: 0 4px; color: #000; font-size: 13px; white-space: nowrap; }
[hidden] { display: none; }
</style>
</head>
<body>
<header>
<label>Least confidence <b id="value"></b>, <span id="count"></span>
)";

// Each box knows its confidence; the slider hides those below.
constexpr const char* kEnd = R"(<script>
const slider = document.getElementById('threshold');
function show() {
  const least = Number(slider.value);
  let all = 0;
  for (const figure of document.querySelectorAll('figure')) {
    const counts = new Map();
    for (const box of figure.querySelectorAll('.box')) {
      box.hidden = Number(box.dataset.confidence) <= least;
      if (!box.hidden) {
        ++all;
        counts.set(box.dataset.name, (counts.get(box.dataset.name) || 0) + 1);
      }
    }
    figure.querySelector('.counts').textContent =
      [...counts].map(([name, count]) => count + ' ' + name).join(', ') || 'nothing';
  }
  document.getElementById('value').textContent = least.toFixed(2);
  document.getElementById('count').textContent = all + (all === 1 ? ' box' : ' boxes');
}
slider.addEventListener('input', show);
show();
</script>
</body>
</html>
)";

std::string escape(std::string_view text) {
  std::string safe;
  for (const char c : text) {
    switch (c) {
      case '&':
        safe += "&amp;";
        break;
      case '<':
        safe += "&lt;";
        break;
      case '>':
        safe += "&gt;";
        break;
      case '"':
        safe += "&quot;";
        break;
      default:
        safe += c;
    }
  }
  return safe;
}

// RFC 4648, section 4.
std::string base64(std::span<const std::byte> bytes) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (size_t i = 0; i < bytes.size(); i += 3) {
    uint32_t group = 0;
    for (size_t k = 0; k < 3; ++k) {
      group = group << 8 | (i + k < bytes.size() ? std::to_integer<uint32_t>(bytes[i + k]) : 0);
    }
    for (size_t k = 0; k < 4; ++k) {
      text += i + k <= bytes.size() ? kDigits[group >> (18 - 6 * k) & 63] : '=';
    }
  }
  return text;
}

std::string box_element(const FoundBox& box, const std::string& name, double width, double height) {
  const auto [left, top, right, bottom] = box.box_xyxy;
  const Colour c = class_colour(box.class_id);
  const std::string colour = fmt::format("rgb({},{},{})", c[0], c[1], c[2]);
  return fmt::format(
      "<div class=\"box\" data-confidence=\"{:.6f}\" data-name=\"{}\" "
      "style=\"left:{:.3f}%;top:{:.3f}%;width:{:.3f}%;"
      "height:{:.3f}%;border-color:{}\"><b style=\"background:{}\">{} {:.2f}</b></div>\n",
      box.confidence, escape(name), 100 * left / width, 100 * top / height, 100 * (right - left) / width,
      100 * (bottom - top) / height, colour, colour, escape(name), box.confidence);
}

}  // namespace

void write_detection_page(const std::filesystem::path& path,
                          const std::vector<DetectionPagePicture>& pictures,
                          const std::vector<std::string>& names, double threshold) {
  std::string page = kStart;
  page += fmt::format(
      "<input id=\"threshold\" type=\"range\" min=\"0\" max=\"1\" step=\"0.01\" value=\"{}\"></label>\n"
      "</header>\n",
      threshold);
  for (const DetectionPagePicture& picture : pictures) {
    page += fmt::format(
        "<figure>\n<figcaption>{}: <span class=\"counts\"></span></figcaption>\n<div class=\"picture\">"
        "<img alt=\"\" src=\"data:image/png;base64,{}\">\n",
        escape(picture.file), base64(encode_png(picture.pixels)));
    for (const FoundBox& box : picture.found) {
      page += box_element(box, names[static_cast<size_t>(box.class_id)],
                          static_cast<double>(picture.pixels.size(2)),
                          static_cast<double>(picture.pixels.size(1)));
    }
    page += "</div>\n</figure>\n";
  }
  page += kEnd;
  AtomicFile file(path);
  file.write(std::as_bytes(std::span(page)));
  file.commit();
}

}  // namespace helder
