#pragma once

#include <array>

#include "training/optimizer.h"

namespace helder {

/// How Muon's learning rate grows with the shape [A, B] of a weight.
enum class MuonAdjust {
  Original,       ///< sqrt(max(1, A / B)), Jordan's
  MatchRmsAdamW,  ///< 0.2 sqrt(max(A, B)): steps as large as AdamW's, whose lr can be kept (Liu et al., 2025)
  SpectralUnclamped,  ///< sqrt(A / B) (Bernstein, 2025)
};

struct MuonOptions {
  double lr = 1e-3;
  double weight_decay = 0.1;  ///< shrinks the weights directly
  double momentum = 0.95;
  bool nesterov = true;
  std::array<double, 3> ns_coefficients = {3.4445, -4.7750, 2.0315};
  double eps = 1e-7;  ///< the smallest norm that is divided by
  int ns_steps = 5;
  MuonAdjust adjust_lr_fn = MuonAdjust::Original;
};

/// Muon (Jordan et al., "Muon: an optimizer for hidden layers in neural networks", 2024) for matrices: of the
/// momentum M = U S V' only the directions count, U V', so that no direction of a weight is starved. For
/// matrices only: give biases, norms, embeddings and the last layer to AdamW.
///
///   m = m + (1 - momentum) (grad - m)
///   u = grad + momentum (m - grad)                 (without Nesterov: u = m)
///   p = (1 - lr weight_decay) p - lr adjust(A, B) newton_schulz(u)
class Muon : public GroupedOptimizer<MuonOptions> {
 public:
  explicit Muon(std::vector<Tensor> parameters, const MuonOptions& options = {});
  explicit Muon(std::vector<ParameterGroup<MuonOptions>> groups);

  const char* name() const override { return "Muon"; }

 private:
  void update(size_t i, const Tensor& parameter, const Tensor& grad) override;

  std::vector<Tensor>& momentum_;
};

/// About U V' for the matrix g = U S V' [A, B], by `steps` iterations of x = a x + (b x x' + c (x x')^2) x
/// from g / |g|. The coefficients are chosen for a steep start, not to converge: the singular values end
/// within about [0.7, 1.2]. In g's own type (PyTorch rounds to bfloat16).
Tensor newton_schulz(const Tensor& g, const std::array<double, 3>& coefficients = {3.4445, -4.7750, 2.0315},
                     int steps = 5, double eps = 1e-7);

}  // namespace helder
