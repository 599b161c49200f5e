// Forty steps of PGD, without an early end: forward, cross-entropy, the gradient of the pixels alone, the
// step.
//
//   ./helder bench attack
//
// FLOPs are those of direct convolutions: a forward, and a backward to the pixels of as many.

#include "benchmarks/row.h"
#include "models/mnist_cnn.h"
#include "models/squeezenet.h"
#include "tensor/factories.h"
#include "tensor/parallel.h"
#include "vision/attacks/pgd.h"
#include "vision/attacks/pixel_model.h"

namespace helder::bench {
namespace {

constexpr int64_t kSteps = 40;

void add_attack(const std::string& name, double flops, const Shape& shape,
                const std::function<std::shared_ptr<PixelModel>()>& make_model) {
  const auto batch = static_cast<double>(shape[0]);
  add_row(name, num_threads(), {.flops = 2.0 * kSteps * batch * flops}, [=]() -> Step {
    const std::shared_ptr<PixelModel> model = make_model();
    model->eval();
    const Tensor images = rand(shape), labels = zeros({shape[0]}, DType::Int64);
    return [=] { pgd(*model, images, labels, {.steps = kSteps}); };
  });
}

const bool registered = [] {
  add_attack("attack/helder/pgd40/squeezenet1_1/1", 698303872, {1, 3, 224, 224},
             [] { return make<PixelModel>(make<SqueezeNet>(), Preprocessing{}); });
  add_attack("attack/helder/pgd40/mnist_cnn/256", 23984896, {256, 1, 28, 28}, [] {
    return make<PixelModel>(make<MnistCnn>(), std::vector<float>{0.1307F}, std::vector<float>{0.3081F});
  });
  return true;
}();

}  // namespace
}  // namespace helder::bench
