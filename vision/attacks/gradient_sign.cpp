#include "vision/attacks/gradient_sign.h"

#include "autograd/ops/abs.h"
#include "autograd/ops/add.h"
#include "autograd/ops/clamp.h"
#include "autograd/ops/div.h"
#include "autograd/ops/mean.h"
#include "autograd/ops/mul.h"
#include "autograd/ops/reshape.h"
#include "autograd/ops/sign.h"
#include "vision/attacks/steps.h"

namespace helder {

using namespace attacks;

Tensor fgsm(Module& model, const Tensor& images, const Tensor& labels, const FgsmOptions& options) {
  check_operands("fgsm", images, labels);
  check_epsilon("fgsm", options.epsilon);
  return take_steps(model, images, images, labels, /*steps=*/1, {.targeted = options.targeted},
                    [&](UnderAttack& state, const Tensor& gradient) {
                      return clamp(state.images + sign(gradient) * options.epsilon, 0, 1);
                    });
}

Tensor bim(Module& model, const Tensor& images, const Tensor& labels, const BimOptions& options) {
  check_operands("bim", images, labels);
  check_epsilon("bim", options.epsilon);
  check_steps("bim", options.steps, options.alpha);
  return take_steps(model, images, images, labels, options.steps, options.goal,
                    [&](UnderAttack& state, const Tensor& gradient) {
                      return project_linf(state.images + sign(gradient) * options.alpha, state.original,
                                          options.epsilon);
                    });
}

Tensor mi_fgsm(Module& model, const Tensor& images, const Tensor& labels, const MiFgsmOptions& options) {
  check_operands("mi_fgsm", images, labels);
  check_epsilon("mi_fgsm", options.epsilon);
  check_steps("mi_fgsm", options.steps, options.alpha);
  return take_steps(
      model, images, images, labels, options.steps, options.goal,
      [&](UnderAttack& state, const Tensor& gradient) {
        // A gradient that is 0 everywhere has no direction: it stays 0.
        const Tensor size = clamp_min(beside(mean(flatten(abs(gradient), 1), {1}), gradient), 1e-30);
        const Tensor direction = gradient / size;
        state.momentum = state.momentum.defined() ? direction + state.momentum * options.decay : direction;
        return project_linf(state.images + sign(state.momentum) * options.alpha, state.original,
                            options.epsilon);
      });
}

}  // namespace helder
