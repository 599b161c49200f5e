#include "examples/common/epsilon.h"

#include <charconv>
#include <cmath>
#include <optional>
#include <string_view>

#include "tensor/error.h"

namespace helder {
namespace {

std::optional<double> number(std::string_view text) {
  double value = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = error == std::errc() && rest == text.data() + text.size();
  return whole && std::isfinite(value) ? std::optional(value) : std::nullopt;
}

}  // namespace

double parse_epsilon(const std::string& text) {
  const std::string_view all = text;
  const size_t slash = all.find('/');
  const auto above = number(all.substr(0, slash));
  const auto below = slash == all.npos ? std::optional(1.0) : number(all.substr(slash + 1));
  check(above && below && *below != 0, "epsilon '{}' is neither a number nor a fraction such as 8/255", text);
  const double epsilon = *above / *below;
  check(epsilon >= 0 && epsilon <= 1, "epsilon {} is not from 0 to 1; pixels are", text);
  return epsilon;
}

std::string show_epsilon(double epsilon) {
  const double steps = epsilon * 255;
  const bool whole = std::abs(steps - std::round(steps)) < 1e-6;
  return whole ? fmt::format("{:.0f}/255", steps) : fmt::format("{:g}", epsilon);
}

}  // namespace helder
