#include "inspect/onnx/export_onnx.h"

#include <map>
#include <set>

#include "autograd/grad_mode.h"
#include "autograd/ops/add.h"
#include "autograd/ops/argmax.h"
#include "autograd/ops/cumsum.h"
#include "autograd/ops/mul.h"
#include "autograd/ops/relu.h"
#include "autograd/ops/to.h"
#include "layers/activations.h"
#include "layers/pooling.h"
#include "layers/sequential.h"
#include "models/cifar_resnet.h"
#include "models/lenet.h"
#include "models/vit.h"
#include "tensor/factories.h"
#include "tensor/random.h"
#include "tests/catch.h"
#include "tests/inspect/protobuf_reader.h"
#include "tests/temporary_directory.h"

using namespace helder;
using helder::testing::ProtobufReader;

namespace {

// A .onnx file, read with nothing of what wrote it.
struct File {
  struct Node {
    std::string op_type;
    std::vector<std::string> inputs;
    std::string output;
    std::map<std::string, ProtobufReader> attributes;

    std::vector<int64_t> ints(const std::string& name) const {
      std::vector<int64_t> values;
      for (const auto& field : attributes.at(name).fields()) {
        if (field.number == 8) {
          values.push_back(static_cast<int64_t>(field.integer));
        }
      }
      return values;
    }
  };

  std::vector<Node> nodes;
  std::map<std::string, ProtobufReader> initializers;
  ProtobufReader model, graph;

  explicit File(const std::string& bytes) : model(bytes), graph(model.text(7)) {
    for (const ProtobufReader& message : graph.messages(1)) {
      Node node{message.text(4), message.texts(1), message.text(2), {}};
      for (const ProtobufReader& attribute : message.messages(5)) {
        node.attributes.emplace(attribute.text(1), attribute);
      }
      nodes.push_back(std::move(node));
    }
    for (const ProtobufReader& message : graph.messages(5)) {
      CHECK(initializers.emplace(message.text(8), message).second);  // each name once
    }
  }

