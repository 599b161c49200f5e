#include "inspect/onnx/op_writer.h"

#include <algorithm>

#include "tensor/factories.h"

namespace helder {
namespace {

Tensor int64_tensor(const std::vector<int64_t>& values) {
  Tensor tensor = empty({static_cast<int64_t>(values.size())}, DType::Int64);
  std::copy(values.begin(), values.end(), tensor.data<int64_t>());
  return tensor;
}

std::string inside(const std::string& module, const std::string& name) {
  return module.empty() ? name : module + "/" + name;
}

}  // namespace

// ---- OnnxBuilder ----

std::string OnnxBuilder::unique(const std::string& name) {
  std::string candidate = name;
  for (int i = 2; !taken_.insert(candidate).second; ++i) {
    candidate = fmt::format("{}_{}", name, i);
  }
  return candidate;
}

std::string OnnxBuilder::initializer(const std::string& name, const Tensor& tensor) {
  model.initializers.emplace_back(unique(name), tensor.detach());
  return model.initializers.back().first;
}

std::string OnnxBuilder::buffer(const std::string& otherwise, const Tensor& tensor) {
  std::string name = otherwise;
  for (const auto& [known, buffer] : graph_.state) {
    if (buffer.shares_storage(tensor) && buffer.impl()->offset == tensor.impl()->offset &&
        buffer.shape() == tensor.shape()) {
      name = known;
    }
  }
  const auto found = buffers_.find(name);
  return found != buffers_.end() ? found->second : buffers_[name] = initializer(name, tensor);
}

std::string OnnxBuilder::node(const std::string& module, const std::string& op_type,
                              std::vector<std::string> inputs, OnnxAttributes attributes) {
  const std::string name = unique(inside(module, op_type));
  model.nodes.push_back({op_type, name, std::move(inputs), name, std::move(attributes)});
  return name;
}

// Constants of an op that was given none under a name: `layer1.0.conv1/relu` made it, or `constant`.
std::string OnnxBuilder::constant_value(const TracedValue& value) {
  std::string name = value.name;
  std::string module;
  if (name.empty() && value.op >= 0) {
    const TracedOp& op = graph_.ops[static_cast<size_t>(value.op)];
    module = op.module;
    name = inside(module, op.name);
  }
  const std::string kept = initializer(name.empty() ? "constant" : name, value.constant);
  if (value.shape.growing() == 0) {
    return kept;
  }
  return node(module, "Expand", {kept, sizes(module, value.shape)});  // one for each picture
}

std::string OnnxBuilder::value(int index) {
  if (index < 0) {
    return "";
  }
  const auto found = names_.find(index);
  if (found != names_.end()) {
    return found->second;
  }
  return names_[index] = constant_value(graph_.value(index));
}

std::string OnnxBuilder::sizes(const std::string& module, const TracedShape& shape) {
  if (shape.growing() == 0) {
    return initializer(inside(module, "shape"),
                       int64_tensor(std::vector<int64_t>(shape.sizes.begin(), shape.sizes.end())));
  }
  if (pictures_.empty()) {
    const std::string all = node("", "Shape", {value(graph_.input)});
    pictures_ =
        node("", "Slice",
             {all, initializer("first", int64_tensor({0})), initializer("second", int64_tensor({1}))});
  }
  std::vector<std::string> parts;
  std::vector<int64_t> fixed;
  const auto end_fixed = [&] {
    if (!fixed.empty()) {
      parts.push_back(initializer(inside(module, "shape"), int64_tensor(fixed)));
      fixed.clear();
    }
  };
  for (int d = 0; d < shape.rank(); ++d) {
    if (!shape.grows_at(d)) {
      fixed.push_back(shape.sizes[d]);
      continue;
    }
    end_fixed();
    parts.push_back(shape.each(d) == 1 ? pictures_
                                       : node(module, "Mul",
                                              {pictures_, initializer(inside(module, "each"),
                                                                      int64_tensor({shape.each(d)}))}));
  }
  end_fixed();
  return parts.size() == 1 ? parts[0] : node(module, "Concat", parts, {{"axis", int64_t{0}}});
}

// ---- OpWriter ----

void OpWriter::refuse(const std::string& reason) const {
  fail("export_onnx: {}: {} {}", op_.module.empty() ? "the model" : op_.module, op_.name, reason);
}

const Attribute& OpWriter::attribute(const std::string& name) const {
  if (!op_.recorded) {
    refuse("ran under NoGrad, where its attributes are not recorded");
  }
  for (const auto& [key, value] : op_.attributes) {
    if (key == name) {
      return value;
    }
  }
  refuse("has no attribute " + name);
}

bool OpWriter::has_attribute(const std::string& name) const {
  return std::any_of(op_.attributes.begin(), op_.attributes.end(),
                     [&](const auto& attribute) { return attribute.first == name; });
}

std::string OpWriter::buffer(const std::string& attribute) {
  return builder_.buffer(inside(op_.module, attribute), get<Tensor>(attribute));
}

std::string OpWriter::constant(const std::string& name, const Tensor& tensor) {
  return builder_.initializer(inside(op_.module, name), tensor);
}

std::string OpWriter::number(double value) {
  return builder_.initializer(inside(op_.module, "number"), scalar(value, dtype()));
}

std::string OpWriter::integers(const std::vector<int64_t>& values) {
  return builder_.initializer(inside(op_.module, "numbers"), int64_tensor(values));
}

}  // namespace helder
