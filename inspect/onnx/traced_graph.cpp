#include "inspect/onnx/traced_graph.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <tuple>
#include <unordered_map>

#include "autograd/grad_mode.h"
#include "autograd/node.h"
#include "layers/module_guards.h"
#include "tensor/copy.h"
#include "tensor/factories.h"
#include "tensor/views.h"

namespace helder {
namespace {

constexpr int kAbsent = -1;
constexpr int64_t kMorePictures = 3;

std::string place_of(const TracedOp& op) {
  return op.module.empty() ? op.name : fmt::format("{} in {}", op.name, op.module);
}

// ---- one run ----

struct RunValue {
  Tensor tensor;  // kept, so that its memory is not another's
  uint64_t version = 0;
  int op = -1;
  std::string name;
};

struct Run {
  std::vector<RunValue> values;
  std::vector<TracedOp> ops;
  std::vector<std::shared_ptr<Node>> nodes;  // beside ops; null where nothing was recorded
  int input = 0, output = 0;
};

/// Notes ops and the tensors between them. A tensor is known again by the memory that it shows, so that a
/// detached one is the same.
class RunObserver final : public Observer {
 public:
  explicit RunObserver(Module& model) {
    for (const auto& [path, module] : model.named_modules()) {
      paths_.emplace(module, path);
    }
    for (const auto& [name, tensor] : model.state_dict()) {
      names_.emplace(key_of(tensor), name);
    }
  }

  int value_of(const Tensor& x) {
    const auto found = values_.find(key_of(x));
    if (found == values_.end()) {
      return add(x, -1);
    }
    const RunValue& value = run.values[static_cast<size_t>(found->second)];
    check(value.version == x.version(),
          "export_onnx: numbers were changed in place in {}, which a graph has no way to say",
          modules_.empty() || modules_.back().empty() ? "the model" : modules_.back());
    return found->second;
  }

  int add(const Tensor& x, int op) {
    const auto name = names_.find(key_of(x));
    run.values.push_back({x, x.version(), op, op < 0 && name != names_.end() ? name->second : ""});
    const int index = static_cast<int>(run.values.size()) - 1;
    values_[key_of(x)] = index;
    return index;
  }

  void op_done(const Node& node, const Tensor& output, std::span<const Tensor* const> inputs) override {
    TracedOp op;
    op.name = node.name();
    op.module = modules_.empty() ? "" : modules_.back();
    for (const Tensor* x : inputs) {
      op.inputs.push_back(x->defined() ? value_of(*x) : kAbsent);
    }
    op.recorded = output.grad_fn().get() == &node;
    op.output = add(output, static_cast<int>(run.ops.size()));
    run.nodes.push_back(op.recorded ? output.grad_fn() : nullptr);
    run.ops.push_back(std::move(op));
  }
  void backward_begins(const Node&, const Tensor&) override {}
  void backward_done(const Node&, std::span<const Tensor>) override {}
  void module_begins(const Module& module, std::span<const Tensor>) override {
    const auto path = paths_.find(&module);
    modules_.push_back(path == paths_.end() ? module.describe() : path->second);
  }
  void module_done(const Module&, std::span<const Tensor>, const Tensor*) override { modules_.pop_back(); }

  Run run;

 private:
  using Key = std::tuple<const void*, int64_t, std::vector<int64_t>, std::vector<int64_t>>;
  static Key key_of(const Tensor& x) {
    return {x.impl()->storage.get(), x.impl()->offset,
            std::vector<int64_t>(x.shape().begin(), x.shape().end()),
            std::vector<int64_t>(x.strides().begin(), x.strides().end())};
  }

