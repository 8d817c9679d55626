/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * stack: see stack.h.
 */
#include "plugins/p2p/transport/direct/stack.h"

#include <errno.h>

#include <usrsctp.h>

#define TICK_MS 10 /* usrsctp's own granularity */

/* RFC 6928's ten segments, of our packets' size. */
#define INITIAL_WINDOW_PACKETS 10
/* RFC 3465's limit of growth per SACK, in packets: there are few SACKs (association.c), and with
 * the default of 2 slow start would take the longer for it. */
#define WINDOW_GROWTH_PACKETS 32
/* Messages queued in an association; the default of 512 is 600 KB of small ones, less than the
 * bandwidth-delay product. The socket buffers bound memory. */
#define MAX_QUEUED_CHUNKS (64 * 1024)
/* When the send buffer is nearly full, usrsctp waits until this much is free: about one packet. The
 * window grows only when it is used up, so a larger value would keep it from growing. */
#define MIN_ROOM_TO_SEND 1024
/* Packets longer than one small mbuf (256 bytes) go into one cluster (2 KiB) instead of a chain. */
#define MAX_MBUF_CHAIN 1

/* usrsctp's name for it is not in the installed header. */
#define PLUGGABLE_CC 0x00001202

struct _GstP2pDirectStackClock
{
  GMainContext *context; /* const from enter() to leave() */
  GSource *ticks;        /* stack.lock; set in the first clock alone */

  /* Read by its thread, and by others while they hold stack.timers; written by its thread while it
   * holds that. */
  GstP2pDirectStackFunc func; /* NULL in an idle clock */
  gpointer owner;
};

/* Process-wide because usrsctp is. */
static struct
{
  GMutex lock; /* guards the three fields below; taken before timers */
  GQueue clocks;
  GQueue idle; /* clocks that have left; usrsctp still knows their addresses */
  gboolean initialised;

  GMutex timers; /* held while timers run, and while they must not; guards the field below */
  gint64 ticked_us;

  GThread *ticking; /* atomic: the thread on which timers run now */
} stack;

static gboolean
on_tick (gpointer user_data)
{
  gint64 elapsed_ms;

  g_mutex_lock (&stack.timers);
  elapsed_ms = (g_get_monotonic_time () - stack.ticked_us) / 1000;
  if (elapsed_ms > 0)
    {
      stack.ticked_us += elapsed_ms * 1000;
      g_atomic_pointer_set (&stack.ticking, g_thread_self ());
      usrsctp_handle_timers ((guint32)elapsed_ms);
      g_atomic_pointer_set (&stack.ticking, NULL);
    }
  g_mutex_unlock (&stack.timers);
  return G_SOURCE_CONTINUE;
}

/* An association's packets are made in calls of its own thread, and in timers. */
static int
on_packet (void *address, void *packet, size_t size, guint8 tos, guint8 set_df)
{
  GstP2pDirectStackClock *clock = address;

  if (!clock->func)
    return ENOENT;
  clock->func (clock->owner, packet, size);
  return 0;
}

static void
initialise_locked (void)
{
  usrsctp_init_nothreads (0, on_packet, NULL);

  /* Extensions that WebRTC does not use (RFC 8831 section 5) are off, so that a peer reaches fewer
   * parsers. */
  usrsctp_sysctl_set_sctp_ecn_enable (0);
  usrsctp_sysctl_set_sctp_auth_enable (0);
  usrsctp_sysctl_set_sctp_asconf_enable (0);
  usrsctp_sysctl_set_sctp_auto_asconf (0);
  usrsctp_sysctl_set_sctp_pktdrop_enable (0);
  usrsctp_sysctl_set_sctp_nrsack_enable (0);
  /* A packet for no association is not answered: it comes from an authenticated peer that is
   * gone. */
  usrsctp_sysctl_set_sctp_blackhole (2);

  usrsctp_sysctl_set_sctp_initial_cwnd (INITIAL_WINDOW_PACKETS);
  usrsctp_sysctl_set_sctp_L2_abc_variable (WINDOW_GROWTH_PACKETS);
  usrsctp_sysctl_set_sctp_max_chunks_on_queue (MAX_QUEUED_CHUNKS);
  usrsctp_sysctl_set_sctp_add_more_threshold (MIN_ROOM_TO_SEND);
  usrsctp_sysctl_set_sctp_mbuf_threshold_count (MAX_MBUF_CHAIN);
  usrsctp_enable_crc32c_offload ();
}

