#include "tensor/factories.h"
#include "tensor/npy.h"
#include "tests/catch.h"
#include "tests/temporary_directory.h"
#include "tests/zip_writer.h"
#include "weights/safetensors.h"
#include "weights/weight_file.h"

using namespace helder;

TEST_CASE("open_weights: the first bytes tell the format, whatever the name", "[open_weights]") {
  const TemporaryDirectory directory;
  const Tensor x = from_data(std::vector<float>{1, 2}, {2});
  save_safetensors(directory / "shard", {{"x", x}});
  save_npy(directory / "x.pth", x);
  write_file(directory / "x.bin", zip_of({{"x.npy", read_file(directory / "x.pth"), true}}));
  write_file(directory / "x.txt", "\n {\"weight_map\": {\"x\": \"shard\"}}");
  const std::vector<std::pair<const char*, std::string>> formats = {
      {"shard", "safetensors"}, {"x.pth", "npy"}, {"x.bin", "npz"}, {"x.txt", "sharded safetensors"}};
  for (const auto& [name, format] : formats) {
    INFO(name);
    const std::unique_ptr<WeightFile> file = open_weights(directory / name);
    CHECK(file->description() == format + ": " + (directory / name).string());
    REQUIRE(file->names() == std::vector<std::string>{"x"});
    CHECK(file->tensors().front().type == StoredType::F32);
    CHECK(file->tensor("x").to_vector<float>() == std::vector<float>{1, 2});
    CHECK(file->tensor("x", DType::Float64).to_vector<double>() == std::vector<double>{1, 2});
  }
}

TEST_CASE("open_weights: a safetensors header of 123 bytes begins with a brace, and is none",
          "[open_weights]") {
  const TemporaryDirectory directory;
  std::string bytes(8, '\0');
  bytes[0] = '{';
  write_file(directory / "x", bytes + "{}" + std::string(121, ' '));
  CHECK(open_weights(directory / "x")->description() == "safetensors: " + (directory / "x").string());
}

TEST_CASE("open_weights: what it does not know is refused", "[open_weights]") {
  const TemporaryDirectory directory;
  const auto path = directory / "x.safetensors";
  const std::string name = "weights: " + path.string() + ": ";
  for (const char* text : {"", "x", "hello, this is a text", "\x93NUMP"}) {
    write_file(path, text);
    CHECK_THROWS_WITH(open_weights(path), StartsWith(name + "it does not begin like any weight file"));
  }
  CHECK_THROWS_WITH(open_weights(directory / "none"),
                    "weights: " + (directory / "none").string() + ": No such file or directory");
  CHECK_THROWS_WITH(open_weights(directory.path()),
                    "weights: " + directory.path().string() + ": is a directory");
  write_file(path, "PK\3\4 and so on");
  CHECK_THROWS_WITH(open_weights(path), StartsWith(name + "not a zip archive"));
}
