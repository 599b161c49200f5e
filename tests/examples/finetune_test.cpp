#include <csignal>

#include "data/image.h"
#include "models/cifar_resnet.h"
#include "tensor/factories.h"
#include "tensor/random.h"
#include "tests/catch.h"
#include "tests/data_path.h"
#include "tests/examples/json_of.h"
#include "tests/examples/run_program.h"
#include "tests/temporary_directory.h"
#include "weights/safetensors.h"

using namespace helder;

namespace {

// A folder with a dozen noisy pictures each of light and dark, 40 by 36, one of mist, and random weights.
struct Weather {
  TemporaryDirectory folder;
  std::filesystem::path pictures = folder / "pictures", weights = folder / "weights.safetensors";

  Weather() {
    Generator generator(1);
    for (const auto& [name, base, count] :
         {std::tuple("dark", 40, 12), {"light", 140, 12}, {"mist", 100, 1}}) {
      std::filesystem::create_directories(pictures / name);
      for (int i = 0; i < count; ++i) {
        const Tensor noise = randint(0, 60, {3, 40, 36}, DType::Int64, generator);
        const Tensor image = empty({3, 40, 36}, DType::UInt8);
        for (int64_t j = 0; j < image.numel(); ++j) {
          image.data<uint8_t>()[j] = static_cast<uint8_t>(noise.data<int64_t>()[j] + base);
        }
        save_png(pictures / name / (std::to_string(i) + ".png"), image);
      }
    }
    manual_seed(1);
    save_safetensors(weights, CifarResNet().state_dict());
  }

  std::vector<std::string> flags(std::vector<std::string> more) const {
    more.insert(more.begin(),
                {"--weights", weights.string(), pictures.string(), "--threads", "1", "--batch-size", "6"});
    return more;
  }
};

}  // namespace

TEST_CASE("finetune: a frozen ResNet-20 tells aeroplanes from trucks", "[examples][finetune]") {
  const auto weights = data_path("checkpoints/resnet20-cifar10.th");
  const auto pictures = data_path("cifar10/train.zip");
  if (!weights || !pictures) return;
  const TemporaryDirectory folder;
  const ProgramResult run =
      run_program("finetune", {"--model",   "resnet20",       "--weights",   *weights, *pictures,
                               "--classes", "airplane,truck", "--per-class", "100",    "--held-out",
                               "0.4",       "--freeze",       "--epochs",    "2",      "--batch-size",
                               "20",        "--threads",      "1",           "--json", folder / "r.json"});
  INFO(run.out << run.err);
  REQUIRE(run.exit_code == 0);
  const auto results = json_of(folder / "r.json");
  CHECK(results.at("classes") == std::vector<std::string>{"airplane", "truck"});
  CHECK(results.at("train_images") == 120);
  CHECK(results.at("held_out").at("images") == 80);
  CHECK(results.at("held_out").at("accuracy") >= 0.9);
  CHECK(results.at("epochs").size() == 2);
  CHECK_THAT(run.out, ContainsSubstring("269202 parameters, of which 130 learn; all but the head from "));
}

TEST_CASE("finetune: learns, saves, and goes on from what it saved", "[examples][finetune]") {
  const Weather weather;
  const auto saved = weather.folder / "saved.safetensors", json = weather.folder / "r.json";
  const ProgramResult run =
      run_program("finetune", weather.flags({"--classes", "light,dark", "--held-out", "0.25", "--epochs", "3",
                                             "--save", saved, "--json", json, "--test", weather.pictures}));
  INFO(run.out << run.err);
  REQUIRE(run.exit_code == 0);
  const auto results = json_of(json);
  CHECK(results.at("train_images") == 18);
  const auto& held_out = results.at("held_out");
  CHECK(held_out.at("images") == 6);
  CHECK(held_out.at("accuracy") == 1);
  CHECK(held_out.at("confusion") == std::vector<std::vector<int>>{{3, 0}, {0, 3}});
  REQUIRE(held_out.at("worst").size() == 6);
  const auto& worst = held_out.at("worst")[0];
  CHECK_THAT(worst.at("file").get<std::string>(), StartsWith(worst.at("label").get<std::string>() + "/"));
  CHECK(results.at("test").at("images") == 24);

  const SafetensorsFile file(saved);
  CHECK(file.metadata().at("classes") == R"(["light","dark"])");
  CHECK(file.tensor("linear.weight").shape() == Shape{2, 64});

  const ProgramResult again =
      run_program("finetune", {"--weights", saved, weather.pictures.string(), "--classes", "light,dark",
                               "--held-out", "0.25", "--epochs", "0", "--json", json});
  INFO(again.out << again.err);
  REQUIRE(again.exit_code == 0);
  CHECK_THAT(again.out, ContainsSubstring("; all from "));
  CHECK(json_of(json).at("held_out").at("loss").get<double>() ==
        Approx(held_out.at("loss").get<double>()).epsilon(1e-6));
}

TEST_CASE("finetune: Ctrl-C saves the weights", "[examples][finetune]") {
  const Weather weather;
  const auto saved = weather.folder / "saved.safetensors";
  bool sent = false;
  const ProgramResult run = run_program(
      "finetune", weather.flags({"--classes", "light,dark", "--epochs", "10000", "--save", saved}),
      [&](const std::string& out, int process) {
        if (!sent && out.find("epoch 1/10000") != std::string::npos) {
          kill(process, SIGINT);
          sent = true;
        }
      });
  INFO(run.out << run.err);
  CHECK(run.exit_code == 130);
  CHECK_THAT(run.out, ContainsSubstring("interrupted\nweights  " + std::string(saved)));
  CHECK(SafetensorsFile(saved).tensor("linear.weight").shape() == Shape{2, 64});
}

TEST_CASE("finetune: says what is wrong before it learns", "[examples][finetune]") {
  const Weather weather;
  const auto fails = [&](const std::vector<std::string>& flags, int exit_code, const std::string& message) {
    const ProgramResult run = run_program("finetune", weather.flags(flags));
    INFO(run.out << run.err);
    CHECK(run.exit_code == exit_code);
    CHECK_THAT(run.err, ContainsSubstring(message));
    CHECK_THAT(run.out, !ContainsSubstring("epoch 1"));
  };
  const std::string path = weather.pictures.string();
  fails({}, 1, "finetune: split: class 2 has one member");
  fails({"--classes", "light"}, 1,
        "finetune: " + path + " has pictures of one class; it takes two to tell apart");
  fails({"--classes", "light,rain"}, 1,
        "finetune: " + path + " has no class 'rain'; it has dark, light, mist");
  fails({"--classes", "light,light"}, 1, "finetune: the class 'light' is named twice");
  fails({"--classes", "light,dark", "--model", "resnet21"}, 1, "finetune: zoo: there is no model 'resnet21'");
  fails({"--classes", "light,dark", "--test", "/no/such"}, 1, "/no/such");
  fails({"--classes", "light,dark", "--json", "/no/such/r.json"}, 1, "cannot write /no/such/r.json");
  fails({"--classes", "light,dark", "--model", "resnet32"}, 1, "finetune: load_weights: ");
  fails({"--per-class", "1"}, 2, "--per-class");
  const ProgramResult offline =
      run_program("finetune", {"--weights", "hf:owner/no-such-name/x", path, "--classes", "light,dark"});
  CHECK(offline.exit_code == 1);
  CHECK_THAT(offline.err, ContainsSubstring("finetune: hf:owner/no-such-name/x: it is not in the cache, "));
}
