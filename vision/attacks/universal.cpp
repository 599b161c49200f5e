#include "vision/attacks/universal.h"

#include <algorithm>

#include "autograd/ops.h"
#include "layers/module_guards.h"
#include "tensor/factories.h"
#include "vision/attacks/steps.h"

namespace helder {

using namespace attacks;

Tensor universal_perturbation(Module& model, const Tensor& images, const Tensor& labels,
                              const UniversalOptions& options) {
  constexpr double kMostLoss = 9;
  check_operands("universal_perturbation", images, labels);
  check_epsilon("universal_perturbation", options.epsilon);
  check_steps("universal_perturbation", options.epochs, options.alpha);
  check(options.batch_size >= 1, "universal_perturbation: batches of {} images", options.batch_size);
  const EvalGuard eval(model);
  const FrozenParameters frozen(model);
  Generator generator(options.seed);
  Tensor change = zeros_like(images.slice(0, 0, 1));
  for (int64_t epoch = 0; epoch < options.epochs; ++epoch) {
    const Tensor order = randperm(images.size(0), generator).to(images.device());
    for (int64_t first = 0; first < images.size(0); first += options.batch_size) {
      const Tensor rows = order.slice(0, first, std::min(first + options.batch_size, images.size(0)));
      Tensor leaf = change.detach();
      leaf.requires_grad_();
      const Tensor x = clamp(index_select(images, 0, rows) + leaf, 0, 1);
      const Tensor losses =
          cross_entropy(model(x), index_select(labels, 0, rows), {.reduction = Reduction::None});
      const Tensor loss = sum(options.targeted ? losses : clamp_max(losses, kMostLoss));
      loss.backward();
      const NoGrad guard;
      const double uphill = options.targeted ? -options.alpha : options.alpha;
      change = clamp(change + sign(leaf.grad()) * uphill, -options.epsilon, options.epsilon);
    }
  }
  return change;
}

}  // namespace helder
