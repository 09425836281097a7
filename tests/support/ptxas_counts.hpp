#pragma once
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "models/base/file.hpp"

namespace sptc::test {

inline std::string output_of(const std::string& command) {
    const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen((command + " 2>&1").c_str(), "r"),
                                                     pclose);
    REQUIRE(pipe != nullptr);
    std::string text;
    std::array<char, 512> part{};
    while (fgets(part.data(), part.size(), pipe.get()) != nullptr) text += part.data();
    return text;
}

/// What is compared, of a cubin or of a lowered program.
struct Counts {
    int registers = 0;
    int total = 0;
    int tensor = 0;
    int matrices = 0;
    int copies = 0;
};

template <class T>
T read_at(const std::vector<std::byte>& bytes, std::size_t offset) {
    REQUIRE(offset + sizeof(T) <= bytes.size());
    T value;
    std::memcpy(&value, bytes.data() + offset, sizeof value);
    return value;
}

// Low 12 bits of an instruction (nvdisasm 13 of sm_80 cubins).
inline constexpr std::uint32_t kHmma = 0x23c;
inline constexpr std::uint32_t kImma = 0x237;
inline constexpr std::uint32_t kBmma = 0x23d;
inline constexpr std::uint32_t kDmma = 0x23f;
inline constexpr std::uint32_t kLdsm = 0x83b;
inline constexpr std::uint32_t kLdgsts = 0xfae;
inline constexpr std::uint32_t kNop = 0x918;

/// Counts the instructions of the kernel's text section (ELF64, System V ABI).
inline Counts read_cubin(const std::filesystem::path& file, const std::string& entry) {
    const std::vector<std::byte> bytes = base::read_bytes(file);
    const auto table = read_at<std::uint64_t>(bytes, 40);
    const auto entry_bytes = read_at<std::uint16_t>(bytes, 58);
    const auto count = read_at<std::uint16_t>(bytes, 60);
    const auto names = read_at<std::uint16_t>(bytes, 62);
    const auto names_at = read_at<std::uint64_t>(bytes, table + names * entry_bytes + 24);
    Counts result;
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t header = table + i * entry_bytes;
        const auto name = read_at<std::uint32_t>(bytes, header);
        const char* text = reinterpret_cast<const char*>(bytes.data()) + names_at + name;
        if (std::string(text) != ".text." + entry) continue;
        const auto begin = read_at<std::uint64_t>(bytes, header + 24);
        const auto size = read_at<std::uint64_t>(bytes, header + 32);
        for (std::size_t at = begin; at < begin + size; at += 16) {
            const std::uint32_t opcode = read_at<std::uint32_t>(bytes, at) & 0xfff;
            if (opcode == kNop) continue;  // padding
            ++result.total;
            if (opcode == kHmma || opcode == kImma || opcode == kBmma || opcode == kDmma) {
                ++result.tensor;
            }
            if (opcode == kLdsm) ++result.matrices;
            if (opcode == kLdgsts) ++result.copies;
        }
        --result.total;  // the branch to itself behind the kernel
    }
    return result;
}

/// Assembles kernels and counts what is in the cubin.
class Ptxas {
  public:
    Ptxas()
        : version_(output_of("ptxas --version")),
          directory_(std::filesystem::temp_directory_path() /
                     ("sptc_lowering_" + std::to_string(getpid()))) {
        std::filesystem::create_directories(directory_);
    }
    ~Ptxas() { std::filesystem::remove_all(directory_); }
    Ptxas(const Ptxas&) = delete;
    Ptxas& operator=(const Ptxas&) = delete;

    [[nodiscard]] bool present() const { return version_.find("NVIDIA") != std::string::npos; }
    /// The counts are asserted for the release that they were compared with.
    [[nodiscard]] bool known() const { return version_.find("release 13.0") != std::string::npos; }

    [[nodiscard]] Counts assemble(const std::string& ptx, const std::string& entry) const {
        const auto file = directory_ / "kernel.ptx";
        const auto cubin = directory_ / "kernel.cubin";
        base::write_text(file, ptx);
        const std::string report =
            output_of("ptxas -arch=sm_80 -v " + file.string() + " -o " + cubin.string());
        INFO(report);
        const auto begin_of_entry = report.find("'" + entry + "'");
        REQUIRE(begin_of_entry != std::string::npos);
        const auto at = report.find(" registers", begin_of_entry);
        REQUIRE(at != std::string::npos);
        Counts counts = read_cubin(cubin, entry);
        const auto begin = report.find_last_not_of("0123456789", at - 1);
        counts.registers = std::atoi(report.c_str() + begin + 1);
        return counts;
    }

  private:
    std::string version_;
    std::filesystem::path directory_;
};

}  // namespace sptc::test
