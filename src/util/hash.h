// Content keys: XXH3-128 in hexadecimal. Not against an adversary; against staleness.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace assay {

std::string hash_hex(std::span<const std::byte> bytes);
std::string hash_hex(std::string_view text);

}  // namespace assay
