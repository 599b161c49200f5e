#include "tests/catch.h"
#include "tests/examples/run_program.h"
#include "tests/inspect/protobuf_reader.h"
#include "tests/temporary_directory.h"
#include "weights/safetensors.h"

using namespace helder;

TEST_CASE("export_onnx writes a network, and pictures with its answers", "[examples]") {
  const TemporaryDirectory folder;
  const auto run =
      run_program("export_onnx", {"--model", "lenet", "--out", folder / "m.onnx", "--example",
                                  folder / "m.safetensors", "--examples", "2", "--threads", "1"});
  INFO(run.out << run.err);
  REQUIRE(run.exit_code == 0);
  CHECK_THAT(run.out, ContainsSubstring("pictures [batch,1,28,28]"));
  CHECK_THAT(run.out, ContainsSubstring("12: Relu 4, Gemm 3, Conv 2, MaxPool 2, Flatten 1"));
  const testing::ProtobufReader model(read_file(folder / "m.onnx"));
  CHECK(model.text(2) == "helder");
  CHECK(model.message(7).messages(1).size() == 12);
  const SafetensorsFile example(folder / "m.safetensors");
  CHECK(example.tensor("input").shape() == Shape{2, 1, 28, 28});
  CHECK(example.tensor("output").shape() == Shape{2, 10});
}

TEST_CASE("export_onnx: a wrong model or path is one message", "[examples]") {
  const TemporaryDirectory folder;
  const auto unknown = run_program("export_onnx", {"--model", "lenett", "--out", folder / "m.onnx"});
  CHECK(unknown.exit_code == 1);
  CHECK_THAT(unknown.err, StartsWith("export_onnx: ") && ContainsSubstring("lenett"));
  const auto nowhere = run_program("export_onnx", {"--model", "lenet", "--out", folder / "no/m.onnx"});
  CHECK(nowhere.exit_code == 1);
  CHECK_THAT(nowhere.err, ContainsSubstring("there is no folder"));
  CHECK(folder.names().empty());
}
