/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * hostile: peers that break the rules of docs/wire.md. Each ends with one clear sentence, or is
 * ignored; the element stays there for the next.
 */
#include <json-glib/json-glib.h>
#include <string.h>

#include "gst/p2p/frame/frame.h"
#include "tests/common/detour.h"
#include "tests/common/signaling.h"
#include "tests/common/wait.h"
#include "tests/common/watchdog.h"
#include "tests/plugins/p2p/element/ends.h"
#include "tests/plugins/p2p/element/stranger.h"

#define DECODE GST_STREAM_ERROR, GST_STREAM_ERROR_DECODE
#define LOST GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_OPEN_READ_WRITE

/* --- frames --- */

/* One whole object, or (@length larger) the first fragment of one that claims to be larger. */
static void
send_frame (Stranger *stranger, guint8 kind, guint32 seq, guint32 length, const void *payload,
            gsize size)
{
  g_autofree guint8 *message = g_malloc0 (GST_P2P_FRAME_FIRST_HEADER_SIZE + size);

  message[0] = kind;
  message[1] = length > size ? 1 : 3;
  message[3] = kind == GST_P2P_FRAME_CAPS; /* the epoch that caps begin */
  GST_WRITE_UINT32_BE (message + 4, seq);
  GST_WRITE_UINT32_BE (message + 12, length);
  memcpy (message + GST_P2P_FRAME_FIRST_HEADER_SIZE, payload, size);
  stranger_send (stranger, stranger->stream, message, GST_P2P_FRAME_FIRST_HEADER_SIZE + size);
}

static void
send_text (Stranger *stranger, guint8 kind, const gchar *text)
{
  send_frame (stranger, kind, 0, strlen (text), text, strlen (text));
}

static void
send_truncated (Stranger *stranger)
{
  stranger_send (stranger, 0, "\1\3\0", 3);
}

static void
send_unknown_kind (Stranger *stranger)
{
  send_text (stranger, 50, "what is this?");
}

static void
send_huge_buffer (Stranger *stranger)
{
  send_frame (stranger, GST_P2P_FRAME_BUFFER, 0, 0xfffffff0u, "", 1);
}

static void
send_short_buffer (Stranger *stranger)
{
  send_text (stranger, GST_P2P_FRAME_BUFFER, "less than the prefix");
}

static void
send_huge_caps (Stranger *stranger)
{
  send_frame (stranger, GST_P2P_FRAME_CAPS, 0, GST_P2P_FRAME_MAX_CAPS + 1, "video/x-raw", 11);
}

static void
send_bad_caps (Stranger *stranger)
{
  send_text (stranger, GST_P2P_FRAME_CAPS, "video/x-raw, width=((((((((((((1");
}

static void
send_bad_event (Stranger *stranger)
{
  send_text (stranger, GST_P2P_FRAME_EVENT, "GstEventOfMine, address=(pointer)0x1;");
}

static void
send_fragment_beyond (Stranger *stranger)
{
  guint8 message[GST_P2P_FRAME_HEADER_SIZE + 100] = { GST_P2P_FRAME_BUFFER, 2 };

  send_frame (stranger, GST_P2P_FRAME_BUFFER, 0, 200, message, 50);
  GST_WRITE_UINT32_BE (message + 8, 150);
  stranger_send (stranger, 0, message, sizeof message);
}

/* --- channels --- */

static void
send_dcep_garbage (Stranger *stranger)
{
  stranger_send_dcep (stranger, 0, "\3\0\0", 3);
}

static void
send_second_open (Stranger *stranger)
{
  g_autoptr (GstP2pChannelConfig) config = gst_p2p_channel_config_new ();
  g_autoptr (GBytes) open = gst_p2p_dcep_new_open (config);

  gst_p2p_transport_send_dcep (stranger->side.transport, 0, open);
}

/* --- what is ignored --- */

static void
send_unasked_ack (Stranger *stranger)
{
  open_port (&stranger->side, 2, NULL);
  stranger_send_dcep (stranger, 2, "\2", 1);
}

