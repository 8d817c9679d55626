/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * stack: the process's one usrsctp, its settings and its clock.
 *
 * usrsctp is process-wide: one initialisation, and one timer wheel for all associations. It is
 * started without threads of its own; instead one of the threads that own an association turns the
 * wheel every 10 ms: the thread of the oldest clock, and when that leaves, of the next one. So a
 * process with one connection has no thread but its I/O thread, and a process with a hundred
 * connections still turns the wheel once per 10 ms. (The thread "SCTP iterator", which usrsctp
 * starts all the same, sleeps.) The timers of an association may therefore run on another
 * association's thread: see GstP2pDirectStackFunc.
 *
 * The stock sctpenc/sctpdec and webrtcbin carry another copy of usrsctp with hidden symbols in
 * libgstsctp.so; the two do not meet.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Takes one packet of the association of @owner, which it may change. Called on the thread that
 * entered, or from a timer on any thread. */
typedef void (*GstP2pDirectStackFunc) (gpointer owner, guint8 *packet, gsize size);

struct socket; /* usrsctp's */

typedef struct _GstP2pDirectStackClock GstP2pDirectStackClock;

/* To be called on the thread that iterates @context, and that keeps iterating it until leave(): a
 * thread that blocks stops all associations' timers. @func is called until leave(). The clock is
 * also the association's address (AF_CONN), by which usrsctp knows it. */
GstP2pDirectStackClock *
gst_p2p_direct_stack_enter (GMainContext *context, GstP2pDirectStackFunc func, gpointer owner);
/* On the same thread, after the association's socket was closed. */
void gst_p2p_direct_stack_leave (GstP2pDirectStackClock *clock);

/* Sets the congestion window of an association, which begins again with slow start: usrsctp has no
 * function for that, but choosing its congestion control anew makes the window the initial one. */
void gst_p2p_direct_stack_set_window (struct socket *socket, guint32 packets);

/* Whether the caller was called by a timer. */
gboolean gst_p2p_direct_stack_is_ticking (void);

/* No timer runs between these two: an association that is closed in between can be freed
 * afterwards. Never from within a function that usrsctp calls. */
void gst_p2p_direct_stack_hold_timers (void);
void gst_p2p_direct_stack_release_timers (void);

G_END_DECLS
