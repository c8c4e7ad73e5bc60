/// Names that nobody may register.
enum PyPIReservedNames {
    /// Modules of the standard library of Python 2.7 and of every Python 3 so far, normalised.
    ///
    /// A project of such a name shadows the module or is installed by mistake for it. Backports that have such a name on other
    /// indexes cannot be published under it here.
    static let standardLibrary: Set<String> = Set(
        """
        abc aifc annotationlib antigravity anydbm argparse array ast asynchat asyncio asyncore atexit audioop base64
        basehttpserver bdb binascii binhex bisect bsddb builtins bz2 calendar cgi cgihttpserver cgitb chunk cmath
        cmd code codecs codeop collections colorsys commands compileall compiler compression concurrent configparser
        contextlib contextvars cookie cookielib copy copy-reg copyreg cpickle cprofile crypt cstringio csv ctypes
        curses dataclasses datetime dbhash dbm decimal difflib dircache dis distutils dl doctest docxmlrpcserver
        dumbdbm dummy-thread dummy-threading email encodings ensurepip enum errno exceptions faulthandler fcntl
        filecmp fileinput fnmatch formatter fpformat fractions ftplib functools future-builtins gc gdbm genericpath
        getopt getpass gettext glob graphlib grp gzip hashlib heapq hmac hotshot html htmllib htmlparser http
        httplib idlelib ihooks imaplib imghdr imp importlib imputil inspect io ipaddress itertools json keyword
        lib2to3 linecache locale logging lzma macpath mailbox mailcap markupbase marshal math md5 mhlib mimetools
        mimetypes mimewriter mimify mmap modulefinder msilib msvcrt multifile multiprocessing mutex netrc new nis
        nntplib nt ntpath nturl2path numbers opcode operator optparse os ossaudiodev parser pathlib pdb pickle
        pickletools pipes pkgutil platform plistlib popen2 poplib posix posixfile posixpath pprint profile pstats
        pty pwd py-compile pyclbr pydoc pydoc-data pyexpat queue quopri random re readline repr reprlib resource
        rexec rfc822 rlcompleter robotparser runpy sched secrets select selectors sets sgmllib sha shelve shlex
        shutil signal simplehttpserver simplexmlrpcserver site smtpd smtplib sndhdr socket socketserver spwd sqlite3
        sre sre-compile sre-constants sre-parse ssl stat statistics statvfs string stringio stringold stringprep
        strop struct subprocess sunau symbol symtable sys sysconfig syslog tabnanny tarfile telnetlib tempfile
        termios textwrap this thread threading time timeit tkinter toaiff token tokenize tomllib trace traceback
        tracemalloc tty turtle turtledemo types typing unicodedata unittest urllib urllib2 urlparse user userdict
        userlist userstring uu uuid venv warnings wave weakref webbrowser whichdb winreg winsound wsgiref xdrlib xml
        xmllib xmlrpc xmlrpclib zipapp zipfile zipimport zlib zoneinfo
        """.split(whereSeparator: \.isWhitespace).map(String.init))

    /// What people type after `pip install` by mistake, normalised.
    static let prohibited: Set<String> = [
        "requirements-txt", "rrequirements-txt", "requirement-txt", "pip-install", "none",
    ]
}
