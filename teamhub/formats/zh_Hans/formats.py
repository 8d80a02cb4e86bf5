"""Figures in Chinese: Django groups none; engineers write 1,815,020 there too."""

THOUSAND_SEPARATOR = ","
NUMBER_GROUPING = 3
