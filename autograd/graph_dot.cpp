#include "autograd/graph_dot.h"

#include <unordered_set>

#include "autograd/node.h"

namespace helder {
namespace {

std::string label_of(const Node& node) {
  std::string label = fmt::format("{}\\n{} {}", node.name(), name_of(node.dtype()), node.shape().str());
  for (const Saved* saved : node.saved()) {
    if (saved->defined()) {
      label += fmt::format("\\nsaved {} {}", saved->name(), saved->peek().shape().str());
    }
  }
  return label;
}

}  // namespace

std::string graph_dot(const Tensor& root) {
  check(root.defined() && root.requires_grad(), "graph_dot: nothing was recorded for this tensor");
  prepare_leaf(root);
  const AutogradState& state = *root.impl()->autograd;
  const Node* first = state.node ? state.node.get() : state.accumulator.get();

  std::string dot = "digraph graph_of_ops {\n  rankdir=TB;\n  node [fontname=\"sans-serif\"];\n";
  std::vector<const Node*> waiting = {first};
  std::unordered_set<const Node*> seen = {first};
  while (!waiting.empty()) {
    const Node* node = waiting.back();
    waiting.pop_back();
    const bool leaf = dynamic_cast<const AccumulateGrad*>(node) != nullptr;
    dot += fmt::format("  n{} [shape={}, label=\"{}\"];\n", node->sequence(), leaf ? "ellipse" : "box",
                       label_of(*node));
    for (int i = 0; i < node->input_count(); ++i) {
      const Node* input = node->input(i).get();
      if (!input) {
        continue;
      }
      dot += fmt::format("  n{} -> n{};\n", input->sequence(), node->sequence());
      if (seen.insert(input).second) {
        waiting.push_back(input);
      }
    }
  }
  return dot + "}\n";
}

}  // namespace helder
