#pragma once

#include <nlohmann/json.hpp>
#include <span>

#include "inspect/box_scores.h"
#include "inspect/recorder.h"
#include "inspect/report_tensors.h"

// Private to the report. What the page needs to work out an element of an output again;
// inspect/report/explain.js has a function for each `kind`.

namespace helder {

/// For a call of a module; null for modules that it is not known of. Of large weights only some output
/// channels are in the page, `likely` ones first. `detector`: the model, where it is one, whose options say
/// what its layers do; else null.
nlohmann::json explain_call(const Recorder& recorder, const CallRecord& call, std::span<const int64_t> likely,
                            ReportTensors& tensors, const BoxScores* detector = nullptr);

/// For an op that is called as a function: attention, means over pictures.
nlohmann::json explain_op(const Recorder& recorder, const OpRecord& op, ReportTensors& tensors);

}  // namespace helder
