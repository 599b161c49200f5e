// An input is a file; an index, where it begins with a brace. And it is the header of a file, with the right
// length in front, since changes to a header would nearly always end there: the data follow a zero byte.

#include <cstring>

#include "tests/fuzz/input_file.h"
#include "weights/safetensors.h"
#include "weights/sharded_safetensors.h"

using namespace helder;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const fuzz::InputFile file;
  const std::string_view text = fuzz::text_of(data, size);
  fuzz::read_all<SafetensorsFile>(file.with(text));
  if (text.starts_with('{')) {
    fuzz::read_all<ShardedSafetensors>(file.with(text));
    const std::string_view header = text.substr(0, text.find('\0'));
    const uint64_t length = header.size();
    std::string whole(reinterpret_cast<const char*>(&length), sizeof length);
    whole += header;
    whole += text.substr(std::min(text.size(), header.size() + 1));
    fuzz::read_all<SafetensorsFile>(file.with(whole));
  }
  return 0;
}
