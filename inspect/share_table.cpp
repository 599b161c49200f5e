#include "inspect/share_table.h"

#include <algorithm>
#include <cmath>

#include "inspect/html_text.h"
#include "tensor/error.h"

namespace helder {
namespace {

std::string cell(double share) {
  if (!std::isfinite(share)) {
    return "<td></td>";
  }
  return fmt::format("<td style=\"--share:{:.0f}%\">{:.0f}</td>", 80 * std::clamp(share, 0.0, 1.0),
                     100 * share);
}

}  // namespace

std::string share_table_html(const ShareTable& table) {
  check(table.shares.size() == table.rows.size(), "share table: '{}' has {} rows and {} lists of shares",
        table.title, table.rows.size(), table.shares.size());
  std::string html = fmt::format(
      "<section class=\"panel\">\n<h2>{}</h2>\n<p>{}</p>\n<div class=\"wide\"><table "
      "class=\"shares\">\n<tr><th></th>",
      escape_html(table.title), escape_html(table.caption));
  for (const std::string& column : table.columns) {
    html += "<th scope=\"col\">" + escape_html(column) + "</th>";
  }
  html += "</tr>\n";
  for (size_t row = 0; row < table.rows.size(); ++row) {
    check(table.shares[row].size() == table.columns.size(),
          "share table: row '{}' of '{}' has {} shares for {} columns", table.rows[row], table.title,
          table.shares[row].size(), table.columns.size());
    html += "<tr><th scope=\"row\">" + escape_html(table.rows[row]) + "</th>";
    for (const double share : table.shares[row]) {
      html += cell(share);
    }
    html += "</tr>\n";
  }
  return html + "</table></div>\n</section>\n";
}

}  // namespace helder
