// The report to look at: one HTML file that works offline. The page, its script and the charts'
// library are bundled when Assay is built (src/report/web/, `tools/setup.sh build` installs what
// that takes); here the records are put into it. What is computed for display is computed in the
// browser.
//
// Records are written shorter than in their own JSON, since a report may hold many: an exact figure
// is a number, others are {v, low, high, how} or {reason}; units and meanings are named once.
#include <fmt/format.h>

#include <cmath>

#include "report/format.h"
#include "util/embedded.h"
#include "util/json.h"

namespace assay {
namespace {

constexpr std::string_view kPage = "report/page.html";
constexpr std::string_view kPlace = "ASSAY_RECORDS";

Json value_json(const std::string& text) { return text; }
Json value_json(int64_t value) { return value; }
Json value_json(const Figure& figure) {
  if (!std::isfinite(figure.number())) return Json::object().set("reason", figure.reason);
  if (figure.how == How::exact) return figure.number();
  Json json = Json::object();
  json.set("v", figure.number()).set("low", figure.low).set("high", figure.high);
  return json.set("how", name(figure.how));
}
Json value_json(const Shares& shares) {
  Json json = Json::object();
  for (const Share& share : shares) json.set(share.name, value_json(share.figure));
  return json;
}

template <class Row>
Json row_json(const Row& row) {
  Json json = Json::object();
  describe(row, [&](std::string_view field, const auto& member, Unit, std::string_view) {
    json.set(field, value_json(member));
  });
  return json;
}

template <class Row>
Json fields_json(const Row& row) {
  Json fields = Json::array();
  describe(row,
           [&](std::string_view field, const auto& member, Unit unit, std::string_view meaning) {
             using Member = std::remove_cvref_t<decltype(member)>;
             Json each = Json::object();
             each.set("name", field).set("unit", name(unit)).set("meaning", meaning);
             fields.push(each.set("number", !std::is_same_v<Member, std::string>));
           });
  return fields;
}

Json record_json(const Record& record) {
  Json json = row_json(record);
  describe_lists(record, [&](std::string_view list, const auto& rows, std::string_view) {
    Json array = Json::array();
    for (const auto& row : rows) array.push(row_json(row));
    json.set(list, std::move(array));
  });
  return json;
}

/// JSON inside <script>: no text of a record can end the element or begin another.
std::string inlined(const Json& json) {
  std::string text;
  for (const char c : json.line())
    if (c == '<')
      text += "\\u003c";
    else
      text += c;
  return text;
}

std::string render(std::span<const Record> records, const RenderOptions&) {
  Json all = Json::array();
  for (const Record& record : records) all.push(record_json(record));
  Json fields = Json::object();
  fields.set("record", fields_json(Record{})).set("layers", fields_json(LayerRecord{}));
  Json data = Json::object();
  data.set("records", std::move(all)).set("fields", std::move(fields));
  const EmbeddedFile* page = find_embedded(kPage);
  if (!page) return "";
  const size_t place = page->text.find(kPlace);
  return fmt::format("{}{}{}", page->text.substr(0, place), inlined(data),
                     page->text.substr(place + kPlace.size()));
}

std::string missing() {
  return find_embedded(kPage) ? ""
                              : "this assay was built without the HTML report; `tools/setup.sh "
                                "build` installs what it is made with, then build again";
}

}  // namespace

const Format html_format = {.name = "html",
                            .summary = "pictures and tables in one file, for a browser",
                            .extensions = {".html", ".htm"},
                            .render = render,
                            .missing = missing};

}  // namespace assay
