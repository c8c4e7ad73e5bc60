"""What the corpora share: a clean environment for the clients, and running them."""
import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PROGRAMS = ROOT / ".venv" / "bin"
# Settings of the caller's that would send a client elsewhere.
FOREIGN = ("PIP_", "UV_", "npm_config_", "NPM_CONFIG_", "CARGO_REGISTR", "CARGO_HTTP", "POETRY_", "TWINE_", "HALLMARK_")
CERTIFICATES = ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")


class Corpus:
    """One run: where the registry is, where files are kept, and a home folder for the clients."""

    def __init__(self, description):
        parser = argparse.ArgumentParser(description=description)
        parser.add_argument("--url", required=True, help="the Hallmark to publish to, without a slash at the end")
        parser.add_argument("--token", required=True, help="a token that may publish")
        parser.add_argument("--work", type=pathlib.Path, default=ROOT / ".build" / "corpus", help="where downloads stay")
        parser.add_argument("--small", action="store_true", help="about ten packages, as the tests use them")
        parser.add_argument("--authority", help="the certificate authority of an https address, for clients that need it")
        parser.add_argument("--fetch-only", action="store_true", help="download what is needed and stop")
        options = parser.parse_args()
        self.url, self.token, self.small, self.fetch_only = options.url, options.token, options.small, options.fetch_only
        self.authority = options.authority
        self.work = options.work.resolve()
        self.work.mkdir(parents=True, exist_ok=True)
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="hallmark-corpus-"))
        original = os.environ.get("HOME", str(self.home))
        self.environment = {
            key: value for key, value in os.environ.items() if not key.startswith(FOREIGN) and key not in CERTIFICATES
        }
        self.environment |= {
            "HOME": str(self.home), "PIP_CONFIG_FILE": "/dev/null", "PIP_NO_INPUT": "1", "PIP_NO_CACHE_DIR": "1",
            "PIP_DISABLE_PIP_VERSION_CHECK": "1", "UV_NO_CONFIG": "1", "UV_CACHE_DIR": str(self.home / "uv"),
            "CARGO_HOME": str(self.home / "cargo"), "CARGO_TERM_COLOR": "never",
            "RUSTUP_HOME": os.environ.get("RUSTUP_HOME", f"{original}/.rustup"),
            "npm_config_cache": str(self.home / "npm"), "npm_config_userconfig": str(self.home / "npmrc"),
            "npm_config_update_notifier": "false", "npm_config_fund": "false", "npm_config_loglevel": "warn",
            "NO_COLOR": "1", "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        }

    def close(self):
        shutil.rmtree(self.home, ignore_errors=True)

    def run(self, *words, folder=None, check=True, environment=None):
        """Runs a client on Hallmark alone; on failure prints what it printed and ends the run."""
        words = [str(word) for word in words]
        result = subprocess.run(
            words, cwd=folder or self.home, env=environment or self.environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
        if check and result.returncode != 0:
            sys.exit(f"{' '.join(words)}\nended with {result.returncode}:\n{result.stdout}")
        return result

    def fetch(self, *words, folder=None):
        """Runs a command that gets packages from where they come, with the caller's own settings."""
        return self.run(*words, folder=folder or self.work, environment=dict(os.environ))


def say(text):
    print(f"corpus: {text}", flush=True)


def progress(done, of, what):
    """One line that is written over while standard error is a terminal."""
    if sys.stderr.isatty():
        print(f"\r{done}/{of} {what:<60.60}", end="" if done < of else "\n", file=sys.stderr, flush=True)
