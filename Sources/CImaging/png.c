#include <png.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "CImaging.h"
#include "message.h"

// Every critical chunk but IDAT, which is streamed, is small; the ancillary ones are passed over.
#define LARGEST_CHUNK (8u << 20)

typedef struct {
  jmp_buf jump;
  const uint8_t *bytes;
  size_t left;
  cimaging_bytes output;
  size_t capacity;
  cimaging_status status;
  char *message;
} context;

// MARK: Callbacks

static void fail(png_structp png, png_const_charp text) {
  context *c = png_get_error_ptr(png);
  if (c->status == CIMAGING_OK) {
    c->status = CIMAGING_DAMAGED;
    cimaging_say(c->message, text);
  }
  longjmp(c->jump, 1);
}

static void ignore(png_structp png, png_const_charp text) {
  (void)png;
  (void)text;
}

static void read_bytes(png_structp png, png_bytep target, size_t count) {
  context *c = png_get_io_ptr(png);
  if (count > c->left) {
    c->status = CIMAGING_TRUNCATED;
    png_error(png, "truncated");
  }
  memcpy(target, c->bytes, count);
  c->bytes += count;
  c->left -= count;
}

static void write_bytes(png_structp png, png_bytep source, size_t count) {
  context *c = png_get_io_ptr(png);
  if (count > c->capacity - c->output.count) {
    size_t capacity = 2 * c->capacity + count;
    uint8_t *grown = realloc(c->output.data, capacity);
    if (grown == NULL) {
      c->status = CIMAGING_NO_MEMORY;
      png_error(png, "out of memory");
    }
    c->output.data = grown;
    c->capacity = capacity;
  }
  memcpy(c->output.data + c->output.count, source, count);
  c->output.count += count;
}

static void flush(png_structp png) { (void)png; }

// MARK: Decoding

/// A reader and its information structure, or NULL where memory is short.
static png_structp open_reader(context *c, png_infop *info) {
  png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, c, fail, ignore);
  if (png == NULL) return NULL;
  *info = png_create_info_struct(png);
  if (*info == NULL) {
    png_destroy_read_struct(&png, NULL, NULL);
    return NULL;
  }
  return png;
}

/// Reads up to the first pixel: the size, colour type and palette are known then.
static void begin_reading(png_structp png, png_infop info, context *c) {
  png_set_read_fn(png, c, read_bytes);
  png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
  png_set_chunk_malloc_max(png, LARGEST_CHUNK);
  png_set_benign_errors(png, 1);
  // Colour profiles, gamma and text are not wanted here, and many files carry bad ones.
  png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
  png_read_info(png, info);
}

/// How a row of samples becomes RGB; what Pillow's `convert("RGB")` makes of the same file.
typedef struct {
  int colour_type;
  int depth;
  const png_color *palette;
  int palette_count;
  /// What the file says is transparent beside an alpha channel, as libpng gives it.
  bool has_transparency;
  const uint8_t *palette_alphas;
  int alpha_count;
  png_color_16 clear;
} source_format;

/// How opaque pixel `x` of `row` is, whose colour is `rgb`, as Pillow's `convert("RGBA")` sees it.
///
/// Pillow compares the clear colour with samples of 8 bits, to which the file's have been brought.
static uint8_t alpha_of(const source_format *f, const uint8_t *row, uint32_t x, const uint8_t *rgb) {
  if (f->colour_type & PNG_COLOR_MASK_ALPHA) {
    uint32_t bytes = f->depth == 16 ? 2 : 1;
    uint32_t colours = f->colour_type & PNG_COLOR_MASK_COLOR ? 3 : 1;
    return row[(x * (colours + 1) + colours) * bytes];
  }
  if (!f->has_transparency) return 255;
  switch (f->colour_type) {
    case PNG_COLOR_TYPE_PALETTE:
      return row[x] < f->alpha_count ? f->palette_alphas[row[x]] : 255;
    case PNG_COLOR_TYPE_GRAY:
      return f->depth < 16 && rgb[0] == f->clear.gray ? 0 : 255;
    default:
      return rgb[0] == f->clear.red && rgb[1] == f->clear.green && rgb[2] == f->clear.blue ? 0 : 255;
  }
}

/// Lays a row over white, with the rounding of Pillow's `alpha_composite`.
static void lay_over_white(const source_format *f, const uint8_t *row, uint32_t width, uint8_t *rgb) {
  for (uint32_t x = 0; x < width; x++, rgb += 3) {
    int alpha = alpha_of(f, row, x, rgb);
    for (int i = 0; i < 3; i++) {
      int sum = 128 * (rgb[i] * alpha + 255 * (255 - alpha)) + 128 * 128;
      rgb[i] = (uint8_t)((((sum >> 8) + sum) >> 8) >> 7);
    }
  }
}

