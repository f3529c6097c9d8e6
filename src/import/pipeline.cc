// Reads pipeline files: how samples become what a model takes, and the model behind them.
//
//   pipeline = 1                     # the format's version; comes first
//   model = "kws.tflite"             # beside this file; may be left out
//   [input]                          # what the sensor gives
//   type = "int16"                   # int8, uint8, int16 or float32
//   shape = [16000]
//   rate_hz = 16000                  # samples a second
//   every = "20 ms"                  # time between two inferences
//   scale = 3.0517578125e-05         # what one step of an integer is worth
//   [[step]]
//   op = "frame"
//   length = 640
//   hop = 320
//
// The result is one graph: the steps' nodes, then the model's. So the preparation is planned,
// generated, run, verified and explained like any other layer. docs/pipelines.md has the steps.
// Not handled: several inputs, steps behind the model.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "import/importer.h"
#include "import/pipeline_steps.h"
#include "util/files.h"
#include "util/hash.h"
#include "util/quantity.h"
#include "util/text.h"

namespace assay {
namespace {

constexpr int64_t kMostNodes = 1024;

/// The first word that is no comment.
bool sniff(std::span<const std::byte> head) {
  std::string_view text(reinterpret_cast<const char*>(head.data()), head.size());
  while (!text.empty()) {
    const size_t begin = text.find_first_not_of(" \t\r\n");
    if (begin == std::string_view::npos) return false;
    text.remove_prefix(begin);
    if (text[0] != '#') break;
    const size_t end = text.find('\n');
    if (end == std::string_view::npos) return false;
    text.remove_prefix(end);
  }
  if (!text.starts_with("pipeline")) return false;
  text.remove_prefix(8);
  const size_t equals = text.find_first_not_of(" \t");
  return equals != std::string_view::npos && text[equals] == '=';
}

struct InputType {
  std::string_view name;
  Dtype dtype;
  double scale;  ///< so that the whole range is -1 .. 1, or 0 .. 1
};

constexpr InputType kTypes[] = {{"int8", Dtype::s8, 1.0 / 128},
                                {"uint8", Dtype::u8, 1.0 / 255},
                                {"int16", Dtype::s16, 1.0 / 32768},
                                {"float32", Dtype::f32, 0}};

Result<Tensor> read_input(const Toml& input) {
  const std::string type = TRY(input.text("type"));
  const auto found = std::ranges::find(kTypes, type, &InputType::name);
  if (found == std::end(kTypes))
    return std::unexpected(input.error_at(
        "type", fmt::format("no type '{}'; there are int8, uint8, int16, float32", type)));
  Tensor tensor;
  tensor.name = TRY(input.text("name", "samples"));
  tensor.dtype = found->dtype;
  for (const double extent : TRY(input.reals("shape"))) {
    if (!(extent >= 1 && extent <= 1 << 24) || extent != static_cast<int32_t>(extent))
      return std::unexpected(
          input.error_at("shape", fmt::format("'shape' has an extent of {}", extent)));
    tensor.shape.dims.push_back(static_cast<int32_t>(extent));
  }
  if (tensor.shape.dims.empty() || tensor.shape.rank() > 4)
    return std::unexpected(input.error_at("shape", "'shape' needs 1 to 4 extents: [16000]"));
  const double scale = TRY(input.real("scale", found->scale));
  if (tensor.dtype == Dtype::f32) return tensor;
  if (!(scale > 0)) return std::unexpected(input.error_at("scale", "'scale' is not above 0"));
  tensor.quant = {
      {static_cast<float>(scale)}, {static_cast<int32_t>(TRY(input.integer("zero_point", 0)))}, 0};
  return tensor;
}

Result<Pipeline> read_facts(const Toml& input) {
  Pipeline facts;
  facts.rate_hz = TRY(input.real("rate_hz", 0));
  if (facts.rate_hz < 0) return std::unexpected(input.error_at("rate_hz", "'rate_hz' is below 0"));
  if (!input.has("every")) return facts;
  const std::string said = TRY(input.text("every"));
  const Quantity every = TRY(in(read_quantity(said), "every"));
  if (every.dimension != Dimension::seconds || !(every.value > 0))
    return std::unexpected(input.error_at("every", "'every' is no time; one is \"20 ms\""));
  facts.every_s = every.value;
  return facts;
}

/// The features in the shape and type of the model's input.
Status fit_to(PipelineBuilder& builder, const Tensor& wanted, const Toml& file) {
  if (builder.shape().elements() != wanted.shape.elements())
    return std::unexpected(file.error_at(
        "model", fmt::format("the steps make {} ({} elements), the model's input '{}' is {} ({})",
                             text(builder.shape()), builder.shape().elements(), wanted.name,
                             text(wanted.shape), wanted.shape.elements())));
  if (builder.shape() != wanted.shape) {
    Tensor out = builder.tensor();
    out.shape = wanted.shape;
    const auto rank = static_cast<int32_t>(wanted.shape.rank());
    builder.add_as("reshape", std::move(out),
                   {builder.constant("shape", {{rank}}, wanted.shape.dims)});
  }
  if (builder.tensor().dtype == wanted.dtype && builder.tensor().quant == wanted.quant) return {};
  Tensor out;
  out.dtype = wanted.dtype;
  out.shape = wanted.shape;
  out.quant = wanted.quant;
  if (wanted.dtype == Dtype::f32)
    builder.add("dequantize", wanted.shape);
  else
    builder.add_as("quantize", std::move(out));
  return {};
}

/// The model's nodes behind the steps', its input replaced by their result.
void append(GraphParts& parts, const Graph& model, TensorId features) {
  const auto first = static_cast<TensorId>(parts.tensors.size());
  const TensorId input = model.inputs()[0];
  parts.tensors.insert(parts.tensors.end(), model.tensors().begin(), model.tensors().end());
  const auto moved = [&](std::vector<TensorId> ids) {
    for (TensorId& id : ids)
      if (id != kNoTensor) id = id == input ? features : id + first;
    return ids;
  };
  for (Node node : model.nodes()) {
    node.inputs = moved(std::move(node.inputs));
    node.outputs = moved(std::move(node.outputs));
    parts.nodes.push_back(std::move(node));
  }
  parts.outputs = moved(model.outputs());
  parts.notes.insert(parts.notes.end(), model.notes().begin(), model.notes().end());
}

Status add_model(GraphParts& parts, PipelineBuilder& builder, const Toml& file,
                 const ImportOptions& options) {
  const std::string name = TRY(file.text("model"));
  const std::filesystem::path path = options.folder / name;
  if (options.folder.empty() || std::filesystem::path(name).is_absolute() ||
      name.find("..") != std::string::npos)
    return std::unexpected(file.error_at("model", "'model' names a file beside or below this one"));
  std::vector<std::byte> bytes = TRY(read_file(path));
  if (sniff(std::span(bytes).first(std::min<size_t>(bytes.size(), 4096))))
    return std::unexpected(file.error_at("model", "'model' is itself a pipeline file"));
  ImportOptions inner = options;
  inner.folder = path.parent_path();
  const auto model =
      std::make_shared<const Graph>(TRY(load_model(std::move(bytes), path.stem().string(), inner)));
  if (model->inputs().size() != 1)
    return std::unexpected(file.error_at(
        "model",
        fmt::format("the model has {} inputs, a pipeline feeds one", model->inputs().size())));
  TRY_STATUS(fit_to(builder, model->tensor(model->inputs()[0]), file));
  parts.pipeline->feature_nodes = static_cast<int>(parts.nodes.size());
  parts.variant += fmt::format("model {} {} ", hash_hex(model->file()), model->variant());
  append(parts, *model, builder.last());
  parts.kept.push_back(model);
  return {};
}

Result<GraphParts> read(const Toml& file, const ImportOptions& options) {
  GraphParts parts;
  parts.format = "pipeline";
  parts.variant = options.text();
  if (const int64_t version = TRY(file.integer("pipeline")); version != 1)
    return std::unexpected(file.error_at(
        "pipeline", fmt::format("version {} of pipeline files, known is 1", version)));
  const Toml input = TRY(file.table("input"));
  parts.tensors.push_back(TRY(read_input(input)));
  parts.inputs = {0};
  parts.pipeline = TRY(read_facts(input));
  TRY_STATUS(input.no_other_keys());
  PipelineBuilder builder(parts, 0);
  for (const Toml& step : TRY(file.tables("step"))) {
    TRY_STATUS(add_step(builder, step));
    if (std::cmp_greater(parts.nodes.size(), kMostNodes))
      return std::unexpected(step.error_at("op", fmt::format("more than {} nodes", kMostNodes)));
    for (const int32_t extent : builder.shape().dims)
      if (extent < 0) return std::unexpected(step.error_at("op", "makes more than 2^31 elements"));
  }
  parts.pipeline->feature_nodes = static_cast<int>(parts.nodes.size());
  if (file.has("model"))
    TRY_STATUS(add_model(parts, builder, file, options));
  else
    parts.outputs = {builder.last()};
  TRY_STATUS(file.no_other_keys());
  return parts;
}

Result<Graph> load(std::vector<std::byte> file, std::string name, const ImportOptions& options) {
  const std::string_view text(reinterpret_cast<const char*>(file.data()), file.size());
  const Toml toml = TRY(Toml::parse(text, name));
  GraphParts parts = TRY(read(toml, options));
  parts.name = std::move(name);
  parts.file = std::move(file);
  return Graph::make(std::move(parts));
}

}  // namespace

const Importer pipeline_importer = {
    .name = "pipeline",
    .sniff = sniff,
    .load = load,
};

}  // namespace assay
