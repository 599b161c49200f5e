#include "weights/safetensors.h"

#include <array>
#include <cstring>

#include "tensor/factories.h"
#include "tensor/views.h"
#include "tests/catch.h"
#include "tests/full_disk.h"
#include "tests/paths.h"
#include "tests/temporary_directory.h"

using namespace helder;

namespace {

using Named = std::vector<std::pair<std::string, Tensor>>;

// Made by tests/fixtures/generate_safetensors.py, with the format's own package.
std::filesystem::path fixture(const char* name) {
  return testing::source_path(std::string("tests/fixtures/safetensors/") + name);
}

Tensor bits(DType dtype, const std::vector<float>& values) {
  const Tensor result = empty({static_cast<int64_t>(values.size())}, dtype);
  for (size_t i = 0; i < values.size(); ++i) {
    if (dtype == DType::Float16) result.data<Float16>()[i] = Float16(values[i]);
    if (dtype == DType::BFloat16) result.data<BFloat16>()[i] = BFloat16(values[i]);
    if (dtype == DType::Bool) result.data<bool>()[i] = values[i] != 0;
  }
  return result;
}

// The numbers that the fixture's script writes.
Named fixture_tensors() {
  return {
      {"fc.weight", from_data(std::vector<float>{0, 0.25f, 0.5f, 0.75f, 1, 1.25f}, {2, 3})},
      {"fc.bias", from_data(std::vector<double>{-1.5, 2.25}, {2})},
      {"half", bits(DType::Float16, {0.5f, -2, 65504})},
      {"bfloat", bits(DType::BFloat16, {1, -3})},
      {"bn.num_batches_tracked", scalar(7, DType::Int64)},
      {"pixels", from_data(std::vector<uint8_t>{0, 255, 128, 3}, {2, 2})},
      {"mask", bits(DType::Bool, {1, 0, 1})},
      {"empty", zeros({0, 3})},
      {"naïve \"name\"\n", ones({1})},
  };
}

void check_same(const Tensor& got, const Tensor& expected) {
  CHECK(got.dtype() == expected.dtype());
  CHECK(got.shape() == expected.shape());
  CHECK(got.to_vector<double>() == expected.to_vector<double>());
}

// A file with this header and `data` zero bytes.
std::string file_of(const std::string& header, size_t data = 0) {
  const uint64_t length = header.size();
  std::string bytes(8, '\0');
  std::memcpy(bytes.data(), &length, 8);
  return bytes + header + std::string(data, '\0');
}

// The message with which a file of these bytes is refused, without the file's name.
std::string refusal(const std::string& bytes) {
  const TemporaryDirectory directory;
  const auto path = directory / "bad.safetensors";
  write_file(path, bytes);
  const std::string start = "safetensors: " + path.string() + ": ";
  try {
    const SafetensorsFile file(path);
  } catch (const Error& error) {
    CHECK_THAT(error.what(), StartsWith(start));
    return std::string(error.what()).substr(start.size());
  }
  return "(accepted)";
}

std::string entry(const std::string& name, const std::string& rest) {
  return "\"" + name + "\":{" + rest + "}";
}

std::string f32(const std::string& name, const std::string& shape, const std::string& offsets) {
  return entry(name, R"("dtype":"F32","shape":)" + shape + R"(,"data_offsets":)" + offsets);
}

}  // namespace

TEST_CASE("safetensors: reads what the Python package writes") {
  const SafetensorsFile file(fixture("python.safetensors"));
  const Named expected = fixture_tensors();
  CHECK(file.names() == std::vector<std::string>{"bn.num_batches_tracked", "fc.bias", "empty", "fc.weight",
                                                 "naïve \"name\"\n", "bfloat", "half", "pixels", "mask"});
  CHECK(file.metadata() == std::map<std::string, std::string>{{"format", "pt"}});
  for (const auto& [name, tensor] : expected) {
    INFO(name);
    REQUIRE(file.contains(name));
    check_same(file.tensor(name), tensor);
  }
  CHECK_FALSE(file.contains("fc"));
  CHECK_FALSE(file.contains("__metadata__"));
}

