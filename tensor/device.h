#pragma once

#include <cstdint>
#include <string_view>

namespace helder {

/// Where a tensor's bytes live: the computer's memory or that of its GPU. A build with `HELDER_CUDA=simt` has
/// a GPU that the CPU plays (kernels/simt/).
enum class Device : uint8_t { Cpu, Cuda };

constexpr std::string_view name_of(Device device) {
  switch (device) {
    case Device::Cpu:
      return "cpu";
    case Device::Cuda:
      return "cuda";
  }
  return "unknown";
}

}  // namespace helder
