#include <cstdlib>

#include "tests/catch.h"
#include "tests/paths.h"
#include "tests/temporary_directory.h"
#include "tests/zip_writer.h"
#include "weights/pytorch.h"

// Files that somebody made to do harm, or that were cut short or mixed up.

using namespace helder;

namespace {

template <size_t N>
std::string bytes(const char (&text)[N]) {
  return {text, N - 1};
}

std::string text(const std::string& value) {
  return "X" + little_endian(static_cast<uint32_t>(value.size())) + value;
}

std::string integer(int64_t value) { return "\x8a\x08" + little_endian(value); }

std::string tuple(const std::vector<int64_t>& values) {
  std::string program = "(";
  for (int64_t value : values) {
    program += integer(value);
  }
  return program + "t";
}

// The persistent id of a storage, and a tensor in it.
std::string storage(const std::string& type, const std::string& key, int64_t elements,
                    const std::string& view = "") {
  return "(" + text("storage") + "ctorch\n" + type + "\n" + text(key) + text("cpu") + integer(elements) +
         view + "tQ";
}

std::string tensor(const std::string& storage, int64_t offset, const std::vector<int64_t>& shape,
                   const std::vector<int64_t>& strides) {
  return "ctorch._utils\n_rebuild_tensor_v2\n(" + storage + integer(offset) + tuple(shape) + tuple(strides) +
         "\x89}tR";
}

std::string dict(const std::vector<std::pair<std::string, std::string>>& items) {
  std::string program = "}(";
  for (const auto& [key, value] : items) {
    program += text(key) + value;
  }
  return program + "u";
}

// The message with which a file is refused when it is opened and read, without its name.
template <class File>
std::string refusal(const std::string& contents) {
  const TemporaryDirectory directory;
  write_file(directory / "bad.pt", contents);
  const std::string start = "pytorch: " + (directory / "bad.pt").string() + ": ";
  try {
    File(directory / "bad.pt").state_dict();
  } catch (const Error& error) {
    CHECK_THAT(error.what(), StartsWith(start));
    return std::string(error.what()).substr(start.size());
  }
  return "(accepted)";
}

// A zip file with that pickle and a storage '0' of 4 floats.
std::string zip_file(const std::string& program) {
  return zip_of({{"x/data.pkl", "\x80\2" + program + "."}, {"x/data/0", std::string(16, '\1')}});
}

std::string zip_refusal(const std::string& program) { return refusal<PyTorchZipFile>(zip_file(program)); }

std::string tensor_refusal(int64_t offset, const std::vector<int64_t>& shape,
                           const std::vector<int64_t>& strides) {
  return zip_refusal(dict({{"w", tensor(storage("FloatStorage", "0", 4), offset, shape, strides)}}));
}

const std::string kMagic = bytes("\x80\2\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.");
const std::string kVersion = bytes("\x80\2M\xe9\3.");
const std::string kSystem = bytes("\x80\2}.");

std::string legacy_file(const std::string& program, const std::string& keys, const std::string& storages) {
  return kMagic + kVersion + kSystem + "\x80\2" + program + ".\x80\2" + keys + "." + storages;
}

std::string legacy_refusal(const std::string& program, const std::string& keys, const std::string& storages) {
  return refusal<PyTorchLegacyFile>(legacy_file(program, keys, storages));
}

const std::string kGood = dict({{"w", tensor(storage("FloatStorage", "0", 4), 0, {2, 2}, {2, 1})}});
const std::string kGoodStorage = little_endian(int64_t{4}) + std::string(16, '\1');

}  // namespace

TEST_CASE("pytorch: a pickle that calls os.system calls nothing", "[pytorch]") {
  const TemporaryDirectory directory;
  const std::string trace = directory / "trace";
  const std::string command = "touch " + trace;
  // Whatever instruction would call it, in Python ...
  for (const std::string& call :
       {"cos\nsystem\n" + text(command) + "\x85R", "cposix\nsystem\n" + text(command) + "\x85\x81",
        text("os") + text("system") + "\x93" + text(command) + "\x85}\x92",
        "(" + text(command) + "ios\nsystem\n", "(cos\nsystem\n" + text(command) + "o",
        "cos\nsystem\n" + text(command) + "\x85R}b",
        "(" + text("module") + "cos\nsystem\nNNtQ" + text(command) + "\x85R",
        "cbuiltins\neval\n" + text("__import__('os').system('" + command + "')") + "\x85R"}) {
    // ... it is refused where there is nothing else,
    CHECK_THAT(zip_refusal(call), StartsWith("there are no tensors in the pickle, but it names "));
    CHECK_THAT(legacy_refusal(call, "]", ""),
               StartsWith("there are no tensors in the pickle, but it names "));
    // and inert beside tensors, as an id, a key, an argument or an attribute.
    CHECK(zip_refusal(dict({{"a", call}, {"w", tensor(storage("FloatStorage", "0", 4), 0, {4}, {1})}})) ==
          "(accepted)");
    CHECK(zip_refusal("}" + call + tensor(storage("FloatStorage", "0", 4), 0, {4}, {1}) + "s") ==
          "(accepted)");
    CHECK_THAT(zip_refusal(dict({{"a", "(" + call + "tQ"}})), StartsWith("there are no tensors"));
  }
  CHECK(zip_refusal("cos\nsystem\n" + text(command) + "\x85R") ==
        "there are no tensors in the pickle, but it names os.system, which is not called");
  CHECK_FALSE(std::filesystem::exists(trace));
  // The same command does leave a trace when it is run.
  REQUIRE(std::system(command.c_str()) == 0);
  CHECK(std::filesystem::exists(trace));
}

