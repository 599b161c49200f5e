// An input is a .cfg file, and behind a zero byte the .weights file of that network.

#include <algorithm>

#include "tests/fuzz/input_file.h"
#include "weights/darknet_cfg.h"
#include "weights/darknet_weights.h"

using namespace helder;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const fuzz::InputFile file;
  const std::string_view text = fuzz::text_of(data, size);
  const size_t end = std::min(text.find('\0'), text.size());
  try {
    const DarknetOptions options = parse_darknet_cfg(text.substr(0, end));
    const DarknetWeights weights(file.with(text.substr(std::min(end + 1, text.size()))), options);
    for (const StoredTensor& stored : weights.tensors()) {
      fuzz::touch(weights.tensor(stored.name));
    }
  } catch (const Error&) {
  }
  return 0;
}
