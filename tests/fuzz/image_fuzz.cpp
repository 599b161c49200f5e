// An input is a JPEG, PNG or BMP file.

#include "data/image.h"
#include "tests/fuzz/input_file.h"

using namespace helder;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  try {
    fuzz::touch(decode_image(std::as_bytes(std::span(data, size))));
  } catch (const Error&) {
  }
  return 0;
}
