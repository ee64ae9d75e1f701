"""Receives webhooks as pywa does: checks the signature and reads each delivery into pywa's types.

Usage: receiver.py <app secret> <verify token>
Prints one line of JSON first: where it listens. Then one for each update that pywa understood, for each delivery as it
came (`raw`), and for whatever pywa could not read (`problem`).
"""

import dataclasses
import http.server
import json
import logging
import sys
import threading
import urllib.parse

import pywa
from pywa import handlers, utils

APP_SECRET, VERIFY_TOKEN = sys.argv[1:]
wa = pywa.WhatsApp(app_secret=APP_SECRET, verify_token=VERIFY_TOKEN, server=None)


#: Deliveries come at the same time, and a line is a whole one.
printing = threading.Lock()


def tell(**line):
    text = json.dumps(line, default=str)
    with printing:
        print(text, flush=True)


class Problems(logging.Handler):
    """pywa answers 200 to what it cannot read, and logs it."""

    def emit(self, record):
        cause = record.exc_info[1] if record.exc_info else None
        tell(problem=record.getMessage(), cause=repr(cause))


logging.getLogger("pywa").addHandler(Problems(level=logging.WARNING))


def plain(value):
    """A type of pywa's without the client and the delivery that it holds."""
    if dataclasses.is_dataclass(value):
        names = [field.name for field in dataclasses.fields(value)]
        return {n: plain(getattr(value, n)) for n in names if n not in ("_client", "raw", "shared_data")}
    if isinstance(value, (tuple, list)):
        return [plain(one) for one in value]
    if isinstance(value, (str, int, float, bool)) or value is None:
        return value
    if hasattr(value, "__dict__") and not callable(value):
        return {name: plain(one) for name, one in vars(value).items() if not name.startswith("_")}
    return str(value)


def understood(_, update):
    tell(update=type(update).__name__, **{"read": plain(update)})


for handler in (
    handlers.MessageHandler,
    handlers.EditedMessageHandler,
    handlers.DeletedMessageHandler,
    handlers.CallbackButtonHandler,
    handlers.CallbackSelectionHandler,
    handlers.FlowCompletionHandler,
    handlers.PhoneNumberChangeHandler,
    handlers.MessageStatusHandler,
):
    wa.add_handlers(handler(understood))


class Webhook(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(self.path).query))
        self.reply(*wa.webhook_challenge_handler(query.get(utils.HUB_VT), query.get(utils.HUB_CH)))

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        refusal = wa.webhook_update_validator(body, self.headers.get(utils.HUB_SIG))
        if refusal is not None:
            tell(refused=refusal[1])
            self.reply(*refusal)
            return
        tell(raw=json.loads(body))
        self.reply(*wa.webhook_update_handler(body))

    def reply(self, text, status):
        self.send_response(status)
        self.end_headers()
        self.wfile.write(str(text).encode())

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Webhook)
tell(listening=f"http://127.0.0.1:{server.server_port}/")
server.serve_forever()
