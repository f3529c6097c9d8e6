// JSON and UBJSON by nlohmann::ordered_json: parse errors carry line and column, output is
// deterministic.
#include "util/json.h"

#include <nlohmann/json.hpp>

#include <cmath>

#include "util/ubjson.h"

namespace assay {

using Tree = nlohmann::ordered_json;

struct Json::Value {
  Tree tree;
};

namespace {

constexpr int kMaxDepth = 64;  // the library recurses when it destroys

bool nests_too_deep(std::string_view text) {
  int depth = 0;
  bool in_string = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string && c == '\\')
      ++i;
    else if (c == '"')
      in_string = !in_string;
    else if (!in_string && (c == '[' || c == '{')) {
      if (++depth > kMaxDepth) return true;
    } else if (!in_string && (c == ']' || c == '}'))
      --depth;
  }
  return false;
}

/// A first reading of UBJSON that keeps nothing: stops what nests too deep, and lists of values
/// without bytes ("10^9 times null"), of which a few bytes could claim any number.
struct Bounded : nlohmann::json_sax<Tree> {
  explicit Bounded(size_t bytes) : left(static_cast<int64_t>(bytes)) {}
  int depth = 0;
  int64_t left;
  std::string trouble;

  bool count() {
    if (--left < 0 && trouble.empty()) trouble = "it claims more values than it has bytes";
    return left >= 0;
  }
  bool open() {
    if (++depth > kMaxDepth) trouble = "it is nested too deep";
    return depth <= kMaxDepth && count();
  }
  bool close() {
    --depth;
    return true;
  }
  bool null() override { return count(); }
  bool boolean(bool) override { return count(); }
  bool number_integer(number_integer_t) override { return count(); }
  bool number_unsigned(number_unsigned_t) override { return count(); }
  bool number_float(number_float_t, const string_t&) override { return count(); }
  bool string(string_t&) override { return count(); }
  bool binary(binary_t&) override { return count(); }
  bool key(string_t&) override { return true; }
  bool start_object(size_t) override { return open(); }
  bool end_object() override { return close(); }
  bool start_array(size_t) override { return open(); }
  bool end_array() override { return close(); }
  bool parse_error(size_t at, const std::string&, const nlohmann::detail::exception&) override {
    if (trouble.empty()) trouble = "it is cut off or damaged at byte " + std::to_string(at);
    return false;
  }
};

}  // namespace

Result<Json> parse_ubjson(std::span<const std::byte> bytes) {
  const auto* begin = reinterpret_cast<const uint8_t*>(bytes.data());
  Bounded bounded(bytes.size());
  if (!Tree::sax_parse(begin, begin + bytes.size(), &bounded, Tree::input_format_t::ubjson) ||
      !bounded.trouble.empty())
    return fail(ErrorKind::input, "no valid UBJSON: {}", bounded.trouble);
  // Through text, so that there is one way to make a Json.
  return Json::parse(Tree::from_ubjson(begin, begin + bytes.size())
                         .dump(-1, ' ', false, Tree::error_handler_t::replace));
}

Json::Json(std::unique_ptr<Value> value) : value_(std::move(value)) {}
Json::Json(std::string_view value) : value_(new Value{Tree(std::string(value))}) {}
Json::Json(const char* value) : value_(new Value{Tree(value)}) {}
Json::Json(const std::string& value) : value_(new Value{Tree(value)}) {}
Json::Json(int64_t value) : value_(new Value{Tree(value)}) {}
Json::Json(int value) : value_(new Value{Tree(value)}) {}
Json::Json(size_t value) : value_(new Value{Tree(value)}) {}
Json::Json(bool value) : value_(new Value{Tree(value)}) {}
Json::Json(std::nullptr_t) : value_(new Value{Tree(nullptr)}) {}
Json::Json(double value) : value_(new Value) {
  constexpr double kExact = 9007199254740992.0;  // 2^53
  if (!std::isfinite(value))
    value_->tree = nullptr;
  else if (value == std::floor(value) && std::abs(value) < kExact)
    value_->tree = static_cast<int64_t>(value);
  else
    value_->tree = value;
}
Json::Json(const Json& other) : value_(new Value(*other.value_)) {}
Json::Json(Json&&) noexcept = default;
Json& Json::operator=(Json other) {
  std::swap(value_, other.value_);
  return *this;
}
Json::~Json() = default;

Json Json::object() { return Json(std::unique_ptr<Value>(new Value{Tree::object()})); }
Json Json::array() { return Json(std::unique_ptr<Value>(new Value{Tree::array()})); }

Result<Json> Json::parse(std::string_view text) {
  if (nests_too_deep(text))
    return fail(ErrorKind::input, "JSON is nested more than {} deep", kMaxDepth);
  try {
    return Json(std::unique_ptr<Value>(new Value{Tree::parse(text)}));
  } catch (const Tree::exception& error) {
    // "[json.exception.parse_error.101] parse error at line 1, column 2: ..." without its id
    const std::string what = error.what();
    const size_t id_end = what.find("] ");
    return fail(ErrorKind::input, "no valid JSON: {}",
                id_end == std::string::npos ? what : what.substr(id_end + 2));
  }
}

Json& Json::set(std::string_view key, Json value) {
  value_->tree[std::string(key)] = std::move(value.value_->tree);
  return *this;
}
Json& Json::push(Json value) {
  value_->tree.push_back(std::move(value.value_->tree));
  return *this;
}

bool Json::is_object() const { return value_->tree.is_object(); }
bool Json::is_array() const { return value_->tree.is_array(); }
bool Json::is_string() const { return value_->tree.is_string(); }
bool Json::is_number() const { return value_->tree.is_number(); }
bool Json::is_null() const { return value_->tree.is_null(); }
bool Json::has(std::string_view key) const {
  return is_object() && value_->tree.contains(std::string(key));
}
size_t Json::size() const { return value_->tree.size(); }

std::vector<std::string> Json::keys() const {
  std::vector<std::string> names;
  if (is_object())
    for (const auto& [key, value] : value_->tree.items()) names.push_back(key);
  return names;
}

Json Json::at(std::string_view key) const {
  if (!has(key)) return nullptr;
  return Json(std::unique_ptr<Value>(new Value{value_->tree.at(std::string(key))}));
}
Json Json::at(size_t index) const {
  if (!is_array() || index >= value_->tree.size()) return nullptr;
  return Json(std::unique_ptr<Value>(new Value{value_->tree.at(index)}));
}

std::string Json::text() const { return is_string() ? value_->tree.get<std::string>() : ""; }
double Json::number() const { return is_number() ? value_->tree.get<double>() : 0; }
bool Json::truth() const { return value_->tree.is_boolean() && value_->tree.get<bool>(); }

std::string Json::dump() const {
  return value_->tree.dump(2, ' ', false, Tree::error_handler_t::replace) + "\n";
}

std::string Json::line() const {
  return value_->tree.dump(-1, ' ', false, Tree::error_handler_t::replace);
}

}  // namespace assay
