#include "inspect/box_scores.h"

#include "autograd/grad_mode.h"
#include "autograd/ops/cat.h"
#include "autograd/ops/max.h"
#include "autograd/ops/mul.h"
#include "autograd/ops/narrow.h"
#include "autograd/ops/permute.h"
#include "autograd/ops/reshape.h"

namespace helder {
namespace {

int64_t anchors_of(const Darknet& net, int64_t layer) {
  const auto& kind = net.options().layers[static_cast<size_t>(layer)].kind;
  const auto* yolo = std::get_if<DarknetYolo>(&kind);
  return static_cast<int64_t>(yolo ? yolo->anchors.size() : std::get<DarknetRegion>(kind).anchors.size());
}

}  // namespace

BoxScores::BoxScores(Darknet& net) : net_(net) {
  check(!net.heads().empty(), "report: the network has no [yolo] or [region] layer: it finds no boxes");
  register_module("layers", net.layers);
}

Tensor BoxScores::forward(const Tensor& x) {
  const std::vector<Tensor> heads = net_.forward_heads(x);
  std::vector<Tensor> scores;
  for (size_t i = 0; i < heads.size(); ++i) {
    const int64_t anchors = anchors_of(net_, net_.heads()[i]), cells = heads[i].size(2) * heads[i].size(3);
    const Tensor numbers = heads[i].reshape({x.size(0), anchors, -1, cells});  // [N, anchors, 5 + C, cells]
    const int64_t classes = numbers.size(2) - 5;
    const Tensor sure = mul(narrow(numbers, 2, 5, classes), narrow(numbers, 2, 4, 1));
    scores.push_back(sure.permute({0, 2, 1, 3}).reshape({x.size(0), classes, anchors * cells}));
  }
  return max(cat(scores, 2), 2).values;
}

std::vector<BoxScores::Surest> BoxScores::surest(const Tensor& x) {
  check(x.rank() == 4 && x.size(0) == 1, "surest: expected one picture [1,C,H,W], got {}", x.shape());
  const NoGrad no_grad;
  const std::vector<Tensor> heads = net_.forward_heads(x);
  std::vector<Surest> result;
  for (size_t i = 0; i < heads.size(); ++i) {
    const int64_t layer = net_.heads()[i], anchors = anchors_of(net_, layer), columns = heads[i].size(3);
    const Tensor numbers = heads[i].reshape({anchors, -1, heads[i].size(2) * columns}).contiguous();
    const float* t = numbers.data<float>();
    const int64_t each = numbers.size(1), cells = numbers.size(2);
    result.resize(static_cast<size_t>(each - 5));
    for (int64_t a = 0; a < anchors; ++a) {
      for (int64_t c = 0; c + 5 < each; ++c) {
        Surest& best = result[static_cast<size_t>(c)];
        for (int64_t cell = 0; cell < cells; ++cell) {
          const double objectness = t[(a * each + 4) * cells + cell];
          const double probability = t[(a * each + 5 + c) * cells + cell];
          if (objectness * probability > best.objectness * best.probability) {
            best = {layer, a, cell / columns, cell % columns, objectness, probability};
          }
        }
      }
    }
  }
  return result;
}

int64_t BoxScores::shared_layer() const {
  const std::vector<DarknetLayerPlan>& plan = net_.plan();
  std::vector<size_t> readers(plan.size(), 0);  // heads that depend on a layer
  for (const int64_t head : net_.heads()) {
    std::vector<bool> needed(plan.size(), false);
    needed[static_cast<size_t>(head)] = true;
    for (int64_t i = head; i >= 0; --i) {
      if (!needed[static_cast<size_t>(i)]) {
        continue;
      }
      ++readers[static_cast<size_t>(i)];
      for (const int64_t input : plan[static_cast<size_t>(i)].inputs) {
        if (input >= 0) {
          needed[static_cast<size_t>(input)] = true;
        }
      }
    }
  }
  // Of a network of one head, what it is computed from, not itself.
  int64_t last = 0;
  for (int64_t i = 0; i < static_cast<int64_t>(plan.size()); ++i) {
    const auto& kind = net_.options().layers[static_cast<size_t>(i)].kind;
    const auto* convolution = std::get_if<DarknetConvolutional>(&kind);
    const bool is_linear = convolution && convolution->activation == DarknetActivation::Linear &&
                           !convolution->batch_normalize;  // the numbers of the boxes
    if (readers[static_cast<size_t>(i)] == net_.heads().size() && !is_linear && i != net_.heads().front()) {
      last = i;
    }
  }
  return last;
}

}  // namespace helder
