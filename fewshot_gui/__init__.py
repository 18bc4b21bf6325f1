"""Label folders of photos from a handful of examples per class."""

import os

# From version 1.29, ONNX Runtime reports to its makers unless it is told not to before it is first imported.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

__version__ = "0.1.0"
