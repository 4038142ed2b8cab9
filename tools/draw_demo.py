"""Draws the demo site's pictures anew: three portraits, a chart and a blackboard, into `app/porting/demo/uploads`.

They are kept in the repository, so this is run only when a drawing is to change:
`python tools/draw_demo.py`. Pillow's own font is used, so every machine draws the same.
"""

from math import pi, sin
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

UPLOADS = Path(__file__).parent.parent / "app/porting/demo/uploads"
PAPER, INK, FAINT, RULE = "#fbf8f1", "#2b2a27", "#7b766b", "#e4ddcd"
# Drawn large and made smaller: the cheapest smooth edge there is.
FINE = 8

Box = tuple[float, float, float, float]


class Sheet:
    """A square of 144 units, drawn on at eight times its size."""

    def __init__(self, ground: str) -> None:
        self.image = Image.new("RGB", (144 * FINE, 144 * FINE), ground)
        self.pen = ImageDraw.Draw(self.image)

    def disc(self, box: Box, colour: str) -> None:
        """An ellipse inside a box of left, top, right, bottom."""
        self.pen.ellipse(_fine(box), fill=colour)

    def slab(self, box: Box, colour: str, radius: float = 0) -> None:
        """A rectangle, its corners rounded."""
        self.pen.rounded_rectangle(_fine(box), radius * FINE, fill=colour)

    def bow(self, box: Box, start: float, end: float, colour: str, width: float) -> None:
        """Part of an ellipse's outline, in degrees clockwise from three o'clock."""
        self.pen.arc(_fine(box), start, end, fill=colour, width=round(width * FINE))

    def cut(self, box: Box, start: float, end: float, colour: str) -> None:
        """An ellipse cut straight across."""
        self.pen.chord(_fine(box), start, end, fill=colour)

    def shape(self, points: list[tuple[float, float]], colour: str) -> None:
        """A polygon."""
        self.pen.polygon([(x * FINE, y * FINE) for x, y in points], fill=colour)

    def face(self, skin: str, shade: str) -> None:
        """Neck, ears, head, eyes and a mouth that is about to smile."""
        self.slab((61, 84, 83, 116), shade, 10)
        self.disc((40, 62, 50, 78), shade)
        self.disc((94, 62, 104, 78), shade)
        self.slab((44, 34, 100, 104), skin, 27)
        self.disc((57.5, 66, 62.5, 71.5), INK)
        self.disc((81.5, 66, 86.5, 71.5), INK)
        self.bow((63, 78, 81, 91), 25, 155, INK, 2)

    def save(self, path: str) -> None:
        """144 pixels square, few colours."""
        small = self.image.resize((144, 144), Image.Resampling.LANCZOS)
        _keep(small, path, colours=48)


def nora() -> None:
    """Grey bob, round glasses, a green jacket."""
    sheet = Sheet("#e9dcc3")
    hair, jacket = "#8d8a86", "#3f6b57"
    sheet.slab((31, 22, 113, 100), hair, 38)
    sheet.slab((20, 106, 124, 170), jacket, 30)
    sheet.face("#ecc3a2", "#dba989")
    sheet.shape([(58, 106), (72, 126), (86, 106)], "#fbf8f1")
    sheet.shape([(61, 104), (72, 120), (83, 104)], "#dba989")
    sheet.cut((40, 22, 104, 78), 180, 360, hair)
    sheet.shape([(40, 49), (104, 49), (97, 56), (62, 50), (45, 60)], hair)
    for left in (50, 74):
        sheet.bow((left, 59, left + 20, 79), 0, 360, INK, 2)
    sheet.bow((68, 64, 76, 72), 200, 340, INK, 2)
    sheet.save("2009/09/nora-tillinghast.png")


def desmond() -> None:
    """Short beard, hair cut close, a blue work shirt."""
    sheet = Sheet("#cfdde0")
    hair, shirt, skin = "#26211f", "#3d5f86", "#8a5a3c"
    sheet.slab((18, 106, 126, 170), shirt, 26)
    sheet.slab((43, 26, 101, 80), hair, 27)
    sheet.face(skin, "#774b31")
    sheet.cut((44, 26, 100, 76), 190, 350, hair)
    sheet.cut((43, 56, 101, 110), 0, 180, hair)
    sheet.slab((54, 70, 90, 88), skin, 9)
    sheet.slab((60, 82, 84, 94), hair, 6)
    sheet.disc((57.5, 66, 62.5, 71.5), INK)
    sheet.disc((81.5, 66, 86.5, 71.5), INK)
    sheet.bow((64, 80, 80, 91), 20, 160, "#e9d6c6", 2.2)
    sheet.shape([(52, 108), (72, 132), (56, 136)], "#33507a")
    sheet.shape([(92, 108), (72, 132), (88, 136)], "#33507a")
    sheet.save("2009/09/desmond-abara.png")


