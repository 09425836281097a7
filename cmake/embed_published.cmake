# cmake -DOUTPUT=file.cpp -DFILES="a.json;b.json" -P embed_published.cmake: published figures as C++ raw strings.
set(body "")
foreach(file ${FILES})
  get_filename_component(name ${file} NAME_WE)
  file(READ ${file} text)
  # Compilers bound the length of one literal, so the text is cut into adjacent ones.
  string(REGEX REPLACE "\n" ")sptc\"\nR\"sptc(\n" text "${text}")
  string(APPEND body "    {\"${name}\", R\"sptc(${text})sptc\"},\n")
endforeach()
file(WRITE ${OUTPUT} "// Generated from tests/fidelity/timing.\n#include <array>\n\n#include \"sim/timing/embedded_published.hpp\"\n\nnamespace sptc::timing {\n\nstd::span<const EmbeddedText> embedded_published() {\n    static constexpr auto kTexts = std::to_array<EmbeddedText>({\n${body}    });\n    return kTexts;\n}\n\n}  // namespace sptc::timing\n")
