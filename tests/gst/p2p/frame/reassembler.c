/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Objects from messages: on a reliable channel, on a lossy one, and from a hostile remote. */
#include <string.h>

#include <gst/gst.h>

#include "gst/p2p/base/bigendian.h"
#include "gst/p2p/base/error.h"
#include "gst/p2p/base/serial.h"
#include "gst/p2p/frame/reassembler.h"
#include "tests/common/leaks.h"

/* of data; and of a BUFFER object */
#define MOST_OF_BUFFER (GST_P2P_FRAME_BUFFER_PREFIX + GST_P2P_FRAME_MAX_EXTRA + MAX_FRAME)
#define MAX_FRAME 100000

static GstP2pFrameReassembler *
make_reassembler (gboolean unreliable)
{
  GstP2pFrameReassemblerConfig config = { .unreliable = unreliable, .max_frame_size = MAX_FRAME };

  return gst_p2p_frame_reassembler_new (&config);
}

/* A message by hand; @length: of the object, for a first fragment. */
static GstBuffer *
make_message (guint8 kind, guint8 flags, guint16 epoch, guint32 seq, guint32 offset, guint32 length,
              gsize size)
{
  gsize header_size = flags & GST_P2P_FRAME_FIRST ? 16 : 12;
  guint8 *data = g_malloc0 (header_size + size);

  data[0] = kind;
  data[1] = flags;
  gst_p2p_write_u16 (data + 2, epoch);
  gst_p2p_write_u32 (data + 4, seq);
  gst_p2p_write_u32 (data + 8, offset);
  if (flags & GST_P2P_FRAME_FIRST)
    gst_p2p_write_u32 (data + 12, length);
  for (gsize i = 0; i < size; i++)
    data[header_size + i] = (guint8)(seq * 31 + offset + i);
  return gst_buffer_new_wrapped (data, header_size + size);
}

static gboolean
push (GstP2pFrameReassembler *reassembler, GstBuffer *message, GError **error)
{
  gboolean ok = gst_p2p_frame_reassembler_push (reassembler, message, error);

  gst_buffer_unref (message);
  return ok;
}

static void
push_ok (GstP2pFrameReassembler *reassembler, GstBuffer *message)
{
  g_autoptr (GError) error = NULL;

  push (reassembler, message, &error);
  g_assert_no_error (error);
}

static void
push_refused (GstP2pFrameReassembler *reassembler, GstBuffer *message, gint code)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (push (reassembler, message, &error));
  g_assert_error (error, GST_P2P_ERROR, code);
}

static GstBuffer *
whole (guint8 kind, guint16 epoch, guint32 seq, gsize size)
{
  return make_message (kind, GST_P2P_FRAME_FIRST | GST_P2P_FRAME_LAST, epoch, seq, 0, size, size);
}

static GstBuffer *
frame (guint16 epoch, guint32 seq)
{
  return whole (GST_P2P_FRAME_BUFFER, epoch, seq, 100);
}

/* Fragment @index of three of a BUFFER of 3000 bytes. */
static GstBuffer *
third (guint16 epoch, guint32 seq, guint index)
{
  return make_message (GST_P2P_FRAME_BUFFER,
                       (index == 0 ? GST_P2P_FRAME_FIRST : 0)
                           | (index == 2 ? GST_P2P_FRAME_LAST : 0),
                       epoch, seq, index * 1000, 3000, 1000);
}

static void
assert_content (const GstP2pFrameObject *object, gsize size)
{
  GstMapInfo map;

  g_assert_cmpuint (gst_buffer_get_size (object->payload), ==, size);
  g_assert_true (gst_buffer_map (object->payload, &map, GST_MAP_READ));
  for (gsize i = 0; i < size; i++)
    g_assert_cmpuint (map.data[i], ==, (guint8)(object->seq * 31 + i));
  gst_buffer_unmap (object->payload, &map);
}

/* The next object is @seq, and its bytes are its own. */
static void
pop (GstP2pFrameReassembler *reassembler, guint32 seq, gboolean discont)
{
  g_auto (GstP2pFrameObject) object = { 0 };

  g_assert_true (gst_p2p_frame_reassembler_pop (reassembler, &object));
  g_assert_cmpuint (object.seq, ==, seq);
  g_assert_cmpint (object.discont, ==, discont);
  if (object.payload)
    assert_content (&object, gst_buffer_get_size (object.payload));
}

