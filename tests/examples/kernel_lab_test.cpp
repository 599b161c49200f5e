#include "tensor/cuda_memory.h"
#include "tests/catch.h"
#include "tests/examples/run_program.h"

TEST_CASE("kernel_lab: every rung computes the product, at a size that fits no tile", "[examples]") {
  std::vector<std::string> devices = {"cpu"};
  if (helder::cuda::is_available()) {
    devices.push_back("cuda");
  }
  for (const std::string& device : devices) {
    const ProgramResult run = run_program("kernel_lab", {"matmul", "--size", "33", "--device", device});
    INFO(run.out << run.err);
    CHECK(run.exit_code == 0);
    CHECK_THAT(run.out, ContainsSubstring("01  naive"));
    CHECK_THAT(run.out, ContainsSubstring(device == "cpu" ? "07  threads" : "08  matrix units, bfloat16"));
    CHECK_THAT(run.out, !ContainsSubstring("wrong"));
  }
}

TEST_CASE("kernel_lab: a rung by itself, and one that is not there", "[examples]") {
  const ProgramResult third = run_program("kernel_lab", {"matmul", "3", "--size", "20"});
  CHECK(third.exit_code == 0);
  CHECK_THAT(third.out, ContainsSubstring("03  cache blocking"));
  CHECK_THAT(third.out, !ContainsSubstring("loop order"));

  const ProgramResult eighth = run_program("kernel_lab", {"matmul", "8"});
  CHECK(eighth.exit_code == 1);
  CHECK(eighth.err == "kernel_lab: matmul has rungs 1 to 7 on cpu, got 8\n");
}
