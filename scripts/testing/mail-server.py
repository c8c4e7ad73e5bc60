#!/usr/bin/env python3
"""A mail server (aiosmtpd) that keeps what it is given, and misbehaves for some recipients.

    mail-server.py FOLDER PORT [--security plain|starttls|tls] [--certificate FILE --key FILE] [--user NAME --password WORD]

FOLDER/ready appears once it listens; each message becomes FOLDER/N.json. By the local part of a recipient: `refused`
(550 at RCPT), `busy` (451 at RCPT), `spam` (554 after the text), `dies` (the connection ends before the reply, and the
message is kept), `slow` (no reply for a minute).
"""

import argparse
import asyncio
import base64
import json
import os
import ssl

from aiosmtpd.smtp import SMTP, AuthResult


class Handler:
    def __init__(self, folder):
        self.folder = folder
        self.count = 0

    async def handle_RCPT(self, server, session, envelope, address, options):
        reply = {"refused": "550 5.1.1 no such mailbox: " + address, "busy": "451 4.3.0 later"}.get(address.split("@")[0])
        if reply:
            return reply
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        name = envelope.rcpt_tos[0].split("@")[0]
        if name == "slow":
            await asyncio.sleep(60)
        if name == "spam":
            return "554 5.7.1 not wanted"
        message = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "content": base64.b64encode(envelope.original_content).decode(),
            "tls": session.ssl is not None or getattr(server, "_over_ssl", False),
            "user": session.auth_data.login.decode() if session.auth_data else None,
            "hello": session.host_name,
        }
        self.count += 1
        path = os.path.join(self.folder, f"{self.count}.json")
        with open(path + ".part", "w", encoding="utf-8") as file:
            json.dump(message, file)
        os.rename(path + ".part", path)
        if name == "dies":
            server.transport.abort()
        return "250 OK"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("port", type=int)
    parser.add_argument("--security", default="plain")
    parser.add_argument("--certificate")
    parser.add_argument("--key")
    parser.add_argument("--user")
    parser.add_argument("--password")
    arguments = parser.parse_args()
    handler = Handler(arguments.folder)
    context = None
    if arguments.certificate:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(arguments.certificate, arguments.key)

    def authenticate(server, session, envelope, mechanism, data):
        good = data.login.decode() == arguments.user and data.password.decode() == arguments.password
        return AuthResult(success=good, handled=False, auth_data=data if good else None)

    def make():
        server = SMTP(
            handler,
            tls_context=context if arguments.security == "starttls" else None,
            require_starttls=arguments.security == "starttls",
            auth_required=arguments.user is not None,
            auth_require_tls=False,
            authenticator=authenticate,
            hostname="localhost",
            ident="test",
        )
        server._over_ssl = arguments.security == "tls"
        return server

    async def serve():
        loop = asyncio.get_running_loop()
        secure = context if arguments.security == "tls" else None
        await loop.create_server(make, "127.0.0.1", arguments.port, ssl=secure)
        open(os.path.join(arguments.folder, "ready"), "w", encoding="utf-8").close()
        await asyncio.Event().wait()

    asyncio.run(serve())


main()