static void
pop_nothing (GstP2pFrameReassembler *reassembler)
{
  GstP2pFrameObject object;

  g_assert_false (gst_p2p_frame_reassembler_pop (reassembler, &object));
}

/* ---- a reliable channel ---- */

static void
test_in_order (void)
{
  g_autoptr (GstP2pFrameReassembler) reassembler = make_reassembler (FALSE);

  push_ok (reassembler, whole (GST_P2P_FRAME_CAPS, 1, 0, 10));
  pop (reassembler, 0, FALSE);
  for (guint i = 0; i < 3; i++)
    {
      pop_nothing (reassembler);
      push_ok (reassembler, third (1, 1, i));
    }
  pop (reassembler, 1, FALSE);
  push_ok (reassembler, whole (GST_P2P_FRAME_EOS, 1, 2, 0));
  pop (reassembler, 2, FALSE);
  pop_nothing (reassembler);
  g_assert_cmpuint (gst_p2p_frame_reassembler_get_pending_bytes (reassembler), ==, 0);
}

/* One message is one object without a copy. */
static void
test_shares (void)
{
  g_autoptr (GstP2pFrameReassembler) reassembler = make_reassembler (FALSE);
  g_autoptr (GstBuffer) message = frame (0, 0);
  g_auto (GstP2pFrameObject) object = { 0 };
  GstMapInfo a, b;

  g_assert_true (gst_p2p_frame_reassembler_push (reassembler, message, NULL));
  g_assert_true (gst_p2p_frame_reassembler_pop (reassembler, &object));
  g_assert_true (gst_buffer_map (message, &a, GST_MAP_READ));
  g_assert_true (gst_buffer_map (object.payload, &b, GST_MAP_READ));
  g_assert_true (b.data == a.data + GST_P2P_FRAME_FIRST_HEADER_SIZE);
  gst_buffer_unmap (object.payload, &b);
  gst_buffer_unmap (message, &a);
}

static void
test_seq_and_epoch_wrap (void)
{
  g_autoptr (GstP2pFrameReassembler) reassembler = make_reassembler (FALSE);

  for (guint32 i = 0; i < 66000; i++)
    {
      push_ok (reassembler, whole (GST_P2P_FRAME_CAPS, (guint16)(i + 1), i, 10));
      pop (reassembler, i, FALSE);
    }
}

/* What a reliable channel cannot have done. */
static void
test_refused_in_order (void)
{
  const struct
  {
    GstBuffer *before, *message;
    const gchar *why;
  } cases[] = {
    { NULL, frame (0, 1), "a first object that is not the first" },
    { frame (0, 0), frame (0, 0), "the same again" },
    { frame (0, 0), frame (0, 2), "one left out" },
    { NULL, frame (1, 0), "an epoch without caps" },
    { NULL, whole (GST_P2P_FRAME_CAPS, 2, 0, 10), "an epoch left out" },
    { NULL, whole (GST_P2P_FRAME_CAPS, 0, 0, 10), "caps without a new epoch" },
    { NULL, third (0, 0, 1), "the middle first" },
    { third (0, 0, 0), third (0, 0, 2), "the middle left out" },
    { third (0, 0, 0), third (0, 0, 0), "the first twice" },
    { third (0, 0, 0), third (0, 1, 1), "of another object" },
    { third (0, 0, 0), frame (0, 1), "another object in between" },
    { third (0, 0, 0), make_message (GST_P2P_FRAME_TAGS, 0, 0, 0, 1000, 0, 10), "another kind" },
    { third (0, 0, 0), make_message (GST_P2P_FRAME_BUFFER, 0, 1, 0, 1000, 0, 10), "another epoch" },
    { third (0, 0, 0), make_message (GST_P2P_FRAME_BUFFER, 2, 0, 0, 1000, 0, 10), "ends early" },
    { third (0, 0, 0), make_message (GST_P2P_FRAME_BUFFER, 0, 0, 0, 1000, 0, 2001), "too long" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GstP2pFrameReassembler) reassembler = make_reassembler (FALSE);

      g_test_message ("%s", cases[i].why);
      if (cases[i].before)
        push_ok (reassembler, cases[i].before);
      push_refused (reassembler, cases[i].message, GST_P2P_ERROR_INVALID);
    }
}

/* ---- limits ---- */

static GstBuffer *
first_of (guint8 kind, guint32 length)
{
  return make_message (kind, GST_P2P_FRAME_FIRST, kind == GST_P2P_FRAME_CAPS, 0, 0, length, 1);
}

