// Writes tiny TFLite files for tests, hostile ones too: nothing is checked here.
//
//   TfliteWriter w;
//   const int x = w.tensor({.shape = {4}, .name = "x"});
//   const int y = w.tensor({.shape = {4}, .name = "y"});
//   w.node({.opcode = 19, .inputs = {x}, .outputs = {y}});  // RELU
//   const std::vector<std::byte> file = w.finish({x}, {y});
#pragma once

#include <flatbuffers/flatbuffers.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "tflite_generated.h"

namespace assay {

constexpr int8_t kTfliteFloat32 = 0, kTfliteInt32 = 2, kTfliteInt8 = 9;

struct TestTensor {
  std::vector<int32_t> shape = {};
  int8_t type = kTfliteInt8;
  std::string name = {};
  std::vector<uint8_t> data = {};  ///< not empty: a constant
  std::vector<float> scale = {};
  std::vector<int64_t> zero_point = {};
  int axis = 0;
  bool is_variable = false;
  bool is_sparse = false;
  uint8_t quantisation_details = 0;
  int buffer = -1;  ///< this one instead of a new one
  uint32_t external_buffer = 0;
  std::vector<int32_t> open_shape = {};  ///< -1 where any extent goes
};

/// One field of an options table; its id is its place in the list.
struct TestOption {
  enum Kind { int8, int32, float32 } kind;
  double value;
};

struct TestNode {
  int opcode = 0;
  std::vector<int32_t> inputs = {};
  std::vector<int32_t> outputs = {};
  int version = 1;
  std::string custom = {};
  uint8_t options_type = 0;
  std::vector<TestOption> options = {};
  int opcode_index = -1;  ///< this one instead of a new one
};

class TfliteWriter {
 public:
  TfliteWriter() { buffers_.push_back(tfl::CreateBuffer(fbb_)); }

  int tensor(const TestTensor& t) {
    uint32_t buffer = t.buffer >= 0 ? static_cast<uint32_t>(t.buffer) : 0;
    if (!t.data.empty()) {
      buffer = static_cast<uint32_t>(buffers_.size());
      fbb_.ForceVectorAlignment(t.data.size(), 1, 16);
      const auto data = fbb_.CreateVector(t.data);
      buffers_.push_back(tfl::CreateBuffer(fbb_, data));
    }
    flatbuffers::Offset<tfl::Quantisation> quantisation;
    if (!t.scale.empty() || !t.zero_point.empty() || t.quantisation_details != 0)
      quantisation = tfl::CreateQuantisationDirect(fbb_, &t.scale, &t.zero_point,
                                                   t.quantisation_details, t.axis);
    flatbuffers::Offset<tfl::Opaque> sparsity;
    if (t.is_sparse) sparsity = tfl::CreateOpaque(fbb_);
    tensors_.push_back(tfl::CreateTensorDirect(
        fbb_, &t.shape, t.type, buffer, t.name.c_str(), quantisation, t.is_variable, sparsity,
        t.open_shape.empty() ? nullptr : &t.open_shape, t.external_buffer));
    return static_cast<int>(tensors_.size()) - 1;
  }

  void node(const TestNode& n) {
    uint32_t index = static_cast<uint32_t>(n.opcode_index);
    if (n.opcode_index < 0) {
      index = static_cast<uint32_t>(codes_.size());
      codes_.push_back(tfl::CreateOperatorCodeDirect(
          fbb_, static_cast<int8_t>(n.opcode < 127 ? n.opcode : 127),
          n.custom.empty() ? nullptr : n.custom.c_str(), n.version, n.opcode));
    }
    flatbuffers::Offset<tfl::Opaque> options;
    if (n.options_type != 0) options = write_options(n.options);
    operators_.push_back(
        tfl::CreateOperatorDirect(fbb_, index, &n.inputs, &n.outputs, n.options_type, options));
  }

  std::vector<std::byte> finish(const std::vector<int32_t>& inputs,
                                const std::vector<int32_t>& outputs) {
    std::vector<flatbuffers::Offset<tfl::SubGraph>> subgraphs;
    for (int i = 0; i < subgraph_count; ++i)
      subgraphs.push_back(
          tfl::CreateSubGraphDirect(fbb_, &tensors_, &inputs, &outputs, &operators_, "main"));
    std::vector<flatbuffers::Offset<tfl::Signature>> named;
    for (size_t i = 0; i < signatures.size(); ++i) {
      std::vector<flatbuffers::Offset<tfl::TensorMap>> names;
      for (const int32_t id : inputs)
        names.push_back(tfl::CreateTensorMapDirect(fbb_, "in", static_cast<uint32_t>(id)));
      named.push_back(tfl::CreateSignatureDirect(fbb_, &names, nullptr, signatures[i].c_str(),
                                                 static_cast<uint32_t>(i)));
    }
    fbb_.Finish(tfl::CreateModelDirect(fbb_, schema_version, &codes_, &subgraphs, "test", &buffers_,
                                       &named),
                tfl::ModelIdentifier());
    const auto* bytes = reinterpret_cast<const std::byte*>(fbb_.GetBufferPointer());
    return {bytes, bytes + fbb_.GetSize()};
  }

  uint32_t schema_version = 3;
  int subgraph_count = 1;
  std::vector<std::string> signatures = {};  ///< one for each of the first subgraphs

 private:
  flatbuffers::Offset<tfl::Opaque> write_options(const std::vector<TestOption>& options) {
    const auto start = fbb_.StartTable();
    for (size_t i = 0; i < options.size(); ++i) {
      const auto slot = flatbuffers::FieldIndexToOffset(static_cast<flatbuffers::voffset_t>(i));
      const double value = options[i].value;
      switch (options[i].kind) {
        case TestOption::int8:
          fbb_.AddElement<int8_t>(slot, static_cast<int8_t>(value));
          break;
        case TestOption::int32:
          fbb_.AddElement<int32_t>(slot, static_cast<int32_t>(value));
          break;
        case TestOption::float32:
          fbb_.AddElement<float>(slot, static_cast<float>(value));
          break;
      }
    }
    return {fbb_.EndTable(start)};
  }

  flatbuffers::FlatBufferBuilder fbb_;
  std::vector<flatbuffers::Offset<tfl::Buffer>> buffers_;
  std::vector<flatbuffers::Offset<tfl::Tensor>> tensors_;
  std::vector<flatbuffers::Offset<tfl::OperatorCode>> codes_;
  std::vector<flatbuffers::Offset<tfl::Operator>> operators_;
};

}  // namespace assay
