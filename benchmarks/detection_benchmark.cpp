// Detection, one picture: the networks alone, and all of it from the decoded picture to the boxes.
//
//   ./helder bench detection
//
// Yolo-Fastest's rows need $HELDER_DATA/checkpoints/yolo-fastest-1.1.{cfg,weights} and images/dog.jpg, and
// are left out without. FLOPs are those of direct convolutions.

#include <cstdlib>
#include <filesystem>

#include "autograd/grad_mode.h"
#include "benchmarks/row.h"
#include "data/image.h"
#include "models/darknet.h"
#include "models/darknet_boxes.h"
#include "tensor/factories.h"
#include "tensor/parallel.h"
#include "vision/found_boxes.h"
#include "weights/darknet_cfg.h"
#include "weights/darknet_weights.h"
#include "weights/load_weights.h"

namespace helder::bench {
namespace {

double flops_of(const DarknetOptions& options) {
  double flops = 0;
  for (const DarknetLayerPlan& layer : plan_darknet(options)) {
    for (const auto& [name, shape] : layer.tensors) {
      if (name == "conv.weight") {
        flops +=
            2.0 * static_cast<double>(shape.numel()) * static_cast<double>(layer.output[1] * layer.output[2]);
      }
    }
  }
  return flops;
}

void add_network(const std::string& name, const DarknetOptions& options) {
  add_row(fmt::format("network/helder/{}/1/forward", name), num_threads(), {.flops = flops_of(options)},
          [=]() -> Step {
            Darknet random(options);
            random.eval();
            const std::shared_ptr<Darknet> net = fold_batch_norm(random);
            const Tensor x = rand({1, options.channels, options.height, options.width});
            return [=] {
              const NoGrad guard;
              net->forward_heads(x);
            };
          });
}

void add_all(const std::string& name, const std::filesystem::path& data) {
  const std::filesystem::path stem = data / "checkpoints/yolo-fastest-1.1";
  add_row(fmt::format("detection/helder/{}/dog/all", name), num_threads(), {}, [=]() -> Step {
    const DarknetOptions options = load_darknet_cfg(stem.string() + ".cfg");
    Darknet trained(options);
    load_weights(trained, DarknetWeights(stem.string() + ".weights", options));
    trained.eval();
    const std::shared_ptr<Darknet> net = fold_batch_norm(trained);
    const Tensor picture = load_image(data / "images/dog.jpg");
    return [=] {
      const NoGrad guard;
      const PlacedPicture placed = stretch(picture, options.height, options.width);
      const BoxPredictions boxes = predict_boxes(*net, placed.input.unsqueeze(0), 0.25);
      found_boxes(boxes, options.height, options.width, placed.placement,
                  {.distance_exponent = options.nms_distance_exponent});
    };
  });
}

/// Redmon and Farhadi's small network of 2018, as its cfg has it: 416 x 416 pixels, two heads of 80 classes.
DarknetOptions yolov3_tiny() {
  DarknetOptions options{.layers = {}};
  const auto add = [&](decltype(DarknetLayerOptions::kind) kind) {
    options.layers.push_back({std::move(kind), fmt::format("layer {}", options.layers.size())});
  };
  const auto conv = [&](int64_t filters, int64_t size) {
    add(DarknetConvolutional{.filters = filters,
                             .size = size,
                             .padding = size / 2,
                             .batch_normalize = true,
                             .activation = DarknetActivation::Leaky});
  };
  const auto pool = [&](int64_t stride) { add(DarknetMaxPool{.size = 2, .stride = stride, .padding = 1}); };
  const auto head = [&] {
    add(DarknetConvolutional{.filters = 255, .activation = DarknetActivation::Linear});
    add(DarknetYolo{.classes = 80, .anchors = {{10, 14}, {23, 27}, {37, 58}}});
  };
  for (const int64_t filters : {16, 32, 64, 128, 256}) {
    conv(filters, 3);
    pool(2);
  }
  conv(512, 3);
  pool(1);
  conv(1024, 3);
  conv(256, 1);
  conv(512, 3);
  head();
  add(DarknetRoute{.layers = {13}});
  conv(128, 1);
  add(DarknetUpsample{.stride = 2});
  add(DarknetRoute{.layers = {19, 8}});
  conv(256, 3);
  head();
  return options;
}

const bool registered = [] {
  add_network("yolov3_tiny", yolov3_tiny());
  const char* folder = std::getenv("HELDER_DATA");
  const std::filesystem::path data = folder != nullptr ? folder : "";
  if (std::filesystem::exists(data / "checkpoints/yolo-fastest-1.1.cfg")) {
    add_network("yolo_fastest", load_darknet_cfg(data / "checkpoints/yolo-fastest-1.1.cfg"));
    add_all("yolo_fastest", data);
  }
  return true;
}();

}  // namespace
}  // namespace helder::bench
