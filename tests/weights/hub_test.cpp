#include "weights/hub.h"

#include <thread>

#include "data/download.h"
#include "tensor/error.h"
#include "tests/catch.h"
#include "tests/environment.h"
#include "tests/weights/fake_hub.h"

using namespace helder;
using namespace std::chrono_literals;

namespace fs = std::filesystem;

namespace {

const std::string kResolve = "/owner/name/resolve/main/";

std::string large_text() {
  std::string text;
  for (int i = 0; i < 20000; ++i) {
    text += std::to_string(i * 7) + ",";
  }
  return text;
}

bool cannot_download() {
  if (!can_download()) {
    WARN("skipped: this build has no libcurl");
  }
  return !can_download();
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

// Of a cache that huggingface_hub 1.x has left behind after `hf_hub_download("owner/name", "sub/model.bin")`
// and a look for a file that is not there.
void lay_out_like_python(const fs::path& cache, const std::string& contents) {
  const fs::path folder = cache / "models--owner--name";
  const std::string etag = "403450e234d65943a7dcf7e05a771ce3c92faa84dd07db4ac20f592037a1e4bd";
  for (const char* name : {"blobs", "refs/refs/pr", "snapshots", ".no_exist"}) {
    fs::create_directories(folder / name);
  }
  fs::create_directories(folder / "snapshots" / kFakeCommit / "sub");
  fs::create_directories(folder / ".no_exist" / kFakeCommit);
  fs::create_directories(cache / ".locks/models--owner--name");
  write_file(cache / "CACHEDIR.TAG", "Signature: 8a477f597d28d172789f06886806bc55\n");
  write_file(cache / ".locks/models--owner--name" / (etag + ".lock"), "");
  write_file(folder / ".no_exist" / kFakeCommit / "model.safetensors", "");
  write_file(folder / "refs/main", kFakeCommit);
  write_file(folder / "refs/refs/pr/1", kFakeCommit);
  write_file(folder / "blobs" / etag, contents);
  fs::create_symlink("../../../blobs/" + etag, folder / "snapshots" / kFakeCommit / "sub/model.bin");
  fs::create_symlink("../../blobs/" + etag, folder / "snapshots" / kFakeCommit / "pytorch_model.bin");
}

}  // namespace

TEST_CASE("hub: a name is taken apart", "[hub]") {
  HubName name = parse_hub_name("hf:owner/name");
  CHECK(name.repository == "owner/name");
  CHECK(name.file.empty());
  CHECK(name.revision == "main");
  name = parse_hub_name("hf:timm/vit_tiny.augreg/sub/a@b.bin@refs/pr/1");
  CHECK(name.repository == "timm/vit_tiny.augreg");
  CHECK(name.file == "sub/a@b.bin");
  CHECK(name.revision == "refs/pr/1");
  CHECK(name.str() == "hf:timm/vit_tiny.augreg/sub/a@b.bin@refs/pr/1");
  CHECK(parse_hub_name("hf:gpt2").repository == "gpt2");
  CHECK(resolve_weights("some/file.pth", {}) == "some/file.pth");
}

TEST_CASE("hub: a name that would leave the cache, or that no repository has, is refused", "[hub]") {
  const std::vector<std::string> not_repositories = {"hf:",
                                                     "hf:/",
                                                     "hf:../name",
                                                     "hf:owner/..",
                                                     "hf:owner/",
                                                     "hf:/etc/passwd",
                                                     "hf:-owner/name",
                                                     "hf:a--b/c",
                                                     "hf:own er/name",
                                                     "hf:owner/na\nme",
                                                     "hf:.owner/x",
                                                     "hf:ow\\ner/x"};
  for (const std::string& text : not_repositories) {
    CHECK_THROWS_WITH(parse_hub_name(text), ContainsSubstring("cannot be a repository"));
  }
  for (const std::string file :
       {"../x", "a/../../x", "a//b", "/etc/passwd", "a/.", "a\\b", "c:x", "a\nb", "a\x80", "a/"}) {
    CHECK_THROWS_WITH(parse_hub_name("hf:owner/name/" + file),
                      ContainsSubstring("cannot be a file of a repository"));
    CHECK_THROWS_WITH(hub_file({.repository = "owner/name", .file = file}, {}),
                      ContainsSubstring("cannot be a file of a repository"));
  }
  for (const std::string revision : {"", "..", "../../x", "/x", "a b\n"}) {
    CHECK_THROWS_WITH(parse_hub_name("hf:owner/name/file@" + revision),
                      ContainsSubstring("cannot be a revision"));
  }
  CHECK_THROWS_WITH(parse_hub_name("hf:owner/name/"),
                    "hf:owner/name/: there is no file's name after the last /");
  CHECK_THROWS_WITH(
      hub_file({.repository = "../name", .file = "file"}, {}),
      "hf:../name/file: '../name' cannot be a repository; expected hf:owner/name/file@revision");
}

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

TEST_CASE("hub: what the server calls things cannot lead out of the cache", "[hub]") {
  if (cannot_download()) return;
  const auto headers = [](const std::string& commit, const std::string& etag) {
    return Reply{"HTTP/1.1 200 OK\r\nX-Repo-Commit: " + commit + "\r\nETag: \"" + etag +
                 "\"\r\nContent-Length: 1\r\n\r\nx"};
  };
  const LoopbackServer hub({{kResolve + "etag", headers(kFakeCommit, "../../../x")},
                            {kResolve + "dot", headers(kFakeCommit, "..")},
                            {kResolve + "commit", headers("../../x", "abc")},
                            {kResolve + "local", redirect("file:///etc/passwd", "abc", 3)},
                            {kResolve + "round", status("302 Found", "Location: " + kResolve + "round\r\n")},
                            {kResolve + "page", ok("<html>Please log in</html>")}});
  HubClient client(hub.url(""));
  const std::string not_the_hub =
      ": " + hub.url("") + " does not answer as the Hugging Face Hub does: there is no ";
  CHECK_THAT(client.failure("hf:owner/name/etag"),
             EndsWith(not_the_hub + "ETag that could be a file's name in its headers"));
  CHECK_THAT(client.failure("hf:owner/name/dot"),
             EndsWith(not_the_hub + "ETag that could be a file's name in its headers"));
  CHECK_THAT(client.failure("hf:owner/name/commit"), EndsWith(not_the_hub + "X-Repo-Commit in its headers"));
  CHECK_THAT(client.failure("hf:owner/name/page"), EndsWith(not_the_hub + "X-Repo-Commit in its headers"));
  CHECK_THAT(client.failure("hf:owner/name/local"),
             EndsWith(": 'file:///etc/passwd' is not an address of http or https"));
  CHECK_THAT(client.failure("hf:owner/name/round"), EndsWith(": there are more than 5 redirects"));
  CHECK(client.cache.names().empty());
  client.options.token = "two\r\nHeaders: 1";
  CHECK(client.failure("hf:owner/name/page") ==
        "the Hugging Face token has a character that no token has; see HF_TOKEN");
}

TEST_CASE("hub: each refusal says what to do", "[hub]") {
  if (cannot_download()) return;
  const LoopbackServer hub(
      {{kResolve + "a", status("401 Unauthorized", "X-Error-Code: RepoNotFound\r\n")},
       {kResolve + "b", status("403 Forbidden", "X-Error-Code: GatedRepo\r\n")},
       {kResolve + "c", status("404 Not Found", "X-Error-Code: EntryNotFound\r\n")},
       {"/owner/name/resolve/v9/c", status("404 Not Found", "X-Error-Code: RevisionNotFound\r\n")},
       {kResolve + "d", status("404 Not Found")},
       {kResolve + "e", status("503 Service Unavailable")},
       {kResolve + "f", status("418 Teapot")}});
  HubClient client(hub.url(""));
  CHECK(client.failure("hf:owner/name/a") ==
        "hf:owner/name/a: there is no repository owner/name, or it is private: then set HF_TOKEN to a token "
        "that "
        "may read it (401)");
  CHECK(client.failure("hf:owner/name/b") ==
        "hf:owner/name/b: its owner asks for consent first, at " + hub.url("") +
            "/owner/name; then set HF_TOKEN to a token that may read it (403)");
  CHECK(client.failure("hf:owner/name/c") == "hf:owner/name/c: the repository has no file c (404)");
  CHECK(client.failure("hf:owner/name/c@v9") ==
        "hf:owner/name/c@v9: the repository has no revision v9 (404)");
  CHECK(client.failure("hf:owner/name/d") ==
        "hf:owner/name/d: there is no such repository, revision or file (404)");
  CHECK(client.failure("hf:owner/name/e") == "hf:owner/name/e: " + hub.url("") + " answers 503");
  CHECK(client.failure("hf:owner/name/f") == "hf:owner/name/f: " + hub.url("") + " answers 418");
  CHECK_THAT(client.failure("hf:owner/name"),
             StartsWith("hf:owner/name: the repository has none of model.safetensors, "
                        "model.safetensors.index.json, pytorch_model.bin; name a file"));
  client.options.token = "hf_other";
  CHECK_THAT(client.failure("hf:owner/name/a"),
             EndsWith("or it is private: then the token in use may not read it (401)"));
}

TEST_CASE("hub: what huggingface_hub has downloaded is found, offline and when nobody answers", "[hub]") {
  const std::string contents = "the weights";
  HubClient client("http://127.0.0.1:1");
  lay_out_like_python(client.cache.path(), contents);
  const auto check_all = [&] {
    CHECK(client.get("hf:owner/name/sub/model.bin") == client.snapshot("sub/model.bin"));
    CHECK(read_file(client.get("hf:owner/name/sub/model.bin@refs/pr/1")) == contents);
    CHECK(read_file(client.get("hf:owner/name/sub/model.bin@" + kFakeCommit)) == contents);
    CHECK(client.get("hf:owner/name") == client.snapshot("pytorch_model.bin"));
  };
  check_all();
  client.options.offline = true;
  check_all();
  CHECK(client.failure("hf:owner/name/other") == "hf:owner/name/other: it is not in the cache, " +
                                                     client.cache.path().string() +
                                                     ", and may not be looked for elsewhere (offline)");
  CHECK(client.failure("hf:owner/other") ==
        "hf:owner/other: the cache, " + client.cache.path().string() +
            ", has none of model.safetensors, model.safetensors.index.json, "
            "pytorch_model.bin; name a file: hf:owner/name/file");
  // A link that leads nowhere, or a reference that is not a commit, is no file.
  fs::remove(client.folder() / "blobs" / "403450e234d65943a7dcf7e05a771ce3c92faa84dd07db4ac20f592037a1e4bd");
  CHECK_THAT(client.failure("hf:owner/name/sub/model.bin"), EndsWith("(offline)"));
  write_file(client.folder() / "refs/main", "../../../etc");
  CHECK_THAT(client.failure("hf:owner/name/sub/model.bin"), EndsWith("(offline)"));
}

TEST_CASE("hub: a refusal does not take away what the cache has", "[hub]") {
  if (cannot_download()) return;
  const LoopbackServer hub({{kResolve + "sub/model.bin", status("401 Unauthorized")},
                            {kResolve + "pytorch_model.bin", status("500 Internal Server Error")}});
  const HubClient client(hub.url(""));
  lay_out_like_python(client.cache.path(), "the weights");
  CHECK(read_file(client.get("hf:owner/name/sub/model.bin")) == "the weights");
  CHECK(read_file(client.get("hf:owner/name/pytorch_model.bin")) == "the weights");
  // But a file that the Hub says is gone is gone.
  CHECK_THAT(client.failure("hf:owner/name/model.safetensors"), EndsWith("(404)"));
}

TEST_CASE("hub: nobody there, and nothing in the cache", "[hub]") {
  if (cannot_download()) return;
  const HubClient client("http://127.0.0.1:1");
  CHECK_THAT(client.failure("hf:owner/name/x"), StartsWith("hf:owner/name/x: http://127.0.0.1:1: "));
  CHECK_THAT(client.failure("hf:owner/name"),
             StartsWith("hf:owner/name/model.safetensors: http://127.0.0.1:1: "));
  CHECK(client.cache.names().empty());
}

TEST_CASE("hub: without a file's name, the usual ones are tried", "[hub]") {
  if (cannot_download()) return;
  const std::string index =
      R"({"metadata": {}, "weight_map": {"a": "model-1.safetensors", "b": "model-2.safetensors",
                                "c": "model-1.safetensors"}})";
  const std::string missing = "X-Error-Code: EntryNotFound\r\n";
  const LoopbackServer hub(
      {{kResolve + "model.safetensors", status("404 Not Found", missing)},
       {kResolve + "model.safetensors.index.json", small_file(index, git_sha1_of(index))},
       {"/owner/name/resolve/" + kFakeCommit + "/model-1.safetensors", small_file("one", git_sha1_of("one"))},
       {"/owner/name/resolve/" + kFakeCommit + "/model-2.safetensors", small_file("two", git_sha1_of("two"))},
       {"/owner/old/resolve/main/pytorch_model.bin", small_file("pickle", git_sha1_of("pickle"))}});
  HubClient client(hub.url(""));
  CHECK(client.get("hf:owner/name") == client.snapshot("model.safetensors.index.json"));
  CHECK(read_file(client.snapshot("model-1.safetensors")) == "one");
  CHECK(read_file(client.snapshot("model-2.safetensors")) == "two");
  CHECK(read_file(client.get("hf:owner/old")) == "pickle");
  client.options.offline = true;
  CHECK(client.get("hf:owner/name") == client.snapshot("model.safetensors.index.json"));
}

