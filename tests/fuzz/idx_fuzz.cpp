// An input is an IDX file, perhaps compressed by gzip.

#include "data/idx.h"
#include "tests/fuzz/input_file.h"

using namespace helder;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const fuzz::InputFile file;
  try {
    fuzz::touch(load_idx(file.with(fuzz::text_of(data, size))));
  } catch (const Error&) {
  }
  return 0;
}
