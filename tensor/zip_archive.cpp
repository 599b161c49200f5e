#include "tensor/zip_archive.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <limits>
#include <span>

#include "tensor/error.h"
#include "tensor/mapped_file.h"

// A file is (PKWARE's APPNOTE.TXT; numbers are little-endian):
//
//   for each entry: local header, name, extra fields, packed bytes
//   directory:      for each entry a header with its sizes and its place, name, extra fields, comment
//   end record:     where the directory is; before it, for zip64, a wider one and a locator of that
//
// The directory counts: local headers repeat it, and may lack the sizes. A field of all ones stands for a
// number that is in a zip64 record instead.

namespace helder {
namespace {

static_assert(std::endian::native == std::endian::little,
              "zip files are little-endian, and read as they are");

constexpr std::string_view kLocalMagic("PK\3\4", 4), kEntryMagic("PK\1\2", 4), kEndMagic("PK\5\6", 4);
constexpr std::string_view kEnd64Magic("PK\6\6", 4), kLocatorMagic("PK\6\7", 4);
constexpr uint64_t kLocalBytes = 30, kEntryBytes = 46, kEndBytes = 22, kEnd64Bytes = 56, kLocatorBytes = 20;
constexpr uint64_t kMostComment = 0xffff;
constexpr uint16_t kZip64Field = 1;
constexpr uint16_t kStored = 0, kDeflated = 8, kEncrypted = 1;
constexpr uint64_t kMostPacked = 1032;  // bytes in one: the limit of the deflate format

// A part of the file, and numbers in it. Whoever makes one has checked that it is there.
struct Record {
  const std::byte* begin;

