#include "inspect/report.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>

#include "autograd/grad_mode.h"
#include "autograd/ops/cross_entropy.h"
#include "autograd/ops/log.h"
#include "autograd/ops/neg.h"
#include "autograd/ops/select.h"
#include "autograd/ops/softmax.h"
#include "data/image.h"
#include "inspect/attribution.h"
#include "inspect/box_scores.h"
#include "inspect/multiply_adds.h"
#include "inspect/receptive_field.h"
#include "inspect/recorder.h"
#include "inspect/report_attention.h"
#include "inspect/report_boxes.h"
#include "inspect/report_explain.h"
#include "inspect/report_files.h"
#include "inspect/report_tensors.h"
#include "inspect/statistics.h"
#include "layers/module_guards.h"
#include "tensor/atomic_file.h"
#include "tensor/factories.h"

namespace helder {
namespace {

using Json = nlohmann::json;

Json list(const Shape& shape) { return std::vector<int64_t>(shape.begin(), shape.end()); }

// To six places, which is what is shown of it.
double rounded(double value) { return std::stod(fmt::format("{:.6g}", value)); }

Json json_of(const Statistics& s) {
  return {{"min", rounded(s.least)}, {"max", rounded(s.greatest)},
          {"mean", rounded(s.mean)}, {"std", rounded(s.deviation)},
          {"norm", rounded(s.norm)}, {"zeros", rounded(s.zero_share)},
          {"bins", s.bins},          {"not_finite", s.not_finite}};
}

// What a function that levels off has given up on: the share of elements where it is as good as flat.
Json saturated_share(const std::string& op, const Tensor& y) {
  double low = 0, high = 0;
  if (op == "sigmoid" || op == "hardsigmoid") {
    low = 0.01, high = 0.99;
  } else if (op == "tanh" || op == "hardtanh") {
    low = -0.99, high = 0.99;
  } else if (op == "relu6") {
    low = -1, high = 6;
  } else {
    return nullptr;
  }
  const std::vector<double> values = y.to_vector<double>();
  const auto count =
      std::count_if(values.begin(), values.end(), [&](double v) { return v <= low || v >= high; });
  return static_cast<double>(count) / static_cast<double>(std::max<size_t>(values.size(), 1));
}

// From the input's values, where nobody says what it shows.
Tensor picture_of(const Tensor& x) {
  const Statistics s = statistics_of(x);
  const double range = s.greatest > s.least ? s.greatest - s.least : 1;
  Tensor picture = empty({3, x.size(2), x.size(3)}, DType::UInt8);
  const std::vector<double> values = x.to_vector<double>();
  const auto plane = static_cast<size_t>(x.size(2) * x.size(3));
  for (size_t c = 0; c < 3; ++c) {
    const size_t from = x.size(1) >= 3 ? c : 0;
    for (size_t p = 0; p < plane; ++p) {
      picture.data<uint8_t>()[c * plane + p] =
          static_cast<uint8_t>(std::lround(255 * (values[from * plane + p] - s.least) / range));
    }
  }
  return picture;
}

std::string data_uri(const Tensor& picture) {
  const std::vector<std::byte> png = encode_png(picture);
  const auto* bytes = reinterpret_cast<const unsigned char*>(png.data());
  return "data:image/png;base64," + base64({bytes, bytes + png.size()});
}

void fill(std::string& page, std::string_view place, std::string_view text) {
  const size_t at = page.find(place);
  check(at != std::string::npos, "report: its page has no {}", place);
  page.replace(at, place.size(), text);
}

/// Puts a report together.
class Report {
 public:
  Report(Module& model, const Tensor& x, const ReportOptions& options)
      : model_(model),
        detector_(dynamic_cast<BoxScores*>(&model)),
        x_(x),
        options_(options),
        recorder_(model, {.watch = options.watch}) {}

