#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "autograd/observer.h"
#include "layers/module.h"
#include "tensor/tensor.h"

namespace helder {

/// A tensor that an op keeps for its backward.
struct SavedRecord {
  std::string name;
  Shape shape;
  int64_t bytes = 0;              ///< of its elements
  const void* storage = nullptr;  ///< tells which of them share memory; not to be followed
};

/// What OpRecord::made_by says of an input that no op made: a parameter or constant, and an input of the
/// outermost module.
inline constexpr int kConstant = -1, kInput = -2;

/// One op of a forward pass, and its step of the backward pass where there was one. Times are seconds since
/// the recorder was made.
struct OpRecord {
  std::string name;           ///< as Node::name(): `conv2d`
  int call = -1;              ///< the innermost module that it ran in: an index into calls(); -1 for none
  std::vector<Shape> inputs;  ///< of its tensors, in order; [] for an absent one
  std::vector<int> made_by;   ///< for each input the op that made it, or kInput or kConstant
  Shape output;
  DType dtype = DType::Float32;
  double start = 0, seconds = 0;  ///< from the end of the op before it, or the start of its module
  int64_t bytes = 0;              ///< of new memory for the output: 0 for a view of an input
  std::vector<SavedRecord> saved;
  double backward_start = 0, backward_seconds = 0;
  int64_t gradient_bytes = 0;  ///< of the gradient of the output; 0 where backward did not come by
  Tensor value, gradient;      ///< of the output, where it is watched
};

/// One call of a module.
struct CallRecord {
  std::string path;                ///< `layer1.0.conv1`; empty for the model itself
  const Module* module = nullptr;  ///< to be looked into as long as the model lives
  int parent = -1;                 ///< the call that it is part of
  int depth = 0;
  std::vector<Shape> inputs;
  Shape output;
  int output_op = -1;             ///< the op that made the output; or kInput, kConstant
  int first_op = 0, last_op = 0;  ///< its ops, and those of the modules in it: [first, last)
  double start = 0, seconds = 0;
  bool failed = false;               ///< it ended in an error
  std::vector<Tensor> input_values;  ///< where it is watched
  Tensor value;                      ///< its output, where it is watched
};

/// Everything that one thread computes with a model while this is attached, in the order in which it happens:
///
///   Recorder recorder(net, {.watch = "layer3.*"});
///   { const ObserverGuard guard(recorder);  cross_entropy(net(x), labels).backward(); }
///   for (const CallRecord& call : recorder.calls()) { ... }
///
/// Convolutions are not fused with what follows them while it is attached: each layer's output is there.
class Recorder : public Observer {
 public:
  struct Options {
    /// The modules whose tensors are kept, by dotted name or pattern (inspect/name_pattern.h): inputs,
    /// output, the outputs of the ops in them, and, once backward came by, their gradients. `*` keeps all of
    /// it.
    std::string watch = {};
  };

  /// Modules are called by their names in `model`.
  Recorder(Module& model, const Options& options);
  explicit Recorder(Module& model) : Recorder(model, Options()) {}

  const std::vector<OpRecord>& ops() const;
  const std::vector<CallRecord>& calls() const { return calls_; }
  /// The first call of the module of this name; null where it was not called.
  const CallRecord* find_call(const std::string& path) const;
  /// The gradient of a call's output; undefined where it is not watched or backward did not come by.
  Tensor gradient(const CallRecord& call) const;
  bool watches(const std::string& path) const;
  double now() const;  ///< seconds since the recorder was made, as all times in its records

  void op_done(const Node& node, const Tensor& output, std::span<const Tensor* const> inputs) override;
  void backward_begins(const Node& node, const Tensor& dy) override;
  void backward_done(const Node& node, std::span<const Tensor> input_gradients) override;
  void module_begins(const Module& module, std::span<const Tensor> inputs) override;
  void module_done(const Module& module, std::span<const Tensor> inputs, const Tensor* output) override;

 protected:
  // For an observer that does more at each of these events.

  /// ops(), while the newest one is still running: what it saves is not known yet.
  const std::vector<OpRecord>& ops_so_far() const { return ops_; }
  /// The op whose backward the engine runs, between its begin and its end; negative for none, and for one
  /// that was not recorded.
  int in_backward() const { return in_backward_; }

 private:
  // A tensor that was seen, for as long as it lives: another may lie in its place later.
  struct Seen {
    std::weak_ptr<TensorImpl> tensor;
    int op;
  };

  void note_saved() const;
  int maker_of(const Tensor& x) const;
  bool in_watched_call() const { return !open_.empty() && watched_[static_cast<size_t>(open_.back())]; }

  Options options_;
  bool waits_;  // for the GPU, before a look at the clock
  std::unordered_map<const Module*, std::string> paths_;
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  double last_event_ = 0;

  // What the newest op saves is known when it has returned, which nobody tells: it is noted at the next
  // event.
  mutable std::vector<OpRecord> ops_;
  mutable std::shared_ptr<Node> newest_;

  std::vector<CallRecord> calls_;
  std::vector<bool> watched_;  // beside calls_
  std::vector<int> open_;      // calls that have not ended, outermost first
  std::unordered_map<const TensorImpl*, Seen> seen_;
  std::unordered_map<uint64_t, int> by_sequence_;
  int in_backward_ = -1;  // the op whose node the engine runs; -2 for a node that was not recorded
};

}  // namespace helder
