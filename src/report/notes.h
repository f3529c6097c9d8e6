// Footnotes: why figures have no value. One number a reason, however many figures share it.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "record/record.h"

namespace assay {

class Notes {
 public:
  /// What the figure `field` ("energy_uj") lacks; its reason gets the next number if it is new.
  void add(std::string_view field, const Figure& figure);
  /// A footnote of another kind: "does not fit: flash overflows by 3 B".
  void add(std::string_view sentence);

  /// "(1)", or "" if there is no such note.
  std::string mark(const Figure& figure) const;
  std::string mark(std::string_view sentence) const;
  /// "(1) no energy: the target file has no run current".
  std::vector<std::string> lines() const;

 private:
  struct Note {
    std::string reason;
    std::vector<std::string> subjects;  ///< empty: `reason` is the whole sentence
  };
  std::vector<Note> notes_;
};

/// Of every figure of the record, and of its layers where they have reasons of their own.
Notes notes_of(const Record& record);

/// "energy_uj" -> "energy", "static_ram_bytes" -> "static RAM".
std::string title_of(std::string_view field);

}  // namespace assay