static void
send_new_kind (Stranger *stranger)
{
  send_text (stranger, 200, "of a later version");
}

typedef struct
{
  const gchar *name;
  void (*attack) (Stranger *stranger);
  const gchar *pattern; /* %NULL: ignored, … */
  guint32 next_seq;     /* … and this is the next object's number */
} Attack;

static const Attack attacks[] = {
  { "truncated", send_truncated, "*" },
  { "unknown kind", send_unknown_kind, "*50*" },
  { "huge buffer", send_huge_buffer, "*BUFFER object of 4294967280 bytes is over the limit of *" },
  { "short buffer", send_short_buffer, "*" },
  { "huge caps", send_huge_caps, "*CAPS object of 65537 bytes is over the limit of 65536*" },
  { "bad caps", send_bad_caps, "*" },
  { "bad event", send_bad_event, "*" },
  { "fragment beyond", send_fragment_beyond, "*" },
  { "DCEP garbage", send_dcep_garbage, "*" },
  { "second open", send_second_open, "The peer opened the data channel 0, which is open already" },
  { "unasked ACK", send_unasked_ack, NULL, 0 },
  { "new kind", send_new_kind, NULL, 1 },
};

static End *
play_receiver (const gchar *uri, const gchar *transport, const gchar *more)
{
  return end_play ("p2psrc name=p local-id=called signaling-uri=%s transport=%s %s ! " ENDS_TAKE,
                   uri, transport, more);
}

/* An honest sender comes through, and leaves in the middle. */
static void
check_usable (End *receiver, const gchar *uri, const gchar *transport)
{
  guint n = receiver->n_disconnected;
  g_autoptr (End) honest
      = end_play (ENDS_ENDLESS "! p2psink name=p remote-id=called signaling-uri=%s transport=%s",
                  uri, transport);

  end_wait_taken (receiver, 5);
  end_set_state (honest, GST_STATE_NULL);
  end_wait_disconnected (receiver, n + 1);
  end_take_warning (receiver, LOST, "The sender left before the stream ended");
}

/* A frame in order is still taken; then the stranger leaves without a word against it. */
static void
check_ignored (End *receiver, Stranger *stranger, guint32 seq)
{
  const GstP2pFrameBuffer times = { .pts = GST_P2P_FRAME_NO_TIME,
                                    .dts = GST_P2P_FRAME_NO_TIME,
                                    .sent = GST_P2P_FRAME_NO_TIME };
  guint8 buffer[GST_P2P_FRAME_BUFFER_PREFIX];

  gst_p2p_frame_buffer_write (&times, buffer);
  send_frame (stranger, GST_P2P_FRAME_BUFFER, seq, sizeof buffer, buffer, sizeof buffer);
  end_wait_taken (receiver, 1);
  g_assert_false (stranger->is_over);
}

static void
test_attacks (const gchar *transport)
{
  g_autoptr (TestSignaling) signaling = test_signaling_new (NULL, NULL);
  const gchar *uri = test_signaling_get_uri (signaling);
  g_autoptr (End) receiver = play_receiver (uri, transport, "keep-listening=true");

  end_expect_info (receiver, "Waiting to be called*");
  for (guint i = 0; i < G_N_ELEMENTS (attacks); i++)
    {
      g_autoptr (Stranger) stranger = stranger_call (uri, transport, "called", 0);

      g_test_message ("%s", attacks[i].name);
      stranger_wait_open (stranger);
      stranger_open (stranger, 0);
      attacks[i].attack (stranger);
      if (attacks[i].pattern)
        end_take_warning (receiver, DECODE, attacks[i].pattern);
      else
        check_ignored (receiver, stranger, attacks[i].next_seq);
      if (!attacks[i].pattern)
        gst_p2p_transport_stop (stranger->side.transport);
      end_wait_disconnected (receiver, i + 1);
      if (!attacks[i].pattern)
        end_take_warning (receiver, LOST, "The sender left before the stream ended");
    }
  check_usable (receiver, uri, transport);
}

