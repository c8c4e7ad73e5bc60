#!/usr/bin/env python3
"""Holds the kill harness's checks of a Maven release against registries that lack some of its files.

Run by the tests, as everything here; the arguments of the other scripts are ignored. Ends with 1 where a check is wrong.
"""
import hashlib
import os
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from kill_harness import checks, ledger, maven, packages  # noqa: E402


class Registry:
    """A registry that shows one release without some of its files."""

    def __init__(self, package, lacking):
        self.package, self.lacking = package, lacking

    def get(self, path, accept=None):
        if path == maven.metadata_path(self.package.name):
            return 200, f"<version>{self.package.version}</version>".encode()
        for file, content in self.package.files.items():
            place = maven.path(self.package, file)
            if file in self.lacking or not path.startswith(place):
                continue
            algorithm = path.removeprefix(place).removeprefix(".")
            return 200, hashlib.new(algorithm, content).hexdigest().encode() if algorithm else content
        return 404, b""


class MavenReleases(unittest.TestCase):
    def check(self, lacking, acknowledged=False, bundle=False):
        package = packages.make("maven", "lamp", "1.0", b"noise")
        package.bundle = [package] if bundle else []
        missing = [file for file in package.files if file.endswith(lacking)] if lacking else []
        self.assertEqual(len(missing), 1 if lacking else 0)
        with tempfile.TemporaryDirectory() as folder:
            book = ledger.Ledger(ledger.Journal(os.path.join(folder, "journal")))
            self.addCleanup(book.journal.file.close)
            attempt = book.add(package, "raw http")
            attempt.acknowledged = acknowledged
            checker = checks.Checker(book, ledger.Totals())
            checker.other_views = lambda *_: None
            checker.project(Registry(package, missing), package.project, [attempt])
        return attempt

    def test_whole(self):
        for acknowledged in (False, True):
            self.assertEqual(self.check(None, acknowledged).lacking, [])

    def test_published_after_a_minute_without_its_sources(self):
        attempt = self.check("-sources.jar")
        self.assertEqual((attempt.fate, attempt.lacking), ("complete", ["lamp-1.0-sources.jar"]))

    def test_acknowledged_releases_are_whole(self):
        with self.assertRaises(ledger.Violation):
            self.check("-sources.jar", acknowledged=True)

    def test_bundles_are_whole(self):
        with self.assertRaises(ledger.Violation):
            self.check("-sources.jar", bundle=True)

    def test_no_release_without_its_pom_or_jar(self):
        for file in (".pom", "lamp-1.0.jar"):
            with self.assertRaises(ledger.Violation):
                self.check(file)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
