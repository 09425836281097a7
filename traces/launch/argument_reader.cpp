#include "traces/launch/argument_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "models/base/error.hpp"
#include "traces/launch/json_fields.hpp"

namespace sptc::launch {
namespace {

// The largest parameter space of a kernel (PTX ISA 8.1 and later; 4352 bytes before).
constexpr std::uint64_t kMaximumParameterBytes = 32764;

const Buffer& named_buffer(const Fields& fields, const std::vector<Buffer>& buffers) {
    const std::string name = fields.string("buffer");
    const auto found = std::find_if(buffers.begin(), buffers.end(),
                                    [&](const Buffer& buffer) { return buffer.name == name; });
    if (found == buffers.end()) fields.fail("buffer", fmt::format("no buffer '{}'", name));
    return *found;
}

/// Two hexadecimal digits a byte; spaces are skipped.
std::vector<std::byte> read_hex(const Fields& fields, std::string_view key) {
    std::vector<std::byte> bytes;
    std::string digits;
    for (const char letter : fields.string(key)) {
        if (letter != ' ') digits += letter;
    }
    const auto value = [&](char letter) {
        constexpr std::string_view kDigits = "0123456789abcdef";
        const auto found = kDigits.find(letter);
        if (found == std::string_view::npos) {
            fields.fail(key,
                        fmt::format("found '{}', expected lower-case hexadecimal digits", letter));
        }
        return found;
    };
    if (digits.empty() || digits.size() % 2 != 0 || digits.size() / 2 > kMaximumParameterBytes) {
        fields.fail(key, fmt::format("found {} hexadecimal digits, expected two for each of 1 to "
                                     "{} bytes",
                                     digits.size(), kMaximumParameterBytes));
    }
    for (std::size_t i = 0; i < digits.size(); i += 2) {
        bytes.push_back(static_cast<std::byte>(value(digits[i]) * 16 + value(digits[i + 1])));
    }
    return bytes;
}

StructPointer read_pointer(const Fields& fields, const std::vector<Buffer>& buffers,
                           std::uint64_t bytes) {
    fields.expect_only({"offset", "buffer", "addend"});
    if (bytes < 8) fields.fail("a pointer needs 8 bytes, but \"bytes\" has fewer");
    StructPointer pointer;
    pointer.offset_bytes = static_cast<std::uint32_t>(fields.integer("offset", 0, bytes - 8));
    pointer.buffer = named_buffer(fields, buffers).name;
    if (fields.find("addend") != nullptr) pointer.addend_bytes = fields.signed_integer("addend");
    return pointer;
}

StructArgument read_struct(const Fields& fields, const std::vector<Buffer>& buffers) {
    fields.expect_only({"bytes", "pointers"});
    StructArgument argument(read_hex(fields, "bytes"));
    if (fields.find("pointers") == nullptr) return argument;
    for (std::size_t i = 0; i < fields.array("pointers").size(); ++i) {
        const Fields element = fields.element("pointers", i);
        const StructPointer pointer = read_pointer(element, buffers, argument.bytes.size());
        for (const StructPointer& before : argument.pointers) {
            const std::int64_t apart = static_cast<std::int64_t>(pointer.offset_bytes) -
                                       static_cast<std::int64_t>(before.offset_bytes);
            if (apart > -8 && apart < 8) {
                element.fail("offset",
                             fmt::format("overlaps the pointer at offset {}", before.offset_bytes));
            }
        }
        argument.pointers.push_back(pointer);
    }
    return argument;
}

}  // namespace

Argument read_argument(const Fields& fields, const std::vector<Buffer>& buffers) {
    if (fields.find("buffer") != nullptr) {
        fields.expect_only({"buffer", "offset_bytes"});
        const Buffer& buffer = named_buffer(fields, buffers);
        BufferArgument argument{buffer.name, 0};
        if (fields.find("offset_bytes") != nullptr) {
            argument.offset_bytes = fields.integer("offset_bytes", 0, buffer.bytes);
        }
        return argument;
    }
    if (fields.find("bytes") != nullptr) return read_struct(fields, buffers);
    if (fields.value().size() != 1 || fields.value().begin().key().empty()) {
        fields.fail(
            "expected one member such as {\"buffer\": \"A\"} or {\"u32\": 5}, or {\"bytes\": "
            "\"00ff\", \"pointers\": []}");
    }
    const std::string type = fields.value().begin().key();
    const Number number = number_of(fields, type);
    try {
        return encode_scalar(type, number);
    } catch (const base::ConfigError& problem) {
        fields.fail(type, problem.what());
    }
}

}  // namespace sptc::launch
