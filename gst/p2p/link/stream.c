/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * stream: see stream.h.
 */
#include "gst/p2p/link/stream.h"

/* How long a peer that performed our reset may take for its own. */
#define PEER_RESET_US (2 * G_USEC_PER_SEC)

/* "Nothing to do" may come once for each request that finds other streams' data still on its way,
 * which under load is not rare. What is on its way gets a moment to arrive. */
#define MAX_RESETS 10
#define NEXT_RESET_US (G_USEC_PER_SEC / 10)

#define BIT(number) (1u << (number))
#define FACT(name) BIT (GST_P2P_STREAM_FACT_##name)
#define ACTION(name) BIT (GST_P2P_STREAM_ACTION_##name)

static gboolean
has_any (const GstP2pStream *stream, guint facts)
{
  return (stream->facts & facts) != 0;
}

static gboolean
has_all (const GstP2pStream *stream, guint facts)
{
  return (stream->facts & facts) == facts;
}

/* --- where it stands --- */

/* Whether somebody reads what comes, and waits for the end. */
static gboolean
has_channel (const GstP2pStream *stream)
{
  return has_any (stream, FACT (OPENED)) && !has_any (stream, FACT (REFUSED));
}

gboolean
gst_p2p_stream_has (const GstP2pStream *stream, GstP2pStreamFact fact)
{
  return has_any (stream, BIT (fact));
}

GstP2pStreamState
gst_p2p_stream_get_outgoing (const GstP2pStream *stream)
{
  if (has_any (stream, FACT (CONFIRMED)))
    return GST_P2P_STREAM_OVER;
  return has_any (stream, FACT (CLOSE) | FACT (PEER_RESET)) ? GST_P2P_STREAM_ENDING
                                                            : GST_P2P_STREAM_OPEN;
}

GstP2pStreamState
gst_p2p_stream_get_incoming (const GstP2pStream *stream)
{
  if (!has_any (stream, FACT (PEER_RESET) | FACT (SILENT) | FACT (GONE)))
    return GST_P2P_STREAM_OPEN;
  return has_any (stream, FACT (REFUSED)) || has_all (stream, FACT (OPENED) | FACT (DELIVERED))
             ? GST_P2P_STREAM_OVER
             : GST_P2P_STREAM_ENDING;
}

gboolean
gst_p2p_stream_discards (const GstP2pStream *stream)
{
  return has_any (stream, FACT (REFUSED))
         || gst_p2p_stream_get_incoming (stream) != GST_P2P_STREAM_OPEN;
}

gboolean
gst_p2p_stream_is_free (const GstP2pStream *stream)
{
  const guint known = FACT (OPENED) | FACT (REFUSED) | FACT (CLOSE) | FACT (DCEP) | FACT (DATA);

  return stream->begun & ~stream->due & ACTION (REPORT)
         || (gst_p2p_stream_get_incoming (stream) != GST_P2P_STREAM_OPEN
             && !has_any (stream, known));
}

/* --- what is to be done --- */

static void
require (GstP2pStream *stream, guint action, gboolean condition)
{
  if (!condition || stream->begun & action)
    return;
  stream->due |= action;
  stream->begun |= action;
}

/* Whether our side ends, and it is decided whether there is a channel whose rest has to go first.
 */
static gboolean
is_closing (const GstP2pStream *stream)
{
  return gst_p2p_stream_get_outgoing (stream) == GST_P2P_STREAM_ENDING
         && has_any (stream, FACT (OPENED) | FACT (REFUSED)) && !has_any (stream, FACT (GONE));
}

static gboolean
may_answer (const GstP2pStream *stream)
{
  return !has_any (stream, FACT (PEER_RESET))
         || has_any (stream, FACT (DELIVERED) | FACT (REFUSED));
}

static void
find_actions (GstP2pStream *stream)
{
  GstP2pStreamState incoming = gst_p2p_stream_get_incoming (stream);

  require (stream, ACTION (START),
           has_any (stream, FACT (OPENED)) && has_any (stream, FACT (EARLY) | FACT (ACCEPTED)));
  require (stream, ACTION (END), incoming != GST_P2P_STREAM_OPEN && has_channel (stream));
  require (stream, ACTION (FINISH), is_closing (stream));
  require (stream, ACTION (RESET),
           is_closing (stream) && has_any (stream, FACT (SENT)) && may_answer (stream));
  require (stream, ACTION (REPORT),
           incoming == GST_P2P_STREAM_OVER
               && gst_p2p_stream_get_outgoing (stream) == GST_P2P_STREAM_OVER);
}

