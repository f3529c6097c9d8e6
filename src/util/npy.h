// Arrays as NumPy stores them: .npy (format version 1 and 2) and .npz (a ZIP of .npy, by libzip).
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "util/result.h"

namespace assay {

struct NpyArray {
  std::string name;   ///< in an .npz, without ".npy"
  std::string descr;  ///< "|i1", "<f4": NumPy's type string, little-endian
  std::vector<int64_t> shape;
  std::vector<std::byte> bytes;  ///< C order
};

/// Errors: input (malformed, Fortran order, object arrays, big-endian).
Result<NpyArray> read_npy(std::span<const std::byte> file);
std::vector<std::byte> write_npy(const NpyArray& array);

/// Every array of the archive in its order; together at most 1 GB.
Result<std::vector<NpyArray>> read_npz(std::span<const std::byte> file);

/// Deterministic: no time stamps. Written atomically.
Status write_npz(const std::filesystem::path& file, std::span<const NpyArray> arrays);

}  // namespace assay
