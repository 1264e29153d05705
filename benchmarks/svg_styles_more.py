"""More styles for `benchmarks.svg_styles`: plotting programs, office programs, converters and the web."""

from __future__ import annotations

from benchmarks.svg_styles import NS, SVG11, XML, Hand


def affinity(h: Hand) -> str:
    """Affinity Designer: relative sizes and matrices."""
    style = 'style="fill:none;stroke:black;stroke-width:1px;"'
    return (
        XML.format("UTF-8").replace("?>", ' standalone="no"?>')
        + SVG11.format("")
        + f'<svg width="100%" height="100%" viewBox="0 0 {h.size} {h.size}" version="1.1" {NS} xml:space="preserve" '
        'xmlns:serif="http://www.serif.com/" style="fill-rule:evenodd;clip-rule:evenodd;stroke-linejoin:round;">'
        f'<g id="Artboard1" serif:id="Artboard 1" transform="matrix({h.number(0.005, 0.01)},0,0,1,{h.number(0, 0.1)},0)">'
        f'<rect x="0" y="0" width="{h.size}" height="{h.size}" style="fill:none;"/>{h.shapes(style)}'
        f'<g transform="matrix(0.866025,0.5,-0.5,0.866025,{h.number(0.1, 0.3)},{h.number(-0.1, 0.1)})">{h.shapes(style)}</g>'
        "</g></svg>"
    )


def corel(h: Hand) -> str:
    """CorelDRAW: classes in CDATA, units of 0.001 mm."""
    return (
        XML.format("UTF-8")
        + SVG11.format("")
        + f'<svg {NS} xml:space="preserve" width="{h.size}mm" height="{h.size}mm" style="shape-rendering:geometricPrecision" '
        f'viewBox="0 0 {h.size} {h.size}"><defs><style type="text/css"><![CDATA[ .str0 {{stroke:#1F1A17;stroke-width:1}} '
        f'.fil0 {{fill:none}} ]]></style></defs><g id="Layer_x0020_1"><metadata id="CorelCorpID_0Corel-Layer"/>'
        f"{h.shapes(CLASSES)}</g></svg>"
    )


CLASSES = 'class="fil0 str0"'


def libreoffice(h: Hand) -> str:
    """LibreOffice Draw: units of 0.01 mm, bounding boxes without paint, slides shown by scripts."""
    shapes = "".join(
        f'<g class="com.sun.star.drawing.CustomShape"><g id="id{i}"><rect class="BoundingBox" stroke="none" fill="none" x="1" '
        f'y="1" width="90" height="90"/><path fill="none" stroke="rgb(52,101,164)" d="{h.curves()}"/></g></g>'
        for i in range(h.whole(2, 5))
    )
    return (
        XML.format("UTF-8")
        + SVG11.format("")
        + f'<svg version="1.2" width="{h.size}mm" height="{h.size}mm" viewBox="0 0 {h.size} {h.size}" {NS} '
        'xmlns:ooo="http://xml.openoffice.org/svg/export" preserveAspectRatio="xMidYMid" fill-rule="evenodd" '
        'stroke-width="28.222" stroke-linejoin="round" xml:space="preserve"><defs class="ClipPathGroup"><clipPath '
        f'id="presentation_clip_path" clipPathUnits="userSpaceOnUse"><rect x="0" y="0" width="{h.size}" height="{h.size}"/>'
        '</clipPath></defs><defs class="TextShapeIndex"><g ooo:slide="id1" ooo:id-list="id3"/></defs><g class="SlideGroup">'
        f'<g id="container-id1"><g id="id1" class="Slide" clip-path="url(#presentation_clip_path)"><g class="Page">{shapes}'
        "</g></g></g></g></svg>"
    )


def visio(h: Hand) -> str:
    """Visio: translated and rotated shapes, classes, elements of a Visio namespace."""
    groups = "".join(
        f'<g id="shape{i}-1" v:mID="{i}" transform="translate({h.number(0, 0.3)},-{h.number(0, 0.2)}) rotate({h.whole(0, 40)})">'
        f"<title>Sheet.{i}</title><v:userDefs/>{h.shape(CLASS_1)}</g>"
        for i in range(h.whole(2, 5))
    )
    return (
        XML.format("UTF-8").replace("?>", ' standalone="no"?>')
        + f'<svg {NS} xmlns:v="http://schemas.microsoft.com/visio/2003/SVGExtensions/" width="{h.size / 72:.4f}in" '
        f'height="{h.size / 72:.4f}in" viewBox="0 0 {h.size} {h.size}" class="st9"><v:documentProperties v:langID="1033"/>'
        '<style type="text/css"><![CDATA[ .st1 {fill:none;stroke:#000000;stroke-linecap:round;stroke-width:0.75}'
        f' .st9 {{fill:none;fill-rule:evenodd;overflow:visible}} ]]></style><g v:mID="0"><title>Page-1</title>{groups}</g></svg>'
    )


