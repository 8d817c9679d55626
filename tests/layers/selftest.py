#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Whether layers.py finds what it is for: a small house without a fault, and each fault put into it by itself."""
import os
import re
import tempfile
import unittest

import includes
import layers
import source
import symbols
import table
import targets
from build import Build, Object, Target, check_objects

DOCUMENT = """
| room | may include | libraries |
|---|---|---|
| `gst/p2p/base` | | GLib |
| `gst/p2p/link` | `gst/p2p/base` | GLib |
| `plugins/p2p/base` | | GStreamer |
| `plugins/p2p/io` | `gst/p2p/link`, `plugins/p2p/base` | GStreamer, libnice, system |
| `plugins/p2p/kinds` | `plugins/p2p/io` | GStreamer |

### `gst/p2p/base`
| `error` | errors |
### `gst/p2p/link`
| `peer` | a peer |
### `plugins/p2p/base`
| `log` | categories |
### `plugins/p2p/io`
| `io` | sockets |
### `plugins/p2p`
| `kinds` | all |
"""

HOUSE = {
    "gst/p2p/base/error.h": "#include <glib.h>\n",
    "gst/p2p/base/error.c": '#include "gst/p2p/base/error.h"\n',
    "gst/p2p/link/peer.h": "#include <glib.h>\n",
    "gst/p2p/link/peer.c": '#include "gst/p2p/link/peer.h"\n\n#include <string.h>\n\n#include "gst/p2p/base/error.h"\n',
    "plugins/p2p/base/log.h": "#include <gst/gst.h>\nGST_DEBUG_CATEGORY_EXTERN (gst_p2p_debug);\n",
    "plugins/p2p/base/log.c": '#include "plugins/p2p/base/log.h"\nGST_DEBUG_CATEGORY (gst_p2p_debug);\n',
    "plugins/p2p/io/io.h": "#include <gst/gst.h>\n",
    "plugins/p2p/io/io.c": '#include "plugins/p2p/io/io.h"\n#include <agent.h>\n#include <sys/socket.h>\n'
                           '#include "gst/p2p/link/peer.h"\n#include "plugins/p2p/base/log.h"\n'
                           "#define GST_CAT_DEFAULT gst_p2p_debug\n"
                           'void\nf (void)\n{\n  GST_INFO_OBJECT (self, "printf (%s) // \\"");\n}\n',
    "plugins/p2p/kinds.c": '#include <gst/gst.h>\n#include "plugins/p2p/io/io.h"\n',
    "gst/p2p/base/meson.build": """base_lib = static_library('base', 'error.c', dependencies: [glib_dep], pic: true)
base_dep = declare_dependency(link_with: base_lib, dependencies: [glib_dep])
""",
    "gst/p2p/link/meson.build": """link_lib = static_library('link', 'peer.c', dependencies: [base_dep])
link_dep = declare_dependency(link_with: link_lib, dependencies: [base_dep])
""",
    "plugins/p2p/base/meson.build": """plugin_base_lib = static_library('pluginbase', 'log.c', dependencies: [gst_dep])
plugin_base_dep = declare_dependency(link_with: plugin_base_lib, dependencies: [gst_dep])
""",
    "plugins/p2p/io/meson.build": """io_lib = static_library('io', 'io.c',
  dependencies: [link_dep, plugin_base_dep, nice_dep])
io_dep = declare_dependency(link_with: io_lib, dependencies: [link_dep, plugin_base_dep, nice_dep])
""",
    "plugins/p2p/meson.build": "kinds_lib = static_library('kinds', 'kinds.c', dependencies: [io_dep])\n",
}

CORE = "gst/p2p/base/error.c"
IO = "plugins/p2p/io/io.c"
LINK = "may not include gst/p2p/link"
UNREADABLE = "nothing else opens files"
LONG = "\n".join(["  a ();"] * 61)


def list_targets():
    return [Target("base", "static library", "gst/p2p/base", ["gst/p2p/base/error.c"]),
            Target("link", "static library", "gst/p2p/link", ["gst/p2p/link/peer.c"]),
            Target("pluginbase", "static library", "plugins/p2p/base", ["plugins/p2p/base/log.c"]),
            Target("io", "static library", "plugins/p2p/io", ["plugins/p2p/io/io.c"]),
            Target("kinds", "static library", "plugins/p2p", ["plugins/p2p/kinds.c"])]


def make_object(path, defined, used):
    item = Object(path + ".o", path)
    item.defined, item.used = set(defined), set(used)
    return item


