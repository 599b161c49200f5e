#include "tests/examples/run_program.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <stdexcept>

#include "tests/paths.h"

namespace {

// Appends what is there to read; false at the end of the stream.
bool drain(int descriptor, std::string& text) {
  std::array<char, 4096> buffer;
  const ssize_t count = read(descriptor, buffer.data(), buffer.size());
  if (count > 0) {
    text.append(buffer.data(), static_cast<size_t>(count));
  }
  return count > 0;
}

}  // namespace

ProgramResult run_program(const std::string& name, const std::vector<std::string>& flags,
                          const std::function<void(const std::string&, int)>& watch) {
  std::array<int, 2> out{}, err{};
  if (pipe2(out.data(), O_CLOEXEC) != 0 || pipe2(err.data(), O_CLOEXEC) != 0) {
    throw std::runtime_error("no pipes left");
  }
  const std::string program = helder::testing::example_path(name);
  std::vector<char*> arguments = {const_cast<char*>(program.c_str())};
  for (const std::string& flag : flags) {
    arguments.push_back(const_cast<char*>(flag.c_str()));
  }
  arguments.push_back(nullptr);

  const pid_t process = fork();
  if (process == 0) {
    dup2(out[1], STDOUT_FILENO);
    dup2(err[1], STDERR_FILENO);
    setenv("HELDER_OFFLINE", "1", 1);
    execv(program.c_str(), arguments.data());
    _exit(127);
  }
  close(out[1]);
  close(err[1]);

  ProgramResult result;
  std::array<pollfd, 2> streams = {pollfd{out[0], POLLIN, 0}, pollfd{err[0], POLLIN, 0}};
  while (streams[0].fd >= 0 || streams[1].fd >= 0) {
    poll(streams.data(), streams.size(), -1);
    for (size_t i = 0; i < 2; ++i) {
      if (streams[i].fd >= 0 && streams[i].revents != 0 &&
          !drain(streams[i].fd, i == 0 ? result.out : result.err)) {
        close(streams[i].fd);
        streams[i].fd = -1;
      }
    }
    if (watch) {
      watch(result.out, process);
    }
  }
  int status = 0;
  waitpid(process, &status, 0);
  result.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return result;
}