static void
test_limits (void)
{
  const struct
  {
    guint8 kind;
    gboolean replies;
    guint32 most;
  } cases[] = {
    { GST_P2P_FRAME_BUFFER, FALSE, MOST_OF_BUFFER },
    { GST_P2P_FRAME_CAPS, FALSE, 65536 },
    { GST_P2P_FRAME_TAGS, FALSE, 262144 },
    { GST_P2P_FRAME_EVENT, FALSE, 262144 },
    { GST_P2P_FRAME_STREAM_START, FALSE, GST_P2P_FRAME_MAX_STREAM_START },
    { GST_P2P_FRAME_GAP, FALSE, GST_P2P_FRAME_GAP_SIZE },
    { GST_P2P_FRAME_FLUSH, FALSE, GST_P2P_FRAME_FLUSH_SIZE },
    { GST_P2P_FRAME_ACK, TRUE, 4 },
    { GST_P2P_FRAME_UPSTREAM, TRUE, 262144 },
    { 200, FALSE, MAX_FRAME },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    for (gint unreliable = 0; unreliable < 2; unreliable++)
      {
        GstP2pFrameReassemblerConfig config = { .replies = cases[i].replies,
                                                .unreliable = unreliable,
                                                .max_frame_size = MAX_FRAME };
        g_autoptr (GstP2pFrameReassembler) good = gst_p2p_frame_reassembler_new (&config);
        g_autoptr (GstP2pFrameReassembler) bad = gst_p2p_frame_reassembler_new (&config);

        push_ok (good, first_of (cases[i].kind, cases[i].most));
        push_refused (bad, first_of (cases[i].kind, cases[i].most + 1), GST_P2P_ERROR_LIMIT);
        g_assert_cmpuint (gst_p2p_frame_reassembler_get_pending_bytes (bad), ==, 0);
      }
}

/* On a lossy channel a later fragment may come first, and must not be believed more. */
static void
test_limit_without_first (void)
{
  g_autoptr (GstP2pFrameReassembler) reassembler = make_reassembler (TRUE);

  push_refused (reassembler, make_message (GST_P2P_FRAME_BUFFER, 0, 0, 0, MOST_OF_BUFFER, 0, 1),
                GST_P2P_ERROR_LIMIT);
  g_assert_cmpuint (gst_p2p_frame_reassembler_get_pending_bytes (reassembler), ==, 0);
}

static void
test_too_short (void)
{
  const GstP2pFrameKind kinds[] = { GST_P2P_FRAME_BUFFER, GST_P2P_FRAME_GAP, GST_P2P_FRAME_FLUSH,
                                    GST_P2P_FRAME_STREAM_START };
  const gsize least[]
      = { GST_P2P_FRAME_BUFFER_PREFIX, GST_P2P_FRAME_GAP_SIZE, GST_P2P_FRAME_FLUSH_SIZE, 4 };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autoptr (GstP2pFrameReassembler) reassembler = make_reassembler (FALSE);

      push_refused (reassembler, whole (kinds[i], 0, 0, least[i] - 1), GST_P2P_ERROR_INVALID);
    }
}

static void
test_kinds (void)
{
  for (guint kind = 0; kind < 256; kind++)
    for (gint replies = 0; replies < 2; replies++)
      {
        GstP2pFrameReassemblerConfig config = { .replies = replies, .max_frame_size = MAX_FRAME };
        g_autoptr (GstP2pFrameReassembler) reassembler = gst_p2p_frame_reassembler_new (&config);
        gsize size = kind == GST_P2P_FRAME_EOS     ? 0
                     : kind == GST_P2P_FRAME_GAP   ? GST_P2P_FRAME_GAP_SIZE
                     : kind == GST_P2P_FRAME_FLUSH ? GST_P2P_FRAME_FLUSH_SIZE
                     : kind == GST_P2P_FRAME_ACK   ? 4
                                                   : 60;
        gboolean sender = kind >= 1 && kind <= 9;
        gboolean good = kind >= 128 || (replies ? kind == 64 || kind == 65 : sender);
        GstBuffer *message = whole (kind, kind == GST_P2P_FRAME_CAPS, 0, size);

        if (good)
          push_ok (reassembler, message);
        else
          push_refused (reassembler, message, GST_P2P_ERROR_INVALID);
      }
}

