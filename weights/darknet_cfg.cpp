#include "weights/darknet_cfg.h"

#include <algorithm>

#include "tensor/error.h"
#include "tensor/mapped_file.h"
#include "weights/darknet_cfg_section.h"

namespace helder {
namespace {

using Section = DarknetCfgSection;

DarknetActivation activation_of(Section& section, std::string_view otherwise) {
  const std::string name = section.text("activation", otherwise);
  constexpr std::pair<std::string_view, DarknetActivation> kNames[] = {
      {"linear", DarknetActivation::Linear}, {"leaky", DarknetActivation::Leaky},
      {"relu", DarknetActivation::Relu},     {"relu6", DarknetActivation::Relu6},
      {"mish", DarknetActivation::Mish},     {"swish", DarknetActivation::Swish},
      {"tanh", DarknetActivation::Tanh},     {"logistic", DarknetActivation::Logistic}};
  for (const auto& [known, activation] : kNames) {
    if (name == known) {
      return activation;
    }
  }
  section.fail_at(
      "activation",
      fmt::format("activation={} is none of linear, leaky, relu, relu6, mish, swish, logistic and tanh",
                  name.substr(0, 60)));
}

Pair stride_of(Section& section) {
  const int64_t both = section.integer("stride", 1);
  return {section.integer("stride_y", both), section.integer("stride_x", both)};
}

// Layers are numbered from the first one, or from this one when negative.
std::vector<int64_t> layers_of(Section& section, std::string_view key, int64_t layer) {
  std::vector<int64_t> layers = section.integers(key);
  if (layers.empty()) {
    section.fail_at(key, fmt::format("{}= is missing", key));
  }
  for (int64_t& number : layers) {
    const int64_t at = number < 0 ? layer + number : number;
    if (at < 0 || at >= layer) {
      section.fail_at(
          key, layer == 0 ? fmt::format("{}={}: there is no layer before this one", key, number)
                          : fmt::format("{}={}: there is no such layer; before this one there are 0 to {}",
                                        key, number, layer - 1));
    }
    number = at;
  }
  return layers;
}

std::vector<DarknetYolo::Anchor> anchors_of(Section& section) {
  const std::vector<double> numbers = section.numbers("anchors");
  const int64_t count = section.integer("num", 1);
  if (count < 1 || static_cast<int64_t>(numbers.size()) != 2 * count) {
    section.fail_at("anchors",
                    fmt::format("num={} anchors are {} numbers, got {}", count, 2 * count, numbers.size()));
  }
  std::vector<DarknetYolo::Anchor> anchors;
  for (size_t i = 0; i < numbers.size(); i += 2) {
    anchors.push_back({numbers[i], numbers[i + 1]});
  }
  return anchors;
}

// ---- a function for each kind of section; `layer` is its number ----

DarknetConvolutional convolutional(Section& s, int64_t) {
  DarknetConvolutional o;
  o.filters = s.integer("filters", 1);
  o.size = s.integer("size", 1);
  o.stride = stride_of(s);
  o.padding = s.integer("padding", 0);
  if (s.flag("pad")) {
    o.padding = o.size / 2;
  }
  o.dilation = s.integer("dilation", 1);
  if (o.size == 1) {
    o.dilation = 1;
  }
  o.groups = s.integer("groups", 1);
  o.batch_normalize = s.flag("batch_normalize");
  o.activation = activation_of(s, "logistic");
  s.refuse(
      "antialiasing assisted_excitation binary bin_output cbn coordconv dot flipped reverse rotate "
      "share_index stretch stretch_sway sway xnor");
  s.skip("angle grad_centr stream wait_stream");
  return o;
}

DarknetConnected connected(Section& s, int64_t) {
  return {.output = s.integer("output", 1),
          .batch_normalize = s.flag("batch_normalize"),
          .activation = activation_of(s, "logistic")};
}

DarknetMaxPool maxpool(Section& s, int64_t) {
  const Pair stride = stride_of(s);
  const int64_t size = s.integer("size", s.integer("stride", 1));
  s.refuse("antialiasing maxpool_depth maxpool_zero_nonmax");
  s.skip("out_channels");
  return {.size = size, .stride = stride, .padding = s.integer("padding", size - 1)};
}

DarknetUpsample upsample(Section& s, int64_t) {
  return {.stride = s.integer("stride", 2), .scale = s.number("scale", 1)};
}

DarknetRoute route(Section& s, int64_t layer) {
  s.skip("stream wait_stream");
  return {.layers = layers_of(s, "layers", layer),
          .groups = s.integer("groups", 1),
          .group_id = s.integer("group_id", 0)};
}

DarknetShortcut shortcut(Section& s, int64_t layer) {
  for (const char* key : {"weights_type", "weights_normalization"}) {
    if (s.text(key, "none") != "none") {
      s.fail_at(key, fmt::format("{}: only 'none' is supported", key));
    }
  }
  return {.from = layers_of(s, "from", layer), .activation = activation_of(s, "linear")};
}

DarknetReorg reorg(Section& s, int64_t) {
  s.refuse("reverse");
  return {.stride = s.integer("stride", 1), .by_pixel = s.type() == "reorg3d"};
}

DarknetDropout dropout(Section& s, int64_t) {
  s.skip("dropblock dropblock_size_rel dropblock_size_abs");
  return {.probability = s.number("probability", 0.2)};
}

DarknetSoftmax softmax(Section& s, int64_t) {
  s.refuse("spatial tree");
  s.skip("noloss");
  return {.groups = s.integer("groups", 1), .temperature = s.number("temperature", 1)};
}

DarknetCrop crop(Section& s, int64_t) {
  s.skip("angle exposure flip saturation shift");
  return {.height = s.integer("crop_height", 1),
          .width = s.integer("crop_width", 1),
          .adjust = !s.flag("noadjust")};
}

DarknetAvgPool avgpool(Section&, int64_t) { return {}; }

DarknetCost cost(Section& s, int64_t) {
  s.skip("ratio scale type");
  return {};
}

// What the distance of centres is raised to when boxes are suppressed; none: it does not matter.
std::optional<double> nms_exponent_of(Section& s) {
  const std::string kind = s.text("nms_kind", "default");
  const double beta = s.number("beta_nms", 0.6);
  if (kind == "greedynms") {
    return 0.6;  // darknet has this in its code, and reads beta_nms for diounms alone
  }
  if (kind == "diounms") {
    return beta;
  }
  if (kind != "default") {
    s.fail_at("nms_kind",
              fmt::format("nms_kind={} is none of default, greedynms and diounms", kind.substr(0, 60)));
  }
  return {};
}

DarknetYolo yolo(Section& s, int64_t) {
  DarknetYolo o;
  o.classes = s.integer("classes", 20);
  const std::vector<DarknetYolo::Anchor> anchors = anchors_of(s);
  const bool masked = s.has("mask");
  for (const int64_t i : s.integers("mask")) {
    if (i < 0 || i >= static_cast<int64_t>(anchors.size())) {
      s.fail_at("mask", fmt::format("mask={}: there is no such anchor among {}", i, anchors.size()));
    }
    o.anchors.push_back(anchors[static_cast<size_t>(i)]);
  }
  if (!masked) {
    o.anchors = anchors;
  }
  o.scale_x_y = s.number("scale_x_y", 1);
  o.new_coords = s.flag("new_coords");
  s.refuse("embedding_layer map");
  s.skip(
      "beta_nms cls_normalizer counters_per_class delta_normalizer dets_for_show dets_for_track "
      "focal_loss ignore_thresh iou_loss iou_normalizer iou_thresh iou_thresh_kind jitter "
      "label_smooth_eps max max_delta nms_kind obj_normalizer objectness_smooth random resize "
      "show_details sim_thresh track_ciou_norm track_history_size truth_thresh");
  return o;
}

DarknetRegion region(Section& s, int64_t) {
  if (s.integer("coords", 4) != 4) {
    s.fail_at("coords", "only coords=4 is supported");
  }
  s.refuse("background map tree");
  s.skip(
      "absolute bias_match class_scale classfix coord_scale focal_loss jitter log mask_scale max "
      "noobject_scale object_scale random rescore resize sqrt thresh");
  return {.classes = s.integer("classes", 20), .anchors = anchors_of(s), .softmax = s.flag("softmax")};
}

void net(Section& s, DarknetOptions& options) {
  options.height = s.integer("height", 0);
  options.width = s.integer("width", 0);
  options.channels = s.integer("channels", 0);
  options.letter_box = s.flag("letter_box");
  s.skip(
      "B1 B2 adam adversarial_lr angle aspect attention augment_speed badlabels_rejection_percentage "
      "batch blur burn_in contrastive contrastive_color contrastive_jit_flip cutmix decay "
      "dynamic_minibatch ema_alpha eps equidistant_point exposure flip gamma gaussian_noise hue inputs "
      "label_smooth_eps learning_rate learning_rate_min loss_scale max_batches max_chart_loss max_crop "
      "min_crop mixup momentum mosaic mosaic_bound num_sigmas_reject_badlabels optimized_memory policy "
      "power resize_step saturation scale scales seq_scales sequential_subdivisions sgdr_cycle "
      "sgdr_mult show_receptive_field step steps subdivisions time_steps track try_fix_nan unsupervised "
      "use_cuda_graph weights_reject_freq workspace_size_limit_MB");
  s.check_all_known();
  if (options.height < 1 || options.width < 1 || options.channels < 1) {
    s.fail_at("width", fmt::format("expected width, height and channels of the input, got {} x {} x {}",
                                   options.width, options.height, options.channels));
  }
}

/// The layer of one section.
DarknetLayerOptions layer_of(Section& s, int64_t number) {
  DarknetLayerOptions layer;
  layer.place = s.place();
  const auto is = [&](std::initializer_list<std::string_view> names) {
    return std::find(names.begin(), names.end(), s.type()) != names.end();
  };
  s.skip("burnin_update clip dont_update learning_rate onlyforward stopbackward train_only_bn");
  s.refuse("dontload dontloadscales");
  if (is({"convolutional", "conv"})) {
    layer.kind = convolutional(s, number);
  } else if (is({"connected", "conn"})) {
    layer.kind = connected(s, number);
  } else if (is({"maxpool", "max"})) {
    layer.kind = maxpool(s, number);
  } else if (is({"avgpool", "avg"})) {
    layer.kind = avgpool(s, number);
  } else if (is({"upsample"})) {
    layer.kind = upsample(s, number);
  } else if (is({"route"})) {
    layer.kind = route(s, number);
  } else if (is({"shortcut"})) {
    layer.kind = shortcut(s, number);
  } else if (is({"reorg", "reorg3d"})) {
    layer.kind = reorg(s, number);
  } else if (is({"dropout"})) {
    layer.kind = dropout(s, number);
  } else if (is({"softmax", "soft"})) {
    layer.kind = softmax(s, number);
  } else if (is({"crop"})) {
    layer.kind = crop(s, number);
  } else if (is({"cost"})) {
    layer.kind = cost(s, number);
  } else if (is({"yolo"})) {
    layer.kind = yolo(s, number);
  } else if (is({"region"})) {
    layer.kind = region(s, number);
  } else {
    fail(
        "{}: there is no such section; known are convolutional, connected, maxpool, avgpool, upsample, "
        "route, "
        "shortcut, reorg, reorg3d, dropout, softmax, crop, cost, yolo and region",
        layer.place);
  }
  s.check_all_known();
  return layer;
}

std::vector<Section> sections_of(std::string_view text, const std::string& name) {
  std::vector<Section> sections;
  for (int line = 1; !text.empty(); ++line) {
    const size_t end = text.find('\n');
    std::string plain;  // without spaces and what follows a #
    for (const char c : text.substr(0, end)) {
      if (c == '#' || (c == ';' && plain.empty())) {
        break;
      }
      if (c != ' ' && c != '\t' && c != '\r') {
        plain += c;
      }
    }
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (plain.empty()) {
      continue;
    }
    if (plain.front() == '[') {
      check(plain.size() > 2 && plain.back() == ']', "{}:{}: expected [section], got '{}'", name, line,
            plain.substr(0, 60));
      sections.emplace_back(name, plain.substr(1, std::min<size_t>(plain.size() - 2, 60)), line);
    } else {
      check(!sections.empty(), "{}:{}: '{}' comes before the first section", name, line, plain.substr(0, 60));
      sections.back().add(plain, line);
    }
  }
  return sections;
}

}  // namespace

DarknetOptions parse_darknet_cfg(std::string_view text, const std::string& name) {
  std::vector<Section> sections = sections_of(text, name);
  check(!sections.empty(), "{}: there is no section in it", name);
  Section& first = sections.front();
  check(first.type() == "net" || first.type() == "network", "{}: the first section must be [net]",
        first.place());
  check(sections.size() > 1, "{}: no layer comes after it", first.place());
  DarknetOptions options;
  net(first, options);
  for (size_t i = 1; i < sections.size(); ++i) {
    options.layers.push_back(layer_of(sections[i], static_cast<int64_t>(i) - 1));
    if (sections[i].type() == "yolo") {
      options.nms_distance_exponent = nms_exponent_of(sections[i]);
    }
  }
  return options;
}

DarknetOptions load_darknet_cfg(const std::filesystem::path& path) {
  const std::string name = "darknet: " + path.string();
  const MappedFile file(path, name);
  return parse_darknet_cfg({reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size()}, name);
}

}  // namespace helder
