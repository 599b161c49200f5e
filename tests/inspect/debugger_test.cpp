// Runs gdb and lldb as a person would, and looks for what they have to show.

#include <string>
#include <vector>

#include "tests/catch.h"
#include "tests/paths.h"
#include "tests/sanitizer.h"
#include "tests/shell.h"

namespace {

using helder::testing::debug_target_path;
using helder::testing::run_in_shell;
using helder::testing::ShellResult;
using helder::testing::source_path;

bool contains(const std::string& text, const std::string& part) { return text.find(part) != text.npos; }

/// A debugger with the flags that make it run commands and leave.
struct Debugger {
  std::string start;  // the program and its flags
  std::string flag;   // before each command
  std::string load;   // the command that loads the printers

  ShellResult operator()(const std::vector<std::string>& commands, const std::string& program = "") const {
    std::string line = start;
    for (const std::string& command : commands) {
      line += " " + flag + " '" + command + "'";
    }
    return run_in_shell(line + " " + program);
  }

  /// Why it cannot be tested here; empty where it can.
  std::string missing(const std::string& name, const std::string& python) const {
    if (run_in_shell("command -v " + name).status != 0) {
      return name + " is not installed";
    }
    if (!contains((*this)({python + " print(6 * 7)"}).output, "42")) {
      return name + " has no Python here";
    }
    const std::string output = (*this)({"b main", "run", "continue"}, debug_target_path()).output;
    return contains(output, "main") && contains(output, "exited")
               ? ""
               : name + " cannot run programs here: " + output;
  }
};

const std::string kPrinters = source_path("inspect/debugger/");
// ASan's leak checker cannot work in a program that is traced.
const std::string kEnvironment = "ASAN_OPTIONS=detect_leaks=0 OMP_NUM_THREADS=1 PYTHONDONTWRITEBYTECODE=1 ";
const Debugger kGdb = {kEnvironment + "gdb -nx -batch -iex 'set debuginfod enabled off'", "-ex",
                       "source " + kPrinters + "helder_gdb.py"};
// Debian's lldb 14 does not find its own Python modules.
const Debugger kLldb = {
    kEnvironment +
        "PYTHONPATH=$(ls -d /usr/lib/llvm-*/lib/python3.*/dist-packages 2>/dev/null | tail -n 1) "
        "lldb --no-lldbinit --batch",
    "-o", "command script import " + kPrinters + "helder_lldb.py"};

const std::string kNetTree =
    "Net, 27 parameters, training\n"
    "  body: Sequential\n"
    "    0: Linear, weight [3,4], bias [3]\n"
    "    1: BatchNorm1d, weight [3], bias [3], running_mean [3], running_var [3], num_batches_tracked []\n"
    "  head: Linear, weight [2,3]\n";
const std::string kGraph =
    "conv2d #3, output float32 [2,4,8,8], inputs -, leaf #1, leaf #2, saved input [2,3,8,8]\n"
    "leaf #2, output float32 [4]\n"
    "leaf #1, output float32 [4,3,3,3]\n";

}  // namespace

