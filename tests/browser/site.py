"""A web server for pages with the component, and functions that wait for states and messages of the pages."""

import http.server
import threading

STATE = "e => e.shadowRoot?.querySelector('.sk-widget')?.dataset.{}"


class Site:
    """A web server for the files of a folder, and for responses that the tests set."""

    def __init__(self, folder):
        self.answers = {}
        site = self

        class Handler(http.server.SimpleHTTPRequestHandler):
            def __init__(self, *arguments):
                super().__init__(*arguments, directory=str(folder))

            def do_GET(self):
                path = self.path.split("?")[0]
                if path not in site.answers:
                    return super().do_GET()
                content, headers = site.answers[path]
                self.send_response(200)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, path, content, **headers):
        kind = "text/html; charset=utf-8" if path.endswith(".html") else "application/octet-stream"
        self.answers[f"/{path}"] = (content, {"Content-Type": kind} | headers)


def until(page, selector, state):
    """Wait until the widget of an element has a state, for example doneMs."""
    page.wait_for_function(
        f"selector => ({STATE.format(state)})(document.querySelector(selector))", arg=selector, timeout=30000
    )


def sentence(page, selector):
    """Return the message that is shown in place of a widget or above it."""
    problems = page.locator(f"{selector} .sk-problems p")
    problems.first.wait_for()
    return " ".join(problems.all_inner_texts())
