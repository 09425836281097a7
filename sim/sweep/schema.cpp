#include "sim/sweep/schema.hpp"

#include <fmt/format.h>

#include "sim/sweep/parameters.hpp"

namespace sptc::sweep {

const std::string_view kTables = R"sql(
CREATE TABLE sweeps (name TEXT PRIMARY KEY, version TEXT NOT NULL, file TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE gpus (hash TEXT PRIMARY KEY, name TEXT NOT NULL, description TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE points (
  hash TEXT PRIMARY KEY,
  dense_hash TEXT NOT NULL,
  sweep TEXT NOT NULL,
  ordinal INTEGER NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('done', 'failed')),
  parameters TEXT NOT NULL,
  gpu_hash TEXT NOT NULL REFERENCES gpus (hash),
  version TEXT NOT NULL,
  seed INTEGER NOT NULL,
  exit_code INTEGER NOT NULL,
  result TEXT,
  error TEXT
) WITHOUT ROWID;
CREATE TABLE host (
  hash TEXT PRIMARY KEY, wall_seconds REAL, cpu_seconds REAL, peak_kib INTEGER
) WITHOUT ROWID;
)sql";

const std::vector<ResultColumn>& result_columns() {
    static const std::vector<ResultColumn> kColumns{
        {"cycles", "p.result ->> '$.cycles'", "cycles",
         "Core clock cycles from the first CTA to the last store"},
        {"time_us", "p.result ->> '$.time_us'", "us", "Cycles at the GPU's clock"},
        {"tflops", "p.result ->> '$.tflops'", "TFLOPS",
         "2 M N K over time: products that sparsity skips count as done"},
        {"percent_of_peak", "p.result ->> '$.percent_of_peak'", "%",
         "Of the peak of type and pattern"},
        {"speedup",
         "coalesce(p.result ->> '$.speedup', (d.result ->> '$.cycles') * 1.0 / (p.result ->> "
         "'$.cycles'))",
         "x", "Cycles of the same point with a dense A over cycles"},
        {"hbm_flop_per_byte", "p.result ->> '$.ceilings.hbm_flop_per_byte'", "FLOP/B",
         "Intensity: 2 M N K over the bytes that HBM moved"},
        {"l2_flop_per_byte", "p.result ->> '$.ceilings.l2_flop_per_byte'", "FLOP/B",
         "Intensity: 2 M N K over the bytes that L2 moved"},
        {"peak_tflops", "p.result ->> '$.ceilings.peak_tflops'", "TFLOPS",
         "What the multipliers do at most, of type and pattern"},
        {"hbm_gigabytes_per_second", "p.result ->> '$.ceilings.hbm_gigabytes_per_second'", "GB/s",
         "Bandwidth of HBM"},
        {"l2_gigabytes_per_second", "p.result ->> '$.ceilings.l2_gigabytes_per_second'", "GB/s",
         "Bandwidth of L2: the lower of what its slices give and the SMs take"},
        {"attainable_tflops", "p.result ->> '$.ceilings.attainable_tflops'", "TFLOPS",
         "What the resource that binds allows"},
        {"bound_by", "p.result ->> '$.roofline.bound_by'", "", "The resource that binds"},
        {"hbm_bytes",
         "coalesce((p.result ->> '$.bytes.hbm_read') + (p.result ->> '$.bytes.hbm_write'), "
         "(p.result ->> '$.dram_bits') / 8)",
         "B", "Read and written; of a variant its DRAM"},
        {"l2_bytes", "(p.result ->> '$.bytes.l2_read') + (p.result ->> '$.bytes.l2_write')", "B",
         "Read and written"},
        {"shared_bytes",
         "(p.result ->> '$.bytes.shared_read') + (p.result ->> '$.bytes.shared_write') + (p.result "
         "->> '$.bytes.shared_fill')",
         "B", "Wavefronts of shared memory times 128"},
        {"executed_macs",
         "coalesce(p.result ->> '$.tensor_core.executed_macs', p.result ->> '$.products')", "MAC",
         "Multiplications that the tensor cores made"},
        {"energy_uj", "coalesce(p.result ->> '$.cost.energy_uj', p.result ->> '$.energy_uj')", "uJ",
         "Estimate of the cost table, or of a variant's machine"},
        {"energy_delay_uj_us", "p.result ->> '$.cost.energy_delay_uj_us'", "uJ us",
         "Energy times time"},
        {"tensor_core_area_mm2", "p.result ->> '$.cost.tensor_core_area_mm2'", "mm2",
         "Of all tensor cores, estimate of the cost table"},
    };
    return kColumns;
}

std::string results_view() {
    std::string sql = "CREATE VIEW results AS SELECT p.sweep, p.ordinal, p.status";
    for (const Parameter& parameter : parameter_table()) {
        sql += fmt::format(",\n  p.parameters ->> '$.{0}' AS \"{0}\"", parameter.name);
    }
    for (const ResultColumn& column : result_columns()) {
        sql += fmt::format(",\n  {} AS {}", column.sql, column.name);
    }
    sql +=
        ",\n  p.error, p.version, p.parameters, p.result, p.gpu_hash, p.hash\nFROM points p\n"
        "LEFT JOIN points d ON d.hash = p.dense_hash AND d.status = 'done'";
    return sql;
}

}  // namespace sptc::sweep
