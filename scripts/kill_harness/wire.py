"""Plain HTTP: publishes that can be held back before their last byte, and reads over one kept connection."""
import http.client
import socket
import time

LIMIT = 30


class Broken(Exception):
    """The connection ended before there was an answer."""


def publish(port, package, token, before_end=None, pace=None):
    """Sends a publish, which may take several requests, and waits for the status line of the last one's answer.

    `before_end` is called before the very last byte is sent; `pace` is how many seconds to spread the last body over.
    Returns the status and the answer's text, of an earlier request where that was refused. Throws Broken where nobody
    answered.
    """
    *first, last = package.requests(token)
    for request in first:
        status, text = send(port, *request)
        if not 200 <= status < 300:
            return status, text
    return send(port, *last, before_end=before_end, pace=pace)


def send(port, method, path, fields, body, before_end=None, pace=None):
    """Sends one request over a connection of its own. Returns the status and the answer's text."""
    head = f"{method} {path} HTTP/1.1\r\nHost: localhost:{port}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n"
    head += "".join(f"{key}: {value}\r\n" for key, value in fields.items()) + "\r\n"
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=LIMIT) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            start = head.encode() + body[:-1]
            if pace:
                send_slowly(connection, start, pace)
            else:
                connection.sendall(start)
            if before_end:
                before_end()
            connection.sendall(body[-1:])
            return answer(connection)
    except OSError as error:
        raise Broken(str(error) or type(error).__name__) from error


def send_slowly(connection, data, seconds):
    step = 64 << 10
    began = time.monotonic()
    for offset in range(0, len(data), step):
        connection.sendall(data[offset:offset + step])
        due = began + seconds * (offset + step) / len(data)
        time.sleep(max(0, due - time.monotonic()))


def answer(connection):
    """The status that a server sent; a complete head is an answer, whatever becomes of its body."""
    received = b""
    while b"\r\n\r\n" not in received:
        more = connection.recv(65536)
        if not more:
            raise Broken("closed without an answer" if not received else "closed within the head of the answer")
        received += more
    try:
        while more := connection.recv(65536):
            received += more
    except OSError:
        pass
    head, _, body = received.partition(b"\r\n\r\n")
    return int(head.split(b" ", 2)[1]), body.decode(errors="replace")


class Reader:
    """Reads from a server over a connection that it keeps."""

    def __init__(self, port):
        self.port = port
        self.connection = None

    def get(self, path, accept="*/*"):
        """Returns the status and the body. Throws Broken where nobody answered twice."""
        for attempt in (1, 2):
            try:
                if self.connection is None:
                    self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=LIMIT)
                    self.connection.connect()
                    self.connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self.connection.request("GET", path, headers={"Accept": accept})
                response = self.connection.getresponse()
                return response.status, response.read()
            except (OSError, http.client.HTTPException) as error:
                self.close()
                if attempt == 2:
                    raise Broken(f"GET {path}: {type(error).__name__} {error}") from error

    def close(self):
        if self.connection:
            self.connection.close()
        self.connection = None


def is_ready(port):
    """Whether a server says that it is ready."""
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        connection.request("GET", "/readyz")
        status = connection.getresponse().status
        connection.close()
        return status == 200
    except (OSError, http.client.HTTPException):
        return False


def free_port():
    """A port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
