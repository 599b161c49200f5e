# Each tests/fuzz/NAME.cpp is a program that feeds a reader of files with bytes that somebody made up (libFuzzer, which
# comes with clang++). scripts/fuzz.sh builds and runs them.
if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  message(FATAL_ERROR "HELDER_FUZZ needs clang++: configure with --preset fuzz")
endif()

# Just what the readers need, so that it builds in a minute: a linker takes from a static library the files that are
# used, and of those (gc-sections) what is. The rest of Helder is not there. It cannot drop what has counters for the
# fuzzer, so the files that call into the rest have none; no reader is among them.
file(GLOB sources CONFIGURE_DEPENDS
  ${PROJECT_SOURCE_DIR}/tensor/*.cpp
  ${PROJECT_SOURCE_DIR}/weights/*.cpp)
list(FILTER sources EXCLUDE REGEX "/weights/(load_weights|name_map|zoo|misfit)[a-z_]*.cpp$")
list(APPEND sources models/darknet_plan.cpp data/idx.cpp data/image.cpp data/exif.cpp data/jpeg_tables.cpp data/stb.cpp
  data/coco_json.cpp data/yolo_yaml.cpp data/text_lines.cpp)

add_library(helder_fuzzed STATIC EXCLUDE_FROM_ALL ${sources})
target_include_directories(helder_fuzzed PUBLIC ${PROJECT_SOURCE_DIR})
target_link_libraries(helder_fuzzed PUBLIC
  helder_flags fmt::fmt nlohmann_json::nlohmann_json ZLIB::ZLIB Threads::Threads)
target_compile_options(helder_fuzzed PUBLIC
  -fsanitize=address,undefined,fuzzer-no-link -fno-sanitize-recover=all -fno-omit-frame-pointer
  -ffunction-sections -fdata-sections -U_GLIBCXX_ASSERTIONS -D_GLIBCXX_ASSERTIONS)
set_source_files_properties(tensor/tensor.cpp tensor/factories.cpp PROPERTIES COMPILE_OPTIONS
  -fno-sanitize=fuzzer-no-link)
set_source_files_properties(data/stb.cpp PROPERTIES COMPILE_OPTIONS   # see cmake/library.cmake
  "-isystem;${HELDER_STB_DIR};-fno-sanitize=undefined;-fsanitize=bounds")
target_link_options(helder_fuzzed PUBLIC -fsanitize=address,undefined -Wl,--gc-sections)

add_custom_target(fuzz)
file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/fuzz/*_fuzz.cpp)
foreach(source ${sources})
  cmake_path(GET source STEM name)
  add_executable(${name} EXCLUDE_FROM_ALL ${source})
  target_link_libraries(${name} PRIVATE helder_fuzzed)
  target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  add_dependencies(fuzz ${name})
endforeach()
