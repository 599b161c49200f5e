# All of benchmarks/ is one program; ./helder bench runs it.
file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/benchmarks/*.cpp)
if(sources)
  add_executable(helder_bench ${sources})
  target_link_libraries(helder_bench PRIVATE
    helder::helder helder_flags benchmark::benchmark_main Eigen3::Eigen nlohmann_json::nlohmann_json)
  # g++ 12 finds uninitialised values in its own AVX-512 intrinsics when Eigen's are inlined (GCC bug 105593).
  target_compile_options(helder_bench PRIVATE $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized -Wno-uninitialized>)
endif()
