#include "tensor/random.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numbers>
#include <set>

#include "tensor/factories.h"
#include "tensor/parallel.h"
#include "tests/catch.h"
#include "tests/thread_count.h"

using namespace helder;

namespace {

using Words = std::array<uint32_t, 4>;

struct Moments {
  double mean = 0, variance = 0, skewness = 0, kurtosis = 0;
};

Moments moments_of(const Tensor& x) {
  const auto values = x.to_vector<double>();
  const double n = static_cast<double>(values.size());
  Moments m;
  for (double v : values) {
    m.mean += v / n;
  }
  for (double v : values) {
    const double d = v - m.mean;
    m.variance += d * d / n;
    m.skewness += d * d * d / n;
    m.kurtosis += d * d * d * d / n;
  }
  m.skewness /= std::pow(m.variance, 1.5);
  m.kurtosis /= m.variance * m.variance;
  return m;
}

// The largest distance between the empirical and the given distribution function (Kolmogorov-Smirnov). Times
// the root of the count, it is below 1.95 in 999 of 1000 samples.
template <class Distribution>
double kolmogorov_smirnov(const Tensor& x, Distribution&& distribution) {
  auto values = x.to_vector<double>();
  std::sort(values.begin(), values.end());
  const double n = static_cast<double>(values.size());
  double distance = 0;
  for (size_t i = 0; i < values.size(); ++i) {
    const double f = distribution(values[i]);
    distance = std::max({distance, f - static_cast<double>(i) / n, static_cast<double>(i + 1) / n - f});
  }
  return distance * std::sqrt(n);
}

double normal_distribution(double x) { return std::erfc(-x / std::numbers::sqrt2) / 2; }

}  // namespace

