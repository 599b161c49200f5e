// What is inside a file of weights: names, types, shapes, statistics; PyTorch, safetensors, NumPy

#include <CLI/CLI.hpp>
#include <array>
#include <cmath>
#include <regex>

#include "examples/common/command_line.h"
#include "examples/common/output_files.h"
#include "examples/common/weights_flag.h"
#include "weights/safetensors.h"

using namespace helder;

namespace {

struct Options {
  std::filesystem::path file, convert, json;
  std::string grep;
  bool stats = false;
};

// ---- what is known of a tensor ----

/// Of the numbers that are not NaN, but for `sum`. What there are too few numbers for is NaN.
struct Statistics {
  double sum = 0;  // of all
  double mean = NAN, deviation = NAN, smallest = NAN, largest = NAN;
  int64_t nans = 0;
};

Statistics statistics_of(const std::vector<double>& values) {
  Statistics result;
  double sum = 0;
  int64_t count = 0;
  for (double value : values) {
    result.sum += value;
    if (std::isnan(value)) {
      ++result.nans;
      continue;
    }
    ++count;
    sum += value;
    result.smallest = std::fmin(result.smallest, value);
    result.largest = std::fmax(result.largest, value);
  }
  if (count > 0) {
    result.mean = sum / static_cast<double>(count);
  }
  if (count > 1) {
    double squares = 0;
    for (double value : values) {
      squares += std::isnan(value) ? 0 : (value - result.mean) * (value - result.mean);
    }
    result.deviation = std::sqrt(squares / static_cast<double>(count - 1));  // as torch.std has it
  }
  return result;
}

// ---- what is shown ----

/// A name may hold anything, and a terminal obeys some of it.
std::string printable(std::string name) {
  std::replace_if(
      name.begin(), name.end(), [](unsigned char c) { return c < ' ' || c == 0x7f; }, '?');
  return name;
}

std::string cell(double value) { return std::isnan(value) ? "-" : fmt::format("{:.4g}", value); }

std::string row(std::string_view name, std::string_view dtype, std::string_view shape,
                const std::array<size_t, 2>& widths) {
  return fmt::format("{:<{}}  {:<8}  {:<{}}", name, widths[0], dtype, shape, widths[1]);
}

std::string row(const Statistics& s) {
  return fmt::format("  {:>10} {:>10} {:>10} {:>10} {:>6}", cell(s.mean), cell(s.deviation), cell(s.smallest),
                     cell(s.largest), s.nans);
}

/// 1234567 as 1,234,567.
std::string with_commas(int64_t number) {
  std::string digits = std::to_string(number);
  for (auto i = static_cast<std::ptrdiff_t>(digits.size()) - 3; i > 0; i -= 3) {
    digits.insert(static_cast<size_t>(i), ",");
  }
  return digits;
}

nlohmann::json json_of(const StoredTensor& tensor, const std::vector<double>& values, double sum) {
  const auto element = [&](size_t i) {
    return values.empty() ? nlohmann::json() : nlohmann::json(values[i]);
  };
  return {{"name", tensor.name},
          {"dtype", dtype_name(tensor.type)},
          {"shape", std::vector<int64_t>(tensor.shape.begin(), tensor.shape.end())},
          {"sum", sum},
          {"first", element(0)},
          {"last", element(values.size() - 1)}};
}

// ---- the program ----

std::vector<StoredTensor> select(const WeightFile& file, const std::string& expression) {
  std::vector<StoredTensor> selected;
  const std::regex pattern(expression);
  for (const StoredTensor& tensor : file.tensors()) {
    if (expression.empty() || std::regex_search(tensor.name, pattern)) {
      selected.push_back(tensor);
    }
  }
  return selected;
}

void convert(const Options& options, const WeightFile& file, const std::vector<StoredTensor>& tensors) {
  std::vector<std::pair<std::string, Tensor>> converted;
  int64_t widened = 0;
  for (const StoredTensor& tensor : tensors) {
    converted.emplace_back(tensor.name, file.tensor(tensor.name));
    widened += size_of(tensor.type) != size_of(dtype_of(tensor.type)) ? 1 : 0;
  }
  auto metadata = file.metadata();
  metadata.emplace("format", "pt");  // which loaders in Python look for
  save_safetensors(options.convert, converted, metadata);
  fmt::print(
      "written  {}{}\n", options.convert.string(),
      widened == 0 ? "" : fmt::format(", {} of them as int64: Helder has no narrower integers", widened));
}

void run(const Options& options) {
  check_output_path(options.convert);
  check_output_path(options.json);
  const auto file = open_weights(find_weights(options.file));
  const std::vector<StoredTensor> tensors = select(*file, options.grep);

  std::array<size_t, 2> widths = {4, 0};  // of names and shapes
  for (const StoredTensor& tensor : tensors) {
    widths[0] = std::max(widths[0], tensor.name.size());
    widths[1] = std::max(widths[1], options.stats ? tensor.shape.str().size() : 0);
  }
  fmt::print("{}", row("name", "dtype", "shape", widths));
  if (options.stats) {
    fmt::print("  {:>10} {:>10} {:>10} {:>10} {:>6}", "mean", "std", "min", "max", "NaN");
  }
  fmt::print("\n");

  int64_t parameters = 0;
  double bytes = 0;
  nlohmann::json list = nlohmann::json::array();
  for (const StoredTensor& tensor : tensors) {
    parameters += tensor.shape.numel();
    bytes += static_cast<double>(tensor.shape.numel()) * static_cast<double>(size_of(tensor.type));
    std::string line = row(printable(tensor.name), dtype_name(tensor.type), tensor.shape.str(), widths);
    if (options.stats || !options.json.empty()) {
      const std::vector<double> values = file->tensor(tensor.name).to_vector<double>();
      const Statistics statistics = statistics_of(values);
      list.push_back(json_of(tensor, values, statistics.sum));
      line += options.stats ? row(statistics) : "";
    }
    fmt::print("{}\n", line);
  }
  fmt::print("total    {} tensors, {} parameters, {:.2f} MB\n", tensors.size(), with_commas(parameters),
             bytes / 1e6);

  if (!options.convert.empty()) {
    convert(options, *file, tensors);
  }
  if (!options.json.empty()) {
    write_json(options.json, {{"tensors", list}});
    fmt::print("results  {}\n", options.json.string());
  }
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app(
      "Lists the tensors in a file of weights: PyTorch's (.pt, .pth, .th), safetensors (or the index of "
      "several), NumPy's (.npy, .npz). Nothing in the file is run.",
      "weights");
  app.add_option("file", options.file, "what to look into, or hf:owner/name[/file][@revision]")
      ->required()
      ->type_name("FILE");
  app.add_flag("--stats", options.stats, "mean, standard deviation, smallest, largest, and how many are NaN");
  app.add_option("--grep", options.grep, "only tensors in whose names this is found")
      ->type_name("RE")
      ->check([](const std::string& text) -> std::string {
        try {
          const std::regex ignored(text);
          return "";
        } catch (const std::regex_error& error) {
          return "not a regular expression: " + text;
        }
      });
  app.add_option("--convert", options.convert, "write them to a new safetensors file")
      ->type_name("OUT.safetensors");
  app.add_option("--json", options.json, "write names, types, shapes, sums, first and last elements here")
      ->type_name("FILE");
  return parse_and_run(app, argc, argv, [&] {
    run(options);
    return 0;
  });
}
