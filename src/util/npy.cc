// NumPy's array files. The header is a Python literal of three known keys; only that much of Python
// is read. Source: NumPy Enhancement Proposal 1, "A Simple File Format for NumPy Arrays".
#include "util/npy.h"

#include <zip.h>

#include <charconv>
#include <cstring>
#include <memory>

#include "util/files.h"

namespace assay {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr int64_t kMaxBytes = int64_t{1} << 30;

/// What follows `'key':` in the header, blanks skipped.
std::string_view after_key(std::string_view header, std::string_view key) {
  const size_t at = header.find(fmt::format("'{}'", key));
  if (at == std::string_view::npos) return {};
  const size_t begin = header.find_first_not_of(" :", at + key.size() + 2);
  return begin == std::string_view::npos ? std::string_view() : header.substr(begin);
}

Result<std::vector<int64_t>> read_shape(std::string_view text) {
  if (!text.starts_with("(")) return fail(ErrorKind::input, "the .npy header has no shape");
  std::vector<int64_t> shape;
  text.remove_prefix(1);
  while (!text.empty() && text[0] != ')') {
    int64_t extent = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), extent);
    if (error != std::errc() || extent < 0 || shape.size() >= 32)
      return fail(ErrorKind::input, "the .npy header has a malformed shape");
    shape.push_back(extent);
    text.remove_prefix(static_cast<size_t>(end - text.data()));
    text.remove_prefix(std::min(text.find_first_not_of(", "), text.size()));
  }
  return shape;
}

Result<int64_t> byte_size(const NpyArray& array) {
  int64_t size = 0;
  const std::string& descr = array.descr;
  if (descr.size() >= 3) std::from_chars(descr.data() + 2, descr.data() + descr.size(), size);
  if (size < 1 || size > 16 || descr[0] == '>' ||
      std::string_view("iufb").find(descr[1]) == std::string_view::npos)
    return fail(ErrorKind::input, "arrays of type '{}' cannot be used", descr);
  for (const int64_t extent : array.shape) {
    if (extent != 0 && size > kMaxBytes / extent)
      return fail(ErrorKind::input, "the array is larger than 1 GB");
    size *= extent;
  }
  return size;
}

}  // namespace

Result<NpyArray> read_npy(std::span<const std::byte> file) {
  const std::string_view text(reinterpret_cast<const char*>(file.data()), file.size());
  if (!text.starts_with(kMagic) || text.size() < 12) return fail(ErrorKind::input, "no .npy file");
  const bool long_header = text[6] >= 2;
  const size_t prefix = long_header ? 12 : 10;
  uint32_t header_bytes = 0;
  std::memcpy(&header_bytes, text.data() + 8, long_header ? 4 : 2);
  if (header_bytes > text.size() - prefix)
    return fail(ErrorKind::input, "the .npy header is cut short");
  const std::string_view header = text.substr(prefix, header_bytes);
  NpyArray array;
  const std::string_view descr = after_key(header, "descr");
  if (descr.size() < 2 || descr[0] != '\'' || descr.find('\'', 1) == std::string_view::npos)
    return fail(ErrorKind::input, "the .npy header has no simple type");
  array.descr = descr.substr(1, descr.find('\'', 1) - 1);
  array.shape = TRY(read_shape(after_key(header, "shape")));
  if (after_key(header, "fortran_order").starts_with("True") && array.shape.size() > 1)
    return fail(ErrorKind::input,
                "the array is in Fortran order; save it with numpy.ascontiguousarray");
  const int64_t bytes = TRY(byte_size(array));
  const auto data = file.subspan(prefix + header_bytes);
  if (static_cast<int64_t>(data.size()) != bytes)
    return fail(ErrorKind::input, "the .npy file has {} bytes of data, its shape needs {}",
                data.size(), bytes);
  array.bytes.assign(data.begin(), data.end());
  return array;
}

