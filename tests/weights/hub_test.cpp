#include "weights/hub.h"

#include "tensor/error.h"
#include "tests/catch.h"
#include "tests/environment.h"
#include "tests/weights/fake_hub.h"

using namespace helder;
using namespace std::chrono_literals;

namespace fs = std::filesystem;

namespace {

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
