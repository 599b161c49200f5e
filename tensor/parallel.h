#pragma once

#include <algorithm>
#include <cstdint>

#if defined(_OPENMP)
#include <omp.h>
#endif

namespace helder {

/// How many threads parallel loops use; by default as many as OpenMP finds cores.
int num_threads();
void set_num_threads(int threads);

/// Elements a chunk of a simple loop: enough work (about 5 microseconds) to be worth handing to a thread.
inline constexpr int64_t kElementGrain = 16384;

/// Calls `body(begin, end)` for consecutive chunks of [0, n), each of `grain` elements but the last, on all
/// threads.
///
/// The chunks depend on n and grain alone, never on the number of threads. That is how a loop, vector tails
/// and partial sums included, gives the same bits on a laptop and on a server. A nested call, or one of a
/// single chunk, runs on the calling thread. `body` must not throw.
template <class Body>
void parallel_for(int64_t n, int64_t grain, Body&& body) {
  const int64_t chunks = (n + grain - 1) / grain;
  const auto run_chunk = [&](int64_t chunk) { body(chunk * grain, std::min(n, (chunk + 1) * grain)); };
#if defined(_OPENMP)
  if (chunks > 1 && num_threads() > 1 && !omp_in_parallel()) {
#pragma omp parallel for schedule(static)
    for (int64_t chunk = 0; chunk < chunks; ++chunk) {
      run_chunk(chunk);
    }
    return;
  }
#endif
  for (int64_t chunk = 0; chunk < chunks; ++chunk) {
    run_chunk(chunk);
  }
}

}  // namespace helder
