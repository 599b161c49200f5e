#include "inspect/tensorboard/event.h"

#include <cstring>

#include "inspect/tensorboard/crc32c.h"

namespace helder {
namespace {

// Event { wall_time = 1; step = 2; file_version = 3; summary = 5 }. A step of 0 is left out, as proto3 leaves
// out zeros.
ProtobufMessage event_at(EventTime time) {
  ProtobufMessage event;
  event.float64(1, time.wall);
  if (time.step != 0) {
    event.integer(2, time.step);
  }
  return event;
}

// Summary { repeated Value value = 1 }, of one value.
ProtobufMessage event_of(EventTime time, const ProtobufMessage& value) {
  ProtobufMessage summary;
  summary.message(1, value);
  return event_at(time).message(5, summary);
}

template <class T>
std::string bytes_of(T value) {
  std::string bytes(sizeof value, '\0');
  std::memcpy(bytes.data(), &value, sizeof value);
  return bytes;
}

}  // namespace

ProtobufMessage version_event(double wall) { return event_at({wall, 0}).text(3, "brain.Event:2"); }

// Value { tag = 1; simple_value = 2; image = 4; histo = 5 }
ProtobufMessage scalar_event(EventTime time, std::string_view tag, float value) {
  return event_of(time, ProtobufMessage().text(1, tag).float32(2, value));
}

// HistogramProto { min = 1; max = 2; num = 3; sum = 4; sum_squares = 5; bucket_limit = 6; bucket = 7 }
ProtobufMessage histogram_event(EventTime time, std::string_view tag, const Histogram& h) {
  ProtobufMessage histogram;
  const double numbers[] = {h.least, h.greatest, static_cast<double>(h.count), h.sum, h.sum_of_squares};
  for (int i = 0; i < 5; ++i) {
    if (numbers[i] != 0) {
      histogram.float64(i + 1, numbers[i]);
    }
  }
  histogram.float64s(6, h.upper_limits).float64s(7, h.counts);
  return event_of(time, ProtobufMessage().text(1, tag).message(5, histogram));
}

// Image { height = 1; width = 2; colorspace = 3; encoded_image_string = 4 }
ProtobufMessage image_event(EventTime time, std::string_view tag, int64_t height, int64_t width,
                            int64_t channels, std::string_view png) {
  const ProtobufMessage image =
      ProtobufMessage().integer(1, height).integer(2, width).integer(3, channels).text(4, png);
  return event_of(time, ProtobufMessage().text(1, tag).message(4, image));
}

std::string framed(std::string_view bytes) {
  const std::string length = bytes_of(static_cast<uint64_t>(bytes.size()));
  return length + bytes_of(masked_crc32c(length)) + std::string(bytes) + bytes_of(masked_crc32c(bytes));
}

}  // namespace helder
