#include "tensor/on_cpu.h"

namespace helder {

void fail_devices(const char* operation, std::initializer_list<const Tensor*> tensors) {
  std::string where;
  for (const Tensor* x : tensors) {
    if (x->defined()) {
      where += fmt::format("{}{} {} on {}", where.empty() ? "" : ", ", name_of(x->dtype()), x->shape().str(),
                           name_of(x->device()));
    }
  }
  fail("{}: the tensors are on two devices ({}); move them to one by to(Device)", operation, where);
}

}  // namespace helder
