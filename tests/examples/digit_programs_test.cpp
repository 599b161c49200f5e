// The programs that learn digits, run as a user runs them, on a few hundred images.

#include <csignal>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/catch.h"
#include "tests/examples/run_program.h"
#include "tests/temporary_directory.h"
#include "weights/safetensors.h"

using namespace helder;

namespace {

// A run that takes about a second: LeNet on digits that the program draws.
std::vector<std::string> small_run(std::vector<std::string> more) {
  std::vector<std::string> flags = {"--arch",       "lenet", "--train-images", "320", "--test-images", "100",
                                    "--batch-size", "32",    "--epochs",       "2"};
  flags.insert(flags.end(), more.begin(), more.end());
  return flags;
}

nlohmann::json read_json(const std::filesystem::path& path) {
  std::ifstream file(path);
  REQUIRE(file.good());
  return nlohmann::json::parse(file);
}

std::map<std::string, std::vector<double>> weights_in(const std::filesystem::path& path) {
  std::map<std::string, std::vector<double>> weights;
  const SafetensorsFile file(path);
  for (const std::string& name : file.names()) {
    weights[name] = file.tensor(name).to_vector<double>();
  }
  return weights;
}

std::vector<double> losses_in(const nlohmann::json& results) {
  std::vector<double> losses;
  for (const auto& epoch : results.at("epochs")) {
    losses.push_back(epoch.at("train_loss"));
    losses.push_back(epoch.at("test_loss"));
  }
  return losses;
}

}  // namespace

TEST_CASE("mnist_cnn trains, reports and writes results, curves and weights", "[examples]") {
  const TemporaryDirectory folder;
  const ProgramResult run =
      run_program("mnist_cnn", small_run({"--json", folder / "r.json", "--plot", folder / "r.html", "--save",
                                          folder / "r.safetensors", "--threads", "2"}));
  INFO(run.out << run.err);
  REQUIRE(run.exit_code == 0);
  CHECK_THAT(run.out, ContainsSubstring("61706 parameters"));
  CHECK_THAT(run.out, ContainsSubstring("test accuracy"));

  const auto results = read_json(folder / "r.json");
  CHECK((results.at("dataset") == "mnist" || results.at("dataset") == "synthetic-digits"));
  CHECK(results.at("train_images") == 320);
  CHECK(results.at("test_images") == 100);
  CHECK(results.at("parameters") == 61706);
  CHECK(results.at("threads") == 2);
  CHECK(results.at("peak_bytes") > 0);
  REQUIRE(results.at("epochs").size() == 2);
  const auto& epoch = results.at("epochs")[1];
  CHECK(epoch.at("epoch") == 2);
  CHECK(epoch.at("train_loss") < results.at("epochs")[0].at("train_loss"));
  CHECK(epoch.at("images_per_second") > 0);
  CHECK(epoch.at("train_seconds") > 0);
  CHECK(epoch.at("test_accuracy") == results.at("test_accuracy"));
  // The second epoch lives on the first one's memory, but for scratch that threads may need at one time only
  // now.
  const auto allocations = [&](size_t i) {
    return results.at("epochs")[i].at("system_allocations").get<int>();
  };
  CHECK(allocations(1) * 4 < allocations(0));

  std::ifstream page(folder / "r.html");
  const std::string html((std::istreambuf_iterator<char>(page)), std::istreambuf_iterator<char>());
  CHECK_THAT(html, ContainsSubstring("<svg"));
  CHECK(weights_in(folder / "r.safetensors").count("model.conv1.weight") == 1);
}

