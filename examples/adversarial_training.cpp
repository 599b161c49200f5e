// A network that reads digits is shown the images that fool it while it learns, and compared with one that
// was not

#include <chrono>
#include <ctime>
#include <iostream>
#include <nlohmann/json.hpp>

#include "autograd/ops/cross_entropy.h"
#include "autograd/ops/div.h"
#include "data/digits.h"
#include "data/loader.h"
#include "examples/common/command_line.h"
#include "examples/common/device_flag.h"
#include "examples/common/epsilon.h"
#include "examples/common/output_files.h"
#include "examples/common/weights_flag.h"
#include "inspect/curves.h"
#include "inspect/terminal.h"
#include "models/mnist_cnn.h"
#include "tensor/parallel.h"
#include "training/adam.h"
#include "training/interrupt.h"
#include "training/metrics.h"
#include "training/progress.h"
#include "training/schedule.h"
#include "vision/attacks/defences.h"
#include "vision/attacks/gradient_sign.h"
#include "vision/attacks/measures.h"
#include "vision/attacks/pgd.h"
#include "vision/attacks/pixel_model.h"
#include "weights/safetensors.h"

using namespace helder;

namespace {

struct Options {
  std::filesystem::path data, plot, json, save_plain, save_robust;
  DigitCounts counts;
  std::string epsilon_text = "0.2", train_epsilon_text = "0.25";
  double epsilon = 0, train_epsilon = 0;
  int64_t plain_epochs = 3, epochs = 3, batch_size = 64, attack_steps = 3, attack_images = 1000;
  double lr = 2e-3;
  uint64_t seed = 1;
  int threads = 0;
  Device device = Device::Cpu;
};

// ---- the two networks, which see the same images but for one line ----

struct Network {
  std::string name;
  std::shared_ptr<MnistCnn> net;
  std::shared_ptr<PixelModel> model;  // pixels in [0, 1] in
  double seconds = 0;                 // of training
  double cpu_seconds = 0;             // the same, of all cores together: what a busy machine does not stretch
};

Network make_network(const std::string& name, uint64_t seed) {
  manual_seed(seed);
  const auto net = make<MnistCnn>();
  return {name, net,
          make<PixelModel>(net, std::vector<float>{kMnistMean}, std::vector<float>{kMnistDeviation})};
}

/// The images of a batch moved to where the network is wrong about them, as far as a few steps find such a
/// place (Madry et al., 2018): the inner maximum of min over weights of max over changes.
Tensor worst_nearby(Module& model, const Batch& batch, double epsilon, const Options& options,
                    uint64_t seed) {
  return pgd(model, batch.images, batch.labels,
             {.epsilon = epsilon,
              .alpha = 1.25 * epsilon / static_cast<double>(options.attack_steps),
              .steps = options.attack_steps,
              .seed = seed});
}

/// False when Ctrl-C ended it.
bool train(Network& network, const DataLoader& loader, int64_t epochs, bool adversarial,
           const Options& options) {
  Adam optimizer(network.net->parameters(), {.lr = options.lr});
  const int64_t steps = loader.batches_per_epoch();
  OneCycleLR schedule(optimizer, options.lr, std::max<int64_t>(epochs * steps, 1));
  PixelModel& model = *network.model;
  model.train();
  if (adversarial) {  // the changes are noise enough; with dropout as well it learns too slowly
    network.net->dropout1.eval();
    network.net->dropout2.eval();
  }
  const std::clock_t cpu_start = std::clock();
  const auto start = std::chrono::steady_clock::now();
  const auto seconds = [&] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  };
  int64_t images = 0;
  for (int64_t epoch = 0; epoch < epochs; ++epoch) {
    ProgressBar progress({.epoch = epoch + 1, .epochs = epochs, .steps = steps});
    double loss_sum = 0;
    int64_t seen = 0, correct = 0;
    for (const Batch& prepared : loader.epoch(epoch)) {
      const Batch batch = {prepared.images.to(options.device), prepared.labels.to(options.device),
                           prepared.index};
      Tensor x = batch.images;
      if (adversarial) {
        // Epsilon grows over the first half epoch: from the start on, nothing would be learned at all.
        const auto step = static_cast<double>(schedule.steps_taken());
        const double epsilon = options.train_epsilon * std::min(1.0, 2 * step / static_cast<double>(steps));
        x = worst_nearby(model, batch, epsilon, options, options.seed + static_cast<uint64_t>(step));
      }
      optimizer.zero_grad();
      const Tensor logits = model(x);
      const Tensor loss = cross_entropy(logits, batch.labels);
      loss.backward();
      check(std::isfinite(loss.item()), "the loss is {} after {} steps; try a smaller --lr", loss.item(),
            schedule.steps_taken());
      optimizer.step();
      schedule.step();
      seen += batch.size();
      images += batch.size();
      correct += count_correct(logits, batch.labels);
      loss_sum += loss.item() * static_cast<double>(batch.size());
      progress.update({.step = batch.index + 1,
                       .loss = loss.item(),
                       .accuracy = static_cast<double>(correct) / static_cast<double>(seen),
                       .images_per_second = static_cast<double>(images) / seconds()});
      if (InterruptGuard::interrupted()) {
        return false;
      }
    }
    fmt::print("{} network, epoch {}/{}: loss {:.4f}, accuracy {:.2f} % on what it was shown, {:.0f} s\n",
               network.name, epoch + 1, epochs, loss_sum / static_cast<double>(seen),
               100 * static_cast<double>(correct) / static_cast<double>(seen), seconds());
    std::cout.flush();
  }
  network.seconds = seconds();
  network.cpu_seconds = static_cast<double>(std::clock() - cpu_start) / CLOCKS_PER_SEC;
  model.eval();
  return true;
}

