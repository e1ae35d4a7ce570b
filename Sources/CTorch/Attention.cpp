// Attention in bf16 on processors with AVX512-BF16, in blocks with an online softmax (Milakov and Gimelshein,
// arXiv 1805.02867), on libtorch's small matrix products. libtorch's own kernel packs nothing here and is half as fast.
#include <ATen/Parallel.h>
#include <ATen/native/CPUBlas.h>
#include <ATen/ops/empty_like.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "Support.h"

using namespace ctorch;

#if defined(__x86_64__)
#include <immintrin.h>

#define AVX512 __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512bf16")))

namespace {

constexpr int64_t query_rows = 64, key_columns = 512, lanes = 16;

// 2^x for x <= 0: a polynomial of degree 5 on the fraction (2e-7 relative), scaled by the whole part.
AVX512 inline __m512 exp2_of(__m512 x) {
  x = _mm512_max_ps(x, _mm512_set1_ps(-126.0f));
  const __m512 whole = _mm512_roundscale_ps(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
  const __m512 f = _mm512_sub_ps(x, whole);
  __m512 p = _mm512_set1_ps(1.3333558e-3f);
  p = _mm512_fmadd_ps(p, f, _mm512_set1_ps(9.6181291e-3f));
  p = _mm512_fmadd_ps(p, f, _mm512_set1_ps(5.5504109e-2f));
  p = _mm512_fmadd_ps(p, f, _mm512_set1_ps(2.4022651e-1f));
  p = _mm512_fmadd_ps(p, f, _mm512_set1_ps(6.9314718e-1f));
  p = _mm512_fmadd_ps(p, f, _mm512_set1_ps(1.0f));
  return _mm512_scalef_ps(p, whole);
}

inline __mmask16 mask_of(int64_t count) { return count >= lanes ? 0xFFFF : static_cast<__mmask16>((1u << count) - 1); }

// One row of scores becomes bf16 weights 2^(score * scale - highest); returns their sum. Columns from `count` to
// `padded` become 0.
AVX512 float weigh(const float *scores, at::BFloat16 *weights, int64_t count, int64_t padded, float scale,
                   float highest) {
  const __m512 factor = _mm512_set1_ps(scale), shift = _mm512_set1_ps(highest);
  __m512 sum = _mm512_setzero_ps();
  for (int64_t j = 0; j < padded; j += lanes) {
    const __m512 x = _mm512_maskz_loadu_ps(mask_of(count - j > 0 ? count - j : 0), scores + j);
    const __m512 p = _mm512_maskz_mov_ps(mask_of(count - j > 0 ? count - j : 0),
                                         exp2_of(_mm512_fmsub_ps(x, factor, shift)));
    sum = _mm512_add_ps(sum, p);
    _mm256_mask_storeu_epi16(weights + j, mask_of(padded - j), reinterpret_cast<__m256i>(_mm512_cvtneps_pbh(p)));
  }
  return _mm512_reduce_add_ps(sum);
}

AVX512 float highest_of(const float *scores, int64_t count) {
  __m512 best = _mm512_set1_ps(-std::numeric_limits<float>::infinity());
  for (int64_t j = 0; j < count; j += lanes)
    best = _mm512_mask_max_ps(best, mask_of(count - j), best, _mm512_maskz_loadu_ps(mask_of(count - j), scores + j));
  return _mm512_reduce_max_ps(best);
}

AVX512 void scale_row(float *row, int64_t width, float factor) {
  for (int64_t j = 0; j < width; j += lanes) {
    const __mmask16 mask = mask_of(width - j);
    _mm512_mask_storeu_ps(row + j, mask,
                          _mm512_mul_ps(_mm512_maskz_loadu_ps(mask, row + j), _mm512_set1_ps(factor)));
  }
}

AVX512 void store_row(at::BFloat16 *out, const float *row, int64_t width, float factor) {
  for (int64_t j = 0; j < width; j += lanes) {
    const __mmask16 mask = mask_of(width - j);
    const __m512 x = _mm512_mul_ps(_mm512_maskz_loadu_ps(mask, row + j), _mm512_set1_ps(factor));
    _mm256_mask_storeu_epi16(out + j, mask, reinterpret_cast<__m256i>(_mm512_cvtneps_pbh(x)));
  }
}

// What the products read: keys and values of one head as operand B wants them, rows in pairs.
struct PackedHead {
  std::vector<uint32_t> keys;         // a block of columns after the other, each [d/2, columns] pairs
  std::vector<at::BFloat16> values;   // [rows/2, d, 2]

  void pack(const at::BFloat16 *k, const at::BFloat16 *v, int64_t count, int64_t width, int64_t k_row, int64_t v_row) {
    const int64_t pairs = width / 2;
    keys.resize(count * pairs);
    for (int64_t start = 0; start < count; start += key_columns) {
      const int64_t columns = std::min(key_columns, count - start);
      uint32_t *block = keys.data() + start * pairs;
      for (int64_t j = 0; j < columns; ++j) {
        const auto *row = reinterpret_cast<const uint32_t *>(k + (start + j) * k_row);
        for (int64_t i = 0; i < pairs; ++i) block[i * columns + j] = row[i];
      }
    }
    values.assign((count + 1) / 2 * 2 * width, at::BFloat16(0));
    for (int64_t j = 0; j < count; ++j)
      for (int64_t i = 0; i < width; ++i) values[(j / 2 * width + i) * 2 + j % 2] = v[j * v_row + i];
  }
};

struct Scratch {
  std::vector<float> scores = std::vector<float>(query_rows * key_columns);
  std::vector<at::BFloat16> weights = std::vector<at::BFloat16>(query_rows * key_columns);
  std::vector<float> mixed;
  float highest[query_rows], sums[query_rows];
};

// Rows of queries of one head, `[rows, d]`, against all of its keys.
void attend(const at::BFloat16 *q, int64_t q_row, const PackedHead &head, at::BFloat16 *out, int64_t out_row,
            int64_t rows, int64_t count, int64_t width, float scale, Scratch &scratch) {
  scratch.mixed.resize(query_rows * width);
  std::fill_n(scratch.highest, rows, -std::numeric_limits<float>::infinity());
  std::fill_n(scratch.sums, rows, 0.0f);
  for (int64_t start = 0; start < count; start += key_columns) {
    const int64_t columns = std::min(key_columns, count - start), padded = (columns + 1) / 2 * 2;
    const auto *keys = reinterpret_cast<const at::BFloat16 *>(head.keys.data() + start * (width / 2));
    at::native::cpublas::brgemm(rows, columns, width, q_row, columns, key_columns, false, q, keys,
                                scratch.scores.data());
    for (int64_t i = 0; i < rows; ++i) {
      const float *scores = scratch.scores.data() + i * key_columns;
      const float highest = std::max(scratch.highest[i], highest_of(scores, columns) * scale);
      const float kept = std::exp2(scratch.highest[i] - highest);
      const float sum =
          weigh(scores, scratch.weights.data() + i * key_columns, columns, padded, scale, highest);
      scratch.sums[i] = scratch.sums[i] * kept + sum;
      scratch.highest[i] = highest;
      if (start > 0 && kept != 1.0f) scale_row(scratch.mixed.data() + i * width, width, kept);
    }
    at::native::cpublas::brgemm(rows, width, padded, key_columns, width, width, start > 0, scratch.weights.data(),
                                head.values.data() + start * width, scratch.mixed.data());
  }
  for (int64_t i = 0; i < rows; ++i)
    store_row(out + i * out_row, scratch.mixed.data() + i * width, width, 1.0f / scratch.sums[i]);
}

}  // namespace

CTorchStatus ctorch_blocked_attention(CTensor queries, CTensor keys, CTensor values, int64_t heads, double scale,
                                      CTensor *out) {
  return guarded([&] {
    const at::Tensor q = get(queries).contiguous(), k = get(keys).contiguous(), v = get(values).contiguous();
    const int64_t batch = q.size(0), rows = q.size(1), row = q.size(2), count = k.size(1), width = row / heads;
    TORCH_CHECK(q.is_cpu() && q.scalar_type() == at::kBFloat16 && k.scalar_type() == at::kBFloat16 &&
                    v.scalar_type() == at::kBFloat16,
                "blocked attention takes bf16 tensors on the CPU");
    TORCH_CHECK(row % heads == 0 && width % 2 == 0 && k.size(2) == row && v.sizes() == k.sizes() &&
                    k.size(0) == batch && count > 0,
                "blocked attention needs equal widths, an even width a head, and at least one key");
    at::Tensor result = at::empty_like(q);
    const auto *q_data = q.const_data_ptr<at::BFloat16>();
    const auto *k_data = k.const_data_ptr<at::BFloat16>();
    const auto *v_data = v.const_data_ptr<at::BFloat16>();
    auto *out_data = result.mutable_data_ptr<at::BFloat16>();
    const int64_t blocks = (rows + query_rows - 1) / query_rows;
    const float factor = static_cast<float>(scale * 1.4426950408889634);  // 2^(x log2 e) = e^x
    at::parallel_for(0, batch * heads * blocks, 1, [&](int64_t begin, int64_t end) {
      PackedHead head;
      Scratch scratch;
      int64_t packed = -1;
      for (int64_t task = begin; task < end; ++task) {
        const int64_t which = task / blocks, b = which / heads, h = which % heads;
        if (which != packed) {
          const int64_t offset = b * count * row + h * width;
          head.pack(k_data + offset, v_data + offset, count, width, row, row);
          packed = which;
        }
        const int64_t first = task % blocks * query_rows, offset = (b * rows + first) * row + h * width;
        attend(q_data + offset, row, head, out_data + offset, row, std::min(query_rows, rows - first), count, width,
               factor, scratch);
      }
      at::native::cpublas::brgemm_release();
    });
    *out = wrap(std::move(result));
  });
}

#else

CTorchStatus ctorch_blocked_attention(CTensor, CTensor, CTensor, int64_t, double, CTensor *) {
  return guarded([] { TORCH_CHECK(false, "blocked attention is for x86-64 processors"); });
}

#endif
