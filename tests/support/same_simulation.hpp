#pragma once
#include <catch2/catch.hpp>
#include <string>

#include "sim/report/launch_report.hpp"
#include "sim/run/launch_run.hpp"

namespace sptc::test {

/// The report of a simulation without host{}, which ends it.
inline std::string comparable(const gpu::GpuSpec& spec, const gpu::KernelResult& simulation) {
    run::LaunchResult result;
    result.gpu = spec;
    result.simulations.push_back(simulation);
    const std::string json = report::launch_json(result, "test");
    return json.substr(0, json.find("\"host\""));
}

/// Checks that two simulations of one kernel did the same in every count.
inline void check_same_simulation(const gpu::KernelResult& a, const gpu::KernelResult& b) {
    CHECK(a.cycles == b.cycles);
    CHECK(a.simulated_ctas == b.simulated_ctas);
    CHECK(a.activity == b.activity);
    CHECK(a.warp_instructions == b.warp_instructions);
    CHECK(a.issued == b.issued);
    CHECK(a.shared_read_bytes == b.shared_read_bytes);
    CHECK(a.shared_write_bytes == b.shared_write_bytes);
    CHECK(a.shared_fill_bytes == b.shared_fill_bytes);
    CHECK(a.l2_read_bytes == b.l2_read_bytes);
    CHECK(a.l2_write_bytes == b.l2_write_bytes);
    CHECK(a.hbm_read_bytes == b.hbm_read_bytes);
    CHECK(a.hbm_write_bytes == b.hbm_write_bytes);
    CHECK(a.b_values_fetched == b.b_values_fetched);
    CHECK(a.executed_macs == b.executed_macs);
    CHECK(a.sm_cycles == b.sm_cycles);
}

}  // namespace sptc::test
