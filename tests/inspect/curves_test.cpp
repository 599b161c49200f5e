#include "inspect/curves.h"

#include <cmath>
#include <limits>

#include "inspect/axis.h"
#include "tensor/error.h"
#include "tests/catch.h"
#include "tests/temporary_directory.h"

using namespace helder;

namespace {

const double kNan = std::numeric_limits<double>::quiet_NaN();

/// What is between two texts that stand once, in this order.
std::string between(const std::string& text, const std::string& before, const std::string& after) {
  const size_t start = text.find(before);
  REQUIRE(start != text.npos);
  const size_t end = text.find(after, start + before.size());
  REQUIRE(end != text.npos);
  return text.substr(start + before.size(), end - start - before.size());
}

size_t count(const std::string& text, const std::string& part) {
  size_t n = 0;
  for (size_t at = text.find(part); at != text.npos; at = text.find(part, at + 1)) {
    ++n;
  }
  return n;
}

CurvesPage page_of(std::vector<Curve> curves) {
  return {.title = "a run",
          .facts = {},
          .panels = {{.title = "Loss", .x_label = "epoch", .unit = "", .curves = curves}}};
}

}  // namespace

TEST_CASE("ticks are round numbers", "[inspect][curves]") {
  const Axis axis = make_axis({.low = 0.03, .high = 2.41, .round_ends = true}, 6, 200, 0);
  CHECK(axis.ticks == std::vector<double>{0, 0.5, 1, 1.5, 2, 2.5});
  CHECK(axis.label(1) == "1.0");
  CHECK(axis.position(2.5) == Approx(0));
  CHECK(axis.position(1.25) == Approx(100));

  CHECK(make_axis({.low = 1, .high = 3, .whole_numbers = true}, 8, 0, 1).ticks ==
        std::vector<double>{1, 2, 3});
  CHECK(make_axis({.low = 1, .high = 1407, .whole_numbers = true}, 8, 0, 1).ticks ==
        std::vector<double>{200, 400, 600, 800, 1000, 1200, 1400});
  CHECK(make_axis({.low = 7, .high = 7, .whole_numbers = true}, 8, 0, 1).ticks == std::vector<double>{7});
}

TEST_CASE("ticks of a logarithmic axis are powers of ten", "[inspect][curves]") {
  const Axis axis = make_log_axis(3e-5, 0.7, 6, 200, 0);
  CHECK(axis.low == Approx(1e-5));
  CHECK(axis.high == Approx(1));
  REQUIRE(axis.ticks.size() == 6);
  CHECK(axis.label(axis.ticks[1]) == "0.0001");
  CHECK(axis.position(1e-5) == Approx(200));
  CHECK(axis.position(1) == Approx(0));
  CHECK(axis.position(1e-2) == Approx(80));
  CHECK_FALSE(std::isfinite(axis.position(0)));

  const Axis wide = make_log_axis(1e-30, 1, 6, 0, 1);
  CHECK(wide.ticks.size() == 7);
  CHECK(wide.label(wide.ticks[0]) == "1e-30");
  CHECK(make_log_axis(5, 5, 6, 0, 1).ticks.size() == 2);
  CHECK(make_log_axis(10, 10, 6, 0, 1).ticks.size() == 2);
}

TEST_CASE("a logarithmic panel leaves a gap where there is no logarithm", "[inspect][curves]") {
  CurvesPage page = page_of({{.name = "a", .x = {1, 2, 3, 4, 5}, .y = {1e-8, 1e-4, 0, 1e-4, 1}}});
  page.panels[0].log_y = true;
  const std::string html = curves_html(page);
  const std::string path = between(html, "<path class=\"curve c0\" d=\"", "\"");
  CHECK(count(path, "M") == 2);
  CHECK(count(path, "L") == 2);
}

