#include "models/imagenet_ids.h"

#include "models/class_names.h"
#include "tests/catch.h"

using namespace helder;

TEST_CASE("imagenet_ids: an identifier is that of a class", "[models]") {
  const auto name = [](std::string_view id) {
    return imagenet_classes()[static_cast<size_t>(*imagenet_class_of_id(id))];
  };
  CHECK(imagenet_class_of_id("n01440764") == 0);
  CHECK(imagenet_class_of_id("n15075141") == 999);
  CHECK(name("n02123045") == "tabby");
  CHECK(name("n02504458") == "African elephant");
  CHECK(name("n04442312") == "toaster");
  for (const char* id :
       {"n02123046", "m02123045", "n0212304", "n02123045x", "n 2123045", "n-2123045", "n", "", "n99999999"}) {
    INFO(id);
    CHECK_FALSE(imagenet_class_of_id(id));
  }
}
