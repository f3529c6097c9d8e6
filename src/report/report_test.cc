#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <limits>

#include "record/json.h"
#include "report/format.h"
#include "report/layout.h"
#include "report/names.h"
#include "report/notes.h"
#include "report/numbers.h"
#include "report/printable.h"
#include "report/test_records.h"
#include "util/files.h"

namespace assay {
namespace {

/// Compares with src/report/testdata/NAME; UPDATE=1 writes it, the diff is then reviewed.
void expect_page(const std::string& name, const std::string& made) {
  const std::filesystem::path file =
      std::filesystem::path(ASSAY_SOURCE_DIR) / "src/report/testdata" / name;
  if (std::getenv("UPDATE") != nullptr) {
    std::filesystem::create_directories(file.parent_path());
    const Status written = write_text(file, made);
    ASSERT_TRUE(written) << text(written.error());
  }
  const auto expected = read_text(file);
  ASSERT_TRUE(expected) << text(expected.error());
  EXPECT_EQ(made, *expected) << name;
}

std::string one(const Format& format, const Record& record, const RenderOptions& options = {}) {
  return format.render(std::vector<Record>{record}, options);
}

std::vector<Record> several() {
  Record fast = test_record();
  fast.target = "nucleo-h743zi";
  fast.core = "cortex_m7";
  fast.clock_hz = Figure::exact(480'000'000);
  fast.latency_us = Figure::modelled(1'950, 1'833, 2'067);
  fast.energy_uj = Figure::modelled(720, 540, 900);
  return {test_record(), fast, test_record_too_big(), test_record_static()};
}

TEST(Page, LooksAsCommitted) {
  expect_page("measured.txt", one(text_format, test_record()));
  expect_page("too_big.txt", one(text_format, test_record_too_big()));
  expect_page("no_toolchain.txt", one(text_format, test_record_static()));
  expect_page("several.txt", text_format.render(several(), {}));
  expect_page("measured.md", one(markdown_format, test_record()));
  expect_page("several.md", markdown_format.render(several(), {}));
  expect_page("measured.json", one(json_format, test_record()));
  expect_page("several.csv", csv_format.render(several(), {}));
  expect_page("narrow.txt", one(text_format, test_record(), {.width = 60}));
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = text.find('\n', begin);
    lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

TEST(Page, IsNoWiderThanAsked) {
  for (const Record& record : {test_record(), test_record_too_big(), test_record_static()})
    for (const std::string& line : lines_of(one(text_format, record))) {
      EXPECT_LE(display_width(line), 100u) << line;
      EXPECT_FALSE(line.ends_with(' ')) << "'" << line << "'";
    }
}

TEST(Page, LargeNumbersMakeNamesNarrow) {
  Record record = test_record();
  for (LayerRecord& layer : record.layers) {
    layer.op = "transpose_conv_2d_bias_relu6";
    layer.detail = "kernel 13x13, stride 2x2, dilation 4x4";
    layer.output_shape = "1x1024x1024x1024";
    layer.macs = Figure::exact(9'000'000'000);
    layer.arena_bytes = Figure::exact(900'000'000);
  }
  for (const std::string& line : lines_of(one(text_format, record)))
    EXPECT_LE(display_width(line), 100u) << line;
}

TEST(Page, BytesThatArePredictedSayHowFarTheyCanBeOff) {
  Record record = test_record();
  record.flash_bytes = {40'000, How::predicted, 38'000, 42'000, {}};
  const std::string page = one(text_format, record);
  EXPECT_NE(page.find("flash  40 000 B +-5 % of 2 MB"), std::string::npos) << page;
  EXPECT_NE(page.find("predicted: flash +-5 %"), std::string::npos) << page;
}

TEST(Page, InstructionsThatDependOnTheInputSayHowFar) {
  Record record = test_record();
  record.instructions_most = Figure::exact(1'210'001);
  EXPECT_EQ(one(text_format, record).find("by input"), std::string::npos);
  record.instructions_most = Figure::exact(1'300'000);
  EXPECT_NE(one(text_format, record, {.width = 140})
                .find("1.21 M instructions (1.21 M .. 1.30 M by input)"),
            std::string::npos);
}

TEST(Page, OfAnEmptyRecordSaysWhatIsMissing) {
  const std::string page = one(text_format, Record());
  EXPECT_NE(page.find("(1) no clock, MACs, parameters, flash, RAM"), std::string::npos) << page;
  EXPECT_EQ(page.find("nan"), std::string::npos) << page;
  EXPECT_NE(text_format.render({}, {}).find("no records"), std::string::npos);
}

TEST(Page, EveryReasonIsOnIt) {
  Record record = test_record();
  int count = 0;
  describe(record, [&](std::string_view, auto& member, Unit, std::string_view) {
    if constexpr (std::is_same_v<std::remove_cvref_t<decltype(member)>, Figure>)
      member = Figure::none("reason<" + std::to_string(++count) + ">");
  });
  record.layers[1].loads = Figure::none("a reason of its own");
  const std::string page = one(text_format, record, {.width = 400});
  for (int i = 1; i <= count; ++i)
    EXPECT_NE(page.find("reason<" + std::to_string(i) + ">"), std::string::npos) << i << page;
  EXPECT_NE(page.find("no loads by layer: a reason of its own"), std::string::npos) << page;
}

TEST(Page, NeverPrintsWhatIsNoNumber) {
  const double odd[] = {std::nan(""), std::numeric_limits<double>::infinity(),  -0.0, 1e300,
                        -1e300,       std::numeric_limits<double>::denorm_min()};
  for (const double value : odd)
    for (const How how : {How::exact, How::modelled}) {
      Record record = test_record();
      const Figure figure = {value, how, value, value, {}};
      const auto spoil = [&](std::string_view, auto& member, Unit, std::string_view) {
        if constexpr (std::is_same_v<std::remove_cvref_t<decltype(member)>, Figure>)
          member = figure;
      };
      describe(record, spoil);
      describe_lists(record, [&](std::string_view, auto& rows, std::string_view) {
        for (auto& row : rows) describe(row, spoil);
      });
      for (const Format* format : all_formats()) {
        std::string page = one(*format, record);
        // In HTML the records; what follows is the charts' library.
        if (format == &html_format) page.resize(std::min(page.size(), page.find("</script>")));
        SCOPED_TRACE(page);
        EXPECT_EQ(page.find("nan"), std::string::npos);
        EXPECT_EQ(page.find("inf "), std::string::npos);
        EXPECT_EQ(page.find("-0 "), std::string::npos);
        EXPECT_EQ(page.find("-0."), std::string::npos);
      }
    }
}

TEST(Page, HostileNamesAreHarmless) {
  Record record = test_record();
  record.model = "\x1b[2Jevil\n# heading | <b>\xff\xe2\x80\xae.tflite";
  record.layers[0].detail = "a|b\x07";
  for (const bool colour : {false, true}) {
    const std::string page = one(text_format, record, {.colour = colour});
    EXPECT_EQ(page.find("\x1b[2J"), std::string::npos);
    EXPECT_NE(page.find("?[2Jevil # heading | <b>??.tflite"), std::string::npos) << page;
    EXPECT_EQ(page.find('\x07'), std::string::npos);
  }
  const std::string markdown = one(markdown_format, record);
  EXPECT_NE(markdown.find("evil # heading \\| \\<b\\>"), std::string::npos) << markdown;
  EXPECT_NE(markdown.find("a\\|b?"), std::string::npos);
}

TEST(Page, ColourOnlyWhenTold) {
  EXPECT_EQ(one(text_format, test_record()).find('\x1b'), std::string::npos);
  std::string coloured = one(text_format, test_record(), {.colour = true});
  EXPECT_NE(coloured.find("\x1b[32m"), std::string::npos);
  // Without its escapes it is the plain page.
  for (size_t at; (at = coloured.find('\x1b')) != std::string::npos;)
    coloured.erase(at, coloured.find('m', at) - at + 1);
  EXPECT_EQ(coloured, one(text_format, test_record()));
}

TEST(TargetsTable, RowsStayInOrderAndModelsApart) {
  std::vector<Record> records = several();
  records[1].model = "vww.tflite";
  const std::string page = text_format.render(records, {});
  const size_t first = page.find("nucleo-l4r5zi"), second = page.find("stm32f030-tiny");
  const size_t other = page.find("vww.tflite");
  EXPECT_LT(first, second) << page;
  EXPECT_LT(second, other) << page;
  EXPECT_LT(other, page.find("nucleo-h743zi")) << page;
}

TEST(TargetsTable, NamesTheTargetWhoseOutputsDiffer) {
  std::vector<Record> records = several();
  EXPECT_NE(text_format.render(records, {}).find("outputs: equal to the reference"),
            std::string::npos);
  records[1].verified = "layer 2 conv_2d differs from the reference in 3 of 20 inputs";
  EXPECT_NE(
      text_format.render(records, {}).find("outputs on nucleo-h743zi: layer 2 conv_2d differs"),
      std::string::npos)
      << text_format.render(records, {});
}

TEST(TargetsTable, ShowsWhatWasVaried) {
  std::vector<Record> records = {test_record(), test_record()};
  EXPECT_EQ(text_format.render(records, {}).find("balanced"), std::string::npos);
  records[1].optimize = "speed";
  const std::string page = text_format.render(records, {});
  EXPECT_NE(page.find("aot balanced"), std::string::npos) << page;
  EXPECT_NE(page.find("aot speed"), std::string::npos) << page;
}

TEST(Layout, WrapsTheLastColumn) {
  const Section table = {
      .title = "targets",
      .table = {.columns = {{.title = "name"},
                            {.title = "flash", .right = true},
                            {.title = "what"}},
                .rows = {{{"pico", "2 MB", "a board whose description goes on and on"}},
                         {{"nucleo", "512 KB", "short"}}}},
      .lines = {"2 of them."}};
  std::string page;
  for (const Line& line : section_lines(table, 48)) page += line.text + "\n";
  EXPECT_EQ(page,
            "  targets\n"
            "  name     flash  what\n"
            "  pico      2 MB  a board whose description goes\n"
            "                  on and on\n"
            "  nucleo  512 KB  short\n"
            "  2 of them.\n");
}

TEST(Formats, AreFoundByNameAndFile) {
  const struct {
    const char* file;
    const char* format;
  } cases[] = {{"page.md", "markdown"}, {"a/B.CSV", "csv"}, {"x.json", "json"}, {"p.txt", "text"}};
  for (const auto& c : cases) {
    const auto format = format_of_file(c.file);
    ASSERT_TRUE(format) << c.file;
    EXPECT_EQ((*format)->name, c.format);
    EXPECT_EQ(*find_format(c.format), *format);
  }
  EXPECT_EQ(find_format("marckdown").error().what,
            "no format 'marckdown'; did you mean markdown?   (there are: text, markdown, html, "
            "csv, perfetto, model_explorer, json)");
  EXPECT_NE(text(format_of_file("page.pdf").error())
                .find("known: .txt, .md, .markdown, .html, .htm, .csv"),
            std::string::npos);
}

TEST(Formats, JsonReadsBack) {
  const auto records = parse_records(json_format.render(several(), {}));
  ASSERT_TRUE(records) << text(records.error());
  EXPECT_EQ(text_format.render(*records, {}), text_format.render(several(), {}));
}

TEST(Numbers, ForPeople) {
  const Notes none;
  const auto modelled = [](double value, double low, double high) {
    return Figure::modelled(value, low, high);
  };
  EXPECT_EQ(time_text(modelled(36900, 34100, 39800), none), "36.9 ms");
  EXPECT_EQ(time_interval(modelled(36900, 34100, 39800)), "(34.1 .. 39.8)");
  EXPECT_EQ(time_text(modelled(999.7, 0, 0), none), "1.00 ms");
  EXPECT_EQ(time_text(modelled(0.5, 0, 0), none), "0.50 us");
  EXPECT_EQ(time_text(modelled(2.5e6, 0, 0), none), "2.50 s");
  EXPECT_EQ(energy_text(modelled(0.25, 0, 0), none), "250 nJ");
  EXPECT_EQ(energy_text(modelled(0, 0, 0), none), "0 nJ");
  EXPECT_EQ(spread(modelled(100, 92, 108)), "+-8 %");
  EXPECT_EQ(spread(modelled(100, 98, 135)), "-2..+35 %");
  EXPECT_EQ(spread(modelled(100, 99.9, 100)), "+-<1 %");
  EXPECT_EQ(spread(modelled(100, 100, 100)), "exact");
  EXPECT_EQ(spread(modelled(100, 100, 135)), "0..+35 %");
  EXPECT_EQ(spread(modelled(0, 0, 0)), "");
  EXPECT_EQ(spread(Figure::exact(3)), "");
  EXPECT_EQ(exact_text(Figure::exact(41312), none), "41 312");
  EXPECT_EQ(exact_text(Figure::none("x"), none), "-");
  EXPECT_EQ(clock_text(Figure::exact(120'000'000)), "120 MHz");
  EXPECT_EQ(clock_text(Figure::exact(32'768)), "0.033 MHz");
  EXPECT_EQ(percent(1, 3), "33 %");
  EXPECT_EQ(percent(1, 1e6), "<0.1 %");
  EXPECT_EQ(percent(0, 10), "0.0 %");
  EXPECT_EQ(whole_percent(1, 300), "<1 %");
  EXPECT_EQ(whole_percent(1, 50), "2 %");
  EXPECT_EQ(percent(1, 0), "");
  EXPECT_EQ(bar(1, 2, 10), "#####");
  EXPECT_EQ(bar(5, 2, 10), "##########");
}

TEST(Names, AreShort) {
  EXPECT_EQ(core_title("cortex_m0plus"), "Cortex-M0+");
  EXPECT_EQ(core_title("avr5"), "avr5");
  EXPECT_EQ(core_short("cortex_m33"), "M33");
  EXPECT_EQ(compiler_title("arm-none-eabi-gcc (15:12.2.rel1-1) 12.2.1 20221205"), "gcc 12.2.1");
  EXPECT_EQ(compiler_title("arm-none-eabi-gcc (Arm GNU Toolchain 13.2.Rel1) 13.2.1"), "gcc 13.2.1");
  EXPECT_EQ(compiler_title("my compiler"), "my compiler");
  EXPECT_EQ(optimisation_flag("-Os -g -O2 -mthumb"), "-O2");
  EXPECT_EQ(optimisation_flag("-mthumb"), "");
}

TEST(Printable, KeepsTextAndNothingElse) {
  EXPECT_EQ(printable("caf\xc3\xa9 \xe6\xa8\xa1", true), "caf\xc3\xa9 \xe6\xa8\xa1");
  EXPECT_EQ(printable("caf\xc3\xa9", false), "caf?");
  EXPECT_EQ(printable(std::string_view("a\0b\x7f\xc2\x85", 6), true), "a?b??");
  EXPECT_EQ(printable("\xc3", true), "?");
  EXPECT_EQ(printable("\xe0\x80\x80", true), "???");  // overlong
  EXPECT_EQ(printable("\xed\xa0\x80", true), "???");  // surrogate
  EXPECT_EQ(printable("\xe2\x80\xae", true), "?");    // right-to-left override
  EXPECT_EQ(display_width("caf\xc3\xa9"), 4u);
  EXPECT_EQ(clipped("caf\xc3\xa9-au-lait", 6), "caf\xc3\xa9..");
  EXPECT_EQ(clipped("short", 6), "short");
  EXPECT_EQ(wrapped("a bb ccc", 4), (std::vector<std::string>{"a bb", "ccc"}));
  EXPECT_EQ(wrapped("toolongword x", 4), (std::vector<std::string>{"toolongword", "x"}));
  EXPECT_TRUE(wrapped("  ", 4).empty());
}

}  // namespace
TEST(Html, HoldsTheRecordsAndNoMarkupOfTheirs) {
  if (!html_format.missing().empty()) GTEST_SKIP() << html_format.missing();
  Record record = test_record();
  record.model = "</script><b>";
  const std::string page = one(html_format, record);
  EXPECT_EQ(page.find("ASSAY_RECORDS"), std::string::npos);
  EXPECT_EQ(page.find("</script><b>"), std::string::npos);
  EXPECT_NE(page.find(R"("model":"\u003c/script>\u003cb>")"), std::string::npos);
  EXPECT_NE(page.find(R"("flash_bytes":)"), std::string::npos);
}

TEST(Perfetto, LayersFollowOneAnother) {
  Record record;
  record.layers.resize(3);
  record.layers[0].op = "conv_2d";
  record.layers[0].latency_us = Figure::modelled(10, 9, 11);
  record.layers[1].latency_us = Figure::none("not run");
  record.layers[2].index = 2;
  record.layers[2].op = "softmax";
  record.layers[2].latency_us = Figure::modelled(5, 4, 6);
  const std::string trace = one(perfetto_format, record);
  EXPECT_NE(trace.find("\"name\": \"0 conv_2d\",\n      \"ph\": \"X\",\n      \"pid\": 1,\n      "
                       "\"tid\": 0,\n      \"ts\": 0,\n      \"dur\": 10,"),
            std::string::npos)
      << trace;
  EXPECT_NE(trace.find("\"ts\": 10,\n      \"dur\": 5,"), std::string::npos) << trace;
}

TEST(ModelExplorer, CyclesByTheNameOfTheOutput) {
  Record record;
  record.target = "pico";
  record.layers.resize(2);
  record.layers[0].name = "model/conv;model/bias";
  record.layers[0].cycles = Figure::modelled(7, 6, 8);
  record.layers[1].name = "unknown";
  record.layers[1].cycles = Figure::none("not run");
  const std::string json = one(model_explorer_format, record);
  EXPECT_NE(json.find("\"name\": \"cycles on pico\""), std::string::npos);
  EXPECT_NE(json.find("\"model/conv;model/bias\": {\n      \"value\": 7"), std::string::npos)
      << json;
  EXPECT_EQ(json.find("unknown"), std::string::npos);
}

TEST(Formats, TheLongerEndingWins) {
  EXPECT_EQ(format_of_file("a.perfetto.json").value()->name, "perfetto");
  EXPECT_EQ(format_of_file("a.json").value()->name, "json");
}

}  // namespace assay
