// Collects the reasons in the order of `describe`, so that a page's footnotes are numbered the same
// every time and no figure without a value goes unmentioned, whether a section shows it or not.
#include "report/notes.h"

#include <fmt/format.h>

#include <algorithm>

namespace assay {
namespace {

std::string reason_of(const Figure& figure) {
  return figure.reason.empty() ? "not given" : figure.reason;
}

void replace_word(std::string& text, std::string_view word, std::string_view with) {
  const size_t at = text.find(word);
  if (at != std::string::npos) text.replace(at, word.size(), with);
}

}  // namespace

std::string title_of(std::string_view field) {
  constexpr std::string_view kUnits[] = {"_bytes", "_us", "_uj", "_uw", "_h", "_hz"};
  std::string title(field);
  for (const std::string_view unit : kUnits)
    if (title.ends_with(unit)) title.resize(title.size() - unit.size());
  std::ranges::replace(title, '_', ' ');
  if (title == "ram" || title == "static ram") replace_word(title, "ram", "RAM");
  if (title == "macs") return "MACs";
  return title;
}

void Notes::add(std::string_view field, const Figure& figure) {
  if (figure) return;
  const std::string reason = reason_of(figure);
  auto note = std::ranges::find(notes_, reason, &Note::reason);
  if (note == notes_.end())
    note = notes_.insert(notes_.end(), {reason, {}});
  else if (note->subjects.empty())
    return;  // a sentence, which speaks of all figures
  const std::string subject = title_of(field);
  if (std::ranges::find(note->subjects, subject) == note->subjects.end())
    note->subjects.push_back(subject);
}

void Notes::add(std::string_view sentence) {
  if (mark(sentence).empty()) notes_.push_back({std::string(sentence), {}});
}

std::string Notes::mark(const Figure& figure) const {
  return figure ? "" : mark(reason_of(figure));
}

std::string Notes::mark(std::string_view sentence) const {
  const auto note = std::ranges::find(notes_, sentence, &Note::reason);
  return note == notes_.end() ? "" : fmt::format("({})", note - notes_.begin() + 1);
}

std::vector<std::string> Notes::lines() const {
  std::vector<std::string> lines;
  for (const Note& note : notes_) {
    std::string line = fmt::format("({}) ", lines.size() + 1);
    if (!note.subjects.empty()) line += fmt::format("no {}: ", fmt::join(note.subjects, ", "));
    lines.push_back(line + note.reason);
  }
  return lines;
}

Notes notes_of(const Record& record) {
  Notes notes;
  describe(record, [&](std::string_view field, const auto& member, Unit, std::string_view) {
    if constexpr (std::is_same_v<std::remove_cvref_t<decltype(member)>, Figure>)
      notes.add(field, member);
  });
  const Notes of_record = notes;
  for (const LayerRecord& layer : record.layers)
    describe(layer, [&](std::string_view field, const auto& member, Unit, std::string_view) {
      if constexpr (std::is_same_v<std::remove_cvref_t<decltype(member)>, Figure>)
        if (of_record.mark(member).empty())
          notes.add(fmt::format("{} by layer", title_of(field)), member);
    });
  return notes;
}

}  // namespace assay
