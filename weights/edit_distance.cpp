#include "weights/edit_distance.h"

#include <algorithm>
#include <numeric>
#include <vector>

namespace helder {

size_t edit_distance(std::string_view a, std::string_view b) {
  // Row i of the table is the distance from the first i letters of `a` to each beginning of `b`.
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 0; i < a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i + 1;
    for (size_t j = 0; j < b.size(); ++j) {
      const size_t above = row[j + 1];
      row[j + 1] = std::min({above + 1, row[j] + 1, diagonal + (a[i] == b[j] ? 0 : 1)});
      diagonal = above;
    }
  }
  return row.back();
}

}  // namespace helder
