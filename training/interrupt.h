#pragma once

namespace helder {

/// While one of these lives, Ctrl-C (SIGINT) and SIGTERM are noted instead of ending the program, so that a
/// training loop can finish its step and save. A second Ctrl-C ends the program at once.
class InterruptGuard {
 public:
  InterruptGuard();
  ~InterruptGuard();
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;

  static bool interrupted();
};

}  // namespace helder
