#include "tensor/zip_archive.h"

#include "tensor/error.h"
#include "tests/catch.h"
#include "tests/paths.h"
#include "tests/temporary_directory.h"
#include "tests/zip_writer.h"

using namespace helder;

namespace {

std::string text_of(const Storage& storage) {
  return {static_cast<const char*>(storage.data()), storage.bytes()};
}

std::string text_of(const ZipArchive& archive, std::string_view name) {
  const ZipArchive::Entry* entry = archive.find(name);
  REQUIRE(entry != nullptr);
  return text_of(*archive.contents(*entry));
}

// The message with which an archive of these bytes is refused when it is opened or the first time that an
// entry is read, without the file's name.
std::string refusal(const std::string& bytes) {
  const TemporaryDirectory directory;
  write_file(directory / "bad.zip", bytes);
  try {
    const ZipArchive archive(directory / "bad.zip", "bad.zip");
    for (const ZipArchive::Entry& entry : archive.entries()) {
      archive.contents(entry);
    }
  } catch (const Error& error) {
    CHECK_THAT(error.what(), StartsWith("bad.zip: "));
    return std::string(error.what()).substr(9);
  }
  return "(accepted)";
}

// Two entries. The directory is in the same order, so that the first "PK\1\2" is a's.
const std::vector<ZipMember> kMembers = {{"a", "aaaaaaaaaa"}, {"b", std::string(2000, 'b'), true}};
// What b takes, which is zlib's to decide: 17 bytes in version 1.3.
const size_t kPacked = deflate_raw(kMembers[1].bytes).size();

size_t directory_of(const std::string& bytes) { return bytes.find("PK\1\2"); }
size_t second_of(const std::string& bytes) { return bytes.find("PK\1\2", directory_of(bytes) + 1); }

}  // namespace

TEST_CASE("zip archive: reads what Python writes, with and without zip64 and a comment", "[zip]") {
  for (const char* name : {"plain.zip", "comment.zip", "zip64.zip"}) {
    INFO(name);
    const ZipArchive archive(testing::source_path(std::string("tests/fixtures/zip/") + name), name);
    std::vector<std::string> names;
    for (const ZipArchive::Entry& entry : archive.entries()) {
      names.push_back(entry.name);
    }
    CHECK(names == std::vector<std::string>{"stored.txt", "folder/zeros", "empty", "packed empty", "naïve"});
    CHECK(text_of(archive, "stored.txt") == "as it is");
    CHECK(text_of(archive, "folder/zeros") == std::string(5000, '\0'));
    CHECK(text_of(archive, "empty").empty());
    CHECK(text_of(archive, "packed empty").empty());
    CHECK(text_of(archive, "naïve") == "utf-8");
    CHECK(archive.find("folder/zeros")->method == 8);
    CHECK(archive.find("folder/zeros")->packed_size < 50);
    CHECK(archive.find("zeros") == nullptr);
  }
}

TEST_CASE("zip archive: a stored entry is used where it lies, and outlives the archive", "[zip]") {
  const TemporaryDirectory directory;
  write_file(directory / "x.zip", zip_of(kMembers));
  std::shared_ptr<Storage> once, again, packed;
  {
    const ZipArchive archive(directory / "x.zip", "x.zip");
    once = archive.contents(*archive.find("a"));
    again = archive.contents(*archive.find("a"));
    packed = archive.contents(*archive.find("b"));
  }
  CHECK(once->data() == again->data());
  CHECK(text_of(*once) == "aaaaaaaaaa");
  CHECK(text_of(*packed) == std::string(2000, 'b'));
}

TEST_CASE("zip archive: one without entries", "[zip]") {
  const TemporaryDirectory directory;
  write_file(directory / "x.zip", zip_of({}));
  CHECK(ZipArchive(directory / "x.zip", "x.zip").entries().empty());
}

TEST_CASE("zip archive: what one begins with", "[zip]") {
  CHECK(looks_like_zip(zip_of(kMembers)));
  CHECK(looks_like_zip(zip_of({})));
  CHECK_FALSE(looks_like_zip("PK"));
  CHECK_FALSE(looks_like_zip("PK\1\2"));
}

