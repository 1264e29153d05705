"""Document nodes of widgets."""

from __future__ import annotations

from docutils import nodes

__all__ = ["LiveWidget", "WidgetElement"]


class WidgetElement(nodes.General, nodes.Element):
    """Document node of a widget as an element of the component.

    It has the attributes `tag`, `attributes` (by name, without addresses of models), `model` (name), `models` (names),
    and `image` (HTML).
    """


class LiveWidget(nodes.General, nodes.Element):
    """Document node of widgets: `states` (traits by key), `models` (names), `folder` (of the models), `body` (HTML).

    `attachments` are the buffers that the widgets request, by their keys.
    """
