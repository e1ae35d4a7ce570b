// Gradients: loss and inputs in, gradients out.
#include <ATen/core/grad_mode.h>
#include <torch/csrc/autograd/autograd.h>

#include "Support.h"

using namespace ctorch;

bool ctorch_gradients_enabled(void) { return at::GradMode::is_enabled(); }

bool ctorch_set_gradients_enabled(bool enabled) {
  const bool before = at::GradMode::is_enabled();
  at::GradMode::set_enabled(enabled);
  return before;
}

CTorchStatus ctorch_gradients(CTensor loss, const CTensor *inputs, size_t count, CTensor *out) {
  return guarded([&] {
    auto gradients = torch::autograd::grad({get(loss)}, list(inputs, count), /*grad_outputs=*/{},
                                           /*retain_graph=*/false, /*create_graph=*/false, /*allow_unused=*/false);
    for (size_t i = 0; i < count; ++i) out[i] = wrap(std::move(gradients[i]));
  });
}
