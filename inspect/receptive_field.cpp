#include "inspect/receptive_field.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "layers/conv2d.h"
#include "layers/conv_transpose2d.h"
#include "layers/pooling.h"

namespace helder {
namespace {

/// A window along both axes, as a convolution or a pooling has it.
struct Window {
  Pair kernel = 1, stride = 1, padding = 0, dilation = 1;
};

std::optional<Window> window_of(const OpRecord& op, const Module* module) {
  if (const auto* conv = dynamic_cast<const Conv2d*>(module); conv && op.name == "conv2d") {
    const auto& o = conv->options();
    return Window{{conv->weight.size(2), conv->weight.size(3)}, o.stride, o.padding, o.dilation};
  }
  if (const auto* conv = dynamic_cast<const ConvTranspose2d*>(module);
      conv && op.name == "conv_transpose2d") {
    const auto& o = conv->options();
    return Window{{conv->weight.size(2), conv->weight.size(3)}, o.stride, o.padding, o.dilation};
  }
  if (const auto* pool = dynamic_cast<const MaxPool2d*>(module); pool && op.name == "max_pool2d") {
    const auto& o = pool->options();
    return Window{pool->kernel_size(), o.stride.value_or(pool->kernel_size()), o.padding, o.dilation};
  }
  if (const auto* pool = dynamic_cast<const AvgPool2d*>(module); pool && op.name == "avg_pool2d") {
    const auto& o = pool->options();
    return Window{pool->kernel_size(), o.stride.value_or(pool->kernel_size()), o.padding, 1};
  }
  return {};
}

bool is_one_of(const std::string& name, std::initializer_list<const char*> names) {
  return std::any_of(names.begin(), names.end(), [&](const char* other) { return name == other; });
}

// Position i reads positions i stride - padding + k dilation, k = 0 .. kernel - 1, of what came before.
void slide(FieldAxis& axis, int64_t kernel, int64_t stride, int64_t padding, int64_t dilation) {
  axis.low -= axis.jump * static_cast<double>(padding);
  axis.high += axis.jump * static_cast<double>(dilation * (kernel - 1) - padding);
  axis.jump *= static_cast<double>(stride);
}

// Position i reads positions (i + padding - k dilation) / stride where that is whole. Which ones they are
// differs from one i to the next: this is the range that holds them all.
void slide_transposed(FieldAxis& axis, int64_t kernel, int64_t stride, int64_t padding, int64_t dilation) {
  const auto s = static_cast<double>(stride);
  const auto reach = static_cast<double>(dilation * (kernel - 1));
  const auto shift = static_cast<double>(padding);
  axis.low += axis.jump * (shift - reach) / s;
  axis.high += axis.jump * shift / s;
  axis.jump /= s;
}

void scale(FieldAxis& axis, int64_t before, int64_t after) {
  axis.jump *= static_cast<double>(before) / static_cast<double>(std::max<int64_t>(after, 1));
}

// Windows that cover an axis evenly: output i is made of the positions floor(i in / out) to ceil((i + 1) in /
// out).
void cover(FieldAxis& axis, int64_t before, int64_t after) {
  if (after == 1) {
    axis.whole = true;
  } else if (before != after) {
    axis.high += axis.jump * std::ceil(static_cast<double>(before) / static_cast<double>(after));
    scale(axis, before, after);
  }
}

void join(FieldAxis& a, const FieldAxis& b) {
  a.low = std::min(a.low, b.low);
  a.high = std::max(a.high, b.high);
  a.whole = a.whole || b.whole;
}

// What all inputs of an op together depend on.
ReceptiveField joined(const OpRecord& op, const std::vector<ReceptiveField>& fields) {
  ReceptiveField result;
  for (size_t i = 0; i < op.made_by.size(); ++i) {
    ReceptiveField field;
    if (op.made_by[i] >= 0) {
      field = fields[static_cast<size_t>(op.made_by[i])];
    } else {
      field.known = op.made_by[i] == kInput && op.inputs[i].rank() == 4;
    }
    if (!result.known) {
      result = field;
    } else if (field.known) {
      join(result.h, field.h);
      join(result.w, field.w);
      result.approximate = result.approximate || field.approximate;
    }
  }
  return result;
}

void see_everything(ReceptiveField& field) { field.h.whole = field.w.whole = true; }

}  // namespace

std::string ReceptiveField::str() const {
  if (!known) {
    return "-";
  }
  if (h.whole && w.whole) {
    return "all";
  }
  const auto side = [](const FieldAxis& axis) {
    return axis.whole ? std::string("all") : fmt::format("{:.0f}", std::ceil(axis.size()));
  };
  return fmt::format("{}{}x{}", approximate ? "~" : "", side(h), side(w));
}

std::vector<ReceptiveField> receptive_fields(const Recorder& recorder) {
  std::vector<ReceptiveField> fields;
  for (const OpRecord& op : recorder.ops()) {
    ReceptiveField field = joined(op, fields);
    const Shape before = op.inputs.empty() ? Shape() : op.inputs.front();
    const bool pictures = before.rank() == 4 && op.output.rank() == 4;
    const Module* module = op.call < 0 ? nullptr : recorder.calls()[static_cast<size_t>(op.call)].module;
    if (!field.known) {
      // It stays unknown.
    } else if (const auto window = window_of(op, module)) {
      const auto along = op.name == "conv_transpose2d" ? slide_transposed : slide;
      along(field.h, window->kernel.h, window->stride.h, window->padding.h, window->dilation.h);
      along(field.w, window->kernel.w, window->stride.w, window->padding.w, window->dilation.w);
      field.approximate = field.approximate || along == slide_transposed;
    } else if (is_one_of(op.name, {"scaled_dot_product_attention", "group_norm"}) ||
               (op.name == "linear" && before.rank() <= 2) ||
               (is_one_of(op.name, {"mean", "sum", "max", "min"}) && op.output.rank() < before.rank())) {
      see_everything(field);
    } else if (is_one_of(op.name, {"adaptive_avg_pool2d", "adaptive_max_pool2d"}) && pictures) {
      cover(field.h, before[2], op.output[2]);
      cover(field.w, before[3], op.output[3]);
    } else if (pictures && (before[2] != op.output[2] || before[3] != op.output[3])) {
      // Strided slices, resizing, and windows of which only the shapes are known.
      const bool windows = is_one_of(op.name, {"max_pool2d", "avg_pool2d"});
      for (const auto& [axis, d] : {std::pair{&field.h, 2}, std::pair{&field.w, 3}}) {
        const bool fits = op.output[d] > 0 && before[d] % op.output[d] == 0;
        if (windows && fits) {
          slide(*axis, before[d] / op.output[d], before[d] / op.output[d], 0, 1);
          continue;
        }
        field.approximate = field.approximate || windows || op.name == "interpolate";
        scale(*axis, before[d], op.output[d]);
      }
    }
    fields.push_back(field);
  }
  return fields;
}

}  // namespace helder
