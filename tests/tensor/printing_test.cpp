#include "tensor/printing.h"

#include <sstream>

#include "tensor/factories.h"
#include "tensor/views.h"
#include "tests/catch.h"
#include "tests/tensor/json_fixture.h"

using namespace helder;

namespace {

Tensor take_view(const Tensor& x, const nlohmann::json& view) {
  const std::string name = view.at(0);
  if (name == "transpose") {
    return views::transpose(x, view.at(1), view.at(2));
  }
  if (name == "slice") {
    const auto bound = [](const nlohmann::json& value) {
      return value.is_null() ? std::nullopt : std::optional<int64_t>(value.get<int64_t>());
    };
    return views::slice(x, view.at(1), bound(view.at(2)), bound(view.at(3)), view.at(4));
  }
  if (name == "select") {
    return views::select(x, view.at(1), view.at(2));
  }
  REQUIRE(name == "expand");
  return views::expand(x, shape_of_json(view.at(1)));
}

PrintOptions options_of(const nlohmann::json& given) {
  PrintOptions options;
  options.precision = given.value("precision", options.precision);
  options.threshold = given.value("threshold", options.threshold);
  options.edge_items = given.value("edge_items", options.edge_items);
  options.line_width = given.value("line_width", options.line_width);
  return options;
}

}  // namespace

TEST_CASE("tensors print as NumPy prints them") {
  const nlohmann::json cases = read_json_fixture("printing.json");
  REQUIRE(cases.size() > 300);
  for (const auto& c : cases) {
    Tensor x = tensor_of_json(c);
    for (const auto& view : c.value("views", nlohmann::json::array())) {
      x = take_view(x, view);
    }
    std::string expected;
    for (const std::string line : c.at("text")) {
      expected += (expected.empty() ? "" : "\n") + line;
    }
    INFO(c.at("dtype").get<std::string>() << ": " << c.at("name").get<std::string>());
    CHECK(format_tensor(x, options_of(c.value("options", nlohmann::json::object()))) == expected);
  }
}

TEST_CASE("str and << print with the default options") {
  const Tensor x = tensor<float>({0.5f, 1, -2});
  CHECK(x.str() == "[ 0.5  1.  -2. ]");
  std::ostringstream out;
  out << x << '\n' << Tensor();
  CHECK(out.str() == "[ 0.5  1.  -2. ]\nundefined tensor");
}

TEST_CASE("impossible print options are refused") {
  const Tensor x = ones({3});
  CHECK_THROWS_WITH(format_tensor(x, {.precision = -1}),
                    "format_tensor: expected precision >= 0 and edge_items >= 1, got -1 and 3");
  CHECK_THROWS_WITH(format_tensor(x, {.edge_items = 0}),
                    "format_tensor: expected precision >= 0 and edge_items >= 1, got 8 and 0");
}
