#include "tensor/npy.h"

#include <cmath>

#include "tensor/factories.h"
#include "tensor/npy_header.h"
#include "tensor/views.h"
#include "tests/catch.h"
#include "tests/full_disk.h"
#include "tests/temporary_directory.h"
#include "tests/tensor/json_fixture.h"

using namespace helder;

namespace {

std::string from_hex(const std::string& hex) {
  std::string bytes;
  for (size_t i = 0; i < hex.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  }
  return bytes;
}

// Equal in type, shape and every bit, but that one NaN is as good as another.
bool same(const Tensor& a, const Tensor& b) {
  if (a.dtype() != b.dtype() || !(a.shape() == b.shape())) {
    return false;
  }
  const auto values_a = a.dtype() == DType::Int64 ? std::vector<double>() : a.to_vector<double>();
  const auto values_b = b.dtype() == DType::Int64 ? std::vector<double>() : b.to_vector<double>();
  for (size_t i = 0; i < values_a.size(); ++i) {
    const bool both_nan = std::isnan(values_a[i]) && std::isnan(values_b[i]);
    if (!both_nan && std::bit_cast<uint64_t>(values_a[i]) != std::bit_cast<uint64_t>(values_b[i])) {
      return false;
    }
  }
  return a.dtype() != DType::Int64 || a.to_vector<int64_t>() == b.to_vector<int64_t>();
}

// A file with this header (version 1.0) and data.
std::string npy(const std::string& header, const std::string& data = "") {
  std::string bytes = "\x93NUMPY";
  bytes += {'\1', '\0', static_cast<char>(header.size() & 0xff), static_cast<char>(header.size() >> 8)};
  return bytes + header + data;
}

const std::string kHeader = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }\n";

}  // namespace

TEST_CASE("files that NumPy wrote load") {
  const TemporaryDirectory directory;
  for (const auto& c : read_json_fixture("npy.json")) {
    INFO(c.at("name").get<std::string>());
    write_file(directory / "x.npy", from_hex(c.at("bytes")));
    const Tensor x = load_npy(directory / "x.npy");
    CHECK(same(x, tensor_of_json(c)));
    CHECK(x.is_contiguous());
  }
}

TEST_CASE("save_npy writes what NumPy writes, byte for byte") {
  const TemporaryDirectory directory;
  int compared = 0;
  for (const auto& c : read_json_fixture("npy.json")) {
    if (c.at("save")) {
      INFO(c.at("name").get<std::string>());
      // Through load_npy, to have the fixture's very NaN.
      write_file(directory / "x.npy", from_hex(c.at("bytes")));
      save_npy(directory / "y.npy", load_npy(directory / "x.npy"));
      CHECK((read_file(directory / "y.npy") == from_hex(c.at("bytes"))));  // not printed: it is binary
      ++compared;
    }
  }
  CHECK(compared == 10);
}

TEST_CASE("a tensor survives save_npy and load_npy") {
  const TemporaryDirectory directory;
  const auto path = directory / "x.npy";
  Generator generator(1);
  const Tensor base = rand({5, 7, 3}, DType::Float64, generator);
  for (const DType dtype :
       {DType::Float16, DType::Float32, DType::Float64, DType::Int64, DType::UInt8, DType::Bool}) {
    for (const Tensor& x : {base, views::transpose(base, 0, 2), views::slice(base, 1, 1, std::nullopt, 3),
                            views::select(base, 0, 2), views::slice(base, 0, 2, 2)}) {
      INFO(name_of(dtype) << " " << x.shape().str());
      const Tensor scaled = converted_copy(x, dtype);
      save_npy(path, scaled);
      CHECK(same(load_npy(path), scaled));
    }
  }
  save_npy(path, views::transpose(base, 0, 2));  // strided itself, not by a conversion's copy
  CHECK(same(load_npy(path), views::transpose(base, 0, 2)));
}

TEST_CASE("booleans that are neither 0 nor 1 load as true") {
  const TemporaryDirectory directory;
  write_file(directory / "x.npy",
             npy("{'descr': '|b1', 'fortran_order': False, 'shape': (3,), }\n", std::string("\0\2\xff", 3)));
  CHECK(load_npy(directory / "x.npy").to_vector<int64_t>() == std::vector<int64_t>{0, 1, 1});
}