TEST_CASE("safetensors: narrow integers load as int64") {
  const SafetensorsFile file(fixture("narrow_integers.safetensors"));
  check_same(file.tensor("i32"), from_data(std::vector<int64_t>{-2147483648, 2147483647}, {1, 2}));
  check_same(file.tensor("i16"), from_data(std::vector<int64_t>{-32768, 32767, 5}, {3}));
  check_same(file.tensor("i8"), from_data(std::vector<int64_t>{-128, 127}, {2}));
  CHECK(file.metadata().empty());
}

TEST_CASE("safetensors: writes the bytes that the Python package writes") {
  const TemporaryDirectory directory;
  Named tensors = fixture_tensors();
  save_safetensors(directory / "a", tensors, {{"format", "pt"}});
  CHECK(read_file(directory / "a") == read_file(fixture("python.safetensors")));

  std::reverse(tensors.begin(), tensors.end());
  save_safetensors(directory / "b", tensors, {{"format", "pt"}});
  CHECK(read_file(directory / "b") == read_file(directory / "a"));
}

TEST_CASE("safetensors: writes views by their elements, and files without tensors") {
  const TemporaryDirectory directory;
  const Tensor matrix = from_data(std::vector<float>{1, 2, 3, 4, 5, 6}, {2, 3});
  save_safetensors(directory / "view", {{"t", views::transpose(matrix, 0, 1)}});
  check_same(SafetensorsFile(directory / "view").tensor("t"),
             from_data(std::vector<float>{1, 4, 2, 5, 3, 6}, {3, 2}));

  save_safetensors(directory / "none", {}, {{"b", "2"}, {"a", "1"}});
  const SafetensorsFile none(directory / "none");
  CHECK(none.names().empty());
  CHECK(none.metadata() == std::map<std::string, std::string>{{"a", "1"}, {"b", "2"}});
}

TEST_CASE("safetensors: any byte other than 0 is true") {
  const TemporaryDirectory directory;
  std::string bytes = file_of(R"({"m":{"dtype":"BOOL","shape":[3],"data_offsets":[0,3]}})", 3);
  bytes.replace(bytes.size() - 3, 3, "\x00\x02\xff", 3);
  write_file(directory / "m", bytes);
  CHECK(SafetensorsFile(directory / "m").tensor("m").to_vector<bool>() ==
        std::vector<bool>{false, true, true});
}

TEST_CASE("safetensors: tensors are the file's own memory, and change without it and each other") {
  const TemporaryDirectory directory;
  const auto path = directory / "file";
  save_safetensors(path, {{"a", full({2}, 1)}, {"b", full({3}, 2)}});
  Tensor a, b;
  {
    const SafetensorsFile file(path);
    a = file.tensor("a");
    b = file.tensor("b");
    CHECK(a.shares_storage(file.tensor("a")));
    CHECK_FALSE(a.shares_storage(b));
    CHECK(static_cast<float*>(b.raw_data()) == static_cast<float*>(a.raw_data()) + 2);  // not copied
  }
  a.fill_(5);  // the file is closed
  CHECK(a.version() == 1);
  CHECK(b.version() == 0);
  check_same(b, full({3}, 2));
  check_same(SafetensorsFile(path).tensor("a"), full({2}, 1));
}

TEST_CASE("safetensors: numbers off their alignment are copied") {
  const TemporaryDirectory directory;
  const std::string header = "{" + f32("x", "[2]", "[0,8]") + "}";
  for (size_t padding = 0; padding < 8; ++padding) {
    std::string bytes = file_of(header + std::string(padding, ' '), 8);
    const std::array<float, 2> values = {1.5f, -2};
    std::memcpy(bytes.data() + bytes.size() - 8, values.data(), 8);
    write_file(directory / "x", bytes);
    const SafetensorsFile file(directory / "x");
    const Tensor x = file.tensor("x");
    CHECK(x.to_vector<float>() == std::vector<float>{1.5f, -2});
    CHECK(reinterpret_cast<uintptr_t>(x.raw_data()) % alignof(float) == 0);
    CHECK(x.shares_storage(file.tensor("x")) == ((8 + header.size() + padding) % 4 == 0));
  }
}

TEST_CASE("safetensors: a reader keeps the file that it opened") {
  const TemporaryDirectory directory;
  const auto path = directory / "file";
  save_safetensors(path, {{"x", full({2}, 1)}});
  const SafetensorsFile old(path);
  save_safetensors(path, {{"x", full({2}, 2)}});
  check_same(old.tensor("x"), full({2}, 1));
  check_same(SafetensorsFile(path).tensor("x"), full({2}, 2));
}