/* Kinds from 128 on count, so that what comes after them is in order; their bytes are not kept. */
static void
test_ignored_kinds (void)
{
  g_autoptr (GstP2pFrameReassembler) reassembler = make_reassembler (FALSE);
  g_auto (GstP2pFrameObject) object = { 0 };

  push_ok (reassembler, make_message (200, GST_P2P_FRAME_FIRST, 9, 0, 0, 20000, 10000));
  push_ok (reassembler, make_message (200, GST_P2P_FRAME_LAST, 9, 0, 10000, 0, 10000));
  g_assert_cmpuint (gst_p2p_frame_reassembler_get_pending_bytes (reassembler), ==, 0);
  g_assert_true (gst_p2p_frame_reassembler_pop (reassembler, &object));
  g_assert_cmpuint (object.kind, ==, 200);
  g_assert_null (object.payload);
  push_ok (reassembler, frame (0, 1));
  pop (reassembler, 1, FALSE);
}

/* ---- a lossy channel ---- */

static void
test_any_order_of_fragments (void)
{
  const guint orders[][3]
      = { { 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 }, { 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 } };

  for (guint i = 0; i < G_N_ELEMENTS (orders); i++)
    {
      g_autoptr (GstP2pFrameReassembler) reassembler = make_reassembler (TRUE);

      for (guint n = 0; n < 3; n++)
        {
          pop_nothing (reassembler);
          push_ok (reassembler, third (0, 0, orders[i][n]));
        }
      pop (reassembler, 0, FALSE);
      g_assert_cmpuint (gst_p2p_frame_reassembler_get_pending_bytes (reassembler), ==, 0);
    }
}

static void
test_loss_is_marked (void)
{
  g_autoptr (GstP2pFrameReassembler) reassembler = make_reassembler (TRUE);

  push_ok (reassembler, frame (0, 0));
  push_ok (reassembler, third (0, 1, 0)); /* the rest is lost */
  push_ok (reassembler, frame (0, 2));
  push_ok (reassembler, frame (0, 4)); /* 3 is lost */
  push_ok (reassembler, frame (0, 5));
  push_ok (reassembler, third (0, 1, 1)); /* too late */
  push_ok (reassembler, third (0, 1, 2));
  push_ok (reassembler, frame (0, 3));
  pop (reassembler, 0, FALSE);
  pop (reassembler, 2, TRUE);
  pop (reassembler, 4, TRUE);
  pop (reassembler, 5, FALSE);
  pop_nothing (reassembler);
  g_assert_cmpuint (gst_p2p_frame_reassembler_get_lost (reassembler), ==, 2);
  g_assert_cmpuint (gst_p2p_frame_reassembler_get_pending_bytes (reassembler), ==, 0);
}

static void
test_buffers_wait_for_their_caps (void)
{
  g_autoptr (GstP2pFrameReassembler) reassembler = make_reassembler (TRUE);

  push_ok (reassembler, whole (GST_P2P_FRAME_CAPS, 1, 0, 10));
  push_ok (reassembler, frame (1, 1));
  push_ok (reassembler, frame (2, 5)); /* its caps are 4 */
  push_ok (reassembler, third (2, 6, 2));
  push_ok (reassembler, third (2, 6, 1));
  push_ok (reassembler, third (2, 6, 0));
  push_ok (reassembler, frame (1, 2)); /* late, but not too late */
  pop (reassembler, 0, FALSE);
  pop (reassembler, 1, FALSE);
  pop (reassembler, 2, FALSE);
  pop_nothing (reassembler);
  push_ok (reassembler, whole (GST_P2P_FRAME_CAPS, 2, 4, 10));
  push_ok (reassembler, frame (1, 3)); /* of the old caps: given up */
  pop (reassembler, 4, FALSE);
  pop (reassembler, 5, TRUE);
  pop (reassembler, 6, FALSE);
  pop_nothing (reassembler);
  g_assert_cmpuint (gst_p2p_frame_reassembler_get_pending_bytes (reassembler), ==, 0);
}

/* What is ordered comes out even when a later buffer was faster. */
static void
test_late_tags (void)
{
  g_autoptr (GstP2pFrameReassembler) reassembler = make_reassembler (TRUE);

  push_ok (reassembler, frame (0, 0));
  push_ok (reassembler, frame (0, 2));
  push_ok (reassembler, whole (GST_P2P_FRAME_TAGS, 0, 1, 10));
  push_ok (reassembler, whole (GST_P2P_FRAME_EOS, 0, 3, 0));
  pop (reassembler, 0, FALSE);
  pop (reassembler, 2, TRUE);
  pop (reassembler, 1, FALSE);
  pop (reassembler, 3, FALSE);
  g_assert_cmpuint (gst_p2p_frame_reassembler_get_lost (reassembler), ==, 0);
}

