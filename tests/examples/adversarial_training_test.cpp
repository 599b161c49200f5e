#include <csignal>

#include "models/mnist_cnn.h"
#include "tests/catch.h"
#include "tests/data_path.h"
#include "tests/examples/json_of.h"
#include "tests/examples/run_program.h"
#include "tests/sanitizer.h"
#include "tests/temporary_directory.h"
#include "weights/load_weights.h"

using namespace helder;

TEST_CASE("adversarial_training: learns, measures and saves", "[examples][adversarial_training]") {
  const auto mnist = data_path("mnist");
  if (!mnist) return;
  const TemporaryDirectory folder;
  const std::string images = kAddressSanitizer ? "64" : "256";
  const ProgramResult run =
      run_program("adversarial_training", {"--data",          *mnist,
                                           "--train-images",  images,
                                           "--test-images",   "40",
                                           "--attack-images", "2",
                                           "--epochs",        "1",
                                           "--plain-epochs",  "1",
                                           "--attack-steps",  "2",
                                           "--epsilon",       "0.1",
                                           "--train-epsilon", "0.1",
                                           "--threads",       "1",
                                           "--batch-size",    "32",
                                           "--save-plain",    folder / "plain.safetensors",
                                           "--save-robust",   folder / "robust.safetensors",
                                           "--plot",          folder / "p.html",
                                           "--json",          folder / "r.json"});
  INFO(run.out << run.err);
  REQUIRE(run.exit_code == 0);
  const auto results = json_of(folder / "r.json");
  for (const char* name : {"plain", "robust", "quantised", "quantised_seen_through", "smoothed"}) {
    INFO(name);
    const auto& row = results.at(name);
    CHECK(row.at("clean") >= row.at("fgsm"));
    CHECK(row.at("clean") <= 1);
    CHECK(row.at("pgd") >= 0);
  }
  if (!kAddressSanitizer) {
    CHECK(results.at("plain").at("clean") > 0.3);
  }
  CHECK(results.at("robust").at("seconds") > 0);
  CHECK(results.at("robust").at("cpu_seconds") > 0);
  MnistCnn net;
  load_weights(net, *open_weights(folder / "robust.safetensors"));
  CHECK_THAT(read_file(folder / "p.html"), ContainsSubstring("epsilon, hundredths"));
  CHECK_THAT(run.out, ContainsSubstring("PGD-40 0.1") && ContainsSubstring("adversarially trained"));
}

TEST_CASE("adversarial_training: Ctrl-C ends it, and nothing is written",
          "[examples][adversarial_training]") {
  const auto mnist = data_path("mnist");
  if (!mnist) return;
  const TemporaryDirectory folder;
  bool sent = false;
  const ProgramResult run =
      run_program("adversarial_training",
                  {"--data", *mnist, "--train-images", "64", "--test-images", "10", "--epochs", "1000",
                   "--plain-epochs", "1000", "--threads", "1", "--json", folder / "r.json"},
                  [&](const std::string& out, int process) {
                    if (!sent && out.find("epoch 1/1000") != std::string::npos) {
                      kill(process, SIGINT);
                      sent = true;
                    }
                  });
  INFO(run.out << run.err);
  CHECK(run.exit_code == 130);
  CHECK_THAT(run.out, ContainsSubstring("interrupted; nothing was written"));
  CHECK(folder.names().empty());
}

TEST_CASE("adversarial_training: says what is wrong before it learns", "[examples][adversarial_training]") {
  const auto fails = [](const std::vector<std::string>& flags, const std::string& message) {
    const ProgramResult run = run_program("adversarial_training", flags);
    CHECK(run.exit_code == 1);
    CHECK(run.err == "adversarial_training: " + message + "\n");
    CHECK(run.out.empty());
  };
  fails({"--epsilon", "1.5"}, "epsilon 1.5 is not from 0 to 1; pixels are");
  fails({"--train-epsilon", "x"}, "epsilon 'x' is neither a number nor a fraction such as 8/255");
  fails({"--save-robust", "/no/such/w"}, "cannot write /no/such/w: there is no folder /no/such");
}
