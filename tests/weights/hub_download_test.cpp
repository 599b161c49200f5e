#include <thread>

#include "tests/catch.h"
#include "tests/weights/fake_hub.h"

using namespace helder;
using namespace std::chrono_literals;

namespace fs = std::filesystem;

namespace {

std::string large_text() {
  std::string text;
  for (int i = 0; i < 20000; ++i) {
    text += std::to_string(i * 7) + ",";
  }
  return text;
}

// The Hub with one large file in a store, and a client of both.
struct LargeFile {
  std::string contents = large_text();
  std::string etag = sha256_of(contents);
  FakeStore store{contents};
  LoopbackServer hub{
      {{kResolve + "model.safetensors", redirect(store.server.url("/signed?key=1"), etag, contents.size())}}};
  HubClient client{hub.url("")};

  fs::path get() const { return client.get("hf:owner/name/model.safetensors"); }
  std::string failure() const { return client.failure("hf:owner/name/model.safetensors"); }
  fs::path incomplete() const { return client.folder() / "blobs" / (etag + ".incomplete"); }
  void interrupted_after(const std::string& part) const {
    fs::create_directories(incomplete().parent_path());
    write_file(incomplete(), part);
  }
  std::vector<std::string> ranges() const {
    std::vector<std::string> result;
    for (const Request& request : store.server.requests()) {
      result.push_back(request.header("Range"));
    }
    return result;
  }
};

}  // namespace

TEST_CASE("hub: a large file comes from the store, and lies as huggingface_hub would lay it", "[hub]") {
  if (cannot_download()) return;
  LargeFile file;
  file.client.options.token = "hf_secret";
  uint64_t last = 0;
  file.client.options.progress = [&](const std::string& name, uint64_t bytes, uint64_t total) {
    CHECK(name == "model.safetensors");
    CHECK(bytes >= last);
    CHECK(total == file.contents.size());
    last = bytes;
  };
  const fs::path path = file.get();
  CHECK(path == file.client.snapshot("model.safetensors"));
  CHECK(read_file(path) == file.contents);
  CHECK(fs::read_symlink(path) == "../../blobs/" + file.etag);
  CHECK_FALSE(fs::is_symlink(file.client.blob(file.etag)));
  CHECK(read_file(file.client.folder() / "refs/main") == kFakeCommit);
  CHECK(fs::exists(file.client.cache / ".locks/models--owner--name" / (file.etag + ".lock")));
  CHECK_FALSE(fs::exists(file.incomplete()));
  CHECK(last == file.contents.size());

  REQUIRE(file.hub.requests().size() == 1);
  CHECK(file.hub.requests()[0].method == "HEAD");
  CHECK(file.hub.requests()[0].header("Authorization") == "Bearer hf_secret");
  REQUIRE(file.store.server.requests().size() == 1);
  CHECK(file.store.server.requests()[0].path == "/signed?key=1");
  CHECK(file.store.server.requests()[0].header("Authorization").empty());

  // A branch is looked up again, a commit is not, and nothing is downloaded twice.
  CHECK(file.get() == path);
  CHECK(file.client.get("hf:owner/name/model.safetensors@" + kFakeCommit) == path);
  CHECK(file.hub.requests().size() == 2);
  CHECK(file.store.server.requests().size() == 1);
}