TEST_CASE("safetensors: names the file that it cannot open") {
  const TemporaryDirectory directory;
  const auto path = directory / "missing";
  CHECK_THROWS_WITH(SafetensorsFile(path), "safetensors: " + path.string() + ": No such file or directory");
  CHECK_THROWS_WITH(SafetensorsFile(directory.path()),
                    "safetensors: " + directory.path().string() + ": is a directory");
  CHECK_THROWS_WITH(SafetensorsFile("/dev/null"), "safetensors: /dev/null: is not a regular file");
}

TEST_CASE("safetensors: names the tensor that is not there") {
  const auto path = fixture("python.safetensors");
  CHECK_THROWS_WITH(SafetensorsFile(path).tensor("fc.wait"),
                    "safetensors: " + path.string() + ": there is no tensor 'fc.wait'");
}

TEST_CASE("safetensors: refuses a file cut short, wherever it was cut") {
  const std::string whole = read_file(fixture("python.safetensors"));
  CHECK(refusal(whole) == "(accepted)");
  CHECK(refusal("") == "the file is cut short: it has 0 bytes, and the header's length alone takes 8");
  CHECK(refusal(whole.substr(0, 7)) ==
        "the file is cut short: it has 7 bytes, and the header's length alone takes 8");
  CHECK(refusal(whole.substr(0, 100)) ==
        "the file is cut short: its header takes 616 bytes, and there are 100");
  CHECK(refusal(whole.substr(0, 684)) ==
        "the file is cut short: its tensors take 69 bytes, and there are 68");
  for (size_t length = 0; length < whole.size(); length += 9) {
    CHECK_THAT(refusal(whole.substr(0, length)), StartsWith("the file is cut short: "));
  }
}

TEST_CASE("safetensors: refuses a header that is none") {
  CHECK(refusal("PK\x03\x04 and so on") ==
        "not a safetensors file: a header of 7236828441365138256 bytes (at most 100000000 are allowed)");
  CHECK(refusal(file_of("")) == "the header is not a JSON object");
  CHECK(refusal(file_of("[]")) == "the header is not a JSON object");
  CHECK(refusal(file_of(" {}")) == "the header is not a JSON object");
  CHECK(refusal(file_of(std::string("{}\0{}", 5))) == "the header is not a JSON object");
  CHECK(refusal(file_of("{}   ")) == "(accepted)");
  CHECK_THAT(refusal(file_of("{} x")), StartsWith("the header is not valid JSON: "));
  CHECK_THAT(refusal(file_of("{\"a\":")), StartsWith("the header is not valid JSON: "));
  CHECK_THAT(refusal(file_of("{\"\xff\":{}}")), StartsWith("the header is not valid JSON: "));
  CHECK_THAT(refusal(file_of("{" + f32("a", "[1e999]", "[0,0]") + "}")),
             StartsWith("the header is not valid JSON: "));
  CHECK(refusal(file_of("{\"a\":" + std::string(100000, '['))) == "tensor 'a' has no dtype");
  CHECK(refusal(file_of(R"({"a":{"dtype":{"a":)")) == "tensor 'a' has no dtype");
  CHECK(refusal(file_of(R"({"a":{"shape":[[)")) == "tensor 'a' has no shape");
  CHECK(refusal(file_of(R"({"a":{"data_offsets":[{)")) == "tensor 'a' has no data_offsets");
  CHECK(refusal(file_of(R"({"a":{"layout":1}})")) ==
        "tensor 'a' has the key 'layout', which is not one of dtype, shape and data_offsets");
  CHECK(refusal(file_of("{" + f32("a", "[]", "[0,4]") + "," + f32("a", "[]", "[4,8]") + "}", 8)) ==
        "the header has the key 'a' twice");
  CHECK(refusal(file_of("{" + entry("a", R"("dtype":"F32","dtype":"U8")") + "}")) ==
        "the header has the key 'dtype' twice");
  CHECK(refusal(file_of(R"({"__metadata__":{"a":"1","a":"2"}})")) == "the header has the key 'a' twice");
  CHECK(refusal(file_of(R"({"__metadata__":{"a":1}})")) == "__metadata__ 'a' is not a string");
  CHECK(refusal(file_of(R"({"__metadata__":{"a":{}}})")) == "__metadata__ 'a' is not a string");
  CHECK(refusal(file_of(R"({"__metadata__":{"a":["1"]}})")) == "__metadata__ 'a' is not a string");
  CHECK(refusal(file_of(R"({"__metadata__":"a"})")) == "__metadata__ is not an object of strings");
  CHECK(refusal(file_of(R"({"__metadata__":[]})")) == "__metadata__ is not an object of strings");
  CHECK(refusal(file_of(R"({"__metadata__":{},"__metadata__":{}})")) ==
        "the header has the key '__metadata__' twice");
}

