// Zig's own -D of the mode wins over a -D of the command line.
#ifdef __cplusplus
#undef _LIBCPP_HARDENING_MODE
#define _LIBCPP_HARDENING_MODE _LIBCPP_HARDENING_MODE_FAST
#endif
