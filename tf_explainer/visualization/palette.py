"""Colors that stay apart for color-blind readers, and in print.

Source:
    Okabe and Ito, "Color Universal Design", 2008.
"""

BLACK = "#000000"
SKY = "#56b4e9"
YELLOW = "#f0e442"
BLUE = "#0072b2"
VERMILION = "#d55e00"
GRAY = "#6b6b6b"