/* A PROBE makes the receiver give up what came before. */
static void
test_probe (void)
{
  g_autoptr (GstP2pFrameReassembler) reassembler = make_reassembler (TRUE);

  push_ok (reassembler, third (0, 0, 1));
  push_ok (reassembler, whole (GST_P2P_FRAME_PROBE, 0, 3, 0));
  pop (reassembler, 3, FALSE);
  g_assert_cmpuint (gst_p2p_frame_reassembler_get_lost (reassembler), ==, 3);
  g_assert_cmpuint (gst_p2p_frame_reassembler_get_pending_bytes (reassembler), ==, 0);
  push_ok (reassembler, frame (0, 4));
  pop (reassembler, 4, TRUE);
}

static void
test_overlap_is_refused (void)
{
  const guint offsets[] = { 500, 999, 1000, 1500, 1999 };

  for (guint i = 0; i < G_N_ELEMENTS (offsets); i++)
    {
      g_autoptr (GstP2pFrameReassembler) reassembler = make_reassembler (TRUE);

      push_ok (reassembler, third (0, 0, 1));
      push_refused (reassembler, make_message (GST_P2P_FRAME_BUFFER, 0, 0, 0, offsets[i], 0, 502),
                    GST_P2P_ERROR_INVALID);
    }
}

/* First and last fragment tell different lengths. */
static void
test_lengths_contradict (void)
{
  g_autoptr (GstP2pFrameReassembler) reassembler = make_reassembler (TRUE);

  push_ok (reassembler, third (0, 0, 2));
  push_refused (reassembler,
                make_message (GST_P2P_FRAME_BUFFER, GST_P2P_FRAME_FIRST, 0, 0, 0, 3001, 1000),
                GST_P2P_ERROR_INVALID);
}

/* However a remote behaves, what is kept for it is bounded. */
static void
assert_bounded (GstP2pFrameReassembler *reassembler)
{
  g_assert_cmpuint (gst_p2p_frame_reassembler_get_pending_bytes (reassembler), <=,
                    MAX_FRAME + GST_P2P_FRAME_REASSEMBLER_SLACK);
}

static void
test_bounds (void)
{
  g_autoptr (GstP2pFrameReassembler) reassembler = make_reassembler (TRUE);

  for (guint32 i = 0; i < 6000; i++)
    { /* incomplete objects */
      push_ok (reassembler,
               make_message (GST_P2P_FRAME_BUFFER, GST_P2P_FRAME_FIRST, 0, i, 0, 90000, 1));
      assert_bounded (reassembler);
    }
  for (guint32 i = 0; i < 6000; i++)
    { /* whole ones whose caps never come */
      push_ok (reassembler, frame (1, 50000 + i));
      assert_bounded (reassembler);
    }
  for (guint32 i = 0; i < 3000; i++)
    { /* an object all of holes */
      push_ok (reassembler, make_message (GST_P2P_FRAME_BUFFER, 0, 0, 90000, 1 + 2 * i, 0, 1));
      assert_bounded (reassembler);
    }
  pop_nothing (reassembler);
}

/* ---- a network that loses and reorders, the same at every run ---- */

#define N_OBJECTS 3000

static void
add_object (GPtrArray *messages, guint32 seq, guint16 epoch, GRand *random)
{
  guint n = g_rand_int_range (random, 1, 5);

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (messages, make_message (GST_P2P_FRAME_BUFFER,
                                             (i == 0 ? GST_P2P_FRAME_FIRST : 0)
                                                 | (i == n - 1 ? GST_P2P_FRAME_LAST : 0),
                                             epoch, seq, i * 500, n * 500, 500));
}

/* Every object that comes out is whole, its own, in order, and under its caps; what is missing
 * before it is marked. */
static void
check_output (GstP2pFrameReassembler *reassembler, guint16 *epoch, guint32 *last, guint *received)
{
  GstP2pFrameObject object;

  while (gst_p2p_frame_reassembler_pop (reassembler, &object))
    {
      g_assert_true (gst_p2p_serial32_is_after (object.seq, *last));
      if (object.kind == GST_P2P_FRAME_CAPS)
        {
          *epoch = object.epoch;
        }
      else
        {
          g_assert_cmpuint (object.epoch, ==, *epoch);
          assert_content (&object, gst_buffer_get_size (object.payload));
          (*received)++;
        }
      *last = object.seq;
      gst_p2p_frame_object_clear (&object);
    }
}

