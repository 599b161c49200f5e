#include "inspect/curves.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

#include "inspect/axis.h"
#include "inspect/curves_style.h"
#include "inspect/html_text.h"
#include "tensor/atomic_file.h"
#include "tensor/error.h"

namespace helder {
namespace {

// A chart's own coordinates. The page scales it, so that its letters stay readable from a phone to a wide
// screen.
constexpr double kWidth = 480, kHeight = 286;
constexpr double kLeft = 70, kRight = 462, kTop = 12, kBottom = 236;
constexpr size_t kMostBuckets = 400;  // a pixel or so each
constexpr size_t kFewPoints = 30;     // are shown as dots as well

/// A curve of many points as one of few that looks the same: the least and the greatest of each short
/// stretch.
Curve thinned(const Curve& curve) {
  const size_t count = curve.x.size();
  if (count <= 2 * kMostBuckets) {
    return curve;
  }
  Curve result{.name = curve.name, .x = {}, .y = {}, .faint = curve.faint};
  const auto keep = [&](size_t i) {
    result.x.push_back(curve.x[i]);
    result.y.push_back(curve.y[i]);
  };
  for (size_t bucket = 0; bucket < kMostBuckets; ++bucket) {
    const size_t begin = bucket * count / kMostBuckets, end = (bucket + 1) * count / kMostBuckets;
    size_t least = begin, greatest = begin;
    for (size_t i = begin; i < end; ++i) {
      // A value that is not finite takes part as the greatest: a gap should be seen.
      least = curve.y[i] < curve.y[least] ? i : least;
      greatest = !(curve.y[i] <= curve.y[greatest]) ? i : greatest;
    }
    keep(std::min(least, greatest));
    if (least != greatest) {
      keep(std::max(least, greatest));
    }
  }
  return result;
}

/// A list of numbers for the page's script; null for what is not finite.
std::string json_list(const std::vector<double>& values) {
  std::string list;
  for (double value : values) {
    list += (list.empty() ? "" : ",") + (std::isfinite(value) ? fmt::format("{:.6g}", value) : "null");
  }
  return '[' + list + ']';
}

std::string path_data(const Curve& curve, const Axis& across, const Axis& up) {
  std::string path;
  bool pen_down = false;
  for (size_t i = 0; i < curve.x.size(); ++i) {
    const double y = up.position(curve.y[i]);
    if (!std::isfinite(y)) {
      pen_down = false;
      continue;
    }
    path += fmt::format("{}{:.1f} {:.1f}", pen_down ? 'L' : 'M', across.position(curve.x[i]), y);
    pen_down = true;
  }
  return path;
}

/// A dot, by its round ends, at each point.
std::string points_data(const Curve& curve, const Axis& across, const Axis& up) {
  std::string path;
  for (size_t i = 0; i < curve.x.size(); ++i) {
    if (const double y = up.position(curve.y[i]); std::isfinite(y)) {
      path += fmt::format("M{:.1f} {:.1f}h0", across.position(curve.x[i]), y);
    }
  }
  return path;
}

/// What somebody who cannot see the chart should know of it.
std::string describe(const CurvePanel& panel) {
  std::string text;
  for (const Curve& curve : panel.curves) {
    size_t count = 0, first = 0, last = 0;
    double least = std::numeric_limits<double>::infinity(), greatest = -least;
    for (size_t i = 0; i < curve.y.size(); ++i) {
      if (std::isfinite(curve.y[i])) {
        first = count++ == 0 ? i : first;
        last = i;
        least = std::min(least, curve.y[i]);
        greatest = std::max(greatest, curve.y[i]);
      }
    }
    if (count > 0) {
      text += fmt::format("{}: {:.4g}{} at {} {:g}, {:.4g}{} at {:g}; between {:.4g} and {:.4g}. ",
                          curve.name, curve.y[first], panel.unit, panel.x_label, curve.x[first],
                          curve.y[last], panel.unit, curve.x[last], least, greatest);
    } else {
      text += curve.name + ": no values. ";
    }
  }
  return text;
}

struct Range {
  double low = std::numeric_limits<double>::infinity();
  double high = -low;