TEST_CASE("pytorch: tensors outside their storage are refused", "[pytorch]") {
  constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
  CHECK(tensor_refusal(0, {2, 2}, {2, 1}) == "(accepted)");
  CHECK(tensor_refusal(0, {4}, {1}) == "(accepted)");
  CHECK(tensor_refusal(4, {0}, {1}) == "(accepted)");
  CHECK(tensor_refusal(0, {5}, {1}) ==
        "tensor 'w': a tensor of type F32, shape [5] and strides [1] does not fit into the 4 elements of its "
        "storage");
  CHECK(tensor_refusal(1, {2, 2}, {2, 1}) ==
        "tensor 'w': a tensor of type F32, shape [2,2] and strides [2,1] does not fit into the 3 elements of "
        "its "
        "storage");
  for (const int64_t far : {int64_t{5}, int64_t{1} << 40, kMost / 4}) {
    CHECK_THAT(tensor_refusal(far, {1}, {1}), EndsWith("does not fit into the 0 elements of its storage"));
  }
  CHECK(tensor_refusal(kMost, {1}, {1}) ==
        "tensor 'w' begins at element 9223372036854775807 of its storage, which is too far");
  CHECK_THAT(tensor_refusal(0, {2}, {kMost}), EndsWith("does not fit into the 4 elements of its storage"));
  CHECK_THAT(tensor_refusal(0, {3, 3}, {kMost, kMost}),
             EndsWith("does not fit into the 4 elements of its storage"));
  CHECK_THAT(tensor_refusal(3, {2}, {-1}), EndsWith("does not fit into the 1 elements of its storage"));
  CHECK(tensor_refusal(0, {kMost, kMost}, {0, 0}) ==
        "tensor 'w': a tensor of shape [9223372036854775807,9223372036854775807] is too large to address");
  CHECK(tensor_refusal(0, {1 << 20, 1 << 20}, {0, 0}) ==
        "tensor 'w': shape [1048576,1048576] repeats the 4 elements of its storage too often");
  CHECK(tensor_refusal(0, {-1}, {1}) == "tensor 'w': sizes must not be negative, got [-1]");
  CHECK(tensor_refusal(0, {2}, {1, 1}) == "tensor 'w': shape [2] and strides [1,1] differ in length");
  const std::string none =
      "tensor 'w' has a storage, offset, shape or strides that are none (up to 8 dimensions are supported)";
  CHECK(tensor_refusal(-1, {1}, {1}) == none);
  CHECK(tensor_refusal(0, {1, 1, 1, 1, 1, 1, 1, 1, 1}, {1}) == none);
}

