/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * backlog: see backlog.h.
 */
#include "plugins/p2p/transport/backlog.h"

/* Room is awaited until there is so much more of it, so that a slow reader does not cause a wakeup
 * or a window update for each message. */
#define STEP (1024 * 1024)
#define MOST_AWAITED (GST_P2P_MAX_PLAIN_BACKLOG / 2)

G_STATIC_ASSERT (GST_P2P_MAX_PLAIN_BACKLOG <= GST_P2P_MAX_BACKLOG);
G_STATIC_ASSERT (GST_P2P_MAX_IN_FLIGHT + GST_P2P_MAX_IN_FLIGHT / 2 + GST_P2P_MAX_PLAIN_BACKLOG
                 <= GST_P2P_MAX_BACKLOG);

struct _GstP2pBacklog
{
  /* atomic; bytes. Below 0 for a moment if a message was taken before it was counted. */
  gint plain; /* of channels without acknowledgements */
  gint all;
  gint awaited; /* room; 0: nobody waits */
};

GstP2pBacklog *
gst_p2p_backlog_new (void)
{
  return g_atomic_rc_box_new0 (GstP2pBacklog);
}

GstP2pBacklog *
gst_p2p_backlog_ref (GstP2pBacklog *backlog)
{
  return g_atomic_rc_box_acquire (backlog);
}

void
gst_p2p_backlog_unref (GstP2pBacklog *backlog)
{
  g_atomic_rc_box_release (backlog);
}

static gint
room (gint held, gint most)
{
  return most - CLAMP (held, 0, most);
}

static gint
get_room (GstP2pBacklog *backlog)
{
  return MIN (room (g_atomic_int_get (&backlog->plain), GST_P2P_MAX_PLAIN_BACKLOG),
              room (g_atomic_int_get (&backlog->all), GST_P2P_MAX_BACKLOG));
}

static void
count (GstP2pBacklog *backlog, gboolean acknowledged, gint bytes)
{
  if (!acknowledged)
    g_atomic_int_add (&backlog->plain, bytes);
  g_atomic_int_add (&backlog->all, bytes);
}

void
gst_p2p_backlog_add (GstP2pBacklog *backlog, gboolean acknowledged, gsize bytes)
{
  count (backlog, acknowledged, (gint)bytes);
}

gboolean
gst_p2p_backlog_remove (GstP2pBacklog *backlog, gboolean acknowledged, gsize bytes)
{
  gint awaited;

  count (backlog, acknowledged, -(gint)bytes);
  awaited = g_atomic_int_get (&backlog->awaited);
  return awaited > 0 && get_room (backlog) >= awaited
         && g_atomic_int_compare_and_exchange (&backlog->awaited, awaited, 0);
}

gsize
gst_p2p_backlog_get_room (GstP2pBacklog *backlog)
{
  return get_room (backlog);
}

/* Whoever removes sees the wish, or the removal is seen here: the wish is there before the second
 * look. */
gsize
gst_p2p_backlog_await_room (GstP2pBacklog *backlog)
{
  gint there = get_room (backlog);

  g_atomic_int_set (&backlog->awaited, MIN (there + STEP, MOST_AWAITED));
  return get_room (backlog);
}

gboolean
gst_p2p_backlog_is_flooded (GstP2pBacklog *backlog)
{
  return g_atomic_int_get (&backlog->all) > 2 * GST_P2P_MAX_BACKLOG;
}
