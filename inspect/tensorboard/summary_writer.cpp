#include "inspect/tensorboard/summary_writer.h"

#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <cstring>

#include "data/image.h"
#include "inspect/tensorboard/event.h"

namespace helder {
namespace {

double seconds_since_1970() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

// TensorBoard reads the files of a folder in the order of their names, so the time comes first.
std::string file_name(double seconds) {
  static std::atomic<int> count = 0;
  std::array<char, 256> host{};
  if (gethostname(host.data(), host.size() - 1) != 0 || host[0] == '\0') {
    std::strcpy(host.data(), "host");
  }
  return fmt::format("events.out.tfevents.{:010.0f}.{}.{}.{}", std::floor(seconds), host.data(), getpid(),
                     count++);
}

}  // namespace

SummaryWriter::SummaryWriter(const std::filesystem::path& log_dir) {
  std::error_code error;
  std::filesystem::create_directories(log_dir, error);
  check(!error, "tensorboard: cannot make the folder {}: {}", log_dir.string(), error.message());
  const double now = seconds_since_1970();
  path_ = log_dir / file_name(now);
  file_.open(path_, std::ios::binary | std::ios::app);
  check(file_.is_open(), "tensorboard: cannot write {}: {}", path_.string(), std::strerror(errno));
  write(version_event(now).bytes());
  flush();
}

void SummaryWriter::write(const std::string& event) {
  const std::string record = framed(event);
  file_.write(record.data(), static_cast<std::streamsize>(record.size()));
}

void SummaryWriter::flush() {
  file_.flush();
  check(file_.good(), "tensorboard: cannot write {}: {}", path_.string(), std::strerror(errno));
}

void SummaryWriter::add_scalar(const std::string& tag, double value, int64_t global_step) {
  write(scalar_event({seconds_since_1970(), global_step}, tag, static_cast<float>(value)).bytes());
}

void SummaryWriter::add_histogram(const std::string& tag, const Tensor& values, int64_t global_step) {
  write(histogram_event({seconds_since_1970(), global_step}, tag, histogram_of(values)).bytes());
}

void SummaryWriter::add_image(const std::string& tag, const Tensor& image, int64_t global_step) {
  check(image.rank() == 3 && (image.size(0) == 1 || image.size(0) == 3) && image.dtype() == DType::UInt8,
        "add_image: '{}' must be [1,H,W] or [3,H,W] uint8, got {} {}", tag, name_of(image.dtype()),
        image.shape());
  const std::vector<std::byte> png = encode_png(image);
  write(image_event({seconds_since_1970(), global_step}, tag, image.size(1), image.size(2), image.size(0),
                    {reinterpret_cast<const char*>(png.data()), png.size()})
            .bytes());
}

}  // namespace helder
