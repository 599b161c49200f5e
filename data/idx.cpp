#include "data/idx.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>

#include "tensor/factories.h"

// A file is: two zero bytes, a type (0x08 is unsigned bytes), the number of dimensions, their sizes as
// big-endian 32-bit integers, and the elements in row-major order.

namespace helder {
namespace {

constexpr uint8_t kUnsignedBytes = 0x08;
constexpr uint64_t kMostGzipPacks = 1032;  // bytes in one: the limit of the deflate format

// The bytes of a file, unpacked where they are packed: zlib reads plain files as they are.
class Input {
 public:
  explicit Input(const std::filesystem::path& path) : name_("idx: " + path.string()) {
    std::error_code error;
    const auto status = std::filesystem::status(path, error);
    check(std::filesystem::exists(status), "{}: No such file or directory", name_);
    check(!std::filesystem::is_directory(status), "{}: is a directory", name_);
    check(std::filesystem::is_regular_file(status), "{}: is not a regular file", name_);
    file_size_ = std::filesystem::file_size(path, error);
    errno = 0;
    file_.reset(::gzopen(path.c_str(), "rbe"));
    check(!error && file_ != nullptr, "{}: {}", name_,
          error ? error.message() : std::generic_category().message(errno));
  }

  const std::string& name() const { return name_; }

  uint64_t file_size() const { return file_size_; }
  bool is_packed() const { return ::gzdirect(file_.get()) == 0; }

  // Reads up to `bytes`; fewer only at the end of the file.
  size_t read(void* to, size_t bytes) {
    constexpr size_t kPiece = size_t{1} << 20;
    size_t done = 0;
    while (done < bytes) {
      const auto piece = static_cast<unsigned>(std::min(bytes - done, kPiece));
      const int got = ::gzread(file_.get(), static_cast<std::byte*>(to) + done, piece);
      int code = Z_OK;
      const char* message = ::gzerror(file_.get(), &code);  // "path: reason" when there is one
      check(code != Z_BUF_ERROR, "{}: the gzip data is cut short", name_);
      check(code != Z_ERRNO, "{}: {}", name_, std::generic_category().message(errno));
      check(got >= 0, "{}: the gzip data is corrupt ({})", name_, reason_of(message));
      if (got == 0) {
        break;
      }
      done += static_cast<size_t>(got);
    }
    return done;
  }

 private:
  static std::string_view reason_of(std::string_view message) {
    const size_t colon = message.rfind(": ");
    return colon == std::string_view::npos ? message : message.substr(colon + 2);
  }

  struct Close {
    void operator()(gzFile file) const { ::gzclose(file); }
  };
  std::string name_;
  uint64_t file_size_ = 0;
  std::unique_ptr<gzFile_s, Close> file_;
};

Shape read_header(Input& input) {
  std::array<uint8_t, 4> start{};
  const size_t got = input.read(start.data(), start.size());
  check(got == start.size(), "{}: the file ends within the header", input.name());
  check(start[0] == 0 && start[1] == 0, "{}: not an IDX file: it begins with {:02x} {:02x}, not with 00 00",
        input.name(), start[0], start[1]);
  check(start[2] == kUnsignedBytes,
        "{}: elements of type 0x{:02x} are not supported; 0x08 (unsigned bytes) is", input.name(), start[2]);
  check(start[3] >= 1 && start[3] <= kMaxRank, "{}: {} dimensions are not supported; 1 to {} are",
        input.name(), start[3], kMaxRank);
  Shape shape;
  for (int d = 0; d < start[3]; ++d) {
    std::array<uint8_t, 4> size{};
    check(input.read(size.data(), size.size()) == size.size(), "{}: the file ends within the header",
          input.name());
    shape.push_back(int64_t{size[0]} << 24 | size[1] << 16 | size[2] << 8 | size[3]);
  }
  check_sizes(input.name().c_str(), shape);
  return shape;
}

}  // namespace

Tensor load_idx(const std::filesystem::path& path) {
  Input input(path);
  const Shape shape = read_header(input);
  const uint64_t promised = static_cast<uint64_t>(shape.numel());
  if (input.is_packed()) {
    check(promised / kMostGzipPacks <= input.file_size(),
          "{}: shape {} needs {} bytes of data, more than {} bytes of gzip data can hold", input.name(),
          shape.str(), promised, input.file_size());
  } else {
    const uint64_t there = input.file_size() - 4 - 4 * static_cast<uint64_t>(shape.rank());
    check(promised <= there, "{}: shape {} needs {} bytes of data, but there are {}", input.name(),
          shape.str(), promised, there);
  }
  const Tensor result = empty(shape, DType::UInt8);
  const uint64_t got = input.read(result.raw_data(), promised);
  check(got == promised, "{}: shape {} needs {} bytes of data, but there are {}", input.name(), shape.str(),
        promised, got);
  // Reading up to the very end has zlib compare the checksum.
  uint8_t more = 0;
  check(input.read(&more, 1) == 0, "{}: more bytes follow the {} that shape {} needs", input.name(), promised,
        shape.str());
  return result;
}

}  // namespace helder
