"""How a price is set."""

FORMULAS = {"functions": 70}
ALSO = {
    "launch": "launch",
    "compare_launches": "launch",
    "skimming_path": "launch",
    "penetration_path": "launch",
    "segment_prices": "segments",
    "two_part_tariff": "tariffs",
    "best_bundles": "bundles",
    "bundle_choice": "bundles",
    "best_versions": "bundles",
    "van_westendorp": "surveys",
    "van_westendorp_curves": "surveys",
    "gabor_granger": "buyers",
}
