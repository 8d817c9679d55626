/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * safetext: caps, tag lists and events' structures as text on the wire.
 *
 * The text is that of gst_caps_to_string() and gst_structure_to_string(), with nested structures in
 * brackets: "video/x-vp8, width=(int)640, framerate=(fraction)30/1". It is parsed here and not by
 * GStreamer, whose parsers recurse without limit, load plugins for the type names that they meet,
 * warn, and keep every name forever. Parsed text is bounded in length, nesting and number of
 * values, and its types are those of textvalue.h. A budget bounds the names that are new to the
 * process, since a GQuark is never freed. Thread-safe, unless two threads share a budget.
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_P2P_FRAME_SAFETEXT_MAX_DEPTH 8
/* Fields, list members and structures, all in all. */
#define GST_P2P_FRAME_SAFETEXT_MAX_VALUES 4096
#define GST_P2P_FRAME_SAFETEXT_MAX_NAME 128
/* The budget of one channel, for as long as it lives. */
#define GST_P2P_FRAME_SAFETEXT_NEW_NAMES 256

/**
 * gst_p2p_frame_safetext_parse_structure:
 * @text: need not be terminated by NUL; its length was compared with the limit of its kind
 * @new_names: (inout): the budget: how many names that are new to the process are still allowed
 *
 * This and the next two functions return (transfer full), or %NULL with %GST_P2P_ERROR_INVALID or
 * %GST_P2P_ERROR_LIMIT. Caps may be unfixed; caps features are refused. A tag list leaves out tags
 * that are not registered here, or have another type here.
 */
GstStructure *gst_p2p_frame_safetext_parse_structure (const gchar *text, gsize size,
                                                      guint *new_names, GError **error);
GstCaps *
gst_p2p_frame_safetext_parse_caps (const gchar *text, gsize size, guint *new_names, GError **error);
GstTagList *
gst_p2p_frame_safetext_parse_tags (const gchar *text, gsize size, guint *new_names, GError **error);

/**
 * gst_p2p_frame_safetext_print_structure:
 *
 * Returns: (transfer full): the text; %NULL with %GST_P2P_ERROR_INVALID that names the field whose
 *   type may not travel
 */
gchar *gst_p2p_frame_safetext_print_structure (const GstStructure *structure, GError **error);
/* Leaves out caps features: they say where the memory is on this machine. */
gchar *gst_p2p_frame_safetext_print_caps (const GstCaps *caps, GError **error);
/* Leaves out tags whose type may not travel (samples); %NULL if none is left. */
gchar *gst_p2p_frame_safetext_print_tags (const GstTagList *tags);

G_END_DECLS
