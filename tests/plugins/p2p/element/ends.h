/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ends: a pipeline with one end of a connection in it, and everything that it said on its bus.
 */
#pragma once

#include <gst/gst.h>

#include "gst/p2p/link/peer.h"

G_BEGIN_DECLS

/* Enough for whatever happens at once, on a machine that is busy with other tests. */
#define ENDS_SOON_MS 15000

/* Pieces of descriptions: a sender that never ends, slow enough not to keep a processor busy. */
#define ENDS_ENDLESS "fakesrc sizetype=fixed sizemax=1000 filltype=zero ! identity sleep-time=2000 "
#define ENDS_TAKE "fakesink name=out sync=false async=false"

typedef struct
{
  GstElement *pipeline;
  GstElement *p2p; /* the element named "p" */
  GMutex lock;
  /* lock; GError each */
  GPtrArray *errors;
  GPtrArray *warnings;
  GPtrArray *infos;
  gchar *reason; /* of the last peer-disconnected message */
  guint n_connected;
  guint n_disconnected;
  guint n_eos;
  gboolean eos_before_message; /* EOS came before the first error or warning */
  /* atomic */
  gint n_taken; /* buffers that reached the element named "out" */
} End;

typedef void (*EndsTest) (const gchar *transport);

/* test_gst_init_linked(), and one connection, after which what lives as long as the process is
 * there. */
void ends_init (int *argc, char ***argv);
/* Without the connection, and without GLib's testing: for a child. */
void ends_init_elements (int *argc, char ***argv);

/* Registers "/<transport>/<name>" for each transport, with the leaks tracer around it. */
void ends_add (const gchar *name, EndsTest test);

/* As for gst-launch-1.0, with an element named "p"; in NULL. */
End *end_new (const gchar *format, ...) G_GNUC_PRINTF (1, 2);
/* The same, and to PLAYING. */
End *end_play (const gchar *format, ...) G_GNUC_PRINTF (1, 2);
/* To NULL, within 2 s. */
void end_free (End *end);

void end_set_state (End *end, GstState state);

/* Waits. The state is the element's connection-state. */
void end_wait_state (End *end, GstP2pPeerState state);
void end_wait_connected (End *end, guint n);
void end_wait_disconnected (End *end, guint n);
void end_wait_eos (End *end);
/* Until @n more buffers reached "out". */
void end_wait_taken (End *end, gint n);

/**
 * end_expect_error:
 * @domain: 0: any, and any code
 * @pattern: glob for the sentence
 * @timeout_ms: for it to come
 *
 * The one error message of the whole pipeline; nothing else is said for a while after it.
 */
void end_expect_error (End *end, GQuark domain, gint code, const gchar *pattern, guint timeout_ms);
/* Likewise, with the change to PLAYING being refused. */
void end_expect_refusal (End *end, GQuark domain, gint code, const gchar *pattern);
/* The first warning or info; no error. */
void end_expect_warning (End *end, GQuark domain, gint code, const gchar *pattern);
/* The same, and forgets it; it is the only one. */
void end_take_warning (End *end, GQuark domain, gint code, const gchar *pattern);
void end_expect_no_warning (End *end);
void end_expect_info (End *end, const gchar *pattern);
/* The first info, which is forgotten. */
void end_take_info (End *end, const gchar *pattern);
void end_expect_no_error (End *end);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (End, end_free)

G_END_DECLS
