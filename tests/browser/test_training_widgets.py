"""`TrainingMonitor` and `Teach` in JupyterLab."""

import pytest

from .conftest import AXE, VIOLATIONS
from .gestures import points, stroke

IMPORTS = "import sketchkit\nfrom sketchkit.widgets import *\n"


def test_training_monitor_shows_run_and_stops_it(notebook):
    nb = notebook(
        f"{IMPORTS}import json, pathlib\nfrom sketchkit.data import doodles\nfrom sketchkit.render import grid\n"
        "from sketchkit.training.run_control import RunLock, read_requests\n"
        "run = pathlib.Path('run'); lock = RunLock(run); lock.__enter__()\n"
        "(run / 'run.json').write_text(json.dumps({'hparams': sketchkit.HParams(num_steps=100).as_dict()}))\n"
        "def log(step):\n"
        "    with (run / 'metrics.jsonl').open('a') as file:\n"
        "        for kind in ('train', 'valid'):\n"
        "            told = {'step': step, 'kind': kind, 'recon': 1/step, 'kl': .1, 'loss': 1/step, 'seconds': .5,\n"
        "                    'learning_rate': 0.001}\n"
        "            file.write(json.dumps(told) + chr(10))\n"
        "    grid([doodles.draw('star', step)]).save(run / f'samples/step-{step:08d}.svg')\n"
        "(run / 'samples').mkdir(); log(10); log(20); lock.start_run()\n"
        "m = TrainingMonitor(run, every=0.1)\nm"
    )  # fmt: skip
    widget = nb.widget()
    widget.get_by_text(
        "running · step 20 of 100 · 2 steps/s · 41 s left (limit: 100 steps) · best validation loss 0.05 at step 20"
    ).wait_for()
    widget.get_by_role("img", name="Samples at step 20").wait_for()
    widget.get_by_role("img", name="Reconstruction loss at step 20: training 0.05, validation 0.05").wait_for()
    nb.python("log(50)")
    widget.get_by_text("step 50 of 100").wait_for()
    sheet = widget.get_by_role("img", name="Samples at step 50")
    sheet.wait_for()
    assert sheet.evaluate("image => image.decode().then(() => image.naturalWidth)") > 50
    slider = widget.get_by_role("slider", name="Checkpoint")
    slider.focus()
    nb.page.keyboard.press("Home")
    widget.get_by_role("img", name="Samples at step 10").wait_for()
    widget.get_by_role("button", name="Pause").click()
    nb.eventually("print(read_requests(run).pause)", "True")
    nb.python("lock.set_status('paused')")
    widget.get_by_role("button", name="Resume").click()
    nb.eventually("print(read_requests(run).pause)", "False")
    widget.get_by_role("button", name="Stop").click()
    nb.eventually("print(read_requests(run).stop)", "True")
    nb.python("lock.final_state = 'stopped'; lock.__exit__(None, None, None)")
    widget.get_by_text("stopped · step 50").wait_for()
    assert widget.get_by_role("button", name="Stop").is_disabled()
    assert nb.errors == []


def test_training_monitor_stops_a_run_that_the_next_cell_trains(notebook):
    nb = notebook(
        f"{IMPORTS}import json, pathlib, time\nfrom sketchkit.training.run_control import RunLock, read_requests\n"
        "run = pathlib.Path('trained-in-a-cell'); lock = RunLock(run); lock.__enter__()\n"
        "(run / 'run.json').write_text(json.dumps({'hparams': sketchkit.HParams(num_steps=100).as_dict()}))\n"
        "lock.start_run()\nTrainingMonitor(run, every=0.1)",
        "while not read_requests(run).stop: time.sleep(0.05)\n"
        "lock.final_state = 'stopped'; lock.__exit__(None, None, None)",
    )  # fmt: skip
    widget = nb.widget()
    widget.get_by_text("running · step 0 of 100").wait_for()
    widget.get_by_role("button", name="Stop").click()
    widget.get_by_text("stopped · step 0 of 100").wait_for()
    assert nb.errors == []


