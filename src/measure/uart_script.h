// What a script does on the firmware's serial line: waits for text, sends, marks regions.
//
//   wait m-ready              until the firmware has sent this text
//   send infer 1 0%           send this; \r \n \t \\ \xNN are understood
//   begin NAME                a region of the run begins here
//   end NAME                  ... and ends; what repeats adds up
//   derive NAME = (A - B) / N a region computed from two others
//   stop                      ends the run, as the end of the script does
//
// Empty lines and lines that begin with # are comments.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "util/result.h"

namespace assay {

struct UartStep {
  enum Kind { wait, send, begin, end, stop } kind = stop;
  std::string text = {};  ///< awaited, sent, or the region's name
};

/// Counts of `name` = (counts of `minuend` - counts of `subtrahend`) / divisor.
struct DerivedRegion {
  std::string name, minuend, subtrahend;
  int64_t divisor = 1;
};

struct UartScript {
  std::vector<UartStep> steps;
  std::vector<DerivedRegion> derived;
};

/// Errors: input, naming the line.
Result<UartScript> read_uart_script(std::string_view text);

/// Goes through a script while the firmware's output comes in.
class UartPlayer {
 public:
  explicit UartPlayer(const UartScript& script) : script_(&script) {}

  void output(char c) {
    if (!done()) output_ += c;
  }
  /// The steps that can be taken now, in their order; each is taken once.
  std::vector<const UartStep*> take();
  bool done() const { return next_ >= script_->steps.size(); }
  /// What is waited for, "" if nothing.
  std::string_view awaited() const;

 private:
  bool find(std::string_view text);

  const UartScript* script_;
  size_t next_ = 0;
  std::string output_;
  size_t read_ = 0;  ///< of the output: in what is before, nothing awaited begins
};

}  // namespace assay