TEST_CASE("hub: an index is not trusted", "[hub]") {
  if (cannot_download()) return;
  const std::vector<std::pair<std::string, std::string>> cases = {
      {R"({"weight_map": {"a": "../../../x"}})",
       R"(the index says that a is in "../../../x", which cannot be a file of a repository)"},
      {R"({"weight_map": {"a": "/etc/passwd"}})", "cannot be a file of a repository"},
      {R"({"weight_map": {"a": 5}})",
       "the index says that a is in 5, which cannot be a file of a repository"},
      {R"({"weight_map": ["a"]})", "the index has no weight_map"},
      {"not JSON", "the index has no weight_map"}};
  for (const auto& [index, message] : cases) {
    const LoopbackServer hub({{kResolve + "x.index.json", small_file(index, git_sha1_of(index))}});
    const HubClient client(hub.url(""));
    CHECK_THAT(client.failure("hf:owner/name/x.index.json"), ContainsSubstring(message));
  }
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

TEST_CASE("hub: options come from the environment, as huggingface_hub takes them", "[hub]") {
  const TemporaryDirectory home;
  std::map<std::string, std::optional<std::string>> nothing;
  for (const char* name : {"HF_HOME", "HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "XDG_CACHE_HOME", "HF_TOKEN",
                           "HUGGING_FACE_HUB_TOKEN", "HF_TOKEN_PATH", "HF_HUB_DISABLE_IMPLICIT_TOKEN",
                           "HF_ENDPOINT", "HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HELDER_OFFLINE",
                           "HF_HUB_ETAG_TIMEOUT", "HF_HUB_DOWNLOAD_TIMEOUT"}) {
    nothing[name] = std::nullopt;
  }
  nothing["HOME"] = home.path().string();
  const Environment clean(nothing);

  HubOptions options = hub_options_from_environment();
  CHECK(options.cache == home / ".cache/huggingface/hub");
  CHECK(options.endpoint == "https://huggingface.co");
  CHECK(options.token.empty());
  CHECK_FALSE(options.offline);
  CHECK(options.stall_timeout == 10s);

  fs::create_directories(home / ".cache/huggingface");
  write_file(home / ".cache/huggingface/token", " hf_file\n");
  CHECK(hub_options_from_environment().token == "hf_file");

  const auto with = [](const std::map<std::string, std::optional<std::string>>& variables) {
    const Environment environment(variables);
    return hub_options_from_environment();
  };
  CHECK(with({{"XDG_CACHE_HOME", "/x"}}).cache == "/x/huggingface/hub");
  CHECK(with({{"XDG_CACHE_HOME", "/x"}, {"HF_HOME", "~/hf"}}).cache == home / "hf/hub");
  CHECK(with({{"HF_HOME", "/hf"}, {"HUGGINGFACE_HUB_CACHE", "/old"}}).cache == "/old");
  CHECK(with({{"HUGGINGFACE_HUB_CACHE", "/old"}, {"HF_HUB_CACHE", "/new"}}).cache == "/new");
  CHECK(with({{"HF_HOME", "/no/such"}}).token.empty());
  CHECK(with({{"HF_HOME", "/no/such"}, {"HF_TOKEN_PATH", "~/.cache/huggingface/token"}}).token == "hf_file");
  CHECK(with({{"HF_TOKEN", "\nhf_environment\r\n "}}).token == "hf_environment");
  CHECK(with({{"HUGGING_FACE_HUB_TOKEN", "hf_old"}}).token == "hf_old");
  CHECK(with({{"HF_TOKEN", "hf_x"}, {"HF_HUB_DISABLE_IMPLICIT_TOKEN", "1"}}).token.empty());
  CHECK(with({{"HF_ENDPOINT", "https://mirror/hub/"}}).endpoint == "https://mirror/hub");
  for (const char* yes : {"1", "on", "YES", "True"}) {
    CHECK(with({{"HF_HUB_OFFLINE", yes}}).offline);
  }
  CHECK_FALSE(with({{"HF_HUB_OFFLINE", "0"}, {"TRANSFORMERS_OFFLINE", "1"}}).offline);
  CHECK(with({{"TRANSFORMERS_OFFLINE", "1"}}).offline);
  CHECK(with({{"HELDER_OFFLINE", "1"}}).offline);
  CHECK(with({{"HF_HUB_ETAG_TIMEOUT", "3"}}).connect_timeout == 3s);
  CHECK(with({{"HF_HUB_DOWNLOAD_TIMEOUT", "4"}}).stall_timeout == 4s);
}
