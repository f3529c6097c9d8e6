// JSON values, in the order they are set. Over nlohmann::ordered_json, which only json.cc sees.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "util/result.h"

namespace assay {

class Json {
 public:
  static Json object();
  static Json array();
  /// Error: input, with line and column. Depth is limited.
  static Result<Json> parse(std::string_view text);

  Json(std::string_view value);  // NOLINT: implicit on purpose, so that set("a", "b") reads well
  Json(const char* value);
  Json(const std::string& value);
  Json(int64_t value);
  Json(int value);
  Json(size_t value);
  Json(double value);  ///< integral values below 2^53 are written without a point
  Json(bool value);
  Json(std::nullptr_t);
  Json(const Json&);
  Json(Json&&) noexcept;
  Json& operator=(Json);
  ~Json();

  Json& set(std::string_view key, Json value);  ///< of an object; returns *this
  Json& push(Json value);                       ///< of an array; returns *this

  bool is_object() const;
  bool is_array() const;
  bool is_string() const;
  bool is_number() const;
  bool is_null() const;
  bool has(std::string_view key) const;
  std::vector<std::string> keys() const;
  size_t size() const;
  Json at(std::string_view key) const;  ///< null if it is not there
  Json at(size_t index) const;
  std::string text() const;  ///< "" if it is no string
  double number() const;     ///< 0 if it is no number
  bool truth() const;

  /// With two spaces of indentation and a final newline; invalid UTF-8 is replaced.
  std::string dump() const;
  /// The same in one line without spaces.
  std::string line() const;

 private:
  struct Value;
  explicit Json(std::unique_ptr<Value> value);
  std::unique_ptr<Value> value_;
};

}  // namespace assay
