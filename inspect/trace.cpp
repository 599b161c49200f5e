#include "inspect/trace.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "tensor/atomic_file.h"

namespace helder {
namespace {

using Json = nlohmann::json;

constexpr int kProcess = 1, kThread = 1;  // one observer, one thread

// Whole nanoseconds, so that rounding moves no bar out of the one that it lies in.
double nanoseconds(double seconds) { return std::round(seconds * 1e9); }

class Trace {
 public:
  explicit Trace(const Recorder& recorder) : recorder_(recorder) {
    add("process_name", "M")["args"] = {{"name", "helder"}};
    add("thread_name", "M")["args"] = {{"name", "modules and ops"}};
  }

  // A bar stands in the file before those in it: where one is as long as the other, viewers go by that.
  void add_bar(const char* category, const std::string& name, double start, double end, Json arguments) {
    Json& bar = add(name, "X");
    bar["cat"] = category;
    bar["ts"] = nanoseconds(start) / 1e3;
    bar["dur"] = (nanoseconds(end) - nanoseconds(start)) / 1e3;
    bar["args"] = std::move(arguments);
  }

  // One whose end is not known yet; to be set by its number.
  size_t begin_bar(const char* category, const std::string& name, double start, Json arguments) {
    add_bar(category, name, start, start, std::move(arguments));
    return events_.size() - 1;
  }
  void end_bar(size_t bar, double start, double end) {
    events_[bar]["dur"] = (nanoseconds(end) - nanoseconds(start)) / 1e3;
  }

  // From the end of an op's bar to the beginning of its backward's: `s` and `f` of one id.
  void add_arrow(size_t op, double from, double to) {
    for (const bool begins : {true, false}) {
      Json& end = add("backward", begins ? "s" : "f");
      end["cat"] = "backward";
      end["id"] = op;
      // Perfetto looks for the bar around this time.
      end["ts"] = (nanoseconds(begins ? from : to)) / 1e3;
      if (!begins) {
        end["bp"] = "e";
      }
    }
  }

  std::string name_of(const CallRecord& call) const {
    return call.path.empty() ? call.module->describe() : call.path;
  }

  const CallRecord& call(int index) const { return recorder_.calls()[static_cast<size_t>(index)]; }

  std::string text() const {
    return Json{{"displayTimeUnit", "ms"}, {"traceEvents", events_}}.dump(-1, ' ', false,
                                                                          Json::error_handler_t::replace) +
           "\n";
  }

 private:
  Json& add(const std::string& name, const char* phase) {
    return events_.emplace_back(
        Json{{"name", name}, {"ph", phase}, {"pid", kProcess}, {"tid", kThread}, {"ts", 0}});
  }

  const Recorder& recorder_;
  Json events_ = Json::array();
};

Json shapes_of(const std::vector<Shape>& shapes) {
  Json list = Json::array();
  for (const Shape& shape : shapes) {
    list.push_back(shape.str());
  }
  return list;
}

// An op's time begins where the last event was, which for an op outside of all modules may have been before
// the span that it is in.
double start_of(const OpRecord& op, std::span<const TraceSpan> spans) {
  const double end = op.start + op.seconds;
  double start = op.start;
  for (const TraceSpan& span : spans) {
    if (span.start <= end && end <= span.end) {
      start = std::max(start, span.start);
    }
  }
  return start;
}

void add_forward(Trace& trace, const Recorder& recorder, std::span<const TraceSpan> spans) {
  for (const CallRecord& call : recorder.calls()) {
    trace.add_bar("module", trace.name_of(call), call.start, call.start + call.seconds,
                  {{"module", call.module->describe()},
                   {"inputs", shapes_of(call.inputs)},
                   {"output", call.output.str()}});
  }
  for (const OpRecord& op : recorder.ops()) {
    int64_t saved = 0;
    for (const SavedRecord& record : op.saved) {
      saved += record.bytes;
    }
    trace.add_bar("op", op.name, start_of(op, spans), op.start + op.seconds,
                  {{"inputs", shapes_of(op.inputs)},
                   {"output", op.output.str()},
                   {"dtype", std::string(name_of(op.dtype))},
                   {"bytes", op.bytes},
                   {"saved bytes", saved}});
  }
}

// The modules that an op is in, outermost first.
std::vector<int> calls_around(const Trace& trace, int call) {
  std::vector<int> calls;
  for (; call >= 0; call = trace.call(call).parent) {
    calls.push_back(call);
  }
  std::reverse(calls.begin(), calls.end());
  return calls;
}

// The engine knows of ops only. The modules' bars in the backward pass go from their first op to their last.
void add_backward(Trace& trace, const Recorder& recorder) {
  const std::vector<OpRecord>& ops = recorder.ops();
  std::vector<size_t> order;  // as the engine came by
  for (size_t i = 0; i < ops.size(); ++i) {
    if (ops[i].gradient_bytes > 0) {
      order.push_back(i);
    }
  }
  std::sort(order.begin(), order.end(),
            [&](size_t a, size_t b) { return ops[a].backward_start < ops[b].backward_start; });

  struct Open {
    int call;
    double start;
    size_t bar;
  };
  std::vector<Open> open;  // outermost first
  double last = 0;
  const auto close_down_to = [&](size_t count) {
    for (; open.size() > count; open.pop_back()) {
      trace.end_bar(open.back().bar, open.back().start, last);
    }
  };
  for (const size_t i : order) {
    const OpRecord& op = ops[i];
    const std::vector<int> calls = calls_around(trace, op.call);
    size_t common = 0;
    while (common < std::min(calls.size(), open.size()) && open[common].call == calls[common]) {
      ++common;
    }
    close_down_to(common);
    for (size_t level = common; level < calls.size(); ++level) {
      const CallRecord& call = trace.call(calls[level]);
      open.push_back({calls[level], op.backward_start,
                      trace.begin_bar("module backward", trace.name_of(call), op.backward_start,
                                      {{"module", call.module->describe()}})});
    }
    last = op.backward_start + op.backward_seconds;
    trace.add_bar("op backward", op.name, op.backward_start, last,
                  {{"gradient", op.output.str()}, {"gradient bytes", op.gradient_bytes}});
    trace.add_arrow(i, op.start + op.seconds / 2, op.backward_start);
  }
  close_down_to(0);
}

}  // namespace

std::string trace_json(const Recorder& recorder, std::span<const TraceSpan> spans) {
  Trace trace(recorder);
  for (const TraceSpan& span : spans) {
    trace.add_bar("step", span.name, span.start, span.end, Json::object());
  }
  add_forward(trace, recorder, spans);
  add_backward(trace, recorder);
  return trace.text();
}

void write_trace(const std::filesystem::path& path, const Recorder& recorder,
                 std::span<const TraceSpan> spans) {
  const std::string text = trace_json(recorder, spans);
  AtomicFile file(path);
  file.write(std::as_bytes(std::span(text)));
  file.commit();
}

}  // namespace helder
