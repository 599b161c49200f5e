# What the programs share.
file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/examples/common/*.cpp)
add_library(helder_example_common STATIC ${sources})
target_link_libraries(helder_example_common
  PUBLIC helder::helder helder_flags CLI11::CLI11 nlohmann_json::nlohmann_json)
set(precompile OFF)
if(HELDER_PCH OR NOT CMAKE_CXX_COMPILER_LAUNCHER)   # a compiler cache does better without
  set(precompile ON)
endif()
# Flags, tables and JSON: under the sanitizers a compiler takes longer to optimise them than a processor to run them.
set(unoptimised "")
if(HELDER_SANITIZE)
  set(unoptimised -O0)
endif()
target_compile_options(helder_example_common PRIVATE ${unoptimised})
if(precompile)
  target_precompile_headers(helder_example_common PRIVATE
    <CLI/CLI.hpp> <nlohmann/json.hpp> "${PROJECT_SOURCE_DIR}/layers/module.h")
endif()

# Each examples/NAME.cpp is a program of that name.
file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/examples/*.cpp)
set(HELDER_EXAMPLE_DIR ${PROJECT_BINARY_DIR}/examples)
set(HELDER_EXAMPLES "")
foreach(source ${sources})
  cmake_path(GET source STEM name)
  add_executable(${name} ${source})
  target_link_libraries(${name} PRIVATE helder_example_common)
  target_compile_options(${name} PRIVATE ${unoptimised})
  if(precompile)
    target_precompile_headers(${name} REUSE_FROM helder_example_common)
  endif()
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${HELDER_EXAMPLE_DIR})
  list(APPEND HELDER_EXAMPLES ${name})
endforeach()
