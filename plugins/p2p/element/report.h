/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * report: what an application is told: signals, and messages on the bus.
 *
 * Any thread, under no lock; handlers of the signals run on the caller's thread, which is to be one
 * that the element does not join (plugins/p2p/base/herald.h).
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* Called in class_init of the element that the other functions are used with. */
void gst_p2p_report_install_signals (gpointer klass);

/* The functions that a switchboard calls (control/switchboard.h), with the element as their
 * data. */

/* Post @error as a message of @element, in the GStreamer domain and code that belong to it. Its
 * details have the field "cause", a string: gst_p2p_error_get_name(). */
void gst_p2p_report_error (const GError *error, gpointer element);
void gst_p2p_report_warning (const GError *error, gpointer element);
/* An error: its state cannot go down on a thread of its own. Cause "own-thread". */
void gst_p2p_report_own_thread (gpointer element);
/* Tells the application under which id, and at which signaling server, the element can be called.
 */
void gst_p2p_report_waiting (const gchar *id, const gchar *uri, gpointer element);
/* Tells it that this server is there, after a warning that none is. */
void gst_p2p_report_found (const gchar *uri, gpointer element);
/* "accept-peer"; TRUE without a handler. */
gboolean gst_p2p_report_ask_accept (const gchar *id, const gchar *fingerprint, gpointer element);
/* "peer-connected" and "peer-disconnected", as signals and element messages of these names; the
 * message of the former also has what @stats says of the connection (pair, set-up time, cipher). */
void gst_p2p_report_connected (const gchar *id, const gchar *fingerprint, const GstStructure *stats,
                               gpointer element);
void gst_p2p_report_disconnected (const gchar *id, const gchar *reason, gpointer element);

G_END_DECLS
