#include "data/download.h"

#include <cstdlib>

#include "tensor/error.h"
#include "tests/catch.h"
#include "tests/data/loopback_server.h"
#include "tests/deflate.h"
#include "tests/full_disk.h"
#include "tests/temporary_directory.h"

using namespace helder;
using namespace std::chrono_literals;

namespace {

std::string squares() {
  std::string text;
  for (int i = 0; i < 10000; ++i) {
    text += std::to_string(i) + " squared is " + std::to_string(i * i) + "\n";
  }
  return text;
}

// As sha256sum gives it.
const std::string kSquaresSum = "947dc3aa86c8ad84d2b6f412fefda471e54b3ca2c6f18dd6f3c4bfa993e6c437";

RemoteFile remote(std::vector<std::string> urls, bool unpack = false) {
  return {std::move(urls), unpack, 244264, kSquaresSum};
}

// A folder with an older file in it, and downloads into that file.
struct Target {
  TemporaryDirectory directory;
  std::filesystem::path path = directory / "squares";

  Target() {
    ::setenv("no_proxy", "127.0.0.1", 1);
    write_file(path, "old");
  }

  // The message of a download that has to fail, after which only the old file is there.
  std::string failure(const RemoteFile& file, const DownloadOptions& options = {}) const {
    std::string message = "(no failure)";
    try {
      download(file, path, options);
    } catch (const Error& error) {
      message = error.what();
    }
    CHECK(directory.names() == std::vector<std::string>{"squares"});
    CHECK(read_file(path) == "old");
    return message;
  }
};

bool cannot_test_downloads() {
  if (!can_download()) {
    WARN("skipped: this build has no libcurl");
  }
  return !can_download();
}

}  // namespace

TEST_CASE("download: without libcurl, says so") {
  if (can_download()) return;
  CHECK_THROWS_WITH(download(remote({}), "squares"),
                    "cannot download squares: this build of Helder has no libcurl");
}

TEST_CASE("download: stores a plain and a packed file") {
  if (cannot_test_downloads()) return;
  const LoopbackServer server({{"/plain", ok(squares())}, {"/packed", ok(gzip(squares()))}});
  for (const bool packed : {false, true}) {
    const Target target;
    uint64_t last = 0;
    const auto progress = [&](uint64_t bytes) {
      CHECK(bytes >= last);
      last = bytes;
    };
    download(remote({server.url(packed ? "/packed" : "/plain")}, packed), target.path,
             {.progress = progress});
    CHECK(read_file(target.path) == squares());
    CHECK(target.directory.names().size() == 1);
    CHECK(last == squares().size());
  }
}

TEST_CASE("download: goes on to the next mirror") {
  if (cannot_test_downloads()) return;
  std::string wrong = squares();
  wrong[1000] = '?';
  const LoopbackServer server({{"/wrong", ok(wrong)}, {"/right", ok(squares())}});
  const Target target;
  download(remote({server.url("/missing"), server.url("/wrong"), server.url("/right")}), target.path);
  CHECK(read_file(target.path) == squares());
}

TEST_CASE("download: names each mirror and why it has failed") {
  if (cannot_test_downloads()) return;
  std::string wrong = squares();
  wrong[1000] = '?';
  const LoopbackServer server({{"/wrong", ok(wrong)}, {"/short", ok(squares().substr(0, 100000))}});
  const Target target;
  CHECK(target.failure(remote({})) == "cannot download squares: there is no mirror");
  const std::string message =
      target.failure(remote({server.url("/missing"), server.url("/wrong"), server.url("/short")}));
  CHECK_THAT(message, StartsWith("cannot download squares: " + server.url("/missing") + ": "));
  CHECK_THAT(message,
             ContainsSubstring("the server answers 404; " + server.url("/wrong") + ": its SHA-256 is "));
  CHECK_THAT(message, ContainsSubstring(" instead of " + kSquaresSum + "; "));
  CHECK_THAT(message, EndsWith(server.url("/short") + ": it has 100000 bytes instead of 244264"));
}

