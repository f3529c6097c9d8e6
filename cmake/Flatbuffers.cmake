# assay_flatbuffers(OUT schema...): headers made by flatc in <build>/generated.
function(assay_flatbuffers out)
  set(headers "")
  foreach(schema IN LISTS ARGN)
    get_filename_component(stem ${schema} NAME_WE)
    set(header ${PROJECT_BINARY_DIR}/generated/${stem}_generated.h)
    add_custom_command(OUTPUT ${header}
      COMMAND ${FLATC} --cpp --scoped-enums -o ${PROJECT_BINARY_DIR}/generated
              ${PROJECT_SOURCE_DIR}/${schema}
      DEPENDS ${PROJECT_SOURCE_DIR}/${schema} VERBATIM)
    list(APPEND headers ${header})
  endforeach()
  set(${out} ${headers} PARENT_SCOPE)
endfunction()
