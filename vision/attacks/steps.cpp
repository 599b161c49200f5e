#include "vision/attacks/steps.h"

#include <cmath>

#include "autograd/ops.h"
#include "layers/module_guards.h"
#include "tensor/factories.h"

namespace helder::attacks {

void check_operands(const char* attack, const Tensor& images, const Tensor& labels) {
  check((images.dtype() == DType::Float32 || images.dtype() == DType::Float64) && images.rank() >= 2,
        "{}: expected images [N, ...] of float32 or float64, got {} {}", attack, name_of(images.dtype()),
        images.shape());
  check(labels.dtype() == DType::Int64 && labels.shape() == Shape{images.size(0)},
        "{}: expected a class number for each of {} images, int64, got {} {}", attack, images.size(0),
        name_of(labels.dtype()), labels.shape());
  if (images.numel() > 0) {
    const double low = amin(images).item(), high = amax(images).item();
    check(low >= 0 && high <= 1, "{}: pixels are to be from 0 to 1, got {:g} to {:g}", attack, low, high);
  }
}

void check_epsilon(const char* attack, double epsilon) {
  check(epsilon >= 0 && epsilon <= 1, "{}: epsilon {:g} is not from 0 to 1", attack, epsilon);
}

void check_steps(const char* attack, int64_t steps, double alpha) {
  check(steps >= 0, "{}: {} steps are fewer than none", attack, steps);
  check(std::isfinite(alpha) && alpha >= 0, "{}: a step of {:g} is not one uphill", attack, alpha);
}

Tensor reached(const Tensor& logits, const Tensor& labels, bool targeted, double enough) {
  const MaxResult best = max(softmax(logits, 1), 1);
  const Tensor wanted = targeted ? eq(best.indices, labels) : ne(best.indices, labels);
  return logical_and(wanted, ge(best.values, enough));
}

std::vector<int64_t> rows_where(const Tensor& mask, bool value) {
  const auto values = mask.to_vector<int64_t>();
  std::vector<int64_t> rows;
  for (size_t i = 0; i < values.size(); ++i) {
    if ((values[i] != 0) == value) {
      rows.push_back(static_cast<int64_t>(i));
    }
  }
  return rows;
}

Tensor take_rows(const Tensor& x, const std::vector<int64_t>& rows) {
  return index_select(x, 0, from_data(rows, {static_cast<int64_t>(rows.size())}).to(x.device()));
}

void put_rows(const Tensor& to, const std::vector<int64_t>& rows, const Tensor& from) {
  const NoGrad guard;
  for (size_t i = 0; i < rows.size(); ++i) {
    to[rows[i]].copy_(from[static_cast<int64_t>(i)]);
  }
}

Tensor beside(const Tensor& numbers, const Tensor& x) {
  std::vector<int64_t> sizes(static_cast<size_t>(x.rank()), 1);
  sizes[0] = numbers.numel();
  return reshape(numbers, Shape(sizes));
}

Tensor row_norms(const Tensor& x) { return beside(norm(flatten(x, 1), 2, {1}), x); }

Tensor project_linf(const Tensor& x, const Tensor& original, double epsilon) {
  return clamp(original + clamp(x - original, -epsilon, epsilon), 0, 1);
}

Tensor project_l2(const Tensor& x, const Tensor& original, double epsilon) {
  const Tensor delta = x - original;
  const Tensor share = clamp_max(epsilon / clamp_min(row_norms(delta), 1e-30), 1);
  return clamp(original + delta * share, 0, 1);
}

namespace {

/// Puts the rows that are where they should be into `result`, and returns those that are not.
std::vector<int64_t> set_finished_aside(const UnderAttack& state, const Tensor& logits,
                                        const AttackGoal& goal, const Tensor& result) {
  const NoGrad guard;
  const Tensor finished = reached(logits, state.labels, goal.targeted, goal.enough);
  for (const int64_t i : rows_where(finished, true)) {
    result[state.rows[static_cast<size_t>(i)]].copy_(state.images[i]);
  }
  return rows_where(finished, false);
}

void keep_rows(UnderAttack& state, const std::vector<int64_t>& kept) {
  std::vector<int64_t> rows;
  for (const int64_t i : kept) {
    rows.push_back(state.rows[static_cast<size_t>(i)]);
  }
  state.rows = std::move(rows);
  for (Tensor* x : {&state.original, &state.images, &state.labels, &state.momentum}) {
    if (x->defined()) {
      *x = take_rows(*x, kept);
    }
  }
}

}  // namespace

Tensor take_steps(Module& model, const Tensor& images, const Tensor& start, const Tensor& labels,
                  int64_t steps, const AttackGoal& goal, const StepRule& rule) {
  const EvalGuard eval(model);
  const FrozenParameters frozen(model);
  const bool stops_early = std::isfinite(goal.enough);
  UnderAttack state{.rows = {}, .original = images, .images = start, .labels = labels};
  for (int64_t i = 0; i < images.size(0); ++i) {
    state.rows.push_back(i);
  }
  const Tensor result = start.clone();
  for (int64_t step = 0; step < steps && !state.rows.empty(); ++step) {
    Tensor x = state.images.detach();
    x.requires_grad_();
    Tensor logits = model(x);
    check(logits.rank() == 2 && logits.size(0) == x.size(0),
          "attack: the model gives {} where logits [{}, classes] are needed", logits.shape(), x.size(0));
    if (goal.watch) {
      goal.watch({step, state.rows, state.images, logits.detach()});
    }
    std::vector<int64_t> kept;
    if (stops_early) {
      kept = set_finished_aside(state, logits, goal, result);
      if (kept.size() == state.rows.size()) {
        kept.clear();  // nothing is left out
      } else {
        keep_rows(state, kept);
        if (state.rows.empty()) {
          break;
        }
        logits = take_rows(logits, kept);
      }
    }
    const Tensor loss = cross_entropy(logits, state.labels, {.reduction = Reduction::Sum});
    // To come to a target is to go down its loss, to get away from a label is to go up.
    loss.backward(scalar(goal.targeted ? -1 : 1, loss.dtype(), loss.device()));
    const NoGrad guard;
    state.images = rule(state, kept.empty() ? x.grad() : take_rows(x.grad(), kept));
  }
  put_rows(result, state.rows, state.images);
  return result;
}

}  // namespace helder::attacks
