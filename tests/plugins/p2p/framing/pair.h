/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pair: p2pframepay and p2pframedepay with a test in place of the network between them.
 *
 *             in ► pay ► messages ► depay ► out
 *             back ► pay            depay ► replies
 *
 * Nothing passes from one to the other but by the functions here, on the thread that calls them.
 */
#pragma once

#include <gst/check/gstharness.h>

#include "gst/p2p/frame/reassembler.h"

G_BEGIN_DECLS

/* Each side can be used without the other. */
typedef struct
{
  GstElement *pay;
  GstHarness *in;   /* media into pay, messages out of it */
  GstHarness *back; /* replies into pay */
  GstElement *depay;
  GstHarness *out;     /* messages into depay, media out of it */
  GstHarness *replies; /* replies out of depay */
  GstBus *bus;         /* of both elements */
} FrameLink;

/* @pay, @depay: (nullable): as in gst-launch: "p2pframepay leaky=downstream"; %NULL: not there.
 * Both are PLAYING; depay's clock is a test clock at 0. */
FrameLink *frame_link_new (const gchar *pay, const gchar *depay);
void frame_link_free (FrameLink *link);

/* Carries what is there now to the other side, in order. Returns whether there was anything. */
gboolean frame_link_carry (FrameLink *link);
/* Carries until @n buffers in all have come out of depay; fails the test if that takes long. */
void frame_link_carry_until (FrameLink *link, guint n);
/* Carries until an element message of that name was posted; an error message fails the test. */
void frame_link_carry_until_message (FrameLink *link, const gchar *name);

/* The next event that came out of @harness, of that type; others before it are dropped. */
GstEvent *frame_link_pull_event (GstHarness *harness, GstEventType type);

/* A test that leaves nothing behind. */
void frame_link_add_test (const gchar *path, GTestFunc test);

/* How many messages of that type are on the bus; they are taken from it, others dropped. */
guint frame_link_count_messages (FrameLink *link, GstMessageType type);
/* Asserts that exactly one error was posted, of that domain and code. */
void frame_link_assert_one_error (FrameLink *link, GQuark domain, gint code);

/* A count in the "stats" of pay or depay. */
guint64 frame_link_get_stat (GstElement *element, const gchar *name);

/* An object cut into a single message, and one made of text. */
GstBuffer *
frame_link_make_message (guint8 kind, guint16 epoch, guint32 seq, gconstpointer data, gsize size);
GstBuffer *frame_link_make_text (guint8 kind, guint16 epoch, guint32 seq, const gchar *text);
/* A BUFFER object of @size bytes of data. */
GstBuffer *
frame_link_make_buffer (guint16 epoch, guint32 seq, const GstP2pFrameBuffer *frame, gsize size);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FrameLink, frame_link_free)

G_END_DECLS
