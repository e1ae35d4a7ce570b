#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>
#include <jerror.h>

#include "CImaging.h"
#include "message.h"

// A progressive file may announce scans without end; each costs a pass over the whole image.
#define MOST_SCANS 1000

typedef struct {
  struct jpeg_error_mgr manager;
  jmp_buf jump;
  cimaging_status status;
  char *message;
} error_context;

// MARK: Callbacks

static void fail(j_common_ptr common) {
  error_context *e = (error_context *)common->err;
  switch (e->manager.msg_code) {
    case JERR_INPUT_EOF:
    case JERR_INPUT_EMPTY:
      e->status = CIMAGING_TRUNCATED;
      break;
    case JERR_OUT_OF_MEMORY:
      e->status = CIMAGING_NO_MEMORY;
      break;
    default: {
      char text[JMSG_LENGTH_MAX];
      e->status = CIMAGING_DAMAGED;
      e->manager.format_message(common, text);
      cimaging_say(e->message, text);
    }
  }
  longjmp(e->jump, 1);
}

// Warnings leave an image, which is the one that every other reader shows.
static void pass_over(j_common_ptr common, int level) {
  (void)common;
  (void)level;
}

static void say_nothing(j_common_ptr common) { (void)common; }

/// Ends the call with an error of our own.
static void stop(error_context *e, cimaging_status status, const char *text) {
  e->status = status;
  cimaging_say(e->message, text);
  longjmp(e->jump, 1);
}

static void set_up(error_context *e, char *message) {
  message[0] = 0;
  e->message = message;
  e->status = CIMAGING_OK;
  jpeg_std_error(&e->manager);
  e->manager.error_exit = fail;
  e->manager.emit_message = pass_over;
  e->manager.output_message = say_nothing;
}

// libjpeg's own memory source makes up an end where the bytes run out; here that is an error.

static void do_nothing(j_decompress_ptr jpeg) { (void)jpeg; }

static boolean run_out(j_decompress_ptr jpeg) {
  ERREXIT(jpeg, JERR_INPUT_EOF);
  return FALSE;
}

static void skip(j_decompress_ptr jpeg, long count) {
  if (count <= 0) return;
  if ((size_t)count > jpeg->src->bytes_in_buffer) ERREXIT(jpeg, JERR_INPUT_EOF);
  jpeg->src->next_input_byte += count;
  jpeg->src->bytes_in_buffer -= (size_t)count;
}

static void set_source(j_decompress_ptr jpeg, struct jpeg_source_mgr *source, const uint8_t *bytes,
                       size_t count) {
  source->init_source = do_nothing;
  source->fill_input_buffer = run_out;
  source->skip_input_data = skip;
  source->resync_to_restart = jpeg_resync_to_restart;
  source->term_source = do_nothing;
  source->next_input_byte = bytes;
  source->bytes_in_buffer = count;
  jpeg->src = source;
}

// MARK: Decoding

cimaging_status cimaging_jpeg_size(const uint8_t *bytes, size_t count, uint32_t *width,
                                   uint32_t *height, char *message) {
  struct jpeg_decompress_struct jpeg;
  struct jpeg_source_mgr source;
  error_context e;
  memset(&jpeg, 0, sizeof jpeg);
  set_up(&e, message);
  jpeg.err = &e.manager;
  if (setjmp(e.jump)) {
    jpeg_destroy_decompress(&jpeg);
    return e.status;
  }
  jpeg_create_decompress(&jpeg);
  set_source(&jpeg, &source, bytes, count);
  jpeg_read_header(&jpeg, TRUE);
  *width = jpeg.image_width;
  *height = jpeg.image_height;
  jpeg_destroy_decompress(&jpeg);
  return CIMAGING_OK;
}

/// a · b / 255, rounded, for bytes.
static inline int scaled(int a, int b) {
  int product = a * b + 128;
  return ((product >> 8) + product) >> 8;
}

/// Converts inverted CMYK, as Adobe writes it and as every CMYK file is taken to be, to RGB.
static void convert_cmyk(const uint8_t *row, uint32_t width, uint8_t *rgb) {
  for (uint32_t x = 0; x < width; x++, row += 4, rgb += 3) {
    int light = row[3];
    for (int i = 0; i < 3; i++) {
      int value = light - scaled(255 - row[i], light);
      rgb[i] = (uint8_t)(value < 0 ? 0 : value);
    }
  }
}