static void convert_row(const source_format *f, const uint8_t *row, uint32_t width, uint8_t *rgb) {
  switch (f->colour_type) {
    case PNG_COLOR_TYPE_PALETTE:
      for (uint32_t x = 0; x < width; x++, rgb += 3) {
        png_color colour = {0, 0, 0};
        if (row[x] < f->palette_count) colour = f->palette[row[x]];
        rgb[0] = colour.red;
        rgb[1] = colour.green;
        rgb[2] = colour.blue;
      }
      break;
    case PNG_COLOR_TYPE_GRAY:
      for (uint32_t x = 0; x < width; x++, rgb += 3) {
        uint8_t grey;
        if (f->depth == 16) {
          // Pillow keeps 16-bit grey as integers and clips them: 256 and more are white.
          grey = row[2 * x] != 0 ? 255 : row[2 * x + 1];
        } else {
          grey = (uint8_t)(row[x] * (255 / ((1 << f->depth) - 1)));
        }
        rgb[0] = rgb[1] = rgb[2] = grey;
      }
      break;
    default: {
      // Of 16-bit samples the high byte is kept; alpha is dropped without compositing.
      uint32_t bytes = f->depth == 16 ? 2 : 1;
      uint32_t colours = f->colour_type & PNG_COLOR_MASK_COLOR ? 3 : 1;
      uint32_t channels = colours + (f->colour_type & PNG_COLOR_MASK_ALPHA ? 1 : 0);
      uint32_t green = colours == 3 ? bytes : 0;
      for (uint32_t x = 0; x < width; x++, rgb += 3, row += channels * bytes) {
        rgb[0] = row[0];
        rgb[1] = row[green];
        rgb[2] = row[2 * green];
      }
    }
  }
}

cimaging_status cimaging_png_size(const uint8_t *bytes, size_t count, uint32_t *width,
                                  uint32_t *height, char *message) {
  context c = {.bytes = bytes, .left = count, .message = message};
  message[0] = 0;
  png_infop info = NULL;
  png_structp png = open_reader(&c, &info);
  if (png == NULL) return CIMAGING_NO_MEMORY;
  if (setjmp(c.jump)) {
    png_destroy_read_struct(&png, &info, NULL);
    return c.status;
  }
  begin_reading(png, info, &c);
  *width = png_get_image_width(png, info);
  *height = png_get_image_height(png, info);
  png_destroy_read_struct(&png, &info, NULL);
  return CIMAGING_OK;
}

cimaging_status cimaging_png_decode(const uint8_t *bytes, size_t count, uint32_t width,
                                    uint32_t height, bool over_white, uint8_t *pixels,
                                    char *message) {
  context c = {.bytes = bytes, .left = count, .message = message};
  message[0] = 0;
  png_infop info = NULL;
  png_structp png = open_reader(&c, &info);
  if (png == NULL) return CIMAGING_NO_MEMORY;
  uint8_t *volatile rows = NULL;
  if (setjmp(c.jump)) {
    free(rows);
    png_destroy_read_struct(&png, &info, NULL);
    return c.status;
  }
  begin_reading(png, info, &c);
  if (png_get_image_width(png, info) != width || png_get_image_height(png, info) != height) {
    png_error(png, "the size is not the one that was announced");
  }

  source_format format = {.colour_type = png_get_color_type(png, info),
                          .depth = png_get_bit_depth(png, info)};
  png_colorp palette = NULL;
  if (png_get_PLTE(png, info, &palette, &format.palette_count)) format.palette = palette;
  png_bytep alphas = NULL;
  png_color_16p clear = NULL;
  if (png_get_tRNS(png, info, &alphas, &format.alpha_count, &clear)) {
    format.has_transparency = true;
    format.palette_alphas = alphas;
    if (clear != NULL) format.clear = *clear;
  }
  png_set_packing(png);
  int passes = png_set_interlace_handling(png);
  png_read_update_info(png, info);

  size_t stride = png_get_rowbytes(png, info);
  rows = calloc(passes > 1 ? height : 1, stride);
  if (rows == NULL) {
    c.status = CIMAGING_NO_MEMORY;
    png_error(png, "out of memory");
  }
  for (int pass = 0; pass < passes; pass++) {
    for (uint32_t y = 0; y < height; y++) {
      uint8_t *row = passes > 1 ? rows + y * stride : rows;
      png_read_row(png, row, NULL);
      if (pass == passes - 1) {
        uint8_t *rgb = pixels + (size_t)y * width * 3;
        convert_row(&format, row, width, rgb);
        if (over_white) lay_over_white(&format, row, width, rgb);
      }
    }
  }
  png_read_end(png, NULL);
  free(rows);
  png_destroy_read_struct(&png, &info, NULL);
  return CIMAGING_OK;
}

// MARK: Encoding

cimaging_status cimaging_png_encode(const uint8_t *pixels, uint32_t width, uint32_t height,
                                    int level, cimaging_bytes *result, char *message) {
  context c = {.message = message};
  message[0] = 0;
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &c, fail, ignore);
  if (png == NULL) return CIMAGING_NO_MEMORY;
  png_infop info = png_create_info_struct(png);
  if (info == NULL) {
    png_destroy_write_struct(&png, NULL);
    return CIMAGING_NO_MEMORY;
  }
  if (setjmp(c.jump)) {
    free(c.output.data);
    png_destroy_write_struct(&png, &info);
    return c.status;
  }
  png_set_write_fn(png, &c, write_bytes, flush);
  png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
  png_set_compression_level(png, level);
  png_set_IHDR(png, info, width, height, 8, PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
               PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_write_info(png, info);
  for (uint32_t y = 0; y < height; y++) {
    png_write_row(png, pixels + (size_t)y * width * 3);
  }
  png_write_end(png, NULL);
  png_destroy_write_struct(&png, &info);
  *result = c.output;
  return CIMAGING_OK;
}

void cimaging_free(cimaging_bytes bytes) { free(bytes.data); }
