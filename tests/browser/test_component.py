"""The component in pages from a server and from disk."""

import json
import shutil
import subprocess

import pytest

import sketchkit
from sketchkit.widgets.export.model_file import model_file

from .conftest import AXE, ROOT
from .gestures import stroke
from .site import STATE, sentence, until

LINE = {"start": [20, 20], "rows": [100, 50, 0, 30, 0, 1]}


def test_complete_answers_a_stroke_and_sends_events(visit):
    page = visit('<sketch-complete model="kanji.sk" speed="instant"></sketch-complete>')
    until(page, "sketch-complete", "doneMs")
    page.evaluate("""() => {
      window.events = [];
      const keep = (event) => events.push([event.type, Object.keys(event.detail)]);
      for (const name of ["stroke", "result"]) addEventListener(name, keep);
    }""")
    stroke(page, page.locator("sketch-complete .sk-pad"), (0.2, 0.3), (0.8, 0.3))
    page.wait_for_function("document.querySelector('sketch-complete').by_model.includes(true)")
    events = page.evaluate("events")
    assert ["stroke", ["sketch"]] in events
    assert ["result", ["by_model", "completion"]] in events
    drawn = page.evaluate("document.querySelector('sketch-complete').completion.rows.length")
    assert drawn > page.evaluate("document.querySelector('sketch-complete').sketch.rows.length") > 0
    assert page.evaluate("document.querySelector('sketch-complete').toSVG()").startswith("<svg")


@pytest.mark.parametrize(
    ("tag", "attributes", "selector"),
    [
        ("sketch-morph", 'model="kanji.sk"', ".sk-strip path.sk-ink[d^='M']"),
        ("sketch-reconstruct", 'model="kanji.sk"', ".sk-grid path.sk-ink[d^='M']"),
        ("sketch-temperature-slider", 'model="omniglot.sk"', ".sk-strip path.sk-ink[d^='M']"),
        ("sketch-latent-slider", 'model="kanji.sk"', ".sk-strip path.sk-ink[d^='M']"),
        ("sketch-next-point", 'model="omniglot.sk"', "circle.sk-pen"),
        ("sketch-gallery", f"drawings='[{json.dumps(LINE)}]'", ".sk-gallery path.sk-ink[d^='M']"),
        ("sketch-gallery", """drawings='["1._QLAAsACwAygBg"]' names="Ada" """, ".sk-gallery path.sk-ink[d^='M']"),
    ],
)
def test_element_shows_its_widget(visit, tag, attributes, selector):
    page = visit(f"<{tag} {attributes}></{tag}>")
    page.locator(f"{tag} {selector}").first.wait_for(state="attached")
    assert page.locator(f"{tag} .sk-problems:visible").count() == 0


def test_drawings_of_element_equal_those_of_python(visit):
    page = visit(
        '<sketch-temperature-slider model="omniglot.sk" seed="5" temperature="0.4"></sketch-temperature-slider>'
    )
    page.wait_for_function("document.querySelector('sketch-temperature-slider').sketch.rows.length > 0")
    rows = page.evaluate("document.querySelector('sketch-temperature-slider').sketch.rows")
    wanted = sketchkit.load("omniglot").generate(1, seed=5, temperature=0.4)[0]
    assert rows == pytest.approx(wanted.offsets.reshape(-1).tolist(), rel=1e-3, abs=0.05)


def test_pad_makes_no_request_and_its_properties_set_and_get_the_drawing(visit):
    page = visit('<sketch-pad id="pad"></sketch-pad>')
    until(page, "#pad", "ready")
    page.evaluate("line => { pad.sketch = line; }", LINE)
    assert page.locator("#pad .sk-pad").get_attribute("data-strokes") == "1"
    assert page.evaluate("pad.sketch") == LINE
    page.evaluate("() => { pad.sketch = [[[0, 0], [10, 10]], [[5, 0], [5, 9], [7, 7]]]; }")
    assert page.locator("#pad .sk-pad").get_attribute("data-strokes") == "2"
    assert page.evaluate("pad.toSVG().match(/<path/g).length") == 2
    assert page.requested == ["page.html", "sketchkit.js"]


