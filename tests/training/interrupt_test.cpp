#include "training/interrupt.h"

#include <csignal>

#include "tests/catch.h"

using namespace helder;

namespace {

volatile std::sig_atomic_t calls = 0;
extern "C" void count_call(int) { calls = calls + 1; }

}  // namespace

TEST_CASE("InterruptGuard notes a signal, and afterwards it does what it did before", "[training]") {
  const auto before = std::signal(SIGTERM, count_call);
  {
    const InterruptGuard guard;
    CHECK_FALSE(InterruptGuard::interrupted());
    std::raise(SIGTERM);
    CHECK(InterruptGuard::interrupted());
    CHECK(calls == 0);
  }
  std::raise(SIGTERM);
  CHECK(calls == 1);
  std::signal(SIGTERM, before);
}
