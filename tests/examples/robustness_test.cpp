#include <nlohmann/json.hpp>

#include "models/mnist_cnn.h"
#include "tensor/random.h"
#include "tests/catch.h"
#include "tests/data_path.h"
#include "tests/examples/json_of.h"
#include "tests/examples/run_program.h"
#include "tests/temporary_directory.h"
#include "weights/safetensors.h"

using namespace helder;

TEST_CASE("robustness: ResNet-20 against epsilon, one page", "[examples][robustness]") {
  const auto weights = data_path("checkpoints/resnet20-cifar10.th");
  const auto pictures = data_path("cifar10/test_batch.bin");
  if (!weights || !pictures) return;
  const TemporaryDirectory folder;
  const auto page = folder / "r.html", json = folder / "r.json";
  const ProgramResult run = run_program(
      "robustness", {*pictures, "--model", "resnet20=" + weights->string(), "--methods",
                     "noise,fgsm,pgd,universal", "--epsilons", "8/255,0", "--images", "10", "--steps", "4",
                     "--matrix-images", "2", "--out", page, "--json", json, "--threads", "1"});
  INFO(run.out << run.err);
  REQUIRE(run.exit_code == 0);
  const auto results = json_of(json);
  REQUIRE(results.at("accuracy").size() == 8);
  const auto accuracy = [&](const std::string& method, double epsilon) {
    for (const auto& entry : results.at("accuracy")) {
      if (entry.at("method") == method && std::abs(entry.at("epsilon").get<double>() - epsilon) < 1e-9) {
        CHECK(entry.at("model") == "resnet20");
        return entry.at("accuracy").get<double>();
      }
    }
    FAIL(method << " " << epsilon);
    return 0.0;
  };
  const double clean = accuracy("noise", 0);
  CHECK(clean > 0.5);
  CHECK(accuracy("fgsm", 0) == clean);
  CHECK(accuracy("pgd", 0) == clean);
  CHECK(accuracy("fgsm", 8.0 / 255) <= clean - 0.3);
  CHECK(accuracy("pgd", 8.0 / 255) <= accuracy("fgsm", 8.0 / 255));
  CHECK(accuracy("noise", 8.0 / 255) > accuracy("pgd", 8.0 / 255));
  const auto& matrix = results.at("matrix");
  REQUIRE(matrix.at("rates").size() == 10);
  for (size_t i = 0; i < 10; ++i) {
    CHECK(matrix.at("rates")[i].size() == 10);
    CHECK(matrix.at("rates")[i][i].is_null());
  }
  CHECK(matrix.at("attempts").get<double>() >= 9);
  CHECK(matrix.at("mean") > 0.3);
  const std::string html = read_file(page);
  CHECK_THAT(html, ContainsSubstring("epsilon, 255ths") && ContainsSubstring("class=\"shares\"") &&
                       ContainsSubstring("resnet20: from class to class at 8/255"));
  CHECK(html.find("://") == html.npos);  // nothing is loaded from anywhere
}

TEST_CASE("robustness: two readers of digits, and how attacks travel between them",
          "[examples][robustness]") {
  const auto mnist = data_path("mnist");
  if (!mnist) return;
  const TemporaryDirectory folder;
  for (const uint64_t seed : {1, 2}) {
    manual_seed(seed);
    save_safetensors(folder / (std::to_string(seed) + ".safetensors"), MnistCnn().state_dict());
  }
  const auto model = [&](int seed) {
    return fmt::format("cnn={}={}", (folder / (std::to_string(seed) + ".safetensors")).string(),
                       seed == 1 ? "first" : "second");
  };
  const ProgramResult run = run_program("robustness", {*mnist,
                                                       "--model",
                                                       model(1),
                                                       "--model",
                                                       model(2),
                                                       "--methods",
                                                       "fgsm",
                                                       "--epsilons",
                                                       "0,0.1",
                                                       "--images",
                                                       "10",
                                                       "--steps",
                                                       "2",
                                                       "--transfer",
                                                       "--transfer-epsilon",
                                                       "0.1",
                                                       "--out",
                                                       folder / "r.html",
                                                       "--json",
                                                       folder / "r.json",
                                                       "--threads",
                                                       "1"});
  INFO(run.out << run.err);
  REQUIRE(run.exit_code == 0);
  const auto results = json_of(folder / "r.json");
  CHECK(results.at("accuracy").size() == 4);
  CHECK(results.at("transfer").at("models") == nlohmann::json({"first", "second"}));
  CHECK(results.at("transfer").at("accuracy")[1].size() == 2);
}

TEST_CASE("robustness: says what is wrong", "[examples][robustness]") {
  const auto pictures = data_path("cifar10/test_batch.bin");
  const auto mnist = data_path("mnist");
  if (!pictures || !mnist) return;
  const auto fails = [](const std::vector<std::string>& flags, const std::string& message) {
    const ProgramResult run = run_program("robustness", flags);
    CHECK(run.exit_code == 1);
    CHECK(run.err == "robustness: " + message + "\n");
  };
  fails({"/no/such", "--model", "resnet20=w"}, "/no/such: No such file or directory");
  fails({*pictures, "--model", "resnet20"},
        "--model resnet20: it takes a name and its weights, as in resnet20=FILE");
  fails({*pictures, "--model", "cnn=w"}, "--model cnn=w: cnn looks at MNIST only");
  fails({*mnist, "--model", "resnet20=w"},
        "--model resnet20=w: resnet20 looks at pictures in colour; for digits there are "
        "cnn, lenet, resnet8 and vit");
  fails({*pictures, "--model", "resnet20=w", "--epsilons", "0,2"},
        "epsilon 2 is not from 0 to 1; pixels are");
  fails({*pictures, "--model", "resnet20=w", "--out", "/no/such/r.html"},
        "cannot write /no/such/r.html: there is no folder /no/such");
  CHECK(run_program("robustness", {*pictures}).exit_code == 2);
}
