// gdb inside of a CUDA kernel, as docs/simt.md has it.

#include "tensor/cuda_built.h"

#if HELDER_CUDA_SIMT

#include <fstream>
#include <string>

#include "tests/catch.h"
#include "tests/paths.h"
#include "tests/shell.h"

using namespace helder::testing;

namespace {

bool contains(const std::string& text, const std::string& part) { return text.find(part) != text.npos; }

std::string marked_line() {
  std::ifstream file(source_path("tests/kernels/simt/debug_target.cu"));
  std::string text;
  for (int line = 1; std::getline(file, text); ++line) {
    if (text.ends_with("// mark: stop")) {
      return std::to_string(line);
    }
  }
  return "";
}

}  // namespace

TEST_CASE("gdb stops in a CUDA kernel at a chosen thread, and prints its index and shared memory",
          "[cuda][debugger]") {
#if defined(__clang__)
  WARN("skipped: clang++ says nothing of the type of threadIdx, which the library defines, at -g1");
  return;
#endif
  const std::string gdb =
      "ASAN_OPTIONS=detect_leaks=0 OMP_NUM_THREADS=1 gdb -nx -batch -iex 'set debuginfod enabled off' ";
  const std::string program = simt_debug_target_path();
  if (!contains(run_in_shell(gdb + "-ex 'break main' -ex run -ex continue " + program).output,
                "exited normally")) {
    WARN("skipped: gdb cannot run programs here");
    return;
  }
  const std::string output = run_in_shell(gdb + "-ex 'break debug_target.cu:" + marked_line() +
                                          " if threadIdx.x == 5 && blockIdx.x == 1' -ex run " +
                                          "-ex 'print threadIdx' -ex 'print blockIdx' -ex 'print i' -ex 'set "
                                          "print elements 4' -ex 'print *tile.at_' " +
                                          "-ex backtrace -ex delete -ex continue " + program)
                                 .output;
  INFO(output);
  CHECK(contains(output, "$1 = {x = 5, y = 0, z = 0}\n"));
  CHECK(contains(output, "$2 = {x = 1, y = 0, z = 0}\n"));
  CHECK(contains(output, "$3 = 5\n"));
  CHECK(contains(output, "$4 = {32, 33, 34, 35...}\n"));
  CHECK(contains(output, "reverse (x=0x"));
  CHECK(contains(output, "y[0] = 31\n"));
}

#endif
