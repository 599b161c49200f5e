#include <filesystem>
#include <fstream>
#include <string>

#include "tests/catch.h"
#include "tests/paths.h"

// An op that is in autograd/ops.h has a table of cases and PyTorch's numbers.
TEST_CASE("every op has a table of cases", "[ops]") {
  const std::filesystem::path root = helder::testing::source_path("");
  std::ifstream list(root / "autograd/ops.h");
  const std::string start = "#include \"autograd/ops/";
  int ops = 0;
  for (std::string line; std::getline(list, line);) {
    if (line.rfind(start, 0) != 0) {
      continue;
    }
    const std::string name = line.substr(start.size(), line.find(".h\"") - start.size());
    INFO(name);
    CHECK(std::filesystem::exists(root / "tests/ops" / (name + "_test.cpp")));
    if (!name.starts_with("drop")) {  // their numbers are random
      CHECK(std::filesystem::exists(root / "tests/fixtures/ops" / (name + ".safetensors")));
    }
    ++ops;
  }
  CHECK(ops > 50);
}
