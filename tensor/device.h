#pragma once

#include <cstdint>
#include <string_view>

namespace helder {

/// Where a tensor's bytes live.
enum class Device : uint8_t { Cpu };

constexpr std::string_view name_of(Device device) {
  switch (device) {
    case Device::Cpu:
      return "cpu";
  }
  return "unknown";
}

}  // namespace helder
