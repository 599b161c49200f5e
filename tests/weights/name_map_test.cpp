#include "weights/name_map.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "weights/edit_distance.h"

using namespace helder;

namespace {

using Texts = std::vector<std::string_view>;

Texts found_by(std::string_view pattern, std::string_view name) {
  Texts found;
  return matches(pattern, name, &found) ? found : Texts{"(no match)"};
}

}  // namespace

TEST_CASE("name map: a star stops at a dot, two do not", "[weights][names]") {
  CHECK(matches("fc.weight", "fc.weight"));
  CHECK_FALSE(matches("fc.weight", "fc.weights"));
  CHECK_FALSE(matches("fc.weight", "fc"));
  CHECK(found_by("layer*.*.conv1.*", "layer2.0.conv1.weight") == Texts{"2", "0", "weight"});
  CHECK(found_by("fc.*", "fc.weight.gamma") == Texts{"(no match)"});
  CHECK(found_by("fc.**", "fc.weight.gamma") == Texts{"weight.gamma"});
  CHECK(found_by("**.weight", "a.b.weight") == Texts{"a.b"});
  CHECK(found_by("**", "") == Texts{""});
  CHECK(found_by("a*", "a") == Texts{""});
}

TEST_CASE("name map: of several ways the first star takes the least", "[weights][names]") {
  CHECK(found_by("**.*", "a.b.c") == Texts{"a.b", "c"});
  CHECK(found_by("**.**", "a.b.c") == Texts{"a", "b.c"});
  CHECK(found_by("*b*", "abbc") == Texts{"a", "bc"});
}

TEST_CASE("name map: in names with slashes, those divide", "[weights][names]") {
  CHECK(found_by("Transformer/encoderblock_*/LayerNorm_0/scale",
                 "Transformer/encoderblock_11/LayerNorm_0/scale") == Texts{"11"});
  CHECK(found_by("a/*/b", "a/x.y/b") == Texts{"x.y"});
  CHECK(found_by("a/*", "a/x/b") == Texts{"(no match)"});
}

TEST_CASE("name map: the first rule that matches decides", "[weights][names]") {
  const std::vector<NameRule> rules = {
      {"encoder.*.norm.*", "blocks.*.norm1.*"}, {"encoder.position_ids", ""}, {"encoder.**", "rest.**"}};
  CHECK(renamed(rules, "encoder.3.norm.bias").name == "blocks.3.norm1.bias");
  CHECK(renamed(rules, "encoder.3.norm.bias").rule == &rules[0]);
  CHECK(renamed(rules, "encoder.position_ids").name.empty());
  CHECK(renamed(rules, "encoder.3.mlp.bias").name == "rest.3.mlp.bias");
  CHECK(renamed(rules, "head.bias").name == "head.bias");
  CHECK(renamed(rules, "head.bias").rule == nullptr);
  const std::vector<NameRule> wrong = {{"fc.*", "*.*"}};
  CHECK_THROWS_WITH(renamed(wrong, "fc.bias"), "name map: '*.*' has more stars than the pattern before it");
}

TEST_CASE("name map: rules within beginnings", "[weights][names]") {
  const NameRules rules =
      NameRules()
          .within({{"stages.0.*.", "layer1.*."}, {"stages.1.*.", "layer2.*."}},
                  {{"norm.*", "bn1.*"}, {"mask", ""}, {"q", "qkv", Change::Transpose, 1, 3}})
          .add({{"head.*", "fc.*"}});
  CHECK(renamed(rules, "stages.1.4.norm.bias").name == "layer2.4.bn1.bias");
  CHECK(renamed(rules, "stages.0.4.mask").name.empty());
  CHECK(renamed(rules, "head.bias").name == "fc.bias");
  const Renamed q = renamed(rules, "stages.0.2.q");
  CHECK(q.name == "layer1.2.qkv");
  REQUIRE(q.rule);
  CHECK(q.rule->change == Change::Transpose);
  CHECK(q.rule->part == 1);
  CHECK(q.rule->parts == 3);
  CHECK(std::span<const NameRule>(rules).size() == 7);
}

TEST_CASE("name map: what a change makes of a shape", "[weights][names]") {
  CHECK(fits({2, 3}, Change::None, {2, 3}));
  CHECK(fits({2, 3, 1, 1}, Change::None, {2, 3}));
  CHECK_FALSE(fits({2, 3}, Change::None, {3, 2}));  // a forgotten transpose
  CHECK_FALSE(fits({2, 3}, Change::None, {7}));
  CHECK(fits({2, 3}, Change::Transpose, {3, 2}));
  CHECK(fits({5, 2, 3}, Change::Transpose, {6, 5}));  // [in, heads, width]
  CHECK(fits({2, 3, 5}, Change::Transpose, {5, 6}));  // [heads, width, out]
  CHECK_FALSE(fits({2, 3}, Change::Transpose, {2, 3}));
  CHECK_FALSE(fits({4, 3, 5}, Change::Transpose, {10, 6}));
  CHECK_FALSE(fits({6}, Change::Transpose, {6}));
  CHECK(fits({1, 2, 3, 4}, Change::HwioToOihw, {4, 3, 1, 2}));
  CHECK_FALSE(fits({1, 2, 3, 4}, Change::HwioToOihw, {1, 2, 3, 4}));
  CHECK_THROWS_WITH(changed(zeros({2, 3}), Change::None, {3, 2}),
                    "name map: a tensor of shape [2,3] does not become one of [3,2]");
}

TEST_CASE("name map: what a change makes of the numbers", "[weights][names]") {
  const Tensor x = arange(6).reshape({1, 2, 3});  // [in, heads, width] or [h, w, in] ...
  CHECK(changed(x, Change::None, {6}).to_vector<int64_t>() == std::vector<int64_t>{0, 1, 2, 3, 4, 5});
  CHECK(changed(x, Change::Transpose, {3, 2}).to_vector<int64_t>() == std::vector<int64_t>{0, 3, 1, 4, 2, 5});
  const Tensor hwio = arange(12).reshape({1, 2, 3, 2});
  const Tensor oihw = changed(hwio, Change::HwioToOihw, {2, 3, 1, 2});
  CHECK(oihw.to_vector<int64_t>() == std::vector<int64_t>{0, 6, 2, 8, 4, 10, 1, 7, 3, 9, 5, 11});
}

TEST_CASE("edit_distance counts letters", "[weights][names]") {
  CHECK(edit_distance("", "") == 0);
  CHECK(edit_distance("abc", "") == 3);
  CHECK(edit_distance("", "abc") == 3);
  CHECK(edit_distance("kitten", "sitting") == 3);
  CHECK(edit_distance("fc.weight", "fc.weight") == 0);
  CHECK(edit_distance("fc.weight", "fcs.weight") == 1);
}