  template <class T>
  T at(uint64_t offset) const {
    T value;
    std::memcpy(&value, begin + offset, sizeof value);
    return value;
  }
  std::string_view text(uint64_t offset, uint64_t bytes) const {
    return {reinterpret_cast<const char*>(begin) + offset, bytes};
  }
  bool has(std::string_view magic) const { return text(0, magic.size()) == magic; }
};

Record record_at(const Storage& file, uint64_t offset) {
  return {static_cast<const std::byte*>(file.data()) + offset};
}

// Whether bytes [offset, offset + bytes) are below `limit`; sums that overflow are not.
bool fits(uint64_t offset, uint64_t bytes, uint64_t limit) {
  return offset <= limit && bytes <= limit - offset;
}

// The numbers of a directory's entry that did not fit into 32 bits: those, and only those, are in the field.
// False where the field is missing or too short.
bool read_zip64_field(Record extra, uint64_t bytes, std::span<uint64_t*> wide) {
  for (uint64_t at = 0; fits(at, 4, bytes);) {
    const uint16_t id = extra.at<uint16_t>(at);
    const uint64_t length = extra.at<uint16_t>(at + 2);
    at += 4;
    if (!fits(at, length, bytes)) {
      return false;
    }
    if (id == kZip64Field) {
      if (length < 8 * wide.size()) {
        return false;
      }
      for (uint64_t* number : wide) {
        *number = extra.at<uint64_t>(at);
        at += 8;
      }
      return true;
    }
    at += length;
  }
  return false;
}

}  // namespace

bool looks_like_zip(std::string_view start) {
  return start.starts_with(kLocalMagic) || start.starts_with(kEndMagic);
}

ZipArchive::ZipArchive(const std::filesystem::path& path, const std::string& name)
    : ZipArchive(map_storage(path, name), name) {}

ZipArchive::ZipArchive(std::shared_ptr<Storage> file, std::string name)
    : file_(std::move(file)), name_(std::move(name)) {
  const Directory directory = find_directory();
  read_directory(directory);
  check_layout(directory.offset);
}

const ZipArchive::Entry* ZipArchive::find(std::string_view name) const {
  const auto found = places_.find(name);
  return found == places_.end() ? nullptr : &entries_[found->second];
}

// ---- the directory ----

ZipArchive::Directory ZipArchive::find_directory() const {
  // The end record is the last thing but for a comment, whose length it says.
  const uint64_t size = file_->bytes();
  uint64_t end = size;
  for (uint64_t comment = 0; comment <= kMostComment && fits(comment, kEndBytes, size); ++comment) {
    const uint64_t offset = size - kEndBytes - comment;
    const Record record = record_at(*file_, offset);
    if (record.has(kEndMagic) && record.at<uint16_t>(20) == comment) {
      end = offset;
      break;
    }
  }
  check(end < size, "{}: not a zip archive, or one that is cut short: it does not end in a directory", name_);

  const Record record = record_at(*file_, end);
  Directory directory = {record.at<uint32_t>(16), record.at<uint32_t>(12), record.at<uint16_t>(10)};
  uint64_t limit = end;
  if (end >= kLocatorBytes && record_at(*file_, end - kLocatorBytes).has(kLocatorMagic)) {
    limit = end - kLocatorBytes;
    directory = read_zip64_end(limit);
  } else {
    check(record.at<uint16_t>(4) == 0 && record.at<uint16_t>(6) == 0 &&
              record.at<uint16_t>(8) == record.at<uint16_t>(10),
          "{}: a zip archive on several disks is not supported", name_);
  }
  check(fits(directory.offset, directory.bytes, limit),
        "{}: the zip directory, {} bytes at byte {}, would end after byte {}", name_, directory.bytes,
        directory.offset, limit);
  check(directory.count <= directory.bytes / kEntryBytes,
        "{}: the zip directory promises {} entries in {} bytes", name_, directory.count, directory.bytes);
  return directory;
}

ZipArchive::Directory ZipArchive::read_zip64_end(uint64_t locator) const {
  const uint64_t end = record_at(*file_, locator).at<uint64_t>(8);
  check(fits(end, kEnd64Bytes, locator) && record_at(*file_, end).has(kEnd64Magic),
        "{}: the zip64 directory is not where it should be, at byte {}", name_, end);
  const Record record = record_at(*file_, end);
  check(record.at<uint32_t>(16) == 0 && record.at<uint32_t>(20) == 0 &&
            record.at<uint64_t>(24) == record.at<uint64_t>(32),
        "{}: a zip archive on several disks is not supported", name_);
  return {record.at<uint64_t>(48), record.at<uint64_t>(40), record.at<uint64_t>(32)};
}

void ZipArchive::read_directory(const Directory& directory) {
  const uint64_t end = directory.offset + directory.bytes;
  uint64_t offset = directory.offset;
  for (uint64_t i = 0; i < directory.count; ++i) {
    check(fits(offset, kEntryBytes, end), "{}: the zip directory ends within entry {} of {}", name_, i,
          directory.count);
    const Record record = record_at(*file_, offset);
    check(record.has(kEntryMagic), "{}: entry {} of the zip directory is not one", name_, i);
    const uint64_t name_bytes = record.at<uint16_t>(28), extra_bytes = record.at<uint16_t>(30);
    const uint64_t bytes = kEntryBytes + name_bytes + extra_bytes + record.at<uint16_t>(32);
    check(fits(offset, bytes, end), "{}: the zip directory ends within entry {} of {}", name_, i,
          directory.count);

    Entry entry;
    entry.name = record.text(kEntryBytes, name_bytes);
    entry.flags = record.at<uint16_t>(8);
    entry.method = record.at<uint16_t>(10);
    entry.crc = record.at<uint32_t>(16);
    std::array<uint64_t*, 3> wide{};
    size_t wide_count = 0;
    const auto read_number = [&](uint64_t& number, uint64_t at) {
      number = record.at<uint32_t>(at);
      if (number == std::numeric_limits<uint32_t>::max()) {
        wide[wide_count++] = &number;
      }
    };
    read_number(entry.size, 24);  // in the order in which the zip64 field has them
    read_number(entry.packed_size, 20);
    read_number(entry.header, 42);
    check(wide_count == 0 || read_zip64_field({record.begin + kEntryBytes + name_bytes}, extra_bytes,
                                              std::span(wide).first(wide_count)),
          "{}: '{}' in the zip archive lacks its zip64 sizes", name_, entry.name);

    check(places_.emplace(entry.name, entries_.size()).second, "{}: the zip archive has two entries '{}'",
          name_, entry.name);
    entries_.push_back(std::move(entry));
    offset += bytes;
  }
}

void ZipArchive::check_layout(uint64_t directory_offset) {
  std::vector<Entry*> by_place;
  for (Entry& entry : entries_) {
    by_place.push_back(&entry);
  }
  std::stable_sort(by_place.begin(), by_place.end(),
                   [](const Entry* a, const Entry* b) { return a->header < b->header; });
  for (size_t i = 0; i < by_place.size(); ++i) {
    Entry& entry = *by_place[i];
    const bool is_last = i + 1 == by_place.size();
    // Entries that lie inside each other make small files that unpack into anything.
    entry.limit = is_last ? directory_offset : std::min(by_place[i + 1]->header, directory_offset);
    const uint64_t head = kLocalBytes + entry.name.size();
    check(fits(entry.header, head, entry.limit) && entry.packed_size <= entry.limit - entry.header - head,
          "{}: '{}' in the zip archive, {} bytes at byte {}, runs into what begins at byte {}", name_,
          entry.name, entry.packed_size, entry.header, entry.limit);
    check(entry.method != kStored || entry.size == entry.packed_size,
          "{}: '{}' in the zip archive is stored as it is, {} bytes, but should have {}", name_, entry.name,
          entry.packed_size, entry.size);
    check(entry.method != kDeflated || entry.size / kMostPacked <= entry.packed_size,
          "{}: '{}' in the zip archive promises {} bytes, more than {} bytes of deflate data can hold", name_,
          entry.name, entry.size, entry.packed_size);
  }
}

// ---- contents ----

std::shared_ptr<Storage> ZipArchive::beginning(const Entry& entry, uint64_t most) const {
  check((entry.flags & kEncrypted) == 0, "{}: '{}' in the zip archive is encrypted", name_, entry.name);
  check(entry.method == kStored || entry.method == kDeflated,
        "{}: '{}' in the zip archive is packed by method {}; 0 (stored) and 8 (deflate) are supported", name_,
        entry.name, entry.method);
  const Record local = record_at(*file_, entry.header);
  check(local.has(kLocalMagic), "{}: '{}' in the zip archive is not where it should be, at byte {}", name_,
        entry.name, entry.header);
  const uint64_t name_bytes = local.at<uint16_t>(26);
  const uint64_t offset = entry.header + kLocalBytes + name_bytes + local.at<uint16_t>(28);
  check(fits(offset, entry.packed_size, entry.limit),
        "{}: '{}' in the zip archive, {} bytes at byte {}, runs into what begins at byte {}", name_,
        entry.name, entry.packed_size, entry.header, entry.limit);
  check(local.text(kLocalBytes, name_bytes) == entry.name,
        "{}: the zip archive has another name for '{}' in its directory than beside it", name_, entry.name);
  const uint64_t bytes = std::min(most, entry.size);
  return entry.method == kDeflated ? inflated(entry, offset, bytes) : part_of(file_, offset, bytes);
}

std::shared_ptr<Storage> ZipArchive::inflated(const Entry& entry, uint64_t offset, uint64_t bytes) const {
  const auto result = std::make_shared<Storage>(bytes);
  const bool all = bytes == entry.size;
  constexpr uint64_t kPiece = uint64_t{1} << 30;  // zlib counts in 32 bits

  z_stream stream{};
  check(::inflateInit2(&stream, -MAX_WBITS) == Z_OK, "{}: no memory to unpack '{}'", name_, entry.name);
  stream.next_in = static_cast<Bytef*>(file_->data()) + offset;
  Bytef none = 0;  // zlib takes no null pointer for no bytes
  stream.next_out = bytes == 0 ? &none : static_cast<Bytef*>(result->data());
  uint64_t in = entry.packed_size, out = bytes;  // still to come
  uint64_t crc = ::crc32(0, nullptr, 0);
  int status = Z_OK;
  while (status == Z_OK && (all || out > 0)) {
    const auto in_piece = static_cast<uInt>(std::min(in, kPiece));
    const auto out_piece = static_cast<uInt>(std::min(out, kPiece));
    stream.avail_in = in_piece;
    stream.avail_out = out_piece;
    const Bytef* unpacked = stream.next_out;
    status = ::inflate(&stream, Z_NO_FLUSH);  // Z_BUF_ERROR where it makes no progress
    in -= in_piece - stream.avail_in;
    out -= out_piece - stream.avail_out;
    crc = ::crc32(crc, unpacked, out_piece - stream.avail_out);
  }
  const std::string reason = stream.msg ? stream.msg : "";
  ::inflateEnd(&stream);
  if (!all && out == 0) {
    return result;
  }
  check(status == Z_STREAM_END || status == Z_BUF_ERROR, "{}: '{}' in the zip archive is corrupt ({})", name_,
        entry.name, reason);
  check(status == Z_STREAM_END && in == 0 && out == 0,
        "{}: '{}' in the zip archive is corrupt: its {} bytes do not unpack into {}", name_, entry.name,
        entry.packed_size, entry.size);
  check(crc == entry.crc, "{}: '{}' in the zip archive is corrupt: its checksum is {:08x}, not {:08x}", name_,
        entry.name, crc, entry.crc);
  return result;
}

}  // namespace helder
