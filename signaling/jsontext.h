/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * jsontext: JSON text from the network, bounded before it is parsed.
 *
 * json-glib 1.6 recurses once per level of nesting, takes more than JSON (comments, assignments),
 * and leaks when a text is malformed. So the whole text is checked first, without any allocation.
 * Functions without state; any thread.
 */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

#define GST_P2P_SIGNALING_JSON_MAX_DEPTH 8

/* Whether @text is one JSON value within the limits. GST_P2P_ERROR_LIMIT or _INVALID. */
gboolean gst_p2p_signaling_json_text_check (const gchar *text, gsize length, gsize max_length,
                                            GError **error);

/* Parses one JSON object, checked like that. Free with json_node_unref(). */
JsonNode *gst_p2p_signaling_json_text_parse (const gchar *text, gsize length, gsize max_length,
                                             GError **error);

/**
 * gst_p2p_signaling_json_get_string:
 * @max_length: bytes
 * @value: (out): newly allocated; %NULL if there is no such member
 *
 * Returns: %FALSE with an error that names the member if it is no string or too long, or is
 * missing and @required
 */
gboolean
gst_p2p_signaling_json_get_string (JsonObject *object, const gchar *member, gboolean required,
                                   gsize max_length, gchar **value, GError **error);

/* The same for an integer from @min to @max; @value is left alone if there is no such member. */
gboolean gst_p2p_signaling_json_get_integer (JsonObject *object, const gchar *member, gint64 min,
                                             gint64 max, gint64 *value, GError **error);

G_END_DECLS
