"""Label folders of photos from a handful of examples per class."""

import os

# From version 1.29, ONNX Runtime reports to its makers unless it is told not to before it is first imported.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
# Photos and rows are spread over the processors by the program itself. numpy's OpenBLAS would do so once more inside
# every matrix product, where its threads wait for one another: labelling 100,000 photos anew would take twice as long.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

__version__ = "0.1.0"
