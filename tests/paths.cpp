#include "tests/paths.h"

namespace helder::testing {

std::string source_path(const std::string& name) { return HELDER_SOURCE_DIR "/" + name; }
std::string example_path(const std::string& name) { return HELDER_EXAMPLE_DIR "/" + name; }
std::string debug_target_path() { return HELDER_DEBUG_TARGET; }
std::string simt_debug_target_path() { return HELDER_SIMT_DEBUG_TARGET; }

}  // namespace helder::testing
