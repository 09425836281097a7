#pragma once
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <systemc>
#include <vector>

#include "models/base/cycle.hpp"
#include "models/gpu/gpu_spec.hpp"
#include "models/gpu/kernel_result.hpp"
#include "models/gpu/memory_samples.hpp"
#include "models/gpu/mirrored_ctas.hpp"
#include "models/gpu/occupancy.hpp"
#include "models/gpu/quantum.hpp"
#include "models/isa/instruction_source.hpp"
#include "models/memory/crossbar.hpp"
#include "models/memory/hbm.hpp"
#include "models/memory/l2.hpp"
#include "models/sm/sm.hpp"

namespace sptc::gpu {

/// Which SMs are simulated.
enum class SimulatedSms : std::uint8_t {
    kAll,             ///< every SM
    kRepresentative,  ///< one SM; the others only send their memory traffic
};

/// The waves of one tensor core of SM 0 (tensor_core::Waveform).
struct WaveformRequest {
    std::string file;
    std::optional<base::Cycle> first_cycle{};  ///< unset: that of the first mma
    base::Cycle cycles = 2000;
    std::uint32_t sub_core = 0;
};

struct RunOptions {
    sm::IdleSkip idle_skip = sm::IdleSkip::kOn;
    bool profile = false;                          ///< also count by PTX line
    std::optional<sm::TimelineWindow> timeline{};  ///< also record what happens, cycle by cycle
    std::optional<WaveformRequest> waveform{};     ///< taken by run::simulate()
    base::Cycle cycle_limit = base::kNever;  ///< beyond it a KernelError names each warp's line
    unsigned threads = 1;                    ///< that run SMs; results are the same for any number
    std::string one_thread_because{};        ///< not empty: why it must be one
    /// Called now and then with the share of CTAs that have started and the current cycle.
    std::function<void(double, base::Cycle)> progress{};
};

/// The whole GPU as a SystemC module: SMs, crossbar, L2, HBM and the CTA dispatcher, driven by one
/// SC_METHOD that runs once per cycle in which something is due. Runs one kernel at a time; caches
/// are cold and time is 0 at its start.
class Gpu : public sc_core::sc_module, public memory::CrossbarListener, public CtaDispatcher {
  public:
    Gpu(const sc_core::sc_module_name& name, const GpuSpec& spec, SimulatedSms simulated);

    /// Before run(): writes the signals of a tensor core of SM 0. Throws ConfigError when it has no
    /// such sub-core.
    void watch(std::uint32_t sub_core, tensor_core::Waveform& waveform);

    /// Runs a kernel to its end: all CTAs done and the last store drained. Calls sc_start. Throws
    /// what the kernel causes: KernelError, MemoryFault, DeadlockError; afterwards the object must
    /// not be used again.
    [[nodiscard]] KernelResult run(isa::InstructionSource& source, const RunOptions& options = {});

    // memory::CrossbarListener
    void answered(std::size_t port, base::Cycle visible) override;
    // CtaDispatcher
    bool ctas_left() const override { return next_cta_ < source_->shape().grid.count(); }
    void dispatch(std::span<const std::uint32_t> sms, base::Cycle now) override;

  private:
    SC_HAS_PROCESS(Gpu);
    void clock();
    /// One cycle in numbered steps, downstream first. Returns the next cycle with something to do.
    base::Cycle cycle();
    /// The same for as many cycles as no SM can notice another, SMs on several threads.
    base::Cycle quantum();
    void choose_threads();
    void start_cta(std::uint32_t sm, std::uint64_t cta, base::Cycle now);
    void record(const sm::TimelineWindow& window);
    void tick_crossbar(base::Cycle cycle) {
        if (sampler_) sampler_->reach(cycle);
        crossbar_.tick(cycle);
    }
    void start_mirrored(std::uint32_t slot, std::uint64_t first_cta);
    void report_progress() const;
    [[nodiscard]] bool finished() const;
    [[noreturn]] void report_deadlock() const;
    [[noreturn]] void report_limit() const;
    [[nodiscard]] std::string waiting_warps() const;
    [[nodiscard]] KernelResult collect() const;

    const GpuSpec& spec_;
    SimulatedSms simulated_;
    memory::Hbm hbm_;
    memory::L2 l2_;
    memory::Crossbar crossbar_;
    std::vector<std::unique_ptr<sm::Sm>> sms_;
    std::vector<std::uint32_t> all_sms_;  ///< 0, 1, ...
    std::unique_ptr<MirroredCtas> mirrored_;
    std::unique_ptr<Quantum> quantum_;        ///< null: one thread
    std::unique_ptr<MemorySampler> sampler_;  ///< null: no timeline is asked for
    unsigned threads_ = 1;
    sc_core::sc_event start_;
    sc_core::sc_time period_;

    isa::InstructionSource* source_ = nullptr;
    RunOptions options_;
    Occupancy occupancy_;
    std::uint64_t next_cta_ = 0;
    std::uint64_t clock_calls_ = 0;
    base::Cycle now_ = 0;
    base::Cycle crossbar_last_ = 0;  ///< with quanta: when the crossbar was last due
    std::exception_ptr failure_;
};

}  // namespace sptc::gpu
