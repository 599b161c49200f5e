# How Helder's own code is compiled: the library, its examples, tests and benchmarks all link helder_flags, so that
# an inline function is the same function in each of them. Code that uses Helder is not touched.
add_library(helder_flags INTERFACE)
target_compile_features(helder_flags INTERFACE cxx_std_20)
target_compile_options(helder_flags INTERFACE
  -Wall -Wextra -Wpedantic
  $<$<BOOL:${HELDER_WERROR}>:-Werror>
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>   # g++ 12 sees overlaps in std::string where there are none (GCC bug 105329)
  # g++ 12 with AVX-512 and vectorised stores: its RTL dead store elimination replaces the copy of a small aggregate by a
  # constant with wrong elements ({1,1,0,0} became {1,1,1,1}). The pass on trees, which does the work, stays on.
  $<$<CXX_COMPILER_ID:GNU>:-fno-dse>
  # What -ffast-math would give and that leaves results alone: fused multiply-add (which g++ does by default and
  # clang++ does not), and maths functions that need not set errno or raise exceptions, so that loops vectorise.
  -ffp-contract=fast -fno-math-errno -fno-trapping-math)

if(HELDER_NATIVE)
  target_compile_options(helder_flags INTERFACE -march=native)
  # Where there is AVX-512, compilers still take half of each register, for the sake of clocks of 2017.
  include(CheckCXXCompilerFlag)
  check_cxx_compiler_flag(-mprefer-vector-width=512 HELDER_HAVE_PREFER_VECTOR_WIDTH)
  if(HELDER_HAVE_PREFER_VECTOR_WIDTH)
    target_compile_options(helder_flags INTERFACE -mprefer-vector-width=512)
  endif()
endif()
if(HELDER_SANITIZE)
  target_compile_options(helder_flags INTERFACE
    $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>   # GCC's manual: sanitizers cause false positives of it
    -fsanitize=${HELDER_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(helder_flags INTERFACE -fsanitize=${HELDER_SANITIZE})
endif()
