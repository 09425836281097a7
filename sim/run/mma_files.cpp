#include "sim/run/mma_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <vector>

#include "models/base/error.hpp"
#include "models/base/file.hpp"
#include "models/base/parallel.hpp"
#include "models/reference/mma.hpp"
#include "models/tensor_core/mma_runner.hpp"
#include "sim/run/simulation.hpp"
#include "traces/tensor_file/input_file.hpp"

namespace sptc::run {
namespace {

using Bytes = std::vector<std::byte>;

constexpr std::uint64_t kItemsPerChunk = 4096;  // about 2 KiB each in memory

/// One input matrix of every item.
class Operand {
  public:
    /// Opens the file, which must hold exactly `count` items of rows x columns elements.
    Operand(std::string_view name, const std::filesystem::path& path, std::uint64_t count,
            std::uint64_t rows, std::uint64_t columns, std::uint64_t element_bits)
        : name_(name), file_(path), item_bytes_(rows * columns * element_bits / 8) {
        if (count > std::numeric_limits<std::uint64_t>::max() / item_bytes_) {
            throw base::ConfigError(fmt::format("--count {} is too large", count));
        }
        if (file_.size_bytes() == count * item_bytes_) return;
        throw base::ConfigError(
            fmt::format("{}: expected {} x {} x {} elements of {} bits = {} bytes for {} with "
                        "--count {}, found {} ({})",
                        file_.name(), count, rows, columns, element_bits, count * item_bytes_,
                        name_, count, file_.size_bytes(), items_text()));
    }

    [[nodiscard]] const std::string& file_name() const { return file_.name(); }
    [[nodiscard]] std::uint64_t item_bytes() const { return item_bytes_; }
    [[nodiscard]] Bytes read(std::uint64_t first_item, std::uint64_t items) {
        return file_.read(first_item * item_bytes_, items * item_bytes_, name_);
    }

  private:
    [[nodiscard]] std::string items_text() const {
        const std::uint64_t items = file_.size_bytes() / item_bytes_;
        const std::uint64_t rest = file_.size_bytes() % item_bytes_;
        return rest == 0 ? fmt::format("{} items", items)
                         : fmt::format("{} items and {} bytes", items, rest);
    }

    std::string name_;
    tensor_file::InputFile file_;
    std::uint64_t item_bytes_;
};

/// The matrices of some consecutive items.
struct Chunk {
    std::uint64_t first_item;
    std::uint64_t items;
    Bytes a, b, c, e, d;
};

class MmaInputs {
  public:
    MmaInputs(const isa::MmaForm& form, const MmaFiles& files, std::uint64_t count)
        : a_("A", files.a, count, rows(form, form.m), extent(form.k_stored), element_bits(form.a)),
          b_("B", files.b, count, rows(form, form.k_logical), extent(form.n), element_bits(form.b)),
          c_("C", files.c, count, rows(form, form.m), extent(form.n), element_bits(form.c)),
          d_item_bytes_(rows(form, form.m) * extent(form.n) * element_bits(form.d) / 8) {
        SPTC_ASSERT(form.sparse() == !files.e.empty());
        if (form.sparse()) {
            constexpr std::uint64_t kByteBits = 8;
            e_.emplace("E", files.e, count, extent(form.m), extent(form.metadata_bytes_per_row()),
                       kByteBits);
        }
    }

    [[nodiscard]] Chunk read(std::uint64_t first_item, std::uint64_t items) {
        return {first_item,
                items,
                a_.read(first_item, items),
                b_.read(first_item, items),
                c_.read(first_item, items),
                e_ ? e_->read(first_item, items) : Bytes{},
                Bytes(items * d_item_bytes_)};
    }

    /// The file that illegal metadata came from.
    [[nodiscard]] std::string metadata_file() const { return e_ ? e_->file_name() : ""; }

  private:
    static std::uint64_t extent(int value) { return static_cast<std::uint64_t>(value); }
    /// Of all matrices of an item.
    static std::uint64_t rows(const isa::MmaForm& form, int rows_of_one) {
        return extent(form.matrices() * rows_of_one);
    }
    static std::uint64_t element_bits(types::DataType type) {
        return static_cast<std::uint64_t>(types::bits(type));
    }