  std::unordered_map<const Module*, std::string> paths_;
  std::map<Key, std::string> names_;
  std::map<Key, int> values_;
  std::vector<std::string> modules_;
};

DType dtype_of(const Module& model) {
  for (const Tensor& parameter : model.parameters()) {
    if (is_floating_point(parameter.dtype())) {
      return parameter.dtype();
    }
  }
  return DType::Float32;
}

Run run_with(Module& model, const Shape& picture, int64_t pictures) {
  Shape shape = picture;
  shape.insert(0, pictures);
  Generator generator(static_cast<uint64_t>(pictures));
  Tensor x = copied_to(randn(shape, dtype_of(model), generator), device_of(model));
  x.requires_grad_();  // so that every op on the way from it is recorded, with its attributes
  RunObserver observer(model);
  observer.run.input = observer.add(x, -1);
  Tensor y;
  {
    const ObserverGuard guard(observer);
    y = model(x);
  }
  observer.run.output = observer.value_of(y);
  Run run = std::move(observer.run);
  for (size_t i = 0; i < run.ops.size(); ++i) {
    if (run.nodes[i]) {
      run.ops[i].attributes = attributes_of(*run.nodes[i]);
    }
  }
  return run;
}

// ---- two runs become one graph ----

bool same_numbers(const Tensor& a, const Tensor& b) {
  if (a.impl() == b.impl()) {
    return true;
  }
  const Tensor x = contiguous_copy(copied_to(a, Device::Cpu)), y = contiguous_copy(copied_to(b, Device::Cpu));
  return x.shape() == y.shape() && x.dtype() == y.dtype() &&
         (x.numel() == 0 ||
          std::memcmp(x.raw_data(), y.raw_data(), static_cast<size_t>(x.numel()) * size_of(x.dtype())) == 0);
}

bool same_attribute(const Attribute& a, const Attribute& b) {
  if (a.index() != b.index()) {
    return false;
  }
  if (const auto* tensor = std::get_if<Tensor>(&a)) {
    const Tensor& other = std::get<Tensor>(b);
    return tensor->defined() == other.defined() && (!tensor->defined() || same_numbers(*tensor, other));
  }
  if (const auto* shape = std::get_if<Shape>(&a)) {
    return *shape == std::get<Shape>(b);
  }
  if (const auto* text = std::get_if<std::string>(&a)) {
    return *text == std::get<std::string>(b);
  }
  if (const auto* number = std::get_if<double>(&a)) {
    return *number == std::get<double>(b);
  }
  return std::get<int64_t>(a) == std::get<int64_t>(b);
}

void check_same(const TracedOp& a, const TracedOp& b) {
  bool same = a.name == b.name && a.module == b.module && a.inputs == b.inputs && a.output == b.output &&
              a.attributes.size() == b.attributes.size();
  for (size_t i = 0; same && i < a.attributes.size(); ++i) {
    same = a.attributes[i].first == b.attributes[i].first &&
           same_attribute(a.attributes[i].second, b.attributes[i].second);
  }
  check(same, "export_onnx: with {} pictures instead of {} the model does something else: {} where it did {}",
        kMorePictures, TracedShape::kPictures, place_of(b), place_of(a));
}

TracedShape merged(const Shape& two, const Shape& three, const TracedOp* op) {
  TracedShape shape{two, {}};
  for (int d = 0; d < two.rank(); ++d) {
    shape.grows.push_back(two[d] != three[d]);
  }
  bool follows = two.rank() == three.rank();
  for (int d = 0; follows && d < two.rank(); ++d) {
    follows = two[d] == three[d] || (two[d] % TracedShape::kPictures == 0 &&
                                     two[d] / TracedShape::kPictures * kMorePictures == three[d]);
  }
  check(
      follows,
      "export_onnx: {} has the shape {} for {} pictures and {} for {}, which do not follow from one another",
      op ? place_of(*op) : "a constant", two, TracedShape::kPictures, three, kMorePictures);
  return shape;
}

// The numbers of a constant for one picture: it has to hold the same for each.
Tensor one_of_each(Tensor x, const TracedShape& shape) {
  for (int d = 0; d < shape.rank(); ++d) {
    if (shape.grows_at(d) && shape.each(d) == 1) {
      x = views::slice(x, d, 0, 1);
    }
  }
  return contiguous_copy(copied_to(x, Device::Cpu));
}

// A constant's numbers: what does not follow from the pictures is the same with others. Where it is as many
// times there as there are pictures, one of them is kept.
Tensor constant_of(const Tensor& two, const Tensor& three, const TracedShape& shape,
                   const std::string& user) {
  if (two.impl() == three.impl()) {  // a parameter
    return two.detach();
  }
  const Tensor x = two.detach(), y = three.detach();
  const Tensor first = one_of_each(x, shape);
  const bool same = same_numbers(first, one_of_each(y, shape)) &&
                    same_numbers(views::expand(first, x.shape()), x) &&
                    same_numbers(views::expand(first, y.shape()), y);
  check(same,
        "export_onnx: {} takes numbers that change with the pictures, but come from them by no op that is "
        "recorded (an integer, a NoGrad, random numbers)",
        user);
  return first;
}

}  // namespace

int TracedShape::growing() const { return static_cast<int>(std::count(grows.begin(), grows.end(), true)); }

TracedGraph trace_graph(Module& model, const Shape& picture) {
  check(grad_enabled(), "export_onnx: under NoGrad ops are not recorded");
  const EvalGuard mode(model);
  const Run two = run_with(model, picture, TracedShape::kPictures);
  const Run three = run_with(model, picture, kMorePictures);
  for (size_t i = 0; i < std::min(two.ops.size(), three.ops.size()); ++i) {
    check_same(two.ops[i], three.ops[i]);
  }
  check(two.ops.size() == three.ops.size() && two.output == three.output,
        "export_onnx: the model takes {} ops for {} pictures, but {} for {}", two.ops.size(),
        TracedShape::kPictures, three.ops.size(), kMorePictures);

  TracedGraph graph;
  graph.ops = two.ops;
  graph.state = model.state_dict();
  graph.input = two.input;
  graph.output = two.output;
  std::vector<std::string> user(two.values.size(), "the model");  // the first op that takes a value
  for (auto op = two.ops.rbegin(); op != two.ops.rend(); ++op) {
    for (const int i : op->inputs) {
      if (i != kAbsent) {
        user[static_cast<size_t>(i)] = place_of(*op);
      }
    }
  }
  for (size_t i = 0; i < two.values.size(); ++i) {
    const RunValue& value = two.values[i];
    const TracedOp* op = value.op >= 0 ? &two.ops[static_cast<size_t>(value.op)] : nullptr;
    TracedValue traced;
    traced.name = value.name;
    traced.shape = merged(value.tensor.shape(), three.values[i].tensor.shape(), op);
    traced.dtype = value.tensor.dtype();
    traced.op = value.op;
    traced.from_input = static_cast<int>(i) == graph.input ||
                        (op && std::any_of(op->inputs.begin(), op->inputs.end(), [&](int input) {
                           return input != kAbsent && graph.value(input).from_input;
                         }));
    if (!traced.from_input) {
      traced.constant =
          constant_of(value.tensor, three.values[i].tensor, traced.shape, op ? place_of(*op) : user[i]);
    }
    graph.values.push_back(std::move(traced));
  }
  return graph;
}

}  // namespace helder
