#include "examples/common/digit_report.h"

#include <algorithm>

#include "inspect/curves.h"
#include "inspect/terminal.h"

namespace helder {
namespace {

std::vector<std::string> digit_names() { return {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}; }

// 1, 2, 3 ... or the epochs at which steps end.
std::vector<double> count_to(size_t n, double step = 1) {
  std::vector<double> x(n);
  for (size_t i = 0; i < n; ++i) {
    x[i] = static_cast<double>(i + 1) * step;
  }
  return x;
}

}  // namespace

void print_confusion(const Evaluation& evaluation) {
  fmt::print("rows: the digit; columns: the answer\n{}\n",
             draw_confusion_matrix(evaluation.confusion.counts(), digit_names()));
}

void print_mistakes(const Evaluation& evaluation, const ImageDataset& test) {
  const int64_t* labels = test.labels.data<int64_t>();
  const int64_t* answers = evaluation.predictions.data<int64_t>();
  std::vector<int64_t> mistakes;
  for (int64_t i = 0; i < test.size(); ++i) {
    if (labels[i] != answers[i]) {
      mistakes.push_back(i);
    }
  }
  const auto confidence = [&](int64_t i) { return evaluation.probabilities.at<float>({i, answers[i]}); };
  std::stable_sort(mistakes.begin(), mistakes.end(),
                   [&](int64_t a, int64_t b) { return confidence(a) > confidence(b); });
  mistakes.resize(std::min<size_t>(mistakes.size(), 4));
  if (mistakes.empty()) {
    return;
  }
  std::vector<Picture> pictures;
  for (int64_t i : mistakes) {
    pictures.push_back(
        explained_picture(test.images[i], labels[i], evaluation.probabilities[i], digit_names()));
  }
  fmt::print("the mistakes it was surest of\n{}\n", draw_pictures(pictures));
}

void write_curves(const std::filesystem::path& path, const std::string& title, const nlohmann::json& results,
                  const Trainer& trainer) {
  const std::vector<double>& losses = trainer.step_losses();
  const double epochs_now =
      static_cast<double>(losses.size()) / static_cast<double>(trainer.steps_per_epoch());
  const double first =
      static_cast<double>(trainer.reports().size()) - epochs_now;  // where a resumed run began
  std::vector<double> steps = count_to(losses.size(), 1.0 / static_cast<double>(trainer.steps_per_epoch()));
  std::for_each(steps.begin(), steps.end(), [&](double& x) { x += first; });

  Curve test_loss{.name = "test"}, test_accuracy{.name = "test"}, train_accuracy{.name = "training"};
  for (const EpochReport& report : trainer.reports()) {
    for (Curve* curve : {&test_loss, &test_accuracy, &train_accuracy}) {
      curve->x.push_back(static_cast<double>(report.epoch));
    }
    test_loss.y.push_back(report.test_loss);
    test_accuracy.y.push_back(100 * report.test_accuracy);
    train_accuracy.y.push_back(100 * report.train_accuracy);
  }
  const auto text = [&](const char* key) {
    return results.at(key).is_string() ? results.at(key).get<std::string>() : results.at(key).dump();
  };
  write_curves_html(
      path,
      {.title = title,
       .facts = {{"data", text("dataset")},
                 {"training images", text("train_images")},
                 {"test images", text("test_images")},
                 {"network", text("architecture")},
                 {"parameters", text("parameters")},
                 {"optimiser", text("optimizer")},
                 {"learning rate", "up to " + text("lr")},
                 {"batch size", text("batch_size")},
                 {"seed", text("seed")},
                 {"test accuracy", fmt::format("{:.2f} %", 100 * results.at("test_accuracy").get<double>())}},
       .panels = {
           {.title = "Loss",
            .x_label = "epoch",
            .curves = {{.name = "each step", .x = steps, .y = losses, .faint = true},
                       {.name = "training, smoothed", .x = steps, .y = smooth(losses, 30)},
                       test_loss}},
           {.title = "Accuracy", .x_label = "epoch", .unit = " %", .curves = {train_accuracy, test_accuracy}},
           {.title = "Learning rate",
            .x_label = "epoch",
            .curves = {{.name = "learning rate", .x = steps, .y = trainer.step_learning_rates()}}}}});
}

}  // namespace helder
