#include "weights/misfit.h"

#include <algorithm>
#include <array>
#include <limits>

#include "weights/edit_distance.h"

namespace helder {
namespace {

constexpr size_t kMostRows = 20;      // of one kind
constexpr size_t kOtherShape = 10;    // letters that another shape weighs
constexpr size_t kMostLetters = 200;  // of a name that are compared; a file's may be of any length

using Row = std::array<std::string, 5>;

std::string nearest(const std::string& name, const Shape& shape, const std::vector<NamedShape>& candidates) {
  const NamedShape* best = nullptr;
  size_t least = std::numeric_limits<size_t>::max();
  for (const NamedShape& candidate : candidates) {
    const size_t distance =
        edit_distance(name.substr(0, kMostLetters), candidate.name.substr(0, kMostLetters)) +
        (candidate.shape == shape ? 0 : kOtherShape);
    if (distance < least) {
      least = distance;
      best = &candidate;
    }
  }
  return best ? fmt::format("{} {}", best->name, best->shape) : "-";
}

// The rows of one kind, cut short.
template <class List, class MakeRow>
void add_rows(std::vector<Row>& rows, const char* kind, const List& list, MakeRow&& make_row) {
  for (size_t i = 0; i < std::min(list.size(), kMostRows); ++i) {
    rows.push_back(make_row(list[i]));
  }
  if (list.size() > kMostRows) {
    rows.push_back({kind, fmt::format("... and {} more", list.size() - kMostRows), "", "", ""});
  }
}

}  // namespace

std::string Misfit::table() const {
  // A mis-shaped tensor may be another one under its name; what the file holds under it may be wanted
  // elsewhere.
  std::vector<NamedShape> wanted = missing;
  for (const MisShaped& tensor : mis_shaped) {
    wanted.push_back({tensor.name, tensor.wanted});
  }
  std::vector<Row> rows = {{"", "tensor", "model", "file", "nearest"}};
  add_rows(rows, "missing", missing, [&](const NamedShape& tensor) {
    return Row{"missing", tensor.name, tensor.shape.str(), "-",
               nearest(tensor.name, tensor.shape, unexpected)};
  });
  add_rows(rows, "mis-shaped", mis_shaped, [&](const MisShaped& tensor) {
    return Row{"mis-shaped", tensor.name, tensor.wanted.str(), tensor.found.str(),
               nearest(tensor.name, tensor.wanted, unexpected)};
  });
  add_rows(rows, "unexpected", unexpected, [&](const NamedShape& tensor) {
    return Row{"unexpected", tensor.name, "-", tensor.shape.str(),
               nearest(tensor.name, tensor.shape, wanted)};
  });

  std::array<size_t, 5> widths{};
  for (const Row& row : rows) {
    for (size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], row[i].size());
    }
  }
  std::string text;
  for (const Row& row : rows) {
    std::string line = " ";
    for (size_t i = 0; i < row.size(); ++i) {
      line += fmt::format(" {:<{}} ", row[i], widths[i]);
    }
    text += "\n" + line.substr(0, line.find_last_not_of(' ') + 1);
  }
  return text;
}

}  // namespace helder
