// What each layer of a network computes, and what it costs: shapes, parameters, multiply-adds, memory, time

#include "inspect/summary.h"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "autograd/grad_mode.h"
#include "examples/common/command_line.h"
#include "examples/common/device_flag.h"
#include "examples/common/named_model.h"
#include "examples/common/output_files.h"
#include "inspect/recorder.h"
#include "inspect/recording_dot.h"
#include "tensor/factories.h"
#include "tensor/parallel.h"

using namespace helder;

namespace {

struct Options {
  std::string model;
  SummaryOptions summary = {};
  int64_t batch_size = 1, size = 0;
  int threads = 0;
  Device device = Device::Cpu;
  bool no_times = false;
  std::filesystem::path json, dot;
};

nlohmann::json json_of(const Summary& summary) {
  const auto list = [](const Shape& shape) { return std::vector<int64_t>(shape.begin(), shape.end()); };
  nlohmann::json rows = nlohmann::json::array();
  for (const SummaryRow& row : summary.rows) {
    rows.push_back({{"path", row.path},
                    {"layer", row.layer},
                    {"depth", row.depth},
                    {"kernel", row.kernel},
                    {"input", list(row.input)},
                    {"output", list(row.output)},
                    {"parameters", row.parameters},
                    {"trainable", row.trainable},
                    {"multiply_adds", row.multiply_adds},
                    {"receptive_field", row.field.str()},
                    {"activation_bytes", row.activation_bytes},
                    {"backward_bytes", row.backward_bytes},
                    {"seconds", row.seconds}});
  }
  return {{"parameters", summary.total_parameters},
          {"trainable", summary.trainable_parameters},
          {"multiply_adds", summary.model().multiply_adds},
          {"layers_in_a_row", summary.layers_in_a_row},
          {"rows", rows}};
}

void run(const Options& options) {
  check_output_path(options.json);
  check_output_path(options.dot);
  if (options.threads > 0) {
    set_num_threads(options.threads);
  }
  const NamedModel model = named_model(options.model, "");
  const int64_t size = options.size > 0 ? options.size : model.preprocessing.crop;
  model.module->to(options.device);
  const Tensor input = randn({options.batch_size, model.channels, size, size}).to(options.device);
  const Summary result = summary(*model.module, input, options.summary);
  fmt::print("{}", result.str());
  if (!options.json.empty()) {
    write_json(options.json, json_of(result));
    fmt::print("results  {}\n", options.json.string());
  }
  if (!options.dot.empty()) {
    Recorder recorder(*model.module);
    {
      const NoGrad no_grad;
      const ObserverGuard guard(recorder);
      (*model.module)(input);
    }
    write_text(options.dot, recording_dot(recorder, options.summary.depth));
    fmt::print("graph    {}\n", options.dot.string());
  }
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app("What each layer of a network computes, and what it costs.", "summary");
  app.add_option("--model", options.model, "one of " + model_names())->required();
  app.add_option("--depth", options.summary.depth, "modules deeper than this are left out; 0 shows all")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  app.add_option("--batch-size", options.batch_size, "pictures at once")
      ->check(CLI::Range(1, 4096))
      ->capture_default_str();
  app.add_option("--size", options.size, "of the pictures, in pixels; by default as the model wants them")
      ->check(CLI::Range(1, 4096));
  app.add_flag("--train", options.summary.training, "as while training, instead of in eval mode");
  app.add_flag("--no-times", options.no_times, "leaves the times out: the same text each time");
  app.add_option("--threads", options.threads, "by default one for each core")->check(CLI::Range(1, 1024));
  add_device_flag(app, options.device);
  app.add_option("--json", options.json, "write the rows here, for machines");
  app.add_option("--dot", options.dot,
                 "write the graph of modules and ops here, for Graphviz, to the same depth");
  return parse_and_run(app, argc, argv, [&] {
    options.summary.measured = !options.no_times;
    run(options);
    return 0;
  });
}