// ---- what is measured ----

struct TestSet {
  Tensor images, labels;  // pixels in [0, 1]

  TestSet first(int64_t count) const {
    const int64_t most = std::min(count, labels.size(0));
    return {images.slice(0, 0, most), labels.slice(0, 0, most)};
  }
};

Attack fgsm_at(double epsilon) {
  return [=](Module& model, const Tensor& x, const Tensor& y) {
    return fgsm(model, x, y, {.epsilon = epsilon});
  };
}

/// `steps` of PGD. An image that the model is wrong about is not taken further.
Attack pgd_at(double epsilon, int64_t steps) {
  return [=](Module& model, const Tensor& x, const Tensor& y) {
    return pgd(model, x, y,
               {.epsilon = epsilon,
                .alpha = 2.5 * epsilon / static_cast<double>(steps),
                .steps = steps,
                .goal = {.enough = 0}});
  };
}

/// One line of the table: accuracies from 0 to 1.
struct Row {
  std::string name;
  double clean, fgsm, pgd;
};

constexpr double kFgsmEpsilon = 0.25;
constexpr int64_t kPgdSteps = 40;

Row measure(const std::string& name, Module& model, const TestSet& all, const TestSet& part, double epsilon) {
  const Attack nothing = [](Module&, const Tensor& x, const Tensor&) { return x; };
  return {name, robust_accuracy(model, all.images, all.labels, nothing),
          robust_accuracy(model, all.images, all.labels, fgsm_at(kFgsmEpsilon)),
          robust_accuracy(model, part.images, part.labels, pgd_at(epsilon, kPgdSteps))};
}

/// The defences that need no training. Each is attacked through its own gradient, which quantisation has not:
/// so it is attacked as if it had (`seen through`) as well.
std::vector<Row> measure_defences(const Network& plain, const TestSet& few, double epsilon) {
  InputQuantisation masked(plain.model, {.levels = 2});
  InputQuantisation seen_through(plain.model, {.levels = 2, .straight_through = true});
  RandomSmoothing smoothed(plain.model, {.sigma = 0.25, .samples = 8});
  return {measure("plain, black and white", masked, few, few, epsilon),
          measure("the same, seen through", seen_through, few, few, epsilon),
          measure("plain, smoothed by noise", smoothed, few, few.first(100), epsilon)};
}