TEST_CASE("headers in other spellings load") {
  const TemporaryDirectory directory;
  const auto path = directory / "x.npy";
  const std::string data("\0\0\x80\x3f\0\0\0\x40", 8);  // 1 and 2
  for (const char* header : {"{'shape': (2,), 'fortran_order': False, 'descr': '<f4'}",
                             "{\"descr\":\"<f4\",\"fortran_order\":True,\"shape\":(2,)}\n\n",
                             "{ 'descr' : '=f4', 'fortran_order' : False, 'shape' : ( 2L , ) , }   \n"}) {
    INFO(header);
    write_file(path, npy(header, data));
    CHECK(load_npy(path).to_vector<float>() == std::vector<float>{1, 2});
  }
}

TEST_CASE("bad .npy files are refused with a message that names the file") {
  const TemporaryDirectory directory;
  const auto path = directory / "x.npy";
  const std::string file = "load_npy: " + path.string() + ": ";
  const std::string eight(8, '\0');
  const auto refuses = [&](const std::string& bytes, const std::string& message) {
    INFO(message);
    write_file(path, bytes);
    CHECK_THROWS_WITH(load_npy(path), file + message);
  };
  const auto refuses_header = [&](const std::string& header, const std::string& message) {
    refuses(npy(header, eight), message);
  };

  SECTION("what is not a .npy file") {
    refuses("", "the file ends within the magic number (6 bytes needed, 0 there)");
    refuses("\x93NUM", "the file ends within the magic number (6 bytes needed, 4 there)");
    refuses("PK\3\4 is a zip file", "not a .npy file (wrong magic number)");
  }
  SECTION("a truncated file") {
    const std::string whole = npy(kHeader, eight);
    refuses(whole.substr(0, 7), "the file ends within the version (2 bytes needed, 1 there)");
    refuses(whole.substr(0, 9), "the file ends within the header's length (2 bytes needed, 1 there)");
    refuses(whole.substr(0, 30), "the file ends within the header (58 bytes needed, 20 there)");
    refuses(whole.substr(0, whole.size() - 1), "shape [2] needs 8 bytes of data, but the file has 7");
    for (size_t size = 0; size < whole.size(); ++size) {
      write_file(path, whole.substr(0, size));
      CHECK_THROWS_AS(load_npy(path), Error);
    }
  }
  SECTION("a file that goes on") {
    refuses(npy(kHeader, eight + "x"), "shape [2] needs 8 bytes of data, but the file has 9");
  }
  SECTION("an unknown version") {
    std::string bytes = npy(kHeader, eight);
    bytes[6] = 4;
    refuses(bytes, "format version 4.0 is not supported (1.0 to 3.0 are)");
    bytes[6] = 1;
    bytes[7] = 1;
    refuses(bytes, "format version 1.1 is not supported (1.0 to 3.0 are)");
  }
  SECTION("hostile sizes take no memory") {
    std::string bytes = npy(kHeader);
    bytes[6] = 2;  // now the length has four bytes, the last two of which are the header's first
    refuses(bytes, "the file ends within the header (662372410 bytes needed, 56 there)");
    refuses_header("{'descr': '<f4', 'fortran_order': False, 'shape': (100000000000,), }",
                   "shape [100000000000] needs 400000000000 bytes of data, but the file has 8");
    refuses_header("{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296), }",
                   "a tensor of shape [4294967296,4294967296] is too large to address");
    refuses_header("{'descr': '<f4', 'fortran_order': False, 'shape': (0, 4294967296, 4294967296), }",
                   "a tensor of shape [0,4294967296,4294967296] is too large to address");
    refuses_header("{'descr': '<f4', 'fortran_order': False, 'shape': (9223372036854775808,), }",
                   "expected a size in the header, got '9223372036854775'");
    refuses_header("{'descr': '<f4', 'fortran_order': False, 'shape': (-2,), }",
                   "expected a size in the header, got '-2,), }'");
    refuses_header("{'descr': '<f4', 'fortran_order': False, 'shape': (1,1,1,1,1,1,1,1,2), }",
                   "more than 8 dimensions are not supported");
  }
  SECTION("types without a tensor") {
    const auto refuses_type = [&](const std::string& descr, const std::string& message) {
      refuses_header("{'descr': " + descr + ", 'fortran_order': False, 'shape': (1,), }", message);
    };
    refuses_type("'|O'", "arrays of Python objects are not supported");
    refuses_type("'<u8'", "elements of type '<u8' are not supported");
    refuses_type("'<c8'", "elements of type '<c8' are not supported");
    refuses_type("'<U2'", "elements of type '<U2' are not supported");
    refuses_type("'<f16'", "elements of type '<f16' are not supported");
    refuses_type("'<'", "elements of type '<' are not supported");
    refuses_type("'f4'", "'f4' is not a type of elements");
    refuses_type("''", "'' is not a type of elements");
    refuses_type("[('x', '<f4'), ('y', '<f4')]", "structured arrays are not supported");
  }
  SECTION("malformed headers") {
    refuses_header("", "expected '{' in the header, got its end");
    refuses_header("[]", "expected '{' in the header, got '[]'");
    refuses_header("{}", "the header lacks one of 'descr', 'fortran_order' and 'shape'");
    refuses_header("{'descr': '<f4', 'shape': (2,), }",
                   "the header lacks one of 'descr', 'fortran_order' and 'shape'");
    refuses_header("{'descr': '<f4', 'descr': '<f4', }", "the header's key 'descr' is unknown or doubled");
    refuses_header("{'colour': 'red', }", "the header's key 'colour' is unknown or doubled");
    refuses_header("{descr: '<f4'}", "expected a key in the header, got 'descr: '<f4'}'");
    refuses_header("{'descr' '<f4'}", "expected ':' in the header, got ''<f4'}'");
    refuses_header("{'descr': '<f4", "expected a type in the header, got ''<f4'");
    refuses_header("{'descr': '<f4' 'shape': (2,)}", "expected '}' in the header, got ''shape': (2,)}'");
    refuses_header("{'descr': '<f4', 'fortran_order': 0, 'shape': (2,), }",
                   "expected True or False in the header, got '0, 'shape': (2,)'");
    refuses_header("{'shape': 2}", "expected '(' in the header, got '2}'");
    refuses_header("{'shape': (2", "expected ')' in the header, got its end");
    refuses_header("{'shape': (2 3)}", "expected ')' in the header, got '3)}'");
    refuses_header("{'shape': (2.5,)}", "expected ')' in the header, got '.5,)}'");
    refuses_header("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), } import os",
                   "the header goes on after its dictionary");
  }
}

