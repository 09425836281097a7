// A CUDA driver without a GPU, for tests of sptc-gpu: SPTC_CUDA_DRIVER names the library made of
// this file. "Device" memory is host memory. Entries: echo writes what it was launched with to its
// first argument; add_one adds 1 to the 4 words there; fault faults, and so does all that follows
// until the context is reset.
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <map>
#include <string>

namespace {

constexpr int kIllegalAddress = 700;
constexpr int kDevices = 1;

struct Echo {
    std::uint32_t grid[3];
    std::uint32_t block[3];
    std::uint32_t shared_bytes;
    std::uint32_t allowed_shared_bytes;
    std::uint32_t scalar;
    std::uint32_t padding;
    std::uint64_t structure[2];
};

struct State {
    bool faulted = false;
    std::uint32_t allowed_shared_bytes = 48 * 1024;
    float milliseconds = 0;
    std::map<int, std::string> entries;
};
State& state() {
    static State one;
    return one;
}

int status() { return state().faulted ? kIllegalAddress : 0; }
void* pointer(std::uint64_t address) { return reinterpret_cast<void*>(address); }

}  // namespace

extern "C" {
int cuInit(unsigned) { return 0; }
int cuDriverGetVersion(int* version) { return *version = 13000, 0; }
int cuDeviceGetCount(int* count) { return *count = kDevices, 0; }
int cuDeviceGet(int* device, int ordinal) { return *device = ordinal, 0; }
int cuDeviceGetName(char* name, int, int) { return std::strcpy(name, "Fake GPU"), 0; }
int cuDeviceGetAttribute(int* value, int attribute, int) {
    const std::map<int, int> kValues{{13, 1'410'000}, {16, 108}, {36, 1'215'000}, {38, 1 << 20},
                                     {75, 8},         {76, 0},   {97, 163 * 1024}};
    return *value = kValues.at(attribute), 0;
}
int cuDevicePrimaryCtxRetain(void** context, int) { return *context = &state(), 0; }
int cuDevicePrimaryCtxReset_v2(int) { return state().faulted = false, 0; }
int cuCtxSetCurrent(void*) { return 0; }
int cuCtxSynchronize() { return status(); }
int cuModuleLoadDataEx(void** module, const void* text, unsigned, int*, void** values) {
    if (std::strstr(static_cast<const char*>(text), ".entry") == nullptr) {
        std::strcpy(static_cast<char*>(values[0]), "line 1: no entry");
        return 218;
    }
    return *module = &state(), status();
}
int cuModuleUnload(void*) { return 0; }
int cuModuleGetFunction(void** function, void*, const char* name) {
    static const char* const kEntries[] = {"echo", "add_one", "fault"};
    for (const char* each : kEntries) {
        if (std::strcmp(each, name) == 0) return *function = const_cast<char*>(each), 0;
    }
    return 500;
}
int cuFuncSetAttribute(void*, int attribute, int value) {
    if (attribute != 8 || value > 163 * 1024) return 1;
    return state().allowed_shared_bytes = static_cast<std::uint32_t>(value), 0;
}
int cuMemAlloc_v2(std::uint64_t* address, std::size_t bytes) {
    *address = reinterpret_cast<std::uint64_t>(std::malloc(bytes));
    return status();
}
int cuMemFree_v2(std::uint64_t address) { return std::free(pointer(address)), 0; }
int cuMemcpyHtoD_v2(std::uint64_t to, const void* from, std::size_t bytes) {
    return std::memcpy(pointer(to), from, bytes), status();
}
int cuMemcpyDtoH_v2(void* to, std::uint64_t from, std::size_t bytes) {
    return std::memcpy(to, pointer(from), bytes), status();
}
int cuMemcpyDtoD_v2(std::uint64_t to, std::uint64_t from, std::size_t bytes) {
    return std::memcpy(pointer(to), pointer(from), bytes), status();
}
int cuMemsetD8_v2(std::uint64_t to, unsigned char value, std::size_t bytes) {
    return std::memset(pointer(to), value, bytes), status();
}
int cuEventCreate(void** event, unsigned) { return *event = &state(), 0; }
int cuEventDestroy_v2(void*) { return 0; }
int cuEventRecord(void*, void*) { return status(); }
int cuEventElapsedTime(float* milliseconds, void*, void*) {
    return *milliseconds = state().milliseconds += 0.001F, 0;  // 1 us, 2 us, 3 us, ...
}
int cuLaunchKernel(void* function, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by,
                   unsigned bz, unsigned shared_bytes, void*, void** arguments, void**) {
    const std::string name = static_cast<const char*>(function);
    if (name == "fault") return state().faulted = true, kIllegalAddress;
    if (shared_bytes > state().allowed_shared_bytes) return 1;
    std::uint64_t out = 0;
    std::memcpy(&out, arguments[0], 8);
    if (name == "add_one") {
        auto* words = static_cast<std::uint32_t*>(pointer(out));
        for (int i = 0; i < 4; ++i) ++words[i];
        return status();
    }
    Echo echo{{gx, gy, gz}, {bx, by, bz}, shared_bytes, state().allowed_shared_bytes, 0, 0, {}};
    std::memcpy(&echo.scalar, arguments[1], 4);
    std::memcpy(echo.structure, arguments[2], 16);
    std::memcpy(pointer(out), &echo, sizeof echo);
    return status();
}
int cuGetErrorName(int error, const char** name) {
    return *name = error == kIllegalAddress ? "CUDA_ERROR_ILLEGAL_ADDRESS"
                   : error == 218           ? "CUDA_ERROR_INVALID_PTX"
                                            : "CUDA_ERROR",
           0;
}
int cuGetErrorString(int, const char** text) { return *text = "as the fake driver says", 0; }
}