TEST_CASE("zip archive: what is not one, or not all of one, is refused", "[zip]") {
  const std::string none = "not a zip archive, or one that is cut short: it does not end in a directory";
  CHECK(refusal("") == none);
  CHECK(refusal("PK\5\6") == none);
  CHECK(refusal(std::string(200'000, 'x')) == none);
  const std::string good = zip_of(kMembers);
  CHECK(refusal(good) == "(accepted)");
  for (size_t length = 0; length < good.size(); ++length) {
    if (refusal(good.substr(0, length)) != none) {
      FAIL(length << " bytes: " << refusal(good.substr(0, length)));
    }
  }
  CHECK(refusal(good + "x") == none);
}

TEST_CASE("zip archive: a directory that lies about itself is refused", "[zip]") {
  const std::string good = zip_of(kMembers);
  const size_t end = good.size() - 22;
  std::string bad = good;
  patch<uint32_t>(bad, end + 16, 0x7fffffff);
  CHECK(refusal(bad) ==
        "the zip directory, 94 bytes at byte 2147483647, would end after byte " + std::to_string(end));
  bad = good;
  patch<uint32_t>(bad, end + 12, 0xffffffff);
  CHECK(refusal(bad) == "the zip directory, 4294967295 bytes at byte " + std::to_string(end - 94) +
                            ", would end after byte " + std::to_string(end));
  bad = good;
  patch<uint16_t>(bad, end + 8, 3);
  patch<uint16_t>(bad, end + 10, 3);
  CHECK(refusal(bad) == "the zip directory promises 3 entries in 94 bytes");
  bad = good;
  patch<uint16_t>(bad, end + 8, 1);
  CHECK(refusal(bad) == "a zip archive on several disks is not supported");
  bad = good;
  patch<uint16_t>(bad, second_of(bad) + 28, 2);  // the name would take the end record's first byte
  CHECK(refusal(bad) == "the zip directory ends within entry 1 of 2");
  bad = good;
  patch<uint32_t>(bad, second_of(bad), 0);
  CHECK(refusal(bad) == "entry 1 of the zip directory is not one");
  CHECK(refusal(zip_of({{"a", "1"}, {"a", "2"}})) == "the zip archive has two entries 'a'");
}

TEST_CASE("zip archive: a zip64 directory that lies about itself is refused", "[zip]") {
  const std::string good = read_file(testing::source_path("tests/fixtures/zip/zip64.zip"));
  REQUIRE(refusal(good) == "(accepted)");
  const size_t end = good.find("PK\6\6"), locator = good.find("PK\6\7");
  std::string bad = good;
  patch<uint64_t>(bad, locator + 8, ~uint64_t{0});
  CHECK(refusal(bad) == "the zip64 directory is not where it should be, at byte 18446744073709551615");
  bad = good;
  patch<uint64_t>(bad, locator + 8, end + 1);
  CHECK_THAT(refusal(bad), StartsWith("the zip64 directory is not where it should be"));
  bad = good;
  patch<uint64_t>(bad, end + 24, uint64_t{1} << 63);
  patch<uint64_t>(bad, end + 32, uint64_t{1} << 63);
  CHECK_THAT(refusal(bad), StartsWith("the zip directory promises 9223372036854775808 entries in "));
  bad = good;
  patch<uint64_t>(bad, end + 40, ~uint64_t{0} - 8);
  CHECK_THAT(refusal(bad), StartsWith("the zip directory, 18446744073709551607 bytes at byte "));
  bad = good;
  patch<uint32_t>(bad, end + 16, 1);
  CHECK(refusal(bad) == "a zip archive on several disks is not supported");
  // The first entry's zip64 field, behind its name: its id, and its length.
  const size_t field = directory_of(good) + 46 + std::string("stored.txt").size();
  bad = good;
  patch<uint16_t>(bad, field, 2);
  CHECK(refusal(bad) == "'stored.txt' in the zip archive lacks its zip64 sizes");
  bad = good;
  patch<uint16_t>(bad, field + 2, 8);
  CHECK(refusal(bad) == "'stored.txt' in the zip archive lacks its zip64 sizes");
  bad = good;
  patch<uint16_t>(bad, field + 2, 0xffff);
  CHECK(refusal(bad) == "'stored.txt' in the zip archive lacks its zip64 sizes");
}

TEST_CASE("zip archive: entries outside the file or inside each other are refused", "[zip]") {
  const std::string good = zip_of(kMembers);
  const size_t a = directory_of(good), b = second_of(good);
  std::string bad = good;
  patch<uint32_t>(bad, b + 42, 0);  // b begins where a does
  CHECK(refusal(bad) == "'a' in the zip archive, 10 bytes at byte 0, runs into what begins at byte 0");
  bad = good;
  patch<uint32_t>(bad, a + 20, 11);
  patch<uint32_t>(bad, a + 24, 11);
  CHECK(refusal(bad) == "'a' in the zip archive, 11 bytes at byte 0, runs into what begins at byte 41");
  bad = good;
  patch<uint32_t>(bad, b + 42, 0x7fffffff);
  CHECK_THAT(refusal(bad), StartsWith("'b' in the zip archive, "));
  bad = good;
  patch<uint32_t>(bad, a + 42, static_cast<uint32_t>(a));
  CHECK_THAT(refusal(bad), EndsWith("runs into what begins at byte " + std::to_string(a)));
  bad = good;
  patch<uint16_t>(bad, 28, 11);  // a's local header has an extra field, which moves its bytes into b
  CHECK(refusal(bad) == "'a' in the zip archive, 10 bytes at byte 0, runs into what begins at byte 41");
  bad = good;
  patch<uint32_t>(bad, 0, 0);
  CHECK(refusal(bad) == "'a' in the zip archive is not where it should be, at byte 0");
  bad = good;
  bad[30] = 'c';
  CHECK(refusal(bad) == "the zip archive has another name for 'a' in its directory than beside it");
}

TEST_CASE("zip archive: sizes that cannot be are refused before memory is taken", "[zip]") {
  const std::string good = zip_of(kMembers);
  const size_t a = directory_of(good), b = second_of(good);
  std::string bad = good;
  patch<uint32_t>(bad, a + 24, 9);
  CHECK(refusal(bad) == "'a' in the zip archive is stored as it is, 10 bytes, but should have 9");
  bad = good;
  patch<uint32_t>(bad, b + 24, 0xfffffffe);
  CHECK(refusal(bad) == "'b' in the zip archive promises 4294967294 bytes, more than " +
                            std::to_string(kPacked) + " bytes of deflate data can hold");
}

TEST_CASE("zip archive: deflate data that is not what was promised is refused", "[zip]") {
  const std::string good = zip_of(kMembers);
  const size_t a = directory_of(good), b = second_of(good);
  const size_t data = 41 + 31;  // b's
  std::string bad = good;
  for (const uint32_t size : {0u, 1999u, 2001u}) {  // a bomb holds more than it promises
    patch<uint32_t>(bad, b + 24, size);
    CHECK(refusal(bad) == "'b' in the zip archive is corrupt: its " + std::to_string(kPacked) +
                              " bytes do not unpack into " + std::to_string(size));
  }
  bad = good;
  patch<uint32_t>(bad, b + 20, static_cast<uint32_t>(kPacked - 1));
  CHECK(refusal(bad) == "'b' in the zip archive is corrupt: its " + std::to_string(kPacked - 1) +
                            " bytes do not unpack into 2000");
  bad = good;
  bad[data] = '\7';
  CHECK(refusal(bad) == "'b' in the zip archive is corrupt (invalid block type)");
  bad = good;
  patch<uint32_t>(bad, b + 16, 1);
  CHECK(refusal(bad) == "'b' in the zip archive is corrupt: its checksum is 5fdfa768, not 00000001");
  bad = good;
  patch<uint16_t>(bad, a + 10, 12);
  CHECK(refusal(bad) ==
        "'a' in the zip archive is packed by method 12; 0 (stored) and 8 (deflate) are supported");
  bad = good;
  patch<uint16_t>(bad, a + 8, 1);
  CHECK(refusal(bad) == "'a' in the zip archive is encrypted");
}

TEST_CASE("zip archive: the beginning of an entry, without the rest", "[zip]") {
  const TemporaryDirectory directory;
  std::string bytes = zip_of(kMembers);
  patch(bytes, second_of(bytes) + 16, uint32_t{1});  // b's checksum, which only all of it is compared with
  write_file(directory / "x.zip", bytes);
  const ZipArchive archive(directory / "x.zip", "x.zip");
  const auto beginning = [&](const char* name, uint64_t most) {
    return text_of(*archive.beginning(*archive.find(name), most));
  };
  CHECK(beginning("a", 3) == "aaa");
  CHECK(beginning("a", 0).empty());
  CHECK(beginning("a", 99) == "aaaaaaaaaa");
  CHECK(beginning("b", 1999) == std::string(1999, 'b'));
  CHECK(beginning("b", 0).empty());
  CHECK_THROWS_WITH(beginning("b", 2000), ContainsSubstring("'b' in the zip archive is corrupt"));
}