TEST_CASE("any range gets a few ticks that lie in it", "[inspect][curves]") {
  for (int exponent = -12; exponent <= 12; ++exponent) {
    for (double high : {1.0, 1.7, 2.0, 3.14, 5.0, 9.99}) {
      for (double low : {-7.0, 0.0, 0.9}) {
        const double unit = std::pow(10, exponent);
        const Axis axis = make_axis({.low = low * unit, .high = high * unit, .round_ends = true}, 6, 0, 1);
        CAPTURE(low, high, exponent);
        CHECK(axis.ticks.size() >= 3);
        CHECK(axis.ticks.size() <= 9);
        CHECK(axis.low <= low * unit * (low < 0 ? 1 - 1e-9 : 1 + 1e-9));
        CHECK(axis.high >= high * unit * (1 - 1e-9));
        CHECK(axis.label(axis.ticks[0]) != axis.label(axis.ticks[1]));
      }
    }
  }
}

TEST_CASE("smoothing starts at the first value and halves by half lives", "[inspect][curves]") {
  CHECK(smooth({3, 3, 3}, 5) == std::vector<double>{3, 3, 3});
  const std::vector<double> step = smooth({0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, 1);
  CHECK(step.back() == Approx(0.5).epsilon(1e-3));
  CHECK(smooth({2, kNan, 2}, 1) == std::vector<double>{2, 2, 2});
  CHECK_THROWS_WITH(smooth({1}, 0), "smooth: expected half_life > 0, got 0");
}

TEST_CASE("the page has all curves, as lines, dots and numbers", "[inspect][curves]") {
  const std::string html =
      curves_html(page_of({{.name = "train", .x = {1, 2, 3}, .y = {1, 0.5, 0.25}, .faint = true},
                           {.name = "test", .x = {1, 3}, .y = {0.8, 0}}}));
  CHECK(count(html, "<path class=\"curve ") == 2);
  CHECK(count(html, "<path class=\"points ") == 2);
  CHECK_THAT(html, ContainsSubstring("data-x=\"[1,2,3]\" data-y=\"[1,0.5,0.25]\""));
  CHECK_THAT(html,
             ContainsSubstring("<path class=\"curve c0 faint\" d=\"M70.0 12.0L266.0 124.0L462.0 180.0\""));
  CHECK_THAT(html, ContainsSubstring("<path class=\"curve c0\" d=\"M70.0 56.8L462.0 236.0\""));
  CHECK(between(html, "<title id=\"t0\">", "</title>") == "Loss");
  CHECK(between(html, "<desc id=\"d0\">", "</desc>") ==
        "train: 1 at epoch 1, 0.25 at 3; between 0.25 and 1. test: 0.8 at epoch 1, 0 at 3; between 0 and "
        "0.8. ");
}

TEST_CASE("a value that is not finite interrupts its curve", "[inspect][curves]") {
  const std::string html =
      curves_html(page_of({{.name = "a", .x = {1, 2, 3, 4, 5}, .y = {0, 1, kNan, 1, 0}}}));
  CHECK(between(html, "<path class=\"curve c0\" d=\"", "\"") ==
        "M70.0 236.0L168.0 12.0M364.0 12.0L462.0 236.0");
  CHECK_THAT(html, ContainsSubstring("data-y=\"[0,1,null,1,0]\""));
  CHECK_THAT(curves_html(page_of({{.name = "a", .x = {1}, .y = {kNan}}})),
             ContainsSubstring("<p>No values.</p>"));
  CHECK_THAT(curves_html(page_of({})), ContainsSubstring("<p>No values.</p>"));
}

TEST_CASE("a long curve is thinned and keeps its spikes", "[inspect][curves]") {
  Curve curve{.name = "loss", .x = {}, .y = {}};
  for (int i = 0; i < 100000; ++i) {
    curve.x.push_back(i);
    curve.y.push_back(i == 77777 ? 5 : 1 + 1e-3 * (i % 7));
  }
  const std::string html = curves_html(page_of({curve}));
  CHECK(html.size() < 60000);
  const std::string xs = between(html, "data-x=\"[", "]");
  CHECK(count(xs, ",") < 800);
  CHECK_THAT("," + xs + ",", ContainsSubstring(",77777,"));
  CHECK(count(html, "<path class=\"points ") == 0);
}

TEST_CASE("all text on the page is escaped", "[inspect][curves]") {
  const std::string evil = "<script>alert('x' & \"y\")</script>";
  const std::string safe = "&lt;script&gt;alert(&#39;x&#39; &amp; &quot;y&quot;)&lt;/script&gt;";
  const std::string html = curves_html({.title = evil,
                                        .facts = {{evil, evil}},
                                        .panels = {{.title = evil,
                                                    .x_label = evil,
                                                    .unit = evil,
                                                    .curves = {{.name = evil, .x = {1, 2}, .y = {1, 2}}}}}});
  CHECK(count(html, evil) == 0);
  CHECK(count(html, "<script>") == 1);  // the page's own
  CHECK(count(html, safe) > 8);
}

TEST_CASE("the page asks for nothing from outside", "[inspect][curves]") {
  const std::string html = curves_html(page_of({{.name = "a", .x = {1, 2}, .y = {1, 2}}}));
  for (const char* outside : {"http:", "https:", "//", "@import", "url("}) {
    CAPTURE(outside);
    CHECK(count(html, outside) == 0);
  }
  CHECK_THAT(html, ContainsSubstring("default-src 'none'"));
  CHECK_THAT(html, StartsWith("<!DOCTYPE html>\n<html lang=\"en\">"));
  CHECK_THAT(html, EndsWith("</html>\n"));
}

TEST_CASE("curves are written as a whole, and errors lose nothing", "[inspect][curves]") {
  const TemporaryDirectory directory;
  const CurvesPage page = page_of({{.name = "a", .x = {1, 2}, .y = {1, 2}}});
  write_curves_html(directory / "run.html", page);
  CHECK(read_file(directory / "run.html") == curves_html(page));

  const CurvesPage uneven = page_of({{.name = "a", .x = {1, 2, 3}, .y = {1, 2}}});
  CHECK_THROWS_WITH(write_curves_html(directory / "run.html", uneven), "curves: 'a' has 3 x for 2 y");
  CHECK(read_file(directory / "run.html") == curves_html(page));
  CHECK(directory.names() == std::vector<std::string>{"run.html"});
  CHECK_THROWS_AS(write_curves_html(directory / "nowhere" / "run.html", page), Error);
}

TEST_CASE("a page has tables of shares after its panels", "[inspect][curves]") {
  CurvesPage page = page_of({{.name = "train", .x = {1, 2}, .y = {1, 2}}});
  page.tables = {{.title = "cats & dogs",
                  .caption = "rows: what it was",
                  .rows = {"cat", "<dog>"},
                  .columns = {"cat", "dog"},
                  .shares = {{kNan, 0.254}, {1, 0}}}};
  const std::string html = curves_html(page);
  CHECK(html.find("cats &amp; dogs") > html.find("</svg>"));
  const std::string table = between(html, "<table class=\"shares\">", "</table>");
  CHECK(count(table, "<tr>") == 3);
  CHECK(count(table, "<th scope=\"row\">&lt;dog&gt;</th>") == 1);
  CHECK(count(table, "<td></td>") == 1);
  CHECK(count(table, "<td style=\"--share:20%\">25</td>") == 1);
  CHECK(count(table, "<td style=\"--share:80%\">100</td>") == 1);

  page.tables[0].shares[1] = {1};
  CHECK_THROWS_WITH(curves_html(page),
                    "share table: row '<dog>' of 'cats & dogs' has 1 shares for 2 columns");
  page.tables[0].shares.pop_back();
  CHECK_THROWS_WITH(curves_html(page), "share table: 'cats & dogs' has 2 rows and 1 lists of shares");
}
