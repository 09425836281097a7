# cmake -DKIND=gpu -DFOLDER=configs/gpu -DOUTPUT=file.cpp -DFILES="a.json;b.json" -P embed_configs.cmake: the texts as C++ raw strings.
set(body "")
foreach(file ${FILES})
  get_filename_component(name ${file} NAME_WE)
  file(READ ${file} text)
  # Compilers bound the length of one literal, so the text is cut into adjacent ones.
  string(REGEX REPLACE "\n" ")sptc\"\nR\"sptc(\n" text "${text}")
  string(APPEND body "    {\"${name}\", R\"sptc(${text})sptc\"},\n")
endforeach()
file(WRITE ${OUTPUT} "// Generated from ${FOLDER}.\n#include <array>\n\n#include \"sim/run/embedded_configs.hpp\"\n\nnamespace sptc::run {\n\nstd::span<const EmbeddedConfig> embedded_${KIND}_configs() {\n    static constexpr auto kConfigs = std::to_array<EmbeddedConfig>({\n${body}    });\n    return kConfigs;\n}\n\n}  // namespace sptc::run\n")
