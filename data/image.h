#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tensor/tensor.h"

/// Image files. An image in memory is always a tensor [3,H,W] of uint8: red, green and blue planes.
namespace helder {

/// The most pixels that an image is decoded or resized to: Pillow's limit, against files of a few bytes that
/// would fill the memory.
inline constexpr int64_t kMaxImagePixels = 178956970;

/// Decodes a JPEG, PNG or BMP file, [3,H,W], uint8, as Pillow's `convert("RGB")` does: grey and palettes
/// become colours, alpha is dropped without blending, and of 16-bit channels the upper 8 bits stay (Pillow
/// clips 16-bit greys to 255 instead). It stands as the camera was held (data/exif.h); of no other metadata,
/// such as colour profiles, notice is taken.
///
/// Throws `Error`, starting with `image: PATH`, on anything that is not a whole image of these formats. Sizes
/// are checked against the file before memory is taken.
Tensor load_image(const std::filesystem::path& path);

/// The same from memory; messages start with `name`.
Tensor decode_image(std::span<const std::byte> file, const std::string& name = "image");

struct ImageSize {
  int64_t height = 0, width = 0;
};

/// The size that load_image gives it, of which only the header is read.
ImageSize image_size(const std::filesystem::path& path);

/// Whether a file of this name is looked at where images are collected: .jpg, .jpeg, .png or .bmp, in any
/// case.
bool has_image_extension(const std::filesystem::path& path);

/// A PNG file of [C,H,W], uint8: C = 1 grey, 2 grey and alpha, 3 colour, 4 colour and alpha.
std::vector<std::byte> encode_png(const Tensor& image);
/// Writes it, atomically (tensor/atomic_file.h).
void save_png(const std::filesystem::path& path, const Tensor& image);

}  // namespace helder
