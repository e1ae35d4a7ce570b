// Making, reading and converting tensors; random numbers.
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/full.h>
#include <ATen/ops/rand.h>
#include <ATen/ops/randint.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/randperm.h>

#include <algorithm>
#include <cstring>
#include <memory>

#include "Support.h"

namespace ctorch {

static thread_local std::string last_error;
void remember(const char *text) { last_error = text; }

static constexpr at::ScalarType types[] = {
    at::kDouble, at::kFloat, at::kHalf, at::kBFloat16, at::kFloat8_e4m3fn, at::kFloat8_e5m2,
    at::kLong,   at::kInt,   at::kShort, at::kChar,    at::kByte,          at::kBool};

at::ScalarType scalar_type(CTorchType type) { return types[static_cast<int32_t>(type)]; }

CTorchType type_code(at::ScalarType type) {
  for (int32_t code = 0; code < static_cast<int32_t>(std::size(types)); ++code)
    if (types[code] == type) return static_cast<CTorchType>(code);
  return CTORCH_OTHER_TYPE;
}

at::Device device(CTorchDevice device) {
  switch (device.kind) {
    case CTORCH_CUDA: return {at::kCUDA, static_cast<c10::DeviceIndex>(device.index)};
    case CTORCH_MPS: return {at::kMPS, 0};
    default: return at::kCPU;
  }
}

}  // namespace ctorch

using namespace ctorch;

const char *ctorch_last_error(void) { return last_error.c_str(); }

void ctorch_tensor_free(CTensor x) { delete static_cast<at::Tensor *>(x.raw); }
void ctorch_generator_free(CGenerator x) { delete static_cast<at::Generator *>(x.raw); }

CTorchStatus ctorch_generator_make(uint64_t seed, CGenerator *out) {
  return guarded([&] { out->raw = new at::Generator(at::detail::createCPUGenerator(seed)); });
}

CTorchStatus ctorch_randn(const int64_t *shape, size_t rank, CGenerator generator, CTensor *out) {
  return guarded([&] { *out = wrap(at::randn(sizes(shape, rank), get(generator))); });
}

CTorchStatus ctorch_rand(const int64_t *shape, size_t rank, CGenerator generator, CTensor *out) {
  return guarded([&] { *out = wrap(at::rand(sizes(shape, rank), get(generator))); });
}

CTorchStatus ctorch_randint(int64_t low, int64_t high, const int64_t *shape, size_t rank, CGenerator generator,
                            CTensor *out) {
  return guarded([&] { *out = wrap(at::randint(low, high, sizes(shape, rank), get(generator), at::kLong)); });
}

CTorchStatus ctorch_randperm(int64_t count, CGenerator generator, CTensor *out) {
  return guarded([&] { *out = wrap(at::randperm(count, get(generator), at::kLong)); });
}

CTorchStatus ctorch_empty(const int64_t *shape, size_t rank, CTorchType type, CTorchDevice where, CTensor *out) {
  return guarded([&] {
    *out = wrap(at::empty(sizes(shape, rank), at::TensorOptions(scalar_type(type)).device(device(where))));
  });
}

CTorchStatus ctorch_full(const int64_t *shape, size_t rank, double value, CTorchType type, CTorchDevice where,
                         CTensor *out) {
  return guarded([&] {
    *out = wrap(at::full(sizes(shape, rank), value, at::TensorOptions(scalar_type(type)).device(device(where))));
  });
}

CTorchStatus ctorch_arange(int64_t start, int64_t end, CTorchDevice where, CTensor *out) {
  return guarded([&] { *out = wrap(at::arange(start, end, at::TensorOptions(at::kLong).device(device(where)))); });
}

CTorchStatus ctorch_copy_bytes_in(const void *bytes, const int64_t *shape, size_t rank, CTorchType type, CTensor *out) {
  return guarded([&] {
    at::Tensor x = at::empty(sizes(shape, rank), scalar_type(type));
    if (x.nbytes() > 0) std::memcpy(x.data_ptr(), bytes, x.nbytes());
    *out = wrap(std::move(x));
  });
}

