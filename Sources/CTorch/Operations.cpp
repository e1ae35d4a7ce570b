// Arithmetic, reductions and changes of shape.
#include <ATen/ops/abs.h>
#include <ATen/ops/add.h>
#include <ATen/ops/argmax.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/clamp.h>
#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/cos.h>
#include <ATen/ops/div.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/exp.h>
#include <ATen/ops/flip.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/index_select.h>
#include <ATen/ops/isfinite.h>
#include <ATen/ops/log.h>
#include <ATen/ops/log_softmax.h>
#include <ATen/ops/max.h>
#include <ATen/ops/maximum.h>
#include <ATen/ops/mean.h>
#include <ATen/ops/min.h>
#include <ATen/ops/minimum.h>
#include <ATen/ops/mul.h>
#include <ATen/ops/narrow.h>
#include <ATen/ops/neg.h>
#include <ATen/ops/norm.h>
#include <ATen/ops/permute.h>
#include <ATen/ops/pow.h>
#include <ATen/ops/reciprocal.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/repeat_interleave.h>
#include <ATen/ops/reshape.h>
#include <ATen/ops/round.h>
#include <ATen/ops/rsqrt.h>
#include <ATen/ops/rsub.h>
#include <ATen/ops/select.h>
#include <ATen/ops/sigmoid.h>
#include <ATen/ops/silu.h>
#include <ATen/ops/sin.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/sqrt.h>
#include <ATen/ops/squeeze.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/sub.h>
#include <ATen/ops/sum.h>
#include <ATen/ops/tanh.h>
#include <ATen/ops/transpose.h>
#include <ATen/ops/unsqueeze.h>

#include "Support.h"

using namespace ctorch;

#define UNARY(name) \
  CTorchStatus ctorch_##name(CTensor x, CTensor *out) { \
    return guarded([&] { *out = wrap(at::name(get(x))); }); \
  }
#define BINARY(name) \
  CTorchStatus ctorch_##name(CTensor a, CTensor b, CTensor *out) { \
    return guarded([&] { *out = wrap(at::name(get(a), get(b))); }); \
  }

BINARY(add)
BINARY(sub)
BINARY(mul)
BINARY(div)
BINARY(maximum)
BINARY(minimum)
UNARY(neg)
UNARY(abs)
UNARY(sqrt)
UNARY(rsqrt)
UNARY(exp)
UNARY(log)
UNARY(sin)
UNARY(cos)
UNARY(tanh)
UNARY(sigmoid)
UNARY(relu)
UNARY(silu)
UNARY(round)
UNARY(isfinite)
UNARY(sum)
UNARY(mean)
UNARY(max)
UNARY(min)

CTorchStatus ctorch_add_scalar(CTensor a, double b, CTensor *out) {
  return guarded([&] { *out = wrap(at::add(get(a), b)); });
}

CTorchStatus ctorch_mul_scalar(CTensor a, double b, CTensor *out) {
  return guarded([&] { *out = wrap(at::mul(get(a), b)); });
}

CTorchStatus ctorch_div_scalar(CTensor a, double b, CTensor *out) {
  return guarded([&] { *out = wrap(at::div(get(a), b)); });
}

CTorchStatus ctorch_scalar_sub(double a, CTensor b, CTensor *out) {
  return guarded([&] { *out = wrap(at::rsub(get(b), a)); });
}

CTorchStatus ctorch_scalar_div(double a, CTensor b, CTensor *out) {
  return guarded([&] { *out = wrap(at::mul(at::reciprocal(get(b)), a)); });
}

CTorchStatus ctorch_pow(CTensor a, double exponent, CTensor *out) {
  return guarded([&] { *out = wrap(at::pow(get(a), exponent)); });
}

CTorchStatus ctorch_gelu(CTensor x, bool tanh, CTensor *out) {
  return guarded([&] { *out = wrap(at::gelu(get(x), tanh ? "tanh" : "none")); });
}

CTorchStatus ctorch_clamp(CTensor x, double low, double high, CTensor *out) {
  return guarded([&] { *out = wrap(at::clamp(get(x), low, high)); });
}

CTorchStatus ctorch_equal(CTensor a, CTensor b, bool *out) {
  return guarded([&] { *out = at::equal(get(a), get(b)); });
}

