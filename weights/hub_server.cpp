#include "weights/hub_server.h"

#include <algorithm>

#include "data/http.h"
#include "weights/hub_blob.h"
#include "weights/hub_cache.h"

namespace helder {
namespace {

constexpr int kMostRedirects = 5;

// The token is the endpoint's business alone: a store that the Hub redirects to never sees it.
std::vector<std::string> headers_for(const std::string& url, const HubOptions& options) {
  std::vector<std::string> headers = {
      "Accept-Encoding: identity"};  // sizes and sums are of the file as it is
  if (!options.token.empty() && origin_of(url) == origin_of(options.endpoint)) {
    headers.push_back("Authorization: Bearer " + options.token);
  }
  return headers;
}

// Where a redirect leads.
std::string redirected(const std::string& url, const HttpAnswer& answer) {
  const std::string next = resolve_url(url, answer.header("location"));
  if (url.substr(0, 6) == "https:" && next.substr(0, 6) != "https:") {
    throw HttpError("it redirects from https to http");
  }
  return next;
}

bool is_redirect(const HttpAnswer& answer) {
  return answer.status / 100 == 3 && !answer.header("location").empty();
}

std::optional<uint64_t> to_number(const std::string& text) {
  const bool digits = !text.empty() && text.size() <= 18 &&
                      std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  return digits ? std::optional<uint64_t>(std::stoull(text)) : std::nullopt;
}

// `W/"abc"` -> `abc`; nothing where it cannot be a file's name.
std::string safe_etag(std::string etag) {
  if (etag.substr(0, 2) == "W/") {
    etag = etag.substr(2);
  }
  if (etag.size() >= 2 && etag.front() == '"' && etag.back() == '"') {
    etag = etag.substr(1, etag.size() - 2);
  }
  const bool safe = !etag.empty() && etag.size() <= 200 && std::all_of(etag.begin(), etag.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
  });
  return safe ? etag : "";
}

std::string etag_of(const HttpAnswer& answer) {
  const std::string linked = answer.header("x-linked-etag");  // of the contents, where this is a redirect
  return safe_etag(linked.empty() ? answer.header("etag") : linked);
}

// Throws what a status that is neither success nor redirect means.
[[noreturn]] void refuse(const HubName& name, const HttpAnswer& answer, const HubOptions& options) {
  const std::string code = answer.header("x-error-code");
  const std::string advice =
      options.token.empty() ? "set HF_TOKEN to a token that may read it" : "the token in use may not read it";
  if (code == "EntryNotFound") {
    throw HubFileMissing(fmt::format("{}: the repository has no file {} (404)", name.str(), name.file));
  }
  if (code == "RevisionNotFound") {
    fail("{}: the repository has no revision {} (404)", name.str(), name.revision);
  }
  if (code == "GatedRepo") {
    throw HubUnavailable(fmt::format("{}: its owner asks for consent first, at {}/{}; then {} ({})",
                                     name.str(), options.endpoint, name.repository, advice, answer.status));
  }
  if (code == "RepoNotFound" || answer.status == 401 || answer.status == 403) {
    throw HubUnavailable(fmt::format("{}: there is no repository {}, or it is private: then {} ({})",
                                     name.str(), name.repository, advice, answer.status));
  }
  if (answer.status == 404) {
    throw HubFileMissing(fmt::format("{}: there is no such repository, revision or file (404)", name.str()));
  }
  throw HubUnavailable(fmt::format("{}: {} answers {}", name.str(), options.endpoint, answer.status));
}

std::string first_url(const HubName& name, const HubOptions& options) {
  return fmt::format("{}/{}/resolve/{}/{}", options.endpoint, name.repository, percent_encoded(name.revision),
                     percent_encoded(name.file, "/"));
}

void check_token(const HubOptions& options) {
  check(std::all_of(options.token.begin(), options.token.end(), [](char c) { return c > ' ' && c <= '~'; }),
        "the Hugging Face token has a character that no token has; see HF_TOKEN");
}

// Asks until an answer has what is to be known, which a redirect away from the Hub has itself.
HubFile ask(const HubName& name, const HubOptions& options) {
  std::string url = first_url(name, options);
  std::string commit;
  for (int redirects = 0; redirects <= kMostRedirects; ++redirects) {
    const HttpAnswer answer = http_request({.url = url,
                                            .headers = headers_for(url, options),
                                            .headers_only = true,
                                            .connect_timeout = options.connect_timeout,
                                            .stall_timeout = options.stall_timeout});
    if (!answer.ok() && !is_redirect(answer)) {
      refuse(name, answer, options);
    }
    if (const std::string sent = answer.header("x-repo-commit"); is_commit_hash(sent)) {
      commit = sent;
    }
    const std::string etag = etag_of(answer);
    const std::string next = answer.ok() ? url : redirected(url, answer);
    const bool leaves = origin_of(next) != origin_of(url);
    if (answer.ok() || (leaves && !commit.empty() && !etag.empty())) {
      check(!commit.empty() && !etag.empty(),
            "{}: {} does not answer as the Hugging Face Hub does: there is no {} in its headers", name.str(),
            options.endpoint, commit.empty() ? "X-Repo-Commit" : "ETag that could be a file's name");
      const std::string bytes = answer.header("x-linked-size");
      return {commit, etag, next,
              to_number(bytes.empty() && answer.ok() ? answer.header("content-length") : bytes)};
    }
    url = next;
  }
  throw HttpError(fmt::format("there are more than {} redirects", kMostRedirects));
}

// What is in `blob` from now on: all that arrives after what is there already. Returns the answer, which may
// be one that brings nothing.
HttpAnswer fetch_rest(const HubName& name, const HubFile& file, PartialBlob& blob,
                      const HubOptions& options) {
  const uint64_t from = blob.bytes();
  const auto tick = [&] {
    if (options.progress) {
      options.progress(name.file, blob.bytes(), file.bytes.value_or(0));
    }
  };
  bool first = true;
  const auto receive = [&](const HttpAnswer& answer, std::span<const std::byte> bytes) {
    if (first && answer.status != 206) {
      blob.clear();  // the server sends all of it, whatever it was asked for
    } else if (first) {
      const std::string expected = fmt::format("bytes {}-", from);
      check(answer.header("content-range").substr(0, expected.size()) == expected,
            "{}: asked for the bytes from {} on, the server sends '{}'", name.str(), from,
            answer.header("content-range"));
    }
    first = false;
    if (file.bytes && bytes.size() > *file.bytes - blob.bytes()) {
      blob.clear();
      fail("{}: the server sends more than the {} bytes that it has", name.str(), *file.bytes);
    }
    blob.append(bytes);
  };
  std::string url = file.url;
  for (int redirects = 0; redirects <= kMostRedirects; ++redirects) {
    std::vector<std::string> headers = headers_for(url, options);
    if (from > 0) {
      headers.push_back(fmt::format("Range: bytes={}-", from));
    }
    const HttpAnswer answer = http_request({.url = url,
                                            .headers = headers,
                                            .connect_timeout = options.connect_timeout,
                                            .stall_timeout = options.stall_timeout},
                                           {.receive = receive, .tick = tick});
    if (!is_redirect(answer)) {
      return answer;
    }
    url = redirected(url, answer);
  }
  throw HttpError(fmt::format("there are more than {} redirects", kMostRedirects));
}

// "1000 of 2000 bytes are kept; the next try goes on from there".
std::string what_is_kept(const HubFile& file, uint64_t bytes) {
  return bytes == 0 ? "nothing has arrived"
                    : fmt::format("{}{} bytes are kept, and the next try goes on from there", bytes,
                                  file.bytes ? fmt::format(" of {}", *file.bytes) : "");
}

// Until all bytes are there; `attempts` times at most, and as long as each brings something.
void fetch(const HubName& name, const HubFile& file, PartialBlob& blob, const HubOptions& options) {
  for (int attempt = 1;; ++attempt) {
    const uint64_t before = blob.bytes();
    if (file.bytes && before > *file.bytes) {
      blob.clear();
    }
    if (file.bytes && blob.bytes() == *file.bytes) {
      return;
    }
    std::string reason;
    try {
      const HttpAnswer answer = fetch_rest(name, file, blob, options);
      if (answer.status == 416 && before > 0) {
        blob.clear();  // what is there is not the beginning of what the server has
        if (attempt < options.attempts) {
          continue;
        }
      }
      check(answer.ok(), "{}: {} answers {}", name.str(), origin_of(file.url), answer.status);
      if (!file.bytes || blob.bytes() == *file.bytes) {
        return;
      }
      reason = fmt::format("it ends after {} of {} bytes", blob.bytes(), *file.bytes);
    } catch (const HttpError& error) {
      reason = error.what();
    }
    check(blob.bytes() > before && attempt < options.attempts, "{}: {}; {}", name.str(), reason,
          what_is_kept(file, blob.bytes()));
  }
}

}  // namespace

