#include <csignal>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "data/image.h"
#include "data/synthetic_shapes.h"
#include "tensor/cuda_memory.h"
#include "tests/catch.h"
#include "tests/examples/json_of.h"
#include "tests/examples/run_program.h"
#include "tests/paths.h"
#include "tests/temporary_directory.h"

using namespace helder;

namespace {

std::vector<std::string> small(std::vector<std::string> more) {
  more.insert(more.begin(), {"--images", "24", "--test-images", "6", "--side", "48", "--width", "4",
                             "--batch-size", "8", "--threads", "1"});
  return more;
}

}  // namespace

TEST_CASE("train_yolo: learns with each head, and writes what it says", "[examples][train_yolo]") {
  for (const std::string head : {"anchor_free", "anchor", "grid"}) {
    const TemporaryDirectory folder;
    const ProgramResult run = run_program(
        "train_yolo", small({"--head", head, "--epochs", "4", "--out", folder / "out", "--pictures", "2",
                             "--save", folder / "y.safetensors", "--json", folder / "r.json"}));
    INFO(run.out << run.err);
    REQUIRE(run.exit_code == 0);
    const auto results = json_of(folder / "r.json");
    CHECK(results.at("head") == head);
    REQUIRE(results.at("epochs").size() == 4);
    CHECK(results.at("epochs")[3].at("loss") < 0.96 * results.at("epochs")[0].at("loss").get<double>());
    for (const char* metric : {"map50", "map"}) {
      CHECK(results.at("epochs")[3].at(metric) == results.at(metric));  // measured twice, of the same weights
      CHECK(results.at(metric) >= 0);
    }
    CHECK(load_image(folder / "out" / "001.png").shape() == Shape{3, 384, 384});
    CHECK(!std::filesystem::exists(folder / "out" / "002.png"));
    CHECK_THAT(run.out, ContainsSubstring("epoch  4/4  loss "));
  }
}

TEST_CASE("train_yolo: goes on after Ctrl-C as if nothing had been", "[examples][train_yolo]") {
  const TemporaryDirectory folder;
  const std::string saved = (folder / "y.safetensors").string();
  const auto flags = [&](std::vector<std::string> more) {
    more.insert(more.begin(), {"--epochs", "6", "--save", saved});
    return small(more);
  };
  bool sent = false;
  const ProgramResult stopped =
      run_program("train_yolo", flags({}), [&](const std::string& out, int process) {
        if (!sent && out.find("epoch  1/6") != std::string::npos) {
          sent = true;
          kill(process, SIGINT);
        }
      });
  INFO(stopped.out << stopped.err);
  REQUIRE(stopped.exit_code == 130);
  CHECK_THAT(stopped.out, ContainsSubstring("saved    " + saved));
  const ProgramResult resumed =
      run_program("train_yolo", flags({"--resume", saved, "--json", folder / "a.json"}));
  INFO(resumed.out << resumed.err);
  REQUIRE(resumed.exit_code == 0);
  const ProgramResult whole = run_program("train_yolo", flags({"--json", folder / "b.json"}));
  REQUIRE(whole.exit_code == 0);
  auto a = json_of(folder / "a.json"), b = json_of(folder / "b.json");
  for (auto* results : {&a, &b}) {
    for (auto& epoch : results->at("epochs")) {
      epoch.erase("seconds");
    }
  }
  CHECK(a == b);

  const ProgramResult other = run_program("train_yolo", flags({"--resume", saved, "--head", "anchor"}));
  CHECK(other.exit_code == 1);
  CHECK_THAT(other.err, StartsWith("train_yolo: " + saved + ": it is of yolo anchor_free with {"));
}

TEST_CASE("train_yolo: learns from a folder of pictures and texts", "[examples][train_yolo]") {
  const TemporaryDirectory folder;
  write_file(folder / "classes.txt", "circle\nsquare\ntriangle\nstar\nbar\n");
  for (const std::string part : {"train", "val"}) {
    std::filesystem::create_directories(folder / "images" / part);
    std::filesystem::create_directories(folder / "labels" / part);
    for (const BoxedPicture& picture : synthetic_shapes(6, part.size(), 40).pictures) {
      save_png(folder / "images" / part / (picture.name + ".png"), picture.load());
      std::string lines;
      for (const LabelledBox& box : picture.boxes) {
        const auto [left, top, right, bottom] = box.box_xyxy;
        lines += fmt::format("{} {} {} {} {}\n", box.label, (left + right) / 80, (top + bottom) / 80,
                             (right - left) / 40, (bottom - top) / 40);
      }
      write_file(folder / "labels" / part / (picture.name + ".txt"), lines);
    }
  }
  const ProgramResult run = run_program(
      "train_yolo", {"--data", folder / "", "--images", "5", "--side", "64", "--width", "4", "--head",
                     "anchor", "--epochs", "2", "--plot", folder / "p.html", "--json", folder / "r.json"});
  INFO(run.out << run.err);
  REQUIRE(run.exit_code == 0);
  const auto results = json_of(folder / "r.json");
  CHECK(results.at("train_images") == 5);
  CHECK(results.at("test_images") == 6);
  CHECK(results.at("epochs")[1].at("loss") < results.at("epochs")[0].at("loss"));
  CHECK(results.at("classes").contains("bar"));
  CHECK_THAT(read_file(folder / "p.html"), ContainsSubstring("mAP@[.5:.95]"));
}

TEST_CASE("train_yolo: on the GPU", "[examples][train_yolo][cuda]") {
  if (!cuda::is_available()) {
    WARN("no GPU, and none that the processor plays: skipped");
    return;
  }
  const TemporaryDirectory folder;
  const ProgramResult run = run_program(
      "train_yolo", {"--device", "cuda", "--images", "4", "--test-images", "2", "--side", "32", "--width",
                     "2", "--epochs", "1", "--batch-size", "4", "--json", folder / "r.json"});
  INFO(run.out << run.err);
  REQUIRE(run.exit_code == 0);
  CHECK(json_of(folder / "r.json").at("epochs").size() == 1);
}

TEST_CASE("train_yolo: names what is wrong", "[examples][train_yolo]") {
  const auto fails = [](const std::vector<std::string>& flags, int code, const std::string& message) {
    const ProgramResult run = run_program("train_yolo", flags);
    INFO(run.out << run.err);
    CHECK(run.exit_code == code);
    CHECK_THAT(run.err, ContainsSubstring(message));
  };
  fails({"--side", "40"}, 2, "--side: expected a multiple of 16");
  fails({"--head", "round"}, 2, "--head");
  fails(small({"--save", "/no/such/y.safetensors"}), 1,
        "cannot write /no/such/y.safetensors: there is no folder /no/such");
  fails({"--data", "/no/such"}, 1, "/no/such");
  fails(small({"--resume", "/no/such.safetensors"}), 1, "/no/such.safetensors");
}
