#include "data/image_folder.h"

#include "data/image.h"
#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/data_path.h"
#include "tests/temporary_directory.h"
#include "tests/zip_writer.h"

using namespace helder;

namespace {

// A picture of one grey.
std::string png(int grey, int64_t height = 4, int64_t width = 5) {
  const auto bytes = encode_png(full({1, height, width}, grey, DType::UInt8));
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::vector<std::string> names(const ImageFolder& folder) {
  std::vector<std::string> result;
  for (int64_t i = 0; i < folder.size(); ++i) result.push_back(folder.name(i));
  return result;
}

void check_pets(const ImageFolder& folder) {
  CHECK(folder.classes() == std::vector<std::string>{"cat", "dog"});
  CHECK(names(folder) == std::vector<std::string>{"cat/10.png", "cat/2.PNG", "cat/more/1.png", "dog/1.png"});
  CHECK(folder.label(2) == 0);
  CHECK(folder.label(3) == 1);
  CHECK(folder.image(1).shape() == Shape{3, 4, 5});
  CHECK(folder.image(1).at<uint8_t>({2, 3, 4}) == 2);
  CHECK(folder.image(3).at<uint8_t>({0, 0, 0}) == 30);
}

}  // namespace

TEST_CASE("image_folder: a directory with a folder a class", "[data][image_folder]") {
  const TemporaryDirectory directory;
  std::filesystem::create_directories(directory / "cat/more");
  std::filesystem::create_directories(directory / "cat/.thumbnails");
  std::filesystem::create_directories(directory / "dog");
  std::filesystem::create_directories(directory / "empty");
  write_file(directory / "cat/10.png", png(1));
  write_file(directory / "cat/2.PNG", png(2));
  write_file(directory / "cat/more/1.png", png(3));
  write_file(directory / "cat/.thumbnails/1.png", png(9));
  write_file(directory / "cat/notes.txt", "not an image");
  write_file(directory / "dog/1.png", png(30));
  write_file(directory / "dog/._1.png", "");
  write_file(directory / "no_class.png", png(5));
  const ImageFolder folder(directory.path());
  check_pets(folder);
  CHECK_THROWS_WITH(folder.image(4),
                    "image folder: " + directory.path().string() + ": image 4 is not one of 4");
  write_file(directory / "dog/1.png", "broken");
  CHECK_THROWS_WITH(folder.image(3),
                    "image: " + directory.path().string() +
                        "/dog/1.png: not a JPEG, PNG or BMP file: it begins with 62 72 6f 6b");
}

TEST_CASE("image_folder: the same in a zip archive, stored or packed, inside one folder or not",
          "[data][image_folder]") {
  const TemporaryDirectory directory;
  for (const std::string root : {"", "pets/"}) {
    const std::string path = (directory / "pets.zip").string();
    write_file(path, zip_of({{root + "dog/1.png", png(30), true},
                             {root + "cat/2.PNG", png(2)},
                             {root + "cat/10.png", png(1)},
                             {root + "cat/more/1.png", png(3), true},
                             {root + "cat/", ""},
                             {root + "cat/.DS_Store", "x"},
                             {"__MACOSX/" + root + "cat/2.png", "x"},
                             {root + "readme.md", "x"}}));
    check_pets(ImageFolder(path));
  }
  const std::string path = (directory / "bad.zip").string();
  write_file(path, zip_of({{"a/b/1.png", "broken"}}));
  CHECK_THROWS_WITH(ImageFolder(path).image(0),
                    "image: " + path + "/a/b/1.png: not a JPEG, PNG or BMP file: it begins with 62 72 6f 6b");
}

TEST_CASE("image_folder: pictures of one size are a data set", "[data][image_folder]") {
  const TemporaryDirectory directory;
  write_file(directory / "x.zip", zip_of({{"a/1.png", png(0)}, {"a/2.png", png(51)}, {"b/1.png", png(102)}}));
  const ImageFolder folder(directory / "x.zip");
  const ImageDataset all = folder.load();
  CHECK(all.name == "x");
  CHECK(all.classes == 2);
  CHECK(all.images.shape() == Shape{3, 3, 4, 5});
  CHECK(all.images.at<uint8_t>({2, 1, 3, 4}) == 102);
  CHECK(all.labels.to_vector<int64_t>() == std::vector<int64_t>{0, 0, 1});
  CHECK(all.mean[1] == Approx(0.2));
  CHECK(all.deviation[2] == Approx(std::sqrt((0.04 + 0 + 0.04) / 3)));
  const ImageDataset some = folder.load({2, 0});
  CHECK(some.labels.to_vector<int64_t>() == std::vector<int64_t>{1, 0});
  CHECK(some.images.at<uint8_t>({0, 0, 0, 0}) == 102);
  CHECK(folder.load({0}).deviation == std::vector<float>{1, 1, 1});

  write_file(directory / "y.zip", zip_of({{"a/1.png", png(0)}, {"b/1.png", png(0, 5, 5)}}));
  CHECK_THROWS_WITH(ImageFolder(directory / "y.zip").load(),
                    "image folder: " + (directory / "y.zip").string() +
                        ": a/1.png is [3,4,5] but b/1.png is [3,5,5]; images of one size are needed");
}

TEST_CASE("image_folder: says what is missing", "[data][image_folder]") {
  const TemporaryDirectory directory;
  const std::string path = directory.path().string();
  CHECK_THROWS_WITH(ImageFolder(path + "/none"),
                    "image folder: " + path + "/none: No such file or directory");
  write_file(path + "/1.png", png(1));
  CHECK_THROWS_WITH(ImageFolder(path),
                    "image folder: " + path + ": there are no folders of images in it; each is a class");
  write_file(path + "/x.zip", zip_of({}));
  CHECK_THROWS_WITH(
      ImageFolder(path + "/x.zip"),
      "image folder: " + path + "/x.zip: there are no folders of images in it; each is a class");
  CHECK_THROWS_WITH(ImageFolder(path + "/1.png"), StartsWith("image folder: " + path + "/1.png: "));
}

TEST_CASE("image_folder: CIFAR-10's training images in their archive", "[data][image_folder]") {
  const auto path = data_path("cifar10/train.zip");
  if (!path) return;
  const ImageFolder folder(*path);
  CHECK(folder.size() == 50000);
  CHECK(folder.classes() == std::vector<std::string>{"airplane", "automobile", "bird", "cat", "deer", "dog",
                                                     "frog", "horse", "ship", "truck"});
  CHECK(folder.name(5001) == "automobile/0001.jpg");
  CHECK(folder.label(49999) == 9);
  std::vector<int64_t> some;
  for (int64_t i = 0; i < folder.size(); i += 500) some.push_back(i);
  const ImageDataset data = folder.load(some);
  CHECK(data.images.shape() == Shape{100, 3, 32, 32});
  for (size_t c = 0; c < 3; ++c) {
    CHECK(data.mean[c] == Approx(0.47).margin(0.06));
    CHECK(data.deviation[c] == Approx(0.25).margin(0.03));
  }
}
