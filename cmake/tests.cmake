# All of tests/ is one program. ctest sees each TEST_CASE by itself, under the name of its file:
# "tensor/random_test: the same seed gives the same values".
file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/*.cpp)
list(FILTER sources EXCLUDE REGEX "/tests/consumer/")   # a project of its own, see .ci/run
list(FILTER sources EXCLUDE REGEX "/tests/fuzz/")       # programs of their own, see cmake/fuzz.cmake
list(FILTER sources EXCLUDE REGEX "/debug_target.cpp$")

add_executable(helder_tests ${sources})
target_link_libraries(helder_tests PRIVATE
  helder::helder helder_flags Catch2::Catch2 Eigen3::Eigen nlohmann_json::nlohmann_json ZLIB::ZLIB)
set(simt_debug_target "")
if(HELDER_CUDA_BY STREQUAL "simt")
  set(simt_debug_target $<TARGET_FILE:simt_debug_target>)
endif()
# Names of folders are in one object; the others are the same wherever the project lies, so that a compiler cache finds them.
set_source_files_properties(${PROJECT_SOURCE_DIR}/tests/paths.cpp PROPERTIES COMPILE_DEFINITIONS
  "HELDER_SOURCE_DIR=\"${PROJECT_SOURCE_DIR}\";HELDER_EXAMPLE_DIR=\"${HELDER_EXAMPLE_DIR}\";HELDER_DEBUG_TARGET=\"$<TARGET_FILE:debug_target>\";HELDER_SIMT_DEBUG_TARGET=\"${simt_debug_target}\"")
file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/*.cu)
list(FILTER sources EXCLUDE REGEX "/debug_target.cu$")
helder_add_cuda_sources(helder_tests ${sources})
foreach(name paths main ops/op_case)   # they have definitions of their own
  set_source_files_properties(${PROJECT_SOURCE_DIR}/tests/${name}.cpp PROPERTIES SKIP_PRECOMPILE_HEADERS ON)
endforeach()
if(HELDER_PCH OR NOT CMAKE_CXX_COMPILER_LAUNCHER)   # a compiler cache does better without
  target_precompile_headers(helder_tests PRIVATE
    <algorithm> <cmath> <functional> <string> <vector> "${PROJECT_SOURCE_DIR}/tests/catch.h"
    "${PROJECT_SOURCE_DIR}/layers/module.h")
endif()
# A compiler takes longer to optimise assertions than a processor to run them as they are.
target_compile_options(helder_tests PRIVATE -O0)
# These make functions of the library again, and a linker keeps one copy of each: let it be as good as the library's.
set_source_files_properties(
  ${PROJECT_SOURCE_DIR}/tests/kernels/exp_test.cpp
  ${PROJECT_SOURCE_DIR}/tests/kernels/normal_test.cpp
  PROPERTIES COMPILE_OPTIONS -O2 SKIP_PRECOMPILE_HEADERS ON)
if(HELDER_EXAMPLES)
  add_dependencies(helder_tests ${HELDER_EXAMPLES})
endif()

# The program in which tests/inspect/debugger_test.cpp stops. It and the op are compiled for that, whatever the rest is
# compiled for: with all that they know of each class, and, by g++, so that gdb finds where a function's arguments are in
# place (fmt's headers ask for -Og). A program's own conv2d is taken before a library's.
add_executable(debug_target tests/inspect/debug_target.cpp autograd/ops/conv2d.cpp)
target_link_libraries(debug_target PRIVATE helder::helder helder_flags)
target_compile_options(debug_target PRIVATE -O0 -g
  $<$<CXX_COMPILER_ID:GNU>:-fno-var-tracking -femit-class-debug-always>
  $<$<CXX_COMPILER_ID:Clang>:-fstandalone-debug>)
add_dependencies(helder_tests debug_target)
if(simt_debug_target)   # the same for a CUDA kernel
  add_executable(simt_debug_target)
  helder_add_cuda_sources(simt_debug_target ${PROJECT_SOURCE_DIR}/tests/kernels/simt/debug_target.cu)
  target_link_libraries(simt_debug_target PRIVATE helder::helder helder_flags)
  target_compile_options(simt_debug_target PRIVATE -O0 -g $<$<CXX_COMPILER_ID:GNU>:-fno-var-tracking>)
  add_dependencies(helder_tests simt_debug_target)
endif()

# The program itself writes the list that ctest reads (tests/main.cpp).
set(list ${PROJECT_BINARY_DIR}/helder_tests.cmake)
if(NOT EXISTS ${list})
  file(WRITE ${list} "add_test(helder_tests_is_not_built helder_tests_is_not_built)\n")
endif()
add_custom_command(TARGET helder_tests POST_BUILD VERBATIM
  COMMAND helder_tests --write-ctest-list ${list})
set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES ${list})
