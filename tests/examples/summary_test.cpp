#include <fstream>
#include <sstream>

#include "tests/catch.h"
#include "tests/examples/run_program.h"
#include "tests/temporary_directory.h"

TEST_CASE("summary: draws the graph of modules for Graphviz", "[examples][summary]") {
  const TemporaryDirectory folder;
  const std::string path = (folder / "net.dot").string();
  const ProgramResult run = run_program(
      "summary", {"--model", "resnet8", "--depth", "1", "--no-times", "--threads", "1", "--dot", path});
  INFO(run.out << run.err);
  REQUIRE(run.exit_code == 0);
  CHECK_THAT(run.out, ContainsSubstring("graph    " + path + "\n"));
  std::ostringstream dot;
  dot << std::ifstream(path).rdbuf();
  CHECK_THAT(dot.str(), StartsWith("digraph recording {\n"));
  CHECK_THAT(dot.str(), ContainsSubstring("[label=\"layer2: Sequential\\n[1,32,14,14]\"];\n"));
  CHECK_THAT(dot.str(), EndsWith("}\n"));
  const ProgramResult wrong =
      run_program("summary", {"--model", "mlp", "--dot", (folder / "no/net.dot").string()});
  CHECK(wrong.exit_code == 1);
  CHECK_THAT(wrong.err, ContainsSubstring("there is no folder"));
  CHECK(wrong.out.empty());
}
