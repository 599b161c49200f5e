#include "tensor/parallel.h"

#include "tensor/error.h"

namespace helder {

#if defined(_OPENMP)

int num_threads() { return omp_get_max_threads(); }

void set_num_threads(int threads) {
  check(threads >= 1, "threads: expected at least 1, got {}", threads);
  omp_set_num_threads(threads);
}

#else

int num_threads() { return 1; }

void set_num_threads(int threads) { check(threads >= 1, "threads: expected at least 1, got {}", threads); }

#endif

}  // namespace helder
