#pragma once

#include <string>
#include <vector>

namespace helder {

/// A table of shares, from 0 to 1, on a page of curves: how often rows do what columns ask for.
struct ShareTable {
  std::string title = {};
  std::string caption = {};  ///< a sentence below the title: what rows and columns are
  std::vector<std::string> rows = {};
  std::vector<std::string> columns = {};
  std::vector<std::vector<double>> shares = {};  ///< a list for each row; what is not finite stays empty
};

/// The table as a section of HTML, each cell in percent and the deeper coloured the larger it is. Throws
/// where there are not as many shares as rows and columns.
std::string share_table_html(const ShareTable& table);

}  // namespace helder
