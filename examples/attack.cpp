// Changes a picture so little that nobody sees it, and so that a network sees something else in it

#include <chrono>
#include <cmath>
#include <nlohmann/json.hpp>

#include "autograd/grad_mode.h"
#include "autograd/ops/softmax.h"
#include "autograd/ops/topk.h"
#include "data/animated_png.h"
#include "data/image.h"
#include "data/image_transforms.h"
#include "data/resize.h"
#include "examples/common/attack_pictures.h"
#include "examples/common/class_choice.h"
#include "examples/common/command_line.h"
#include "examples/common/device_flag.h"
#include "examples/common/epsilon.h"
#include "examples/common/output_files.h"
#include "examples/common/weights_flag.h"
#include "inspect/curves.h"
#include "inspect/terminal.h"
#include "layers/init.h"
#include "tensor/factories.h"
#include "tensor/parallel.h"
#include "vision/attacks/carlini_wagner.h"
#include "vision/attacks/deepfool.h"
#include "vision/attacks/gradient_sign.h"
#include "vision/attacks/measures.h"
#include "vision/attacks/pgd.h"
#include "vision/attacks/pixel_model.h"
#include "weights/load_weights.h"
#include "weights/zoo.h"

using namespace helder;

namespace {

struct Options {
  std::string model, weights, target = "none", method = "pgd", epsilon_text = "8/255", alpha_text = "1/255";
  std::filesystem::path image, out, json;
  double epsilon = 0, alpha = 0, enough = 0.99;
  int64_t steps = 60;
  bool random_start = false;
  uint64_t seed = 1;
  int threads = 0;
  Device device = Device::Cpu;
};

// ---- the picture and the model ----

/// The picture as classify resizes it, and what of it the model sees.
struct Picture8 {
  Tensor whole;  // [3,H,W], uint8
  Tensor seen;   // [3,crop,crop]: the middle of it, in the same memory
};

Picture8 load_picture(const Options& options, const ZooModel& zoo) {
  const Tensor image = load_image(options.image);
  const Preprocessing& wanted = zoo.preprocessing;
  check(image.size(1) >= wanted.crop && image.size(2) >= wanted.crop,
        "{} is {} by {} pixels; {} looks at {} by {}", options.image.string(), image.size(2), image.size(1),
        zoo.name, wanted.crop, wanted.crop);
  const Tensor whole =
      wanted.resize == 0 ? image : resize_shorter_side(image, wanted.resize, wanted.resample).clone();
  return {whole, center_crop(whole, wanted.crop, wanted.crop)};
}

/// The picture with other pixels where the model looks: classify resizes it to itself and sees just these.
Tensor with_seen(const Picture8& picture, const Tensor& seen) {
  const Tensor whole = picture.whole.clone();
  center_crop(whole, seen.size(1), seen.size(2)).copy_(seen);
  return whole;
}

struct Answer {
  int64_t index = 0;
  double probability = 0;
  Tensor probabilities = {};  // [C]
};

Answer answer_of(const Tensor& logits) {
  const Tensor probabilities = softmax(logits, 1)[0].to(Device::Cpu);
  const TopkResult best = topk(probabilities, 1);
  return {best.indices.to_vector<int64_t>()[0], best.values.to_vector<double>()[0], probabilities};
}

Answer ask(Module& model, const Tensor& seen) {
  const NoGrad guard;
  return answer_of(model(to_float(seen).unsqueeze(0).to(device_of(model))));
}

double probability_of(const Answer& answer, int64_t index) {
  return answer.probabilities.to_vector<double>()[static_cast<size_t>(index)];
}

// ---- the attack ----

/// What the model said before each step.
struct Trace {
  std::vector<double> steps = {}, original = {}, wanted = {};
  std::vector<Frame> frames = {};
};

struct Task {
  const Options& options;
  const Picture8& picture;
  Answer before = {};
  std::optional<int64_t> target = {};
  Trace trace = {};

