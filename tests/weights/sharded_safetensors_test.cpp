#include "weights/sharded_safetensors.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/temporary_directory.h"

using namespace helder;

namespace {

constexpr const char* kIndex = "model.safetensors.index.json";

// A folder with two shards, and whatever index a test writes.
struct Checkpoint {
  TemporaryDirectory directory;

  Checkpoint() {
    save_safetensors(directory / "one.safetensors", {{"a", full({2}, 1)}, {"z", full({1}, 2)}});
    save_safetensors(directory / "two.safetensors", {{"b", full({3}, 3)}});
  }
  std::filesystem::path index() const { return directory / kIndex; }

  // The message with which this index is refused, without its name.
  std::string refusal(const std::string& text) const {
    write_file(index(), text);
    const std::string start = "sharded safetensors: " + index().string() + ": ";
    try {
      const ShardedSafetensors file(index());
    } catch (const Error& error) {
      const std::string message = error.what();
      return message.starts_with(start) ? message.substr(start.size()) : message;
    }
    return "(accepted)";
  }
};

std::string map_of(const std::string& entries) { return R"({"weight_map":{)" + entries + "}}"; }

const std::string kEntries = R"("a":"one.safetensors","b":"two.safetensors","z":"one.safetensors")";

}  // namespace

TEST_CASE("sharded safetensors: all shards are one file") {
  const Checkpoint checkpoint;
  write_file(checkpoint.index(),
             R"({"metadata":{"total_size":24,"format":"pt"},"weight_map":{)" + kEntries + "}}");
  const ShardedSafetensors file(checkpoint.index());
  CHECK(file.names() == std::vector<std::string>{"a", "z", "b"});
  CHECK(file.metadata() == std::map<std::string, std::string>{{"format", "pt"}, {"total_size", "24"}});
  CHECK(file.tensor("a").to_vector<float>() == std::vector<float>{1, 1});
  CHECK(file.tensor("b").to_vector<float>() == std::vector<float>{3, 3, 3});
  CHECK(file.tensor("z").to_vector<float>() == std::vector<float>{2});
  CHECK(file.state_dict().size() == 3);
  CHECK_THROWS_WITH(file.tensor("c"),
                    "sharded safetensors: " + checkpoint.index().string() + ": there is no tensor 'c'");
}

TEST_CASE("sharded safetensors: shards may lie below the index, and be links as in a cache") {
  const Checkpoint checkpoint;
  const TemporaryDirectory elsewhere;
  std::filesystem::create_directory(checkpoint.directory / "part");
  std::filesystem::rename(checkpoint.directory / "two.safetensors",
                          checkpoint.directory / "part/two.safetensors");
  std::filesystem::rename(checkpoint.directory / "one.safetensors", elsewhere / "blob");
  std::filesystem::create_symlink(elsewhere / "blob", checkpoint.directory / "one.safetensors");
  CHECK(checkpoint.refusal(map_of(
            R"("a":"one.safetensors","b":"part/two.safetensors","z":"one.safetensors")")) == "(accepted)");
}

TEST_CASE("sharded safetensors: an index and shards that disagree are refused") {
  const Checkpoint checkpoint;
  CHECK(checkpoint.refusal(map_of(kEntries)) == "(accepted)");
  CHECK(checkpoint.refusal(map_of(kEntries + R"(,"c":"two.safetensors")")) ==
        "the shard 'two.safetensors' has no tensor 'c'");
  CHECK(checkpoint.refusal(map_of(R"("a":"one.safetensors","b":"two.safetensors")")) ==
        "the shard 'one.safetensors' has a tensor 'z', which the index does not have");
  CHECK(checkpoint.refusal(map_of(R"("a":"one.safetensors","b":"two.safetensors","z":"two.safetensors")")) ==
        "the shard 'one.safetensors' has a tensor 'z', which the index has in 'two.safetensors'");
  CHECK(checkpoint.refusal(map_of(kEntries + R"(,"c":"three.safetensors")")) ==
        "the shard 'three.safetensors' is missing; tensor 'c' is in it");
  write_file(checkpoint.directory / "three.safetensors", "nothing");
  CHECK(checkpoint.refusal(map_of(R"("c":"three.safetensors")")) ==
        "safetensors: " + (checkpoint.directory / "three.safetensors").string() +
            ": the file is cut short: it has 7 bytes, and the header's length alone takes 8");
}

TEST_CASE("sharded safetensors: no shard lies outside the index's folder") {
  const Checkpoint checkpoint;
  const std::string outside = (checkpoint.directory / "one.safetensors").string();  // it exists
  const std::string up = "../" + checkpoint.directory.path().filename().string() + "/one.safetensors";
  for (const std::string& shard : {outside, up, std::string("part/../../one.safetensors"), std::string(".."),
                                   std::string("part/"), std::string("")}) {
    CHECK(checkpoint.refusal(map_of("\"a\":\"" + shard + "\"")) ==
          "the shard '" + shard + "' of tensor 'a' is not in the index's folder");
  }
  CHECK(checkpoint.refusal(map_of(R"("a":"one.safetensors\u0000")")) ==
        "the shard 'one.safetensors");  // and so on
}

TEST_CASE("sharded safetensors: what is not an index is refused") {
  const Checkpoint checkpoint;
  CHECK_THAT(checkpoint.refusal(""), StartsWith("the index is not valid JSON: "));
  CHECK_THAT(checkpoint.refusal("{\"weight_map\":"), StartsWith("the index is not valid JSON: "));
  CHECK_THAT(checkpoint.refusal(map_of("") + "x"), StartsWith("the index is not valid JSON: "));
  CHECK(checkpoint.refusal(map_of("") + std::string(1, '\0')) == "the index is not JSON: it has a zero byte");
  CHECK(checkpoint.refusal("[]") == "the index has no weight_map");
  CHECK(checkpoint.refusal("{}") == "the index has no weight_map");
  CHECK(checkpoint.refusal(R"({"weight_map":[]})") == "the index has no weight_map");
  CHECK(checkpoint.refusal(map_of(R"("a":1)")) == "the shard of tensor 'a' is not a name of a file");
  CHECK(checkpoint.refusal(map_of(R"("a":"one.safetensors","a":"two.safetensors")")) ==
        "the index has the key 'a' twice");
  CHECK(checkpoint.refusal(map_of("").insert(1, R"("weight_map":{},)")) ==
        "the index has the key 'weight_map' twice");
  CHECK(checkpoint.refusal("{\"metadata\":" + std::string(100000, '[')) == "the index is nested too deeply");
  std::filesystem::resize_file(checkpoint.index(), 100'000'001);
  CHECK_THROWS_WITH(ShardedSafetensors(checkpoint.index()),
                    ContainsSubstring("the index has 100000001 bytes (at most 100000000 are allowed)"));
}
