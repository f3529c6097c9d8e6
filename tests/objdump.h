// What `objdump -d` prints, Arm's and RISC-V's, as runs of instructions; and what its names mean as
// classes of instructions, written without a look at our decoders: the manuals' names, by what
// hw/insn_classes.def says of each class.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "hw/decode.h"

namespace assay {

struct ListedInsn {
  size_t bytes = 0;
  std::string mnemonic, operands;
};

/// Instructions that follow each other, no data between them.
struct Listing {
  std::vector<std::byte> code;
  std::vector<ListedInsn> insns;
};

/// "eb01 0082" and "00c58533": halfwords and words, each least byte first.
inline std::vector<std::byte> code_of(std::string_view digits) {
  std::vector<std::byte> code;
  std::istringstream words{std::string(digits)};
  for (std::string word; words >> word;) {
    const unsigned long value = std::stoul(word, nullptr, 16);
    for (size_t i = 0; i < word.size() / 2; ++i)
      code.push_back(static_cast<std::byte>(value >> (8 * i) & 0xff));
  }
  return code;
}

inline std::vector<Listing> parse_listing(const std::string& text) {
  std::vector<Listing> runs(1);
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const size_t code = line.find(":\t"), at = line.find('\t', code + 2);
    const bool insn = code != std::string::npos && at != std::string::npos &&
                      at + 1 < line.size() && line[at + 1] != '.' &&
                      !lines.eof();  // the last line may be cut
    if (!insn) {
      if (!runs.back().insns.empty()) runs.emplace_back();
      continue;
    }
    const std::vector<std::byte> bytes = code_of(line.substr(code + 2, at - code - 2));
    const size_t end = std::min(line.find_first_of("\t ", at + 1), line.size());
    const std::string operands = end < line.size() ? line.substr(end + 1) : "";
    runs.back().insns.push_back({bytes.size(), line.substr(at + 1, end - at - 1),
                                 operands.substr(0, operands.find_first_of("@;#<"))});
    runs.back().code.insert(runs.back().code.end(), bytes.begin(), bytes.end());
  }
  return runs;
}

using ClassNames = std::map<std::string, InsnClass>;

/// One "class: name name ..." a line.
inline ClassNames class_names(std::initializer_list<std::pair<InsnClass, std::string_view>> rows) {
  ClassNames names;
  for (const auto& [cls, list] : rows) {
    std::istringstream words{std::string(list)};
    for (std::string word; words >> word;) names[word] = cls;
  }
  return names;
}

/// RISC-V's vectors: by the name before its first point, but for moves.
inline std::optional<InsnClass> riscv_vector_class(const std::string& name) {
  using enum InsnClass;
  static const ClassNames kNames = class_names({
      {vec_predicate,
       "vsetvli vsetivli vsetvl vcpop vfirst vmsbf vmsif vmsof vmand vmnand vmandn "
       "vmxor vmor vmnor vmorn vmxnor"},
      {vec_alu,
       "vadd vsub vrsub vwadd vwaddu vwsub vwsubu vand vor vxor vsll vsrl vsra vminu vmin vmaxu "
       "vmax vzext vsext vmerge vfmerge vslideup vslidedown vslide1up vslide1down vrgather "
       "vrgatherei16 vcompress viota vid vmv vmv1r vmv2r vmv4r vmv8r vfmv"},
      {vec_shift,
       "vadc vmadc vsbc vmsbc vsaddu vsadd vssubu vssub vaaddu vaadd vasubu vasub vssrl vssra"},
      {vec_narrow, "vnsrl vnsra vnclipu vnclip"},
      {vec_compare,
       "vmseq vmsne vmsltu vmslt vmsleu vmsle vmsgtu vmsgt vmfeq vmfne vmflt vmfle vmfgt vmfge"},
      {vec_mul, "vmul vmulh vmulhu vmulhsu vwmul vwmulu vwmulsu vsmul vdiv vdivu vrem vremu"},
      {vec_mac, "vmacc vnmsac vmadd vnmsub vwmacc vwmaccu vwmaccsu vwmaccus"},
      {vec_reduce,
       "vredsum vredand vredor vredxor vwredsum vwredsumu vfredosum vfredusum vfwredosum "
       "vfwredusum"},
      {vec_minmax, "vredminu vredmin vredmaxu vredmax vfredmin vfredmax"},
      {vec_fadd,
       "vfadd vfsub vfrsub vfwadd vfwsub vfmin vfmax vfsgnj vfsgnjn vfsgnjx vfclass vfslide1up "
       "vfslide1down"},
      {vec_fmul, "vfmul vfwmul vfdiv vfrdiv vfsqrt vfrsqrt7 vfrec7 vfcvt vfwcvt"},
      {vec_fnarrow, "vfncvt"},
      {vec_fmac,
       "vfmacc vfnmacc vfmsac vfnmsac vfmadd vfnmadd vfmsub vfnmsub vfwmacc vfwnmacc vfwmsac "
       "vfwnmsac"},
  });
  for (const char* scalar : {"vmv.x.s", "vmv.s.x", "vfmv.f.s", "vfmv.s.f"})
    if (name == scalar) return vec_move;
  const auto found = kNames.find(name.substr(0, name.find('.')));
  if (found != kNames.end()) return found->second;
  const bool indexed = name.find("ux") == 2 || name.find("ox") == 2;
  if (name[1] == 'l') return indexed ? vec_gather : vec_load;
  if (name[1] == 's') return indexed ? vec_scatter : vec_store;
  return std::nullopt;
}

