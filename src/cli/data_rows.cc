// Rows of data for a model of one input: a .csv of numbers, or an array whose rows are inputs.
//
// CSV here is numbers between commas or semicolons, a line a row; a first line that is not numbers
// holds names. No quotes: what needs them is no number.
#include <charconv>
#include <cstring>
#include <limits>

#include "cli/common.h"
#include "util/files.h"
#include "util/npy.h"

namespace assay {
namespace {

constexpr size_t kMostRows = 1'000'000;

Result<float> field(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t");
  if (begin == text.npos) return std::numeric_limits<float>::quiet_NaN();
  text = text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
  float value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size())
    return fail(ErrorKind::input, "'{}' is no number", text.substr(0, 40));
  return value;
}

Result<std::vector<float>> fields(std::string_view line) {
  std::vector<float> values;
  const char delimiter = line.find(';') != line.npos ? ';' : ',';
  for (size_t at = 0; at <= line.size();) {
    const size_t end = std::min(line.find(delimiter, at), line.size());
    values.push_back(TRY(field(line.substr(at, end - at))));
    at = end + 1;
  }
  return values;
}

Bytes bytes_of(const std::vector<float>& values) {
  const auto bytes = std::as_bytes(std::span(values));
  return {bytes.begin(), bytes.end()};
}

Result<std::vector<Bytes>> csv_rows(std::string_view text, size_t columns) {
  std::vector<Bytes> rows;
  for (int64_t line = 1; !text.empty(); ++line) {
    const size_t end = std::min(text.find('\n'), text.size());
    std::string_view one = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (one.ends_with('\r')) one.remove_suffix(1);
    if (one.empty()) continue;
    Result<std::vector<float>> values = fields(one);
    if (!values && line == 1) continue;  // names
    if (!values)
      return in(Result<std::vector<Bytes>>(std::unexpected(values.error())), "line {}", line);
    if (values->size() != columns)
      return fail(ErrorKind::input, "line {}: {} numbers, the model takes {}", line, values->size(),
                  columns);
    rows.push_back(bytes_of(*values));
  }
  return rows;
}

Result<std::vector<Bytes>> array_rows(const NpyArray& array, const Tensor& tensor) {
  if (array.descr != npy_descr(tensor.dtype))
    return fail(ErrorKind::input, "the array is of type '{}', input '{}' needs '{}'", array.descr,
                tensor.name, npy_descr(tensor.dtype));
  const auto each = static_cast<size_t>(tensor.bytes());
  if (array.shape.empty() || array.shape[0] < 1 || each == 0 ||
      array.bytes.size() != static_cast<size_t>(array.shape[0]) * each)
    return fail(ErrorKind::input, "{} bytes in {} rows, input '{}' ({}) needs {} bytes a row",
                array.bytes.size(), array.shape.empty() ? 0 : array.shape[0], tensor.name,
                text(tensor.shape), each);
  TRY_STATUS(check_axes(std::span(array.shape).subspan(1), tensor));
  std::vector<Bytes> rows;
  for (size_t at = 0; at < array.bytes.size(); at += each)
    rows.emplace_back(array.bytes.begin() + static_cast<int64_t>(at),
                      array.bytes.begin() + static_cast<int64_t>(at + each));
  return rows;
}

Result<std::vector<Bytes>> read_rows(const std::string& file, const Tensor& tensor) {
  const std::vector<std::byte> bytes = TRY(read_named(file));
  if (file.ends_with(".npy")) return array_rows(TRY(read_npy(bytes)), tensor);
  if (file.ends_with(".npz")) {
    const std::vector<NpyArray> arrays = TRY(read_npz(bytes));
    if (arrays.size() != 1)
      return fail(ErrorKind::input, "has {} arrays, need one of rows", arrays.size());
    return array_rows(arrays[0], tensor);
  }
  if (!file.ends_with(".csv"))
    return fail(ErrorKind::input, "neither .csv nor .npy nor .npz by its name");
  if (tensor.dtype != Dtype::f32)
    return fail(ErrorKind::input, "input '{}' is of {}; only f32 is read from .csv", tensor.name,
                name(tensor.dtype));
  return csv_rows({reinterpret_cast<const char*>(bytes.data()), bytes.size()},
                  static_cast<size_t>(tensor.shape.elements()));
}

}  // namespace

Result<std::vector<std::vector<Bytes>>> data_rows(const std::string& file, const Graph& graph) {
  if (graph.inputs().size() != 1)
    return fail(ErrorKind::input, "the model has {} inputs, rows are of one",
                graph.inputs().size());
  const std::vector<Bytes> rows = TRY(read_rows(file, graph.tensor(graph.inputs()[0])));
  if (rows.empty()) return fail(ErrorKind::input, "holds no rows");
  if (rows.size() > kMostRows)
    return fail(ErrorKind::input, "{} rows, at most {}", rows.size(), kMostRows);
  std::vector<std::vector<Bytes>> inferences;
  for (const Bytes& row : rows) inferences.push_back({row});
  return inferences;
}

}  // namespace assay
