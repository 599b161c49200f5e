#include "data/detection_folder.h"

#include "data/coco_dataset.h"
#include "data/image.h"
#include "data/yolo_folder.h"
#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/temporary_directory.h"

using namespace helder;

namespace {

// A folder with small pictures of one grey, 20 wide and 10 high, and texts.
struct Folder {
  TemporaryDirectory root;

  std::string path(const std::string& name = "") const { return (root / name).string(); }
  void text(const std::string& name, std::string_view text) const {
    std::filesystem::create_directories((root / name).parent_path());
    write_file(root / name, text);
  }
  void picture(const std::string& name, int grey = 0) const {
    std::filesystem::create_directories((root / name).parent_path());
    save_png(root / name, full({3, 10, 20}, grey, DType::UInt8));
  }
};

std::vector<std::string> names(const DetectionDataset& dataset) {
  std::vector<std::string> result;
  for (const BoxedPicture& picture : dataset.pictures) result.push_back(picture.name);
  return result;
}

using Names = std::vector<std::string>;
using Corners = std::array<double, 4>;

constexpr const char* kTruth = R"({
  "images": [{"id": 7, "file_name": "b.png", "width": 20, "height": 10}, {"id": 3, "file_name": "a.png"}],
  "categories": [{"id": 90, "name": "toothbrush"}, {"id": 1, "name": "person"}],
  "annotations": [
    {"image_id": 7, "category_id": 90, "bbox": [2, 3, 4, 5], "area": 11.5},
    {"image_id": 7, "category_id": 1, "bbox": [15, -1, 9, 9], "iscrowd": 1},
    {"image_id": 7, "category_id": 1, "bbox": [4, 4, 0, 3]},
    {"image_id": 7, "category_id": 1, "bbox": [25, 4, 3, 3]}]})";

}  // namespace

TEST_CASE("coco_dataset: annotations in a file, pictures in a folder", "[data][detection]") {
  const Folder folder;
  folder.picture("pictures/a.png", 1);
  folder.picture("pictures/b.png", 2);
  folder.text("truth.json", kTruth);
  const DetectionDataset set = load_coco(folder.path("truth.json"), folder.path("pictures"));
  CHECK(set.name == "truth");
  CHECK(set.classes == Names{"person", "toothbrush"});  // without COCO's gaps
  CHECK(names(set) == Names{"a.png", "b.png"});
  CHECK(set.pictures[0].boxes.empty());
  CHECK(set.pictures[1].load().at<uint8_t>({2, 9, 19}) == 2);
  const std::vector<LabelledBox>& boxes = set.pictures[1].boxes;
  REQUIRE(boxes.size() == 2);  // the third has no area, the fourth is outside
  CHECK(boxes[0].box_xyxy == Corners{2, 3, 6, 8});
  CHECK(boxes[0].label == 1);
  CHECK(boxes[0].area == 11.5);
  CHECK_FALSE(boxes[0].crowd);
  CHECK(boxes[1].box_xyxy == Corners{15, 0, 20, 8});
  CHECK(boxes[1].label == 0);
  CHECK(boxes[1].crowd);
}

TEST_CASE("coco_dataset: what is wrong, and where", "[data][detection]") {
  const Folder folder;
  folder.picture("a.png");
  const std::string file = folder.path("t.json"), name = "coco: " + file;
  const auto fails = [&](const std::string& images, const std::string& message) {
    folder.text("t.json", "{\"images\": " + images + ", \"categories\": [], \"annotations\": []}");
    CHECK_THROWS_WITH(load_coco(file, folder.path()), name + message);
  };
  fails(R"([{"id": 1}])", ": images[0]: 'file_name' is missing");
  fails(R"([{"id": 1, "file_name": "a.png"}, {"id": 2, "file_name": "x.png"}])",
        ": images[1]: there is no picture " + folder.path("x.png"));
  fails(R"([{"id": 1, "file_name": "a.png"}, {"id": 1, "file_name": "a.png"}])",
        ": images[1]: 'id' 1 is there a second time");
  fails(R"([{"id": 1, "file_name": "a.png", "width": 0}])", ": images[0]: 'width' is 0");
  folder.text("t.json",
              R"({"images": [{"id": 1, "file_name": "a.png", "width": 20, "height": 11}],
                  "categories": [], "annotations": []})");
  const DetectionDataset set = load_coco(file, folder.path());
  CHECK_THROWS_WITH(set.pictures[0].load(),
                    name + ": images[0]: 'height' is 11, but " + folder.path("a.png") + " has 10 pixels");
}

