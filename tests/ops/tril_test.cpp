#include "autograd/ops/tril.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"
#include "tests/ops/threads.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("tril: values and derivatives", "[ops][tril]") {
  check_op("tril", {
                       {"square", [](In x) { return tril(x[0]); }},
                       {"wide", [](In x) { return tril(x[0]); }},
                       {"tall", [](In x) { return tril(x[0]); }},
                       {"above", [](In x) { return tril(x[0], 1); }},
                       {"below", [](In x) { return tril(x[0], -2); }},
                       {"everything", [](In x) { return tril(x[0], 9); }},
                       {"nothing", [](In x) { return tril(x[0], -9); }},
                       {"batch", [](In x) { return tril(x[0]); }},
                       {"no rows", [](In x) { return tril(x[0]); }},
                       {"no columns", [](In x) { return tril(x[0]); }},
                       {"NaN above", [](In x) { return tril(x[0]); }},
                       {"bool", [](In x) { return tril(x[0]); }},
                   });
}

TEST_CASE("triu: values and derivatives", "[ops][tril]") {
  check_op("triu", {
                       {"square", [](In x) { return triu(x[0]); }},
                       {"wide", [](In x) { return triu(x[0]); }},
                       {"tall", [](In x) { return triu(x[0]); }},
                       {"above", [](In x) { return triu(x[0], 1); }},
                       {"below", [](In x) { return triu(x[0], -2); }},
                       {"everything", [](In x) { return triu(x[0], -9); }},
                       {"nothing", [](In x) { return triu(x[0], 9); }},
                       {"batch", [](In x) { return triu(x[0]); }},
                       {"causal mask", [](In x) { return triu(x[0], 1); }},
                       {"int64", [](In x) { return triu(x[0]); }},
                   });
}

TEST_CASE("tril: threads change no bit", "[ops][tril]") {
  check_threads({{"lower", {{300, 200}}, [](In x) { return tril(x[0]); }},
                 {"upper", {{3, 200, 100}}, [](In x) { return triu(x[0], 5); }}});
}

TEST_CASE("tril: errors", "[ops][tril]") {
  check_errors({
      {"tril: expected at least 2 dimensions, got shape [3]", [] { tril(zeros({3})); }},
      {"triu: expected at least 2 dimensions, got shape []", [] { triu(scalar(1)); }},
  });
}
