"""Widgets under the constraints of programs that cannot be run here: Visual Studio Code and Google Colab.

Each test applies one constraint that the source code, the documentation or the issues of such a program describe. The
table in `docs/howto/hosts.md` lists the constraints.
"""

import json

import pytest

from sketchkit.widgets import Complete, LatentMap, SketchPad

from .gestures import saved, stroke
from .host import OUTPUT, Host

pytestmark = pytest.mark.long

#: The policy of Visual Studio Code's setting `notebook.experimental.enableCsp`. It does not allow modules from a Blob,
#: which anywidget needs, so `blob:` is added.
VS_CODE = (
    f"default-src 'none'; script-src {OUTPUT} 'unsafe-inline' 'unsafe-eval' blob:; style-src {OUTPUT} 'unsafe-inline'; "
    f"img-src {OUTPUT} https: http: data:; font-src {OUTPUT} https:; connect-src https:; child-src https: data:"
)
#: Attributes of the frame around the outputs of a notebook in Visual Studio Code, and of each output in Colab.
VS_CODE_SANDBOX = "allow-same-origin allow-pointer-lock allow-scripts allow-downloads allow-forms"
VS_CODE_ALLOW = "cross-origin-isolated; autoplay; local-network-access; clipboard-read; clipboard-write"
COLAB_SANDBOX = (
    "allow-forms allow-scripts allow-popups allow-same-origin allow-pointer-lock allow-popups-to-escape-sandbox"
)
#: Largest message from the page that Colab is known to transmit, in bytes.
COLAB_MESSAGE = 1_000_000
#: A page whose storage and clipboard raise errors.
NO_STORAGE = """
const { prototype } = Navigator;
for (const [owner, name] of [[window, "localStorage"], [window, "sessionStorage"], [window, "indexedDB"],
    [window, "caches"], [Document.prototype, "cookie"], [prototype, "clipboard"], [prototype, "storage"]]) {
  Object.defineProperty(owner, name, { get() { throw new DOMException("Access is denied.", "SecurityError"); } });
}
"""


@pytest.fixture
def show(chromium):
    """Return a function that shows a widget in a host with constraints."""
    contexts = []

    def show(widget, **constraints):
        contexts.append(chromium.new_context(viewport={"width": 1000, "height": 1000}, accept_downloads=True))
        return Host(contexts[-1].new_page(), widget, **constraints)

    yield show
    for context in contexts:
        context.close()


def complete():
    return Complete("kanji", variants=1, seed=7)


def draws(host):
    """Draw a stroke, and check that it reaches Python and that the model answers in the page."""
    pad = host.frame.locator(".sk-pad")
    pad.wait_for()
    host.frame.locator(".sk-widget[data-ready]").wait_for()
    stroke(host.page, pad, (0.3, 0.3), (0.7, 0.3))
    host.until(lambda: host.widget.sketch.num_strokes == 1 and len(host.widget.drawings) == 1)
    drawn = host.frame.locator(".sk-choice path.sk-ink[d^='M']").first
    drawn.wait_for(state="attached")
    assert host.frame.locator(".sk-error:visible").count() == 0
    assert host.errors == []


@pytest.mark.parametrize(
    ("policy", "blocked"),
    [
        pytest.param(VS_CODE, "worker-src blob", id="worker"),
        pytest.param(VS_CODE.replace(" 'unsafe-eval'", ""), "script-src wasm-eval", id="WebAssembly"),
        pytest.param("style-src 'none'", "style-src-elem inline", id="styles"),
        pytest.param("require-trusted-types-for 'script'", "require-trusted-types-for", id="scripts from text"),
    ],
)
def test_widget_works_under_a_strict_policy(show, policy, blocked):
    host = show(complete(), policy=policy, sandbox=VS_CODE_SANDBOX, allow=VS_CODE_ALLOW)
    draws(host)
    assert any(text.startswith(blocked) for text in host.blocked), host.blocked


@pytest.mark.parametrize(("sandbox", "origin"), [("allow-scripts", "null"), (COLAB_SANDBOX, OUTPUT)])
def test_widget_works_in_sandbox(show, sandbox, origin):
    host = show(complete(), sandbox=sandbox)
    draws(host)
    assert host.frame.locator("body").evaluate("() => [origin, parent === window]") == [origin, False]


def test_widget_works_without_storage_and_clipboard(show):
    host = show(complete(), sandbox="allow-scripts", script=NO_STORAGE)
    draws(host)
    host.frame.locator(".sk-menu > summary").first.click()
    host.frame.get_by_role("button", name="Copy as SVG").first.click()
    host.frame.get_by_text("The browser refused: Access is denied.").wait_for()
    host.frame.locator(".sk-menu > summary").first.click()
    host.frame.get_by_role("button", name="Copy as PNG").first.click()
    host.frame.get_by_text("The browser refused: Access is denied.").wait_for()
    assert host.errors == []


