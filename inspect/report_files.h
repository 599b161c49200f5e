#pragma once

// Private to the report: the parts of its page that do not depend on the model, as they stand in
// inspect/report/. CMake makes their source (cmake/library.cmake).

namespace helder {

extern const char* const kReportPage;  ///< with comments where the parts below, data and tensors go
extern const char* const kReportStyle;
extern const char* const kReportScript;

}  // namespace helder