  void include(double value) {
    if (std::isfinite(value)) {
      low = std::min(low, value);
      high = std::max(high, value);
    }
  }
  bool empty() const { return low > high; }
};

std::string axes_svg(const CurvePanel& panel, const Axis& across, const Axis& up) {
  std::string svg;
  for (double tick : up.ticks) {
    const double y = up.position(tick);
    svg += fmt::format("<path class=\"grid\" d=\"M{} {:.1f}H{}\"/>", kLeft, y, kRight);
    svg += fmt::format("<text x=\"{}\" y=\"{:.1f}\" text-anchor=\"end\">{}</text>\n", kLeft - 9, y + 4.5,
                       up.label(tick) + escape_html(panel.unit));
  }
  for (double tick : across.ticks) {
    svg += fmt::format("<text x=\"{:.1f}\" y=\"{}\" text-anchor=\"middle\">{}</text>\n",
                       across.position(tick), kBottom + 19, across.label(tick));
  }
  return svg + fmt::format("<text x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}</text>\n", (kLeft + kRight) / 2,
                           kHeight - 5, escape_html(panel.x_label));
}

std::string panel_html(const CurvePanel& panel, size_t number) {
  Range xs, ys;
  for (const Curve& curve : panel.curves) {
    check(curve.x.size() == curve.y.size(), "curves: '{}' has {} x for {} y", curve.name, curve.x.size(),
          curve.y.size());
    for (size_t i = 0; i < curve.x.size(); ++i) {
      xs.include(curve.x[i]);
      if (!panel.log_y || curve.y[i] > 0) {
        ys.include(curve.y[i]);
      }
    }
  }

  std::string html = fmt::format("<section class=\"panel\" data-unit=\"{}\">\n", escape_html(panel.unit));
  html += fmt::format("<h2>{}<span class=\"where\"></span></h2>\n", escape_html(panel.title));
  if (ys.empty()) {
    return html + "<p>No values.</p>\n</section>\n";
  }
  if (!panel.log_y && ys.low > 0 && ys.low < 0.3 * ys.high) {
    ys.low = 0;  // so near that the axis may as well start there
  }
  const Axis across = make_axis({.low = xs.low, .high = xs.high, .whole_numbers = true}, 8, kLeft, kRight);
  const Axis up = panel.log_y
                      ? make_log_axis(ys.low, ys.high, 6, kBottom, kTop)
                      : make_axis({.low = ys.low, .high = ys.high, .round_ends = true}, 6, kBottom, kTop);

  std::string legend, faint_lines, lines;
  size_t colour = 0, index = 0;
  for (const Curve& given : panel.curves) {
    const Curve curve = thinned(given);
    // A faint curve has the colour of the one that follows it.
    const std::string classes = fmt::format("c{}{}", colour % kCurveColours, curve.faint ? " faint" : "");
    colour += curve.faint ? 0 : 1;
    legend += fmt::format("<li class=\"{}\"><i></i>{} <b></b></li>\n", classes, escape_html(curve.name));
    std::string& layer = curve.faint ? faint_lines : lines;
    layer +=
        fmt::format("<path class=\"curve {}\" d=\"{}\" data-index=\"{}\" data-x=\"{}\" data-y=\"{}\"/>\n",
                    classes, path_data(curve, across, up), index++, json_list(curve.x), json_list(curve.y));
    if (curve.x.size() <= kFewPoints) {
      layer += fmt::format("<path class=\"points {}\" d=\"{}\"/>\n", classes, points_data(curve, across, up));
    }
  }
  html += "<ul class=\"legend\">\n" + legend + "</ul>\n";
  html += fmt::format("<svg viewBox=\"0 0 {} {}\" role=\"img\" aria-labelledby=\"t{} d{}\" ", kWidth, kHeight,
                      number, number);
  html += fmt::format(
      "data-left=\"{}\" data-right=\"{}\" data-low=\"{}\" data-high=\"{}\" data-x-label=\"{}\">\n", kLeft,
      kRight, across.low, across.high, escape_html(panel.x_label));
  html += fmt::format("<title id=\"t{}\">{}</title>\n<desc id=\"d{}\">{}</desc>\n", number,
                      escape_html(panel.title), number, escape_html(describe(panel)));
  html += axes_svg(panel, across, up) + faint_lines + lines;
  html += fmt::format("<path class=\"cursor\" d=\"M0 {}V{}\" visibility=\"hidden\"/>\n</svg>\n</section>\n",
                      kTop, kBottom);
  return html;
}

}  // namespace

std::vector<double> smooth(const std::vector<double>& values, double half_life) {
  check(half_life > 0, "smooth: expected half_life > 0, got {}", half_life);
  const double keep = std::exp2(-1 / half_life);
  double sum = 0, weight = 0;
  std::vector<double> result;
  for (double value : values) {
    if (std::isfinite(value)) {
      sum = keep * sum + value;
      weight = keep * weight + 1;
    }
    result.push_back(weight > 0 ? sum / weight : value);
  }
  return result;
}

std::string curves_html(const CurvesPage& page) {
  std::string html =
      fmt::format(kPageStart, fmt::arg("title", escape_html(page.title)), fmt::arg("style", kPageStyle));
  html += "<dl>\n";
  for (const auto& [name, value] : page.facts) {
    html += fmt::format("<div><dt>{}</dt><dd>{}</dd></div>\n", escape_html(name), escape_html(value));
  }
  html += "</dl>\n<main>\n";
  for (size_t i = 0; i < page.panels.size(); ++i) {
    html += panel_html(page.panels[i], i);
  }
  for (const ShareTable& table : page.tables) {
    html += share_table_html(table);
  }
  return html + "</main>\n" + fmt::format(kPageEnd, fmt::arg("script", kPageScript));
}

void write_curves_html(const std::filesystem::path& path, const CurvesPage& page) {
  const std::string html = curves_html(page);
  AtomicFile file(path);
  file.write(std::as_bytes(std::span(html)));
  file.commit();
}

}  // namespace helder
