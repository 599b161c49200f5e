#include "weights/zoo.h"

#include <set>

#include "tests/catch.h"
#include "weights/name_map.h"

using namespace helder;

TEST_CASE("zoo: each model has a name of its own, classes and a head", "[weights][zoo]") {
  std::set<std::string_view> names;
  for (const ZooModel& model : zoo()) {
    INFO(model.name);
    CHECK(names.insert(model.name).second);
    CHECK(&zoo_model(model.name) == &model);
    const bool only_features = model.name.find("dinov2") != model.name.npos && model.classes.empty();
    CHECK((model.classes.size() == 1000 || model.classes.size() == 10 || only_features));
    CHECK(model.preprocessing.crop > 0);
    CHECK_FALSE(model.head.empty());
  }
}

TEST_CASE("zoo: the head is what depends on the number of classes", "[weights][zoo]") {
  for (const char* name : {"resnet20", "squeezenet1_1", "deit_tiny_distilled_patch16_224"}) {
    INFO(name);
    const ZooModel& model = zoo_model(name);
    const StateDict three = model.make(3)->state_dict(), four = model.make(4)->state_dict();
    REQUIRE(three.size() == four.size());
    for (size_t i = 0; i < three.size(); ++i) {
      INFO(three[i].first);
      CHECK((three[i].second.shape() == four[i].second.shape()) != matches(model.head, three[i].first));
    }
  }
}

TEST_CASE("zoo: names the nearest model", "[weights][zoo]") {
  CHECK_THROWS_WITH(zoo_model("squeezenet"),
                    "zoo: there is no model 'squeezenet'; the nearest is 'squeezenet1_0'");
  CHECK_THROWS_WITH(zoo_model("resnet21"), "zoo: there is no model 'resnet21'; the nearest is 'resnet20'");
}