class House(unittest.TestCase):
    """Builds the house anew for each fault."""

    def build(self, changes):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        for path, text in {**HOUSE, "docs/architecture.md": DOCUMENT, **changes}.items():
            path = os.path.join(folder.name, path)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
        self.tree = source.Tree(folder.name)
        self.table = table.Table(source.read(os.path.join(folder.name, "docs/architecture.md")))

    def expect(self, faults, pattern):
        faults = list(faults)
        if pattern is None:
            self.assertEqual(faults, [])
        else:
            self.assertTrue(any(re.search(pattern, fault) for fault in faults), f"{pattern!r} is not in {faults}")

    def expect_text(self, changes, pattern):
        self.build(changes)
        self.expect(layers.check_text(self.tree, self.table), pattern)

    def expect_added(self, path, text, pattern):
        """The text stands at the end of the file."""
        with self.subTest(text[:60]):
            self.expect_text({path: HOUSE[path] + text}, pattern)


class Text(House):
    def test_no_fault(self):
        self.expect_text({}, None)

    def test_includes(self):
        for text in ('#include "gst/p2p/link/peer.h"', "#include <gst/p2p/link/peer.h>",
                     '  #include "gst/p2p/link/peer.h"', '/* */ #include "gst/p2p/link/peer.h"',
                     '/*\n*/#include "gst/p2p/link/peer.h"', '#include/* */"gst/p2p/link/peer.h"',
                     '# /**/ include "gst/p2p/link/peer.h"', '#inc\\\nlude "gst/p2p/link/peer.h"',
                     '#include \\ \n"gst/p2p/link/peer.h"', '#include "../link/peer.h"',
                     '#if 0\n#include "gst/p2p/link/peer.h"\n#endif',
                     '#define A "//"\n#include "gst/p2p/link/peer.h"',
                     "#define A '\"'\n#include \"gst/p2p/link/peer.h\""):
            self.expect_added(CORE, text + "\n", LINK)

    def test_other_ways_to_include(self):
        for text in ('#define M "gst/p2p/link/peer.h"\n#include M', '#import "gst/p2p/link/peer.h"',
                     '%:include "gst/p2p/link/peer.h"', '??=include "gst/p2p/link/peer.h"',
                     '#include_next "gst/p2p/link/peer.h"', '#embed "gst/p2p/link/peer.h"',
                     '#include "elsewhere.h"', '#include /*\n*/ "gst/p2p/link/peer.h"'):
            self.expect_added(CORE, text + "\n", UNREADABLE)

    def test_brackets(self):
        self.expect_added(IO, "#include <plugins/p2p/kinds.c>\n", "may not include plugins/p2p/kinds")
        self.expect_added(IO, "#include <plugins/p2p/elsewhere.h>\n", "does not know the library")
        self.expect_added(IO, "#include <gst/p2p/link/peer.h>\n", UNREADABLE)

    def test_libraries(self):
        self.expect_added(CORE, "#include <nice/agent.h>\n", "may not use libnice")
        self.expect_added(CORE, "#include <unistd.h>\n", "may not use system")
        self.expect_added(IO, "#include <curl/curl.h>\n", "does not know the library")

    def test_comments_are_no_code(self):
        for text in ('/*\n#include "gst/p2p/link/peer.h"\n*/', '// \\\n#include "gst/p2p/link/peer.h"',
                     'const char *a = "\\\n#include <agent.h>";'):
            self.expect_added(CORE, text + "\n", None)

    def test_files(self):
        self.expect_text({"gst/p2p/base/new.inc": ""}, "neither .c nor .h")
        self.expect_text({"gst/p2p/base/new.c": ""}, "new: has no line")
        self.expect_text({"gst/p2p/other/new.c": ""}, "gst/p2p/other: has no row")
        self.expect_text({"docs/architecture.md": DOCUMENT + "| `gone` | gone |\n"}, "kinds|gone, which is not there")
        self.expect_text({"docs/architecture.md": DOCUMENT.replace("\n\n###", "\n| `gst/gone` | | |\n\n###", 1)},
                         "row for gst/gone, which is not there")
        self.expect_added(IO, '#include "plugins/p2p/io/io.c"\n', "which is no header")

    def test_links(self):
        self.build({})
        os.symlink("error.c", os.path.join(self.tree.root, "gst/p2p/base/link.c"))
        self.expect(source.find_stray_files(source.Tree(self.tree.root)), "link.c: is a link")

    def test_unused_grants(self):
        granted = DOCUMENT.replace("`gst/p2p/base` | |", "`gst/p2p/base` | `gst/p2p/link` |")
        self.expect_text({"docs/architecture.md": granted}, "gst/p2p/base: may include gst/p2p/link, and does not")
        self.expect_text({"docs/architecture.md": DOCUMENT.replace("libnice,", "libnice, OpenSSL,")},
                         "plugins/p2p/io: may use OpenSSL, and does not")

    def test_circles(self):
        self.expect_text({"gst/p2p/base/error.h": '#include "gst/p2p/base/error.h"\n'}, "in a circle")
        self.expect_text({"gst/p2p/base/one.h": '#include "gst/p2p/base/two.h"\n', "gst/p2p/base/two.h": "",
                          "gst/p2p/base/two.c": '#include "gst/p2p/base/one.h"\n'}, "in a circle")

    def test_sizes(self):
        self.expect_added(IO, "\n" * 800, "more than 800")
        for text in ("void\ng (void)\n{\n%s\n}\n", "G_DEFINE (a)\nvoid g (int a) {%s}\n",
                     "#if A\nvoid g (void)\n{\n#else\nvoid\ng (int b)\n{\n#endif\n%s\n}\n",
                     "#if A\n#else\nvoid\ng (void)\n{\n%s\n}\n#endif\n",
                     "static int a[] = { 1, 2 };\nvoid g (void) G_GNUC_A {%s}\n"):
            self.expect_added(IO, text % LONG, r": g has 6\d lines")
        self.expect_added(IO, "struct a\n{\n%s\n};\n" % LONG, None)
        self.expect_text({"tests/long.c": "void\ng (void)\n{\n%s\n}\n" % LONG}, "tests/long.c: g has")
        self.expect_text({"tests/long.py": "def g():\n" + "    a()\n" * 60}, "tests/long.py: g has")


