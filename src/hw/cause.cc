// Names of causes; the list with its words is cause.def.
#include "hw/cause.h"

namespace assay {
namespace {

struct Words {
  std::string_view name, title, group, remedy;
};
constexpr Words kWords[] = {
#define ASSAY_CAUSE(id, title, group, remedy) {#id, title, group, remedy},
#include "hw/cause.def"
#undef ASSAY_CAUSE
};

}  // namespace

std::string_view name(Cause cause) { return kWords[static_cast<size_t>(cause)].name; }
std::string_view title(Cause cause) { return kWords[static_cast<size_t>(cause)].title; }
std::string_view group(Cause cause) { return kWords[static_cast<size_t>(cause)].group; }
std::string_view remedy(Cause cause) { return kWords[static_cast<size_t>(cause)].remedy; }

}  // namespace assay
