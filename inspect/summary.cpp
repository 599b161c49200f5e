#include "inspect/summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <unordered_set>

#include "inspect/multiply_adds.h"
#include "inspect/recorder.h"
#include "layers/conv1d.h"
#include "layers/conv2d.h"
#include "layers/conv_transpose2d.h"
#include "layers/module_guards.h"
#include "layers/pooling.h"

namespace helder {
namespace {

int64_t bytes_of(const Tensor& x) { return x.numel() * static_cast<int64_t>(size_of(x.dtype())); }

std::string class_name(const Module& module) {
  const std::string text = module.describe();
  return text.substr(0, text.find('('));
}

std::vector<int64_t> kernel_of(const Module& module) {
  if (const auto* pool = dynamic_cast<const MaxPool2d*>(&module)) {
    return {pool->kernel_size().h, pool->kernel_size().w};
  }
  if (const auto* pool = dynamic_cast<const AvgPool2d*>(&module)) {
    return {pool->kernel_size().h, pool->kernel_size().w};
  }
  if (!module.children().empty()) {
    return {};
  }
  for (const auto& [name, parameter] : module.named_parameters()) {
    const Shape& shape = parameter.shape();
    if (name == "weight" && shape.rank() > 2) {
      return {shape.begin() + 2, shape.end()};
    }
  }
  return {};
}

/// What a call's rows are counted from.
struct Counts {
  const Recorder& recorder;
  std::unordered_set<const void*> not_kept;  // storages of parameters and of the model's input