class Logs(House):
    def test_calls(self):
        for text in ("GST_DEBUG(a)", "GST_DEBUG (a)", "GST_MEMDUMP (a)", "GST_MEMDUMP_OBJECT (a)",
                     "GST_CAT_LEVEL_LOG (a)", "GST_CAT_INFO_OBJECT (a)", "gst_debug_log (a)",
                     "g_warning (a)", "g_print(a)", "g_message (a)", "printf (a)", "puts (a)",
                     "#define L GST_DEBUG"):
            self.expect_added(IO, text + ";\n", "logs without")

    def test_objects(self):
        for text in ("GST_DEBUG_OBJECT (NULL, a)", "GST_DEBUG_OBJECT((gpointer) NULL, a)", "GST_LOG_ID (\n  0, a)",
                     "GST_INFO_OBJECT ((NULL), a)"):
            self.expect_added(IO, text + ";\n", "is about no object")

    def test_where_categories_are_made(self):
        for text in ("GST_DEBUG_CATEGORY_STATIC (a)", "GST_DEBUG_CATEGORY_INIT (a)", "GST_DEBUG_CATEGORY (a)",
                     "GST_DEBUG_CATEGORY_GET (a)", "GST_DEBUG_CATEGORY_EXTERN (a)"):
            self.expect_added(IO, text + ";\n", "makes or declares a debug category")
        self.expect_added(IO, "a = _gst_debug_category_new (a);\n", "_gst_debug_category_new")
        self.expect_text({"plugins/p2p/io/log.c": "GST_DEBUG_CATEGORY (a);\n"}, "makes or declares")
        self.expect_added(CORE, "GST_DEBUG_CATEGORY (a);\n", "makes or declares")

    def test_category_of_the_file(self):
        define = "#define GST_CAT_DEFAULT gst_p2p_debug\n"
        for text in ("#define GST_CAT_DEFAULT GST_CAT_default\n", "#define GST_CAT_DEFAULT my_debug\n",
                     f"{define}#undef GST_CAT_DEFAULT\n"):
            self.expect_text({IO: HOUSE[IO].replace(define, text)}, "no category of its plugin's log.h")
        for text in ("", f"/* {define} */\n", f"// {define}"):
            self.expect_text({IO: HOUSE[IO].replace(define, text)}, 'logs in the category "default"')
        self.expect_text({IO: HOUSE[IO].replace(define, "") + define}, 'logs in the category "default"')
        self.expect_text({IO: HOUSE[IO].replace(define, "").replace("GST_INFO_OBJECT", "GST_ELEMENT_ERROR")},
                         'logs in the category "default"')


