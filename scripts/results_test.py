"""Laws of the figures in docs/results.md: `python3 -m unittest discover -s scripts -p '*_test.py'`."""

import math
import unittest

from resultarms import ARMS, Recipe, of_k, one_round
from resultfigures import area, area_within, mean_of, over_runs, selectivity, shown

RECIPE = Recipe(rounds=5, prompts=16, samples=8, steps=40, size=256, train=48, tests=48, test_images=2, replay=False)


def option(words: list, name: str) -> int:
    return int(words[words.index(name) + 1])


class Figures(unittest.TestCase):
    def test_interval_is_students(self):
        middle, half = over_runs([1.0, 2.0, 3.0])
        self.assertAlmostEqual(middle, 2)
        self.assertAlmostEqual(half, 4.303 / math.sqrt(3), places=3)
        self.assertEqual(over_runs([1.5]), (1.5, None))
        self.assertEqual(shown([0.5, 0.5], percent=True), "50.0 [50.0, 50.0]")

    def test_area_counts_ties_as_half(self):
        self.assertEqual(area([(1, 0.9), (0, 0.1)]), 1)
        self.assertEqual(area([(1, 0.5), (0, 0.5)]), 0.5)
        self.assertIsNone(area([(1, 0.5)]))

    def test_area_within_prompts_does_not_see_which_prompt_is_easy(self):
        easy, hard = [(1, 9.0), (0, 9.0)], [(1, 1.0), (0, 1.0)]
        self.assertEqual(area_within([easy, hard, [(1, 5.0)]]), (0.5, 2))

    def test_prompts_weigh_alike_and_missing_scores_do_not_count(self):
        scores = {"a": {"clip": [1.0, None]}, "b": {"clip": [0.0, 0.5]}, "c": {"clip": [None]}}
        self.assertEqual(mean_of(scores, "clip"), 0.625)
        self.assertIsNone(mean_of({"c": {"clip": [None]}}, "clip"))

    def test_both_rewards_together_are_standardised_within_a_prompt(self):
        rows = [dict(prompt="a", scores=dict(aesthetic=10 * verdict, clip=100 * verdict, oracle=verdict))
                for verdict in (0, 1, 0, 1)]
        found = selectivity(rows)
        self.assertEqual((found["both"], found["both_pooled"], found["right"], found["prompts"]), (1, 1, 0.5, 1))


class Arms(unittest.TestCase):
    def test_equal_images_are_equal_with_equal_steps(self):
        for samples in (2, 4, 8, 16):
            words = of_k(samples, True)(RECIPE)
            rounds = option(words, "--rounds")
            images = rounds * option(words, "--prompts-per-round") * option(words, "--samples-per-prompt")
            self.assertEqual(images, RECIPE.images)
            self.assertEqual(rounds * option(words, "--train-steps"), RECIPE.rounds * RECIPE.steps)
            self.assertLessEqual(option(words, "--prompts-per-round"), RECIPE.train)

    def test_one_round_has_all_images_and_steps(self):
        words = one_round(RECIPE)
        self.assertEqual(option(words, "--prompts-per-round") * option(words, "--samples-per-prompt"), RECIPE.images)
        self.assertEqual(option(words, "--train-steps"), RECIPE.rounds * RECIPE.steps)

    def test_no_two_arms_are_the_same(self):
        self.assertEqual(len({arm.definition for arm in ARMS}), len(ARMS))
        self.assertEqual(len({arm.name for arm in ARMS}), len(ARMS))


if __name__ == "__main__":
    unittest.main()
