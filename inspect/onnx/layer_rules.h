#pragma once

#include <string>

#include "inspect/onnx/op_writer.h"

namespace helder {

// How the ops of layers with weights or windows are written; private to inspect/onnx/op_rules.cpp.

std::string write_conv2d(OpWriter& w);
std::string write_max_pool2d(OpWriter& w);
std::string write_avg_pool2d(OpWriter& w);
std::string write_adaptive_avg_pool2d(OpWriter& w);
std::string write_linear(OpWriter& w);
std::string write_attention(OpWriter& w);
std::string write_batch_norm(OpWriter& w);
std::string write_layer_norm(OpWriter& w);

}  // namespace helder