TEST_CASE("yolo_folder: pictures, boxes and names beside each other", "[data][detection]") {
  const Folder folder;
  folder.picture("images/train/2.png");
  folder.picture("images/train/1.png", 9);
  folder.picture("images/val/sub/3.png");
  folder.text("labels/train/1.txt", "1 0.5 0.5 0.2 0.4\r\n\n  0 0 1 0.5 1\n");
  folder.text("labels/val/sub/3.txt", "");
  folder.text("things.names", "cat\ndog\n\n");
  const DetectionDataset train = load_yolo_folder(folder.path(), "train");
  CHECK(train.name == folder.root.path().filename().string());
  CHECK(train.classes == Names{"cat", "dog"});
  CHECK(names(train) == Names{"images/train/1.png", "images/train/2.png"});
  CHECK(train.pictures[0].load().at<uint8_t>({0, 0, 0}) == 9);
  REQUIRE(train.pictures[0].boxes.size() == 2);
  CHECK(train.pictures[1].boxes.empty());  // without a file
  const LabelledBox &dog = train.pictures[0].boxes[0], &cat = train.pictures[0].boxes[1];
  for (size_t i = 0; i < 4; ++i) {
    INFO(i);
    CHECK(dog.box_xyxy[i] == Approx(Corners{8, 3, 12, 7}[i]));
    CHECK(cat.box_xyxy[i] == Approx(Corners{0, 5, 5, 10}[i]));  // cut off at the edges
  }
  CHECK(dog.label == 1);
  CHECK(dog.area == Approx(16));
  CHECK(names(load_yolo_folder(folder.path(), "val")) == Names{"images/val/sub/3.png"});
  CHECK(load_yolo_folder(folder.path() + "/").size() == 3);
  CHECK_THROWS_WITH(
      load_yolo_folder(folder.path(), "test"),
      "yolo: " + folder.path() + ": there is no part 'test': neither images/test nor test/images");
}

TEST_CASE("yolo_folder: what data.yaml names", "[data][detection]") {
  const Folder folder;
  folder.picture("set/train/images/1.png");
  folder.picture("set/more/2.png");
  folder.picture("set/3.png");
  folder.text("set/train/labels/1.txt", "2 0.5 0.5 1 1");
  folder.text("set/more/2.txt", "0 0.5 0.5 1 1");  // no folder `images`: beside the picture
  folder.text("set/3.txt", "1 .5 .5 1 1");
  folder.text("set/list.txt", "3.png\n\n./more/2.png\n");
  folder.text(
      "set/data.yaml",
      "# of a hub\n---\npath: /somewhere/else  # not here\ntrain: [../train/images,\n  'more'] # two\n"
      "val: list.txt\ntest:\nnc: 3\ndownload: |\n  echo: [\n\nnames:\n  0: \"it's: a cat\"\n  2: dog # one\n"
      "  1: it's\n");
  const DetectionDataset train = load_yolo_folder(folder.path("set"), "train");
  CHECK(train.classes == Names{"it's: a cat", "it's", "dog"});
  CHECK(names(train) == Names{"train/images/1.png", "more/2.png"});
  CHECK(train.pictures[0].boxes.at(0).label == 2);
  CHECK(train.pictures[1].boxes.at(0).label == 0);
  CHECK(names(load_yolo_folder(folder.path("set/data.yaml"), "val")) == Names{"3.png", "more/2.png"});
  for (const char* list :
       {"names: [a, 'b, c', d]", "names:\n- a\n- 'b, c'\n- d", "names: {0: a, 2: d, 1: 'b, c'}"}) {
    INFO(list);
    folder.text("set/data.yaml", std::string("train: more\n") + list);
    CHECK(load_yolo_folder(folder.path("set"), "train").classes == Names{"a", "b, c", "d"});
  }
}