CLASS_1 = 'class="st1"'


def svglite(h: Hand) -> str:
    """R's svglite: descendant selectors for all shapes, overridden by style attributes."""
    return (
        XML.format("UTF-8")
        + f"<svg {NS} class='svglite' width='{h.size}pt' height='{h.size}pt' viewBox='0 0 {h.size} {h.size}'><defs>"
        "<style type='text/css'><![CDATA[ .svglite line, .svglite polyline, .svglite polygon, .svglite path, .svglite rect, "
        ".svglite circle { fill: none; stroke: #000000; stroke-linecap: round; stroke-linejoin: round; } ]]></style></defs>"
        "<rect width='100%' height='100%' style='stroke: none; fill: #FFFFFF;'/><defs><clipPath id='cp'><rect x='0' y='0' "
        f"width='{h.size}' height='{h.size}'/></clipPath></defs><g clip-path='url(#cp)'>{h.shapes()}"
        f"{h.shape(NO_STROKE)}{h.shape('style=' + chr(39) + 'stroke-width: 1.07;' + chr(39))}</g></svg>"
    )


NO_STROKE = "style='stroke-width: 0.75; stroke: none; fill: none;'"


def gnuplot(h: Hand) -> str:
    """Gnuplot: point marks by `use`, currentColor from groups, double spaces in paths."""
    marks = "".join(
        f"<use xlink:href='#gpPt{h.whole(0, 3)}' transform='translate({h.number()},{h.number()}) scale(4.50)' color='rgb(0,0,0)'/>"
        for _ in range(h.whole(2, 6))
    )
    return (
        XML.format("utf-8").replace("?>", ' standalone="no"?>')
        + f'<svg width="{h.size}" height="{h.size}" viewBox="0 0 {h.size} {h.size}" {NS}><title>Gnuplot</title><defs>'
        "<circle id='gpDot' r='0.5' stroke-width='0.5' stroke='currentColor'/><path id='gpPt0' stroke-width='0.222' "
        "stroke='currentColor' d='M-1,0 h2 M0,-1 v2'/><path id='gpPt1' stroke-width='0.222' stroke='currentColor' "
        "d='M-1,-1 L1,1 M1,-1 L-1,1'/><rect id='gpPt2' x='-1' y='-1' width='2' height='2' stroke='currentColor' "
        "stroke-width='0.222' fill='none'/></defs><g fill='none' color='white' stroke='currentColor' stroke-width='1.00'></g>"
        f'<g fill="none" color="black" stroke="currentColor" stroke-width="1.00"><path stroke=\'gray\' stroke-dasharray=\'2,4\' '
        f"d='{h.lines().replace('L', '  L')}  '/>{marks}</g><g style=\"fill:none; color:transparent; stroke:currentColor\">"
        f"<path d='{h.lines()}'/></g></svg>"
    )


def cairo(h: Hand) -> str:
    """Cairo and pdf2svg: colors in percent, a matrix for each path."""
    ink = (
        'fill="none" stroke-width="1" stroke-linecap="butt" stroke="rgb(0%, 0%, 0%)" stroke-opacity="1" '
        f'transform="matrix(1, 0, 0, {h.one("-1", "0.5")}, 0, {h.size * 0.95})"'
    )
    s = h.size
    return (
        XML.format("UTF-8")
        + f'<svg {NS} width="{s}pt" height="{s}pt" viewBox="0 0 {s} {s}"><defs><g><g id="glyph-0-0"><path '
        f'd="{h.lines(close=True)}"/></g></g></defs><rect x="-10" y="-10" width="{s * 1.2}" height="{s * 1.2}" '
        f'fill="rgb(100%, 100%, 100%)" fill-opacity="1"/>{"".join(f"<path {ink} d={Q}{h.curves()}{Q}/>" for _ in range(3))}'
        '<g fill="rgb(0%, 0%, 0%)" fill-opacity="1"><use xlink:href="#glyph-0-0" x="3" y="4"/></g></svg>'
    )


Q = '"'


def plotly(h: Hand) -> str:
    """Plotly: nested groups with long styles, transparent strokes."""
    style = 'style="vector-effect: none; fill: none; stroke: rgb(99, 110, 250); stroke-opacity: 1; stroke-width: 2px; opacity: 1;"'
    off = 'style="fill: none; stroke: rgb(0, 0, 0); stroke-opacity: 0; stroke-width: 0px; fill-opacity: 0;"'
    return (
        f'<svg class="main-svg" {NS} width="{h.size}" height="{h.size}" viewBox="0 0 {h.size} {h.size}" style="">'
        f'<rect x="0" y="0" width="{h.size}" height="{h.size}" style="fill: rgb(255, 255, 255); fill-opacity: 1;"/>'
        f'<g class="cartesianlayer"><g class="subplot xy"><g class="plot" transform="translate({h.number(0, 0.1)},'
        f'{h.number(0, 0.1)})" clip-path="url(#no)"><g class="scatterlayer mlayer"><g class="trace">{h.shapes(style)}</g></g></g>'
        f'</g></g><g class="draglayer">{h.shapes(off)}</g><g class="infolayer"><text x="0">a</text></g></svg>'
    )


