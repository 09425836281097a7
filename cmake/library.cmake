# sptc_library(NAME [SYSTEMC] [UNITY] DEPENDS lib...): the library of one folder. Every .cpp file of the folder
# belongs to it; DEPENDS are other sptc folders (without the sptc_ prefix) or imported targets. UNITY: the headers
# (JSON, command line) outweigh the files, so builds with sanitizers compile several files at once.
add_library(sptc_options INTERFACE)
target_include_directories(sptc_options INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(sptc_options INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror -ffp-contract=off)
if(SPTC_SANITIZE)
  # GCC 12 reports uninitialized members inside <regex> when sanitizers instrument it.
  # Lines are all that reports need of the debugging information (-g1).
  target_compile_options(sptc_options INTERFACE -Wno-maybe-uninitialized
    -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer -O1 -g1)
  target_link_options(sptc_options INTERFACE -fsanitize=address,undefined)
endif()

if(SPTC_SANITIZE_THREADS)
  target_compile_options(sptc_options INTERFACE
    -Wno-maybe-uninitialized -fsanitize=thread -fno-omit-frame-pointer -O1 -g1)
  target_link_options(sptc_options INTERFACE -fsanitize=thread)
endif()

if(SPTC_FUZZ)
  target_compile_options(sptc_options INTERFACE
    -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer -O1)
  target_link_options(sptc_options INTERFACE -fsanitize=address,undefined)
endif()

function(sptc_library name)
  cmake_parse_arguments(ARG "SYSTEMC;UNITY" "" "DEPENDS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  if(NOT sources)
    return()  # a folder whose first file is still to come
  endif()
  add_library(sptc_${name} STATIC ${sources})
  set_property(GLOBAL APPEND PROPERTY SPTC_LIBRARIES sptc_${name})
  if(ARG_UNITY AND (SPTC_SANITIZE OR SPTC_SANITIZE_THREADS))
    set_target_properties(sptc_${name} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 8)
  endif()
  target_link_libraries(sptc_${name} PUBLIC sptc_options)
  foreach(dependency ${ARG_DEPENDS})
    if(TARGET sptc_${dependency})
      target_link_libraries(sptc_${name} PUBLIC sptc_${dependency})
    elseif(dependency MATCHES "::")
      target_link_libraries(sptc_${name} PRIVATE ${dependency})
    endif()
  endforeach()
  if(ARG_SYSTEMC)
    target_link_libraries(sptc_${name} PUBLIC sptc_systemc)
    target_precompile_headers(sptc_${name} PRIVATE <systemc>)
  endif()
endfunction()
