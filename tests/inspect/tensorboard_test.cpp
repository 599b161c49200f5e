#include <cmath>
#include <limits>

#include "data/digits.h"
#include "data/image.h"
#include "inspect/picture_grid.h"
#include "inspect/tensorboard/crc32c.h"
#include "inspect/tensorboard/event.h"
#include "inspect/tensorboard/summary_writer.h"
#include "inspect/tensorboard/training_log.h"
#include "models/lenet.h"
#include "models/mlp.h"
#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/full_disk.h"
#include "tests/inspect/protobuf_reader.h"
#include "tests/paths.h"
#include "tests/temporary_directory.h"
#include "training/sgd.h"
#include "training/trainer.h"

using namespace helder;
using helder::testing::ProtobufReader;

namespace {

template <class T>
T number_at(const std::string& bytes, size_t place) {
  T value;
  REQUIRE(place + sizeof value <= bytes.size());
  std::memcpy(&value, bytes.data() + place, sizeof value);
  return value;
}

// The events of a file, whose frames are whole and whose checksums are right.
std::vector<ProtobufReader> events_in(const std::string& file) {
  std::vector<ProtobufReader> events;
  for (size_t place = 0; place < file.size();) {
    const auto length = number_at<uint64_t>(file, place);
    REQUIRE(number_at<uint32_t>(file, place + 8) == masked_crc32c(file.substr(place, 8)));
    const std::string event = file.substr(place + 12, length);
    REQUIRE(event.size() == length);
    REQUIRE(number_at<uint32_t>(file, place + 12 + length) == masked_crc32c(event));
    events.emplace_back(event);
    place += 16 + length;
  }
  return events;
}

// A value of an event's summary: when, under which tag, and which kind of it, the number of its field.
struct Logged {
  int64_t step;
  std::string tag;
  ProtobufReader value;
};

std::vector<Logged> values_in(const std::vector<ProtobufReader>& events) {
  std::vector<Logged> values;
  for (const ProtobufReader& event : events) {
    if (event.has(5)) {
      const ProtobufReader value = event.message(5).message(1);
      values.push_back({event.has(2) ? event.integer(2) : 0, value.text(1), value});
    }
  }
  return values;
}

std::vector<Logged> with_tag(const std::vector<Logged>& values, const std::string& tag) {
  std::vector<Logged> found;
  std::copy_if(values.begin(), values.end(), std::back_inserter(found),
               [&](const Logged& value) { return value.tag == tag; });
  return found;
}

Tensor picture_in(const Logged& logged) {
  const std::string png = logged.value.message(4).text(4);
  return decode_image(std::as_bytes(std::span(png)));
}

}  // namespace

TEST_CASE("crc32c: the values of RFC 3720", "[inspect]") {
  CHECK(crc32c("") == 0);
  CHECK(crc32c("123456789") == 0xE3069283);
  CHECK(crc32c(std::string(32, '\0')) == 0x8A9136AA);
  CHECK(crc32c(std::string(32, '\xFF')) == 0x62A8AB43);
}

TEST_CASE("events are, byte for byte, what TensorBoard's own writer writes", "[inspect]") {
  std::vector<double> values;
  for (int i = -20; i <= 40; ++i) {
    values.push_back(i / 8.0);
  }
  values.insert(values.end(), {0, 0, 1000.5, -0.125});
  Tensor x = empty({static_cast<int64_t>(values.size())}, DType::Float64);
  std::copy(values.begin(), values.end(), x.data<double>());
  std::string png(256, '\0');
  for (size_t i = 0; i < png.size(); ++i) {
    png[i] = static_cast<char>(i);
  }

  const std::string written =
      framed(version_event(1.5).bytes()) + framed(scalar_event({2.25, 3}, "Loss/train", 0.3F).bytes()) +
      framed(histogram_event({3, 938}, "weights/fc1.weight", histogram_of(x)).bytes()) +
      framed(image_event({4, 0}, "inputs", 2, 300, 3, png).bytes());
  const std::string expected = read_file(testing::source_path("tests/fixtures/tensorboard.tfevents"));
  REQUIRE(events_in(expected).size() == 4);
  CHECK((written == expected));
}

