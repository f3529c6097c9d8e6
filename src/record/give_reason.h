// Why figures have no value, said to all of a row at once.
#pragma once

#include <string>
#include <type_traits>

#include "record/record.h"

namespace assay {

/// Every figure of a row that has neither value nor reason gets this reason.
template <class Row>
void give_reason(Row& row, const std::string& reason) {
  describe(row, [&](std::string_view, auto& member, Unit, std::string_view) {
    if constexpr (std::is_same_v<std::remove_reference_t<decltype(member)>, Figure>)
      if (!member && member.reason.empty()) member.reason = reason;
  });
}

}  // namespace assay
