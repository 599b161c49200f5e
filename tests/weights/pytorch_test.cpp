#include "weights/pytorch.h"

#include <fstream>

#include "tests/catch.h"
#include "tests/data_path.h"
#include "tests/paths.h"
#include "tests/temporary_directory.h"
#include "tests/tensor/json_fixture.h"

using namespace helder;

namespace {

// Made by tests/fixtures/generate_pytorch.py.
std::filesystem::path fixture(const std::string& name) {
  return testing::source_path("tests/fixtures/pytorch/" + name);
}

std::string refusal(const std::string& name) {
  const std::string start = "pytorch: " + fixture(name).string() + ": ";
  try {
    open_weights(fixture(name));
  } catch (const Error& error) {
    CHECK_THAT(error.what(), StartsWith(start));
    return std::string(error.what()).substr(start.size());
  }
  return "(accepted)";
}

}  // namespace

TEST_CASE("pytorch: tensors of real checkpoints are what PyTorch loads", "[pytorch]") {
  const auto expected_path = data_path("expected/checkpoint-tensors.json");
  if (!expected_path) return;
  std::ifstream stream(*expected_path);
  const auto expected = nlohmann::ordered_json::parse(stream);
  CHECK(expected.size() == 5);
  for (const auto& [name, tensors] : expected.items()) {
    INFO(name);
    const auto path = data_path("checkpoints/" + name);
    if (!path) return;
    const auto file = open_weights(*path);
    REQUIRE(file->tensors().size() == tensors.size());
    size_t i = 0;
    for (const auto& [key, e] : tensors.items()) {
      INFO(key);
      const StoredTensor& stored = file->tensors()[i++];
      CHECK(stored.name == key);
      CHECK(dtype_name(stored.type) == e.at("dtype").get<std::string>());
      CHECK(stored.shape == shape_of_json(e.at("shape")));
      const Tensor x = file->tensor(key);
      CHECK(x.shape() == stored.shape);
      CHECK(x.dtype() == dtype_of(stored.type));
      const auto values = x.to_vector<double>();
      double sum = 0, size = 0;
      for (double value : values) {
        sum += value;
        size += std::abs(value);
      }
      CHECK(std::abs(sum - e.at("sum").get<double>()) <=
            1e-6 * std::abs(e.at("sum").get<double>()) + 1e-12 * size);
      CHECK(values.front() == e.at("first").get<double>());
      CHECK(values.back() == e.at("last").get<double>());
    }
  }
}

TEST_CASE("pytorch: strides of a real checkpoint stay what they are", "[pytorch]") {
  const auto path = data_path("checkpoints/mtcnn-onet.pt");
  if (!path) return;
  const Tensor weight = open_weights(*path)->tensor("conv1.weight");
  CHECK(weight.shape() == Shape{32, 3, 3, 3});
  CHECK(weight.strides() == Shape{1, 32, 96, 288});
}

TEST_CASE("pytorch: tensors of every form that PyTorch writes load", "[pytorch]") {
  const auto expected = read_json_fixture("pytorch.json");
  CHECK(expected.size() == 28);
  for (const auto& [name, tensors] : expected.items()) {
    INFO(name);
    const auto file = open_weights(fixture(name));
    std::vector<std::string> names;
    for (const auto& e : tensors) {
      names.push_back(e.at("name"));
      INFO(names.back());
      REQUIRE(file->contains(names.back()));
      const Tensor x = file->tensor(names.back()), y = tensor_of_json(e);
      CHECK(x.dtype() == y.dtype());
      CHECK(x.shape() == y.shape());
      CHECK(x.to_vector<double>() == y.to_vector<double>());
    }
    CHECK(file->names() == names);
  }
}

TEST_CASE("pytorch: a zip file's tensors are its mapped memory, and outlive it", "[pytorch]") {
  Tensor whole, again, turned, part;
  {
    const PyTorchZipFile file(fixture("zip.pt"));
    whole = file.tensor("whole");
    again = file.tensor("whole");
    turned = file.tensor("turned");
    part = file.tensor("part");
  }
  CHECK(whole.shares_storage(again));
  CHECK(whole.shares_storage(turned));
  CHECK(turned.strides() == Shape{1, 12, 4});
  CHECK(part.strides() == Shape{4, 2});
  whole.at<float>({1, 1, 0}) = -5;
  CHECK(turned.at<float>({0, 1, 1}) == -5);
  CHECK(part.at<float>({0, 0}) == -5);
  // The file itself stays what it was.
  CHECK(PyTorchZipFile(fixture("zip.pt")).tensor("whole").at<float>({1, 1, 0}) == 2);
}

TEST_CASE("pytorch: tied tensors share memory in every form", "[pytorch]") {
  for (const char* name : {"module.pt", "legacy_module.pt", "nested_model.pt"}) {
    INFO(name);
    const StateDict state = open_weights(fixture(name))->state_dict();
    const auto tensor = [&](std::string_view key) {
      return std::find_if(state.begin(), state.end(), [&](const auto& entry) { return entry.first == key; })
          ->second;
    };
    CHECK(tensor("twin.weight").shares_storage(tensor("body.3.weight")));
    CHECK_FALSE(tensor("twin.weight").shares_storage(tensor("body.3.bias")));
  }
  for (const char* name : {"deflated.pt", "unaligned.pt", "big_endian.pt", "legacy.pt"}) {
    INFO(name);
    const auto file = open_weights(fixture(name));
    const Tensor whole = file->tensor("whole"), turned = file->tensor("turned");
    CHECK(whole.shares_storage(turned));
  }
}

TEST_CASE("pytorch: narrow types are listed as what they are", "[pytorch]") {
  const PyTorchZipFile file(fixture("zip.pt"));
  CHECK(file.tensors()[5].name == "i32");
  CHECK(file.tensors()[5].type == StoredType::I32);
  CHECK(file.tensor("i32").dtype() == DType::Int64);
}

TEST_CASE("pytorch: tensors that Helder has no type for are refused", "[pytorch]") {
  CHECK(refusal("complex.pt") == "tensor 'x' is of the type complex64, which is not supported");
  CHECK(refusal("float8.pt") == "tensor 'x' is of the type float8_e4m3fn, which is not supported");
  CHECK(refusal("uint16.pt") == "tensor 'x' is of the type uint16, which is not supported");
  CHECK(refusal("sparse.pt") ==
        "tensor 'x' is made by torch._utils._rebuild_sparse_tensor, which is not supported");
  CHECK(refusal("meta.pt") ==
        "tensor 'x' is made by torch._utils._rebuild_meta_tensor_no_storage, which is not supported");
  CHECK(refusal("conjugated.pt") ==
        "tensor 'x' is to be conjugated or negated when it is read, which is not supported");
  CHECK(
      refusal("rank9.pt") ==
      "tensor 'x' has a storage, offset, shape or strides that are none (up to 8 dimensions are supported)");
}
