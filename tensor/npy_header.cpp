#include "tensor/npy_header.h"

#include <charconv>
#include <utility>

#include "tensor/error.h"

namespace helder {
namespace {

// A recursive-descent reader of the few Python literals that a header may hold.
class Parser {
 public:
  Parser(std::string_view text, const std::string& file) : text_(text), file_(file) {}

  NpyHeader header() {
    NpyHeader result;
    bool has_descr = false;
    bool has_order = false;
    bool has_shape = false;
    expect('{');
    while (!accept('}')) {
      const std::string key = string("a key");
      expect(':');
      if (key == "descr" && !std::exchange(has_descr, true)) {
        result.descr = descr();
      } else if (key == "fortran_order" && !std::exchange(has_order, true)) {
        result.fortran_order = boolean();
      } else if (key == "shape" && !std::exchange(has_shape, true)) {
        result.shape = shape();
      } else {
        fail("{}: the header's key '{}' is unknown or doubled", file_, key);
      }
      if (!accept(',')) {
        expect('}');
        break;
      }
    }
    check(peek() == '\0', "{}: the header goes on after its dictionary", file_);
    check(has_descr && has_order && has_shape,
          "{}: the header lacks one of 'descr', 'fortran_order' and 'shape'", file_);
    return result;
  }

 private:
  // The next character that is not blank; 0 at the end.
  char peek() {
    const size_t next = text_.find_first_not_of(" \t\n");
    text_.remove_prefix(std::min(next, text_.size()));
    return text_.empty() ? '\0' : text_.front();
  }

  bool accept(char c) {
    if (peek() != c) {
      return false;
    }
    text_.remove_prefix(1);
    return true;
  }

  void expect(char c) {
    if (!accept(c)) {
      unexpected(fmt::format("'{}'", c));
    }
  }

  [[noreturn]] void unexpected(std::string_view wanted) {
    const std::string got = peek() == '\0' ? "its end" : fmt::format("'{}'", text_.substr(0, 16));
    fail("{}: expected {} in the header, got {}", file_, wanted, got);
  }

  std::string string(std::string_view wanted) {
    const char quote = peek();
    const size_t end = quote == '\'' || quote == '"' ? text_.find(quote, 1) : std::string_view::npos;
    if (end == std::string_view::npos) {
      unexpected(wanted);
    }
    std::string value(text_.substr(1, end - 1));
    text_.remove_prefix(end + 1);
    return value;
  }

  std::string descr() {
    check(peek() != '[', "{}: structured arrays are not supported", file_);
    return string("a type");
  }

  bool boolean() {
    for (const bool value : {false, true}) {
      const std::string_view name = value ? "True" : "False";
      if (peek() != '\0' && text_.starts_with(name)) {
        text_.remove_prefix(name.size());
        return value;
      }
    }
    unexpected("True or False");
  }

  Shape shape() {
    Shape sizes;
    expect('(');
    while (!accept(')')) {
      const int64_t size = this->size();
      check(sizes.rank() < kMaxRank, "{}: more than {} dimensions are not supported", file_, kMaxRank);
      sizes.push_back(size);
      if (!accept(',')) {
        expect(')');
        break;
      }
    }
    return sizes;
  }

  int64_t size() {
    peek();
    int64_t value = 0;
    const auto [end, error] = std::from_chars(text_.data(), text_.data() + text_.size(), value);
    if (error != std::errc() || value < 0) {
      unexpected("a size");
    }
    text_.remove_prefix(static_cast<size_t>(end - text_.data()));
    accept('L');  // Python 2 wrote long integers so
    return value;
  }

  std::string_view text_;
  const std::string& file_;
};

}  // namespace

NpyHeader parse_npy_header(std::string_view text, const std::string& file) {
  return Parser(text, file).header();
}

NpyStart read_npy_start(std::span<const std::byte> bytes, const std::string& file) {
  size_t position = 0;
  const auto take = [&](size_t count, const char* what) {
    const size_t left = bytes.size() - position;
    check(count <= left, "{}: the file ends within {} ({} bytes needed, {} there)", file, what, count, left);
    position += count;
    return std::string_view(reinterpret_cast<const char*>(bytes.data()) + position - count, count);
  };
  check(take(kNpyMagic.size(), "the magic number") == kNpyMagic, "{}: not a .npy file (wrong magic number)",
        file);
  const std::string_view version = take(2, "the version");
  const int major = static_cast<uint8_t>(version[0]);
  const int minor = static_cast<uint8_t>(version[1]);
  check(major >= 1 && major <= 3 && minor == 0, "{}: format version {}.{} is not supported (1.0 to 3.0 are)",
        file, major, minor);
  size_t length = 0;
  int shift = 0;
  for (const char byte : take(major == 1 ? 2 : 4, "the header's length")) {
    length |= size_t{static_cast<uint8_t>(byte)} << shift;
    shift += 8;
  }
  NpyHeader header = parse_npy_header(take(length, "the header"), file);
  return {std::move(header), position};
}

std::string npy_header_text(const NpyHeader& header) {
  std::string sizes;
  for (int64_t size : header.shape) {
    sizes += (sizes.empty() ? "" : ", ") + std::to_string(size);
  }
  if (header.shape.rank() == 1) {
    sizes += ",";
  }
  std::string text = fmt::format("{{'descr': '{}', 'fortran_order': {}, 'shape': ({}), }}", header.descr,
                                 header.fortran_order ? "True" : "False", sizes);
  if (header.shape.rank() > 0) {
    // Room for the dimension along which a file can grow to reach 21 digits without moving the data.
    const int64_t growing = header.fortran_order ? header.shape.back() : header.shape.front();
    text.append(21 - std::to_string(growing).size(), ' ');
  }
  // The data, after 10 bytes of magic, version and length, this text, and a line feed, starts at a multiple
  // of 64.
  text.append(64 - (10 + text.size() + 1) % 64, ' ');
  return text + '\n';
}

}  // namespace helder
