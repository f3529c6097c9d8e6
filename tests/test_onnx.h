// Builds ONNX files for tests, in protobuf's wire format (onnx.proto names the fields).
#pragma once

#include <cstring>
#include <string>
#include <utility>
#include <vector>

namespace assay {

/// One message, field after field.
struct OnnxMessage {
  std::string bytes;

  OnnxMessage& varint(uint64_t value) {
    for (; value >= 128; value >>= 7) bytes += static_cast<char>((value & 127) | 128);
    bytes += static_cast<char>(value);
    return *this;
  }
  OnnxMessage& integer(int field, int64_t value) {
    return varint(static_cast<uint64_t>(field) << 3).varint(static_cast<uint64_t>(value));
  }
  OnnxMessage& put(int field, const std::string& payload) {
    varint((static_cast<uint64_t>(field) << 3) | 2).varint(payload.size()).bytes += payload;
    return *this;
  }
  OnnxMessage& put(int field, const OnnxMessage& message) { return put(field, message.bytes); }
};

inline OnnxMessage onnx_ints(const std::string& name, const std::vector<int64_t>& values) {
  OnnxMessage attr;
  attr.put(1, name).integer(20, 7);
  for (const int64_t value : values) attr.integer(8, value);
  return attr;
}

inline OnnxMessage onnx_floats(const std::string& name, const std::vector<float>& values) {
  OnnxMessage attr;
  attr.put(1, name).integer(20, 6);
  for (const float value : values) {
    attr.varint(7 << 3 | 5);
    attr.bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  return attr;
}

inline OnnxMessage onnx_words(const std::string& name, const std::vector<std::string>& values) {
  OnnxMessage attr;
  attr.put(1, name).integer(20, 8);
  for (const std::string& value : values) attr.put(9, value);
  return attr;
}

inline OnnxMessage onnx_node(const std::string& op, const std::vector<std::string>& inputs,
                             const std::vector<std::string>& outputs,
                             const std::vector<OnnxMessage>& attrs = {}) {
  OnnxMessage node;
  for (const std::string& name : inputs) node.put(1, name);
  for (const std::string& name : outputs) node.put(2, name);
  node.put(4, op);
  for (const OnnxMessage& attr : attrs) node.put(5, attr);
  return node;
}

/// type: 1 for float, 7 for int64.
template <class T>
OnnxMessage onnx_tensor(const std::string& name, int type, const std::vector<int64_t>& dims,
                        const std::vector<T>& values) {
  OnnxMessage tensor;
  for (const int64_t dim : dims) tensor.integer(1, dim);
  tensor.integer(2, type).put(8, name);
  return tensor.put(
      9, std::string(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)));
}

/// A float input or output; -1 leaves a dimension open.
inline OnnxMessage onnx_value(const std::string& name, const std::vector<int64_t>& dims) {
  OnnxMessage shape, type;
  for (const int64_t dim : dims)
    shape.put(1, dim < 0 ? OnnxMessage().put(2, "n") : OnnxMessage().integer(1, dim));
  type.integer(1, 1).put(2, shape);
  return OnnxMessage().put(1, name).put(2, OnnxMessage().put(1, type));
}

struct OnnxFile {
  std::vector<OnnxMessage> nodes, initializers, inputs, outputs;

  std::vector<std::byte> bytes() const {
    OnnxMessage graph, opset, model;
    for (const OnnxMessage& node : nodes) graph.put(1, node);
    for (const OnnxMessage& tensor : initializers) graph.put(5, tensor);
    for (const OnnxMessage& value : inputs) graph.put(11, value);
    for (const OnnxMessage& value : outputs) graph.put(12, value);
    opset.put(1, std::string()).integer(2, 17);
    model.integer(1, 8).put(2, "test").put(7, graph).put(8, opset);
    const auto* begin = reinterpret_cast<const std::byte*>(model.bytes.data());
    return {begin, begin + model.bytes.size()};
  }
};

}  // namespace assay
