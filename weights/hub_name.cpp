#include "weights/hub_name.h"

#include <algorithm>
#include <vector>

#include "tensor/error.h"

namespace helder {
namespace {

constexpr std::string_view kPrefix = "hf:";
constexpr size_t kLongestPart = 96;   // of a repository's name, on the Hub
constexpr size_t kLongestName = 255;  // that file systems take

std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> parts;
  for (;;) {
    const size_t slash = text.find('/');
    parts.push_back(text.substr(0, slash));
    if (slash == text.npos) {
      return parts;
    }
    text.remove_prefix(slash + 1);
  }
}

bool is_alphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// The Hub's own rules. The folder in the cache joins owner and name by "--", so that neither may have it.
bool is_repository_part(std::string_view part) {
  const auto allowed = [](char c) { return is_alphanumeric(c) || c == '-' || c == '_' || c == '.'; };
  const auto at_an_end = [](char c) { return is_alphanumeric(c) || c == '_'; };
  return !part.empty() && part.size() <= kLongestPart && std::all_of(part.begin(), part.end(), allowed) &&
         at_an_end(part.front()) && at_an_end(part.back()) && part.find("--") == part.npos &&
         part.find("..") == part.npos;
}

}  // namespace

bool is_hub_path(std::string_view path) {
  const auto odd = [](char c) {
    return c < ' ' || c > '~' || std::string_view("\\:*?\"<>|").find(c) != std::string_view::npos;
  };
  const std::vector<std::string_view> parts = split(path);
  return path.size() <= 1024 && std::none_of(path.begin(), path.end(), odd) &&
         std::all_of(parts.begin(), parts.end(), [](std::string_view part) {
           return !part.empty() && part.size() <= kLongestName && part != "." && part != "..";
         });
}

bool is_commit_hash(std::string_view revision) {
  return revision.size() == 40 && std::all_of(revision.begin(), revision.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

std::string HubName::str() const {
  return fmt::format("hf:{}{}{}{}{}", repository, file.empty() ? "" : "/", file,
                     revision == "main" ? "" : "@", revision == "main" ? "" : revision);
}

void HubName::check_parts() const {
  const std::vector<std::string_view> parts = split(repository);
  check(parts.size() <= 2 && std::all_of(parts.begin(), parts.end(), is_repository_part),
        "{}: '{}' cannot be a repository; expected hf:owner/name/file@revision", str(), repository);
  check(file.empty() || is_hub_path(file), "{}: '{}' cannot be a file of a repository", str(), file);
  check(is_hub_path(revision), "{}: '{}' cannot be a revision", str(), revision);
}

bool is_hub_name(std::string_view text) { return text.substr(0, kPrefix.size()) == kPrefix; }

HubName parse_hub_name(std::string_view text) {
  check(is_hub_name(text), "'{}' does not start with hf:", text);
  std::string_view rest = text.substr(kPrefix.size());
  HubName name;
  if (const size_t at = rest.rfind('@'); at != rest.npos) {
    name.revision = rest.substr(at + 1);
    rest = rest.substr(0, at);
  }
  const size_t owner_end = rest.find('/');
  const size_t name_end = owner_end == rest.npos ? rest.npos : rest.find('/', owner_end + 1);
  name.repository = rest.substr(0, name_end);
  if (name_end != rest.npos) {
    name.file = rest.substr(name_end + 1);
    check(!name.file.empty(), "{}: there is no file's name after the last /", text);
  }
  name.check_parts();
  return name;
}

}  // namespace helder
