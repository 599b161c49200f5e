#include "inspect/axis.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace helder {

std::string Axis::label(double tick) const {
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

}  // namespace helder
