// Says what is on pictures, with pretrained weights

#include <CLI/CLI.hpp>
#include <chrono>
#include <exception>
#include <nlohmann/json.hpp>

#include "autograd/grad_mode.h"
#include "autograd/ops/softmax.h"
#include "autograd/ops/stack.h"
#include "autograd/ops/topk.h"
#include "data/image_transforms.h"
#include "data/resize.h"
#include "examples/common/command_line.h"
#include "examples/common/device_flag.h"
#include "examples/common/labelled_images.h"
#include "examples/common/output_files.h"
#include "examples/common/weights_flag.h"
#include "inspect/terminal.h"
#include "layers/init.h"
#include "tensor/parallel.h"
#include "weights/load_weights.h"
#include "weights/zoo.h"

using namespace helder;

namespace {

struct Options {
  std::string model;
  std::filesystem::path weights, json;
  ImageRequest request = {};
  int64_t top = 5, batch_size = 16;
  int threads = 0;
  Device device = Device::Cpu;
};

double milliseconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

/// What the model says of one picture.
struct Answer {
  std::vector<int64_t> classes = {};       // the likeliest first; at least 5 where there are as many
  std::vector<double> probabilities = {};  // theirs
  double milliseconds = 0;                 // decoding, preprocessing, and its share of the batch
};

// ---- the work: decode, preprocess, ask the model ----

/// Pictures as the model wants them, [B,3,crop,crop], each decoded by one thread.
Tensor load_batch(std::span<const LabelledImage> images, const Preprocessing& preprocessing,
                  std::span<Answer> answers) {
  std::vector<Tensor> inputs(images.size());
  std::vector<std::exception_ptr> errors(images.size());  // a parallel loop must not throw
  parallel_for(static_cast<int64_t>(images.size()), /*grain=*/1, [&](int64_t begin, int64_t) {
    const auto i = static_cast<size_t>(begin);
    const auto start = std::chrono::steady_clock::now();
    try {
      inputs[i] = preprocess(images[i].load(), preprocessing);
    } catch (...) {
      errors[i] = std::current_exception();
    }
    answers[i].milliseconds = milliseconds_since(start);
  });
  for (const std::exception_ptr& error : errors) {
    if (error) {
      std::rethrow_exception(error);
    }
  }
  return stack(inputs);
}

void answer_batch(Module& model, const Preprocessing& preprocessing, int64_t top,
                  std::span<const LabelledImage> images, std::span<Answer> answers) {
  const Tensor inputs = load_batch(images, preprocessing, answers);
  const auto start = std::chrono::steady_clock::now();
  const Tensor probabilities = softmax(model(inputs.to(device_of(model))), 1);  // [B, classes]
  const TopkResult best = topk(probabilities, top);
  const double share = milliseconds_since(start) / static_cast<double>(images.size());
  for (size_t i = 0; i < images.size(); ++i) {
    answers[i].classes = best.indices[static_cast<int64_t>(i)].to_vector<int64_t>();
    answers[i].probabilities = best.values[static_cast<int64_t>(i)].to_vector<double>();
    answers[i].milliseconds += share;
  }
}

// ---- what is shown ----

std::string percent(double share) { return fmt::format("{:5.1f} %", 100 * share); }

/// The picture where there are colours to draw it with, and a bar for each of the likeliest classes.
void show(const LabelledImage& image, const Answer& answer, int64_t top, const ZooModel& zoo) {
  const Terminal terminal = terminal_of(stdout);
  if (terminal.colours != Colours::None) {
    constexpr int64_t kSide = 64;  // pixels; a character is two, one above the other
    const Tensor pixels = image.load();
    const int64_t height = pixels.size(1), width = pixels.size(2);
    const int64_t longer = std::max(height, width), side = std::min<int64_t>(terminal.width, kSide);
    const auto shown = [&](int64_t size) { return std::max<int64_t>(size * side / longer, 1); };
    fmt::print("{}", draw_image(resize(pixels, shown(height), shown(width)), terminal));
  }
  fmt::print("{}\n", image.file);
  size_t longest = 0;
  for (int64_t i = 0; i < top; ++i) {
    longest =
        std::max(longest, zoo.classes[static_cast<size_t>(answer.classes[static_cast<size_t>(i)])].size());
  }
  for (size_t i = 0; i < static_cast<size_t>(top); ++i) {
    const auto index = answer.classes[i];
    fmt::print("  {:<{}} {} {}{}\n", zoo.classes[static_cast<size_t>(index)], longest,
               draw_bar(answer.probabilities[i], 30, terminal), percent(answer.probabilities[i]),
               image.label == index ? "  (the label)" : "");
  }
  fmt::print("\n");
}

/// How many of the pictures with labels have theirs among the first `top` answers.
struct Score {
  int64_t labelled = 0, first = 0, among_five = 0;
};

Score score_of(const std::vector<LabelledImage>& images, const std::vector<Answer>& answers) {
  Score score;
  for (size_t i = 0; i < images.size(); ++i) {
    if (const auto label = images[i].label) {
      const auto& classes = answers[i].classes;
      const auto five = classes.begin() + static_cast<std::ptrdiff_t>(std::min<size_t>(classes.size(), 5));
      ++score.labelled;
      score.first += classes.front() == *label;
      score.among_five += std::find(classes.begin(), five, *label) != five;
    }
  }
  return score;
}

nlohmann::json results_of(const Options& options, const ZooModel& zoo,
                          const std::vector<LabelledImage>& images, const std::vector<Answer>& answers,
                          const Score& score, double seconds) {
  nlohmann::json list = nlohmann::json::array();
  for (size_t i = 0; i < images.size(); ++i) {
    nlohmann::json top = nlohmann::json::array();
    for (size_t k = 0; k < static_cast<size_t>(options.top); ++k) {
      const int64_t index = answers[i].classes[k];
      top.push_back({{"class", index},
                     {"name", zoo.classes[static_cast<size_t>(index)]},
                     {"probability", answers[i].probabilities[k]}});
    }
    list.push_back({{"file", images[i].file}, {"top", top}, {"milliseconds", answers[i].milliseconds}});
    if (images[i].label) {
      list.back()["label"] = *images[i].label;
    }
  }
  nlohmann::json results = {{"model", options.model},
                            {"weights", options.weights.string()},
                            {"images", list},
                            {"images_per_second", static_cast<double>(images.size()) / seconds}};
  if (score.labelled > 0) {
    const auto count = static_cast<double>(score.labelled);
    results["labelled"] = score.labelled;
    results["correct"] = score.first;
    results["top1"] = static_cast<double>(score.first) / count;
    results["top5"] = static_cast<double>(score.among_five) / count;
  }
  return results;
}

void run(Options options) {
  check_output_path(options.json);
  if (options.threads > 0) {
    set_num_threads(options.threads);
  }
  const ZooModel& zoo = zoo_model(options.model);
  const auto classes = static_cast<int64_t>(zoo.classes.size());
  options.top = std::min(options.top, classes);
  options.request.classes = zoo.classes;
  const std::vector<LabelledImage> images = find_images(options.request);
  check(!images.empty(), "there is no image to classify; give files, directories, or --labels DIR");

  const init::SkipRandom skip;  // the weights come from the file
  const auto model = zoo.make(classes);
  const std::string_view naming =
      load_weights(*model, *open_weights(find_weights(options.weights)), zoo.maps);
  model->eval();
  model->to(options.device);
  fmt::print("{}: {} parameters from {}{}\n\n", zoo.name, model->parameter_count(), options.weights.string(),
             naming.empty() ? "" : fmt::format(" (named as in {})", naming));

  const NoGrad guard;
  const size_t batch_size = static_cast<size_t>(options.batch_size);
  const bool few = images.size() <= 100;  // more would not be looked at
  const bool watched = terminal_of(stdout).interactive;
  std::vector<Answer> answers(images.size());
  double seconds = 0;  // without the time that showing takes
  for (size_t first = 0; first < images.size(); first += batch_size) {
    const size_t count = std::min(batch_size, images.size() - first);
    const auto start = std::chrono::steady_clock::now();
    answer_batch(*model, zoo.preprocessing, std::min(classes, std::max<int64_t>(options.top, 5)),
                 std::span(images).subspan(first, count), std::span(answers).subspan(first, count));
    seconds += milliseconds_since(start) / 1000;
    for (size_t i = first; few && i < first + count; ++i) {
      show(images[i], answers[i], options.top, zoo);
    }
    if (!few && watched) {
      fmt::print("\r{} of {} images", first + count, images.size());
      std::fflush(stdout);
    }
  }
  fmt::print("{}{} image{} in {:.2f} s: {:.1f} images/s\n", !few && watched ? "\r\033[K" : "", images.size(),
             images.size() == 1 ? "" : "s", seconds, static_cast<double>(images.size()) / seconds);
  const Score score = score_of(images, answers);
  if (score.labelled > 0) {
    const auto line = [&](const char* name, int64_t right) {
      fmt::print("{} {:.2f} % ({} of {})\n", name,
                 100 * static_cast<double>(right) / static_cast<double>(score.labelled), right,
                 score.labelled);
    };
    line("top-1", score.first);
    line("top-5", score.among_five);
  }
  if (!options.json.empty()) {
    write_json(options.json, results_of(options, zoo, images, answers, score, seconds));
    fmt::print("results  {}\n", options.json.string());
  }
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app("Says what is on pictures, with the weights that somebody else trained.", "classify");
  std::string names;
  for (const ZooModel& model : zoo()) {
    names += (names.empty() ? "" : ", ") + std::string(model.name);
  }
  app.add_option("--model", options.model, "one of " + names)->required();
  app.add_option("--weights", options.weights, "its weights: a file, or hf:owner/name[/file][@revision]")
      ->required();
  app.add_option("IMAGE", options.request.inputs,
                 "images, directories of them, zip archives with a folder a class, .bin files of CIFAR-10");
  app.add_option("--top", options.top, "how many classes to name")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  CLI::Option* labels =
      app.add_option("--labels", options.request.labels,
                     "the folders that images lie in are their classes: counts right answers. With "
                     "DIR, those of this directory (or zip archive); without, of each IMAGE")
          ->expected(0, 1)
          ->type_name("[DIR]");
  app.add_option("--batch-size", options.batch_size, "images at once")
      ->check(CLI::Range(1, 4096))
      ->capture_default_str();
  app.add_option("--threads", options.threads, "by default one for each core")->check(CLI::Range(1, 1024));
  add_device_flag(app, options.device);
  app.add_option("--json", options.json, "write the results here, for machines");
  return parse_and_run(app, argc, argv, [&] {
    options.request.labelled = labels->count() > 0;
    run(options);
    return 0;
  });
}
