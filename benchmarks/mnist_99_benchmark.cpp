// MNIST to 99 %: one epoch of a small convolutional network, from initialisation to the last step, with the
// data in memory. Beside the time stands what its multiply-adds would take at the machine's peak.
//
//   HELDER_DATA=... ./helder bench mnist_99
//
// Ten seeds, one an iteration; their mean accuracy on the test images is printed when they are done.

#include <fmt/core.h>

#include <cstdio>
#include <cstdlib>

#include "autograd/grad_mode.h"
#include "autograd/ops.h"
#include "benchmarks/row.h"
#include "data/mnist.h"
#include "layers/activations.h"
#include "layers/conv2d.h"
#include "layers/flatten.h"
#include "layers/linear.h"
#include "layers/pooling.h"
#include "layers/sequential.h"
#include "tensor/copy.h"
#include "tensor/factories.h"
#include "tensor/parallel.h"
#include "training/adam.h"
#include "training/metrics.h"
#include "training/schedule.h"

namespace helder::bench {
namespace {

constexpr int64_t kBatch = 256;
constexpr int kSeeds = 10;

// Pixels with mean 0 and deviation 1, as the network reads them.
Tensor normalised(const ImageDataset& set) {
  return div(sub(div(set.images.to(DType::Float32), 255), kMnistMean), kMnistDeviation);
}

std::shared_ptr<Module> make_network() {
  return make<Sequential>(std::initializer_list<std::shared_ptr<Module>>{
      make<Conv2d>(1, 24, 5), make<ReLU>(), make<MaxPool2d>(2), make<Conv2d>(24, 32, 3), make<ReLU>(),
      make<MaxPool2d>(2), make<Flatten>(), make<Linear>(32 * 5 * 5, 256), make<ReLU>(),
      make<Linear>(256, 10)});
}

// Of one image, two for each multiply-add: forward, the gradients of all weights, and those of all inputs but
// the picture's.
constexpr double kFirst = 2.0 * 24 * 24 * 24 * 25;
constexpr double kRest = 2.0 * (32 * 10 * 10 * 24 * 9 + 800 * 256 + 256 * 10);
constexpr double kFlops = 2 * kFirst + 3 * kRest;

// Trains a new network a call, with the next seed, and says at its end how good they were.
class Runs {
 public:
  explicit Runs(const TrainAndTest& mnist)
      : images_(normalised(mnist.train)),
        labels_(mnist.train.labels),
        test_images_(normalised(mnist.test)),
        test_labels_(mnist.test.labels) {}
  Runs(const Runs&) = delete;
  Runs& operator=(const Runs&) = delete;
  ~Runs() {
    const NoGrad guard;
    double sum = 0;
    for (const auto& network : networks_) {
      sum += accuracy((*network)(test_images_), test_labels_);
    }
    fmt::print(stderr, "mnist_99: seeds 1 to {}, one epoch each: mean accuracy on the test images {:.2f} %\n",
               networks_.size(), 100 * sum / static_cast<double>(networks_.size()));
  }

  // The clock runs over this: weights, order, steps.
  void train() {
    manual_seed(networks_.size() + 1);
    Module& network = *networks_.emplace_back(make_network());
    Adam adam(network.parameters(), {.lr = kPeak});
    const int64_t steps = (labels_.numel() + kBatch - 1) / kBatch;
    OneCycleLR schedule(adam, kPeak, steps);
    const Tensor order = randperm(labels_.numel());
    for (int64_t first = 0; first < labels_.numel(); first += kBatch) {
      const Tensor batch = order.slice(0, first, first + kBatch);
      adam.zero_grad();
      cross_entropy(network(index_select(images_, 0, batch)), index_select(labels_, 0, batch)).backward();
      adam.step();
      schedule.step();
    }
  }

 private:
  static constexpr double kPeak = 6e-3;
  Tensor images_, labels_, test_images_, test_labels_;
  std::vector<std::shared_ptr<Module>> networks_;
};

const bool registered = [] {
  const char* data = std::getenv("HELDER_DATA");
  if (data == nullptr || !has_mnist(std::filesystem::path(data) / "mnist")) {
    return false;  // nothing to learn from
  }
  add_row(
      "mnist_99/helder/epoch", num_threads(), {.flops = kFlops * 60000},
      [=]() -> Step {
        const auto runs = std::make_shared<Runs>(load_mnist(std::filesystem::path(data) / "mnist"));
        return [=] { runs->train(); };
      },
      kSeeds);
  return true;
}();

}  // namespace
}  // namespace helder::bench
