"""A program that shows a widget in a frame of another origin, under constraints that a test sets.

It does what anywidget does: it imports the module of the widget from a Blob, and exchanges messages with Python.
"""

import base64
import json

#: Origins of the program and of the frame with the widget.
PROGRAM, OUTPUT = "http://notebook.test", "http://output.test"

#: The page in the frame. `kernel` is a function of the test: it takes a message and returns the answers of Python.
FRAME = """
const { state, esm, css, view } = await kernel("start");
document.head.append(Object.assign(document.createElement("style"), { textContent: css }));
const heard = [], changed = {};
const tell = (name, ...values) => heard.filter((entry) => entry[0] === name).forEach(([, act]) => act(...values));
const views = {
  DataView: (bytes) => new DataView(bytes.buffer),
  Uint8Array: (bytes) => bytes,
  part: (bytes) => {  // a view of a larger buffer, which begins with other data
    const whole = new Uint8Array(bytes.length + 24);
    whole.set(bytes, 16);
    return whole.subarray(16, 16 + bytes.length);
  },
};
const transmit = async (message) => {
  for (const { data, buffers } of await kernel(JSON.stringify(message))) {
    const bytes = buffers.map((text) => views[view](Uint8Array.from(atob(text), (c) => c.charCodeAt(0))));
    if (data.method === "custom") tell("msg:custom", data.content, bytes);
    else Object.entries(data.state).forEach(([name, value]) => { state[name] = value; tell(`change:${name}`); });
  }
};
const model = {
  get: (name) => state[name],
  set: (name, value) => {
    state[name] = changed[name] = value;
    tell(`change:${name}`);
  },
  on: (name, act) => heard.push([name, act]),
  off: (name, act) => heard.splice(0, heard.length, ...heard.filter((entry) => entry[0] !== name || entry[1] !== act)),
  send: (content) => void transmit({ method: "custom", content }),
  save_changes: () => {
    const values = structuredClone(changed);
    Object.keys(changed).forEach((name) => delete changed[name]);
    void transmit({ method: "update", state: values });
  },
};
const module = await import(URL.createObjectURL(new Blob([esm], { type: "text/javascript" })));
await module.default.render({ model, el: document.querySelector("main"), signal: new AbortController().signal });
"""


#: Script that reports what the policy of the page has blocked.
WATCH = """
addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) => {
  void blocked(`${effectiveDirective} ${blockedURI}`);
});
"""


class Comm:
    """Connection of a widget; it collects the messages that the widget sends."""

    comm_id = "comm"

    def __init__(self):
        self.sent = []

    def send(self, data=None, metadata=None, buffers=None):
        self.sent.append({"data": data, "buffers": [base64.b64encode(buffer).decode() for buffer in buffers or []]})

    def on_msg(self, _):
        pass

    def close(self):
        pass


class Host:
    """Shows a widget in frames.

    `messages` contains the messages that the page has sent to Python, and `errors` contains the errors in the page.
    `blocked` contains a directive and an address for each request or action that the policy of the page has blocked.

    Parameters
    ----------
    policy : str
        Content security policy of the frames.
    sandbox, allow : str
        Attributes of the frames; no sandbox if None.
    view : str
        Class of the binary data that the page receives; a key of `views` above.
    script : str
        Script that runs first in each frame.
    body : str
        Start of the body of the frames, with its attributes.
    """

    def __init__(self, page, widget, *, policy="", sandbox=None, allow="", view="DataView", script="", body="<body>",
                 frames=1):  # fmt: skip
        self.page, self.widget, self.view = page, widget, view
        self.messages, self.errors, self.blocked = [], [], []
        widget.comm = self.comm = Comm()
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.expose_binding("kernel", lambda _, message: self.answer(message))
        page.expose_binding("blocked", lambda _, text: self.blocked.append(text))
        attributes = f'allow="{allow}" ' + ("" if sandbox is None else f'sandbox="{sandbox}"')
        style = 'style="width: 900px; height: 900px; border: 0"'
        frame = f'<iframe src="{OUTPUT}/frame.html" {attributes} {style}></iframe>'
        files = {
            f"{PROGRAM}/": ("text/html", "<!doctype html><title>Notebook</title>" + frames * frame, {}),
            f"{OUTPUT}/frame.html": (
                "text/html",
                f'<!doctype html><title>Output</title><script src="{OUTPUT}/first.js"></script>{body}<main></main>'
                f'<script type="module" src="{OUTPUT}/frame.js"></script>',
                {"Content-Security-Policy": policy} if policy else {},
            ),
            f"{OUTPUT}/first.js": ("text/javascript", WATCH + script, {}),
            f"{OUTPUT}/frame.js": ("text/javascript", FRAME, {"Access-Control-Allow-Origin": "*"}),
        }

        def serve(route):
            if route.request.url not in files:
                return route.abort()
            kind, text, headers = files[route.request.url]
            route.fulfill(body=text, content_type=kind, headers=headers)

        page.route("**/*", serve)
        page.goto(f"{PROGRAM}/")
        self.frame = page.frame_locator("iframe").first

    def answer(self, message):
        """Give a message of the page to the widget, and return what the widget sends."""
        if message == "start":
            state = json.loads(json.dumps(self.widget.get_state()))
            return {"state": state, "esm": state.pop("_esm"), "css": state.pop("_css"), "view": self.view}
        self.messages.append(message)
        self.comm.sent.clear()
        self.widget._handle_msg({"content": {"data": json.loads(message)}, "buffers": []})
        return list(self.comm.sent)

    def until(self, condition):
        """Wait until a condition in Python is true."""
        for _ in range(600):
            if condition():
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"not true within 30 seconds; errors of the page: {self.errors}")
