#include "data/image.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/data/image_fixture.h"
#include "tests/data_path.h"
#include "tests/temporary_directory.h"

using namespace helder;

namespace {

std::string text_of(const Tensor& file) {
  return {reinterpret_cast<const char*>(file.raw_data()), static_cast<size_t>(file.numel())};
}

std::string refusal(std::string_view file) {
  try {
    decode_image(bytes_of(file), "image: x");
  } catch (const Error& error) {
    return error.what();
  }
  return "(accepted)";
}

// A PNG that says it has this size, and has the data of another.
std::string png_of_size(std::string file, uint32_t width, uint32_t height) {
  for (size_t i = 0; i < 4; ++i) {
    file[16 + i] = static_cast<char>(width >> (24 - 8 * i));
    file[20 + i] = static_cast<char>(height >> (24 - 8 * i));
  }
  return file;
}

}  // namespace

TEST_CASE("image: every kind of file gives the pixels that Pillow sees", "[data][image]") {
  const SafetensorsFile fixture = image_fixture("decode");
  int files = 0;
  for (const std::string& name : fixture.names()) {
    if (!name.starts_with("file.")) continue;
    const std::string kind = name.substr(5);
    INFO(kind);
    ++files;
    const Tensor image = decode_image(bytes_of(fixture.tensor(name)));
    const Tensor expected = fixture.tensor("pixels." + kind);
    REQUIRE(image.dtype() == DType::UInt8);
    REQUIRE(image.shape() == expected.shape());
    const ImageDifference d = difference(image, expected);
    if (kind.starts_with("jpeg")) {  // decoders round their cosine transforms in different ways
      CHECK(d.mean < 0.5);
      CHECK(d.largest <= (kind == "jpeg.cmyk" ? 8 : 4));
    } else {
      CHECK(d.largest == 0);
    }
  }
  CHECK(files == 32);
}

TEST_CASE("image: a picture stands upright whatever way the camera was held", "[data][image]") {
  const SafetensorsFile fixture = image_fixture("decode");
  const Tensor stored = decode_image(bytes_of(fixture.tensor("file.png.exif1")));
  const Tensor left = decode_image(bytes_of(fixture.tensor("file.png.exif8")));
  const int64_t h = stored.size(1), w = stored.size(2);
  REQUIRE(left.shape() == Shape{3, w, h});
  CHECK(left.at<uint8_t>({0, 0, 0}) == stored.at<uint8_t>({0, 0, w - 1}));
  CHECK(left.at<uint8_t>({2, w - 1, 1}) == stored.at<uint8_t>({2, 1, 0}));
}

TEST_CASE("image: its size is known from the header, upright as it is loaded", "[data][image]") {
  const SafetensorsFile fixture = image_fixture("decode");
  const TemporaryDirectory directory;
  const auto path = directory / "x";
  for (const char* name : {"file.png", "file.png.exif1", "file.png.exif8", "file.jpeg.exif6"}) {
    INFO(name);
    const std::string file = text_of(fixture.tensor(name));
    write_file(path, file);
    const Shape shape = load_image(path).shape();
    CHECK(shape[1] != shape[2]);  // else the test would see nothing
    CHECK(image_size(path).height == shape[1]);
    CHECK(image_size(path).width == shape[2]);
  }
  write_file(path, "BMx");
  CHECK_THROWS_WITH(image_size(path), "image: " + path.string() +
                                          ": the BMP header is damaged, cut short or of a kind that is not "
                                          "supported");
}

TEST_CASE("image: damaged EXIF does not keep a picture from being shown", "[data][image]") {
  const SafetensorsFile fixture = image_fixture("decode");
  const std::string file = text_of(fixture.tensor("file.jpeg.exif6"));
  const Shape turned = decode_image(bytes_of(file)).shape();
  const size_t tiff = file.find(std::string("Exif\0\0", 6)) + 6;
  int upright = 0;
  for (size_t i = 0; i < 26; ++i) {
    std::string damaged = file;
    damaged[tiff + i] = static_cast<char>(0xff);
    const Shape shape = decode_image(bytes_of(damaged)).shape();
    CHECK((shape == turned || shape == Shape{3, turned[2], turned[1]}));
    upright += shape != turned;
  }
  CHECK(upright > 8);
}

