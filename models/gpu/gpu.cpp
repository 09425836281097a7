#include "models/gpu/gpu.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "models/base/error.hpp"

namespace sptc::gpu {

using base::Cycle;
using base::kNever;

namespace {

constexpr std::uint64_t kProgressInterval = 4096;  ///< calls of clock() between two reports
constexpr std::uint64_t kProgressQuanta = 16;      ///< the same when a call is a quantum

}  // namespace

Gpu::Gpu(const sc_core::sc_module_name& name, const GpuSpec& spec, SimulatedSms simulated)
    : sc_module(name),
      spec_(spec),
      simulated_(simulated),
      hbm_("hbm", spec.memory.hbm, spec.memory.l2.slices),
      l2_("l2", spec.memory.l2),
      crossbar_("crossbar", spec.memory.crossbar),
      start_("start"),
      period_(1e3 / spec.clock_mhz, sc_core::SC_NS) {
    l2_.hbm(hbm_);
    crossbar_.l2(l2_);
    std::vector<memory::CrossbarPort> ports;
    const std::uint32_t count = simulated == SimulatedSms::kAll ? spec.sms : 1;
    for (std::uint32_t i = 0; i < count; ++i) {
        const std::string sm_name = fmt::format("sm{}", i);
        sms_.push_back(std::make_unique<sm::Sm>(sm_name.c_str(), spec.sm, i));
        ports.push_back({&sms_[i]->requests(), &sms_[i]->responses()});
        all_sms_.push_back(i);
    }
    if (simulated == SimulatedSms::kRepresentative) {
        mirrored_ = std::make_unique<MirroredCtas>(spec.sm, spec.sms, crossbar_);
        sms_[0]->observe(mirrored_.get());
    }
    crossbar_.connect(std::move(ports), *this);
    SC_METHOD(clock);
    sensitive << start_;
    dont_initialize();
}

KernelResult Gpu::run(isa::InstructionSource& source, const RunOptions& options) {
    source_ = &source;
    options_ = options;
    occupancy_ = occupancy(spec_, source.shape());
    next_cta_ = 0;
    now_ = 0;
    failure_ = nullptr;
    hbm_.reset();
    l2_.reset();
    crossbar_.reset();
    for (auto& sm : sms_) sm->configure(source.shape(), occupancy_.ctas_per_sm, options.idle_skip);
    if (options.profile) {
        for (auto& sm : sms_) sm->profile();
    }
    sampler_.reset();
    if (options.timeline) record(*options.timeline);
    if (mirrored_) mirrored_->configure(source, occupancy_.ctas_per_sm);
    choose_threads();

    start_.notify(sc_core::SC_ZERO_TIME);
    sc_core::sc_start();  // returns when clock() asks for no further cycle
    if (failure_) std::rethrow_exception(failure_);
    if (sampler_) sampler_->finish(now_ + 1);
    return collect();
}

void Gpu::watch(std::uint32_t sub_core, tensor_core::Waveform& waveform) {
    if (sub_core >= spec_.sm.sub_cores) {
        throw base::ConfigError(fmt::format("no sub-core {}: an SM of {} has 0 .. {}", sub_core,
                                            spec_.name, spec_.sm.sub_cores - 1));
    }
    sms_[0]->watch(sub_core, &waveform);
}

void Gpu::record(const sm::TimelineWindow& window) {
    if (std::uint64_t{window.first_sm} + window.sms > sms_.size()) {
        throw base::ConfigError(fmt::format(
            "a timeline of SMs {} .. {}: simulated is {} (--sms all simulates all {} of {})",
            window.first_sm, std::uint64_t{window.first_sm} + window.sms - 1,
            sms_.size() == 1 ? "SM 0 only" : fmt::format("0 .. {}", sms_.size() - 1), spec_.sms,
            spec_.name));
    }
    for (std::uint32_t i = 0; i < window.sms; ++i) sms_[window.first_sm + i]->record(window);
    sampler_ = std::make_unique<MemorySampler>(window.first_cycle, window.end(), l2_, hbm_);
}

void Gpu::clock() {
    // SystemC would turn an exception that leaves a process into a report and lose its type.
    try {
        const Cycle next = quantum_ ? quantum() : cycle();
        const std::uint64_t interval = quantum_ ? kProgressQuanta : kProgressInterval;
        if (options_.progress && ++clock_calls_ % interval == 0) report_progress();
        if (next == kNever) return;
        next_trigger(period_ * static_cast<double>(next - now_));
        now_ = next;
    } catch (...) {
        failure_ = std::current_exception();
    }
}

Cycle Gpu::cycle() {
    // 1. answers and requests between SMs and L2
    if (crossbar_.due() <= now_) tick_crossbar(now_);
    // 2. the SMs that have something to do
    Cycle due = kNever;
    for (auto& sm : sms_) {
        if (sm->due() <= now_ || options_.idle_skip == sm::IdleSkip::kOff) {
            sm->tick(now_);
            crossbar_.wake(sm->requests().due());
        }
    }
    // 3. new CTAs for free slots
    if (ctas_left()) dispatch(all_sms_, now_);
    // 4. when to look again
    if (finished()) return kNever;
    for (const auto& sm : sms_) due = std::min(due, sm->due());
    due = std::min(due, crossbar_.due());
    if (due == kNever) report_deadlock();
    due = options_.idle_skip == sm::IdleSkip::kOn ? std::max(due, now_ + 1) : now_ + 1;
    if (due > options_.cycle_limit) report_limit();
    return due;
}

void Gpu::dispatch(std::span<const std::uint32_t> sms, Cycle now) {
    // Breadth first: every SM gets its first CTA before any gets a second one.
    for (bool progress = true; progress && ctas_left();) {
        progress = false;
        for (const std::uint32_t sm : sms) {
            if (!ctas_left()) break;
            if (!sms_[sm]->has_free_cta_slot()) continue;
            start_cta(sm, next_cta_, now);
            progress = true;
        }
    }
}

void Gpu::start_cta(std::uint32_t sm, std::uint64_t cta, Cycle now) {
    const std::uint32_t slot = sms_[sm]->start_cta(source_->start_cta(cta, sm), cta, now);
    ++next_cta_;
    if (mirrored_) start_mirrored(slot, cta + 1);
}

void Gpu::start_mirrored(std::uint32_t slot, std::uint64_t first_cta) {
    // The other SMs run in step with the simulated one: each takes the next CTA at the same time.
    mirrored_->finish_slot(slot);
    const std::uint64_t ctas = source_->shape().grid.count();
    for (std::uint32_t sm = 1; sm < spec_.sms && next_cta_ < ctas; ++sm) {
        mirrored_->start_cta(sm, slot, first_cta + sm - 1);
        ++next_cta_;
    }
}

void Gpu::report_progress() const {
    options_.progress(
        static_cast<double>(next_cta_) / static_cast<double>(source_->shape().grid.count()), now_);
}

bool Gpu::finished() const {
    if (ctas_left()) return false;
    return std::all_of(sms_.begin(), sms_.end(), [](const auto& sm) { return sm->idle(); }) &&
           crossbar_.idle() && crossbar_.due() == kNever;
}

void Gpu::answered(std::size_t port, Cycle visible) { sms_[port]->wake(visible); }

std::string Gpu::waiting_warps() const {
    constexpr std::size_t kShown = 64;
    std::vector<std::string> lines;
    std::size_t total = 0;
    for (const auto& sm : sms_) {
        for (std::string& line : sm->waiting_warps(now_)) {
            if (++total <= kShown) lines.push_back("  " + std::move(line));
        }
    }
    if (total > kShown) lines.push_back(fmt::format("  ... and {} more", total - kShown));
    return fmt::format("{}", fmt::join(lines, "\n"));
}

void Gpu::report_deadlock() const {
    throw base::DeadlockError(
        fmt::format("kernel '{}': deadlock at cycle {}: no warp can ever go on\n{}",
                    source_->shape().entry, now_, waiting_warps()));
}

void Gpu::report_limit() const {
    throw base::KernelError(
        fmt::format("kernel '{}': still running after the limit of {} cycles\n{}",
                    source_->shape().entry, options_.cycle_limit, waiting_warps()));
}

KernelResult Gpu::collect() const {
    KernelResult result;
    result.cycles = now_ + 1;
    result.sms = spec_.sms;
    result.simulated_sms = static_cast<std::uint32_t>(sms_.size());
    result.ctas = source_->shape().grid.count();
    result.occupancy = occupancy_;
    result.shape = source_->shape();
    result.sm_cycles = result.cycles * sms_.size();
    result.threads = threads_;
    result.one_thread_because = options_.one_thread_because;
    if (sampler_) result.memory_samples = sampler_->samples();
    std::vector<std::uint64_t> mmas(isa::mma_forms().size());
    const std::uint64_t width = spec_.sm.shared_memory.banks * spec_.sm.shared_memory.bank_bytes;
    for (const auto& sm : sms_) {
        sm->finish(result.cycles);
        if (const sm::LineProfile* profile = sm->line_profile()) {
            if (!result.profile) result.profile.emplace();
            result.profile->add(*profile);
        }
        if (const sm::Timeline* timeline = sm->timeline()) result.timelines.push_back(*timeline);
        result.simulated_ctas += sm->ctas_finished();
        for (std::size_t i = 0; i < sm->sub_core_count(); ++i) {
            const sm::SubCore::Statistics& sub_core = sm->sub_core(i).statistics();
            for (std::size_t a = 0; a < sm::kActivities; ++a)
                result.activity[a] += sub_core.activity[a];
            for (std::size_t o = 0; o < result.issued.size(); ++o)
                result.issued[o] += sub_core.issued[o];
            result.warp_instructions += sub_core.warp_instructions;
            const tensor_core::TensorCoreStatistics tensor = sm->sub_core(i).tensor().statistics();
            const std::span<const std::uint64_t> issued = sm->sub_core(i).tensor().instructions();
            mmas.resize(std::max(mmas.size(), issued.size()));
            for (std::size_t form = 0; form < issued.size(); ++form) mmas[form] += issued[form];
            result.b_values_fetched += tensor.b_values_fetched;
            result.executed_macs += tensor.executed_macs;
            result.tensor_busy_cycles += tensor.busy_cycles;
        }
        const sm::SharedMemory::Statistics& shared = sm->shared_memory().statistics();
        result.shared_read_bytes += shared.read_wavefronts * width;
        result.shared_write_bytes += shared.write_wavefronts * width;
        result.shared_fill_bytes += shared.fill_wavefronts * width;
        result.l1_array_bytes += shared.l1_wavefronts * width;
        const sm::L1Cache::Statistics& l1 = sm->l1().statistics();
        result.l1_read_bytes += l1.load_sectors * sm::kSectorBytes;
        result.l1_hit_bytes += l1.hit_sectors * sm::kSectorBytes;
        result.l1_merged_bytes += l1.merged_sectors * sm::kSectorBytes;
    }
    for (std::size_t form = 0; form < mmas.size(); ++form) {
        if (mmas[form] != 0) result.mmas.push_back({&isa::form_at(form), mmas[form]});
    }
    const memory::L2::Statistics& l2 = l2_.statistics();
    result.l2_read_bytes = l2.read_sectors * sm::kSectorBytes;
    result.l2_near_hit_bytes = l2.near_hit_sectors * sm::kSectorBytes;
    result.l2_far_read_bytes = l2.far_read_sectors * sm::kSectorBytes;
    result.l2_far_hit_bytes = l2.far_hit_sectors * sm::kSectorBytes;
    result.l2_write_bytes = l2.write_sectors * sm::kSectorBytes;
    result.hbm_read_bytes = hbm_.statistics().read_sectors * sm::kSectorBytes;
    result.hbm_write_bytes = hbm_.statistics().write_sectors * sm::kSectorBytes;
    return result;
}

}  // namespace sptc::gpu
