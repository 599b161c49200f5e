#include <filesystem>
#include <nlohmann/json.hpp>

#include "data/image.h"
#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/data_path.h"
#include "tests/examples/json_of.h"
#include "tests/examples/run_program.h"
#include "tests/paths.h"
#include "tests/sanitizer.h"
#include "tests/temporary_directory.h"

using namespace helder;

namespace {

// A head of one class on a picture of 2 x 2, all its weights 0: an objectness of 1/2 everywhere.
struct SmallNetwork {
  TemporaryDirectory folder;
  std::string cfg = (folder / "y.cfg").string(), weights = (folder / "y.weights").string();
  std::string names = (folder / "y.names").string(), picture = (folder / "x.png").string();

  SmallNetwork() {
    write_file(
        cfg,
        "[net]\nwidth=2\nheight=2\nchannels=3\n[convolutional]\nfilters=6\nactivation=linear\n[yolo]\nnum=1\n"
        "anchors=1,1\nclasses=1\n");
    write_file(weights,
               std::string("\0\0\0\0\2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 20) + std::string(4 * 24, '\0'));
    write_file(names, "thing\n\n");
    save_png(picture, zeros({3, 8, 8}, DType::UInt8));
  }
  std::vector<std::string> flags(std::vector<std::string> more) const {
    more.insert(more.begin(), {"--cfg", cfg, "--weights", weights, "--names", names, "--threads", "1"});
    return more;
  }
};

}  // namespace

TEST_CASE("detect: Yolo-Fastest finds the boxes that it finds in darknet", "[examples][detect]") {
  const auto cfg = data_path("checkpoints/yolo-fastest-1.1.cfg");
  const auto weights = data_path("checkpoints/yolo-fastest-1.1.weights");
  const auto names = data_path("checkpoints/coco.names");
  const auto photographs = data_path("images");
  const auto answers = data_path("expected/yolo-fastest-1.1.json");
  if (!cfg || !weights || !names || !photographs || !answers) return;
  const auto expected = json_of(*answers).at("detections");
  REQUIRE(expected.size() == 3);
  const TemporaryDirectory folder;
  std::vector<std::string> flags = {
      "--cfg",           *cfg,    "--weights",    *weights, "--names",         *names,      "--json",
      folder / "r.json", "--out", folder / "out", "--html", folder / "p.html", "--threads", "1"};
  for (const auto& [name, boxes] : expected.items()) {
    flags.push_back((*photographs / name).string());
  }
  const ProgramResult run = run_program("detect", flags);
  INFO(run.out << run.err);
  REQUIRE(run.exit_code == 0);
  const auto results = json_of(folder / "r.json");
  REQUIRE(results.at("images").size() == 3);
  size_t total = 0;
  for (const auto& image : results.at("images")) {
    const std::filesystem::path file = image.at("file").get<std::string>();
    INFO(file);
    const auto boxes = expected.at(file.filename().string());
    const double width = image.at("width"), height = image.at("height");
    CHECK(image.at("milliseconds") > 0);
    const auto& found = image.at("detections");
    REQUIRE(found.size() == boxes.size());
    for (const auto& box : boxes) {
      const auto relative = box.at("box_cxcywh_relative").get<std::vector<double>>();
      const std::vector<double> corners = {
          (relative[0] - relative[2] / 2) * width, (relative[1] - relative[3] / 2) * height,
          (relative[0] + relative[2] / 2) * width, (relative[1] + relative[3] / 2) * height};
      const auto same = [&](const nlohmann::json& mine) {
        bool close =
            mine.at("class_id") == box.at("class_id") && mine.at("name") == box.at("name") &&
            std::abs(mine.at("confidence").get<double>() - box.at("confidence").get<double>()) < 0.005;
        for (size_t i = 0; i < 4; ++i) {
          close = close && std::abs(mine.at("box_xyxy")[i].get<double>() - corners[i]) < 1;
        }
        return close;
      };
      INFO(box.dump());
      CHECK(std::count_if(found.begin(), found.end(), same) == 1);
      ++total;
    }
    CHECK(std::filesystem::exists(folder / "out" / file.filename().replace_extension(".png")));
  }
  CHECK(total == 21);
  CHECK(load_image(folder / "out" / "dog.png").shape() == Shape{3, 576, 768});
  CHECK_THAT(run.out, ContainsSubstring("bicycle               0.546"));
  const std::string page = read_file(folder / "p.html");
  for (const char* part : {"data-name=\"bicycle\"", "value=\"0.25\"", "data:image/png;base64,iVBORw0KGgo"}) {
    INFO(part);
    CHECK(page.find(part) != std::string::npos);
  }
  CHECK(page.find("://") == std::string::npos);  // nothing is loaded
}

TEST_CASE("detect: draws the stages, names boxes by numbers, and obeys its thresholds",
          "[examples][detect]") {
  const SmallNetwork net;
  const auto count = [&](std::vector<std::string> flags) {
    flags.insert(flags.end(), {"--json", net.folder / "r.json", net.picture});
    const ProgramResult run = run_program("detect", net.flags(flags));
    INFO(run.out << run.err);
    CHECK(run.exit_code == 0);
    return json_of(net.folder / "r.json").at("images")[0].at("detections").size();
  };
  CHECK(count({}) == 0);  // 1/2 that there is a box, and 1/2 that it is the class: not more than 0.25
  CHECK(count({"--threshold", "0.2"}) == 4);
  CHECK(count({"--threshold", "0.2", "--letterbox", "--nms", "1", "--out", net.folder / "o", "--stages"}) ==
        4);
  for (const char* name : {"x", "x-grid-0", "x-anchors-0", "x-before", "x-after"}) {
    CHECK(std::filesystem::exists(net.folder / "o" / (std::string(name) + ".png")));
  }
  const ProgramResult plain =
      run_program("detect", {"--cfg", net.cfg, "--weights", net.weights, "--threshold", "0.2", net.picture});
  CHECK_THAT(plain.out, ContainsSubstring("class 0               0.250      0.0     0.0     4.0     4.0"));
}

TEST_CASE("detect: names what is wrong", "[examples][detect]") {
  const SmallNetwork net;
  const auto fails = [](const std::vector<std::string>& flags, const std::string& message) {
    const ProgramResult run = run_program("detect", flags);
    INFO(run.out << run.err);
    CHECK(run.exit_code == 1);
    CHECK(run.err == "detect: " + message + "\n");
  };
  write_file(net.names, "thing\nother\n");
  fails(net.flags({net.picture}), "names: " + net.names + ": it has 2 names, and the network 1 classes");
  write_file(net.names, "thing");
  const std::string text = (net.folder / "t.png").string();
  write_file(text, "text");
  fails(net.flags({text}), "image: " + text + ": not a JPEG, PNG or BMP file: it begins with 74 65 78 74");
  fails(net.flags({"/no/such.png"}), "image: /no/such.png: No such file or directory");
  fails(net.flags({net.picture, "--json", "/no/such/r.json"}),
        "cannot write /no/such/r.json: there is no folder /no/such");
  fails(net.flags({net.picture, "--stages"}), "--stages draws pictures: --out says where they go");
  write_file(net.weights,
             std::string("\0\0\0\0\2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 20) + std::string(4 * 23, '\0'));
  fails(net.flags({net.picture}),
        "darknet: " + net.weights + ": the file ends in layer 0 (darknet: " + net.cfg +
            ":5: [convolutional]): its conv.weight [6,3,1,1] takes 72 bytes, and 68 are left; "
            "are these the weights of another network?");
  write_file(net.cfg, "[net]\nwidth=2\nheight=2\nchannels=3\n[convolutional]\nfilters=6\n");
  write_file(net.weights,
             std::string("\0\0\0\0\2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 20) + std::string(4 * 24, '\0'));
  fails(net.flags({net.picture}),
        "darknet: " + net.cfg + ":5: [convolutional] has no [yolo] or [region] section: it finds no boxes");
  write_file(net.cfg, "[net]\nwidth=2\nheight=2\nchannels=3\n[convolutionall]\n");
  const ProgramResult run = run_program("detect", net.flags({net.picture}));
  CHECK_THAT(run.err,
             StartsWith("detect: darknet: " + net.cfg + ":5: [convolutionall]: there is no such section"));
}
