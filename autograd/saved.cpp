#include "autograd/saved.h"

#include "autograd/node.h"

namespace helder {

Saved::Saved(Node& owner, const char* name) : owner_(owner), name_(name) { owner.saved_.push_back(this); }

Saved& Saved::operator=(const Tensor& tensor) {
  tensor_ = tensor.defined() ? tensor.detach() : Tensor();
  version_ = tensor_.defined() ? tensor_.version() : 0;
  return *this;
}

const Tensor& Saved::get() const {
  check(!released_,
        "backward: the tensors that {} saved were freed by an earlier backward; give that one retain_graph = "
        "true to "
        "go through the graph twice",
        owner_.name());
  check(!tensor_.defined() || tensor_.version() == version_,
        "backward: '{}' of shape {}, saved by {}, was changed in place after the forward pass (version {}, "
        "saved at {})",
        name_, tensor_.defined() ? tensor_.shape().str() : "", owner_.name(),
        tensor_.defined() ? tensor_.version() : 0, version_);
  return tensor_;
}

void Saved::release() {
  released_ = released_ || tensor_.defined();
  tensor_ = Tensor();
}

}  // namespace helder
