"""The domain-separation strings, from the page that documents them."""

import pathlib
import re

PAGE = pathlib.Path(__file__).resolve().parents[2] / "docs" / "domains.md"
ALL = {
    name: string.encode()
    for name, string in re.findall(r"^\| `(\w+::\w+)` \| `([^`]+)` \|$", PAGE.read_text(), re.M)
}


def dst(name):
    return ALL[name]
