#include "inspect/terminal.h"

#include <unistd.h>

#include "tensor/factories.h"
#include "tests/catch.h"

using namespace helder;

namespace {

const Terminal kAscii{.interactive = false, .unicode = false, .colours = Colours::None, .width = 80};
const Terminal kPalette{.interactive = true, .unicode = true, .colours = Colours::Palette256, .width = 80};
const Terminal kTrueColour{.interactive = true, .unicode = true, .colours = Colours::TrueColour, .width = 80};

Tensor small_image() { return tensor<uint8_t>({0, 255, 128, 0, 255, 128, 255, 0, 0}).reshape({3, 3}); }

}  // namespace

TEST_CASE("an image is drawn in letters, two pixels each", "[inspect][terminal]") {
  // Rows 1 and 2 are averaged, row 3 with the black below it.
  CHECK(draw_image(small_image(), kAscii) ==
        " @+\n"
        "+  \n");
}

TEST_CASE("an image is drawn in half blocks of greys or 24-bit colours", "[inspect][terminal]") {
  const Tensor image = tensor<uint8_t>({0, 255, 128, 0}).reshape({2, 2});
  CHECK(draw_image(image, kPalette) == "\033[38;5;232;48;5;244m▀\033[38;5;255;48;5;232m▀\033[0m\n");
  CHECK(draw_image(image, kTrueColour) ==
        "\033[38;2;0;0;0;48;2;128;128;128m▀\033[38;2;255;255;255;48;2;0;0;0m▀\033[0m\n");
}

TEST_CASE("an image of three channels is drawn in colour", "[inspect][terminal]") {
  const Tensor red_above_blue = tensor<uint8_t>({255, 0, 0, 0, 0, 255}).reshape({3, 2, 1});
  CHECK(draw_image(red_above_blue, kTrueColour) == "\033[38;2;255;0;0;48;2;0;0;255m▀\033[0m\n");
  CHECK(draw_image(red_above_blue, kPalette) == "\033[38;5;196;48;5;21m▀\033[0m\n");
}

TEST_CASE("floats are drawn from their least to their greatest, NaN as the least", "[inspect][terminal]") {
  const Tensor ramp = linspace(-2, 7, 10).reshape({1, 1, 10});
  const Tensor doubled = tensor<float>({-2, 7, NAN, 2.5, -2, 7, NAN, 2.5}).reshape({2, 4});
  CHECK(draw_image(ramp.expand({1, 2, 10}), kAscii) == " .:-=+*#%@\n");
  CHECK(draw_image(doubled, kAscii) == " @ +\n");
  CHECK(draw_image(full({2, 3}, 5), kAscii) == "   \n");
}

TEST_CASE("an image that is wider than the terminal is averaged", "[inspect][terminal]") {
  Terminal narrow = kAscii;
  narrow.width = 4;
  const Tensor stripes = tensor<uint8_t>({0, 0, 255, 255, 0, 255, 255}).reshape({1, 7}).expand({4, 7});
  CHECK(draw_image(stripes, narrow) == " @+@\n");
}

TEST_CASE("what is no image is refused", "[inspect][terminal]") {
  CHECK_THROWS_WITH(draw_image(zeros({2, 4, 4}), kAscii),
                    "draw_image: expected an image [H,W], [1,H,W] or [3,H,W], got shape [2,4,4]");
}

TEST_CASE("bars fill their share", "[inspect][terminal]") {
  CHECK(draw_bar(0.5, 6, kAscii) == "###   ");
  CHECK(draw_bar(0, 3, kAscii) == "   ");
  CHECK(draw_bar(2, 3, kAscii) == "###");
  CHECK(draw_bar(0.55, 5, kPalette) == "██▊  ");
}

