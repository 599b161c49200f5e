#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <vector>

#include "tensor/zip_archive.h"
#include "weights/weight_file.h"

namespace helder {

/// NumPy's `.npz`: a zip archive of `.npy` files, each a tensor under its name without that ending; as
/// `np.savez` and `np.savez_compressed` write it, and as Google's ViT checkpoints come.
///
/// An array of another type than the StoredTypes is refused, of Python objects (which would need a pickle)
/// above all, and the file with it. Elements of type V2 are bfloat16, which NumPy has no name for: JAX writes
/// them so. Arrays in Fortran's order have its strides. A stored entry shows the file's mapped memory where
/// it happens to be aligned; a deflated one is unpacked when it is asked for, and takes no memory before.
class NpzFile final : public WeightFile {
 public:
  explicit NpzFile(const std::filesystem::path& path);

 private:
  struct Array {
    uint64_t data = 0;  // where they begin in the entry
    Shape strides;
  };
  Tensor read(size_t index) const override;

  ZipArchive archive_;  // entry i is tensor i
  std::vector<Array> arrays_;
};

/// A `.npy` file as a weight file of one tensor, which is called what the file is: `x` in `x.npy`. Unlike
/// `load_npy` it shares the file's mapped memory, and reads no other types than NpzFile does.
class NpyFile final : public WeightFile {
 public:
  explicit NpyFile(const std::filesystem::path& path);

 private:
  Tensor read(size_t index) const override;

  std::shared_ptr<Storage> file_;
  uint64_t data_ = 0;
  Shape strides_;
};

}  // namespace helder
