"""Everything that is measured, in the order of the table. A new row is one function, and its place here."""

from harness.results import Row
from rows import backbones, clusters, commands, duplicates, forms, growth, loading, networks, passes, training

ROWS: list[Row] = [
    *training.ROWS,
    *networks.ROWS,
    *passes.ROWS,
    *loading.ROWS,
    *duplicates.ROWS,
    *growth.ROWS,
    *commands.ROWS,
    *backbones.ROWS,
    *forms.ROWS,
    *clusters.ROWS,
]