TEST_CASE("a histogram counts every finite element once", "[inspect]") {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const Histogram h = histogram_of(tensor<double>({-3e20, -1, 0, 1e-13, 2, 2, 5e20, NAN, infinity}));
  CHECK(h.count == 7);
  CHECK(h.least == -3e20);
  CHECK(h.greatest == 5e20);
  CHECK(h.sum_of_squares == Approx(9e40 + 25e40));
  REQUIRE(h.counts.size() == h.upper_limits.size());
  CHECK(h.counts.front() == 0);
  CHECK(h.upper_limits.back() == 5e20);
  CHECK(std::is_sorted(h.upper_limits.begin(), h.upper_limits.end()));
  double counted = 0;
  for (size_t i = 1; i < h.counts.size(); ++i) {
    counted += h.counts[i];
    if (h.upper_limits[i - 1] <= 2 && 2 < h.upper_limits[i]) {
      CHECK(h.counts[i] == 2);
    }
  }
  CHECK(counted == 7);

  const Histogram none = histogram_of(tensor<double>({NAN}));
  CHECK(none.count == 0);
  CHECK(none.counts == std::vector<double>{0});
}

TEST_CASE("picture_grid, filter_pictures, enlarged", "[inspect]") {
  const Tensor grid = picture_grid(tensor<float>({1, 2, 3, 4, 5, 6}).reshape({3, 1, 1, 2}), 2);
  CHECK(grid.shape() == Shape{1, 3, 5});
  CHECK(grid.to_vector<int64_t>() == std::vector<int64_t>{1, 2, 0, 3, 4,  //
                                                          0, 0, 0, 0, 0,  //
                                                          5, 6, 0, 0, 0});
  const Tensor filters = filter_pictures(tensor<float>({-2, 0, 1, 2, 0, 0, 0, 0}).reshape({2, 1, 2, 2}));
  CHECK(filters.to_vector<int64_t>() == std::vector<int64_t>{0, 128, 191, 255, 128, 128, 128, 128});
  CHECK(enlarged(tensor<float>({1, 2}).reshape({1, 1, 2}), 2).to_vector<int64_t>() ==
        std::vector<int64_t>{1, 1, 2, 2, 1, 1, 2, 2});
  CHECK_THROWS_WITH(filter_pictures(zeros({4, 2, 3, 3})), ContainsSubstring("got [4,2,3,3]"));
}