/* Where nobody else is waited for, the one error is the last word. */
static void
test_one_error (const gchar *transport)
{
  g_autoptr (TestSignaling) signaling = test_signaling_new (NULL, NULL);
  const gchar *uri = test_signaling_get_uri (signaling);
  g_autoptr (End) receiver = play_receiver (uri, transport, "");
  g_autoptr (Stranger) stranger = NULL;

  end_expect_info (receiver, "Waiting to be called*");
  stranger = stranger_call (uri, transport, "called", 0);
  stranger_wait_open (stranger);
  stranger_open (stranger, 0);
  for (guint i = 0; i < 10; i++)
    send_unknown_kind (stranger);
  end_expect_error (receiver, DECODE, "*50*", ENDS_SOON_MS);
}

/* A receiver that answers with nonsense is one receiver less. */
static void
test_replies (const gchar *transport)
{
  g_autoptr (TestSignaling) signaling = test_signaling_new (NULL, NULL);
  const gchar *uri = test_signaling_get_uri (signaling);
  g_autoptr (End) sender
      = end_play (ENDS_ENDLESS "! p2psink name=p local-id=called signaling-uri=%s transport=%s",
                  uri, transport);
  g_autoptr (Stranger) stranger = NULL;
  g_autoptr (End) receiver = NULL;

  end_expect_info (sender, "Waiting to be called*");
  stranger = stranger_call (uri, transport, "called", 0);
  stranger_wait_open (stranger);
  TEST_WAIT_UNTIL (stranger->side.dcep->len > 0, ENDS_SOON_MS);
  open_port (&stranger->side, 1, NULL);
  stranger_send (stranger, 1, "\1\3\0", 3);
  end_take_warning (sender, DECODE, "*");
  receiver = end_play ("p2psrc name=p remote-id=called signaling-uri=%s transport=%s ! " ENDS_TAKE,
                       uri, transport);
  end_wait_taken (receiver, 5);
  end_expect_no_error (sender);
}

/* --- whose stream it is --- */

/* The one that is called has opened 1. */
static void
test_collision (const gchar *transport)
{
  g_autoptr (TestSignaling) signaling = test_signaling_new (NULL, NULL);
  const gchar *uri = test_signaling_get_uri (signaling);
  g_autoptr (End) sender
      = end_play (ENDS_ENDLESS "! p2psink name=p local-id=called signaling-uri=%s transport=%s",
                  uri, transport);
  g_autoptr (Stranger) stranger = NULL;

  end_expect_info (sender, "Waiting to be called*");
  stranger = stranger_call (uri, transport, "called", 0);
  stranger_wait_open (stranger);
  TEST_WAIT_UNTIL (stranger->side.dcep->len > 0, ENDS_SOON_MS);
  g_assert_cmpuint (stranger->side.dcep_stream, ==, 1);
  stranger_open (stranger, 1);
  end_take_warning (sender, DECODE, "The peer opened the data channel 1, which is open already");
  end_expect_no_error (sender);
}

/* A stream of the parity that is not the peer's is taken all the same while it is free, and the
 * element's own channel is the next. */
static void
test_other_parity (const gchar *transport)
{
  g_autoptr (TestSignaling) signaling = test_signaling_new (NULL, NULL);
  g_autoptr (End) end
      = end_play ("p2pbin name=p local-id=called signaling-uri=%s transport=%s ! " ENDS_TAKE,
                  test_signaling_get_uri (signaling), transport);
  g_autoptr (Stranger) stranger = NULL;
  g_autoptr (GstPad) pad = NULL;

  end_expect_info (end, "Waiting to be called*");
  stranger = stranger_call (test_signaling_get_uri (signaling), transport, "called", 0);
  stranger_wait_open (stranger);
  stranger_open (stranger, 1);
  check_ignored (end, stranger, 0);
  TEST_WAIT_UNTIL (stranger->side.dcep->len == 1, ENDS_SOON_MS);
  pad = gst_element_request_pad_simple (end->p2p, "sink_%u");
  TEST_WAIT_UNTIL (stranger->side.dcep->len == 2, ENDS_SOON_MS);
  g_assert_cmpuint (stranger->side.dcep_stream, ==, 3);
  end_expect_no_warning (end);
  end_expect_no_error (end);
  gst_element_release_request_pad (end->p2p, pad);
}

