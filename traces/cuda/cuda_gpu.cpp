#include "traces/cuda/cuda_gpu.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "models/base/error.hpp"
#include "traces/cuda/driver.hpp"
#include "traces/launch/argument.hpp"

namespace sptc::cuda {
namespace {

// Dynamic shared memory that a kernel gets without asking (CUDA C programming guide, 10.4).
constexpr std::uint32_t kPlainSharedBytes = 48 * 1024;

[[noreturn]] void fail(const Driver& driver, const std::string& what, Result result) {
    const std::string message = fmt::format("{}: {}", what, driver.message(result));
    switch (result) {
        case kIllegalAddress:
        case kMisalignedAddress:
        case kInvalidAddressSpace:
            throw base::MemoryFault(message);
        default:
            throw base::KernelError(message);
    }
}

void require(const Driver& driver, Result result, const std::string& what) {
    if (result != kSuccess) fail(driver, what, result);
}

/// A buffer on the device with a copy of its first content, which every run begins with.
class DeviceBuffer {
  public:
    DeviceBuffer(const Driver& driver, const launch::Buffer& buffer)
        : driver_(driver), bytes_(buffer.bytes) {
        const std::string what = fmt::format("buffer '{}' of {} bytes", buffer.name, bytes_);
        require(driver, driver.allocate(&address_, bytes_), what);
        if (buffer.data.empty()) return;
        const Result result = driver.allocate(&first_, bytes_);
        if (result != kSuccess) driver.free(address_);
        require(driver, result, what);
        require(driver, driver.write(first_, buffer.data.data(), bytes_), what);
    }
    ~DeviceBuffer() {
        driver_.free(address_);
        if (first_ != 0) driver_.free(first_);
    }
    DeviceBuffer(const DeviceBuffer&) = delete;
    DeviceBuffer& operator=(const DeviceBuffer&) = delete;

    void restore() const {
        require(driver_,
                first_ != 0 ? driver_.copy(address_, first_, bytes_)
                            : driver_.fill(address_, 0, bytes_),
                "initial content of a buffer");
    }
    [[nodiscard]] Address address() const { return address_; }
    [[nodiscard]] std::vector<std::byte> content() const {
        std::vector<std::byte> bytes(bytes_);
        require(driver_, driver_.read(bytes.data(), address_, bytes_), "reading an output");
        return bytes;
    }

  private:
    const Driver& driver_;
    std::uint64_t bytes_;
    Address address_ = 0;
    Address first_ = 0;
};

class LoadedModule {
  public:
    LoadedModule(const Driver& driver, const std::string& ptx, const std::string& file)
        : driver_(driver) {
        std::array<char, 4096> log{};
        std::array<int, 2> options{kJitErrorLog, kJitErrorLogBytes};
        std::array<void*, 2> values{log.data(), reinterpret_cast<void*>(log.size())};
        const Result result =
            driver.load_module(&module_, ptx.c_str(), static_cast<unsigned>(options.size()),
                               options.data(), values.data());
        if (result == kSuccess) return;
        log.back() = '\0';
        throw base::KernelError(fmt::format("{}: the driver cannot load it: {}{}{}", file,
                                            driver.message(result), log[0] != '\0' ? ": " : "",
                                            log.data()));
    }
    ~LoadedModule() { driver_.unload_module(module_); }
    LoadedModule(const LoadedModule&) = delete;
    LoadedModule& operator=(const LoadedModule&) = delete;

    [[nodiscard]] Function function(const std::string& entry, const std::string& file) const {
        Function found = nullptr;
        if (driver_.function(&found, module_, entry.c_str()) != kSuccess) {
            throw base::KernelError(fmt::format("{}: has no entry '{}'", file, entry));
        }
        return found;
    }

  private:
    const Driver& driver_;
    Module module_ = nullptr;
};

/// Two points of the device's time.
class Stopwatch {
  public:
    explicit Stopwatch(const Driver& driver) : driver_(driver) {
        require(driver, driver.create_event(&begin_, 0), "an event");
        require(driver, driver.create_event(&end_, 0), "an event");
    }
    ~Stopwatch() {
        driver_.destroy_event(begin_);
        if (end_ != nullptr) driver_.destroy_event(end_);
    }
    Stopwatch(const Stopwatch&) = delete;
    Stopwatch& operator=(const Stopwatch&) = delete;

    void start() const { require(driver_, driver_.record_event(begin_, nullptr), "an event"); }
    void stop() const { require(driver_, driver_.record_event(end_, nullptr), "an event"); }
    [[nodiscard]] double microseconds() const {
        float milliseconds = 0;
        require(driver_, driver_.elapsed_ms(&milliseconds, begin_, end_), "elapsed time");
        return 1000.0 * static_cast<double>(milliseconds);
    }

  private:
    const Driver& driver_;
    Event begin_ = nullptr;
    Event end_ = nullptr;
};

/// One kernel of a launch with everything that cuLaunchKernel wants.
struct PreparedKernel {
    const launch::KernelLaunch* launch;
    Function function;
    std::vector<std::vector<std::byte>> arguments;
};

class CudaGpu : public Gpu {
  public:
    explicit CudaGpu(int ordinal) {
        const Result started = driver_.init(0);
        int count = 0;
        if (started == kSuccess) (void)driver_.device_count(&count);
        if (ordinal < 0 || ordinal >= count) {
            throw base::ConfigError(
                fmt::format("GPU {} is missing: the driver finds {} GPUs{}", ordinal, count,
                            started == kSuccess ? "" : " (" + driver_.message(started) + ")"));
        }
        require(driver_, driver_.device(&device_, ordinal), "the device");
        open_context();
    }

