// A plain C view of libtorch, as wide as this package needs and no wider.
//
// Every function that can fail returns a status and leaves its text in ctorch_last_error(), which belongs to the calling
// thread until its next call; the others only look something up or free it. No C++ exception leaves a function. A CTensor or CGenerator that a function returns is owned by the caller and freed with ctorch_tensor_free
// or ctorch_generator_free. Shapes are arrays of `rank` sizes, row-major.
#ifndef CTORCH_H
#define CTORCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum : int32_t { CTORCH_OK = 0, CTORCH_FAILED = 1, CTORCH_OUT_OF_MEMORY = 2 } CTorchStatus;

typedef struct { void *_Nullable raw; } CTensor;
typedef struct { void *_Nullable raw; } CGenerator;

typedef enum : int32_t {
  CTORCH_FLOAT64, CTORCH_FLOAT32, CTORCH_FLOAT16, CTORCH_BFLOAT16, CTORCH_FLOAT8_E4M3, CTORCH_FLOAT8_E5M2,
  CTORCH_INT64, CTORCH_INT32, CTORCH_INT16, CTORCH_INT8, CTORCH_UINT8, CTORCH_BOOL, CTORCH_OTHER_TYPE = -1
} CTorchType;

typedef enum : int32_t { CTORCH_CPU, CTORCH_CUDA, CTORCH_MPS } CTorchDeviceKind;
typedef struct { CTorchDeviceKind kind; int32_t index; } CTorchDevice;

typedef enum : int32_t { CTORCH_NONE, CTORCH_SILU, CTORCH_GELU, CTORCH_GELU_TANH } CTorchActivation;

// Errors
const char *_Nonnull ctorch_last_error(void);

// The library and the machine
const char *_Nonnull ctorch_version(void);
const char *_Nonnull ctorch_cpu_capability(void);
int32_t ctorch_thread_count(void);
CTorchStatus ctorch_set_thread_count(int32_t count);
bool ctorch_load_cuda(const char *_Nullable *_Nonnull reason);
int32_t ctorch_cuda_device_count(void);
bool ctorch_has_mps(void);
bool ctorch_has_onednn(void);
CTorchStatus ctorch_cuda_memory(int32_t device, uint64_t *_Nonnull free_bytes, uint64_t *_Nonnull total_bytes);
CTorchStatus ctorch_synchronize(CTorchDevice device);
CTorchStatus ctorch_empty_cache(CTorchDevice device);

// Gradients
bool ctorch_set_gradients_enabled(bool enabled);
bool ctorch_gradients_enabled(void);

// An error that a callback threw: `raw` is the caller's own object, which `release` gives back. Where a function hands one
// out, `keeper` holds it until ctorch_thrown_release.
typedef struct {
  void *_Nullable raw;
  void (*_Nullable release)(void *_Nullable raw);
  void *_Nullable keeper;
} CTorchThrown;
void ctorch_thrown_release(CTorchThrown thrown);

// A region that is run again when its gradients are asked for. `run` owns the inputs that it is given; it leaves a result,
// or an error in `thrown` and a status that is not CTORCH_OK. `release` is called once, when nothing can run it any more.
typedef struct {
  void *_Nonnull context;
  CTorchStatus (*_Nonnull run)(void *_Nonnull context, const CTensor *_Nonnull inputs, size_t count, CTensor *_Nonnull result,
                               CTorchThrown *_Nonnull thrown);
  void (*_Nonnull release)(void *_Nonnull context);
} CTorchRegion;

CTorchStatus ctorch_gradients(CTensor loss, const CTensor *_Nonnull inputs, size_t count, CTensor *_Nonnull out,
                              CTorchThrown *_Nonnull thrown);
// The first `input_count` of the tensors are the region's inputs, the others parameters that it reads by itself.
CTorchStatus ctorch_checkpointed(const CTensor *_Nonnull tensors, size_t count, size_t input_count, CTorchRegion region,
                                 CTensor *_Nonnull out, CTorchThrown *_Nonnull thrown);
// Another handle to the same tensor.
CTorchStatus ctorch_share(CTensor x, CTensor *_Nonnull out);

// Random numbers
CTorchStatus ctorch_generator_make(uint64_t seed, CGenerator *_Nonnull out);
void ctorch_generator_free(CGenerator generator);
CTorchStatus ctorch_randn(const int64_t *_Nonnull shape, size_t rank, CGenerator generator, CTensor *_Nonnull out);
CTorchStatus ctorch_rand(const int64_t *_Nonnull shape, size_t rank, CGenerator generator, CTensor *_Nonnull out);
CTorchStatus ctorch_randint(int64_t low, int64_t high, const int64_t *_Nonnull shape, size_t rank, CGenerator generator,
                            CTensor *_Nonnull out);
CTorchStatus ctorch_randperm(int64_t count, CGenerator generator, CTensor *_Nonnull out);

// Making and reading tensors
void ctorch_tensor_free(CTensor x);
CTorchStatus ctorch_empty(const int64_t *_Nonnull shape, size_t rank, CTorchType type, CTorchDevice device,
                          CTensor *_Nonnull out);