CTorchStatus ctorch_borrow(void *bytes, const int64_t *shape, const int64_t *strides, size_t rank, CTorchType type,
                           void *owner, void (*release)(void *), CTensor *out) {
  return guarded([&] {
    // The last copy of `kept` releases the owner: the tensor's own, or the one here where no tensor is made.
    std::shared_ptr<void> kept(owner, release);
    auto done = [kept = std::move(kept)](void *) mutable { kept.reset(); };
    *out = wrap(strides ? at::from_blob(bytes, sizes(shape, rank), sizes(strides, rank), done, scalar_type(type))
                        : at::from_blob(bytes, sizes(shape, rank), done, scalar_type(type)));
  });
}

CTorchStatus ctorch_copy_bytes_out(CTensor x, void *bytes, size_t count) {
  return guarded([&] {
    const at::Tensor host = get(x).detach().to(at::kCPU).contiguous();
    TORCH_CHECK(host.nbytes() == count, "asked for ", count, " bytes of a tensor that has ", host.nbytes());
    std::memcpy(bytes, host.data_ptr(), count);
  });
}

size_t ctorch_rank(CTensor x) { return static_cast<size_t>(get(x).dim()); }
int64_t ctorch_size(CTensor x, size_t dimension) { return get(x).size(static_cast<int64_t>(dimension)); }
CTorchType ctorch_type(CTensor x) { return type_code(get(x).scalar_type()); }
bool ctorch_requires_gradient(CTensor x) { return get(x).requires_grad(); }

CTorchDevice ctorch_device(CTensor x) {
  const at::Device where = get(x).device();
  if (where.is_cuda()) return {CTORCH_CUDA, where.index()};
  if (where.is_mps()) return {CTORCH_MPS, 0};
  return {CTORCH_CPU, 0};
}

CTorchStatus ctorch_data(CTensor x, void **out) {
  return guarded([&] {
    TORCH_CHECK(get(x).is_cpu() && get(x).is_contiguous(), "the bytes of a tensor can be seen only when it is on the CPU and contiguous");
    *out = get(x).data_ptr();
  });
}

// libtorch converts fp16 to bf16 one element at a time, but both of them fast from and to fp32: so through fp32, in pieces
// that stay in the cache.
static at::Tensor bfloat16_from_half(const at::Tensor &x) {
  constexpr int64_t piece = 1 << 18;
  const at::Tensor source = x.contiguous().view(-1);
  at::Tensor result = at::empty(x.sizes(), x.options().dtype(at::kBFloat16));
  const at::Tensor target = result.view(-1);
  for (int64_t start = 0; start < source.numel(); start += piece) {
    const int64_t count = std::min(piece, source.numel() - start);
    target.narrow(0, start, count).copy_(source.narrow(0, start, count).to(at::kFloat));
  }
  return result;
}

CTorchStatus ctorch_to(CTensor x, CTorchType type, CTorchDevice where, CTensor *out) {
  return guarded([&] {
    const at::Tensor &tensor = get(x);
    const bool is_slow = tensor.scalar_type() == at::kHalf && type == CTORCH_BFLOAT16 && tensor.is_cpu() &&
                         where.kind == CTORCH_CPU && !tensor.requires_grad();
    *out = wrap(is_slow ? bfloat16_from_half(tensor) : tensor.to(device(where), scalar_type(type)));
  });
}

CTorchStatus ctorch_contiguous(CTensor x, CTensor *out) {
  return guarded([&] { *out = wrap(get(x).contiguous()); });
}

CTorchStatus ctorch_channels_last(CTensor x, CTensor *out) {
  return guarded([&] { *out = wrap(get(x).contiguous(at::MemoryFormat::ChannelsLast)); });
}

CTorchStatus ctorch_clone(CTensor x, CTensor *out) {
  return guarded([&] { *out = wrap(get(x).clone()); });
}

CTorchStatus ctorch_detach(CTensor x, CTensor *out) {
  return guarded([&] { *out = wrap(get(x).detach()); });
}

CTorchStatus ctorch_leaf(CTensor x, CTensor *out) {
  return guarded([&] { *out = wrap(get(x).detach().requires_grad_(true)); });
}

CTorchStatus ctorch_reinterpret(CTensor bytes, CTorchType type, CTensor *out) {
  return guarded([&] { *out = wrap(get(bytes).view(scalar_type(type))); });
}

CTorchStatus ctorch_assign(CTensor x, CTensor value) {
  return guarded([&] { get(x).detach().copy_(get(value).detach()); });
}
