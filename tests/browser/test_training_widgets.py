"""`TrainingMonitor` and `Teach` in JupyterLab."""

import pytest

from .gestures import stroke

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
    widget.get_by_text("running · step 20 of 100 · 2 steps/s · 40 s left · best 0.05 at step 20").wait_for()
    widget.get_by_role("img", name="Samples at step 20").wait_for()
    widget.get_by_role("img", name="Reconstruction loss: 0.05 at the latest step").wait_for()
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