def test_file_is_saved_from_the_frame_of_vs_code(show):
    host = show(complete(), policy=VS_CODE, sandbox=VS_CODE_SANDBOX, allow=VS_CODE_ALLOW)
    draws(host)
    for name, start in (("PNG", b"\x89PNG"), ("SVG", b"<svg"), ("GIF", b"GIF8")):
        host.frame.locator(".sk-menu > summary").first.click()
        file, content = saved(host.page, host.frame.get_by_role("button", name=f"Save as {name}", exact=True).first)
        assert file.endswith(name.lower())
        assert content.startswith(start)


@pytest.mark.parametrize("allow", ["", "fullscreen"])
def test_full_screen_button_is_shown_only_where_the_frame_allows_full_screen(show, allow):
    for widget in (SketchPad(), LatentMap("doodles", limit=20)):
        host = show(widget, allow=allow)
        host.frame.locator(".sk-widget[data-ready]").wait_for()
        button = host.frame.get_by_role("button", name="Full screen")
        assert button.count() == (1 if allow else 0)


def test_keys_reach_the_program_only_if_they_are_its_shortcuts(show):
    # Visual Studio Code handles the keys that reach the window of the frame, for example Ctrl+S to save the notebook.
    host = show(complete())
    draws(host)
    host.frame.locator("body").evaluate(
        "() => { window.keys = []; addEventListener('keydown', (e) => keys.push(e.key)); }"
    )
    for element in (host.frame.locator(".sk-pad"), host.frame.get_by_role("slider", name="Temperature")):
        element.focus()
        for key in ("Control+s", "Control+z", "Control+Shift+P", "d", "Enter", "Control+a", "Meta+Enter"):
            host.page.keyboard.press(key)
        keys = host.frame.locator("body").evaluate(
            "() => keys.splice(0).filter((key) => !/Control|Shift|Meta/.test(key))"
        )
        assert keys == ["s", "P", "Enter"]


@pytest.mark.parametrize("view", ["DataView", "Uint8Array", "part"])
def test_widget_reads_each_kind_of_binary_data(show, view):
    draws(show(complete(), view=view))


def test_widget_works_in_two_frames_that_cannot_access_each_other(show):
    host = show(complete(), sandbox="allow-scripts", frames=2)
    for number in range(2):
        frame = host.page.frame_locator("iframe").nth(number)
        frame.locator(".sk-choice path.sk-ink[d^='M']").first.wait_for(state="attached")
    draws(host)
    kinds = [json.loads(message).get("content", {}).get("kind") for message in host.messages]
    assert kinds.count("weights") == 2  # each frame has its own copy of the model


def test_messages_of_long_strokes_are_short_enough_for_colab(show):
    host = show(complete())
    pad = host.frame.locator(".sk-pad")
    host.frame.locator(".sk-widget[data-ready]").wait_for()
    pad.evaluate("""pad => {
      const box = pad.getBoundingClientRect();
      const at = (kind, x, y) => pad.dispatchEvent(new PointerEvent(kind, { bubbles: true, pointerId: 7, button: 0,
        clientX: box.left + x * box.width, clientY: box.top + y * box.height }));
      for (let stroke = 0; stroke < 30; stroke++) {
        at("pointerdown", 0.5, 0.5);
        for (let i = 0; i < 1000; i++) {
          at("pointermove", 0.5 + 0.3 * Math.cos(i / 50 + stroke), 0.5 + 0.3 * Math.sin(i / 30));
        }
        at("pointerup", 0.5, 0.5);
      }
    }""")
    host.until(lambda: host.widget.sketch.num_strokes == 30)
    assert 100_000 < max(map(len, host.messages)) < COLAB_MESSAGE


#: Colors of Visual Studio Code: the page is transparent, and the text has the color of the editor's theme.
THEMES = {"dark": "#cccccc", "light": "#3b3b3b"}


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("background", ["", "#ffffff"])
def test_widget_follows_the_theme_of_vs_code(show, theme, background):
    style = f"background-color: transparent; color: {THEMES[theme]}"
    body = f'<body class="vscode-{theme}" style="{style}"><div style="background-color: {background}">'
    host = show(complete(), body=body)
    paper = host.frame.locator(".sk-pad")
    paper.wait_for()
    color = paper.evaluate("paper => getComputedStyle(paper).backgroundColor")
    is_dark = theme == "dark" and not background  # VS Code gives ipywidgets a white background in all themes
    assert color == ("rgb(23, 25, 29)" if is_dark else "rgb(255, 255, 255)")
