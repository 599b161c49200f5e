// Vision transformers in the files of timm, torchvision, Hugging Face, Meta and Google: what they compute
// after loading, beside what those libraries compute. tests/fixtures/generate_vit.py wrote files and results.

#include "autograd/grad_mode.h"
#include "layers/module_guards.h"
#include "models/vit.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"
#include "tests/paths.h"
#include "tests/weights/memory_file.h"
#include "weights/load_weights.h"
#include "weights/name_maps/vit.h"
#include "weights/safetensors.h"

using namespace helder;
using helder::testing::first_difference;

namespace {

using Options = VisionTransformerOptions;

struct Case {
  const char* name;
  const char* file;
  const char* naming;
  void (*change)(Options&);  // of the size that all cases have
};

constexpr PositionResampling kNoAntialias = {.antialias = false, .offset = 0};

void plain(Options&) {}
void distilled(Options& o) { o.distilled = true; }
void registers(Options& o) {
  o.layer_scale = 1;
  o.reg_tokens = 4;
  o.embedded_prefix = 0;
}
void registers_of_meta(Options& o) {
  registers(o);
  o.embedded_prefix = 1;
  o.classes = 0;
}
void hugging_face(Options& o) {
  o.norm_eps = 1e-12;
  o.resampling = kNoAntialias;
}
void dinov2_classifier(Options& o) {
  o.layer_scale = 1;
  o.readout = VitReadout::TokenAndMean;
  o.resampling = kNoAntialias;
}

const Case kCases[] = {
    {"timm_vit", "timm_vit.safetensors", "", plain},
    {"timm_deit_distilled", "timm_deit_distilled.pth", "", distilled},
    {"timm_dinov2_registers", "timm_dinov2_registers.safetensors", "", registers},
    {"timm_registers", "timm_registers.safetensors", "",
     [](Options& o) {
       o.layer_scale = 1;
       o.reg_tokens = 2;
       o.qkv_bias = false;
     }},
    {"timm_mean", "timm_mean.safetensors", "",
     [](Options& o) {
       o.class_token = false;
       o.readout = VitReadout::Mean;
     }},
    {"torchvision_vit", "torchvision_vit.pth", "torchvision", plain},
    {"torchvision_representation", "torchvision_representation.pth", "torchvision",
     [](Options& o) { o.representation_size = 12; }},
    {"hugging_face_vit", "hugging_face_vit.safetensors", "Hugging Face", hugging_face},
    {"hugging_face_vit_in_memory", "hugging_face_vit_in_memory.safetensors", "Hugging Face", hugging_face},
    {"hugging_face_deit", "hugging_face_deit.safetensors", "Hugging Face",
     [](Options& o) {
       hugging_face(o);
       distilled(o);
     }},
    {"hugging_face_dinov2", "hugging_face_dinov2.safetensors", "Hugging Face", dinov2_classifier},
    {"hugging_face_dinov2_registers", "hugging_face_dinov2_registers.safetensors", "Hugging Face",
     [](Options& o) {
       registers(o);
       o.embedded_prefix = 1;
       o.readout = VitReadout::TokenAndMean;
     }},
    {"meta_dinov2", "meta_dinov2.pth", "Meta",
     [](Options& o) {
       o.layer_scale = 1;
       o.classes = 0;
       o.resampling = {.antialias = false, .offset = 0.1};
     }},
    {"meta_dinov2_registers", "meta_dinov2_registers.pth", "Meta", registers_of_meta},
    {"meta_dinov2_registers", "meta_dinov2_registers_timm.safetensors", "",  // converted by timm
     [](Options& o) {
       registers(o);
       o.classes = 0;
     }},
    {"google_vit", "google_vit.npz", "Google", plain},
    {"google_big_vision", "google_big_vision.npz", "Google", plain},
};

std::string path_of(const std::string& file) { return testing::source_path("tests/fixtures/vit/" + file); }

const SafetensorsFile& expected() {
  static const SafetensorsFile file(path_of("expected.safetensors"));
  return file;
}

VisionTransformer small(const Case& c) {
  Options options = {.img_size = 16,
                     .patch_size = 4,
                     .classes = 5,
                     .dim = 16,
                     .depth = 2,
                     .heads = 2,
                     .mlp_ratio = 2,
                     .dynamic_img_size = true};
  c.change(options);
  return VisionTransformer(options);
}

// Blocks, attention and result beside the fixture's, as far as it has them.
void compare(VisionTransformer& net, const std::string& name, const std::string& pictures, DType dtype,
             double tolerance) {
  const auto close = [&](const Tensor& x, const std::string& key) {
    CAPTURE(key);
    CHECK(first_difference(x.detach(), expected().tensor(key, dtype), tolerance) == "");
  };
  const Tensor x = expected().tensor(pictures, dtype);
  std::vector<Tensor> attention(2), blocks;
  {
    ForwardHooks hooks;
    for (int64_t i = 0; i < 2; ++i) {
      auto& attn = dynamic_cast<VitBlock&>(net.blocks[i]).attn;
      hooks.add(attn, [&, i](const Module&, std::span<const Tensor> inputs, const Tensor&) {
        attention[static_cast<size_t>(i)] = attn.weights(inputs[0]);
      });
    }
    blocks = net.forward_intermediates(x);
  }
  REQUIRE(blocks.size() == 2);
  for (size_t i = 0; i < 2; ++i) {
    const std::string number = std::to_string(i);
    close(blocks[i], name + "block." + number);
    if (expected().contains(name + "attention." + number)) {
      close(attention[i], name + "attention." + number);
    }
  }
  close(net(x), name + "logits");
}

void compare(const Case& c, DType dtype, double tolerance) {
  CAPTURE(c.name, c.file, name_of(dtype));
  VisionTransformer net = small(c);
  net.eval();
  net.to(dtype);
  CHECK(load_weights(net, *open_weights(path_of(c.file)), vit_name_maps()) == c.naming);
  const NoGrad guard;
  const std::string name = std::string(c.name) + "/";
  compare(net, name, "pictures", dtype, tolerance);
  if (expected().contains(name + "resized/logits")) {
    compare(net, name + "resized/", "resized/pictures", dtype, tolerance);
  }
}

}  // namespace

