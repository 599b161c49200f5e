#include "training/checkpoint.h"

#include <array>
#include <charconv>

#include "weights/safetensors.h"

namespace helder {
namespace {

constexpr const char* kFormat = "helder-checkpoint-2";

// The tensors of a checkpoint, by how their names begin in the file.
template <class C>
auto parts_of(C& checkpoint) {
  return std::array{std::pair{std::string("model."), &checkpoint.model},
                    std::pair{std::string("optimizer."), &checkpoint.optimizer},
                    std::pair{std::string("schedule."), &checkpoint.schedule},
                    std::pair{std::string("average."), &checkpoint.average}};
}

template <class Integer>
Integer parse_integer(const std::filesystem::path& path, const std::string& name, const std::string& text) {
  Integer value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  check(error == std::errc() && end == text.data() + text.size() && value >= 0,
        "checkpoint {}: '{}' must be a whole number, got '{}'", path.string(), name, text);
  return value;
}

}  // namespace

void save_checkpoint(const std::filesystem::path& path, const Checkpoint& checkpoint) {
  std::vector<std::pair<std::string, Tensor>> tensors;
  for (const auto& [prefix, part] : parts_of(checkpoint)) {
    for (const auto& [name, tensor] : *part) {
      tensors.emplace_back(prefix + name, tensor);
    }
  }
  save_safetensors(path, tensors,
                   {{"format", kFormat},
                    {"architecture", checkpoint.architecture},
                    {"recipe", checkpoint.recipe},
                    {"progress", checkpoint.progress},
                    {"optimizer", checkpoint.optimizer_name},
                    {"epoch", std::to_string(checkpoint.epoch)},
                    {"batch", std::to_string(checkpoint.batch)},
                    {"generator_seed", std::to_string(checkpoint.generator_seed)},
                    {"generator_offset", std::to_string(checkpoint.generator_offset)}});
}

Checkpoint load_checkpoint(const std::filesystem::path& path) {
  const SafetensorsFile file(path);
  const auto text = [&](const std::string& name) {
    const auto found = file.metadata().find(name);
    check(found != file.metadata().end(),
          "checkpoint {}: there is no '{}' in its metadata; is it a checkpoint of training?", path.string(),
          name);
    return found->second;
  };
  check(text("format") == kFormat, "checkpoint {}: its format is '{}', expected '{}'", path.string(),
        text("format"), kFormat);

  Checkpoint checkpoint;
  checkpoint.architecture = text("architecture");
  checkpoint.recipe = text("recipe");
  checkpoint.progress = text("progress");
  checkpoint.optimizer_name = text("optimizer");
  checkpoint.epoch = parse_integer<int64_t>(path, "epoch", text("epoch"));
  checkpoint.batch = parse_integer<int64_t>(path, "batch", text("batch"));
  checkpoint.generator_seed = parse_integer<uint64_t>(path, "generator_seed", text("generator_seed"));
  checkpoint.generator_offset = parse_integer<uint64_t>(path, "generator_offset", text("generator_offset"));
  for (const std::string& name : file.names()) {
    bool known = false;
    for (const auto& [prefix, part] : parts_of(checkpoint)) {
      if (name.starts_with(prefix)) {
        part->emplace_back(name.substr(prefix.size()), file.tensor(name));
        known = true;
      }
    }
    check(known, "checkpoint {}: tensor '{}' belongs to no part of a checkpoint", path.string(), name);
  }
  return checkpoint;
}

}  // namespace helder
