// Reports are made by the program, and used in a headless Chromium where there is one: check_report.py beside
// this.

#include "inspect/report.h"

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "autograd/grad_mode.h"
#include "autograd/ops/relu.h"
#include "inspect/box_scores.h"
#include "inspect/report_tensors.h"
#include "inspect/statistics.h"
#include "layers/activations.h"
#include "layers/conv2d.h"
#include "layers/flatten.h"
#include "layers/linear.h"
#include "layers/pooling.h"
#include "layers/sequential.h"
#include "models/cifar_resnet.h"
#include "models/lenet.h"
#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/data_path.h"
#include "tests/examples/run_program.h"
#include "tests/paths.h"
#include "tests/sanitizer.h"
#include "tests/shell.h"
#include "tests/temporary_directory.h"

using namespace helder;

namespace {

/// Whether there are Chromium and Python. HELDER_REQUIRE_BROWSER=1 makes their absence a failure.
bool has_browser() {
  const std::string folder = testing::source_path("tests/inspect");
  const testing::ShellResult result = testing::run_in_shell(
      "cd '" + folder + "' && python3 -B -c 'import chromium; exit(not chromium.browser())'");
  if (result.status == 0) {
    return true;
  }
  const char* require = std::getenv("HELDER_REQUIRE_BROWSER");
  if (require && std::string(require) == "1") {
    FAIL("there is no Chromium that python3 could drive: " << result.output);
  }
  WARN("skipped: there is no Chromium that python3 could drive");
  return false;
}

/// Whether reports of large networks can be waited for.
bool has_minutes() {
  if (kAddressSanitizer) {
    WARN("skipped: it takes minutes with a sanitizer");
  }
  return !kAddressSanitizer;
}

/// What the page is told of the network.
nlohmann::json data_of(const std::string& html) {
  const std::string begin = "<script type=\"application/json\" id=\"data\">";
  const size_t at = html.find(begin) + begin.size();
  return nlohmann::json::parse(html.substr(at, html.find("</script>", at) - at));
}

void check_in_browser(const std::filesystem::path& report, const std::string& flags) {
  CHECK(std::filesystem::file_size(report) < 15000000);
  const testing::ShellResult result =
      testing::run_in_shell("python3 -B '" + testing::source_path("tests/inspect/check_report.py") + "' '" +
                            report.string() + "' " + flags);
  INFO(result.output);
  CHECK(result.status == 0);
  CHECK_THAT(result.output, EndsWith("ok\n"));
}

void make_report(const std::vector<std::string>& flags) {
  const ProgramResult made = run_program("inspect", flags);
  INFO(made.out << made.err);
  REQUIRE(made.exit_code == 0);
  REQUIRE_THAT(made.out, ContainsSubstring("report   "));
}

std::string text_of(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("report: ResNet-20 in a browser", "[inspect][report][browser]") {
  const auto weights = data_path("checkpoints/resnet20-cifar10.th");
  const auto image = data_path("images/n02123045_tabby.JPEG");
  if (!weights || !image || !has_browser()) return;
  const TemporaryDirectory folder;
  make_report({"--model", "resnet20", "--weights", *weights, "--image", *image, "--backward", "--out",
               folder / "r.html"});
  check_in_browser(folder / "r.html", "layer2.1.conv1 32 --kinds conv2d,batch_norm,mean,linear");
}

TEST_CASE("report: a vision transformer that learned MNIST, in a browser", "[inspect][report][browser]") {
  const auto mnist = data_path("mnist");
  if (!mnist || !has_browser()) return;
  const TemporaryDirectory folder;
  const ProgramResult trained =
      run_program("mnist_cnn", {"--arch", "vit", "--epochs", "1", "--train-images", "1280", "--test-images",
                                "250", "--data", *mnist, "--save", folder / "vit.safetensors"});
  INFO(trained.out << trained.err);
  REQUIRE(trained.exit_code == 0);
  make_report({"--model", "vit", "--weights", folder / "vit.safetensors", "--digit", "0", "--data", *mnist,
               "--backward", "--out", folder / "r.html"});
  check_in_browser(folder / "r.html",
                   "blocks.2.norm1 64 --kinds conv2d,layer_norm,linear,attention --heads blocks.1.attn");
  make_report({"--model", "vit", "--digit", "1", "--data", *mnist, "--watch", "blocks.2.*", "--out",
               folder / "part.html"});
  check_in_browser(folder / "part.html", "blocks.2.norm1 64 --kinds layer_norm --heads blocks.2.attn");
}

TEST_CASE("report: SqueezeNet in a browser", "[inspect][report][browser]") {
  const auto weights = data_path("checkpoints/squeezenet1_1-imagenet.safetensors");
  const auto image = data_path("images/n02123045_tabby.JPEG");
  if (!weights || !image || !has_minutes() || !has_browser()) return;
  const TemporaryDirectory folder;
  make_report(
      {"--model", "squeezenet1_1", "--weights", *weights, "--image", *image, "--out", folder / "r.html"});
  check_in_browser(folder / "r.html",
                   "features.3.expand3x3 64 --kinds conv2d,max_pool2d,adaptive_avg_pool2d");
}

TEST_CASE("report: Yolo-Fastest in a browser", "[inspect][report][browser]") {
  const auto cfg = data_path("checkpoints/yolo-fastest-1.1.cfg");
  const auto weights = data_path("checkpoints/yolo-fastest-1.1.weights");
  const auto names = data_path("checkpoints/coco.names");
  const auto image = data_path("images/dog.jpg");
  if (!cfg || !weights || !names || !image || !has_minutes() || !has_browser()) return;
  const TemporaryDirectory folder;
  make_report({"--cfg", *cfg, "--weights", *weights, "--names", *names, "--image", *image, "--out",
               folder / "r.html"});
  check_in_browser(folder / "r.html", "layers.10.conv 24 --kinds conv2d,batch_norm,max_pool2d");
}

TEST_CASE("report: a detector's classes are its surest boxes", "[inspect][report]") {
  // Two heads that see the same picture; everywhere 0, but for one weight.
  DarknetOptions options;
  options.channels = 1;
  options.height = options.width = 4;
  const auto head = [&](const char* place) {
    options.layers.push_back(
        {DarknetConvolutional{.filters = 7, .activation = DarknetActivation::Linear}, place});
    options.layers.push_back({DarknetYolo{.classes = 2, .anchors = {{2, 2}}}, place});
  };
  head("first");
  options.layers.push_back({DarknetRoute{.layers = {0}}, "back"});
  head("second");
  Darknet net(options);
  for (Tensor parameter : net.parameters()) {
    const NoGrad no_grad;
    parameter.zero_();
  }
  {
    const NoGrad no_grad;  // the first head's objectness follows the picture
    dynamic_cast<DarknetConvolution&>(net.layers[0]).conv.weight.at<float>({4, 0, 0, 0}) = 1;
  }
  net.eval();
  BoxScores scores(net);
  Tensor x = zeros({1, 1, 4, 4});
  x.at<float>({0, 0, 2, 3}) = 3;
  const double sure = 1 / (1 + std::exp(-3.0));
  const Tensor y = scores(x);
  CHECK(y.shape() == Shape{1, 2});
  CHECK(y.at<float>({0, 1}) == Approx(sure / 2));
  const BoxScores::Surest box = scores.surest(x)[1];
  CHECK(box.layer == 1);
  CHECK(box.row == 2);
  CHECK(box.column == 3);
  CHECK(box.objectness == Approx(sure));
  CHECK(box.probability == Approx(0.5));
  const std::string page = report_html(net, x, {.backward = true});
  CHECK_THAT(page, ContainsSubstring("\"kind\":\"box_score\""));
  CHECK_THAT(page, ContainsSubstring("\"path\":\"layers.3\""));
}

TEST_CASE("report: reads the checkpoints that training writes", "[inspect][report]") {
  const TemporaryDirectory folder;
  for (const std::string arch : {"cnn", "lenet", "mlp", "resnet8", "vit"}) {
    INFO(arch);
    std::vector<std::string> flags = {"--synthetic",   "--epochs", "1",      "--train-images",        "64",
                                      "--test-images", "10",       "--save", folder / "c.safetensors"};
    if (arch != "mlp") {
      flags.insert(flags.end(), {"--arch", arch});
    }
    REQUIRE(run_program(arch == "mlp" ? "mnist_mlp" : "mnist_cnn", flags).exit_code == 0);
    make_report(
        {"--model", arch, "--weights", folder / "c.safetensors", "--digit", "1", "--out", folder / "r.html"});
    const ProgramResult other =
        run_program("inspect", {"--model", arch == "lenet" ? "mlp" : "lenet", "--weights",
                                folder / "c.safetensors", "--digit", "1"});
    CHECK(other.exit_code == 1);
    CHECK_THAT(other.err, ContainsSubstring("a checkpoint of '" + arch + "': load_state_dict: "));
  }
}

TEST_CASE("report: a model of one's own in a browser", "[inspect][report][browser]") {
  if (!has_browser()) return;
  Sequential net{make<Conv2d>(1, 6, 3, Conv2dLayerOptions{.stride = 2, .padding = 1}),
                 make<ReLU>(),
                 make<MaxPool2d>(3, MaxPool2dOptions{.stride = 2, .padding = 1}),
                 make<AvgPool2d>(2, AvgPool2dOptions{.padding = 1}),
                 make<Flatten>(),
                 make<Linear>(6 * 5 * 5, 7)};
  const TemporaryDirectory folder;
  write_report_html(folder / "r.html", net, randn({1, 1, 32, 32}),
                    {.title = "</script><b>'\"&", .backward = true});
  check_in_browser(folder / "r.html", "2 6 --kinds conv2d,max_pool2d,avg_pool2d,linear");
}

TEST_CASE("report: is one file that asks for nothing", "[inspect][report]") {
  LeNet net;
  const TemporaryDirectory folder;
  write_report_html(folder / "r.html", net, randn({1, 1, 28, 28}), {.backward = true});
  const std::string html = text_of(folder / "r.html");
  CHECK_THAT(html, StartsWith("<!DOCTYPE html>"));
  CHECK_THAT(html, ContainsSubstring("default-src 'none'"));
  CHECK(html.find("src=\"http") == std::string::npos);
  CHECK(html.find("<link rel=\"stylesheet") == std::string::npos);
  CHECK(html.find("<!-- data -->") == std::string::npos);
  CHECK_THAT(html, ContainsSubstring("\"path\":\"conv2\""));
}

TEST_CASE("report: leaves the model as it was, and holds what is watched", "[inspect][report]") {
  LeNet net;
  net.conv1.weight.set_grad(ones(net.conv1.weight.shape()));
  const Tensor x = randn({1, 1, 28, 28});
  const std::string all = report_html(net, x, {.backward = true});
  CHECK(net.is_training());
  CHECK(net.conv1.weight.grad().sum().item() == static_cast<double>(net.conv1.weight.numel()));
  CHECK_FALSE(net.fc1.weight.grad().defined());
  const std::string some = report_html(net, x, {.watch = "conv2"});
  CHECK(some.size() < all.size());
}

TEST_CASE("report: modules are chosen by a pattern", "[inspect][report]") {
  CifarResNet net({.depth = 8});
  const auto data =
      data_of(report_html(net, randn({1, 3, 16, 16}), {.watch = "layer3.*,linear", .backward = true}));
  int watched = 0;
  for (const auto& call : data.at("calls")) {
    const auto path = call.at("path").get<std::string>();
    INFO(path);
    const bool chosen = path.starts_with("layer3.") || path == "linear";
    CHECK(call.contains("tensor") == chosen);
    CHECK((!chosen || call.contains("gradient")));
    CHECK(call.at("seconds") > 0);
    watched += chosen ? 1 : 0;
  }
  CHECK(watched == 6);  // a block of two convolutions and norms, and the last layer
}

TEST_CASE("report: says what is wrong", "[inspect][report]") {
  LeNet net;
  CHECK_THROWS_WITH(report_html(net, randn({2, 1, 28, 28})),
                    "report: expected one picture [1,C,H,W], got [2,1,28,28]");
  CHECK_THROWS_WITH(report_html(net, randn({1, 1, 28, 28}), {.target = 10}),
                    "report: there is no class 10 in scores of shape [1,10]");
  Sequential pictures{make<Conv2d>(1, 1, 3)};
  CHECK_THROWS_WITH(report_html(pictures, randn({1, 1, 8, 8})),
                    "report: expected a classifier whose output is [1,classes], got [1,1,6,6]");
  const ProgramResult wrong = run_program("inspect", {"--model", "lenet", "--image", "/nowhere/a.png"});
  CHECK(wrong.exit_code == 1);
  CHECK_THAT(wrong.err, StartsWith("inspect: image: /nowhere/a.png"));
  CHECK(run_program("inspect", {"--image", "a.png"}).exit_code == 2);
}

TEST_CASE("base64: as in RFC 4648", "[inspect][report]") {
  const auto of = [](const std::string& text) {
    return base64(std::vector<unsigned char>(text.begin(), text.end()));
  };
  CHECK(of("").empty());
  CHECK(of("f") == "Zg==");
  CHECK(of("fo") == "Zm8=");
  CHECK(of("foo") == "Zm9v");
  CHECK(of("foobar") == "Zm9vYmFy");
  CHECK(of("\xff\xfe\xfd") == "//79");
}

TEST_CASE("report tensors: each once, exact while there is room", "[inspect][report]") {
  ReportTensors tensors;
  const Tensor small = randn({2, 2}), large = randn({1, 3, 40, 40});
  CHECK(tensors.add(large) == 0);
  CHECK(tensors.add(small) == 1);
  CHECK(tensors.add(large.detach()) == 0);         // the same memory
  CHECK(tensors.add(large.transpose(2, 3)) == 2);  // seen otherwise
  const std::string html = tensors.html(/*room=*/200, /*picture_room=*/5000);
  CHECK_THAT(html,
             ContainsSubstring("id=\"t1\" data-note='{\"channels\":1,\"exact\":true,\"shape\":[2,2]}'"));
  CHECK_THAT(html, ContainsSubstring("id=\"t0\" data-note='{\"channels\":0,\"exact\":false"));
  CHECK_THAT(html, ContainsSubstring("\"stored\":[1,3,20,20]"));  // every second row and column
}

TEST_CASE("report tensors: what the page can make again is not stored", "[inspect][report]") {
  const Tensor x = randn({1, 4, 30, 30}), y = relu(x), other = randn({1, 4, 30, 30});
  const auto page = [&](const Tensor& made, int64_t room) {
    ReportTensors tensors;
    tensors.add(x);
    tensors.add(made);
    tensors.made_by(made, "relu", {x});
    return tensors.html(room, /*picture_room=*/100000);
  };
  const std::string whole = page(y, 1000000);
  CHECK_THAT(whole, ContainsSubstring("\"made\":{\"from\":[0],\"number\":0.0,\"op\":\"relu\"}"));
  CHECK(page(other, 1000000).size() > 3 * whole.size() / 2);  // it is not what relu makes: it is there
  // Too large as a whole: the first channels, and those of what is made of them.
  const std::string part = page(y, 10000);
  CHECK_THAT(part, ContainsSubstring("id=\"t0\" data-note='{\"channels\":1,\"exact\":false"));
  CHECK_THAT(part, ContainsSubstring("id=\"t1\" data-note='{\"channels\":1,\"exact\":false"));
  CHECK_THAT(part, ContainsSubstring("\"made\":{"));
}

TEST_CASE("statistics: of what is finite", "[inspect]") {
  const Statistics s = statistics_of(tensor<double>({0, 0, 3, -1, std::nan(""), INFINITY}));
  CHECK(s.least == -1);
  CHECK(s.greatest == 3);
  CHECK(s.mean == 0.5);
  CHECK(s.deviation == Approx(1.5));
  CHECK(s.norm == Approx(std::sqrt(10.0)));
  CHECK(s.zero_share == 0.5);
  CHECK(s.not_finite == 2);
  CHECK(s.bins[0] == 1);
  CHECK(s.bins[10] == 2);
  CHECK(s.bins[39] == 1);
  CHECK(statistics_of(zeros({0})).norm == 0);

  Tensor channels = zeros({1, 3, 2, 2});
  channels.at<float>({0, 1, 1, 0}) = 2;
  CHECK(dead_channels(channels) == 2);
  CHECK(dead_channels(zeros({1, 5, 4})) == 4);  // tokens: features are last
}
