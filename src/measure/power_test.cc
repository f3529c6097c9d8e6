// Traces made here, whose energy is known by construction.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "measure/energy_runner.h"
#include "measure/power_columns.h"
#include "measure/power_summary.h"
#include "measure/power_trace.h"
#include "measure/power_windows.h"

namespace assay {
namespace {

/// A file that goes away with the test.
class TraceFile {
 public:
  explicit TraceFile(const std::string& content) {
    char name[] = "/tmp/assay_power_XXXXXX";
    const int fd = ::mkstemp(name);
    if (fd >= 0) ::close(fd);
    path_ = name;
    std::ofstream(path_, std::ios::binary) << content;
  }
  ~TraceFile() { std::filesystem::remove(path_); }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

struct Read {
  Result<PowerTraceInfo> info;
  std::vector<PowerSample> samples;
};

/// The text fed in pieces of so many bytes.
Read read(const std::string& text, const PowerTraceOptions& options = {}, size_t piece = 1 << 20) {
  Read result{PowerTraceInfo{}, {}};
  PowerReader reader(options, [&](std::span<const PowerSample> samples) {
    result.samples.insert(result.samples.end(), samples.begin(), samples.end());
  });
  for (size_t at = 0; at < text.size(); at += piece)
    if (const Status fed = reader.feed(std::string_view(text).substr(at, piece)); !fed) {
      result.info = std::unexpected(fed.error());
      return result;
    }
  result.info = reader.finish();
  return result;
}

std::string float_bytes(float value) {
  std::string bytes(4, '\0');
  std::memcpy(bytes.data(), &value, 4);
  return bytes;
}

/// 1 kHz, milliwatts: 20 while resting, 50 from sample 1000 on for 500, five times.
std::string energy_runner() {
  std::string bytes = "\xf1" + float_bytes(1000);
  for (int i = 0; i < 11'000; ++i)
    bytes += float_bytes(i >= 1000 && (i - 1000) % 2000 < 500 ? 50 : 20);
  return bytes;
}

TEST(PowerTrace, ReadsLoggersOfManyMakes) {
  const PowerTraceOptions at_3v{.voltage_v = 3, .columns = {}, .trigger = {}, .rate_hz = 0};
  const struct {
    const char* name;
    std::string text;
    PowerTraceOptions options;
    double second_s, second_w;
  } cases[] = {
      {"PPK2", "Timestamp(ms),Current(uA),D0-D7\n0,1000,00000000\n0.01,2000,10000000\n", at_3v,
       1e-5, 6e-3},
      {"Joulescope",
       "#time,current,voltage,power,charge,energy\n0.0,1,2,2,0,0\n0.5,2,2,4,1,2\n",
       {},
       0.5,
       4},
      {"Otii",
       "\"Relative time (s)\",\"Arc Main Current (A)\",\"Arc Main Voltage (V)\"\n"
       "\"0\",\"0.001\",\"3.3\"\n\"0.001\",\"0.002\",\"3\"\n",
       {},
       0.001,
       0.006},
      {"INA226 with a header in C",
       "time_us;vbus_mV;current_mA\r\n0;3000;1,5\r\n100;3000;2,5\r\n",
       {},
       1e-4,
       7.5e-3},
      {"micro sign", "Time [s]\tPower [\xc2\xb5W]\n0\t10\n1\t20\n", {}, 1, 20e-6},
      {"date and time",
       "timestamp,power_mw\n2024-05-01T12:00:00.000Z,1\n2024-05-01T12:00:00.250Z,2\n",
       {},
       0.25,
       2e-3},
      {"milliseconds since 1970", "timestamp,current_mA\n1714557600000,1\n1714557600100,2\n", at_3v,
       0.1, 6e-3},
      {"oscilloscope: names above units",
       "x-axis,1,2\nsecond,Volt,Ampere\n-1.0E-3,3,.001\n+0.0E+00,3,.002\n",
       {},
       0,
       6e-3},
      {"comments before the header", "% made by a logger\n# 3 V\n\nt (s), I (mA)\n0, 1\n1, 2\n",
       at_3v, 1, 6e-3},
      {"no header",
       "0 1 7\n1 2 8\n",
       {.voltage_v = 2, .columns = "time:ms,current:mA,-", .trigger = {}, .rate_hz = 0},
       1e-3,
       4e-3},
      {"over a resistor",
       "0,10\n1,20\n",
       {.voltage_v = 2, .columns = "time,current:mV/0.5", .trigger = {}, .rate_hz = 0},
       1,
       0.08},
      {"no time",
       "Current(uA)\n1000\n2000\n",
       {.voltage_v = 3, .columns = {}, .trigger = {}, .rate_hz = 10},
       0.1,
       6e-3},
      {"a skipped column of text",
       "0,1,on\n1,2,off\n",
       {.voltage_v = 2, .columns = "time:s,current:mA,-", .trigger = {}, .rate_hz = 0},
       1,
       4e-3},
      {"text beside what is titled", "time_s,power_w,state\n0,1,on\n1,2,off\n", {}, 1, 2},
      {"the file's voltage goes first",
       "time_s,current_a,voltage_v\n0,1,3\n1,2,3\n",
       {.voltage_v = 5, .columns = {}, .trigger = {}, .rate_hz = 0},
       1,
       6},
      {"the file's time goes first",
       "time_ms,power_w\n0,1\n1,2\n",
       {.voltage_v = 0, .columns = {}, .trigger = {}, .rate_hz = 10},
       1e-3,
       2},
      {"Tektronix: units in rows of their own",
       "Model,MSO58\nHorizontal Units,s,,\nVertical Units,mA,V,\n\nTIME,CH1,CH2\n"
       "-0.5,1,0\n0.5,2,3.3\n",
       at_3v, 0.5, 6e-3},
      {"Siglent", "Vertical Units,A\nSource,CH1\nSecond,Value\n-1,0.001\n2,0.002\n", at_3v, 2,
       6e-3},
      {"a spreadsheet's date, with decimal commas",
       "Datum;I (mA)\n1.5.2024 12:00:00,000;1,0\n1.5.2024 12:00:00,250;2,0\n", at_3v, 0.25, 6e-3},
      {"a date of the USA, past midnight",
       "Date,I (mA)\n5/31/2024 23:59:59.5,1\n6/1/2024 00:00:00.5,2\n", at_3v, 1, 6e-3},
      {"a zone west of Greenwich",
       "time,mA\n2024-05-01T12:00:00.0-05:00,1\n2024-05-01T12:00:00.5-05:00,2\n", at_3v, 0.5, 6e-3},
      {"minutes and seconds", "time,mA\n00:59.5,1\n01:00.0,2\n", at_3v, 60, 6e-3},
      {"another channel in volts is not the supply when --voltage is given",
       "x-axis,1,2\nsecond,Ampere,Volt\n0,.001,3.3\n1,.002,0\n", at_3v, 1, 6e-3},
      {"a byte order mark", "\xef\xbb\xbftime_s,power_w\n0,1\n1,2\n", {}, 1, 2},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    for (const size_t piece : {size_t{1}, size_t{7}, size_t{1} << 20}) {
      const Read got = read(c.text, c.options, piece);
      ASSERT_TRUE(got.info) << text(got.info.error());
      ASSERT_EQ(got.samples.size(), 2u);
      EXPECT_NEAR(got.samples[1].time_s, c.second_s, 1e-9);
      EXPECT_NEAR(got.samples[1].watts, c.second_w, 1e-12 + 1e-9 * c.second_w);
    }
  }
}

TEST(PowerTrace, SaysWhatIsWrongAndWhere) {
  const PowerTraceOptions at_3v{.voltage_v = 3, .columns = {}, .trigger = {}, .rate_hz = 0};
  const struct {
    const char* name;
    std::string text;
    PowerTraceOptions options;
    const char* words;
  } cases[] = {
      {"nothing", "", {}, "holds no samples"},
      {"prose", "not a trace\nat all, this\n", {}, "no line of numbers in 2 lines"},
      {"no voltage", "time_s,current_a\n0,1\n", {}, "say --voltage V"},
      {"no time", "current_a,voltage_v\n1,3\n", {}, "say --rate HZ"},
      {"no header", "0,1\n1,2\n", {}, "--columns"},
      {"a word", "time_s,current_a\n0,1\n1,x7\n", at_3v,
       "line 3: 'x7' is no number (column 2, current_a)"},
      {"a short line", "time_s,current_a\n0,1\n1\n2,2\n", at_3v, "line 3: 1 columns, need 2"},
      {"time goes back", "time_s,current_a\n5,1\n1,2\n", at_3v,
       "line 3: time goes back from 5 s to 1 s"},
      {"no row to read",
       "0,a\n1,b\n",
       {.voltage_v = 3, .columns = "time:s,current:mA", .trigger = {}, .rate_hz = 0},
       "line 2: 'b' is no number (column 2, current:mA)"},
      {"no row under a header",
       "time_s,power_w\n0,a\n1,b\n",
       {},
       "line 2: 'a' is no number (column 2, power_w)"},
      {"a bad first row",
       "time_s,power_w\n0,a\n1,2\n2,3\n",
       {},
       "line 2: 'a' is no number (column 2, power_w)"},
      {"time stands still",
       "time_s,power_w\n5,1\n5,2\n5,3\n",
       {},
       "time never advances: all 3 samples are at 5 s"},
      {"a bit with a level",
       "time_s,current_a,D0-D7\n0,1,00000000\n",
       {.voltage_v = 3, .columns = {}, .trigger = "D0>5", .rate_hz = 0},
       "a bit has no level, say D0"},
      {"columns of what has none",
       energy_runner(),
       {.voltage_v = 3, .columns = {}, .trigger = "D0", .rate_hz = 0},
       "--trigger: an energy-runner trace has no columns"},
      {"absurd", "time_s,current_a\n0,1e300\n1,2\n", at_3v, "no microcontroller's"},
      {"zip", "PK\x03\x04 and so on", {}, "export it as CSV"},
      {"UTF-16", std::string("\xff\xfet\0i\0m\0e\0", 10), {}, "UTF-16"},
      {"no such trigger",
       "time_s,current_a,D0\n0,1,0\n",
       {.voltage_v = 3, .columns = {}, .trigger = "D1", .rate_hz = 0},
       "did you mean D0"},
      {"a bad unit",
       "0,1\n1,2\n",
       {.voltage_v = 3, .columns = "time:ms,current:mW", .trigger = {}, .rate_hz = 0},
       "'mW' is no unit in A"},
      {"a bad rate", "\xf1" + float_bytes(-5) + float_bytes(1), {}, "sample rate is -5 Hz"},
      {"half a sample", energy_runner() + "ab", {}, "cut off in the middle of sample 11000"},
      {"not a number",
       "\xf1" + float_bytes(1000) + float_bytes(NAN),
       {},
       "sample 0: a power of nan W"},
      {"a very long line", std::string(100'000, '1'), {}, "line 1: longer than"},
      {"bytes", std::string("time_s,current_a\0\n0,1\n", 22), at_3v, "line 1: not text"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const Read got = read(c.text, c.options);
    ASSERT_FALSE(got.info);
    EXPECT_NE(text(got.info.error()).find(c.words), std::string::npos) << text(got.info.error());
  }
}

TEST(PowerTrace, LeavesOutWhatHasNoValueAndSaysSo) {
  const Read got = read("time_s,power_w\n0,1\n1,nan\n2,3\n3,4");
  ASSERT_TRUE(got.info) << text(got.info.error());
  EXPECT_EQ(got.samples.size(), 3u);
  ASSERT_EQ(got.info->notes.size(), 1u);
  EXPECT_NE(got.info->notes[0].find("1 samples without a value"), std::string::npos);
  const Read first = read("time_s,power_w\n0,\n1,3\n2,4\n");
  ASSERT_TRUE(first.info) << text(first.info.error());
  EXPECT_EQ(first.samples.size(), 2u);
  ASSERT_EQ(first.info->notes.size(), 1u);
  const Read cut = read("time_s,power_w\n0,1\n1,2\n2,");
  ASSERT_TRUE(cut.info);
  EXPECT_EQ(cut.samples.size(), 2u);
}

TEST(PowerTrace, ACounterOf32BitsGoesOn) {
  const Read got = read("us,power_w\n4294967196,1\n0,2\n100,3\n");
  ASSERT_TRUE(got.info) << text(got.info.error());
  ASSERT_EQ(got.samples.size(), 3u);
  EXPECT_NEAR(got.samples[2].time_s - got.samples[0].time_s, 200e-6, 1e-9);
  ASSERT_EQ(got.info->notes.size(), 1u);
  EXPECT_NE(got.info->notes[0].find("2^32"), std::string::npos);
  EXPECT_FALSE(read("us,power_w\n3294967196,1\n0,2\n").info);  // back by less: no turn
}

TEST(PowerTrace, MetersHaveNoValueInManyWords) {
  for (const char* word : {"nan", "NaN", "-inf", "Inf", "OL", "-OL", ""}) {
    const Read got = read(std::string("time_s,power_w\n0,1\n1,") + word + "\n2,3\n");
    ASSERT_TRUE(got.info) << word << text(got.info.error());
    EXPECT_EQ(got.samples.size(), 2u) << word;
  }
  EXPECT_FALSE(read("time_s,power_w\n0,1\n1,information\n2,3\n").info);
}

TEST(PowerTrace, ATriggerIsNotTheSupply) {
  const std::string file = "second,Ampere,Volt\n0,.001,0\n1,.002,3.3\n";
  const Read marked =
      read(file, {.voltage_v = 3, .columns = {}, .trigger = "Volt>1.5", .rate_hz = 0});
  ASSERT_TRUE(marked.info) << text(marked.info.error());
  EXPECT_NEAR(marked.samples[0].watts, 3e-3, 1e-12);
  EXPECT_TRUE(marked.samples[1].marked);
  const Read alone = read(file);
  ASSERT_TRUE(alone.info);
  ASSERT_EQ(alone.info->notes.size(), 1u);
  EXPECT_NE(alone.info->notes[0].find("if it is another signal"), std::string::npos);
}

TEST(PowerTrace, NotesWhatOptionsSayOtherwise) {
  const struct {
    std::string text;
    PowerTraceOptions options;
    const char* words;
  } cases[] = {
      {"time_s,current_a,voltage_v\n0,1,3\n1,2,3\n",
       {.voltage_v = 5, .columns = {}, .trigger = {}, .rate_hz = 0},
       "its own voltage ('voltage_v'): --voltage 5 is not used"},
      {"time_s,power_w\n0,1\n1,2\n",
       {.voltage_v = 0, .columns = {}, .trigger = {}, .rate_hz = 10},
       "its own time ('time_s'): --rate 10 is not used"},
      {"time_s,current_uA\n0,1\n1,2\n",
       {.voltage_v = 3, .columns = "time:s,current:mA", .trigger = {}, .rate_hz = 0},
       "--columns takes column 2 as current:mA, the file calls it 'current_uA'"},
      {energy_runner(),
       {.voltage_v = 0, .columns = {}, .trigger = {}, .rate_hz = 10},
       "--rate 10 is not used"},
      {"time_s,power_w\n0,-1\n1,-2\n2,1\n", {}, "2 of 3 samples are negative"},
  };
  for (const auto& c : cases) {
    const Read got = read(c.text, c.options);
    ASSERT_TRUE(got.info) << c.words << text(got.info.error());
    ASSERT_EQ(got.info->notes.size(), 1u) << c.words;
    EXPECT_NE(got.info->notes[0].find(c.words), std::string::npos) << got.info->notes[0];
  }
  const Read agrees =
      read("time_s,current_uA\n0,1\n1,2\n",
           {.voltage_v = 3, .columns = "time,current:uA", .trigger = {}, .rate_hz = 0});
  ASSERT_TRUE(agrees.info);
  EXPECT_TRUE(agrees.info->notes.empty());
}

TEST(PowerWindows, EnergyRunnersOwn) {
  const TraceFile file(energy_runner());
  const auto times = read_window_times("[0.018, 1.0, 1.5, 3.0, 3.5, 5.0, 5.5]");
  ASSERT_TRUE(times);
  WindowRule rule;
  rule.kind = WindowRule::given;
  rule.times = *times;
  const auto facts = read_windows(file.path(), {}, rule);
  ASSERT_TRUE(facts) << text(facts.error());
  ASSERT_EQ(facts->windows.size(), 3u);
  // Time is added up sample by sample, so that a window may begin one sample late.
  for (const PowerWindow& window : facts->windows) EXPECT_NEAR(window.joules, 0.025, 60e-6);
  const PowerSummary summary = summarise(*facts, 10, false);
  EXPECT_NEAR(summary.energy_uj.mean, 2500, 6);
  EXPECT_NEAR(summary.time_us.mean, 50'000, 100);
  EXPECT_NEAR(summary.active_w, 0.05, 1e-4);
  EXPECT_NEAR(summarise(*facts, 10, true).energy_uj.mean, 2500 - summary.idle_w * 50'000, 6);
}

TEST(EnergyRunner, CountsOfItsLog) {
  constexpr std::string_view kLog =
      "00245.292 ulp-ml: Performance results for window 2:\n"
      "00245.292 ulp-ml:   # Inferences :          300\n"
      "00245.292 ulp-ml:   Runtime      :       12.951 sec.\n"
      "00245.292 ulp-ml:   # Inferences :          300\n";
  EXPECT_EQ(inferences_of_log(kLog, 2), 300);
  EXPECT_EQ(inferences_of_log(kLog, 3), std::nullopt);
  EXPECT_EQ(inferences_of_log("# Inferences : 300\n# Inferences : 301\n", 2), std::nullopt);
  for (const std::string_view bad :
       {"", "# Inferences", "# Inferences : ", "# Inferences : x", "# Inferences : 0",
        "# Inferences : -5", "# Inferences : 99999999999999999999"})
    EXPECT_EQ(inferences_of_log(bad, 1), std::nullopt) << bad;
}

TEST(PowerWindows, ByTheirOwnShape) {
  const TraceFile file(energy_runner());
  const auto levels = find_levels(file.path(), {});
  ASSERT_TRUE(levels) << text(levels.error());
  EXPECT_NEAR(levels->low_w, 0.02, 0.001);
  EXPECT_NEAR(levels->high_w, 0.05, 0.002);
  WindowRule rule;
  rule.upper_w = levels->threshold_w;
  rule.lower_w = levels->threshold_w;
  const auto facts = read_windows(file.path(), {}, rule);
  ASSERT_TRUE(facts);
  ASSERT_EQ(facts->windows.size(), 5u);
  for (const PowerWindow& window : facts->windows) {
    EXPECT_EQ(window.samples, 500);
    EXPECT_NEAR(window.joules, 0.025, 1e-9);
  }
  EXPECT_NEAR(facts->idle_joules / facts->idle_s, 0.02, 1e-9);
  EXPECT_NEAR(facts->idle_median_w, 0.02, 0.02 * 0.0005);
  EXPECT_LE(facts->series.time_s.size(), PowerSeries::kMostPoints);
  EXPECT_GE(facts->series.time_s.size(), PowerSeries::kMostPoints / 2);
}

TEST(PowerWindows, OneLevelIsNone) {
  std::string bytes = "\xf1" + float_bytes(1000);
  for (int i = 0; i < 1000; ++i) bytes += float_bytes(20.0f + static_cast<float>(i % 3) * 0.1f);
  const auto levels = find_levels(TraceFile(bytes).path(), {});
  ASSERT_FALSE(levels);
  EXPECT_NE(text(levels.error()).find("no two levels"), std::string::npos);
}

/// One sample a second.
Result<PowerFacts> of_powers(const std::vector<double>& watts, const WindowRule& rule) {
  std::string text = "time_s,power_w,D0\n";
  for (size_t i = 0; i < watts.size(); ++i)
    text +=
        std::to_string(i) + "," + std::to_string(watts[i]) + "," + (watts[i] > 2 ? "1\n" : "0\n");
  return read_windows(TraceFile(text).path(),
                      {.voltage_v = 0, .columns = {}, .trigger = "D0", .rate_hz = 0}, rule);
}

TEST(PowerWindows, HysteresisBridgesLengthsAndEdges) {
  const auto windows = [](const std::vector<double>& watts, const WindowRule& rule) {
    const auto facts = of_powers(watts, rule);
    std::string text;
    EXPECT_TRUE(facts);
    if (!facts) return text;
    for (const PowerWindow& w : facts->windows)
      text += std::to_string(static_cast<int>(w.start_s)) + "-" +
              std::to_string(static_cast<int>(w.end_s)) + "=" +
              std::to_string(static_cast<int>(w.joules)) + " ";
    return text + "cut " + std::to_string(facts->cut) + " brief " + std::to_string(facts->brief);
  };
  WindowRule rule;
  rule.upper_w = 4;
  rule.lower_w = 3;
  EXPECT_EQ(windows({1, 5, 5, 1, 5, 5, 1}, rule), "1-3=10 4-6=10 cut 0 brief 0");
  EXPECT_EQ(windows({1, 5, 3.5, 5, 1, 3.5, 1}, rule), "1-4=13 cut 0 brief 0");
  EXPECT_EQ(windows({5, 5, 1, 5, 1, 5, 5}, rule), "3-4=5 cut 2 brief 0");
  rule.shortest_s = 2;
  EXPECT_EQ(windows({1, 5, 5, 1, 5, 1, 1}, rule), "1-3=10 cut 0 brief 1");
  rule.bridge_s = 1;
  EXPECT_EQ(windows({1, 5, 1, 5, 1, 1, 1}, rule), "1-4=11 cut 0 brief 0");
  rule = {};
  rule.kind = WindowRule::marked;
  EXPECT_EQ(windows({1, 5, 3, 1, 5, 5, 1}, rule), "1-3=8 4-6=10 cut 0 brief 0");
  rule.kind = WindowRule::whole;
  EXPECT_EQ(windows({1, 5, 3}, rule), "0-3=9 cut 0 brief 0");
}

TEST(PowerWindows, CutOffIsNeitherInsideNorOutside) {
  WindowRule rule;
  rule.upper_w = rule.lower_w = 4;
  const std::vector<double> watts = {9, 9, 1, 5, 5, 1, 7, 7};
  const auto facts = of_powers(watts, rule);
  ASSERT_TRUE(facts);
  EXPECT_EQ(facts->cut, 2);
  EXPECT_EQ(facts->idle_s, 2);
  EXPECT_EQ(facts->idle_joules, 2);
  EXPECT_EQ(facts->cut_s, 4);
  EXPECT_EQ(facts->cut_joules, 32);
  EXPECT_NEAR(summarise(*facts, 1, true).energy_uj.mean, 8e6, 1e-6);
  EXPECT_NEAR(summarise(*facts, 1, true).average_w, 44.0 / 8, 1e-12);
}

TEST(PowerWindows, ABeginWithoutEnd) {
  WindowRule rule;
  rule.kind = WindowRule::given;
  const auto times = read_window_times("[0, 1, 3, 6]");
  ASSERT_TRUE(times) << text(times.error());
  rule.times = *times;
  const auto facts = of_powers({1, 5, 5, 1, 1, 1, 7, 7}, rule);
  ASSERT_TRUE(facts) << text(facts.error());
  ASSERT_EQ(facts->windows.size(), 1u);
  EXPECT_EQ(facts->idle_joules / facts->idle_s, 1);
  EXPECT_EQ(facts->cut_joules, 14);
  ASSERT_EQ(facts->trace.notes.size(), 1u);
  EXPECT_NE(facts->trace.notes[0].find("the begin at 6 s has no end"), std::string::npos);
}

TEST(PowerWindows, MoreOutsideThanInsideIsNotIdle) {
  WindowRule rule;
  rule.kind = WindowRule::given;
  rule.times = {{1, 3}};
  const auto facts = of_powers({5, 1, 1, 5, 5}, rule);
  ASSERT_TRUE(facts);
  const PowerSummary summary = summarise(*facts, 1, false);
  EXPECT_TRUE(not_idle(*facts, summary));
  EXPECT_NE(summary.caveats.back().find("it is not idle there"), std::string::npos);
  rule.times = {{0, 1}};
  const auto other = of_powers({5, 1, 1, 1, 1}, rule);
  ASSERT_TRUE(other);
  EXPECT_FALSE(not_idle(*other, summarise(*other, 1, false)));
}

TEST(PowerWindows, AReversedProbeHasNoLevels) {
  const TraceFile file("time_s,power_w\n0,-1\n1,-5\n2,-1\n");
  const auto levels = find_levels(file.path(), {});
  ASSERT_FALSE(levels);
  EXPECT_NE(text(levels.error()).find("is the probe reversed"), std::string::npos);
}

TEST(PowerWindows, ABitOfNordicsString) {
  const TraceFile file(
      "Timestamp(ms),Current(uA),D0-D7\n0,1,00000000\n1,1,01000000\n2,1,01000000\n3,1,00000000\n");
  WindowRule rule;
  rule.kind = WindowRule::marked;
  const auto facts = read_windows(
      file.path(), {.voltage_v = 3, .columns = {}, .trigger = "D1", .rate_hz = 0}, rule);
  ASSERT_TRUE(facts) << text(facts.error());
  ASSERT_EQ(facts->windows.size(), 1u);
  EXPECT_EQ(facts->windows[0].samples, 2);
  EXPECT_NEAR(facts->windows[0].joules, 2 * 3e-6 * 1e-3, 1e-15);
}

TEST(PowerWindows, TimesOfAFile) {
  const auto pairs = read_window_times("[[1, 2], [3, 4.5]]");
  ASSERT_TRUE(pairs);
  EXPECT_EQ(pairs->at(1).second, 4.5);
  const auto lines = read_window_times("begin,end\n1.5,2.5\n3;4\n");
  ASSERT_TRUE(lines);
  EXPECT_EQ(lines->size(), 2u);
  const auto commas = read_window_times("0,1;0,2\n");
  ASSERT_TRUE(commas);
  EXPECT_EQ(commas->at(0), std::pair(0.1, 0.2));
  const struct {
    const char *text, *words;
  } cases[] = {
      {"", "holds no window"},
      {"[1, 2]", "holds no window"},
      {"[0, 2, 1]", "window 1: its end"},
      {"[0, 1, 3, 2, 4]", "window 2 begins at 2 s"},
      {"[[1, \"x\"]]", "entry 1 is no pair"},
      {"{}", "holds no window"},
      {"a,b\nc,d\n", "line 2"},
      {"1,2\n3,4,x\n", "line 2: '3,4,x' is not"},
      {"1,2x\n", "line 1: '1,2x' is not"},
      {"1 - 2\n", "line 1: '1 - 2' is not"},
  };
  for (const auto& c : cases) {
    const auto times = read_window_times(c.text);
    ASSERT_FALSE(times) << c.text;
    EXPECT_NE(text(times.error()).find(c.words), std::string::npos) << text(times.error());
  }
}

TEST(PowerWindows, BeyondTheTrace) {
  WindowRule rule;
  rule.kind = WindowRule::given;
  rule.times = {{1, 2}, {10.5, 12}};
  const auto facts = read_windows(TraceFile(energy_runner()).path(), {}, rule);
  ASSERT_FALSE(facts);
  EXPECT_NE(text(facts.error()).find("window 2 is from 10.5 to 12 s"), std::string::npos);
}

TEST(PowerSummary, WarnsOfFewSamplesAndOddWindows) {
  WindowRule rule;
  rule.upper_w = rule.lower_w = 4;
  const auto facts = of_powers({1, 5, 5, 1, 9, 9, 9, 9, 1, 5, 1}, rule);
  ASSERT_TRUE(facts);
  const PowerSummary summary = summarise(*facts, 1, false);
  std::string all;
  for (const std::string& caveat : summary.caveats) all += caveat + "\n";
  EXPECT_NE(all.find("sampling rate is low"), std::string::npos) << all;
  EXPECT_NE(all.find("may not all be the same work"), std::string::npos) << all;
}

}  // namespace
}  // namespace assay