/* --- signaling --- */

static void
test_many_candidates (const gchar *transport)
{
  g_autoptr (TestSignaling) signaling = test_signaling_new (NULL, NULL);
  const gchar *uri = test_signaling_get_uri (signaling);
  g_autoptr (End) receiver = play_receiver (uri, transport, "keep-listening=true");

  end_expect_info (receiver, "Waiting to be called*");
  {
    g_autoptr (Stranger) stranger = stranger_call (uri, transport, "called", 150);

    stranger_wait_open (stranger);
    end_expect_no_warning (receiver);
  }
  check_usable (receiver, uri, transport);
}

/* What "evil" sends is bent on its way; the rest passes. */
typedef struct
{
  const gchar *type;
  const gchar *member; /* of the sdp, or of the message itself */
  const gchar *value;  /* %NULL: missing */
} Bend;

static gchar *
bend_message (const gchar *text, gpointer data)
{
  const Bend *bend = data;
  g_autoptr (JsonNode) root = json_from_string (text, NULL);
  JsonObject *object = root ? json_node_get_object (root) : NULL;

  if (!object || g_strcmp0 (json_object_get_string_member (object, "type"), bend->type) != 0
      || g_strcmp0 (json_object_get_string_member (object, "from"), "evil") != 0)
    return g_strdup (text);
  if (json_object_has_member (object, "sdp"))
    object = json_object_get_object_member (object, "sdp");
  if (bend->value)
    json_object_set_string_member (object, bend->member, bend->value);
  else
    json_object_remove_member (object, bend->member);
  return json_to_string (root, FALSE);
}

static void
test_bent_signaling (const gchar *transport)
{
  static const Bend bends[] = {
    { "connect", "fingerprint", NULL },
    { "connect", "fingerprint", "12:34" },
    { "connect", "ufrag", "a b" },
    { "connect", "pwd", "short" },
    { "connect", "sctp-port", "many" },
    { "candidate", "candidate", "no candidate at all" },
    { "candidate", "candidate", "candidate:1 1 UDP 99 nowhere.invalid 99999999 typ host" },
    { "candidate", "candidate", "candidate:\r\na=ice-lite" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (bends); i++)
    {
      g_autoptr (TestSignaling) signaling = test_signaling_new (NULL, NULL);
      const gchar *uri = test_signaling_get_uri (signaling);
      g_autoptr (TestDetour) detour = test_detour_new_tampering (
          test_signaling_get_port (signaling), bend_message, (gpointer)&bends[i]);
      g_autofree gchar *patience
          = g_strdup_printf ("keep-listening=true connect-timeout=%u", 2000 * test_slowdown ());
      g_autoptr (End) receiver = play_receiver (uri, transport, patience);
      g_autoptr (Stranger) stranger = NULL;

      g_test_message ("%s %s", bends[i].member, bends[i].value);
      end_expect_info (receiver, "Waiting to be called*");
      stranger = stranger_call (test_detour_get_uri (detour), transport, "called", 0);
      /* A description like that is no call at all. Without candidates of the stranger its own
       * checks may still find the element. */
      if (g_str_equal (bends[i].type, "candidate"))
        {
          TEST_WAIT_UNTIL (stranger->side.established || stranger->is_over, ENDS_SOON_MS);
          g_clear_pointer (&stranger, stranger_free);
          end_wait_state (receiver, GST_P2P_PEER_NEW);
          g_ptr_array_set_size (receiver->warnings, 0);
        }
      check_usable (receiver, uri, transport);
    }
}

int
main (int argc, char **argv)
{
  ends_init (&argc, &argv);
  ends_add ("attacks", test_attacks);
  ends_add ("one-error", test_one_error);
  ends_add ("replies", test_replies);
  ends_add ("collision", test_collision);
  ends_add ("other-parity", test_other_parity);
  ends_add ("many-candidates", test_many_candidates);
  ends_add ("bent-signaling", test_bent_signaling);
  return g_test_run ();
}