/// RISC-V's names, with aliases.
inline std::optional<InsnClass> riscv_class(const ListedInsn& insn) {
  using enum InsnClass;
  static const ClassNames kNames = class_names({
      {alu,
       "add sub and or xor not neg sll srl sra slt slti sltu sltiu seqz snez sltz sgtz auipc "
       "sh1add "
       "sh2add sh3add andn orn xnor clz ctz cpop max maxu min minu sext.b sext.h zext.b zext.h rol "
       "ror orc.b rev8 bclr bext binv bset"},
      {move, "li mv lui"},
      {mul, "mul"},
      {mul_long, "mulh mulhu mulhsu"},
      {div, "div divu rem remu"},
      {load, "lw lh lhu lb lbu flw lr.w lr.w.aq lr.w.aqrl"},
      {store, "sw sh sb fsw sc.w sc.w.rl sc.w.aqrl"},
      {branch, "beq bne blt bge bltu bgeu beqz bnez blez bgez bltz bgtz ble bgt bleu bgtu j"},
      {call, "jal jalr"},
      {indirect, "jr ret"},
      {system,
       "nop ecall ebreak fence fence.i csrr csrw csrs csrc csrwi csrsi csrci csrrw csrrs csrrc "
       "csrrwi csrrsi csrrci frcsr fscsr frflags fsflags frrm fsrm fsflagsi fsrmi mret wfi "
       "amoswap.w amoadd.w amoor.w amoand.w amoxor.w amoswap.w.aq amoswap.w.aqrl amoadd.w.aqrl "
       "amoor.w.aqrl amoand.w.aqrl amoxor.w.aqrl"},
      {fp_add, "fadd.s fsub.s feq.s flt.s fle.s fgt.s fge.s fmin.s fmax.s"},
      {fp_mul, "fmul.s"},
      {fp_mac, "fmadd.s fmsub.s fnmadd.s fnmsub.s"},
      {fp_div, "fdiv.s fsqrt.s"},
      {fp_move,
       "fmv.s fabs.s fneg.s fsgnj.s fsgnjn.s fsgnjx.s fmv.x.w fmv.w.x fcvt.w.s fcvt.wu.s fcvt.s.w "
       "fcvt.s.wu fclass.s"},
      {unknown, "unimp c.unimp"},
  });
  if (insn.mnemonic[0] == 'v') return riscv_vector_class(insn.mnemonic);
  const auto found = kNames.find(insn.mnemonic);
  return found == kNames.end() ? std::nullopt : std::optional(found->second);
}

/// Arm's name without width, condition and the S that sets flags: "addseq.w" is add.
inline std::optional<InsnClass> arm_named(const ClassNames& names, std::string name) {
  static const std::set<std::string> kConditions = {"eq", "ne", "cs", "cc", "mi", "pl", "vs", "vc",
                                                    "hi", "ls", "ge", "lt", "gt", "le", "al"};
  const auto known = [&]() -> std::optional<InsnClass> {
    const auto found = names.find(name);
    return found == names.end() ? std::nullopt : std::optional(found->second);
  };
  if (const auto cls = known()) return cls;
  const std::string whole = name;
  if (name.size() > 2 && kConditions.contains(name.substr(name.size() - 2))) {
    name.resize(name.size() - 2);
    if (const auto cls = known()) return cls;
  }
  for (const std::string& with_s : {whole, name})
    if (with_s.size() > 1 && with_s.back() == 's') {
      name = with_s.substr(0, with_s.size() - 1);
      if (const auto cls = known()) return cls;
    }
  return std::nullopt;
}

