# Kernels for a GPU are the .cu files under kernels/. HELDER_CUDA says who compiles them:
#   nvcc  the CUDA toolkit, for a GPU
#   simt  the host's compiler, for fibers on the CPU: kernels/simt, docs/simt.md. For tests, debuggers and lectures
#   off   nobody: no device
#   auto  nvcc where it is found, else simt where Boost.Context is, else off
# The environment's HELDER_CUDA is the default of a first configuration.
set(default_cuda auto)
if(DEFINED ENV{HELDER_CUDA})
  set(default_cuda $ENV{HELDER_CUDA})
endif()
set(HELDER_CUDA ${default_cuda} CACHE STRING "Who compiles the CUDA kernels: nvcc, simt (the host's compiler), off, or auto")
set_property(CACHE HELDER_CUDA PROPERTY STRINGS auto nvcc simt off)
set(HELDER_CUDA_ARCHITECTURES 75 80 90 CACHE STRING "The GPUs that nvcc compiles for, as CMAKE_CUDA_ARCHITECTURES has them")
if(NOT HELDER_CUDA MATCHES "^(auto|nvcc|simt|off)$")
  message(FATAL_ERROR "HELDER_CUDA is '${HELDER_CUDA}', but has to be auto, nvcc, simt or off")
endif()

if(NOT HELDER_CUDA STREQUAL "off")
  include(CheckLanguage)
  check_language(CUDA)
endif()
if(NOT HELDER_CUDA MATCHES "^(nvcc|off)$")
  find_package(Boost 1.66 QUIET COMPONENTS context)
endif()

set(HELDER_CUDA_BY ${HELDER_CUDA})
if(HELDER_CUDA STREQUAL "auto")
  if(CMAKE_CUDA_COMPILER)
    set(HELDER_CUDA_BY nvcc)
  elseif(Boost_CONTEXT_FOUND)
    set(HELDER_CUDA_BY simt)
  else()
    set(HELDER_CUDA_BY off)
    message(STATUS "No CUDA kernels: neither nvcc nor Boost.Context (apt: libboost-context-dev) is here")
  endif()
elseif(HELDER_CUDA STREQUAL "nvcc" AND NOT CMAKE_CUDA_COMPILER)
  message(FATAL_ERROR "HELDER_CUDA=nvcc, but CMake finds no nvcc; CUDACXX can name one")
elseif(HELDER_CUDA STREQUAL "simt" AND NOT Boost_CONTEXT_FOUND)
  message(FATAL_ERROR "HELDER_CUDA=simt needs Boost.Context (apt: libboost-context-dev)")
endif()
message(STATUS "CUDA kernels: ${HELDER_CUDA_BY}")

if(CMAKE_CUDA_COMPILER)
  set(CMAKE_CUDA_ARCHITECTURES ${HELDER_CUDA_ARCHITECTURES})
  if(CMAKE_CXX_COMPILER_LAUNCHER AND NOT CMAKE_CUDA_COMPILER_LAUNCHER)
    set(CMAKE_CUDA_COMPILER_LAUNCHER ${CMAKE_CXX_COMPILER_LAUNCHER})
  endif()
  enable_language(CUDA)
  find_package(CUDAToolkit REQUIRED)
  if(NOT CMAKE_CUDA20_STANDARD_COMPILE_OPTION)   # CMake 3.25 does not know of nvcc 12 and later that they can
    set(CMAKE_CUDA20_STANDARD_COMPILE_OPTION -std=c++20)
    set(CMAKE_CUDA20_EXTENSION_COMPILE_OPTION -std=c++20)
  endif()
endif()
file(GLOB_RECURSE HELDER_CUDA_SOURCES CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/kernels/*.cu)

# An object library of .cu files that nvcc compiles, with warnings as errors.
function(helder_add_nvcc_objects name)
  add_library(${name} OBJECT EXCLUDE_FROM_ALL ${ARGN})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR})
  target_link_libraries(${name} PRIVATE fmt::fmt CUDA::cudart_static)
  # fmt checks formats in consteval functions, which nvcc's reading of its headers does not survive.
  target_compile_definitions(${name} PRIVATE HELDER_CUDA_NVCC=1 HELDER_CUDA_SIMT=0 FMT_CONSTEVAL=)
  set_target_properties(${name} PROPERTIES CUDA_STANDARD 20 CUDA_STANDARD_REQUIRED ON POSITION_INDEPENDENT_CODE ON)
  set(warnings -Wall,-Wextra)
  set(errors "")
  if(HELDER_WERROR)
    string(APPEND warnings ",-Werror")
    set(errors "SHELL:-Werror all-warnings")
  endif()
  target_compile_options(${name} PRIVATE
    "SHELL:-Xcompiler ${warnings}" ${errors} --extended-lambda --expt-relaxed-constexpr -lineinfo
    "SHELL:-Xcudafe --display_error_number"
    "SHELL:-diag-suppress 1675")   # '#pragma GCC unroll' is for the host, in functions that both compile
endfunction()

# Adds .cu files to a target, by whom HELDER_CUDA names.
function(helder_add_cuda_sources target)
  if(HELDER_CUDA_BY STREQUAL "nvcc" AND NOT "${ARGN}" STREQUAL "")
    helder_add_nvcc_objects(${target}_cuda ${ARGN})
    target_sources(${target} PRIVATE $<TARGET_OBJECTS:${target}_cuda>)
  elseif(HELDER_CUDA_BY STREQUAL "simt" AND NOT "${ARGN}" STREQUAL "")
    set_source_files_properties(${ARGN} PROPERTIES
      LANGUAGE CXX
      SKIP_PRECOMPILE_HEADERS ON
      COMPILE_OPTIONS "-Wno-unknown-pragmas;$<$<CXX_COMPILER_ID:Clang>:-Wno-pass-failed>")   # #pragma unroll is for nvcc
    target_sources(${target} PRIVATE ${ARGN})
  endif()
endfunction()
