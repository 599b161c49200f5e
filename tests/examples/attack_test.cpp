#include <filesystem>
#include <nlohmann/json.hpp>

#include "autograd/ops.h"
#include "data/cifar10.h"
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

/// By how many of an image file's steps two of them differ at most.
double steps_between(const std::filesystem::path& a, const std::filesystem::path& b) {
  return amax(abs(load_image(a).to(DType::Float32) - load_image(b).to(DType::Float32))).item();
}

/// What classify says first of an image.
nlohmann::json read_back(const std::string& model, const std::string& weights, const std::string& image,
                         const TemporaryDirectory& folder) {
  const ProgramResult run = run_program("classify", {"--model", model, "--weights", weights, image,
                                                     "--threads", "1", "--json", folder / "c.json"});
  INFO(run.out << run.err);
  REQUIRE(run.exit_code == 0);
  return json_of(folder / "c.json").at("images")[0].at("top")[0];
}

/// One of CIFAR-10's test images as a file, and ResNet-20's weights.
struct SmallPicture {
  TemporaryDirectory folder;
  std::optional<std::string> weights = data_path("checkpoints/resnet20-cifar10.th");
  std::string image = folder / "picture.png";

  SmallPicture() {
    if (const auto data = data_path("cifar10/test_batch.bin"); data && weights) {
      save_png(image, load_cifar10(*data).images[3]);
    } else {
      weights.reset();
    }
  }
  std::vector<std::string> flags(std::vector<std::string> more) const {
    more.insert(more.begin(),
                {"--model", "resnet20", "--weights", *weights, "--image", image, "--threads", "1"});
    return more;
  }
};

}  // namespace

TEST_CASE("attack: cats become a toaster, and still are one in the file", "[examples][attack]") {
  const auto weights = data_path("checkpoints/squeezenet1_1-imagenet.safetensors");
  const auto photographs = data_path("images");
  if (!weights || !photographs) return;
  for (const char* cat :
       {"n02123394_Persian_cat", "n02123045_tabby", "n02124075_Egyptian_cat", "n02123597_Siamese_cat"}) {
    INFO(cat);
    const TemporaryDirectory folder;
    const ProgramResult run = run_program("attack", {"--model",   "squeezenet1_1",
                                                     "--weights", *weights,
                                                     "--image",   *photographs / (std::string(cat) + ".JPEG"),
                                                     "--target",  "toaster",
                                                     "--method",  "pgd",
                                                     "--epsilon", "8/255",
                                                     "--steps",   "60",
                                                     "--out",     folder / "out",
                                                     "--json",    folder / "r.json",
                                                     "--threads", "1"});
    INFO(run.out << run.err);
    REQUIRE(run.exit_code == 0);
    const auto results = json_of(folder / "r.json");
    CHECK(results.at("model") == "squeezenet1_1");
    CHECK(results.at("method") == "pgd");
    CHECK(results.at("epsilon").get<double>() == Approx(8.0 / 255));
    CHECK(results.at("steps") <= 60);
    CHECK_THAT(results.at("original").at("name").get<std::string>(), ContainsSubstring(" cat"));
    const auto& adversarial = results.at("adversarial");
    CHECK(adversarial.at("name") == "toaster");
    CHECK(adversarial.at("class") == 859);
    CHECK(adversarial.at("probability") >= 0.95);
    CHECK(results.at("linf") <= 8.0 / 255);
    CHECK(results.at("l2") > 0);
    CHECK(results.at("seconds") > 0);
    const auto png = folder / "out/adversarial.png";
    CHECK(steps_between(png, folder / "out/original.png") <= 8);
    for (const char* name : {"difference.png", "strip.png", "animation.png", "trace.html"}) {
      CHECK(std::filesystem::file_size(folder / "out" / name) > 1000);
    }
    const auto again = read_back("squeezenet1_1", *weights, png, folder);
    CHECK(again.at("name") == "toaster");
    CHECK(again.at("probability").get<double>() ==
          Approx(adversarial.at("probability").get<double>()).margin(1e-4));
    if (kAddressSanitizer) break;
  }
}

