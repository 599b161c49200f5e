#include "inspect/onnx/onnx_model.h"

#include <limits>

#include "inspect/protobuf.h"
#include "tensor/atomic_file.h"
#include "tensor/copy.h"

namespace helder {
namespace {

// TensorProto.DataType
int64_t type_number(DType dtype) {
  switch (dtype) {
    case DType::Float32:
      return 1;
    case DType::UInt8:
      return 2;
    case DType::Int64:
      return 7;
    case DType::Bool:
      return 9;
    case DType::Float16:
      return 10;
    case DType::Float64:
      return 11;
    case DType::BFloat16:
      return 16;
  }
  fail("onnx: no type for {}", name_of(dtype));
}

// AttributeProto { name = 1; f = 2; i = 3; s = 4; ints = 8; type = 20 }
ProtobufMessage attribute_message(const std::string& name, const OnnxAttribute& value) {
  enum Type { Float = 1, Int = 2, String = 3, Ints = 7 };
  ProtobufMessage message;
  message.text(1, name);
  if (const auto* number = std::get_if<double>(&value)) {
    message.float32(2, static_cast<float>(*number)).integer(20, Float);
  } else if (const auto* whole = std::get_if<int64_t>(&value)) {
    message.integer(3, *whole).integer(20, Int);
  } else if (const auto* word = std::get_if<std::string>(&value)) {
    message.text(4, *word).integer(20, String);
  } else {
    for (const int64_t item : std::get<std::vector<int64_t>>(value)) {
      message.integer(8, item);  // onnx.proto is proto2: lists are not packed
    }
    message.integer(20, Ints);
  }
  return message;
}

// NodeProto { input = 1; output = 2; name = 3; op_type = 4; attribute = 5 }
ProtobufMessage node_message(const OnnxNode& node) {
  ProtobufMessage message;
  for (const std::string& input : node.inputs) {
    message.text(1, input);
  }
  message.text(2, node.output).text(3, node.name).text(4, node.op_type);
  for (const auto& [name, value] : node.attributes) {
    message.message(5, attribute_message(name, value));
  }
  return message;
}

// ValueInfoProto { name = 1; type = 2: { tensor_type = 1: { elem_type = 1; shape = 2: { dim = 1 } } } }, and
// a dimension is { dim_value = 1 } or { dim_param = 2 }.
ProtobufMessage value_message(const OnnxValue& value) {
  ProtobufMessage shape;
  for (const auto& size : value.shape) {
    const auto* number = std::get_if<int64_t>(&size);
    shape.message(1, number ? ProtobufMessage().integer(1, *number)
                            : ProtobufMessage().text(2, std::get<std::string>(size)));
  }
  const ProtobufMessage tensor = ProtobufMessage().integer(1, type_number(value.dtype)).message(2, shape);
  return ProtobufMessage().text(1, value.name).message(2, ProtobufMessage().message(1, tensor));
}

uint64_t bytes_of(const Tensor& tensor) {
  return static_cast<uint64_t>(tensor.numel()) * size_of(tensor.dtype());
}

// TensorProto { dims = 1; data_type = 2; name = 8; raw_data = 9 }, up to the data.
ProtobufMessage tensor_header(const std::string& name, const Tensor& tensor) {
  ProtobufMessage message;
  for (const int64_t size : tensor.shape()) {
    message.integer(1, size);
  }
  return message.integer(2, type_number(tensor.dtype())).text(8, name).announce(9, bytes_of(tensor));
}

void write(AtomicFile& file, const ProtobufMessage& message) {
  file.write(std::as_bytes(std::span(message.bytes())));
}

}  // namespace

// ModelProto { ir_version = 1; producer_name = 2; graph = 7; opset_import = 8: { version = 2 } }
// GraphProto { node = 1; name = 2; initializer = 5; input = 11; output = 12; value_info = 13 }
void write_onnx(const std::filesystem::path& path, const OnnxModel& model) {
  ProtobufMessage graph;  // but for the initialisers, which are copied from where they are to the file
  for (const OnnxNode& node : model.nodes) {
    graph.message(1, node_message(node));
  }
  graph.text(2, model.name).message(11, value_message(model.input)).message(12, value_message(model.output));
  for (const OnnxValue& value : model.values) {
    graph.message(13, value_message(value));
  }

  std::vector<ProtobufMessage> headers;  // each with the key and the length of the tensor in front of it
  uint64_t length = graph.bytes().size();
  for (const auto& [name, tensor] : model.initializers) {
    const ProtobufMessage inner = tensor_header(name, tensor);
    ProtobufMessage outer;
    outer.announce(5, inner.bytes().size() + bytes_of(tensor));
    length += outer.bytes().size() + inner.bytes().size() + bytes_of(tensor);
    headers.push_back(outer);
    headers.push_back(inner);
  }
  constexpr auto kMost = static_cast<uint64_t>(std::numeric_limits<int32_t>::max()) - 1024;
  check(length <= kMost,
        "onnx: {} takes {:.2f} GB; a .onnx file holds 2 GB at most, and weights beside it are not written",
        model.name, static_cast<double>(length) / 1e9);

  AtomicFile file(path);
  write(file, ProtobufMessage().integer(1, kOnnxIrVersion).text(2, "helder").announce(7, length));
  write(file, graph);
  for (size_t i = 0; i < model.initializers.size(); ++i) {
    const Tensor tensor = contiguous_copy(copied_to(model.initializers[i].second, Device::Cpu));
    write(file, headers[2 * i]);
    write(file, headers[2 * i + 1]);
    if (tensor.numel() > 0) {
      file.write({static_cast<const std::byte*>(tensor.raw_data()), bytes_of(tensor)});
    }
  }
  write(file, ProtobufMessage().message(8, ProtobufMessage().integer(2, kOnnxOpset)));
  file.commit();
}

}  // namespace helder
