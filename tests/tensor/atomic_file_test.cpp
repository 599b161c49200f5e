#include "tensor/atomic_file.h"

#include <sys/stat.h>

#include <algorithm>

#include "tensor/error.h"
#include "tests/catch.h"
#include "tests/full_disk.h"
#include "tests/temporary_directory.h"

using namespace helder;

namespace {

std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

}  // namespace

TEST_CASE("an atomic file appears as a whole at commit") {
  const TemporaryDirectory directory;
  const auto path = directory / "file";
  AtomicFile file(path);
  file.write(bytes_of("one "));
  file.write({});
  file.write(bytes_of("two"));
  CHECK_FALSE(std::filesystem::exists(path));
  file.commit();
  CHECK(read_file(path) == "one two");
  CHECK(directory.names() == std::vector<std::string>{"file"});
}

TEST_CASE("an atomic file replaces an older one at commit, and not before") {
  const TemporaryDirectory directory;
  const auto path = directory / "file";
  write_file(path, "old");
  {
    AtomicFile file(path);
    file.write(bytes_of("new"));
    CHECK(read_file(path) == "old");
    CHECK(directory.names().size() == 2);
  }
  CHECK(read_file(path) == "old");
  CHECK(directory.names().size() == 1);
  AtomicFile file(path);
  file.write(bytes_of("new"));
  file.commit();
  CHECK(read_file(path) == "new");
}

TEST_CASE("two atomic files of one name do not meet") {
  const TemporaryDirectory directory;
  const auto path = directory / "file";
  AtomicFile first(path);
  AtomicFile second(path);
  first.write(bytes_of("first"));
  second.write(bytes_of("second"));
  second.commit();
  CHECK(read_file(path) == "second");
  first.commit();
  CHECK(read_file(path) == "first");
}

TEST_CASE("an atomic file has the permissions of a new file") {
  const TemporaryDirectory directory;
  const mode_t mask = ::umask(027);
  AtomicFile file(directory / "file");
  ::umask(mask);
  file.commit();
  CHECK(std::filesystem::status(directory / "file").permissions() == std::filesystem::perms{0640});
}

TEST_CASE("a full disk leaves the old file") {
  const TemporaryDirectory directory;
  const auto path = directory / "file";
  write_file(path, "old");
  {
    AtomicFile file(path);
    const FullDisk full(1000);
    file.write(bytes_of(std::string(600, 'a')));
    // The first 400 bytes are a short write; the rest fails.
    CHECK_THROWS_WITH(file.write(bytes_of(std::string(600, 'b'))),
                      "cannot write " + path.string() + ": File too large");
  }
  CHECK(read_file(path) == "old");
  CHECK(directory.names() == std::vector<std::string>{"file"});
}

TEST_CASE("an atomic file names the path that it cannot write") {
  const TemporaryDirectory directory;
  const auto path = directory / "missing/file";
  CHECK_THROWS_WITH(AtomicFile(path), "cannot create " + path.string() + ": No such file or directory");
}

TEST_CASE("an atomic file ends with commit") {
  const TemporaryDirectory directory;
  const auto path = directory / "file";
  AtomicFile file(path);
  file.commit();
  CHECK_THROWS_WITH(file.write(bytes_of("more")), "cannot write " + path.string() + ": it is committed");
  CHECK_THROWS_WITH(file.commit(), "cannot commit " + path.string() + ": it is committed");
}
