"""A mail server on this machine that answers as a test tells it to."""

import email
import email.policy
import socketserver
import threading
from dataclasses import dataclass, field
from email.message import EmailMessage


@dataclass
class Mailbox:
    """`rcpt` and `data` answer to those commands; `drops` hangs up after the text of a mail came,
    so many times, without saying that it was taken."""

    port: int = 0
    rcpt: str = "250 ok"
    data: str = "250 taken"
    drops: int = 0
    came: list[EmailMessage] = field(default_factory=list)
    "Every text that came, taken or not."

    @property
    def ids(self) -> list[str]:
        return [one["Message-ID"] for one in self.came]


class Handler(socketserver.StreamRequestHandler):
    box: Mailbox

    def say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())

    def handle(self) -> None:
        self.say("220 here")
        while line := self.rfile.readline():
            verb = line.split()[0].upper() if line.split() else b""
            if verb in (b"EHLO", b"HELO", b"MAIL", b"RSET", b"NOOP"):
                self.say("250 ok")
            elif verb == b"RCPT":
                self.say(self.box.rcpt)
            elif verb == b"DATA":
                self.say("354 go on")
                if not self.taken():
                    return
            elif verb == b"QUIT":
                self.say("221 bye")
                return
            else:
                self.say("502 not here")

    def taken(self) -> bool:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line)
        text = b"".join(lines)
        self.box.came.append(email.message_from_bytes(text, policy=email.policy.default))
        if self.box.drops:
            self.box.drops -= 1
            return False
        self.say(self.box.data)
        return True


class Mailing:
    """A mail server, for as long as the `with` lasts."""

    def __init__(self, **said: object) -> None:
        self.box = Mailbox(**said)  # type: ignore[arg-type]
        made = type("Made", (Handler,), {"box": self.box})
        self.server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), made)
        self.server.daemon_threads = True
        self.box.port = self.server.server_address[1]

    def __enter__(self) -> Mailbox:
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        return self.box

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()
