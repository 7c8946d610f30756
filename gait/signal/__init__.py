"""General tools on labelled series: stride phase, cleaning, left and right limbs, mean stride, intervals."""