TEST_CASE("a training's log: scalars, histograms and pictures of each epoch", "[inspect]") {
  const TemporaryDirectory folder;
  manual_seed(1);
  LeNet model;
  const ImageDataset digits = synthetic_digits(96, 1);
  const DataLoader train(digits, {.batch_size = 16, .prefetch = 0});
  const DataLoader test(synthetic_digits(32, 2), {.batch_size = 32, .shuffle = false, .prefetch = 0});
  SGD optimizer(model.parameters(), {.lr = 0.01});
  ConstantLR schedule(optimizer);
  std::vector<double> losses;
  EpochReport last;
  {
    TrainingLog log(folder / "run/1", model, digits);
    Trainer trainer(model, optimizer, schedule, train, test,
                    {.epochs = 2, .show_progress = false, .accumulate = 2, .watchers = {&log}});
    REQUIRE(trainer.fit());
    losses = trainer.step_losses();
    last = trainer.reports().back();
  }
  REQUIRE(losses.size() == 6);

  std::filesystem::path path;
  for (const auto& entry : std::filesystem::directory_iterator(folder / "run/1")) {
    path = entry.path();
  }
  CHECK(path.filename().string().starts_with("events.out.tfevents."));
  const auto events = events_in(read_file(path));
  CHECK(events[0].text(3) == "brain.Event:2");
  for (const ProtobufReader& event : events) {
    CHECK(event.float64(1) > 1.6e9);
  }
  const auto values = values_in(events);

  const auto steps = with_tag(values, "Loss/step");
  REQUIRE(steps.size() == 6);
  for (size_t i = 0; i < 6; ++i) {
    CHECK(steps[i].step == static_cast<int64_t>(i) + 1);
    CHECK(steps[i].value.float32(2) == static_cast<float>(losses[i]));
  }
  CHECK(with_tag(values, "Learning rate")[5].value.float32(2) == 0.01F);
  const auto accuracies = with_tag(values, "Accuracy/test");
  REQUIRE(accuracies.size() == 2);
  CHECK(accuracies[0].step == 3);
  CHECK(accuracies[1].step == 6);
  CHECK(accuracies[1].value.float32(2) == static_cast<float>(last.test_accuracy));
  CHECK(with_tag(values, "Loss/test")[1].value.float32(2) == static_cast<float>(last.test_loss));

  for (const auto& [name, parameter] : model.named_parameters()) {
    INFO(name);
    const auto weights = with_tag(values, "weights/" + name),
               gradients = with_tag(values, "gradients/" + name);
    REQUIRE(weights.size() == 3);  // before the first step, too
    REQUIRE(gradients.size() == 2);
    CHECK(weights[0].step == 0);
    const ProtobufReader histogram = weights[2].value.message(5);
    double sum = 0;
    for (const double value : parameter.to_vector<double>()) {
      sum += value;
    }
    CHECK(histogram.float64(3) == static_cast<double>(parameter.numel()));
    CHECK(histogram.float64(4) == Approx(sum));
    CHECK(gradients[1].value.message(5).float64(2) ==
          *std::max_element(parameter.grad().data<float>(),
                            parameter.grad().data<float>() + parameter.numel()));
  }

  const auto inputs = with_tag(values, "inputs/train");
  REQUIRE(inputs.size() == 1);
  const Tensor picture = picture_in(inputs[0]);
  CHECK(picture.shape() == Shape{3, 4 * 29 - 1, 8 * 29 - 1});
  CHECK(picture.slice(1, 0, 28).slice(2, 29, 57)[0].to_vector<int64_t>() ==
        digits.images[1][0].to_vector<int64_t>());
  const auto filters = with_tag(values, "filters/conv1.weight");
  REQUIRE(filters.size() == 3);
  CHECK(filters[2].value.message(4).integer(3) == 1);  // grey
  CHECK(picture_in(filters[2]).shape() == Shape{3, 25, 6 * 26 - 1});
}

TEST_CASE("the filters of a layer that sees the pixels directly are pictures", "[inspect]") {
  Mlp model(784, 10, 10);
  const auto [name, filters] = first_filters(model, {1, 28, 28});
  CHECK(name == "fc1.weight");
  CHECK(filters.shape() == Shape{10, 1, 28, 28});
  CHECK_FALSE(first_filters(model, {3, 28, 28}).second.defined());
}

TEST_CASE("a log that cannot be written says so before the training", "[inspect]") {
  const TemporaryDirectory folder;
  write_file(folder / "file", "");
  CHECK_THROWS_WITH(SummaryWriter(folder / "file"), ContainsSubstring("tensorboard: cannot make the folder"));
  CHECK_THROWS_WITH(
      SummaryWriter(folder / "run").add_image("a", zeros({1, 2, 2}), 0),
      ContainsSubstring("add_image: 'a' must be [1,H,W] or [3,H,W] uint8, got float32 [1,2,2]"));

  SummaryWriter writer(folder / "run");
  const FullDisk full(100);
  writer.add_histogram("weights", ones({1000}), 1);
  CHECK_THROWS_WITH(writer.flush(), StartsWith("tensorboard: cannot write") && EndsWith("File too large"));
}
