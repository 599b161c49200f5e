#include "weights/darknet_cfg.h"

#include "models/darknet_plan.h"
#include "tests/catch.h"
#include "tests/temporary_directory.h"

using namespace helder;

namespace {

std::string error_of(const std::string& text) {
  try {
    plan_darknet(parse_darknet_cfg(text, "y.cfg"));
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

// The message for a section behind [net] and one convolution; it begins on line 8.
std::string section_error(const std::string& text) {
  return error_of("[net]\nwidth=8\nheight=8\nchannels=3\n[convolutional]\nfilters=4\n\n" + text);
}

}  // namespace

TEST_CASE("darknet's cfg: spaces, remarks and Windows' line ends mean nothing", "[darknet]") {
  const DarknetOptions options = parse_darknet_cfg(
      "# a remark\r\n[net]\r\n width = 8 # of the "
      "input\r\nheight=4\nchannels=1\nletter_box=1\nsubdivisions=16\n"
      "; another\n[convolutional]\nfilters = 6\nfilters=7\nsize=3\npad=1\nstride=2\ngroups=1\nactivation = "
      "leaky\n"
      "[yolo]\nmask = 1,\nanchors = 1,2,  3.5, 4\nclasses=1\nnum=2\nnms_kind=diounms\nbeta_nms=0.7",
      "y");
  CHECK(options.width == 8);
  CHECK(options.height == 4);
  CHECK(options.channels == 1);
  CHECK(options.letter_box);
  CHECK(options.nms_distance_exponent == 0.7);
  REQUIRE(options.layers.size() == 2);
  CHECK(options.layers[0].place == "y:9: [convolutional]");
  const auto& conv = std::get<DarknetConvolutional>(options.layers[0].kind);
  CHECK(conv.filters == 6);  // the first one counts
  CHECK(conv.padding == 1);
  CHECK(conv.stride == Pair(2));
  CHECK(conv.activation == DarknetActivation::Leaky);
  CHECK_FALSE(conv.batch_normalize);
  const auto& yolo = std::get<DarknetYolo>(options.layers[1].kind);
  REQUIRE(yolo.anchors.size() == 1);
  CHECK(yolo.anchors[0].width == 3.5);
  CHECK(yolo.anchors[0].height == 4);
  CHECK(yolo.scale_x_y == 1);
}

TEST_CASE("darknet's cfg: layers count from the first one, or back", "[darknet]") {
  const DarknetOptions options = parse_darknet_cfg(
      "[net]\nwidth=8\nheight=8\nchannels=4\n[conv]\nfilters=4\n[max]\nsize=3\nstride=1\n[route]\nlayers=-1,"
      "0\n"
      "[shortcut]\nfrom=-3\n[reorg3d]\nstride=2\n[dropout]\n");
  REQUIRE(options.layers.size() == 6);
  CHECK(std::get<DarknetMaxPool>(options.layers[1].kind).padding == 2);
  CHECK(std::get<DarknetRoute>(options.layers[2].kind).layers == std::vector<int64_t>{1, 0});
  CHECK(std::get<DarknetShortcut>(options.layers[3].kind).from == std::vector<int64_t>{0});
  CHECK(std::get<DarknetReorg>(options.layers[4].kind).by_pixel);
  CHECK(std::get<DarknetDropout>(options.layers[5].kind).probability == 0.2);
  const auto plan = plan_darknet(options);
  CHECK(plan[2].inputs == std::vector<int64_t>{1, 0});
  CHECK(plan[3].inputs == std::vector<int64_t>{2, 0});
  CHECK(plan[5].output == Shape{32, 4, 4});
}

TEST_CASE("darknet's cfg: says in which line what is wrong", "[darknet]") {
  CHECK(error_of("") == "y.cfg: there is no section in it");
  CHECK(error_of("width=8\n") == "y.cfg:1: 'width=8' comes before the first section");
  CHECK(error_of("\n[convolutional]\n") == "y.cfg:2: [convolutional]: the first section must be [net]");
  CHECK(error_of("[net]\nwidth=8\n") == "y.cfg:1: [net]: no layer comes after it");
  CHECK(error_of("[net]\nwidth=8\nheight=8\n[cost]\n") ==
        "y.cfg:2: [net] expected width, height and channels of the input, got 8 x 8 x 0");
  CHECK(error_of("[net\nwidth=8") == "y.cfg:1: expected [section], got '[net'");
  CHECK(error_of("[net]\nwidth\n") == "y.cfg:2: expected [section] or key=value, got 'width'");
  CHECK(error_of("[net]\nwidht=8\n[cost]\n") ==
        "y.cfg:2: [net] there is no key 'widht'; the nearest is 'width'");
  CHECK(error_of("[net]\nwidth=8\nheight=8\nchannels=3\nchannles=3\n[cost]\n") ==
        "y.cfg:5: [net] there is no key 'channles'; the nearest is 'channels'");

  CHECK(section_error("[convolution]\n") ==
        "y.cfg:8: [convolution]: there is no such section; known are convolutional, connected, maxpool, "
        "avgpool, "
        "upsample, route, shortcut, reorg, reorg3d, dropout, softmax, crop, cost, yolo and region");
  CHECK(section_error("[convolutional]\nfilter=8\n") ==
        "y.cfg:9: [convolutional] there is no key 'filter'; the nearest is 'filters'");
  CHECK(section_error("[convolutional]\nsomething=8\n") ==
        "y.cfg:9: [convolutional] there is no key 'something'");
  CHECK(section_error("[convolutional]\n\nsize=3x3\n") ==
        "y.cfg:10: [convolutional] size: '3x3' is not a whole number of at most 16777216");
  CHECK(section_error("[convolutional]\nfilters=99999999999999999999\n") ==
        "y.cfg:9: [convolutional] filters: '99999999999999999999' is not a whole number of at most 16777216");
  CHECK(section_error("[convolutional]\nfilters=0\n") ==
        "y.cfg:8: [convolutional]: filters, size, stride and dilation must be positive and padding not "
        "negative");
  CHECK(section_error("[convolutional]\nactivation=leeky\n") ==
        "y.cfg:9: [convolutional] activation=leeky is none of linear, leaky, relu, relu6, mish, swish, "
        "logistic and "
        "tanh");
  CHECK(section_error("[convolutional]\nxnor=1\n") == "y.cfg:9: [convolutional] xnor=1 is not supported");
  CHECK(section_error("[convolutional]\nxnor=0\n").empty());
  CHECK(section_error("[upsample]\nscale=nan\n") ==
        "y.cfg:9: [upsample] scale: 'nan' is not a number of at most 16777216");

  CHECK(section_error("[route]\n") == "y.cfg:8: [route] layers= is missing");
  CHECK(section_error("[route]\nlayers=-2\n") ==
        "y.cfg:9: [route] layers=-2: there is no such layer; before this one there are 0 to 0");
  CHECK(section_error("[route]\nlayers=0,1\n") ==
        "y.cfg:9: [route] layers=1: there is no such layer; before this one there are 0 to 0");
  CHECK(section_error("[shortcut]\nfrom=-1,x\n") ==
        "y.cfg:9: [shortcut] from: 'x' is not a whole number of at most 16777216");
  CHECK(section_error("[shortcut]\nfrom=-1\nweights_type=per_channel\n") ==
        "y.cfg:10: [shortcut] weights_type: only 'none' is supported");
  CHECK(error_of("[net]\nwidth=8\nheight=8\nchannels=3\n[route]\nlayers=0\n") ==
        "y.cfg:6: [route] layers=0: there is no layer before this one");
  CHECK(section_error("[maxpool]\nstride=2\n[route]\nlayers=0,1\n") ==
        "y.cfg:10: [route]: layer 0 is 8 x 8 pixels and layer 1 4 x 4; only equal sizes can lie behind each "
        "other");

  CHECK(section_error("[yolo]\nnum=2\nanchors=1,2,3\n") ==
        "y.cfg:10: [yolo] num=2 anchors are 4 numbers, got 3");
  CHECK(section_error("[yolo]\nnum=1\nanchors=1,2\nmask=1\n") ==
        "y.cfg:11: [yolo] mask=1: there is no such anchor among 1");
  CHECK(section_error("[yolo]\nnum=1\nanchors=1,2\nclasses=2\n") ==
        "y.cfg:8: [yolo]: 1 anchors of 5 + 2 numbers need 7 filters in the layer before, which has 4");
  CHECK(section_error("[yolo]\nnum=1\nanchors=1,2\nnms_kind=cornersnms\n") ==
        "y.cfg:11: [yolo] nms_kind=cornersnms is none of default, greedynms and diounms");
  CHECK(section_error("[region]\ncoords=5\n") == "y.cfg:9: [region] only coords=4 is supported");
}

TEST_CASE("darknet's cfg: a file is named by its path", "[darknet]") {
  const TemporaryDirectory folder;
  write_file(folder / "x.cfg", "[net]\nwidth=8\nheight=8\nchannels=3\n[what]\n");
  CHECK_THROWS_WITH(load_darknet_cfg(folder / "x.cfg"), StartsWith("darknet: " + (folder / "x.cfg").string() +
                                                                   ":5: [what]: there is no such section"));
  CHECK_THROWS_WITH(load_darknet_cfg(folder / "y.cfg"), ContainsSubstring("y.cfg"));
}
