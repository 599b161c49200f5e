// The program as a person uses it, at a terminal; what it shows of an op is tested in
// inspect/stepper_test.cpp.

#include <algorithm>
#include <csignal>
#include <sstream>

#include "data/image.h"
#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/examples/run_program.h"
#include "tests/paths.h"
#include "tests/pseudo_terminal.h"
#include "tests/shell.h"
#include "tests/temporary_directory.h"

using namespace helder;
using helder::testing::example_path;
using helder::testing::PseudoTerminal;
using helder::testing::run_in_shell;

namespace {

const std::vector<std::string> kCnn = {"--model", "mnist_cnn", "--threads", "1"};
const std::vector<std::string> kColours = {"TERM=xterm-256color", "COLORTERM=truecolor", "LC_ALL=C.UTF-8",
                                           "NO_COLOR="};
constexpr const char* kPrompt = "(step) ";

size_t count_of(const std::string& text, const std::string& part) {
  size_t count = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) {
    ++count;
  }
  return count;
}

// How many columns the widest line takes, by its half blocks and plain characters, without colours.
size_t widest_line(const std::string& text) {
  size_t widest = 0;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    size_t width = 0;
    for (size_t i = 0; i < line.size(); ++i) {
      if (line[i] == '\033') {
        i = line.find('m', i);
      } else {
        width += (line[i] & 0xC0) != 0x80 && line[i] != '\r' ? 1 : 0;
      }
    }
    widest = std::max(widest, width);
  }
  return widest;
}

}  // namespace

TEST_CASE("step: a person goes through mnist_cnn at a terminal, and changes its size", "[examples][step]") {
  PseudoTerminal terminal(example_path("step"), kCnn, 70, kColours);
  const std::string start = terminal.read_until(kPrompt);
  CHECK_THAT(start, ContainsSubstring("mnist_cnn, random parameters, with a 4 that the program has drawn"));
  CHECK_THAT(start, ContainsSubstring("\033[1m#0  conv1  conv2d\033[0m"));
  CHECK_THAT(start, ContainsSubstring("float32 [1,1,28,28]  min -0.4242"));

  terminal.type("i\n");
  const std::string narrow = terminal.read_until(kPrompt);
  CHECK(count_of(narrow, "▀") > 26 * 13);
  CHECK_THAT(narrow, ContainsSubstring("\033[38;2;"));  // 24-bit colours
  CHECK(widest_line(narrow) == 26 + 3 + 26);
  terminal.resize(150);
  terminal.type("i\n");
  CHECK(widest_line(terminal.read_until(kPrompt)) == 5 * 26 + 4 * 3);
  terminal.resize(9);
  terminal.type("i 31\n");
  CHECK(count_of(terminal.read_until(kPrompt), "▀") == 9 * 5);  // shrunk by 3
  terminal.resize(70);

  terminal.type("b fc2\n");
  CHECK_THAT(terminal.read_until(kPrompt), ContainsSubstring("#8  fc2  linear"));
  terminal.type("b backward\n");
  terminal.read_until(kPrompt);
  terminal.type("b conv1\n");
  const std::string back = terminal.read_until(kPrompt);
  CHECK_THAT(back, ContainsSubstring("#0  conv1  conv2d, backward"));
  CHECK_THAT(back, ContainsSubstring("(to conv1.weight.grad)"));
  terminal.type("n\n");
  CHECK_THAT(terminal.read_until("nobody says this"),
             ContainsSubstring("the end: 10 ops forward, 10 backward"));
  CHECK(terminal.wait() == 0);
}

TEST_CASE("step: the end of input at a terminal, without colours", "[examples][step]") {
  PseudoTerminal terminal(example_path("step"), kCnn, 80, {"TERM=xterm", "NO_COLOR=1"});
  CHECK(terminal.read_until(kPrompt).find('\033') == std::string::npos);
  terminal.type("i\n");
  CHECK(terminal.read_until(kPrompt).find('\033') == std::string::npos);
  terminal.type("\x04");  // Ctrl-D
  CHECK_THAT(terminal.read_until("nobody says this"), ContainsSubstring("the end of input"));
  CHECK(terminal.wait() == 0);
}

TEST_CASE("step: a network that mnist_mlp has trained and saved", "[examples][step]") {
  const TemporaryDirectory folder;
  const std::string saved = (folder / "mlp.safetensors").string();
  const ProgramResult training = run_program(
      "mnist_mlp",
      {"--train-images", "64", "--test-images", "10", "--epochs", "1", "--threads", "1", "--save", saved});
  INFO(training.out << training.err);
  REQUIRE(training.exit_code == 0);
  const auto run = run_in_shell("(printf 'p fc2.bias\\nc\\n' | " + example_path("step") +
                                " --model mlp --threads 1 --weights " + saved + ")");
  INFO(run.output);
  CHECK(run.status == 0);
  CHECK_THAT(run.output, StartsWith("mlp with a 4 that the program has drawn"));
  CHECK_THAT(run.output, ContainsSubstring("the end: "));
}

TEST_CASE("step: commands through a pipe", "[examples][step]") {
  const auto step = [](const std::string& commands, const std::string& flags) {
    return run_in_shell("(printf '" + commands + "' | " + example_path("step") + " --threads 1 " + flags +
                        ")");
  };
  for (const char* model : {"lenet", "mlp", "resnet8", "vit"}) {
    INFO(model);
    const auto run = step("n 2\\nc\\n", std::string("--model ") + model);
    CHECK(run.status == 0);
    CHECK_THAT(run.output, ContainsSubstring("(step) n 2\n#2  "));
    CHECK_THAT(run.output, ContainsSubstring("\nthe end: "));
    CHECK(run.output.find("code  not known") == std::string::npos);
  }
  const TemporaryDirectory folder;
  save_png(folder / "x.png", full({3, 40, 40}, 100, DType::UInt8));
  const std::string image = "--image " + (folder / "x.png").string();
  const auto colours = step("b layer3\\nq", "--model resnet20 --no-backward " + image);
  INFO(colours.output);
  CHECK(colours.status == 0);
  CHECK_THAT(colours.output, ContainsSubstring("resnet20, random parameters, with x.png"));
  CHECK_THAT(colours.output, ContainsSubstring("layer3.0.conv1  conv2d"));
  const auto label = step("c", "--model mlp --label 10");
  CHECK(label.status != 0);
  CHECK_THAT(label.output, ContainsSubstring("step: --label 10: the output is [1,10]"));
  CHECK_THAT(step("", "--model resnet20").output,
             ContainsSubstring("step: --image: resnet20 needs a picture"));
  // The other end is gone: no reader, no input.
  CHECK(run_in_shell(example_path("step") + " --model mlp | head -n 1").status == 0);
}