    [[nodiscard]] DeviceInfo info() const override {
        std::array<char, 256> name{};
        require(driver_, driver_.device_name(name.data(), static_cast<int>(name.size()), device_),
                "the device's name");
        int version = 0;
        (void)driver_.driver_version(&version);
        DeviceInfo info;
        info.name = name.data();
        info.compute_capability =
            10 * attribute(kComputeCapabilityMajor) + attribute(kComputeCapabilityMinor);
        info.sms = attribute(kMultiprocessorCount);
        info.l2_bytes = static_cast<std::uint64_t>(attribute(kL2CacheBytes));
        info.sm_clock_mhz = attribute(kClockRateKhz) / 1000.0;
        info.memory_clock_mhz = attribute(kMemoryClockRateKhz) / 1000.0;
        info.driver = fmt::format("{}.{}", version / 1000, version % 1000 / 10);
        return info;
    }

    [[nodiscard]] LaunchRun run(const std::string& ptx, const std::string& ptx_file,
                                const launch::Launch& launch, const TimingPlan& plan) override {
        try {
            return run_in_context(ptx, ptx_file, launch, plan);
        } catch (const base::Error&) {
            // After a fault nothing works in a context any more.
            (void)driver_.reset_context(device_);
            open_context();
            throw;
        }
    }

  private:
    using Buffers = std::map<std::string, std::unique_ptr<DeviceBuffer>>;

    void open_context() {
        Context context = nullptr;
        require(driver_, driver_.retain_context(&context, device_), "a context on the GPU");
        require(driver_, driver_.set_context(context), "a context on the GPU");
    }

    [[nodiscard]] int attribute(int which) const {
        int value = 0;
        require(driver_, driver_.device_attribute(&value, which, device_), "a device attribute");
        return value;
    }

    PreparedKernel prepare(const launch::KernelLaunch& kernel, const LoadedModule& module,
                           const std::string& file, const Buffers& buffers) const {
        PreparedKernel prepared{&kernel, module.function(kernel.entry, file), {}};
        for (const launch::Argument& argument : kernel.arguments) {
            prepared.arguments.push_back(launch::argument_bytes(
                argument, [&](const std::string& name) { return buffers.at(name)->address(); }));
        }
        if (kernel.dynamic_shared_bytes <= kPlainSharedBytes) return prepared;
        const Result result =
            driver_.set_function_attribute(prepared.function, kFunctionDynamicSharedBytes,
                                           static_cast<int>(kernel.dynamic_shared_bytes));
        if (result != kSuccess) {
            throw base::KernelError(fmt::format(
                "{}: {} bytes of dynamic shared memory, expected at most {} on this GPU", file,
                kernel.dynamic_shared_bytes, attribute(kMaximumSharedBytesOptin)));
        }
        return prepared;
    }

    void launch_kernel(PreparedKernel& kernel, const std::string& file) const {
        std::vector<void*> arguments;
        for (std::vector<std::byte>& each : kernel.arguments) arguments.push_back(each.data());
        const isa::Dim3& grid = kernel.launch->grid;
        const isa::Dim3& block = kernel.launch->block;
        require(
            driver_,
            driver_.launch(kernel.function, grid.x, grid.y, grid.z, block.x, block.y, block.z,
                           kernel.launch->dynamic_shared_bytes, nullptr, arguments.data(), nullptr),
            fmt::format("{}: launch of {}", file, kernel.launch->entry));
    }

    /// The time of all kernels, one after another.
    double run_once(std::vector<PreparedKernel>& kernels, const std::string& file) const {
        const Stopwatch watch(driver_);
        watch.start();
        for (PreparedKernel& kernel : kernels) launch_kernel(kernel, file);
        watch.stop();
        require(driver_, driver_.synchronize(), file);
        return watch.microseconds();
    }

    LaunchRun run_in_context(const std::string& ptx, const std::string& file,
                             const launch::Launch& launch, const TimingPlan& plan) const {
        const LoadedModule module(driver_, ptx, file);
        Buffers buffers;
        for (const launch::Buffer& buffer : launch.buffers) {
            buffers[buffer.name] = std::make_unique<DeviceBuffer>(driver_, buffer);
        }
        std::vector<PreparedKernel> kernels{prepare(launch, module, file, buffers)};
        for (const launch::KernelLaunch& next : launch.next) {
            kernels.push_back(prepare(next, module, file, buffers));
        }
        LaunchRun result;
        for (const auto& [name, buffer] : buffers) buffer->restore();
        const double first = run_once(kernels, file);
        if (plan.repeats == 0) {
            result.microseconds.push_back(first);
        } else {
            result.microseconds = repeat(kernels, file, buffers, plan);
        }
        for (const std::string& name : launch.outputs) {
            result.outputs[name] = buffers.at(name)->content();
        }
        return result;
    }

    /// The times of the timed runs; before each, buffers are as before the first, and the L2 holds
    /// something else.
    std::vector<double> repeat(std::vector<PreparedKernel>& kernels, const std::string& file,
                               const Buffers& buffers, const TimingPlan& plan) const {
        const launch::Buffer scratch{
            "scratch", 2 * static_cast<std::uint64_t>(attribute(kL2CacheBytes)) + 1, {}, {}, {}};
        const DeviceBuffer eviction(driver_, scratch);
        std::vector<double> times;
        for (int i = 0; i < plan.warm_up + plan.repeats; ++i) {
            for (const auto& [name, buffer] : buffers) buffer->restore();
            eviction.restore();
            const double time = run_once(kernels, file);
            if (i >= plan.warm_up) times.push_back(time);
        }
        return times;
    }

    Driver driver_;
    DeviceId device_ = 0;
};

}  // namespace

std::unique_ptr<Gpu> open_gpu(int ordinal) { return std::make_unique<CudaGpu>(ordinal); }

}  // namespace sptc::cuda
