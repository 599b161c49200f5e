#include "inspect/axis.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace helder {

double Axis::position(double value) const {
  const double share =
      logarithmic ? std::log10(value / low) / std::log10(high / low) : (value - low) / (high - low);
  return start + share * (end - start);
}

std::string Axis::label(double tick) const {
  if (logarithmic) {
    return fmt::format("{:g}", tick);
  }
  if (std::abs(tick) >= 1e6 || step < 1e-4) {
    return fmt::format("{:.3g}", tick);
  }
  const int digits = std::max(0, static_cast<int>(-std::floor(std::log10(step) + 1e-9)));
  return fmt::format("{:.{}f}", tick, digits);
}

Axis make_axis(const AxisRange& range, int most_ticks, double start, double end) {
  double low = range.low, high = range.high;
  if (!(high > low)) {  // one value: some room around it
    const double room = low == 0 ? 1 : std::abs(low) / 100;
    low -= room;
    high += room;
  }
  double step = std::pow(10, std::floor(std::log10((high - low) / most_ticks)));
  for (const double factor : {2.0, 2.5, 2.0}) {  // 2, 5 and 10 times
    if ((high - low) / step > most_ticks) {
      step *= factor;
    }
  }
  if (range.whole_numbers) {
    step = std::max(step, 1.0);
  }
  Axis axis{.low = low, .high = high, .start = start, .end = end, .ticks = {}, .step = step};
  if (range.round_ends) {
    axis.low = std::floor(low / step) * step;
    axis.high = std::ceil(high / step) * step;
  }
  const auto first = static_cast<int64_t>(std::ceil(axis.low / step - 1e-9));
  const auto last = static_cast<int64_t>(std::floor(axis.high / step + 1e-9));
  for (int64_t i = first; i <= last; ++i) {
    axis.ticks.push_back(static_cast<double>(i) * step);
  }
  return axis;
}

Axis make_log_axis(double low, double high, int most_ticks, double start, double end) {
  int first = static_cast<int>(std::floor(std::log10(low) + 1e-9));
  int last = static_cast<int>(std::ceil(std::log10(high) - 1e-9));
  last = std::max(last, first + 1);
  const int decades = (last - first + most_ticks - 1) / most_ticks;  // from one tick to the next
  first = static_cast<int>(std::floor(static_cast<double>(first) / decades)) * decades;
  last = first + (last - first + decades - 1) / decades * decades;
  Axis axis{.low = std::pow(10, first),
            .high = std::pow(10, last),
            .start = start,
            .end = end,
            .ticks = {},
            .step = std::pow(10, decades),
            .logarithmic = true};
  for (int power = first; power <= last; power += decades) {
    axis.ticks.push_back(std::pow(10, power));
  }
  return axis;
}

}  // namespace helder
