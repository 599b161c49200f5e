#include "vision/attacks/carlini_wagner.h"

#include <cmath>
#include <limits>

#include "autograd/ops.h"
#include "layers/module_guards.h"
#include "tensor/factories.h"
#include "vision/attacks/steps.h"

namespace helder {

using namespace attacks;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// Adam (Kingma and Ba, 2015) on one tensor. The optimisers are in a room below this one.
class AdamSteps {
 public:
  explicit AdamSteps(double lr) : lr_(lr) {}

  Tensor next(const Tensor& w, const Tensor& gradient) {
    constexpr double kBeta1 = 0.9, kBeta2 = 0.999, kEps = 1e-8;
    ++step_;
    m_ = step_ == 1 ? gradient * (1 - kBeta1) : m_ * kBeta1 + gradient * (1 - kBeta1);
    v_ = step_ == 1 ? gradient * gradient * (1 - kBeta2) : v_ * kBeta2 + gradient * gradient * (1 - kBeta2);
    const double n = static_cast<double>(step_);
    const Tensor deviation = sqrt(v_) * (1 / std::sqrt(1 - std::pow(kBeta2, n))) + kEps;
    return w - m_ / deviation * (lr_ / (1 - std::pow(kBeta1, n)));
  }

 private:
  double lr_;
  int64_t step_ = 0;
  Tensor m_, v_;
};

/// How far each row is from what is wanted, at least -kappa.
Tensor margin(const Tensor& logits, const Tensor& chosen, const CarliniWagnerOptions& options) {
  const Tensor own = amax(masked_fill(logits, logical_not(chosen), -kInfinity), {1});
  const Tensor other = amax(masked_fill(logits, chosen, -kInfinity), {1});
  return clamp_min(options.targeted ? other - own : own - other, -options.kappa);
}

/// The nearest images that fooled the model so far.
struct Best {
  Tensor images, distances;
};

/// All steps with one c for each image; whether each was fooled, bool [N].
Tensor minimise(Module& model, const Tensor& images, const Tensor& labels, const Tensor& c,
                const CarliniWagnerOptions& options, int64_t steps_before, Best& best) {
  const Tensor scaled = (images * 2 - 1) * 0.999999;
  Tensor w = log((scaled + 1) / (1 - scaled)) * 0.5;  // the inverse of tanh
  AdamSteps adam(options.lr);
  const std::vector<int64_t> rows = rows_where(eq(labels, labels), true);
  Tensor fooled_once = ne(labels, labels), chosen;
  for (int64_t step = 0; step < options.steps; ++step) {
    Tensor leaf = w.detach();
    leaf.requires_grad_();
    const Tensor x = (tanh(leaf) + 1) * 0.5;
    const Tensor delta = flatten(x - images, 1);
    const Tensor distances = sum(delta * delta, {1});
    const Tensor logits = model(x);
    if (!chosen.defined()) {
      check(logits.rank() == 2 && logits.size(1) >= 2,
            "carlini_wagner: the model gives {} where logits [{}, classes] are needed", logits.shape(),
            images.size(0));
      chosen = ne(one_hot(labels, logits.size(1)), 0);
    }
    if (options.watch) {
      options.watch({steps_before + step, rows, x.detach(), logits.detach()});
    }
    const Tensor loss = sum(distances + c * margin(logits, chosen, options));
    loss.backward();
    const NoGrad guard;
    const Tensor answers = argmax(logits, 1);
    const Tensor fooled = options.targeted ? eq(answers, labels) : ne(answers, labels);
    const Tensor better = logical_and(fooled, lt(distances, best.distances));
    best.distances = where(better, distances.detach(), best.distances);
    best.images = where(beside(better, x), x.detach(), best.images);
    fooled_once = logical_or(fooled_once, fooled);
    w = adam.next(w, leaf.grad());
  }
  return fooled_once;
}

}  // namespace

Tensor carlini_wagner(Module& model, const Tensor& images, const Tensor& labels,
                      const CarliniWagnerOptions& options) {
  check_operands("carlini_wagner", images, labels);
  check_steps("carlini_wagner", options.steps, options.lr);
  check(options.c >= 0 && options.kappa >= 0, "carlini_wagner: c {:g} and kappa {:g} are to be at least 0",
        options.c, options.kappa);
  check(options.search_steps >= 1, "carlini_wagner: {} searches are fewer than one", options.search_steps);
  const EvalGuard eval(model);
  const FrozenParameters frozen(model);
  const Shape count = {images.size(0)};
  Best best{images, full(count, kInfinity, images.dtype(), images.device())};
  // Bisection: c was enough at `high`, and not at `low`.
  Tensor c = full(count, options.c, images.dtype(), images.device());
  Tensor low = zeros(count, images.dtype(), images.device()),
         high = full(count, kInfinity, images.dtype(), images.device());
  for (int64_t search = 0; search < options.search_steps; ++search) {
    const Tensor fooled = minimise(model, images, labels, c, options, search * options.steps, best);
    const NoGrad guard;
    high = where(fooled, minimum(c, high), high);
    low = where(fooled, low, maximum(c, low));
    const Tensor bounded = lt(high, kInfinity);
    c = where(bounded, (low + where(bounded, high, low)) * 0.5, c * 10);
  }
  return best.images;
}

}  // namespace helder