def mermaid(h: Hand) -> str:
    """Mermaid: selectors with the ID of the root, no height, markers."""
    return (
        f'<svg id="mermaid-1" width="100%" {NS} class="flowchart" viewBox="-8 -8 {h.size + 16} {h.size + 16}" '
        'style="max-width: 300px;" role="graphics-document document"><style>#mermaid-1{font-size:16px;fill:#333;}'
        "#mermaid-1 .edge-thickness-normal{stroke-width:2px;}#mermaid-1 .flowchart-link{stroke:#333333;fill:none;}"
        "#mermaid-1 .node rect,#mermaid-1 .node circle,#mermaid-1 .node polygon,#mermaid-1 .node path,#mermaid-1 .node line,"
        "#mermaid-1 .node polyline,#mermaid-1 .node ellipse{fill:#ECECFF;stroke:#9370DB;stroke-width:1px;}"
        "#mermaid-1 :root{--mermaid-font-family:x;}@keyframes edge{from{stroke-dashoffset:0;}}</style><g>"
        '<marker id="end" viewBox="0 0 10 10" refX="6" refY="5" markerWidth="12" markerHeight="12" orient="auto">'
        '<path d="M 0 0 L 10 5 L 0 10 z"/></marker><g class="root"><g class="edgePaths"><path d="'
        f'{h.curves()}" class="edge-thickness-normal flowchart-link" style="fill:none;" marker-end="url(#end)"/></g>'
        f'<g class="nodes"><g class="node default" transform="translate({h.number(0, 0.2)}, 5)">{h.shapes()}'
        '<g class="label"><foreignObject width="9" height="9"><div xmlns="http://www.w3.org/1999/xhtml">a</div></foreignObject>'
        "</g></g></g></g></g></svg>"
    )


def sprite(h: Hand) -> str:
    """Sprite: symbols with viewBoxes, used at several sizes."""
    n = h.number
    uses = "".join(
        f'<use href="#i{h.whole(0, 2)}" x="{n(0, 0.5)}" y="{n(0, 0.5)}" width="{n(0.2, 0.5)}" height="{n(0.2, 0.5)}" '
        f'stroke="{h.one("black", "none", "#0f08")}"/>'
        for _ in range(h.whole(2, 6))
    )
    fit = h.one("xMinYMin slice", "none", "xMaxYMid", "xMidYMid meet")
    return (
        f'<svg {NS} viewBox="0 0 {h.size} {h.size}"><symbol id="i0" viewBox="0 0 {h.size} {h.size}" fill="none" '
        f'preserveAspectRatio="{fit}">{h.shapes()}</symbol><symbol id="i1" viewBox="0 0 {h.size} {h.size * 2}" fill="none">'
        f'{h.shapes()}</symbol>{uses}<svg x="{n(0, 0.5)}" y="{n(0, 0.5)}" width="40%" height="{n(0.2, 0.4)}" '
        f'viewBox="0 0 {h.size} {h.size}" preserveAspectRatio="{fit}" fill="none" stroke="black">{h.shapes()}</svg></svg>'
    )


def qt(h: Hand) -> str:
    """Qt: SVG Tiny, pen attributes on groups."""
    groups = "".join(
        f'<g fill="none" stroke="#000000" stroke-opacity="{h.one(1, 1, 0)}" stroke-width="1" stroke-linecap="square" '
        f'transform="matrix(1,0,0,1,{h.number(0, 0.2)},{h.number(0, 0.2)})" font-size="9">{h.shape(NON_SCALING)}</g>'
        for _ in range(h.whole(3, 7))
    )
    return (
        XML.format("UTF-8").replace("?>", ' standalone="no"?>')
        + f'<svg width="{h.size * 0.3528:.3f}mm" height="{h.size * 0.3528:.3f}mm" viewBox="0 0 {h.size} {h.size}" {NS} version="1.2" '
        f'baseProfile="tiny"><title>Qt SVG Document</title><defs></defs>{groups}</svg>'
    )


NON_SCALING = 'vector-effect="non-scaling-stroke"'

MORE = (
    affinity, corel, libreoffice, visio, svglite, gnuplot, cairo, plotly, mermaid, sprite, qt,
)  # fmt: skip
