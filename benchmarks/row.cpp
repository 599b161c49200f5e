#include "benchmarks/row.h"

#include <benchmark/benchmark.h>
#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <utility>

#include "benchmarks/ceiling.h"
#include "tensor/allocator.h"
#include "tensor/parallel.h"

namespace helder::bench {
namespace {

// Each ceiling is measured once, by the first row that needs it.
double peak(int threads) {
  static std::map<int, double> measured;
  const auto [at, fresh] = measured.try_emplace(threads);
  if (fresh) {
    at->second = peak_flops<float>(threads);
  }
  return at->second;
}

double bandwidth(int threads, double bytes) {
  static std::map<std::pair<int, size_t>, double> measured;
  constexpr double kMost = 128 << 20;  // beyond all caches a few more megabytes change nothing
  const auto half = static_cast<size_t>(std::min(bytes, kMost) / 2);  // what is copied is also written
  const auto [at, fresh] = measured.try_emplace({threads, half});
  if (fresh) {
    at->second = copy_bandwidth(threads, half);
  }
  return at->second;
}

void run(benchmark::State& state, int threads, const Work& work, const std::function<Step()>& prepare) {
  const int before = num_threads();
  set_num_threads(threads);
  {
    const Step step = prepare();
    step();  // memory is there, code and operands are in the caches
    for (auto _ : state) {
      step();
      benchmark::ClobberMemory();
    }
  }
  release_cached_memory();
  using benchmark::Counter;
  double least = 0;  // seconds, at the ceilings
  if (work.flops > 0) {
    state.counters["GFLOP/s"] = Counter(work.flops / 1e9, Counter::kIsIterationInvariantRate);
    least = work.flops / peak(threads);
  }
  if (work.bytes > 0) {
    state.counters["GB/s"] = Counter(work.bytes / 1e9, Counter::kIsIterationInvariantRate);
    least = std::max(least, work.bytes / bandwidth(threads, work.bytes));
  }
  if (least > 0) {
    state.counters["of_ceiling"] = Counter(least, Counter::kIsIterationInvariantRate);
  }
  set_num_threads(before);
}

}  // namespace

void add_row(const std::string& name, int threads, const Work& work, std::function<Step()> prepare,
             int iterations) {
  benchmark::internal::Benchmark* row =
      benchmark::RegisterBenchmark(
          fmt::format("{}/threads:{}", name, threads).c_str(),
          [=, prepare = std::move(prepare)](benchmark::State& state) { run(state, threads, work, prepare); })
          ->Unit(benchmark::kMicrosecond)
          ->UseRealTime();
  if (iterations > 0) {
    row->Iterations(iterations);
  }
}

}  // namespace helder::bench
