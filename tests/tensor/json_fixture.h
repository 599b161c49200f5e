#pragma once

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tensor/copy.h"
#include "tensor/factories.h"
#include "tests/paths.h"

namespace helder {

/// One of the files that the scripts in tests/fixtures write.
inline nlohmann::json read_json_fixture(const std::string& name) {
  const std::string path = testing::source_path("tests/fixtures/" + name);
  std::ifstream file(path);
  check(file.good(), "cannot read {}", path);
  return nlohmann::json::parse(file);
}

inline Shape shape_of_json(const nlohmann::json& sizes) { return Shape(sizes.get<std::vector<int64_t>>()); }

inline DType dtype_of_json(const std::string& name) {
  for (const DType dtype : {DType::Bool, DType::UInt8, DType::Int64, DType::Float16, DType::BFloat16,
                            DType::Float32, DType::Float64}) {
    if (name == name_of(dtype)) {
      return dtype;
    }
  }
  fail("no dtype is called {}", name);
}

/// The tensor of a case: `dtype`, `shape` and `values`, in which floats are hexadecimal strings, so that they
/// are exact, or start + i * step from `arange`.
inline Tensor tensor_of_json(const nlohmann::json& c) {
  const DType dtype = dtype_of_json(c.at("dtype"));
  const Shape shape = shape_of_json(c.at("shape"));
  const auto as_tensor = [&](const auto& values) { return converted_copy(from_data(values, shape), dtype); };
  if (c.contains("arange")) {
    std::vector<double> values;
    for (int64_t i = 0; i < shape.numel(); ++i) {
      values.push_back(c["arange"]["start"].get<double>() +
                       c["arange"]["step"].get<double>() * static_cast<double>(i));
    }
    return as_tensor(values);
  }
  if (is_floating_point(dtype)) {
    std::vector<double> values;
    for (const std::string text : c.at("values")) {
      values.push_back(std::strtod(text.c_str(), nullptr));
    }
    return as_tensor(values);
  }
  std::vector<int64_t> values;
  for (const auto& value : c.at("values")) {
    values.push_back(value.is_boolean() ? value.get<bool>() : value.get<int64_t>());
  }
  return as_tensor(values);
}

}  // namespace helder