  int64_t kept_bytes(const CallRecord& call) const {
    int64_t bytes = 0;
    std::unordered_set<const void*> counted;
    for (int i = call.first_op; i < call.last_op; ++i) {
      for (const SavedRecord& saved : recorder.ops()[static_cast<size_t>(i)].saved) {
        if (!not_kept.contains(saved.storage) && counted.insert(saved.storage).second) {
          bytes += saved.bytes;
        }
      }
    }
    return bytes;
  }
};

SummaryRow row_of(const CallRecord& call, size_t index, const Counts& counts,
                  const std::vector<ReceptiveField>& fields) {
  SummaryRow row;
  row.path = call.path;
  row.layer = class_name(*call.module);
  row.depth = call.depth;
  row.leaf = call.module->children().empty();
  row.input = call.inputs.empty() ? Shape() : call.inputs.front();
  row.output = call.output;
  row.kernel = kernel_of(*call.module);
  row.parameters = call.module->parameter_count();
  for (const auto& [name, parameter] : call.module->named_parameters()) {
    row.own_parameters += name.find('.') == std::string::npos ? parameter.numel() : 0;
    row.trainable += parameter.requires_grad() ? parameter.numel() : 0;
  }
  for (int i = call.first_op; i < call.last_op; ++i) {
    const OpRecord& op = counts.recorder.ops()[static_cast<size_t>(i)];
    const int64_t adds = multiply_adds(op);
    row.multiply_adds += adds;
    row.own_multiply_adds += op.call == static_cast<int>(index) ? adds : 0;
    row.activation_bytes += op.bytes;
  }
  row.field = call.output_op >= 0 ? fields[static_cast<size_t>(call.output_op)] : ReceptiveField();
  row.backward_bytes = counts.kept_bytes(call);
  row.seconds = call.seconds;
  return row;
}

// The longest way from the input to each op's output, in convolutions and linear layers.
int64_t longest_way(const Recorder& recorder) {
  std::vector<int64_t> lengths;
  int64_t longest = 0;
  for (const OpRecord& op : recorder.ops()) {
    int64_t length = 0;
    for (int maker : op.made_by) {
      length = std::max(length, maker >= 0 ? lengths[static_cast<size_t>(maker)] : 0);
    }
    length += op.name.starts_with("conv") || op.name == "linear" ? 1 : 0;
    lengths.push_back(length);
    longest = std::max(longest, length);
  }
  return longest;
}

// ---- the table ----

std::string thousands(int64_t number) {
  std::string digits = std::to_string(number);
  for (auto i = static_cast<int64_t>(digits.size()) - 3; i > 0; i -= 3) {
    digits.insert(static_cast<size_t>(i), ",");
  }
  return digits;
}

std::string bytes_text(int64_t bytes) {
  const auto number = static_cast<double>(bytes);
  return bytes == 0    ? "--"
         : bytes < 1e6 ? fmt::format("{:.1f} kB", number / 1e3)
                       : fmt::format("{:.1f} MB", number / 1e6);
}

std::string count_text(int64_t count) { return count == 0 ? "--" : thousands(count); }

// Characters, of which some are several bytes.
size_t width_of(const std::string& text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

std::string label_of(const SummaryRow& row, int64_t number) {
  std::string text;
  for (int i = 1; i < row.depth; ++i) {
    text += "│  ";
  }
  text += row.depth == 0 ? "" : row.depth == 1 ? "├─" : "└─";
  const std::string name = row.path.substr(row.path.rfind('.') + 1);
  text += row.layer + (name.empty() ? "" : " (" + name + ")");
  return row.depth == 0 ? text : text + fmt::format(": {}-{}", row.depth, number);
}

std::string list_text(const std::vector<int64_t>& sizes) {
  return sizes.empty() ? "--" : fmt::format("[{}]", fmt::join(sizes, ","));
}

}  // namespace

Summary summary(Module& model, const Tensor& input, const SummaryOptions& options) {
  const EvalGuard modes(model);
  if (options.training) {
    model.train();
  }
  if (options.measured) {
    model(input);  // memory is taken, caches are filled
  }
  Recorder recorder(model);
  {
    const ObserverGuard guard(recorder);
    model(input);
  }
  const std::vector<ReceptiveField> fields = receptive_fields(recorder);

  Summary result;
  result.options = options;
  Counts counts{recorder, {input.impl()->storage.get()}};
  for (const Tensor& parameter : model.parameters()) {
    counts.not_kept.insert(parameter.impl()->storage.get());
    result.total_parameters += parameter.numel();
    result.trainable_parameters += parameter.requires_grad() ? parameter.numel() : 0;
    result.parameter_bytes += bytes_of(parameter);
  }
  result.input_bytes = bytes_of(input);
  std::unordered_set<const Module*> seen;
  for (size_t i = 0; i < recorder.calls().size(); ++i) {
    const CallRecord& call = recorder.calls()[i];
    result.rows.push_back(row_of(call, i, counts, fields));
    result.rows.back().repeated = !seen.insert(call.module).second;
  }
  result.layers_in_a_row = longest_way(recorder);
  return result;
}

std::string Summary::str() const {
  std::vector<std::vector<std::string>> table = {{"Layer (name): depth-number", "Kernel", "Input", "Output",
                                                  "Parameters", "%", "Mult-adds", "Trainable", "Field",
                                                  "Activations", "Kept for backward"}};
  if (options.measured) {
    table.front().push_back("Time");
  }
  const int deepest = options.depth > 0 ? options.depth : std::numeric_limits<int>::max();
  std::vector<int64_t> numbers;  // of rows so far, at each depth
  for (size_t i = 0; i < rows.size(); ++i) {
    const SummaryRow& row = rows[i];
    numbers.resize(std::max(numbers.size(), static_cast<size_t>(row.depth) + 1));
    const int64_t number = ++numbers[static_cast<size_t>(row.depth)];
    if (row.depth > deepest) {
      continue;
    }
    // What the rows below say is not said twice.
    const bool opened = i + 1 < rows.size() && rows[i + 1].depth > row.depth && row.depth < deepest;
    const int64_t parameters = opened ? row.own_parameters : row.parameters;
    const int64_t adds = opened ? row.own_multiply_adds : row.multiply_adds;
    table.push_back({label_of(row, number), list_text(row.kernel), row.input.str(), row.output.str(),
                     row.repeated && row.parameters > 0 ? "(repeated)" : count_text(parameters),
                     parameters == 0 || row.repeated
                         ? "--"
                         : fmt::format("{:.2f}", 100 * static_cast<double>(parameters) /
                                                     static_cast<double>(total_parameters)),
                     count_text(adds),
                     row.parameters == 0               ? "--"
                     : row.trainable == row.parameters ? "yes"
                     : row.trainable == 0              ? "no"
                                                       : "partly",
                     row.field.str(), bytes_text(row.activation_bytes), bytes_text(row.backward_bytes)});
    if (options.measured) {
      table.back().push_back(fmt::format("{:.2f} ms", 1e3 * row.seconds));
    }
  }

  std::vector<size_t> widths(table.front().size());
  for (const auto& line : table) {
    for (size_t c = 0; c < line.size(); ++c) {
      widths[c] = std::max(widths[c], width_of(line[c]));
    }
  }
  size_t total = 2 * (widths.size() - 1);
  for (const size_t width : widths) {
    total += width;
  }
  const std::string rule = std::string(total, '=') + "\n";
  std::string text = rule;
  for (size_t r = 0; r < table.size(); ++r) {
    std::string line;
    for (size_t c = 0; c < table[r].size(); ++c) {
      const std::string padding(widths[c] - width_of(table[r][c]), ' ');
      const bool left = c < 4;  // names and shapes; numbers stand to the right
      line += (c > 0 ? "  " : "") + (left ? table[r][c] + padding : padding + table[r][c]);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n" + (r == 0 ? rule : "");
  }
  const auto mega = [](int64_t number) { return static_cast<double>(number) / 1e6; };
  text += rule;
  text += fmt::format("Parameters: {}, of which {} are trained ({:.2f} MB)\n", thousands(total_parameters),
                      thousands(trainable_parameters), mega(parameter_bytes));
  text += fmt::format("Multiply-adds: {}\n", model().multiply_adds >= 1000000000
                                                 ? fmt::format("{:.2f} G", mega(model().multiply_adds) / 1e3)
                                                 : fmt::format("{:.2f} M", mega(model().multiply_adds)));
  text += fmt::format("Input: {:.2f} MB, activations: {:.2f} MB, kept for backward: {:.2f} MB\n",
                      mega(input_bytes), mega(model().activation_bytes), mega(model().backward_bytes));
  text += fmt::format("Layers with weights, one after another: {}\n", layers_in_a_row);
  if (options.measured) {
    text += fmt::format("Time: {:.2f} ms\n", 1e3 * model().seconds);
  }
  return text + rule;
}

}  // namespace helder
