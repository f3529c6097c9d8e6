// TOML read strictly: every key must be asked for, a misspelt one is an error with a suggestion,
// and every error names file and line. Over toml++, which only toml.cc sees.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "util/json.h"
#include "util/result.h"

namespace assay {

/// A table of a TOML file. Remembers which keys were asked for.
class Toml {
 public:
  /// Errors: input, "data/targets/x.toml:3: ...".
  static Result<Toml> parse(std::string_view text, std::string_view file);

  Toml(Toml&&) noexcept;
  Toml& operator=(Toml&&) noexcept;
  ~Toml();

  // Required keys; error if missing or of another type.
  Result<std::string> text(std::string_view key) const;
  Result<int64_t> integer(std::string_view key) const;
  Result<double> real(std::string_view key) const;  ///< accepts an integer
  Result<bool> boolean(std::string_view key) const;
  // Optional keys; `otherwise` if missing, error if of another type.
  Result<std::string> text(std::string_view key, std::string_view otherwise) const;
  Result<int64_t> integer(std::string_view key, int64_t otherwise) const;
  Result<double> real(std::string_view key, double otherwise) const;
  Result<bool> boolean(std::string_view key, bool otherwise) const;

  /// An array of strings; empty if missing.
  Result<std::vector<std::string>> texts(std::string_view key) const;

  /// An array of numbers, or one number alone; empty if missing.
  Result<std::vector<double>> reals(std::string_view key) const;

  enum class Kind { missing, text, number, table, other };
  Kind kind(std::string_view key) const;
  int line(std::string_view key) const;  ///< where a key stands; 0 if it does not
  bool has(std::string_view key) const;  ///< counts as asking for it
  std::vector<std::string> keys() const;
  /// A sub-table, which lives no longer than this one; error if missing.
  Result<Toml> table(std::string_view key) const;
  /// An array of tables ([[key]]); empty if missing.
  Result<std::vector<Toml>> tables(std::string_view key) const;

  /// Error if the table has a key that nothing asked for: "unknown key 'clok_hz'; did you mean
  /// clock_hz?"
  Status no_other_keys() const;
  /// An error at this table's place: "FILE:LINE: ...".
  Error error_at(std::string_view key, std::string what) const;

 private:
  struct State;
  explicit Toml(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// A JSON object as TOML. Keys come in alphabetical order, null members are left out.
std::string toml_text(const Json& object);

}  // namespace assay