TEST_CASE("pytorch: storages that are not what the pickle says are refused", "[pytorch]") {
  const auto with = [](const std::string& storage) {
    return zip_refusal(dict({{"w", tensor(storage, 0, {1}, {1})}}));
  };
  CHECK(with(storage("FloatStorage", "1", 4)) == "there is no storage '1'");
  CHECK(with(storage("FloatStorage", "../../etc/passwd", 4)) == "there is no storage '../../etc/passwd'");
  CHECK(with(storage("FloatStorage", "0", 5)) ==
        "tensor 'w' lies in storage '0' of 20 bytes, but there are 16");
  CHECK(with(storage("DoubleStorage", "0", 4)) ==
        "tensor 'w' lies in storage '0' of 32 bytes, but there are 16");
  CHECK(with(storage("FloatStorage", "0", std::numeric_limits<int64_t>::max())) ==
        "storage '0' in the pickle has a size that cannot be");
  CHECK(with(storage("FloatStorage", "0", -1)) == "storage '0' in the pickle has a size that cannot be");
  CHECK(with(storage("Storage", "0", 4)) == "storage '0' in the pickle is of no class of PyTorch's");
  CHECK(with("(" + text("storage") + "cos\nFloatStorage\n" + text("0") + text("cpu") + integer(4) + "tQ") ==
        "storage '0' in the pickle is of no class of PyTorch's");
  CHECK(with("(" + text("storage") + "tQ") == "the pickle has a storage without class, key or size");
  CHECK(with(storage("FloatStorage", "0", 4, "(" + text("v") + integer(5) + integer(1) + "t")) ==
        "storage '0' in the pickle has a view outside it");
  CHECK(with("N") == "tensor 'w' lacks its storage, offset, shape or strides");
  CHECK(zip_refusal(dict({{"w", "ctorch._utils\n_rebuild_tensor_v2\n)R"}})) ==
        "tensor 'w' lacks its storage, offset, shape or strides");
  CHECK(zip_refusal(dict({{"w", tensor(storage("FloatStorage", "0", 4), 0, {1}, {1})},
                          {"w", tensor(storage("FloatStorage", "0", 4), 0, {1}, {1})}})) ==
        "there are two tensors 'w'");
}

TEST_CASE("pytorch: a view of a storage, as old files have it, is a part of it", "[pytorch]") {
  const TemporaryDirectory directory;
  const std::string view = storage("FloatStorage", "0", 4, "(" + text("v") + integer(1) + integer(3) + "t");
  std::string numbers;
  for (float number : {10.f, 11.f, 12.f, 13.f}) {
    numbers += little_endian(number);
  }
  write_file(directory / "x.pt", legacy_file(dict({{"w", tensor(view, 1, {2}, {1})}}), "](" + text("0") + "e",
                                             little_endian(int64_t{4}) + numbers));
  CHECK(PyTorchLegacyFile(directory / "x.pt").tensor("w").to_vector<float>() == std::vector<float>{12, 13});
}

TEST_CASE("pytorch: values that contain themselves or each other too often are refused", "[pytorch]") {
  CHECK(zip_refusal("]q\1h\1a") == "the pickle's values are nested more than 200 deep");
  std::string deep;
  for (int i = 0; i < 300; ++i) {
    deep += "]";
  }
  deep += tensor(storage("FloatStorage", "0", 4), 0, {1}, {1});
  for (int i = 0; i < 300; ++i) {
    deep += "a";
  }
  CHECK(zip_refusal(deep) == "the pickle's values are nested more than 200 deep");
  // Each list holds the one before twice: 2^40 values in some hundred bytes. Nothing, or a tensor.
  const auto bomb = [](std::string program) {
    for (int i = 0; i < 40; ++i) {
      program += "q\1]h\1ah\1a";
    }
    return zip_refusal(program);
  };
  CHECK(bomb("]Na") == "(accepted)");
  CHECK(bomb(tensor(storage("FloatStorage", "0", 4), 0, {1}, {1})) ==
        "the pickle describes more than 131072 tensors, or names of more than 67108864 bytes");
  // A long key that many share.
  std::string longer =
      text(std::string(3000, 'k')) + "q\1" + "0" + tensor(storage("FloatStorage", "0", 4), 0, {1}, {1});
  for (int i = 0; i < 2; ++i) {
    longer = longer + "q\2" + "0}h\1h\2s";
  }
  CHECK(zip_refusal(longer) == "the pickle has a name of more than 4096 bytes");
}

TEST_CASE("pytorch: objects of unknown classes, however odd, are inert", "[pytorch]") {
  const std::string w = tensor(storage("FloatStorage", "0", 4), 0, {1}, {1});
  const std::string object = "ca\nB\n)R";
  // Attributes that are an object, a number, a tuple of tensors; keys that are objects; calls of calls.
  CHECK(zip_refusal(dict({{"a", object + object + "b"}, {"w", w}})) == "(accepted)");
  CHECK(zip_refusal(dict({{"a", object + "K\1b"}, {"w", w}})) == "(accepted)");
  CHECK(zip_refusal(dict({{"a", object + "(" + w + w + "tb"}})) == "(accepted)");
  CHECK(zip_refusal("}" + object + w + "s") == "(accepted)");
  CHECK(zip_refusal(dict({{"a", object + ")R" + object + "a" + w + "a"}})) == "(accepted)");
  CHECK(zip_refusal(object + dict({{"_modules", "N"}, {"_parameters", object}, {"_buffers", "K\1"}}) + "b") ==
        "there are no tensors in the pickle, but it names a.B, which is not called");
  const std::string module =
      dict({{"_modules", "}"}, {"_buffers", dict({{"w", w}})}, {"_non_persistent_buffers_set", object}});
  CHECK(zip_refusal(object + module + "b") == "(accepted)");
  // torch.Size(torch.Size(...)), and names of any length.
  std::string size, calls;
  for (int i = 0; i < 100'000; ++i) {
    size += "ctorch\nSize\n";
    calls += "\x85R";
  }
  const std::string zero("K\0", 2);
  CHECK(
      zip_refusal(dict({{"w", "ctorch._utils\n_rebuild_tensor_v2\n(" + storage("FloatStorage", "0", 4) +
                                  zero + size + tuple({1}) + calls + tuple({1}) + "tR"}})) ==
      "tensor 'w' has a storage, offset, shape or strides that are none (up to 8 dimensions are supported)");
  CHECK(zip_refusal("c" + std::string(2000, 'a') + "\nB\n)R") ==
        "the pickle ends within the instruction at byte 2");
  CHECK(zip_refusal(dict({{"w", tensor(storage("FloatStorage", std::string(2000, '0'), 4), 0, {1}, {1})}})) ==
        "the pickle has a storage with a key of 2000 bytes");
}

