#include "weights/darknet_weights.h"

#include <cstring>

#include "models/darknet.h"
#include "tests/catch.h"
#include "tests/temporary_directory.h"
#include "weights/darknet_cfg.h"
#include "weights/load_weights.h"

using namespace helder;

namespace {

// 3 channels -> 2 with batch norm -> [2,1,1] connected with batch norm -> 1 without: 14 + 6 + ... numbers.
const char* const kCfg =
    "[net]\nwidth=1\nheight=1\nchannels=3\n[convolutional]\nfilters=2\nbatch_normalize=1\nactivation=linear\n"
    "[dropout]\n[connected]\noutput=2\nbatch_normalize=1\nactivation=linear\n[convolutional]\nfilters=1\n";
constexpr int kNumbers = (4 * 2 + 2 * 3) + (4 * 2 + 2 * 2) + (1 + 2);

std::string header(int32_t major, int32_t minor, uint64_t seen, size_t seen_bytes) {
  const int32_t version[3] = {major, minor, 5};
  std::string bytes(sizeof version + seen_bytes, '\0');
  std::memcpy(bytes.data(), version, sizeof version);
  std::memcpy(bytes.data() + sizeof version, &seen, seen_bytes);
  return bytes;
}

// 0, 1, 2, ...
std::string numbers(int count) {
  std::string bytes(4 * static_cast<size_t>(count), '\0');
  for (int i = 0; i < count; ++i) {
    const auto number = static_cast<float>(i);
    std::memcpy(bytes.data() + 4 * static_cast<size_t>(i), &number, 4);
  }
  return bytes;
}

}  // namespace

TEST_CASE("darknet's weights: layer by layer, in darknet's order, behind either header", "[darknet]") {
  const TemporaryDirectory folder;
  const DarknetOptions options = parse_darknet_cfg(kCfg);
  const bool wide = GENERATE(false, true);
  write_file(folder / "w",
             header(0, wide ? 2 : 1, wide ? (uint64_t{1} << 40) : 7, wide ? 8 : 4) + numbers(kNumbers));
  const DarknetWeights file(folder / "w", options);
  CHECK(file.metadata().at("version") == (wide ? "0.2.5" : "0.1.5"));
  CHECK(file.metadata().at("seen") == (wide ? "1099511627776" : "7"));
  CHECK(file.names() == std::vector<std::string>{
                            "layers.0.norm.bias", "layers.0.norm.weight", "layers.0.norm.running_mean",
                            "layers.0.norm.running_var", "layers.0.conv.weight", "layers.2.norm.bias",
                            "layers.2.linear.weight", "layers.2.norm.weight", "layers.2.norm.running_mean",
                            "layers.2.norm.running_var", "layers.3.conv.bias", "layers.3.conv.weight"});
  CHECK(file.tensor("layers.0.norm.weight").to_vector<float>() == std::vector<float>{2, 3});
  CHECK(file.tensor("layers.0.conv.weight").shape() == Shape{2, 3, 1, 1});
  CHECK(file.tensor("layers.0.conv.weight").to_vector<float>() == std::vector<float>{8, 9, 10, 11, 12, 13});
  CHECK(file.tensor("layers.2.linear.weight").to_vector<float>() == std::vector<float>{16, 17, 18, 19});
  CHECK(file.tensor("layers.3.conv.weight").to_vector<float>() == std::vector<float>{27, 28});

  Darknet net(options);
  CHECK(load_weights(net, file).empty());  // by its own names
  const StateDict state = net.state_dict();
  CHECK(state.front().first == "layers.0.conv.weight");
  CHECK(state.front().second.to_vector<float>() == std::vector<float>{8, 9, 10, 11, 12, 13});
}

TEST_CASE("darknet's weights: of another network, or damaged", "[darknet]") {
  const TemporaryDirectory folder;
  const std::string path = (folder / "w").string();
  const auto error_of = [&](const std::string& bytes) -> std::string {
    write_file(folder / "w", bytes);
    try {
      DarknetWeights(folder / "w", parse_darknet_cfg(kCfg, "y.cfg"));
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  };
  const std::string start = header(0, 2, 0, 8), name = "darknet: " + path;
  CHECK(error_of(start + numbers(kNumbers)).empty());
  CHECK(error_of("") == name + ": the file is cut short: it has 0 bytes, and the header alone takes 16");
  CHECK(error_of(start.substr(0, 18)) ==
        name + ": the file is cut short: it has 18 bytes, and the header alone takes 20");
  CHECK(error_of(std::string(64, 'x')) ==
        name + ": not a file of darknet's weights: its version reads 2021161080.2021161080.2021161080");
  CHECK(error_of(start + numbers(kNumbers - 1)) ==
        name +
            ": the file ends in layer 3 (y.cfg:14: [convolutional]): its conv.weight [1,2,1,1] takes 8 "
            "bytes, and 4 "
            "are left; are these the weights of another network?");
  CHECK(error_of(start + numbers(3)) == name +
                                            ": the file ends in layer 0 (y.cfg:5: [convolutional]): its "
                                            "norm.weight [2] takes 8 bytes, and 4 are left; "
                                            "are these the weights of another network?");
  CHECK(error_of(start + numbers(kNumbers + 1)) ==
        name +
            ": 4 bytes are left over after the network's layers (the last with weights is layer 3 (y.cfg:14: "
            "[convolutional])); are these the weights of another network?");
}