/// Accuracy under PGD against epsilon.
Curve curve_of(const Network& network, const TestSet& part) {
  Curve curve{.name = network.name, .x = {}, .y = {}};
  for (int hundredths = 0; hundredths <= 40; hundredths += 5) {
    const double epsilon = hundredths / 100.0;
    curve.x.push_back(hundredths);
    curve.y.push_back(100 * robust_accuracy(*network.model, part.images, part.labels, pgd_at(epsilon, 10)));
  }
  return curve;
}

// ---- what is shown ----

void print_rows(const std::vector<Row>& rows, double epsilon) {
  fmt::print("{:<28}{:>10}{:>14}{:>16}\n", "", "clean", fmt::format("FGSM {:g}", kFgsmEpsilon),
             fmt::format("PGD-{} {:g}", kPgdSteps, epsilon));
  for (const Row& row : rows) {
    fmt::print("{:<28}{:>8.2f} %{:>12.2f} %{:>14.2f} %\n", row.name, 100 * row.clean, 100 * row.fgsm,
               100 * row.pgd);
  }
}

nlohmann::json json_of(const Row& row) {
  return {{"clean", row.clean}, {"fgsm", row.fgsm}, {"pgd", row.pgd}};
}

/// Digits before and after the attack, and what either network says of them.
void show_digits(const Network& plain, const Network& robust, const TestSet& test, double epsilon) {
  const Terminal terminal = terminal_of(stdout);
  if (terminal.colours == Colours::None) {
    return;
  }
  const TestSet few = test.first(4);
  const Attack attack = pgd_at(epsilon, kPgdSteps);
  std::vector<Picture> pictures;
  for (const Network* network : {&plain, &robust}) {
    const Tensor changed = attacked(*network->model, few.images, few.labels, attack);
    const auto answers = predictions(*network->model, changed).to_vector<int64_t>();
    for (size_t i = 0; i < answers.size(); ++i) {
      const auto row = static_cast<int64_t>(i);
      pictures.push_back({changed[row].to(Device::Cpu),
                          {fmt::format("{}: {}, a {}", network->name, answers[i],
                                       static_cast<int64_t>(few.labels[row].item()))}});
    }
  }
  fmt::print("\n{}", draw_pictures(pictures, terminal));
}

