#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "tensor/tensor.h"

namespace helder {

/// An open `.safetensors` file (github.com/huggingface/safetensors): named tensors, and strings about them.
///
/// F64, F32, F16, BF16, I64, U8 and BOOL load as they are, I32, I16 and I8 as int64; a file with other types
/// is refused. Opening reads the header and checks all of it against the file's size, so that no file,
/// however it was made, can cause more than an `Error` with its name and what is wrong. A tensor's numbers
/// are read when it is asked for. Replacing the file by another one (as `save_safetensors` does) does not
/// disturb a reader that has it open.
class SafetensorsFile {
 public:
  explicit SafetensorsFile(const std::filesystem::path& path);

  /// In the order in which the tensors lie in the file.
  const std::vector<std::string>& names() const { return names_; }
  bool contains(const std::string& name) const { return entries_.count(name) > 0; }

  /// Reads one tensor into new memory. Throws when the file has none of that name.
  Tensor tensor(const std::string& name) const;

  /// The strings that the file has beside its tensors; empty when there are none.
  const std::map<std::string, std::string>& metadata() const { return metadata_; }

 private:
  struct Entry {
    std::string stored_type;  // as the file spells it: "F32"
    Shape shape;
    uint64_t begin = 0;  // bytes from the end of the header
    uint64_t end = 0;
  };

  struct Descriptor {
    int number = -1;
    Descriptor() = default;
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor();
  };

  uint64_t open(const std::filesystem::path& path);  // returns the file's size
  std::string read_header(uint64_t file_size);
  void parse_header(const std::string& text);
  void check_layout(uint64_t data_size);
  void read(uint64_t position, void* to, size_t bytes) const;
  template <class Stored, class Result>
  Tensor read_elements(const Entry& entry) const;

  std::string name_;  // what messages start with
  Descriptor descriptor_;
  uint64_t data_start_ = 0;  // the header's end, from the start of the file
  std::map<std::string, Entry> entries_;
  std::vector<std::string> names_;
  std::map<std::string, std::string> metadata_;
};

/// Writes tensors under their names, and strings about them, byte for byte as the Python package does:
/// ordered by type, widest first, then by name. The file is replaced atomically (tensor/atomic_file.h).
/// Throws on a name that is given twice and on an undefined tensor.
void save_safetensors(const std::filesystem::path& path,
                      const std::vector<std::pair<std::string, Tensor>>& tensors,
                      const std::map<std::string, std::string>& metadata = {});

}  // namespace helder
