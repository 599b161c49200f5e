#include <filesystem>

#include "data/image.h"
#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/data_path.h"
#include "tests/examples/json_of.h"
#include "tests/examples/run_program.h"
#include "tests/sanitizer.h"
#include "tests/temporary_directory.h"

using namespace helder;

namespace {

std::vector<std::string> squeezenet(const std::filesystem::path& weights, std::vector<std::string> flags) {
  flags.insert(flags.begin(), {"--model", "squeezenet1_1", "--weights", weights.string(), "--threads", "1"});
  return flags;
}

}  // namespace

TEST_CASE("classify: SqueezeNet sees in photographs what torchvision's sees", "[examples][classify]") {
  const auto weights = data_path("checkpoints/squeezenet1_1-imagenet.safetensors");
  const auto photographs = data_path("images");
  const auto answers = data_path("expected/squeezenet1_1-imagenet.json");
  if (!weights || !photographs || !answers) return;
  const auto expected = json_of(*answers).at("images");
  REQUIRE(expected.size() == 8);
  const TemporaryDirectory folder;
  std::vector<std::string> flags = {"--json", folder / "r.json"};
  for (const auto& [name, answer] : expected.items()) {
    if (!kAddressSanitizer || flags.size() < 4) {  // there, two of them
      flags.push_back((*photographs / name).string());
    }
  }
  const ProgramResult run = run_program("classify", squeezenet(*weights, flags));
  INFO(run.out << run.err);
  REQUIRE(run.exit_code == 0);
  const auto results = json_of(folder / "r.json");
  CHECK(results.at("model") == "squeezenet1_1");
  CHECK_FALSE(results.contains("top1"));
  REQUIRE(results.at("images").size() == flags.size() - 2);
  for (const auto& image : results.at("images")) {
    const auto& answer =
        expected.at(std::filesystem::path(image.at("file").get<std::string>()).filename().string());
    INFO(image.at("file"));
    CHECK(image.at("milliseconds") > 0);
    const auto& top = image.at("top");
    REQUIRE(top.size() == 5);
    CHECK(top[0].at("class") == answer.at("top5_class")[0]);
    for (size_t i = 0; i < 5; ++i) {
      CHECK(top[i].at("probability").get<double>() ==
            Approx(answer.at("top5_probability")[i].get<double>()).margin(0.02));
    }
  }
  CHECK_THAT(run.out, ContainsSubstring("n02123045_tabby.JPEG\n  Egyptian cat"));
  CHECK_THAT(run.out, ContainsSubstring("images/s"));
}

TEST_CASE("classify: ResNet-20 gets as many of CIFAR-10's test images right as in PyTorch",
          "[examples][classify]") {
  if (kAddressSanitizer) {
    WARN("skipped: 10,000 images take minutes under the address sanitizer");
    return;
  }
  const auto weights = data_path("checkpoints/resnet20-cifar10.th");
  const auto images = data_path("cifar10/test_batch.bin");
  const auto answers = data_path("expected/resnet20-cifar10.json");
  if (!weights || !images || !answers) return;
  const TemporaryDirectory folder;
  const ProgramResult run =
      run_program("classify", {"--model", "resnet20", "--weights", *weights, *images, "--threads", "1",
                               "--batch-size", "100", "--json", folder / "r.json"});
  INFO(run.out << run.err);
  REQUIRE(run.exit_code == 0);
  const auto results = json_of(folder / "r.json");
  CHECK(results.at("images").size() == 10000);
  CHECK(results.at("labelled") == 10000);
  const int64_t expected = json_of(*answers).at("correct_of_10000");
  CHECK(std::abs(results.at("correct").get<int64_t>() - expected) <= 2);
  CHECK(results.at("top1") == results.at("correct").get<double>() / 10000);
  CHECK(results.at("top5").get<double>() > 0.95);
  CHECK(results.at("images")[17].at("file") == images->string() + "#17");
  CHECK_THAT(run.out, ContainsSubstring("of 10000)"));
}