  std::string html() {
    run();
    Json page = {{"title", options_.title},
                 {"input", list(x_.shape())},
                 {"picture", data_uri(options_.picture.defined() ? options_.picture : picture_of(x_))},
                 {"backward", options_.backward},
                 {"watch", options_.watch},
                 {"classes", classes()},
                 {"target", target_},
                 {"targetName", class_name(target_)}};
    const std::vector<ReceptiveField> fields = receptive_fields(recorder_);
    for (const CallRecord& call : recorder_.calls()) {
      page["calls"].push_back(call_json(call, fields));
    }
    for (const OpRecord& op : recorder_.ops()) {
      page["ops"].push_back(op_json(op));
    }
    page["heat"] = heat_maps();
    page["attention"] = attention_json(model_, recorder_, tensors_);
    if (detector_) {
      page["boxes"] = found_boxes_json(*detector_, x_, options_.classes);
    }
    note_recipes();
    const std::string tensors = tensors_.html(options_.exact_bytes, options_.picture_elements);
    // Nothing in a name can end the script that the data is in.
    std::string data = page.dump(-1, ' ', true, Json::error_handler_t::replace);
    for (size_t at = data.find('<'); at != std::string::npos; at = data.find('<', at)) {
      data.replace(at, 1, "\\u003c");
    }
    std::string html = kReportPage;
    fill(html, "<!-- style -->", kReportStyle);
    fill(html, "<!-- script -->", kReportScript);
    fill(html, "<!-- data -->", data);
    fill(html, "<!-- tensors -->", tensors);
    return html;
  }

 private:
  void run() {
    {
      const NoGrad no_grad;
      model_(x_);  // so that times are not those of the first call
    }
    std::vector<Tensor> gradients;
    const std::vector<Tensor> parameters = model_.parameters();
    for (Tensor parameter : parameters) {
      gradients.push_back(parameter.grad());
      parameter.set_grad({});
    }
    {
      const ObserverGuard guard(recorder_);
      scores_ = model_(x_);
      check(scores_.rank() == 2 && scores_.size(0) == 1,
            "report: expected a classifier whose output is [1,classes], got {}", scores_.shape());
      rank_classes();
      if (options_.backward) {
        loss().backward();
      }
    }
    for (size_t i = 0; i < parameters.size(); ++i) {
      if (parameters[i].grad().defined()) {
        parameter_gradients_[parameters[i].impl().get()] = parameters[i].grad();
      }
      Tensor(parameters[i]).set_grad(gradients[i]);
    }
  }

  // How unlikely the target is found. A detector's scores are probabilities already.
  Tensor loss() const {
    if (detector_) {
      return neg(log(select(scores_, 1, target_))).sum();
    }
    Tensor label = empty({1}, DType::Int64);
    label.data<int64_t>()[0] = target_;
    return cross_entropy(scores_, label.to(scores_.device()));
  }

  void rank_classes() {
    const NoGrad no_grad;
    scores_values_ = scores_.to_vector<double>();
    probabilities_ = (detector_ ? scores_.detach() : softmax(scores_.detach(), 1)).to(Device::Cpu);
    ranked_.resize(scores_values_.size());
    std::iota(ranked_.begin(), ranked_.end(), int64_t{0});
    std::stable_sort(ranked_.begin(), ranked_.end(), [&](int64_t a, int64_t b) {
      return scores_values_[static_cast<size_t>(a)] > scores_values_[static_cast<size_t>(b)];
    });
    target_ = options_.target.value_or(ranked_.front());
    check(target_ >= 0 && target_ < scores_.size(1), "report: there is no class {} in scores of shape {}",
          target_, scores_.shape());
    likely_.assign(ranked_.begin(),
                   ranked_.begin() + static_cast<std::ptrdiff_t>(std::min<size_t>(
                                         ranked_.size(), static_cast<size_t>(options_.attributed_classes))));
    if (std::find(likely_.begin(), likely_.end(), target_) == likely_.end()) {
      likely_.push_back(target_);
    }
  }

