// The programs with --device cuda beside the same without it: one result, whoever computed it.

#include <cmath>
#include <fstream>
#include <map>
#include <sstream>

#include "data/image.h"
#include "models/cifar_resnet.h"
#include "tensor/cuda_built.h"
#include "tensor/cuda_memory.h"
#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/examples/json_of.h"
#include "tests/examples/run_program.h"
#include "tests/ops/op_case.h"
#include "tests/temporary_directory.h"
#include "weights/safetensors.h"

using namespace helder;

namespace {

bool skipped() {
  if (!cuda::is_available()) {
    WARN("skipped: " << (kCudaBuilt ? "there is no GPU here" : "this build has no CUDA kernels"));
    return true;
  }
  return false;
}

void run(const std::string& program, std::vector<std::string> flags, const std::string& device) {
  flags.insert(flags.end(), {"--device", device});
  const ProgramResult result = run_program(program, flags);
  INFO(program << " " << device << ": " << result.out << result.err);
  REQUIRE(result.exit_code == 0);
}

}  // namespace

TEST_CASE("features --device cuda: the same outputs as on the CPU", "[examples][device]") {
  if (skipped()) return;
  const TemporaryDirectory folder;
  manual_seed(1);
  save_safetensors(folder / "net.safetensors", CifarResNet().state_dict());
  save_safetensors(folder / "in.safetensors", {{"pictures", randn({1, 3, 32, 32})}});
  for (const std::string device : {"cpu", "cuda"}) {
    run("features",
        {"--model", "resnet20", "--weights", folder / "net.safetensors", "--pictures",
         folder / "in.safetensors", "--layers", "layer[123]", "--out", folder / (device + ".safetensors")},
        device);
  }
  const SafetensorsFile cpu(folder / "cpu.safetensors"), cuda(folder / "cuda.safetensors");
  CHECK(cpu.names().size() == 4);
  REQUIRE(cuda.names() == cpu.names());
  for (const auto& name : cpu.names()) {
    INFO(name);
    CHECK(testing::first_difference(cuda.tensor(name), cpu.tensor(name), 1e-4) == "");
  }
}

TEST_CASE("finetune --device cuda: the same losses as on the CPU", "[examples][device]") {
  if (skipped()) return;
  const TemporaryDirectory folder;
  Generator generator(1);
  for (const int shade : {0, 1}) {
    const auto pictures = folder / "pictures" / (shade ? "light" : "dark");
    std::filesystem::create_directories(pictures);
    for (int i = 0; i < 4; ++i) {
      save_png(pictures / (std::to_string(i) + ".png"),
               randint(100 * shade, 60 + 100 * shade, {3, 40, 36}, DType::Int64, generator).to(DType::UInt8));
    }
  }
  manual_seed(1);
  save_safetensors(folder / "net.safetensors", CifarResNet().state_dict());
  nlohmann::json results[2];
  for (const int gpu : {0, 1}) {
    run("finetune",
        {"--weights", folder / "net.safetensors", folder / "pictures", "--held-out", "0.5", "--epochs", "1",
         "--batch-size", "4", "--json", folder / "r.json"},
        gpu ? "cuda" : "cpu");
    results[gpu] = json_of(folder / "r.json");
  }
  const auto loss = [](const nlohmann::json& r) { return r.at("held_out").at("loss").get<double>(); };
  CHECK(results[0].at("train_images") == 4);
  CHECK(loss(results[1]) == Approx(loss(results[0])).epsilon(1e-4));
  CHECK(results[1].at("held_out").at("confusion") == results[0].at("held_out").at("confusion"));
}

TEST_CASE("inspect --device cuda: writes a report with heat maps and gradients", "[examples][device]") {
  if (skipped()) return;
  const TemporaryDirectory folder;
  Generator generator(1);
  save_png(folder / "a.png", randint(0, 255, {3, 28, 28}, DType::Int64, generator).to(DType::UInt8));
  run("inspect", {"--model", "lenet", "--image", folder / "a.png", "--backward", "--out", folder / "r.html"},
      "cuda");
  std::ifstream file(folder / "r.html");
  std::ostringstream page;
  page << file.rdbuf();
  CHECK_THAT(page.str(), ContainsSubstring("Grad-CAM"));
  CHECK_THAT(page.str(), ContainsSubstring("\"backward\":true"));
}

