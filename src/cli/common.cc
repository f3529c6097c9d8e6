// What several commands ask of their arguments.
#include "cli/common.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <ostream>
#include <set>
#include <sstream>

#include "cli/remedies.h"
#include "report/printable.h"
#include "util/files.h"
#include "util/npy.h"
#include "util/text.h"

namespace assay {
namespace {

constexpr size_t kLongestEntry = 200;  // of an .npz

std::vector<std::string> split(const std::string& list, char separator = ',') {
  std::vector<std::string> words;
  std::stringstream stream(list);
  for (std::string word; std::getline(stream, word, separator);)
    if (!word.empty()) words.push_back(word);
  return words;
}

template <class Choice>
Result<Choice> choose(const Args& args, const char* option,
                      std::initializer_list<std::pair<const char*, Choice>> choices) {
  const std::string typed = args.text(option);
  std::vector<std::string> names;
  for (const auto& [word, choice] : choices) {
    if (typed == word) return choice;
    names.emplace_back(word);
  }
  return fail(ErrorKind::usage, "--{} '{}' is none of {}", option, typed, fmt::join(names, ", "));
}

/// Cuts bytes that hold all inputs one after the other.
Result<std::vector<Bytes>> cut(const Graph& graph, std::span<const std::byte> bytes) {
  std::vector<Bytes> inputs;
  int64_t needed = 0;
  for (const TensorId id : graph.inputs()) needed += graph.tensor(id).bytes();
  if (static_cast<int64_t>(bytes.size()) != needed)
    return fail(ErrorKind::input, "has {} bytes, the model's inputs need {}", bytes.size(), needed);
  for (const TensorId id : graph.inputs()) {
    const auto size = static_cast<size_t>(graph.tensor(id).bytes());
    inputs.emplace_back(bytes.begin(), bytes.begin() + static_cast<int64_t>(size));
    bytes = bytes.subspan(size);
  }
  return inputs;
}

/// How an array of another type becomes one of the tensor's: ": save it with .astype(np.float32)".
std::string way_to(const std::string& descr, const Tensor& tensor) {
  const bool real = descr.size() == 3 && descr[1] == 'f';
  if (tensor.dtype == Dtype::f32) return ": save it with .astype(np.float32)";
  if (!real || tensor.quant.scale.size() != 1) return "";
  return fmt::format(": round(x / {:.9g}) + {}, then .astype(np.{})", tensor.quant.scale[0],
                     tensor.quant.zero_point.empty() ? 0 : tensor.quant.zero_point[0],
                     tensor.dtype == Dtype::u8    ? "uint8"
                     : tensor.dtype == Dtype::s16 ? "int16"
                                                  : "int8");
}

Result<std::vector<Bytes>> match(const Graph& graph, std::vector<NpyArray> arrays) {
  if (arrays.size() != graph.inputs().size())
    return fail(ErrorKind::input, "has {} arrays, the model has {} inputs", arrays.size(),
                graph.inputs().size());
  // By name if the archive has the inputs' names, else by position; nothing in between.
  const auto find = [&](const std::string& wanted) {
    return std::ranges::find(arrays, wanted, &NpyArray::name);
  };
  size_t named = 0;
  for (const TensorId id : graph.inputs()) named += find(graph.tensor(id).name) != arrays.end();
  if (named != 0 && named != arrays.size())
    return fail(ErrorKind::input, "names {} of the model's {} inputs; name all or none", named,
                arrays.size());
  std::vector<Bytes> inputs;
  for (size_t i = 0; i < arrays.size(); ++i) {
    const Tensor& tensor = graph.tensor(graph.inputs()[i]);
    const NpyArray& array = named != 0 ? *find(tensor.name) : arrays[i];
    const std::string wanted = npy_descr(tensor.dtype);
    if (array.descr != wanted)
      return fail(ErrorKind::input, "array {} is of type '{}', input '{}' needs '{}'{}", i,
                  array.descr, tensor.name, wanted, way_to(array.descr, tensor));
    if (static_cast<int64_t>(array.bytes.size()) != tensor.bytes())
      return fail(ErrorKind::input, "array {} has {} bytes, input '{}' ({}) needs {}", i,
                  array.bytes.size(), tensor.name, text(tensor.shape), tensor.bytes());
    TRY_STATUS(check_axes(array.shape, tensor));
    inputs.push_back(array.bytes);
  }
  return inputs;
}

}  // namespace

Result<std::vector<std::byte>> read_named(const std::string& file) {
  Result<std::vector<std::byte>> bytes = read_file(file);
  if (!bytes && bytes.error().what.starts_with(file + ": "))
    bytes.error().what.erase(0, file.size() + 2);
  return bytes;
}

Status check_axes(std::span<const int64_t> array, const Tensor& tensor) {
  std::vector<int64_t> given, wanted;
  const auto is_long = [](int64_t extent) { return extent != 1; };
  std::ranges::copy_if(array, std::back_inserter(given), is_long);
  std::ranges::copy_if(tensor.shape.dims, std::back_inserter(wanted), is_long);
  if (given.size() < 2 || given == wanted) return {};
  return fail(ErrorKind::input, "the array is {}, input '{}' is {}; transpose it",
              fmt::join(array, "x"), tensor.name, text(tensor.shape));
}

Result<std::vector<Bytes>> read_input(const Graph& graph, const std::string& file,
                                      Terminal* terminal) {
  const std::vector<std::byte> bytes = TRY(read_named(file));
  if (file.ends_with(".npz")) {
    std::vector<NpyArray> arrays = TRY(read_npz(bytes));
    if (terminal && arrays.size() == 1 && graph.inputs().size() == 1 &&
        arrays[0].name != graph.tensor(graph.inputs()[0]).name)
      terminal->progress << fmt::format("assay: input {}: array '{}' is taken for input '{}'\n",
                                        file, printable(arrays[0].name, true),
                                        graph.tensor(graph.inputs()[0]).name);
    return match(graph, std::move(arrays));
  }
  if (file.ends_with(".npy")) {
    std::vector<NpyArray> one;
    one.push_back(TRY(read_npy(bytes)));
    return match(graph, std::move(one));
  }
  return cut(graph, bytes);
}

namespace {

/// "1x96x96x3".
Result<Shape> shape_of(const std::string& text) {
  Shape shape;
  for (const std::string& part : split(text, 'x')) {
    int32_t extent = 0;
    const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), extent);
    if (error != std::errc() || end != part.data() + part.size() || extent < 1)
      return fail(ErrorKind::usage, "'{}' is not a shape; one is 1x96x96x3", text);
    shape.dims.push_back(extent);
  }
  if (shape.dims.empty())
    return fail(ErrorKind::usage, "'{}' is not a shape; one is 1x96x96x3", text);
  return shape;
}

}  // namespace

