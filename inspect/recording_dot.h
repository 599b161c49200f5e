#pragma once

#include <string>

#include "inspect/recorder.h"

namespace helder {

/// What was recorded, in Graphviz's DOT language (`dot -Tsvg`): a box for each op with the shape of its
/// output, in a frame for each module, and an arrow for each value that one op made for another. A module at
/// `depth` is one box, and what is in it is left out; 0 shows all. Beside it, graph_dot
/// (autograd/graph_dot.h) draws what a backward pass will go through, which knows nothing of modules.
std::string recording_dot(const Recorder& recorder, int depth = 0);

}  // namespace helder
