// An input is a .npy file, or an .npz where it does not begin like one. Both readers of .npy see it.

#include "tensor/npy.h"
#include "tensor/npy_header.h"
#include "tests/fuzz/input_file.h"
#include "weights/npz.h"

using namespace helder;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const fuzz::InputFile file;
  const std::string_view bytes = fuzz::text_of(data, size);
  if (!bytes.starts_with(kNpyMagic)) {
    fuzz::read_all<NpzFile>(file.with(bytes));
    return 0;
  }
  fuzz::read_all<NpyFile>(file.with(bytes));
  try {
    fuzz::touch(load_npy(file.with(bytes)));
  } catch (const Error&) {
  }
  return 0;
}
