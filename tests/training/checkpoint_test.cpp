#include "training/checkpoint.h"

#include "models/mlp.h"
#include "tensor/cuda_memory.h"
#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/full_disk.h"
#include "tests/temporary_directory.h"
#include "weights/safetensors.h"

using namespace helder;

namespace {

Checkpoint example(const Mlp& model) {
  return {.architecture = "mlp",
          .recipe = R"({"lr":0.1})",
          .progress = "{}",
          .model = model.state_dict(),
          .optimizer_name = "Adam",
          .optimizer = {{"steps", tensor<int64_t>({3, 3, 3, 3})}},
          .schedule = {{"step", tensor<int64_t>({3})}},
          .average = {{"fc1.bias", zeros({3})}},
          .epoch = 1,
          .batch = 2,
          .generator_seed = 18446744073709551615u,
          .generator_offset = 7};
}

}  // namespace

TEST_CASE("a checkpoint comes back as it was saved") {
  const TemporaryDirectory folder;
  const Mlp model(4, 3, 2);
  const Checkpoint saved = example(model);
  save_checkpoint(folder / "c.safetensors", saved);
  const Checkpoint loaded = load_checkpoint(folder / "c.safetensors");
  CHECK(loaded.architecture == "mlp");
  CHECK(loaded.recipe == saved.recipe);
  CHECK(loaded.progress == saved.progress);
  CHECK(loaded.optimizer_name == "Adam");
  REQUIRE(loaded.schedule.size() == 1);
  CHECK(loaded.schedule[0].first == "step");
  CHECK(loaded.schedule[0].second.to_vector<int64_t>() == std::vector<int64_t>{3});
  REQUIRE(loaded.average.size() == 1);
  CHECK(loaded.average[0].first == "fc1.bias");
  CHECK(loaded.epoch == 1);
  CHECK(loaded.batch == 2);
  CHECK(loaded.generator_seed == saved.generator_seed);
  CHECK(loaded.generator_offset == 7);
  REQUIRE(loaded.model.size() == saved.model.size());
  Mlp other(4, 3, 2);
  other.load_state_dict(loaded.model);
  CHECK(other.fc1.weight.to_vector<float>() == model.fc1.weight.to_vector<float>());
  REQUIRE(loaded.optimizer.size() == 1);
  CHECK(loaded.optimizer[0].second.to_vector<int64_t>() == std::vector<int64_t>{3, 3, 3, 3});
}

TEST_CASE("a checkpoint does not know on which device its model was", "[training][cuda]") {
  if (!cuda::is_available()) {
    return;
  }
  const TemporaryDirectory folder;
  const Mlp model(4, 3, 2);
  const auto weights = model.fc1.weight.to_vector<float>();
  Mlp there(4, 3, 2);
  there.to(Device::Cuda);
  there.load_state_dict(model.state_dict());  // CPU to GPU
  CHECK(there.fc1.weight.is_cuda());
  CHECK(there.fc1.weight.to_vector<float>() == weights);

  save_checkpoint(folder / "c.safetensors", example(there));
  const Checkpoint loaded = load_checkpoint(folder / "c.safetensors");
  Mlp back(4, 3, 2);
  back.load_state_dict(loaded.model);
  CHECK(back.fc1.weight.is_cpu());
  CHECK(back.fc1.weight.to_vector<float>() == weights);
  Mlp again(4, 3, 2);
  again.to(Device::Cuda);
  again.load_state_dict(loaded.model);
  CHECK(again.fc1.weight.is_cuda());
  CHECK(again.fc1.weight.to_vector<float>() == weights);
}

TEST_CASE("a full disk while saving leaves the old checkpoint and no half file") {
  const TemporaryDirectory folder;
  save_checkpoint(folder / "c.safetensors", example(Mlp(4, 3, 2)));
  const std::string before = read_file(folder / "c.safetensors");
  {
    const FullDisk full(1024);
    CHECK_THROWS_WITH(save_checkpoint(folder / "c.safetensors", example(Mlp(400, 3, 2))),
                      ContainsSubstring("c.safetensors") && ContainsSubstring("File too large"));
  }
  CHECK((read_file(folder / "c.safetensors") == before));
  CHECK(folder.names() == std::vector<std::string>{"c.safetensors"});
}

TEST_CASE("what is not a whole checkpoint is refused by name") {
  const TemporaryDirectory folder;
  const std::string path = (folder / "c.safetensors").string();
  CHECK_THROWS_WITH(load_checkpoint(path), ContainsSubstring(path));

  SECTION("cut short, at every tenth byte") {
    save_checkpoint(path, example(Mlp(4, 3, 2)));
    const std::string whole = read_file(path);
    for (size_t size = 0; size < whole.size(); size += 10) {
      write_file(path, std::string_view(whole).substr(0, size));
      CHECK_THROWS_WITH(load_checkpoint(path), ContainsSubstring(path));
    }
  }
  SECTION("weights alone") {
    save_safetensors(path, Mlp(4, 3, 2).state_dict());
    CHECK_THROWS_WITH(load_checkpoint(path),
                      "checkpoint " + path +
                          ": there is no 'format' in its metadata; is it a checkpoint of "
                          "training?");
  }
  SECTION("a number that is none") {
    save_safetensors(path, {},
                     {{"format", "helder-checkpoint-2"},
                      {"architecture", "mlp"},
                      {"recipe", "{}"},
                      {"progress", "{}"},
                      {"optimizer", "Adam"},
                      {"epoch", "-3"}});
    CHECK_THROWS_WITH(load_checkpoint(path),
                      "checkpoint " + path + ": 'epoch' must be a whole number, got '-3'");
  }
}
