#include "weights/npz.h"

#include <cstring>

#include "tensor/factories.h"
#include "tensor/npy.h"
#include "tests/catch.h"
#include "tests/paths.h"
#include "tests/temporary_directory.h"
#include "tests/zip_writer.h"

using namespace helder;

namespace {

// Made by tests/fixtures/generate_npz.py, with NumPy.
std::filesystem::path fixture(const char* name) {
  return testing::source_path(std::string("tests/fixtures/npz/") + name);
}

// A .npy file, version 1.0.
std::string npy(const std::string& descr, const std::string& shape, const std::string& data,
                const char* fortran_order = "False") {
  const std::string header =
      "{'descr': '" + descr + "', 'fortran_order': " + fortran_order + ", 'shape': " + shape + ", }\n";
  return "\x93NUMPY" + std::string("\1\0", 2) + little_endian(static_cast<uint16_t>(header.size())) + header +
         data;
}

template <class T>
std::string bytes_of(const std::vector<T>& numbers) {
  return {reinterpret_cast<const char*>(numbers.data()), numbers.size() * sizeof(T)};
}

const std::string kTwo = bytes_of<float>({1.5f, -2});

// The message with which a file of these bytes is refused, without the file's name.
template <class File>
std::string refusal(const std::string& bytes, const std::string& format) {
  const TemporaryDirectory directory;
  const auto path = directory / "bad";
  write_file(path, bytes);
  const std::string start = format + ": " + path.string() + ": ";
  try {
    File(path).state_dict();
  } catch (const Error& error) {
    CHECK_THAT(error.what(), StartsWith(start));
    return std::string(error.what()).substr(start.size());
  }
  return "(accepted)";
}

std::string npz_refusal(const std::vector<ZipMember>& members) {
  return refusal<NpzFile>(zip_of(members), "npz");
}
std::string npy_refusal(const std::string& bytes) { return refusal<NpyFile>(bytes, "npy"); }

}  // namespace

TEST_CASE("npz: reads what NumPy writes, stored and deflated", "[npz]") {
  for (const char* name : {"stored.npz", "deflated.npz"}) {
    INFO(name);
    const NpzFile file(fixture(name));
    CHECK(file.names() == std::vector<std::string>{"Transformer/encoder_norm/scale", "matrix", "fortran",
                                                   "scalar", "empty", "half", "i64", "i32", "i16", "i8", "u8",
                                                   "mask"});
    const auto is = [&](const char* tensor, DType dtype, const Shape& shape,
                        const std::vector<double>& values) {
      INFO(tensor);
      const Tensor x = file.tensor(tensor);
      CHECK(x.dtype() == dtype);
      CHECK(x.shape() == shape);
      CHECK(x.to_vector<double>() == values);
    };
    is("Transformer/encoder_norm/scale", DType::Float32, {3}, {1, 0.5, -2});
    is("matrix", DType::Float64, {2, 3}, {0, 1, 2, 3, 4, 5});
    is("fortran", DType::Float32, {2, 3, 2}, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11});
    is("scalar", DType::Float32, {}, {7});
    is("empty", DType::Float32, {0, 3}, {});
    is("half", DType::Float16, {2}, {0.5, 65504});
    is("i64", DType::Int64, {1}, {-1099511627776.0});
    is("i32", DType::Int64, {2}, {-2147483648.0, 2147483647});
    is("i16", DType::Int64, {2}, {-32768, 32767});
    is("i8", DType::Int64, {2}, {-128, 127});
    is("u8", DType::UInt8, {2}, {0, 255});
    is("mask", DType::Bool, {3}, {1, 0, 1});
    CHECK(file.tensor("fortran").strides() == Shape{1, 2, 6});
    CHECK(file.tensors()[7].type == StoredType::I32);
    CHECK_THROWS_WITH(file.tensor("x"), file.description() + ": there is no tensor 'x'");
  }
}

TEST_CASE("npy: the one tensor has the file's name, and is the file's memory", "[npz]") {
  const TemporaryDirectory directory;
  save_npy(directory / "weight.npy", from_data(std::vector<float>{1, 2, 3}, {3}));
  Tensor x;
  {
    const NpyFile file(directory / "weight.npy");
    CHECK(file.names() == std::vector<std::string>{"weight"});
    x = file.tensor("weight");
    CHECK(x.shares_storage(file.tensor("weight")));
  }
  CHECK(x.to_vector<float>() == std::vector<float>{1, 2, 3});
  x.fill_(9);
  CHECK(load_npy(directory / "weight.npy").to_vector<float>() == std::vector<float>{1, 2, 3});
}

TEST_CASE("npy: Fortran's order is strides, and elements may lie anywhere", "[npz]") {
  const TemporaryDirectory directory;
  const std::vector<float> columns = {0, 3, 1, 4, 2, 5};
  for (const char* spaces : {"(2, 3)", "(2, 3) ", "(2, 3)  ", "(2, 3)   "}) {  // data at any address
    write_file(directory / "x.npy", npy("<f4", spaces, bytes_of(columns), "True"));
    const Tensor x = NpyFile(directory / "x.npy").tensor("x");
    CHECK(x.strides() == Shape{1, 2});
    CHECK(x.to_vector<float>() == std::vector<float>{0, 1, 2, 3, 4, 5});
  }
}

TEST_CASE("npy: two bytes without a type are JAX's bfloat16", "[npz]") {
  const TemporaryDirectory directory;
  write_file(directory / "x.npy", npy("|V2", "(2,)", bytes_of<uint16_t>({0x3fc0, 0xc000})));
  const Tensor x = NpyFile(directory / "x.npy").tensor("x");
  CHECK(x.dtype() == DType::BFloat16);
  CHECK(x.to_vector<float>() == std::vector<float>{1.5f, -2});
}

