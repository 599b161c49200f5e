#include "autograd/ops/einsum_equation.h"

#include <algorithm>
#include <cctype>

namespace helder {
namespace {

constexpr Label kEllipsis = 128;  // the last dimension of `...`; the one before it is 129, and so on
constexpr Label kLabels = kEllipsis + kMaxRank;

std::string name_of_label(Label label) {
  return label >= kEllipsis ? "..." : std::string(1, static_cast<char>(label));
}

// One side of a comma, or what follows the arrow, letter by letter; kEllipsis stands for `...`.
Labels parse_term(std::string_view equation, size_t begin, size_t end) {
  Labels labels;
  for (size_t i = begin; i < end; ++i) {
    const char c = equation[i];
    if (c == ' ') {
      continue;
    }
    if (std::isalpha(static_cast<unsigned char>(c))) {
      labels.push_back(c);
      continue;
    }
    check(equation.substr(i, std::min<size_t>(3, end - i)) == "...",
          "einsum: '{}' at position {} of '{}' is neither a letter nor part of '...', ',' or '->'", c, i,
          equation);
    check(!contains(labels, kEllipsis), "einsum: a second '...' for the same tensor at position {} of '{}'",
          i, equation);
    labels.push_back(kEllipsis);
    i += 2;
  }
  return labels;
}

// `term` with as many labels in the place of `...` as it stands for.
Labels with_ellipsis(const Labels& term, int dimensions) {
  Labels labels;
  for (Label label : term) {
    for (int d = dimensions - 1; label == kEllipsis && d >= 0; --d) {
      labels.push_back(kEllipsis + d);
    }
    if (label != kEllipsis) {
      labels.push_back(label);
    }
  }
  return labels;
}

}  // namespace

bool contains(const Labels& labels, Label label) {
  return std::find(labels.begin(), labels.end(), label) != labels.end();
}

EinsumEquation::EinsumEquation(std::string_view equation, const std::vector<Shape>& shapes)
    : sizes_(kLabels, -1) {
  const size_t arrow = equation.find("->");
  const bool has_output = arrow != std::string_view::npos;
  const size_t inputs_end = has_output ? arrow : equation.size();

  std::vector<Labels> terms;
  for (size_t begin = 0; begin <= inputs_end;) {
    const size_t end = std::min(equation.find(',', begin), inputs_end);
    terms.push_back(parse_term(equation, begin, end));
    begin = end + 1;
  }
  check(terms.size() == shapes.size(), "einsum: '{}' names {} operands, but {} were given", equation,
        terms.size(), shapes.size());

  int widest = 0;  // the most dimensions that a `...` stands for
  for (size_t i = 0; i < terms.size(); ++i) {
    const bool open = contains(terms[i], kEllipsis);
    const int letters = static_cast<int>(terms[i].size()) - (open ? 1 : 0);
    const int rest = shapes[i].rank() - letters;
    check(open ? rest >= 0 : rest == 0,
          "einsum: operand {} of '{}' names {}{} dimensions, but its shape is {}", i, equation,
          open ? "at least " : "", letters, shapes[i]);
    widest = std::max(widest, open ? rest : 0);
    operands.push_back(with_ellipsis(terms[i], rest));
    note_sizes(equation, i, shapes[i]);
  }

  if (has_output) {
    output = with_ellipsis(parse_term(equation, arrow + 2, equation.size()), widest);
    for (Label label : output) {
      check(size_of(label) >= 0, "einsum: output subscript '{}' is in no operand of '{}'",
            name_of_label(label), equation);
      check(std::count(output.begin(), output.end(), label) == 1,
            "einsum: output subscript '{}' appears more than once in the output of '{}'",
            name_of_label(label), equation);
    }
    return;
  }
  output = with_ellipsis({kEllipsis}, widest);
  for (Label letter = 0; letter < kEllipsis; ++letter) {
    int64_t uses = 0;
    for (const Labels& term : terms) {
      uses += std::count(term.begin(), term.end(), letter);
    }
    if (uses == 1) {
      output.push_back(letter);
    }
  }
}

void EinsumEquation::note_sizes(std::string_view equation, size_t operand, const Shape& shape) {
  const Labels& labels = operands[operand];
  for (size_t d = 0; d < labels.size(); ++d) {
    const int64_t size = shape[static_cast<int>(d)];
    for (size_t before = 0; before < d; ++before) {
      check(labels[before] != labels[d] || shape[static_cast<int>(before)] == size,
            "einsum: subscript '{}' is twice in operand {} of '{}', but with sizes {} and {} (operand {} is "
            "{})",
            name_of_label(labels[d]), operand, equation, shape[static_cast<int>(before)], size, operand,
            shape);
    }
    int64_t& known = sizes_[static_cast<size_t>(labels[d])];
    check(known == size || known == 1 || size == 1 || known < 0,
          "einsum: subscript '{}' has size {} in operand {} of '{}', but {} before (operand {} is {})",
          name_of_label(labels[d]), size, operand, equation, known, operand, shape);
    known = known < 0 || known == 1 ? size : known;
  }
}

}  // namespace helder