def test_properties_set_before_the_definition_or_as_strings_are_used(visit):
    before = "<script>pad.sketch = [[[0, 0], [9, 9]]]; pad.epsilon = '0.5'; pad.collect = '';</script>"
    page = visit(f'<sketch-pad id="pad"></sketch-pad>{before}')
    page.locator("#pad").get_by_role("button", name="Keep").wait_for()
    assert page.evaluate("[pad.sketch.rows.length, pad.epsilon]") == [3, 0.5]


def test_model_is_loaded_with_progress_when_the_element_comes_into_view(visit):
    listen = "<script>loaded = []; below.addEventListener('progress', e => loaded.push([e.loaded, e.total]))</script>"
    page = visit(
        f'<div style="height:3000px"></div><sketch-complete id="below" model="kanji.sk"></sketch-complete>{listen}'
    )
    page.wait_for_function("!!customElements.get('sketch-complete')")
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
    assert page.requested == ["page.html", "sketchkit.js"]
    page.locator("#below").scroll_into_view_if_needed()
    until(page, "#below", "doneMs")
    loaded = page.evaluate("loaded")
    size = (ROOT / "pretrained/kanji/model.safetensors").stat().st_size
    assert loaded[-1][0] == loaded[-1][1] > size / 2


def test_elements_share_one_file_and_one_worker(visit):
    tag = '<sketch-complete model="kanji.sk"></sketch-complete>'
    page = visit(f"{tag}{tag}<sketch-morph model='./kanji.sk' loading='eager'></sketch-morph>")
    page.wait_for_function(f"[...document.querySelectorAll('sketch-complete')].every({STATE.format('doneMs')})")
    page.locator("sketch-morph .sk-strip path.sk-ink[d^='M']").first.wait_for(state="attached")
    assert page.requested.count("kanji.sk") == 1
    assert len(page.workers) <= page.evaluate("Math.min(navigator.hardwareConcurrency, 4)")


def test_element_in_iframe_of_the_same_origin_shares_file_and_worker(visit, site):
    inner = (
        '<!doctype html><sketch-next-point model="kanji.sk"></sketch-next-point><script src="sketchkit.js"></script>'
    )
    site.answer("inner.html", inner.encode())
    one_core = "Object.defineProperty(Navigator.prototype, 'hardwareConcurrency', { get: () => 1 })"
    page = visit('<sketch-next-point model="kanji.sk"></sketch-next-point>', script=one_core)
    until(page, "sketch-next-point", "frames")
    page.evaluate("document.body.append(Object.assign(document.createElement('iframe'), { src: 'inner.html' }))")
    page.frame_locator("iframe").locator("circle.sk-pen").wait_for(state="attached")
    assert page.requested.count("kanji.sk") == 1
    assert len(page.workers) == 1


def test_user_can_choose_another_model(visit):
    page = visit('<sketch-next-point model="kanji.sk" models="omniglot.sk"></sketch-next-point>')
    until(page, "sketch-next-point", "frames")
    assert "omniglot.sk" not in page.requested
    page.locator("sketch-next-point summary").filter(has_text="Model").click()
    page.locator("sketch-next-point").get_by_role("button", name="omniglot").click()
    page.locator("sketch-next-point .sk-current").filter(has_text="omniglot").wait_for()
    page.locator("sketch-next-point .sk-status").filter(has_text="Loading").wait_for(state="detached")
    assert "omniglot.sk" in page.requested


def test_page_from_disk_loads_models_from_scripts(opened, component):
    path = component / "disk.html"
    path.write_text(
        '<!doctype html><sketch-complete model="kanji.sk"></sketch-complete><script src="sketchkit.js"></script>'
    )
    until(opened(path), "sketch-complete", "doneMs")


