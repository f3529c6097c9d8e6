# assay_protobuf(OUT schema...): sources made by protoc in <build>/generated.
function(assay_protobuf out)
  set(sources "")
  foreach(schema IN LISTS ARGN)
    get_filename_component(stem ${schema} NAME_WE)
    get_filename_component(folder ${PROJECT_SOURCE_DIR}/${schema} DIRECTORY)
    set(made ${PROJECT_BINARY_DIR}/generated/${stem}.pb)
    add_custom_command(OUTPUT ${made}.cc ${made}.h
      COMMAND ${PROTOC} --proto_path=${folder} --cpp_out=${PROJECT_BINARY_DIR}/generated
              ${PROJECT_SOURCE_DIR}/${schema}
      DEPENDS ${PROJECT_SOURCE_DIR}/${schema} VERBATIM)
    # Its warnings are protoc's.
    set_source_files_properties(${made}.cc PROPERTIES COMPILE_OPTIONS -w)
    list(APPEND sources ${made}.cc ${made}.h)
  endforeach()
  set(${out} ${sources} PARENT_SCOPE)
endfunction()
