"""Publishes upstream tarballs of Debian's php-* source packages, then installs a fresh project from Hallmark alone.

The tarballs come with `apt-get source --download-only` through settings of its own, so that the machine's package sources
stay as they are. They are sent as they are but for one thing: where Debian has compressed them with xz, which Composer
does not unpack, they are compressed with gzip instead. Their versions are Debian's upstream versions.
"""
import gzip
import json
import lzma
import os
import re
import shutil
import sys
import tarfile

from common import Corpus, progress, say

# Debian source packages. Some mirrors do not have all of them; what is there is enough.
SMALL = """
    php-psr-log php-psr-container php-psr-event-dispatcher php-monolog php-guzzlehttp-promises php-nikic-fast-route
    php-pimple php-doctrine-inflector php-doctrine-instantiator php-webmozart-assert php-timer php-parsedown
""".split()
LARGE = SMALL + """
    php-psr-cache php-psr-http-client php-psr-http-factory php-psr-http-message php-psr-link php-psr-simple-cache
    php-getallheaders php-guzzlehttp-psr7 php-http-message-factory php-http-promise php-http-httplug php-nyholm-psr7
    php-slim-psr7 php-fig-http-message-util php-doctrine-annotations php-doctrine-cache php-doctrine-collections
    php-doctrine-common php-doctrine-deprecations php-doctrine-event-manager php-doctrine-lexer
    php-doctrine-persistence php-brick-math php-brick-varexporter php-ramsey-collection php-ramsey-uuid
    php-composer-semver php-composer-pcre php-composer-metadata-minifier php-composer-spdx-licenses
    php-composer-xdebug-handler php-composer-ca-bundle php-composer-class-map-generator php-json-schema
    php-react-promise php-random-compat php-constant-time php-parser php-deepcopy php-league-config php-nette-schema
    php-nette-utils php-dflydev-dot-access-data php-league-commonmark php-league-mime-type-detection php-league-flysystem
    php-league-html-to-markdown php-phpoption php-graham-campbell-result-type php-vlucas-phpdotenv php-email-validator
    php-phpstan-phpdoc-parser php-phpdocumentor-reflection-common php-phpdocumentor-reflection-docblock
    php-phpdocumentor-type-resolver php-tokenizer php-phar-io-version php-phar-io-manifest php-masterminds-html5
    php-dragonmantank-cron-expression php-symfony-contracts php-symfony-polyfill libphp-phpmailer libphp-swiftmailer
    php-twig php-mockery php-hamcrest php-mikey179-vfsstream php-opis-closure php-laravel-serializable-closure
    php-zend-code php-zend-eventmanager php-zend-stdlib php-text-template php-invoker php-directory-scanner
    php-fdomdocument php-pda-pheanstalk php-nrk-predis php-malkusch-lock php-sql-formatter php-shellcommand
    php-zumba-json-serializer php-tijsverkoyen-css-to-inline-styles php-ml-iri php-ml-json-ld php-gettext-languages
    php-cache-integration-tests php-cache-tag-interop php-http-psr7-integration-tests php-phpspec-prophecy
    phpunit-cli-parser phpunit-code-unit phpunit-code-unit-reverse-lookup phpunit-complexity phpunit-diff
    phpunit-lines-of-code phpunit-object-enumerator phpunit-object-reflector phpunit-resource-operations phpunit-version
    amphp-amp php-async-aws-core php-async-aws-ses php-async-aws-sns php-async-aws-sqs php-auth-sasl php-cas
    php-codesniffer php-console-table php-crypt-gpg php-doctrine-data-fixtures php-doctrine-dbal php-dompdf-svg-lib
    php-easyrdf php-embed php-font-lib php-gettext php-getid3 php-htmlpurifier php-httpful php-klogger
    php-http-interop-http-factory-tests php-laravel-lumen-framework php-lorenzo-pinky php-mail php-mail-mime
    php-maxminddb php-mf2 php-mock php-mock-integration php-mock-phpunit php-nesbot-carbon php-net-dns2 php-net-ldap3
    php-net-sieve php-net-smtp php-net-socket php-net-url2 php-netscape-bookmark-parser php-oscarotero-gettext
    php-oscarotero-html-parser php-parsedown-extra php-phpseclib php-phpseclib3 php-phpspec-prophecy-phpunit
    php-proxy-manager php-sabre-vobject php-sabredav php-seld-signal-handler php-slim php-symfony-mercure
    php-symfony-security-acl php-voku-portable-ascii php-zeta-base php-zeta-console-tools php-zeta-unit-test phpab phpcpd
    phploc phpmd libmarkdown-php libphp-adodb
""".split()
# What the fresh project asks for, as far as everything is there that it needs.
ROOTS = """
    monolog/monolog guzzlehttp/promises nikic/fast-route pimple/pimple doctrine/inflector webmozart/assert doctrine/lexer
    doctrine/annotations doctrine/collections doctrine/common guzzlehttp/psr7 nyholm/psr7 ramsey/uuid league/commonmark
    vlucas/phpdotenv nikic/php-parser twig/twig mockery/mockery league/flysystem egulias/email-validator erusev/parsedown
    justinrainbow/json-schema laminas/laminas-stdlib sebastian/diff sebastian/code-unit phpunit/php-timer predis/predis
""".split()
PROGRAM = """
require 'vendor/autoload.php';
(new Monolog\\Logger('corpus'))->pushHandler(new Monolog\\Handler\\NullHandler())->info('lit');
echo Doctrine\\Inflector\\InflectorFactory::create()->build()->pluralize('lamp');
"""


