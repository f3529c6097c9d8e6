# The program, the library with its headers, and a CMake package: find_package(assay) gives
# assay::assay. Public are the headers of every folder but cli/.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

install(TARGETS assay RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
set_target_properties(assay_lib PROPERTIES EXPORT_NAME assay)
# The manual page and tab completion, by the program itself.
set(generated_help ${PROJECT_BINARY_DIR}/help)
add_custom_command(OUTPUT ${generated_help}/assay.1
  COMMAND ${CMAKE_COMMAND} -E make_directory ${generated_help}
  COMMAND sh -c "cd help && $<TARGET_FILE:assay> man > assay.1 && $<TARGET_FILE:assay> completion bash > assay && $<TARGET_FILE:assay> completion fish > assay.fish"
  WORKING_DIRECTORY ${PROJECT_BINARY_DIR} DEPENDS assay VERBATIM)
add_custom_target(help_files ALL DEPENDS ${generated_help}/assay.1)
install(FILES ${generated_help}/assay.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${generated_help}/assay DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
install(FILES ${generated_help}/assay.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)

install(TARGETS assay_lib EXPORT assay
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
        INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/assay)
install(DIRECTORY src/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/assay
        FILES_MATCHING PATTERN "*.h" PATTERN "*.def" PATTERN cli EXCLUDE)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/assay)
install(EXPORT assay NAMESPACE assay:: FILE assay_targets.cmake DESTINATION ${package_dir})
configure_package_config_file(cmake/assay-config.cmake.in
  ${PROJECT_BINARY_DIR}/assay-config.cmake INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/assay-config-version.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/assay-config.cmake
              ${PROJECT_BINARY_DIR}/assay-config-version.cmake DESTINATION ${package_dir})
