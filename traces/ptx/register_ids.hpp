#pragma once
#include <array>
#include <cstdint>
#include <vector>

#include "traces/ptx/program.hpp"

namespace sptc::ptx {

/// Which register stands in a slot.
class RegisterIds {
  public:
    explicit RegisterIds(const Program& program) {
        for (std::size_t id = 0; id < program.registers.size(); ++id) {
            const RegisterInfo& reg = program.registers[id];
            if (reg.slot < 0) continue;  // only the scoreboard sees it (lowering)
            std::vector<std::int32_t>& ids = by_file_[file_of(reg.width)];
            const auto slot = static_cast<std::size_t>(reg.slot);
            if (slot >= ids.size()) ids.resize(slot + 1, -1);
            ids[slot] = static_cast<std::int32_t>(id);
        }
    }

    /// -1 when the slot is absent or holds a constant.
    [[nodiscard]] std::int32_t find(Width width, std::int32_t slot) const {
        const std::vector<std::int32_t>& ids = by_file_[file_of(width)];
        const auto index = static_cast<std::size_t>(slot);
        return slot >= 0 && index < ids.size() ? ids[index] : -1;
    }

  private:
    /// Registers of 16 and 32 bits stand in one file.
    static std::size_t file_of(Width width) {
        return width == Width::kPredicate ? 0 : width == Width::k64 ? 2 : 1;
    }

    std::array<std::vector<std::int32_t>, 3> by_file_;
};

}  // namespace sptc::ptx
