#include "data/loader.h"

#include <algorithm>
#include <numeric>
#include <set>
#include <stdexcept>

#include "data/batch_source.h"
#include "tensor/allocator.h"
#include "tensor/factories.h"
#include "tests/catch.h"

using namespace helder;

namespace {

// Image i has the grey levels i, i + 1, ... in two channels of 3 by 4; its label is i % 7.
ImageDataset counting_images(int64_t count) {
  const Tensor images = empty({count, 2, 3, 4}, DType::UInt8);
  const Tensor labels = empty({count}, DType::Int64);
  for (int64_t i = 0; i < count; ++i) {
    for (int64_t j = 0; j < 24; ++j) {
      images.data<uint8_t>()[i * 24 + j] = static_cast<uint8_t>(i + j);
    }
    labels.data<int64_t>()[i] = i % 7;
  }
  return {"counting", images, labels, 7, {0.25f, 0.5f}, {0.5f, 2.0f}};
}

using Values = std::vector<float>;

struct SeenBatch {
  int64_t index;
  Shape shape;
  Values images;
  std::vector<int64_t> labels;
  bool operator==(const SeenBatch&) const = default;
};

std::vector<SeenBatch> all_batches(const DataLoader& loader, int64_t epoch, int64_t first_batch = 0) {
  std::vector<SeenBatch> seen;
  for (const Batch& batch : loader.epoch(epoch, first_batch)) {
    seen.push_back({batch.index, batch.images.shape(), batch.images.to_vector<float>(),
                    batch.labels.to_vector<int64_t>()});
  }
  return seen;
}

std::vector<int64_t> order_of(const DataLoader& loader, int64_t epoch) {
  return loader.order(epoch).to_vector<int64_t>();
}

}  // namespace

TEST_CASE("loader: deals out normalised images and their labels in the order of the epoch") {
  for (const int prefetch : {0, 1, 2, 5}) {
    for (const bool shuffle : {false, true}) {
      const DataLoader loader(counting_images(10),
                              {.batch_size = 4, .shuffle = shuffle, .prefetch = prefetch});
      const std::vector<int64_t> order = order_of(loader, 3);
      const auto batches = all_batches(loader, 3);
      REQUIRE(batches.size() == 3);
      CHECK(loader.batches_per_epoch() == 3);
      size_t position = 0;
      for (size_t b = 0; b < 3; ++b) {
        const int64_t size = b == 2 ? 2 : 4;
        CHECK(batches[b].index == static_cast<int64_t>(b));
        CHECK(batches[b].shape == Shape{size, 2, 3, 4});
        REQUIRE(batches[b].labels.size() == static_cast<size_t>(size));
        for (size_t i = 0; i < batches[b].labels.size(); ++i, ++position) {
          CHECK(batches[b].labels[i] == order[position] % 7);
          for (size_t j = 0; j < 24; ++j) {
            const float grey = static_cast<float>(order[position] + static_cast<int64_t>(j)) / 255;
            CHECK(batches[b].images[i * 24 + j] == (j < 12 ? (grey - 0.25f) / 0.5f : (grey - 0.5f) / 2.0f));
          }
        }
      }
      CHECK(position == 10);
    }
  }
}

TEST_CASE("loader: without shuffling, the order is the dataset's") {
  const DataLoader loader(counting_images(10), {.shuffle = false});
  std::vector<int64_t> expected(10);
  std::iota(expected.begin(), expected.end(), 0);
  CHECK(order_of(loader, 0) == expected);
  CHECK(order_of(loader, 5) == expected);
}

TEST_CASE("loader: an order is a permutation that depends on the seed and the epoch alone") {
  const DataLoader loader(counting_images(100), {.seed = 7});
  const auto order = order_of(loader, 2);
  auto sorted = order;
  std::sort(sorted.begin(), sorted.end());
  std::vector<int64_t> expected(100);
  std::iota(expected.begin(), expected.end(), 0);
  CHECK(sorted == expected);
  CHECK(order != expected);

  all_batches(loader, 0);
  CHECK(order_of(loader, 2) == order);
  CHECK(order_of(DataLoader(counting_images(100), {.batch_size = 3, .seed = 7, .prefetch = 0}), 2) == order);
  CHECK(order_of(loader, 1) != order);
  CHECK(order_of(DataLoader(counting_images(100), {.seed = 8}), 2) != order);
}

TEST_CASE("loader: an epoch goes on at any batch") {
  const DataLoader loader(counting_images(50), {.batch_size = 8});
  const auto whole = all_batches(loader, 4);
  REQUIRE(whole.size() == 7);
  for (int64_t first = 0; first <= 7; ++first) {
    CHECK(all_batches(loader, 4, first) == std::vector<SeenBatch>(whole.begin() + first, whole.end()));
  }
  CHECK_THROWS_WITH(loader.epoch(0, 8), "loader: an epoch of 7 batches cannot start at batch 8");
  CHECK_THROWS_WITH(loader.epoch(0, -1), "loader: an epoch of 7 batches cannot start at batch -1");
  CHECK_THROWS_WITH(loader.epoch(-1), "loader: there is no epoch -1");
}