TEST_CASE("no header does worse than throw") {
  Generator generator(3);
  int parsed = 0;
  for (int i = 0; i < 20000; ++i) {
    std::string text = kHeader;
    for (int64_t changes = generator.randint(1, 4); changes > 0; --changes) {
      const auto place = static_cast<size_t>(generator.randint(0, static_cast<int64_t>(text.size())));
      text[place] = static_cast<char>(generator.randint(0, 256));
    }
    text.resize(static_cast<size_t>(generator.randint(0, 4) ? kHeader.size() : generator.randint(0, 58)));
    try {
      const NpyHeader header = parse_npy_header(text, "file");
      ++parsed;
    } catch (const Error& error) {
      CHECK_THAT(error.what(), StartsWith("file: "));
    }
  }
  CHECK(parsed > 100);  // with another letter in the type, or another digit in the shape
}

TEST_CASE("load_npy names a file that it cannot open") {
  const TemporaryDirectory directory;
  const auto missing = directory / "missing.npy";
  CHECK_THROWS_WITH(load_npy(missing), "load_npy: " + missing.string() + ": No such file or directory");
  CHECK_THROWS_WITH(load_npy(directory.path()),
                    "load_npy: " + directory.path().string() + ": is a directory");
}

TEST_CASE("save_npy refuses bfloat16") {
  const TemporaryDirectory directory;
  CHECK_THROWS_WITH(save_npy(directory / "x.npy", ones({2}, DType::BFloat16)),
                    "save_npy: NumPy has no bfloat16; convert with .to(DType)");
  CHECK(directory.names().empty());
}

TEST_CASE("a failed save_npy loses nothing") {
  const TemporaryDirectory directory;
  const auto path = directory / "x.npy";
  save_npy(path, arange(4));
  const std::string before = read_file(path);
  SECTION("a full disk") {
    const FullDisk full(10000);
    CHECK_THROWS_WITH(save_npy(path, zeros({100, 100})),
                      "cannot write " + path.string() + ": File too large");
  }
  SECTION("a directory in the file's place") {
    std::filesystem::create_directory(directory / "y.npy");
    CHECK_THROWS_WITH(save_npy(directory / "y.npy", zeros({2})),
                      "cannot replace " + (directory / "y.npy").string() + ": Is a directory");
    std::filesystem::remove(directory / "y.npy");
  }
  CHECK((read_file(path) == before));
  CHECK(directory.names() == std::vector<std::string>{"x.npy"});
}
