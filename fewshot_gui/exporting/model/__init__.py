"""The adapted model as one ONNX file that runs without this program, and reading such files back."""