TEST_CASE("npz: an archive that is not one of arrays is refused", "[npz]") {
  CHECK(npz_refusal({{"a.npy", npy("<f4", "(2,)", kTwo)}, {"b.npy", npy("<f4", "(2,)", kTwo), true}}) ==
        "(accepted)");
  CHECK(npz_refusal({}) == "(accepted)");
  CHECK(npz_refusal({{"notes.txt", "hello"}}) == "'notes.txt' in it is not a .npy file");
  CHECK(npz_refusal({{".npy", npy("<f4", "(2,)", kTwo)}}) == "'.npy' in it is not a .npy file");
  CHECK(npz_refusal({{"a.npy", ""}}) ==
        "'a.npy': the file ends within the magic number (6 bytes needed, 0 there)");
  CHECK(npz_refusal({{"a.npy", "\x80\2 a pickle"}}) == "'a.npy': not a .npy file (wrong magic number)");
  CHECK(npz_refusal({{"a.npy", npy("|O", "(1,)", "\x80\2.")}}) ==
        "'a.npy': arrays of Python objects are not supported");
  CHECK(npz_refusal({{"a.npy", npy("<U5", "(1,)", std::string(20, 'x'))}}) ==
        "'a.npy': elements of type '<U5' are not supported");
  CHECK(npz_refusal({{"a.npy", npy("<f4", "(3,)", kTwo), true}}) ==
        "'a.npy': shape [3] needs 12 bytes of data, but the file has 8");
  CHECK(refusal<NpzFile>("", "npz") ==
        "not a zip archive, or one that is cut short: it does not end in a directory");
  CHECK(npz_refusal({{"a.npy", npy("<f4", "(2,)", kTwo)}, {"a.npy", npy("<f4", "(2,)", kTwo)}}) ==
        "the zip archive has two entries 'a.npy'");
}

TEST_CASE("npz: a corrupt tensor is named when it is read", "[npz]") {
  std::string bytes = zip_of({{"a.npy", npy("<f4", "(3000,)", std::string(12000, 'x')), true}});
  const size_t crc = bytes.find("PK\1\2") + 16;
  patch(bytes, crc, uint32_t{1});
  CHECK_THAT(refusal<NpzFile>(bytes, "npz"),
             StartsWith("'a.npy' in the zip archive is corrupt: its checksum is"));
}

TEST_CASE("npz: what would unpack into much takes no memory before it is asked for", "[npz]") {
  const TemporaryDirectory directory;
  constexpr size_t kBytes = 16 << 20;
  write_file(directory / "zeros.npz",
             zip_of({{"a.npy", npy("<f4", "(4194304,)", std::string(kBytes, '\0')), true}}));
  const size_t before = memory_stats().bytes_in_use;
  const NpzFile file(directory / "zeros.npz");
  CHECK(file.tensors().front().shape == Shape{4194304});
  CHECK(memory_stats().bytes_in_use - before < 65536);
  const Tensor a = file.tensor("a");
  CHECK(memory_stats().bytes_in_use - before >= kBytes);
  CHECK(a.at<float>({4194303}) == 0);

  // More than deflate can hold is a lie; so is another size than the array's.
  std::string bytes = zip_of({{"a.npy", npy("<f4", "(2,)", kTwo), true}});
  patch(bytes, bytes.find("PK\1\2") + 24, uint32_t{1} << 31);
  CHECK_THAT(refusal<NpzFile>(bytes, "npz"), ContainsSubstring("promises 2147483648 bytes, more than "));
  bytes = zip_of({{"a.npy", npy("<f4", "(2,)", kTwo), true}});
  patch(bytes, bytes.find("PK\1\2") + 24, uint32_t{8192});
  CHECK_THAT(refusal<NpzFile>(bytes, "npz"), ContainsSubstring("'a.npy'"));
}

TEST_CASE("npy: what does not describe a tensor is refused", "[npz]") {
  CHECK(npy_refusal(npy("<f4", "(2,)", kTwo)) == "(accepted)");
  CHECK(npy_refusal("") == "the file ends within the magic number (6 bytes needed, 0 there)");
  CHECK(npy_refusal(npy("<f4", "(2,)", kTwo + "x")) == "shape [2] needs 8 bytes of data, but the file has 9");
  CHECK(npy_refusal(npy("<f4", "(1099511627776,)", kTwo)) ==
        "shape [1099511627776] needs 4398046511104 bytes of data, but the file has 8");
  CHECK(npy_refusal(npy("<f4", "(4611686018427387904, 4)", "")) ==
        "a tensor of shape [4611686018427387904,4] is too large to address");
  CHECK(npy_refusal(npy("<f4", "(0, 9223372036854775807, 9223372036854775807)", "", "True")) ==
        "a tensor of shape [0,9223372036854775807,9223372036854775807] is too large to address");
  CHECK(npy_refusal(npy("<f4", "(1, 1, 1, 1, 1, 1, 1, 1, 2)", kTwo)) ==
        "more than 8 dimensions are not supported");
  CHECK(npy_refusal(npy("|O", "(2,)", kTwo)) == "arrays of Python objects are not supported");
  for (const char* descr : {">f4", "<c8", "<f16", "<u8", "<U2", "|V8", "<M8[ns]", "f4", "<", ""}) {
    CHECK(npy_refusal(npy(descr, "(2,)", kTwo)) ==
          "elements of type '" + std::string(descr) + "' are not supported");
  }
  CHECK(npy_refusal(npy(">u1", "(2,)", "ab")) == "(accepted)");  // a byte has no order
  CHECK_THROWS_WITH(NpyFile("/nowhere/x.npy"), "npy: /nowhere/x.npy: No such file or directory");
}
