#include "tensor/tensor.h"

#include <ostream>

#include "tensor/copy.h"
#include "tensor/cuda_built.h"
#include "tensor/cuda_kernels.h"
#include "tensor/printing.h"
#include "tensor/strided_loop.h"

namespace helder {

int64_t Tensor::size(int64_t dim) const { return shape()[normalize_dim("size", dim, rank())]; }

bool Tensor::is_contiguous() const {
  int64_t expected = 1;
  for (int d = rank() - 1; d >= 0; --d) {
    if (shape()[d] == 0) {
      return true;
    }
    if (shape()[d] != 1) {
      if (strides()[d] != expected) {
        return false;
      }
      expected *= shape()[d];
    }
  }
  return true;
}

void Tensor::fail_data(DType type, Device expected) const {
  check(device() == expected, "data: the tensor is on {}, and {} has to read it: move it by to(Device::{})",
        name_of(device()), name_of(expected), expected == Device::Cpu ? "Cpu" : "Cuda");
  fail("data: the tensor is {}, not {}", name_of(dtype()), name_of(type));
}

void* Tensor::raw_data_on(Device expected) const {
  const TensorImpl& impl = known();
  if (device() != expected) {
    fail_data(dtype(), expected);
  }
  return static_cast<std::byte*>(impl.storage->data()) +
         static_cast<size_t>(impl.offset) * size_of(impl.dtype);
}

int64_t Tensor::element_offset(std::initializer_list<int64_t> index) const {
  check(static_cast<int>(index.size()) == rank(), "at: {} indices for a tensor of {} dimensions",
        index.size(), rank());
  int64_t offset = 0;
  int d = 0;
  for (int64_t i : index) {
    const int64_t size = shape()[d];
    check(i >= -size && i < size, "at: index {} is out of range for dimension {} of size {}", i, d, size);
    offset += (i < 0 ? i + size : i) * strides()[d];
    ++d;
  }
  return offset;
}

double Tensor::item() const {
  check(numel() == 1, "item: expected a tensor of one element, got shape {}", shape());
  const Tensor here = copied_to(*this, Device::Cpu);
  return visit_any(dtype(), [&]<class T>() { return convert<double>(*here.data<T>()); });
}

template <class T>
std::vector<T> Tensor::to_vector() const {
  std::vector<T> result;
  result.reserve(static_cast<size_t>(numel()));
  const Tensor dense = copied_to(contiguous_copy(detach()), Device::Cpu);
  visit_any(dtype(), [&]<class From>() {
    const From* from = dense.data<From>();
    for (int64_t i = 0; i < numel(); ++i) {
      result.push_back(convert<T>(from[i]));
    }
  });
  return result;
}

template std::vector<bool> Tensor::to_vector() const;
template std::vector<uint8_t> Tensor::to_vector() const;
template std::vector<int64_t> Tensor::to_vector() const;
template std::vector<float> Tensor::to_vector() const;
template std::vector<double> Tensor::to_vector() const;

std::string Tensor::str() const { return format_tensor(copied_to(*this, Device::Cpu)); }

std::ostream& operator<<(std::ostream& out, const Tensor& tensor) {
  return out << (tensor.defined() ? tensor.str() : "undefined tensor");
}

Tensor& Tensor::copy_(const Tensor& source) {
  mark_changed("copy_");
  // A source that shares this storage may overlap: read it whole before writing.
  copy_elements(*this, shares_storage(source) ? source.detach().clone() : source);
  return *this;
}

Tensor& Tensor::fill_(double value) {
  mark_changed("fill_");
  if constexpr (kCudaBuilt) {
    if (is_cuda()) {
      kernels::fill_cuda(*this, value);
      return *this;
    }
  }
  const StridedLoop<1> loop(shape(), {strides()});
  visit_any(dtype(), [&]<class T>() {
    T* to = data<T>();
    const T filling = convert<T>(value);
    loop.run([&](const std::array<int64_t, 1>& offset, int64_t count) {
      for (int64_t i = 0; i < count; ++i) {
        to[offset[0] + i * loop.inner_stride(0)] = filling;
      }
    });
  });
  return *this;
}

void Tensor::set_data(const Tensor& other) const {
  TensorImpl& to = known();
  const TensorImpl& from = other.known();
  to.storage = from.storage;
  to.shape = from.shape;
  to.strides = from.strides;
  to.offset = from.offset;
  to.dtype = from.dtype;
}

}  // namespace helder
