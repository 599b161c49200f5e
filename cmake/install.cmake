# cmake --install, and then find_package(helder) and helder::helder elsewhere. tests/consumer is such a project.
include(CMakePackageConfigHelpers)
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/helder)

install(TARGETS helder EXPORT helder-targets FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/helder)
if(HELDER_FETCHED_ZLIB)   # it has no package of its own
  install(TARGETS zlibstatic EXPORT helder-targets)
endif()
install(EXPORT helder-targets NAMESPACE helder:: DESTINATION ${package_dir})

configure_package_config_file(cmake/helder-config.cmake.in ${PROJECT_BINARY_DIR}/helder-config.cmake
                              INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/helder-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/helder-config.cmake ${PROJECT_BINARY_DIR}/helder-config-version.cmake
        DESTINATION ${package_dir})
