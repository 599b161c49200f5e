#include "inspect/recording_dot.h"

#include <set>
#include <utility>

namespace helder {
namespace {

class Drawing {
 public:
  Drawing(const Recorder& recorder, int depth) : recorder_(recorder), depth_(depth) {}

  std::string text() {
    std::string dot =
        "digraph recording {\n  rankdir=TB;\n  node [shape=box, fontname=\"sans-serif\"];\n"
        "  graph [fontname=\"sans-serif\", color=gray];\n";
    const auto& ops = recorder_.ops();
    size_t op = 0;
    for (size_t call = 0; call < recorder_.calls().size(); ++call) {
      if (recorder_.calls()[call].parent >= 0) {
        continue;
      }
      const CallRecord& outermost = recorder_.calls()[call];
      for (; op < static_cast<size_t>(outermost.first_op); ++op) {
        dot += op_text(static_cast<int>(op), "  ");
      }
      dot += call_text(static_cast<int>(call), "  ");
      op = static_cast<size_t>(outermost.last_op);
    }
    for (; op < ops.size(); ++op) {
      dot += op_text(static_cast<int>(op), "  ");
    }
    return dot + arrows() + "}\n";
  }

 private:
  const CallRecord& call(int index) const { return recorder_.calls()[static_cast<size_t>(index)]; }
  const OpRecord& op(int index) const { return recorder_.ops()[static_cast<size_t>(index)]; }
  bool is_closed(const CallRecord& record) const { return depth_ > 0 && record.depth >= depth_; }

  static std::string title(const CallRecord& record) {
    const std::string description = record.module->describe();
    const std::string kind = description.substr(0, description.find('('));
    std::string title = record.path.empty() ? kind : record.path + ": " + kind;
    for (size_t at = title.find_first_of("\"\\"); at != std::string::npos;
         at = title.find_first_of("\"\\", at + 2)) {
      title.insert(at, 1, '\\');
    }
    return title;
  }

  // A module with its ops and modules in it, in their order; or one box.
  std::string call_text(int index, const std::string& indent) const {
    const CallRecord& record = call(index);
    if (is_closed(record)) {
      return fmt::format("{}call{} [label=\"{}\\n{}\"];\n", indent, index, title(record),
                         record.output.str());
    }
    std::string dot =
        fmt::format("{}subgraph cluster_{} {{\n{}  label=\"{}\";\n", indent, index, indent, title(record));
    int next = record.first_op;
    for (int inner = index + 1; inner < static_cast<int>(recorder_.calls().size()); ++inner) {
      if (call(inner).parent != index) {
        continue;
      }
      for (; next < call(inner).first_op; ++next) {
        dot += op_text(next, indent + "  ");
      }
      dot += call_text(inner, indent + "  ");
      next = call(inner).last_op;
    }
    for (; next < record.last_op; ++next) {
      dot += op_text(next, indent + "  ");
    }
    return dot + indent + "}\n";
  }

  std::string op_text(int index, const std::string& indent) const {
    return fmt::format("{}op{} [label=\"{}\\n{}\"];\n", indent, index, op(index).name,
                       op(index).output.str());
  }

  // The box that an op is in: its own, or that of a module which is not opened.
  std::string box_of(int index) const {
    std::string box = fmt::format("op{}", index);
    for (int c = op(index).call; c >= 0; c = call(c).parent) {
      if (is_closed(call(c))) {
        box = fmt::format("call{}", c);
      }
    }
    return box;
  }

  std::string arrows() const {
    std::string dot;
    std::set<std::pair<std::string, std::string>> drawn;
    bool has_input = false;
    for (int to = 0; to < static_cast<int>(recorder_.ops().size()); ++to) {
      for (const int from : op(to).made_by) {
        if (from == kConstant) {
          continue;
        }
        const std::string tail = from == kInput ? "input" : box_of(from), head = box_of(to);
        has_input = has_input || from == kInput;
        if (tail != head && drawn.emplace(tail, head).second) {
          dot += fmt::format("  {} -> {};\n", tail, head);
        }
      }
    }
    return (has_input ? "  input [shape=ellipse];\n" : "") + dot;
  }

  const Recorder& recorder_;
  int depth_;
};

}  // namespace

std::string recording_dot(const Recorder& recorder, int depth) { return Drawing(recorder, depth).text(); }

}  // namespace helder