TEST_CASE("Philox4x32-10 gives the words of the Random123 distribution") {
  // kat_vectors: counter (4 words), key (2 words), result.
  CHECK(philox4x32(0, 0, 0) == Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
  const uint64_t ones = ~uint64_t{0};
  CHECK(philox4x32(ones, ones, ones) == Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
  CHECK(philox4x32(0x299f31d0a4093822, 0x85a308d3243f6a88, 0x0370734413198a2e) ==
        Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

TEST_CASE("philox_word reads the words of consecutive counters") {
  for (uint64_t i = 0; i < 12; ++i) {
    CHECK(philox_word(7, 100, i) == philox4x32(7, 100 + i / 4)[i % 4]);
  }
}

TEST_CASE("words become floats in [0, 1)") {
  CHECK(uniform_float(0) == 0);
  CHECK(uniform_float(0xffffffff) == 1 - 0x1p-24f);
  CHECK(uniform_float(0x80000000) == 0.5f);
  CHECK(uniform_double(0, 0) == 0);
  CHECK(uniform_double(0xffffffff, 0xffffffff) == 1 - 0x1p-53);
  CHECK(uniform_double(0x80000000, 0) == 0.5);
  CHECK(uniform_double(0, 1u << 11) == 0x1p-53);
}

TEST_CASE("the same seed gives the same numbers, another one others") {
  Generator a(5), b(5), c(6);
  const auto first = rand({100}, DType::Float32, a).to_vector<float>();
  CHECK(first == rand({100}, DType::Float32, b).to_vector<float>());
  CHECK_FALSE(first == rand({100}, DType::Float32, c).to_vector<float>());
  CHECK_FALSE(first == rand({100}, DType::Float32, a).to_vector<float>());  // a has moved on
}

TEST_CASE("a generator's state is its seed and its offset") {
  Generator a(9);
  rand({10}, DType::Float32, a);
  a.normal();
  CHECK(a.seed() == 9);
  CHECK(a.offset() == 11);
  Generator b;
  b.set_state(a.seed(), a.offset());
  CHECK(randn({50}, DType::Float64, a).to_vector<double>() ==
        randn({50}, DType::Float64, b).to_vector<double>());
  CHECK(a.uniform() == b.uniform());
}

TEST_CASE("manual_seed starts the default generator again") {
  const uint64_t seed = default_generator().seed();
  const uint64_t offset = default_generator().offset();
  manual_seed(17);
  const auto first = rand({5}).to_vector<float>();
  const auto second = randn({5}).to_vector<float>();
  manual_seed(17);
  CHECK(rand({5}).to_vector<float>() == first);
  CHECK(randn({5}).to_vector<float>() == second);
  default_generator().set_state(seed, offset);
}

TEST_CASE("drawing in two parts gives what drawing at once gives") {
  Generator a(3), b(3);
  const auto whole = randn({30}, DType::Float64, a).to_vector<double>();
  auto parts = randn({10}, DType::Float64, b).to_vector<double>();
  const auto rest = randn({20}, DType::Float64, b).to_vector<double>();
  parts.insert(parts.end(), rest.begin(), rest.end());
  CHECK(whole == parts);
}

TEST_CASE("random numbers do not depend on the number of threads") {
  const Shape shape = {3 * kElementGrain + 17};
  const auto draw = [&](int threads) {
    const ThreadCount count(threads);
    Generator generator(11);
    std::vector<std::vector<double>> drawn;
    drawn.push_back(rand(shape, DType::Float32, generator).to_vector<double>());
    drawn.push_back(rand(shape, DType::Float64, generator).to_vector<double>());
    drawn.push_back(randn(shape, DType::Float32, generator).to_vector<double>());
    drawn.push_back(randint(-5, 1000, shape, DType::Int64, generator).to_vector<double>());
    drawn.push_back(randperm(1000, generator).to_vector<double>());
    return drawn;
  };
  const auto one = draw(1);
  CHECK(draw(2) == one);
  CHECK(draw(3) == one);
  CHECK(draw(8) == one);
}

TEST_CASE("rand is uniform in [0, 1)") {
  Generator generator(1);
  for (const DType dtype : {DType::Float32, DType::Float64}) {
    const Tensor x = rand({200000}, dtype, generator);
    const auto values = x.to_vector<double>();
    CHECK(*std::min_element(values.begin(), values.end()) >= 0);
    CHECK(*std::max_element(values.begin(), values.end()) < 1);
    const Moments m = moments_of(x);
    CHECK(m.mean == Approx(0.5).margin(0.003));
    CHECK(m.variance == Approx(1 / 12.0).margin(0.001));
    CHECK(kolmogorov_smirnov(x, [](double v) { return v; }) < 1.95);
  }
}

TEST_CASE("randn is standard normal") {
  Generator generator(2);
  for (const DType dtype : {DType::Float32, DType::Float64}) {
    const Tensor x = randn({200000}, dtype, generator);
    const Moments m = moments_of(x);
    CHECK(m.mean == Approx(0).margin(0.01));
    CHECK(m.variance == Approx(1).margin(0.02));
    CHECK(m.skewness == Approx(0).margin(0.03));
    CHECK(m.kurtosis == Approx(3).margin(0.06));
    CHECK(kolmogorov_smirnov(x, normal_distribution) < 1.95);
  }
}

TEST_CASE("neighbouring random numbers are not correlated") {
  Generator generator(4);
  const auto values = randn({200000}, DType::Float64, generator).to_vector<double>();
  for (size_t lag = 1; lag <= 4; ++lag) {
    double sum = 0;
    for (size_t i = lag; i < values.size(); ++i) {
      sum += values[i] * values[i - lag];
    }
    CHECK(std::fabs(sum) / std::sqrt(static_cast<double>(values.size())) < 4);  // standard deviations
  }
}

TEST_CASE("randint covers its range evenly") {
  Generator generator(6);
  const Tensor x = randint(-3, 4, {70000}, DType::Int64, generator);
  std::array<int, 7> counts{};
  for (int64_t value : x.to_vector<int64_t>()) {
    REQUIRE(value >= -3);
    REQUIRE(value < 4);
    ++counts[static_cast<size_t>(value + 3)];
  }
  double chi_squared = 0;
  for (int count : counts) {
    chi_squared += (count - 10000.0) * (count - 10000.0) / 10000;
  }
  CHECK(chi_squared < 22.5);  // 6 degrees of freedom, 1 in 1000
}

TEST_CASE("randint takes the widest range, and a range of one") {
  Generator generator(8);
  constexpr int64_t kLow = std::numeric_limits<int64_t>::min();
  constexpr int64_t kHigh = std::numeric_limits<int64_t>::max();
  int negative = 0;
  for (int64_t value : randint(kLow, kHigh, {1000}, DType::Int64, generator).to_vector<int64_t>()) {
    negative += value < 0;
  }
  CHECK(negative > 400);
  CHECK(negative < 600);
  CHECK(randint(5, 6, {4}, DType::Float32, generator).to_vector<float>() == std::vector<float>{5, 5, 5, 5});
  CHECK_THROWS_WITH(randint(5, 5, {4}), "randint: the range [5, 5) is empty");
  CHECK_THROWS_WITH(generator.randint(2, 1), "randint: the range [2, 1) is empty");
}

TEST_CASE("single draws stay in their ranges") {
  Generator generator(10);
  std::set<int64_t> seen;
  double sum = 0;
  double square = 0;
  for (int i = 0; i < 20000; ++i) {
    const double u = generator.uniform(-2, 3);
    REQUIRE((u >= -2 && u < 3));
    const double z = generator.normal();
    sum += z;
    square += z * z;
    seen.insert(generator.randint(-1, 3));
  }
  CHECK(sum / 20000 == Approx(0).margin(0.03));
  CHECK(square / 20000 == Approx(1).margin(0.05));
  CHECK(seen == std::set<int64_t>{-1, 0, 1, 2});
}

TEST_CASE("randperm is a permutation, and each is as likely") {
  Generator generator(12);
  auto order = randperm(5000, generator).to_vector<int64_t>();
  CHECK_FALSE(std::is_sorted(order.begin(), order.end()));
  std::sort(order.begin(), order.end());
  CHECK(order == arange(5000).to_vector<int64_t>());
  CHECK(randperm(0, generator).numel() == 0);
  CHECK(randperm(1, generator).to_vector<int64_t>() == std::vector<int64_t>{0});

  std::map<std::vector<int64_t>, int> counts;
  for (int i = 0; i < 6000; ++i) {
    ++counts[randperm(3, generator).to_vector<int64_t>()];
  }
  CHECK(counts.size() == 6);
  double chi_squared = 0;
  for (const auto& [permutation, count] : counts) {
    chi_squared += (count - 1000.0) * (count - 1000.0) / 1000;
  }
  CHECK(chi_squared < 20.6);  // 5 degrees of freedom, 1 in 1000
}

TEST_CASE("random floats are refused for other types") {
  CHECK_THROWS_WITH(rand({2}, DType::Int64),
                    "rand: int64 is not supported; expected float32 or float64 (convert with .to(DType))");
  CHECK_THROWS_WITH(randn({2}, DType::Float16),
                    "randn: float16 is not supported; expected float32 or float64 (convert with .to(DType))");
  CHECK_THROWS_WITH(
      randint(0, 2, {2}, DType::Bool),
      "randint: bool is not supported; expected float32, float64 or int64 (convert with .to(DType))");
}