TEST_CASE("download: keeps nothing of a file that breaks off, is too long, or is not packed") {
  if (cannot_test_downloads()) return;
  Reply breaks_off = ok(squares());
  breaks_off.bytes.resize(100000);
  Reply packed_breaks_off = ok(gzip(squares()));
  packed_breaks_off.bytes.resize(10000);
  const LoopbackServer server({{"/breaks_off", breaks_off},
                               {"/packed_breaks_off", packed_breaks_off},
                               {"/long", ok(squares() + "x")},
                               {"/bomb", ok(gzip(std::string(1 << 24, '\0')))},
                               {"/plain", ok(squares())},
                               {"/short", ok(gzip(squares()).substr(0, 10000))}});
  const Target target;
  CHECK_THAT(target.failure(remote({server.url("/breaks_off")})), ContainsSubstring("remaining to read"));
  CHECK_THAT(target.failure(remote({server.url("/packed_breaks_off")}, true)),
             ContainsSubstring("remaining to read"));
  CHECK_THAT(target.failure(remote({server.url("/long")})), EndsWith(": it has more than 244264 bytes"));
  CHECK_THAT(target.failure(remote({server.url("/bomb")}, true)),
             EndsWith(": it has more than 244264 bytes"));
  CHECK_THAT(target.failure(remote({server.url("/plain")}, true)),
             EndsWith(": what arrived is not intact gzip data"));
  CHECK_THAT(target.failure(remote({server.url("/short")}, true)), EndsWith(" bytes instead of 244264"));
}

TEST_CASE("download: gives up a mirror that stalls") {
  if (cannot_test_downloads()) return;
  Reply stalls = ok(squares());
  stalls.bytes.resize(1000);
  stalls.hangs = true;
  const LoopbackServer server({{"/stalls", stalls}});
  const Target target;
  const auto start = std::chrono::steady_clock::now();
  CHECK_THAT(target.failure(remote({server.url("/stalls")}), {.stall_timeout = 50ms}),
             EndsWith("the server sent less than 1000 bytes a second for 0.05 s"));
  CHECK(std::chrono::steady_clock::now() - start < 2s);
}

TEST_CASE("download: soon finds out that no mirror can be reached") {
  if (cannot_test_downloads()) return;
  const SilentAddress silent;
  const Target target;
  const auto start = std::chrono::steady_clock::now();
  const std::string message =
      target.failure(remote({silent.url(), silent.url()}), {.connect_timeout = 200ms});
  CHECK_THAT(message, ContainsSubstring("; " + silent.url() + ": "));
  CHECK(std::chrono::steady_clock::now() - start < 4s);
  // Both mirrors of MNIST together take less than ten seconds by default.
  CHECK(2 * DownloadOptions().connect_timeout < 10s);
}

TEST_CASE("download: the progress callback can stop it") {
  if (cannot_test_downloads()) return;
  struct Interrupted {};
  const LoopbackServer server({{"/plain", ok(squares())}});
  const Target target;
  const DownloadOptions options = {.progress = [](uint64_t) { throw Interrupted(); }};
  CHECK_THROWS_AS(download(remote({server.url("/plain"), server.url("/plain")}), target.path, options),
                  Interrupted);
  // An Error stops it as well, and is not taken for the mirror's.
  const DownloadOptions with_error = {.progress = [](uint64_t) { fail("enough"); }};
  CHECK(target.failure(remote({server.url("/plain")}), with_error) == "enough");
}

TEST_CASE("download: a mirror cannot point to a local file") {
  if (cannot_test_downloads()) return;
  const TemporaryDirectory directory;
  write_file(directory / "local", squares());
  const std::string local = "file://" + (directory / "local").string();
  const LoopbackServer server({{"/local", {"HTTP/1.1 302 Found\r\nLocation: " + local + "\r\n\r\n"}}});
  const Target target;
  CHECK_THAT(target.failure(remote({server.url("/local")})), ContainsSubstring(server.url("/local") + ": "));
  CHECK_THAT(target.failure(remote({local})), ContainsSubstring(local + ": "));
}

TEST_CASE("download: a full disk keeps the old file") {
  if (cannot_test_downloads()) return;
  const LoopbackServer server({{"/plain", ok(squares())}});
  const Target target;
  const FullDisk full(1000);
  CHECK_THAT(target.failure(remote({server.url("/plain")})), EndsWith("File too large"));
}

TEST_CASE("download: says where it cannot write") {
  if (cannot_test_downloads()) return;
  const LoopbackServer server({{"/plain", ok(squares())}});
  const Target target;
  const auto path = target.directory / "missing/squares";
  CHECK_THROWS_WITH(download(remote({server.url("/plain")}), path),
                    EndsWith("cannot create " + path.string() + ": No such file or directory"));
}
