# assay_embed(OUT dir... [MADE path file ...]): makes an assembly file that holds every file of the given
# folders by .incbin, and files that the build makes under the paths given, with a table that
# src/util/embedded.cc reads. The list is refreshed when files come and go.
function(assay_embed out)
  cmake_parse_arguments(EMBED "" "" "MADE" ${ARGN})
  set(files "")
  foreach(dir IN LISTS EMBED_UNPARSED_ARGUMENTS)
    file(GLOB_RECURSE found CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR}
         ${PROJECT_SOURCE_DIR}/${dir}/*)
    list(APPEND files ${found})
  endforeach()
  list(FILTER files EXCLUDE REGEX "\\.(md|cc)$|/\\.")
  list(SORT files)
  set(blobs "")
  set(table "")
  set(paths "")
  set(index 0)
  set(places ${files})
  list(TRANSFORM places PREPEND ${PROJECT_SOURCE_DIR}/)
  while(EMBED_MADE)
    list(POP_FRONT EMBED_MADE name place)
    list(APPEND files ${name})
    list(APPEND places ${place})
  endwhile()
  foreach(file place IN ZIP_LISTS files places)
    string(APPEND blobs ".Lpath${index}: .ascii \"${file}\"\n.Lpath_end${index}:\n"
                        ".Lfile${index}: .incbin \"${place}\"\n.Lend${index}: .byte 0\n")
    string(APPEND table "  .quad .Lpath${index}, .Lpath_end${index} - .Lpath${index}, "
                        ".Lfile${index}, .Lend${index} - .Lfile${index}\n")
    list(APPEND paths ${place})
    math(EXPR index "${index} + 1")
  endforeach()
  set(path ${PROJECT_BINARY_DIR}/generated/embedded.S)
  file(CONFIGURE OUTPUT ${path} CONTENT
"/* Made by cmake/Embed.cmake. */
.section .note.GNU-stack,\"\",@progbits
.section .rodata
@blobs@
.section .data.rel.ro, \"aw\"
.balign 8
.globl assay_embedded_table
assay_embedded_table:
@table@
.globl assay_embedded_count
assay_embedded_count: .quad @index@
" @ONLY)
  set_source_files_properties(${path} PROPERTIES OBJECT_DEPENDS "${paths}" GENERATED ON)
  set(${out} ${path} PARENT_SCOPE)
endfunction()
