// An input is a PyTorch file of the legacy form.

#include "tests/fuzz/input_file.h"
#include "weights/pytorch.h"

using namespace helder;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const fuzz::InputFile file;
  fuzz::read_all<PyTorchLegacyFile>(file.with(fuzz::text_of(data, size)));
  return 0;
}
