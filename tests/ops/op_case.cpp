#define CATCH_CONFIG_EXTERNAL_INTERFACES  // what version 2 wants for a listener

#include "tests/ops/op_case.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>
#include <limits>
#include <set>

#include "autograd/gradcheck.h"
#include "tensor/copy.h"
#include "tensor/cuda_memory.h"
#include "tensor/factories.h"
#include "tensor/views.h"
#include "tests/catch.h"
#include "tests/paths.h"
#include "weights/safetensors.h"

namespace helder::testing {
namespace {

constexpr size_t kMostInputs = 8;
constexpr int64_t kGradcheckLimit = 300;  // elements; each costs two forward passes

// Where in memory a tensor's elements lie.
enum class Layout { Dense, Scattered, PaddedRows };
constexpr Layout kLayouts[] = {Layout::Dense, Layout::Scattered, Layout::PaddedRows};

const char* name_of(Layout layout) {
  switch (layout) {
    case Layout::Dense:
      return "contiguous";
    case Layout::Scattered:
      return "scattered";
    case Layout::PaddedRows:
      break;
  }
  return "padded rows";
}

// A copy of x in the layout: dense; every dimension reversed in memory with a gap after each element; or with
// rows that are dense but lie apart. What reads a gap gets NaN, or an index that is out of range.
Tensor laid_out(const Tensor& x, Layout layout, Device device) {
  if (layout == Layout::Dense) {
    return device == Device::Cpu ? x.clone() : x.to(device);
  }
  const bool scattered = layout == Layout::Scattered;
  Shape buffer_shape, order;
  for (int d = 0; d < x.rank(); ++d) {
    const int from = scattered ? x.rank() - 1 - d : d;
    buffer_shape.push_back(x.shape()[from] * (scattered ? 2 : 1) + 2);
    order.push_back(from);
  }
  const double gap = is_floating_point(x.dtype()) ? std::nan("") : x.dtype() == DType::Int64 ? -1e15 : 1;
  Tensor view = x.rank() == 0 ? full({3}, gap, x.dtype(), device).select(0, 1)
                              : full(buffer_shape, gap, x.dtype(), device);
  for (int d = 0; d < x.rank(); ++d) {
    const int64_t size = x.shape()[static_cast<int>(order[d])];
    view = scattered ? view.slice(d, 1, 1 + 2 * size, 2) : view.slice(d, 1, 1 + size);
  }
  view = scattered ? view.permute(order) : view;
  copy_elements(view, x);
  return view;
}

bool all_finite(const Tensor& x) {
  const auto values = x.to_vector<double>();
  return std::all_of(values.begin(), values.end(), [](double value) { return std::isfinite(value); });
}

// One case of the fixture, as tensors.
struct Expected {
  std::vector<Tensor> inputs, after, gradients;  // undefined where the file has none
  Tensor out, cotangent;

  Expected(const SafetensorsFile& file, const std::string& name) {
    const auto find = [&](const std::string& key) {
      return file.contains(name + key) ? file.tensor(name + key) : Tensor();
    };
    for (size_t i = 0; i < kMostInputs; ++i) {
      const std::string number = std::to_string(i);
      inputs.push_back(find("/in" + number));
      after.push_back(find("/after" + number));
      gradients.push_back(find("/grad" + number));
    }
    out = find("/out");
    cotangent = find("/cotangent");
  }
};

class CaseRun {
 public:
  CaseRun(const char* op, const OpCase& op_case, const Expected& expected, Device device, OpReport& report)
      : op_(op), case_(op_case), expected_(expected), device_(device), report_(report) {}

  void all() {
    for (Layout layout : kLayouts) {
      compare(DType::Float64, layout);
      if (!(case_.flags & kNoFloat32)) {
        compare(DType::Float32, layout);
      }
    }
    one_gradient_at_a_time();
    if (device_ == Device::Cpu) {  // elsewhere the same nodes call other kernels, which were compared
      difference_quotients();
    }
  }

 private:
  // The type in which a tensor of the fixture takes part when real numbers are computed in `real`.
  static Tensor as_real(const Tensor& x, DType real) {
    return x.defined() && x.dtype() == DType::Float64 ? x.to(real) : x;
  }

  std::vector<Tensor> inputs(DType real, Layout layout) const {
    std::vector<Tensor> result;
    for (size_t i = 0; i < kMostInputs; ++i) {
      const Tensor& x = expected_.inputs[i];
      const bool changed = expected_.after[i].defined();  // in place: has to be contiguous
      result.push_back(x.defined() ? laid_out(as_real(x, real), changed ? Layout::Dense : layout, device_)
                                   : Tensor());
    }
    return result;
  }

  template <class... Args>
  void problem(fmt::format_string<Args...> format, Args&&... args) {
    report_.problems.push_back(fmt::format("{}, case '{}'{}: {}", op_, case_.name,
                                           device_ == Device::Cpu ? "" : " on cuda",
                                           fmt::format(format, std::forward<Args>(args)...)));
  }

