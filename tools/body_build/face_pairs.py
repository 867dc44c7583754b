"""The local changes that tell faces apart: MakeHuman's sculpted targets in pairs of less and more."""

FACE_PAIRS = {
    "nose": (
        "nose-scale-horiz-decr nose-scale-horiz-incr", "nose-scale-vert-decr nose-scale-vert-incr",
        "nose-scale-depth-decr nose-scale-depth-incr", "nose-hump-decr nose-hump-incr",
        "nose-curve-concave nose-curve-convex", "nose-greek-decr nose-greek-incr",
        "nose-width1-decr nose-width1-incr", "nose-width2-decr nose-width2-incr", "nose-width3-decr nose-width3-incr",
        "nose-point-down nose-point-up", "nose-point-width-decr nose-point-width-incr", "nose-base-down nose-base-up",
        "nose-nostrils-width-decr nose-nostrils-width-incr", "nose-flaring-decr nose-flaring-incr",
        "nose-septumangle-decr nose-septumangle-incr", "nose-volume-decr nose-volume-incr",
    ),
    "mouth": (
        "mouth-scale-horiz-decr mouth-scale-horiz-incr", "mouth-upperlip-volume-decr mouth-upperlip-volume-incr",
        "mouth-lowerlip-volume-decr mouth-lowerlip-volume-incr", "mouth-trans-down mouth-trans-up",
        "mouth-cupidsbow-decr mouth-cupidsbow-incr", "mouth-angles-down mouth-angles-up",
        "mouth-upperlip-height-decr mouth-upperlip-height-incr",
        "mouth-lowerlip-height-decr mouth-lowerlip-height-incr", "mouth-philtrum-volume-decr mouth-philtrum-volume-incr",
        "mouth-laugh-lines-in mouth-laugh-lines-out",
    ),
    "chin": (
        "chin-width-decr chin-width-incr", "chin-height-decr chin-height-incr",
        "chin-prominent-decr chin-prominent-incr", "chin-bones-decr chin-bones-incr",
        "chin-prognathism-decr chin-prognathism-incr", "chin-cleft-decr chin-cleft-incr",
        "chin-jaw-drop-decr chin-jaw-drop-incr",
    ),
    "head": (
        "head-scale-horiz-decr head-scale-horiz-incr", "head-scale-vert-decr head-scale-vert-incr",
        "head-fat-decr head-fat-incr", "head-oval head-square", "head-triangular head-invertedtriangular",
        "head-diamond head-rectangular", "head-age-decr head-age-incr",
    ),
    "forehead": (
        "forehead-scale-vert-decr forehead-scale-vert-incr", "forehead-temple-decr forehead-temple-incr",
        "forehead-trans-backward forehead-trans-forward", "forehead-nubian-decr forehead-nubian-incr",
    ),
    "eyebrows": (
        "eyebrows-trans-down eyebrows-trans-up", "eyebrows-angle-down eyebrows-angle-up",
        "eyebrows-trans-backward eyebrows-trans-forward",
    ),
    "cheek": (
        "?-cheek-bones-decr ?-cheek-bones-incr", "?-cheek-volume-decr ?-cheek-volume-incr",
        "?-cheek-inner-decr ?-cheek-inner-incr", "?-cheek-trans-down ?-cheek-trans-up",
    ),
    "eyes": (
        "?-eye-scale-decr ?-eye-scale-incr", "?-eye-trans-in ?-eye-trans-out", "?-eye-trans-down ?-eye-trans-up",
        "?-eye-corner1-down ?-eye-corner1-up", "?-eye-corner2-down ?-eye-corner2-up",
        "?-eye-height1-decr ?-eye-height1-incr", "?-eye-height2-decr ?-eye-height2-incr",
        "?-eye-height3-decr ?-eye-height3-incr", "?-eye-bag-decr ?-eye-bag-incr",
        "?-eye-eyefold-concave ?-eye-eyefold-convex", "?-eye-eyefold-down ?-eye-eyefold-up",
        "?-eye-epicanthus-in ?-eye-epicanthus-out",
    ),
    "ears": (
        "?-ear-scale-decr ?-ear-scale-incr", "?-ear-wing-decr ?-ear-wing-incr", "?-ear-lobe-decr ?-ear-lobe-incr",
        "?-ear-rot-backward ?-ear-rot-forward",
    ),
    "neck": ("neck-scale-horiz-decr neck-scale-horiz-incr", "neck-double-decr neck-double-incr"),
}  # fmt: skip
"""Folder to pairs; ``?`` stands for the left and the right side together."""

ASYMMETRIC = (
    "brown-1", "brown-2", "cheek-1", "cheek-2", "ear-1", "eye-1", "eye-2", "eye-5", "jaw-1", "jaw-2", "mouth-1",
    "mouth-2", "nose-1", "nose-2", "nose-3",
)  # fmt: skip
"""Changes of one side; every living face has some."""