/// Integer instructions of Armv6-M to Armv8.1-M.
inline const ClassNames& arm_integer_names() {
  using enum InsnClass;
  static const ClassNames kNames = class_names({
      {alu,
       "add addw adc sub subw sbc rsb and orr eor bic orn cmp cmn tst teq lsl lsr asr ror rrx neg "
       "ubfx sbfx bfi bfc clz rev rev16 revsh rbit sxtb sxth uxtb uxth sxtb16 uxtb16 sxtab sxtah "
       "uxtab uxtah sxtab16 uxtab16 ssat usat ssat16 usat16 qadd qsub qdadd qdsub qadd16 qsub16 "
       "qadd8 qsub8 sadd16 ssub16 sadd8 ssub8 uadd16 usub16 uadd8 usub8 uqadd16 uqsub16 uqadd8 "
       "uqsub8 shadd16 shsub16 shadd8 shsub8 uhadd8 uhadd16 uhsub8 uhsub16 sasx ssax qasx qsax "
       "uasx usax shasx shsax uhasx uhsax uqasx uqsax pkhbt pkhtb sel adr cset csetm csel csinc "
       "csinv csneg cinc cinv cneg lsll asrl lsrl sqrshr sqrshrl sqshl sqshll srshr srshrl uqrshl "
       "uqrshll uqshl uqshll urshr urshrl"},
      {move, "mov movw movt mvn cpy"},
      {mul,
       "mul smulbb smulbt smultb smultt smulwb smulwt smuad smuadx smusd smusdx smmul smmulr "
       "usad8"},
      {mac,
       "mla mls smlabb smlabt smlatb smlatt smlawb smlawt smlad smladx smlsd smlsdx smmla smmlar "
       "smmls smmlsr usada8"},
      {mul_long, "umull smull"},
      {mac_long, "umlal smlal umaal smlald smlaldx smlsld smlsldx smlalbb smlalbt smlaltb smlaltt"},
      {div, "sdiv udiv"},
      {load,
       "ldr ldrb ldrh ldrsb ldrsh ldrt ldrbt ldrht ldrsbt ldrsht ldrex ldrexb ldrexh lda ldab ldah "
       "ldaex ldaexb ldaexh"},
      {store,
       "str strb strh strt strbt strht strex strexb strexh stl stlb stlh stlex stlexb stlexh"},
      {load_multiple, "ldm ldmia ldmdb ldmfd ldrd pop"},
      {store_multiple, "stm stmia stmdb stmfd strd push"},
      {branch, "b cbz cbnz"},
      {call, "bl blx blxns"},
      {indirect, "bx bxns"},
      {table_branch, "tbb tbh"},
      {system,
       "dmb dsb isb msr mrs cpsid cpsie bkpt nop it ite itt itee itet itte ittt iteee iteet itete "
       "itett ittee ittet ittte itttt svc udf yield wfi wfe sev pld pli clrex sg tt ttt tta ttat"},
      {loop_start, "dls wls dlstp wlstp lctp"},
      {loop_end, "le letp"},
  });
  return kNames;
}

/// Scalar floating point in single precision; the type follows a point.
inline const ClassNames& arm_fp_names() {
  using enum InsnClass;
  static const ClassNames kNames = class_names({
      {fp_add, "vadd vsub vcmp vcmpe vabs vneg vmaxnm vminnm"},
      {fp_mul, "vmul vnmul"},
      {fp_mac, "vmla vmls vnmla vnmls vfma vfms vfnma vfnms"},
      {fp_div, "vdiv vsqrt"},
      {fp_move,
       "vmov vmrs vmsr vcvt vcvtr vcvtb vcvtt vcvta vcvtn vcvtp vcvtm vrintz vrintr vrintx vrinta "
       "vrintn vrintp vrintm vseleq vselge vselgt vselvs vins vmovx"},
      {load, "vldr"},
      {store, "vstr"},
      {load_multiple, "vldmia vldmdb vpop vlldm"},
      {store_multiple, "vstmia vstmdb vpush vlstm"},
  });
  return kNames;
}

