# The system's packages first. What it does not have is fetched from its repository, pinned to the commit of a release
# (a commit's hash is a hash of its contents). FETCHCONTENT_TRY_FIND_PACKAGE_MODE=NEVER fetches everything.
include(FetchContent)
set(CMAKE_POLICY_DEFAULT_CMP0077 NEW)   # what is set here wins over the option()s of what is fetched
set(CMAKE_POLICY_DEFAULT_CMP0048 NEW)
set(BUILD_TESTING OFF)

find_package(Threads REQUIRED)

# fmt is in the library's own headers, the rest is not.
set(FMT_INSTALL ON)
set(ZLIB_BUILD_EXAMPLES OFF)
FetchContent_Declare(fmt SYSTEM
  GIT_REPOSITORY https://github.com/fmtlib/fmt.git
  GIT_TAG e69e5f977d458f2650bb346dadf2ad30c5320281   # 10.2.1
  FIND_PACKAGE_ARGS)
FetchContent_Declare(nlohmann_json SYSTEM
  GIT_REPOSITORY https://github.com/nlohmann/json.git
  GIT_TAG 9cca280a4d0ccf0c08f47a99aa71d1b0e52f8d03   # 3.11.3
  FIND_PACKAGE_ARGS 3.9)
FetchContent_Declare(ZLIB SYSTEM
  GIT_REPOSITORY https://github.com/madler/zlib.git
  GIT_TAG 51b7f2abdade71cd9bb0e7a373ef2610ec6f9daf   # 1.3.1
  FIND_PACKAGE_ARGS)
FetchContent_MakeAvailable(fmt nlohmann_json ZLIB)
if(NOT TARGET ZLIB::ZLIB)
  set_property(TARGET zlibstatic PROPERTY INTERFACE_INCLUDE_DIRECTORIES
               $<BUILD_INTERFACE:${zlib_SOURCE_DIR}> $<BUILD_INTERFACE:${zlib_BINARY_DIR}>)
  add_library(ZLIB::ZLIB ALIAS zlibstatic)
  set(HELDER_FETCHED_ZLIB ON)
endif()

# stb is two headers (data/stb.cpp), with neither releases nor a build of its own.
if(NOT FETCHCONTENT_TRY_FIND_PACKAGE_MODE STREQUAL "NEVER")
  find_path(HELDER_STB_HEADERS stb_image_write.h PATH_SUFFIXES stb)
  mark_as_advanced(HELDER_STB_HEADERS)
endif()
if(HELDER_STB_HEADERS)
  set(HELDER_STB_DIR ${HELDER_STB_HEADERS})
else()
  FetchContent_Declare(stb
    GIT_REPOSITORY https://github.com/nothings/stb.git
    GIT_TAG f75e8d1cad7d90d72ef7a4661f1b994ef78b4e31)   # stb_image 2.30, stb_image_write 1.16
  FetchContent_MakeAvailable(stb)
  set(HELDER_STB_DIR ${stb_SOURCE_DIR})
endif()

# Downloads (curl) are checked against a sum (libcrypto); without either, data has to be there already.
find_package(CURL)
find_package(OpenSSL)
set(HELDER_HAVE_CURL OFF)
if(CURL_FOUND AND OPENSSL_FOUND)
  set(HELDER_HAVE_CURL ON)
endif()

set(HELDER_HAVE_OPENMP OFF)
if(HELDER_OPENMP)
  find_package(OpenMP)
  set(HELDER_HAVE_OPENMP ${OpenMP_CXX_FOUND})
endif()

if(HELDER_BUILD_EXAMPLES)
  FetchContent_Declare(CLI11 SYSTEM
    GIT_REPOSITORY https://github.com/CLIUtils/CLI11.git
    GIT_TAG 6c7b07a878ad834957b98d0f9ce1dbe0cb204fc9   # 2.4.2
    FIND_PACKAGE_ARGS)
  FetchContent_MakeAvailable(CLI11)
endif()

if(HELDER_BUILD_TESTS)
  FetchContent_Declare(Catch2 SYSTEM
    GIT_REPOSITORY https://github.com/catchorg/Catch2.git
    GIT_TAG fa43b77429ba76c462b1898d6cd2f2d7a9416b14   # 3.7.1
    FIND_PACKAGE_ARGS)
  FetchContent_MakeAvailable(Catch2)
endif()

if(HELDER_BUILD_BENCHMARKS)
  set(BENCHMARK_ENABLE_TESTING OFF)
  FetchContent_Declare(benchmark SYSTEM
    GIT_REPOSITORY https://github.com/google/benchmark.git
    GIT_TAG 344117638c8ff7e239044fd0fa7085839fc03021   # 1.8.3
    FIND_PACKAGE_ARGS)
  FetchContent_MakeAvailable(benchmark)
endif()

# Eigen is what tests and benchmarks compare with.
if(HELDER_BUILD_TESTS OR HELDER_BUILD_BENCHMARKS)
  FetchContent_Declare(Eigen3 SYSTEM
    GIT_REPOSITORY https://gitlab.com/libeigen/eigen.git
    GIT_TAG 3147391d946bb4b6c68edd901f2add6ac1f31f8c   # 3.4.0
    SOURCE_SUBDIR headers-only                         # its CMakeLists.txt is for its own tests
    FIND_PACKAGE_ARGS 3.4)
  FetchContent_MakeAvailable(Eigen3)
  if(NOT TARGET Eigen3::Eigen)
    add_library(Eigen3::Eigen INTERFACE IMPORTED)
    target_include_directories(Eigen3::Eigen SYSTEM INTERFACE ${eigen3_SOURCE_DIR})
  endif()
endif()
