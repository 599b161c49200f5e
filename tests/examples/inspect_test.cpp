#include "data/image.h"
#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/examples/json_of.h"
#include "tests/examples/run_program.h"
#include "tests/temporary_directory.h"

using namespace helder;

TEST_CASE("inspect --trace writes a time line of one pass", "[examples]") {
  const TemporaryDirectory folder;
  save_png(folder / "picture.png", full({3, 28, 28}, 100, DType::UInt8));
  for (const bool backward : {false, true}) {
    std::vector<std::string> flags = {"--model",   "lenet",
                                      "--image",   folder / "picture.png",
                                      "--out",     folder / "page.html",
                                      "--trace",   folder / "trace.json",
                                      "--threads", "1"};
    if (backward) {
      flags.push_back("--backward");
    }
    const auto run = run_program("inspect", flags);
    INFO(run.out << run.err);
    REQUIRE(run.exit_code == 0);
    const auto trace = json_of(folder / "trace.json");
    std::map<std::string, int> bars;
    for (const auto& event : trace.at("traceEvents")) {
      ++bars[event.value("cat", "")];
    }
    CHECK(bars["module"] == 6);
    CHECK(bars["op"] == (backward ? 13 : 12));
    CHECK(bars["op backward"] == (backward ? 13 : 0));
  }
}
