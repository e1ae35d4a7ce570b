// What this build of libtorch is and what the machine offers.
#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <c10/core/CachingDeviceAllocator.h>
#include <ATen/detail/CUDAHooksInterface.h>
#include <c10/core/DeviceGuard.h>
#include <c10/core/impl/VirtualGuardImpl.h>
#include <dlfcn.h>
#include <torch/headeronly/version.h>

#include "Support.h"

using namespace ctorch;

const char *ctorch_version(void) { return TORCH_VERSION; }

const char *ctorch_cpu_capability(void) {
  static thread_local std::string text;
  text = at::get_cpu_capability();
  return text.c_str();
}

int32_t ctorch_thread_count(void) { return at::get_num_threads(); }

CTorchStatus ctorch_set_thread_count(int32_t count) {
  return guarded([&] { at::set_num_threads(count); });
}

bool ctorch_has_onednn(void) { return at::globalContext().hasMKLDNN(); }
bool ctorch_has_mps(void) { return at::globalContext().hasMPS(); }

// The CUDA kernels register themselves when their library is loaded; it lies beside libtorch_cpu, where it was built.
bool ctorch_load_cuda(const char **reason) {
  static thread_local std::string text;
  text.clear();
  Dl_info here{};
  std::string folder;
  void *symbol = dlsym(RTLD_DEFAULT, "_ZN2at13globalContextEv");
  if (symbol && dladdr(symbol, &here) && here.dli_fname) {
    folder = here.dli_fname;
    folder.erase(folder.find_last_of('/') + 1);
  }
  const std::string path = folder + "libtorch_cuda.so";
  if (!dlopen(path.c_str(), RTLD_NOW | RTLD_GLOBAL)) {
    text = dlerror();
    *reason = text.c_str();
    return false;
  }
  *reason = nullptr;
  return true;
}

int32_t ctorch_cuda_device_count(void) {
  int32_t count = 0;
  // A driver that fails to answer has no devices to offer.
  const CTorchStatus status = guarded([&] {
    if (at::globalContext().hasCUDA()) count = static_cast<int32_t>(at::detail::getCUDAHooks().deviceCount());
  });
  return status == CTORCH_OK ? count : 0;
}

CTorchStatus ctorch_synchronize(CTorchDevice where) {
  return guarded([&] {
    if (where.kind == CTORCH_CPU) return;
    c10::impl::VirtualGuardImpl(device(where).type()).synchronizeDevice(device(where).index());
  });
}

CTorchStatus ctorch_cuda_memory(int32_t index, uint64_t *free_bytes, uint64_t *total_bytes) {
  return guarded([&] {
    const auto [free, total] = at::getDeviceAllocator(at::kCUDA)->getMemoryInfo(static_cast<c10::DeviceIndex>(index));
    *free_bytes = free;
    *total_bytes = total;
  });
}

CTorchStatus ctorch_empty_cache(CTorchDevice where) {
  return guarded([&] {
    if (where.kind != CTORCH_CPU) at::getDeviceAllocator(device(where).type())->emptyCache();
  });
}