TEST_CASE("safetensors: a header of more than 100 MB is refused before it is read") {
  const TemporaryDirectory directory;
  const auto path = directory / "file";
  const auto write_length = [&](uint64_t length, uint64_t file_size) {
    write_file(path, std::string(reinterpret_cast<const char*>(&length), sizeof length));
    std::filesystem::resize_file(path, file_size);  // takes no room on the disk
  };
  const std::string start = "safetensors: " + path.string() + ": ";
  write_length(100'000'001, 200'000'000);
  CHECK_THROWS_WITH(SafetensorsFile(path), start +
                                               "not a safetensors file: a header of 100000001 bytes (at most "
                                               "100000000 are allowed)");
  write_length(uint64_t{1} << 63, 1 << 20);
  CHECK_THROWS_WITH(SafetensorsFile(path),
                    start +
                        "not a safetensors file: a header of 9223372036854775808 bytes "
                        "(at most 100000000 are allowed)");
  write_length(~uint64_t{0}, 1 << 20);  // 8 more than that is 7
  CHECK_THROWS_WITH(SafetensorsFile(path),
                    start +
                        "not a safetensors file: a header of 18446744073709551615 bytes "
                        "(at most 100000000 are allowed)");
  write_length(100'000'000, 1 << 20);
  CHECK_THROWS_WITH(SafetensorsFile(path),
                    start + "the file is cut short: its header takes 100000008 bytes, and there are 1048576");
}

TEST_CASE("safetensors: refuses an entry that does not describe a tensor") {
  const auto one = [](const std::string& rest) { return file_of("{" + entry("a", rest) + "}", 4); };
  CHECK(refusal(file_of(R"({"a":1})")) == "tensor 'a' has no dtype");
  CHECK(refusal(one(R"("shape":[],"data_offsets":[0,4])")) == "tensor 'a' has no dtype");
  CHECK(refusal(one(R"("dtype":3,"shape":[],"data_offsets":[0,4])")) == "tensor 'a' has no dtype");
  CHECK(refusal(one(R"("dtype":"F8_E4M3","shape":[4],"data_offsets":[0,4])")) ==
        "tensor 'a' has the dtype 'F8_E4M3', which is not supported");
  for (const char* shape :
       {"1", "[-1]", "[1.0]", "[\"1\"]", "[true]", "[[1]]", "null", "[9223372036854775808]"}) {
    INFO(shape);
    CHECK(refusal(file_of("{" + f32("a", shape, "[0,4]") + "}", 4)) == "tensor 'a' has no shape");
  }
  CHECK(refusal(one(R"("dtype":"F32","shape":[])")) == "tensor 'a' has no data_offsets");
  for (const char* offsets : {"4", "[4]", "[0,2,4]", "[-4,0]", "[0,4.0]"}) {
    INFO(offsets);
    CHECK(refusal(file_of("{" + f32("a", "[]", offsets) + "}", 4)) == "tensor 'a' has no data_offsets");
  }
  CHECK(refusal(file_of("{" + f32("a", "[1,1,1,1,1,1,1,1,1]", "[0,4]") + "}", 4)) ==
        "tensor 'a' has 9 dimensions (at most 8 are supported)");
  // Sizes whose product, in bytes, is 0 or small again when it overflows.
  for (const char* shape : {"[4294967296,4294967296]", "[4611686018427387904,4]", "[9223372036854775807,2]",
                            "[0,9223372036854775807,9223372036854775807]", "[4611686018427387905]"}) {
    INFO(shape);
    CHECK_THAT(refusal(file_of("{" + f32("a", shape, "[0,4]") + "}", 4)),
               ContainsSubstring("is too large to address"));
  }
  CHECK(refusal(file_of("{" + f32("a", "[1]", "[18446744073709551612,18446744073709551616]") + "}", 4)) ==
        "tensor 'a' has no data_offsets");
  CHECK_THAT(
      refusal(file_of("{" + f32("a", "[4294967296,4294967296]", "[0,0]") + "}")),
      ContainsSubstring("tensor 'a': a tensor of shape [4294967296,4294967296] is too large to address"));
  CHECK(refusal(file_of("{" + f32("a", "[2,3]", "[0,20]") + "}", 20)) ==
        "tensor 'a' of type F32 and shape [2,3] needs 24 bytes, but has 20");
}

