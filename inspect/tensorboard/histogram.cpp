#include "inspect/tensorboard/histogram.h"

#include <algorithm>
#include <cmath>

namespace helder {
namespace {

std::vector<double> make_limits() {
  std::vector<double> positive;
  for (double limit = 1e-12; limit < 1e20; limit *= 1.1) {
    positive.push_back(limit);
  }
  std::vector<double> limits;
  std::transform(positive.rbegin(), positive.rend(), std::back_inserter(limits), std::negate<>());
  limits.push_back(0);
  limits.insert(limits.end(), positive.begin(), positive.end());
  return limits;
}

const std::vector<double>& limits() {
  static const std::vector<double> result = make_limits();
  return result;
}

}  // namespace

Histogram histogram_of(const Tensor& x) {
  Histogram result;
  const std::vector<double>& all = limits();
  std::vector<double> counts(all.size() +
                             1);  // of the elements below each limit, and of those above the last
  for (const double value : x.to_vector<double>()) {
    if (!std::isfinite(value)) {
      continue;
    }
    result.least = result.count == 0 ? value : std::min(result.least, value);
    result.greatest = result.count == 0 ? value : std::max(result.greatest, value);
    result.sum += value;
    result.sum_of_squares += value * value;
    ++result.count;
    ++counts[static_cast<size_t>(std::upper_bound(all.begin(), all.end(), value) - all.begin())];
  }
  const auto full = [](double count) { return count > 0; };
  const auto first = std::find_if(counts.begin(), counts.end(), full) - counts.begin();
  if (first == static_cast<std::ptrdiff_t>(counts.size())) {
    return {.upper_limits = {0}, .counts = {0}};
  }
  const auto last = counts.rend() - std::find_if(counts.rbegin(), counts.rend(), full) - 1;
  const auto limit = [&](std::ptrdiff_t i) {  // beyond the table, where the elements end
    return i < 0                                 ? result.least
           : static_cast<size_t>(i) < all.size() ? all[static_cast<size_t>(i)]
                                                 : result.greatest;
  };
  result.upper_limits.push_back(limit(first - 1));
  result.counts.push_back(0);
  for (std::ptrdiff_t i = first; i <= last; ++i) {
    result.upper_limits.push_back(limit(i));
    result.counts.push_back(counts[static_cast<size_t>(i)]);
  }
  return result;
}

}  // namespace helder
