#pragma once
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace sptc::test {

/// The input as a file in a folder of this process, in which nothing else stands.
inline std::filesystem::path input_file(const std::string& name, const std::uint8_t* data,
                                        std::size_t size) {
    static const std::filesystem::path folder = [] {
        char path[] = "/tmp/sptc-fuzz-XXXXXX";
        if (::mkdtemp(path) == nullptr) std::abort();
        return std::filesystem::path(path);
    }();
    std::ofstream(folder / name, std::ios::binary)
        .write(reinterpret_cast<const char*>(data), static_cast<std::streamsize>(size));
    return folder / name;
}

}  // namespace sptc::test