    Operand a_, b_, c_;
    std::optional<Operand> e_;
    std::uint64_t d_item_bytes_;
};

/// Item `i` of a chunk's matrices.
std::span<const std::byte> item_of(const Bytes& matrices, const Chunk& chunk, std::size_t i) {
    const std::size_t bytes = matrices.size() / chunk.items;
    return std::span(matrices).subspan(i * bytes, bytes);
}

std::uint64_t element_bits(std::span<const std::byte> matrix, std::size_t index,
                           std::size_t element_bytes) {
    std::uint64_t bits = 0;
    std::memcpy(&bits, matrix.data() + index * element_bytes, element_bytes);
    return bits;
}

/// Compares the D of items with the reference.
class Checker {
  public:
    Checker(const isa::MmaForm& form, const tensor_core::TensorCoreSpec& spec)
        : form_(form),
          architecture_(isa::find_architecture(spec.arch)),
          partition_(spec.partition) {}

    void compare(const Chunk& chunk, MmaFilesResult& result) const {
        std::vector<Bytes> expected(chunk.items);
        base::parallel_for(0, chunk.items, [&](std::size_t i) {
            expected[i] = reference::mma(form_, architecture_,
                                         {item_of(chunk.a, chunk, i), item_of(chunk.b, chunk, i),
                                          item_of(chunk.c, chunk, i), item_of(chunk.e, chunk, i)},
                                         partition_);
        });
        for (std::size_t i = 0; i < chunk.items; ++i) {
            compare_item(chunk.first_item + i, item_of(chunk.d, chunk, i), expected[i], result);
        }
    }

  private:
    void compare_item(std::uint64_t item, std::span<const std::byte> found,
                      std::span<const std::byte> expected, MmaFilesResult& result) const {
        if (std::equal(found.begin(), found.end(), expected.begin(), expected.end())) return;
        const auto columns = static_cast<std::size_t>(form_.n);
        const auto bytes = static_cast<std::size_t>(types::bits(form_.d) / 8);
        for (std::size_t i = 0; i < found.size() / bytes; ++i) {
            const std::uint64_t got = element_bits(found, i, bytes);
            const std::uint64_t want = element_bits(expected, i, bytes);
            if (got == want) continue;
            ++result.mismatches;
            if (result.first) continue;
            result.first = {item, static_cast<std::uint32_t>(i / columns),
                            static_cast<std::uint32_t>(i % columns), got, want};
        }
    }

    const isa::MmaForm& form_;
    const isa::Architecture& architecture_;
    isa::Partition partition_;
};

}  // namespace

MmaFilesResult run_mma_files(const isa::MmaSpelling& instruction,
                             const tensor_core::TensorCoreSpec& spec, const MmaFiles& files,
                             std::uint64_t count, Check check, Progress& progress) {
    if (count == 0) throw base::ConfigError("--count 0: expected at least 1");
    const isa::MmaForm& form = *instruction.form;
    isa::require_form(isa::find_architecture(spec.arch), form);
    MmaInputs inputs(form, files, count);
    const Checker checker(form, spec);
    const Simulation simulation;
    tensor_core::MmaRunner runner(spec);
    base::AtomicFile output(files.d);

    MmaFilesResult result;
    for (std::uint64_t first = 0; first < count; first += kItemsPerChunk) {
        Chunk chunk = inputs.read(first, std::min(kItemsPerChunk, count - first));
        try {
            runner.run(instruction, {chunk.a, chunk.b, chunk.c, chunk.e, chunk.d, first});
        } catch (const base::KernelError& error) {
            throw base::KernelError(fmt::format("{}: {}", inputs.metadata_file(), error.what()));
        }
        if (check == Check::kOn) checker.compare(chunk, result);
        output.write(chunk.d);
        progress.update(static_cast<double>(first + chunk.items) / static_cast<double>(count));
    }
    output.commit();

    const tensor_core::TensorCoreStatistics statistics = runner.tensor_core().statistics();
    result.cycles = runner.cycles();
    result.b_values_fetched = statistics.b_values_fetched;
    result.executed_macs = statistics.executed_macs;
    result.elements = count * static_cast<std::uint64_t>(form.matrices() * form.m * form.n);
    return result;
}

}  // namespace sptc::run