TEST_CASE("hub: a small file comes from the Hub itself, also under the repository's new name", "[hub]") {
  if (cannot_download()) return;
  const std::string contents = "{\"a\": 1}\n", etag = git_sha1_of(contents);
  CHECK(git_sha1_of("hello\n") == "ce013625030ba8dba906f756967f9e9ca394464a");  // git hash-object
  const LoopbackServer hub({{"/owner/old/resolve/v1.0%2Fx/sub/a%20b.json",
                             status("307 Temporary Redirect", "Location: /owner/new/resolve/v1/sub\r\n")},
                            {"/owner/new/resolve/v1/sub", small_file(contents, etag)}});
  HubClient client(hub.url(""));
  client.options.token = "hf_secret";
  const fs::path path = client.get("hf:owner/old/sub/a b.json@v1.0/x");
  const fs::path folder = client.folder("models--owner--old");
  CHECK(path == folder / "snapshots" / kFakeCommit / "sub/a b.json");
  CHECK(read_file(path) == contents);
  CHECK(fs::read_symlink(path) == "../../../blobs/" + etag);
  CHECK(read_file(folder / "refs/v1.0/x") == kFakeCommit);
  for (const Request& request : hub.requests()) {
    CHECK(request.header("Authorization") == "Bearer hf_secret");
  }
}

TEST_CASE("hub: a download goes on where it broke off", "[hub]") {
  if (cannot_download()) return;
  const LargeFile file;
  file.interrupted_after(file.contents.substr(0, 1000));
  CHECK(read_file(file.get()) == file.contents);
  CHECK(file.ranges() == std::vector<std::string>{"bytes=1000-"});
  CHECK_FALSE(fs::exists(file.incomplete()));
}

TEST_CASE("hub: a file that is all there needs no request but the first", "[hub]") {
  if (cannot_download()) return;
  const LargeFile file;
  file.interrupted_after(file.contents);
  CHECK(read_file(file.get()) == file.contents);
  CHECK(file.ranges().empty());
}

TEST_CASE("hub: a server that ignores ranges, or has no such range, sends all of it", "[hub]") {
  if (cannot_download()) return;
  LargeFile file;
  file.store.ignores_range = true;
  file.interrupted_after("something else");
  CHECK(read_file(file.get()) == file.contents);
  CHECK(file.ranges() == std::vector<std::string>{"bytes=14-"});

  LargeFile other;
  other.store.has_another_file = true;
  other.interrupted_after("something else");
  CHECK(read_file(other.get()) == other.contents);
  CHECK(other.ranges() == std::vector<std::string>{"bytes=14-", ""});

  LargeFile longer;  // what is there is longer than what is expected
  longer.interrupted_after(longer.contents + "x");
  CHECK(read_file(longer.get()) == longer.contents);
  CHECK(longer.ranges() == std::vector<std::string>{""});
}

TEST_CASE("hub: a body that is cut short is completed, in a few requests or the next call", "[hub]") {
  if (cannot_download()) return;
  LargeFile file;
  REQUIRE(file.contents.size() > 100000);
  file.store.sends_at_most = file.contents.size() / 3 + 1;
  CHECK(read_file(file.get()) == file.contents);
  CHECK(file.ranges().size() == 3);

  LargeFile other;
  other.client.options.attempts = 2;
  other.store.sends_at_most = 40000;
  const std::string message = other.failure();
  CHECK_THAT(message, StartsWith("hf:owner/name/model.safetensors: "));
  CHECK_THAT(message, EndsWith("; 80000 of " + std::to_string(other.contents.size()) +
                               " bytes are kept, and the next try goes on from there"));
  CHECK(read_file(other.incomplete()) == other.contents.substr(0, 80000));
  CHECK_FALSE(fs::exists(other.client.snapshot("model.safetensors")));
  CHECK_FALSE(fs::exists(other.client.blob(other.etag)));
  other.store.sends_at_most = std::string::npos;
  CHECK(read_file(other.get()) == other.contents);
  CHECK(other.ranges().back() == "bytes=80000-");

  LargeFile nothing;
  nothing.store.sends_at_most = 0;
  CHECK_THAT(nothing.failure(), EndsWith("; nothing has arrived"));
  CHECK(nothing.ranges().size() == 1);  // no hope of more
  CHECK_FALSE(fs::exists(nothing.incomplete()));
}