def test_script_of_a_model_is_loaded_from_a_server(visit):
    page = visit('<sketch-next-point model="kanji.sk.js" models="omniglot.sk.js"></sketch-next-point>')
    until(page, "sketch-next-point", "frames")
    assert [path for path in page.requested if ".sk" in path] == ["kanji.sk.js"]
    page.locator("sketch-next-point summary").filter(has_text="Model").click()
    page.locator("sketch-next-point").get_by_role("button", name="omniglot", exact=True).wait_for()


def test_model_contained_in_the_page_draws(visit, component):
    script = (component / "kanji.sk.js").read_text().split('"')[1]
    page = visit(f'<script type="text/plain" id="kanji">{script}</script><sketch-morph model="#kanji"></sketch-morph>')
    page.locator("sketch-morph .sk-strip path.sk-ink[d^='M']").first.wait_for(state="attached")
    assert page.requested[:2] == ["page.html", "sketchkit.js"]
    assert not [path for path in page.requested if path.endswith(".sk")]


def test_element_shows_its_slots_hides_its_picture_and_uses_color_variables(visit):
    page = visit(
        """<style>sketch-pad { --sketch-paper: rgb(250, 240, 200); --sketch-ink: rgb(90, 30, 30) }</style>
        <sketch-pad id="pad"><p slot="task">Draw a house.</p><img alt="a house"><p slot="after">Thanks!</p>
        </sketch-pad>"""
    )
    until(page, "#pad", "ready")
    page.get_by_text("Draw a house.").wait_for()
    page.get_by_text("Thanks!").wait_for()
    assert not page.get_by_alt_text("a house").is_visible()
    style = page.locator("#pad .sk-pad").evaluate(
        "e => [getComputedStyle(e).backgroundColor, getComputedStyle(e).color]"
    )
    assert style == ["rgb(250, 240, 200)", "rgb(90, 30, 30)"]


def test_picture_is_shown_in_page_without_javascript(visit):
    page = visit(
        '<sketch-complete model="kanji.sk"><img alt="a tree"></sketch-complete>',
        java_script_enabled=False,
    )
    assert page.get_by_alt_text("a tree").is_visible()


def test_print_shows_the_drawing_without_controls(visit):
    page = visit(f"<sketch-pad id='pad' sketch='{json.dumps(LINE)}'></sketch-pad>")
    until(page, "#pad", "ready")
    page.emulate_media(media="print")
    assert page.locator("#pad .sk-pad path.sk-ink").first.is_visible()
    assert page.locator("#pad button:visible").count() == 0


def test_moved_element_keeps_its_drawing(visit):
    page = visit('<sketch-pad id="pad"></sketch-pad><div id="other"></div>')
    until(page, "#pad", "ready")
    stroke(page, page.locator("#pad .sk-pad"), (0.2, 0.3), (0.8, 0.3))
    page.evaluate("other.append(pad)")
    assert page.locator("#pad .sk-pad").get_attribute("data-strokes") == "1"
    page.evaluate("() => { window.gone = pad; pad.remove(); return new Promise((done) => setTimeout(done)); }")
    page.evaluate("document.body.append(gone)")
    assert page.locator("#pad .sk-pad").get_attribute("data-strokes") == "1"


def test_right_to_left_page_fits_its_width(visit):
    page = visit(
        '<sketch-complete model="kanji.sk"></sketch-complete>', direction="rtl", viewport={"width": 390, "height": 800}
    )
    until(page, "sketch-complete", "doneMs")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    undo = page.locator("sketch-complete").get_by_role("button", name="Undo").bounding_box()
    assert undo["x"] > 195