TEST_CASE("loader: can leave out a last batch that is not full") {
  CHECK(all_batches(DataLoader(counting_images(10), {.batch_size = 4, .drop_last = true}), 0).size() == 2);
  CHECK(all_batches(DataLoader(counting_images(8), {.batch_size = 4, .drop_last = true}), 0).size() == 2);
  CHECK(all_batches(DataLoader(counting_images(8), {.batch_size = 4}), 0).size() == 2);
  CHECK(all_batches(DataLoader(counting_images(3), {.batch_size = 4, .drop_last = true}), 0).empty());
  CHECK(all_batches(DataLoader(counting_images(3), {.batch_size = 4}), 0).size() == 1);
  CHECK(all_batches(DataLoader(counting_images(0), {.batch_size = 4}), 0).empty());
}

TEST_CASE("loader: a batch that is kept does not change") {
  const DataLoader loader(counting_images(60), {.batch_size = 4, .prefetch = 1});
  std::vector<Batch> kept;
  std::vector<Tensor> views;
  for (const Batch& batch : loader.epoch(0)) {
    if (batch.index % 2) {
      kept.push_back(batch);
    } else {
      // Another handle's memory, as a view keeps it.
      auto impl = std::make_shared<TensorImpl>(*batch.images.impl());
      views.emplace_back(impl);
    }
  }
  const auto expected = all_batches(loader, 0);
  for (const Batch& batch : kept) {
    const SeenBatch& same = expected[static_cast<size_t>(batch.index)];
    CHECK(batch.images.to_vector<float>() == same.images);
    CHECK(batch.labels.to_vector<int64_t>() == same.labels);
  }
  for (size_t i = 0; i < views.size(); ++i) {
    CHECK(views[i].to_vector<float>() == expected[2 * i].images);
  }
}

TEST_CASE("loader: a steady loop allocates nothing") {
  const DataLoader loader(counting_images(1000), {.batch_size = 10, .prefetch = 2});
  MemoryStats warm;
  for (const Batch& batch : loader.epoch(0)) {
    const MemoryStats now = memory_stats();
    if (batch.index == 3) warm = now;
    if (batch.index > 3) {
      CHECK(now.system_allocations == warm.system_allocations);
      CHECK(now.cache_hits == warm.cache_hits);
      CHECK(now.bytes_in_use == warm.bytes_in_use);
    }
  }
}

TEST_CASE("loader: an epoch may be left at any time") {
  const DataLoader loader(counting_images(1000), {.batch_size = 10});
  for (int round = 0; round < 50; ++round) {
    for (const Batch& batch : loader.epoch(round)) {
      if (batch.index == round % 4) break;
    }
    const Epoch never_begun = loader.epoch(round);
    try {
      for ([[maybe_unused]] const Batch& batch : loader.epoch(round)) {
        throw std::runtime_error("out");
      }
      FAIL("the loop has not run");
    } catch (const std::runtime_error&) {
    }
  }
  CHECK(all_batches(loader, 0).size() == 100);
}

TEST_CASE("loader: two epochs can run side by side") {
  const DataLoader loader(counting_images(100), {.batch_size = 10});
  Epoch first = loader.epoch(0);
  Epoch second = loader.epoch(0);
  auto b = second.begin();
  int batches = 0;
  for (auto a = first.begin(); a != first.end(); ++a, ++b, ++batches) {
    CHECK(a->labels.to_vector<int64_t>() == b->labels.to_vector<int64_t>());
  }
  CHECK(batches == 10);
  CHECK(b == second.end());
}

TEST_CASE("loader: what goes wrong in the thread is thrown by the loop") {
  ImageDataset dataset = counting_images(8);
  dataset.labels = zeros({8}, DType::UInt8);  // DataLoader would refuse it
  for (const int prefetch : {0, 2}) {
    BatchSource source(BatchMaker(dataset, arange(8), 4), 0, 2, prefetch);
    CHECK_THROWS_WITH(source.next(), "data: the tensor is uint8, not int64");
  }
}