  std::string class_name(int64_t index) const {
    return static_cast<size_t>(index) < options_.classes.size()
               ? std::string(options_.classes[static_cast<size_t>(index)])
               : fmt::format("class {}", index);
  }

  Json classes() {
    const int scores = tensors_.add(scores_.detach(), true, true),
              probabilities = tensors_.add(probabilities_, true, true);
    Json explanation = detector_ ? explain_box_scores(*detector_, x_) : Json{{"kind", "softmax"}};
    explanation["input"] = scores;
    explanation["output"] = probabilities;
    Json result = {{"explain", explanation}, {"shape", list(scores_.shape())}};
    for (size_t i = 0; i < std::min<size_t>(ranked_.size(), 5); ++i) {
      result["top"].push_back({{"index", ranked_[i]},
                               {"name", class_name(ranked_[i])},
                               {"probability", probabilities_.at<float>({0, ranked_[i]})}});
    }
    return result;
  }

  // What is known of an activation and of its gradient.
  void describe_value(Json& json, const std::string& op, const Tensor& value, const Tensor& gradient) {
    if (value.defined() && is_floating_point(value.dtype())) {
      json["tensor"] = tensors_.add(value, false);
      json["stats"] = json_of(statistics_of(value));
      json["dead"] = dead_channels(value);
      json["saturated"] = saturated_share(op, value);
    }
    if (gradient.defined()) {
      json["gradient"] = json_of(statistics_of(gradient));
    }
  }

  Json call_json(const CallRecord& call, const std::vector<ReceptiveField>& fields) {
    const std::string text = call.module->describe();
    Json json = {{"path", call.path},
                 {"layer", text.substr(0, text.find('('))},
                 {"describe", text},
                 {"parent", call.parent},
                 {"depth", call.depth},
                 {"output", list(call.output)},
                 {"leaf", call.module->children().empty()},
                 {"first", call.first_op},
                 {"last", call.last_op},
                 {"seconds", rounded(call.seconds)},
                 {"parameters", call.module->parameter_count()},
                 {"made_by", call.output_op}};
    for (const Shape& input : call.inputs) {
      json["inputs"].push_back(list(input));
    }
    int64_t adds = 0, bytes = 0;
    double backward = 0;
    for (int i = call.first_op; i < call.last_op; ++i) {
      const OpRecord& op = recorder_.ops()[static_cast<size_t>(i)];
      adds += multiply_adds(op);
      bytes += op.bytes;
      backward += op.backward_seconds;
    }
    json["multiply_adds"] = adds;
    json["bytes"] = bytes;
    json["backward_seconds"] = rounded(backward);
    json["field"] = call.output_op >= 0 ? fields[static_cast<size_t>(call.output_op)].str() : "-";
    const std::string op =
        call.output_op >= 0 ? recorder_.ops()[static_cast<size_t>(call.output_op)].name : "";
    describe_value(json, op, call.value, recorder_.gradient(call));
    json["explain"] = explain_call(recorder_, call, likely_, tensors_, detector_);
    if (!recorder_.watches(call.path)) {
      return json;
    }
    for (const auto& [name, parameter] : call.module->named_parameters()) {
      if (name.find('.') == std::string::npos) {
        json["weights"].push_back(weight_json(name, parameter));
      }
    }
    return json;
  }

  Json weight_json(const std::string& name, const Tensor& parameter) {
    Json json = {{"name", name},
                 {"shape", list(parameter.shape())},
                 {"stats", json_of(statistics_of(parameter.detach()))}};
    if (parameter.rank() == 4 && parameter.size(2) * parameter.size(3) > 1) {  // to be looked at
      json["filters"] = tensors_.add(parameter.detach().slice(0, 0, 64).slice(1, 0, 8), false);
    }
    if (const auto found = parameter_gradients_.find(parameter.impl().get());
        found != parameter_gradients_.end()) {
      json["gradient"] = json_of(statistics_of(found->second));
    }
    return json;
  }

