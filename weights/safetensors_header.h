#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "weights/weight_file.h"

namespace helder {

/// What is in front of the tensors' bytes in a `.safetensors` file: 8 bytes, the header's length; then the
/// header, JSON padded by spaces to a multiple of 8:
///
///   {"__metadata__": {"format": "pt"},
///    "fc.weight": {"dtype": "F32", "shape": [10, 84], "data_offsets": [0, 3360]}}
///
/// Offsets count from the end of the header. The tensors cover the rest of the file, without holes or
/// overlaps.
struct SafetensorsHeader {
  static constexpr uint64_t kLengthBytes = 8;
  static constexpr uint64_t kMaxBytes = 100'000'000;  ///< the format's own limit
  static constexpr const char* kMetadataKey = "__metadata__";

  struct Entry {
    StoredTensor tensor;
    uint64_t begin = 0;
    uint64_t end = 0;
  };
  std::vector<Entry> entries;  ///< in the order in which they lie in the file
  std::map<std::string, std::string> metadata;
};

/// Reads the JSON, and checks it against itself and against the number of bytes that follow it. Throws
/// `Error`, starting with `file`, on anything that is not exactly such a header. Takes memory in proportion
/// to the tensors, whatever the text may hold besides.
SafetensorsHeader parse_safetensors_header(std::string_view text, uint64_t data_bytes,
                                           const std::string& file);

}  // namespace helder
