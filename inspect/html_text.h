#pragma once

#include <string>
#include <string_view>

namespace helder {

/// Text as it stands in HTML, in an attribute too: `a < b` becomes `a &lt; b`.
std::string escape_html(std::string_view text);

}  // namespace helder
