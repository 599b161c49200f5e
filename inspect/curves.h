#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "inspect/share_table.h"

namespace helder {

/// A line through the points (x[i], y[i]), x ascending. A y that is not finite interrupts it.
struct Curve {
  std::string name = {};
  std::vector<double> x = {};
  std::vector<double> y = {};
  bool faint = false;  ///< drawn behind the others, as raw values are behind smoothed ones
};

/// Curves in one pair of axes.
struct CurvePanel {
  std::string title = {};
  std::string x_label = {};
  std::string unit = {};  ///< of y, put after its numbers: " %"
  std::vector<Curve> curves = {};
  bool log_y = false;  ///< a logarithmic axis; a y that is not positive interrupts its curve
};

/// A page about one training run.
struct CurvesPage {
  std::string title = {};
  std::vector<std::pair<std::string, std::string>> facts = {};  ///< name and value, shown at the top
  std::vector<CurvePanel> panels = {};
  std::vector<ShareTable> tables = {};  ///< after the panels
};

/// A moving average: each value, and those before it with a weight that halves every `half_life` values. The
/// first values are averages of what there is, not pulled towards 0.
std::vector<double> smooth(const std::vector<double>& values, double half_life);

/// The page as one HTML file: charts as inline SVG, nothing loaded from anywhere; light or dark as the
/// reader's system is; pointing at a chart shows its values. Throws where a curve has not as many x as y.
std::string curves_html(const CurvesPage& page);

/// Writes it, as a whole or not at all. Throws `Error` with the path and the reason.
void write_curves_html(const std::filesystem::path& path, const CurvesPage& page);

}  // namespace helder
