"""Publishes upstream tarballs of Debian's php-* source packages, then installs a fresh project from Hallmark alone.

The tarballs come with `apt-get source --download-only` through settings of its own, so that the machine's package sources
stay as they are. They are sent as they are but for one thing: where Debian has compressed them with xz, which Composer
does not unpack, they are compressed with gzip instead. Their versions are Debian's upstream versions.
"""
import gzip
import json
import lzma
import pathlib
import re
import shutil
import sys

from common import Corpus, progress, say

# Debian source packages; together they have what the projects below need.
SMALL = """
    php-psr-log php-psr-container php-psr-http-message php-psr-http-factory php-psr-event-dispatcher php-getallheaders
    php-guzzlehttp-promises php-guzzlehttp-psr7 php-composer-semver php-monolog
""".split()
LARGE = SMALL + """
    php-psr-cache php-psr-http-client php-psr-link php-psr-simple-cache php-http-message-factory php-http-promise
    php-http-httplug php-nyholm-psr7 php-slim-psr7 php-fig-http-message-util php-nikic-fast-route php-pimple
    php-doctrine-annotations php-doctrine-cache php-doctrine-collections php-doctrine-common php-doctrine-deprecations
    php-doctrine-event-manager php-doctrine-inflector php-doctrine-instantiator php-doctrine-lexer
    php-doctrine-persistence php-brick-math php-ramsey-collection php-ramsey-uuid php-webmozart-assert php-composer-pcre
    php-composer-metadata-minifier php-composer-spdx-licenses php-composer-xdebug-handler php-composer-ca-bundle
    php-json-schema php-react-promise php-random-compat php-constant-time php-parser php-deepcopy php-league-config
    php-nette-schema php-nette-utils php-dflydev-dot-access-data php-league-commonmark php-league-mime-type-detection
    php-phpoption php-graham-campbell-result-type php-vlucas-phpdotenv php-email-validator php-phpstan-phpdoc-parser
    php-phpdocumentor-reflection-common php-tokenizer php-phar-io-version php-parsedown php-masterminds-html5 php-timer
    php-dragonmantank-cron-expression php-symfony-contracts php-symfony-polyfill libphp-phpmailer
""".split()
SMALL_ROOTS = "monolog/monolog guzzlehttp/psr7 guzzlehttp/promises composer/semver".split()
ROOTS = SMALL_ROOTS + """
    ramsey/uuid doctrine/common doctrine/annotations league/commonmark nyholm/psr7 slim/psr7 vlucas/phpdotenv
    egulias/email-validator justinrainbow/json-schema nikic/php-parser twig/twig pimple/pimple symfony/polyfill
    symfony/contracts dragonmantank/cron-expression phpmailer/phpmailer php-http/httplug
""".split()
PROGRAM = """
require 'vendor/autoload.php';
$path = (new GuzzleHttp\\Psr7\\Uri('http://lamp.example/oil'))->getPath();
$fits = Composer\\Semver\\Semver::satisfies('1.2.3', '^1.0');
(new Monolog\\Logger('corpus'))->pushHandler(new Monolog\\Handler\\NullHandler())->info('lit');
echo $path, ' ', $fits ? 'fits' : 'does not fit';
"""


def apt(*words, folder=None):
    """Runs apt-get with settings of its own, on source packages alone."""
    system = dict(
        line.rstrip().replace('"', "").split("=", 1) for line in open("/etc/os-release") if "=" in line)
    if system.get("ID") != "debian":
        sys.exit("the corpus is made of Debian's source packages; this is another system")
    home = corpus.work / "apt"
    for name in ("lists/partial", "cache/archives/partial"):
        (home / name).mkdir(parents=True, exist_ok=True)
    keys = "/usr/share/keyrings/debian-archive-keyring.gpg"
    (home / "sources.list").write_text(
        f"deb-src [signed-by={keys}] http://deb.debian.org/debian {system['VERSION_CODENAME']} main\n")
    settings = {
        "Dir::Etc::SourceList": home / "sources.list", "Dir::Etc::SourceParts": "-", "Dir::State::Lists": home / "lists",
        "Dir::Cache": home / "cache", "APT::Sandbox::User": "root",
    }
    options = [word for name, value in settings.items() for word in ("-o", f"{name}={value}")]
    corpus.fetch("apt-get", "-q", *options, *words, folder=folder)


