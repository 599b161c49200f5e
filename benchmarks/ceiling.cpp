#include "benchmarks/ceiling.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <thread>
#include <vector>

#include "kernels/simd.h"
#include "kernels/stream.h"

namespace helder::bench {
namespace {

namespace simd = kernels::simd;
using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// 12 independent chains: more than 4 cycles of latency times 2 units, and few enough for 16 registers.
constexpr int kChains = 12;

template <class T>
T multiply_add(int64_t steps) {
  simd::Vec<T> sums[kChains];
  for (int i = 0; i < kChains; ++i) {
    sums[i] = simd::broadcast(static_cast<T>(i));
  }
  const simd::Vec<T> factor = simd::broadcast(T(0.999)), term = simd::broadcast(T(0.001));
  for (int64_t step = 0; step < steps; ++step) {
#pragma GCC unroll 16
    for (int i = 0; i < kChains; ++i) {
      sums[i] = sums[i] * factor + term;
    }
  }
  simd::Vec<T> total{};
  for (const simd::Vec<T>& sum : sums) {
    total += sum;
  }
  return simd::sum<T>(total);
}

// Runs `work(thread)` on all threads at once, several times; the seconds of the fastest.
template <class Work>
double fastest(int threads, const Work& work) {
  double best = 1e30;
  for (int run = 0; run < 7; ++run) {
    const Clock::time_point start = Clock::now();
    std::vector<std::thread> team;
    for (int t = 1; t < threads; ++t) {
      team.emplace_back(work, t);
    }
    work(0);
    for (std::thread& thread : team) {
      thread.join();
    }
    best = std::min(best, seconds_since(start));
  }
  return best;
}

}  // namespace

template <class T>
double peak_flops(int threads) {
  constexpr int64_t kSteps = 4'000'000;  // some 20 milliseconds, beside which starting a thread is nothing
  std::vector<T> results(static_cast<size_t>(threads) * 64);
  const double seconds =
      fastest(threads, [&](int t) { results[static_cast<size_t>(t) * 64] = multiply_add<T>(kSteps); });
  volatile T keep = results[0];
  static_cast<void>(keep);
  return 2.0 * kSteps * kChains * simd::kLanes<T> * threads / seconds;
}

template double peak_flops<float>(int);
template double peak_flops<double>(int);

double copy_bandwidth(int threads, size_t bytes) {
  const size_t share = bytes / sizeof(float) / static_cast<size_t>(threads);
  const size_t repeats = std::max<size_t>(1, (size_t{256} << 20) / bytes);
  std::vector<float> from(share * static_cast<size_t>(threads), 1), to(from.size(), 2);
  const auto seconds_with = [&](auto copy) {
    return fastest(threads, [&](int t) {
      const size_t begin = static_cast<size_t>(t) * share;
      for (size_t i = 0; i < repeats; ++i) {
        copy(share, from.data() + begin, to.data() + begin);
      }
    });
  };
  // Through the caches or past them, whichever is faster.
  const double through = seconds_with([](size_t count, const float* source, float* destination) {
    std::memcpy(destination, source, count * sizeof(float));
  });
  const double past = seconds_with([](size_t count, const float* source, float* destination) {
    kernels::stream_copy(static_cast<int64_t>(count), source, destination);
    simd::finish_streaming();
  });
  return 2.0 * static_cast<double>(from.size() * sizeof(float) * repeats) / std::min(through, past);
}

}  // namespace helder::bench
