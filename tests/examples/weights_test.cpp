#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/catch.h"
#include "tests/data_path.h"
#include "tests/examples/run_program.h"
#include "tests/paths.h"
#include "tests/temporary_directory.h"
#include "weights/weight_file.h"

using namespace helder;

namespace {

// Made by tests/fixtures/generate_pytorch.py.
std::string fixture(const std::string& name) {
  return testing::source_path("tests/fixtures/pytorch/" + name);
}

nlohmann::json read_json(const std::filesystem::path& path) {
  std::ifstream file(path);
  return nlohmann::json::parse(file);
}

}  // namespace

TEST_CASE("weights lists what is in a file", "[examples][weights]") {
  const ProgramResult run = run_program("weights", {fixture("nested_model.pt"), "--grep", "^body\\.[01]"});
  CHECK(run.err.empty());
  CHECK(run.exit_code == 0);
  CHECK(run.out ==
        "name                          dtype     shape\n"
        "body.0.weight                 float32   [2,1,2,2]\n"
        "body.1.0.weight               float32   [2]\n"
        "body.1.0.bias                 float32   [2]\n"
        "body.1.0.running_mean         float32   [2]\n"
        "body.1.0.running_var          float32   [2]\n"
        "body.1.0.num_batches_tracked  int64     []\n"
        "total    6 tensors, 17 parameters, 0.00 MB\n");
}

TEST_CASE("weights measures tensors, and counts their NaNs", "[examples][weights]") {
  const TemporaryDirectory folder;
  const ProgramResult run =
      run_program("weights", {fixture("zip.pt"), "--stats", "--grep", "^(whole|i64|f32|empty)$"});
  CHECK(run.exit_code == 0);
  CHECK(run.out ==
        "name   dtype     shape          mean        std        min        max    NaN\n"
        "f32    float32   [2]             inf          -        0.1        inf      0\n"
        "i64    int64     []               -7          -         -7         -7      0\n"
        "empty  float32   [0,3]             -          -          -          -      0\n"
        "whole  float32   [2,3,4]       1.438     0.8839          0      2.875      0\n"
        "total    4 tensors, 27 parameters, 0.00 MB\n");
  // numpy.save of [NaN, 1, 3].
  std::string npy = "\x93NUMPY\1";
  const std::string header = "{'descr': '<f8', 'fortran_order': False, 'shape': (3,), }";
  npy += std::string("\0\x76\0", 3) + header + std::string(117 - header.size(), ' ') + "\n";
  for (double value : {std::nan(""), 1.0, 3.0}) {
    npy.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  write_file(folder / "x.npy", npy);
  const ProgramResult nans = run_program("weights", {folder / "x.npy", "--stats"});
  INFO(nans.err);
  CHECK_THAT(nans.out, ContainsSubstring("  [3]           2      1.414          1          3      1\n"));
}

TEST_CASE("weights writes for machines what PyTorch has", "[examples][weights]") {
  const auto expected_path = data_path("expected/checkpoint-tensors.json");
  if (!expected_path) return;
  const TemporaryDirectory folder;
  const auto expected = read_json(*expected_path);
  for (const char* name : {"mtcnn-onet.pt", "taef2-decoder.pth"}) {
    const auto path = data_path(std::string("checkpoints/") + name);
    if (!path) return;
    const ProgramResult run = run_program("weights", {*path, "--json", folder / "x.json"});
    INFO(run.err);
    REQUIRE(run.exit_code == 0);
    const auto results = read_json(folder / "x.json");
    REQUIRE(results.at("tensors").size() == expected.at(name).size());
    for (const auto& got : results.at("tensors")) {
      const auto& e = expected.at(name).at(got.at("name").get<std::string>());
      INFO(got.at("name"));
      for (const char* key : {"dtype", "shape", "first", "last"}) {
        CHECK(got.at(key) == e.at(key));
      }
      CHECK(got.at("sum").get<double>() == Approx(e.at("sum").get<double>()).epsilon(1e-6).margin(1e-9));
    }
  }
}

TEST_CASE("weights converts to safetensors, with the types that were stored", "[examples][weights]") {
  const TemporaryDirectory folder;
  const ProgramResult run =
      run_program("weights", {fixture("legacy.pt"), "--convert", folder / "x.safetensors"});
  INFO(run.err);
  REQUIRE(run.exit_code == 0);
  CHECK_THAT(run.out, EndsWith(", 4 of them as int64: Helder has no narrower integers\n"));
  const auto before = open_weights(fixture("legacy.pt"));
  const auto after = open_weights(folder / "x.safetensors");
  CHECK(after->metadata() == std::map<std::string, std::string>{{"format", "pt"}});
  REQUIRE(after->tensors().size() == before->tensors().size());
  for (const std::string& name : before->names()) {
    INFO(name);
    const Tensor x = before->tensor(name), y = after->tensor(name);
    CHECK(x.dtype() == y.dtype());
    CHECK(x.shape() == y.shape());
    CHECK(x.to_vector<double>() == y.to_vector<double>());
  }
}

TEST_CASE("weights names what is wrong, and writes nothing then", "[examples][weights]") {
  const TemporaryDirectory folder;
  const auto fails = [&](const std::vector<std::string>& flags, int exit_code, const std::string& message) {
    const ProgramResult run = run_program("weights", flags);
    INFO(run.out << run.err);
    CHECK(run.exit_code == exit_code);
    CHECK_THAT(run.err, StartsWith(message));
    CHECK(run.out.empty());
  };
  fails({}, 2, "file is required");
  fails({"x", "--grep", "("}, 2, "--grep: not a regular expression: (");
  fails({"x", "--stat"}, 2, "The following argument was not expected: --stat");
  fails({"/no/such/file"}, 1, "weights: /no/such/file: No such file or directory\n");
  fails({fixture("complex.pt"), "--convert", folder / "x"}, 1,
        "weights: pytorch: " + fixture("complex.pt") +
            ": tensor 'x' is of the type complex64, which is not supported\n");
  fails({fixture("zip.pt"), "--json", "/no/such/folder/x.json"}, 1,
        "weights: cannot write /no/such/folder/x.json: there is no folder /no/such/folder\n");
  CHECK(folder.names().empty());
}
