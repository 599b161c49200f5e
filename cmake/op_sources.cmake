# Writes OUTPUT, the table behind inspect/op_sources.h: for each name that an op's node has, the file and line of the op's
# function and of its backward. Run by the build (cmake/library.cmake) whenever one of the files that are read changes:
#   cmake -DSOURCE_DIR=$PWD -DOUTPUT=op_sources.cpp -P cmake/op_sources.cmake
cmake_minimum_required(VERSION 3.25)
file(GLOB files RELATIVE ${SOURCE_DIR}
  ${SOURCE_DIR}/autograd/ops/*.cpp
  ${SOURCE_DIR}/kernels/elementwise/*.h   # functors: of each its name, and then its derivative
  ${SOURCE_DIR}/kernels/pair_loss/*.h)

set(names "")
foreach(file ${files})
  cmake_path(GET file STEM stem)
  file(READ ${SOURCE_DIR}/${file} text)
  string(REGEX REPLACE "[][;\\]" "_" text "${text}")   # they mean something in CMake's lists
  string(REPLACE "\n" ";" lines "${text}")
  set(line 0)
  set(name "")
  foreach(content IN LISTS lines)
    math(EXPR line "${line} + 1")
    if(content MATCHES "[ (][kn]N?ame = \"([^\"]+)\"|Node\\(\"([^\"]+)\"")
      set(name "${CMAKE_MATCH_1}${CMAKE_MATCH_2}")
      string(MAKE_C_IDENTIFIER "${name}" key)
      if(NOT DEFINED name_${key})
        list(APPEND names "${name}")
        set(name_${key} ${file}:${line})
      endif()
    elseif(name AND content MATCHES " (backward\\(const Tensor& dy|derivative\\(|dx\\(T )")
      string(MAKE_C_IDENTIFIER "${name}" key)
      if(NOT DEFINED backward_${key})
        set(backward_${key} ${file}:${line})
      endif()
      set(name "")
    elseif(file MATCHES "^autograd" AND content MATCHES "^[A-Za-z][A-Za-z:<>]* ([a-z0-9_]+)\\(")
      # A definition, not in a class. One in the file of its own name wins over a helper of that name elsewhere.
      set(function ${CMAKE_MATCH_1})
      if(NOT DEFINED function_${function}
         OR (stem STREQUAL function AND NOT function_${function} MATCHES "/${stem}[.]cpp:"))
        set(function_${function} ${file}:${line})
      endif()
    endif()
  endforeach()
endforeach()

list(SORT names)
set(rows "")
foreach(name IN LISTS names)
  string(MAKE_C_IDENTIFIER "${name}" key)
  set(forward "${function_${key}}")
  if(NOT forward)
    set(forward "${name_${key}}")   # the node stands beside the function
  endif()
  string(APPEND rows "    {\"${name}\", \"${forward}\", \"${backward_${key}}\"},\n")
endforeach()
file(WRITE ${OUTPUT} "// Made by cmake/op_sources.cmake.

#include \"inspect/op_sources.h\"

#include <algorithm>

namespace helder {
namespace {

constexpr OpSource kSources[] = {
${rows}};

}  // namespace

const OpSource* source_of(std::string_view op) {
  const auto* found = std::find_if(std::begin(kSources), std::end(kSources),
                                   [&](const OpSource& source) { return source.op == op; });
  return found == std::end(kSources) ? nullptr : found;
}

std::span<const OpSource> op_sources() { return kSources; }

}  // namespace helder
")