TEST_CASE("gdb shows tensors and nodes in conv2d's backward", "[inspect][debugger]") {
  if (const std::string reason = kGdb.missing("gdb", "python"); !reason.empty()) {
    WARN("skipped: " << reason);
    return;
  }
  const std::string output =
      kGdb({kGdb.load,
            "set width 0",
            "set may-call-functions off",  // the printers read memory, and nothing else
            "break Conv2dNode::backward",
            "run",
            "info args",
            "print *this",
            "backtrace",
            "frame function main",
            "info locals",
            "print *garbage",
            "print y.impl_._M_ptr->autograd._M_ptr->node",
            "tensor x",
            "tensor columns",
            "tensor nan",
            "tensor *garbage",
            "tensor nosuch",
            "tensor-image columns",
            "tensor-image x 1 2",
            "tensor-image x 2",
            "print any",
            "print shared",
            "print *no_module",
            "module net",
            "module shared",
            "module x",
            "module *no_module",
            "graph y",
            "graph x",
            "graph *garbage"},
           debug_target_path())
          .output;
  INFO(output);

  // In backward: the argument, and the node with what it saved.
  CHECK(contains(output, " = Tensor float32 [2,4,8,8] cpu, values 1 1 1 1 1 ...\n"));
  CHECK(contains(output, "conv2d #3, output float32 [2,4,8,8], inputs -, leaf #1, leaf #2"));
  CHECK(contains(output, "Tensor float32 [2,3,8,8] cpu, values 0 1 2 3 4 ..., saved as "));

  // In main.
  CHECK(contains(output, "x = Tensor float32 [2,3,8,8] cpu, values 0 1 2 3 4 ...\n"));
  CHECK(contains(output,
                 "weight = Tensor float32 [4,3,3,3] cpu, values 0.5 0.5 0.5 0.5 0.5 ..., requires_grad\n"));
  CHECK(contains(output, "undefined = undefined tensor\n"));
  CHECK(contains(output, "columns = Tensor float32 [8,8] cpu, values 192 200 208 216 224 ...\n"));
  CHECK(contains(output, "halves = Tensor float16 [5] cpu, values -1 -0.5 0 0.5 1\n"));
  CHECK(contains(output, "none = Tensor float32 [0,3] cpu, no values\n"));
  CHECK(contains(output, "y = Tensor float32 [2,4,8,8] cpu, "));
  CHECK(contains(output, ", requires_grad, made by conv2d\n"));
  CHECK(contains(output, "$2 = <unreadable>\n"));
  CHECK(contains(output, "$3 = conv2d #3, output float32 [2,4,8,8]"));

  // The commands.
  CHECK(contains(output, "384 elements: min 0, mean 191.5, max 383, NaN: 0\n"));
  CHECK(contains(
      output, "64 elements: min 192, mean 223.5, max 255, NaN: 0\n[[192.0000 200.0000 208.0000 216.0000 "));
  CHECK(contains(output, "4 elements: min -3, mean 0, max 2, NaN: 1\n[ 1.0000  2.0000     nan -3.0000]\n"));
  CHECK(contains(output, "*garbage holds no tensor yet: its memory makes no sense\n"));
  CHECK(contains(output, "No symbol \"nosuch\" in current context.\n"));
  CHECK(contains(output, "strides [192,64,8,1], offset 0, version 0, storage 1536 bytes\n384 elements"));
  CHECK(contains(output,
                 " .:-+*#%\n"
                 " :-=+*#%\n"
                 ".:-=+*#@\n"
                 ".:-=*#%@\n"
                 "float32 [8,8], from 192 to 255\n"));
  CHECK(contains(output, "float32 [2,3,8,8][1][2], from 320 to 383\n"));
  CHECK(contains(output, "there is no image [2] in a tensor of [2,3,8,8]\n"));

  // Modules and the graph.
  CHECK(contains(output, "net = Net, 27 parameters, training: body Sequential, head Linear\n"));
  CHECK(contains(output, " = Sequential, 21 parameters, training: 0 Linear, 1 BatchNorm1d\n"));
  CHECK(contains(output, " = Linear, weight [1,1], bias [1]\n"));
  CHECK(contains(output, kNetTree));
  CHECK(contains(output, "Linear, weight [1,1], bias [1], 2 parameters, training\n"));
  CHECK(contains(output, "x is a const helder::Tensor, not a module\n"));
  CHECK(contains(output, "*no_module holds no module yet: its memory makes no sense\n"));
  CHECK(contains(output, kGraph));
  CHECK(contains(output, "a leaf, or nothing was recorded: no op made it\n"));
  CHECK(contains(output, "*garbage holds no graph yet: its memory makes no sense\n"));
  CHECK_FALSE(contains(output, "Python Exception"));
}