  /// The probability of what the attack is for: the target, or the likeliest class that is not the original.
  double wanted(const Answer& answer) const {
    if (target) {
      return probability_of(answer, *target);
    }
    return answer.index == before.index ? topk(answer.probabilities, 2).values.to_vector<double>()[1]
                                        : answer.probability;
  }
  bool fooled(const Answer& answer) const {
    return target ? answer.index == *target : answer.index != before.index;
  }
  void add_to_trace(int64_t step, const Tensor& seen, const Answer& answer) {
    trace.steps.push_back(static_cast<double>(step));
    trace.original.push_back(100 * probability_of(answer, before.index));
    trace.wanted.push_back(100 * wanted(answer));
    trace.frames.push_back({seen, wanted(answer)});
  }
};

/// Runs the attack; [1,3,crop,crop].
Tensor attack(Module& model, Task& task, int64_t& steps) {
  const Options& options = task.options;
  const Device device = device_of(model);
  const Tensor x = to_float(task.picture.seen).unsqueeze(0).to(device);
  const Tensor labels = tensor<int64_t>({task.target.value_or(task.before.index)}).to(device);
  const bool targeted = task.target.has_value();
  Answer last;
  const AttackWatcher watch = [&](const AttackStep& step) {
    last = answer_of(step.logits);
    steps = step.step;
    task.add_to_trace(step.step, round_to_pixels(step.images[0].to(Device::Cpu), task.picture.seen, 1), last);
  };
  const auto finished = [&](double enough) { return task.fooled(last) && last.probability >= enough; };
  const AttackGoal goal = {.targeted = targeted, .enough = options.enough, .watch = watch};
  if (options.method == "fgsm") {
    steps = 1;
    task.add_to_trace(0, task.picture.seen, task.before);
    return fgsm(model, x, labels, {.epsilon = options.epsilon, .targeted = targeted});
  }
  if (options.method == "deepfool") {
    const Tensor changed = deepfool(model, x, labels, {.steps = options.steps, .watch = watch});
    steps += finished(0) ? 0 : 1;
    return changed;
  }
  if (options.method == "cw") {
    const Tensor changed =
        carlini_wagner(model, x, labels, {.steps = options.steps, .targeted = targeted, .watch = watch});
    ++steps;
    return changed;
  }
  Tensor changed;
  if (options.method == "bim") {
    changed = bim(model, x, labels,
                  {.epsilon = options.epsilon, .alpha = options.alpha, .steps = options.steps, .goal = goal});
  } else if (options.method == "mifgsm") {
    changed =
        mi_fgsm(model, x, labels,
                {.epsilon = options.epsilon, .alpha = options.alpha, .steps = options.steps, .goal = goal});
  } else {
    changed = pgd(model, x, labels,
                  {.epsilon = options.epsilon,
                   .alpha = options.alpha,
                   .steps = options.steps,
                   .random_start = options.random_start,
                   .seed = options.seed,
                   .goal = goal});
  }
  steps += finished(options.enough) ? 0 : 1;
  return changed;
}

/// The change in whole steps of an image file. What DeepFool and Carlini-Wagner find is just enough, and less
/// after rounding: it is enlarged, a little at a time, until the file itself fools the model.
Tensor as_pixels(Module& model, const Task& task, const Tensor& changed) {
  Tensor pixels = round_to_pixels(changed[0], task.picture.seen, task.options.epsilon);
  for (double enlarged = 1.1; enlarged < 20 && !task.fooled(ask(model, pixels)); enlarged *= 1.1) {
    if (task.options.method != "deepfool" && task.options.method != "cw") {
      break;
    }
    pixels = round_to_pixels(changed[0], task.picture.seen, task.options.epsilon, enlarged);
  }
  return pixels;
}

// ---- what is shown ----

void show(const char* when, const Answer& answer, const ZooModel& zoo) {
  const TopkResult best = topk(answer.probabilities, std::min<int64_t>(3, answer.probabilities.numel()));
  const auto indices = best.indices.to_vector<int64_t>();
  const auto values = best.values.to_vector<double>();
  for (size_t i = 0; i < indices.size(); ++i) {
    fmt::print("{:<8} {:<24} {} {:5.1f} %\n", i == 0 ? when : "",
               zoo.classes[static_cast<size_t>(indices[i])], draw_bar(values[i], 30), 100 * values[i]);
  }
}

void write_files(const Task& task, const ZooModel& zoo, const Tensor& pixels, int64_t steps) {
  const Options& options = task.options;
  const Tensor changed = with_seen(task.picture, pixels);
  const double times = magnification(pixels, task.picture.seen);
  save_png(options.out / "original.png", task.picture.whole);
  save_png(options.out / "adversarial.png", changed);
  save_png(options.out / "difference.png", magnified_difference(changed, task.picture.whole, times));
  const auto columns = [&](size_t most, int64_t side) {
    return draw_columns(task.trace.frames, task.picture.seen, most, side);
  };
  save_png(options.out / "strip.png", draw_strip(columns(10, 112)));
  save_animated_png(options.out / "animation.png", columns(30, 224));
  const auto name = [&](int64_t index) { return std::string(zoo.classes[static_cast<size_t>(index)]); };
  const std::string wanted = task.target ? name(*task.target) : "the likeliest other class";
  write_curves_html(
      options.out / "trace.html",
      {.title = fmt::format("{}: from {} to {}", options.image.filename().string(), name(task.before.index),
                            wanted),
       .facts = {{"model", options.model},
                 {"method", options.method},
                 {"epsilon", show_epsilon(options.epsilon)},
                 {"steps", fmt::format("{}", steps)}},
       .panels = {
           {.title = "What the model says at each step",
            .x_label = "step",
            .unit = " %",
            .curves = {{.name = name(task.before.index), .x = task.trace.steps, .y = task.trace.original},
                       {.name = wanted, .x = task.trace.steps, .y = task.trace.wanted}}}}});
  fmt::print(
      "\n{0}/original.png, {0}/adversarial.png\n{0}/difference.png, {1:.0f} times as large\n"
      "{0}/strip.png, {0}/animation.png, {0}/trace.html\n",
      options.out.string(), times);
}

void show_pictures(const Task& task, const Tensor& pixels) {
  const Terminal terminal = terminal_of(stdout);
  if (terminal.colours == Colours::None) {
    return;
  }
  constexpr int64_t kSide = 48;
  const Tensor& before = task.picture.seen;
  const Tensor difference = magnified_difference(pixels, before, magnification(pixels, before));
  fmt::print("{}\n", draw_pictures({{resize(before, kSide, kSide), {"original"}},
                                    {resize(pixels, kSide, kSide), {"adversarial"}},
                                    {resize(difference, kSide, kSide), {"difference, magnified"}}},
                                   terminal));
}

nlohmann::json class_json(const Answer& answer, const ZooModel& zoo) {
  return {{"class", answer.index},
          {"name", zoo.classes[static_cast<size_t>(answer.index)]},
          {"probability", answer.probability}};
}

void run(Options options) {
  options.epsilon = parse_epsilon(options.epsilon_text);
  options.alpha = parse_epsilon(options.alpha_text);
  const ZooModel& zoo = zoo_model(options.model);
  std::optional<int64_t> target;
  if (options.target != "none") {
    target = class_of_name(options.target, zoo.classes);
    check(options.method != "deepfool", "deepfool goes to the nearest other class; it takes --target none");
  }
  check_output_path(options.json);
  if (options.threads > 0) {
    set_num_threads(options.threads);
  }
  const Picture8 picture = load_picture(options, zoo);
  const init::SkipRandom skip;  // the weights come from the file
  const auto net = zoo.make(static_cast<int64_t>(zoo.classes.size()));
  load_weights(*net, *open_weights(find_weights(options.weights)), zoo.maps);
  PixelModel model(net, zoo.preprocessing);
  model.eval();
  model.to(options.device);

  Task task{.options = options, .picture = picture, .before = ask(model, picture.seen), .target = target};
  check(target != task.before.index,
        "{} is '{}' to {} already ({:.1f} %); the target has to be another class", options.image.string(),
        zoo.classes[static_cast<size_t>(task.before.index)], zoo.name, 100 * task.before.probability);
  std::filesystem::create_directories(options.out);

  const auto start = std::chrono::steady_clock::now();
  int64_t steps = 0;
  const Tensor changed = attack(model, task, steps).to(Device::Cpu);
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  const Tensor pixels = as_pixels(model, task, changed);
  const Answer after = ask(model, pixels);
  if (task.trace.steps.back() < static_cast<double>(steps)) {
    task.add_to_trace(steps, pixels, after);
  }

  const PerturbationNorms norms =
      perturbation_norms(to_float(picture.seen).unsqueeze(0), to_float(pixels).unsqueeze(0));
  const double linf = std::round(255 * norms.linf.item()) / 255;  // exactly, as the file has it
  show_pictures(task, pixels);
  show("before", task.before, zoo);
  show("after", after, zoo);
  fmt::print("\n{}, {} step{} in {:.2f} s: {}\n", options.method, steps, steps == 1 ? "" : "s", seconds,
             task.fooled(after) ? "fooled" : "not fooled; try more --steps or a larger --epsilon");
  fmt::print("changed by at most {} a pixel, {:.3f} in the L2 norm; structural similarity {:.4f}\n",
             show_epsilon(linf), norms.l2.item(), norms.ssim.item());
  write_files(task, zoo, pixels, steps);
  if (!options.json.empty()) {
    write_json(options.json, {{"model", options.model},
                              {"method", options.method},
                              {"epsilon", options.epsilon},
                              {"steps", steps},
                              {"original", class_json(task.before, zoo)},
                              {"adversarial", class_json(after, zoo)},
                              {"fooled", task.fooled(after)},
                              {"linf", linf},
                              {"l2", norms.l2.item()},
                              {"l0", norms.l0.item()},
                              {"ssim", norms.ssim.item()},
                              {"seconds", seconds}});
    fmt::print("results  {}\n", options.json.string());
  }
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app("Changes a picture so little that nobody sees it, and so that a network sees something else.",
               "attack");
  app.add_option("--model", options.model, "one of the zoo, as classify lists them")->required();
  app.add_option("--weights", options.weights, "its weights: a file, or hf:owner/name[/file][@revision]")
      ->required();
  app.add_option("--image", options.image, "the picture")->required();
  app.add_option("--target", options.target,
                 "what it is to become: a class's name or number; none: any other")
      ->capture_default_str();
  app.add_option("--method", options.method, "fgsm, bim, mifgsm, pgd, deepfool or cw")
      ->check(CLI::IsMember({"fgsm", "bim", "mifgsm", "pgd", "deepfool", "cw"}))
      ->capture_default_str();
  app.add_option("--epsilon", options.epsilon_text, "how far a pixel may move, of 0 to 1")
      ->capture_default_str();
  app.add_option("--alpha", options.alpha_text, "how far in one step of bim, mifgsm and pgd")
      ->capture_default_str();
  app.add_option("--steps", options.steps, "at most")->check(CLI::Range(1, 100000))->capture_default_str();
  app.add_option("--enough", options.enough, "bim, mifgsm and pgd stop at this probability")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  app.add_flag("--random-start", options.random_start,
               "pgd begins somewhere in the ball, not at the picture");
  app.add_option("--out", options.out, "folder for the pictures and the plot, made where it is not there")
      ->required();
  app.add_option("--seed", options.seed, "of the random start")->capture_default_str();
  app.add_option("--threads", options.threads, "by default one for each core")->check(CLI::Range(1, 1024));
  add_device_flag(app, options.device);
  app.add_option("--json", options.json, "write the results here, for machines");
  return parse_and_run(app, argc, argv, [&] {
    run(options);
    return 0;
  });
}