Result<Graph> model_of(const Args& args, const std::string& file, Terminal& terminal) {
  ImportOptions options;
  options.signature = args.text("signature");
  for (const std::string& wish : args.texts("shape")) {
    // A name may hold '=' and ':'; a shape holds neither.
    const size_t at = wish.rfind('=');
    const std::string input = at == std::string::npos ? "" : wish.substr(0, at);
    const std::string shape = at == std::string::npos ? wish : wish.substr(at + 1);
    options.shapes[input] = TRY(in(shape_of(shape), "--shape {}", wish));
  }
  Graph graph = TRY(load_model(std::filesystem::path(file), std::move(options)));
  if (!args.has("quantize")) {
    for (const char* option : {"calibrate", "clip"})
      if (args.typed(option)) return fail(ErrorKind::usage, "--{} is for --quantize int8", option);
    return graph;
  }
  TRY_STATUS(require_supported(graph, terminal));
  graph = TRY(in(quantised(args, std::move(graph)), "model {}", file));
  terminal.progress << graph.notes().back() << "\n";
  return graph;
}

Result<std::vector<Target>> targets_of(const Args& args) {
  std::vector<std::string> names = split(args.text("on"));
  if (names == std::vector<std::string>{"all"}) names = target_names();
  if (std::ranges::find(names, "all") != names.end() && names.size() != target_names().size())
    return fail(ErrorKind::usage, "--on {}: all is every shipped target; give it alone",
                args.text("on"));
  if (names.empty())
    return fail(ErrorKind::usage, "--on names no target   (assay targets lists {})",
                target_names().size());
  std::vector<Target> targets;
  for (const std::string& each : names) {
    Target target = TRY(load_target(each));
    if (std::ranges::find(targets, target.name, &Target::name) != targets.end())
      return fail(ErrorKind::usage, "--on names {} twice", target.name);
    targets.push_back(std::move(target));
  }
  return targets;
}

Result<Optimize> optimize_of(const Args& args) {
  return choose<Optimize>(
      args, "optimize",
      {{"size", Optimize::size}, {"balanced", Optimize::balanced}, {"speed", Optimize::speed}});
}

Result<Semantics> semantics_of(const Args& args) {
  return choose<Semantics>(args, "semantics",
                           {{"tflm", Semantics::tflm}, {"litert", Semantics::litert}});
}

