#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "weights/weight_file.h"

namespace helder {

/// An open `.safetensors` file (github.com/huggingface/safetensors; weights/safetensors_header.h). A file
/// with a type that is not a StoredType is refused. Its tensors are in the order in which they lie in it.
///
/// Tensors show the file's mapped memory. Replacing the file by another one (as `save_safetensors` does) does
/// not disturb them.
class SafetensorsFile final : public WeightFile {
 public:
  explicit SafetensorsFile(const std::filesystem::path& path);

 private:
  Tensor read(size_t index) const override;

  std::vector<std::shared_ptr<Storage>> parts_;  // the bytes of each tensor
};

/// Writes tensors under their names, and strings about them, byte for byte as the Python package does:
/// ordered by type, widest first, then by name. The file is replaced atomically (tensor/atomic_file.h).
/// Throws on a name that is given twice and on an undefined tensor.
void save_safetensors(const std::filesystem::path& path,
                      const std::vector<std::pair<std::string, Tensor>>& tensors,
                      const std::map<std::string, std::string>& metadata = {});

}  // namespace helder