TEST_CASE("classify: the folders that pictures lie in are their labels", "[examples][classify]") {
  const auto weights = data_path("checkpoints/squeezenet1_1-imagenet.safetensors");
  const auto photographs = data_path("images");
  if (!weights || !photographs) return;
  const TemporaryDirectory folder;
  for (const char* name : {"n04442312_toaster", "Persian cat", "386"}) {
    std::filesystem::create_directory(folder / name);
  }
  const auto copy = [&](const std::string& from, const std::string& to) {
    std::filesystem::copy_file(*photographs / from, folder / to);
  };
  copy("n04442312_toaster.JPEG", "n04442312_toaster/a.jpg");
  copy("n02504458_African_elephant.JPEG", "386/a.jpg");
  copy("n02124075_Egyptian_cat.JPEG", "Persian cat/a.jpg");  // 285, 281, 282, 287, 289: wrong
  const std::string path = folder.path().string();
  for (const std::vector<std::string>& flags : std::vector<std::vector<std::string>>{
           {path, "--labels"}, {"--labels", path}, {path, "--labels", path}}) {
    const ProgramResult run =
        run_program("classify", squeezenet(*weights, [&] {
                      auto all = flags;
                      all.insert(all.end(), {"--top", "1", "--json", folder / "r.json"});
                      return all;
                    }()));
    INFO(run.out << run.err);
    REQUIRE(run.exit_code == 0);
    const auto results = json_of(folder / "r.json");
    CHECK(results.at("labelled") == 3);
    CHECK(results.at("top1").get<double>() == Approx(2.0 / 3));
    CHECK(results.at("top5").get<double>() == Approx(2.0 / 3));
    CHECK(results.at("images")[1].at("top").size() == 1);
    CHECK(results.at("images")[1].at("label") == 283);
    CHECK_THAT(run.out, ContainsSubstring("top-1 66.67 % (2 of 3)"));
    if (kAddressSanitizer) break;
  }
  // One file of a labelled directory.
  const ProgramResult one =
      run_program("classify", squeezenet(*weights, {path + "/386/a.jpg", "--labels", path}));
  CHECK_THAT(one.out, ContainsSubstring("top-1 100.00 % (1 of 1)"));

  std::filesystem::create_directory(folder / "toster");
  copy("n04442312_toaster.JPEG", "toster/b.jpg");
  const ProgramResult wrong = run_program("classify", squeezenet(*weights, {"--labels", path}));
  CHECK(wrong.exit_code == 1);
  CHECK(wrong.err ==
        "classify: labels: the folder 'toster' is none of the model's 1000 classes, by name, number or "
        "identifier\n");
}

TEST_CASE("classify: names what is wrong before any work is done", "[examples][classify]") {
  const TemporaryDirectory folder;
  const std::string path = folder.path().string();
  const auto fails = [](const std::vector<std::string>& flags, int exit_code, const std::string& message) {
    const ProgramResult run = run_program("classify", flags);
    INFO(run.out << run.err);
    CHECK(run.exit_code == exit_code);
    CHECK_THAT(run.err, ContainsSubstring(message));
    CHECK(run.out.empty());
  };
  save_png(folder / "x.png", zeros({1, 8, 8}, DType::UInt8));
  const std::string x = path + "/x.png";
  fails({"--model", "resnet20", x}, 2, "--weights is required");
  fails({"--model", "resnet21", "--weights", "w", x}, 1,
        "zoo: there is no model 'resnet21'; the nearest is 'resnet20'");
  fails({"--model", "resnet20", "--weights", "w"}, 1,
        "there is no image to classify; give files, directories, or --labels DIR");
  fails({"--model", "resnet20", "--weights", "w", path + "/y.png"}, 1,
        path + "/y.png: No such file or directory");
  fails({"--model", "resnet20", "--weights", path + "/w", x}, 1, path + "/w");
  fails({"--model", "resnet20", "--weights", "w", x, "--json", "/no/such/folder/x.json"}, 1,
        "cannot write /no/such/folder/x.json: there is no folder /no/such/folder");
  fails({"--model", "resnet20", "--weights", "w", x, "--labels", path + "/none"}, 1,
        "labels: " + path + "/none: No such file or directory");
  std::filesystem::create_directory(folder / "empty");
  fails({"--model", "resnet20", "--weights", "w", path + "/empty"}, 1,
        path + "/empty: there are no images in this directory");
  fails({"--model", "resnet20", "--weights", "w", x, "--labels", path}, 1,
        "image folder: " + path + ": there are no folders of images in it; each is a class");
  std::filesystem::create_directory(folder / "cat");
  save_png(folder / "cat/x.png", zeros({1, 8, 8}, DType::UInt8));
  fails({"--model", "resnet20", "--weights", "w", x, "--labels", path}, 1,
        "labels: none of the 1 images lies in a folder that is a class");
}
