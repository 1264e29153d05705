"""Generator of random SVG files in the style of drawing programs, for `benchmarks.svg_overlap`."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

NS = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
SVG11 = '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd"{}>'
XML = '<?xml version="1.0" encoding="{}"?>'


class Hand:
    """Generator of random numbers, paths and shapes.

    Parameters
    ----------
    seed : int
        Seed of the random numbers.
    size : float
        Side length of the square that contains the drawing.
    """

    def __init__(self, seed: int, size: float = 100.0) -> None:
        self.rng = np.random.default_rng(seed)
        self.size = size

    def chance(self, share: float = 0.5) -> bool:
        return bool(self.rng.random() < share)

    def one(self, *values: object) -> object:
        return values[self.rng.integers(len(values))]

    def number(self, low: float = 0.08, high: float = 0.92) -> float:
        return round(float(self.rng.uniform(low, high)) * self.size, int(self.rng.integers(1, 4)))

    def whole(self, low: int, high: int) -> int:
        return int(self.rng.integers(low, high))

    def points(self, count: int, separator: str = " ") -> str:
        return " ".join(f"{self.number()}{separator}{self.number()}" for _ in range(count))

    def lines(self, close: bool = False) -> str:
        return f"M{self.points(1)}" + "".join(f"L{self.points(1)}" for _ in range(self.whole(1, 5))) + "z" * close

    def curves(self, close: bool = False) -> str:
        return f"M{self.points(1)}" + "".join(f"C{self.points(3)}" for _ in range(self.whole(1, 4))) + "z" * close

    def mixed(self) -> str:
        """Return path data with many absolute and relative commands, in the compact syntax of minifiers."""
        d = f"M{self.points(1)}"
        small = [
            f"{v:.2f}".replace("0.", ".").rstrip("0").rstrip(".") for v in self.rng.uniform(-0.2, 0.2, 40) * self.size
        ]
        take = iter(small)
        for _ in range(self.whole(2, 6)):
            kind = str(self.one("l", "h", "v", "c", "s", "q", "t", "a", "H", "S", "A"))
            if kind == "a":
                d += f"a{self.number(0.05, 0.2)} {self.number(0.05, 0.2)} {self.whole(0, 90)} {self.whole(0, 2)}"
                d += f"{self.whole(0, 2)} {next(take)} {next(take)}"
            elif kind == "A":
                d += f"A{self.number(0.05, 0.2)},{self.number(0.05, 0.2)},0,0,1,{self.points(1, ',')}"
            elif kind in "HS":
                d += f"{kind}{self.number()}" if kind == "H" else f"S{self.points(2)}"
            else:
                count = {"l": 2, "h": 1, "v": 1, "c": 6, "s": 4, "q": 4, "t": 2}[kind]
                d += kind + " ".join(next(take) for _ in range(count))
            if len(small) > 40:
                break
        return d + str(self.one("", "z"))

    def shape(self, attributes: str = "") -> str:
        """Return a basic shape or a path."""
        n = self.number
        kind = self.whole(0, 8)
        if kind == 0:
            return (
                f'<rect x="{n(0.1, 0.4)}" y="{n(0.1, 0.4)}" width="{n(0.1, 0.5)}" height="{n(0.1, 0.5)}" {attributes}/>'
            )
        if kind == 1:
            rx = n(0.02, 0.2)
            return (
                f'<rect x="{n(0.1, 0.4)}" y="{n(0.1, 0.4)}" width="{n(0.1, 0.5)}" height="{n(0.1, 0.5)}" rx="{rx}" '
                f"{attributes}/>"
            )
        if kind == 2:
            return f'<circle cx="{n(0.3, 0.7)}" cy="{n(0.3, 0.7)}" r="{n(0.05, 0.25)}" {attributes}/>'
        if kind == 3:
            return f'<ellipse cx="{n(0.3, 0.7)}" cy="{n(0.3, 0.7)}" rx="{n(0.05, 0.25)}" ry="{n(0.05, 0.25)}" {attributes}/>'
        if kind == 4:
            return f'<line x1="{n()}" y1="{n()}" x2="{n()}" y2="{n()}" {attributes}/>'
        if kind == 5:
            return f'<{self.one("polyline", "polygon")} points="{self.points(self.whole(3, 6), ",")}" {attributes}/>'
        return f'<path d="{self.one(self.lines(), self.curves(), self.mixed())}" {attributes}/>'

    def shapes(self, attributes: str = "", low: int = 2, high: int = 6) -> str:
        return "".join(self.shape(attributes) for _ in range(self.whole(low, high)))


def illustrator(h: Hand) -> str:
    """Illustrator: entities for namespaces, a switch around the drawing, classes."""
    entities = (
        ' [<!ENTITY ns_extend "http://ns.adobe.com/Extensibility/1.0/"><!ENTITY ns_ai "http://ns.adobe.com/AI/10.0/">]'
    )
    return (
        XML.format("utf-8")
        + SVG11.format(entities)
        + f'<svg version="1.1" id="Ebene_1" xmlns:x="&ns_extend;" xmlns:i="&ns_ai;" {NS} x="0px" y="0px" width="{h.size}px" '
        f'height="{h.size}px" viewBox="0 0 {h.size} {h.size}" enable-background="new 0 0 100 100" xml:space="preserve">'
        '<style type="text/css">.st0{fill:none;stroke:#231F20;stroke-width:2;stroke-miterlimit:10;}'
        ".st1{fill:none;}.st2{fill:#FFFFFF;}</style>"
        '<switch><foreignObject requiredExtensions="&ns_ai;" x="0" y="0" width="1" height="1"><i:pgfRef '
        'xlink:href="#adobe_illustrator_pgf"></i:pgfRef></foreignObject><g i:extraneous="self">'
        f'<rect class="st1" width="{h.size}" height="{h.size}"/><g id="Layer_2" display="{h.one("none", "inline")}">'
        f"{h.shapes(CLASS_0)}</g><g>{h.shapes(CLASS_0)}</g></g></switch>"
        '<i:pgf id="adobe_illustrator_pgf"><![CDATA[eJzsvWmP]]></i:pgf></svg>'
    )


CLASS_0 = 'class="st0"'


def illustrator_cc(h: Hand) -> str:
    """Illustrator CC: groups of class selectors."""
    return (
        f'<svg {NS} id="Layer_1" data-name="Layer 1" viewBox="0 0 {h.size} {h.size}"><defs><style>'
        ".cls-1,.cls-2,.cls-3{fill:none;}.cls-2,.cls-3{stroke:#000;stroke-miterlimit:10;}.cls-3{stroke-width:3px;}"
        f'.cls-4{{fill:#fff;}}</style></defs><title>a</title><rect class="cls-1" width="{h.size}" height="{h.size}"/>'
        f'{h.shapes(CLASS_2)}<g class="cls-1">{h.shapes(CLASS_3)}</g>{h.shape(CLASS_4)}</svg>'
    )


CLASS_2, CLASS_3, CLASS_4 = 'class="cls-2"', 'class="cls-3"', 'class="cls-4"'


def inkscape(h: Hand) -> str:
    """Inkscape: mm, layers with transforms, long style attributes, hidden layers, clones."""
    style = (
        'style="fill:none;fill-rule:evenodd;stroke:#000000;stroke-width:0.264583px;stroke-linecap:butt;'
        'stroke-linejoin:miter;stroke-opacity:1;-inkscape-stroke:none;marker-start:none"'
    )
    x, y, angle = h.number(-0.2, 0.2), h.number(-0.2, 0.2), h.whole(-40, 40)
    return (
        XML.format("UTF-8").replace("?>", ' standalone="no"?>')
        + f'<svg width="{h.size}mm" height="{h.size}mm" viewBox="0 0 {h.size} {h.size}" version="1.1" id="svg5" '
        'xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape" '
        f'xmlns:sodipodi="http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd" {NS}>'
        '<sodipodi:namedview id="namedview7" pagecolor="#ffffff"/><defs id="defs2"><inkscape:path-effect effect="skeletal" '
        f'id="pe1"/></defs><g inkscape:label="Layer 1" inkscape:groupmode="layer" id="layer1" transform="translate({x},{y})">'
        f'{h.shapes(style)}<g id="g1" transform="rotate({angle},50,50)">{h.shapes(style)}</g>'
        f'<use x="0" y="0" xlink:href="#g1" id="use1" transform="matrix(0.5,{h.one(0, 0.2)},0,0.5,{x},10)" width="100%" '
        f'height="100%"/></g><g inkscape:groupmode="layer" style="display:none">{h.shapes(style)}</g></svg>'
    )


def figma(h: Hand) -> str:
    """Figma: flat paths, a clip path around the drawing, gradients in user space."""
    ink = f'stroke="{h.one("#1E1E1E", "black", "url(#paint0_linear_1_2)")}" stroke-width="2" stroke-linecap="round"'
    s = h.size
    return (
        f'<svg width="{s}" height="{s}" viewBox="0 0 {s} {s}" fill="none" {NS}><g clip-path="url(#clip0_1_2)">'
        f'<rect width="{s}" height="{s}" fill="white"/>{h.shapes(ink)}<g opacity="{h.one(0, 0.5)}">{h.shapes(ink)}</g>'
        f'<mask id="m" style="mask-type:alpha" maskUnits="userSpaceOnUse" x="0" y="0" width="{s}" height="{s}">'
        f'<rect width="{s}" height="{s}" fill="#D9D9D9"/></mask><g mask="url(#m)">{h.shape(ink)}</g></g>'
        f'<defs><linearGradient id="paint0_linear_1_2" x1="0" y1="0" x2="{s}" y2="{s}" gradientUnits="userSpaceOnUse">'
        '<stop stop-color="#FF0000"/><stop offset="1" stop-color="#0000FF"/></linearGradient>'
        f'<clipPath id="clip0_1_2"><rect width="{s}" height="{s}" fill="white"/></clipPath></defs></svg>'
    )


def sketch_app(h: Hand) -> str:
    """Sketch: nested groups with opposite translations."""
    x, y = h.whole(100, 900), h.whole(100, 900)
    return (
        XML.format("UTF-8")
        + f'<svg width="{h.size}px" height="{h.size}px" viewBox="0 0 {h.size} {h.size}" version="1.1" {NS}><title>icon</title>'
        f'<desc>Created with Sketch.</desc><defs><path d="{h.curves()}" id="path-1"></path></defs>'
        '<g id="Page-1" stroke="none" stroke-width="1" fill="none" fill-rule="evenodd">'
        f'<g id="A" transform="translate(-{x}.000000, -{y}.000000)" stroke="#979797"><g transform="translate({x}.0, {y}.0)">'
        f'{h.shapes()}<g transform="translate(50, 50) rotate(-{h.whole(1, 350)}.000000) translate(-50, -50)">{h.shapes()}</g>'
        '<use xlink:href="#path-1"></use></g></g></g></svg>'
    )


def drawio(h: Hand) -> str:
    """draw.io: switch for labels, light-dark() colors, rotated cells."""

    def cell() -> str:
        turn = h.one("", f'transform="rotate({h.whole(0, 180)},{h.number()},{h.number()})"')
        style = 'style="stroke: light-dark(rgb(0, 0, 0), rgb(255, 255, 255));"'
        return f"<g>{h.shape(f'fill=%snone%s stroke=%s#000000%s pointer-events=%sall%s {turn} {style}' % (QUOTES))}</g>"

    label = (
        '<switch><foreignObject style="overflow: visible; text-align: left;" pointer-events="none" width="100%" height="100%" '
        'requiredFeatures="http://www.w3.org/TR/SVG11/feature#Extensibility"><div xmlns="http://www.w3.org/1999/xhtml">a</div>'
        '</foreignObject><text x="80" y="34" fill="#000000">a</text></switch>'
    )
    cells = "".join(f"{cell()}<g><g>{label}</g></g>" for _ in range(h.whole(2, 5)))
    return (
        f'{SVG11.format("")}<svg {NS} style="background: transparent; color-scheme: light dark;" version="1.1" '
        f'width="{h.size}px" height="{h.size}px" viewBox="-0.5 -0.5 {h.size} {h.size}" content="&lt;mxfile/&gt;"><defs/>'
        f'<g><rect fill="none" stroke="none" x="0" y="0" width="90" height="90"/>{cells}'
        f'<path d="{h.lines()}" fill="none" stroke="rgb(0, 0, 0)" stroke-miterlimit="10" pointer-events="stroke"/></g>'
        '<switch><g requiredFeatures="http://www.w3.org/TR/SVG11/feature#Extensibility"/><a transform="translate(0,-5)" '
        'xlink:href="https://www.drawio.com/doc/faq" target="_blank"><text>Text is not SVG</text></a></switch></svg>'
    )


QUOTES = ('"',) * 6


def graphviz(h: Hand) -> str:
    """Graphviz: units of points, a flipped y axis, transparent strokes."""
    nodes = "".join(
        f'<g id="node{i}" class="node"><title>{i}</title><ellipse fill="none" stroke="black" cx="{h.number()}" '
        f'cy="-{h.number()}" rx="{h.number(0.05, 0.2)}" ry="{h.number(0.05, 0.2)}"/><text x="27" y="-14">{i}</text></g>'
        f'<g class="edge"><path fill="none" stroke="black" d="M{h.number()},-{h.number()}C{h.number()},-{h.number()} '
        f'{h.number()},-{h.number()} {h.number()},-{h.number()}"/><polygon fill="black" stroke="black" '
        f'points="{h.number()},-{h.number()} {h.number()},-{h.number()} {h.number()},-{h.number()}"/></g>'
        for i in range(h.whole(1, 4))
    )
    s = h.size
    return (
        XML.format("UTF-8").replace("?>", ' standalone="no"?>')
        + SVG11.format("")
        + f'<svg width="{s:.0f}pt" height="{s:.0f}pt" viewBox="0.00 0.00 {s} {s}" {NS}><g id="graph0" class="graph" '
        f'transform="scale(1 1) rotate({h.one(0, 0, 5)}) translate(4 {s - 4})"><polygon fill="white" '
        f'stroke="{h.one("transparent", "none")}" points="-4,4 -4,-{s} {s},-{s} {s},4 -4,4"/>{nodes}</g></svg>'
    )


def matplotlib(h: Hand) -> str:
    """Matplotlib: ticks by `use` with their own styles, clip paths, a style sheet for all elements."""
    ticks = "".join(
        f'<g id="xtick_{i}"><use xlink:href="#m1" x="{h.number()}" y="{h.number()}" '
        'style="stroke: #000000; stroke-width: 0.8"/></g>'
        for i in range(h.whole(2, 5))
    )
    return (
        XML.format("utf-8").replace("?>", ' standalone="no"?>')
        + SVG11.format("")
        + f'<svg {NS} width="{h.size}pt" height="{h.size}pt" viewBox="0 0 {h.size} {h.size}" version="1.1"><metadata/>'
        '<defs><style type="text/css">*{stroke-linejoin: round; stroke-linecap: butt}</style></defs><g id="figure_1">'
        f'<g id="patch_1"><path d="M 0 {h.size} L {h.size} {h.size} L {h.size} 0 L 0 0 z" style="fill: #ffffff"/></g>'
        f'<g id="axes_1"><defs><path id="m1" d="M 0 0 L 0 {h.number(0.03, 0.1)}" style="stroke: #000000"/></defs>{ticks}'
        f'<path d="{h.lines()}" clip-path="url(#p1)" style="fill: none; stroke: #1f77b4; stroke-width: 1.5; '
        f'stroke-linecap: square"/><path d="{h.curves()}" style="fill: none; stroke: #000; stroke-dasharray: 3.7,1.6"/></g></g>'
        f'<defs><clipPath id="p1"><rect x="0" y="0" width="{h.size}" height="{h.size}"/></clipPath></defs></svg>'
    )


def kanjivg(h: Hand) -> str:
    """KanjiVG: attributes declared in the DTD, one path per stroke."""
    paths = "".join(
        f'<g id="kvg:{i}" kvg:element="x"><path id="kvg:s{i}" kvg:type="a" d="M{h.points(1, ",")}c{h.number(0, 0.1)},'
        f'{h.number(0, 0.1)},{h.number(0, 0.2)}-{h.number(0, 0.1)},{h.number(0, 0.3)},{h.number(0, 0.1)}"/></g>'
        for i in range(h.whole(2, 9))
    )
    doctype = (
        '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.0//EN" "http://www.w3.org/TR/2001/REC-SVG-20010904/DTD/svg10.dtd" [\n'
        '<!ATTLIST g\nxmlns:kvg CDATA #FIXED "http://kanjivg.tagaini.net"\nkvg:element CDATA #IMPLIED >\n'
        '<!ATTLIST path\nxmlns:kvg CDATA #FIXED "http://kanjivg.tagaini.net"\nkvg:type CDATA #IMPLIED >\n]>'
    )
    return (
        XML.format("UTF-8")
        + doctype
        + f'<svg {NS} width="{h.size}" height="{h.size}" viewBox="0 0 {h.size} {h.size}"><g id="kvg:StrokePaths" '
        'style="fill:none;stroke:#000000;stroke-width:3;stroke-linecap:round;stroke-linejoin:round;">'
        f'{paths}</g><g id="kvg:StrokeNumbers" style="font-size:8;fill:#808080"><text transform="matrix(1 0 0 1 9 9)">1</text>'
        "</g></svg>"
    )


def excalidraw(h: Hand) -> str:
    """Excalidraw: each element translated, and rotated about its center."""
    groups = "".join(
        f'<g stroke-linecap="round" transform="translate({h.number(0, 0.3)} {h.number(0, 0.3)}) '
        f'rotate({h.one(0, h.whole(0, 360))} {h.number(0.2, 0.4)} {h.number(0.2, 0.4)})"><path d="{h.curves()} {h.lines()}" '
        'stroke="#1e1e1e" stroke-width="1" fill="none"></path></g><mask></mask>'
        for _ in range(h.whole(2, 5))
    )
    return (
        f'<svg version="1.1" {NS} viewBox="0 0 {h.size} {h.size}" width="{h.size}" height="{h.size}"><!-- svg-source:excalidraw -->'
        '<metadata></metadata><defs><style class="style-fonts">@font-face { font-family: "Virgil"; src: url("x.woff2"); }'
        f'</style></defs><rect x="0" y="0" width="{h.size}" height="{h.size}" fill="#ffffff"></rect>{groups}</svg>'
    )


def potrace(h: Hand) -> str:
    """Potrace: only fills, units of 0.1 points, a flipped y axis."""
    large = Hand(h.whole(0, 1 << 30), h.size * 10)
    path = f"M{large.whole(100, 900)} {large.whole(100, 900)}" + "".join(
        f"c{' '.join(str(large.whole(-200, 200)) for _ in range(6))}l{large.whole(-99, 99)} {large.whole(-99, 99)}"
        for _ in range(large.whole(2, 6))
    )
    return (
        XML.format("UTF-8").replace("?>", ' standalone="no"?>')
        + '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 20010904//EN" "http://www.w3.org/TR/2001/REC-SVG-20010904/DTD/svg10.dtd">'
        f'<svg version="1.0" {NS} width="{h.size}pt" height="{h.size}pt" viewBox="0 0 {h.size} {h.size}" '
        'preserveAspectRatio="xMidYMid meet"><metadata>Created by potrace 1.16</metadata>'
        f'<g transform="translate(0.000000,{h.size}) scale(0.100000,-0.100000)" fill="#000000" stroke="none">'
        f'<path d="{path}z m40 -30 c10 20 30 -40 60 10z"/></g></svg>'
    )


def dvisvgm(h: Hand) -> str:
    """dvisvgm: reused glyphs, attributes in single quotes, one matrix."""
    glyphs = "".join(f"<path id='g0-{i}' d='{h.mixed()}'/>" for i in range(3))
    uses = "".join(
        f"<use x='{h.number(0, 0.3)}' y='{h.number(0, 0.3)}' xlink:href='#g0-{h.whole(0, 3)}'/>" for _ in range(4)
    )
    return (
        "<?xml version='1.0' encoding='UTF-8'?>"
        f"<svg version='1.1' {NS} width='{h.size}pt' height='{h.size}pt' viewBox='-10 -10 {h.size} {h.size}'><defs>{glyphs}</defs>"
        f"<g id='page1' transform='matrix(0.6 0 0 0.6 5 5)'>{uses}<rect x='10' y='{h.number()}' height='.4' width='60'/></g></svg>"
    )


def boxy(h: Hand) -> str:
    """Boxy SVG: CSS transforms about the center of the shape."""

    def turned() -> str:
        origin = h.one("50% 50%", "center", "0px 0px", f"{h.number()}px {h.number()}px", "left bottom")
        css = h.one(
            f"transform: rotate({h.whole(0, 90)}deg)", f"rotate: {h.whole(0, 90)}deg",
            f"transform: scale({h.number(0.005, 0.012)}, 0.8) skewX({h.whole(0, 30)}deg)", f"translate: {h.whole(0, 20)}px 5%",
        )  # fmt: skip
        box = h.one("fill-box", "view-box")  # no stroke-box, because the comparison changes the line width
        return f'style="fill: none; stroke: rgb(0, 0, 0); transform-box: {box}; transform-origin: {origin}; {css};"'

    return (
        XML.format("utf-8")
        + f'<svg viewBox="0 0 {h.size} {h.size}" {NS} xmlns:bx="https://boxy-svg.com"><defs><bx:grid x="0" y="0" width="10" '
        f'height="10"/></defs>{"".join(h.shape(turned()) for _ in range(h.whole(2, 5)))}<g {turned()}>{h.shapes()}</g></svg>'
    )


def web_icon(h: Hand) -> str:
    """Web icon: variables, color schemes, currentColor."""
    return (
        f'<svg {NS} viewBox="0 0 {h.size} {h.size}" width="1em" height="1em"><style>:root{{--line:#222;--none:transparent}}'
        "@media (prefers-color-scheme:dark){:root{--line:#eee}.light{display:none}}@media print{path{stroke:none}}"
        "@media (max-width:600px){.wide{display:none}}"
        "svg>*{fill:none;stroke:var(--line,red)}.off{stroke:var(--none)}.own{stroke:currentColor!important}"
        ":not(g)>circle:nth-child(2n+1){stroke-width:3}.dark{display:none}[data-hidden='1']{visibility:hidden}</style>"
        f"{h.shapes(CLASS_OWN)}{h.shapes(CLASS_OFF)}{h.shapes(CLASS_WIDE)}{h.shape(CLASS_DARK)}{h.shape(DATA_HIDDEN)}</svg>"
    )


CLASS_OWN, CLASS_OFF, CLASS_DARK = 'class="own"', 'class="off"', 'class="dark"'
CLASS_WIDE, DATA_HIDDEN = 'class="wide light"', 'data-hidden="1"'


def all_files(count: int) -> Iterator[tuple[str, str]]:
    """Yield the name and the text of each file; there are `count` files of each style."""
    from benchmarks.svg_styles_more import MORE

    styles: tuple[Callable[[Hand], str], ...] = (
        illustrator, illustrator_cc, inkscape, figma, sketch_app, drawio, graphviz, matplotlib, kanjivg, excalidraw,
        potrace, dvisvgm, boxy, web_icon, *MORE,
    )  # fmt: skip
    for number, style in enumerate(styles):
        for seed in range(count):
            yield f"{style.__name__}-{seed}", style(Hand(1000 * number + seed, float((100, 24, 640)[seed % 3])))
