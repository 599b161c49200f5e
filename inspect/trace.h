#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "inspect/recorder.h"

namespace helder {

/// A stretch of time that is no op and no module: a step, the optimiser.
struct TraceSpan {
  std::string name;
  double start = 0, end = 0;  ///< as Recorder::now()
};

/// What a recorder saw as events of Chrome's trace format, JSON, which ui.perfetto.dev and chrome://tracing
/// draw (docs/trace.md). A bar for each span, module and op, the ones in it below it; in the backward pass
/// the modules again, in reverse; and an arrow from each op to its backward. Their arguments hold shapes and
/// bytes.
///
/// Bars lie wholly inside each other or wholly apart. Times are microseconds since the recorder was made.
std::string trace_json(const Recorder& recorder, std::span<const TraceSpan> spans = {});

/// Replaces the file atomically.
void write_trace(const std::filesystem::path& path, const Recorder& recorder,
                 std::span<const TraceSpan> spans = {});

}  // namespace helder
