"""TensorBoard event files of a run. The events of steps that are trained again can be removed.

An event file is a sequence of TFRecords: length (uint64), checksum (4 bytes), a serialized `Event`, checksum (4 bytes).
See https://www.tensorflow.org/tutorials/load_data/tfrecord#tfrecords_format_details.
"""

from __future__ import annotations

import io
import itertools
import os
import platform
import struct
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sketchkit.storage.atomic import atomic_write

__all__ = ["EventFiles"]

#: Suffix of the event files written here. Event files without it are not modified.
_SUFFIX = ".sketchkit"
_HEADER, _CHECKSUM = 12, 4  # bytes
_file_numbers = itertools.count()


class EventFiles:
    """Writer of TensorBoard events. Each call of `rewind` starts a new file.

    Parameters
    ----------
    folder : Path
        Run directory.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file: io.BufferedWriter | None = None

    def rewind(self, step: int) -> None:
        """Remove the events of all steps after `step`, and open a new file.

        The new file begins with a session start event. It makes a running TensorBoard discard the events after `step`
        that TensorBoard has already read.
        """
        from tensorboard.compat.proto.event_pb2 import SessionLog
        from tensorboard.summary.writer.record_writer import RecordWriter

        self.close()
        for path in sorted(self._folder.glob(f"events.out.tfevents.*{_SUFFIX}")):
            _remove_after(path, step)
        # TensorBoard reads the files of a directory in the order of their names.
        name = f"{int(time.time()):010d}.{platform.node()}.{os.getpid()}.{next(_file_numbers):06d}"
        self._file = (self._folder / f"events.out.tfevents.{name}{_SUFFIX}").open("wb")
        self._records = RecordWriter(self._file)
        self._add(0, file_version="brain.Event:2")
        self._add(step + 1, session_log=SessionLog(status=SessionLog.START))
        self.flush()

    def scalar(self, tag: str, step: int, value: float) -> None:
        """Write a scalar of a step."""
        from tensorboard.plugins.scalar.summary_v2 import scalar_pb

        self._add(step, summary=scalar_pb(tag, value))

    def image(self, tag: str, step: int, pixels: NDArray[np.uint8]) -> None:
        """Write an RGB image of a step, shape (height, width, 3), uint8."""
        from PIL import Image
        from tensorboard.compat.proto.summary_pb2 import Summary
        from tensorboard.plugins.image.metadata import create_summary_metadata
        from tensorboard.util.tensor_util import make_tensor_proto

        png = io.BytesIO()
        Image.fromarray(pixels).save(png, format="PNG")
        height, width = pixels.shape[:2]
        value = Summary.Value(
            tag=tag,
            tensor=make_tensor_proto([str(width).encode(), str(height).encode(), png.getvalue()]),
            metadata=create_summary_metadata(None, None),
        )
        self._add(step, summary=Summary(value=[value]))

    def settings(self, step: int, values: Mapping[str, bool | float | str]) -> None:
        """Write the settings that apply from a step on, for the HParams dashboard and the Text dashboard."""
        from tensorboard.plugins.hparams.summary_v2 import hparams_pb
        from tensorboard.plugins.text.summary_v2 import text_pb

        self._add(step, summary=hparams_pb(dict(values)))
        rows = "".join(f"| {name} | {value} |\n" for name, value in values.items())
        self._add(step, summary=text_pb("Hyperparameters", f"| name | value |\n| --- | --- |\n{rows}"))

    def charts(self, step: int, charts: Mapping[str, Sequence[str]]) -> None:
        """Write the layout of the Custom Scalars dashboard: the tags of each chart, by the title of the chart."""
        from tensorboard.compat.proto.summary_pb2 import Summary
        from tensorboard.plugins.custom_scalar.layout_pb2 import Category, Chart, Layout, MultilineChartContent
        from tensorboard.plugins.custom_scalar.metadata import CONFIG_SUMMARY_TAG, create_summary_metadata
        from tensorboard.util.tensor_util import make_tensor_proto

        layout = Layout(category=[Category(title="Training and validation", chart=[
            Chart(title=title, multiline=MultilineChartContent(tag=[f"^{tag}$" for tag in tags]))
            for title, tags in charts.items()
        ])])  # fmt: skip
        value = Summary.Value(
            tag=CONFIG_SUMMARY_TAG,
            tensor=make_tensor_proto(layout.SerializeToString()),
            metadata=create_summary_metadata(),
        )
        self._add(step, summary=Summary(value=[value]))

    def flush(self) -> None:
        """Flush buffered events to the file."""
        if self._file:
            self._file.flush()

    def close(self) -> None:
        """Flush and close the file."""
        if self._file:
            self._file.close()
        self._file = None

    def _add(self, step: int, **content: Any) -> None:
        from tensorboard.compat.proto.event_pb2 import Event

        self._records.write(Event(wall_time=time.time(), step=step, **content).SerializeToString())


def _remove_after(path: Path, step: int) -> None:
    """Remove the summaries after a step, and a truncated last record, from an event file."""
    from google.protobuf.message import DecodeError
    from tensorboard.compat.proto.event_pb2 import Event

    data = path.read_bytes()
    kept, position = [], 0
    while position + _HEADER <= len(data):
        (length,) = struct.unpack_from("<Q", data, position)
        end = position + _HEADER + length + _CHECKSUM
        if end > len(data):
            break
        try:
            event = Event.FromString(data[position + _HEADER : end - _CHECKSUM])
        except DecodeError:
            break
        if event.step <= step or not event.HasField("summary"):
            kept.append(data[position:end])
        position = end
    kept_data = b"".join(kept)
    if kept_data != data:
        with atomic_write(path) as part:
            part.write_bytes(kept_data)
