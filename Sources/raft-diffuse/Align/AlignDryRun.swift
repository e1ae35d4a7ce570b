internal import Alignment
internal import Recipes

/// What `align --dry-run --json` prints.
struct AlignDryRun: Encodable {
  let recipe: Recipe
  let plan: RunPlan
}
