// Scripts: what is read and refused, and that playing them takes each step once.
#include "measure/uart_script.h"

#include <gtest/gtest.h>

namespace assay {
namespace {

std::string what(const auto& result) { return result ? "read" : text(result.error()); }

TEST(UartScript, ReadsEveryStep) {
  const auto script = read_uart_script(
      "# a comment\nwait ready\nsend go\\r\\n\nbegin a\nend a\nbegin b\nend b\n"
      "derive c = (b - a) / 2\nstop\n");
  ASSERT_TRUE(script) << what(script);
  ASSERT_EQ(script->steps.size(), 7u);
  EXPECT_EQ(script->steps[1].text, "go\r\n");
  ASSERT_EQ(script->derived.size(), 1u);
  EXPECT_EQ(script->derived[0].minuend, "b");
  EXPECT_EQ(script->derived[0].divisor, 2);
}

TEST(UartScript, NamesTheLineThatItRefuses) {
  EXPECT_EQ(what(read_uart_script("wait x\nsnd y\n")),
            "line 2: 'snd' is none of wait, send, begin, end, derive, stop");
  EXPECT_EQ(what(read_uart_script("begin a\n")), "region a does not end");
  EXPECT_EQ(what(read_uart_script("end a\n")), "line 1: a has not begun");
  EXPECT_EQ(what(read_uart_script("derive c = (a - b) / 2\n")), "line 1: no region a above");
  EXPECT_EQ(what(read_uart_script("send \\q\n")),
            "line 1: '\\q' is none of \\n \\r \\t \\s \\\\ \\xNN");
}

TEST(UartPlayer, WaitsForTextThatMayComeInPieces) {
  const auto script = read_uart_script("wait ready\nsend go\nwait done\nstop\n");
  ASSERT_TRUE(script);
  UartPlayer player(*script);
  for (const char c : std::string_view("rea")) player.output(c);
  EXPECT_TRUE(player.take().empty());
  EXPECT_EQ(player.awaited(), "ready");
  for (const char c : std::string_view("dy")) player.output(c);
  EXPECT_EQ(player.take().size(), 2u);  // the wait and the send
  EXPECT_TRUE(player.take().empty());
  for (const char c : std::string_view("done")) player.output(c);
  EXPECT_EQ(player.take().size(), 2u);
  EXPECT_TRUE(player.done());
}

TEST(UartPlayer, FindsTextAfterMuchOutputInLittleTime) {
  const auto script = read_uart_script("wait ready\nwait more\nstop\n");
  ASSERT_TRUE(script);
  UartPlayer player(*script);
  for (int i = 0; i < 4'000'000; ++i) {
    player.output(i % 2 ? 'r' : 'e');
    ASSERT_TRUE(player.take().empty());
  }
  for (const char c : std::string_view("ready more")) player.output(c);
  EXPECT_EQ(player.take().size(), 3u);
  EXPECT_TRUE(player.done());
}

}  // namespace
}  // namespace assay