CTorchStatus ctorch_full(const int64_t *_Nonnull shape, size_t rank, double value, CTorchType type, CTorchDevice device,
                         CTensor *_Nonnull out);
CTorchStatus ctorch_arange(int64_t start, int64_t end, CTorchDevice device, CTensor *_Nonnull out);
CTorchStatus ctorch_copy_bytes_in(const void *_Nullable bytes, const int64_t *_Nonnull shape, size_t rank, CTorchType type,
                                  CTensor *_Nonnull out);
CTorchStatus ctorch_borrow(void *_Nonnull bytes, const int64_t *_Nonnull shape, const int64_t *_Nullable strides, size_t rank,
                           CTorchType type, void *_Nonnull owner, void (*_Nonnull release)(void *_Nonnull),
                           CTensor *_Nonnull out);
CTorchStatus ctorch_copy_bytes_out(CTensor x, void *_Nonnull bytes, size_t count);
size_t ctorch_rank(CTensor x);
int64_t ctorch_size(CTensor x, size_t dimension);
CTorchType ctorch_type(CTensor x);
CTorchDevice ctorch_device(CTensor x);
bool ctorch_requires_gradient(CTensor x);
CTorchStatus ctorch_data(CTensor x, void *_Nullable *_Nonnull out);

// Conversions
CTorchStatus ctorch_to(CTensor x, CTorchType type, CTorchDevice device, CTensor *_Nonnull out);
CTorchStatus ctorch_contiguous(CTensor x, CTensor *_Nonnull out);
CTorchStatus ctorch_channels_last(CTensor x, CTensor *_Nonnull out);
CTorchStatus ctorch_clone(CTensor x, CTensor *_Nonnull out);
CTorchStatus ctorch_detach(CTensor x, CTensor *_Nonnull out);
CTorchStatus ctorch_leaf(CTensor x, CTensor *_Nonnull out);
CTorchStatus ctorch_reinterpret(CTensor bytes, CTorchType type, CTensor *_Nonnull out);
CTorchStatus ctorch_assign(CTensor x, CTensor value);

// Arithmetic (shapes broadcast)
CTorchStatus ctorch_add(CTensor a, CTensor b, CTensor *_Nonnull out);
CTorchStatus ctorch_sub(CTensor a, CTensor b, CTensor *_Nonnull out);
CTorchStatus ctorch_mul(CTensor a, CTensor b, CTensor *_Nonnull out);
CTorchStatus ctorch_div(CTensor a, CTensor b, CTensor *_Nonnull out);
CTorchStatus ctorch_add_scalar(CTensor a, double b, CTensor *_Nonnull out);
CTorchStatus ctorch_mul_scalar(CTensor a, double b, CTensor *_Nonnull out);
CTorchStatus ctorch_div_scalar(CTensor a, double b, CTensor *_Nonnull out);
CTorchStatus ctorch_scalar_sub(double a, CTensor b, CTensor *_Nonnull out);
CTorchStatus ctorch_scalar_div(double a, CTensor b, CTensor *_Nonnull out);
CTorchStatus ctorch_pow(CTensor a, double exponent, CTensor *_Nonnull out);
CTorchStatus ctorch_maximum(CTensor a, CTensor b, CTensor *_Nonnull out);
CTorchStatus ctorch_minimum(CTensor a, CTensor b, CTensor *_Nonnull out);
CTorchStatus ctorch_neg(CTensor x, CTensor *_Nonnull out);
CTorchStatus ctorch_abs(CTensor x, CTensor *_Nonnull out);
CTorchStatus ctorch_sqrt(CTensor x, CTensor *_Nonnull out);
CTorchStatus ctorch_rsqrt(CTensor x, CTensor *_Nonnull out);
CTorchStatus ctorch_exp(CTensor x, CTensor *_Nonnull out);
CTorchStatus ctorch_log(CTensor x, CTensor *_Nonnull out);
CTorchStatus ctorch_sin(CTensor x, CTensor *_Nonnull out);
CTorchStatus ctorch_cos(CTensor x, CTensor *_Nonnull out);
CTorchStatus ctorch_tanh(CTensor x, CTensor *_Nonnull out);
CTorchStatus ctorch_sigmoid(CTensor x, CTensor *_Nonnull out);
CTorchStatus ctorch_relu(CTensor x, CTensor *_Nonnull out);
CTorchStatus ctorch_silu(CTensor x, CTensor *_Nonnull out);
CTorchStatus ctorch_gelu(CTensor x, bool tanh, CTensor *_Nonnull out);
CTorchStatus ctorch_round(CTensor x, CTensor *_Nonnull out);
CTorchStatus ctorch_clamp(CTensor x, double low, double high, CTensor *_Nonnull out);
CTorchStatus ctorch_isfinite(CTensor x, CTensor *_Nonnull out);
CTorchStatus ctorch_equal(CTensor a, CTensor b, bool *_Nonnull out);

