import subprocess
import sys


def test_importing_the_room_imports_nothing_heavy() -> None:
    script = """
import sys, fewshot_gui.imaging
print(sorted({"rawpy", "pillow_heif", "torch", "PySide6", "timm"} & set(sys.modules)))
"""
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
