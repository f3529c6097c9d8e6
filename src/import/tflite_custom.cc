// Options of custom operators: a FlexBuffers map from names to numbers
// (https://flatbuffers.dev/internals, "FlexBuffers"), proved to lie inside its bytes by the library
// before it is read. Not handled: nested maps, vectors.
#include "import/tflite_custom.h"

#include <flatbuffers/flexbuffers.h>

#include <cmath>

namespace assay {
namespace {

Result<Attr> read_value(const flexbuffers::Reference& value, const TfliteField& field) {
  if (value.IsNull()) {
    if (field.kind == TfliteField::float32) return Attr(field.otherwise);
    return Attr(static_cast<int64_t>(field.otherwise));
  }
  if (!value.IsNumeric() && !value.IsBool()) return fail(ErrorKind::input, "is not a number");
  if (field.kind != TfliteField::float32) return Attr(int64_t{value.AsInt32()});
  if (!std::isfinite(value.AsFloat())) return fail(ErrorKind::input, "is not a finite number");
  return Attr(double{value.AsFloat()});
}

}  // namespace

Result<Attrs> read_custom_options(std::span<const uint8_t> bytes,
                                  const std::vector<TfliteField>& fields) {
  flexbuffers::Map map = flexbuffers::Map::EmptyMap();
  if (!bytes.empty()) {
    if (bytes.size() < 3 || !flexbuffers::VerifyBuffer(bytes.data(), bytes.size()))
      return fail(ErrorKind::input, "its options are damaged");
    map = flexbuffers::GetRoot(bytes.data(), bytes.size()).AsMap();
  }
  Attrs attrs;
  for (const TfliteField& field : fields)
    attrs.set(std::string(field.attr),
              TRY(in(read_value(map[std::string(field.attr)], field), "{}", field.attr)));
  return attrs;
}

}  // namespace assay
