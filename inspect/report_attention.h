#pragma once

#include <nlohmann/json.hpp>

#include "inspect/recorder.h"
#include "inspect/report_tensors.h"

namespace helder {

/// How a vision transformer's tokens lie in the picture, what each head of each watched layer attends to,
/// the rollout of all layers, and how alike the position embeddings are; null for other models.
nlohmann::json attention_json(Module& model, const Recorder& recorder, ReportTensors& tensors);

}  // namespace helder
