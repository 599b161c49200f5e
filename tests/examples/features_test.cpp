#include <fstream>
#include <nlohmann/json.hpp>

#include "autograd/grad_mode.h"
#include "models/vit_variants.h"
#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/examples/run_program.h"
#include "tests/ops/op_case.h"
#include "tests/temporary_directory.h"
#include "weights/safetensors.h"

using namespace helder;

namespace {

// The smallest network of the zoo that has blocks.
struct Files {
  TemporaryDirectory folder;
  VisionTransformer net{vit_variant("vit_tiny_patch16_224").options};
  Tensor pictures = randn({1, 3, 224, 224});

  Files() {
    net.eval();
    save_safetensors(folder / "net.safetensors", net.state_dict());
    save_safetensors(folder / "in.safetensors", {{"pictures", pictures}});
  }
};

}  // namespace

TEST_CASE("features: writes the result and the layers that were asked for", "[examples][vit]") {
  Files files;
  const auto& folder = files.folder;
  const ProgramResult run =
      run_program("features", {"--model", "vit_tiny_patch16_224", "--weights", folder / "net.safetensors",
                               "--pictures", folder / "in.safetensors", "--layers", "norm|blocks\\.1[01]",
                               "--out", folder / "out.safetensors", "--json", folder / "r.json"});
  INFO(run.out << run.err);
  REQUIRE(run.exit_code == 0);
  CHECK_THAT(run.out, StartsWith("vit_tiny_patch16_224: 5717416 parameters, by its own names\n"));
  const SafetensorsFile out(folder / "out.safetensors");
  CHECK(out.names().size() == 4);
  const NoGrad guard;
  const auto blocks = files.net.forward_intermediates(files.pictures);
  CHECK(testing::first_difference(out.tensor("blocks.10"), blocks[10].detach(), 1e-6) == "");
  CHECK(testing::first_difference(out.tensor("blocks.11"), blocks[11].detach(), 1e-6) == "");
  const Tensor tokens = files.net.norm(blocks[11]).detach();
  CHECK(testing::first_difference(out.tensor("norm"), tokens, 1e-6) == "");
  CHECK(testing::first_difference(out.tensor("result"), files.net.forward_head(tokens).detach(), 1e-6) == "");

  std::ifstream file(folder / "r.json");
  const auto json = nlohmann::json::parse(file);
  CHECK(json.at("model") == "vit_tiny_patch16_224");
  CHECK(json.at("outputs").size() == 4);
  CHECK(json.at("outputs").back() == nlohmann::json{{"name", "result"}, {"shape", {1, 1000}}});
}

TEST_CASE("features names what is wrong", "[examples][vit]") {
  const TemporaryDirectory folder;
  save_safetensors(folder / "x.safetensors", {{"x", zeros({1})}});
  const auto fails = [&](const std::string& model, const std::vector<std::string>& flags, int exit_code,
                         const std::string& message) {
    std::vector<std::string> all = {
        "--model", model, "--weights", folder / "x.safetensors", "--pictures", folder / "x.safetensors"};
    all.insert(all.end(), flags.begin(), flags.end());
    const ProgramResult run = run_program("features", all);
    INFO(run.out << run.err);
    CHECK(run.exit_code == exit_code);
    CHECK_THAT(run.err, ContainsSubstring(message));
  };
  fails("vit_tiny_patch16_223", {}, 1, "the nearest is 'vit_tiny_patch16_224'");
  fails("vit_tiny_patch16_224", {}, 1, "does not fit this VisionTransformer");
  fails("vit_tiny_patch16_224", {"--layers", "("}, 1, "features: --layers '(' is no regular expression");
  fails("vit_tiny_patch16_224", {"--classes", "-3"}, 2, "--classes");
}
