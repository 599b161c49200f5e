#pragma once

#include <functional>
#include <string>

namespace helder::bench {

/// What a row computes each time, to hold its time against the machine's ceiling: the higher of two, where
/// both are given.
struct Work {
  double flops = 0;  ///< a multiply-add counts twice; the ceiling is the measured multiply-add peak
  double bytes = 0;  ///< that must be read and written at least; the ceiling is copying as many
};

using Step = std::function<void()>;

/// Registers a row `NAME/threads:THREADS` of helder_bench. `prepare` makes the operands when the row's turn
/// has come, and returns what is timed.
///
/// It runs as often as gives a steady time, or `iterations` times when that is given, and once more before
/// the clock starts.
///
/// Names are OP/WHO/SIZES/PASS. WHO is `helder`, a peer that is linked in, or a rung of a ladder; the scripts
/// in benchmarks/peers/ find Helder's rows, and their own, by name.
void add_row(const std::string& name, int threads, const Work& work, std::function<Step()> prepare,
             int iterations = 0);

}  // namespace helder::bench
