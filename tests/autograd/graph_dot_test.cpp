#include "autograd/graph_dot.h"

#include <map>
#include <set>

#include "autograd/node.h"
#include "autograd/ops.h"
#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"

using namespace helder;
using helder::testing::check_errors;

namespace {

// The lines of the graph, with the nodes numbered 1, 2, ... in the order in which they were made.
std::set<std::string> lines_of(const Tensor& root) {
  const std::string dot = graph_dot(root);
  const auto each_number = [](const std::string& text, auto&& body) {
    for (size_t i = 0; i < text.size(); ++i) {
      const bool starts = text[i] == 'n' && i + 1 < text.size() && std::isdigit(text[i + 1]) &&
                          (i == 0 || text[i - 1] == ' ');
      if (starts) {
        size_t length = 0;
        const uint64_t number = std::stoull(text.substr(i + 1), &length);
        body(i + 1, number, length);
      }
    }
  };
  std::map<uint64_t, size_t> order;
  each_number(dot, [&](size_t, uint64_t number, size_t) { order[number] = 0; });
  size_t next = 0;
  for (auto& [number, rank] : order) {
    rank = ++next;
  }

  std::set<std::string> lines;
  size_t begin = 0;
  for (size_t end; (end = dot.find('\n', begin)) != std::string::npos; begin = end + 1) {
    std::string line = dot.substr(begin, end - begin);
    std::string renumbered;
    size_t copied = 0;
    each_number(line, [&](size_t at, uint64_t number, size_t length) {
      renumbered += line.substr(copied, at - copied) + std::to_string(order[number]);
      copied = at + length;
    });
    lines.insert(renumbered + line.substr(copied));
  }
  return lines;
}

}  // namespace

TEST_CASE("graph_dot: ops, leaves, what was saved, arrows", "[autograd]") {
  const Tensor a = Tensor(ones({2, 3})).requires_grad_();
  const Tensor b = Tensor(ones({3}, DType::Float64)).requires_grad_();
  const auto lines = lines_of((a.to(DType::Float64) * b).sum());
  CHECK(lines == std::set<std::string>{
                     "digraph graph_of_ops {",
                     "  rankdir=TB;",
                     "  node [fontname=\"sans-serif\"];",
                     R"(  n1 [shape=ellipse, label="leaf\nfloat32 [2,3]"];)",
                     R"(  n2 [shape=box, label="to\nfloat64 [2,3]"];)",
                     R"(  n3 [shape=ellipse, label="leaf\nfloat64 [3]"];)",
                     R"(  n4 [shape=box, label="mul\nfloat64 [2,3]\nsaved a [2,3]\nsaved b [3]"];)",
                     R"(  n5 [shape=box, label="sum\nfloat64 []"];)",
                     "  n1 -> n2;",
                     "  n2 -> n4;",
                     "  n3 -> n4;",
                     "  n4 -> n5;",
                     "}",
                 });
}

TEST_CASE("graph_dot: a node that is used twice is drawn once", "[autograd]") {
  const Tensor x = Tensor(ones({2})).requires_grad_();
  Tensor y = x;
  for (int i = 0; i < 40; ++i) {
    y = y + y;
  }
  const std::string dot = graph_dot(y);
  int boxes = 0, arrows = 0;
  for (size_t at = 0; (at = dot.find("shape=box", at)) != std::string::npos; ++at) {
    ++boxes;
  }
  for (size_t at = 0; (at = dot.find("->", at)) != std::string::npos; ++at) {
    ++arrows;
  }
  CHECK(boxes == 40);
  CHECK(arrows == 80);  // both operands
}

TEST_CASE("graph_dot: after backward nothing is saved any more", "[autograd]") {
  const Tensor x = Tensor(ones({1})).requires_grad_();
  const Tensor y = exp(x);
  CHECK_THAT(graph_dot(y), ContainsSubstring("saved output [1]"));
  y.backward();
  CHECK_THAT(graph_dot(y), !ContainsSubstring("saved"));
}

TEST_CASE("graph_dot: errors", "[autograd]") {
  check_errors({{"graph_dot: nothing was recorded for this tensor", [] { graph_dot(ones({2})); }},
                {"graph_dot: nothing was recorded for this tensor", [] { graph_dot(Tensor()); }}});
}
