// Device functions against their definitions, on whatever device there is.

#include "tests/kernels/simt/collectives.h"

#include "tensor/cuda_built.h"

#if HELDER_CUDA_SIMT || HELDER_CUDA_NVCC

#include <bit>
#include <cmath>

#include "tensor/half.h"
#include "tests/catch.h"
#include "tests/kernels/simt/device.h"

using namespace helder;
using namespace helder::testing;

namespace {

/// Numbers with all bits of their fractions in use.
std::vector<float> fractions(size_t count, int seed) {
  std::vector<float> x(count);
  for (size_t i = 0; i < count; ++i) {
    x[i] = std::sin(static_cast<float>(i * 7 + static_cast<size_t>(seed)));
  }
  return x;
}

float to_tf32(float x) {  // to nearest, ties away from zero, 10 bits behind the point
  int exponent;
  const double mantissa = std::frexp(static_cast<double>(x), &exponent);
  return static_cast<float>(std::ldexp(std::round(std::ldexp(mantissa, 11)), exponent - 11));
}

}  // namespace

TEST_CASE("shuffles give each lane the value of its source", "[cuda][simt]") {
  if (no_device()) {
    return;
  }
  for_each_order([] {
    const OnDevice<int> out(std::vector<int>(kShuffles * kLanes, -1));
    shuffles(out.data());
    const std::vector<int> values = out.values();
    for (int lane = 0; lane < kLanes; ++lane) {
      const int sources[kShuffles] = {7,
                                      lane * 5 % 32,
                                      lane / 8 * 8 + 3,
                                      lane >= 1 ? lane - 1 : lane,
                                      lane % 16 >= 5 ? lane - 5 : lane,
                                      lane + 2 < 32 ? lane + 2 : lane,
                                      lane % 4 == 0 ? lane + 3 : lane,
                                      lane ^ 16,
                                      lane ^ 5,
                                      31 - lane,
                                      lane ^ 1,
                                      lane < 16 ? lane ^ 1 : lane ^ 2};
      for (int i = 0; i < kShuffles; ++i) {
        INFO("shuffle " << i << ", lane " << lane);
        CHECK(values[i * kLanes + lane] == 100 + sources[i]);
      }
    }
  });
}

TEST_CASE("votes and matches count the lanes that they should", "[cuda][simt]") {
  if (no_device()) {
    return;
  }
  std::vector<int> x(kLanes);
  unsigned above = 0;
  for (int lane = 0; lane < kLanes; ++lane) {
    x[lane] = lane * 3 % 5;
    above |= unsigned(x[lane] > 2) << lane;
  }
  for_each_order([&] {
    const OnDevice<int> device_x(x);
    const OnDevice<unsigned> out(std::vector<unsigned>(kVotes * kLanes, 77));
    votes(device_x.data(), out.data());
    const std::vector<unsigned> values = out.values();
    for (int lane = 0; lane < kLanes; ++lane) {
      unsigned equal = 0;
      for (int other = 0; other < kLanes; ++other) {
        equal |= unsigned(x[other] == x[lane]) << other;
      }
      const unsigned expected[kVotes] = {above, 1, 0,         1, 0, lane % 2 == 0 ? above & 0x55555555 : 0,
                                         equal, 0, 0xffffffff};
      for (int i = 0; i < kVotes; ++i) {
        INFO("vote " << i << ", lane " << lane);
        CHECK(values[i * kLanes + lane] == expected[i]);
      }
    }
  });
}

TEST_CASE("a barrier's vote is that of the block", "[cuda][simt]") {
  if (no_device()) {
    return;
  }
  for_each_order([] {
    for (const int ones : {0, 1, 95, 96}) {
      std::vector<int> x(96);
      for (int i = 0; i < ones; ++i) {
        x[i * 5 % 96] = 4 + i;  // whatever is not zero holds
      }
      const OnDevice<int> device_x(x), out(std::vector<int>(3 * 96, -1));
      block_votes(device_x.data(), out.data());
      std::vector<int> expected(96, ones == 96);
      expected.resize(2 * 96, ones > 0);
      expected.resize(3 * 96, ones);
      CHECK(out.values() == expected);
    }
  });
}

