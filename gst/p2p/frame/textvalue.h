/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * textvalue: the types of value that may travel as text, and the text of those that are scalar.
 *
 * The form is that of gst_structure_to_string(): int, uint, int64, uint64, float, double, boolean,
 * string, fraction, bitmask, buffer (in hex), date, datetime, registered enumerations, flags and
 * flag sets; structure and caps, which safetext.h composes of them, are in the list too.
 * GStreamer's own deserialisers are not used: they were not written for hostile input.
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* %G_TYPE_INVALID: values of that type may not travel. Makes no new GType or GQuark. */
GType gst_p2p_frame_text_type_from_name (const gchar *name);
/* %NULL: may not travel. */
const gchar *gst_p2p_frame_text_type_get_name (GType type);

/* Whether @c can stand in a token without quotes. */
gboolean gst_p2p_frame_text_is_token_char (gchar c);

/**
 * gst_p2p_frame_text_value_parse:
 * @type: a scalar type; %G_TYPE_INVALID: guess among int, double, fraction, boolean, string
 * @token: without quotes and escapes
 * @quoted: whether it had quotes
 * @value: (out): zero-filled; initialised if the result is %TRUE
 *
 * Returns: %FALSE if @token is not a value of that type
 */
gboolean
gst_p2p_frame_text_value_parse (GType type, const gchar *token, gboolean quoted, GValue *value);

/* Appends @value, of a scalar type, with quotes where they are needed; %FALSE: it has no text. */
gboolean gst_p2p_frame_text_value_print (const GValue *value, GString *text);

/**
 * gst_p2p_frame_text_unquote:
 * @text: begins with a quote
 * @after: (out): behind the closing one
 *
 * Returns: (nullable): what was quoted, to be freed; %NULL: not closed, a bad escape, or a NUL
 */
gchar *gst_p2p_frame_text_unquote (const gchar *text, const gchar *end, const gchar **after);

G_END_DECLS
