/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * report: what an application is told: signals, and messages on the bus.
 *
 * Any thread, under no lock; handlers of the signals run on the caller's thread.
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* Posts @error as an error or warning message of @element, in the GStreamer domain and code that
 * belong to it. */
void gst_p2p_report (GstElement *element, GstMessageType type, const GError *error);

/* Says under which id the element can be called. */
void gst_p2p_report_waiting (GstElement *element, const gchar *id, const gchar *signaling_uri);

/* For class_init of the element that is used with what follows. */
void gst_p2p_report_install_signals (gpointer klass);

/* "accept-peer"; TRUE without a handler. */
gboolean gst_p2p_report_ask_accept (GstElement *element, const gchar *id, const gchar *fingerprint);
/* "peer-connected" and "peer-disconnected", as signals and element messages of these names; the
 * message of the former also has what @stats says of the connection (pair, set-up time, cipher). */
void gst_p2p_report_connected (GstElement *element, const gchar *id, const gchar *fingerprint,
                               const GstStructure *stats);
void gst_p2p_report_disconnected (GstElement *element, const gchar *id, const gchar *reason);

G_END_DECLS
