#pragma once

#include <utility>
#include <vector>

#include "autograd/grad_mode.h"
#include "vision/attacks/attack.h"

/// What the attacks share.
namespace helder::attacks {

/// A model's parameters collect no gradients for as long as this lives: half of a backward is theirs, and an
/// attack needs the images' alone.
class FrozenParameters {
 public:
  explicit FrozenParameters(const Module& model) {
    for (Tensor& parameter : model.parameters()) {
      if (parameter.requires_grad()) {
        parameters_.push_back(parameter.requires_grad_(false));
      }
    }
  }
  ~FrozenParameters() {
    for (Tensor& parameter : parameters_) {
      parameter.requires_grad_();
    }
  }
  FrozenParameters(const FrozenParameters&) = delete;
  FrozenParameters& operator=(const FrozenParameters&) = delete;

 private:
  std::vector<Tensor> parameters_;
};

/// Throws, starting with `attack`, unless there is a label for each image and pixels are in [0, 1].
void check_operands(const char* attack, const Tensor& images, const Tensor& labels);
/// Throws unless 0 <= epsilon <= 1.
void check_epsilon(const char* attack, double epsilon);
/// Throws unless steps >= 0 and alpha >= 0.
void check_steps(const char* attack, int64_t steps, double alpha);

/// Images that are still attacked: a batch without its finished rows.
struct UnderAttack {
  std::vector<int64_t> rows;
  Tensor original, images, labels;
  Tensor momentum = {};  ///< of the attack that has one
};

/// The images after one step uphill along `gradient`, that of the loss to be raised. May change the momentum.
using StepRule = std::function<Tensor(UnderAttack& state, const Tensor& gradient)>;

/// As many steps as that from `start`, each by `rule` along the gradient of the cross entropy.
Tensor take_steps(Module& model, const Tensor& images, const Tensor& start, const Tensor& labels,
                  int64_t steps, const AttackGoal& goal, const StepRule& rule);

/// Whether each row of logits [n, C] has what the goal asks for, with probability `enough`; bool [n].
Tensor reached(const Tensor& logits, const Tensor& labels, bool targeted, double enough);

/// The numbers of the rows where `mask`, bool [n], is `value`.
std::vector<int64_t> rows_where(const Tensor& mask, bool value);
/// x[rows].
Tensor take_rows(const Tensor& x, const std::vector<int64_t>& rows);
/// to[rows[i]] = from[i].
void put_rows(const Tensor& to, const std::vector<int64_t>& rows, const Tensor& from);

/// One number a row, [n], in a shape that broadcasts over x, [n, 1, ...].
Tensor beside(const Tensor& numbers, const Tensor& x);
/// The L2 norm of each row of x [n, ...], as `beside` gives it.
Tensor row_norms(const Tensor& x);

/// x within [0, 1] and within epsilon of `original`: the ball of the L-infinity norm.
Tensor project_linf(const Tensor& x, const Tensor& original, double epsilon);
/// The same with the ball of the L2 norm.
Tensor project_l2(const Tensor& x, const Tensor& original, double epsilon);

}  // namespace helder::attacks
