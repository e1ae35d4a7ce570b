#include <limits.h>
#include <string.h>
#include <zlib.h>

#include "CImaging.h"
#include "message.h"

cimaging_status cimaging_inflate(const uint8_t *bytes, size_t count, uint8_t *output,
                                 size_t capacity, size_t *written, char *message) {
  message[0] = 0;
  *written = 0;
  if (count > UINT_MAX || capacity > UINT_MAX) return CIMAGING_TOO_LARGE;
  z_stream stream;
  memset(&stream, 0, sizeof stream);
  if (inflateInit(&stream) != Z_OK) return CIMAGING_NO_MEMORY;
  stream.next_in = (Bytef *)bytes;
  stream.avail_in = (uInt)count;
  stream.next_out = output;
  stream.avail_out = (uInt)capacity;
  int result = inflate(&stream, Z_FINISH);
  *written = capacity - stream.avail_out;
  cimaging_status status = CIMAGING_DAMAGED;
  if (result == Z_STREAM_END) {
    status = CIMAGING_OK;
  } else if (result == Z_MEM_ERROR) {
    status = CIMAGING_NO_MEMORY;
  } else if (result == Z_BUF_ERROR || result == Z_OK) {
    status = stream.avail_out == 0 ? CIMAGING_TOO_LARGE : CIMAGING_TRUNCATED;
  } else if (stream.msg != NULL) {
    cimaging_say(message, stream.msg);
  }
  inflateEnd(&stream);
  return status;
}
