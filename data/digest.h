#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

struct evp_md_ctx_st;

namespace helder {

/// The sum of bytes that are added one after the other. Throws `Error` in a build without libcrypto.
class Digest {
 public:
  enum class Kind : uint8_t { Sha1, Sha256 };

  explicit Digest(Kind kind);

  void add(std::span<const std::byte> bytes);

  /// In lower-case hexadecimal. Nothing may be added afterwards.
  std::string hex();

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const;
  };
  std::unique_ptr<evp_md_ctx_st, Free> context_;
};

}  // namespace helder
