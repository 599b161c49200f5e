#pragma once

#include <string>
#include <vector>

#include "tensor/tensor.h"
#include "training/terminal.h"

/// Pictures and tables for the terminal. All functions return text of whole lines, for a terminal of the
/// given abilities: 24-bit colours or the 256 of a palette where there are any, block characters where the
/// locale is UTF-8, else plain ASCII.
namespace helder {

/// Draws an image, [H,W], [1,H,W] or [3,H,W] (red, green, blue), of any type. A character is two pixels, one
/// above the other, so that pixels are nearly square. uint8 goes from black, 0, to white, 255; other types
/// from their smallest to their largest value. An image wider than the terminal is shrunk by averaging.
std::string draw_image(const Tensor& image, const Terminal& terminal = terminal_of(stdout));

struct Picture {
  Tensor image;                      ///< as `draw_image` takes it
  std::vector<std::string> caption;  ///< lines of text below it
};

/// Draws pictures side by side, as many in a row as fit.
std::string draw_pictures(const std::vector<Picture>& pictures,
                          const Terminal& terminal = terminal_of(stdout));

/// An image and what a network thought of it: `7, thought 1 (83 %)`, and bars of the three largest
/// `probabilities`, [C]. The names are those of the C classes.
Picture explained_picture(const Tensor& image, int64_t label, const Tensor& probabilities,
                          const std::vector<std::string>& class_names,
                          const Terminal& terminal = terminal_of(stdout));

/// A bar that fills `share`, 0 to 1, of `width` columns, and spaces after it.
std::string draw_bar(double share, int width, const Terminal& terminal = terminal_of(stdout));

/// A table of counts [C,C], int64: row = the label, column = what the network answered; the share of right
/// answers at the end of each row. Where there are colours, right answers are green and mistakes the redder
/// the more.
std::string draw_confusion_matrix(const Tensor& counts, const std::vector<std::string>& class_names,
                                  const Terminal& terminal = terminal_of(stdout));

}  // namespace helder
