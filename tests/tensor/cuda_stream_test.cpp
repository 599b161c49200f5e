#include "tensor/cuda_stream.h"

#include "autograd/ops/add.h"
#include "autograd/ops/mul.h"
#include "autograd/ops/sum.h"
#include "tensor/copy.h"
#include "tensor/cuda_built.h"
#include "tensor/cuda_memory.h"
#include "tensor/factories.h"
#include "tensor/pinned_memory.h"
#include "tests/catch.h"

using namespace helder;

namespace {

bool skipped() {
  if (!cuda::is_available()) {
    WARN("skipped: " << (kCudaBuilt ? "there is no GPU here" : "this build has no CUDA kernels"));
    return true;
  }
  return false;
}

const void* memory_of(const Tensor& x) { return x.impl()->storage->data(); }

}  // namespace

TEST_CASE("streams: the current one is a thread's own, and a guard's for as long as it lives", "[device]") {
  if (skipped()) return;
  const cuda::Stream stream, other;
  CHECK(cuda::current_stream() == cuda::default_stream());
  CHECK(!(stream == other));
  {
    const cuda::StreamGuard outer(stream);
    CHECK(cuda::current_stream() == stream);
    {
      const cuda::StreamGuard inner(other);
      CHECK(cuda::current_stream() == other);
    }
    CHECK(cuda::current_stream() == stream);
  }
  CHECK(cuda::current_stream() == cuda::default_stream());
  CHECK(cuda::default_stream().handle() == nullptr);
}

TEST_CASE("streams: work on two of them, one waiting for the other", "[device]") {
  if (skipped()) return;
  const Tensor x = full({1000}, 3, DType::Float32, Device::Cuda);
  const cuda::Stream stream;
  stream.wait_stream(cuda::current_stream());  // x is made there
  Tensor y;
  cuda::Event done;
  {
    const cuda::StreamGuard guard(stream);
    y = mul(x, 2);
    done.record();
  }
  CHECK(add(x, 1).sum().item() == 4000);
  done.wait();  // this stream, for that one
  CHECK(add(y, x).sum().item() == 9000);
  stream.synchronize();
  CHECK(stream.query());
  CHECK(done.query());
}

TEST_CASE("streams: a freed block goes to its own stream alone", "[device]") {
  if (skipped()) return;
  const int64_t n = 12345;  // a size that no other test keeps in the cache
  const cuda::Stream stream;
  Tensor x;
  const void* memory = nullptr;
  {
    const cuda::StreamGuard guard(stream);
    x = zeros({n}, DType::Float64, Device::Cuda);
    memory = memory_of(x);
  }
  x = {};  // freed while the default stream is current
  const Tensor elsewhere = zeros({n}, DType::Float64, Device::Cuda);
  CHECK(memory_of(elsewhere) != memory);
  const cuda::StreamGuard guard(stream);
  const Tensor again = zeros({n}, DType::Float64, Device::Cuda);
  CHECK(memory_of(again) == memory);
}

TEST_CASE("streams: a block that another stream used comes back after that one's work", "[device]") {
  if (skipped()) return;
  const cuda::Stream stream;
  Tensor x = full({23456}, 2, DType::Float64, Device::Cuda);
  const void* memory = memory_of(x);
  const size_t in_use = cuda::memory_stats().bytes_in_use;
  stream.wait_stream(cuda::current_stream());
  Tensor y;
  {
    const cuda::StreamGuard guard(stream);
    y = mul(x, 2);
  }
  cuda::record_stream(x, stream);
  x = {};
  CHECK(cuda::memory_stats().bytes_in_use > in_use);  // y, and x, which is not yet free
  stream.synchronize();
  const Tensor z = zeros({23456}, DType::Float64, Device::Cuda);
  CHECK(memory_of(z) == memory);
  CHECK(y.sum().item() == 4.0 * 23456);
  CHECK_THROWS_WITH(cuda::record_stream(zeros({2}), stream),
                    "record_stream: the tensor is on cpu, which has no streams");
}

TEST_CASE("events measure time, where they were made for it", "[device]") {
  if (skipped()) return;
  cuda::Event start(/*enable_timing=*/true), end(true), untimed;
  CHECK(start.query());  // nothing was recorded
  CHECK_THROWS_WITH(start.elapsed_time(end), "elapsed_time: both events must be recorded first");
  start.record();
  const Tensor x = ones({1000}, DType::Float32, Device::Cuda);
  end.record();
  end.synchronize();
  CHECK(start.elapsed_time(end) >= 0);
  CHECK(end.elapsed_time(start) <= 0);
  untimed.record();
  CHECK_THROWS_WITH(start.elapsed_time(untimed), "elapsed_time: both events must be made with enable_timing");
}

TEST_CASE("pinned memory: copies that nobody waits for", "[device]") {
  if (skipped()) return;
  const Tensor x = randn({31, 7});
  CHECK(!cuda::is_pinned(x));
  Tensor pinned = cuda::pin_memory(x.t());
  CHECK(cuda::is_pinned(pinned));
  CHECK(cuda::is_pinned(pinned.slice(0, 3, 5)));
  CHECK(pinned.is_contiguous());
  CHECK(pinned.to_vector<float>() == x.t().to_vector<float>());
  CHECK(memory_of(cuda::pin_memory(pinned)) == memory_of(pinned));

  const Tensor on_gpu = cuda::to_non_blocking(pinned, Device::Cuda);
  pinned = {};  // its memory stays for as long as the copy reads it
  const Tensor back = cuda::to_non_blocking(add(on_gpu, 1), Device::Cpu);
  CHECK(cuda::is_pinned(back));
  cuda::current_stream().synchronize();
  CHECK(back.to_vector<float>() == add(x.t(), 1).to_vector<float>());

  const Tensor unpinned = cuda::to_non_blocking(x, Device::Cuda);  // waits, and is right
  CHECK(unpinned.to_vector<float>() == x.to_vector<float>());
  CHECK_THROWS_WITH(cuda::pin_memory(on_gpu),
                    "pin_memory: the tensor is on cuda; only memory of the host is pinned");
  CHECK_THROWS_WITH(cuda::copy_non_blocking(on_gpu, x),
                    "copy_non_blocking: cannot copy float32 [31,7] into float32 [7,31]");
}