TEST_CASE("mnist_cnn --tensorboard and --trace write what a run did, and change nothing", "[examples]") {
  const TemporaryDirectory folder;
  const std::vector<std::string> flags = {"--arch",         "lenet",
                                          "--train-images", "128",
                                          "--test-images",  "50",
                                          "--threads",      "1",
                                          "--epochs",       "1",
                                          "--batch-size",   "16",
                                          "--json",         folder / "r.json"};
  REQUIRE(run_program("mnist_cnn", flags).exit_code == 0);
  const auto losses = losses_in(read_json(folder / "r.json"));
  std::vector<std::string> more = flags;
  more.insert(more.end(), {"--tensorboard", folder / "runs/a", "--trace", folder / "trace.json"});
  const ProgramResult run = run_program("mnist_cnn", more);
  INFO(run.out << run.err);
  REQUIRE(run.exit_code == 0);
  CHECK(losses_in(read_json(folder / "r.json")) == losses);
  REQUIRE(std::filesystem::exists(folder / "runs/a"));
  for (const auto& entry : std::filesystem::directory_iterator(folder / "runs/a")) {
    CHECK(entry.path().filename().string().starts_with("events.out.tfevents."));
    CHECK(entry.file_size() > 10000);
  }
  CHECK(read_json(folder / "trace.json").at("traceEvents").size() > 100);

  write_file(folder / "file", "");
  const ProgramResult refused = run_program("mnist_cnn", {"--tensorboard", folder / "file"});
  CHECK(refused.exit_code == 1);
  CHECK_THAT(refused.err, StartsWith("mnist_cnn: tensorboard: cannot make the folder"));
}

TEST_CASE("the same seed gives the same losses and weights, bit for bit, for any number of threads",
          "[examples]") {
  const TemporaryDirectory folder;
  for (const std::string arch : {"lenet", "cnn"}) {
    INFO(arch);
    std::vector<std::vector<double>> losses;
    std::vector<std::map<std::string, std::vector<double>>> weights;
    for (const std::string threads : {"1", "2", "3"}) {
      const auto run = run_program(
          "mnist_cnn", {"--arch", arch, "--train-images", "96", "--test-images", "50", "--batch-size", "32",
                        "--epochs", "1", "--seed", "7", "--threads", threads, "--json", folder / "r.json",
                        "--save", folder / "r.safetensors"});
      INFO(run.err);
      REQUIRE(run.exit_code == 0);
      losses.push_back(losses_in(read_json(folder / "r.json")));
      weights.push_back(weights_in(folder / "r.safetensors"));
    }
    CHECK(losses[0] == losses[1]);
    CHECK(losses[0] == losses[2]);
    CHECK((weights[0] == weights[1]));
    CHECK((weights[0] == weights[2]));
  }
}

TEST_CASE("Ctrl-C saves, and the resumed run ends with the weights of one that was not stopped",
          "[examples]") {
  const TemporaryDirectory folder;
  const auto whole = run_program("mnist_cnn", small_run({"--save", folder / "whole.safetensors"}));
  REQUIRE(whole.exit_code == 0);

  bool sent = false;
  const auto stopped = run_program("mnist_cnn", small_run({"--save", folder / "part.safetensors"}),
                                   [&](const std::string& out, int process) {
                                     if (!sent && out.find("epoch 1") != std::string::npos) {
                                       kill(process, SIGINT);
                                       sent = true;
                                     }
                                   });
  INFO(stopped.out << stopped.err);
  CHECK(stopped.exit_code == 130);
  CHECK_THAT(stopped.out, ContainsSubstring("go on with the same flags and --resume"));
  CHECK((weights_in(folder / "part.safetensors") != weights_in(folder / "whole.safetensors")));

  const auto resumed = run_program("mnist_cnn", small_run({"--resume", folder / "part.safetensors", "--save",
                                                           folder / "part.safetensors"}));
  INFO(resumed.out << resumed.err);
  CHECK(resumed.exit_code == 0);
  CHECK((weights_in(folder / "part.safetensors") == weights_in(folder / "whole.safetensors")));

  SECTION("another architecture or recipe is refused") {
    const auto other =
        run_program("mnist_mlp", {"--resume", folder / "part.safetensors", "--train-images", "320"});
    CHECK(other.exit_code == 1);
    CHECK_THAT(other.err, ContainsSubstring("resume: the checkpoint is of 'lenet', but this model is 'mlp'"));
    const auto seed =
        run_program("mnist_cnn", small_run({"--resume", folder / "part.safetensors", "--seed", "9"}));
    CHECK(seed.exit_code == 1);
    CHECK_THAT(seed.err, ContainsSubstring("resume: the checkpoint was made with seed = 1, not 9"));
  }
  SECTION("a checkpoint that is cut short is refused") {
    std::filesystem::resize_file(folder / "part.safetensors", 5000);
    const auto cut = run_program("mnist_cnn", small_run({"--resume", folder / "part.safetensors"}));
    CHECK(cut.exit_code == 1);
    CHECK_THAT(cut.err, ContainsSubstring("part.safetensors"));
  }
}

