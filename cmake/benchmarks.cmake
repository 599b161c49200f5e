# All of benchmarks/ is one program; ./helder bench runs it.
file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/benchmarks/*.cpp)
if(sources)
  add_executable(helder_bench ${sources})
  target_link_libraries(helder_bench PRIVATE
    helder::helder helder_flags benchmark::benchmark_main Eigen3::Eigen nlohmann_json::nlohmann_json)
  # g++ 12 finds uninitialised values in its own AVX-512 intrinsics when Eigen's are inlined (GCC bug 105593).
  target_compile_options(helder_bench PRIVATE $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized -Wno-uninitialized>)

  # Peers, where they are installed (apt: libopenblas-dev libdnnl-dev).
  option(HELDER_PEERS "Link OpenBLAS and oneDNN into the benchmarks, where they are installed" ON)
  function(link_peer name header library)
    find_path(${name}_HEADERS ${header} PATH_SUFFIXES openblas-pthread openblas-openmp openblas)
    find_library(${name}_LIBRARY ${library})
    mark_as_advanced(${name}_HEADERS ${name}_LIBRARY)
    if(HELDER_PEERS AND ${name}_HEADERS AND ${name}_LIBRARY)
      target_compile_definitions(helder_bench PRIVATE HELDER_HAVE_${name}=1)
      target_include_directories(helder_bench SYSTEM PRIVATE ${${name}_HEADERS})
      target_link_libraries(helder_bench PRIVATE ${${name}_LIBRARY})
    endif()
  endfunction()
  link_peer(OPENBLAS openblas_config.h openblas)
  link_peer(ONEDNN oneapi/dnnl/dnnl.hpp dnnl)
endif()
