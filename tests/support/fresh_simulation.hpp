#pragma once
#include <systemc>

namespace sptc::test {

/// A SystemC simulation of one test case's own: SystemC elaborates only once per context, and names
/// must be unique in one. Declare it before any module, so that it outlives them.
class FreshSimulation {
  public:
    FreshSimulation() : previous_(sc_core::sc_curr_simcontext) {
        sc_core::sc_curr_simcontext = &context_;
    }
    ~FreshSimulation() { sc_core::sc_curr_simcontext = previous_; }
    FreshSimulation(const FreshSimulation&) = delete;
    FreshSimulation& operator=(const FreshSimulation&) = delete;

    /// Binds the ports of all modules made so far; none can be made after it.
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

}  // namespace sptc::test
