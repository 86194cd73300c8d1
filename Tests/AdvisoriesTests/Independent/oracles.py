"""What others answer to the questions that patchflow's arithmetic answers.

Reads a question a line, its words between tabs, and writes an answer a line:
  version SCHEME A B    -1, 0 or 1 by univers, for pypi by packaging
  cvss VECTOR           base, temporal and environmental score by cvss, "-" for none
An answer is "refused" where the library doesn't take the text.

Needs the PyPI packages cvss, packaging and univers.
"""

import sys

from cvss import CVSS2, CVSS3, CVSS4
from packaging.version import Version
from univers import versions as univers

SCHEMES = {
    "alpine": univers.AlpineLinuxVersion,
    "debian": univers.DebianVersion,
    "go": univers.GolangVersion,
    "maven": univers.MavenVersion,
    "npm": univers.SemverVersion,
    "nuget": univers.NugetVersion,
    "pypi": Version,
    "redhat": univers.RpmVersion,
    "rubygems": univers.RubygemsVersion,
    "semver": univers.SemverVersion,
}


def order(scheme, left, right):
    left, right = SCHEMES[scheme](left), SCHEMES[scheme](right)
    # Equality is of the text in some of them.
    return "-1" if left < right else "1" if left > right else "0"


def scores(vector):
    kind = CVSS4 if vector.startswith("CVSS:4") else CVSS3 if vector.startswith("CVSS:3") else CVSS2
    return " ".join("-" if score is None else str(abs(score)) for score in kind(vector).scores())


def answer(words):
    return order(*words[1:]) if words[0] == "version" else scores(words[1])


for line in sys.stdin:
    try:
        print(answer(line.rstrip("\n").split("\t")))
    except Exception:  # every library has exceptions of its own
        print("refused")
