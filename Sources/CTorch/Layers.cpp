// The layers' functions: eager ones with gradients, packed ones without.
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/embedding.h>
#include <ATen/ops/group_norm.h>
#include <ATen/ops/layer_norm.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/scaled_dot_product_attention.h>
#include <ATen/ops/upsample_nearest2d.h>

#include "Support.h"

using namespace ctorch;

CTorchStatus ctorch_matmul(CTensor a, CTensor b, CTensor *out) {
  return guarded([&] { *out = wrap(at::matmul(get(a), get(b))); });
}

CTorchStatus ctorch_linear(CTensor x, CTensor weight, const CTensor *bias, CTensor *out) {
  return guarded([&] { *out = wrap(at::linear(get(x), get(weight), optional(bias))); });
}

CTorchStatus ctorch_convolution(CTensor x, CTensor weight, const CTensor *bias, int64_t stride, int64_t padding,
                                CTensor *out) {
  return guarded([&] { *out = wrap(at::conv2d(get(x), get(weight), optional(bias), stride, padding)); });
}

CTorchStatus ctorch_group_norm(CTensor x, int64_t groups, CTensor weight, CTensor bias, double epsilon, CTensor *out) {
  return guarded([&] { *out = wrap(at::group_norm(get(x), groups, get(weight), get(bias), epsilon)); });
}

CTorchStatus ctorch_layer_norm(CTensor x, CTensor weight, CTensor bias, double epsilon, CTensor *out) {
  return guarded([&] { *out = wrap(at::layer_norm(get(x), get(weight).sizes(), get(weight), get(bias), epsilon)); });
}

CTorchStatus ctorch_embedding(CTensor weight, CTensor indices, CTensor *out) {
  return guarded([&] { *out = wrap(at::embedding(get(weight), get(indices))); });
}

CTorchStatus ctorch_attention(CTensor q, CTensor k, CTensor v, const CTensor *mask, bool causal, double scale,
                              CTensor *out) {
  return guarded([&] {
    *out = wrap(at::scaled_dot_product_attention(get(q), get(k), get(v), optional(mask), 0.0, causal, scale));
  });
}

CTorchStatus ctorch_upsample_nearest(CTensor x, int64_t height, int64_t width, CTensor *out) {
  return guarded([&] { *out = wrap(at::upsample_nearest2d(get(x), {height, width})); });
}

// oneDNN's own symbols are hidden inside libtorch; its operators are reached by name through the dispatcher.
namespace {

using Scalars = c10::List<std::optional<at::Scalar>>;

template <typename Signature>
c10::TypedOperatorHandle<Signature> find(const char *name, const char *overload = "") {
  return c10::Dispatcher::singleton().findSchemaOrThrow(name, overload).typed<Signature>();
}

struct Activation {
  c10::string_view name = "none";
  std::optional<c10::string_view> algorithm = std::nullopt;
};

Activation activation_of(CTorchActivation code) {
  switch (code) {
    case CTORCH_SILU: return {"swish"};
    case CTORCH_GELU: return {"gelu", "none"};
    case CTORCH_GELU_TANH: return {"gelu", "tanh"};
    default: return {};
  }
}

}  // namespace

CTorchStatus ctorch_pack_linear(CTensor weight, int64_t rows, CTensor *out) {
  return guarded([&] {
    static const auto op =
        find<at::Tensor(const at::Tensor &, std::optional<int64_t>)>("mkldnn::_reorder_linear_weight");
    *out = wrap(op.call(get(weight), rows));
  });
}

CTorchStatus ctorch_packed_linear(CTensor x, CTensor packed, const CTensor *bias, CTorchActivation code, CTensor *out) {
  return guarded([&] {
    static const auto op =
        find<at::Tensor(const at::Tensor &, const at::Tensor &, const std::optional<at::Tensor> &, c10::string_view,
                        Scalars, std::optional<c10::string_view>)>("mkldnn::_linear_pointwise");
    const Activation activation = activation_of(code);
    *out = wrap(op.call(get(x), get(packed), optional(bias), activation.name, Scalars(), activation.algorithm));
  });
}

CTorchStatus ctorch_pack_convolution(CTensor weight, int64_t stride, int64_t padding, CTensor *out) {
  return guarded([&] {
    static const auto op = find<at::Tensor(const at::Tensor &, c10::IntArrayRef, c10::IntArrayRef, c10::IntArrayRef,
                                           int64_t, c10::OptionalArrayRef<int64_t>)>(
        "mkldnn::_reorder_convolution_weight");
    const int64_t strides[] = {stride, stride}, paddings[] = {padding, padding}, ones[] = {1, 1};
    *out = wrap(op.call(get(weight), paddings, strides, ones, 1, std::nullopt));
  });
}

CTorchStatus ctorch_packed_convolution(CTensor x, CTensor packed, const CTensor *bias, int64_t stride, int64_t padding,
                                       CTensor *out) {
  return guarded([&] {
    static const auto op =
        find<at::Tensor(const at::Tensor &, const at::Tensor &, const std::optional<at::Tensor> &, c10::IntArrayRef,
                        c10::IntArrayRef, c10::IntArrayRef, int64_t, c10::string_view, Scalars,
                        std::optional<c10::string_view>)>("mkldnn::_convolution_pointwise");
    const int64_t strides[] = {stride, stride}, paddings[] = {padding, padding}, ones[] = {1, 1};
    *out = wrap(op.call(get(x), get(packed), optional(bias), paddings, strides, ones, 1, "none", Scalars(), ""));
  });
}
