#pragma once

#include <vector>

#include "tensor/cuda_built.h"
#include "tensor/cuda_runtime.h"
#include "tests/catch.h"
#if HELDER_CUDA_SIMT
#include "kernels/simt/engine.h"
#endif

namespace helder::testing {

#if HELDER_CUDA_SIMT || HELDER_CUDA_NVCC

/// Whether there is no GPU for a test; says so.
inline bool no_device() {
  int count = 0;
  if (cudaGetDeviceCount(&count) == cudaSuccess && count > 0) {
    return false;
  }
  cudaGetLastError();
  WARN("skipped: there is no GPU");
  return true;
}

/// Numbers in the memory of the device.
template <class T>
class OnDevice {
 public:
  explicit OnDevice(const std::vector<T>& values) : count_(values.size()) {
    REQUIRE(cudaMalloc(reinterpret_cast<void**>(&data_), bytes()) == cudaSuccess);
    REQUIRE(cudaMemcpy(data_, values.data(), bytes(), cudaMemcpyHostToDevice) == cudaSuccess);
  }
  ~OnDevice() { cudaFree(data_); }
  OnDevice(const OnDevice&) = delete;
  OnDevice& operator=(const OnDevice&) = delete;

  T* data() const { return data_; }
  std::vector<T> values() const {
    std::vector<T> values(count_);
    REQUIRE(cudaMemcpy(values.data(), data_, bytes(), cudaMemcpyDeviceToHost) == cudaSuccess);
    return values;
  }

 private:
  size_t bytes() const { return count_ * sizeof(T); }
  size_t count_;
  T* data_ = nullptr;
};

#endif

/// Calls body with the threads of each block in three orders, where simt decides about it.
template <class Body>
void for_each_order(Body body) {
#if HELDER_CUDA_SIMT
  const simt::Settings before = simt::settings();
  for (const simt::LaneOrder order :
       {simt::LaneOrder::Forward, simt::LaneOrder::Reversed, simt::LaneOrder::Shuffled}) {
    INFO("lane order " << static_cast<int>(order));
    simt::Settings settings = before;
    settings.order = order;
    simt::set_settings(settings);
    body();
  }
  simt::set_settings(before);
#else
  body();
#endif
}

}  // namespace helder::testing
