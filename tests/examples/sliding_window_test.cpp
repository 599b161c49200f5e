#include <nlohmann/json.hpp>

#include "autograd/ops/narrow.h"
#include "data/image.h"
#include "data/resize.h"
#include "tensor/copy.h"
#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/data_path.h"
#include "tests/examples/json_of.h"
#include "tests/examples/run_program.h"
#include "tests/temporary_directory.h"

using namespace helder;

TEST_CASE("sliding_window: finds a thing where it is, in as many evaluations as there are windows",
          "[examples][detect]") {
  const auto weights = data_path("checkpoints/squeezenet1_1-imagenet.safetensors");
  const auto toaster = data_path("images/n04442312_toaster.JPEG");
  const auto cfg = data_path("checkpoints/yolo-fastest-1.1.cfg");
  const auto detector_weights = data_path("checkpoints/yolo-fastest-1.1.weights");
  const auto names = data_path("checkpoints/coco.names");
  if (!weights || !toaster || !cfg || !detector_weights || !names) return;
  const TemporaryDirectory folder;
  // A toaster at the right of a grey field.
  const Tensor picture = full({3, 160, 320}, 128, DType::UInt8);
  const Tensor there = narrow(narrow(picture, 1, 32, 128), 2, 160, 128);
  copy_elements(there, resize(load_image(*toaster), 128, 128));
  save_png(folder / "x.png", picture);

  const ProgramResult run = run_program("sliding_window", {folder / "x.png",
                                                           "--weights",
                                                           *weights,
                                                           "--sizes",
                                                           "0.8,1",
                                                           "--aspects",
                                                           "1,4",
                                                           "--stride",
                                                           "0.25",
                                                           "--cfg",
                                                           *cfg,
                                                           "--detector-weights",
                                                           *detector_weights,
                                                           "--names",
                                                           *names,
                                                           "--detector-threshold",
                                                           "0.2",
                                                           "--picture",
                                                           folder / "p.png",
                                                           "--json",
                                                           folder / "r.json",
                                                           "--threads",
                                                           "1"});
  INFO(run.out << run.err);
  REQUIRE(run.exit_code == 0);
  const auto results = json_of(folder / "r.json");
  const auto& windows = results.at("sliding_window");
  // 128 x 128 at steps of 32: 2 rows of 7; 256 x 64 at 64 and 16: 7 rows of 2; 160 x 160 at 40: a row of 5;
  // 320 x 80 at 80 and 20: 5 rows of 1.
  CHECK(windows.at("windows").size() == 4);
  CHECK(windows.at("evaluations") == 14 + 14 + 5 + 5);
  CHECK(results.at("every_pixel").at("evaluations") == 33 * 193 + 97 * 65 + 161 + 81);
  const auto& best = windows.at("detections").at(0);
  CHECK(best.at("name") == "toaster");
  CHECK(best.at("confidence") > 0.5);
  const auto box = best.at("box_xyxy").get<std::vector<double>>();
  for (size_t i = 0; i < 4; ++i) {
    INFO(i);
    CHECK(std::abs(box[i] - std::vector<double>{160, 32, 288, 160}[i]) <= 32);
  }
  CHECK(results.at("detector").at("evaluations") == 1);
  CHECK(results.at("detector").at("milliseconds") < windows.at("milliseconds"));
  CHECK(load_image(folder / "p.png").shape() == Shape{3, 160, 320 + 8 + 320});
  CHECK_THAT(run.out, ContainsSubstring("windows, squeezenet1_1                 38") &&
                          ContainsSubstring("yolo-fastest-1.1                        1"));
}

TEST_CASE("sliding_window: names what is wrong", "[examples][detect]") {
  const TemporaryDirectory folder;
  save_png(folder / "x.png", zeros({3, 4, 5}, DType::UInt8));
  const auto fails = [&](std::vector<std::string> flags, int code, const std::string& message) {
    flags.insert(flags.begin(), {folder / "x.png", "--model", "cnn", "--weights", folder / "none.pth"});
    const ProgramResult run = run_program("sliding_window", flags);
    INFO(run.out << run.err);
    CHECK(run.exit_code == code);
    CHECK_THAT(run.err, ContainsSubstring(message));
  };
  fails({"--cfg", "x.cfg"}, 1, "sliding_window: a detector takes two files: --cfg and --detector-weights\n");
  fails({}, 1, "none.pth: No such file or directory\n");
  fails({"--stride", "0"}, 2, "--stride");
}
