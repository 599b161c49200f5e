#include "tests/pseudo_terminal.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <stdexcept>
#include <utility>

namespace helder::testing {

PseudoTerminal::PseudoTerminal(const std::string& program, const std::vector<std::string>& flags, int columns,
                               const std::vector<std::string>& environment) {
  terminal_ = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (terminal_ < 0 || grantpt(terminal_) != 0 || unlockpt(terminal_) != 0) {
    throw std::runtime_error("no pseudo-terminal to be had");
  }
  const std::string name = ptsname(terminal_);
  // Before the program starts, and also where it has ended: a terminal that nobody holds has no size.
  const int held = open(name.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC);
  resize(columns);

  std::vector<char*> arguments = {const_cast<char*>(program.c_str())};
  for (const std::string& flag : flags) {
    arguments.push_back(const_cast<char*>(flag.c_str()));
  }
  arguments.push_back(nullptr);
  process_ = fork();
  if (process_ == 0) {
    setsid();
    const int slave = open(name.c_str(), O_RDWR);  // becomes the terminal of this new session
    for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
      dup2(slave, descriptor);
    }
    for (const std::string& variable : environment) {
      putenv(const_cast<char*>(variable.c_str()));
    }
    execv(program.c_str(), arguments.data());
    _exit(127);
  }
  close(held);
}

PseudoTerminal::~PseudoTerminal() {
  if (process_ > 0) {
    kill(process_, SIGKILL);
    waitpid(process_, nullptr, 0);
  }
  close(terminal_);
}

void PseudoTerminal::type(const std::string& text) {
  if (write(terminal_, text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
    throw std::runtime_error("the terminal takes no input");
  }
}

std::string PseudoTerminal::read_until(const std::string& end) {
  while (true) {
    if (const size_t at = unread_.find(end); at != std::string::npos) {
      const std::string text = unread_.substr(0, at + end.size());
      unread_.erase(0, text.size());
      return text;
    }
    pollfd ready = {terminal_, POLLIN, 0};
    if (poll(&ready, 1, 30000) == 0) {
      throw std::runtime_error("the program says nothing more after: " + unread_);
    }
    std::array<char, 4096> buffer;
    const ssize_t count = read(terminal_, buffer.data(), buffer.size());
    if (count <= 0) {  // Linux says EIO where nobody is at the other side any more
      return std::exchange(unread_, "");
    }
    unread_.append(buffer.data(), static_cast<size_t>(count));
  }
}

void PseudoTerminal::resize(int columns) {
  winsize size{};
  size.ws_col = static_cast<unsigned short>(columns);
  size.ws_row = 24;
  if (ioctl(terminal_, TIOCSWINSZ, &size) != 0) {
    throw std::runtime_error("the terminal's size cannot be changed");
  }
}

int PseudoTerminal::wait() {
  read_until("\xff");  // never comes: to the end, so that the program is not held up
  int status = 0;
  waitpid(process_, &status, 0);
  process_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace helder::testing
