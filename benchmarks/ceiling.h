#pragma once

#include <cstddef>

/// What this machine can do at best, measured: the numbers beside which a benchmark's numbers mean something.
namespace helder::bench {

/// Multiply-adds of registers, nothing else, on `threads` threads at once, in floating point operations a
/// second (two for each multiply-add). Includes whatever the clock does under vector load. The best of
/// several short runs.
template <class T>
double peak_flops(int threads);

/// Bytes read and written a second by copying arrays of `bytes`, on `threads` threads at once: from and to
/// memory for large ones, within a cache for those that fit.
double copy_bandwidth(int threads, size_t bytes);

}  // namespace helder::bench
