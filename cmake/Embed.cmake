# assay_embed(OUT dir...): makes an assembly file that holds every file of the given folders by
# .incbin, with a table that src/util/embedded.cc reads. The list is refreshed when files come and go.
function(assay_embed out)
  set(files "")
  foreach(dir IN LISTS ARGN)
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
  foreach(file IN LISTS files)
    string(APPEND blobs ".Lpath${index}: .ascii \"${file}\"\n.Lpath_end${index}:\n"
                        ".Lfile${index}: .incbin \"${PROJECT_SOURCE_DIR}/${file}\"\n.Lend${index}: .byte 0\n")
    string(APPEND table "  .quad .Lpath${index}, .Lpath_end${index} - .Lpath${index}, "
                        ".Lfile${index}, .Lend${index} - .Lfile${index}\n")
    list(APPEND paths ${PROJECT_SOURCE_DIR}/${file})
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
