#pragma once

#include <string>
#include <string_view>

namespace helder {

/// A file of a repository on the Hugging Face Hub, as people write it: `hf:owner/name/file@revision`.
struct HubName {
  std::string repository;         ///< `owner/name`, or `name` alone for the oldest ones
  std::string file;               ///< its path in the repository; empty: the usual ones are tried
  std::string revision = "main";  ///< a branch, a tag or a commit

  std::string str() const;

  /// Throws `Error` where a part is not one that the Hub could have, or would lead out of the cache's folder.
  void check_parts() const;
};

/// Whether `text` starts with `hf:`.
bool is_hub_name(std::string_view text);

/// Takes `hf:owner/name[/file][@revision]` apart; the revision starts after the last `@`. Checks the parts.
HubName parse_hub_name(std::string_view text);

/// Whether this can be a file's path in a repository, and the end of a path on this machine: parts of
/// printable ASCII, none of them empty, `.` or `..`, and nothing that means something special to some file
/// system.
bool is_hub_path(std::string_view path);

/// Whether a revision is a whole commit hash: 40 hexadecimal digits, whose files never change.
bool is_commit_hash(std::string_view revision);

}  // namespace helder
