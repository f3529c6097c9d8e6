// The header of a logged CSV, by its words: a title names a quantity ("Timestamp", "Current",
// "I", "Power") and a unit ("(ms)", "[uA]", "_mw", "in s"), in any case and order; the quantity may
// be left to the unit. Headers looked at: Nordic's Power Profiler ("Timestamp(ms),Current(uA),
// D0-D7": pc-nrfconnect-ppk, exportChartAction.ts), Joulescope ("#time,current,voltage,power,
// charge,energy": pyjoulescope_ui), Otii ("Arc Main Current (A)"), oscilloscopes (a row of names,
// then a row of units). A column whose unit is not given is taken to be in SI units, and said so.
//
// Not handled: several channels at once (the first of each quantity counts), energy counters.
#include "measure/power_columns.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <optional>

#include "util/quantity.h"
#include "util/text.h"

namespace assay {
namespace {

/// What one title says.
struct Title {
  std::string text;
  std::vector<std::string> words;  // lower case
  std::optional<UnitScale> unit;
  size_t unit_word = SIZE_MAX;  // which of them gave it
};

std::string_view trimmed(std::string_view text) {
  const auto space = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
  while (!text.empty() && space(text.front())) text.remove_prefix(1);
  while (!text.empty() && space(text.back())) text.remove_suffix(1);
  return text;
}

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || (static_cast<unsigned char>(c) & 0x80);
}

Title read_title(std::string_view text) {
  Title title{std::string(trimmed(text)), {}, {}, SIZE_MAX};
  for (size_t at = 0; at < title.text.size();) {
    size_t end = at;
    while (end < title.text.size() && is_word(title.text[end])) ++end;
    if (end > at) {
      const std::string_view word = std::string_view(title.text).substr(at, end - at);
      // The last unit counts: "Time (s)", "v_bus_mV". A lone first letter is a name: "I", "V (mV)".
      if (const auto unit = find_unit(word); unit && (at > 0 || word.size() > 1)) {
        title.unit = unit;
        title.unit_word = title.words.size();
      }
      std::string& lower = title.words.emplace_back(word);
      for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
    at = end + 1;
  }
  return title;
}

bool has_word(const Title& title, std::initializer_list<std::string_view> words) {
  return std::ranges::any_of(title.words, [&](const std::string& word) {
    return std::ranges::find(words, word) != words.end();
  });
}

bool has_text(const Title& title, std::string_view text) {
  return std::ranges::any_of(title.words,
                             [&](const std::string& w) { return w.starts_with(text); });
}

/// The quantity that a title names, by its words and else by its unit.
std::optional<Dimension> quantity_of(const Title& title) {
  if (has_word(title, {"min", "max", "peak", "shunt", "energy", "charge", "temperature"}))
    return {};
  const auto fits = [&](Dimension dimension) {
    return !title.unit || title.unit->dimension == dimension;
  };
  if ((has_text(title, "time") ||
       has_word(title, {"t", "axis", "elapsed", "date", "datum", "zeit"})) &&
      fits(Dimension::seconds))
    return Dimension::seconds;
  if ((has_text(title, "power") || has_word(title, {"p", "leistung"})) && fits(Dimension::watts))
    return Dimension::watts;
  if ((has_text(title, "curr") || has_word(title, {"i", "strom"})) && fits(Dimension::amperes))
    return Dimension::amperes;
  if ((has_text(title, "volt") || has_word(title, {"v", "u", "vbus", "vdd", "vcc", "spannung"})) &&
      fits(Dimension::volts))
    return Dimension::volts;
  if (!title.unit) return {};
  return title.unit->dimension;
}

/// Whether a title names a voltage, not only volts: a scope's other channel is often a trigger.
bool names_voltage(const Title& title) {
  for (size_t i = 0; i < title.words.size(); ++i) {
    const std::string& word = title.words[i];
    if (i != title.unit_word && (word[0] == 'v' || word == "u" || word == "bus" ||
                                 word == "supply" || word == "battery" || word == "spannung"))
      return true;
  }
  return false;
}

PowerColumn* column_for(PowerColumns& columns, Dimension dimension) {
  switch (dimension) {
    case Dimension::seconds:
      return &columns.time;
    case Dimension::amperes:
      return &columns.current;
    case Dimension::volts:
      return &columns.voltage;
    case Dimension::watts:
      return &columns.power;
    default:
      return nullptr;
  }
}

/// By titles: the first of each quantity.
PowerColumns columns_of(const std::vector<Title>& titles) {
  PowerColumns columns;
  for (size_t i = 0; i < titles.size(); ++i) {
    const auto quantity = quantity_of(titles[i]);
    PowerColumn* column = quantity ? column_for(columns, *quantity) : nullptr;
    if (column == nullptr || column->index >= 0) continue;
    *column = {static_cast<int>(i), titles[i].unit ? titles[i].unit->scale : 1, titles[i].text,
               !titles[i].unit};
    column->by_unit_alone = quantity == Dimension::volts && !names_voltage(titles[i]);
  }
  return columns;
}

std::vector<Title> titles_of(std::string_view line, char delimiter) {
  std::vector<std::string_view> fields;
  split_fields(line, delimiter, 256, fields);
  std::vector<Title> titles;
  for (const std::string_view field : fields) titles.push_back(read_title(field));
  return titles;
}

bool says_enough(const PowerColumns& columns) {
  return columns.power.index >= 0 || columns.current.index >= 0;
}

/// An oscilloscope's "Vertical Units,A,V" above its row of names: the units of all but the first.
std::vector<Title> vertical_units(const std::vector<std::vector<Title>>& rows) {
  for (const std::vector<Title>& row : rows)
    if (row[0].words == std::vector<std::string>{"vertical", "units"})
      return {row.begin() + 1, row.end()};
  return {};
}

/// The header among the last lines before the numbers: one row, or names above units.
std::optional<std::pair<PowerColumns, std::vector<Title>>> find_header(
    std::span<const std::string> preamble, size_t fields, char delimiter) {
  std::vector<std::vector<Title>> rows;
  for (std::string_view line : preamble) {
    line.remove_prefix(std::min(line.find_first_not_of("#%/ "), line.size()));
    std::vector<Title> titles = titles_of(line, delimiter);
    // A row may end in empty fields that the numbers lack, or the other way round.
    if (titles.size() + 2 >= fields && titles.size() > 0) rows.push_back(std::move(titles));
  }
  if (const std::vector<Title> units = vertical_units(rows); !units.empty()) {
    std::vector<Title> named = rows.back();
    for (size_t i = 1; i < std::min(named.size(), units.size() + 1); ++i)
      if (!named[i].unit) named[i] = read_title(named[i].text + " " + units[i - 1].text);
    if (PowerColumns columns = columns_of(named); says_enough(columns))
      return std::pair{columns, rows.back()};
  }
  for (size_t r = rows.size(); r-- > 0;) {
    if (PowerColumns columns = columns_of(rows[r]); says_enough(columns) && fields > 1)
      return std::pair{columns, rows[r]};
    else if (says_enough(columns) && rows[r].size() == 1)
      return std::pair{columns, rows[r]};
    if (r == 0) break;
    const auto is_number = [](const Title& title) {
      double ignored;
      return field_number(title.text, ignored);
    };
    if (std::ranges::any_of(rows[r], is_number)) continue;  // no row of units
    std::vector<Title> both = rows[r - 1];
    for (size_t i = 0; i < std::min(both.size(), rows[r].size()); ++i)
      both[i] = read_title(both[i].text + " " + rows[r][i].text);
    if (PowerColumns columns = columns_of(both); says_enough(columns))
      return std::pair{columns, both};
  }
  return {};
}

/// "current:mV/0.5" is a voltage over a resistor of 0.5 ohm.
Result<double> scale_of(std::string_view word, Dimension dimension) {
  const size_t slash = std::min(word.find('/'), word.size());
  const auto unit = find_unit(word.substr(0, slash));
  double ohms = 1;
  Dimension wanted = dimension;
  if (slash < word.size()) {
    const ReadNumber number = read_number(word.substr(slash + 1));
    if (number.length == 0 || number.length != word.size() - slash - 1 || !(number.value > 0) ||
        dimension != Dimension::amperes)
      return fail(ErrorKind::usage, "--columns: '{}' is no unit of current over a resistor in ohm",
                  word);
    ohms = number.value;
    wanted = Dimension::volts;
  }
  if (!unit || unit->dimension != wanted)
    return fail(ErrorKind::usage, "--columns: '{}' is no unit in {}", word, symbol(wanted));
  return unit->scale / ohms;
}

/// --columns "time:ms,current:uA,-,D0".
Result<std::pair<PowerColumns, std::vector<Title>>> read_roles(const std::string& roles) {
  constexpr std::pair<std::string_view, Dimension> kRoles[] = {{"time", Dimension::seconds},
                                                               {"current", Dimension::amperes},
                                                               {"voltage", Dimension::volts},
                                                               {"power", Dimension::watts}};
  std::vector<std::string_view> words;
  split_fields(roles, ',', 256, words);
  PowerColumns columns;
  std::vector<Title> titles;
  for (size_t i = 0; i < words.size(); ++i) {
    titles.push_back(read_title(words[i]));
    const size_t colon = std::min(words[i].find(':'), words[i].size());
    const auto role = std::ranges::find(kRoles, words[i].substr(0, colon),
                                        &std::pair<std::string_view, Dimension>::first);
    if (role == std::end(kRoles)) {
      if (colon < words[i].size())
        return fail(ErrorKind::usage, "--columns: '{}' is none of time, current, voltage, power",
                    words[i]);
      continue;
    }
    PowerColumn& column = *column_for(columns, role->second);
    if (column.index >= 0) return fail(ErrorKind::usage, "--columns names {} twice", role->first);
    const double scale =
        colon < words[i].size() ? TRY(scale_of(words[i].substr(colon + 1), role->second)) : 1;
    column = {static_cast<int>(i), scale, std::string(words[i]), false};
  }
  if (!says_enough(columns))
    return fail(ErrorKind::usage, "--columns '{}' names neither current nor power", roles);
  return std::pair{columns, titles};
}

/// --trigger NAME[>LEVEL]: by title, or as one of the bits of "D0-D7".
Status find_trigger(PowerColumns& columns, const std::vector<Title>& titles,
                    const std::string& wanted) {
  const size_t mark = std::min(wanted.find('>'), wanted.size());
  const std::string name = wanted.substr(0, mark);
  if (mark < wanted.size()) {
    const std::string_view level = std::string_view(wanted).substr(mark + 1);
    const ReadNumber number = read_number(level);
    if (number.length == 0 || number.length != level.size())
      return fail(ErrorKind::usage, "--trigger '{}': '{}' is no level", wanted, level);
    columns.trigger_level = number.value;
  }
  std::vector<std::string> names;
  for (size_t i = 0; i < titles.size(); ++i) {
    names.push_back(titles[i].text);
    if (titles[i].text != name) continue;
    columns.trigger = {static_cast<int>(i), 1, name, false};
    return {};
  }
  // Nordic's string of bits: the first character is D0.
  if (name.size() == 2 && name[0] == 'D' && name[1] >= '0' && name[1] <= '7')
    for (size_t i = 0; i < titles.size(); ++i)
      if (titles[i].text == "D0-D7") {
        columns.trigger = {static_cast<int>(i), 1, name, false};
        columns.trigger_bit = name[1] - '0';
        if (mark < wanted.size())
          return fail(ErrorKind::usage, "--trigger '{}': a bit has no level, say {}", wanted, name);
        return {};
      }
  return fail(ErrorKind::usage, "--trigger {}: the file has no such column{}", name,
              did_you_mean(name, names));
}

/// What is missing, and how to say it.
Status check(PowerColumns& columns, const PowerTraceOptions& options) {
  if (columns.time.index < 0 && options.rate_hz <= 0)
    return fail(ErrorKind::usage,
                "the file has no column of time: say --rate HZ, or which it is with --columns "
                "time:s,current:mA");
  if (options.rate_hz > 0 && columns.time.index >= 0)
    columns.notes.push_back(fmt::format("the file has its own time ('{}'): --rate {:g} is not used",
                                        columns.time.title, options.rate_hz));
  if (columns.power.index >= 0) {
    columns.current.index = columns.voltage.index = -1;
    return {};
  }
  if (columns.voltage.index >= 0 && columns.voltage.index == columns.trigger.index) {
    columns.voltage.index = -1;
  } else if (columns.voltage.index >= 0 && columns.voltage.by_unit_alone) {
    columns.notes.push_back(
        options.voltage_v > 0
            ? fmt::format("column '{}' is not taken for the supply: --voltage {:g} is",
                          columns.voltage.title, options.voltage_v)
            : fmt::format("column '{}' is taken for the supply's voltage: if it is another signal, "
                          "say --voltage V",
                          columns.voltage.title));
    if (options.voltage_v > 0) columns.voltage.index = -1;
  }
  if (columns.voltage.index < 0)
    columns.fixed_voltage_v = options.voltage_v;
  else if (options.voltage_v > 0)
    columns.notes.push_back(
        fmt::format("the file has its own voltage ('{}'): --voltage {:g} is not used for its power",
                    columns.voltage.title, options.voltage_v));
  if (columns.voltage.index < 0 && options.voltage_v <= 0)
    return fail(ErrorKind::usage, "the file has current but no voltage: say --voltage V");
  return {};
}

std::string text_of(const PowerColumns& columns, const PowerTraceOptions& options) {
  std::string text = "CSV:";
  const auto add = [&](std::string_view role, const PowerColumn& column, std::string_view si) {
    if (column.index < 0) return;
    text += fmt::format("{} {} '{}'{}", text.back() == ':' ? "" : ",", role, column.title,
                        column.unit_assumed ? fmt::format(" (no unit: taken as {})", si) : "");
  };
  if (columns.time.index < 0) text += fmt::format(" {:g} Hz", options.rate_hz);
  add("time", columns.time, "s");
  add("power", columns.power, "W");
  add("current", columns.current, "A");
  add("voltage", columns.voltage, "V");
  if (columns.fixed_voltage_v > 0 && columns.current.index >= 0)
    text += fmt::format(" at {:g} V", columns.fixed_voltage_v);
  return text;
}

/// Where --columns says otherwise than the file's own titles and units.
void note_contradictions(PowerColumns& columns, const std::vector<Title>& titles) {
  const std::pair<const PowerColumn*, Dimension> roles[] = {{&columns.time, Dimension::seconds},
                                                            {&columns.current, Dimension::amperes},
                                                            {&columns.voltage, Dimension::volts},
                                                            {&columns.power, Dimension::watts}};
  for (const auto& [column, dimension] : roles) {
    const auto at = static_cast<size_t>(column->index);
    if (column->index < 0 || at >= titles.size()) continue;
    const auto quantity = quantity_of(titles[at]);
    const bool over_resistor = column->title.find('/') != std::string::npos;
    const auto unit = titles[at].unit;
    if (over_resistor || !quantity ||
        (*quantity == dimension && (!unit || unit->scale == column->scale)))
      continue;
    columns.notes.push_back(fmt::format("--columns takes column {} as {}, the file calls it '{}'",
                                        column->index + 1, column->title,
                                        titles[at].text.substr(0, 40)));
  }
}

/// Titles go to the terminal and into JSON: nothing but printable ASCII and UTF-8 letters, short.
void clean(std::string& title) {
  std::erase_if(title, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
  if (title.size() > 40) title.resize(40);
}

}  // namespace

Result<std::vector<PowerColumn>> needed_columns(std::span<const std::string> preamble,
                                                std::string_view line,
                                                const PowerTraceOptions& options) {
  std::vector<std::string_view> fields;
  const char delimiter = delimiter_of(line);
  split_fields(line, delimiter, 256, fields);
  PowerColumns columns;
  if (!options.columns.empty()) {
    columns = TRY(read_roles(options.columns)).first;
  } else if (const auto header = find_header(preamble, fields.size(), delimiter)) {
    columns = header->first;
    if (columns.time.index < 0 && options.rate_hz <= 0) return std::vector<PowerColumn>();
  }
  std::vector<PowerColumn> needed;
  for (const PowerColumn& column : {columns.time, columns.power, columns.current, columns.voltage})
    if (column.index >= 0) needed.push_back(column);
  for (PowerColumn& column : needed) clean(column.title);
  return needed;
}

Result<PowerColumns> find_columns(std::span<const std::string> preamble, std::string_view first,
                                  const PowerTraceOptions& options) {
  const char delimiter = delimiter_of(first);
  std::vector<std::string_view> fields;
  split_fields(first, delimiter, 256, fields);
  std::pair<PowerColumns, std::vector<Title>> found;
  if (!options.columns.empty()) {
    found = TRY(read_roles(options.columns));
  } else if (auto header = find_header(preamble, fields.size(), delimiter)) {
    found = std::move(*header);
  } else {
    return fail(ErrorKind::usage,
                "no header names a current or a power: say what the columns are, as in --columns "
                "time:s,current:mA (- skips one)");
  }
  PowerColumns& columns = found.first;
  columns.delimiter = delimiter;
  if (!options.columns.empty())
    if (const auto header = find_header(preamble, fields.size(), delimiter))
      note_contradictions(columns, header->second);
  if (!options.trigger.empty()) TRY_STATUS(find_trigger(columns, found.second, options.trigger));
  TRY_STATUS(check(columns, options));
  for (PowerColumn* column :
       {&columns.time, &columns.current, &columns.voltage, &columns.power, &columns.trigger}) {
    clean(column->title);
    columns.last = std::max(columns.last, column->index);
  }
  if (columns.last >= static_cast<int>(fields.size()))
    return fail(ErrorKind::input, "the header names {} columns, the first line of numbers has {}",
                columns.last + 1, fields.size());
  columns.text = text_of(columns, options);
  return columns;
}

}  // namespace assay