TEST_CASE("yolo_folder: what is wrong, and in which line", "[data][detection]") {
  const Folder folder;
  folder.picture("images/1.png");
  const auto fails = [&](const std::string& message) {
    CHECK_THROWS_WITH(load_yolo_folder(folder.path()), message);
  };
  const std::string root = "yolo: " + folder.path();
  CHECK_THROWS_WITH(load_yolo_folder("/no/such"), "yolo: /no/such: No such file or directory");
  fails(root + ": nothing names the classes: there is no data.yaml, no single *.names, no classes.txt");
  folder.text("classes.txt", "a\n\nb\n");
  fails("names: " + folder.path("classes.txt") + ":2: the line is empty; each is the name of a class");
  folder.text("classes.txt", "a\nb\n");
  fails(root + ": none of the 1 pictures has a file of boxes, such as " + folder.path("labels/1.txt"));

  const auto line = [&](const std::string& text, const std::string& message) {
    folder.text("labels/1.txt", "0 0.5 0.5 1 1\n" + text + "\n");
    fails("yolo: " + folder.path("labels/1.txt") + ":2: " + message);
  };
  line("0 0.5 0.5 1", "expected class, cx, cy, width and height, got 4 words");
  line("2 0.5 0.5 1 1", "class 2 of 2, from 0");
  line("-1 0.5 0.5 1 1", "class -1 of 2, from 0");
  line("0.5 0.5 0.5 1 1", "the class is not a whole number: '0.5'");
  line("0 0.5 x 1 1", "cy is not a number: 'x'");
  line("0 0.5 1.5 1 1", "cy is 1.5, but it is a part of the picture's height, from 0 to 1");
  line("0 0.5 0.5 0 1", "width is 0, but it is a part of the picture's width, from 0 to 1");
  line("0 0.5 0.5 nan 1", "width is nan, but it is a part of the picture's width, from 0 to 1");
  folder.text("labels/1.txt", std::string("0\0", 2));
  fails("yolo: " + folder.path("labels/1.txt") + ": not a text file: it holds a zero byte");
  folder.text("labels/1.txt", "");
  folder.text("images/1.png", "text");
  fails("image: " + folder.path("images/1.png") +
        ": not a JPEG, PNG or BMP file: it begins with 74 65 78 74");

  const auto yaml = [&](const std::string& text, const std::string& message) {
    folder.text("data.yaml", text);
    CHECK_THROWS_WITH(load_yolo_folder(folder.path(), "train"),
                      "yolo: " + folder.path("data.yaml") + message);
  };
  yaml("nc: 2", ": there are no 'names' of classes");
  yaml("names: [a]\nnc: 2", ":2: 'nc' is 2, and there are 1 names");
  yaml("nc: two\nnames: [a]", ":1: 'nc' is not a whole number: 'two'");
  yaml("names: [a", ":1: the '[' is not closed");
  yaml("names:\n  0: a\n  2: b\n", ":3: class 2 among 2 names: they must have the numbers 0 to 1");
  yaml("names:\n  0: a\n  0: b\n", ":3: class 0 is there a second time");
  yaml("names:\n  0: a\n\t1: b\n", ":3: a tab; lines are indented by spaces");
  yaml("names: 'a\n", ":1: the quote is not closed: 'a");
  yaml("nc: 1\n  0: a\n", ":2: this line belongs to no key");
  yaml("names\n", ":1: expected ':'");
  yaml("names: [a] b\n", ":1: 'b' follows the value");
  yaml("path: [a, b]\nnames: [a]\n", ":1: 'path' takes one value");
  yaml("names: [a]\ntrain: nowhere\n", ":2: there is no " + folder.path("nowhere"));
  folder.text("data.yaml", "names: [a]\n");
  CHECK_THROWS_WITH(load_yolo_folder(folder.path(), "train"),
                    root +
                        ": there is no part 'train': neither images/train nor train/images, nor does the "
                        "yaml file name it");
}

TEST_CASE("detection_folder: COCO's folders and YOLO's", "[data][detection]") {
  const Folder folder;
  folder.picture("c/val2017/a.png");
  folder.picture("c/val2017/b.png");
  folder.text("c/annotations/instances_val2017.json", kTruth);
  CHECK(load_detection_folder(folder.path("c"), "val").name == "instances_val2017");
  folder.picture("d/images/a.png");
  folder.picture("d/images/b.png");
  folder.text("d/train.json", kTruth);
  CHECK(load_detection_folder(folder.path("d"), "train").size() == 2);
  folder.picture("e/test/a.png");
  folder.picture("e/test/b.png");
  folder.text("e/test/_annotations.coco.json", kTruth);
  CHECK(load_detection_folder(folder.path("e"), "test").size() == 2);
  folder.picture("y/images/val/a.png");
  folder.text("y/labels/val/a.txt", "0 0.5 0.5 1 1");
  folder.text("y/classes.txt", "thing");
  CHECK(load_detection_folder(folder.path("y"), "val").pictures.at(0).boxes.size() == 1);
  folder.text("c/annotations/instances_val2014.json", kTruth);
  CHECK_THROWS_WITH(load_detection_folder(folder.path("c"), "val"),
                    "coco: " + folder.path("c") +
                        ": which is the part 'val', instances_val2014.json or instances_val2017.json?");
  folder.text("f/annotations/val.json", kTruth);
  CHECK_THROWS_WITH(load_detection_folder(folder.path("f"), "val"),
                    "coco: " + folder.path("f/annotations/val.json") +
                        ": there is no folder with its pictures: neither val nor images/val nor images");
}
