"""The fonts that tests see on every machine: those of the extra `print`, smoothed in one way.

Chromium and Pango look for fonts by fontconfig. It reads the file that FONTCONFIG_FILE names,
instead of the system's and the user's settings, when it is first asked in a process.
"""

import os
import shutil
import tempfile
from importlib.util import find_spec
from pathlib import Path
from xml.sax.saxutils import escape

SANS, SERIF = "Source Sans Pro", "Source Serif Pro"
FAMILIES = {
    "serif": SERIF,
    "Georgia": SERIF,
    "sans-serif": SANS,
    "system-ui": SANS,
    "monospace": SANS,
    "Helvetica": SANS,
    "Arial": SANS,
}
SETTINGS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  {folders}
  <cachedir>{cache}</cachedir>
  <!-- Each face is there in two formats; the order of files must not say which is found. -->
  <selectfont><rejectfont><glob>*.ttf</glob></rejectfont></selectfont>
  {families}
  <match target="font">
    <edit name="antialias" mode="assign"><bool>true</bool></edit>
    <edit name="hinting" mode="assign"><bool>false</bool></edit>
    <edit name="rgba" mode="assign"><const>none</const></edit>
  </match>
</fontconfig>
"""
FAMILY = (
    '<alias binding="same"><family>{}</family><prefer><family>{}</family></prefer></alias>'.format
)


def use_our_own() -> Path:
    """Show this process and its children no others; gives a folder to be given to `forget`."""
    folder = Path(tempfile.mkdtemp(prefix="fonts-"))
    file = folder / "fonts.conf"
    settings = SETTINGS.format(
        folders="".join(f"<dir>{escape(str(one))}</dir>" for one in _folders()),
        cache=escape(str(folder / "cache")),
        families="".join(FAMILY(name, ours) for name, ours in FAMILIES.items()),
    )
    file.write_text(settings, encoding="utf-8")
    os.environ["FONTCONFIG_FILE"] = str(file)
    return folder


def forget(folder: Path) -> None:
    """Remove what `use_our_own` made."""
    os.environ.pop("FONTCONFIG_FILE", None)
    shutil.rmtree(folder, ignore_errors=True)


def _folders() -> list[Path]:
    specs = map(find_spec, ("font_source_sans_pro", "font_source_serif_pro"))
    return [Path(str(spec.origin)).parent / "files" for spec in specs if spec]