  void expect_equal(const std::string& what, const Tensor& got, const Tensor& expected, DType real) {
    const Tensor number = as_real(expected, real);
    const std::string difference =
        first_difference(got, number, number.dtype() == DType::Float64 ? 1e-10 : 2e-5);
    if (!difference.empty()) {
      problem("{}: {}", what, difference);
    }
  }

  // Runs the op, and backward, on inputs of which those in `wanted` require a gradient.
  void compare_run(const std::string& how, std::vector<Tensor> x, const Tensor& cotangent, DType real,
                   const std::function<bool(size_t)>& wanted) {
    for (size_t i = 0; i < x.size(); ++i) {
      if (expected_.gradients[i].defined() && wanted(i)) {
        x[i].requires_grad_();
      }
    }
    const Tensor out = case_.run(x);
    expect_equal(how + "output", out, expected_.out, real);
    if (expected_.cotangent.defined() && out.shape() == cotangent.shape()) {
      if (!out.requires_grad()) {
        return problem("{}nothing was recorded for backward", how);
      }
      out.backward(cotangent);
      expect_equal(how + "the cotangent, after backward", cotangent, expected_.cotangent, real);
    }
    for (size_t i = 0; i < x.size(); ++i) {
      const Tensor& after = expected_.after[i].defined() ? expected_.after[i] : expected_.inputs[i];
      if (x[i].defined()) {
        expect_equal(fmt::format("{}input {}, afterwards", how, i), x[i].detach(), after, real);
      }
      if (expected_.gradients[i].defined() && wanted(i)) {
        compare_gradient(how, i, x[i].grad(), real);
      }
    }
  }

  void compare_gradient(const std::string& how, size_t i, const Tensor& gradient, DType real) {
    report_.derivatives += expected_.gradients[i].numel();
    if (!gradient.defined()) {
      return problem("{}input {} got no gradient", how, i);
    }
    expect_equal(fmt::format("{}gradient {}", how, i), gradient, expected_.gradients[i], real);
  }

  void compare(DType real, Layout layout) {
    const Tensor& cotangent = expected_.cotangent;
    compare_run(fmt::format("{}, {}: ", helder::name_of(real), name_of(layout)), inputs(real, layout),
                cotangent.defined() ? laid_out(as_real(cotangent, real), layout, device_) : Tensor(), real,
                [](size_t) { return true; });
  }

  void one_gradient_at_a_time() {
    size_t count = 0;
    for (const Tensor& gradient : expected_.gradients) {
      count += gradient.defined();
    }
    for (size_t only = 0; count > 1 && only < kMostInputs; ++only) {
      if (expected_.gradients[only].defined()) {
        compare_run(fmt::format("only input {} requires grad: ", only), inputs(DType::Float64, Layout::Dense),
                    expected_.cotangent.to(device_), DType::Float64, [&](size_t i) { return i == only; });
      }
    }
  }

  void difference_quotients() {
    std::vector<Tensor> x = inputs(DType::Float64, Layout::Dense);
    int64_t elements = 0;
    for (size_t i = 0; i < x.size(); ++i) {
      if (expected_.gradients[i].defined()) {
        x[i].requires_grad_();
        elements += x[i].numel();
      }
    }
    if ((case_.flags & kNoQuotient) || elements == 0 || elements > kGradcheckLimit ||
        expected_.out.dtype() != DType::Float64 || !all_finite(expected_.out)) {
      return;
    }
    const GradcheckResult result = gradcheck(case_.run, x);
    report_.differences += result.checked;
    if (!result) {
      problem("{}", result.message);
    }
  }

  const char* op_;
  const OpCase& case_;
  const Expected& expected_;
  Device device_;
  OpReport& report_;
};

// Sums for the line at the end.
struct Totals {
  int64_t ops = 0;
  OpReport sum;
  int64_t cuda_ops = 0, cuda_derivatives = 0;
};
Totals& totals() {
  static Totals totals;
  return totals;
}

#if __has_include(<catch2/catch_all.hpp>)
using Listener = Catch::EventListenerBase;
#else
using Listener = Catch::TestEventListenerBase;
#endif

struct SummaryListener : Listener {
  using Listener::Listener;