TEST_CASE("pytorch: zip files that are not of PyTorch's form are refused", "[pytorch]") {
  CHECK(refusal<PyTorchZipFile>(zip_of({{"a.npy", "x"}})) ==
        "a zip archive without data.pkl is not a PyTorch file");
  CHECK(refusal<PyTorchZipFile>(zip_of({{"x/data.pkl", ""}})) ==
        "the pickle ends without the instruction to stop");
  CHECK(refusal<PyTorchZipFile>(zip_of({{"x/data.pkl", "N."}, {"x/byteorder", "middle"}})) ==
        "the byte order is neither little nor big");
  CHECK(refusal<PyTorchZipFile>(zip_of({{"data.pkl", "N."}})) == "(accepted)");
  std::string lies =
      zip_of({{"x/data.pkl", "\x80\2" + kGood + "."}, {"x/data/0", std::string(16, '\0'), true}});
  const size_t entry = lies.find("PK\1\2", lies.find("PK\1\2") + 1);
  patch<uint32_t>(lies, entry + 24, 0x7fffffff);
  CHECK_THAT(refusal<PyTorchZipFile>(lies),
             StartsWith("'x/data/0' in the zip archive promises 2147483647 bytes"));
  const std::string good = zip_file(kGood);
  CHECK(refusal<PyTorchZipFile>(good) == "(accepted)");
  for (size_t length = 0; length < good.size(); length += 7) {
    CHECK(refusal<PyTorchZipFile>(good.substr(0, length)) ==
          "not a zip archive, or one that is cut short: it does not end in a directory");
  }
}

TEST_CASE("pytorch: legacy files that are not what they say are refused", "[pytorch]") {
  const std::string keys = "](" + text("0") + "e";
  CHECK(legacy_refusal(kGood, keys, kGoodStorage) == "(accepted)");
  CHECK(refusal<PyTorchLegacyFile>("\x80\2N.") ==
        "a pickle, but not one of PyTorch's: it does not begin with their magic number");
  CHECK(refusal<PyTorchLegacyFile>(kMagic + "\x80\2K\1.") ==
        "not version 1001 of PyTorch's legacy format, the only one");
  CHECK(legacy_refusal(kGood, "N", kGoodStorage) == "the list of storages is none");
  CHECK(legacy_refusal(kGood, "]", kGoodStorage) == "there is no storage '0'");
  CHECK(legacy_refusal(kGood, "](" + text("1") + "e", kGoodStorage) ==
        "the pickle does not use storage '1', which follows it");
  CHECK(legacy_refusal(kGood, "](" + text("0") + text("0") + "e", kGoodStorage + kGoodStorage) ==
        "there are two storages '0'");
  CHECK(legacy_refusal(kGood, keys, little_endian(int64_t{3}) + std::string(16, '\1')) ==
        "storage '0' has 3 elements, but the pickle says 4");
  CHECK(legacy_refusal(kGood, keys, kGoodStorage.substr(0, 23)) ==
        "the file is cut short: storage '0' takes 24 bytes, and there are 23");
  const std::string huge = dict(
      {{"w", tensor(storage("FloatStorage", "0", std::numeric_limits<int64_t>::max() / 4), 0, {1}, {1})}});
  CHECK(legacy_refusal(huge, keys, kGoodStorage) ==
        "the file is cut short: storage '0' takes 9223372036854775812 bytes, and there are 24");
  const std::string good = legacy_file(kGood, keys, kGoodStorage);
  for (size_t length = 0; length < good.size(); length += 3) {
    CHECK(refusal<PyTorchLegacyFile>(good.substr(0, length)) != "(accepted)");
  }
}
