#include "data/idx.h"

#include "tensor/allocator.h"
#include "tests/catch.h"
#include "tests/data/idx_files.h"
#include "tests/data_path.h"
#include "tests/deflate.h"
#include "tests/temporary_directory.h"

using namespace helder;

namespace {

const std::string kSixBytes("\x00\x01\x7f\x80\xfe\xff", 6);

// The message with which a file of these bytes is refused, without the file's name.
std::string refusal(const std::string& bytes) {
  const TemporaryDirectory directory;
  const auto path = directory / "file";
  write_file(path, bytes);
  const std::string start = "idx: " + path.string() + ": ";
  try {
    load_idx(path);
  } catch (const Error& error) {
    CHECK_THAT(error.what(), StartsWith(start));
    return std::string(error.what()).substr(start.size());
  }
  return "(accepted)";
}

}  // namespace

TEST_CASE("idx: reads a plain and a packed file, whatever they are called") {
  const TemporaryDirectory directory;
  const std::string bytes = idx_header({2, 3}) + kSixBytes;
  write_file(directory / "plain.gz", bytes);
  write_file(directory / "packed", gzip(bytes));
  for (const char* name : {"plain.gz", "packed"}) {
    const Tensor tensor = load_idx(directory / name);
    CHECK(tensor.dtype() == DType::UInt8);
    CHECK(tensor.shape() == Shape{2, 3});
    CHECK(tensor.to_vector<int64_t>() == std::vector<int64_t>{0, 1, 127, 128, 254, 255});
  }
}

TEST_CASE("idx: reads any number of dimensions and a file without elements") {
  const TemporaryDirectory directory;
  write_file(directory / "1", idx_header({6}) + kSixBytes);
  write_file(directory / "8", idx_header({1, 1, 2, 1, 3, 1, 1, 1}) + kSixBytes);
  write_file(directory / "0", gzip(idx_header({0, 28, 28})));
  CHECK(load_idx(directory / "1").shape() == Shape{6});
  CHECK(load_idx(directory / "8").shape() == Shape{1, 1, 2, 1, 3, 1, 1, 1});
  CHECK(load_idx(directory / "0").shape() == Shape{0, 28, 28});
}

TEST_CASE("idx: reads a gzip file of several members") {
  const TemporaryDirectory directory;
  write_file(directory / "file", gzip(idx_header({2, 3})) + gzip(kSixBytes));
  CHECK(load_idx(directory / "file").to_vector<int64_t>().back() == 255);
}

TEST_CASE("idx: names the file that it cannot open") {
  const TemporaryDirectory directory;
  const auto path = directory / "missing";
  CHECK_THROWS_WITH(load_idx(path), "idx: " + path.string() + ": No such file or directory");
  CHECK_THROWS_WITH(load_idx(directory.path()), "idx: " + directory.path().string() + ": is a directory");
  CHECK_THROWS_WITH(load_idx("/dev/null"), "idx: /dev/null: is not a regular file");
}

TEST_CASE("idx: refuses what is not an IDX file of bytes") {
  CHECK(refusal("") == "the file ends within the header");
  CHECK(refusal(std::string("\0\0\x08", 3)) == "the file ends within the header");
  CHECK(refusal(idx_header({2, 3}).substr(0, 11)) == "the file ends within the header");
  CHECK(refusal("\x89PNG\r\n\x1a\n") == "not an IDX file: it begins with 89 50, not with 00 00");
  CHECK(refusal(gzip("hello world")) == "not an IDX file: it begins with 68 65, not with 00 00");
  CHECK(refusal(idx_header({6}, 0x0d) + std::string(24, '\0')) ==
        "elements of type 0x0d are not supported; 0x08 (unsigned bytes) is");
  CHECK(refusal(idx_header({}) + "x") == "0 dimensions are not supported; 1 to 8 are");
  CHECK(refusal(idx_header({1, 1, 1, 1, 1, 1, 1, 1, 1}) + "x") ==
        "9 dimensions are not supported; 1 to 8 are");
}