def download(folder, names):
    """Gets the tarballs."""
    if (folder / "complete").exists():
        return
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    say(f"downloading {len(names)} Debian source packages")
    apt("update")
    apt("source", "--download-only", *names, folder=folder)
    (folder / "complete").touch()


def version(tarball):
    """The upstream version in a tarball's name, without what Debian adds to it."""
    text = re.fullmatch(r".+_(.+)\.orig\.tar\.\w+", tarball.name).group(1)
    return re.split(r"[+~]", text)[0]


def archive(tarball):
    """The tarball as it is sent."""
    if tarball.suffix != ".xz":
        return tarball
    target = corpus.home / (tarball.stem + ".gz")
    with lzma.open(tarball) as source, gzip.GzipFile(target, "wb", mtime=0) as sink:
        shutil.copyfileobj(source, sink)
    return target


def publish(tarballs):
    say(f"publishing {len(tarballs)} archives with curl")
    published = {}
    for index, tarball in enumerate(tarballs):
        answer = corpus.run(
            "curl", "--silent", "--show-error", "--user", f"__token__:{corpus.token}", "--upload-file", archive(tarball),
            "--write-out", "\n%{http_code}", f"{corpus.url}/composer?version={version(tarball)}")
        body, _, status = answer.stdout.rpartition("\n")
        if status in ("200", "201"):
            package = json.loads(body)
            published[package["name"]] = package["version"]
        else:
            say(f"refused: {tarball.name}: {json.loads(body).get('warning', body)}")
        progress(index + 1, len(tarballs), tarball.name)
    return published


def install(published, roots):
    say("installing a fresh project with composer")
    app = corpus.home / "app"
    app.mkdir()
    repositories = {"hallmark": {"type": "composer", "url": f"{corpus.url}/composer"}, "packagist.org": False}
    project = {
        "repositories": repositories, "require": {name: published[name] for name in roots if name in published},
        "config": {"secure-http": False, "allow-plugins": False},
    }
    (app / "composer.json").write_text(json.dumps(project))
    environment = corpus.environment | {
        "COMPOSER_HOME": str(corpus.home / "composer"), "COMPOSER_CACHE_DIR": str(corpus.home / "composer-cache"),
        "COMPOSER_ALLOW_SUPERUSER": "1", "COMPOSER_NO_INTERACTION": "1", "COLUMNS": "200",
    }
    # Extensions of PHP that the machine lacks do not matter to where packages come from.
    corpus.run("composer", "update", "--ignore-platform-req=ext-*", folder=app, environment=environment)
    shutil.rmtree(app / "vendor")
    shutil.rmtree(corpus.home / "composer-cache")
    corpus.run("composer", "install", "--ignore-platform-req=ext-*", folder=app, environment=environment)
    locked = json.loads((app / "composer.lock").read_text())["packages"]
    for package in locked:
        if not package["dist"]["url"].startswith(f"{corpus.url}/composer/dist/") or "source" in package:
            sys.exit(f"not from Hallmark: {package['name']}")
    answer = corpus.run("php", "-r", PROGRAM, folder=app).stdout
    if answer != "/oil fits":
        sys.exit(f"the program answered: {answer}")
    return len(locked)


corpus = Corpus(__doc__)
try:
    folder = corpus.work / ("composer-small" if corpus.small else "composer")
    download(folder, SMALL if corpus.small else LARGE)
    if not corpus.fetch_only:
        published = publish(sorted(folder.glob("*.orig.tar.*[!c]")))
        count = install(published, SMALL_ROOTS if corpus.small else ROOTS)
        say(f"composer: {len(published)} packages published, {count} installed from Hallmark alone")
finally:
    corpus.close()
