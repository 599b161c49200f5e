#include "examples/common/device_flag.h"

#include "tensor/cuda_built.h"
#include "tensor/cuda_memory.h"

namespace helder {

void add_device_flag(CLI::App& app, Device& device) {
  const auto set = [&device](const std::string& name) {
    if (name != "cpu" && name != "cuda") {
      throw CLI::ValidationError("--device", "expected cpu or cuda, got '" + name + "'");
    }
    if (name == "cuda" && !cuda::is_available()) {
      throw CLI::ValidationError(
          "--device", kCudaBuilt ? "there is no GPU here; -DHELDER_CUDA=simt runs its kernels on the CPU"
                                 : "this build has no CUDA kernels; see HELDER_CUDA in docs/simt.md");
    }
    device = name == "cuda" ? Device::Cuda : Device::Cpu;
  };
  app.add_option_function<std::string>("--device", set, "cpu or cuda")->default_str("cpu");
}

}  // namespace helder
