# Debian's SystemC has a pkg-config file only. It is built as C++17, so C++20 code links with it only
# when SC_CPLUSPLUS names that version.
find_package(PkgConfig REQUIRED)
pkg_check_modules(SYSTEMC REQUIRED IMPORTED_TARGET systemc)
add_library(sptc_systemc INTERFACE)
target_link_libraries(sptc_systemc INTERFACE PkgConfig::SYSTEMC)
target_compile_definitions(sptc_systemc INTERFACE SC_CPLUSPLUS=201703L)
