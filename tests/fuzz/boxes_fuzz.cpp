// An input is a data.yaml, which is text, or COCO's annotations, which begin with a brace.

#include "data/coco_json.h"
#include "data/yolo_yaml.h"
#include "tests/fuzz/input_file.h"

using namespace helder;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const fuzz::InputFile file;
  const std::string_view text = fuzz::text_of(data, size);
  try {
    if (text.starts_with('{')) {
      load_coco_truth(file.with(text));
    } else {
      load_yolo_yaml(file.with(text));
    }
  } catch (const Error&) {
  }
  return 0;
}