CTorchStatus ctorch_sum_along(CTensor x, const int64_t *dimensions, size_t count, bool keep, CTensor *out) {
  return guarded([&] { *out = wrap(at::sum(get(x), sizes(dimensions, count), keep)); });
}

CTorchStatus ctorch_mean_along(CTensor x, const int64_t *dimensions, size_t count, bool keep, CTensor *out) {
  return guarded([&] { *out = wrap(at::mean(get(x), sizes(dimensions, count), keep)); });
}

CTorchStatus ctorch_argmax(CTensor x, int64_t dimension, CTensor *out) {
  return guarded([&] { *out = wrap(at::argmax(get(x), dimension)); });
}

CTorchStatus ctorch_softmax(CTensor x, int64_t dimension, CTensor *out) {
  return guarded([&] { *out = wrap(at::softmax(get(x), dimension)); });
}

CTorchStatus ctorch_log_softmax(CTensor x, int64_t dimension, CTensor *out) {
  return guarded([&] { *out = wrap(at::log_softmax(get(x), dimension)); });
}

CTorchStatus ctorch_norm(CTensor x, CTensor *out) {
  return guarded([&] { *out = wrap(at::norm(get(x))); });
}

CTorchStatus ctorch_reshape(CTensor x, const int64_t *shape, size_t rank, CTensor *out) {
  return guarded([&] { *out = wrap(at::reshape(get(x), sizes(shape, rank))); });
}

CTorchStatus ctorch_expand(CTensor x, const int64_t *shape, size_t rank, CTensor *out) {
  return guarded([&] { *out = wrap(get(x).expand(sizes(shape, rank))); });
}

CTorchStatus ctorch_permute(CTensor x, const int64_t *order, size_t rank, CTensor *out) {
  return guarded([&] { *out = wrap(at::permute(get(x), sizes(order, rank))); });
}

CTorchStatus ctorch_transpose(CTensor x, int64_t a, int64_t b, CTensor *out) {
  return guarded([&] { *out = wrap(at::transpose(get(x), a, b)); });
}

CTorchStatus ctorch_unsqueeze(CTensor x, int64_t dimension, CTensor *out) {
  return guarded([&] { *out = wrap(at::unsqueeze(get(x), dimension)); });
}

CTorchStatus ctorch_squeeze(CTensor x, int64_t dimension, CTensor *out) {
  return guarded([&] { *out = wrap(at::squeeze(get(x), dimension)); });
}

CTorchStatus ctorch_narrow(CTensor x, int64_t dimension, int64_t start, int64_t length, CTensor *out) {
  return guarded([&] { *out = wrap(at::narrow(get(x), dimension, start, length)); });
}

CTorchStatus ctorch_select(CTensor x, int64_t dimension, int64_t index, CTensor *out) {
  return guarded([&] { *out = wrap(at::select(get(x), dimension, index)); });
}

CTorchStatus ctorch_index_select(CTensor x, int64_t dimension, CTensor index, CTensor *out) {
  return guarded([&] { *out = wrap(at::index_select(get(x), dimension, get(index))); });
}

CTorchStatus ctorch_flip(CTensor x, int64_t dimension, CTensor *out) {
  return guarded([&] { *out = wrap(at::flip(get(x), dimension)); });
}

CTorchStatus ctorch_repeat_interleave(CTensor x, int64_t repeats, int64_t dimension, CTensor *out) {
  return guarded([&] { *out = wrap(at::repeat_interleave(get(x), repeats, dimension)); });
}

CTorchStatus ctorch_cat(const CTensor *xs, size_t count, int64_t dimension, CTensor *out) {
  return guarded([&] { *out = wrap(at::cat(list(xs, count), dimension)); });
}

CTorchStatus ctorch_stack(const CTensor *xs, size_t count, int64_t dimension, CTensor *out) {
  return guarded([&] { *out = wrap(at::stack(list(xs, count), dimension)); });
}

CTorchStatus ctorch_pad(CTensor x, const int64_t *sides, size_t count, CTensor *out) {
  return guarded([&] { *out = wrap(at::constant_pad_nd(get(x), sizes(sides, count))); });
}
