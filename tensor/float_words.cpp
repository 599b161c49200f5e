#include "tensor/float_words.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>

namespace helder {
namespace {

// digits[0].digits[1]digits[2]... * 10^exponent; the sign is kept elsewhere.
struct Decimal {
  std::string digits;
  int exponent = 0;
};

struct Number {
  double value;
  Decimal shortest;  // of its magnitude, for the type that it came from
};

template <class T>
double widen(T value) {
  if constexpr (std::is_same_v<T, Float16>) {
    return static_cast<float>(value);
  } else {
    return value;
  }
}

// Reads what std::to_chars writes: "1.2345e-05".
Decimal parse_scientific(const char* begin, const char* end) {
  const char* e = std::find(begin, end, 'e');
  Decimal decimal;
  std::copy_if(begin, e, std::back_inserter(decimal.digits), [](char c) { return c != '.'; });
  std::from_chars(e[1] == '+' ? e + 2 : e + 1, end, decimal.exponent);
  return decimal;
}

// `magnitude` to `count` significant digits. The exact value is rounded, ties to even.
Decimal rounded(double magnitude, int count) {
  std::string text(static_cast<size_t>(count) + 8, '\0');
  char* const begin = text.data();
  return parse_scientific(
      begin,
      std::to_chars(begin, begin + text.size(), magnitude, std::chars_format::scientific, count - 1).ptr);
}

// The fewest digits that read back as the same T, and of these the closest to the value.
template <class T>
Decimal shortest_decimal(T magnitude) {
  char text[32];
  return parse_scientific(text,
                          std::to_chars(text, std::end(text), magnitude, std::chars_format::scientific).ptr);
}

template <>
Decimal shortest_decimal(Float16 magnitude) {
  const double value = widen(magnitude);
  for (int count = 1;; ++count) {  // 5 digits are always enough
    const Decimal nearest = rounded(value, count);
    const int shift = nearest.exponent - (count - 1);
    const double power = std::pow(10.0, std::abs(shift));
    // Below a power of two the neighbours are closer than above, so that the nearest decimal, just below, may
    // read as another number when the next one does not.
    for (const double above : {0, 1}) {
      const double whole = std::strtod(nearest.digits.c_str(), nullptr) + above;
      const double decimal = shift < 0 ? whole / power : whole * power;
      if (Float16(static_cast<float>(decimal)).bits == magnitude.bits) {
        return rounded(decimal, count);
      }
    }
  }
}

template <class T>
Number number_of(T value) {
  T magnitude = value;
  if constexpr (std::is_same_v<T, Float16>) {
    magnitude.bits &= 0x7fffu;
  } else {
    magnitude = std::fabs(value);
  }
  return {widen(value), shortest_decimal(magnitude)};
}

// ---- one number in either notation
// ------------------------------------------------------------------------------

// The text before and after the point, which are padded separately.
struct Parts {
  std::string whole;     // with the sign
  std::string fraction;  // without trailing zeros
};

const char* sign_of(double value) { return std::signbit(value) ? "-" : ""; }

std::string without_trailing_zeros(const std::string& digits) {
  return digits.substr(0, digits.find_last_not_of('0') + 1);
}

// At most `precision` digits after the point.
Parts positional(const Number& number, int precision) {
  auto [digits, exponent] = number.shortest;
  if (static_cast<int>(digits.size()) - 1 - exponent > precision) {
    std::string text(static_cast<size_t>(std::numeric_limits<double>::max_exponent10 + precision + 3), '\0');
    char* const begin = text.data();
    text.resize(static_cast<size_t>(std::to_chars(begin, begin + text.size(), std::fabs(number.value),
                                                  std::chars_format::fixed, precision)
                                        .ptr -
                                    begin));
    const size_t point = std::min(text.find('.'), text.size());
    const std::string fraction = precision > 0 ? text.substr(point + 1) : "";
    return {sign_of(number.value) + text.substr(0, point), without_trailing_zeros(fraction)};
  }
  if (exponent < 0) {
    digits.insert(0, static_cast<size_t>(-exponent), '0');
    exponent = 0;
  }
  const size_t point = static_cast<size_t>(exponent) + 1;
  digits.resize(std::max(digits.size(), point), '0');
  return {sign_of(number.value) + digits.substr(0, point), without_trailing_zeros(digits.substr(point))};
}

// Exactly `precision` digits after the point. Digits beyond the shortest are those of the exact value: 0.1 as
// a float with 8 digits is 1.00000001e-01.
Decimal scientific(const Number& number, int precision) {
  const bool exact = static_cast<int>(number.shortest.digits.size()) == precision + 1;
  return exact ? number.shortest : rounded(std::fabs(number.value), precision + 1);
}

size_t exponent_width(int exponent) { return std::max<size_t>(2, std::to_string(std::abs(exponent)).size()); }

std::string exponent_text(int exponent, size_t width) {
  return fmt::format("e{}{:0{}}", exponent < 0 ? '-' : '+', std::abs(exponent), width);
}

// ---- all numbers of an array
// ------------------------------------------------------------------------------------

// From which magnitude on an array of T is printed in scientific notation.
template <class T>
constexpr double kScientificFrom = std::is_same_v<T, double>  ? 1e8
                                   : std::is_same_v<T, float> ? 1e6
                                                              : 1e3;

// NumPy compares and divides in the array's own type, which decides the close cases.
template <class T>
bool needs_scientific(std::span<const T> values) {
  using Wide = std::conditional_t<std::is_same_v<T, double>, double, float>;
  const auto in_type = [](double value) { return static_cast<Wide>(T(static_cast<Wide>(value))); };
  Wide largest = 0;
  Wide smallest = std::numeric_limits<Wide>::infinity();
  for (const T& value : values) {
    const Wide magnitude = std::fabs(static_cast<Wide>(value));
    if (std::isfinite(magnitude) && magnitude != 0) {
      largest = std::max(largest, magnitude);
      smallest = std::min(smallest, magnitude);
    }
  }
  return largest != 0 && (largest >= in_type(kScientificFrom<T>) || smallest < in_type(1e-4) ||
                          in_type(largest / smallest) > 1000);
}

std::vector<std::string> scientific_words(const std::vector<Number>& numbers, int precision) {
  int digits = 0;
  size_t width = 2;
  size_t whole_width = 1;
  for (const Number& number : numbers) {
    const int needed = static_cast<int>(number.shortest.digits.size()) - 1;
    const Decimal decimal = scientific(number, std::min(needed, precision));
    digits = std::max(digits, static_cast<int>(without_trailing_zeros(decimal.digits.substr(1)).size()));
    width = std::max(width, exponent_width(decimal.exponent));
    whole_width = std::max<size_t>(whole_width, std::signbit(number.value) ? 2 : 1);
  }
  std::vector<std::string> words;
  for (const Number& number : numbers) {
    const auto [text, exponent] = scientific(number, digits);
    words.push_back(fmt::format("{:>{}}.{}{}", sign_of(number.value) + text.substr(0, 1), whole_width,
                                text.substr(1), exponent_text(exponent, width)));
  }
  return words;
}

std::vector<std::string> positional_words(const std::vector<Number>& numbers, int precision) {
  std::vector<Parts> parts;
  size_t whole_width = 0;
  size_t fraction_width = 0;
  for (const Number& number : numbers) {
    parts.push_back(positional(number, precision));
    whole_width = std::max(whole_width, parts.back().whole.size());
    fraction_width = std::max(fraction_width, parts.back().fraction.size());
  }
  std::vector<std::string> words;
  for (const Parts& part : parts) {
    words.push_back(fmt::format("{:>{}}.{:<{}}", part.whole, whole_width, part.fraction, fraction_width));
  }
  return words;
}

std::string infinity_or_nan(double value) { return std::isnan(value) ? "nan" : value < 0 ? "-inf" : "inf"; }

}  // namespace

template <class T>
std::vector<std::string> float_words(std::span<const T> values, int precision) {
  std::vector<Number> finite;
  size_t width = 0;
  for (const T& value : values) {
    if (std::isfinite(widen(value))) {
      finite.push_back(number_of(value));
    } else {
      width = std::max(width, infinity_or_nan(widen(value)).size());
    }
  }
  const auto finite_words =
      needs_scientific(values) ? scientific_words(finite, precision) : positional_words(finite, precision);
  if (!finite_words.empty()) {
    width = std::max(width, finite_words.front().size());
  }
  std::vector<std::string> words;
  auto next = finite_words.begin();
  for (const T& value : values) {
    const double wide = widen(value);
    words.push_back(fmt::format("{:>{}}", std::isfinite(wide) ? *next++ : infinity_or_nan(wide), width));
  }
  return words;
}

template <class T>
std::string float_word(T value) {
  const double wide = widen(value);
  const double magnitude = std::fabs(wide);
  if (!std::isfinite(wide)) {
    return infinity_or_nan(wide);
  }
  const Number number = number_of(value);
  const double scientific_from = std::is_same_v<T, double> ? 1e16 : kScientificFrom<T>;
  if (magnitude != 0 && (magnitude >= scientific_from || magnitude < 1e-4)) {
    const auto& [digits, exponent] = number.shortest;
    return sign_of(wide) + digits.substr(0, 1) + (digits.size() > 1 ? "." : "") + digits.substr(1) +
           exponent_text(exponent, exponent_width(exponent));
  }
  const auto [whole, fraction] = positional(number, std::numeric_limits<int>::max());
  return whole + "." + (fraction.empty() ? "0" : fraction);
}

template std::vector<std::string> float_words(std::span<const Float16>, int);
template std::vector<std::string> float_words(std::span<const float>, int);
template std::vector<std::string> float_words(std::span<const double>, int);
template std::string float_word(Float16);
template std::string float_word(float);
template std::string float_word(double);

}  // namespace helder