  std::vector<std::string> op_types() const {
    std::vector<std::string> types;
    for (const Node& node : nodes) {
      types.push_back(node.op_type);
    }
    return types;
  }
  int count(const std::string& op_type) const {
    const auto types = op_types();
    return static_cast<int>(std::count(types.begin(), types.end(), op_type));
  }
};

File exported(Module& model, const Shape& picture) {
  const TemporaryDirectory folder;
  export_onnx(folder / "model.onnx", model, picture, "net");
  return File(read_file(folder / "model.onnx"));
}

// `batch,1,28,28`
std::string shape_of(const ProtobufReader& value) {
  std::string text;
  for (const ProtobufReader& size : value.message(2).message(1).message(2).messages(1)) {
    text += (text.empty() ? "" : ",") + (size.has(2) ? size.text(2) : std::to_string(size.integer(1)));
  }
  return text;
}

// Every input of a node is the graph's, a constant, or the output of a node before it; every output is new.
void check_order(const File& file) {
  std::set<std::string> known = {"", "input"};
  for (const auto& [name, tensor] : file.initializers) {
    known.insert(name);
  }
  for (const File::Node& node : file.nodes) {
    for (const std::string& input : node.inputs) {
      INFO(node.op_type << " of " << input);
      CHECK(known.count(input) == 1);
    }
    CHECK(known.insert(node.output).second);
  }
  CHECK(known.count("output") == 1);
}

struct Custom : Module {
  std::function<Tensor(const Tensor&)> body;
  explicit Custom(std::function<Tensor(const Tensor&)> f) : body(std::move(f)) {}
  Tensor forward(const Tensor& x) override { return body(x); }
};

// What exporting a model says whose second module is this.
std::string message_of(std::function<Tensor(const Tensor&)> body) {
  Sequential model{make<ReLU>(), make<Custom>(std::move(body))};
  try {
    onnx_model(model, {4});
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("onnx: LeNet's graph, names, shapes and weights", "[inspect]") {
  manual_seed(1);
  LeNet model;
  const File file = exported(model, {1, 28, 28});
  CHECK(file.model.integer(1) == 8);              // IR version
  CHECK(file.model.message(8).integer(2) == 17);  // opset
  CHECK(file.graph.text(2) == "net");
  check_order(file);
  CHECK(file.op_types() == std::vector<std::string>{"Conv", "Relu", "MaxPool", "Conv", "Relu", "MaxPool",
                                                    "Flatten", "Gemm", "Relu", "Gemm", "Relu", "Gemm"});
  CHECK(file.nodes[0].inputs == std::vector<std::string>{"input", "conv1.weight", "conv1.bias"});
  CHECK(file.nodes[0].ints("pads") == std::vector<int64_t>{2, 2, 2, 2});
  CHECK(file.nodes[0].ints("kernel_shape") == std::vector<int64_t>{5, 5});
  CHECK(file.nodes[2].ints("strides") == std::vector<int64_t>{2, 2});
  CHECK(file.nodes[7].attributes.at("transB").integer(3) == 1);
  CHECK(file.nodes.back().output == "output");
  CHECK(shape_of(file.graph.message(11)) == "batch,1,28,28");
  CHECK(shape_of(file.graph.message(12)) == "batch,10");
  std::map<std::string, std::string> shapes;
  for (const ProtobufReader& value : file.graph.messages(13)) {
    shapes[value.text(1)] = shape_of(value);
  }
  CHECK(shapes.at("conv2/Conv") == "batch,16,10,10");

  const StateDict state = model.state_dict();
  CHECK(file.initializers.size() == state.size());
  for (const auto& [name, tensor] : state) {
    INFO(name);
    const ProtobufReader& stored = file.initializers.at(name);
    CHECK(stored.integer(2) == 1);  // float32
    std::vector<int64_t> sizes;
    for (const auto& field : stored.fields()) {
      if (field.number == 1) {
        sizes.push_back(static_cast<int64_t>(field.integer));
      }
    }
    CHECK(sizes == std::vector<int64_t>(tensor.shape().begin(), tensor.shape().end()));
    const std::string& bytes = stored.text(9);
    REQUIRE(bytes.size() == static_cast<size_t>(tensor.numel()) * sizeof(float));
    CHECK(std::memcmp(bytes.data(), tensor.raw_data(), bytes.size()) == 0);
  }
  CHECK(model.is_training());  // as it was
  CHECK_FALSE(model.conv1.weight.grad().defined());
}

TEST_CASE("onnx: batch norm, shortcuts, and zeros for every picture", "[inspect]") {
  CifarResNet model({.depth = 8});
  const File file = exported(model, {3, 32, 32});
  check_order(file);
  CHECK(file.count("Conv") == 7);
  CHECK(file.count("BatchNormalization") == 7);
  CHECK(file.count("Add") == 3);
  CHECK(file.count("Slice") ==
        2 + 2 + 1);                  // rows and columns of two shortcuts, and the batch of the input's shape
  CHECK(file.count("Expand") == 4);  // new channels before and behind, twice
  CHECK(file.nodes[1].inputs == std::vector<std::string>{"conv1/Conv", "bn1.weight", "bn1.bias",
                                                         "bn1.running_mean", "bn1.running_var"});
  CHECK(file.nodes[1].attributes.at("epsilon").float32(2) == 1e-5F);
  CHECK(file.initializers.at("bn1.running_var").text(9).size() == 16 * sizeof(float));
}

TEST_CASE("onnx: a vision transformer, whose class token is there for every picture", "[inspect]") {
  VisionTransformer model(
      {.img_size = 8, .patch_size = 4, .in_channels = 1, .classes = 3, .dim = 8, .depth = 1, .heads = 2});
  const File file = exported(model, {1, 8, 8});
  check_order(file);
  CHECK(file.count("Softmax") == 1);
  CHECK(file.count("LayerNormalization") == 3);
  CHECK(file.count("Erf") == 1);
  CHECK(file.count("Gather") == 4);  // query, key, value; the class token at the end
  const auto expand = std::find_if(file.nodes.begin(), file.nodes.end(),
                                   [](const File::Node& node) { return node.op_type == "Expand"; });
  REQUIRE(expand != file.nodes.end());
  CHECK(expand->inputs[0] == "cls_token");
  for (const char* name : {"pos_embed", "blocks.0.attn.qkv.weight", "blocks.0.norm1.bias", "head.weight"}) {
    CHECK(file.initializers.count(name) == 1);
  }
  CHECK(shape_of(file.graph.message(12)) == "batch,3");
}

TEST_CASE("onnx: windows that are rounded up get padding behind", "[inspect]") {
  MaxPool2d up(3, {.stride = 2, .ceil_mode = true}), down(3, {.stride = 2, .padding = 1});
  CHECK(exported(up, {1, 8, 7}).nodes[0].ints("pads") == std::vector<int64_t>{0, 0, 1, 0});
  CHECK(exported(down, {1, 8, 8}).nodes[0].ints("pads") == std::vector<int64_t>{1, 1, 1, 1});
}

TEST_CASE("onnx: what cannot be exported is named, with its module", "[inspect]") {
  CHECK_THAT(message_of([](const Tensor& x) { return cumsum(x, 1); }),
             StartsWith("export_onnx: 1: cumsum has no ONNX form here"));
  CHECK_THAT(message_of([](const Tensor& x) { return mul(x, argmax(x, 1, true).to(DType::Float32)); }),
             StartsWith("export_onnx: to in 1 takes numbers that change with the pictures"));
  CHECK_THAT(message_of([](const Tensor& x) {
               const NoGrad guard;
               return x.transpose(0, 1);
             }),
             StartsWith("export_onnx: 1: transpose ran under NoGrad"));
  CHECK_THAT(message_of([](const Tensor& x) { return x.size(0) == 2 ? relu(x) : mul(x, x); }),
             StartsWith("export_onnx: with 3 pictures instead of 2 the model does something else: mul in 1 "
                        "where it did relu in 1"));
  CHECK_THAT(message_of([](const Tensor& x) { return x[0]; }),
             ContainsSubstring("1: select takes single pictures out of the batch"));
  CHECK(message_of([](const Tensor& x) { return add(x, 1); }).empty());
}

TEST_CASE("onnx: a file of more than 2 GB is refused before it is begun", "[inspect]") {
  const TemporaryDirectory folder;
  OnnxModel model;
  model.name = "large";
  model.input = model.output = {"input", DType::Float32, {int64_t{1}}};
  const Tensor one = zeros({1});
  for (int i = 0; i < 3; ++i) {  // a gigabyte each, of one number
    model.initializers.emplace_back("w" + std::to_string(i), one.expand({256, 1024, 1024}));
  }
  CHECK_THROWS_WITH(write_onnx(folder / "large.onnx", model), StartsWith("onnx: large takes 3.22 GB"));
  CHECK(folder.names().empty());
}
