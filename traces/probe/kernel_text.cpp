#include "traces/probe/kernel_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <vector>

namespace sptc::probe {
namespace {

using fmt::format;

/// The least PTX version that knows the instruction on the target, so that older drivers load the
/// kernel: fp8 with every shape and accumulator, and the Blackwell targets, came with 8.7, ordered
/// metadata with 8.5 (PTX ISA, release notes).
std::string_view ptx_version(const isa::MmaForm& form, const isa::Architecture& architecture) {
    constexpr int kBlackwell = 100;
    return types::bits(form.a) == 8 && form.dot == isa::DotKind::kFloat ? "8.7"
           : architecture.number >= kBlackwell                          ? "8.7"
                                                                        : "8.5";
}

/// One operand: `count` registers of `bytes` bytes, named %a0, %a1, ...
struct Fragment {
    char name;
    int count;
    int bytes;

    [[nodiscard]] std::string registers() const {
        std::vector<std::string> names;
        for (int i = 0; i < count; ++i) names.push_back(format("%{}{}", name, i));
        return format("{{{}}}", fmt::join(names, ", "));
    }
    [[nodiscard]] int register_bytes() const { return bytes * isa::kLanes; }
};

std::vector<Fragment> fragments(const isa::MmaForm& form) {
    const bool wide = form.dot == isa::DotKind::kF64;
    const auto fragment = [wide](char name, int registers) {
        return wide ? Fragment{name, registers / 2, 8} : Fragment{name, registers, 4};
    };
    std::vector<Fragment> all{fragment('a', form.a_registers()), fragment('b', form.b_registers()),
                              fragment('c', form.c_registers())};
    if (form.sparse()) all.push_back(fragment('e', 1));
    all.push_back(fragment('d', form.d_registers()));
    return all;
}

class Text {
  public:
    template <class... Values>
    void raw(fmt::format_string<Values...> line, Values&&... values) {
        text_ += format(line, std::forward<Values>(values)...) + "\n";
    }
    template <class... Values>
    void op(fmt::format_string<Values...> line, Values&&... values) {
        text_ += "    " + format(line, std::forward<Values>(values)...) + ";\n";
    }
    [[nodiscard]] std::string take() { return std::move(text_); }

  private:
    std::string text_;
};

void write_setup(Text& text, const std::vector<Fragment>& all) {
    text.op(".reg .pred %done");
    text.op(".reg .b32 %thread, %cta, %threads, %lane, %i, %step, %instructions");
    text.op(".reg .b64 %offset");
    for (const Fragment& each : all) {
        text.op(".reg .b64 %base_{0}, %at_{0}", each.name);
        text.op(".reg .b{} %{}<{}>", 8 * each.bytes, each.name, each.count);
    }
    text.op("mov.u32 %thread, %tid.x");
    text.op("mov.u32 %cta, %ctaid.x");
    text.op("mov.u32 %threads, %ntid.x");
    text.op("and.b32 %lane, %thread, 31");
    text.op("mad.lo.u32 %i, %cta, %threads, %thread");
    text.op("shr.u32 %i, %i, 5");
    text.op("mov.u32 %step, %nctaid.x");
    text.op("mul.lo.u32 %step, %step, {}", kWarpsPerCta);
    text.op("ld.param.u32 %instructions, [param_instructions]");
    for (const Fragment& each : all) {
        text.op("ld.param.u64 %base_{0}, [param_{0}]", each.name);
        text.op("cvta.to.global.u64 %base_{0}, %base_{0}", each.name);
        text.op("mul.wide.u32 %offset, %lane, {}", each.bytes);
        text.op("add.u64 %base_{0}, %base_{0}, %offset", each.name);
    }
}

void write_loop(Text& text, const std::vector<Fragment>& all, const ProbeKernel& kernel) {
    text.raw("NEXT:");
    text.op("setp.ge.u32 %done, %i, %instructions");
    text.op("@%done bra DONE");
    for (const Fragment& each : all) {
        text.op("mad.wide.u32 %at_{0}, %i, {1}, %base_{0}", each.name,
                each.count * each.register_bytes());
        if (each.name == 'd') continue;
        for (int r = 0; r < each.count; ++r) {
            text.op("ld.global.b{} %{}{}, [%at_{}+{}]", 8 * each.bytes, each.name, r, each.name,
                    r * each.register_bytes());
        }
    }
    const Fragment& d = all.back();
    text.op("{} {}, {}, {}, {}{}", kernel.instruction(), d.registers(), all[0].registers(),
            all[1].registers(), all[2].registers(),
            kernel.form->sparse() ? format(", %e0, {}", kernel.selector) : "");
    for (int r = 0; r < d.count; ++r) {
        text.op("st.global.b{} [%at_d+{}], %d{}", 8 * d.bytes, r * d.register_bytes(), r);
    }
    text.op("add.u32 %i, %i, %step");
    text.op("bra NEXT");
    text.raw("DONE:");
    text.op("ret");
}

}  // namespace

std::string ProbeKernel::instruction() const {
    std::string text = form->ptx_name();
    constexpr std::string_view kQualifier = "::ordered_metadata";
    const auto at = text.find(kQualifier);
    if (at != std::string::npos && ordering == isa::MetadataOrdering::kAny) {
        text.erase(at, kQualifier.size());
    }
    return text;
}

std::string ProbeKernel::name() const {
    std::string words = instruction();
    constexpr std::string_view kAlways = ".sync.aligned";
    words.erase(words.find(kAlways), kAlways.size());
    std::string name;
    for (const char c : words) {
        const bool separator = c == '.' || c == ':';
        if (separator && name.back() == '_') continue;
        name += separator ? '_' : c;
    }
    return form->sparse() ? format("{}_s{}", name, selector) : name;
}

std::string kernel_text(const ProbeKernel& kernel, const isa::Architecture& architecture) {
    const std::vector<Fragment> all = fragments(*kernel.form);
    Text text;
    text.raw("// One {} an instruction of the buffers, each", kernel.instruction());
    text.raw("// operand in fragment order: [instruction][register][lane].");
    text.raw(".version {}", ptx_version(*kernel.form, architecture));
    text.raw(".target {}", architecture.name);
    text.raw(".address_size 64\n");
    text.raw(".visible .entry {}(", kernel.name());
    for (const Fragment& each : all) text.raw("    .param .u64 param_{},", each.name);
    text.raw("    .param .u32 param_instructions)");
    text.raw(".maxntid {}, 1, 1", kWarpsPerCta * isa::kLanes);
    text.raw("{{");
    write_setup(text, all);
    write_loop(text, all, kernel);
    text.raw("}}");
    return text.take();
}

}  // namespace sptc::probe
