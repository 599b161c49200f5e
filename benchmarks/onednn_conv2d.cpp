#if defined(HELDER_HAVE_ONEDNN)

#include "benchmarks/onednn_conv2d.h"

#include <cstring>
#include <memory>
#include <oneapi/dnnl/dnnl.hpp>

namespace helder::bench {

Step onednn_convolution(int64_t batch, int64_t channels, int64_t size, int64_t kernel, int64_t groups) {
  using dnnl::memory;
  const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  const auto any_layout = [](const memory::dims& dims) {
    return memory::desc(dims, memory::data_type::f32, memory::format_tag::any);
  };
  const memory::dims image = {batch, channels, size, size};
  const memory::dims weight =
      groups == 1 ? memory::dims{channels, channels, kernel, kernel}
                  : memory::dims{groups, channels / groups, channels / groups, kernel, kernel};
  const memory::dims ones = {1, 1}, padding = {kernel / 2, kernel / 2};
  constexpr auto kind = dnnl::prop_kind::forward_inference;
  constexpr auto algorithm = dnnl::algorithm::convolution_direct;
#if DNNL_VERSION_MAJOR >= 3
  const dnnl::convolution_forward::primitive_desc chosen(engine, kind, algorithm, any_layout(image),
                                                         any_layout(weight), any_layout(image), ones, padding,
                                                         padding);
#else
  const dnnl::convolution_forward::primitive_desc chosen(
      {kind, algorithm, any_layout(image), any_layout(weight), any_layout(image), ones, padding, padding},
      engine);
#endif
  const auto operand = [&](const memory::desc& layout) {
    memory operand(layout, engine);
    std::memset(operand.get_data_handle(), 0, layout.get_size());
    return operand;
  };
  const memory x = operand(chosen.src_desc()), w = operand(chosen.weights_desc()),
               y = operand(chosen.dst_desc());
  return [=, convolution = dnnl::convolution_forward(chosen), stream = dnnl::stream(engine)]() mutable {
    convolution.execute(stream, {{DNNL_ARG_SRC, x}, {DNNL_ARG_WEIGHTS, w}, {DNNL_ARG_DST, y}});
    stream.wait();
  };
}

}  // namespace helder::bench

#endif
