// The emulators of emulators.def, in that order.
#include <span>

#include "measure/emulator.h"

namespace assay {
namespace {

constexpr const Emulator* kEmulators[] = {
#define ASSAY_EMULATOR(id) &id##_emulator,
#include "measure/emulators.def"
#undef ASSAY_EMULATOR
};

}  // namespace

std::span<const Emulator* const> all_emulators() { return kEmulators; }

}  // namespace assay
