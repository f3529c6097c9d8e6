#include <gtest/gtest.h>

#include <array>

#include "util/embedded.h"
#include "util/files.h"
#include "util/hash.h"
#include "util/json.h"
#include "util/process.h"
#include "util/text.h"
#include "util/toml.h"

namespace assay {
namespace {

TEST(Text, NumbersForPeople) {
  EXPECT_EQ(thousands(0), "0");
  EXPECT_EQ(thousands(999), "999");
  EXPECT_EQ(thousands(-41312), "-41 312");
  EXPECT_EQ(thousands(1234567), "1 234 567");
  EXPECT_EQ(si(4430000), "4.43 M");
  EXPECT_EQ(si(12), "12");
  EXPECT_EQ(si(999999), "1.00 M");
  EXPECT_EQ(bytes_text(2 << 20), "2 MB");
  EXPECT_EQ(bytes_text(640 * 1024), "640 KB");
  EXPECT_EQ(bytes_text(41312), "41 312 B");
}

TEST(Text, NearestNames) {
  const std::vector<std::string> names = {"nucleo-f446re", "stm32f407-discovery", "pico", "pico2"};
  EXPECT_EQ(did_you_mean("stm32f4", names), "; did you mean stm32f407-discovery?");
  EXPECT_EQ(did_you_mean("pcio", names), "; did you mean pico or pico2?");
  EXPECT_EQ(did_you_mean("zzzzzzzz", names), "");
  EXPECT_EQ(did_you_mean(std::string(100000, 'a'), names), "");
}

TEST(Text, Identifiers) {
  EXPECT_EQ(c_identifier("kws-ref model"), "kws_ref_model");
  EXPECT_EQ(c_identifier("1x"), "m_1x");
  EXPECT_EQ(c_identifier(""), "m_");
  EXPECT_EQ(c_identifier("_a"), "m_a");
}

TEST(Toml, AMisspeltKeyIsAnError) {
  Result<Toml> toml = Toml::parse("clok_hz = 1\n", "t.toml");
  ASSERT_TRUE(toml);
  EXPECT_EQ(toml->integer("clock_hz", 7).value(), 7);
  const Status status = toml->no_other_keys();
  ASSERT_FALSE(status);
  EXPECT_EQ(text(status.error()), "t.toml:1: unknown key 'clok_hz'; did you mean clock_hz?");
}

TEST(Toml, ErrorsNameFileLineAndPlace) {
  Result<Toml> toml = Toml::parse("\n[[memory]]\nsize = \"x\"\nflag = true\n", "t.toml");
  ASSERT_TRUE(toml);
  const auto tables = toml->tables("memory");
  ASSERT_TRUE(tables);
  ASSERT_EQ(tables->size(), 1u);
  EXPECT_EQ(text(tables->at(0).integer("size").error()),
            "t.toml:3: memory[0]: 'size' is of type string, need an integer");
  EXPECT_EQ(text(tables->at(0).integer("flag").error()),
            "t.toml:4: memory[0]: 'flag' is of type boolean, need an integer");
  EXPECT_EQ(text(tables->at(0).text("name").error()), "t.toml:2: memory[0]: missing key 'name'");
  EXPECT_FALSE(Toml::parse("a = ", "t.toml"));
  EXPECT_FALSE(Toml::parse("a = " + std::string(100000, '['), "t.toml"));
}

TEST(Toml, ArraysOfStrings) {
  Result<Toml> toml = Toml::parse("a = ['x', 'y']\nb = [1]\n", "t.toml");
  ASSERT_TRUE(toml);
  EXPECT_EQ(toml->texts("a").value(), (std::vector<std::string>{"x", "y"}));
  EXPECT_TRUE(toml->texts("none").value().empty());
  EXPECT_EQ(text(toml->texts("b").error()), "t.toml:2: 'b' is no array of strings");
}

TEST(Json, KeepsOrderAndIntegers) {
  Json json = Json::object();
  json.set("b", 8955686.0).set("a", Json::array().push("x").push(1.5).push(nullptr));
  EXPECT_EQ(json.dump(),
            "{\n  \"b\": 8955686,\n  \"a\": [\n    \"x\",\n    1.5,\n    null\n  ]\n}\n");
  const Result<Json> back = Json::parse(json.dump());
  ASSERT_TRUE(back);
  EXPECT_EQ(back->at("a").at(1).number(), 1.5);
  EXPECT_TRUE(back->at("nothing").is_null());
}

TEST(Json, HostileTextIsAnError) {
  EXPECT_FALSE(Json::parse("{\"a\":"));
  EXPECT_FALSE(Json::parse(std::string(1000000, '[')));
  EXPECT_FALSE(Json::parse("\xff\xfe"));
  EXPECT_EQ(Json("\xff").dump().find('\xff'), std::string::npos);
}

TEST(Files, WholeOrNotAtAll) {
  const auto folder = std::filesystem::temp_directory_path() / "assay_files_test";
  std::filesystem::create_directories(folder);
  ASSERT_TRUE(write_text(folder / "a", "hello"));
  EXPECT_EQ(read_text(folder / "a").value(), "hello");
  EXPECT_EQ(text(read_file(folder).error()), folder.string() + ": is a directory");
  EXPECT_EQ(text(read_file(folder / "b").error()), (folder / "b").string() + ": no such file");
  EXPECT_FALSE(read_file(folder / "a", 4));
  EXPECT_FALSE(write_text(folder / "none" / "c", "x"));
  std::filesystem::create_symlink(folder / "a", folder / "link");
  ASSERT_TRUE(write_text(folder / "link", "through"));
  EXPECT_TRUE(std::filesystem::is_symlink(folder / "link"));
  EXPECT_EQ(read_text(folder / "a").value(), "through");
  ASSERT_TRUE(write_text("/dev/null", "gone"));
  EXPECT_FALSE(std::filesystem::is_regular_file("/dev/null"));
  if (std::filesystem::exists("/dev/full")) {
    EXPECT_FALSE(write_text("/dev/full", "x"));
    EXPECT_FALSE(read_file("/dev/zero", 1 << 20));
  }
  std::filesystem::remove_all(folder);
}

TEST(Process, RunsCapturesAndEnds) {
  const auto echo = run_process({"sh", "-c", "echo out; echo err >&2; exit 3"}, "/");
  ASSERT_TRUE(echo);
  EXPECT_EQ(echo->exit_code, 3);
  EXPECT_EQ(echo->out, "out\nerr\n");
  EXPECT_FALSE(run_process({"no-such-program-here"}, "/"));
  EXPECT_FALSE(run_process({"sleep", "60"}, "/", 0.1));
  const std::atomic<bool> cancelled = true;
  EXPECT_FALSE(run_process({"sleep", "60"}, "/", 60, &cancelled));
  // Its output is closed long before it ends.
  EXPECT_FALSE(run_process({"sh", "-c", "exec >&- 2>&-; sleep 60"}, "/", 0.2));
  EXPECT_FALSE(find_program("sh").empty());
  EXPECT_TRUE(find_program("no-such-program-here").empty());
}

TEST(Embedded, HoldsTheDataFiles) {
  const EmbeddedFile* file = find_embedded("data/no-such-file");
  EXPECT_EQ(file, nullptr);
  for (const EmbeddedFile& each : embedded_files()) EXPECT_FALSE(each.path.empty());
}

TEST(Hash, IsXxh3) {
  EXPECT_EQ(hash_hex(std::string_view("")),
            "99aa06d3014798d86001c324468d497f");  // XXH3_128bits of nothing
  EXPECT_NE(hash_hex(std::string_view("a")), hash_hex(std::string_view("b")));
}

}  // namespace
}  // namespace assay