TEST_CASE("atomics lose nothing", "[cuda][simt]") {
  if (no_device()) {
    return;
  }
  for_each_order([] {
    const int blocks = 100, threads = blocks * 64;
    const OnDevice<AtomicResults> device(std::vector<AtomicResults>(1));
    atomics(blocks, device.data());
    const AtomicResults results = device.values()[0];
    int sum = 0;
    for (int i = 0; i < threads; ++i) {
      sum += i % 7;
    }
    CHECK(results.add == sum);
    CHECK(results.add_unsigned == static_cast<unsigned>(sum));
    CHECK(results.add_wide == static_cast<unsigned long long>(sum) << 33);
    CHECK(results.add_float == static_cast<float>(sum));
    CHECK(results.add_double == 0.25 * sum);
    CHECK(results.largest == 999);
    CHECK(results.smallest == -999);
    CHECK(results.largest_wide == (threads - 1ull) << 33);
    CHECK(results.swapped == sum);
    CHECK(results.ring == threads % 10);
    CHECK((results.exchanged >= 0 && results.exchanged < threads));
  });
}

TEST_CASE("vector types, halves, constant and dynamic shared memory", "[cuda][simt]") {
  if (no_device()) {
    return;
  }
  for_each_order([] {
    const std::vector<float> x = fractions(1000, 1);
    const OnDevice<float> device_x(x), y(x), z(x);
    vectors(1000, device_x.data(), y.data());
    std::vector<float> expected = x;
    for (float& value : expected) {
      value *= 2;
    }
    CHECK(y.values() == expected);

    halves(1000, device_x.data(), y.data(), z.data());
    const std::vector<float> half = y.values(), bfloat16 = z.values();
    for (size_t i = 0; i < x.size(); ++i) {
      CHECK(half[i] == static_cast<float>(Float16(x[i])));
      CHECK(bfloat16[i] == static_cast<float>(BFloat16(x[i])));
    }

    const float weights[4] = {1, 2, 3, 4};
    set_row_weights(weights);
    weighted_rows(13, device_x.data(), y.data());
    const std::vector<float> rows = y.values();
    for (size_t row = 0; row < 13; ++row) {
      const float* four = x.data() + 4 * row;
      CHECK(rows[row] == Approx(four[0] + 2 * four[1] + 3 * four[2] + 4 * four[3]).margin(1e-6));
    }
  });
}

TEST_CASE("the matrix units multiply what lies in their fragments", "[cuda][simt]") {
  if (no_device()) {
    return;
  }
  struct Unit {
    const char* name;
    int K;
    void (*run)(const float*, const float*, const float*, float*);
    float (*round)(float);
  };
  const Unit units[] = {
      {"tf32", 8, mma_tf32, to_tf32},
      {"bfloat16", 16, mma_bfloat16, [](float x) { return static_cast<float>(BFloat16(x)); }},
      {"float16", 16, mma_float16, [](float x) { return static_cast<float>(Float16(x)); }},
  };
  for_each_order([&] {
    for (const Unit& unit : units) {
      const int K = unit.K;
      const std::vector<float> a = fractions(16 * K, 1), b = fractions(K * 8, 2), c = fractions(16 * 8, 3);
      const OnDevice<float> device_a(a), device_b(b), device_c(c), device_d(c);
      unit.run(device_a.data(), device_b.data(), device_c.data(), device_d.data());
      const std::vector<float> d = device_d.values();
      for (int m = 0; m < 16; ++m) {
        for (int n = 0; n < 8; ++n) {
          double sum = c[m * 8 + n];
          for (int k = 0; k < K; ++k) {
            sum += double(unit.round(a[m * K + k])) * double(unit.round(b[k * 8 + n]));
          }
          INFO(unit.name << " at " << m << ", " << n);
          CHECK(d[m * 8 + n] == Approx(sum).margin(2e-6));
        }
      }
    }
  });
}

