#include "training/graphed_step.h"

#include "autograd/ops/argmax.h"
#include "autograd/ops/compare.h"
#include "autograd/ops/cross_entropy.h"
#include "autograd/ops/sum.h"

namespace helder {

GraphedStep::Outputs GraphedStep::step(const Tensor& images, const Tensor& labels) {
  optimizer_.zero_grad();
  const Tensor logits = model_(images);
  const Tensor loss = cross_entropy(logits, labels);
  loss.backward();
  optimizer_.step();
  return {loss.detach(), sum(eq(argmax(logits.detach(), 1), labels))};
}

GraphedStep::Result GraphedStep::read(const Outputs& outputs) const {
  return {outputs.loss.item(), static_cast<int64_t>(outputs.correct.item())};
}

GraphedStep::Result GraphedStep::operator()(const Tensor& images, const Tensor& labels) {
  if (!images_.defined()) {  // the first: the optimiser's buffers and the kernels' caches come to be
    images_ = images.clone();
    labels_ = labels.clone();
    return read(step(images, labels));
  }
  if (images.shape() != images_.shape()) {
    return read(step(images, labels));
  }
  images_.copy_(images);
  labels_.copy_(labels);
  if (!graph_.captured()) {
    optimizer_.zero_grad();  // gradients are to be the graph's
    graph_.capture([this] { outputs_ = step(images_, labels_); });
  }
  graph_.replay();
  return read(outputs_);
}

}  // namespace helder
