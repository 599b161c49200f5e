// Weight files: opening and listing one of 350 MB, and loading it into a module that is there already. The
// system has the file's pages in memory, as after a download.
//
//   ./helder bench weights

#include <unistd.h>

#include <filesystem>

#include "benchmarks/row.h"
#include "models/vit.h"
#include "tensor/parallel.h"
#include "weights/safetensors.h"

namespace helder::bench {
namespace {

// A ViT-B/16's weights in a file, for as long as a row runs.
struct Checkpoint {
  VisionTransformer model;
  std::filesystem::path path =
      std::filesystem::temp_directory_path() / ("helder-vit_b_16-" + std::to_string(::getpid()));

  Checkpoint() { save_safetensors(path, model.state_dict()); }
  ~Checkpoint() { std::filesystem::remove(path); }
};

const bool registered = [] {
  add_row("weights/helder/vit_b_16/list", 1, {}, [] {
    const auto checkpoint = std::make_shared<Checkpoint>();
    const int64_t expected = checkpoint->model.parameter_count();
    return [=] {
      const SafetensorsFile file(checkpoint->path);
      int64_t elements = 0;
      for (const StoredTensor& tensor : file.tensors()) {
        elements += tensor.shape.numel();
      }
      check(elements == expected, "the file has {} elements", elements);
    };
  });
  constexpr double kBytes = 2 * 4 * 86'567'656.0;  // each of the parameters is read and written
  add_row("weights/helder/vit_b_16/load", num_threads(), {.bytes = kBytes}, [] {
    const auto checkpoint = std::make_shared<Checkpoint>();
    return [=] { checkpoint->model.load_state_dict(SafetensorsFile(checkpoint->path).state_dict()); };
  });
  return true;
}();

}  // namespace
}  // namespace helder::bench
