#include "tensor/half.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <vector>

#include "tensor/random.h"
#include "tests/catch.h"

using namespace helder;

namespace {

// The value of a positive bit pattern from the definition of the format: mantissa * 2^exponent. Infinity
// stands for the next power of two, which is where rounding turns to it.
double value_by_definition(uint32_t bits, int mantissa_bits, int bias) {
  const uint32_t exponent = bits >> mantissa_bits;
  const double mantissa = bits & ((1u << mantissa_bits) - 1);
  const double leading = exponent == 0 ? 0 : std::ldexp(1.0, mantissa_bits);
  return std::ldexp(leading + mantissa, static_cast<int>(std::max(exponent, 1u)) - bias - mantissa_bits);
}

struct Format {
  const char* name;
  int mantissa_bits;
  int bias;
  uint32_t infinity;
  uint16_t (*round)(float);
  float (*widen)(uint16_t);
};

const Format kFormats[] = {{"float16", 10, 15, 0x7c00, [](float x) { return Float16(x).bits; },
                            [](uint16_t bits) { return static_cast<float>(std::bit_cast<Float16>(bits)); }},
                           {"bfloat16", 7, 127, 0x7f80, [](float x) { return BFloat16(x).bits; },
                            [](uint16_t bits) { return static_cast<float>(std::bit_cast<BFloat16>(bits)); }}};

// Rounds to nearest, ties to even, by searching all values of the format. Every comparison is exact: a float,
// the values and the points midway between them are doubles.
class SlowRounding {
 public:
  explicit SlowRounding(const Format& format) {
    for (uint32_t bits = 0; bits <= format.infinity; ++bits) {
      values_.push_back(value_by_definition(bits, format.mantissa_bits, format.bias));
    }
  }

  uint16_t operator()(float x) const {
    const uint32_t sign = std::signbit(x) ? 0x8000 : 0;
    const double magnitude = std::fabs(static_cast<double>(x));
    const auto above = std::upper_bound(values_.begin(), values_.end(), magnitude);
    uint32_t bits = static_cast<uint32_t>(above - values_.begin()) - 1;
    if (above != values_.end()) {
      const double midway = (values_[bits] + *above) / 2;
      bits += magnitude > midway || (magnitude == midway && bits % 2 == 1);
    }
    return static_cast<uint16_t>(sign | bits);
  }

 private:
  std::vector<double> values_;
};

}  // namespace

TEST_CASE("every 16-bit pattern widens to its value and comes back") {
  for (const Format& format : kFormats) {
    INFO(format.name);
    int wrong = 0;
    for (uint32_t bits = 0; bits < 0x10000; ++bits) {
      const uint16_t pattern = static_cast<uint16_t>(bits);
      const float value = format.widen(pattern);
      const uint32_t magnitude = bits & 0x7fff;
      const bool negative = bits & 0x8000;
      if (magnitude > format.infinity) {  // a NaN stays one of the same sign, made quiet
        const uint16_t back = format.round(value);
        wrong += !std::isnan(value) || std::signbit(value) != negative ||
                 (back & 0x7fff) <= format.infinity || (back & 0x8000) != (bits & 0x8000);
        continue;
      }
      const double expected = magnitude == format.infinity
                                  ? std::numeric_limits<double>::infinity()
                                  : value_by_definition(magnitude, format.mantissa_bits, format.bias);
      wrong += value != (negative ? -expected : expected) || std::signbit(value) != negative ||
               format.round(value) != pattern;
    }
    CHECK(wrong == 0);
  }
}

TEST_CASE("floats round to 16 bits as the slow exact way does") {
  const float infinity = std::numeric_limits<float>::infinity();
  for (const Format& format : kFormats) {
    INFO(format.name);
    const SlowRounding slow(format);
    int wrong = 0;
    const auto compare = [&](float x) {
      wrong += format.round(x) != slow(x) || format.round(-x) != slow(-x);
    };
    // Around all values and all ties, those at the edges to zero, subnormals and infinity among them.
    for (uint32_t bits = 0; bits < format.infinity; ++bits) {
      const double value = value_by_definition(bits, format.mantissa_bits, format.bias);
      const double next = value_by_definition(bits + 1, format.mantissa_bits, format.bias);
      for (const double point : {value, (value + next) / 2}) {
        const float x = static_cast<float>(point);
        compare(x);
        compare(std::nextafter(x, 0.0f));
        compare(std::nextafter(x, infinity));
      }
    }
    Generator generator(5);
    for (int i = 0; i < 300000; ++i) {
      const float x = std::bit_cast<float>(static_cast<uint32_t>(generator.randint(0, int64_t{1} << 32)));
      if (!std::isnan(x)) {
        compare(x);
      }
    }
    for (const float x :
         {infinity, std::numeric_limits<float>::max(), std::numeric_limits<float>::denorm_min(),
          std::numeric_limits<float>::min(), 0.0f}) {
      compare(x);
    }
    CHECK(wrong == 0);
  }
}

TEST_CASE("well-known halves") {
  CHECK(Float16(1.0f).bits == 0x3c00);
  CHECK(Float16(-2.0f).bits == 0xc000);
  CHECK(Float16(65504.0f).bits == 0x7bff);
  CHECK(Float16(65519.996f).bits == 0x7bff);
  CHECK(Float16(65520.0f).bits == 0x7c00);
  CHECK(Float16(0x1p-24f).bits == 0x0001);
  CHECK(Float16(0x1p-25f).bits == 0x0000);  // a tie, to even
  CHECK(Float16(0x1.8p-24f).bits == 0x0002);
  CHECK(Float16(1.0f / 3).bits == 0x3555);
  CHECK(BFloat16(1.0f).bits == 0x3f80);
  CHECK(BFloat16(3.14159265f).bits == 0x4049);
  CHECK(BFloat16(std::numeric_limits<float>::max()).bits == 0x7f80);
}
