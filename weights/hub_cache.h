#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace helder {

/// One repository in the cache that Helder shares with Python's huggingface_hub:
///
///   models--owner--name/blobs/<etag>                         what files hold
///   models--owner--name/snapshots/<commit>/<file>            a link to ../../blobs/<etag>
///   models--owner--name/refs/<revision>                      a text file: the commit of a branch or tag
///   .locks/models--owner--name/<etag>.lock                   locked while the blob is downloaded
///
/// A file is there, with all its bytes, when its link is. All names are checked before they come here
/// (weights/hub_name.h).
class HubCache {
 public:
  HubCache(const std::filesystem::path& root, const std::string& repository);

  /// The commit that a revision had when it was last looked up; a commit's hash is its own.
  std::optional<std::string> commit_of(const std::string& revision) const;

  /// Where the file lies.
  std::optional<std::filesystem::path> find(const std::string& commit, const std::string& file) const;

  const std::filesystem::path& folder() const { return folder_; }
  std::filesystem::path blob(const std::string& etag) const { return folder_ / "blobs" / etag; }
  std::filesystem::path lock(const std::string& etag) const { return locks_ / (etag + ".lock"); }

  /// Makes the link to a blob that is complete, in place of any other; returns where the file lies now.
  std::filesystem::path link(const std::string& commit, const std::string& file,
                             const std::string& etag) const;

  void remember(const std::string& revision, const std::string& commit) const;

 private:
  std::filesystem::path pointer(const std::string& commit, const std::string& file) const {
    return folder_ / "snapshots" / commit / file;
  }

  std::filesystem::path folder_, locks_;
};

/// `create_directories` of what `file` is in; throws `Error` with the path and the reason.
void make_folder_of(const std::filesystem::path& file);

}  // namespace helder
