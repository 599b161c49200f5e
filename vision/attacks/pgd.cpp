#include "vision/attacks/pgd.h"

#include <cmath>

#include "autograd/ops.h"
#include "layers/module_guards.h"
#include "tensor/factories.h"
#include "vision/attacks/steps.h"

namespace helder {

using namespace attacks;

namespace {

/// What differs between the norms.
struct Ball {
  StepRule step;
  std::function<Tensor(const Tensor& images, Generator& generator)> random_point;
};

/// Each row's loss.
Tensor losses_of(Module& model, const Tensor& images, const Tensor& labels, Tensor& logits) {
  const NoGrad guard;
  const EvalGuard eval(model);
  logits = model(images);
  return cross_entropy(logits, labels, {.reduction = Reduction::None});
}

Tensor attack(const char* name, Module& model, const Tensor& images, const Tensor& labels,
              const PgdOptions& options, const Ball& ball) {
  check_operands(name, images, labels);
  check_steps(name, options.steps, options.alpha);
  check(options.restarts >= 1, "{}: {} starts are fewer than one", name, options.restarts);
  check(!options.start.defined() ||
            (options.start.shape() == images.shape() && options.start.dtype() == images.dtype()),
        "{}: the start is not like the images {}", name, images.shape());
  Generator generator(options.seed);
  const auto attempt = [&](const Tensor& x, const Tensor& y) {
    const Tensor start = options.start.defined() ? options.start
                         : options.random_start  ? ball.random_point(x, generator)
                                                 : x;
    return take_steps(model, x, start, y, options.steps, options.goal, ball.step);
  };
  if (options.restarts == 1) {
    return attempt(images, labels);
  }
  check(options.random_start && !options.start.defined(), "{}: starting {} times gives the same each time",
        name, options.restarts);

  const bool targeted = options.goal.targeted;
  const double enough = std::isfinite(options.goal.enough) ? options.goal.enough : 0;
  const Tensor best = images.clone();
  Tensor best_losses, logits;
  std::vector<int64_t> rows = rows_where(eq(labels, labels), true);  // those still to be fooled
  for (int64_t start = 0; start < options.restarts && !rows.empty(); ++start) {
    const Tensor y = take_rows(labels, rows);
    const Tensor tried = attempt(take_rows(images, rows), y);
    const Tensor losses = losses_of(model, tried, y, logits);
    const NoGrad guard;
    const Tensor done = reached(logits, y, targeted, enough);
    const Tensor better = best_losses.defined()
                              ? logical_or(done, targeted ? lt(losses, best_losses) : gt(losses, best_losses))
                              : eq(losses, losses);
    for (const int64_t i : rows_where(better, true)) {
      best[rows[static_cast<size_t>(i)]].copy_(tried[i]);
    }
    const std::vector<int64_t> open = rows_where(done, false);
    const Tensor kept = best_losses.defined() ? where(better, losses, best_losses) : losses;
    std::vector<int64_t> open_rows;
    for (const int64_t i : open) {
      open_rows.push_back(rows[static_cast<size_t>(i)]);
    }
    rows = open_rows;
    best_losses = take_rows(kept, open);
  }
  return best;
}

}  // namespace

Tensor pgd(Module& model, const Tensor& images, const Tensor& labels, const PgdOptions& options) {
  check_epsilon("pgd", options.epsilon);
  const double epsilon = options.epsilon, alpha = options.alpha;
  return attack("pgd", model, images, labels, options,
                {.step =
                     [=](UnderAttack& state, const Tensor& gradient) {
                       return project_linf(state.images + sign(gradient) * alpha, state.original, epsilon);
                     },
                 .random_point =
                     [=](const Tensor& x, Generator& generator) {
                       const Tensor noise =
                           rand(x.shape(), x.dtype(), generator, x.device()) * (2 * epsilon) - epsilon;
                       return clamp(x + noise, 0, 1);
                     }});
}

Tensor pgd_l2(Module& model, const Tensor& images, const Tensor& labels, const PgdOptions& options) {
  check(std::isfinite(options.epsilon) && options.epsilon >= 0, "pgd_l2: epsilon {:g} is no radius",
        options.epsilon);
  const double epsilon = options.epsilon, alpha = options.alpha;
  return attack(
      "pgd_l2", model, images, labels, options,
      {.step =
           [=](UnderAttack& state, const Tensor& gradient) {
             const Tensor direction = gradient / (row_norms(gradient) + 1e-10);  // as torchattacks divides
             return project_l2(state.images + direction * alpha, state.original, epsilon);
           },
       .random_point =
           [=](const Tensor& x, Generator& generator) {
             const Tensor direction = randn(x.shape(), x.dtype(), generator, x.device());
             const Tensor length = rand({x.size(0)}, x.dtype(), generator, x.device()) * epsilon;
             return project_l2(x + direction * (beside(length, x) / row_norms(direction)), x, epsilon);
           }});
}

}  // namespace helder
