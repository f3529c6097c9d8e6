// --every, --battery and --sleep, as quantities with units.
#include "cli/duty.h"

#include "util/quantity.h"

namespace assay {

Result<std::optional<Duty>> duty_of(const Args& args) {
  if (!args.has("every")) {
    for (const char* option : {"battery", "sleep"})
      if (args.has(option))
        return fail(ErrorKind::usage, "--{} needs --every: how often an inference runs", option);
    return std::nullopt;
  }
  Duty duty;
  const auto read = [&](const char* option, const std::string& text, Dimension dimension,
                        bool zero) -> Result<double> {
    const double value = TRY(in(read_quantity(text, dimension), "--{}", option));
    if (value < 0 || (value == 0 && !zero) || value > 1e9)
      return fail(ErrorKind::usage, "--{} {}: out of range", option, text);
    return value;
  };
  duty.period_s = TRY(read("every", args.text("every"), Dimension::seconds, false));
  if (args.has("sleep"))
    duty.sleep_a = TRY(read("sleep", args.text("sleep"), Dimension::amperes, true));
  if (!args.has("battery")) return duty;
  const std::string battery = args.text("battery");
  const size_t at = battery.find('@');
  if (at == battery.npos)
    return fail(ErrorKind::usage, "--battery {}: need charge and voltage, as 220mAh@3V", battery);
  duty.battery_ah = TRY(read("battery", battery.substr(0, at), Dimension::ampere_hours, false));
  duty.battery_v = TRY(read("battery", battery.substr(at + 1), Dimension::volts, false));
  return duty;
}

}  // namespace assay
