# The program, the library with its headers, and a CMake package: find_package(assay) gives
# assay::assay. Public are the headers of every folder but cli/.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

install(TARGETS assay RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
set_target_properties(assay_lib PROPERTIES EXPORT_NAME assay)
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
