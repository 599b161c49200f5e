#pragma once

#include "tensor/parallel.h"

/// Runs the rest of a scope with so many threads, then puts the number back.
class ThreadCount {
 public:
  explicit ThreadCount(int threads) : before_(helder::num_threads()) { helder::set_num_threads(threads); }
  ~ThreadCount() { helder::set_num_threads(before_); }
  ThreadCount(const ThreadCount&) = delete;
  ThreadCount& operator=(const ThreadCount&) = delete;

 private:
  int before_;
};
