#include "vision/sliding_windows.h"

#include "tests/catch.h"

using namespace helder;

TEST_CASE("sliding_windows: row by row, to the edges", "[vision][windows]") {
  std::vector<std::array<int64_t, 4>> found;
  for (const Window& w : sliding_windows(7, 10, 4, 5, 2, 3)) {
    found.push_back({w.left, w.top, w.width, w.height});
  }
  // Tops 0, 2, and 3 where 4 would reach beyond; lefts 0, 3, and 5.
  std::vector<std::array<int64_t, 4>> expected;
  for (const int64_t top : {0, 2, 3}) {
    for (const int64_t left : {0, 3, 5}) {
      expected.push_back({left, top, 5, 4});
    }
  }
  CHECK(found == expected);
  CHECK(sliding_windows(7, 10, 7, 10, 1, 1).size() == 1);
  CHECK(sliding_windows(7, 10, 3, 4, 1, 1).size() == 5 * 7);  // every place
  CHECK(sliding_windows(9, 9, 3, 3, 3, 3).size() == 9);       // no place twice
}

TEST_CASE("sliding_windows: what does not fit", "[vision][windows]") {
  CHECK_THROWS_WITH(sliding_windows(7, 10, 8, 5, 1, 1),
                    "sliding_windows: a window of 5 x 8 pixels is not in a picture of 10 x 7");
  CHECK_THROWS_WITH(sliding_windows(7, 10, 0, 5, 1, 1),
                    "sliding_windows: a window of 5 x 0 pixels is not in a picture of 10 x 7");
  CHECK_THROWS_WITH(sliding_windows(7, 10, 2, 2, 0, 3),
                    "sliding_windows: steps of 3 and 0 pixels; they must be positive");
}