TEST_CASE("half the batch with --accumulate 2 gives the losses of the whole batch", "[examples]") {
  const TemporaryDirectory folder;
  std::vector<std::vector<double>> losses;
  for (const std::vector<std::string>& flags :
       {std::vector<std::string>{"--batch-size", "32"}, {"--batch-size", "16", "--accumulate", "2"}}) {
    std::vector<std::string> all = {
        "--arch", "lenet",  "--train-images", "200", "--test-images", "100", "--epochs",
        "2",      "--json", folder / "r.json"};
    all.insert(all.end(), flags.begin(), flags.end());
    const auto run = run_program("mnist_cnn", all);
    INFO(run.out << run.err);
    REQUIRE(run.exit_code == 0);
    CHECK_THAT(run.out, ContainsSubstring("2 epochs of 32 images a step"));
    losses.push_back(losses_in(read_json(folder / "r.json")));
  }
  REQUIRE(losses[0].size() == losses[1].size());
  for (size_t i = 0; i < losses[0].size(); ++i) {
    CHECK(losses[1][i] == Approx(losses[0][i]).epsilon(1e-3));
  }
}

TEST_CASE("a loss that is not finite stops the training and names the module", "[examples]") {
  const auto run = run_program("mnist_cnn", small_run({"--optimizer", "sgd", "--lr", "1000000"}));
  CHECK(run.exit_code == 1);
  CHECK_THAT(run.err,
             ContainsSubstring("mnist_cnn: training stopped: the loss became nan in epoch 1, step "));
  CHECK_THAT(run.err, ContainsSubstring("the first module whose output is not finite is conv"));
}

TEST_CASE("wrong flags and paths are named before any work is done", "[examples]") {
  const auto fails = [](std::vector<std::string> flags, int exit_code, const std::string& message) {
    const auto run = run_program("mnist_cnn", flags);
    INFO(run.out << run.err);
    CHECK(run.exit_code == exit_code);
    CHECK_THAT(run.err, ContainsSubstring(message));
  };
  fails({"--epoch", "1"}, 2, "--epoch");
  fails({"--epochs", "none"}, 2, "--epochs");
  fails({"--epochs", "0"}, 2, "--epochs");
  fails({"--batch-size", "-3"}, 2, "--batch-size");
  fails({"--accumulate", "0"}, 2, "--accumulate");
  fails({"--optimizer", "adm"}, 2, "adm not in {sgd,adam,adamw}");
  fails({"--arch", "resnet"}, 2, "resnet not in {cnn,lenet,resnet8,vit}");
  fails({"--threads", "0"}, 2, "--threads");
  fails({"--save", "/no/such/folder/x.safetensors"}, 1,
        "cannot write /no/such/folder/x.safetensors: there is no folder /no/such/folder");
  fails({"--json", "/tmp"}, 1, "cannot write /tmp: it is a folder");
  fails({"--data", "/no/such/folder"}, 1, "/no/such/folder");
  fails({"--resume", "/no/such/file"}, 1, "/no/such/file");
}

TEST_CASE("--help says what every flag does", "[examples]") {
  for (const std::string name : {"mnist_cnn", "mnist_mlp"}) {
    const auto run = run_program(name, {"--help"});
    CHECK(run.exit_code == 0);
    for (const std::string flag :
         {"--data", "--epochs", "--batch-size", "--accumulate", "--lr", "--optimizer", "--seed", "--threads",
          "--save", "--resume", "--json", "--plot"}) {
      CHECK_THAT(run.out, ContainsSubstring(flag));
    }
  }
}
