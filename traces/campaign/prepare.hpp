#pragma once
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "models/isa/architecture.hpp"
#include "traces/cuda/campaign.hpp"

namespace sptc::campaign {

struct PrepareOptions {
    std::string architecture = "sm_90";  ///< the newest GPU that is asked
    std::uint64_t seed = 1;
    std::uint32_t instructions = 20'007;  ///< random ones of each form: a multiple of 9 classes
    bool quick = false;                   ///< a few of everything, for tests
    std::vector<std::string> corpus;      ///< folders of kernels with launch files
    std::string sptc_version;
};

/// Writes files of a campaign and notes the entries that use them.
class Writer {
  public:
    explicit Writer(std::filesystem::path folder);

    /// Writes a file once; the same name twice is the same content.
    void add_text(const std::string& name, const std::string& text);
    void add_bytes(const std::string& name, std::span<const std::byte> bytes);
    void add_entry(cuda::CampaignEntry entry);

    [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
    /// Writes campaign.json and campaign.pack.
    [[nodiscard]] cuda::Campaign finish(const PrepareOptions& options);

  private:
    bool claim(const std::string& name);

    std::filesystem::path folder_;
    std::vector<std::string> names_;
    std::vector<cuda::CampaignEntry> entries_;
};

// One function for each part of a campaign (docs/recording.md).

/// Random instructions of every form: one kernel and launch each; operands come from the seed.
void add_numerics(Writer& writer, const PrepareOptions& options);
/// The probes P1 to P11 of traces/probe.
void add_probes(Writer& writer, const PrepareOptions& options);
/// An empty kernel, and what traces/probe times.
void add_timing(Writer& writer, const PrepareOptions& options);
/// GEMM kernels of the generator.
void add_gemm(Writer& writer, const PrepareOptions& options);
/// Kernels with launch files from folders.
void add_corpus(Writer& writer, const PrepareOptions& options);

/// Writes a campaign into a folder, which is created. The same options give the same bytes. Throws
/// ConfigError.
cuda::Campaign prepare(const std::filesystem::path& folder, const PrepareOptions& options);

/// The text of the kernel that today's generator writes for an entry (CampaignEntry::made_by);
/// empty when the entry names none.
[[nodiscard]] std::string kernel_of_today(const cuda::CampaignEntry& entry);

/// The architecture with the least number from sm_80 on that has a form; nullptr when none up to
/// `newest` has.
[[nodiscard]] const isa::Architecture* least_architecture(const isa::MmaForm& form,
                                                          const isa::Architecture& newest);

}  // namespace sptc::campaign