cimaging_status cimaging_jpeg_decode(const uint8_t *bytes, size_t count, uint32_t width,
                                     uint32_t height, uint8_t *pixels, char *message) {
  struct jpeg_decompress_struct jpeg;
  struct jpeg_source_mgr source;
  error_context e;
  memset(&jpeg, 0, sizeof jpeg);
  set_up(&e, message);
  jpeg.err = &e.manager;
  if (setjmp(e.jump)) {
    jpeg_destroy_decompress(&jpeg);
    return e.status;
  }
  jpeg_create_decompress(&jpeg);
  set_source(&jpeg, &source, bytes, count);
  jpeg_read_header(&jpeg, TRUE);
  if (jpeg.image_width != width || jpeg.image_height != height) {
    stop(&e, CIMAGING_DAMAGED, "the size is not the one that was announced");
  }
  jpeg.out_color_space = jpeg.num_components == 4 ? JCS_CMYK : JCS_RGB;
  if (jpeg.num_components == 1) jpeg.out_color_space = JCS_GRAYSCALE;
  jpeg.buffered_image = jpeg_has_multiple_scans(&jpeg);
  jpeg_start_decompress(&jpeg);
  if (jpeg.buffered_image) {
    // Take in every scan, counting them, and only then make pixels of the whole.
    while (!jpeg_input_complete(&jpeg)) {
      if (jpeg.input_scan_number > MOST_SCANS) stop(&e, CIMAGING_DAMAGED, "too many scans");
      jpeg_consume_input(&jpeg);
    }
    jpeg_start_output(&jpeg, jpeg.input_scan_number);
  }

  int channels = jpeg.output_components;
  JSAMPARRAY row = (*jpeg.mem->alloc_sarray)((j_common_ptr)&jpeg, JPOOL_IMAGE,
                                             width * (uint32_t)channels, 1);
  while (jpeg.output_scanline < height) {
    uint8_t *rgb = pixels + (size_t)jpeg.output_scanline * width * 3;
    if (jpeg_read_scanlines(&jpeg, row, 1) != 1) ERREXIT(&jpeg, JERR_INPUT_EOF);
    if (channels == 4) {
      convert_cmyk(row[0], width, rgb);
    } else if (channels == 1) {
      for (uint32_t x = 0; x < width; x++) rgb[3 * x] = rgb[3 * x + 1] = rgb[3 * x + 2] = row[0][x];
    } else {
      memcpy(rgb, row[0], (size_t)width * 3);
    }
  }
  // Reads on to the end-of-image marker.
  if (jpeg.buffered_image) jpeg_finish_output(&jpeg);
  jpeg_finish_decompress(&jpeg);
  jpeg_destroy_decompress(&jpeg);
  return CIMAGING_OK;
}

// MARK: Encoding

// libjpeg's own memory destination loses track of its buffer when an error comes after it grew.
typedef struct {
  struct jpeg_destination_mgr manager;
  uint8_t *data;
  size_t capacity;
} destination;

static boolean grow(j_compress_ptr jpeg) {
  destination *d = (destination *)jpeg->dest;
  size_t used = d->capacity;
  size_t capacity = used == 0 ? 1 << 16 : 2 * used;
  uint8_t *grown = realloc(d->data, capacity);
  if (grown == NULL) ERREXIT1(jpeg, JERR_OUT_OF_MEMORY, 0);
  d->data = grown;
  d->capacity = capacity;
  d->manager.next_output_byte = grown + used;
  d->manager.free_in_buffer = capacity - used;
  return TRUE;
}

static void start(j_compress_ptr jpeg) { grow(jpeg); }

static void finish(j_compress_ptr jpeg) { (void)jpeg; }

cimaging_status cimaging_jpeg_encode(const uint8_t *pixels, uint32_t width, uint32_t height,
                                     int quality, int horizontal, int vertical,
                                     cimaging_bytes *result, char *message) {
  struct jpeg_compress_struct jpeg;
  destination target;
  error_context e;
  memset(&jpeg, 0, sizeof jpeg);
  memset(&target, 0, sizeof target);
  set_up(&e, message);
  jpeg.err = &e.manager;
  if (setjmp(e.jump)) {
    jpeg_destroy_compress(&jpeg);
    free(target.data);
    return e.status;
  }
  jpeg_create_compress(&jpeg);
  target.manager.init_destination = start;
  target.manager.empty_output_buffer = grow;
  target.manager.term_destination = finish;
  jpeg.dest = &target.manager;
  jpeg.image_width = width;
  jpeg.image_height = height;
  jpeg.input_components = 3;
  jpeg.in_color_space = JCS_RGB;
  jpeg_set_defaults(&jpeg);
  jpeg_set_quality(&jpeg, quality, TRUE);
  jpeg.comp_info[0].h_samp_factor = horizontal;
  jpeg.comp_info[0].v_samp_factor = vertical;
  jpeg_start_compress(&jpeg, TRUE);
  while (jpeg.next_scanline < height) {
    JSAMPROW row = (JSAMPROW)(pixels + (size_t)jpeg.next_scanline * width * 3);
    jpeg_write_scanlines(&jpeg, &row, 1);
  }
  jpeg_finish_compress(&jpeg);
  jpeg_destroy_compress(&jpeg);
  size_t count = target.capacity - target.manager.free_in_buffer;
  *result = (cimaging_bytes){.data = target.data, .count = count};
  return CIMAGING_OK;
}
