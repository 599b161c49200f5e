#include "vision/attacks/measures.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "autograd/ops.h"
#include "layers/module_guards.h"
#include "tensor/factories.h"
#include "vision/attacks/steps.h"

namespace helder {

using namespace attacks;

namespace {

/// Calls `visit` with the rows [first, last) of each batch.
template <class Visit>
void for_each_batch(int64_t count, int64_t batch_size, const Visit& visit) {
  check(batch_size >= 1, "measures: batches of {} images", batch_size);
  for (int64_t first = 0; first < count; first += batch_size) {
    visit(first, std::min(first + batch_size, count));
  }
}

int64_t count_equal(const Tensor& a, const Tensor& b) { return static_cast<int64_t>(sum(eq(a, b)).item()); }

double share(int64_t part, int64_t whole) {
  return whole == 0 ? std::numeric_limits<double>::quiet_NaN()
                    : static_cast<double>(part) / static_cast<double>(whole);
}

/// [C, 1, side, side]: a Gaussian for each channel, which adds up to 1.
Tensor gaussian_window(int64_t channels, int64_t side, DType dtype, Device device) {
  constexpr double kDeviation = 1.5;
  std::vector<double> line;
  for (int64_t i = 0; i < side; ++i) {
    const double x = static_cast<double>(i - side / 2) / kDeviation;
    line.push_back(std::exp(-x * x / 2));
  }
  const Tensor row = from_data(line, {1, side});
  const Tensor window = row.t().matmul(row);
  return expand((window / sum(window)).to(dtype).to(device), {channels, 1, side, side}).contiguous();
}

}  // namespace

Tensor predictions(Module& model, const Tensor& images, int64_t batch_size) {
  const NoGrad guard;
  const EvalGuard eval(model);
  std::vector<Tensor> parts;
  for_each_batch(images.size(0), batch_size, [&](int64_t first, int64_t last) {
    parts.push_back(argmax(model(images.slice(0, first, last)), 1));
  });
  return parts.empty() ? empty({0}, DType::Int64) : cat(parts);
}

Tensor attacked(Module& model, const Tensor& images, const Tensor& labels, const Attack& attack,
                int64_t batch_size) {
  check_operands("attacked", images, labels);
  std::vector<Tensor> parts;
  for_each_batch(images.size(0), batch_size, [&](int64_t first, int64_t last) {
    parts.push_back(attack(model, images.slice(0, first, last), labels.slice(0, first, last)));
  });
  return parts.empty() ? images : cat(parts);
}

double robust_accuracy(Module& model, const Tensor& images, const Tensor& labels, const Attack& attack,
                       int64_t batch_size) {
  return share(
      count_equal(predictions(model, attacked(model, images, labels, attack, batch_size), batch_size),
                  labels),
      labels.numel());
}

Tensor transfer_matrix(const std::vector<Module*>& models, const Tensor& images, const Tensor& labels,
                       const Attack& attack, int64_t batch_size) {
  const auto count = static_cast<int64_t>(models.size());
  const Tensor matrix = empty({count, count}, DType::Float64);
  for (int64_t from = 0; from < count; ++from) {
    const Tensor changed = attacked(*models[static_cast<size_t>(from)], images, labels, attack, batch_size);
    for (int64_t to = 0; to < count; ++to) {
      const Tensor answers = predictions(*models[static_cast<size_t>(to)], changed, batch_size);
      matrix.at<double>({from, to}) = share(count_equal(answers, labels), labels.numel());
    }
  }
  return matrix;
}

double SuccessMatrix::rate(int64_t row, int64_t column) const {
  return share(successes.at<int64_t>({row, column}), attempts.at<int64_t>({row, column}));
}

double SuccessMatrix::mean_rate() const {
  return share(static_cast<int64_t>(sum(successes).item()), static_cast<int64_t>(sum(attempts).item()));
}

SuccessMatrix success_matrix(Module& model, const Tensor& images, const Tensor& labels, int64_t classes,
                             const Attack& targeted, int64_t batch_size) {
  check_operands("success_matrix", images, labels);
  const std::vector<int64_t> right = rows_where(eq(predictions(model, images, batch_size), labels), true);
  const std::vector<int64_t> all_labels = labels.to_vector<int64_t>();
  SuccessMatrix matrix{zeros({classes, classes}, DType::Int64), zeros({classes, classes}, DType::Int64)};
  for (int64_t target = 0; target < classes; ++target) {
    std::vector<int64_t> rows;
    for (const int64_t row : right) {
      if (all_labels[static_cast<size_t>(row)] != target) {
        rows.push_back(row);
      }
    }
    if (rows.empty()) {
      continue;
    }
    const Tensor targets =
        full({static_cast<int64_t>(rows.size())}, static_cast<double>(target), DType::Int64, images.device());
    const Tensor changed = attacked(model, take_rows(images, rows), targets, targeted, batch_size);
    const std::vector<int64_t> answers = predictions(model, changed, batch_size).to_vector<int64_t>();
    for (size_t i = 0; i < rows.size(); ++i) {
      const int64_t from = all_labels[static_cast<size_t>(rows[i])];
      ++matrix.attempts.at<int64_t>({from, target});
      matrix.successes.at<int64_t>({from, target}) += answers[i] == target;
    }
  }
  return matrix;
}

PerturbationNorms perturbation_norms(const Tensor& images, const Tensor& changed) {
  check(images.shape() == changed.shape() && images.rank() == 4,
        "perturbation_norms: expected two batches of images [N, C, H, W], got {} and {}", images.shape(),
        changed.shape());
  const NoGrad guard;
  const Tensor delta = flatten(changed - images, 1);
  return {norm(delta, 0, {1}), norm(delta, 2, {1}), norm(delta, std::numeric_limits<double>::infinity(), {1}),
          ssim(images, changed)};
}

Tensor ssim(const Tensor& a, const Tensor& b) {
  check(a.shape() == b.shape() && a.rank() == 4 && a.numel() > 0,
        "ssim: expected two batches of images [N, C, H, W], got {} and {}", a.shape(), b.shape());
  constexpr double kC1 = 0.01 * 0.01, kC2 = 0.03 * 0.03;
  const int64_t channels = a.size(1), smaller = std::min(a.size(2), a.size(3));
  const int64_t side = std::min<int64_t>(11, smaller - (smaller + 1) % 2);  // odd: it has a middle
  const Tensor window = gaussian_window(channels, side, a.dtype(), a.device());
  const auto local_mean = [&](const Tensor& x) { return conv2d(x, window, {}, {.groups = channels}); };
  const Tensor mean_a = local_mean(a), mean_b = local_mean(b);
  const Tensor variance_a = local_mean(a * a) - mean_a * mean_a;
  const Tensor variance_b = local_mean(b * b) - mean_b * mean_b;
  const Tensor covariance = local_mean(a * b) - mean_a * mean_b;
  const Tensor similarity = (2 * (mean_a * mean_b) + kC1) * (2 * covariance + kC2) /
                            ((mean_a * mean_a + mean_b * mean_b + kC1) * (variance_a + variance_b + kC2));
  return mean(flatten(similarity, 1), {1});
}

}  // namespace helder
