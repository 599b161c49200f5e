#pragma once

#include <string>
#include <vector>

namespace helder::testing {

/// A program that believes a person sits at its terminal.
class PseudoTerminal {
 public:
  /// Starts a program in a window of so many columns, with `environment` (NAME=value) beside that of the
  /// tests.
  PseudoTerminal(const std::string& program, const std::vector<std::string>& flags, int columns,
                 const std::vector<std::string>& environment);
  ~PseudoTerminal();  ///< ends the program, if it still runs
  PseudoTerminal(const PseudoTerminal&) = delete;
  PseudoTerminal& operator=(const PseudoTerminal&) = delete;

  void type(const std::string& text);
  /// What the program writes from now on until `end` comes, with it, or until the program ends. Half a minute
  /// of silence is an error.
  std::string read_until(const std::string& end);
  /// Changes the window, as a person dragging its corner; the program gets SIGWINCH.
  void resize(int columns);
  /// Waits for the program's end. Its exit code; 128 + n when signal n ended it.
  int wait();

 private:
  int terminal_ = -1;
  int process_ = -1;
  std::string unread_;
};

}  // namespace helder::testing
