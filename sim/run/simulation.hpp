#pragma once
#include <systemc>

namespace sptc::run {

/// A SystemC simulation of its own. SystemC elaborates only once per context and wants unique
/// names in one, so each simulated machine gets a fresh one. Declare it before any module, so that
/// it outlives them; simulations must end in the reverse order of their beginning.
class Simulation {
  public:
    Simulation() : previous_(sc_core::sc_curr_simcontext) {
        sc_core::sc_curr_simcontext = &context_;
    }
    ~Simulation() { sc_core::sc_curr_simcontext = previous_; }
    Simulation(const Simulation&) = delete;
    Simulation& operator=(const Simulation&) = delete;

    /// Binds the ports of all modules made so far; none can be made after it. Only for modules that
    /// do not start the simulation themselves.
    void elaborate() {
        // Nothing runs in this start, and that is intended (warning W571).
        sc_core::sc_report_handler::set_actions(sc_core::SC_ID_NO_SC_START_ACTIVITY_,
                                                sc_core::SC_DO_NOTHING);
        sc_core::sc_start(sc_core::SC_ZERO_TIME);
    }

  private:
    sc_core::sc_simcontext context_;
    sc_core::sc_simcontext* previous_;
};

}  // namespace sptc::run
