// How many pictures networks still see right when each pixel may move: accuracy against epsilon

#include <chrono>
#include <iostream>
#include <nlohmann/json.hpp>

#include "autograd/ops.h"
#include "data/mnist.h"
#include "examples/common/class_pictures.h"
#include "examples/common/command_line.h"
#include "examples/common/device_flag.h"
#include "examples/common/epsilon.h"
#include "examples/common/named_model.h"
#include "examples/common/output_files.h"
#include "inspect/curves.h"
#include "tensor/factories.h"
#include "tensor/parallel.h"
#include "vision/attacks/gradient_sign.h"
#include "vision/attacks/measures.h"
#include "vision/attacks/pgd.h"
#include "vision/attacks/pixel_model.h"
#include "vision/attacks/universal.h"
#include "weights/zoo.h"

using namespace helder;

namespace {

struct Options {
  std::filesystem::path data, out, json;
  std::vector<std::string> models, methods = {"fgsm", "pgd"}, epsilons;
  std::string matrix_epsilon = "8/255", transfer_epsilon = "8/255";
  int64_t images = 100, matrix_images = 0, steps = 10;
  bool transfer = false;
  uint64_t seed = 1;
  int threads = 0;
  Device device = Device::Cpu;
};

// ---- pictures and models ----

struct Pictures {
  std::string name;
  Tensor images, labels;  // [N,C,H,W] in [0, 1]
  std::vector<std::string> classes;
};

bool is_of_digits(const Options& options) {
  return std::filesystem::is_directory(options.data) && has_mnist(options.data);
}

/// MNIST's first test images.
Pictures load_digits_of(const Options& options) {
  const ImageDataset test = load_mnist(options.data).test;
  const int64_t count = std::min(options.images, test.size());
  Pictures pictures{"mnist",
                    div(test.images.slice(0, 0, count).to(DType::Float32), 255),
                    test.labels.slice(0, 0, count).contiguous(),
                    {}};
  for (int digit = 0; digit < 10; ++digit) {
    pictures.classes.push_back(std::to_string(digit));
  }
  return pictures;
}

/// So many pictures, of all classes alike, as a model of the zoo sees them before it normalises them.
Pictures load_pictures_of(const Options& options, const ZooModel& zoo) {
  ClassPictures found = find_class_pictures(options.data);
  const auto classes = static_cast<int64_t>(found.classes.size());
  found = find_class_pictures(
      options.data, {.per_class = std::max<int64_t>(options.images / classes, 1), .seed = options.seed});
  std::vector<int64_t> indices;
  for (size_t i = 0; i < found.pictures.size(); ++i) {
    indices.push_back(static_cast<int64_t>(i));
  }
  const ImageDataset data = load_pictures(found, indices, zoo.preprocessing);
  const int64_t crop = zoo.preprocessing.crop, margin = (data.images.size(2) - crop) / 2;
  const Tensor seen = data.images.slice(2, margin, margin + crop).slice(3, margin, margin + crop);
  Pictures pictures{found.name, div(seen.to(DType::Float32), 255), data.labels, found.classes};
  // Folders may be some of the model's classes, in another order.
  const std::vector<int64_t> number = classes_of_folders(found.classes, zoo.classes);
  for (int64_t i = 0; i < data.labels.numel(); ++i) {
    int64_t& label = pictures.labels.at<int64_t>({i});
    label = number[static_cast<size_t>(label)];
  }
  pictures.classes.assign(zoo.classes.begin(), zoo.classes.end());
  return pictures;
}

struct Model {
  std::string name;
  std::shared_ptr<PixelModel> module;
};

/// `NAME=WEIGHTS`; a third part, `NAME=WEIGHTS=CALLED`, is what the page calls it.
Model load_model(const std::string& text, bool digits) {
  const size_t equals = text.find('=');
  check(equals != text.npos && equals > 0, "--model {}: it takes a name and its weights, as in resnet20=FILE",
        text);
  const size_t second = text.find('=', equals + 1);
  const std::string name = text.substr(0, equals);
  check(digits == is_digit_model(name), "--model {}: {} looks at {}", text, name,
        digits ? "pictures in colour; for digits there are cnn, lenet, resnet8 and vit" : "MNIST only");
  const NamedModel named = named_model(name, text.substr(equals + 1, second - equals - 1));
  Model model{second == text.npos ? name : text.substr(second + 1), {}};
  model.module = digits ? make<PixelModel>(named.module, std::vector<float>{kMnistMean},
                                           std::vector<float>{kMnistDeviation})
                        : make<PixelModel>(named.module, named.preprocessing);
  model.module->eval();
  return model;
}

// ---- what is measured ----

/// Noise of the same size: what is left of an attack without its gradient.
Tensor noise(const Tensor& x, double epsilon, Generator& generator) {
  return clamp(x + sign(rand(x.shape(), x.dtype(), generator) - 0.5) * epsilon, 0, 1);
}

/// An image that the model is wrong about is not taken further.
Attack attack_of(const std::string& method, double epsilon, const Options& options, bool targeted = false) {
  const int64_t steps = options.steps;
  const double alpha = 2.5 * epsilon / static_cast<double>(steps);
  const uint64_t seed = options.seed;
  return [=](Module& model, const Tensor& x, const Tensor& y) {
    const AttackGoal goal = {.targeted = targeted, .enough = 0};
    if (method == "noise") {
      Generator generator(seed);
      return noise(x, epsilon, generator);
    }
    if (method == "fgsm") {
      return fgsm(model, x, y, {.epsilon = epsilon, .targeted = targeted});
    }
    if (method == "bim") {
      return bim(model, x, y, {.epsilon = epsilon, .alpha = alpha, .steps = steps, .goal = goal});
    }
    if (method == "mifgsm") {
      return mi_fgsm(model, x, y, {.epsilon = epsilon, .alpha = alpha, .steps = steps, .goal = goal});
    }
    return pgd(model, x, y, {.epsilon = epsilon, .alpha = alpha, .steps = steps, .seed = seed, .goal = goal});
  };
}

/// One change for all images, found on one half of them and tried on the other.
double accuracy_under_universal(Module& model, const Pictures& pictures, double epsilon,
                                const Options& options) {
  const int64_t half = pictures.labels.numel() / 2;
  const Tensor change = universal_perturbation(
      model, pictures.images.slice(0, 0, half), pictures.labels.slice(0, 0, half),
      {.epsilon = epsilon, .alpha = epsilon / 4, .epochs = options.steps, .seed = options.seed});
  return robust_accuracy(model, pictures.images.slice(0, half, {}), pictures.labels.slice(0, half, {}),
                         [&](Module&, const Tensor& x, const Tensor&) { return clamp(x + change, 0, 1); });
}

struct Results {
  nlohmann::json json;
  CurvesPage page;
};

void measure_curves(const Pictures& pictures, const std::vector<Model>& models,
                    const std::vector<double>& epsilons, const Options& options, Results& results) {
  for (const Model& model : models) {
    CurvePanel panel{.title = model.name, .x_label = "epsilon, 255ths", .unit = " %", .curves = {}};
    fmt::print("\n{:<24}", model.name);
    for (const double epsilon : epsilons) {
      fmt::print("{:>9}", show_epsilon(epsilon));
    }
    for (const std::string& method : options.methods) {
      fmt::print("\n  {:<22}", method);
      Curve curve{.name = method, .x = {}, .y = {}};
      for (const double epsilon : epsilons) {
        const double accuracy = method == "universal"
                                    ? accuracy_under_universal(*model.module, pictures, epsilon, options)
                                    : robust_accuracy(*model.module, pictures.images, pictures.labels,
                                                      attack_of(method, epsilon, options));
        curve.x.push_back(255 * epsilon);
        curve.y.push_back(100 * accuracy);
        fmt::print("{:>7.1f} %", 100 * accuracy);
        std::cout.flush();
        results.json["accuracy"].push_back(
            {{"model", model.name}, {"method", method}, {"epsilon", epsilon}, {"accuracy", accuracy}});
      }
      panel.curves.push_back(curve);
    }
    fmt::print("\n");
    results.page.panels.push_back(panel);
  }
}

std::vector<double> row_of(const Tensor& matrix, int64_t row) { return matrix[row].to_vector<double>(); }

void measure_transfer(const Pictures& pictures, const std::vector<Model>& models, const Options& options,
                      Results& results) {
  const double epsilon = parse_epsilon(options.transfer_epsilon);
  std::vector<Module*> modules;
  ShareTable table{.title = fmt::format("Transfer at {}", show_epsilon(epsilon)),
                   .caption =
                       "Accuracy, in percent. Rows: the model whose gradient made the pictures. Columns: the "
                       "model that looks at them."};
  for (const Model& model : models) {
    modules.push_back(model.module.get());
    table.rows.push_back(model.name);
    table.columns.push_back(model.name);
  }
  // MI-FGSM to the end: an image that stops where one model is just fooled fools no other.
  const Attack attack = [&](Module& model, const Tensor& x, const Tensor& y) {
    return mi_fgsm(model, x, y,
                   {.epsilon = epsilon,
                    .alpha = 2.5 * epsilon / static_cast<double>(options.steps),
                    .steps = options.steps});
  };
  const Tensor matrix = transfer_matrix(modules, pictures.images, pictures.labels, attack);
  fmt::print("\naccuracy on pictures made with another model's gradient (rows), epsilon {}\n{}\n",
             show_epsilon(epsilon), matrix.str());
  for (int64_t row = 0; row < matrix.size(0); ++row) {
    table.shares.push_back(row_of(matrix, row));
  }
  results.json["transfer"] = {{"epsilon", epsilon}, {"models", table.rows}, {"accuracy", table.shares}};
  results.page.tables.push_back(table);
}

/// Each class as each other, for the first model.
void measure_matrix(const Pictures& pictures, const Model& model, const Options& options, Results& results) {
  const double epsilon = parse_epsilon(options.matrix_epsilon);
  const auto classes = static_cast<int64_t>(pictures.classes.size());
  check(classes <= 100, "--matrix-images: a matrix of {} by {} classes is for nobody to look at", classes,
        classes);
  const int64_t count = std::min(options.matrix_images, pictures.labels.numel());
  const SuccessMatrix matrix =
      success_matrix(*model.module, pictures.images.slice(0, 0, count), pictures.labels.slice(0, 0, count),
                     classes, attack_of("pgd", epsilon, options, /*targeted=*/true));
  ShareTable table{.title = fmt::format("{}: from class to class at {}", model.name, show_epsilon(epsilon)),
                   .caption =
                       "How often a picture was made to be something else, in percent. Rows: what it is. "
                       "Columns: the target.",
                   .rows = pictures.classes,
                   .columns = pictures.classes,
                   .shares = {}};
  nlohmann::json rates = nlohmann::json::array();
  for (int64_t row = 0; row < classes; ++row) {
    table.shares.emplace_back();
    rates.push_back(nlohmann::json::array());
    for (int64_t column = 0; column < classes; ++column) {
      const double rate = matrix.rate(row, column);
      table.shares.back().push_back(rate);
      rates.back().push_back(std::isfinite(rate) ? nlohmann::json(rate) : nlohmann::json());
    }
  }
  fmt::print("\n{}: {:.1f} % of {:.0f} attacks with a target succeed at epsilon {}\n", model.name,
             100 * matrix.mean_rate(), sum(matrix.attempts).item(), show_epsilon(epsilon));
  results.json["matrix"] = {{"epsilon", epsilon},          {"model", model.name},
                            {"classes", pictures.classes}, {"rates", rates},
                            {"mean", matrix.mean_rate()},  {"attempts", sum(matrix.attempts).item()}};
  results.page.tables.push_back(table);
}

void run(const Options& options) {
  check_output_path(options.out);
  check_output_path(options.json);
  if (options.threads > 0) {
    set_num_threads(options.threads);
  }
  std::vector<double> epsilons;
  for (const std::string& text : options.epsilons) {
    epsilons.push_back(parse_epsilon(text));
  }
  std::sort(epsilons.begin(), epsilons.end());
  check(std::filesystem::exists(options.data), "{}: No such file or directory", options.data.string());
  const bool digits = is_of_digits(options);
  std::vector<Model> models;
  for (const std::string& text : options.models) {
    models.push_back(load_model(text, digits));
    models.back().module->to(options.device);
  }
  Pictures pictures =
      digits ? load_digits_of(options)
             : load_pictures_of(options, zoo_model(options.models[0].substr(0, options.models[0].find('='))));
  fmt::print("{}: {} pictures\n", pictures.name, pictures.labels.numel());
  pictures.images = pictures.images.to(options.device);
  pictures.labels = pictures.labels.to(options.device);

  const auto start = std::chrono::steady_clock::now();
  Results results;
  measure_curves(pictures, models, epsilons, options, results);
  if (options.transfer) {
    measure_transfer(pictures, models, options, results);
  }
  if (options.matrix_images > 0) {
    measure_matrix(pictures, models[0], options, results);
  }
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  results.page.title = "Accuracy against epsilon";
  results.page.facts = {{"pictures", fmt::format("{} of {}", pictures.labels.numel(), pictures.name)},
                        {"steps", fmt::format("{}", options.steps)},
                        {"seed", fmt::format("{}", options.seed)}};
  write_curves_html(options.out, results.page);
  fmt::print("\npage     {}\n", options.out.string());
  if (!options.json.empty()) {
    results.json["data"] = pictures.name;
    results.json["images"] = pictures.labels.numel();
    results.json["steps"] = options.steps;
    results.json["seconds"] = seconds;
    write_json(options.json, results.json);
    fmt::print("results  {}\n", options.json.string());
  }
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  options.out = "robustness.html";
  options.epsilons = {"0", "1/255", "2/255", "4/255", "8/255", "16/255"};
  CLI::App app("How many pictures networks still see right when each pixel may move by epsilon.",
               "robustness");
  app.add_option(
         "DATA", options.data,
         "MNIST's folder; a .bin file of CIFAR-10; or pictures in a folder a class, also in a zip archive")
      ->required();
  app.add_option("--model", options.models,
                 "NAME=WEIGHTS or NAME=WEIGHTS=CALLED, several times: one of the zoo, or one that mnist_cnn "
                 "trains (cnn, lenet, resnet8, vit); weights are a "
                 "file or hf:owner/name")
      ->required();
  app.add_option("--methods", options.methods, "of noise, fgsm, bim, mifgsm, pgd and universal")
      ->delimiter(',')
      ->check(CLI::IsMember({"noise", "fgsm", "bim", "mifgsm", "pgd", "universal"}))
      ->capture_default_str();
  app.add_option("--epsilons", options.epsilons, "with commas between them")
      ->delimiter(',')
      ->capture_default_str();
  app.add_option("--steps", options.steps, "of the attacks that take several")
      ->check(CLI::Range(1, 10000))
      ->capture_default_str();
  app.add_option("--images", options.images, "how many, of all classes alike")
      ->check(CLI::Range(2, 1000000))
      ->capture_default_str();
  app.add_flag("--transfer", options.transfer, "attack each model with each other's gradient");
  app.add_option("--transfer-epsilon", options.transfer_epsilon)->capture_default_str();
  app.add_option("--matrix-images", options.matrix_images,
                 "turn so many pictures into each other class, with the first model");
  app.add_option("--matrix-epsilon", options.matrix_epsilon)->capture_default_str();
  app.add_option("--out", options.out, "the page")->capture_default_str();
  app.add_option("--seed", options.seed, "of the choice of pictures and of random starts")
      ->capture_default_str();
  app.add_option("--threads", options.threads, "by default one for each core")->check(CLI::Range(1, 1024));
  add_device_flag(app, options.device);
  app.add_option("--json", options.json, "write the results here, for machines");
  return parse_and_run(app, argc, argv, [&] {
    run(options);
    return 0;
  });
}
