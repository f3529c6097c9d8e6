// A graph as text, JSON and Graphviz dot. Text has two tables, tensors and nodes, whose columns
// are as wide as their content; JSON has everything but the constants' bytes; dot has a box per
// node and an edge per activation. Computes nothing: costs are the business of estimate/.
#include "ir/print.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "util/text.h"

namespace assay {
namespace {

using Row = std::vector<std::string>;

/// Rows under each other, two spaces between columns, the ones named in `right` right-aligned.
std::string table(const std::vector<Row>& rows, const std::vector<size_t>& right) {
  std::vector<size_t> width;
  for (const Row& row : rows) {
    width.resize(std::max(width.size(), row.size()), 0);
    for (size_t i = 0; i < row.size(); ++i) width[i] = std::max(width[i], row[i].size());
  }
  std::string out;
  for (const Row& row : rows) {
    std::string line = " ";
    for (size_t i = 0; i < row.size(); ++i) {
      const bool is_right = std::ranges::find(right, i) != right.end();
      line += is_right ? fmt::format(" {:>{}} ", row[i], width[i])
                       : fmt::format(" {:<{}} ", row[i], width[i]);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + "\n";
  }
  return out;
}

std::vector<std::string_view> tensor_kinds(const Graph& graph) {
  std::vector<std::string_view> kinds(graph.tensors().size(), "unused");
  const auto mark = [&](const std::vector<TensorId>& ids, std::string_view kind) {
    for (const TensorId id : ids)
      if (id != kNoTensor) kinds[static_cast<size_t>(id)] = kind;
  };
  for (const Node& node : graph.nodes()) mark(node.outputs, "activation");
  for (size_t i = 0; i < kinds.size(); ++i) {
    if (graph.tensors()[i].is_constant) kinds[i] = "constant";
    if (graph.tensors()[i].is_variable) kinds[i] = "variable";
  }
  mark(graph.outputs(), "output");
  mark(graph.inputs(), "input");
  return kinds;
}

std::string text(const Attr& attr) {
  struct Visitor {
    std::string operator()(int64_t value) const { return fmt::format("{}", value); }
    std::string operator()(double value) const { return fmt::format("{:g}", value); }
    std::string operator()(const std::string& value) const { return value; }
    std::string operator()(const std::vector<int64_t>& values) const {
      return fmt::format("[{}]", fmt::join(values, " "));
    }
  };
  return std::visit(Visitor{}, attr);
}

std::string text(const Attrs& attrs) {
  std::string line;
  for (const auto& [key, value] : attrs)
    line += fmt::format("{}{}={}", line.empty() ? "" : " ", key, text(value));
  return line;
}

std::string text(const std::vector<TensorId>& ids) {
  std::string line;
  for (const TensorId id : ids)
    line += (line.empty() ? "" : " ") + (id == kNoTensor ? "-" : fmt::format("{}", id));
  return line;
}

Json json(const std::vector<TensorId>& ids) {
  Json list = Json::array();
  for (const TensorId id : ids) list.push(id);
  return list;
}

Json json(const Attr& attr) {
  struct Visitor {
    Json operator()(int64_t value) const { return value; }
    Json operator()(double value) const { return value; }
    Json operator()(const std::string& value) const { return value; }
    Json operator()(const std::vector<int64_t>& values) const {
      Json list = Json::array();
      for (const int64_t value : values) list.push(value);
      return list;
    }
  };
  return std::visit(Visitor{}, attr);
}

Json json(const Quantisation& quant) {
  if (quant.empty()) return nullptr;
  Json scale = Json::array(), zero_point = Json::array();
  for (const float value : quant.scale) scale.push(double{value});
  for (const int32_t value : quant.zero_point) zero_point.push(value);
  Json made = Json::object();
  made.set("scale", std::move(scale)).set("zero_point", std::move(zero_point));
  if (quant.per_channel()) made.set("axis", quant.axis);
  return made;
}

Json json(const Tensor& tensor, size_t id, std::string_view kind) {
  Json shape = Json::array();
  for (const int32_t dim : tensor.shape.dims) shape.push(dim);
  Json made = Json::object();
  made.set("id", id).set("name", tensor.name).set("kind", kind).set("type", name(tensor.dtype));
  made.set("shape", std::move(shape)).set("bytes", tensor.bytes());
  return made.set("quantisation", json(tensor.quant));
}

Json json(const Node& node, size_t index) {
  Json attributes = Json::object();
  for (const auto& [key, value] : node.attrs) attributes.set(key, json(value));
  Json made = Json::object();
  made.set("index", index).set("op", node.op).set("version", node.version);
  made.set("inputs", json(node.inputs)).set("outputs", json(node.outputs));
  made.set("attributes", std::move(attributes));
  if (!node.trouble.empty()) made.set("trouble", node.trouble);
  return made;
}

/// A double-quoted string of dot.
std::string quoted(std::string_view words) {
  std::string out = "\"";
  for (const char c : words) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

}  // namespace

std::string text(const Quantisation& quant) {
  if (quant.empty()) return "";
  if (!quant.per_channel()) return fmt::format("{:.4g} {}", quant.scale[0], quant.zero_point.at(0));
  const auto [least, most] = std::ranges::minmax(quant.scale);
  const auto [lowest, highest] = std::ranges::minmax(quant.zero_point);
  const std::string zeros =
      lowest == highest ? fmt::format("{}", lowest) : fmt::format("{}..{}", lowest, highest);
  return fmt::format("{:.4g}..{:.4g} {} by axis {}", least, most, zeros, quant.axis);
}

std::string graph_text(const Graph& graph) {
  const std::vector<std::string_view> kinds = tensor_kinds(graph);
  int64_t constant_bytes = 0;
  std::vector<Row> tensors = {{"id", "kind", "type", "shape", "bytes", "quantisation", "name"}};
  for (size_t i = 0; i < kinds.size(); ++i) {
    const Tensor& tensor = graph.tensors()[i];
    if (tensor.is_constant) constant_bytes += static_cast<int64_t>(tensor.data.size());
    tensors.push_back({fmt::format("{}", i), std::string(kinds[i]), std::string(name(tensor.dtype)),
                       text(tensor.shape), thousands(tensor.bytes()), text(tensor.quant),
                       tensor.name});
  }
  std::vector<Row> nodes = {{"node", "operator", "inputs", "outputs", "attributes"}};
  for (size_t i = 0; i < graph.nodes().size(); ++i) {
    const Node& node = graph.nodes()[i];
    nodes.push_back({fmt::format("{}", i), fmt::format("{} v{}", node.op, node.version),
                     text(node.inputs), text(node.outputs), text(node.attrs)});
    if (!node.trouble.empty())
      nodes.back().back() += (node.attrs.empty() ? "! " : "  ! ") + node.trouble;
  }
  std::string out = fmt::format("{}  {}, {} nodes, {} tensors, {} B of constants\n\n", graph.name(),
                                graph.format(), graph.nodes().size(), graph.tensors().size(),
                                thousands(constant_bytes));
  out += table(tensors, {0, 4}) + "\n" + table(nodes, {0});
  out += fmt::format("\n  inputs {}   outputs {}\n", text(graph.inputs()), text(graph.outputs()));
  for (const std::string& note : graph.notes()) out += "  note: " + note + "\n";
  return out;
}

Json graph_json(const Graph& graph) {
  const std::vector<std::string_view> kinds = tensor_kinds(graph);
  Json tensors = Json::array(), nodes = Json::array(), notes = Json::array();
  for (size_t i = 0; i < kinds.size(); ++i) tensors.push(json(graph.tensors()[i], i, kinds[i]));
  for (size_t i = 0; i < graph.nodes().size(); ++i) nodes.push(json(graph.nodes()[i], i));
  for (const std::string& note : graph.notes()) notes.push(note);
  Json made = Json::object();
  made.set("name", graph.name()).set("format", graph.format());
  made.set("inputs", json(graph.inputs())).set("outputs", json(graph.outputs()));
  made.set("tensors", std::move(tensors)).set("nodes", std::move(nodes));
  return made.set("notes", std::move(notes));
}

std::string graph_dot(const Graph& graph) {
  std::string out = fmt::format("digraph {} {{\n  node [shape=box];\n", quoted(graph.name()));
  std::vector<std::string> maker(graph.tensors().size());
  for (size_t i = 0; i < graph.inputs().size(); ++i) {
    const Tensor& tensor = graph.tensor(graph.inputs()[i]);
    const std::string id = fmt::format("in{}", i);
    out += fmt::format("  {} [shape=ellipse, label={}];\n", id, quoted(tensor.name));
    maker[static_cast<size_t>(graph.inputs()[i])] = id;
  }
  for (size_t i = 0; i < graph.nodes().size(); ++i) {
    const Node& node = graph.nodes()[i];
    const std::string id = fmt::format("n{}", i);
    out += fmt::format("  {} [label={}];\n", id, quoted(fmt::format("{} {}", i, node.op)));
    for (const TensorId output : node.outputs) maker[static_cast<size_t>(output)] = id;
  }
  const auto edge = [&](TensorId from, const std::string& to) {
    if (from == kNoTensor || maker[static_cast<size_t>(from)].empty()) return;
    const Tensor& tensor = graph.tensor(from);
    out += fmt::format("  {} -> {} [label=\"{} {}\"];\n", maker[static_cast<size_t>(from)], to,
                       text(tensor.shape), name(tensor.dtype));
  };
  for (size_t i = 0; i < graph.nodes().size(); ++i)
    for (const TensorId input : graph.nodes()[i].inputs) edge(input, fmt::format("n{}", i));
  for (size_t i = 0; i < graph.outputs().size(); ++i) {
    out += fmt::format("  out{} [shape=ellipse, label={}];\n", i,
                       quoted(graph.tensor(graph.outputs()[i]).name));
    edge(graph.outputs()[i], fmt::format("out{}", i));
  }
  return out + "}\n";
}

}  // namespace assay
