#pragma once

#include <memory>

struct CUstream_st;  // CUDA's own, behind cudaStream_t and cudaEvent_t
struct CUevent_st;

namespace helder {

class Tensor;

/// Streams and events, as torch.cuda has them (docs/devices.md). The implementation is
/// kernels/cuda/stream.cpp; in a build without CUDA making one throws.
namespace cuda {

class Event;

/// A queue of work for the GPU. What is queued on one stream is done in order; two streams know nothing of
/// each other, unless one waits for the other.
class Stream {
 public:
  /// A stream beside the default one: one of 32, which live as long as the program and are handed out in
  /// turn.
  Stream();

  /// Waits until all that was queued here is done; throws what went wrong in it.
  void synchronize() const;
  /// Whether all is done.
  bool query() const;
  /// What is queued here from now on waits for what the event has recorded, or for all that is queued on
  /// `other` now. The program does not wait.
  void wait_event(const Event& event) const;
  void wait_stream(const Stream& other) const;
  /// A new event, recorded here.
  Event record_event() const;

  /// CUDA's; null for the default stream.
  CUstream_st* handle() const { return handle_; }
  bool operator==(const Stream&) const = default;

 private:
  explicit Stream(CUstream_st* handle) : handle_(handle) {}
  friend Stream current_stream();
  friend Stream default_stream();

  CUstream_st* handle_;
};

/// The stream on which this thread's kernels and copies queue: the default one, unless a StreamGuard says
/// otherwise. Tensors take their memory from it too: a block is reused by its own stream alone.
Stream current_stream();
Stream default_stream();

/// Makes a stream this thread's current one for as long as it lives. with torch.cuda.stream(s).
class StreamGuard {
 public:
  explicit StreamGuard(const Stream& stream);
  ~StreamGuard();
  StreamGuard(const StreamGuard&) = delete;
  StreamGuard& operator=(const StreamGuard&) = delete;

 private:
  [[maybe_unused]] CUstream_st* before_;  // unused in a build without CUDA
};

/// A mark in a stream's queue, to wait for or to measure time with. Copies are the same event.
class Event {
 public:
  explicit Event(bool enable_timing = false) : timed_(enable_timing) {}

  /// Marks what is queued on the stream now; another mark is forgotten.
  void record(const Stream& stream = current_stream());
  /// The stream waits, the program does not. An event that was never recorded is waited for by nobody.
  void wait(const Stream& stream = current_stream()) const;
  bool query() const;
  void synchronize() const;
  /// Milliseconds from this mark to `end`. Both were made with enable_timing, recorded, and have happened.
  double elapsed_time(const Event& end) const;

 private:
  [[maybe_unused]] bool timed_;
  std::shared_ptr<CUevent_st> event_;  // CUDA's, from the first record on
};

/// Says that `stream` uses this tensor too, which was made on another: when the tensor goes, its memory is
/// not handed out again before what is queued on `stream` by then is done. Tensor.record_stream in PyTorch.
void record_stream(const Tensor& tensor, const Stream& stream);

}  // namespace cuda
}  // namespace helder
