#include "inspect/stepper.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <sstream>

#include "autograd/ops/cross_entropy.h"
#include "inspect/name_pattern.h"
#include "inspect/op_formulas.h"
#include "inspect/op_sources.h"
#include "inspect/statistics.h"
#include "inspect/stopping_recorder.h"
#include "inspect/tensor_pictures.h"
#include "tensor/printing.h"
#include "training/terminal.h"

namespace helder {
namespace {

constexpr const char* kHelp =
    "n [COUNT]      the next op, or that many on; so does an empty line\n"
    "b NAME         on until a module of this dotted name or pattern (layer1, layer*.conv?), or an op so "
    "named\n"
    "               (relu); b backward: until the way back\n"
    "nan            on until a result holds a NaN or an infinite number\n"
    "p [NAME]       print a tensor: the output, or\n"
    "                 y, x, w, dy, dw ...     one that is listed at this op\n"
    "                 #3                      the output of op 3\n"
    "                 conv1.weight            a parameter or buffer; conv1.weight.grad its gradient so far\n"
    "                 conv1                   the last output of a module\n"
    "i [NAME] [K]   draw it; of its channels, K alone\n"
    "l              list the ops so far\n"
    "c              on to the end\n"
    "h              this text\n"
    "q              leave; so does the end of input\n";

constexpr const char* kBold = "\033[1m";
constexpr const char* kRed = "\033[1;31m";
constexpr const char* kPlain = "\033[0m";

/// Thrown through the computation by `q`. No std::exception, so that nobody mistakes it for an error.
struct Left {};

/// A line without its end; nothing at the end of the file. A signal, such as a window's change of size, does
/// not end it.
std::optional<std::string> read_line(std::FILE* file) {
  constexpr size_t kLongest = 1000;
  std::string line;
  while (true) {
    const int c = std::fgetc(file);
    if (c == '\n') {
      return line;
    }
    if (c != EOF) {
      if (line.size() < kLongest) {
        line += static_cast<char>(c);
      }
    } else if (std::ferror(file) != 0 && errno == EINTR) {
      std::clearerr(file);
    } else {
      return line.empty() ? std::nullopt : std::optional(line);
    }
  }
}

class Stepper final : public StoppingRecorder {
 public:
  Stepper(Module& model, const StepOptions& options) : StoppingRecorder(model), options_(options) {}

  /// What is said when the computation has come to its end.
  void finish() const {
    fmt::print(options_.out, "the end: {} ops forward, {} backward\n", outputs().size(), backwards_);
  }

 private:
  void stopped() override {
    backwards_ += is_backward() ? 1 : 0;
    if (wanted_ && !wanted_()) {
      return;
    }
    wanted_ = nullptr;
    show();
    while (!wanted_) {
      fmt::print(options_.out, "(step) ");
      std::fflush(options_.out);
      const std::optional<std::string> line = read_line(options_.in);
      if (!line) {
        fmt::print(options_.out, "\nthe end of input\n");
        throw Left();
      }
      if (!is_terminal(options_.in)) {
        fmt::print(options_.out, "{}\n", *line);  // as if it had been typed
      }
      try {
        obey(*line);
      } catch (const Error& error) {
        fmt::print(options_.out, "{}\n", error.what());
      }
    }
  }

  static bool is_terminal(std::FILE* file) {
    const int descriptor = ::fileno(file);
    return descriptor >= 0 && ::isatty(descriptor) == 1;
  }

  void obey(const std::string& line) {
    std::istringstream words(line);
    std::string command, rest, word;
    words >> command;
    while (words >> word) {
      rest += (rest.empty() ? "" : " ") + word;
    }
    if (command.empty() || command == "n") {
      on_by(rest.empty() ? 1 : count_of(rest));
    } else if (command == "b") {
      on_until(rest);
    } else if (command == "nan") {
      wanted_ = [this] { return any_not_finite(); };
    } else if (command == "c") {
      wanted_ = [] { return false; };
    } else if (command == "p") {
      const Tensor x = tensor_of(rest);
      fmt::print(
          options_.out, "{}\n{}\n", range_text(x, statistics_of(x)),
          format_tensor(x.to(Device::Cpu),
                        {.precision = 4, .line_width = std::max(terminal_of(options_.out).width - 1, 20)}));
    } else if (command == "i") {
      draw(rest);
    } else if (command == "l") {
      for (size_t i = 0; i < outputs().size(); ++i) {
        fmt::print(options_.out, "{:<24} {:<28} {}\n", numbered(static_cast<int>(i)),
                   module_name(static_cast<int>(i)), outputs()[i].shape().str());
      }
    } else if (command == "h") {
      fmt::print(options_.out, "{}", kHelp);
    } else if (command == "q") {
      throw Left();
    } else {
      fail("there is no command '{}'; h lists them", command);
    }
  }