/// Vectors (MVE), integer or any; `true`: of a floating-point type.
inline const ClassNames& arm_vector_names(bool floating) {
  using enum InsnClass;
  static const ClassNames kInteger = class_names({
      {vec_load, "vldrb vldrh vldrw vldrd vld20 vld21 vld40 vld41 vld42 vld43"},
      {vec_store, "vstrb vstrh vstrw vstrd vst20 vst21 vst40 vst41 vst42 vst43"},
      {vec_alu,
       "vadd vsub vmax vmin vmaxa vmina vand vorr vorn veor vbic vmvn vmov vshl vshr vmovlb vmovlt "
       "vdup vidup vddup viwdup vdwdup vneg vabs vhadd vhsub vrhadd vpsel vrev16 vrev32 vrev64 "
       "vcls "
       "vclz vsri vsli vbrsr"},
      {vec_shift,
       "vrshl vrshr vqshl vqrshl vqshlu vshllb vshllt vqadd vqsub vqabs vqneg vadc vadci vsbc "
       "vsbci vshlc"},
      {vec_narrow,
       "vmovnb vmovnt vqmovnb vqmovnt vqmovunb vqmovunt vshrnb vshrnt vrshrnb vrshrnt vqshrnb "
       "vqshrnt vqrshrnb vqrshrnt vqshrunb vqshrunt vqrshrunb vqrshrunt"},
      {vec_mul, "vmul vmulh vrmulh vqdmulh vqrdmulh vmullb vmullt vqdmullb vqdmullt"},
      {vec_mac,
       "vmla vmlas vmladav vmladava vmladavx vmladavax vmlav vmlava vmlaldav vmlaldava vmlalv "
       "vmlalva vmlsdav vmlsdava vrmlaldavh vrmlaldavha vqdmlah vqrdmlah vqdmlash vqrdmlash "
       "vqdmladh vqdmladhx vqrdmladh vqrdmladhx vqdmlsdh vqrdmlsdh"},
      {vec_reduce, "vaddv vaddva vaddlv vaddlva"},
      {vec_minmax, "vmaxv vminv vmaxav vminav vabav"},
      {vec_compare, "vcmp vpt vpte vptt vptee vptet vptte vpttt"},
      {vec_predicate, "vctp vpst vpste vpstt vpstee vpstet vpstte vpsttt vpnot"},
  });
  static const ClassNames kFloating = class_names({
      {vec_fadd, "vadd vsub vabs vneg vmaxnm vminnm vabd"},
      {vec_fmul, "vmul vcvt vcvta vcvtn vcvtp vcvtm vrintz vrinta vrintn vrintp vrintm vrintx"},
      {vec_fmac, "vfma vfms vfmas vcmla"},
      {vec_compare, "vcmp vpt vpte vptt"},
      {vec_alu, "vmov vdup"},
  });
  return floating ? kFloating : kInteger;
}

/// `mve`: the core has vectors, whose lanes are halves of its d registers too.
inline std::optional<InsnClass> arm_class(const ListedInsn& insn, bool mve = false) {
  using enum InsnClass;
  const size_t point = insn.mnemonic.find('.');
  const std::string name = insn.mnemonic.substr(0, point), &to = insn.operands;
  const std::string type = point == std::string::npos ? "" : insn.mnemonic.substr(point);
  const auto has = [&to](std::string_view what) { return to.find(what) != std::string::npos; };
  if (name == "nop" && !to.empty()) return move;  // "nop @ (mov r8, r8)": Armv6-M has no other
  if (name[0] != 'v') {
    const auto cls = arm_named(arm_integer_names(), name);
    const bool shifts =
        has(", lsl") || has(", lsr") || has(", asr") || has(", ror") || has(", rrx");
    if (cls == move && name.starts_with("mov") && shifts)
      return alu;  // LSL, LSR ... by another name
    if (has("pc}") || ((cls == load || cls == move || cls == alu) && to.starts_with("pc,")))
      return cls == load || cls == load_multiple ? load_pc : indirect;
    return cls;
  }
  const bool lane = (mve || has("q")) && has("[") && name.starts_with("vmov");
  if (lane || (name == "vmov" && has("q") && has("r") && type != ".f32")) return vec_move;
  const bool floating = type.find(".f") != std::string::npos;
  const bool vector = has("q") || name.starts_with("vpst") || name.starts_with("vctp");
  if (vector) {
    auto cls = arm_named(arm_vector_names(floating), name);
    if (!cls && name.size() > 1) {  // in a block of VPT objdump adds t or e
      const std::string without = name.substr(0, name.size() - 1);
      if (name.back() == 't' || name.back() == 'e')
        cls = arm_named(arm_vector_names(floating), without);
    }
    const size_t bracket = to.find('[');
    const bool by_vector =
        bracket != std::string::npos && to.find('q', bracket) != std::string::npos;
    if (by_vector && cls == vec_load) return vec_gather;
    if (by_vector && cls == vec_store) return vec_scatter;
    return cls;
  }
  const auto cls = arm_named(arm_fp_names(), name);
  const bool arithmetic = cls == fp_add || cls == fp_mul || cls == fp_mac || cls == fp_div;
  return type.find(".f64") != std::string::npos && arithmetic ? std::optional(fp_double) : cls;
}

}  // namespace assay
