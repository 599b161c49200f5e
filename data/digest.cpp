#include "data/digest.h"

#include "tensor/error.h"

#if defined(HELDER_HAVE_CURL)

#include <openssl/evp.h>

#include <array>

namespace helder {

Digest::Digest(Kind kind) : context_(::EVP_MD_CTX_new()) {
  const EVP_MD* function = kind == Kind::Sha1 ? ::EVP_sha1() : ::EVP_sha256();
  check(context_ && ::EVP_DigestInit_ex(context_.get(), function, nullptr) == 1,
        "libcrypto has no {} to offer", kind == Kind::Sha1 ? "SHA-1" : "SHA-256");
}

void Digest::add(std::span<const std::byte> bytes) {
  ::EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size());
}

std::string Digest::hex() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> sum{};
  unsigned size = 0;
  ::EVP_DigestFinal_ex(context_.get(), sum.data(), &size);
  std::string text;
  for (unsigned i = 0; i < size; ++i) {
    text += fmt::format("{:02x}", sum[i]);
  }
  return text;
}

void Digest::Free::operator()(evp_md_ctx_st* context) const { ::EVP_MD_CTX_free(context); }

}  // namespace helder

#else  // libcrypto is only used together with libcurl

namespace helder {

Digest::Digest(Kind) { fail("this build of Helder has no libcrypto"); }
void Digest::add(std::span<const std::byte>) {}
std::string Digest::hex() { return {}; }
void Digest::Free::operator()(evp_md_ctx_st*) const {}

}  // namespace helder

#endif
