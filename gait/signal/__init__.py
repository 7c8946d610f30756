"""General tools on labelled series: stride phase, cleaning, left and right, mean stride, intervals."""