MONITOR = (
    f"{IMPORTS}import json, pathlib, tempfile\nfrom sketchkit.training.run_control import RunLock\n"
    "run = pathlib.Path(tempfile.mkdtemp(), 'a-run-with-a-long-name-' + 'learning_rate=0.0005,dec_rnn_size=512,' * 4)\n"
    "lock = RunLock(run); lock.__enter__()\n"
    "limits = {'minutes': 30, 'patience': 5}\n"
    "hparams = sketchkit.HParams(num_steps=1000000, save_every=1000).as_dict()\n"
    "(run / 'run.json').write_text(json.dumps({'hparams': hparams, 'limits': limits}))\n"
    "with (run / 'metrics.jsonl').open('a') as file:\n"
    "    for step in range(1000, 101000, 1000):\n"
    "        told = {'step': step, 'recon': -1e-4 * step, 'kl': 1000 / step, 'loss': -step, 'seconds': .01,\n"
    "                'elapsed': step / 100, 'learning_rate': 0.000123}\n"
    "        for kind in ['train'] + ['valid'] * (step % 5000 == 0):\n"
    "            file.write(json.dumps({**told, 'kind': kind}) + chr(10))\n"
    "lock.start_run()\nm = TrainingMonitor(run, every=3600)\nm"
)


def test_training_monitor_shows_the_values_of_a_step_under_the_mouse(notebook):
    nb = notebook(MONITOR)
    widget = nb.widget()
    widget.get_by_text("50 s left unless a validation improves (limit: 5 validations without improvement)").wait_for()
    chart = widget.get_by_role("img", name="KL divergence at step 100,000: training 0.01, validation 0.01")
    chart.scroll_into_view_if_needed()
    nb.page.mouse.move(*points(chart, (0.495, 0.5))[0])  # the cursor snaps to the validation at step 50,000
    for title, value in ("Reconstruction loss", "-5"), ("KL divergence", "0.02"):
        widget.get_by_role("img", name=f"{title} at step 50,000: training {value}, validation {value}").wait_for()
    widget.get_by_role("img", name="Learning rate at step 50,000: 0.000123").wait_for()
    nb.page.mouse.move(5, 5)
    widget.get_by_role("img", name="KL divergence at step 100,000").wait_for()
    step = widget.get_by_role("slider", name="Step", exact=True)
    step.focus()
    nb.page.keyboard.press("ArrowLeft")
    widget.get_by_text("training 0.0101").wait_for()
    assert step.get_attribute("aria-valuetext") == "step 99,000"
    nb.page.keyboard.press("End")
    widget.get_by_text("training 0.01", exact=True).wait_for()
    assert nb.errors == []


#: Script that returns the text of each element that is narrower than its text, or that the widget cuts off.
CUT = """root => {
  const box = root.getBoundingClientRect();
  const hasText = node => [...node.childNodes].some(child => child.nodeType === 3);
  const texts = [...root.querySelectorAll("*")].filter(hasText);
  return texts.filter(node => {
    const range = document.createRange();
    range.selectNodeContents(node);
    const { left, right, width } = range.getBoundingClientRect();
    const isCut = node.clientWidth && node.scrollWidth > node.clientWidth + 1;
    return width && (left < box.left - 1 || right > box.right + 1 || isCut);
  }).map(node => node.textContent);
}"""


def test_training_monitor_shows_whole_labels_at_any_width_and_is_accessible(notebook):
    nb = notebook(MONITOR)
    widget = nb.widget()
    widget.get_by_text("100,000", exact=True).first.wait_for()
    for width in (290, 390, 900):
        nb.python(f"m.layout.width = '{width}px'")
        nb.page.wait_for_function("width => document.querySelector('.sk-widget').clientWidth <= width", arg=width)
        assert widget.evaluate(CUT) == []
    if AXE.exists():
        nb.page.add_script_tag(path=AXE)
        assert nb.page.evaluate(VIOLATIONS) == []


@pytest.mark.long
def test_teach_trains_on_kept_drawings(notebook):
    nb = notebook(
        f"{IMPORTS}from sketchkit.data import doodles\nfrom sketchkit.widgets import Teach\n"
        "sizes = sketchkit.HParams(dec_rnn_size=16, enc_rnn_size=12, z_size=4, num_mixture=3, max_seq_len=80)\n"
        "sketchkit.SketchRNN.new(sizes, 30.0).save('base')\n"
        "stars = [doodles.draw('star', k) for k in range(4)]\n"
        "t = Teach('base', name='star', drawings=stars, num_steps=10)\nt"
    )  # fmt: skip
    learn = nb.page.get_by_role("button", name="Learn")
    learn.wait_for()
    nb.page.get_by_text("4 drawings kept (at least 5 needed").wait_for()
    assert learn.is_disabled()
    widget = nb.widget()
    stroke(nb.page, widget.locator(".sk-pad"), (0.2, 0.2), (0.8, 0.3), (0.5, 0.8))
    widget.get_by_role("button", name="Keep").click()
    nb.page.get_by_text("5 drawings kept").wait_for()
    learn.click()
    nb.page.get_by_text("finished · step 10 of 10").wait_for(timeout=180_000)
    nb.eventually("print(len(t.run.model().generate(2, category='star')))", "2")
    assert nb.errors == []
