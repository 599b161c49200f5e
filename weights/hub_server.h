#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "tensor/error.h"
#include "weights/hub.h"

namespace helder {

/// The repository does not have that file (but may have another).
class HubFileMissing : public Error {
 public:
  using Error::Error;
};

/// Nobody answers, or not without a token: what the cache has will do.
class HubUnavailable : public Error {
 public:
  using Error::Error;
};

/// What the Hub says of a file before it is downloaded.
struct HubFile {
  std::string commit;             ///< of the revision, 40 hexadecimal digits
  std::string etag;               ///< of the contents: SHA-256, or git's SHA-1; safe as a file's name
  std::string url;                ///< where the contents are: the Hub, or a store that it redirects to
  std::optional<uint64_t> bytes;  ///< how many there are
};

/// Asks for a file by its revision: HEAD <endpoint>/<repository>/resolve/<revision>/<file>.
HubFile ask_hub(const HubName& name, const HubOptions& options);

/// Makes `blob` a file with the contents of `file`, unless it is there. Until it is complete and right they
/// gather in `<blob>.incomplete`, from whose end the next call goes on. One process at a time does this: it
/// holds the lock of the file `lock`.
void download_blob(const HubName& name, const HubFile& file, const std::filesystem::path& blob,
                   const std::filesystem::path& lock, const HubOptions& options);

}  // namespace helder