TEST_CASE("VisionTransformer loads files of every naming and computes the same, in float64",
          "[weights][vit]") {
  for (const Case& c : kCases) {
    compare(c, DType::Float64, 1e-10);
  }
}

TEST_CASE("VisionTransformer loads files of every naming and computes the same, in float32",
          "[weights][vit]") {
  for (const Case& c : kCases) {
    compare(c, DType::Float32, 1e-4);
  }
}

TEST_CASE("VisionTransformer: pictures of another size for good", "[weights][vit]") {
  VisionTransformer net(
      {.img_size = 16, .patch_size = 4, .classes = 5, .dim = 16, .depth = 2, .heads = 2, .mlp_ratio = 2});
  net.eval();
  net.to(DType::Float64);
  load_weights(net, *open_weights(path_of("timm_vit.safetensors")), vit_name_maps());
  const Tensor x = expected().tensor("resized/pictures", DType::Float64);
  CHECK_THROWS_WITH(net(x), "patch_embed: PatchEmbed: expected pictures of 16x16 (input [1,3,12,24])");
  net.set_input_size({12, 24});
  CHECK(net.pos_embed.shape() == Shape{1, 1 + 3 * 6, 16});
  CHECK(net.pos_embed.requires_grad());
  CHECK(net.pos_embed.is_leaf());
  compare(net, "timm_vit/resized/", "resized/pictures", DType::Float64, 1e-10);
  CHECK_THROWS_WITH(net(expected().tensor("pictures", DType::Float64)),
                    "patch_embed: PatchEmbed: expected pictures of 12x24 (input [2,3,16,16])");
  CHECK_THROWS_WITH(net.set_input_size({13, 24}),
                    "PatchEmbed: a picture of 13x24 does not divide into patches of 4x4");
  net(x).sum().backward();
  CHECK(net.pos_embed.grad().shape() == Shape{1, 19, 16});
}

TEST_CASE("VisionTransformer: torchvision's files from before its version 0.13", "[weights][vit]") {
  StateDict state = open_weights(path_of("torchvision_vit.pth"))->state_dict();
  int64_t old = 0;
  for (auto& [name, tensor] : state) {
    for (const auto& [now, then] :
         {std::pair("mlp.0.", "mlp.linear_1."), std::pair("mlp.3.", "mlp.linear_2.")}) {
      if (const size_t place = name.find(now); place != name.npos) {
        name.replace(place, std::string_view(now).size(), then);
        ++old;
      }
    }
  }
  REQUIRE(old == 8);
  VisionTransformer net = small({"", "", "", plain});
  net.eval();
  net.to(DType::Float64);
  CHECK(load_weights(net, MemoryFile(state), vit_name_maps()) == "torchvision");
  compare(net, "torchvision_vit/", "pictures", DType::Float64, 1e-10);
}

TEST_CASE("VisionTransformer: weights for another size of pictures do not fit silently", "[weights][vit]") {
  VisionTransformer net(
      {.img_size = 32, .patch_size = 4, .classes = 5, .dim = 16, .depth = 2, .heads = 2, .mlp_ratio = 2});
  CHECK_THROWS_WITH(load_weights(net, *open_weights(path_of("google_vit.npz")), vit_name_maps()),
                    ContainsSubstring("by the names of Google") && ContainsSubstring("mis-shaped") &&
                        ContainsSubstring("pos_embed") && ContainsSubstring("[1,65,16]") &&
                        ContainsSubstring("[1,17,16]"));
}
