// PNG and JPEG through libpng and libjpeg, and inflate through zlib.
//
// libpng and libjpeg report an error by longjmp. Every setjmp and every longjmp lies inside one function
// of this target, which calls no one outside but the library and its callbacks here: no frame of another
// language is ever jumped over. Each function returns a status; what the library said stands in `message`
// (always terminated, empty where there is nothing to add).

#ifndef CIMAGING_H
#define CIMAGING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Room for a message and its terminator.
#define CIMAGING_MESSAGE_SIZE 256

typedef enum {
  CIMAGING_OK = 0,
  /// The bytes are not what they should be.
  CIMAGING_DAMAGED = 1,
  /// The bytes end too early.
  CIMAGING_TRUNCATED = 2,
  /// Memory ran out.
  CIMAGING_NO_MEMORY = 3,
  /// The output is larger than the caller allows.
  CIMAGING_TOO_LARGE = 4,
} cimaging_status;

/// Bytes that the library allocated; give them back with `cimaging_free`.
typedef struct {
  uint8_t *data;
  size_t count;
} cimaging_bytes;

void cimaging_free(cimaging_bytes bytes);

/// Reads the size from a PNG's header.
cimaging_status cimaging_png_size(const uint8_t *bytes, size_t count, uint32_t *width,
                                  uint32_t *height, char message[CIMAGING_MESSAGE_SIZE]);

/// Decodes a PNG whose size is `width` × `height` into `pixels`, 3 · width · height bytes. What is
/// transparent is laid over white, or its transparency is dropped.
cimaging_status cimaging_png_decode(const uint8_t *bytes, size_t count, uint32_t width,
                                    uint32_t height, bool over_white, uint8_t *pixels,
                                    char message[CIMAGING_MESSAGE_SIZE]);

/// Encodes `pixels`, 3 · width · height bytes, as an 8-bit RGB PNG; `level` is zlib's, 0 to 9.
cimaging_status cimaging_png_encode(const uint8_t *pixels, uint32_t width, uint32_t height,
                                    int level, cimaging_bytes *png,
                                    char message[CIMAGING_MESSAGE_SIZE]);

/// Reads the size from a JPEG's header.
cimaging_status cimaging_jpeg_size(const uint8_t *bytes, size_t count, uint32_t *width,
                                   uint32_t *height, char message[CIMAGING_MESSAGE_SIZE]);

/// Decodes a JPEG whose size is `width` × `height` into `pixels`, 3 · width · height bytes.
cimaging_status cimaging_jpeg_decode(const uint8_t *bytes, size_t count, uint32_t width,
                                     uint32_t height, uint8_t *pixels,
                                     char message[CIMAGING_MESSAGE_SIZE]);

/// Encodes `pixels`, 3 · width · height bytes, as a baseline JFIF file.
///
/// `quality` is libjpeg's, 1 to 100; a chroma sample covers `horizontal` × `vertical` pixels (1 or 2 each).
cimaging_status cimaging_jpeg_encode(const uint8_t *pixels, uint32_t width, uint32_t height,
                                     int quality, int horizontal, int vertical,
                                     cimaging_bytes *jpeg, char message[CIMAGING_MESSAGE_SIZE]);

/// Inflates a zlib stream into `output`, at most `capacity` bytes; `written` receives how many.
cimaging_status cimaging_inflate(const uint8_t *bytes, size_t count, uint8_t *output,
                                 size_t capacity, size_t *written,
                                 char message[CIMAGING_MESSAGE_SIZE]);

#ifdef __cplusplus
}
#endif

#endif
