// A node's attributes: a small map from name to value, the same for every model format.
// Enumerations of the formats arrive as words ("same", "relu6"), so that operators read alike.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace assay {

using Attr = std::variant<int64_t, double, std::string, std::vector<int64_t>>;

class Attrs {
 public:
  void set(std::string name, Attr value) { values_[std::move(name)] = std::move(value); }

  /// The attribute, or `otherwise` when the file does not have it.
  int64_t integer(std::string_view name, int64_t otherwise) const {
    return get<int64_t>(name, otherwise);
  }
  double real(std::string_view name, double otherwise) const {
    return get<double>(name, otherwise);
  }
  std::string word(std::string_view name, std::string otherwise) const {
    return get<std::string>(name, std::move(otherwise));
  }
  std::vector<int64_t> integers(std::string_view name) const {
    return get<std::vector<int64_t>>(name, {});
  }

  auto begin() const { return values_.begin(); }
  auto end() const { return values_.end(); }
  bool empty() const { return values_.empty(); }

 private:
  template <class T>
  T get(std::string_view name, T otherwise) const {
    const auto found = values_.find(name);
    if (found == values_.end()) return otherwise;
    const T* value = std::get_if<T>(&found->second);
    return value ? *value : otherwise;
  }

  std::map<std::string, Attr, std::less<>> values_;
};

}  // namespace assay
