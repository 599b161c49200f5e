#include "tensor/mapped_file.h"

#include <sys/stat.h>

#include <cstring>

#include "tensor/error.h"
#include "tensor/storage.h"
#include "tests/catch.h"
#include "tests/temporary_directory.h"

using namespace helder;

namespace {

std::string text_of(const Storage& storage) {
  return {static_cast<const char*>(storage.data()), storage.bytes()};
}

}  // namespace

TEST_CASE("mapped file: shows the file's bytes; what is written to them stays here") {
  const TemporaryDirectory directory;
  const auto path = directory / "file";
  write_file(path, "hello");
  const MappedFile file(path, "test");
  REQUIRE(file.bytes().size() == 5);
  CHECK(std::memcmp(file.bytes().data(), "hello", 5) == 0);
  file.bytes()[0] = std::byte{'j'};
  CHECK(std::memcmp(file.bytes().data(), "jello", 5) == 0);
  CHECK(read_file(path) == "hello");
}

TEST_CASE("mapped file: a file without bytes is no error") {
  const TemporaryDirectory directory;
  write_file(directory / "empty", "");
  CHECK(MappedFile(directory / "empty", "test").bytes().empty());
  CHECK(map_storage(directory / "empty", "test")->bytes() == 0);
}

TEST_CASE("mapped file: what cannot be read is named") {
  const TemporaryDirectory directory;
  CHECK_THROWS_WITH(MappedFile(directory / "none", "test x"), "test x: No such file or directory");
  CHECK_THROWS_WITH(MappedFile(directory.path(), "test x"), "test x: is a directory");
  CHECK_THROWS_WITH(MappedFile("/dev/null", "test x"), "test x: is not a regular file");
  REQUIRE(::mkfifo((directory / "pipe").c_str(), 0600) == 0);  // opening one would wait for a writer
  CHECK_THROWS_WITH(MappedFile(directory / "pipe", "test x"), "test x: is not a regular file");
}

TEST_CASE("mapped file: outlives its name, and the reader") {
  const TemporaryDirectory directory;
  const auto path = directory / "file";
  write_file(path, "old bytes");
  const std::shared_ptr<Storage> storage = map_storage(path, "test");
  write_file(directory / "new", "new bytes");
  std::filesystem::rename(directory / "new", path);
  CHECK(text_of(*storage) == "old bytes");
  std::filesystem::remove(path);
  CHECK(text_of(*storage) == "old bytes");
}

TEST_CASE("mapped file: a file of more than all memory takes none until it is read") {
  const TemporaryDirectory directory;
  const auto path = directory / "file";
  write_file(path, "x");
  constexpr uint64_t kTebibyte = uint64_t{1} << 40;
  std::error_code error;
  std::filesystem::resize_file(path, kTebibyte, error);  // a hole: takes no room on the disk
  if (error) {
    WARN("skipped: no file may be that large here");
    return;
  }
  const std::shared_ptr<Storage> storage = map_storage(path, "test");
  CHECK(storage->bytes() == kTebibyte);
  CHECK(static_cast<char*>(storage->data())[0] == 'x');
  CHECK(static_cast<char*>(storage->data())[kTebibyte - 1] == 0);
}

TEST_CASE("part_of: a stretch that keeps the whole, and counts its own changes") {
  const TemporaryDirectory directory;
  write_file(directory / "file", "0123456789");
  std::shared_ptr<Storage> whole = map_storage(directory / "file", "test");
  const std::shared_ptr<Storage> part = part_of(whole, 3, 4);
  CHECK(static_cast<char*>(part->data()) == static_cast<char*>(whole->data()) + 3);
  part->bump_version();
  CHECK(whole->version() == 0);
  CHECK(part_of(whole, 10, 0)->bytes() == 0);
  CHECK_THROWS_WITH(part_of(whole, 7, 4), "part_of: bytes 7 to 11 of a storage of 10");
  CHECK_THROWS_WITH(part_of(whole, 11, 0), "part_of: bytes 11 to 11 of a storage of 10");
  CHECK_THROWS_AS(part_of(whole, ~uint64_t{0}, 2), Error);
  CHECK_THROWS_AS(part_of(whole, 2, ~uint64_t{0}), Error);
  whole.reset();
  CHECK(text_of(*part) == "3456");
}
