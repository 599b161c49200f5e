#include "vision/attacks/deepfool.h"

#include <algorithm>
#include <limits>

#include "autograd/ops.h"
#include "layers/module_guards.h"
#include "tensor/factories.h"
#include "vision/attacks/steps.h"

namespace helder {

using namespace attacks;

namespace {

/// Logits, and the leaf that they are differentiated by.
struct Linearised {
  Tensor x, logits;

  /// d(logits[i, classes[i]])/d(x[i]) for each row, [n, pixels]: rows do not depend on each other, so one
  /// backward of their sum does for all.
  Tensor gradient_of(const Tensor& scores) {
    x.set_grad({});
    scores.backward(ones_like(scores), /*retain_graph=*/true);
    return flatten(x.grad(), 1);
  }
};

/// The step to the nearest boundary, [n, pixels]. `classes` is [n, k]: the label, then the others.
Tensor nearest_boundary(Linearised& model, const Tensor& classes) {
  const Tensor scores = gather(model.logits, 1, classes);  // [n, k]
  const auto column = [&](int64_t k) { return scores.select(1, k); };
  const Tensor of_label = model.gradient_of(column(0));
  Tensor nearest, step;  // [n], [n, pixels]
  for (int64_t k = 1; k < classes.size(1); ++k) {
    const Tensor gradient = model.gradient_of(column(k));
    const NoGrad guard;
    const Tensor w = gradient - of_label;
    const Tensor f = abs(column(k) - column(0)).detach();
    const Tensor length = clamp_min(norm(w, 2, {1}), 1e-30);
    const Tensor distance = f / length;
    const Tensor towards = w * (f / (length * length)).unsqueeze(1);
    if (!nearest.defined()) {
      nearest = distance;
      step = towards;
    } else {
      const Tensor nearer = lt(distance, nearest);
      nearest = where(nearer, distance, nearest);
      step = where(nearer.unsqueeze(1), towards, step);
    }
  }
  return step;
}

}  // namespace

Tensor deepfool(Module& model, const Tensor& images, const Tensor& labels, const DeepFoolOptions& options) {
  check_operands("deepfool", images, labels);
  check_steps("deepfool", options.steps, /*alpha=*/0);
  check(options.overshoot >= 0, "deepfool: an overshoot of {:g} stops short of the boundary",
        options.overshoot);
  check(options.classes == 0 || options.classes >= 2,
        "deepfool: it takes two classes for a boundary between them, got {}", options.classes);
  const EvalGuard eval(model);
  const FrozenParameters frozen(model);
  const Tensor result = images.clone();
  UnderAttack state{
      .rows = rows_where(eq(labels, labels), true), .original = images, .images = images, .labels = labels};
  Tensor classes;  // [n, k]
  for (int64_t step = 0; step < options.steps && !state.rows.empty(); ++step) {
    Linearised linear{.x = state.images.detach(), .logits = {}};
    linear.x.requires_grad_();
    linear.logits = model(linear.x);
    if (options.watch) {
      options.watch({step, state.rows, state.images, linear.logits.detach()});
    }
    if (!classes.defined()) {
      const NoGrad guard;
      const int64_t all = linear.logits.size(1);
      check(all >= 2, "deepfool: the model knows one class");
      // The label in front, as if it were the likeliest; after it the others, the likeliest first.
      const Tensor numbers = arange(all, images.device()).unsqueeze(0);
      const Tensor scores = masked_fill(linear.logits, eq(numbers, state.labels.unsqueeze(1)),
                                        std::numeric_limits<double>::infinity());
      classes = topk(scores, options.classes == 0 ? all : std::min(options.classes, all)).indices;
    }
    // An image that is another class already stays as it is.
    put_rows(result, state.rows, state.images);
    const std::vector<int64_t> open = rows_where(eq(argmax(linear.logits, 1), state.labels), true);
    if (open.empty()) {
      return result;
    }
    const Tensor delta = nearest_boundary(linear, classes);
    const NoGrad guard;
    const Tensor next =
        clamp(state.images + reshape(delta, state.images.shape()) * (1 + options.overshoot), 0, 1);
    std::vector<int64_t> rows;
    for (const int64_t i : open) {
      rows.push_back(state.rows[static_cast<size_t>(i)]);
    }
    state.rows = std::move(rows);
    state.images = take_rows(next, open);
    state.labels = take_rows(state.labels, open);
    classes = take_rows(classes, open);
  }
  put_rows(result, state.rows, state.images);
  return result;
}

}  // namespace helder
