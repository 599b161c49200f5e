#include "tests/models/synthetic_weights.h"

#include <bit>
#include <fstream>

#include "tests/catch.h"
#include "tests/paths.h"

using namespace helder;

TEST_CASE("synthetic weights: the bits that Python computes", "[models]") {
  std::ifstream file(testing::source_path("tests/fixtures/models/synthetic_weights.json"));
  const auto fixture = nlohmann::json::parse(file);
  CHECK(fixture.size() == 9);
  for (const auto& [name, tensor] : fixture.items()) {
    INFO(name);
    const Shape shape(tensor.at("shape").get<std::vector<int64_t>>());
    std::vector<uint32_t> bits;
    for (const float value : testing::synthetic_tensor(name, shape).to_vector<float>()) {
      bits.push_back(std::bit_cast<uint32_t>(value));
    }
    CHECK(bits == tensor.at("bits").get<std::vector<uint32_t>>());
  }
  CHECK(testing::synthetic_tensor("bn1.num_batches_tracked", {}).dtype() == DType::Int64);
}
