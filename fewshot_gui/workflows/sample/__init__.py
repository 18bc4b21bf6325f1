"""The sample project, drawn by the program itself: pressed leaves of five species on herbarium sheets."""

from fewshot_gui.workflows.sample.species import SPECIES, Species
from fewshot_gui.workflows.sample.write import NO_CLASS, SampleFiles, write_sample

__all__ = ["NO_CLASS", "SPECIES", "SampleFiles", "Species", "write_sample"]
