// assay run MODEL: the host reference, for its outputs or for any layer's tensor.
#include <fmt/format.h>

#include <cstring>
#include <filesystem>
#include <ostream>

#include "cli/common.h"
#include "import/importer.h"
#include "util/npy.h"
#include "util/text.h"

namespace assay {
namespace {

constexpr int64_t kShown = 12;  // elements of an output on the terminal

constexpr Option kOptions[] = {
    {"model", "MODEL", "the model file", Option::operand, true},
    kShapeOption,
    kSignatureOption,
    kQuantizeOption,
    kCalibrateOption,
    kClipOption,
    {"input",
     "FILE",
     "an input, one inference a file: .npy, .npz (an array an input) or .bin (raw bytes), in the "
     "type, shape and order of axes that `assay inspect` shows",
     Option::values,
     false,
     {},
     "file"},
    {"data", "FILE", "rows, an inference each: .csv, .npy or .npz of one array"},
    {"inputs", "N", "how many made-up inputs, if no --input is given", Option::value, false, "1",
     "none"},
    {"seed", "N", "of the first made-up input; the next have the next seeds", Option::value, false,
     "12345", "none"},
    {"output", "FILE.npz",
     "write the outputs (several inferences: stacked along a new first axis)"},
    {"tensors", "", "write every tensor, not only the outputs", Option::flag},
    {"reset", "WHEN",
     "when a model's state begins anew: never within a run (as runtimes do), or before each input",
     Option::value, false, "never", "never|each"},
    {"semantics", "NAME", "whose arithmetic where runtimes differ in the last bit", Option::value,
     false, "tflm", "tflm|litert"},
};

/// Arrays for the .npz: `results[run][k]` is tensor ids[k].
std::vector<NpyArray> arrays_of(const Graph& graph, const std::vector<TensorId>& ids,
                                const std::vector<std::vector<Bytes>>& results) {
  std::vector<NpyArray> arrays;
  const std::vector<std::string> names = npz_names(graph, ids);
  for (size_t k = 0; k < ids.size(); ++k) {
    const Tensor& tensor = graph.tensor(ids[k]);
    NpyArray array{names[k], npy_descr(tensor.dtype), {}, {}};
    if (results.size() > 1) array.shape.push_back(static_cast<int64_t>(results.size()));
    array.shape.insert(array.shape.end(), tensor.shape.dims.begin(), tensor.shape.dims.end());
    for (const std::vector<Bytes>& run : results)
      array.bytes.insert(array.bytes.end(), run[k].begin(), run[k].end());
    arrays.push_back(std::move(array));
  }
  return arrays;
}

template <class T>
std::string elements_text(const Bytes& bytes) {
  std::vector<std::string> shown;
  for (size_t at = 0; at + sizeof(T) <= bytes.size() && shown.size() < kShown; at += sizeof(T)) {
    T value;
    std::memcpy(&value, bytes.data() + at, sizeof value);
    if constexpr (std::is_floating_point_v<T>)
      shown.push_back(fmt::format("{:.6g}", value));
    else
      shown.push_back(fmt::format("{}", +value));
  }
  const bool all = shown.size() * sizeof(T) == bytes.size();
  return fmt::format("{}{}", fmt::join(shown, " "), all ? "" : " ...");
}

std::string elements_text(Dtype dtype, const Bytes& bytes) {
  switch (dtype) {
    case Dtype::f32:
      return elements_text<float>(bytes);
    case Dtype::s8:
      return elements_text<int8_t>(bytes);
    case Dtype::s16:
      return elements_text<int16_t>(bytes);
    case Dtype::s32:
      return elements_text<int32_t>(bytes);
    case Dtype::s64:
      return elements_text<int64_t>(bytes);
    default:
      return elements_text<uint8_t>(bytes);
  }
}

Status run(const Args& args, Terminal& terminal) {
  const Graph graph = TRY(model_of(args, args.text("model"), terminal));
  TRY_STATUS(require_supported(graph, terminal));
  const Semantics semantics = TRY(semantics_of(args));
  const bool all_tensors = args.has("tensors");
  if (all_tensors && !args.has("output"))
    return fail(ErrorKind::usage, "--tensors needs -o FILE.npz to write to");
  std::vector<TensorId> ids = graph.outputs();
  if (all_tensors) {
    ids.clear();
    for (size_t t = 0; t < graph.tensors().size(); ++t)
      if (!graph.tensors()[t].is_constant) ids.push_back(static_cast<TensorId>(t));
  }
  if (const std::string when = args.text("reset"); when != "never" && when != "each")
    return fail(ErrorKind::usage, "--reset {}: not never or each", when);
  const bool resets = args.text("reset") == "each";
  std::vector<std::vector<Bytes>> results;
  State state = initial_state(graph);
  const std::vector<std::vector<Bytes>> runs =
      args.has("data") ? TRY(in(data_rows(args.text("data"), graph), "data {}", args.text("data")))
                       : TRY(inputs_of(args, graph, terminal));
  for (const std::vector<Bytes>& inputs : runs) {
    if (terminal.cancelled && *terminal.cancelled)
      return fail(ErrorKind::environment, "interrupted");
    if (resets) state = initial_state(graph);
    const std::vector<Bytes> tensors =
        TRY(in(run_reference_tensors(graph, inputs, semantics, &state), "model {}", graph.name()));
    std::vector<Bytes> kept;
    kept.reserve(ids.size());
    for (const TensorId id : ids) kept.push_back(tensors[static_cast<size_t>(id)]);
    results.push_back(std::move(kept));
  }
  if (args.has("output")) {
    TRY_STATUS(write_npz(args.text("output"), arrays_of(graph, ids, results)));
    terminal.out << fmt::format("{} arrays, {} inference{} in {}\n", ids.size(), results.size(),
                                results.size() == 1 ? "" : "s", args.text("output"));
    return {};
  }
  for (const std::vector<Bytes>& outputs : results)
    for (size_t k = 0; k < ids.size(); ++k) {
      const Tensor& tensor = graph.tensor(ids[k]);
      terminal.out << fmt::format("{} {} {}: {}\n", tensor.name, name(tensor.dtype),
                                  text(tensor.shape), elements_text(tensor.dtype, outputs[k]));
    }
  return {};
}

}  // namespace

const Command run_command = {
    .name = "run",
    .summary = "the host reference: a model's outputs, or any layer's tensor",
    .examples =
        "  assay run model.tflite\n  assay run model.tflite --input x.npy -o y.npz\n"
        "  assay run model.tflite --inputs 20 --tensors -o all.npz",
    .options = kOptions,
    .run = run,
};

}  // namespace assay