TEST_CASE("lldb shows tensors and nodes in conv2d's backward", "[inspect][debugger]") {
  if (const std::string reason = kLldb.missing("lldb", "script"); !reason.empty()) {
    WARN("skipped: " << reason);
    return;
  }
  if (kAddressSanitizer) {
    WARN("skipped: the library of a build with sanitizers has no debug information of types");
    return;
  }
  const std::string output =
      kLldb({kLldb.load, "breakpoint set --file debug_target.cpp --source-pattern-regexp y.sum",
             "breakpoint set --name Conv2dNode::backward", "run", "frame variable", "frame variable *garbage",
             "frame variable any", "tensor columns", "tensor-image x 1 2", "module net", "module shared",
             "continue", "frame variable", "frame variable *this", "frame select 2", "graph y"},
            debug_target_path())
          .output;
  INFO(output);
  CHECK(contains(output, "conv2d #3, output float32 [2,4,8,8], inputs -, leaf #1, leaf #2"));
  CHECK(contains(output, "Tensor float32 [2,4,8,8] cpu, values 1 1 1 1 1 ..."));
  CHECK(contains(output, "Tensor float32 [2,3,8,8] cpu, values 0 1 2 3 4 ..., saved as "));
  CHECK(contains(output, "undefined = undefined tensor\n"));
  CHECK(contains(output, "*garbage = <unreadable>\n"));
  CHECK(contains(
      output, "64 elements: min 192, mean 223.5, max 255, NaN: 0\n[[192.0000 200.0000 208.0000 216.0000 "));
  CHECK(contains(output, "float32 [2,3,8,8][1][2], from 320 to 383\n"));
  CHECK(contains(output, "helder::Module = Sequential, 21 parameters, training: 0 Linear, 1 BatchNorm1d\n"));
  CHECK(contains(output, kNetTree));
  CHECK(contains(output, "Linear, weight [1,1], bias [1], 2 parameters, training\n"));
  CHECK(contains(output, kGraph));
}

TEST_CASE("natvis: what Visual Studio would show, read by gdb", "[inspect][debugger]") {
  if (const std::string reason = kGdb.missing("gdb", "python"); !reason.empty()) {
    WARN("skipped: " << reason);
    return;
  }
  const std::string output =
      kGdb({"source " + source_path("tests/inspect/natvis_in_gdb.py"), "set may-call-functions off",
            "break Conv2dNode::backward", "run", "natvis *this", "natvis this->x", "frame function main",
            "natvis x", "natvis columns", "natvis undefined", "natvis nan", "natvis none", "natvis y",
            "natvis net", "natvis x.impl_._M_ptr->shape"},
           debug_target_path())
          .output;
  INFO(output);
  CHECK(contains(output, "*this: conv2d #3, output Float32 [2,4,8,8]\n  output = [2,4,8,8]\n"));
  CHECK(contains(output, "this->x: Tensor Float32 [2,3,8,8], saved as input\n"));
  CHECK(contains(
      output,
      "\nx: Tensor Float32 [2,3,8,8]\n  dtype = Float32\n  shape = [2,3,8,8]\n  strides = [192,64,8,1]\n"
      "  offset = 0\n  storage = Storage 1536 bytes, Cpu, version 0\n  first = 0\n"));
  CHECK(contains(output, "columns: Tensor Float32 [8,8]\n"));
  CHECK(contains(output, "  offset = 192\n"));
  CHECK(contains(output, "  first = 192\n"));
  CHECK(contains(output, "undefined: undefined tensor\n"));
  CHECK(contains(output, "nan: Tensor Float64 [4]\n"));
  CHECK(contains(output, "none: Tensor Float32 [0,3]\n"));
  CHECK(contains(output, "  made by = conv2d #3, output Float32 [2,4,8,8]\n"));
  CHECK(contains(output, "net: module, training\n  children = std::vector\n  parameters = std::vector\n"));
  CHECK(contains(output, "->shape: [2,3,8,8]\n  [0] = 2\n  [1] = 3\n  [2] = 8\n  [3] = 8\n"));
  CHECK_FALSE(contains(output, "natvis: "));  // how its errors begin
}
