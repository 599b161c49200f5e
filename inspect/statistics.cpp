#include "inspect/statistics.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace helder {

Statistics statistics_of(const Tensor& x) {
  Statistics s;
  const std::vector<double> values = x.to_vector<double>();
  double least = std::numeric_limits<double>::infinity(), greatest = -least, sum = 0, squares = 0;
  int64_t finite = 0, zeros = 0;
  for (const double value : values) {
    if (!std::isfinite(value)) {
      ++s.not_finite;
      s.nan += std::isnan(value) ? 1 : 0;
      continue;
    }
    ++finite;
    least = std::min(least, value);
    greatest = std::max(greatest, value);
    sum += value;
    squares += value * value;
    zeros += value == 0 ? 1 : 0;
  }
  if (finite == 0) {
    return s;
  }
  const auto n = static_cast<double>(finite);
  s.least = least;
  s.greatest = greatest;
  s.mean = sum / n;
  s.norm = std::sqrt(squares);
  s.zero_share = static_cast<double>(zeros) / n;
  double spread = 0;
  for (const double value : values) {
    if (std::isfinite(value)) {
      spread += (value - s.mean) * (value - s.mean);
      const double place = greatest > least ? (value - least) / (greatest - least) : 0;
      ++s.bins[static_cast<size_t>(
          std::min(Statistics::kBins - 1, static_cast<int>(place * Statistics::kBins)))];
    }
  }
  s.deviation = std::sqrt(spread / n);
  return s;
}

int64_t dead_channels(const Tensor& x) {
  if (x.rank() < 2) {
    return 0;
  }
  const int dim = x.rank() == 3 ? 2 : 1;
  int64_t inner = 1;
  for (int d = dim + 1; d < x.rank(); ++d) {
    inner *= x.size(d);
  }
  const int64_t channels = x.size(dim);
  std::vector<bool> alive(static_cast<size_t>(channels));
  const std::vector<double> values = x.to_vector<double>();
  for (size_t i = 0; i < values.size(); ++i) {
    if (values[i] != 0) {
      alive[static_cast<size_t>(static_cast<int64_t>(i) / inner % channels)] = true;
    }
  }
  return channels - std::count(alive.begin(), alive.end(), true);
}

}  // namespace helder
