# SPDX-License-Identifier: LGPL-2.1-or-later
"""The plugins' logs: every line has a category of its plugin's own, and the object that it is about."""
import re

# Where the categories of each plugin are made, and nowhere else.
LOGS = {"plugins/p2p": "plugins/p2p/base/log", "plugins/sframe": "plugins/sframe/log"}
# A property set to what it cannot be is the programmer's mistake, and told as GObject tells such.
WARNINGS = {("plugins/sframe/pad.c", "g_warning"), ("plugins/sframe/sframedec.c", "g_warning")}

LEVELS = r"(?:ERROR|WARNING|FIXME|INFO|DEBUG|LOG|TRACE)"
# Of the macros and functions that log, those with an object, in the file's own category.
GOOD = re.compile(rf"\bGST_{LEVELS}_(?:OBJECT|ID)\s*\(\s*(?:\([\w\s*]+\)\s*)*\(*\s*(\w*)")
MESSAGES = re.compile(r"\bGST_ELEMENT_(?:ERROR|WARNING|INFO|FLOW_ERROR)\w*\s*\(")
BAD = re.compile(rf"\bGST_{LEVELS}\b|\bGST_CAT_(?!DEFAULT\b)\w+|\b_*GST_\w*MEMDUMP\w*"
                 r"|\bgst_debug_(?:log|print|category)\w*|\b_gst_debug_\w+"
                 r"|\bg_(?:print|printerr|message|warning|info|debug|critical|error|warning_once|log|logv|log_\w+)\s*\("
                 r"|\b(?:v|d|f|vf|vd)?printf\s*\(|\b(?:f|f?un)?put(?:s|c|char)(?:_unlocked)?\s*\(|\bperror\s*\(")
CATEGORIES = re.compile(r"\b_?GST_DEBUG_CATEGORY\w*")


def plugin_of(path):
    return next((plugin for plugin in LOGS if path.startswith(plugin + "/")), None)


def list_categories(tree, plugin):
    """The categories that the plugin's log.h declares."""
    header = tree.rooms.get(LOGS[plugin] + ".h")
    return set(re.findall(r"\bGST_DEBUG_CATEGORY_EXTERN \((\w+)\)", header.bare)) if header else set()


def check_calls(source):
    """Calls that know no object, or no category, or go past the logs."""
    for match in BAD.finditer(source.bare):
        name = re.match(r"\w+", match[0])[0]
        if (source.path, name) not in WARNINGS:
            yield f"{source.path}: {name} logs without the file's category and the object that it is about"
    for match in GOOD.finditer(source.bare):
        if match[1] in ("NULL", "0", "nullptr", ""):
            yield f"{source.path}: {match[0]}…) is about no object"


def check_category(source, categories):
    """A file that logs has one of its plugin's categories, defined before the first line that is logged."""
    defines = [(words, re.fullmatch(r"define\s+GST_CAT_DEFAULT\s+(\w+)", words)) for _, words in source.directives
               if re.match(r"(define|undef)\s+GST_CAT_DEFAULT\b", words)]
    yield from (f"{source.path}: #{words}: no category of its plugin's log.h" for words, define in defines
                if not define or define[1] not in categories)
    if len(defines) > 1:
        yield f"{source.path}: defines GST_CAT_DEFAULT more than once"
    uses = [match.start() for pattern in (GOOD, MESSAGES) for match in pattern.finditer(source.bare)]
    define = re.search(r"^\s*#\s*define\s+GST_CAT_DEFAULT\b", source.bare, flags=re.M)
    if uses and (not define or define.start() > min(uses)):
        yield f"{source.path}: logs in the category \"default\""


def check_logs(tree):
    categories = {plugin: list_categories(tree, plugin) for plugin in LOGS}
    for path, source in tree.rooms.items():
        plugin = plugin_of(path)
        if source.stem == LOGS.get(plugin):
            continue
        if CATEGORIES.search(source.bare):
            yield f"{path}: makes or declares a debug category, which {LOGS.get(plugin, 'nobody here')} does"
        if path.startswith("plugins/"):
            yield from check_calls(source)
            yield from check_category(source, categories.get(plugin, set()))