// Reductions; a negative dimension counts from the end
CTorchStatus ctorch_sum(CTensor x, CTensor *_Nonnull out);
CTorchStatus ctorch_sum_along(CTensor x, const int64_t *_Nonnull dimensions, size_t count, bool keep, CTensor *_Nonnull out);
CTorchStatus ctorch_mean(CTensor x, CTensor *_Nonnull out);
CTorchStatus ctorch_mean_along(CTensor x, const int64_t *_Nonnull dimensions, size_t count, bool keep, CTensor *_Nonnull out);
CTorchStatus ctorch_max(CTensor x, CTensor *_Nonnull out);
CTorchStatus ctorch_min(CTensor x, CTensor *_Nonnull out);
CTorchStatus ctorch_argmax(CTensor x, int64_t dimension, CTensor *_Nonnull out);
CTorchStatus ctorch_softmax(CTensor x, int64_t dimension, CTensor *_Nonnull out);
CTorchStatus ctorch_log_softmax(CTensor x, int64_t dimension, CTensor *_Nonnull out);
CTorchStatus ctorch_norm(CTensor x, CTensor *_Nonnull out);

// Shape
CTorchStatus ctorch_reshape(CTensor x, const int64_t *_Nonnull shape, size_t rank, CTensor *_Nonnull out);
CTorchStatus ctorch_expand(CTensor x, const int64_t *_Nonnull shape, size_t rank, CTensor *_Nonnull out);
CTorchStatus ctorch_permute(CTensor x, const int64_t *_Nonnull order, size_t rank, CTensor *_Nonnull out);
CTorchStatus ctorch_transpose(CTensor x, int64_t a, int64_t b, CTensor *_Nonnull out);
CTorchStatus ctorch_unsqueeze(CTensor x, int64_t dimension, CTensor *_Nonnull out);
CTorchStatus ctorch_squeeze(CTensor x, int64_t dimension, CTensor *_Nonnull out);
CTorchStatus ctorch_narrow(CTensor x, int64_t dimension, int64_t start, int64_t length, CTensor *_Nonnull out);
CTorchStatus ctorch_select(CTensor x, int64_t dimension, int64_t index, CTensor *_Nonnull out);
CTorchStatus ctorch_index_select(CTensor x, int64_t dimension, CTensor index, CTensor *_Nonnull out);
CTorchStatus ctorch_flip(CTensor x, int64_t dimension, CTensor *_Nonnull out);
CTorchStatus ctorch_repeat_interleave(CTensor x, int64_t repeats, int64_t dimension, CTensor *_Nonnull out);
CTorchStatus ctorch_cat(const CTensor *_Nonnull xs, size_t count, int64_t dimension, CTensor *_Nonnull out);
CTorchStatus ctorch_stack(const CTensor *_Nonnull xs, size_t count, int64_t dimension, CTensor *_Nonnull out);
CTorchStatus ctorch_pad(CTensor x, const int64_t *_Nonnull sides, size_t count, CTensor *_Nonnull out);

// Layers, as plain functions with gradients
CTorchStatus ctorch_matmul(CTensor a, CTensor b, CTensor *_Nonnull out);
CTorchStatus ctorch_linear(CTensor x, CTensor weight, const CTensor *_Nullable bias, CTensor *_Nonnull out);
CTorchStatus ctorch_convolution(CTensor x, CTensor weight, const CTensor *_Nullable bias, int64_t stride, int64_t padding,
                                CTensor *_Nonnull out);
CTorchStatus ctorch_group_norm(CTensor x, int64_t groups, CTensor weight, CTensor bias, double epsilon,
                               CTensor *_Nonnull out);
CTorchStatus ctorch_layer_norm(CTensor x, CTensor weight, CTensor bias, double epsilon, CTensor *_Nonnull out);
CTorchStatus ctorch_embedding(CTensor weight, CTensor indices, CTensor *_Nonnull out);
CTorchStatus ctorch_attention(CTensor q, CTensor k, CTensor v, const CTensor *_Nullable mask, bool causal, double scale,
                              CTensor *_Nonnull out);
CTorchStatus ctorch_blocked_attention(CTensor queries, CTensor keys, CTensor values, int64_t heads, double scale,
                                      CTensor *_Nonnull out);
CTorchStatus ctorch_upsample_nearest(CTensor x, int64_t height, int64_t width, CTensor *_Nonnull out);

// Packed weights: reordered once for this processor, forward only (oneDNN)
CTorchStatus ctorch_pack_linear(CTensor weight, int64_t rows, CTensor *_Nonnull out);
CTorchStatus ctorch_packed_linear(CTensor x, CTensor packed, const CTensor *_Nullable bias, CTorchActivation activation,
                                  CTensor *_Nonnull out);
CTorchStatus ctorch_pack_convolution(CTensor weight, int64_t stride, int64_t padding, CTensor *_Nonnull out);
CTorchStatus ctorch_packed_convolution(CTensor x, CTensor packed, const CTensor *_Nullable bias, int64_t stride,
                                       int64_t padding, CTensor *_Nonnull out);

#ifdef __cplusplus
}
#endif
#endif