TEST_CASE("summary --device cuda: the same table as on the CPU", "[examples][device]") {
  if (skipped()) return;
  const TemporaryDirectory folder;
  for (const std::string device : {"cpu", "cuda"}) {
    run("summary", {"--model", "lenet", "--no-times", "--json", folder / (device + ".json")}, device);
  }
  auto cpu = json_of(folder / "cpu.json"), cuda = json_of(folder / "cuda.json");
  for (nlohmann::json* summary : {&cpu, &cuda}) {
    for (auto& row : summary->at("rows")) {
      CHECK(row.at("seconds").get<double>() > 0);
      row.erase("seconds");
    }
  }
  CHECK(cuda == cpu);
}

TEST_CASE("residual_vs_plain --device cuda: the same losses as on the CPU", "[examples][device]") {
  if (skipped()) return;
  const TemporaryDirectory folder;
  nlohmann::json results[2];
  for (const int gpu : {0, 1}) {
    run("residual_vs_plain",
        {"--depth", "8", "--steps", "2", "--train-images", "8", "--batch-size", "4", "--width", "2",
         "--test-images", "4", "--plot", folder / "r.html", "--json", folder / "r.json"},
        gpu ? "cuda" : "cpu");
    results[gpu] = json_of(folder / "r.json");
  }
  for (const char* net : {"plain", "residual"}) {
    const auto cpu = results[0].at(net).at("losses").get<std::vector<double>>();
    const auto cuda = results[1].at(net).at("losses").get<std::vector<double>>();
    REQUIRE(cuda.size() == cpu.size());
    for (size_t i = 0; i < cpu.size(); ++i) {
      CHECK(cuda[i] == Approx(cpu[i]).epsilon(1e-4));
    }
  }
}

TEST_CASE("mnist_cnn --graph: the same losses as without, to the last bit", "[examples][device][graph]") {
  if (skipped()) return;
  const TemporaryDirectory folder;
  nlohmann::json results[2];
  for (const int graph : {0, 1}) {
    std::vector<std::string> flags = {
        "--synthetic", "--arch", "lenet",  "--train-images", "40", "--batch-size", "16", "--test-images", "8",
        "--epochs",    "2",      "--json", folder / "r.json"};
    if (graph) {
      flags.push_back("--graph");
    }
    run("mnist_cnn", flags, "cuda");
    results[graph] = json_of(folder / "r.json");
  }
  CHECK(results[0].at("step_losses").size() == 6);  // the third and sixth are of 8 images, without the graph
  CHECK(results[1].at("step_losses") == results[0].at("step_losses"));
  CHECK(results[1].at("test_loss") == results[0].at("test_loss"));
}

TEST_CASE("mnist_cnn --graph needs a GPU and one batch a step", "[examples][device][graph]") {
  const auto fails = [](const std::vector<std::string>& flags, const std::string& message) {
    const ProgramResult result = run_program("mnist_cnn", flags);
    CHECK(result.exit_code == 1);
    CHECK_THAT(result.err, ContainsSubstring(message));
  };
  fails({"--synthetic", "--train-images", "8", "--test-images", "8", "--graph"},
        "trainer: a graph is for a model on the GPU; this one is on cpu");
}

TEST_CASE("mnist_cnn --precision: tf32 and bf16 learn what float32 learns", "[examples][precision]") {
  const TemporaryDirectory folder;
  std::map<std::string, nlohmann::json> results;
  for (const std::string precision : {"fp32", "tf32", "bf16"}) {
    const ProgramResult result = run_program(
        "mnist_cnn", {"--synthetic", "--arch", "lenet", "--train-images", "640", "--test-images", "100",
                      "--epochs", "2", "--precision", precision, "--json", folder / "r.json"});
    INFO(result.out << result.err);
    REQUIRE(result.exit_code == 0);
    results[precision] = json_of(folder / "r.json");
  }
  const auto loss = [&](const char* precision, size_t step) {
    return results[precision].at("step_losses").at(step).get<double>();
  };
  const double exact = loss("fp32", 0);
  CHECK(std::abs(loss("tf32", 0) - exact) < 1e-3 * exact);  // the first step differs by the rounding alone
  CHECK(std::abs(loss("bf16", 0) - exact) < 1e-2 * exact);
  CHECK(results["tf32"].at("step_losses") != results["fp32"].at("step_losses"));
  CHECK(results["bf16"].at("step_losses") != results["tf32"].at("step_losses"));
  CHECK(!results["fp32"].contains("precision"));
  CHECK(results["bf16"].at("precision") == "bf16");
  const size_t last = results["fp32"].at("step_losses").size() - 1;
  for (const char* precision : {"fp32", "tf32", "bf16"}) {
    CHECK(loss(precision, last) < 0.95 * exact);
    CHECK(loss(precision, last) == Approx(loss("fp32", last)).epsilon(0.05));
  }
  CHECK(run_program("mnist_cnn", {"--precision", "fp16"}).exit_code == 2);
}
