#pragma once

namespace helder {

/// While one of these lives, Ctrl-C (SIGINT) and SIGTERM are noted instead of ending the program, so that a
/// training loop can finish its step and save. A second Ctrl-C ends the program at once. Afterwards signals
/// do what they did before.
class InterruptGuard {
 public:
  InterruptGuard();
  ~InterruptGuard();
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;

  static bool interrupted();

 private:
  void (*before_[2])(int);  // what SIGINT and SIGTERM did
};

}  // namespace helder
