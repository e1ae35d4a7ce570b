// Gradients: loss and inputs in, gradients out; and regions that are run again instead of remembered.
#include <ATen/core/grad_mode.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/custom_function.h>

#include <memory>
#include <stdexcept>

#include "Support.h"

using namespace ctorch;
using torch::autograd::AutogradContext;
using torch::autograd::Variable;
using torch::autograd::variable_list;

namespace {

/// What a callback threw, on its way through libtorch to whoever asked for the gradients.
struct Thrown : std::runtime_error {
  explicit Thrown(CTorchThrown error)
      : std::runtime_error("a checkpointed region threw an error"), error(error.raw, error.release) {}
  // Copies of an exception share it; the last one releases it, unless it was handed out.
  std::shared_ptr<void> error;
};

/// `guarded`, for operations that may run callbacks: what they throw goes to `thrown`, retained for the caller.
template <typename Body>
CTorchStatus guarded_with_callbacks(CTorchThrown *thrown, Body &&body) {
  return guarded([&] {
    try {
      body();
    } catch (const Thrown &exception) {
      // The caller takes over a reference of its own: a heap copy of the shared pointer.
      auto *kept = new std::shared_ptr<void>(exception.error);
      *thrown = {exception.error.get(), [](void *) {}, kept};
      throw;
    }
  });
}

/// A region that can be run any number of times, and its context, released with the last reference.
struct Region : torch::CustomClassHolder {
  explicit Region(CTorchRegion region) : region(region) {}
  Region(const Region &) = delete;
  Region &operator=(const Region &) = delete;
  ~Region() override { region.release(region.context); }

  at::Tensor run(const variable_list &inputs) const {
    std::vector<CTensor> given;
    given.reserve(inputs.size());
    for (const at::Tensor &input : inputs) given.push_back(wrap(input));
    CTensor result{nullptr};
    CTorchThrown thrown{nullptr, nullptr, nullptr};
    // The callback owns what it is given.
    if (region.run(region.context, given.data(), given.size(), &result, &thrown) != CTORCH_OK) throw Thrown(thrown);
    const std::unique_ptr<at::Tensor> owned(static_cast<at::Tensor *>(result.raw));
    return *owned;
  }

  CTorchRegion region;
};

/// Inputs cut off from their graph, each wanting a gradient where the original does.
variable_list cut_off(const variable_list &inputs) {
  variable_list result;
  result.reserve(inputs.size());
  for (const at::Tensor &input : inputs) result.push_back(input.detach().requires_grad_(input.requires_grad()));
  return result;
}

/// Runs a region, remembers its inputs alone, and runs it again for the gradients.
///
/// The first run records like the second, and forgets at once: so both take the same kernels.
struct Checkpoint : torch::autograd::Function<Checkpoint> {
  static Variable forward(AutogradContext *context, at::TensorList tensors, int64_t input_count,
                          const c10::intrusive_ptr<Region> &region) {
    context->save_for_backward(tensors.vec());
    context->saved_data["region"] = c10::IValue::make_capsule(region);
    context->saved_data["input_count"] = input_count;
    at::AutoGradMode recording(true);
    return region->run(cut_off(tensors.slice(0, static_cast<size_t>(input_count)).vec())).detach();
  }

  static variable_list backward(AutogradContext *context, variable_list gradients) {
    const variable_list saved = context->get_saved_variables();
    const auto input_count = static_cast<size_t>(context->saved_data["input_count"].toInt());
    const auto region = c10::static_intrusive_pointer_cast<Region>(context->saved_data["region"].toCapsule());
    const variable_list inputs = cut_off({saved.begin(), saved.begin() + static_cast<std::ptrdiff_t>(input_count)});
    // One gradient for each tensor, and none for the two other arguments.
    variable_list result(saved.size() + 2);
    variable_list wanted;
    std::vector<size_t> places;
    for (size_t i = 0; i < saved.size(); ++i) {
      const at::Tensor &tensor = i < input_count ? inputs[i] : saved[i];
      if (!tensor.requires_grad()) continue;
      wanted.push_back(tensor);
      places.push_back(i);
    }
    if (wanted.empty() || !gradients[0].defined()) return result;
    variable_list found;
    {
      at::AutoGradMode recording(true);
      const at::Tensor output = region->run(inputs);
      if (!output.requires_grad()) return result;
      found = torch::autograd::grad({output}, wanted, {gradients[0]}, /*retain_graph=*/false,
                                    /*create_graph=*/false, /*allow_unused=*/true);
    }
    for (size_t i = 0; i < found.size(); ++i) result[places[i]] = found[i];
    return result;
  }
};

}  // namespace

bool ctorch_gradients_enabled(void) { return at::GradMode::is_enabled(); }

bool ctorch_set_gradients_enabled(bool enabled) {
  const bool before = at::GradMode::is_enabled();
  at::GradMode::set_enabled(enabled);
  return before;
}

CTorchStatus ctorch_gradients(CTensor loss, const CTensor *inputs, size_t count, CTensor *out, CTorchThrown *thrown) {
  return guarded_with_callbacks(thrown, [&] {
    auto gradients = torch::autograd::grad({get(loss)}, list(inputs, count), /*grad_outputs=*/{},
                                           /*retain_graph=*/false, /*create_graph=*/false, /*allow_unused=*/false);
    for (size_t i = 0; i < count; ++i) out[i] = wrap(std::move(gradients[i]));
  });
}

CTorchStatus ctorch_checkpointed(const CTensor *tensors, size_t count, size_t input_count, CTorchRegion region,
                                 CTensor *out, CTorchThrown *thrown) {
  return guarded_with_callbacks(thrown, [&] {
    // From here on the region's context has an owner, whatever happens.
    const auto owned = c10::make_intrusive<Region>(region);
    const variable_list all = list(tensors, count);
    *out = wrap(Checkpoint::apply(at::TensorList(all), static_cast<int64_t>(input_count), owned));
  });
}

void ctorch_thrown_release(CTorchThrown thrown) { delete static_cast<std::shared_ptr<void> *>(thrown.keeper); }

CTorchStatus ctorch_share(CTensor x, CTensor *out) {
  return guarded([&] { *out = wrap(get(x)); });
}