@pytest.mark.parametrize(
    ("tag", "attributes", "expected"),
    [
        ("sketch-complete", 'model="missing.sk"', "The model missing could not be loaded: the server answered 404."),
        (
            "sketch-complete",
            'model="missing.sk.js"',
            "The model missing could not be loaded: missing.sk.js is not available.",
        ),
        ("sketch-complete", 'model="page.html"', "page.html is not a model file of sketchkit (.sk)."),
        ("sketch-complete", 'model="http://[bad"', "Failed to construct 'URL': Invalid URL"),
        ("sketch-complete", 'model="#nothing"', "The page has no element #nothing with a model."),
        ("sketch-complete", "", 'Give the address of a model file: <sketch-complete model="kanji.sk">.'),
        ("sketch-guess", 'model="kanji.sk"', "Guess needs a model with two or more categories; kanji has fewer."),
        ("sketch-morph", 'model="omniglot.sk"', "Morph needs a model with a latent code; omniglot has none."),
    ],
)
def test_unusable_model_shows_a_message_next_to_the_picture(visit, tag, attributes, expected):
    page = visit(f'<{tag} {attributes}><img alt="a tree"></{tag}>')
    assert sentence(page, tag) == expected
    assert page.get_by_alt_text("a tree").is_visible()


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda data: data[:-1000], "is incomplete: expected"),
        (lambda data: data[:10], "is incomplete: expected"),
        (lambda data: b"", "is incomplete: expected"),
        (lambda data: data + b"x", "is damaged."),
        (lambda data: data[:8] + b"\x02" + data[9:], "is a model file of version 2; this page reads version 1."),
        (lambda data: data[:12] + b"\xff\xff\xff\xff" + data[16:], "is damaged."),
        (lambda data: data.replace(b'"scale": ', b'"scale":-', 1), "is damaged."),
        (lambda data: data.replace(b'"dec_rnn_size": ', b'"dec_rnn_size":1', 1), "tensor decoder"),
        (lambda data: data[:-64] + b"\xff" * 64, "not finite"),
    ],
)
def test_damaged_model_file_shows_a_message(visit, site, component, change, expected):
    site.answer("changed.sk", change((component / "kanji.sk").read_bytes()))
    page = visit('<sketch-next-point model="changed.sk"></sketch-next-point>')
    message = page.locator("sketch-next-point .sk-error").filter(has_text=expected)
    message.first.wait_for()


@pytest.mark.parametrize(
    ("attribute", "expected"),
    [
        ('epsilon="soft"', "epsilon: expected a number of at least 0, got “soft”."),
        ('epsilon="-1"', "epsilon: expected a number of at least 0, got “-1”."),
        ('collect="maybe"', "collect: expected true or false, got “maybe”."),
        (
            "sketch='{\"rows\": [1, 2]}'",
            'sketch: expected a drawing as JSON, or the string from a link, got “{"rows": [1, 2]}”.',
        ),
        (
            "sketch='[[[0, null]]]'",
            "sketch: expected a drawing as JSON, or the string from a link, got “[[[0, null]]]”.",
        ),
        ('sketch="9.AAAA"', "The link has version 9; this page reads version 1."),
    ],
)
def test_attribute_of_wrong_type_shows_a_message_and_uses_the_default(visit, attribute, expected):
    page = visit(f'<sketch-pad id="pad" {attribute}></sketch-pad>')
    assert sentence(page, "#pad") == expected
    until(page, "#pad", "ready")
    assert page.evaluate("[pad.epsilon, pad.collect, pad.sketch.rows.length]") == [2, False, 0]
    page.evaluate("() => { pad.epsilon = 1; pad.collect = true; pad.sketch = null; }")
    assert page.locator("#pad .sk-problems:visible").count() == 0


def test_drawing_of_a_million_points_shows_a_message(visit):
    page = visit('<sketch-pad id="pad"></sketch-pad>')
    until(page, "#pad", "ready")
    page.evaluate("() => { pad.sketch = { start: [0, 0], rows: new Float32Array(3e6) }; }")
    assert sentence(page, "#pad") == "The drawing has 1,000,000 points; a drawing has at most 200,000."


