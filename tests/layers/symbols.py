# SPDX-License-Identifier: LGPL-2.1-or-later
"""What each object calls of which other one: also what no #include says, but a prototype written by hand."""
import re

from circles import find_circle
from logs import LOGS
from source import stem_of

LIBRARIES = [(r"nice_\w+", "libnice"), (r"usrsctp_\w+", "usrsctp"), (r"soup_\w+", "libsoup"),
             (r"json_\w+", "json-glib"), (r"_?gst_(?!p2p_)\w+", "GStreamer"), (r"g_\w+", "GLib"),
             (r"(SSL|BIO|EVP|X509|PEM|ERR|RAND|OSSL|DTLS|TLS|ASN1|PKCS\d+|CRYPTO|OPENSSL|[di]2[di])_\w+", "OpenSSL"),
             (r"(socket|connect|bind|listen|accept4?|send(to|m?msg)?|recv(from|m?msg)?|[gs]etsockopt|select|p?poll|"
              r"epoll_\w+|getaddrinfo|f?open(at)?(64)?|creat(64)?|read|write|popen|system|fork|exec\w+|posix_spawn\w*|"
              r"dlopen|syscall|ioctl)", "system")]
# What writes past the logs, and what a line is logged in that has no category.
PRINTING = re.compile(r"_?_?(v?d?f?printf|puts|putchar|fputs|fputc|fwrite|perror)(_chk|_unlocked)?|std(out|err)"
                      r"|g_print(err)?|g_log_structured\w*|g_logv")
MAKING = {"_gst_debug_category_new", "_gst_debug_get_category"}


def library_of(symbol):
    for pattern, library in LIBRARIES:
        if re.fullmatch(pattern, symbol):
            return library
    return None


class Calls:
    """`owners`: the source file that defines each symbol. `twice`: symbols that two files define."""

    def __init__(self, objects):
        self.objects = objects
        self.owners = {}
        self.twice = []
        for item in objects:
            for symbol in sorted(item.defined):
                other = self.owners.setdefault(symbol, item.source)
                if other != item.source:
                    self.twice.append((symbol, other, item.source))

    def outward(self):
        """(file, symbol, file that defines it or None) of each use."""
        for item in self.objects:
            for symbol in sorted(item.used):
                owner = self.owners.get(symbol)
                if owner != item.source:
                    yield item.source, symbol, owner

    def by_module(self):
        modules = {}
        for path, _, owner in self.outward():
            if owner:
                modules.setdefault(stem_of(path), set()).add(stem_of(owner))
        return modules


def check_calls(calls, table):
    yield from (f"{symbol} is defined by {one} and by {other}" for symbol, one, other in calls.twice)
    for path, symbol, owner in calls.outward():
        room = table.room_of(path)
        if owner and not table.may_include(room, table.room_of(owner)):
            yield f"{path}: uses {symbol} of {owner}, and {room} may not include {table.room_of(owner)}"
        library = None if owner else library_of(symbol)
        if library and not table.may_use(room, library):
            yield f"{path}: uses {symbol}, and {room} may not use {library}"


def check_circles(calls):
    """Modules that call each other in a circle are one, whatever their headers say."""
    circle = find_circle(calls.by_module())
    if circle:
        yield "calls in a circle: " + " → ".join(circle)


def check_logging(calls):
    """The compiler's word on the logs: what no macro can hide."""
    for path, symbol, owner in calls.outward():
        if owner or not path.startswith("plugins/"):
            continue
        if symbol == "GST_CAT_DEFAULT":
            yield f"{path}: logs in the category \"default\""
        elif symbol in MAKING and stem_of(path) not in LOGS.values():
            yield f"{path}: makes a debug category"
        elif PRINTING.fullmatch(symbol):
            yield f"{path}: uses {symbol}, which goes past the logs"