  Json op_json(const OpRecord& op) {
    Json json = {{"name", op.name},
                 {"call", op.call},
                 {"made_by", op.made_by},
                 {"output", list(op.output)},
                 {"start", rounded(op.start)},
                 {"seconds", rounded(op.seconds)},
                 {"backward_start", rounded(op.backward_start)},
                 {"backward_seconds", rounded(op.backward_seconds)},
                 {"bytes", op.bytes}};
    for (const Shape& input : op.inputs) {
      json["inputs"].push_back(list(input));
    }
    for (const SavedRecord& saved : op.saved) {
      json["saved"].push_back({{"name", saved.name}, {"shape", list(saved.shape)}, {"bytes", saved.bytes}});
    }
    // Of a layer that is one op, the layer's own entry says it all.
    const bool is_a_layer =
        op.call >= 0 && recorder_.calls()[static_cast<size_t>(op.call)].module->children().empty();
    if (!is_a_layer) {
      describe_value(json, op.name, op.value, op.gradient);
      json["explain"] = explain_op(recorder_, op, tensors_);
    }
    return json;
  }

  Json heat_maps() {
    Json result = {{"layer", nullptr}, {"maps", Json::array()}};
    try {
      result["layer"] = grad_cam_layer(model_, x_);
    } catch (const Error&) {
      // No layer gives a picture, as in an Mlp: there is no Grad-CAM.
    }
    // A detector's pictures are not normalised: their middle grey is 1/2.
    const Tensor hidden = occlusion(
        model_, x_, detector_ ? OcclusionOptions{.fill = 0.5, .softmax = false} : OcclusionOptions());
    for (const int64_t index : likely_) {
      const auto add = [&](const char* method, const Tensor& map) {
        result["maps"].push_back({{"class", index},
                                  {"name", class_name(index)},
                                  {"method", method},
                                  {"tensor", tensors_.add(map.clone(), false)}});
      };
      if (result["layer"].is_string()) {
        add("Grad-CAM", grad_cam(model_, result["layer"], x_, index));
      }
      add("saliency", saliency(model_, x_, index));
      add("SmoothGrad", smooth_grad(model_, x_, index));
      add("occlusion", hidden[index]);
    }
    return result;
  }

  // What the page can make again of other tensors need not be in it.
  void note_recipes() {
    for (const OpRecord& op : recorder_.ops()) {
      std::vector<Tensor> inputs;
      for (const int maker : op.made_by) {
        inputs.push_back(maker >= 0 ? recorder_.ops()[static_cast<size_t>(maker)].value : Tensor());
      }
      if (op.value.defined()) {
        tensors_.made_by(op.value, op.name, inputs);
      }
    }
  }

  Module& model_;
  BoxScores* detector_;  // the same, where it is one; else null
  Tensor x_;
  ReportOptions options_;
  Recorder recorder_;
  ReportTensors tensors_;
  Tensor scores_, probabilities_;
  std::vector<double> scores_values_;
  std::vector<int64_t> ranked_, likely_;  // classes, the likeliest first
  int64_t target_ = 0;
  std::unordered_map<const TensorImpl*, Tensor> parameter_gradients_;
};

}  // namespace

std::string report_html(Module& model, const Tensor& x, const ReportOptions& options) {
  check(x.rank() == 4 && x.size(0) == 1, "report: expected one picture [1,C,H,W], got {}", x.shape());
  const EvalGuard eval(model);
  if (auto* net = dynamic_cast<Darknet*>(&model)) {
    BoxScores detector(*net);
    return Report(detector, x, options).html();
  }
  return Report(model, x, options).html();
}

void write_report_html(const std::filesystem::path& path, Module& model, const Tensor& x,
                       const ReportOptions& options) {
  const std::string html = report_html(model, x, options);
  AtomicFile file(path);
  file.write(std::as_bytes(std::span(html)));
  file.commit();
}

}  // namespace helder