TEST_CASE("loader: refuses a dataset whose parts do not fit") {
  const auto with = [](auto change) {
    ImageDataset dataset = counting_images(10);
    change(dataset);
    return dataset;
  };
  using D = ImageDataset;
  CHECK_THROWS_WITH(DataLoader(with([](D& d) { d.images = Tensor(); })),
                    "loader: 'counting' needs images [N,channels,height,width] of uint8, got none");
  CHECK_THROWS_WITH(
      DataLoader(with([](D& d) {
        d.images = zeros({10, 28, 28}, DType::UInt8);
      })),
      "loader: 'counting' needs images [N,channels,height,width] of uint8, got [10,28,28] of uint8");
  CHECK_THROWS_WITH(
      DataLoader(with([](D& d) {
        d.images = zeros({10, 2, 3, 4});
      })),
      "loader: 'counting' needs images [N,channels,height,width] of uint8, got [10,2,3,4] of float32");
  CHECK_THROWS_WITH(DataLoader(with([](D& d) { d.labels = zeros({10}, DType::UInt8); })),
                    "loader: 'counting' needs labels [N] of int64, got [10] of uint8");
  CHECK_THROWS_WITH(DataLoader(with([](D& d) { d.labels = zeros({9}, DType::Int64); })),
                    "loader: 'counting' has 10 images but 9 labels");
  CHECK_THROWS_WITH(DataLoader(with([](D& d) { d.mean = {0.5f}; })),
                    "loader: 'counting' has 2 channels, but 1 means and 2 deviations");
  CHECK_THROWS_WITH(DataLoader(with([](D& d) { d.deviation[1] = 0; })),
                    "loader: 'counting' has a deviation of 0; it must be positive");
}

TEST_CASE("loader: refuses options that make no sense") {
  CHECK_THROWS_WITH(DataLoader(counting_images(1), {.batch_size = 0}),
                    "loader: the batch size must be at least 1, got 0");
  CHECK_THROWS_WITH(DataLoader(counting_images(1), {.prefetch = -1}),
                    "loader: prefetch must not be negative, got -1");
}

TEST_CASE("loader: an augmentation changes images before they are normalised") {
  const Augmentation right_half = [](const Tensor& image, Generator&) { return image.slice(2, 2, 4); };
  const DataLoader plain(counting_images(5), {.batch_size = 2, .shuffle = false});
  for (const int prefetch : {0, 2}) {
    const DataLoader loader(counting_images(5),
                            {.batch_size = 2, .shuffle = false, .prefetch = prefetch, .augment = right_half});
    const auto batches = all_batches(loader, 0), whole = all_batches(plain, 0);
    REQUIRE(batches.size() == 3);
    CHECK(batches[0].shape == Shape{2, 2, 3, 2});
    CHECK(batches[2].shape == Shape{1, 2, 3, 2});
    CHECK(batches[1].labels == whole[1].labels);
    for (size_t i = 0; i < batches[1].images.size(); ++i) {
      CHECK(batches[1].images[i] == whole[1].images[i / 2 * 4 + 2 + i % 2]);
    }
  }
}

TEST_CASE("loader: what an augmentation draws depends on seed, epoch and image alone") {
  const Augmentation draw = [](const Tensor& image, Generator& generator) {
    return full(image.shape(), static_cast<double>(generator.randint(0, 256)), DType::UInt8);
  };
  const auto loader = [&](uint64_t seed, int prefetch, int64_t batch_size) {
    return DataLoader(
        counting_images(12),
        {.batch_size = batch_size, .shuffle = false, .seed = seed, .prefetch = prefetch, .augment = draw});
  };
  const auto values = [](const std::vector<SeenBatch>& batches) {
    Values all;
    for (const SeenBatch& batch : batches) all.insert(all.end(), batch.images.begin(), batch.images.end());
    return all;
  };
  const Values first = values(all_batches(loader(1, 0, 4), 0));
  CHECK(std::set<float>(first.begin(), first.end()).size() > 12);  // two channels, normalised by themselves
  CHECK(values(all_batches(loader(1, 3, 4), 0)) == first);
  CHECK(values(all_batches(loader(1, 0, 5), 0)) == first);
  CHECK(values(all_batches(loader(1, 0, 4), 1)) != first);
  CHECK(values(all_batches(loader(2, 0, 4), 0)) != first);
  CHECK(values(all_batches(loader(1, 2, 4), 0, 1)) == Values(first.begin() + 4 * 24, first.end()));
}

TEST_CASE("loader: an augmentation has to give images of one size") {
  const auto message = [](const Augmentation& augment) {
    const DataLoader loader(counting_images(3), {.batch_size = 3, .shuffle = false, .augment = augment});
    try {
      all_batches(loader, 0);
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string("(no failure)");
  };
  CHECK(message([](const Tensor&, Generator&) { return Tensor(); }) ==
        "loader: the augmentation must give images [2,height,width] of uint8, got none");
  CHECK(message([](const Tensor& image, Generator&) { return image.slice(0, 0, 1); }) ==
        "loader: the augmentation must give images [2,height,width] of uint8, got [1,3,4] of uint8");
  CHECK(message([](const Tensor& image, Generator&) { return image.to(DType::Float32); }) ==
        "loader: the augmentation must give images [2,height,width] of uint8, got [2,3,4] of float32");
  CHECK(message([](const Tensor& image, Generator&) {
          return image.slice(2, 0, image.at<uint8_t>({0, 0, 0}) == 2 ? 2 : 4);
        }) == "loader: the augmentation gave images of [2,3,4] and of [2,3,2]");
}
