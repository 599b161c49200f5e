#include "autograd/ops/movedim.h"

#include "autograd/ops/permute.h"

namespace helder {

Tensor movedim(const Tensor& x, const Shape& source, const Shape& destination) {
  check(source.rank() == destination.rank(), "movedim: source {} and destination {} differ in length", source,
        destination);
  Shape order;  // order[i] = the dimension of x that becomes dimension i, or -1
  for (int d = 0; d < x.rank(); ++d) {
    order.push_back(-1);
  }
  std::array<bool, kMaxRank> moved{};
  for (int i = 0; i < source.rank(); ++i) {
    check(x.rank() > 0, "movedim: a scalar has no dimension to move");
    const int from = normalize_dim("movedim", source[i], x.rank());
    const int to = normalize_dim("movedim", destination[i], x.rank());
    check(!std::exchange(moved[static_cast<size_t>(from)], true),
          "movedim: dimension {} is named twice in source {}", source[i], source);
    check(order[to] < 0, "movedim: dimension {} is named twice in destination {}", destination[i],
          destination);
    order[to] = from;
  }
  int next = 0;
  for (int d = 0; d < x.rank(); ++d) {
    if (!moved[static_cast<size_t>(d)]) {
      while (order[next] >= 0) {
        ++next;
      }
      order[next] = d;
    }
  }
  return permute(x, order);
}

Tensor movedim(const Tensor& x, int64_t source, int64_t destination) {
  return movedim(x, Shape{source}, Shape{destination});
}

}  // namespace helder
