#include <csignal>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/catch.h"
#include "tests/examples/run_program.h"
#include "tests/temporary_directory.h"

TEST_CASE("residual_vs_plain: the plain net's gradient vanishes and the residual one's does not",
          "[examples]") {
  const TemporaryDirectory folder;
  const ProgramResult run =
      run_program("residual_vs_plain", {"--steps", "2", "--batch-size", "8", "--width", "4", "--train-images",
                                        "40", "--test-images", "10", "--threads", "1", "--json",
                                        folder / "r.json", "--plot", folder / "r.html"});
  INFO(run.out << run.err);
  REQUIRE(run.exit_code == 0);
  CHECK_THAT(run.out, ContainsSubstring("the gradient that arrives at each layer's output"));

  std::ifstream file(folder / "r.json");
  const auto results = nlohmann::json::parse(file);
  const auto outputs = [&](const char* net) {
    return results.at(net).at("first_step").at("outputs").get<std::vector<double>>();
  };
  const auto plain = outputs("plain"), residual = outputs("residual");
  REQUIRE(plain.size() == 44);
  REQUIRE(residual.size() == 44);
  CHECK(plain.front() < 1e-12 * plain.back());
  CHECK(residual.front() > 1e-6 * residual.back());
  CHECK(results.at("residual").at("losses").size() == 2);

  std::ifstream page(folder / "r.html");
  const std::string html((std::istreambuf_iterator<char>(page)), {});
  CHECK_THAT(html, ContainsSubstring("Gradient at each layer&#39;s output, first step"));
}

TEST_CASE("residual_vs_plain refuses a depth that no such network has", "[examples]") {
  const ProgramResult run = run_program("residual_vs_plain", {"--depth", "43"});
  CHECK(run.exit_code == 1);
  CHECK_THAT(run.err, ContainsSubstring("--depth must be 6 n + 2 (8, 14, 20, ...), got 43"));
}

TEST_CASE("residual_vs_plain names wrong flags and paths before any work is done", "[examples]") {
  const auto fails = [](const std::vector<std::string>& flags, int exit_code, const std::string& message) {
    const ProgramResult run = run_program("residual_vs_plain", flags);
    INFO(run.out << run.err);
    CHECK(run.exit_code == exit_code);
    CHECK_THAT(run.err, ContainsSubstring(message));
    CHECK_THAT(run.out, !ContainsSubstring("training"));
  };
  fails({"--dept", "8"}, 2, "--dept");
  fails({"--steps", "0"}, 2, "--steps");
  fails({"--json", "/no/such/folder/x.json"}, 1,
        "cannot write /no/such/folder/x.json: there is no folder /no/such/folder");
  fails({"--plot", "/tmp"}, 1, "cannot write /tmp: it is a folder");
  fails({"--train-images", "5"}, 1, "residual_vs_plain: 5 training images are less than one step of 64");
}

TEST_CASE("residual_vs_plain ends on Ctrl-C without a plot", "[examples]") {
  const TemporaryDirectory folder;
  bool sent = false;
  const ProgramResult run =
      run_program("residual_vs_plain",
                  {"--depth", "8", "--steps", "100000", "--train-images", "40", "--batch-size", "4",
                   "--test-images", "10", "--threads", "1", "--plot", folder / "r.html"},
                  [&](const std::string& out, int process) {
                    if (!sent && out.find("training the plain network") != std::string::npos) {
                      kill(process, SIGINT);
                      sent = true;
                    }
                  });
  INFO(run.out << run.err);
  CHECK(run.exit_code == 130);
  CHECK_THAT(run.out, ContainsSubstring("interrupted; nothing was written"));
  CHECK_FALSE(std::filesystem::exists(std::filesystem::path(folder / "r.html")));
}