static void
run_network (guint32 seed, gdouble loss, guint jitter)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (seed);
  g_autoptr (GPtrArray) sent = g_ptr_array_new_with_free_func ((GDestroyNotify)gst_buffer_unref);
  g_autoptr (GstP2pFrameReassembler) reassembler = make_reassembler (TRUE);
  guint16 epoch = 0, seen_epoch = 0;
  guint32 last = GST_P2P_FRAME_NO_SEQ;
  guint received = 0;

  for (guint32 seq = 0; seq < N_OBJECTS; seq++)
    {
      if (seq % 50 == 0)
        g_ptr_array_add (sent, whole (GST_P2P_FRAME_CAPS, ++epoch, seq, 20));
      else
        add_object (sent, seq, epoch, random);
    }
  /* Ordered messages keep their order among each other, and are never lost. */
  for (guint i = 0; i < sent->len; i++)
    {
      guint ahead = g_rand_int_range (random, 0, jitter + 1);
      guint other = MIN (sent->len - 1, i + ahead);
      gpointer *a = &sent->pdata[i], *b = &sent->pdata[other], swap = *a;
      guint8 kind_a, kind_b;

      gst_buffer_extract (*a, 0, &kind_a, 1);
      gst_buffer_extract (*b, 0, &kind_b, 1);
      if (kind_a == GST_P2P_FRAME_CAPS || kind_b == GST_P2P_FRAME_CAPS)
        continue;
      *a = *b;
      *b = swap;
    }
  for (guint i = 0; i < sent->len; i++)
    {
      GstBuffer *message = sent->pdata[i];
      guint8 kind;

      gst_buffer_extract (message, 0, &kind, 1);
      if (kind != GST_P2P_FRAME_CAPS && g_rand_double (random) < loss)
        continue;
      push_ok (reassembler, gst_buffer_ref (message));
      check_output (reassembler, &seen_epoch, &last, &received);
      assert_bounded (reassembler);
    }
  g_assert_cmpuint (seen_epoch, ==, epoch);
  g_test_message ("loss %.2f, jitter %u: %u of %u", loss, jitter, received, N_OBJECTS);
  if (loss == 0 && jitter == 0)
    g_assert_cmpuint (received, ==, N_OBJECTS - N_OBJECTS / 50);
  else
    g_assert_cmpuint (received, >, N_OBJECTS / 4);
}

static void
test_network (void)
{
  run_network (1, 0, 0);
  for (guint32 seed = 2; seed < 5; seed++)
    {
      run_network (seed, 0.05, 0);
      run_network (seed, 0, 4);
      run_network (seed, 0.1, 2);
    }
}

int
main (int argc, char **argv)
{
  test_gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/reassembler/in-order", test_in_order);
  g_test_add_func ("/reassembler/shares", test_shares);
  g_test_add_func ("/reassembler/seq-and-epoch-wrap", test_seq_and_epoch_wrap);
  g_test_add_func ("/reassembler/refused-in-order", test_refused_in_order);
  g_test_add_func ("/reassembler/limits", test_limits);
  g_test_add_func ("/reassembler/limit-without-first", test_limit_without_first);
  g_test_add_func ("/reassembler/too-short", test_too_short);
  g_test_add_func ("/reassembler/kinds", test_kinds);
  g_test_add_func ("/reassembler/ignored-kinds", test_ignored_kinds);
  g_test_add_func ("/reassembler/any-order-of-fragments", test_any_order_of_fragments);
  g_test_add_func ("/reassembler/loss-is-marked", test_loss_is_marked);
  g_test_add_func ("/reassembler/buffers-wait-for-their-caps", test_buffers_wait_for_their_caps);
  g_test_add_func ("/reassembler/late-tags", test_late_tags);
  g_test_add_func ("/reassembler/probe", test_probe);
  g_test_add_func ("/reassembler/overlap-is-refused", test_overlap_is_refused);
  g_test_add_func ("/reassembler/lengths-contradict", test_lengths_contradict);
  g_test_add_func ("/reassembler/bounds", test_bounds);
  g_test_add_func ("/reassembler/network", test_network);
  return g_test_run ();
}
