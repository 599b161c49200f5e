#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "inspect/protobuf.h"
#include "inspect/tensorboard/histogram.h"
#include "tensor/tensor.h"

// What is in a file of TensorBoard's: events, in the wire format of protobuf, each framed as a TFRecord. The
// numbers of the fields are those of event.proto and summary.proto (github.com/tensorflow/tensorboard,
// tensorboard/compat/proto).

namespace helder {

/// When an event was, in seconds since 1970 and in steps of the training.
struct EventTime {
  double wall = 0;
  int64_t step = 0;
};

/// The first event of every file: which format this is.
ProtobufMessage version_event(double wall);

ProtobufMessage scalar_event(EventTime time, std::string_view tag, float value);
ProtobufMessage histogram_event(EventTime time, std::string_view tag, const Histogram& histogram);
/// `png` is a PNG file of so many pixels and channels (1 grey, 3 colours).
ProtobufMessage image_event(EventTime time, std::string_view tag, int64_t height, int64_t width,
                            int64_t channels, std::string_view png);

/// The frame of one record, TFRecord's: length, checksum of the length, the bytes, their checksum.
std::string framed(std::string_view bytes);

}  // namespace helder
