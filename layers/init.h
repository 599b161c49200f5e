#pragma once

#include <string_view>

#include "tensor/random.h"
#include "tensor/tensor.h"

/// Initialisation of parameters, in place, with PyTorch's names and formulas. A weight is [out, in, ...]: its
/// fan in is in times the size of the kernel, its fan out is out times that.
namespace helder::init {

/// While one of these lives, what this thread initialises at random is zero instead, which takes a fraction
/// of the time: for a network whose weights are loaded next.
///
///   { init::SkipRandom guard;  net = zoo_model("vgg16").make(1000); }
///   load_weights(*net, file);
class SkipRandom {
 public:
  SkipRandom();
  ~SkipRandom();
  SkipRandom(const SkipRandom&) = delete;
  SkipRandom& operator=(const SkipRandom&) = delete;

 private:
  bool before_;
};

Tensor& constant_(Tensor& x, double value);
Tensor& zeros_(Tensor& x);
Tensor& ones_(Tensor& x);
Tensor& uniform_(Tensor& x, double low = 0, double high = 1, Generator& generator = default_generator());
Tensor& normal_(Tensor& x, double mean = 0, double std = 1, Generator& generator = default_generator());

/// Normal, but nothing outside [a, b]: what falls there is drawn again. Note that a and b are values, as in
/// PyTorch, not standard deviations. The mean may be at most 2 standard deviations away from [a, b].
Tensor& trunc_normal_(Tensor& x, double mean = 0, double std = 1, double a = -2, double b = 2,
                      Generator& generator = default_generator());

struct Fans {
  int64_t in, out;
};
Fans fans(const Tensor& weight);

/// The factor by which a nonlinearity shrinks the standard deviation: "linear", "relu", "leaky_relu" (with
/// slope `param`), "tanh", "sigmoid".
double gain(std::string_view nonlinearity, double param = 0.01);

/// Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural networks", 2010.
/// Uniform within gain * sqrt(6 / (in + out)), or normal with standard deviation gain * sqrt(2 / (in + out)).
Tensor& xavier_uniform_(Tensor& x, double gain = 1, Generator& generator = default_generator());
Tensor& xavier_normal_(Tensor& x, double gain = 1, Generator& generator = default_generator());

enum class FanMode { In, Out };

struct KaimingOptions {
  double a = 0;  ///< the negative slope behind a leaky_relu
  FanMode mode = FanMode::In;
  std::string_view nonlinearity = "leaky_relu";
};

/// He et al., "Delving deep into rectifiers", 2015. Standard deviation gain / sqrt(fan).
Tensor& kaiming_uniform_(Tensor& x, const KaimingOptions& options = {},
                         Generator& generator = default_generator());
Tensor& kaiming_normal_(Tensor& x, const KaimingOptions& options = {},
                        Generator& generator = default_generator());

/// What PyTorch gives Linear and Conv2d when nobody says otherwise: weight and bias uniform within
/// 1 / sqrt(fan in). `bias` may be undefined.
void default_linear_(Tensor& weight, Tensor& bias);

}  // namespace helder::init
