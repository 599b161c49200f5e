#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "models/darknet_options.h"

namespace helder {

/// Reads darknet's description of a network, a `.cfg` file: sections, `[convolutional]`, each with lines
/// `key=value`; spaces mean nothing, and `#` or `;` begin a remark. The first section is `[net]`; each other
/// one is a layer. Keys that only matter for training are skipped. What Helder does not compute is an error:
/// an unknown section or key, and keys like `binary` that would change the result.
///
/// Of a key that comes twice in a section the first one counts, as in darknet. Messages start with the file
/// and line, `darknet: yolo.cfg:12: `. Whether sizes fit is seen by plan_darknet.
DarknetOptions load_darknet_cfg(const std::filesystem::path& path);

/// The same from memory; messages start with `name`.
DarknetOptions parse_darknet_cfg(std::string_view text, const std::string& name = "darknet");

}  // namespace helder