TEST_CASE("idx: refuses a file whose size disagrees with its header") {
  const std::string bytes = idx_header({2, 3}) + kSixBytes;
  CHECK(refusal(bytes.substr(0, bytes.size() - 1)) == "shape [2,3] needs 6 bytes of data, but there are 5");
  CHECK(refusal(bytes + "x") == "more bytes follow the 6 that shape [2,3] needs");
  CHECK(refusal(gzip(bytes.substr(0, bytes.size() - 1))) ==
        "shape [2,3] needs 6 bytes of data, but there are 5");
  CHECK(refusal(gzip(bytes + "x")) == "more bytes follow the 6 that shape [2,3] needs");
  CHECK(refusal(bytes) == "(accepted)");
}

TEST_CASE("idx: refuses gzip data cut short, wherever it was cut") {
  const std::string packed = gzip(idx_header({2, 3}) + kSixBytes);
  for (size_t length = 2; length < packed.size(); ++length) {
    INFO(length << " of " << packed.size() << " bytes");
    CHECK(refusal(packed.substr(0, length)) == "the gzip data is cut short");
  }
}

TEST_CASE("idx: refuses corrupt gzip data") {
  std::string data;
  for (int i = 0; i < 200; ++i) {
    data += static_cast<char>(i * i >> 3 & 0xff);
  }
  const std::string packed = gzip(idx_header({200}) + data);
  const auto with_bit_flipped = [&](size_t at) {
    std::string bytes = packed;
    bytes[at] = static_cast<char>(bytes[at] ^ 0x10);
    return refusal(bytes);
  };
  // The last eight bytes are the checksum and the length.
  CHECK(with_bit_flipped(packed.size() - 5) == "the gzip data is corrupt (incorrect data check)");
  CHECK(with_bit_flipped(packed.size() - 1) == "the gzip data is corrupt (incorrect length check)");
  // Ten bytes of header are followed by the start of a block, not all of whose bits need to mean something.
  for (size_t at = 16; at < packed.size(); ++at) {
    INFO("bit flipped in byte " << at);
    CHECK(with_bit_flipped(at) != "(accepted)");
  }
}

TEST_CASE("idx: takes no more memory and unpacks no more than the header and the file's size allow") {
  // A header that promises 4 GiB, in front of little.
  CHECK(refusal(idx_header({1u << 31, 2}) + "x") ==
        "shape [2147483648,2] needs 4294967296 bytes of data, but there are 1");
  const std::string packed = gzip(idx_header({1u << 31, 2}) + "x");
  CHECK(refusal(packed) == "shape [2147483648,2] needs 4294967296 bytes of data, more than " +
                               std::to_string(packed.size()) + " bytes of gzip data can hold");
  CHECK_THAT(refusal(idx_header({1u << 31, 1u << 31, 1u << 31})),
             ContainsSubstring("is too large to address"));
  // A header that promises 6 bytes, in front of 16 MiB that gzip packs into 16 KiB.
  const std::string bomb = gzip(idx_header({6}) + std::string(size_t{16} << 20, '\0'));
  CHECK(bomb.size() < 20000);
  reset_peak_memory();
  const size_t before = memory_stats().peak_bytes_in_use;
  CHECK(refusal(bomb) == "more bytes follow the 6 that shape [6] needs");
  CHECK(memory_stats().peak_bytes_in_use - before <= 64);
}

TEST_CASE("idx: reads the real MNIST") {
  const auto mnist = data_path("mnist");
  if (!mnist) return;
  const Tensor images = load_idx(*mnist / "t10k-images-idx3-ubyte.gz");
  const Tensor labels = load_idx(*mnist / "t10k-labels-idx1-ubyte.gz");
  CHECK(images.shape() == Shape{10000, 28, 28});
  CHECK(labels.shape() == Shape{10000});
  int64_t sum = 0;
  for (const int64_t pixel : images.to_vector<int64_t>()) sum += pixel;
  CHECK(sum == 264923200);
  std::vector<int64_t> count(10);
  for (const int64_t label : labels.to_vector<int64_t>()) ++count.at(static_cast<size_t>(label));
  CHECK(count == std::vector<int64_t>{980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009});
}
