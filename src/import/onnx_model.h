// An ONNX file as plain structs: what onnx_file.cc makes of its protobuf messages and the rest of
// the importer reads. Nothing is checked here but that it lies inside of the file.
#pragma once

#include <cstdint>
#include <deque>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "ir/graph.h"
#include "util/result.h"

namespace assay {

/// Elements that stand in another file.
struct OnnxPlace {
  std::string location;             ///< relative to the model's folder
  int64_t offset = 0, length = -1;  ///< in bytes; -1: to its end
};

/// A constant. Its bytes are little-endian, dense, and need not be aligned.
struct OnnxTensor {
  std::string name;
  Dtype dtype = Dtype::other;
  std::string type_name;  ///< "bfloat16": for what Dtype calls `other`
  std::vector<int64_t> dims;
  std::span<const std::byte> bytes;
  std::string trouble;  ///< why its elements are not at hand: "stored in ..."
  std::optional<OnnxPlace> elsewhere = {};
};

struct OnnxAttr {
  int64_t i = 0;
  float f = 0;
  std::string s;
  std::vector<int64_t> ints;
  std::vector<float> floats;
  std::vector<std::string> strings;
  std::optional<OnnxTensor> tensor;
  std::string trouble;  ///< "a subgraph"
};

struct OnnxNode {
  std::string op, domain, name;
  std::vector<std::string> inputs, outputs;  ///< "" where an optional one is left out
  std::map<std::string, OnnxAttr, std::less<>> attrs;

  bool has(std::string_view attr) const { return attrs.find(attr) != attrs.end(); }
  int64_t integer(std::string_view attr, int64_t otherwise) const {
    const auto found = attrs.find(attr);
    return found == attrs.end() ? otherwise : found->second.i;
  }
  float real(std::string_view attr, float otherwise) const {
    const auto found = attrs.find(attr);
    return found == attrs.end() ? otherwise : found->second.f;
  }
  std::string word(std::string_view attr, std::string otherwise) const {
    const auto found = attrs.find(attr);
    return found == attrs.end() ? std::move(otherwise) : found->second.s;
  }
  std::vector<int64_t> integers(std::string_view attr, std::vector<int64_t> otherwise = {}) const {
    const auto found = attrs.find(attr);
    return found == attrs.end() ? std::move(otherwise) : found->second.ints;
  }
};

/// A dimension is its extent, or -1 with the name that the file gives it ("batch").
struct OnnxDim {
  int64_t extent = -1;
  std::string name;
};

struct OnnxValueInfo {
  std::string name;
  Dtype dtype = Dtype::other;
  std::string type_name;
  std::optional<std::vector<OnnxDim>> dims;  ///< nothing: even the rank is not known
};

struct OnnxModel {
  std::string producer;
  std::map<std::string, int64_t> opsets;  ///< by domain; "" is ONNX's own
  std::vector<OnnxNode> nodes;
  std::vector<OnnxTensor> initializers;
  std::vector<OnnxValueInfo> inputs, outputs, values;
  int64_t sparse_initializers = 0, functions = 0;
  std::deque<std::vector<std::byte>> own;  ///< elements that do not stand as bytes in the file
};

/// Errors are `input`: the file is damaged, cut short, or has no graph.
Result<OnnxModel> read_onnx(std::span<const std::byte> file);

/// Reads what initializers have in files below the folder (empty: nothing is read); `parts` keeps
/// them. Errors: input; a file elsewhere is refused.
Status read_external(OnnxModel& model, GraphParts& parts, const std::filesystem::path& folder);

}  // namespace assay