TEST_CASE("hub: a server that stalls is given up, and what it sent is kept", "[hub]") {
  if (cannot_download()) return;
  LargeFile file;
  file.client.options.stall_timeout = 40ms;
  file.client.options.attempts = 1;
  file.store.sends_at_most = 20;
  file.store.hangs = true;
  const auto start = std::chrono::steady_clock::now();
  CHECK(file.failure() ==
        "hf:owner/name/model.safetensors: the server sent less than 1000 bytes a second for 0.04 s; 20 of " +
            std::to_string(file.contents.size()) + " bytes are kept, and the next try goes on from there");
  CHECK(std::chrono::steady_clock::now() - start < 2s);
  CHECK(read_file(file.incomplete()) == file.contents.substr(0, 20));

  const LoopbackServer silent({{kResolve + "x", Reply{"", true}}});
  HubClient client(silent.url(""));
  client.options.stall_timeout = 40ms;
  CHECK(client.failure("hf:owner/name/x") ==
        "hf:owner/name/x: " + silent.url("") + ": the server sent less than 1000 bytes a second for 0.04 s");
}

TEST_CASE("hub: a wrong sum deletes what has arrived", "[hub]") {
  if (cannot_download()) return;
  LargeFile file;
  std::string damaged = file.contents;
  damaged[5000] ^= 1;
  file.interrupted_after(damaged.substr(0, 6000));
  CHECK(file.failure() ==
        "hf:owner/name/model.safetensors: what arrived is damaged, and was deleted: its sum is " +
            sha256_of(damaged) + " instead of " + file.etag);
  CHECK(fs::is_empty(file.client.folder() / "blobs"));
  CHECK_FALSE(fs::exists(file.client.snapshot("model.safetensors")));
  CHECK_FALSE(fs::exists(file.client.folder() / "refs/main"));
  CHECK(read_file(file.get()) == file.contents);  // from the start

  const LoopbackServer hub({{kResolve + "a.json", small_file("hellO\n", git_sha1_of("hello\n"))}});
  const HubClient client(hub.url(""));
  CHECK_THAT(client.failure("hf:owner/name/a.json"),
             EndsWith(" instead of ce013625030ba8dba906f756967f9e9ca394464a"));
}

TEST_CASE("hub: a server cannot send more than it has promised", "[hub]") {
  if (cannot_download()) return;
  const std::string contents = large_text();
  const FakeStore store(contents);
  const LoopbackServer hub({{kResolve + "x", redirect(store.server.url("/"), sha256_of(contents), 1000)}});
  const HubClient client(hub.url(""));
  CHECK(client.failure("hf:owner/name/x") ==
        "hf:owner/name/x: the server sends more than the 1000 bytes that it has");
  CHECK(fs::is_empty(client.folder() / "blobs"));
}

TEST_CASE("hub: two at once download a file once", "[hub]") {
  if (cannot_download()) return;
  const LargeFile file;
  std::vector<std::string> read(4);
  std::vector<std::thread> threads;
  for (std::string& text : read) {
    threads.emplace_back([&] { text = read_file(file.get()); });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  for (const std::string& text : read) {
    CHECK(text == file.contents);
  }
  CHECK(file.ranges().size() == 1);
}

TEST_CASE("hub: the progress callback can stop a download, which goes on later", "[hub]") {
  if (cannot_download()) return;
  struct Interrupted {};
  LargeFile file;
  file.store.sends_at_most = 50000;
  file.store.hangs = true;
  file.client.options.progress = [](const std::string&, uint64_t bytes, uint64_t) {
    if (bytes > 0) throw Interrupted();
  };
  CHECK_THROWS_AS(file.get(), Interrupted);
  CHECK(read_file(file.incomplete()) == file.contents.substr(0, 50000));
  file.client.options.progress = {};
  file.store.sends_at_most = std::string::npos;
  file.store.hangs = false;
  CHECK(read_file(file.get()) == file.contents);
  CHECK(file.ranges().back() == "bytes=50000-");
}
