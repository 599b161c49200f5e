// Runs the tests, and writes the list of them that ctest reads.

#define CATCH_CONFIG_RUNNER
#include "tests/catch.h"

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "tests/paths.h"

namespace {

/// Catch2 takes a test's name as a pattern, in which these characters mean something.
std::string escape(std::string_view name) {
  std::string escaped;
  for (char c : name) {
    if (c == '\\' || c == ',' || c == '[' || c == ']' || c == '*') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

#if __has_include(<catch2/catch_all.hpp>)
const Catch::TestCaseInfo& info(const Catch::TestCaseHandle& test) { return test.getTestCaseInfo(); }
#else
const Catch::TestCaseInfo& info(const Catch::TestCase& test) { return test; }
#endif

/// One add_test() a test case, named by its file and its title. Returns the exit code.
int write_ctest_list(const Catch::IConfig& config, const std::filesystem::path& program, const char* path) {
  std::ofstream list(path);
  for (const auto& test : Catch::getAllTestCasesSorted(config)) {
    const Catch::TestCaseInfo& t = info(test);
    if (t.isHidden()) continue;
    const auto file =
        std::filesystem::relative(t.lineInfo.file, helder::testing::source_path("tests")).replace_extension();
    const std::string name = file.string() + ": " + t.name;
    list << "add_test([==[" << name << "]==] [==[" << program.string() << "]==] [==[" << escape(t.name)
         << "]==])\n"
         // Threads that wait for one another must not spin: tests run beside each other.
         << "set_tests_properties([==[" << name << "]==] PROPERTIES ENVIRONMENT OMP_WAIT_POLICY=passive)\n";
  }
  return list.flush() ? 0 : 1;
}

}  // namespace

// clang++'s OpenMP loses some memory of its own when the number of threads falls.
extern "C" const char* __lsan_default_suppressions() { return "leak:libomp"; }

int main(int argc, char** argv) {
  Catch::Session session;
  if (argc == 3 && std::string_view(argv[1]) == "--write-ctest-list") {
    return write_ctest_list(session.config(), std::filesystem::absolute(argv[0]), argv[2]);
  }
  return session.run(argc, argv);
}
