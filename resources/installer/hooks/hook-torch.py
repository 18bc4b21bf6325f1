"""How PyInstaller collects torch: its libraries and the modules that are imported, not all that the wheel holds.

The hook that PyInstaller brings along collects every module, test, header and program in torch's folder, some 250 MB
that nothing in this program loads. This one takes precedence, because the recipe names its folder.
"""

import sys
from importlib.metadata import requires
from pathlib import Path

from _pyinstaller_hooks_contrib.utils.nvidia_cuda import infer_hiddenimports_from_requirements
from packaging.requirements import Requirement
from PyInstaller.utils.hooks import (
    PY_DYLIB_PATTERNS,
    collect_dynamic_libs,
    collect_submodules,
    get_module_file_attribute,
)

_FOLDER = Path(get_module_file_attribute("torch")).parent


def _reads_its_own_source(module: Path) -> bool:
    """While they are imported, modules of settings look for comments in it, and those with overloads for signatures."""
    source = module.read_text(encoding="utf-8")
    return "install_config_module(" in source or ("_jit_internal" in source and "_overload" in source)


def _name(module: Path) -> str:
    return ".".join(module.relative_to(_FOLDER.parent).with_suffix("").parts)


def _cuda_packages() -> list[str]:
    """Those that hold CUDA's libraries, some of which are loaded by name only; none for a torch without CUDA."""
    needed = [Requirement(line) for line in requires("torch") or ()]
    names = [each.name for each in needed if each.marker is None or each.marker.evaluate()]
    return infer_hiddenimports_from_requirements(names) if sys.platform == "linux" else []


module_collection_mode = {
    "torch": "pyz",
    **{_name(path): "pyz+py" for path in _FOLDER.rglob("*.py") if _reads_its_own_source(path)},
}
# Loaded by names put together at run time.
hiddenimports = [*collect_submodules("torch._dynamo.polyfills"), *_cuda_packages()]
binaries = collect_dynamic_libs("torch", search_patterns=[*PY_DYLIB_PATTERNS, "*.so.*"])
# CUDA's compiler loads its built-in functions by name.
binaries += [
    (str(path), str(path.parent.relative_to(_FOLDER.parent)))
    for path in _FOLDER.parent.glob("nvidia/*/lib/libnvrtc*.so*")
]
# torch refuses to be imported on Linux without the program that shares memory between processes.
datas = [(str(path), "torch/bin") for path in _FOLDER.glob("bin/torch_shm_manager")]
# Links beside the program to libraries in torch's folder make torch look for the others in the wrong place.
bindepend_symlink_suppression = ["**/torch/lib/*.so*"]
warn_on_missing_hiddenimports = False