TEST_CASE("pictures stand side by side, with what the network thought", "[inspect][terminal]") {
  const Tensor image = tensor<uint8_t>({0, 255, 255, 0}).reshape({2, 2}).to(DType::Float32);
  const Tensor probabilities = tensor<float>({0.125, 0.75, 0.0, 0.125});
  const std::vector<std::string> names = {"cat", "dog", "emu", "fox"};
  const Picture picture = explained_picture(image, 2, probabilities, names, kAscii);
  const std::vector<std::string> caption = {"emu, thought dog (75 %)", "dog ######    75 %",
                                            "cat #         12 %", "fox #         12 %"};
  CHECK(picture.caption == caption);

  CHECK(draw_pictures({picture, picture}, kAscii) ==
        "++                        ++\n"
        "emu, thought dog (75 %)   emu, thought dog (75 %)\n"
        "dog ######    75 %        dog ######    75 %\n"
        "cat #         12 %        cat #         12 %\n"
        "fox #         12 %        fox #         12 %\n");

  Terminal narrow = kAscii;
  narrow.width = 40;  // one beside the other would take 49
  CHECK(draw_pictures({{.image = image, .caption = {}}, picture}, narrow) ==
        "++   ++\n"
        "     emu, thought dog (75 %)\n"
        "     dog ######    75 %\n"
        "     cat #         12 %\n"
        "     fox #         12 %\n");
  CHECK(draw_pictures({picture, {.image = image, .caption = {std::string(20, 'x')}}}, narrow) ==
        "++\n"
        "emu, thought dog (75 %)\n"
        "dog ######    75 %\n"
        "cat #         12 %\n"
        "fox #         12 %\n"
        "\n"
        "++\n"
        "xxxxxxxxxxxxxxxxxxxx\n");
}

TEST_CASE("a mistake with a wrong number of names is refused", "[inspect][terminal]") {
  const Tensor image = zeros({2, 2});
  CHECK_THROWS_WITH(explained_picture(image, 0, zeros({3}), {"a", "b"}, kAscii),
                    "explained_picture: 3 probabilities for 2 class names");
  CHECK_THROWS_WITH(explained_picture(image, 2, zeros({2}), {"a", "b"}, kAscii),
                    "explained_picture: label 2 is not one of 2 classes");
}

TEST_CASE("the confusion matrix is an aligned table", "[inspect][terminal]") {
  const Tensor counts = tensor<int64_t>({980, 0, 20, 3, 7, 0, 0, 0, 0}).reshape({3, 3});
  CHECK(draw_confusion_matrix(counts, {"cat", "airplane", "2"}, kAscii) ==
        "label      cat  airpl      2   right\n"
        "     cat   980      .     20  98.0 %\n"
        "airplane     3      7      .  70.0 %\n"
        "       2     .      .      .       -\n");
  CHECK_THROWS_WITH(draw_confusion_matrix(counts, {"a", "b"}, kAscii),
                    "draw_confusion_matrix: expected counts [2,2], got [3,3]");
}

TEST_CASE("the confusion matrix is shaded where there are colours", "[inspect][terminal]") {
  const Tensor counts = tensor<int64_t>({9, 1, 0, 4}).reshape({2, 2});
  const std::string text = draw_confusion_matrix(counts, {"0", "1"}, kTrueColour);
  CHECK_THAT(text, ContainsSubstring("\033[38;2;255;255;255;48;2;0;108;20m 9 \033[0m"));
  CHECK_THAT(text, ContainsSubstring("\033[38;2;255;255;255;48;2;204;0;0m 1 \033[0m"));
  CHECK_THAT(text, ContainsSubstring("    1 . "));  // nothing is left unshaded
}

TEST_CASE("a pipe is plain ASCII, 80 columns wide", "[inspect][terminal]") {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  std::FILE* out = ::fdopen(ends[1], "w");
  const Terminal terminal = terminal_of(out);
  CHECK_FALSE(terminal.interactive);
  CHECK_FALSE(terminal.unicode);
  CHECK(terminal.colours == Colours::None);
  CHECK(terminal.width == 80);
  std::fclose(out);
  ::close(ends[0]);
}