bool run(Options options) {
  options.epsilon = parse_epsilon(options.epsilon_text);
  options.train_epsilon = parse_epsilon(options.train_epsilon_text);
  for (const auto& path : {options.plot, options.json, options.save_plain, options.save_robust}) {
    check_output_path(path);
  }
  if (options.threads > 0) {
    set_num_threads(options.threads);
  }
  DigitData data = load_digits(options.data.empty() ? std::nullopt : std::optional(options.data),
                               show_download, options.counts);
  fmt::print("data     {}: {}\n", data.name, data.reason);
  data.train.mean = {0}, data.train.deviation = {1};  // the model normalises: an epsilon is one of pixels
  const DataLoader loader(data.train, {.batch_size = options.batch_size, .seed = options.seed});
  const TestSet test = {div(data.test.images.to(DType::Float32), 255).to(options.device),
                        data.test.labels.to(options.device)};
  const TestSet part = test.first(options.attack_images);

  Network plain = make_network("plain", options.seed), robust = make_network("robust", options.seed);
  plain.model->to(options.device);
  robust.model->to(options.device);
  const InterruptGuard guard;
  if (!train(plain, loader, options.plain_epochs, false, options) ||
      !train(robust, loader, options.epochs, true, options)) {
    fmt::print("interrupted; nothing was written\n");
    return false;
  }
  if (!options.save_plain.empty()) {
    save_safetensors(options.save_plain, plain.net->state_dict());
  }
  if (!options.save_robust.empty()) {
    save_safetensors(options.save_robust, robust.net->state_dict());
  }
  fmt::print("\non {} test images, PGD on {} of them\n", test.labels.numel(), part.labels.numel());
  std::vector<Row> rows = {measure("plain", *plain.model, test, part, options.epsilon),
                           measure("adversarially trained", *robust.model, test, part, options.epsilon)};
  for (const Row& row : measure_defences(plain, part.first(500), options.epsilon)) {
    rows.push_back(row);
  }
  print_rows(rows, options.epsilon);
  show_digits(plain, robust, test, options.epsilon);

  nlohmann::json results = {{"dataset", data.name},
                            {"epsilon", options.epsilon},
                            {"train_epsilon", options.train_epsilon},
                            {"attack_steps", options.attack_steps},
                            {"epochs", options.epochs},
                            {"batch_size", options.batch_size},
                            {"lr", options.lr},
                            {"seed", options.seed},
                            {"test_images", test.labels.numel()},
                            {"attack_images", part.labels.numel()},
                            {"plain", json_of(rows[0])},
                            {"robust", json_of(rows[1])},
                            {"quantised", json_of(rows[2])},
                            {"quantised_seen_through", json_of(rows[3])},
                            {"smoothed", json_of(rows[4])}};
  results["plain"]["seconds"] = plain.seconds;
  results["plain"]["cpu_seconds"] = plain.cpu_seconds;
  results["robust"]["seconds"] = robust.seconds;
  results["robust"]["cpu_seconds"] = robust.cpu_seconds;
  if (!options.plot.empty()) {
    const TestSet few = part.first(500);
    const std::vector<Curve> curves = {curve_of(plain, few), curve_of(robust, few)};
    write_curves_html(
        options.plot,
        {.title = "Adversarial training",
         .facts = {{"data", data.name},
                   {"trained at", show_epsilon(options.train_epsilon)},
                   {"steps of the attack in training", fmt::format("{}", options.attack_steps)}},
         .panels = {{.title = "Accuracy under 10 steps of PGD",
                     .x_label = "epsilon, hundredths",
                     .unit = " %",
                     .curves = curves}}});
    fmt::print("plot     {}\n", options.plot.string());
  }
  if (!options.json.empty()) {
    write_json(options.json, results);
    fmt::print("results  {}\n", options.json.string());
  }
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app("Trains a network on the images that fool it, and compares it with one that was not.",
               "adversarial_training");
  app.add_option("--epsilon", options.epsilon_text, "how far a pixel may move, of 0 to 1, in the comparison")
      ->capture_default_str();
  app.add_option("--train-epsilon", options.train_epsilon_text, "and in training")->capture_default_str();
  app.add_option("--attack-steps", options.attack_steps, "of PGD, for each step of training")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  app.add_option("--epochs", options.epochs, "passes over the training images with attacks")
      ->check(CLI::Range(1, 10000))
      ->capture_default_str();
  app.add_option("--plain-epochs", options.plain_epochs, "passes of the network to compare with")
      ->check(CLI::Range(1, 10000))
      ->capture_default_str();
  app.add_option("--batch-size", options.batch_size, "images a step")
      ->check(CLI::Range(1, 60000))
      ->capture_default_str();
  app.add_option("--lr", options.lr, "the learning rate's peak")
      ->check(CLI::Range(0.0, 1e6))
      ->capture_default_str();
  app.add_option("--attack-images", options.attack_images,
                 "test images for 40 steps of PGD: the first so many")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--train-images", options.counts.train, "use only the first so many")
      ->check(CLI::PositiveNumber);
  app.add_option("--test-images", options.counts.test, "use only the first so many")
      ->check(CLI::PositiveNumber);
  app.add_option("--data", options.data,
                 "folder with MNIST's four files; found, downloaded or drawn where none is given");
  app.add_option("--seed", options.seed, "of weights, order and random starts")->capture_default_str();
  app.add_option("--threads", options.threads, "by default one for each core")->check(CLI::Range(1, 1024));
  add_device_flag(app, options.device);
  app.add_option("--save-plain", options.save_plain, "write the weights here, for robustness");
  app.add_option("--save-robust", options.save_robust, "and those of the other network");
  app.add_option("--plot", options.plot, "write accuracy against epsilon here, as one HTML page");
  app.add_option("--json", options.json, "write the results here, for machines");
  return parse_and_run(app, argc, argv, [&] { return run(options) ? 0 : 130; });
}