def apt(*words, folder=None, check=True):
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
    environment = dict(os.environ)
    return corpus.run("apt-get", "-q", *options, *words, folder=folder or corpus.work, check=check, environment=environment)


def download(folder, names):
    """Gets the tarballs."""
    if (folder / "complete").exists():
        return
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    say(f"downloading {len(names)} Debian source packages")
    apt("update")
    # A file that the mirror does not have is no reason to do without the others.
    answer = apt("source", "--download-only", *names, folder=folder, check=False)
    found = len(tarballs(folder))
    if found < len(names) / 3:
        sys.exit(f"only {found} of {len(names)} tarballs came:\n{answer.stdout}")
    if found < len(names):
        say(f"the mirror does not have {len(names) - found} of them")
    (folder / "complete").touch()


def tarballs(folder):
    """The upstream tarballs in a folder, without their signatures."""
    return sorted(path for path in folder.glob("*.orig.tar.*") if path.suffix in (".gz", ".xz"))


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


def manifest(archive):
    """The composer.json in an archive, or nothing."""
    with tarfile.open(archive) as tar:
        for entry in tar:
            if re.fullmatch(r"(\./)?([^/]+/)?composer\.json", entry.name):
                return json.load(tar.extractfile(entry))
    return {}


def publish(tarballs):
    """Publishes archives, and says what was taken: manifests by name, with the version that was given."""
    say(f"publishing {len(tarballs)} archives with curl")
    published = {}
    for index, tarball in enumerate(tarballs):
        sent = archive(tarball)
        answer = corpus.run(
            "curl", "--silent", "--show-error", "--user", f"__token__:{corpus.token}", "--upload-file", sent,
            "--write-out", "\n%{http_code}", f"{corpus.url}/composer?version={version(tarball)}")
        body, _, status = answer.stdout.rpartition("\n")
        if status in ("200", "201"):
            package = json.loads(body)
            published[package["name"]] = manifest(sent) | {"version": package["version"]}
        else:
            say(f"refused: {tarball.name}: {json.loads(body).get('warning', body)}")
        progress(index + 1, len(tarballs), tarball.name)
    return published


def complete(published):
    """The packages all of whose dependencies are there, by their own names or by what they replace."""
    known = dict(published)
    for package in published.values():
        known |= {name: package for name in package.get("replace", ()) if name not in published}
    while True:
        lacking = [
            name for name, package in known.items()
            if any("/" in link and link.lower() not in known for link in package.get("require", ()))
        ]
        if not lacking:
            return known
        known = {name: package for name, package in known.items() if name not in lacking}


def install(published):
    say("installing a fresh project with composer")
    app = corpus.home / "app"
    app.mkdir()
    available = complete(published)
    repositories = {"hallmark": {"type": "composer", "url": f"{corpus.url}/composer"}, "packagist.org": False}
    project = {
        "repositories": repositories, "require": {name: available[name]["version"] for name in ROOTS if name in available and name in published},
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
    if answer != "lamps":
        sys.exit(f"the program answered: {answer}")
    return len(locked)


corpus = Corpus(__doc__)
try:
    folder = corpus.work / ("composer-small" if corpus.small else "composer")
    download(folder, SMALL if corpus.small else LARGE)
    if not corpus.fetch_only:
        published = publish(tarballs(folder))
        count = install(published)
        say(f"composer: {len(published)} packages published, {count} installed from Hallmark alone")
finally:
    corpus.close()
