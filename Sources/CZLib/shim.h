#include <zlib.h>

/* A macro that Swift can't see: it passes the size of the structure. 15 + 16 as the window reads
   gzip, -15 bare deflate. */
static inline int patchflow_inflate_init(z_stream *stream, int window_bits) {
    return inflateInit2(stream, window_bits);
}
