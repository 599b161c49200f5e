#include "models/class_names.h"

#include <fstream>
#include <set>

#include "tests/catch.h"
#include "tests/data_path.h"

using namespace helder;

TEST_CASE("class names: ImageNet's thousand in their order", "[models]") {
  const auto names = imagenet_classes();
  REQUIRE(names.size() == 1000);
  CHECK(names[0] == "tench");
  CHECK(names[281] == "tabby");
  CHECK(names[999] == "toilet tissue");
  const auto path = data_path("images/imagenet-classes.txt");
  if (!path) return;
  std::ifstream file(*path);
  std::vector<std::string> expected;
  for (std::string line; std::getline(file, line);) {
    expected.push_back(line);
  }
  CHECK(std::vector<std::string>(names.begin(), names.end()) == expected);
}

TEST_CASE("class names: CIFAR-10's ten in alphabetical order", "[models]") {
  const auto names = cifar10_classes();
  REQUIRE(names.size() == 10);
  CHECK(std::set<std::string_view>(names.begin(), names.end()).size() == 10);
  CHECK(std::is_sorted(names.begin(), names.end()));
  CHECK(names[6] == "frog");
}