HubFile ask_hub(const HubName& name, const HubOptions& options) {
  check_token(options);
  try {
    return ask(name, options);
  } catch (const HttpError& error) {
    throw HubUnavailable(fmt::format("{}: {}: {}", name.str(), options.endpoint, error.what()));
  }
}

void download_blob(const HubName& name, const HubFile& file, const std::filesystem::path& path,
                   const std::filesystem::path& lock_path, const HubOptions& options) {
  const auto show = [&](uint64_t bytes) {
    if (options.progress) {
      options.progress(name.file, bytes, file.bytes.value_or(0));
    }
  };
  make_folder_of(path);
  make_folder_of(lock_path);
  const FileLock lock(lock_path, [&] { show(0); });
  std::error_code ignored;
  if (std::filesystem::exists(path, ignored)) {
    return;  // the process that had the lock before has done it, or another name has the same contents
  }
  PartialBlob blob(path);
  fetch(name, file, blob, options);
  show(blob.bytes());
  const auto expected = sum_kind_of(file.etag);
  if (expected) {
    const std::string sum = blob.sum(*expected);
    if (sum != file.etag) {
      blob.remove();
      fail("{}: what arrived is damaged, and was deleted: its sum is {} instead of {}", name.str(), sum,
           file.etag);
    }
  }
  blob.complete();
}

}  // namespace helder
