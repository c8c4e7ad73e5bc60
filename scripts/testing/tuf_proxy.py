"""A proxy that answers every CONNECT itself, over TLS, with the files of one folder.

usage: tuf_proxy.py FOLDER CERTIFICATE KEY

Prints the port it listens on, then serves until it is killed. A client that uses it as its https proxy and trusts the
certificate believes to talk to the host that it asked for.
"""
import http.server
import socketserver
import ssl
import sys

folder, certificate, key = sys.argv[1:]
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(certificate, key)


class Files(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, *arguments):
        super().__init__(*arguments, directory=folder)


class Tunnel(socketserver.BaseRequestHandler):
    def handle(self):
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            more = self.request.recv(1)
            if not more:
                return
            head += more
        self.request.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        try:
            with context.wrap_socket(self.request, server_side=True) as stream:
                Files(stream, self.client_address, self.server)
        except OSError as error:
            print(error, file=sys.stderr, flush=True)


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


with Server(("127.0.0.1", 0), Tunnel) as server:
    print(server.server_address[1], flush=True)
    server.serve_forever()