def mirela() -> None:
    """Dark hair up, a pencil behind one ear, a red jumper."""
    sheet = Sheet("#e8cfc4")
    hair, jumper = "#3a2620", "#a8443a"
    sheet.disc((53, 4, 91, 42), hair)
    sheet.slab((38, 24, 106, 84), hair, 32)
    sheet.slab((22, 110, 122, 170), jumper, 32)
    sheet.face("#f0cdb2", "#deb092")
    sheet.slab((57, 105, 87, 119), jumper, 7)
    sheet.cut((42, 24, 102, 74), 180, 360, hair)
    sheet.shape([(42, 49), (102, 49), (101, 62), (84, 51), (58, 51), (44, 66)], hair)
    sheet.shape([(94, 71), (118, 44), (122, 47.5), (98, 74.5)], "#e2a93b")
    sheet.shape([(94, 71), (98, 74.5), (92.5, 76.5)], "#f4e3c4")
    sheet.shape([(118, 44), (122, 47.5), (124.5, 44.7), (120.5, 41.2)], "#c98b86")
    sheet.save("2009/09/mirela-quist.png")


BARS = (
    ("People I know well", 287, 312),
    ("Introduced by a friend", 157, 196),
    ("Met once", 135, 241),
    ("Strangers, with a reason", 57, 228),
    ("Strangers, from a list", 8, 207),
)


def chart() -> None:
    """A year of calls: one bar for each way of knowing somebody."""
    image = Image.new("RGB", (2400, 1500), PAPER)
    pen = ImageDraw.Draw(image)
    pen.text((120, 100), "Who answered", INK, ImageFont.load_default(88))
    pen.text((120, 222), "by how well I knew them, in per cent", FAINT, ImageFont.load_default(52))
    left, right, top, step = 860, 2000, 400, 190
    for hundredth in (0, 25, 50, 75, 100):
        x = left + (right - left) * hundredth / 100
        pen.line((x, top - 40, x, top + step * len(BARS) - 30), RULE, 4)
        label = ImageFont.load_default(40)
        pen.text((x, top + step * len(BARS)), str(hundredth), FAINT, label, anchor="ma")
    for row, (name, answered, sent) in enumerate(BARS):
        y, share = top + row * step, answered / sent
        colour = "#3f6b57" if row < len(BARS) - 1 else "#b4553f"
        pen.rectangle((left, y, left + (right - left) * share, y + 110), fill=colour)
        pen.text((left - 40, y + 55), name, INK, ImageFont.load_default(54), anchor="rm")
        end, is_roomy = left + (right - left) * share, share > 0.1
        pen.text(
            (end - 32 if is_roomy else end + 28, y + 55),
            f"{share:.0%}"[:-1],
            PAPER if is_roomy else INK,
            ImageFont.load_default(64),
            anchor="rm" if is_roomy else "lm",
        )
        told = f"{answered} of {sent}"
        pen.text((2290, y + 55), told, FAINT, ImageFont.load_default(44), anchor="rm")
    _keep(image.resize((1200, 750), Image.Resampling.LANCZOS), "2010/10/a-year-of-calls.png", 96)


PROMISES = (
    ("Jo", "ring her old foreman, for Sami", "Wednesday", True),
    ("Ellen", "lend the tie", "Tuesday", True),
    ("Mirela", "look over a covering letter", "Monday", False),
    ("The van", "one sofa, two chairs, one dog", "Saturday", True),
)


def board() -> None:
    """The Thursday board; a leaf stands for a promise kept."""
    image = Image.new("RGB", (2400, 1120), "#b58a58")
    pen = ImageDraw.Draw(image)
    pen.rectangle((44, 44, 2356, 1076), fill="#2c3a35")
    chalk, columns = "#e9e6da", (130, 620, 1690)
    for x, word in zip(columns, ("WHO", "WHAT", "BY WHEN"), strict=True):
        pen.text((x, 110), word, "#c9c4b0", ImageFont.load_default(72))
    pen.line((110, 230, 2290, 226), chalk, 7)
    for x in (570, 1640):
        pen.line((x, 100, x + 4, 1010), "#8f958b", 5)
    for row, (*words, is_kept) in enumerate(PROMISES):
        y = 290 + row * 165
        for x, word in zip(columns, words, strict=True):
            pen.text((x, y), word, chalk, ImageFont.load_default(68))
        if is_kept:
            _leaf(pen, 2215, y + 48)
    pen.text((1690, 970), "do not rub out", "#a9aca0", ImageFont.load_default(50))
    small = image.resize((1200, 560), Image.Resampling.LANCZOS)
    # The leaves are few, and would be lost among the greys.
    _keep(small, "2010/11/the-thursday-board.png", 40, Image.Quantize.MAXCOVERAGE)


def _leaf(pen: ImageDraw.ImageDraw, x: float, y: float) -> None:
    edge = [(sin(pi * t / 20) * 26, 52 - t * 5.2) for t in range(21)]
    outline = [(x + dx, y + dy) for dx, dy in edge] + [(x - dx, y + dy) for dx, dy in edge[::-1]]
    pen.polygon(outline, fill="#8fc07f")
    pen.line((x, y + 84, x, y - 30), "#5f8f57", 6)


def _fine(box: Box) -> Box:
    left, top, right, bottom = (edge * FINE for edge in box)
    return left, top, right, bottom


def _keep(
    image: Image.Image,
    path: str,
    colours: int,
    chosen: Image.Quantize = Image.Quantize.MEDIANCUT,
) -> None:
    few = image.quantize(colours, chosen, dither=Image.Dither.NONE)
    few.save(UPLOADS / path, optimize=True)


if __name__ == "__main__":
    for draw in (nora, desmond, mirela, chart, board):
        draw()
