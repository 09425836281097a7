#include "models/base/sha256.hpp"

#include <openssl/evp.h>

#include <array>

#include "models/base/error.hpp"

namespace sptc::base {

std::string sha256_hex(std::span<const std::byte> bytes) {
    constexpr std::size_t kDigestBytes = 32;
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    const int done =
        EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha256(), nullptr);
    SPTC_ASSERT(done == 1 && size == kDigestBytes);
    std::string text;
    for (std::size_t i = 0; i < kDigestBytes; ++i) {
        constexpr std::string_view kDigits = "0123456789abcdef";
        text += kDigits[digest[i] >> 4];
        text += kDigits[digest[i] & 0xf];
    }
    return text;
}

std::string sha256_hex(std::string_view text) { return sha256_hex(std::as_bytes(std::span(text))); }

}  // namespace sptc::base