GstP2pStreamAction
gst_p2p_stream_next_action (GstP2pStream *stream)
{
  GstP2pStreamAction action = GST_P2P_STREAM_ACTION_NONE;

  if (stream->due == 0)
    return action;
  while (!(stream->due & BIT (action)))
    action++;
  stream->due &= ~BIT (action);
  if (action == GST_P2P_STREAM_ACTION_RESET)
    stream->n_resets++;
  return action;
}

/* --- facts --- */

/* One that was not asked for is about the life before. */
static void
on_confirmed (GstP2pStream *stream, gint64 now_us)
{
  if (stream->n_resets == 0 || has_any (stream, FACT (CONFIRMED)))
    return;
  stream->facts |= FACT (CONFIRMED);
  stream->confirmed_at = now_us;
  stream->reset_at = 0;
}

/* The peer begins another life of the stream only when it has performed our reset. */
static void
on_reused (GstP2pStream *stream, gint64 now_us)
{
  if (has_any (stream, FACT (PEER_RESET)))
    on_confirmed (stream, now_us);
}

static void
on_message (GstP2pStream *stream, GstP2pStreamFact fact, gint64 now_us)
{
  const guint known = FACT (OPENED) | FACT (REFUSED) | FACT (DCEP) | FACT (DATA);

  if (has_any (stream, FACT (PEER_RESET)))
    on_reused (stream, now_us);
  else
    require (stream, ACTION (ANNOUNCE),
             fact == GST_P2P_STREAM_FACT_DATA && !has_any (stream, known));
  stream->facts |= BIT (fact);
}

static void
on_gone (GstP2pStream *stream)
{
  stream->facts |= FACT (GONE);
  stream->reset_at = 0;
}

/* A peer that says so each time has nothing to do with the stream. */
static void
on_ignored (GstP2pStream *stream, gint64 now_us)
{
  if (stream->n_resets == 0 || stream->due & ACTION (RESET) || stream->reset_at > 0
      || has_any (stream, FACT (CONFIRMED) | FACT (GONE)))
    return;
  if (stream->n_resets < MAX_RESETS)
    stream->reset_at = now_us + NEXT_RESET_US;
  else
    on_confirmed (stream, now_us);
}

static gint64
get_silence_deadline (const GstP2pStream *stream)
{
  gboolean waits = has_any (stream, FACT (CONFIRMED)) && !has_any (stream, FACT (ANSWERS))
                   && has_channel (stream)
                   && gst_p2p_stream_get_incoming (stream) == GST_P2P_STREAM_OPEN;

  return waits ? stream->confirmed_at + PEER_RESET_US : -1;
}

static void
on_timer (GstP2pStream *stream, gint64 now_us)
{
  gint64 silence = get_silence_deadline (stream);

  if (stream->reset_at > 0 && now_us >= stream->reset_at)
    {
      stream->reset_at = 0;
      stream->due |= ACTION (RESET);
    }
  if (silence >= 0 && now_us >= silence)
    stream->facts |= FACT (SILENT);
}

gint64
gst_p2p_stream_get_deadline (const GstP2pStream *stream)
{
  return stream->reset_at > 0 ? stream->reset_at : get_silence_deadline (stream);
}

void
gst_p2p_stream_feed (GstP2pStream *stream, GstP2pStreamFact fact, gint64 now_us)
{
  switch (fact)
    {
    case GST_P2P_STREAM_FACT_TIMER:
      on_timer (stream, now_us);
      break;
    case GST_P2P_STREAM_FACT_IGNORED:
      on_ignored (stream, now_us);
      break;
    case GST_P2P_STREAM_FACT_CONFIRMED:
      on_confirmed (stream, now_us);
      break;
    case GST_P2P_STREAM_FACT_REUSED:
      on_reused (stream, now_us);
      break;
    case GST_P2P_STREAM_FACT_GONE:
      on_gone (stream);
      break;
    case GST_P2P_STREAM_FACT_DCEP:
    case GST_P2P_STREAM_FACT_DATA:
      on_message (stream, fact, now_us);
      break;
    default:
      stream->facts |= BIT (fact);
    }
  find_actions (stream);
}
