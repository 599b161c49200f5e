#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace helder::kernels {

/// What a kernel found wrong, in memory that the host reads too.
struct Finding {
  int64_t position = -1;  ///< -1: nothing
  int64_t value = 0;      ///< what is there
};

/// Says what is wrong, without the end of the sentence.
using FindingMessage = std::function<std::string(const Finding&)>;

/// A check of data in a graph: the capture cannot wait for its result, so a kernel of each replay leaves here
/// the first thing that it found, and whoever waits for the GPU next reports it. Belongs to the graph that is
/// being captured; where kernels write.
Finding* defer_check(FindingMessage message);

/// Throws what the kernels of graphs have found, if anything, and forgets it. The GPU has been waited for.
void report_deferred_checks();

}  // namespace helder::kernels
