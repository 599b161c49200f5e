#include <fstream>
#include <nlohmann/json.hpp>

#include "data/image.h"
#include "tests/catch.h"
#include "tests/examples/run_program.h"
#include "tests/paths.h"
#include "tests/temporary_directory.h"

using namespace helder;

namespace {

// By tests/fixtures/generate_detection_metrics.py.
std::string fixture(const std::string& name) {
  return testing::source_path("tests/fixtures/detection_metrics/" + name + ".json");
}

}  // namespace

TEST_CASE("detection_metrics: prints, draws and writes what pycocotools finds", "[examples][metrics]") {
  const TemporaryDirectory folder;
  const ProgramResult run = run_program(
      "detection_metrics",
      {fixture("truth"), fixture("detections"), "--json", folder / "r.json", "--picture", folder / "p.png"});
  INFO(run.out << run.err);
  REQUIRE(run.exit_code == 0);
  std::ifstream results_file(folder / "r.json"), expected_file(fixture("expected"));
  const auto results = nlohmann::json::parse(results_file), expected = nlohmann::json::parse(expected_file);
  const std::vector<std::string> keys = {"ap",  "ap50", "ap75",  "ap_small", "ap_medium", "ap_large",
                                         "ar1", "ar10", "ar100", "ar_small", "ar_medium", "ar_large"};
  for (size_t i = 0; i < keys.size(); ++i) {
    INFO(keys[i]);
    CHECK(results.at(keys[i]).get<double>() == Approx(expected.at("stats")[i].get<double>()).margin(1e-9));
  }
  CHECK(results.at("classes").size() == 4);  // the one that is never there is left out
  CHECK_THAT(run.out, ContainsSubstring("AP   IoU .50 to .95                      0.142") &&
                          ContainsSubstring("\ncat ") && ContainsSubstring("(nothing)"));
  CHECK(load_image(folder / "p.png").shape() == Shape{3, 420, 560});
}

TEST_CASE("detection_metrics: names what is wrong", "[examples][metrics]") {
  const ProgramResult absent = run_program("detection_metrics", {"/no/such.json", fixture("detections")});
  CHECK(absent.exit_code == 1);
  CHECK(absent.err == "detection_metrics: coco: /no/such.json: No such file or directory\n");
  const ProgramResult swapped = run_program("detection_metrics", {fixture("detections"), fixture("truth")});
  CHECK(swapped.err == "detection_metrics: coco: " + fixture("detections") + ": 'images' is missing\n");
}
