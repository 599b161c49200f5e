#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/darknet.h"

namespace helder {

/// A network that finds boxes, seen as a classifier: the score of a class is how sure the network is of its
/// surest box of that class, the objectness times the probability of the class. Its modules keep their names
/// in the network.
class BoxScores : public Module {
 public:
  /// `net` must outlive this. Throws where it has no head.
  explicit BoxScores(Darknet& net);

  /// [N,C,H,W] -> [N,classes], from 0 to 1. Of equally sure boxes the first gets the gradient.
  Tensor forward(const Tensor& x) override;
  std::string describe() const override { return "Darknet"; }

  /// Where the surest box of a class comes from, and the factors of its score.
  struct Surest {
    int64_t layer = 0, anchor = 0, row = 0, column = 0;
    double objectness = 0, probability = 0;
  };
  /// One for each class, of one picture.
  std::vector<Surest> surest(const Tensor& x);

  /// The last layer that all heads depend on: what they share.
  int64_t shared_layer() const;

  Darknet& net() const { return net_; }

 private:
  Darknet& net_;
};

}  // namespace helder