TEST_CASE("asynchronous copies have come after they were waited for", "[cuda][simt]") {
  if (no_device()) {
    return;
  }
  for_each_order([] {
    for (const int inside : {64, 40, 16, 0}) {
      const std::vector<float> x = fractions(64, 1);
      std::vector<float> expected = x;
      std::fill(expected.begin() + inside, expected.end(), 0.0f);
      const OnDevice<float> device_x(x), y(std::vector<float>(64, 5));
      copy_asynchronously(inside, device_x.data(), y.data());
      CHECK(y.values() == expected);
    }
  });
}

TEST_CASE("a graph does again what its stream was given", "[cuda][simt]") {
  if (no_device()) {
    return;
  }
  cudaStream_t stream = nullptr;
  REQUIRE(cudaStreamCreate(&stream) == cudaSuccess);
  const OnDevice<float> x({1, 2, 3}), copy({0, 0, 0});
  REQUIRE(cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal) == cudaSuccess);
  add_on(stream, 3, 10, x.data());
  add_on(stream, 2, 100, x.data());
  REQUIRE(cudaMemcpyAsync(copy.data(), x.data(), 12, cudaMemcpyDeviceToDevice, stream) == cudaSuccess);
  REQUIRE(cudaMemsetAsync(x.data() + 2, 0, 4, stream) == cudaSuccess);
  cudaStreamCaptureStatus status;
  REQUIRE(cudaStreamIsCapturing(stream, &status) == cudaSuccess);
  CHECK(status == cudaStreamCaptureStatusActive);
  cudaGraph_t graph;
  REQUIRE(cudaStreamEndCapture(stream, &graph) == cudaSuccess);
  CHECK(x.values() == std::vector<float>{1, 2, 3});  // nothing was done yet
  cudaGraphExec_t executable;
  REQUIRE(cudaGraphInstantiate(&executable, graph, 0) == cudaSuccess);
  REQUIRE(cudaGraphDestroy(graph) == cudaSuccess);
  for (int i = 0; i < 2; ++i) {
    REQUIRE(cudaGraphLaunch(executable, stream) == cudaSuccess);
  }
  REQUIRE(cudaStreamSynchronize(stream) == cudaSuccess);
  CHECK(x.values() == std::vector<float>{221, 222, 0});
  CHECK(copy.values() == std::vector<float>{221, 222, 10});
  CHECK(cudaGraphExecDestroy(executable) == cudaSuccess);
  CHECK(cudaStreamDestroy(stream) == cudaSuccess);
}

TEST_CASE("events measure what lies between them", "[cuda][simt]") {
  if (no_device()) {
    return;
  }
  cudaEvent_t start, end;
  REQUIRE(cudaEventCreate(&start) == cudaSuccess);
  REQUIRE(cudaEventCreate(&end) == cudaSuccess);
  float milliseconds = -1;
  CHECK(cudaEventElapsedTime(&milliseconds, start, end) == cudaErrorInvalidResourceHandle);
  CHECK(cudaGetLastError() == cudaErrorInvalidResourceHandle);
  CHECK(cudaGetLastError() == cudaSuccess);
  const OnDevice<int> out(std::vector<int>(256 * 8));
  REQUIRE(cudaEventRecord(start) == cudaSuccess);
  barriers(8, 100, out.data());
  REQUIRE(cudaEventRecord(end) == cudaSuccess);
  REQUIRE(cudaEventSynchronize(end) == cudaSuccess);
  REQUIRE(cudaEventElapsedTime(&milliseconds, start, end) == cudaSuccess);
  CHECK(milliseconds > 0);
  CHECK(out.values() == std::vector<int>(256 * 8, 100));
  cudaEventDestroy(start);
  cudaEventDestroy(end);
}

#endif