@pytest.mark.parametrize(
    "policy", ["worker-src 'none'", "script-src 'self'; worker-src 'self'", "default-src 'self'; style-src 'none'",
               "require-trusted-types-for 'script'"]
)  # fmt: skip
def test_page_with_strict_policy_draws_without_workers_and_webassembly(visit, policy):
    page = visit('<sketch-complete model="kanji.sk"></sketch-complete>', headers={"Content-Security-Policy": policy})
    until(page, "sketch-complete", "doneMs")
    assert page.locator("sketch-complete .sk-error:visible").count() == 0


def test_page_whose_policy_forbids_the_model_shows_a_message(visit):
    policy = {"Content-Security-Policy": "connect-src 'none'"}
    page = visit('<sketch-complete model="kanji.sk"></sketch-complete>', headers=policy)
    assert sentence(page, "sketch-complete").startswith("The model kanji could not be loaded: Failed to fetch")


def test_import_on_a_server_does_nothing(component):
    node = shutil.which("node")
    if node is None:
        pytest.skip("needs Node.js, which is not installed")
    code = f"import({json.dumps((component / 'sketchkit.js').as_uri())}).then(() => console.log('imported'))"
    ran = subprocess.run([node, "-e", code], capture_output=True, text=True, check=False)
    assert ran.stdout.strip() == "imported", ran.stderr


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_elements_pass_the_accessibility_checks(visit, scheme):
    if not AXE.exists():
        pytest.skip("needs axe-core, which is not installed")
    style = "<style>:root { color-scheme: light dark } body { background: light-dark(#fff, #101114) }</style>"
    elements = (
        '<sketch-complete model="kanji.sk" models="omniglot.sk" variants="2" link loading="eager"></sketch-complete>'
        '<sketch-morph model="kanji.sk" loading="eager"></sketch-morph>'
        '<sketch-pad collect loading="eager"></sketch-pad>'
    )
    page = visit(f"{style}<main><h1>Draw</h1>{elements}</main>", color_scheme=scheme)
    until(page, "sketch-complete", "doneMs")
    page.locator("sketch-morph .sk-strip path.sk-ink[d^='M']").first.wait_for(state="attached")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    bad = page.evaluate(
        "async () => (await axe.run()).violations.filter(({ impact }) => ['serious', 'critical'].includes(impact))"
        ".map(({ id, nodes }) => [id, nodes[0].html])"
    )
    assert bad == []


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ('z_a="1, 2, 3"', "z_a: expected 64 numbers, got 3."),
        ('path="[[1, 2], [3, 4]]"', "path: expected 64 numbers, got 2."),
        ('path="[1, 2]"', "path: expected lists of numbers, got “[1, 2]”."),
    ],
)
def test_codes_of_another_size_show_a_message_and_use_the_default(visit, attributes, expected):
    page = visit(f'<sketch-morph model="kanji.sk" {attributes}></sketch-morph>')
    assert sentence(page, "sketch-morph") == expected
    page.locator("sketch-morph .sk-strip path.sk-ink[d^='M']").first.wait_for(state="attached")


def test_guess_has_probabilities_and_latent_sliders_have_a_slider_for_each_direction(visit, site):
    site.answer("quickdraw.sk", model_file(sketchkit.load("quickdraw")))
    page = visit(
        '<sketch-guess model="quickdraw.sk" category="rabbit"></sketch-guess>'
        '<sketch-latent-sliders id="sliders" model="quickdraw.sk"></sketch-latent-sliders>'
        "<script>sliders.directions = { size: Array(128).fill(0.1) }</script>"
    )
    page.locator("sketch-guess .sk-pad").wait_for()
    stroke(page, page.locator("sketch-guess .sk-pad"), (0.2, 0.3), (0.8, 0.3))
    page.wait_for_function("document.querySelector('sketch-guess').probabilities.length > 1")
    page.locator("#sliders").get_by_role("slider", name="size").wait_for()
