"""What the kernel says, named here so that it is translated. A test holds both together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

# Hyperparameters of the recipes, by name.
FIELD_LABELS = {
    "hidden": gettext_lazy("Units of the hidden layers"),
    "dropout": gettext_lazy("Dropout"),
    "epochs": gettext_lazy("Epochs"),
    "batch_size": gettext_lazy("Batch size"),
    "learning_rate": gettext_lazy("Learning rate"),
    "steps_per_execution": gettext_lazy("Batches per execution"),
}
# When to take which.
ADVICE = {
    "seed-mlp": gettext_lazy(
        "The bar to beat. On columns of very different size it often learns nothing; "
        "the page of the run then says so."
    ),
    "seed-mlp-scaled": gettext_lazy("Take this one for a model that is to be used."),
}
BASELINES = {
    "majority": gettext_lazy("Majority class"),
    "logistic_regression": gettext_lazy("Logistic regression"),
    "hist_gradient_boosting": gettext_lazy("Gradient boosting"),
}
METRICS = {
    "accuracy": gettext_lazy("Accuracy"),
    "auc": gettext_lazy("AUC"),
    "log_loss": gettext_lazy("Log loss"),
}
COLUMN_KINDS = {
    "integer": gettext_lazy("whole number"),
    "real": gettext_lazy("number"),
    "binary": gettext_lazy("0 or 1"),
    "constant": gettext_lazy("constant"),
}
# Titles, summaries and sources of the recipes, and the refusals of a configuration.
RECIPES = (
    gettext_noop("Article's network"),
    gettext_noop("256 and 128 units with dropout on raw features, ten epochs."),
    gettext_noop("Article's network, standardised"),
    gettext_noop("The same network; each column is first brought to mean 0 and deviation 1."),
    gettext_noop("the article"),
    gettext_noop("the default of Keras"),
    gettext_noop("the default of Adam in Keras"),
    gettext_noop("The recipe has no setting “%(field)s”."),
    gettext_noop("“%(field)s” needs one to %(most)s whole numbers."),
    gettext_noop("“%(field)s” must be a whole number from %(low)s to %(high)s."),
    gettext_noop("“%(field)s” must be a number from %(low)s to %(high)s."),
)
# Why a data set is refused.
DATASETS = (
    gettext_noop("The file is empty."),
    gettext_noop("The file cannot be read: %(reason)s."),
    gettext_noop("Row %(row)s is not UTF-8 text. Save the file as CSV with the encoding UTF-8."),
    gettext_noop("Row %(row)s holds bytes that are no text. Save the file as CSV."),
    gettext_noop("Row %(row)s holds a carriage return that does not end a line."),
    gettext_noop("Row %(row)s is longer than %(limit)s bytes."),
    gettext_noop("Row %(row)s: a quotation mark is out of place."),
    gettext_noop("The columns are separated by “%(found)s”; save the file with commas."),
    gettext_noop("The first row holds only numbers; it must name the columns."),
    gettext_noop("Column %(column)s has no name in the first row."),
    gettext_noop("Two columns are named “%(column)s”."),
    gettext_noop("No column is named “%(label)s”. Columns: %(columns)s."),
    gettext_noop("The file has no column besides “%(label)s”."),
    gettext_noop("No column is named “%(column)s”, which should be an identifier."),
    gettext_noop("Column “%(column)s” should hold identifiers, whole numbers from 0 up."),
    gettext_noop("The file has %(found)s columns; at most %(limit)s are taken."),
    gettext_noop("The file holds more than %(limit)s bytes."),
    gettext_noop("The file has more than %(limit)s rows."),
    gettext_noop("The file has a header and no rows."),
    gettext_noop("Row %(row)s has %(found)s cells; the header has %(expected)s."),
    gettext_noop("Row %(row)s, column “%(column)s” is empty."),
    gettext_noop("Row %(row)s, column “%(column)s”: “%(value)s” is not a number."),
    gettext_noop("Row %(row)s, column “%(column)s”: “%(value)s” is not a finite number."),
    gettext_noop("Row %(row)s, column “%(column)s”: %(value)s is too large for training."),
    gettext_noop(
        "Row %(row)s, column “%(column)s”: the whole number %(value)s loses digits in training. "
        "Number such values from 0, divide them, or leave the column out."
    ),
    gettext_noop("Row %(row)s: the label is “%(value)s”; it must be 0 or 1."),
    gettext_noop("Every label is %(value)s; training needs rows of both classes."),
    gettext_noop("Only %(found)s rows have the label %(value)s; at least %(limit)s are needed."),
    gettext_noop("Column “%(column)s” repeats the label; leave it out."),
)
WARNINGS = {
    "constant": gettext_noop("Column “%(column)s” holds one value only and teaches nothing."),
    "imbalanced": gettext_noop(
        "Only %(percent)s %% of the rows have the label %(value)s; the split keeps that share "
        "in both parts, and accuracy alone says little."
    ),
}
# Why a training cannot go on.
FAILURES = (
    gettext_noop("The file is not the one that was checked: its sha256 is another one."),
    gettext_noop(
        "After epoch %(epoch)s the weights are no finite numbers any more. "
        "A lower learning rate or standardised features help."
    ),
    gettext_noop("Another process trains in the same folder."),
)
DEGENERATE = {
    "constant_predictions": gettext_noop(
        "The model predicts the same for every row (standard deviation %(std).6f); its accuracy "
        "is the share of the more frequent class."
    ),
    "no_better_than_chance": gettext_noop(
        "The model ranks rows no better than chance (AUC %(auc).3f), while a logistic regression "
        "on the same rows reaches %(baseline_auc).3f."
    ),
}


def warnings_in_words(warnings: Iterable[Mapping[str, Any]]) -> list[str]:
    """What should be known of a data set before training on it."""
    return [
        _(WARNINGS[one["code"]]) % {"column": one.get("column"), **(one.get("details") or {})}
        for one in warnings
        if one["code"] in WARNINGS
    ]


def quality_reason(code: str, details: Mapping[str, Any]) -> str:
    """Why a model is called degenerate; empty for one that is not."""
    return _(DEGENERATE[code]) % details if code in DEGENERATE else ""
