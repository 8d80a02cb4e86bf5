"""Build sprite.svg of the icons in icons.txt from an unpacked @tabler/icons package.

python static/vendor/tabler-icons/build_sprite.py PACKAGE_FOLDER
"""

import re
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


def main(package: Path) -> None:
    symbols = []
    for name in sorted((HERE / "icons.txt").read_text().split()):
        svg = (package / "icons" / "outline" / f"{name}.svg").read_text()
        body = re.search(r"<svg[^>]*>(.*)</svg>", svg, re.DOTALL)
        if body is None:
            raise SystemExit(f"{name}.svg is not an icon.")
        shapes = re.sub(r"\s*\n\s*", "", body[1])
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{shapes}</symbol>')
    sprite = '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"
    (HERE / "sprite.svg").write_text(sprite)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