  void testRunEnded(const Catch::TestRunStats&) override {
    const Totals& t = totals();
    if (t.ops > 0) {
      fmt::print(
          "ops: {} ops, {} cases, {} derivatives compared with PyTorch's, {} with difference quotients\n",
          t.ops, t.sum.cases, t.sum.derivatives, t.sum.differences);
    }
    if (t.cuda_ops > 0) {
      fmt::print("ops on cuda: {} ops, {} derivatives compared with PyTorch's\n", t.cuda_ops,
                 t.cuda_derivatives);
    }
  }
};
CATCH_REGISTER_LISTENER(SummaryListener)

}  // namespace

OpReport compare_op(const char* op, const std::vector<OpCase>& cases, Device device) {
  const SafetensorsFile file(source_path(fmt::format("tests/fixtures/ops/{}.safetensors", op)));
  std::set<std::string> left;
  for (const std::string& name : file.names()) {
    left.insert(name.substr(0, name.rfind('/')));
  }

  OpReport report;
  for (const OpCase& c : cases) {
    if (left.erase(c.name) == 0) {
      report.problems.push_back(
          fmt::format("{}: the fixture has no case '{}', or the table has it twice", op, c.name));
      continue;
    }
    ++report.cases;
    try {
      CaseRun(op, c, Expected(file, c.name), device, report).all();
    } catch (const std::exception& error) {
      report.problems.push_back(fmt::format("{}, case '{}': threw '{}'", op, c.name, error.what()));
    }
  }
  for (const std::string& name : left) {
    report.problems.push_back(fmt::format("{}: the table has no row for the fixture's case '{}'", op, name));
  }
  return report;
}

namespace {

// Ops that still lack a kernel for the GPU. Whoever writes one takes its name off the list.
const std::set<std::string> kNotOnCuda = {};

void check_op_on_cuda(const char* op, const std::vector<OpCase>& cases) {
  const OpReport report = compare_op(op, cases, Device::Cuda);
  if (kNotOnCuda.contains(op)) {
    INFO(op << " works on cuda: take it off the list of those that do not");
    CHECK(!report.problems.empty());
    return;
  }
  for (const std::string& problem : report.problems) {
    FAIL_CHECK(problem);
  }
  totals().cuda_ops += 1;
  totals().cuda_derivatives += report.derivatives;
}

}  // namespace

void check_op(const char* op, std::vector<OpCase> cases, std::initializer_list<OpCase> more) {
  cases.insert(cases.end(), more);
  const OpReport report = compare_op(op, cases);
  for (const std::string& problem : report.problems) {
    FAIL_CHECK(problem);
  }
  CHECK(report.cases > 0);
  Totals& t = totals();
  ++t.ops;
  t.sum.cases += report.cases;
  t.sum.derivatives += report.derivatives;
  t.sum.differences += report.differences;
  if (cuda::is_available()) {
    check_op_on_cuda(op, cases);
  }
}

void check_errors(std::initializer_list<ErrorCase> cases) {
  for (const ErrorCase& c : cases) {
    try {
      c.run();
      FAIL_CHECK("nothing was thrown instead of: " << c.message);
    } catch (const Error& error) {
      CHECK(std::string(error.what()) == c.message);
    }
  }
}

std::string first_difference(const Tensor& got, const Tensor& expected, double tolerance) {
  if (!got.defined()) {
    return "undefined";
  }
  if (got.dtype() != expected.dtype() || got.shape() != expected.shape()) {
    return fmt::format("{} {} instead of {} {}", helder::name_of(got.dtype()), got.shape().str(),
                       helder::name_of(expected.dtype()), expected.shape().str());
  }
  if (!is_floating_point(expected.dtype())) {
    const auto g = got.to_vector<int64_t>();
    const auto e = expected.to_vector<int64_t>();
    const auto [a, b] = std::mismatch(g.begin(), g.end(), e.begin());
    return a == g.end() ? "" : fmt::format("element {} is {} instead of {}", a - g.begin(), *a, *b);
  }
  const auto g = got.to_vector<double>();
  const auto e = expected.to_vector<double>();
  double largest = 0;
  for (double value : e) {
    largest = std::isfinite(value) ? std::max(largest, std::abs(value)) : largest;
  }
  // Rounding errors come from the summands of a result, which may cancel: hence the part in the largest
  // number.
  const double floor = 0.5 * tolerance * (largest + 1e-3);
  for (size_t i = 0; i < e.size(); ++i) {
    const bool equal = g[i] == e[i] || (std::isnan(g[i]) && std::isnan(e[i]));
    const double allowed = floor + tolerance * std::abs(e[i]);
    if (!equal && !(std::isfinite(e[i]) && std::abs(g[i] - e[i]) <= allowed)) {
      return fmt::format("element {} is {} instead of {}", i, g[i], e[i]);
    }
  }
  return "";
}

bool same_bits(const Tensor& a, const Tensor& b) {
  if (a.dtype() != b.dtype() || a.shape() != b.shape()) {
    return false;
  }
  const Tensor x = contiguous_copy(a.detach());
  const Tensor y = contiguous_copy(b.detach());
  const size_t bytes = static_cast<size_t>(x.numel()) * size_of(x.dtype());
  return bytes == 0 || std::memcmp(x.raw_data(), y.raw_data(), bytes) == 0;
}

}  // namespace helder::testing
