#pragma once

#include <string>
#include <vector>

namespace helder {

/// One axis of a chart: a range of values with round ends, laid over a range of positions; their logarithms,
/// where it is logarithmic.
struct Axis {
  double low = 0, high = 1;   // values
  double start = 0, end = 1;  // positions of low and high
  std::vector<double> ticks;  // round values, ascending
  double step = 1;            // between ticks; by which factor one follows the other, where logarithmic
  bool logarithmic = false;

  /// Not finite for a value that is not, and on a logarithmic axis for one that is not positive.
  double position(double value) const;
  /// A tick's number, with the digits that tell it from the next.
  std::string label(double tick) const;
};

/// What is to be shown on an axis.
struct AxisRange {
  double low = 0, high = 1;
  bool whole_numbers = false;  ///< values are counts: no tick at 1.5
  bool round_ends = false;     ///< the axis goes on to the next tick at both ends
};

/// An axis of about `most_ticks` ticks, 1, 2 or 5 times a power of ten apart.
Axis make_axis(const AxisRange& range, int most_ticks, double start, double end);

/// A logarithmic axis from the power of ten below `low`, which is positive, to the one above `high`. Its
/// ticks are powers of ten as well.
Axis make_log_axis(double low, double high, int most_ticks, double start, double end);

}  // namespace helder
