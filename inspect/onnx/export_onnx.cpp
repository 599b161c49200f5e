#include "inspect/onnx/export_onnx.h"

#include <algorithm>

#include "inspect/onnx/op_rules.h"
#include "inspect/onnx/op_writer.h"
#include "inspect/onnx/traced_graph.h"

namespace helder {
namespace {

OnnxValue described(const std::string& name, const TracedValue& value) {
  OnnxValue result{name, value.dtype, {}};
  for (int d = 0; d < value.shape.rank(); ++d) {
    if (!value.shape.grows_at(d)) {
      result.shape.emplace_back(value.shape.sizes[d]);
    } else {
      const int64_t each = value.shape.each(d);
      result.shape.emplace_back(each == 1 ? std::string("batch") : fmt::format("{}*batch", each));
    }
  }
  return result;
}

// Whether an op is to be done by whoever reads the file. Others are done: their numbers are constants.
bool is_written(const TracedGraph& graph, const TracedOp& op) {
  const TracedValue& output = graph.value(op.output);
  // One of each for every picture, such as a class token: the parameter keeps its name.
  const bool repeats = op.name == "expand" && output.shape.growing() > 0;
  return output.from_input || repeats;
}

// Calls the value of this name `output`.
void name_output(OnnxModel& model, const std::string& name) {
  const auto made = std::find_if(model.nodes.begin(), model.nodes.end(),
                                 [&](const OnnxNode& node) { return node.output == name; });
  if (made == model.nodes.end()) {  // the input itself
    model.nodes.push_back({"Identity", "Identity", {name}, model.output.name});
    return;
  }
  for (OnnxNode& node : model.nodes) {
    std::replace(node.inputs.begin(), node.inputs.end(), name, model.output.name);
  }
  made->output = model.output.name;
  std::erase_if(model.values, [&](const OnnxValue& value) { return value.name == name; });
}

}  // namespace

OnnxModel onnx_model(Module& model, const Shape& picture, const std::string& name) {
  const TracedGraph graph = trace_graph(model, picture);
  check(graph.value(graph.output).from_input,
        "export_onnx: the output does not depend on the pictures by any op that is recorded");
  OnnxBuilder builder(graph);
  builder.model.name = name;
  builder.model.input = described("input", graph.value(graph.input));
  builder.set_value(graph.input, "input");
  for (const TracedOp& op : graph.ops) {
    if (is_written(graph, op)) {
      OpWriter writer(builder, op);
      const size_t nodes = builder.model.nodes.size();
      const std::string output = write_op(writer);
      builder.set_value(op.output, output);
      if (builder.model.nodes.size() > nodes) {  // a clone needs none
        builder.model.values.push_back(described(output, graph.value(op.output)));
      }
    }
  }
  builder.model.output = described("output", graph.value(graph.output));
  name_output(builder.model, builder.value(graph.output));
  return std::move(builder.model);
}

void export_onnx(const std::filesystem::path& path, Module& model, const Shape& picture,
                 const std::string& name) {
  write_onnx(path, onnx_model(model, picture, name));
}

}  // namespace helder