TEST_CASE("image: says what is wrong with a file", "[data][image]") {
  const TemporaryDirectory directory;
  const std::string path = directory.path().string();
  CHECK_THROWS_WITH(load_image(path), "image: " + path + ": is a directory");
  CHECK_THROWS_WITH(load_image(path + "/none.png"),
                    "image: " + path + "/none.png: No such file or directory");
  write_file(path + "/text.png", "hello, world");
  CHECK_THROWS_WITH(load_image(path + "/text.png"),
                    "image: " + path + "/text.png: not a JPEG, PNG or BMP file: it begins with 68 65 6c 6c");
  CHECK(refusal("") == "image: x: the file is empty");
  CHECK(refusal("\x89PNG") ==
        "image: x: the PNG header is damaged, cut short or of a kind that is not supported");

  const SafetensorsFile fixture = image_fixture("decode");
  const std::string png = text_of(fixture.tensor("file.png"));
  const std::string jpeg = text_of(fixture.tensor("file.jpeg"));
  const std::string bmp = text_of(fixture.tensor("file.bmp"));
  CHECK(refusal(png) == "(accepted)");
  CHECK(refusal(png.substr(0, png.size() / 2)) == "image: x: the PNG file is cut short");
  CHECK(refusal(jpeg.substr(0, jpeg.size() - 50)) == "image: x: the JPEG file is cut short");
  CHECK(refusal(jpeg.substr(0, jpeg.size() / 2)) == "image: x: the JPEG file is cut short");
  CHECK(refusal(bmp.substr(0, bmp.size() - 1)) == "image: x: the BMP file is cut short");
  std::string damaged = png;
  damaged[damaged.find("IDAT") + 4] = 0;  // where zlib says what it is
  CHECK_THAT(refusal(damaged),
             StartsWith("image: x: the PNG file is damaged or of a kind that is not supported ("));

  // No prefix of a file is taken for the whole.
  for (const std::string& file : {png, jpeg, bmp}) {
    for (size_t size = 0; size + 16 < file.size(); size += file.size() / 40) {
      CHECK(refusal(std::string_view(file).substr(0, size)) != "(accepted)");
    }
  }
}

TEST_CASE("image: sizes are checked before memory is taken", "[data][image]") {
  const std::string png = text_of(image_fixture("decode").tensor("file.png.one_bit"));
  CHECK(refusal(png_of_size(png, 0, 5)) ==
        "image: x: the PNG header is damaged, cut short or of a kind that is not supported");
  CHECK(refusal(png_of_size(png, 13378, 13378)) ==
        "image: x: 13378 by 13378 pixels are more than the 178956970 that are decoded");
  CHECK(refusal(png_of_size(png, 13000, 13000)) ==
        fmt::format("image: x: 13000 by 13000 pixels are more than {} bytes of PNG can hold", png.size()));
  CHECK_THAT(refusal(png_of_size(png, 500, 300)), StartsWith("image: x: the PNG file is damaged"));
}

TEST_CASE("image: a PNG that unpacks to far more than its size is refused", "[data][image]") {
  // 600 pixels of 1 bit, and a stream that goes on for 40 MB.
  const std::string bomb = text_of(image_fixture("decode").tensor("bomb"));
  CHECK(bomb.size() < 50000);
  CHECK(refusal(bomb) == "image: x: the PNG file is damaged or of a kind that is not supported (outofmem)");
}

TEST_CASE("image: what is written as PNG is read back", "[data][image]") {
  const TemporaryDirectory directory;
  Generator random(3);
  for (const int64_t channels : {1, 3}) {
    const Tensor image = randint(0, 256, {channels, 13, 19}, DType::Int64, random).to(DType::UInt8);
    save_png(directory / "x.png", image);
    const Tensor read = load_image(directory / "x.png");
    CHECK(read.to_vector<int64_t>() == image.expand({3, 13, 19}).to_vector<int64_t>());
  }
  CHECK(directory.names() == std::vector<std::string>{"x.png"});
  // Alpha is dropped, and a view is written as what it shows.
  const Tensor with_alpha = randint(0, 256, {4, 6, 5}, DType::Int64, random).to(DType::UInt8).transpose(1, 2);
  CHECK(decode_image(encode_png(with_alpha)).to_vector<int64_t>() ==
        with_alpha.slice(0, 0, 3).to_vector<int64_t>());

  CHECK_THROWS_WITH(
      encode_png(zeros({3, 4, 4})),
      "encode_png: expected an image [C,H,W] of 1 to 4 channels and uint8, got float32 [3,4,4]");
  CHECK_THROWS_WITH(encode_png(zeros({5, 4, 4}, DType::UInt8)),
                    "encode_png: expected an image [C,H,W] of 1 to 4 channels and uint8, got uint8 [5,4,4]");
  CHECK_THROWS_WITH(encode_png(zeros({3, 0, 4}, DType::UInt8)),
                    "encode_png: 4 by 0 pixels are not from 1 to 178956970");
  CHECK_THROWS_AS(save_png(directory / "none/x.png", zeros({1, 2, 2}, DType::UInt8)), Error);
}

TEST_CASE("image: files are collected by their extension", "[data][image]") {
  for (const char* name : {"a.jpg", "a.JPEG", "b/a.png", "a.x.BMP"}) CHECK(has_image_extension(name));
  for (const char* name : {"a.txt", "jpg", "a.gif", ".png"}) CHECK_FALSE(has_image_extension(name));
}

TEST_CASE("image: real photographs have their size and colours", "[data][image]") {
  const auto folder = data_path("images");
  if (!folder) return;
  const Tensor dog = load_image(*folder / "dog.jpg");
  CHECK(dog.shape() == Shape{3, 576, 768});
  CHECK(load_image(*folder / "n02123045_tabby.JPEG").size(0) == 3);
}