std::vector<std::byte> write_npy(const NpyArray& array) {
  std::string shape;
  for (const int64_t extent : array.shape) shape += fmt::format("{}, ", extent);
  if (array.shape.size() > 1)
    shape.resize(shape.size() - 2);
  else if (!shape.empty())
    shape.resize(shape.size() - 1);
  std::string header =
      fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}), }}", array.descr, shape);
  header.resize((kMagic.size() + 4 + header.size() + 1 + 63) / 64 * 64 - kMagic.size() - 4 - 1,
                ' ');
  header += '\n';
  std::string text = std::string(kMagic) + '\x01' + '\x00';
  text += static_cast<char>(header.size() & 255);
  text += static_cast<char>(header.size() >> 8);
  text += header;
  std::vector<std::byte> file(text.size() + array.bytes.size());
  std::memcpy(file.data(), text.data(), text.size());
  if (!array.bytes.empty())
    std::memcpy(file.data() + text.size(), array.bytes.data(), array.bytes.size());
  return file;
}

Result<std::vector<NpyArray>> read_npz(std::span<const std::byte> file) {
  zip_source_t* source = zip_source_buffer_create(file.data(), file.size(), 0, nullptr);
  const std::unique_ptr<zip_t, void (*)(zip_t*)> zip(
      source ? zip_open_from_source(source, ZIP_RDONLY, nullptr) : nullptr,
      [](zip_t* z) { zip_discard(z); });
  if (!zip) {
    if (source) zip_source_free(source);
    return fail(ErrorKind::input, "no .npz file (it is no ZIP archive)");
  }
  std::vector<NpyArray> arrays;
  int64_t total = 0;
  for (zip_int64_t i = 0; i < zip_get_num_entries(zip.get(), 0); ++i) {
    zip_stat_t info;
    if (zip_stat_index(zip.get(), static_cast<zip_uint64_t>(i), 0, &info) != 0 ||
        !(info.valid & ZIP_STAT_SIZE))
      return fail(ErrorKind::input, "entry {} of the .npz cannot be read", i);
    if (info.size > static_cast<zip_uint64_t>(kMaxBytes) ||
        (total += static_cast<int64_t>(info.size)) > kMaxBytes)
      return fail(ErrorKind::input, "the .npz holds more than 1 GB");
    const std::unique_ptr<zip_file_t, int (*)(zip_file_t*)> entry(
        zip_fopen_index(zip.get(), static_cast<zip_uint64_t>(i), 0), zip_fclose);
    std::vector<std::byte> bytes(info.size);
    if (!entry ||
        zip_fread(entry.get(), bytes.data(), info.size) != static_cast<zip_int64_t>(info.size))
      return fail(ErrorKind::input, "entry '{}' of the .npz is damaged", info.name);
    NpyArray array = TRY(in(read_npy(bytes), "entry '{}'", info.name));
    array.name = info.name;
    if (array.name.ends_with(".npy")) array.name.resize(array.name.size() - 4);
    arrays.push_back(std::move(array));
  }
  return arrays;
}

Status write_npz(const std::filesystem::path& file, std::span<const NpyArray> arrays) {
  zip_source_t* memory = zip_source_buffer_create(nullptr, 0, 0, nullptr);
  zip_t* zip = memory ? zip_open_from_source(memory, ZIP_TRUNCATE, nullptr) : nullptr;
  if (!zip) return fail(ErrorKind::environment, "{}: cannot make a ZIP archive", file.string());
  zip_source_keep(memory);
  std::vector<std::vector<std::byte>> files;  // libzip reads them when the archive closes
  for (const NpyArray& array : arrays) files.push_back(write_npy(array));
  bool fine = true;
  for (size_t i = 0; i < arrays.size() && fine; ++i) {
    zip_source_t* entry = zip_source_buffer(zip, files[i].data(), files[i].size(), 0);
    const zip_int64_t at =
        zip_file_add(zip, (arrays[i].name + ".npy").c_str(), entry, ZIP_FL_ENC_UTF_8);
    if (at < 0) zip_source_free(entry);
    fine = at >= 0 &&
           zip_file_set_dostime(zip, static_cast<zip_uint64_t>(at), 0, (1 << 5) | 1, 0) == 0;
  }
  fine = zip_close(zip) == 0 && fine;
  zip_stat_t info;
  std::vector<std::byte> bytes;
  if (fine && zip_source_stat(memory, &info) == 0 && zip_source_open(memory) == 0) {
    bytes.resize(info.size);
    fine = zip_source_read(memory, bytes.data(), info.size) == static_cast<zip_int64_t>(info.size);
    zip_source_close(memory);
  }
  zip_source_free(memory);
  if (!fine) return fail(ErrorKind::environment, "{}: cannot make a ZIP archive", file.string());
  return write_file(file, bytes);
}

}  // namespace assay
