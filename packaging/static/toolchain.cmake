# Cross-compiles with Zig, musl, libc++ and the libraries in IPE_STATIC/prefix.
# packaging/static/build makes the folder IPE_STATIC and passes it with IPE_TRIPLE,
# such as aarch64-linux-musl.
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES IPE_STATIC IPE_TRIPLE)

set(CMAKE_SYSTEM_NAME Linux)
string(REGEX REPLACE "-.*" "" CMAKE_SYSTEM_PROCESSOR ${IPE_TRIPLE})
set(CMAKE_C_COMPILER ${IPE_STATIC}/bin/cc)
set(CMAKE_CXX_COMPILER ${IPE_STATIC}/bin/c++)
set(CMAKE_AR ${IPE_STATIC}/bin/ar)
set(CMAKE_RANLIB ${IPE_STATIC}/bin/ranlib)

# Nothing of this machine but its programs.
set(CMAKE_FIND_ROOT_PATH ${IPE_STATIC}/prefix)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
set(ENV{PKG_CONFIG_LIBDIR} ${IPE_STATIC}/prefix/lib/pkgconfig)
set(ENV{PKG_CONFIG_PATH} "")
set(PKG_CONFIG_ARGN --static)  # static libraries do not name what they need
set(BUILD_SHARED_LIBS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
