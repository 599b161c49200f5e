#include "training/interrupt.h"

#include <csignal>

namespace helder {
namespace {

volatile std::sig_atomic_t noted = 0;

extern "C" void note_signal(int signal_number) {
  noted = 1;
  std::signal(signal_number, SIG_DFL);
}

}  // namespace

InterruptGuard::InterruptGuard() {
  noted = 0;
  before_[0] = std::signal(SIGINT, note_signal);
  before_[1] = std::signal(SIGTERM, note_signal);
}

InterruptGuard::~InterruptGuard() {
  std::signal(SIGINT, before_[0]);
  std::signal(SIGTERM, before_[1]);
}

bool InterruptGuard::interrupted() { return noted != 0; }

}  // namespace helder
