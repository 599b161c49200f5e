#include "training/clip_grad.h"

#include "tensor/cuda_memory.h"
#include "tensor/factories.h"
#include "tests/catch.h"

using namespace helder;

TEST_CASE("clip_grad_norm_ scales all gradients by one factor", "[training]") {
  Tensor a = zeros({2}, DType::Float64).requires_grad_();
  Tensor b = zeros({1}, DType::Float64).requires_grad_();
  a.set_grad(tensor<double>({3, 0}));
  b.set_grad(tensor<double>({4}));
  CHECK(clip_grad_norm_({a, b}, 10) == Approx(5));
  CHECK(a.grad().to_vector<double>() == std::vector<double>{3, 0});
  CHECK(clip_grad_norm_({a, b}, 1) == Approx(5));
  CHECK(a.grad().at<double>({0}) == Approx(0.6));
  CHECK(b.grad().at<double>({0}) == Approx(0.8));
  CHECK_THROWS_WITH(clip_grad_norm_({a}, -1), "clip_grad_norm_: max_norm must not be negative, got -1");
}

TEST_CASE("clip_grad_value_ clamps each element", "[training]") {
  Tensor a = zeros({3}, DType::Float64).requires_grad_();
  Tensor none = zeros({1}).requires_grad_();
  a.set_grad(tensor<double>({3, -0.5, -2}));
  clip_grad_value_({a, none}, 1);
  CHECK(a.grad().to_vector<double>() == std::vector<double>{1, -0.5, -1});
  CHECK(!none.grad().defined());
  CHECK_THROWS_WITH(clip_grad_value_({a}, -1), "clip_grad_value_: clip_value must not be negative, got -1");
}

TEST_CASE("gradients on the GPU are clipped there", "[training][cuda]") {
  if (!cuda::is_available()) {
    return;
  }
  Tensor a = zeros({2}, DType::Float64, Device::Cuda).requires_grad_();
  Tensor b = zeros({1}, DType::Float64).requires_grad_();
  a.set_grad(tensor<double>({3, 0}).to(Device::Cuda));
  b.set_grad(tensor<double>({4}));
  CHECK(clip_grad_norm_({a, b}, 1) == Approx(5));
  CHECK(a.grad().is_cuda());
  CHECK(a.grad().to_vector<double>()[0] == Approx(0.6));
  CHECK(b.grad().to_vector<double>()[0] == Approx(0.8));
  clip_grad_value_({a}, 0.5);
  CHECK(a.grad().to_vector<double>() == std::vector<double>{0.5, 0});
}
