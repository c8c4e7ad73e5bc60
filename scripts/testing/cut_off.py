"""Sends the head of a request and only a part of its body, then closes the connection.

usage: cut_off.py PORT METHOD PATH BODYFILE SHARE [HEADER]...      (SHARE: the part of the body that is sent, 0 to 1)

Answers an interim `100 Continue` by going on, as a client does. Prints what the server said before the end.
"""
import socket
import sys

port, method, path, file, share, *headers = sys.argv[1:]
body = open(file, "rb").read()
head = [f"{method} {path} HTTP/1.1", f"Host: localhost:{port}", f"Content-Length: {len(body)}", *headers, "", ""]
connection = socket.create_connection(("127.0.0.1", int(port)), timeout=20)
connection.sendall("\r\n".join(head).encode())
connection.sendall(body[: int(len(body) * float(share))])
connection.settimeout(1)
try:
    print(connection.recv(65536).decode("latin-1"))
except TimeoutError:
    print("nothing")
connection.close()
