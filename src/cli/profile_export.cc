// The call tree of a region in the forms that viewers read. All are of totals by call path: what
// was called several times from one place is drawn once.
//
// Formats: Brendan Gregg's folded stacks; speedscope's file-format-schema.json; Chrome's "Trace
// Event Format" (complete events). The flame graph is plain SVG with titles as tool tips.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "cli/profile_page.h"
#include "util/json.h"
#include "util/text.h"

namespace assay {
namespace {

constexpr int kWidth = 1200, kRow = 18, kMargin = 10, kTitleRows = 2;
constexpr double kLeastWidth = 0.3;  ///< pixels; narrower boxes are left out
constexpr double kCharWidth = 6.6;   ///< of the 11-pixel font

/// Call paths as a tree again, with inclusive cycles.
struct Flame {
  size_t function = 0;
  int64_t self = 0, total = 0;
  std::vector<Flame> callees = {};
};

Flame& callee(Flame& caller, size_t function) {
  const auto found = std::ranges::find(caller.callees, function, &Flame::function);
  if (found != caller.callees.end()) return *found;
  return caller.callees.emplace_back(Flame{function});
}

int64_t sum_up(Flame& flame) {
  flame.total = flame.self;
  for (Flame& each : flame.callees) flame.total += sum_up(each);
  std::ranges::stable_sort(flame.callees, std::greater{}, &Flame::total);
  std::erase_if(flame.callees, [](const Flame& each) { return each.total <= 0; });
  return flame.total;
}

Flame flame_of(const ProfileRegion& region) {
  Flame root;
  for (const ProfilePath& path : region.paths) {
    Flame* at = &root;
    for (const size_t function : path.functions) at = &callee(*at, function);
    at->self += std::max<int64_t>(0, path.self.cycles);
  }
  sum_up(root);
  return root;
}

size_t depth_of(const Flame& flame) {
  size_t deepest = 0;
  for (const Flame& each : flame.callees) deepest = std::max(deepest, depth_of(each) + 1);
  return deepest;
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '&')
      out += "&amp;";
    else if (c == '"')
      out += "&quot;";
    else if (static_cast<unsigned char>(c) < ' ')
      out += '?';
    else
      out += c;
  }
  return out;
}

/// A warm colour that is always the same for a name.
std::string colour_of(std::string_view name) {
  uint32_t hash = 2166136261u;
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619u;
  return fmt::format("rgb({},{},{})", 205 + hash % 50, 80 + (hash >> 8) % 130, (hash >> 16) % 55);
}

struct Drawing {
  const ProfileRegion& region;
  double pixels_a_cycle = 0;
  int bottom = 0;
  int64_t all = 0;
  std::string svg = {};
};

void draw(Drawing& drawing, const Flame& flame, double x, int row) {
  for (const Flame& each : flame.callees) {
    const double width = static_cast<double>(each.total) * drawing.pixels_a_cycle;
    if (width < kLeastWidth) break;  // by falling width
    const std::string& name = drawing.region.functions[each.function].name;
    const int y = drawing.bottom - (row + 1) * kRow;
    drawing.svg += fmt::format(
        "<g><title>{}: {} cycles, {:.1f} %</title><rect x=\"{:.1f}\" y=\"{}\" width=\"{:.1f}\" "
        "height=\"{}\" fill=\"{}\"/>",
        escaped(name), thousands(each.total),
        100.0 * static_cast<double>(each.total) / static_cast<double>(drawing.all), x, y, width,
        kRow - 1, colour_of(name));
    const auto fits = static_cast<size_t>(width / kCharWidth);
    if (fits >= 3)
      drawing.svg += fmt::format("<text x=\"{:.1f}\" y=\"{}\">{}</text>", x + 3, y + 13,
                                 escaped(name.size() <= fits ? name : name.substr(0, fits - 1)));
    drawing.svg += "</g>\n";
    draw(drawing, each, x, row + 1);
    x += width;
  }
}

void add_events(const ProfileRegion& region, const Flame& flame, double begin, double us_a_cycle,
                Json& events) {
  for (const Flame& each : flame.callees) {
    const double length = static_cast<double>(each.total) * us_a_cycle;
    events.push(Json::object()
                    .set("name", region.functions[each.function].name)
                    .set("ph", "X")
                    .set("ts", begin)
                    .set("dur", length)
                    .set("pid", 1)
                    .set("tid", 1)
                    .set("args", Json::object().set("cycles", each.total).set("self", each.self)));
    add_events(region, each, begin, us_a_cycle, events);
    begin += length;
  }
}

}  // namespace

std::string folded_stacks(const ProfileRegion& region) {
  std::map<std::string, int64_t> lines;
  for (const ProfilePath& path : region.paths) {
    std::string stack;
    for (const size_t function : path.functions)
      stack += (stack.empty() ? "" : ";") + region.functions[function].name;
    if (path.self.cycles > 0) lines[stack] += path.self.cycles;
  }
  std::string text;
  for (const auto& [stack, cycles] : lines) text += fmt::format("{} {}\n", stack, cycles);
  return text;
}

std::string speedscope_json(const ProfileRegion& region, std::string_view name) {
  Json frames = Json::array(), samples = Json::array(), weights = Json::array();
  std::map<size_t, int64_t> frame_of;
  int64_t total = 0;
  for (const ProfilePath& path : region.paths) {
    if (path.self.cycles <= 0) continue;
    Json sample = Json::array();
    for (const size_t function : path.functions) {
      const auto [at, is_new] = frame_of.try_emplace(function, frame_of.size());
      if (is_new) frames.push(Json::object().set("name", region.functions[function].name));
      sample.push(at->second);
    }
    samples.push(sample);
    weights.push(path.self.cycles);
    total += path.self.cycles;
  }
  return Json::object()
      .set("$schema", "https://www.speedscope.app/file-format-schema.json")
      .set("exporter", "assay")
      .set("shared", Json::object().set("frames", frames))
      .set("profiles", Json::array().push(Json::object()
                                              .set("type", "sampled")
                                              .set("name", name)
                                              .set("unit", "none")
                                              .set("startValue", 0)
                                              .set("endValue", total)
                                              .set("samples", samples)
                                              .set("weights", weights)))
      .dump();
}

std::string trace_json(const ProfileRegion& region, int64_t clock_hz) {
  Json events = Json::array();
  add_events(region, flame_of(region), 0, 1e6 / static_cast<double>(clock_hz), events);
  return Json::object().set("displayTimeUnit", "ns").set("traceEvents", events).dump();
}

std::string flame_svg(const ProfileRegion& region, std::string_view title) {
  const Flame root = flame_of(region);
  const auto rows = static_cast<int>(depth_of(root)) + kTitleRows;
  const int height = rows * kRow + 2 * kMargin;
  Drawing drawing{
      .region = region, .bottom = height - kMargin, .all = std::max<int64_t>(1, root.total)};
  drawing.pixels_a_cycle = (kWidth - 2.0 * kMargin) / static_cast<double>(drawing.all);
  drawing.svg = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" "
      "height=\"{1}\" font-family=\"monospace\" font-size=\"11\">\n"
      "<rect width=\"{0}\" height=\"{1}\" fill=\"white\"/>\n"
      "<text x=\"{2}\" y=\"{3}\" font-size=\"14\">{4}: {5} cycles</text>\n",
      kWidth, height, kMargin, kMargin + 14, escaped(title), thousands(root.total));
  draw(drawing, root, kMargin, 0);
  return drawing.svg + "</svg>\n";
}

}  // namespace assay