class Calls(House):
    def expect_calls(self, objects, pattern):
        self.build({})
        calls = symbols.Calls(objects)
        faults = list(symbols.check_calls(calls, self.table)) + list(symbols.check_circles(calls))
        self.expect(faults + list(symbols.check_logging(calls)), pattern)

    def test_rooms(self):
        peer = make_object("gst/p2p/link/peer.c", ["peer_new"], ["error_new", "g_free", "memcpy"])
        error = make_object(CORE, ["error_new"], [])
        self.expect_calls([peer, error], None)
        self.expect_calls([peer, make_object(CORE, ["error_new"], ["peer_new"])], LINK)

    def test_libraries(self):
        for symbol, library in (("nice_agent_new", "libnice"), ("gst_pad_new", "GStreamer"), ("socket", "system"),
                                ("SSL_read", "OpenSSL"), ("fopen64", "system")):
            self.expect_calls([make_object(CORE, ["a"], [symbol])], f"uses {symbol}, .*may not use {library}")

    def test_circles(self):
        one, two, three = "plugins/p2p/io/one.c", "plugins/p2p/io/two.c", "plugins/p2p/io/three.c"
        items = [make_object(one, ["a"], ["b"]), make_object(two, ["b"], ["c"]), make_object(three, ["c"], [])]
        self.expect_calls(items, None)
        items[2].used.add("a")
        self.expect_calls(items, "calls in a circle: .*one → .*two → .*three → .*one")

    def test_two_of_one_name(self):
        self.expect_calls([make_object(CORE, ["a"], []), make_object(IO, ["a"], [])], "a is defined by")

    def test_logs(self):
        self.expect_calls([make_object(IO, ["a"], ["GST_CAT_DEFAULT"])], 'in the category "default"')
        self.expect_calls([make_object(IO, ["a"], ["_gst_debug_category_new"])], "makes a debug category")
        for symbol in ("__printf_chk", "puts", "stderr", "g_printerr"):
            self.expect_calls([make_object(IO, ["a"], [symbol])], "goes past the logs")

    def test_unreadable(self):
        built = Build.__new__(Build)
        built.objects = {}
        self.expect(check_objects(built), "no objects")
        built.objects = {"a.o": make_object(CORE, [], [])}
        self.expect(check_objects(built), "nm finds no symbols")
        self.expect(check_objects(built), "ninja does not know")

    def test_opened(self):
        self.build({})
        read = includes.Includes(self.tree)

        def check(path, *files):
            return includes.check_opened(read, self.table, {path: set(files)})
        self.expect(check(CORE, CORE, "gst/p2p/base/error.h", "/usr/include/glib-2.0/glib.h"), None)
        self.expect(check(CORE, CORE, "gst/p2p/link/peer.h"), "opened gst/p2p/link/peer.h, and no #include")
        self.expect(check(CORE, "/usr/include/nice/agent.h"), "headers of libnice")
        self.expect(check(IO, "/usr/include/nice/agent.h", "/usr/include/glib-2.0/gio/gio.h"), None)


class Targets(House):
    def expect_targets(self, listed, changes, pattern, left_out=()):
        self.build(changes)
        faults = list(targets.check_sources(self.tree, self.table, listed, left_out))
        self.expect(faults + list(targets.check_given(self.table, listed, targets.Given(self.tree.root))), pattern)

    def test_no_fault(self):
        self.expect_targets(list_targets(), {}, None)

    def test_sources(self):
        listed = list_targets()
        listed[3].sources = [IO, "plugins/p2p/base/log.c"]
        self.expect_targets(listed, {}, "io has plugins/p2p/base/log.c")
        listed = list_targets()
        self.expect_targets(listed, {"gst/p2p/base/hex.c": ""}, "base lacks gst/p2p/base/hex.c")
        self.expect_targets(listed + [Target("more", "static library", "plugins/p2p/io", [IO])], {}, "second target")
        listed[3].kind = "shared library"
        self.expect_targets(listed, {}, "is not the static library of its folder")

    def test_left_out(self):
        listed = list_targets()[:2]
        self.expect_targets(listed, {}, "plugins/p2p/io: no target")
        self.expect_targets(listed, {}, None, ("plugins/p2p/",))

    def expect_given(self, path, old, new, pattern):
        self.assertIn(old, HOUSE[path])
        self.expect_targets(list_targets(), {path: HOUSE[path].replace(old, new)}, pattern)

    def test_given(self):
        link, io = "gst/p2p/link/meson.build", "plugins/p2p/io/meson.build"
        self.expect_given(link, "[base_dep", "[base_dep, io_dep", "link is given io_dep")
        self.expect_given(link, "[base_dep", "[base_dep, nice_dep", "link is given nice_dep")
        self.expect_given(link, "[base_dep", "[base_dep, other_dep", "link is given other_dep")
        self.expect_given(io, "link_dep, ", "", "io is not given gst/p2p/link")
        self.expect_given(io, ", nice_dep", "", "io is not given libnice")

    def test_other_ways_to_give(self):
        link = "gst/p2p/link/meson.build"
        self.expect_given(link, "[base_dep])\nlink", "[base_dep] + [io_dep])\nlink", "one list of dependencies")
        self.expect_given(link, "[base_dep])\nlink", "[base_dep], link_with: io_lib)\nlink", "one list of dependencies")
        self.expect_given(link, "[base_dep])\nlink", "[base_dep], objects: o)\nlink", "one list of dependencies")
        self.expect_given(link, "[base_dep])\nlink", "[base_dep, glib_dep])\nlink", "hands on other dependencies")
        self.expect_given(link, "static_library(", "custom_target(", "does not read")
        self.expect_given(link, "link_dep =", "base_dep = io_dep\nlink_dep =", "base_dep is made by hand")


if __name__ == "__main__":
    unittest.main()
