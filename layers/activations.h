#pragma once

#include <string>

#include "autograd/ops/celu.h"
#include "autograd/ops/elu.h"
#include "autograd/ops/gelu.h"
#include "autograd/ops/glu.h"
#include "autograd/ops/hardsigmoid.h"
#include "autograd/ops/hardswish.h"
#include "autograd/ops/hardtanh.h"
#include "autograd/ops/leaky_relu.h"
#include "autograd/ops/log_softmax.h"
#include "autograd/ops/mish.h"
#include "autograd/ops/prelu.h"
#include "autograd/ops/quick_gelu.h"
#include "autograd/ops/relu.h"
#include "autograd/ops/relu6.h"
#include "autograd/ops/selu.h"
#include "autograd/ops/sigmoid.h"
#include "autograd/ops/silu.h"
#include "autograd/ops/softmax.h"
#include "autograd/ops/softplus.h"
#include "autograd/ops/softsign.h"
#include "autograd/ops/tanh.h"
#include "layers/module.h"
#include "tensor/factories.h"

// Activation functions as modules, for containers. Inside a forward() the functions themselves read better.

namespace helder {

class ReLU : public Module {
 public:
  Tensor forward(const Tensor& x) override { return relu(x); }
  std::string describe() const override { return "ReLU"; }
};

class LeakyReLU : public Module {
 public:
  explicit LeakyReLU(double negative_slope = 0.01) : negative_slope_(negative_slope) {}
  Tensor forward(const Tensor& x) override { return leaky_relu(x, negative_slope_); }
  std::string describe() const override {
    return fmt::format("LeakyReLU(negative_slope={})", negative_slope_);
  }

 private:
  double negative_slope_;
};

class Sigmoid : public Module {
 public:
  Tensor forward(const Tensor& x) override { return sigmoid(x); }
  std::string describe() const override { return "Sigmoid"; }
};

class Tanh : public Module {
 public:
  Tensor forward(const Tensor& x) override { return tanh(x); }
  std::string describe() const override { return "Tanh"; }
};

class GELU : public Module {
 public:
  explicit GELU(std::string approximate = "none") : approximate_(std::move(approximate)) {}
  Tensor forward(const Tensor& x) override { return gelu(x, approximate_); }
  std::string describe() const override { return fmt::format("GELU(approximate='{}')", approximate_); }

 private:
  std::string approximate_;
};

/// Its slope below 0 is a parameter: `weight`, of 1 element or one a channel (dimension 1), which starts at
/// `init`.
class PReLU : public Module {
 public:
  Tensor weight;

  explicit PReLU(int64_t num_parameters = 1, double init = 0.25) {
    check(num_parameters >= 1, "PReLU: num_parameters must be positive, got {}", num_parameters);
    weight = register_parameter("weight", full({num_parameters}, init));
  }
  Tensor forward(const Tensor& x) override { return prelu(x, weight); }
  std::string describe() const override { return fmt::format("PReLU(num_parameters={})", weight.numel()); }
};

class ELU : public Module {
 public:
  explicit ELU(double alpha = 1) : alpha_(alpha) {}
  Tensor forward(const Tensor& x) override { return elu(x, alpha_); }
  std::string describe() const override { return fmt::format("ELU(alpha={})", alpha_); }

 private:
  double alpha_;
};

class SELU : public Module {
 public:
  Tensor forward(const Tensor& x) override { return selu(x); }
  std::string describe() const override { return "SELU"; }
};

class CELU : public Module {
 public:
  explicit CELU(double alpha = 1) : alpha_(alpha) {}
  Tensor forward(const Tensor& x) override { return celu(x, alpha_); }
  std::string describe() const override { return fmt::format("CELU(alpha={})", alpha_); }

 private:
  double alpha_;
};

class SiLU : public Module {
 public:
  Tensor forward(const Tensor& x) override { return silu(x); }
  std::string describe() const override { return "SiLU"; }
};

class Mish : public Module {
 public:
  Tensor forward(const Tensor& x) override { return mish(x); }
  std::string describe() const override { return "Mish"; }
};

class QuickGELU : public Module {
 public:
  Tensor forward(const Tensor& x) override { return quick_gelu(x); }
  std::string describe() const override { return "QuickGELU"; }
};

class Softplus : public Module {
 public:
  explicit Softplus(double beta = 1, double threshold = 20) : beta_(beta), threshold_(threshold) {}
  Tensor forward(const Tensor& x) override { return softplus(x, beta_, threshold_); }
  std::string describe() const override {
    return fmt::format("Softplus(beta={}, threshold={})", beta_, threshold_);
  }

 private:
  double beta_, threshold_;
};

class Softsign : public Module {
 public:
  Tensor forward(const Tensor& x) override { return softsign(x); }
  std::string describe() const override { return "Softsign"; }
};

class Hardswish : public Module {
 public:
  Tensor forward(const Tensor& x) override { return hardswish(x); }
  std::string describe() const override { return "Hardswish"; }
};

class Hardsigmoid : public Module {
 public:
  Tensor forward(const Tensor& x) override { return hardsigmoid(x); }
  std::string describe() const override { return "Hardsigmoid"; }
};

class Hardtanh : public Module {
 public:
  explicit Hardtanh(double min_val = -1, double max_val = 1) : min_val_(min_val), max_val_(max_val) {}
  Tensor forward(const Tensor& x) override { return hardtanh(x, min_val_, max_val_); }
  std::string describe() const override {
    return fmt::format("Hardtanh(min_val={}, max_val={})", min_val_, max_val_);
  }

 private:
  double min_val_, max_val_;
};

class ReLU6 : public Module {
 public:
  Tensor forward(const Tensor& x) override { return relu6(x); }
  std::string describe() const override { return "ReLU6"; }
};

class GLU : public Module {
 public:
  explicit GLU(int64_t dim = -1) : dim_(dim) {}
  Tensor forward(const Tensor& x) override { return glu(x, dim_); }
  std::string describe() const override { return fmt::format("GLU(dim={})", dim_); }

 private:
  int64_t dim_;
};

class Softmax : public Module {
 public:
  explicit Softmax(int64_t dim) : dim_(dim) {}
  Tensor forward(const Tensor& x) override { return softmax(x, dim_); }
  std::string describe() const override { return fmt::format("Softmax(dim={})", dim_); }

 private:
  int64_t dim_;
};

class LogSoftmax : public Module {
 public:
  explicit LogSoftmax(int64_t dim) : dim_(dim) {}
  Tensor forward(const Tensor& x) override { return log_softmax(x, dim_); }
  std::string describe() const override { return fmt::format("LogSoftmax(dim={})", dim_); }

 private:
  int64_t dim_;
};

}  // namespace helder