TEST_CASE("safetensors: refuses tensors that do not lie one after the other") {
  const auto two = [](const std::string& a, const std::string& b, size_t data) {
    return refusal(file_of("{" + f32("a", "[2]", a) + "," + f32("b", "[2]", b) + "}", data));
  };
  CHECK(two("[0,8]", "[8,16]", 16) == "(accepted)");
  CHECK(two("[8,16]", "[0,8]", 16) == "(accepted)");
  CHECK(two("[0,8]", "[16,8]", 16) == "tensor 'b' ends at byte 8, before it begins at 16");
  CHECK(two("[0,8]", "[4,12]", 12) == "tensor 'b' begins at byte 4, inside another one that ends at 8");
  CHECK(two("[0,8]", "[0,8]", 8) == "tensor 'b' begins at byte 0, inside another one that ends at 8");
  CHECK(two("[0,8]", "[12,20]", 20) == "bytes 8 to 12 belong to no tensor");
  CHECK(two("[4,12]", "[12,20]", 20) == "bytes 0 to 4 belong to no tensor");
  CHECK(two("[0,8]", "[8,16]", 17) == "1 bytes follow the last tensor");
  CHECK(two("[0,8]", "[8,16]", 15) == "the file is cut short: its tensors take 16 bytes, and there are 15");
  CHECK(two("[0,8]", "[9223372036854775792,9223372036854775800]", 8) ==
        "bytes 8 to 9223372036854775792 belong to no tensor");
  CHECK(refusal(file_of("{}", 3)) == "3 bytes follow the last tensor");
  // An empty tensor may stand between two, but not within one.
  const std::string around = f32("a", "[2]", "[0,8]") + "," + f32("b", "[2]", "[8,16]") + ",";
  CHECK(refusal(file_of("{" + around + f32("e", "[0]", "[8,8]") + "}", 16)) == "(accepted)");
  CHECK(refusal(file_of("{" + around + f32("e", "[0]", "[4,4]") + "}", 16)) ==
        "tensor 'e' begins at byte 4, inside another one that ends at 8");
}

TEST_CASE("safetensors: refuses to write what could not be read") {
  const TemporaryDirectory directory;
  const auto path = directory / "file";
  CHECK_THROWS_WITH(save_safetensors(path, {{"a", ones({1})}, {"a", ones({2})}}),
                    "save_safetensors: there are two tensors 'a'");
  CHECK_THROWS_WITH(save_safetensors(path, {{"a", Tensor()}}), "save_safetensors: tensor 'a' is undefined");
  CHECK_THROWS_WITH(save_safetensors(path, {{"__metadata__", ones({1})}}),
                    "save_safetensors: no tensor may be named '__metadata__'");
  const std::string message =
      "save_safetensors: " + path.string() + ": a name or a metadata string is not UTF-8";
  CHECK_THROWS_WITH(save_safetensors(path, {{"\xff", ones({1})}}), message);
  CHECK_THROWS_WITH(save_safetensors(path, {}, {{"a", "\xff"}}), message);
  CHECK(directory.names().empty());
}

TEST_CASE("safetensors: a full disk leaves the old file and nothing else") {
  const TemporaryDirectory directory;
  const auto path = directory / "file";
  save_safetensors(path, {{"x", full({100}, 1)}});
  {
    const FullDisk full(2000);
    CHECK_THROWS_WITH(save_safetensors(path, {{"x", zeros({1000})}}),
                      "cannot write " + path.string() + ": File too large");
  }
  CHECK(directory.names() == std::vector<std::string>{"file"});
  check_same(SafetensorsFile(path).tensor("x"), full({100}, 1));
}