  static int64_t count_of(const std::string& text) {
    const bool digits = text.find_first_not_of("0123456789") == std::string::npos;
    check(!text.empty() && digits && text.size() < 10 && std::stoll(text) > 0,
          "n: expected a number of ops, got '{}'", text);
    return std::stoll(text);
  }

  void on_by(int64_t count) {
    wanted_ = [count]() mutable { return --count <= 0; };
  }

  void on_until(const std::string& name) {
    check(!name.empty(), "b: which module or op? For example: b {}", module_name(op()));
    if (name == "backward") {
      wanted_ = [this] { return is_backward(); };
      return;
    }
    check_known(name);
    // A module is come to, not still in.
    wanted_ = [this, name, last = named_call(name, op()), was_backward = is_backward()]() mutable {
      const int call = named_call(name, op());
      const bool entered = call >= 0 && (call != last || is_backward() != was_backward);
      last = call;
      was_backward = is_backward();
      return entered || matches_pattern(name, name_of_op(op()));
    };
  }

  // Whether the op has made such a number: in its output, or in the gradients of its inputs.
  bool any_not_finite() const {
    return std::any_of(is_backward() ? listed().begin() + 1 : listed().end() - 1, listed().end(),
                       [](const Listed& x) { return statistics_of(x.tensor).not_finite > 0; });
  }

  // ---- showing ----

  void show() const {
    const Terminal terminal = terminal_of(options_.out);
    const bool colours = terminal.colours != Colours::None;
    const std::string& name = name_of_op(op());
    fmt::print(options_.out, "{}#{}  {}  {}{}{}\n", colours ? kBold : "", op(), module_name(op()), name,
               is_backward() ? ", backward" : "", colours ? kPlain : "");
    if (const OpFormula* formula = formula_of(name)) {
      fmt::print(options_.out, "    {}\n", is_backward() ? formula->backward : formula->forward);
    }
    size_t width = 2;
    for (const Listed& x : listed()) {
      width = std::max(width, x.letter.size());
    }
    for (const Listed& x : listed()) {
      const Statistics s = statistics_of(x.tensor);
      const bool red = colours && s.not_finite > 0;
      fmt::print(options_.out, "    {:<{}}  {}{}{}{}\n", x.letter, width, red ? kRed : "",
                 range_text(x.tensor, s), red ? kPlain : "", x.origin.empty() ? "" : "  (" + x.origin + ")");
    }
    const OpSource* source = source_of(name);
    const std::string_view place = source == nullptr ? ""
                                   : is_backward()   ? source->backward
                                                     : source->forward;
    fmt::print(options_.out, "    code  {}\n", place.empty() ? "not known" : place);
  }

  void draw(const std::string& arguments) const {
    std::string name = arguments;
    std::optional<int64_t> index;
    const size_t space = arguments.rfind(' ');
    const std::string last = arguments.substr(space == std::string::npos ? 0 : space + 1);
    if (!last.empty() && last.size() < 10 && last.find_first_not_of("0123456789") == std::string::npos) {
      index = std::stoll(last);
      name = space == std::string::npos ? "" : arguments.substr(0, space);
    }
    fmt::print(options_.out, "{}", draw_tensor(tensor_of(name), index, terminal_of(options_.out)));
  }

  const StepOptions& options_;
  size_t backwards_ = 0;          // ops whose backward has run
  std::function<bool()> wanted_;  // whether to stop here; absent: ask
};

/// Parameters' gradients, which are put back at the end.
class GradientsAside {
 public:
  explicit GradientsAside(const Module& model) {
    for (Tensor parameter : model.parameters()) {
      gradients_.emplace_back(parameter, parameter.grad());
      parameter.set_grad({});
    }
  }
  ~GradientsAside() {
    for (auto& [parameter, gradient] : gradients_) {
      parameter.set_grad(gradient);
    }
  }
  GradientsAside(const GradientsAside&) = delete;
  GradientsAside& operator=(const GradientsAside&) = delete;

 private:
  std::vector<std::pair<Tensor, Tensor>> gradients_;
};

Tensor default_loss(const Tensor& y) {
  if (y.rank() != 2 || y.size(1) < 2) {
    return y.sum();
  }
  return cross_entropy(y, [&] {
    const Unobserved guard;
    return y.argmax(1);
  }());
}

}  // namespace

bool step_through(Module& model, const std::function<void()>& computation, const StepOptions& options) {
  Stepper stepper(model, options);
  try {
    const ObserverGuard guard(stepper);
    computation();
  } catch (const Left&) {
    return false;
  }
  stepper.finish();
  return true;
}

bool step_through(Module& model, const Tensor& input, const StepOptions& options) {
  const GradientsAside aside(model);
  return step_through(
      model,
      [&] {
        if (!options.backward) {
          const NoGrad no_grad;
          model(input);
          return;
        }
        const Tensor y = model(input);
        const Tensor loss = options.loss ? options.loss(y) : default_loss(y);
        if (loss.requires_grad()) {
          loss.backward();
        }
      },
      options);
}

}  // namespace helder
