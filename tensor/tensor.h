#pragma once

#include <functional>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tensor/dtype.h"
#include "tensor/shape.h"
#include "tensor/storage.h"

namespace helder {

class Tensor;
class Node;            // autograd/node.h: the op that made a tensor
struct AutogradState;  // autograd/autograd_state.h: gradient, hooks, node

/// What a Tensor points at. Plain members, so that a debugger reads them.
struct TensorImpl {
  std::shared_ptr<Storage> storage;
  Shape shape;
  Shape strides;       // in elements
  int64_t offset = 0;  // of the first element in the storage, in elements
  DType dtype = DType::Float32;
  std::shared_ptr<AutogradState> autograd;  // absent until the tensor takes part in a graph
};

using GradHook = std::function<Tensor(const Tensor& grad)>;

/// A strided view of some storage, and its place in the autograd graph. Copying a Tensor copies the handle,
/// as in PyTorch: both see the same numbers. `clone()` copies the numbers.
///
/// The methods of the first block only look at or change this handle's memory. Those of the second block are
/// the differentiable ops of the same name (autograd/ops/), here for chaining: `x.reshape({n, -1}).sum(1)`.
class Tensor {
 public:
  /// An undefined tensor: "none", as an absent bias or gradient.
  Tensor() = default;
  explicit Tensor(std::shared_ptr<TensorImpl> impl) : impl_(std::move(impl)) {}

  bool defined() const { return impl_ != nullptr; }
  const Shape& shape() const { return known().shape; }
  const Shape& strides() const { return known().strides; }
  DType dtype() const { return known().dtype; }
  Device device() const { return known().storage->device(); }
  bool is_cpu() const { return device() == Device::Cpu; }
  bool is_cuda() const { return device() == Device::Cuda; }
  int rank() const { return known().shape.rank(); }
  int64_t numel() const { return known().shape.numel(); }
  /// The size of one dimension; -1 is the last.
  int64_t size(int64_t dim) const;
  bool is_contiguous() const;
  /// Whether both handles show the same storage, perhaps through different views.
  bool shares_storage(const Tensor& other) const { return known().storage == other.known().storage; }
  uint64_t version() const { return known().storage->version(); }

  /// The first element. Throws unless T is the C++ type of dtype() and the tensor is in the CPU's memory.
  /// Mind the strides: unless `is_contiguous()`, the next element is elsewhere.
  template <class T>
  T* data() const {
    return data_on<T>(Device::Cpu);
  }
  void* raw_data() const { return raw_data_on(Device::Cpu); }
  /// The same for a tensor in the GPU's memory: an address to hand to kernels.
  template <class T>
  T* cuda_data() const {
    return data_on<T>(Device::Cuda);
  }
  void* raw_cuda_data() const { return raw_data_on(Device::Cuda); }

  /// One element, by index; for a scalar `at<T>({})`. Negative indices count from the end.
  template <class T>
  T& at(std::initializer_list<int64_t> index) const {
    return data<T>()[element_offset(index)];
  }
  /// The only element, converted to double. Throws when there is not exactly one. Waits for the GPU, if
  /// there.
  double item() const;
  /// All elements in row-major order, converted to T. Waits for the GPU, if they are there.
  template <class T>
  std::vector<T> to_vector() const;

  /// As NumPy prints it; large tensors are shortened.
  std::string str() const;

  // ---- in-place changes: not recorded; an error on a leaf that requires grad, except under NoGrad
  // ----------------
  Tensor& copy_(const Tensor& source);  ///< broadcasts and converts `source`
  Tensor& fill_(double value);
  Tensor& zero_() { return fill_(0); }

  /// The same numbers without history; shares storage.
  Tensor detach() const;

  // ---- autograd
  // -----------------------------------------------------------------------------------------------
  bool requires_grad() const;
  /// Marks a leaf to collect a gradient. Throws on an integer tensor and on the result of an op.
  Tensor& requires_grad_(bool requires_grad = true);
  bool is_leaf() const;
  /// The op that made this tensor; null for leaves and when nothing was recorded.
  const std::shared_ptr<Node>& grad_fn() const;
  /// The accumulated gradient, or undefined.
  Tensor grad() const;
  void set_grad(const Tensor& grad);
  /// Keeps the gradient of a tensor that is not a leaf as well.
  void retain_grad() const;
  /// `hook` sees the gradient with respect to this tensor as backward passes, and may return another in its
  /// place (an undefined tensor keeps it). The returned number removes the hook again by `remove_hook`.
  int register_hook(GradHook hook) const;
  void remove_hook(int id) const;
  /// Runs the graph backwards from here: adds d(this)/d(leaf) to every leaf's grad(). A tensor of more than
  /// one element needs `gradient`, the cotangent, of the same shape. The saved tensors are freed unless
  /// `retain_graph`.
  void backward(const Tensor& gradient = {}, bool retain_graph = false) const;

  // ---- differentiable ops as methods (defined in autograd/tensor_methods.cpp)
  // ------------------------------------
  Tensor to(DType dtype) const;
  Tensor to(Device device) const;
  Tensor clone() const;
  Tensor contiguous() const;
  Tensor reshape(const Shape& shape) const;
  Tensor view(const Shape& shape) const;
  Tensor flatten(int64_t start_dim = 0, int64_t end_dim = -1) const;
  Tensor transpose(int64_t dim0, int64_t dim1) const;
  Tensor t() const;
  Tensor permute(const Shape& dims) const;
  Tensor slice(int64_t dim, std::optional<int64_t> start, std::optional<int64_t> end, int64_t step = 1) const;
  Tensor select(int64_t dim, int64_t index) const;
  Tensor operator[](int64_t index) const { return select(0, index); }
  Tensor expand(const Shape& shape) const;
  Tensor squeeze(std::optional<int64_t> dim = {}) const;
  Tensor unsqueeze(int64_t dim) const;
  Tensor diagonal(int64_t offset = 0, int64_t dim1 = 0, int64_t dim2 = 1) const;
  Tensor sum(const Shape& dims = {}, bool keepdim = false) const;
  Tensor mean(const Shape& dims = {}, bool keepdim = false) const;
  Tensor matmul(const Tensor& other) const;
  Tensor argmax(std::optional<int64_t> dim = {}, bool keepdim = false) const;

  // ---- for the rooms below
  // ------------------------------------------------------------------------------------
  const std::shared_ptr<TensorImpl>& impl() const { return impl_; }
  /// Makes every handle to this tensor show `other`'s numbers, type and shape from now on; keeps its place in
  /// autograd. How a module changes the type of its parameters.
  void set_data(const Tensor& other) const;
  /// Counts an in-place change; throws on a leaf that requires grad, except under NoGrad.
  void mark_changed(const char* operation) const;

 private:
  template <class T>
  T* data_on(Device expected) const {
    if (dtype() != dtype_of<T>() || device() != expected) [[unlikely]] {
      fail_data(dtype_of<T>(), expected);
    }
    return static_cast<T*>(impl_->storage->data()) + impl_->offset;
  }
  [[noreturn]] void fail_data(DType type, Device expected) const;
  void* raw_data_on(Device expected) const;
  int64_t element_offset(std::initializer_list<int64_t> index) const;
  /// What the handle points at. Throws for an undefined tensor.
  TensorImpl& known() const {
    check(defined(), "tensor: it is undefined (Tensor()), where one with numbers is needed");
    return *impl_;
  }

  std::shared_ptr<TensorImpl> impl_;
};

std::ostream& operator<<(std::ostream& out, const Tensor& tensor);

}  // namespace helder
