"""Classes, examples, photos and decisions in one file that is never behind what the person did.

:mod:`~fewshot_gui.project.opening` makes and opens projects, :mod:`~fewshot_gui.project.project` holds one, the
``*_edits`` modules change it, :mod:`~fewshot_gui.project.relink` finds moved photos and
:mod:`~fewshot_gui.project.merging` brings in the work of a colleague.
"""
