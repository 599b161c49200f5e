# The library: every .cpp file in a room. docs/code_map.md says what lives in which.
set(HELDER_ROOMS tensor kernels autograd layers models data vision weights training inspect)

list(TRANSFORM HELDER_ROOMS APPEND "/*.cpp" OUTPUT_VARIABLE patterns)
file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${patterns})
list(TRANSFORM HELDER_ROOMS APPEND "/*.h" OUTPUT_VARIABLE patterns)
file(GLOB_RECURSE headers CONFIGURE_DEPENDS ${patterns})

if(NOT HELDER_CUDA_BY STREQUAL "simt")   # what stands in for the CUDA toolkit
  list(FILTER sources EXCLUDE REGEX "/(kernels/simt/|tensor/simt_)[^/]*$")
endif()

# The page of reports: text files that are read here, and not when a report is written.
foreach(part page.html style.css tensors.js explain.js draw.js tree.js layer.js page.js)
  file(READ ${PROJECT_SOURCE_DIR}/inspect/report/${part} ${part})
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/inspect/report/${part})
endforeach()
configure_file(${PROJECT_SOURCE_DIR}/inspect/report/report_files.cpp.in ${PROJECT_BINARY_DIR}/report_files.cpp @ONLY)
list(APPEND sources ${PROJECT_BINARY_DIR}/report_files.cpp)

# Where each op stands in the sources.
file(GLOB op_files CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/autograd/ops/*.cpp
  ${PROJECT_SOURCE_DIR}/kernels/elementwise/*.h ${PROJECT_SOURCE_DIR}/kernels/pair_loss/*.h)
add_custom_command(OUTPUT ${PROJECT_BINARY_DIR}/op_sources.cpp VERBATIM
  COMMAND ${CMAKE_COMMAND} -DSOURCE_DIR=${PROJECT_SOURCE_DIR} -DOUTPUT=${PROJECT_BINARY_DIR}/op_sources.cpp
    -P ${PROJECT_SOURCE_DIR}/cmake/op_sources.cmake
  DEPENDS ${op_files} ${PROJECT_SOURCE_DIR}/cmake/op_sources.cmake)
list(APPEND sources ${PROJECT_BINARY_DIR}/op_sources.cpp)

add_library(helder ${sources})
target_include_directories(helder PRIVATE $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>)
add_library(helder::helder ALIAS helder)
target_compile_features(helder PUBLIC cxx_std_20)
target_sources(helder PUBLIC FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR} FILES ${headers})
target_include_directories(helder PUBLIC $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/helder>)
target_link_libraries(helder
  PUBLIC fmt::fmt Threads::Threads
  PRIVATE $<BUILD_INTERFACE:helder_flags> $<BUILD_INTERFACE:nlohmann_json::nlohmann_json> ZLIB::ZLIB)
# stb is someone else's code: no warnings (it is a system header), and no findings of undefined behaviour, such as shifts
# that overflow, which it has for damaged files. Its use of memory is checked.
set_source_files_properties(${PROJECT_SOURCE_DIR}/data/stb.cpp PROPERTIES COMPILE_OPTIONS
  "-isystem;${HELDER_STB_DIR};-fno-sanitize=undefined")
set_source_files_properties(${PROJECT_SOURCE_DIR}/data/stb.cpp PROPERTIES SKIP_PRECOMPILE_HEADERS ON)
if(HELDER_PCH OR NOT CMAKE_CXX_COMPILER_LAUNCHER)   # a compiler cache does better without
  target_precompile_headers(helder PRIVATE
    <algorithm> <array> <cmath> <functional> <map> <string> <utility> <vector> "${PROJECT_SOURCE_DIR}/autograd/node.h")
endif()
if(NOT HELDER_PCH)   # the ops alone, many and small. In other files g++ 12 then warns of std::string (GCC bug 105329)
  list(APPEND sources ${HELDER_CUDA_SOURCES})
  list(FILTER sources EXCLUDE REGEX "/autograd/")
  set_source_files_properties(${sources} PROPERTIES SKIP_PRECOMPILE_HEADERS ON)
endif()
if(HELDER_HAVE_OPENMP)
  target_link_libraries(helder PUBLIC OpenMP::OpenMP_CXX)
endif()
helder_add_cuda_sources(helder ${HELDER_CUDA_SOURCES})
target_compile_definitions(helder PUBLIC
  HELDER_CUDA_NVCC=$<STREQUAL:${HELDER_CUDA_BY},nvcc> HELDER_CUDA_SIMT=$<STREQUAL:${HELDER_CUDA_BY},simt>)
if(HELDER_CUDA_BY STREQUAL "nvcc")
  target_link_libraries(helder PUBLIC CUDA::cudart_static)
  set_target_properties(helder PROPERTIES LINKER_LANGUAGE CXX)
elseif(HELDER_CUDA_BY STREQUAL "simt")
  target_link_libraries(helder PRIVATE Boost::context)
endif()
if(HELDER_HAVE_CURL)
  target_compile_definitions(helder PRIVATE HELDER_HAVE_CURL=1)
  target_link_libraries(helder PRIVATE CURL::libcurl OpenSSL::Crypto)
endif()
set_target_properties(helder PROPERTIES VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR})
