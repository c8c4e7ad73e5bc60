"""The package clients as their users run them: each in a home of its own, unmodified, told only where the registry is."""
import os
import pathlib
import shutil
import subprocess
import threading
import time

from . import packages

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
# Settings of the caller's that would send a client elsewhere.
FOREIGN = (
    "PIP_", "UV_", "npm_config_", "NPM_CONFIG_", "CARGO_REGISTR", "CARGO_HTTP", "CARGO_TARGET", "TWINE_", "HALLMARK_",
    "REQUESTS_CA", "SSL_CERT", "CURL_CA", "NODE_EXTRA")
TOOLS = {"twine": "pypi", "uv": "pypi", "cargo": "cargo", "npm": "npm"}


def launch(tool):
    """The words that start a client, or None where the machine lacks it."""
    own = ROOT / ".venv" / "bin"
    if tool == "twine":
        python = own / "python"
        return [str(python), "-m", "twine"] if (own / "twine").exists() else None
    found = own / tool if (own / tool).exists() else shutil.which(tool)
    return [str(found)] if found else None


def available():
    return [tool for tool in TOOLS if launch(tool)]


class Home:
    """A home folder for the clients of one registry."""

    def __init__(self, folder, url, authority, token):
        self.folder, self.url, self.token = folder, url, token
        for name in ("home", "cargo", "tmp"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        (folder / "cargo/config.toml").write_text(f'[registries.hallmark]\nindex = "sparse+{url}/cargo/"\n')
        (folder / "cargo/credentials.toml").write_text(f'[registries.hallmark]\ntoken = "{token}"\n')
        (folder / "npmrc").write_text(f"registry={url}/npm/\n//{authority}/npm/:_authToken={token}\n")
        original = os.environ.get("HOME", str(folder))
        self.environment = {key: value for key, value in os.environ.items() if not key.startswith(FOREIGN)} | {
            "HOME": str(folder / "home"), "TMPDIR": str(folder / "tmp"), "NO_COLOR": "1",
            "PIP_CONFIG_FILE": "/dev/null", "UV_NO_CONFIG": "1", "UV_CACHE_DIR": str(folder / "uv"),
            "CARGO_HOME": str(folder / "cargo"), "CARGO_TERM_COLOR": "never", "CARGO_TARGET_DIR": str(folder / "target"),
            "RUSTUP_HOME": os.environ.get("RUSTUP_HOME", f"{original}/.rustup"),
            "npm_config_cache": str(folder / "npm"), "npm_config_userconfig": str(folder / "npmrc"),
            "npm_config_update_notifier": "false", "npm_config_fund": "false",
            # npm tries again after ten seconds by default; the harness does not want to wait that long.
            "npm_config_fetch_retry_mintimeout": "300", "npm_config_fetch_retry_maxtimeout": "1000",
            "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        }

    def prepare(self, tool, package):
        """Writes what the client publishes. Returns its words and the folder to run them in."""
        folder = self.folder / "packages" / f"{package.name}-{package.version}"
        folder.mkdir(parents=True, exist_ok=True)
        words = launch(tool)
        if tool == "cargo":
            (folder / "src").mkdir(exist_ok=True)
            (folder / "Cargo.toml").write_text(packages.crate_manifest(package))
            (folder / "src/lib.rs").write_text(f'pub fn value() -> &\'static str {{ "{package.version}" }}\n')
            return words + ["publish", "--registry", "hallmark", "--allow-dirty", "--no-verify"], folder
        file = folder / package.file
        file.write_bytes(package.data)
        if tool == "npm":
            return words + ["publish", str(file)], folder
        if tool == "uv":
            return words + [
                "publish", "--publish-url", f"{self.url}/pypi/legacy/", "--token", self.token, str(file)], folder
        return words + [
            "upload", "--disable-progress-bar", "--non-interactive", "--repository-url", f"{self.url}/pypi/legacy/",
            "-u", "__token__", "-p", self.token, str(file)], folder

    def packaged(self, package):
        """The crate that cargo made, or nothing where it did not come that far; each cargo has its own place for it."""
        made = sorted((self.folder / "target/package").rglob(package.file))
        return made[0].read_bytes() if made else b""


class Run(threading.Thread):
    """One client publishing one package, beside everything else."""

    def __init__(self, home, tool, package, limit=120):
        super().__init__(daemon=True)
        self.home, self.tool, self.package, self.limit = home, tool, package, limit
        self.words, self.cwd = home.prepare(tool, package)
        self.status, self.output, self.seconds = None, "", 0.0

    def run(self):
        began = time.monotonic()
        try:
            result = subprocess.run(
                self.words, cwd=self.cwd, env=self.home.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT, text=True, errors="replace", timeout=self.limit)
            self.status, self.output = result.returncode, result.stdout
        except subprocess.TimeoutExpired as error:
            self.output = f"still running after {self.limit} s: {error.stdout}"
        self.seconds = time.monotonic() - began
        if self.tool == "cargo":
            self.package.data = self.home.packaged(self.package)
