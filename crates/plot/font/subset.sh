#!/bin/sh
# Makes DejaVuSans-subset.ttf out of DejaVuSans.ttf; README.md beside this file says what it needs.
#   sh subset.sh path/to/DejaVuSans.ttf
set -eu
latin="U+0020-007E,U+00A0-017F"
greek_cyrillic="U+0370-03FF,U+0400-045F"
punctuation="U+2010-2015,U+2018-201E,U+2020-2022,U+2026,U+2030,U+2032-2033,U+20AC"
raised_lowered="U+1D62-1D6A,U+2070-209C"
maths="U+2113,U+2190-2195,U+21D2,U+2200-2211,U+2212-221E,U+2223-222B,U+2248,U+2260-2265,U+22C5,U+22EE-22EF"
pyftsubset "$1" --output-file="$(dirname "$0")/DejaVuSans-subset.ttf" \
    --unicodes="$latin,$greek_cyrillic,$punctuation,$raised_lowered,$maths" \
    --no-hinting --layout-features= --no-glyph-names --notdef-outline \
    --drop-tables+=GDEF,GPOS,GSUB,kern,FFTM,gasp --name-IDs=0,1,2,13,14
