#pragma once

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "tensor/factories.h"
#include "tests/paths.h"

/// A part of tests/fixtures/vision.json, by generate_vision.py.
inline nlohmann::json vision_fixture(const std::string& part) {
  std::ifstream file(helder::testing::source_path("tests/fixtures/vision.json"));
  return nlohmann::json::parse(file).at(part);
}

/// A list of rows of four.
inline helder::Tensor boxes_of(const nlohmann::json& rows) {
  std::vector<float> numbers;
  for (const auto& row : rows) {
    for (const auto& number : row) {
      numbers.push_back(number.get<float>());
    }
  }
  return helder::from_data(numbers, {static_cast<int64_t>(numbers.size()) / 4, 4});
}
