// What every file of this target shares: handles, and the target's one try/catch.
#pragma once

#include <ATen/core/Tensor.h>
#include <ATen/core/Generator.h>
#include <c10/util/Exception.h>
#include <new>
#include <optional>
#include <string>
#include <vector>

#include "CTorch.h"

namespace ctorch {

void remember(const char *text);

inline at::Tensor &get(CTensor x) { return *static_cast<at::Tensor *>(x.raw); }
inline CTensor wrap(at::Tensor x) { return {new at::Tensor(std::move(x))}; }
inline at::Generator &get(CGenerator x) { return *static_cast<at::Generator *>(x.raw); }
inline at::IntArrayRef sizes(const int64_t *shape, size_t rank) { return {shape, rank}; }

inline std::optional<at::Tensor> optional(const CTensor *x) {
  return x ? std::optional<at::Tensor>(get(*x)) : std::nullopt;
}

inline std::vector<at::Tensor> list(const CTensor *xs, size_t count) {
  std::vector<at::Tensor> tensors;
  tensors.reserve(count);
  for (size_t i = 0; i < count; ++i) tensors.push_back(get(xs[i]));
  return tensors;
}

at::ScalarType scalar_type(CTorchType type);
CTorchType type_code(at::ScalarType type);
at::Device device(CTorchDevice device);

/// Runs `body`; an exception becomes a status and a remembered text.
template <typename Body>
CTorchStatus guarded(Body &&body) {
  try {
    body();
    return CTORCH_OK;
  } catch (const c10::OutOfMemoryError &error) {
    remember(error.what_without_backtrace());
    return CTORCH_OUT_OF_MEMORY;
  } catch (const std::bad_alloc &) {
    remember("out of memory");
    return CTORCH_OUT_OF_MEMORY;
  } catch (const c10::Error &error) {
    const std::string text = error.what_without_backtrace();
    remember(text.c_str());
    // A CPU allocation that fails is a plain c10::Error.
    return text.find("DefaultCPUAllocator") != std::string::npos ? CTORCH_OUT_OF_MEMORY : CTORCH_FAILED;
  } catch (const std::exception &error) {
    remember(error.what());
    return CTORCH_FAILED;
  } catch (...) {
    remember("an exception of unknown type");
    return CTORCH_FAILED;
  }
}

}  // namespace ctorch