static void
start_ticks_locked (GstP2pDirectStackClock *clock)
{
  clock->ticks = g_timeout_source_new (TICK_MS);
  g_source_set_priority (clock->ticks, G_PRIORITY_HIGH);
  g_source_set_callback (clock->ticks, on_tick, NULL, NULL);
  g_source_attach (clock->ticks, clock->context);
}

/* An address is used again by the next association, and usrsctp is never told to forget one.
 * usrsctp 0.9.5.0 leaves that to a thread of its own, which ends at the first usrsctp_finish() and
 * never works again. From then on each address to be forgotten would be kept, with a reference to a
 * socket of somebody else, in a list that is walked through whenever a socket is closed.
 *
 * Nothing of the association before reaches the next one: its socket was closed at once, with all
 * its timers, while none could run. */
static GstP2pDirectStackClock *
take_clock_locked (void)
{
  GstP2pDirectStackClock *clock = g_queue_pop_head (&stack.idle);

  if (!clock)
    {
      clock = g_new0 (GstP2pDirectStackClock, 1);
      usrsctp_register_address (clock);
    }
  return clock;
}

static void
set_owner (GstP2pDirectStackClock *clock, GstP2pDirectStackFunc func, gpointer owner)
{
  g_mutex_lock (&stack.timers);
  clock->func = func;
  clock->owner = owner;
  g_mutex_unlock (&stack.timers);
}

GstP2pDirectStackClock *
gst_p2p_direct_stack_enter (GMainContext *context, GstP2pDirectStackFunc func, gpointer owner)
{
  GstP2pDirectStackClock *clock;

  g_mutex_lock (&stack.lock);
  if (!stack.initialised)
    {
      initialise_locked ();
      stack.initialised = TRUE;
    }
  clock = take_clock_locked ();
  clock->context = g_main_context_ref (context);
  set_owner (clock, func, owner);
  g_queue_push_tail (&stack.clocks, clock);
  if (g_queue_peek_head (&stack.clocks) == clock)
    {
      g_mutex_lock (&stack.timers);
      stack.ticked_us = g_get_monotonic_time ();
      g_mutex_unlock (&stack.timers);
      start_ticks_locked (clock);
    }
  g_mutex_unlock (&stack.lock);
  return clock;
}

void
gst_p2p_direct_stack_leave (GstP2pDirectStackClock *clock)
{
  g_mutex_lock (&stack.lock);
  g_queue_remove (&stack.clocks, clock);
  if (clock->ticks)
    {
      GstP2pDirectStackClock *next = g_queue_peek_head (&stack.clocks);

      g_source_destroy (clock->ticks);
      g_clear_pointer (&clock->ticks, g_source_unref);
      if (next)
        start_ticks_locked (next);
    }
  set_owner (clock, NULL, NULL);
  g_clear_pointer (&clock->context, g_main_context_unref);
  g_queue_push_tail (&stack.idle, clock);

  /* usrsctp_finish() fails while any socket lives; then the next thread that leaves tries again. */
  if (g_queue_is_empty (&stack.clocks) && usrsctp_finish () == 0)
    {
      stack.initialised = FALSE;
      g_queue_clear_full (&stack.idle, g_free);
    }
  g_mutex_unlock (&stack.lock);
}

void
gst_p2p_direct_stack_set_window (struct socket *socket, guint32 packets)
{
  struct sctp_assoc_value module = { .assoc_value = SCTP_CC_RFC2581 };

  /* The initial window is a setting of the process. An association that another thread makes at
   * this moment begins with @packets, which does no harm. */
  g_mutex_lock (&stack.lock);
  usrsctp_sysctl_set_sctp_initial_cwnd (packets);
  usrsctp_setsockopt (socket, IPPROTO_SCTP, PLUGGABLE_CC, &module, sizeof module);
  usrsctp_sysctl_set_sctp_initial_cwnd (INITIAL_WINDOW_PACKETS);
  g_mutex_unlock (&stack.lock);
}

gboolean
gst_p2p_direct_stack_is_ticking (void)
{
  return g_atomic_pointer_get (&stack.ticking) == g_thread_self ();
}

void
gst_p2p_direct_stack_hold_timers (void)
{
  g_mutex_lock (&stack.timers);
}

void
gst_p2p_direct_stack_release_timers (void)
{
  g_mutex_unlock (&stack.timers);
}
