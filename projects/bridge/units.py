"""Units of the product in the kernel, and the weights that a manager starts from."""

# Rates are cents per FTE-week and effort is hundredths of an FTE-week: money is 1/100 cent.
MONEY = 100 * 100
# One point per effort unit for each 100 (of the company's currency) per FTE-week at cost = 100:
# a person who costs 4,000 a week loses 40 points beside the 100 of a priority.
COST_DIVISOR = 1_000_000
EXPLICIT_FIT = "explicit"  # skill levels against what the slot asks
# A solver may overshoot its time limit; after this it is asked to hand over what it has.
GRACE_SECONDS = 5
PRODUCT_WEIGHTS = {"priority": 100, "same_site": 12, "cost": 100, "continuity": 15, "overload": 20}