TEST_CASE("attack: every method fools ResNet-20, within epsilon, and the file says so again",
          "[examples][attack]") {
  const SmallPicture picture;
  if (!picture.weights) return;
  const auto clean = read_back("resnet20", *picture.weights, picture.image, picture.folder);
  const std::string target = clean.at("name") == "ship" ? "frog" : "ship";
  const auto out = picture.folder / "out", json = picture.folder / "r.json";
  struct Case {
    std::string method, target;
  };
  for (const Case& c : {Case{"fgsm", "none"},
                        {"bim", target},
                        {"mifgsm", "none"},
                        {"pgd", target},
                        {"deepfool", "none"},
                        {"cw", "none"},
                        {"cw", target}}) {
    if (kAddressSanitizer && c.method != "bim" && c.method != "deepfool") continue;
    INFO(c.method << " " << c.target);
    const ProgramResult run =
        run_program("attack", picture.flags({"--method", c.method, "--target", c.target, "--epsilon",
                                             "16/255", "--steps", "20", "--out", out, "--json", json}));
    INFO(run.out << run.err);
    REQUIRE(run.exit_code == 0);
    const auto results = json_of(json);
    CHECK(results.at("original").at("class") == clean.at("class"));
    CHECK(results.at("original").at("probability").get<double>() ==
          Approx(clean.at("probability").get<double>()).margin(1e-5));
    CHECK(results.at("fooled") == true);
    CHECK(results.at("adversarial").at("class") != clean.at("class"));
    if (c.target != "none") {
      CHECK(results.at("adversarial").at("name") == c.target);
    }
    CHECK(results.at("steps") >= 1);
    CHECK(results.at("steps") <= (c.method == "fgsm" ? 1 : 20));
    CHECK(results.at("linf") <= 16.0 / 255);
    const double steps = steps_between(out / "adversarial.png", picture.image);
    CHECK(results.at("linf").get<double>() == steps / 255);
    CHECK(read_back("resnet20", *picture.weights, out / "adversarial.png", picture.folder).at("class") ==
          results.at("adversarial").at("class"));
  }
}

TEST_CASE("attack: an epsilon of 0 changes nothing", "[examples][attack]") {
  const SmallPicture picture;
  if (!picture.weights) return;
  const auto out = picture.folder / "out", json = picture.folder / "r.json";
  const ProgramResult run = run_program("attack", picture.flags({"--epsilon", "0", "--steps", "3", "--out",
                                                                 out, "--json", json, "--random-start"}));
  INFO(run.out << run.err);
  REQUIRE(run.exit_code == 0);
  const auto results = json_of(json);
  CHECK(results.at("adversarial") == results.at("original"));
  CHECK(results.at("fooled") == false);
  CHECK(results.at("linf") == 0);
  CHECK(results.at("ssim").get<double>() == Approx(1));
  CHECK(steps_between(out / "adversarial.png", picture.image) == 0);
  CHECK_THAT(run.out, ContainsSubstring("not fooled"));
}

TEST_CASE("attack: a seed gives the same picture", "[examples][attack]") {
  const SmallPicture picture;
  if (!picture.weights) return;
  const auto with_seed = [&](const std::string& seed) {
    const auto out = picture.folder / ("out" + seed);
    const ProgramResult run = run_program(
        "attack",
        picture.flags({"--random-start", "--seed", seed, "--steps", "2", "--enough", "1", "--out", out}));
    INFO(run.out << run.err);
    REQUIRE(run.exit_code == 0);
    return read_file(out / "adversarial.png");
  };
  const std::string first = with_seed("1");
  CHECK(with_seed("1") == first);
  CHECK(with_seed("2") != first);
}

TEST_CASE("attack: says what is wrong", "[examples][attack]") {
  const SmallPicture picture;
  if (!picture.weights) return;
  const auto clean = read_back("resnet20", *picture.weights, picture.image, picture.folder);
  const auto out = (picture.folder / "out").string();
  const auto fails = [&](const std::vector<std::string>& more, const std::string& message) {
    auto flags = picture.flags({"--out", out});
    flags.insert(flags.end(), more.begin(), more.end());
    const ProgramResult run = run_program("attack", flags);
    CHECK(run.exit_code == 1);
    CHECK(run.err == "attack: " + message + "\n");
    CHECK_FALSE(std::filesystem::exists(out));
  };
  fails({"--target", "shp"}, "there is no class 'shp'; the nearest is 'ship'");
  fails({"--target", "10"}, "there is no class 10; they are numbered from 0 to 9");
  fails({"--epsilon", "256/255"}, "epsilon 256/255 is not from 0 to 1; pixels are");
  fails({"--epsilon", "-0.1"}, "epsilon -0.1 is not from 0 to 1; pixels are");
  for (const char* text : {"eight", "8/0", "8/255/3", "", "nan"}) {
    fails({"--epsilon", text},
          "epsilon '" + std::string(text) + "' is neither a number nor a fraction such as 8/255");
  }
  fails({"--target", clean.at("name")},
        fmt::format("{} is '{}' to resnet20 already ({:.1f} %); the target has to be another class",
                    picture.image, clean.at("name").get<std::string>(),
                    100 * clean.at("probability").get<double>()));
  fails({"--method", "deepfool", "--target", "ship"},
        "deepfool goes to the nearest other class; it takes --target none");
  fails({"--json", "/no/such/r.json"}, "cannot write /no/such/r.json: there is no folder /no/such");

  const std::string small = picture.folder / "small.png";
  save_png(small, zeros({3, 31, 40}, DType::UInt8));
  auto flags = picture.flags({"--out", out});
  flags[5] = small;
  const ProgramResult run = run_program("attack", flags);
  CHECK(run.exit_code == 1);
  CHECK(run.err == "attack: " + small + " is 40 by 31 pixels; resnet20 looks at 32 by 32\n");
  CHECK(run_program("attack", picture.flags({"--out", out, "--method", "magic"})).exit_code == 2);
}
