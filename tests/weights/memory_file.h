#pragma once

#include <utility>

#include "weights/weight_file.h"

/// A weight file that never was on a disk.
class MemoryFile : public helder::WeightFile {
 public:
  explicit MemoryFile(helder::StateDict state) : WeightFile("memory"), state_(std::move(state)) {
    for (const auto& [name, tensor] : state_) {
      add({name, helder::stored_type_of(tensor.dtype()), tensor.shape()});
    }
  }

 private:
  helder::Tensor read(size_t index) const override { return state_[index].second; }

  helder::StateDict state_;
};