std::string_view name(Semantics semantics) {
  return semantics == Semantics::tflm ? "tflm" : "litert";
}

namespace {

/// What a reader of the result must know about a file's values.
void note_input(const Graph& graph, const std::string& file, const std::vector<Bytes>& inputs,
                Terminal& terminal) {
  for (size_t i = 0; i < inputs.size(); ++i) {
    const Tensor& tensor = graph.tensor(graph.inputs()[i]);
    if (tensor.dtype != Dtype::f32) continue;
    size_t nans = 0;
    for (size_t at = 0; at + sizeof(float) <= inputs[i].size(); at += sizeof(float)) {
      float value = 0;
      std::memcpy(&value, &inputs[i][at], sizeof value);
      nans += std::isnan(value);
    }
    if (nans > 0)
      terminal.progress << fmt::format("assay: input {}: '{}' has {} NaN of {} values\n", file,
                                       tensor.name, nans, inputs[i].size() / sizeof(float));
  }
}

}  // namespace

Result<std::vector<std::vector<Bytes>>> inputs_of(const Args& args, const Graph& graph,
                                                  Terminal& terminal) {
  std::vector<std::vector<Bytes>> runs;
  for (const std::string& file : args.texts("input")) {
    runs.push_back(TRY(in(read_input(graph, file, &terminal), "input {}", file)));
    note_input(graph, file, runs.back(), terminal);
  }
  for (const char* option : {"inputs", "seed"})
    if (!runs.empty() && args.typed(option))
      return fail(ErrorKind::usage, "--{} is of made-up inputs; with --input each file is one",
                  option);
  if (!runs.empty()) return runs;
  const int64_t seed = TRY(args.integer("seed", 0, (INT64_C(1) << 32) - 1));
  const int64_t count = args.has("inputs") ? TRY(args.integer("inputs", 1, 10000)) : 1;
  for (int64_t i = 0; i < count; ++i)
    runs.push_back(seeded_inputs(graph, static_cast<uint64_t>(seed + i)));
  return runs;
}

std::string obstacle_text(const Unsupported& obstacle) {
  const std::string where = obstacle.node < 0 ? "model" : fmt::format("node {}", obstacle.node);
  std::string text = fmt::format("  {:<9} {:<24} {}\n", where, obstacle.op, obstacle.reason);
  const std::string_view advice = remedy(obstacle);
  if (!advice.empty()) text += fmt::format("  {:<9} {:<24}   -> {}\n", "", "", advice);
  return text;
}

Status require_supported(const Graph& graph, Terminal& terminal) {
  const std::vector<Unsupported> reasons = unsupported(graph);
  if (reasons.empty()) return {};
  for (const Unsupported& each : reasons) terminal.progress << obstacle_text(each);
  return fail(ErrorKind::unsupported,
              "model {}: {} obstacle{}, listed above; it cannot be run here   (assay operators "
              "lists what can)",
              graph.name(), reasons.size(), reasons.size() == 1 ? "" : "s");
}

std::vector<std::string> npz_names(const Graph& graph, const std::vector<TensorId>& ids) {
  std::vector<std::string> names;
  std::set<std::string> taken;
  for (const TensorId id : ids) {
    std::string entry = graph.tensor(id).name.substr(0, kLongestEntry);
    for (char& c : entry)  // a ZIP entry is a path, and UTF-8
      if (c == '/' || c == '\\' || static_cast<unsigned char>(c) < 32 ||
          static_cast<unsigned char>(c) > 126)
        c = '_';
    if (entry.empty() || taken.contains(entry)) entry += fmt::format("tensor_{}", id);
    taken.insert(entry);
    names.push_back(entry);
  }
  return names;
}

std::string npy_descr(Dtype dtype) {
  switch (dtype) {
    case Dtype::f16:
      return "<f2";
    case Dtype::f32:
      return "<f4";
    case Dtype::f64:
      return "<f8";
    case Dtype::s8:
      return "|i1";
    case Dtype::u8:
      return "|u1";
    case Dtype::s16:
      return "<i2";
    case Dtype::u16:
      return "<u2";
    case Dtype::s32:
      return "<i4";
    case Dtype::u32:
      return "<u4";
    case Dtype::s64:
      return "<i8";
    case Dtype::u64:
      return "<u8";
    case Dtype::boolean:
      return "|b1";
    default:
      return "|u1";
  }
}

Status write_output(const std::string& file, std::string_view text, Terminal& terminal) {
  if (file != "-") return write_text(file, text);
  terminal.out << text;
  return {};
}

}  // namespace assay
