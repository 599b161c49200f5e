#include "inspect/compare.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_map>
#include <unordered_set>

#include "autograd/grad_mode.h"
#include "inspect/recorder.h"
#include "layers/module_guards.h"

namespace helder {
namespace {

double distance(double a, double b) {
  if (a == b || (std::isnan(a) && std::isnan(b))) {  // equal infinities, too
    return 0;
  }
  const double d = std::abs(a - b);
  return std::isnan(d) ? std::numeric_limits<double>::infinity() : d;
}

ActivationDifference difference(const std::string& name, const Tensor& a, const Tensor& b) {
  check(a.shape() == b.shape(), "compare: '{}' is {} in one run and {} in the other", name, a.shape(),
        b.shape());
  const std::vector<double> x = a.to_vector<double>(), y = b.to_vector<double>();
  ActivationDifference result{.name = name};
  double scale = 0;
  for (size_t i = 0; i < x.size(); ++i) {
    scale = std::isfinite(y[i]) ? std::max(scale, std::abs(y[i])) : scale;
    if (const double d = distance(x[i], y[i]); d > result.largest || i == 0) {
      result.largest = d;
      result.where = static_cast<int64_t>(i);
      result.a = x[i];
      result.b = y[i];
    }
  }
  result.relative = result.largest == 0 ? 0 : result.largest / std::max(scale, 1e-30);
  return result;
}

}  // namespace

StateDict named_activations(Module& model, const Tensor& x) {
  const EvalGuard eval(model);
  const NoGrad no_grad;
  Recorder recorder(model, {.watch = "*"});
  {
    const ObserverGuard guard(recorder);
    model(x);
  }
  std::vector<const CallRecord*> calls;
  for (const CallRecord& call : recorder.calls()) {
    calls.push_back(&call);
  }
  // Calls are listed as they begin. One ends behind those in it, which began later.
  std::stable_sort(calls.begin(), calls.end(), [](const CallRecord* a, const CallRecord* b) {
    const double end_a = a->start + a->seconds, end_b = b->start + b->seconds;
    return end_a != end_b ? end_a < end_b : a->depth > b->depth;
  });
  StateDict result;
  std::unordered_set<std::string> seen;
  for (const CallRecord* call : calls) {
    const std::string name = call->depth == 0 ? "output" : call->path;
    if (call->value.defined() && seen.insert(name).second) {
      result.emplace_back(name, call->value);
    }
  }
  return result;
}

const ActivationDifference* ActivationComparison::first_above(double tolerance) const {
  const auto found = std::find_if(layers.begin(), layers.end(), [&](const ActivationDifference& layer) {
    return !(layer.relative <= tolerance);
  });
  return found == layers.end() ? nullptr : &*found;
}

ActivationComparison compare_activations(const StateDict& a, const StateDict& b) {
  const std::unordered_map<std::string, Tensor> others(b.begin(), b.end());
  ActivationComparison result;
  for (const auto& [name, tensor] : a) {
    if (const auto other = others.find(name); other != others.end()) {
      result.layers.push_back(difference(name, tensor, other->second));
    } else {
      result.missing.push_back(name);
    }
  }
  check(!result.layers.empty(),
        "compare: no activation of one run is in the other: '{}' and others against '{}' and others",
        a.empty() ? "" : a.front().first, b.empty() ? "" : b.front().first);
  return result;
}

}  // namespace helder
